//! Loans: the projection that lists read, and the facts behind one loan.
//!
//! **Invariant:** whoever asks for loans says whose they may see.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Reach;
use super::undos::standing;
use crate::domain::names::ContractNo;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::loans::{
    CoverageRow, LoanGuaranteeRow, LoanInsuranceRow, LoanRegistrationRow, LoanRightRow, LoanRow,
};
use crate::storage::schema::{coverages, loan_guarantees, loan_insurances, loan_registrations, loan_rights, loans};
use crate::storage::total::total;

/// Keys asked for in one statement.
pub(super) const KEYS_PER_STATEMENT: usize = 500;

/// A query over the loans within reach.
type LoanQuery<'a> = loans::BoxedQuery<'a, MultiBackend>;

/// The registration a row belongs to.
macro_rules! registered {
    ($table:ident) => {
        loan_registrations::table
            .on(loan_registrations::loan_id.eq($table::loan_id).and(loan_registrations::version.eq($table::version)))
    };
}
pub(super) use registered;

/// The loans within reach.
#[must_use]
pub fn within<'a>(reach: &Reach) -> LoanQuery<'a> {
    let all = loans::table.filter(loans::fund_id.eq(reach.fund_id().to_owned())).into_boxed();
    match reach.bank() {
        Some(bank) => all.filter(loans::bank.eq(bank.to_owned())),
        None => all,
    }
}

/// Every loan within reach, by identifier.
///
/// # Errors
/// What the database says.
pub fn all(db: &mut Db, reach: &Reach) -> Result<Vec<LoanRow>, StoreError> {
    Ok(within(reach).select(LoanRow::as_select()).order(loans::loan_id).load(db)?)
}

/// One loan within reach.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, reach: &Reach, loan_id: &str) -> Result<Option<LoanRow>, StoreError> {
    Ok(within(reach).filter(loans::loan_id.eq(loan_id.to_owned())).select(LoanRow::as_select()).first(db).optional()?)
}

/// Loans within reach with this contract number.
///
/// # Errors
/// What the database says.
pub fn by_contract(db: &mut Db, reach: &Reach, contract: &ContractNo) -> Result<Vec<LoanRow>, StoreError> {
    Ok(within(reach)
        .filter(loans::contract.eq(contract.as_str().to_owned()))
        .select(LoanRow::as_select())
        .order(loans::loan_id)
        .load(db)?)
}

/// Loans within reach of these borrowers, by identifier.
///
/// # Errors
/// What the database says.
pub fn of_borrowers(db: &mut Db, reach: &Reach, credit_codes: &[&str]) -> Result<Vec<LoanRow>, StoreError> {
    let mut found = Vec::new();
    for some in credit_codes.chunks(KEYS_PER_STATEMENT) {
        let codes: Vec<String> = some.iter().map(|code| (*code).to_owned()).collect();
        let of_some = within(reach).filter(loans::credit_code.eq_any(codes));
        found.extend(of_some.select(LoanRow::as_select()).order(loans::loan_id).load::<LoanRow>(db)?);
    }
    Ok(found)
}

/// These loans within reach, by identifier.
///
/// # Errors
/// What the database says.
pub fn some(db: &mut Db, reach: &Reach, loan_ids: &[String]) -> Result<Vec<LoanRow>, StoreError> {
    if loan_ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = within(reach).filter(loans::loan_id.eq_any(loan_ids.to_vec()));
    Ok(found.select(LoanRow::as_select()).order(loans::loan_id).load(db)?)
}

/// Number of loans within reach.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db, reach: &Reach) -> Result<i64, StoreError> {
    Ok(within(reach).select(count_star()).first(db)?)
}

/// Sum of the reserves of cover within reach, in fen.
///
/// # Errors
/// What the database says.
pub fn reserved_fen(db: &mut Db, reach: &Reach) -> Result<i64, StoreError> {
    Ok(within(reach).select(total(loans::reserved_fen)).first(db)?)
}

/// The newest registration of a loan that stands.
///
/// # Errors
/// What the database says.
pub fn registration(db: &mut Db, loan_id: &str) -> Result<Option<LoanRegistrationRow>, StoreError> {
    Ok(loan_registrations::table
        .filter(loan_registrations::loan_id.eq(loan_id))
        .filter(standing!(loan_registrations::import_id))
        .order(loan_registrations::version.desc())
        .select(LoanRegistrationRow::as_select())
        .first(db)
        .optional()?)
}

