//! What the register knows of firms, rights and amounts: what new loans and reports are compared with.
//!
//! **Invariant:** a finder answers for a whole batch in one query, so that a file of a hundred thousand loans is
//! compared in a few hundred.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::Reach;
use super::loans::within;
use super::undos::standing;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{loan_months, loan_registrations, loan_rights, loans};

/// Pledges looked at for one batch: a number that thousands of loans share (待定) is no number of a right.
const MOST_PLEDGES: i64 = 20_000;

/// A firm as a loan on the register names it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct KnownFirm {
    /// Credit code.
    pub credit_code: String,
    /// Name.
    pub name: String,
    /// Bank of the loan.
    pub bank: String,
}

/// A right in the pledge of a loan on the register.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct KnownPledge {
    /// Kind of the right.
    pub kind: String,
    /// Number of the right.
    pub number: String,
    /// Loan.
    pub loan_id: String,
    /// Bank.
    pub bank: String,
    /// Contract.
    pub contract: String,
    /// Borrower.
    pub credit_code: String,
    /// Registration number of the pledge.
    pub pledge_no: Option<String>,
    /// Day of disbursement.
    pub disbursed_on: NaiveDate,
    /// Day of maturity.
    pub matures_on: NaiveDate,
    /// Latest reported balance.
    pub balance_fen: Option<i64>,
}

/// A loan that no report has held.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Unreported {
    /// Loan.
    pub loan_id: String,
    /// Contract.
    pub contract: String,
    /// Day of disbursement.
    pub disbursed_on: NaiveDate,
}

/// Firms of loans within reach that have one of these credit codes, each once.
///
/// # Errors
/// What the database says.
pub fn firms_by_code(db: &mut Db, reach: &Reach, codes: &[String]) -> Result<Vec<KnownFirm>, StoreError> {
    Ok(within(reach)
        .filter(loans::credit_code.eq_any(codes.to_vec()))
        .select((loans::credit_code, loans::borrower_name, loans::bank))
        .distinct()
        .order((loans::credit_code, loans::borrower_name, loans::bank))
        .load(db)?)
}

/// Firms of loans within reach that have one of these names, each once.
///
/// # Errors
/// What the database says.
pub fn firms_by_name(db: &mut Db, reach: &Reach, names: &[String]) -> Result<Vec<KnownFirm>, StoreError> {
    Ok(within(reach)
        .filter(loans::borrower_name.eq_any(names.to_vec()))
        .select((loans::credit_code, loans::borrower_name, loans::bank))
        .distinct()
        .order((loans::credit_code, loans::borrower_name, loans::bank))
        .load(db)?)
}

/// Pledges of the fund's loans over rights with one of these numbers, as many as a batch can have in earnest.
///
/// # Errors
/// What the database says.
pub fn pledges(db: &mut Db, reach: &Reach, numbers: &[String]) -> Result<Vec<KnownPledge>, StoreError> {
    let mut found = loan_rights::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id)))
        .inner_join(
            loan_registrations::table.on(loan_registrations::loan_id
                .eq(loan_rights::loan_id)
                .and(loan_registrations::version.eq(loan_rights::version))),
        )
        .filter(loan_rights::number.eq_any(numbers.to_vec()))
        .filter(standing!(loan_registrations::import_id))
        .filter(loans::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loans::bank.eq(bank.to_owned()));
    }
    Ok(found
        .select((
            loan_rights::kind,
            loan_rights::number,
            loans::loan_id,
            loans::bank,
            loans::contract,
            loans::credit_code,
            loan_registrations::pledge_no,
            loans::disbursed_on,
            loans::matures_on,
            loans::balance_fen,
        ))
        .order((loan_rights::number, loans::loan_id))
        .limit(MOST_PLEDGES)
        .load(db)?)
}

/// Numbers of the rights that firms with these credit codes have pledged: code, bank, number.
///
/// # Errors
/// What the database says.
pub fn numbers_of_firms(
    db: &mut Db,
    reach: &Reach,
    codes: &[String],
) -> Result<Vec<(String, String, String)>, StoreError> {
    let mut found = loan_rights::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id)))
        .inner_join(
            loan_registrations::table.on(loan_registrations::loan_id
                .eq(loan_rights::loan_id)
                .and(loan_registrations::version.eq(loan_rights::version))),
        )
        .filter(standing!(loan_registrations::import_id))
        .filter(loans::credit_code.eq_any(codes.to_vec()))
        .filter(loans::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loans::bank.eq(bank.to_owned()));
    }
    Ok(found
        .select((loans::credit_code, loans::bank, loan_rights::number))
        .order((loans::credit_code, loan_rights::number, loans::loan_id))
        .load(db)?)
}

/// The middle principal of the loans within reach, the lower of two, in fen; nothing for fewer than `least` loans.
///
/// # Errors
/// What the database says.
pub fn middle_principal(db: &mut Db, reach: &Reach, least: i64) -> Result<Option<i64>, StoreError> {
    let count: i64 = within(reach).select(count_star()).first(db)?;
    if count < least {
        return Ok(None);
    }
    let middle = count.saturating_sub(1).wrapping_div(2);
    Ok(within(reach)
        .select(loans::principal_fen)
        .order((loans::principal_fen, loans::loan_id))
        .offset(middle)
        .first(db)
        .optional()?)
}

/// Loans within reach that were disbursed until a day, run beyond another one and stand in no report.
///
/// # Errors
/// What the database says.
pub fn unreported(
    db: &mut Db,
    reach: &Reach,
    disbursed_until: NaiveDate,
    matures_after: NaiveDate,
) -> Result<Vec<Unreported>, StoreError> {
    let reported = loan_months::table.filter(loan_months::loan_id.eq(loans::loan_id));
    Ok(within(reach)
        .filter(loans::disbursed_on.le(disbursed_until))
        .filter(loans::matures_on.gt(matures_after))
        .filter(not(exists(reported)))
        .select((loans::loan_id, loans::contract, loans::disbursed_on))
        .order(loans::loan_id)
        .load(db)?)
}
