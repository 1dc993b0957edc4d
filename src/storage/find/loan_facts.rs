//! What stands beside a loan on the register: rights, policies, guarantees, contracts of banks.
//!
//! **Invariant:** nothing here reads the projection of loans; it answers from facts alone.

use diesel::prelude::*;

use super::loans::registered;
use super::undos::standing;
use crate::domain::names::ContractNo;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::loans::{LoanGuaranteeRow, LoanInsuranceRow, LoanRightRow};
use crate::storage::schema::{loan_guarantees, loan_insurances, loan_registrations, loan_rights};

/// The rights of these loans whose registration stands, by loan, version and order.
///
/// # Errors
/// What the database says.
pub fn rights_of(db: &mut Db, ids: &[&str]) -> Result<Vec<LoanRightRow>, StoreError> {
    Ok(loan_rights::table
        .inner_join(registered!(loan_rights))
        .filter(loan_rights::loan_id.eq_any(ids))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_rights::loan_id, loan_rights::version, loan_rights::ordinal))
        .select(LoanRightRow::as_select())
        .load(db)?)
}

/// The insurance policies of these loans whose registration stands.
///
/// # Errors
/// What the database says.
pub fn insurances_of(db: &mut Db, ids: &[&str]) -> Result<Vec<LoanInsuranceRow>, StoreError> {
    Ok(loan_insurances::table
        .inner_join(registered!(loan_insurances))
        .filter(loan_insurances::loan_id.eq_any(ids))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_insurances::loan_id, loan_insurances::version, loan_insurances::policy_no))
        .select(LoanInsuranceRow::as_select())
        .load(db)?)
}

/// The guarantees of these loans whose registration stands.
///
/// # Errors
/// What the database says.
pub fn guarantees_among(db: &mut Db, ids: &[&str]) -> Result<Vec<LoanGuaranteeRow>, StoreError> {
    Ok(loan_guarantees::table
        .inner_join(registered!(loan_guarantees))
        .filter(loan_guarantees::loan_id.eq_any(ids))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_guarantees::loan_id, loan_guarantees::version, loan_guarantees::guarantor))
        .select(LoanGuaranteeRow::as_select())
        .load(db)?)
}

/// Whether a policy is linked to a version of a registration.
///
/// # Errors
/// What the database says.
pub fn has_insurance(db: &mut Db, loan_id: &str, version: i64) -> Result<bool, StoreError> {
    let of_loan = loan_insurances::table
        .filter(loan_insurances::loan_id.eq(loan_id))
        .filter(loan_insurances::version.eq(version));
    let count: i64 = of_loan.count().get_result(db)?;
    Ok(count > 0)
}

/// Whether a guarantor takes part in a version of a registration.
///
/// # Errors
/// What the database says.
pub fn has_guarantee(db: &mut Db, loan_id: &str, version: i64) -> Result<bool, StoreError> {
    let of_loan = loan_guarantees::table
        .filter(loan_guarantees::loan_id.eq(loan_id))
        .filter(loan_guarantees::version.eq(version));
    let count: i64 = of_loan.count().get_result(db)?;
    Ok(count > 0)
}

/// Loans of a bank that were registered under a contract number, with the credit code of each; told from facts alone.
///
/// # Errors
/// What the database says.
pub fn under_contract(
    db: &mut Db,
    fund_id: &str,
    bank: &str,
    contract: &ContractNo,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(loan_registrations::table
        .filter(loan_registrations::fund_id.eq(fund_id))
        .filter(loan_registrations::bank.eq(bank))
        .filter(loan_registrations::contract.eq(contract.as_str().to_owned()))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_registrations::loan_id, loan_registrations::version))
        .select((loan_registrations::loan_id, loan_registrations::credit_code))
        .load(db)?)
}
