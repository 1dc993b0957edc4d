//! A month's report as a grid to type in.
//!
//! **Invariant:** a cell shows what was typed, as it was typed; amounts are yuan to the fen.

use chrono::NaiveDate;
use serde::Serialize;

use super::acting::OptionView;
use super::uploads::FormError;

/// One loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GridRow {
    /// Place, from 1.
    pub nth: usize,
    /// Contract and drawdown as they are sent back.
    pub key: String,
    /// Contract as it is read.
    pub contract: String,
    /// Borrower.
    pub borrower: String,
    /// Balance last reported, fen.
    pub before: Option<i64>,
    /// Balance.
    pub balance: String,
    /// Overdue principal.
    pub overdue_principal: String,
    /// Overdue interest.
    pub overdue_interest: String,
    /// First overdue day.
    pub overdue_since: String,
    /// Grades to choose from.
    pub grades: Vec<OptionView>,
}

/// The page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReturnGridView {
    /// Name of the bank.
    pub bank: String,
    /// Month, `2025-08`.
    pub month: String,
    /// Last day for it.
    pub due_on: Option<NaiveDate>,
    /// Address of the page.
    pub here: String,
    /// Address of the workbook with the same loans.
    pub template: String,
    /// Loans; empty where there is nothing to report or too much for a page.
    pub rows: Vec<GridRow>,
    /// Loans to be reported.
    pub count: usize,
    /// There is no such month to report.
    pub is_idle: bool,
    /// There are more than are typed in on a page.
    pub is_too_long: bool,
    /// Sum of the balances last reported, fen.
    pub before_sum: i64,
    /// Somebody has looked at every loan.
    pub is_confirmed: bool,
    /// What is wrong.
    pub errors: Vec<FormError>,
    /// Key of the form, so that it does its work once.
    pub key: String,
    /// When what is shown was kept, where it was typed earlier and not sent.
    pub restored: String,
}
