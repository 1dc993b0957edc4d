//! Rows of the area `claims`. Claims as filed, and every calculation made for them.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// A claim as filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::claims, treat_none_as_default_value = false)]
pub struct ClaimRow {
    /// Fund.
    pub fund_id: String,
    /// Claim id.
    pub claim_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Bank.
    pub bank: String,
    /// Filed on.
    pub filed_on: NaiveDate,
    /// Arrival.
    pub arrival: i64,
    /// Outstanding, in fen.
    pub outstanding_fen: i64,
    /// Overdue interest, in fen.
    pub overdue_interest_fen: i64,
    /// Overdue since.
    pub overdue_since: NaiveDate,
    /// Pledge registered on.
    pub pledge_registered_on: Option<NaiveDate>,
    /// Insurer paid, in fen.
    pub insurer_paid_fen: i64,
    /// Guarantor paid, in fen.
    pub guarantor_paid_fen: i64,
    /// Collateral gross, in fen.
    pub collateral_gross_fen: i64,
    /// Collateral cost, in fen.
    pub collateral_cost_fen: i64,
    /// Documents.
    pub documents: String,
    /// Import id.
    pub import_id: String,
    /// Row no.
    pub row_no: i64,
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
fact!(ClaimRow, claims, |row| format!("{}", row.claim_id));

/// A payout as computed, with inputs and trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::calculations, treat_none_as_default_value = false)]
pub struct CalculationRow {
    /// Fund.
    pub fund_id: String,
    /// Claim id.
    pub claim_id: String,
    /// Version.
    pub version: i64,
    /// Decision.
    pub decision: String,
    /// Reasons.
    pub reasons: String,
    /// Rulebook id.
    pub rulebook_id: String,
    /// Rulebook version.
    pub rulebook_version: String,
    /// Rulebook hash.
    pub rulebook_hash: String,
    /// Loss base, in fen.
    pub loss_base_fen: Option<i64>,
    /// Fund rate, in parts per million.
    pub fund_rate_ppm: Option<i64>,
    /// Payout, in fen.
    pub payout_fen: i64,
    /// Earmark, in fen.
    pub earmark_fen: i64,
    /// Shares.
    pub shares: String,
    /// Input.
    pub input: String,
    /// Outcome.
    pub outcome: String,
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
fact!(CalculationRow, calculations, |row| format!("{}:{}", row.claim_id, row.version));

/// Projection: each claim as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::claim_status, treat_none_as_default_value = false)]
pub struct ClaimStatusRow {
    /// Claim id.
    pub claim_id: String,
    /// Fund.
    pub fund_id: String,
    /// Bank.
    pub bank: String,
    /// Loan id.
    pub loan_id: String,
    /// Credit code.
    pub credit_code: String,
    /// Filed on.
    pub filed_on: NaiveDate,
    /// Arrival.
    pub arrival: i64,
    /// State.
    pub state: String,
    /// Decision.
    pub decision: Option<String>,
    /// Payout, in fen.
    pub payout_fen: Option<i64>,
    /// Calculation version.
    pub calculation_version: i64,
    /// Number of its last act, 0 before the first.
    pub act_version: i64,
    /// Last day of the desk that has it.
    pub due_on: Option<NaiveDate>,
    /// Set aside for it, in fen.
    pub earmarked_fen: i64,
    /// Approved, in fen.
    pub approved_fen: i64,
    /// Paid less what came back as wrongly paid, in fen.
    pub paid_fen: i64,
    /// What came back to the fund by recovery, in fen.
    pub recovered_fen: i64,
}
