//! Rows of the area `money`. The fund's money: a double-entry ledger that only grows, what is promised out of it, and its daily level.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::{balances, fact};
use crate::storage::schema;

/// A movement of money as a file told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::fund_rows, treat_none_as_default_value = false)]
pub struct FundMovementRow {
    /// Fund.
    pub fund_id: String,
    /// Row id.
    pub row_id: String,
    /// Row date.
    pub row_date: NaiveDate,
    /// Kind.
    pub kind: String,
    /// Source.
    pub source: String,
    /// Contract.
    pub contract: Option<String>,
    /// Loan id.
    pub loan_id: Option<String>,
    /// Amount, in fen.
    pub amount_fen: i64,
    /// Note.
    pub note: String,
    /// Nth.
    pub nth: i64,
    /// Import id.
    pub import_id: String,
    /// Row no.
    pub row_no: i64,
    /// Tx id.
    pub tx_id: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(FundMovementRow, fund_rows, |row| format!("{}", row.row_id));

/// One balanced booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::ledger_transactions, treat_none_as_default_value = false)]
pub struct LedgerTransactionRow {
    /// Fund.
    pub fund_id: String,
    /// Tx id.
    pub tx_id: String,
    /// Kind.
    pub kind: String,
    /// Booked on.
    pub booked_on: NaiveDate,
    /// Memo.
    pub memo: String,
    /// Source ref.
    pub source_ref: String,
    /// Reverses.
    pub reverses: Option<String>,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(LedgerTransactionRow, ledger_transactions, |row| format!("{}", row.tx_id));

/// One side of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::ledger_lines, treat_none_as_default_value = false)]
pub struct LedgerLineRow {
    /// Fund.
    pub fund_id: String,
    /// Tx id.
    pub tx_id: String,
    /// Line no.
    pub line_no: i64,
    /// Account.
    pub account: String,
    /// Side.
    pub side: String,
    /// Amount, in fen.
    pub amount_fen: i64,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(LedgerLineRow, ledger_lines, |row| format!("{}:{}", row.tx_id, row.line_no), balances::follow_lines);

/// What is promised out of the fund for a loan or a claim, by version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::commitments, treat_none_as_default_value = false)]
pub struct CommitmentRow {
    /// Fund.
    pub fund_id: String,
    /// Kind.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// Version.
    pub version: i64,
    /// Amount, in fen.
    pub amount_fen: i64,
    /// Basis.
    pub basis: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(
    CommitmentRow,
    commitments,
    |row| format!("{}:{}:{}", row.kind, row.subject, row.version),
    balances::follow_commitments
);

/// The level of the fund on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::reserve_snapshots, treat_none_as_default_value = false)]
pub struct ReserveSnapshotRow {
    /// Fund.
    pub fund_id: String,
    /// Version.
    pub version: i64,
    /// Rulebook id.
    pub rulebook_id: String,
    /// Rulebook version.
    pub rulebook_version: String,
    /// Cash, in fen.
    pub cash_fen: i64,
    /// Floor, in fen.
    pub floor_fen: i64,
    /// Reserved, in fen.
    pub reserved_fen: i64,
    /// Earmarked, in fen.
    pub earmarked_fen: i64,
    /// Ordered, in fen.
    pub ordered_fen: i64,
    /// Free, in fen.
    pub free_fen: i64,
    /// Capacity, in fen.
    pub capacity_fen: i64,
    /// Policy minimum, in fen.
    pub policy_minimum_fen: i64,
    /// Contractual maximum, in fen.
    pub contractual_maximum_fen: i64,
    /// Parameters.
    pub parameters: String,
    /// Heads.
    pub heads: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(ReserveSnapshotRow, reserve_snapshots, |row| format!("{}:{}:{}", row.fund_id, row.business_date, row.version));
