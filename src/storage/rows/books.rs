//! Rows of the area `books`. Bank statements, what their lines are in the ledger, closed months, outside voucher numbers.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::chain::Chain;
use crate::storage::db::Db;
use crate::storage::find::books::SEALED;
use crate::storage::schema::{self, scopes};

/// A statement as the bank gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::bank_statements, treat_none_as_default_value = false)]
pub struct BankStatementRow {
    /// Fund.
    pub fund_id: String,
    /// Statement id.
    pub statement_id: String,
    /// Number of the bank account.
    pub account: String,
    /// Account of the ledger that holds its money.
    pub ledger_account: String,
    /// Form of the file: `csv` or `camt.053`.
    pub form: String,
    /// File name.
    pub file_name: String,
    /// Content hash of the file.
    pub content_hash: String,
    /// Which statement of the file, from 1.
    pub ordinal: i64,
    /// The bank's number of the statement.
    pub bank_number: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// Opening balance, in fen.
    pub opening_fen: i64,
    /// Closing balance, in fen.
    pub closing_fen: i64,
    /// Lines in the file.
    pub lines_total: i64,
    /// Lines that no earlier statement had told.
    pub lines_new: i64,
    /// What does not continue, as JSON.
    pub findings: String,
    /// Who took this step.
    pub person: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    /// Event that wrote it.
    #[serde(skip)]
    pub event_id: String,
}
fact!(BankStatementRow, bank_statements, |row| format!("{}", row.statement_id));

/// One movement of a statement that no earlier statement had told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::bank_statement_lines, treat_none_as_default_value = false)]
pub struct BankStatementLineRow {
    /// Fund.
    pub fund_id: String,
    /// Line id.
    pub line_id: String,
    /// Statement id.
    pub statement_id: String,
    /// Number of the bank account.
    pub account: String,
    /// Identity by which an overlapping statement tells it again.
    pub line_key: String,
    /// Row or entry of the file.
    pub place: i64,
    /// Booked on.
    pub booked_on: NaiveDate,
    /// Value date.
    pub value_on: Option<NaiveDate>,
    /// Direction: `credit` or `debit`.
    pub direction: String,
    /// Amount, in fen.
    pub amount_fen: i64,
    /// Whether it takes an earlier entry back.
    pub is_reversal: bool,
    /// Counterparty name.
    pub counterparty_name: String,
    /// Counterparty account.
    pub counterparty_account: String,
    /// The bank's reference.
    pub reference: String,
    /// End-to-end reference.
    pub end_to_end: String,
    /// Text.
    pub text: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    /// Event that wrote it.
    #[serde(skip)]
    pub event_id: String,
}
fact!(BankStatementLineRow, bank_statement_lines, |row| format!("{}", row.line_id));

/// Which booking a bank line is, by version; the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::statement_matches, treat_none_as_default_value = false)]
pub struct StatementMatchRow {
    /// Fund.
    pub fund_id: String,
    /// Line id.
    pub line_id: String,
    /// Version.
    pub version: i64,
    /// Booking; nothing where the line is open again.
    pub tx_id: Option<String>,
    /// Rule: `reference`, `amount`, `person`.
    pub rule: String,
    /// Who took this step.
    pub person: String,
    /// Why.
    pub note: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    /// Event that wrote it.
    #[serde(skip)]
    pub event_id: String,
}
fact!(StatementMatchRow, statement_matches, |row| format!("{}:{}", row.line_id, row.version));

/// One step of closing a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::period_steps, treat_none_as_default_value = false)]
pub struct PeriodStepRow {
    /// Fund.
    pub fund_id: String,
    /// Month, as YYYY-MM.
    pub period: String,
    /// Version.
    pub version: i64,
    /// State: `proposed`, `sealed`, `rejected`, `withdrawn`.
    pub state: String,
    /// Who took this step.
    pub person: String,
    /// Why.
    pub note: String,
    /// Trial balance, as canonical JSON.
    pub trial_balance: String,
    /// Its SHA-256.
    pub trial_balance_hash: String,
    /// Open items of the reconciliation.
    pub open_items: i64,
    /// Difference left after the reconciliation, in fen; nothing where no statement reaches the end.
    pub difference_fen: Option<i64>,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    /// Event that wrote it.
    #[serde(skip)]
    pub event_id: String,
}
fact!(PeriodStepRow, period_steps, |row| format!("{}:{}:{}", row.fund_id, row.period, row.version), follow_seals);

/// Moves the mark of the last sealed month, which stands where every writer of the fund looks first.
fn follow_seals(rows: &[PeriodStepRow], db: &mut Db) -> QueryResult<()> {
    for row in rows.iter().filter(|row| row.state == SEALED) {
        let fund = Chain::Fund { fund_id: row.fund_id.clone() };
        let earlier = scopes::sealed_month.is_null().or(scopes::sealed_month.lt(&row.period));
        diesel::update(scopes::table.find(fund.key()).filter(earlier))
            .set(scopes::sealed_month.eq(&row.period))
            .execute(db)?;
    }
    Ok(())
}

/// Number of a booking in the accounting software, by version; the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::voucher_numbers, treat_none_as_default_value = false)]
pub struct VoucherNumberRow {
    /// Fund.
    pub fund_id: String,
    /// Booking.
    pub tx_id: String,
    /// Version.
    pub version: i64,
    /// Number in the accounting software.
    pub number: String,
    /// Who took this step.
    pub person: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    /// Event that wrote it.
    #[serde(skip)]
    pub event_id: String,
}
fact!(VoucherNumberRow, voucher_numbers, |row| format!("{}:{}", row.tx_id, row.version));
