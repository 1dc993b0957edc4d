//! Acts on persons.
//!
//! **Invariant:** only a system administrator keeps the register, never for himself; the first person of an empty
//! register appoints himself, which is how a new installation begins.

use serde_json::json;

use super::json::{object, read};
use super::offices::{everyone, offices, person};
use super::{ActRefusal, Step, Taken, change_of};
use crate::domain::detail::Act as _;
use crate::domain::people::{Office, Person, PersonAct, PersonRefusal, Role};
use crate::domain::person::key_of;
use crate::domain::separation;
use crate::storage::Tx;
use crate::usecase::UseCaseError;

/// Takes an act on a person.
///
/// # Errors
/// `Act`; storage.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let act: PersonAct = read(&step.request.act, &step.request.details)?;
    let key = key_of(&step.request.subject);
    let office = office(tx, step, &key, &act)?;
    let before = person(tx, step.fund_id, &key)?;
    let after = Person::after(before, &key, &act).map_err(|refusal| refused(step, &refusal))?;
    match &act {
        PersonAct::Delegated { deputy, role, .. } => refuse_deputy(tx, step, &after, deputy, *role)?,
        PersonAct::RoleGiven { role, .. } => refuse_beside_deputy(tx, step, &key, &[*role])?,
        PersonAct::Appointed { roles, .. } => refuse_beside_deputy(tx, step, &key, roles)?,
        PersonAct::RoleTaken { .. } | PersonAct::DelegationEnded { .. } | PersonAct::Departed { .. } => {}
    }
    let roles: Vec<&str> = after.roles.keys().map(|role| role.code()).collect();
    Ok(Taken {
        office: office.code(),
        details: object(&act.details()),
        change: change_of(step, "person.changed"),
        answer: json!({ "state": if after.departed { "departed" } else { "active" }, "roles": roles }),
    })
}

/// Who keeps the register: a system administrator; a person may name its own deputy and call that off.
fn office(tx: &mut Tx<'_>, step: &Step<'_>, key: &str, act: &PersonAct) -> Result<Office, UseCaseError> {
    let by = key_of(step.person.as_str());
    let is_oneself = by == key;
    if is_oneself && matches!(act, PersonAct::Appointed { .. }) && everyone(tx, step.fund_id)?.is_empty() {
        let institution = crate::domain::people::Institution::Fund;
        let role = Role::SystemAdministrator;
        return Ok(Office { person: by, role, institution, level: None, stands_in_for: None, under_return: None });
    }
    let all = offices(tx, step.fund_id, &step.person, step.request.on)?;
    let own_deputy = matches!(act, PersonAct::Delegated { .. } | PersonAct::DelegationEnded { .. }) && is_oneself;
    let found = all.into_iter().find(|office| own_deputy || keeps_register(office.role));
    let refused = |code| ActRefusal::new(code, vec![("person", step.person.as_str().to_owned())]);
    match found {
        Some(_) if is_oneself && !own_deputy => Err(refused("PERSON_ONESELF").into()),
        Some(office) => Ok(office),
        None => Err(refused("ACT_ROLE").into()),
    }
}

/// The two administrators who keep persons.
pub(super) const fn keeps_register(role: Role) -> bool {
    matches!(role, Role::SystemAdministrator | Role::SecurityAdministrator)
}

fn refused(step: &Step<'_>, refusal: &PersonRefusal) -> ActRefusal {
    let mut places = vec![("person", step.request.subject.clone())];
    if let PersonRefusal::Conflict(one, other) = refusal {
        places.extend([("one", one.zh().to_owned()), ("other", other.zh().to_owned())]);
    }
    ActRefusal::new(refusal.code(), places)
}

/// A deputy is of the same institution, and its own roles do not exclude the one it is to stand in for.
fn refuse_deputy(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    absent: &Person,
    deputy: &str,
    role: Role,
) -> Result<(), UseCaseError> {
    let known = person(tx, step.fund_id, &key_of(deputy))?.filter(|person| !person.departed);
    match known {
        Some(deputy) if deputy.institution == absent.institution => {
            refuse_together(step, deputy.roles.keys().copied().chain([role]))
        }
        _ => Err(ActRefusal::new("DELEGATION_DEPUTY", vec![("person", deputy.to_owned())]).into()),
    }
}

/// Nobody gets a role that one in which he stands in for somebody excludes.
fn refuse_beside_deputy(tx: &mut Tx<'_>, step: &Step<'_>, key: &str, given: &[Role]) -> Result<(), UseCaseError> {
    let on = step.request.on;
    for (_, absent) in everyone(tx, step.fund_id)? {
        let held = absent.delegations.iter().filter(|one| one.deputy == key && one.until >= on).map(|one| one.role);
        refuse_together(step, held.chain(given.iter().copied()))?;
    }
    Ok(())
}

fn refuse_together(step: &Step<'_>, roles: impl Iterator<Item = Role>) -> Result<(), UseCaseError> {
    match separation::conflict(roles) {
        Some((one, other)) => Err(refused(step, &PersonRefusal::Conflict(one, other)).into()),
        None => Ok(()),
    }
}
