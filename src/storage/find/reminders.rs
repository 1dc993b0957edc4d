//! Policies that end while a loan stands on them.
//!
//! **Invariant:** a policy is found of loans that count and of registrations that stand, and only where no other policy of
//! the same loan goes on.

use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::Reach;
use super::undos::standing;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{loan_insurances, loan_registrations, loans};

/// A policy with its loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct EndingPolicy {
    /// Loan.
    pub loan_id: String,
    /// Contract number.
    pub contract: String,
    /// Borrower.
    pub borrower: String,
    /// Bank.
    pub bank: String,
    /// Day on which the loan falls due.
    pub matures_on: NaiveDate,
    /// Insurer.
    pub insurer: String,
    /// Number of the policy.
    pub policy_no: String,
    /// Last day of the policy.
    pub ends_on: Option<NaiveDate>,
}

/// Policies within reach that end until a day, those that end first before the rest, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn policies(db: &mut Db, reach: &Reach, until: NaiveDate, limit: i64) -> Result<Vec<EndingPolicy>, StoreError> {
    let (own, later) = (diesel::alias!(loan_registrations as own_one), diesel::alias!(loan_registrations as later_one));
    let other = diesel::alias!(loan_insurances as other);
    let stands = own
        .filter(own.field(loan_registrations::loan_id).eq(loan_insurances::loan_id))
        .filter(own.field(loan_registrations::version).eq(loan_insurances::version))
        .filter(standing!(own.field(loan_registrations::import_id)));
    let is_replaced = later
        .filter(later.field(loan_registrations::loan_id).eq(loan_insurances::loan_id))
        .filter(standing!(later.field(loan_registrations::import_id)))
        .filter(later.field(loan_registrations::version).gt(loan_insurances::version));
    let goes_on = other
        .filter(other.field(loan_insurances::loan_id).eq(loan_insurances::loan_id))
        .filter(other.field(loan_insurances::version).eq(loan_insurances::version))
        .filter(other.field(loan_insurances::ends_on).gt(until));
    let mut found = loan_insurances::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_insurances::loan_id)))
        .filter(loan_insurances::fund_id.eq(reach.fund_id().to_owned()))
        .filter(loan_insurances::ends_on.le(until))
        .filter(loans::balance_fen.ne(0).or(loans::reserved_fen.ne(0)))
        .filter(exists(stands))
        .filter(not(exists(is_replaced)))
        .filter(not(exists(goes_on)))
        .select((
            loans::loan_id,
            loans::contract,
            loans::borrower_name,
            loans::bank,
            loans::matures_on,
            loan_insurances::insurer,
            loan_insurances::policy_no,
            loan_insurances::ends_on,
        ))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loans::bank.eq(bank.to_owned()));
    }
    let order = (loan_insurances::ends_on, loan_insurances::loan_id, loan_insurances::policy_no);
    Ok(found.order(order).limit(limit).load(db)?)
}
