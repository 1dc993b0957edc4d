//! What scorecards count: a few columns of every row of the books of some banks.
//!
//! **Invariant:** nothing here carries what is not counted, so that a hundred thousand loans are read at once.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::undos::standing;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::schema::{commitments, loan_months, loan_registrations, loan_tiers, loans};

/// A covered loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Enrolled {
    /// Loan.
    pub loan_id: String,
    /// Bank.
    pub bank: String,
    /// Principal, fen.
    pub principal_fen: i64,
    /// Share of the rights, ppm.
    pub ip_share_ppm: i64,
    /// Registered on.
    pub registered_on: NaiveDate,
}

/// What a month says of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Graded {
    /// Loan.
    pub loan_id: String,
    /// Bank.
    pub bank: String,
    /// Balance, fen.
    pub balance_fen: i64,
    /// Tier the bank says.
    pub bank_tier: String,
    /// Mildest tier that the days overdue allow.
    pub floor_tier: String,
    /// The graver of both.
    pub tier: String,
}

/// Every covered loan of these banks.
///
/// # Errors
/// What the database says.
pub fn enrolled(db: &mut Db, fund_id: &str, banks: &[&str]) -> Result<Vec<Enrolled>, StoreError> {
    Ok(loans::table
        .filter(loans::fund_id.eq(fund_id))
        .filter(loans::bank.eq_any(banks))
        .filter(loans::covered.eq(true))
        .select((loans::loan_id, loans::bank, loans::principal_fen, loans::ip_share_ppm, loans::registered_on))
        .load(db)?)
}

/// How many loans each of these banks registered until a day and how timely, by their first registrations that stand.
///
/// # Errors
/// What the database says.
pub fn registered(
    db: &mut Db,
    fund_id: &str,
    banks: &[&str],
    on: NaiveDate,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(loan_registrations::table
        .group_by((loan_registrations::bank, loan_registrations::timing))
        .filter(loan_registrations::fund_id.eq(fund_id))
        .filter(loan_registrations::bank.eq_any(banks))
        .filter(loan_registrations::version.eq(1))
        .filter(loan_registrations::business_date.le(on))
        .filter(standing!(loan_registrations::import_id))
        .select((loan_registrations::bank, loan_registrations::timing, count_star()))
        .load(db)?)
}

/// Loan and tier of every change of a tier that was in effect on a day, in the order of the changes of each loan.
///
/// # Errors
/// What the database says.
pub fn tiers_until(
    db: &mut Db,
    fund_id: &str,
    banks: &[&str],
    on: NaiveDate,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(loan_tiers::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_tiers::loan_id)))
        .filter(loans::bank.eq_any(banks))
        .filter(loan_tiers::fund_id.eq(fund_id))
        .filter(loan_tiers::effective_on.le(on))
        .order((loan_tiers::loan_id, loan_tiers::version))
        .select((loan_tiers::loan_id, loan_tiers::tier))
        .load(db)?)
}

/// Rows of these banks in force of one month.
///
/// # Errors
/// What the database says.
pub fn graded(db: &mut Db, fund_id: &str, banks: &[&str], month: &str) -> Result<Vec<Graded>, StoreError> {
    Ok(loan_months::table
        .filter(loan_months::fund_id.eq(fund_id))
        .filter(loan_months::bank.eq_any(banks))
        .filter(loan_months::month.eq(month))
        .select((
            loan_months::loan_id,
            loan_months::bank,
            loan_months::balance_fen,
            loan_months::bank_tier,
            loan_months::floor_tier,
            loan_months::tier,
        ))
        .load(db)?)
}

/// Kind, claim and amount of every promise for a claim made until a day, in the order in which they were made.
///
/// # Errors
/// What the database says.
pub fn promises_until(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(commitments::table
        .filter(commitments::fund_id.eq(fund_id))
        .filter(commitments::kind.eq_any(["earmarked", "ordered"]))
        .filter(commitments::business_date.le(on))
        .order((commitments::kind, commitments::subject, commitments::version))
        .select((commitments::kind, commitments::subject, commitments::amount_fen))
        .load(db)?)
}
