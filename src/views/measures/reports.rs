//! Reports as frozen, and how far each was delivered.
//!
//! **Invariant:** figures of a report are the stored ones; nothing is computed again.

use serde::Serialize;

use crate::views::Choice;
use crate::views::mails::{MailState, SendForm};
use crate::views::query::Pager;

/// A mail that carries a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Mail.
    pub id: String,
    /// Address.
    pub recipient: String,
    /// Name.
    pub recipient_name: String,
    /// How far it got.
    pub state: MailState,
    /// Tries so far.
    pub attempts: u32,
    /// Delivered at, made by `beijing`; empty before.
    pub delivered: String,
}

/// One report in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// Identifier.
    pub id: String,
    /// Kind.
    pub code: String,
    /// Kind, in words.
    pub kind: String,
    /// Period.
    pub period: String,
    /// Version.
    pub version: i64,
    /// A later version replaces it.
    pub is_replaced: bool,
    /// Subject.
    pub subject: String,
    /// Name of the workbook.
    pub file: String,
    /// First characters of the hash of its figures.
    pub hash: String,
    /// Made at, made by `beijing`.
    pub made: String,
    /// Mails that carry it; empty where who asks may not see them.
    pub deliveries: Vec<Delivery>,
    /// Of them, delivered.
    pub delivered: usize,
    /// Of them, given up.
    pub given_up: usize,
}

/// The reports centre.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportsView {
    /// Reports of the page.
    pub rows: Vec<ReportRow>,
    /// Kinds to choose from.
    pub kinds: Vec<Choice>,
    /// Periods to choose from.
    pub periods: Vec<String>,
    /// Kind asked for.
    pub kind: String,
    /// Period asked for.
    pub period: String,
    /// Deliveries are shown to who asks.
    pub shows_deliveries: bool,
    /// Way through the pages.
    pub pager: Pager,
}

/// One figure that two versions tell differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Place in the figures.
    pub place: String,
    /// What the version before told; empty for nothing.
    pub before: String,
    /// What this one tells; empty for nothing.
    pub after: String,
}

/// One report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReportView {
    /// Its line.
    pub row: ReportRow,
    /// Versions of the same period, newest first.
    pub versions: Vec<ReportRow>,
    /// Whole hash of its figures.
    pub digest: String,
    /// It has a page.
    pub has_html: bool,
    /// It has a workbook.
    pub has_workbook: bool,
    /// Number of the version it is held against; 0 for none.
    pub against: i64,
    /// What the version before told differently.
    pub changed: Vec<Changed>,
    /// Changes beyond those shown.
    pub more: usize,
    /// Deliveries are shown to who asks.
    pub shows_deliveries: bool,
    /// Mails themselves may be opened.
    pub opens_mails: bool,
    /// No mail of its own carries it.
    pub is_unsent: bool,
    /// Mails of a later report that took it along: message and recipient.
    pub along: Vec<(String, String)>,
    /// The form that sends it, for those who may.
    pub send: Option<SendForm>,
}
