//! Sealed returns: what the fund enters for a bank that cannot enter it itself (代报).
//!
//! Owns the offices that a return gives to who took it. The return itself is an act on the partner; its scan, the
//! confirmer whom the bank named and the call back stand for the bank's own reviewer.
//! **Invariant:** who took a return may write what the return is about and nothing else for the bank, and has no hand
//! in what the fund does with that bank's registrations and claims.

use chrono::NaiveDate;

use super::partner;
use crate::domain::names::PartnerCode;
use crate::domain::people::{Institution, Office, Role};
use crate::domain::person::{PersonName, key_of};
use crate::storage::Db;
use crate::usecase::UseCaseError;

/// The offices in which a person writes for a bank about a thing on a day.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn offices(
    db: &mut Db,
    (fund_id, bank): (&str, &str),
    person: &PersonName,
    subject: &str,
    on: NaiveDate,
) -> Result<Vec<Office>, UseCaseError> {
    let key = key_of(person.as_str());
    let returns = partner::state(db, fund_id, bank)?.returns;
    let open = returns.into_iter().filter(|taken| taken.lets_enter(&key, subject, on));
    Ok(open
        .flat_map(|taken| {
            [Role::BankOfficer, Role::BankReviewer].map(|role| Office {
                person: key.clone(),
                role,
                institution: Institution::Partner(PartnerCode::new(bank)),
                level: None,
                stands_in_for: None,
                under_return: Some(taken.number.clone()),
            })
        })
        .collect())
}

/// Who took returns of a bank, as keys.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn makers(db: &mut Db, fund_id: &str, bank: &str) -> Result<Vec<String>, UseCaseError> {
    Ok(partner::state(db, fund_id, bank)?.returns.into_iter().flat_map(|taken| taken.by).collect())
}
