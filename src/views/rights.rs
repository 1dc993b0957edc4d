//! Pledged rights: what the market supervision bureau sees.
//!
//! **Invariant:** no amount and no state of a loan stands here.

use chrono::NaiveDate;
use serde::Serialize;

use super::Shell;
use super::query::{Pager, PlainQuery, SortLinks};

/// One right in a pledge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RightRow {
    /// Kind in words.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Who pledged it.
    pub owner: String,
    /// Name of the bank.
    pub bank: String,
    /// Number of the pledge's registration; may be empty.
    pub pledge_no: String,
    /// Day of the pledge's registration.
    pub pledged_on: Option<NaiveDate>,
}

/// The page of pledged rights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RightsView {
    /// Frame.
    pub shell: Shell,
    /// What was asked for; filled by the server.
    pub query: PlainQuery,
    /// Links of the columns that sort; filled by the server.
    pub sort: SortLinks,
    /// Rights of the page.
    pub rows: Vec<RightRow>,
    /// Rights that match.
    pub total: u64,
    /// Way through the pages; filled by the server.
    pub pager: Pager,
}

impl RightsView {
    /// Columns that sort, as addresses say them.
    pub const SORTED: [&str; 1] = ["kind"];
}
