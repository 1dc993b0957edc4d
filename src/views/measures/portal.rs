//! The portal of the regulator and the bureau.
//!
//! **Invariant:** nothing on it changes anything.

use serde::Serialize;

use super::reports::ReportRow;
use crate::views::charts::Picture;

/// Where the reader can go on, with how much there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Entry of the menu.
    pub code: String,
    /// How many.
    pub count: u64,
    /// Their amount, fen.
    pub amount: Option<i64>,
}

/// The portal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PortalView {
    /// Reports are shown to who asks.
    pub reads_reports: bool,
    /// Periods there are reports for, newest first.
    pub periods: Vec<String>,
    /// The period shown.
    pub period: String,
    /// Its reports, those that stand.
    pub reports: Vec<ReportRow>,
    /// The one that is shown.
    pub shown: String,
    /// Pictures of what the reader may see.
    pub pictures: Vec<Picture>,
    /// Ways on.
    pub ways: Vec<Way>,
}
