//! Disabling accounts that nobody uses any more.
//!
//! Owns the nightly look over all accounts. Whoever comes back is let in by somebody else, who enables the account.
//! **Invariant:** what is disabled stands with its reason in the chain, and no session of it goes on.

use std::collections::BTreeSet;

use serde_json::json;

use super::{SignInError, accounts};
use crate::app::App;
use crate::domain::calendar::beijing_date;
use crate::domain::people::Role;
use crate::domain::sign_in::idle::{Use, to_disable};
use crate::jobs::runner::{Occurrence, Tally};
use crate::storage::find::{accounts as find, sessions};
use crate::storage::rows::accounts::AccountRow;
use crate::storage::{Scope, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::lives::offices;

/// Acts after which somebody may be expected to sign in.
const OPENING: [&str; 3] = ["enabled", "password_reset", "authenticator_reset"];

/// Disables every account that was not used for as many days as the settings say.
///
/// # Errors
/// Storage.
pub fn disable_idle(occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let mut tally = Tally::default();
    match app.store.write(&Scope::system(), &occurrence.act(), |tx| disabled(tx, occurrence)) {
        Ok((looked_at, disabled)) => {
            tally.add("looked_at", looked_at);
            tally.add("disabled", disabled);
        }
        Err(SignInError::Store(error)) => return Err(error.into()),
        Err(SignInError::Register(error)) => return Err(*error),
        Err(error) => tally.fail("accounts", &error.to_string()),
    }
    Ok(tally)
}

fn disabled(tx: &mut Tx<'_>, occurrence: &Occurrence<'_>) -> Result<(usize, usize), SignInError> {
    let (app, days) = (occurrence.app, occurrence.app.config.sign_in.disable_after_days);
    // A job of a day to come, run by hand, must not find everybody idle.
    let on = occurrence.on.min(app.wall.today());
    let administrators: BTreeSet<String> = offices::everyone(tx, app.fund_id())?
        .into_iter()
        .filter(|(_, person)| !person.departed && person.roles.contains_key(&Role::SystemAdministrator))
        .map(|(key, _)| key)
        .collect();
    let rows: Vec<AccountRow> = find::all(tx)?.into_iter().filter(|row| !row.is_disabled).collect();
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        let is_administrator = administrators.contains(&row.person);
        open.push(Use { person: row.person.clone(), seen: seen(tx, app, row)?, is_administrator });
    }
    let idle = to_disable(&open, on, days);
    for one in &idle {
        let Some(row) = rows.iter().find(|row| row.person == one.person) else { continue };
        find::keep(tx, &AccountRow { is_disabled: true, ..row.clone() })?;
        sessions::end_all(tx, &one.person)?;
        let why = json!({ "reason": "idle", "seen": one.seen.to_string(), "days": days });
        accounts::note(tx, app, &one.person, "disabled", &occurrence.act().actor, &why)?;
    }
    Ok((open.len(), idle.len()))
}

/// The day on which an account was last used, or somebody was told to use it.
fn seen(tx: &mut Tx<'_>, app: &App, row: &AccountRow) -> Result<chrono::NaiveDate, SignInError> {
    let acts = find::acts(tx, app.fund_id(), &row.person)?;
    let opening = acts.iter().filter(|act| OPENING.contains(&act.act.as_str())).map(|act| act.recorded_at);
    let last = opening.chain(row.signed_in_at).fold(row.opened_at, Ord::max);
    Ok(beijing_date(last))
}
