//! The fund's money: its states and its movements.
//!
//! **Invariant:** the balance beside a movement is the sum of all movements up to it.

use chrono::NaiveDate;
use serde::Serialize;

use super::Shell;
use super::charts::Picture;
use super::parts::Table;
use super::query::{Pager, PlainQuery, SortLinks};

/// Where the fund's money stands, all in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FundStates {
    /// In the account.
    pub cash: i64,
    /// Minimum that must stay.
    pub floor: i64,
    /// Computed compensation of open claims (在审占用).
    pub earmarked: i64,
    /// Approved, not yet confirmed paid (已批未付).
    pub ordered: i64,
    /// `cash − floor − earmarked − ordered` (可用); below zero when short.
    pub free: i64,
    /// Cover of registered loans (备案占用): never taken out of cash.
    pub reserved: i64,
    /// Cover the money allows.
    pub capacity: i64,
    /// `reserved ÷ capacity`, ppm; none without capacity.
    pub used_ratio: Option<i64>,
}

/// One line of a movement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LedgerLine {
    /// Account in words.
    pub account: String,
    /// Debit, fen; zero when the line is a credit.
    pub debit: i64,
    /// Credit, fen.
    pub credit: i64,
}

/// One movement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FundMovement {
    /// Number of the ledger entry.
    pub number: String,
    /// Business date.
    pub on: Option<NaiveDate>,
    /// What it is, in words.
    pub kind: String,
    /// Where it came from, in words.
    pub source: String,
    /// Contract of a recovery or payout; may be empty.
    pub contract: String,
    /// Note.
    pub note: String,
    /// Change of the money in the account, fen.
    pub change: i64,
    /// Money in the account after it, fen.
    pub balance: i64,
    /// Double entry.
    pub lines: Vec<LedgerLine>,
    /// When it was recorded, made by `beijing`.
    pub recorded: String,
}

/// One state of money: how much, of which day, and from where the figure is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StateRow {
    /// Word of `page.state`.
    pub code: &'static str,
    /// How it goes into what is free: `−`, `=` or empty.
    pub sign: &'static str,
    /// How much, fen.
    pub amount: i64,
    /// Day of the last fact behind it.
    pub on: Option<NaiveDate>,
    /// Where it comes from, in words.
    pub source: String,
    /// Page that shows what is behind it; empty for none.
    pub href: &'static str,
}

/// What came in by source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceSum {
    /// Source in words.
    pub source: String,
    /// Sum, fen.
    pub amount: i64,
}

/// The page of the fund.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FundView {
    /// Frame.
    pub shell: Shell,
    /// What can be done with it.
    pub offers: Vec<super::acting::Offer>,
    /// Acts on it, newest first.
    pub passed: Vec<super::casework::Passed>,
    /// Money of the fund.
    pub states: FundStates,
    /// The same, each with its day and its source.
    pub figures: Vec<StateRow>,
    /// Money month by month.
    pub picture: Picture,
    /// Movements that wait, calls, sub-funds.
    pub tables: Vec<Table>,
    /// Sums by source over all movements.
    pub sources: Vec<SourceSum>,
    /// What was asked for; filled by the server.
    pub query: PlainQuery,
    /// Links of the columns that sort; filled by the server.
    pub sort: SortLinks,
    /// Movements of the page, newest first.
    pub movements: Vec<FundMovement>,
    /// Movements that match.
    pub total: u64,
    /// Paid in over all matching movements, fen.
    pub sum_in: i64,
    /// Paid out over all matching movements, fen, as a positive amount.
    pub sum_out: i64,
    /// Way through the pages; filled by the server.
    pub pager: Pager,
}

impl FundView {
    /// Columns that sort, as addresses say them.
    pub const SORTED: [&str; 3] = ["on", "kind", "change"];
}
