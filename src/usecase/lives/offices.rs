//! In which offices a person may act on a day.
//!
//! Owns the reading of the register of persons. Roles are read inside the transaction of the act, so that a role that
//! was taken a moment ago no longer acts. A person of a bank that took another over, or was taken over, holds its roles
//! at every bank of the house; the office of an act names the bank it was taken for.
//! **Invariant:** a person that is not on the register has no office.

use chrono::NaiveDate;

use super::json::stored;
use super::{ActRefusal, corrupt};
use crate::domain::access::{Permission, permissions_of};
use crate::domain::names::PartnerCode;
use crate::domain::people::{Institution, Office, Person, PersonAct, Role};
use crate::domain::person::{PersonName, key_of};
use crate::storage::Db;
use crate::storage::find::acts;
use crate::storage::rows::acts::ActRow;
use crate::usecase::UseCaseError;
use crate::usecase::succession::Houses;

/// Life of persons.
const LIFE: &str = "person";

/// A person as the acts leave it.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn person(db: &mut Db, fund_id: &str, key: &str) -> Result<Option<Person>, UseCaseError> {
    fold(key, &acts::of(db, fund_id, LIFE, key)?)
}

/// Everyone on the register, by key; those who left too.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn everyone(db: &mut Db, fund_id: &str) -> Result<Vec<(String, Person)>, UseCaseError> {
    let rows = acts::of_life(db, fund_id, LIFE)?;
    let mut all = Vec::new();
    for of_one in rows.chunk_by(|a, b| a.subject == b.subject) {
        let Some(first) = of_one.first() else { continue };
        if let Some(person) = fold(&first.subject, of_one)? {
            all.push((first.subject.clone(), person));
        }
    }
    Ok(all)
}

fn fold(key: &str, rows: &[ActRow]) -> Result<Option<Person>, UseCaseError> {
    let mut person = None;
    for row in rows {
        let act: PersonAct = stored(row)?;
        person = Some(Person::after(person, key, &act).map_err(|refusal| corrupt(row, &refusal.to_string()))?);
    }
    Ok(person)
}

/// The offices of a person on a day: its own, then those in which it stands in for somebody.
///
/// # Errors
/// `Act` for a person that is not on the register; storage; `Corrupt`.
pub fn offices(db: &mut Db, fund_id: &str, name: &PersonName, on: NaiveDate) -> Result<Vec<Office>, UseCaseError> {
    let key = key_of(name.as_str());
    let unknown = || ActRefusal::new("ACT_PERSON_UNKNOWN", vec![("person", name.as_str().to_owned())]);
    let known = person(db, fund_id, &key)?.filter(|person| !person.departed).ok_or_else(unknown)?;
    let own = known.roles.iter().map(|(role, level)| Office {
        person: key.clone(),
        role: *role,
        institution: known.institution.clone(),
        level: level.clone(),
        stands_in_for: None,
        under_return: None,
    });
    let mut offices: Vec<Office> = own.collect();
    for absent in acts::subjects_with(db, fund_id, LIFE, "delegated")? {
        let Some(principal) = person(db, fund_id, &absent)? else { continue };
        // A deputy never carries a role into another institution.
        if principal.institution != known.institution {
            continue;
        }
        for (role, level) in &principal.roles {
            if principal.is_stood_in_by(&key, *role, on) {
                offices.push(stand_in(&key, &principal, *role, level.clone()));
            }
        }
    }
    of_the_house(db, fund_id, offices, on)
}

/// Refuses a second person who holds no office that decides such things. On a fund that keeps no register of persons
/// yet, any name decides that is not the first person's.
///
/// # Errors
/// `Act`; storage; `Corrupt`.
pub fn must_decide(
    db: &mut Db,
    fund_id: &str,
    name: &PersonName,
    on: NaiveDate,
    one_of: &[Permission],
) -> Result<(), UseCaseError> {
    let held = match offices(db, fund_id, name, on) {
        Ok(held) => held,
        Err(UseCaseError::Act(_)) if everyone(db, fund_id)?.is_empty() => return Ok(()),
        Err(error) => return Err(error),
    };
    let decides = |office: &Office| {
        let held = permissions_of(office.role);
        office.bank().is_none() && one_of.iter().any(|permission| held.contains(permission))
    };
    if held.iter().any(decides) { Ok(()) } else { Err(ActRefusal::new("ACT_ROLE", Vec::new()).into()) }
}

/// Offices at one bank as offices at every bank of its house, those at the person's own bank first.
fn of_the_house(
    db: &mut Db,
    fund_id: &str,
    mut offices: Vec<Office>,
    on: NaiveDate,
) -> Result<Vec<Office>, UseCaseError> {
    let Some(bank) = offices.iter().find_map(|office| office.bank().cloned()) else { return Ok(offices) };
    let own = offices.clone();
    for other in Houses::on(db, fund_id, on)?.together(bank.as_str()).into_iter().skip(1) {
        let institution = Institution::Partner(PartnerCode::new(&other));
        offices.extend(own.iter().map(|office| Office { institution: institution.clone(), ..office.clone() }));
    }
    Ok(offices)
}

fn stand_in(key: &str, principal: &Person, role: Role, level: Option<String>) -> Office {
    Office {
        person: key.to_owned(),
        role,
        institution: principal.institution.clone(),
        level,
        stands_in_for: Some(principal.key.clone()),
        under_return: None,
    }
}

/// Tries an act in each office of a person and keeps the first in which it is not refused; otherwise the refusal that
/// says most, which is any but that of a wrong role.
///
/// # Errors
/// What `offices` and `attempt` say.
pub fn in_some_office<T, E>(
    offices: &[Office],
    mut attempt: impl FnMut(&Office) -> Result<T, E>,
    is_wrong_role: impl Fn(&E) -> bool,
    no_office: impl FnOnce() -> E,
) -> Result<(Office, T), E> {
    let mut refused: Option<E> = None;
    for office in offices {
        match attempt(office) {
            Ok(done) => return Ok((office.clone(), done)),
            Err(refusal) => {
                if refused.as_ref().is_none_or(&is_wrong_role) {
                    refused = Some(refusal);
                }
            }
        }
    }
    Err(refused.unwrap_or_else(no_office))
}
