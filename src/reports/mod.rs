//! The two monthly summaries, from facts to tables to a workbook and a mail.
//!
//! Reading order: `facts` (what a period is known to be), `book` (the loans of one month-end), `dataset` and `cell` (tables
//! without a look), `scope` (which rows a bank table has), `regulator` and `market_supervision` (the two
//! summaries), `month_figures` (the yearly check), `xlsx` and `mail` (what a reader gets).
//! **Invariant:** no database, no clock, no file: equal facts give equal tables and equal bytes.

pub mod book;
pub mod cell;
pub mod compensation_by_bank;
pub mod conclusion;
pub mod dataset;
pub mod facts;
pub mod forms;
pub mod loans_by_bank;
pub mod mail;
pub mod market_supervision;
pub mod money_facts;
pub mod month_figures;
pub mod notes;
pub mod payout_sheet;
pub mod pictures;
pub mod pledges_by_kind;
pub mod positions;
pub mod quality_by_bank;
pub mod regions;
pub mod regulator;
pub mod scope;
pub mod sheets;
pub mod words;
pub mod xlsx;

use thiserror::Error;

use crate::domain::money::MoneyError;

/// Why a summary could not be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A sum does not fit.
    #[error("a sum of the report does not fit")]
    Money(#[from] MoneyError),
    /// A position names a loan that the register of the facts does not hold.
    #[error("loan {contract} of bank {bank} has a position but no registration")]
    LoanUnknown {
        /// Bank code.
        bank: String,
        /// Contract number.
        contract: String,
    },
    /// A loan, a claim or a position names a bank that is not in the list of banks.
    #[error("bank {bank} is not in the list of banks")]
    BankUnknown {
        /// Bank code.
        bank: String,
    },
    /// A bank without a report has a servicing row in the period.
    #[error("bank {bank} is missing but loan {contract} has a row")]
    MissingBankHasRows {
        /// Bank code.
        bank: String,
        /// Contract number.
        contract: String,
    },
    /// A bank reported nil and has a balance.
    #[error("bank {bank} reported nil but loan {contract} has a balance")]
    NilBankHasBalance {
        /// Bank code.
        bank: String,
        /// Contract number.
        contract: String,
    },
    /// Two figures that must be equal are not.
    #[error("check {check} failed in table {table}, row {row}: {left} is not {right}")]
    CheckFailed {
        /// Which rule, such as `E1+..+E5=B2`.
        check: &'static str,
        /// Table code.
        table: String,
        /// Row key.
        row: String,
        /// Left side in fen.
        left: i64,
        /// Right side in fen.
        right: i64,
    },
    /// A row does not have one cell for every column.
    #[error("row {row} of table {table} has {cells} cells for {columns} columns")]
    RowShape {
        /// Table code.
        table: String,
        /// Row key.
        row: String,
        /// Cells found.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// The workbook could not be written.
    #[error("the workbook could not be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The data set could not be written as JSON.
    #[error("the data set could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The mail could not be rendered.
    #[error("the mail could not be rendered")]
    Template(#[from] minijinja::Error),
    /// The cut-off lies outside the years a workbook can hold.
    #[error("the cut-off is outside the years 1900 to 9999")]
    CutOffRange,
}