/// Every registration that stands, newest version last.
///
/// # Errors
/// What the database says.
pub fn registrations(db: &mut Db, fund_id: &str) -> Result<Vec<LoanRegistrationRow>, StoreError> {
    Ok(loan_registrations::table
        .filter(loan_registrations::fund_id.eq(fund_id))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_registrations::loan_id, loan_registrations::version))
        .select(LoanRegistrationRow::as_select())
        .load(db)?)
}

/// The newest registrations of these loans that stand.
///
/// # Errors
/// What the database says.
pub fn registrations_of(db: &mut Db, loan_ids: &[&str]) -> Result<Vec<LoanRegistrationRow>, StoreError> {
    let mut newest: BTreeMap<String, LoanRegistrationRow> = BTreeMap::new();
    for some in loan_ids.chunks(KEYS_PER_STATEMENT) {
        let rows: Vec<LoanRegistrationRow> = loan_registrations::table
            .filter(loan_registrations::loan_id.eq_any(some.to_vec()))
            .filter(standing!(loan_registrations::import_id))
            .order(loan_registrations::version)
            .select(LoanRegistrationRow::as_select())
            .load(db)?;
        newest.extend(rows.into_iter().map(|row| (row.loan_id.clone(), row)));
    }
    Ok(newest.into_values().collect())
}

/// What judging first loans needs of a registered loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Borrowing {
    /// Loan.
    pub loan_id: String,
    /// Bank.
    pub bank: String,
    /// Contract.
    pub contract: String,
    /// Borrower.
    pub credit_code: String,
    /// Declared as a first loan.
    pub first_loan_declared: bool,
    /// Disbursed on.
    pub disbursed_on: NaiveDate,
}

impl Borrowing {
    /// Of a registration.
    #[must_use]
    pub fn of(row: &LoanRegistrationRow) -> Borrowing {
        Borrowing {
            loan_id: row.loan_id.clone(),
            bank: row.bank.clone(),
            contract: row.contract.clone(),
            credit_code: row.credit_code.clone(),
            first_loan_declared: row.first_loan_declared,
            disbursed_on: row.disbursed_on,
        }
    }
}

/// What these borrowers have borrowed, at every bank, by registrations that stand.
///
/// # Errors
/// What the database says.
pub fn borrowings(db: &mut Db, fund_id: &str, credit_codes: &BTreeSet<&str>) -> Result<Vec<Borrowing>, StoreError> {
    let codes: Vec<&str> = credit_codes.iter().copied().collect();
    let mut found = Vec::new();
    for some in codes.chunks(KEYS_PER_STATEMENT) {
        let rows: Vec<Borrowing> = loan_registrations::table
            .filter(loan_registrations::fund_id.eq(fund_id))
            .filter(loan_registrations::credit_code.eq_any(some.to_vec()))
            .filter(standing!(loan_registrations::import_id))
            .order((loan_registrations::loan_id, loan_registrations::version))
            .select((
                loan_registrations::loan_id,
                loan_registrations::bank,
                loan_registrations::contract,
                loan_registrations::credit_code,
                loan_registrations::first_loan_declared,
                loan_registrations::disbursed_on,
            ))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The rights in the pledge of a loan, in their order.
///
/// # Errors
/// What the database says.
pub fn rights(db: &mut Db, loan_id: &str, version: i64) -> Result<Vec<LoanRightRow>, StoreError> {
    Ok(loan_rights::table
        .filter(loan_rights::loan_id.eq(loan_id))
        .filter(loan_rights::version.eq(version))
        .order(loan_rights::ordinal)
        .select(LoanRightRow::as_select())
        .load(db)?)
}

/// Every right of a fund whose registration stands, by loan and order.
///
/// # Errors
/// What the database says.
pub fn all_rights(db: &mut Db, fund_id: &str) -> Result<Vec<LoanRightRow>, StoreError> {
    Ok(loan_rights::table
        .inner_join(registered!(loan_rights))
        .filter(loan_rights::fund_id.eq(fund_id))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_rights::loan_id, loan_rights::version, loan_rights::ordinal))
        .select(LoanRightRow::as_select())
        .load(db)?)
}

/// Every insurance policy of a fund whose registration stands, by loan.
///
/// # Errors
/// What the database says.
pub fn insurances(db: &mut Db, fund_id: &str) -> Result<Vec<LoanInsuranceRow>, StoreError> {
    Ok(loan_insurances::table
        .inner_join(registered!(loan_insurances))
        .filter(loan_insurances::fund_id.eq(fund_id))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_insurances::loan_id, loan_insurances::version))
        .select(LoanInsuranceRow::as_select())
        .load(db)?)
}

