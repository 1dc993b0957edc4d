//! Policies and patents that end while a loan stands on them.
//!
//! **Invariant:** they are those of loans that count and are not renewed, by the registration that counts; a policy is
//! found only where no other of the same loan goes on.

use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::counting::counting;
use super::undos::{APPROVED, standing};
use crate::domain::ip_right::filed_until;
use crate::domain::names::IpKind;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{import_undos, loan_insurances, loan_registrations, loan_rights, loans};

/// What numbers of eight digits begin with at least: their years are 85 to 99 and 00 to 03, and the latter end before any
/// of the new form.
const OLD_FORM: &str = "ZL3";

/// A loan that something ends of.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct EndingLoan {
    /// Identifier.
    pub loan_id: String,
    /// Contract number.
    pub contract: String,
    /// Borrower.
    pub borrower: String,
    /// Bank.
    pub bank: String,
    /// Day on which it falls due.
    pub matures_on: NaiveDate,
}

/// A policy with its loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct EndingPolicy {
    /// Loan.
    pub loan: EndingLoan,
    /// Insurer.
    pub insurer: String,
    /// Number of the policy.
    pub policy_no: String,
    /// Last day of the policy.
    pub ends_on: Option<NaiveDate>,
}

/// A right whose term may end, with its loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct EndingRight {
    /// Loan.
    pub loan: EndingLoan,
    /// Kind.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
}

/// Columns of a loan.
const LOAN: (loans::loan_id, loans::contract, loans::borrower_name, loans::bank, loans::matures_on) =
    (loans::loan_id, loans::contract, loans::borrower_name, loans::bank, loans::matures_on);

/// Policies that end until a day, those that end first before the rest; of these banks, or of all. Of a loan that is
/// claimed for none counts any more: nobody insures what has happened.
///
/// # Errors
/// What the database says.
pub fn policies(
    db: &mut Db,
    fund_id: &str,
    banks: Option<&[&str]>,
    until: NaiveDate,
) -> Result<Vec<EndingPolicy>, StoreError> {
    let other = diesel::alias!(loan_insurances as other);
    let goes_on = other
        .filter(other.field(loan_insurances::loan_id).eq(loan_insurances::loan_id))
        .filter(other.field(loan_insurances::version).eq(loan_insurances::version))
        .filter(other.field(loan_insurances::ends_on).gt(until));
    let of_loans = loan_insurances::table.inner_join(loans::table.on(loans::loan_id.eq(loan_insurances::loan_id)));
    let mut found = counting!(of_loans, loan_insurances, fund_id)
        .filter(loan_insurances::ends_on.le(until))
        .filter(loans::ended.is_null().and(loans::claimed.eq(false)))
        .filter(loans::balance_fen.ne(0).or(loans::reserved_fen.ne(0)))
        .filter(not(exists(goes_on)))
        .select((LOAN, loan_insurances::insurer, loan_insurances::policy_no, loan_insurances::ends_on))
        .into_boxed::<MultiBackend>();
    if let Some(banks) = banks {
        found = found.filter(loans::bank.eq_any(banks.iter().map(|bank| (*bank).to_owned())));
    }
    Ok(found.order((loan_insurances::ends_on, loan_insurances::loan_id, loan_insurances::policy_no)).load(db)?)
}

/// Patents whose filing year lets their term end by a day, by kind and number; of these banks, or of all. Numbers of the
/// old form, all filed before the new one, stand behind those of the new in order.
///
/// # Errors
/// What the database says.
pub fn patents(
    db: &mut Db,
    fund_id: &str,
    banks: Option<&[&str]>,
    by: NaiveDate,
) -> Result<Vec<EndingRight>, StoreError> {
    let filed = |kind: IpKind| {
        let behind = filed_until(kind, by).map_or_else(String::new, |year| format!("ZL{}", year.saturating_add(1)));
        // Two stretches of the index of kinds and numbers; asked for as one, every right of the kind would be read.
        let is_new = loan_rights::kind.eq(kind.code()).and(loan_rights::number.lt(behind));
        is_new.or(loan_rights::kind.eq(kind.code()).and(loan_rights::number.ge(OLD_FORM)))
    };
    let of_loans = loan_rights::table.inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id)));
    let mut found = counting!(of_loans, loan_rights, fund_id)
        .filter(filed(IpKind::Invention).or(filed(IpKind::UtilityModel)).or(filed(IpKind::Design)))
        .filter(loans::ended.is_null())
        .filter(loans::balance_fen.ne(0).or(loans::reserved_fen.ne(0)))
        .select((LOAN, loan_rights::kind, loan_rights::number, loan_rights::title))
        .into_boxed::<MultiBackend>();
    if let Some(banks) = banks {
        found = found.filter(loans::bank.eq_any(banks.iter().map(|bank| (*bank).to_owned())));
    }
    Ok(found.order((loan_rights::kind, loan_rights::number, loan_rights::loan_id)).load(db)?)
}
