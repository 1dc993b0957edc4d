//! Rows of the area `servicing`. Month-end reports: append-only, a correction is a new version of the bank and month.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// A bank's report of a month, one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::servicing_reports, treat_none_as_default_value = false)]
pub struct ServicingReportRow {
    /// Fund.
    pub fund_id: String,
    /// Report id.
    pub report_id: String,
    /// Bank.
    pub bank: String,
    /// Month.
    pub month: String,
    /// Version.
    pub version: i64,
    /// Import id.
    pub import_id: String,
    /// Is partial.
    pub is_partial: bool,
    /// Nil return.
    pub nil_return: bool,
    /// Row count.
    pub row_count: i64,
    /// Arrived at.
    pub arrived_at: NaiveDateTime,
    /// On time.
    pub on_time: bool,
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
fact!(ServicingReportRow, servicing_reports, |row| format!("{}", row.report_id));

/// One loan in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::servicing_rows, treat_none_as_default_value = false)]
pub struct ServicingRow {
    /// Fund.
    pub fund_id: String,
    /// Report id.
    pub report_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Bank.
    pub bank: String,
    /// Month.
    pub month: String,
    /// Row no.
    pub row_no: i64,
    /// Balance, in fen.
    pub balance_fen: i64,
    /// Overdue principal, in fen.
    pub overdue_principal_fen: i64,
    /// Overdue interest, in fen.
    pub overdue_interest_fen: i64,
    /// Overdue since.
    pub overdue_since: Option<NaiveDate>,
    /// Overdue days.
    pub overdue_days: i64,
    /// Bank tier.
    pub bank_tier: String,
    /// Floor tier.
    pub floor_tier: String,
    /// Tier.
    pub tier: String,
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
fact!(ServicingRow, servicing_rows, |row| format!("{}:{}", row.report_id, row.loan_id));

/// Projection: the row in force of a loan and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loan_months, treat_none_as_default_value = false)]
pub struct LoanMonthRow {
    /// Loan id.
    pub loan_id: String,
    /// Month.
    pub month: String,
    /// Fund.
    pub fund_id: String,
    /// Bank.
    pub bank: String,
    /// Report id.
    pub report_id: String,
    /// Balance, in fen.
    pub balance_fen: i64,
    /// Overdue principal, in fen.
    pub overdue_principal_fen: i64,
    /// Overdue interest, in fen.
    pub overdue_interest_fen: i64,
    /// Overdue since.
    pub overdue_since: Option<NaiveDate>,
    /// Overdue days.
    pub overdue_days: i64,
    /// Bank tier.
    pub bank_tier: String,
    /// Floor tier.
    pub floor_tier: String,
    /// Tier.
    pub tier: String,
}

/// A change of the tier of a loan, with where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loan_tiers, treat_none_as_default_value = false)]
pub struct LoanTierRow {
    /// Fund.
    pub fund_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Version.
    pub version: i64,
    /// Tier.
    pub tier: String,
    /// Overdue days.
    pub overdue_days: i64,
    /// Source.
    pub source: String,
    /// Effective on.
    pub effective_on: NaiveDate,
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
fact!(LoanTierRow, loan_tiers, |row| format!("{}:{}", row.loan_id, row.version));