/// Every guarantee of a fund whose registration stands, by loan.
///
/// # Errors
/// What the database says.
pub fn guarantees(db: &mut Db, fund_id: &str) -> Result<Vec<LoanGuaranteeRow>, StoreError> {
    Ok(loan_guarantees::table
        .inner_join(registered!(loan_guarantees))
        .filter(loan_guarantees::fund_id.eq(fund_id))
        .filter(standing!(loan_registrations::import_id))
        .order((loan_guarantees::loan_id, loan_guarantees::version))
        .select(LoanGuaranteeRow::as_select())
        .load(db)?)
}

/// The coverage of a loan now in force.
///
/// # Errors
/// What the database says.
pub fn coverage(db: &mut Db, loan_id: &str) -> Result<Option<CoverageRow>, StoreError> {
    Ok(coverages::table
        .filter(coverages::loan_id.eq(loan_id))
        .order(coverages::version.desc())
        .select(CoverageRow::as_select())
        .first(db)
        .optional()?)
}

/// The rulebook version that each loan of a reach keeps, as (loan, identity, version).
///
/// # Errors
/// What the database says.
pub fn versions_kept(db: &mut Db, reach: &Reach) -> Result<Vec<(String, String, String)>, StoreError> {
    let mut query = coverages::table
        .inner_join(loans::table.on(loans::loan_id.eq(coverages::loan_id)))
        .filter(loans::coverage_version.eq(coverages::version))
        .filter(loans::fund_id.eq(reach.fund_id().to_owned()))
        .select((coverages::loan_id, coverages::rulebook_id, coverages::rulebook_version))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        query = query.filter(loans::bank.eq(bank.to_owned()));
    }
    Ok(query.load(db)?)
}

/// The coverage in force of every loan of a fund, by loan.
///
/// # Errors
/// What the database says.
pub fn coverages_in_force(db: &mut Db, fund_id: &str) -> Result<Vec<CoverageRow>, StoreError> {
    Ok(coverages::table
        .inner_join(loans::table.on(loans::loan_id.eq(coverages::loan_id)))
        .filter(loans::coverage_version.eq(coverages::version))
        .filter(loans::fund_id.eq(fund_id))
        .order(coverages::loan_id)
        .select(CoverageRow::as_select())
        .load(db)?)
}

/// Queued loans within reach, first come first.
///
/// # Errors
/// What the database says.
pub fn queued(db: &mut Db, reach: &Reach) -> Result<Vec<LoanRow>, StoreError> {
    Ok(within(reach)
        .filter(loans::state.eq("queued"))
        .select(LoanRow::as_select())
        .order((loans::registered_on, loans::loan_id))
        .load(db)?)
}

/// Loans within reach that matured before a day and hold cover or wait for it.
///
/// # Errors
/// What the database says.
pub fn matured_with_cover(db: &mut Db, reach: &Reach, on: NaiveDate) -> Result<Vec<LoanRow>, StoreError> {
    Ok(within(reach)
        .filter(loans::matures_on.lt(on))
        .filter(loans::reserved_fen.gt(0).or(loans::state.eq("queued")))
        .filter(loans::ended.is_null())
        .select(LoanRow::as_select())
        .order(loans::loan_id)
        .load(db)?)
}

// A balance is never below zero. Asked for as "not zero", it does not lead the database to its index of all balances,
// past the one of the loans in arrears.

/// Loans within reach with a balance and arrears.
///
/// # Errors
/// What the database says.
pub fn in_arrears(db: &mut Db, reach: &Reach) -> Result<Vec<LoanRow>, StoreError> {
    Ok(within(reach)
        .filter(loans::overdue_since.is_not_null())
        .filter(loans::balance_fen.ne(0))
        .select(LoanRow::as_select())
        .order(loans::loan_id)
        .load(db)?)
}

/// How many loans within reach have a balance and arrears, and the sum of the balances in fen.
///
/// # Errors
/// What the database says.
pub fn arrears(db: &mut Db, reach: &Reach) -> Result<(i64, i64), StoreError> {
    Ok(within(reach)
        .filter(loans::overdue_since.is_not_null())
        .filter(loans::balance_fen.ne(0))
        .select((count_star(), total(loans::balance_fen)))
        .first(db)?)
}

