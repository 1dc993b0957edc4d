//! Rows of the area `loans`. What a bank registered, what it is covered for, and the row that lists read from.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// A loan as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loan_registrations, treat_none_as_default_value = false)]
pub struct LoanRegistrationRow {
    /// Fund.
    pub fund_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Version.
    pub version: i64,
    /// Bank.
    pub bank: String,
    /// Contract.
    pub contract: String,
    /// Drawdown.
    pub drawdown: String,
    /// Credit code.
    pub credit_code: String,
    /// Borrower name.
    pub borrower_name: String,
    /// Founded on.
    pub founded_on: NaiveDate,
    /// County.
    pub county: String,
    /// Industry.
    pub industry: String,
    /// Size declared.
    pub size_declared: String,
    /// Employees.
    pub employees: Option<i64>,
    /// Revenue, in fen.
    pub revenue_fen: Option<i64>,
    /// First loan declared.
    pub first_loan_declared: bool,
    /// Principal, in fen.
    pub principal_fen: i64,
    /// Rate, in parts per million.
    pub rate_ppm: i64,
    /// Disbursed on.
    pub disbursed_on: NaiveDate,
    /// Matures on.
    pub matures_on: NaiveDate,
    /// Repayment.
    pub repayment: String,
    /// Ip share, in parts per million.
    pub ip_share_ppm: i64,
    /// Appraised, in fen.
    pub appraised_fen: Option<i64>,
    /// Appraiser.
    pub appraiser: Option<String>,
    /// Pledge no.
    pub pledge_no: Option<String>,
    /// Pledge registered on.
    pub pledge_registered_on: Option<NaiveDate>,
    /// Import id.
    pub import_id: String,
    /// Row no.
    pub row_no: i64,
    /// Timing.
    pub timing: String,
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
fact!(LoanRegistrationRow, loan_registrations, |row| format!("{}:{}", row.loan_id, row.version));

/// A right in the pledge of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loan_rights, treat_none_as_default_value = false)]
pub struct LoanRightRow {
    /// Fund.
    pub fund_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Version.
    pub version: i64,
    /// Ordinal.
    pub ordinal: i64,
    /// Kind.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Appraised, in fen.
    pub appraised_fen: Option<i64>,
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
fact!(LoanRightRow, loan_rights, |row| format!("{}:{}:{}", row.loan_id, row.version, row.ordinal));

/// An insurance policy linked to a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loan_insurances, treat_none_as_default_value = false)]
pub struct LoanInsuranceRow {
    /// Fund.
    pub fund_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Version.
    pub version: i64,
    /// Insurer.
    pub insurer: String,
    /// Product.
    pub product: String,
    /// Policy no.
    pub policy_no: String,
    /// Insured, in fen.
    pub insured_fen: Option<i64>,
    /// Premium, in fen.
    pub premium_fen: Option<i64>,
    /// Starts on.
    pub starts_on: Option<NaiveDate>,
    /// Ends on.
    pub ends_on: Option<NaiveDate>,
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
fact!(LoanInsuranceRow, loan_insurances, |row| format!("{}:{}:{}", row.loan_id, row.version, row.policy_no));

/// A guarantor's part of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loan_guarantees, treat_none_as_default_value = false)]
pub struct LoanGuaranteeRow {
    /// Fund.
    pub fund_id: String,
    /// Loan id.
    pub loan_id: String,
    /// Version.
    pub version: i64,
    /// Guarantor.
    pub guarantor: String,
    /// Share, in parts per million.
    pub share_ppm: i64,
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
fact!(LoanGuaranteeRow, loan_guarantees, |row| format!("{}:{}:{}", row.loan_id, row.version, row.guarantor));

/// What the fund promises for a loan, frozen at registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::coverages, treat_none_as_default_value = false)]
pub struct CoverageRow {
    /// Fund.
    pub fund_id: String,
    /// Loan id.
    pub loan_id: String,
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
    /// Fund rate, in parts per million.
    pub fund_rate_ppm: Option<i64>,
    /// First loan.
    pub first_loan: bool,
    /// Start up.
    pub start_up: Option<bool>,
    /// Why.
    pub why: String,
    /// Input.
    pub input: String,
    /// What the test decides; its steps follow from the input and the rulebook.
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
fact!(CoverageRow, coverages, |row| format!("{}:{}", row.loan_id, row.version));

/// Projection: each loan as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::loans, treat_none_as_default_value = false)]
pub struct LoanRow {
    /// Loan id.
    pub loan_id: String,
    /// Fund.
    pub fund_id: String,
    /// Bank.
    pub bank: String,
    /// Contract.
    pub contract: String,
    /// Drawdown.
    pub drawdown: String,
    /// Credit code.
    pub credit_code: String,
    /// Borrower name.
    pub borrower_name: String,
    /// County.
    pub county: String,
    /// Industry.
    pub industry: String,
    /// Principal, in fen.
    pub principal_fen: i64,
    /// Rate, in parts per million.
    pub rate_ppm: i64,
    /// Disbursed on.
    pub disbursed_on: NaiveDate,
    /// Matures on.
    pub matures_on: NaiveDate,
    /// Ip share, in parts per million.
    pub ip_share_ppm: i64,
    /// Registered on.
    pub registered_on: NaiveDate,
    /// State.
    pub state: String,
    /// Covered.
    pub covered: bool,
    /// Fund rate, in parts per million.
    pub fund_rate_ppm: Option<i64>,
    /// First loan.
    pub first_loan: bool,
    /// Start up.
    pub start_up: Option<bool>,
    /// Last month.
    pub last_month: Option<String>,
    /// Balance, in fen.
    pub balance_fen: Option<i64>,
    /// Servicing.
    pub servicing: String,
    /// Tier.
    pub tier: Option<String>,
    /// Overdue since.
    pub overdue_since: Option<NaiveDate>,
    /// Overdue days.
    pub overdue_days: i64,
    /// Reserved, in fen.
    pub reserved_fen: i64,
    /// Claimed.
    pub claimed: bool,
    /// Coverage version.
    pub coverage_version: i64,
    /// Reserve version.
    pub reserve_version: i64,
    /// Why it carries no cover any more: `renewed`, `cancelled`, `settled`.
    pub ended: Option<String>,
}