/// Loans within reach with a balance that are in arrears for longest.
///
/// # Errors
/// What the database says.
pub fn longest_in_arrears(db: &mut Db, reach: &Reach, most: i64) -> Result<Vec<LoanRow>, StoreError> {
    Ok(within(reach)
        .filter(loans::overdue_since.is_not_null())
        .filter(loans::balance_fen.ne(0))
        .order((loans::overdue_since, loans::loan_id))
        .limit(most)
        .select(LoanRow::as_select())
        .load(db)?)
}

/// Codes of the banks that have loans within reach.
///
/// # Errors
/// What the database says.
pub fn banks(db: &mut Db, reach: &Reach) -> Result<Vec<String>, StoreError> {
    Ok(within(reach).select(loans::bank).distinct().order(loans::bank).load(db)?)
}

/// Insurance policies of one registration of a loan.
///
/// # Errors
/// What the database says.
pub fn policies_of(db: &mut Db, loan_id: &str, version: i64) -> Result<Vec<LoanInsuranceRow>, StoreError> {
    Ok(loan_insurances::table
        .filter(loan_insurances::loan_id.eq(loan_id))
        .filter(loan_insurances::version.eq(version))
        .order(loan_insurances::policy_no)
        .select(LoanInsuranceRow::as_select())
        .load(db)?)
}

/// Guarantees of one registration of a loan.
///
/// # Errors
/// What the database says.
pub fn guarantees_of(db: &mut Db, loan_id: &str, version: i64) -> Result<Vec<LoanGuaranteeRow>, StoreError> {
    Ok(loan_guarantees::table
        .filter(loan_guarantees::loan_id.eq(loan_id))
        .filter(loan_guarantees::version.eq(version))
        .order(loan_guarantees::guarantor)
        .select(LoanGuaranteeRow::as_select())
        .load(db)?)
}

/// Every coverage of a loan, oldest first.
///
/// # Errors
/// What the database says.
pub fn coverages_of(db: &mut Db, loan_id: &str) -> Result<Vec<CoverageRow>, StoreError> {
    Ok(coverages::table
        .filter(coverages::loan_id.eq(loan_id))
        .order(coverages::version)
        .select(CoverageRow::as_select())
        .load(db)?)
}

/// Principal and share of the rights of every covered loan of banks.
///
/// # Errors
/// What the database says.
pub fn enrolled_parts(db: &mut Db, fund_id: &str, banks: &[String]) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(loans::table
        .filter(loans::fund_id.eq(fund_id))
        .filter(loans::bank.eq_any(banks.to_vec()))
        .filter(loans::covered.eq(true))
        .select((loans::principal_fen, loans::ip_share_ppm))
        .load(db)?)
}

/// Every registration of one loan that stands, oldest first.
///
/// # Errors
/// What the database says.
pub fn versions_of(db: &mut Db, loan_id: &str) -> Result<Vec<LoanRegistrationRow>, StoreError> {
    Ok(loan_registrations::table
        .filter(loan_registrations::loan_id.eq(loan_id))
        .filter(standing!(loan_registrations::import_id))
        .order(loan_registrations::version)
        .select(LoanRegistrationRow::as_select())
        .load(db)?)
}

/// Event and last day of every registration that stands of loans that a form told, by loan and version: only such a
/// loan has more than one.
///
/// # Errors
/// What the database says.
pub fn versions_by_form(db: &mut Db, fund_id: &str) -> Result<Vec<(String, String, NaiveDate)>, StoreError> {
    let told: Vec<String> = loan_registrations::table
        .filter(loan_registrations::fund_id.eq(fund_id))
        .filter(loan_registrations::import_id.eq(""))
        .select(loan_registrations::loan_id)
        .distinct()
        .order(loan_registrations::loan_id)
        .load(db)?;
    let mut found = Vec::new();
    for some in told.chunks(KEYS_PER_STATEMENT) {
        let rows: Vec<(String, String, NaiveDate)> = loan_registrations::table
            .filter(loan_registrations::loan_id.eq_any(some.to_vec()))
            .filter(standing!(loan_registrations::import_id))
            .order((loan_registrations::loan_id, loan_registrations::version))
            .select((loan_registrations::loan_id, loan_registrations::event_id, loan_registrations::matures_on))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Registrations that came with an import.
///
/// # Errors
/// What the database says.
pub fn registered_with(db: &mut Db, import_id: &str) -> Result<Vec<LoanRegistrationRow>, StoreError> {
    Ok(loan_registrations::table
        .filter(loan_registrations::import_id.eq(import_id))
        .order(loan_registrations::loan_id)
        .select(LoanRegistrationRow::as_select())
        .load(db)?)
}
