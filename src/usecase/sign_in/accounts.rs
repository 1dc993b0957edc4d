//! What is done to accounts, and their secrets.
//!
//! Owns the acts of whoever keeps the accounts: open, disable, enable, reset. Nobody chooses a password for somebody else:
//! a one-time code is handed over, which is good for one sign-in and forces a password and an authenticator of one's own.
//! **Invariant:** what is done stands as a fact without a secret, in the transaction that does it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::sessions::Guest;
use super::{Refusal, SignInError, act_of, code_hash, random_code};
use crate::app::App;
use crate::domain::person::{PersonName, key_of};
use crate::domain::sign_in::totp;
use crate::hash::{hex, unhex};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{accounts as find, sessions};
use crate::storage::rows::accounts::{AccountActRow, AccountRow};
use crate::storage::{Scope, Tx};
use crate::usecase::lives::offices;

/// What secrets of authenticators are sealed for.
const PURPOSE: &str = "totp";
/// How long the code for the first sign-in is good.
const CODE_LASTS: TimeDelta = TimeDelta::hours(72);
/// Who acts at the console.
pub const CONSOLE: &str = "console";

/// Seals the secret of an authenticator.
pub(super) fn seal(app: &App, secret: &[u8]) -> Result<String, SignInError> {
    Ok(app.sealer.seal_text(PURPOSE, &hex(secret)))
}

/// Opens the secret of an authenticator.
pub(super) fn unseal(app: &App, sealed: &str) -> Result<Vec<u8>, SignInError> {
    let broken = |what: String| SignInError::Broken(what);
    let text = app.sealer.unseal_text(PURPOSE, sealed).map_err(|error| broken(error.to_string()))?;
    unhex(&text).ok_or_else(|| broken("a sealed secret does not read".to_owned()))
}

/// The secret of an account's authenticator; without one a random secret, whose codes nobody knows.
pub(super) fn secret_of(app: &App, account: &AccountRow) -> Result<Vec<u8>, SignInError> {
    match &account.totp_sealed {
        Some(sealed) => unseal(app, sealed),
        None => Ok(rand::random::<[u8; totp::SECRET_BYTES]>().to_vec()),
    }
}

/// The secret of the authenticator that a guest is setting up.
///
/// # Errors
/// `Broken` for a secret that cannot be opened.
pub fn pending(app: &App, guest: &Guest) -> Result<Option<Vec<u8>>, SignInError> {
    guest.session.pending_sealed.as_deref().map(|sealed| unseal(app, sealed)).transpose()
}

/// Records what was done to an account.
///
/// # Errors
/// Storage.
pub(super) fn note(
    tx: &mut Tx<'_>,
    app: &App,
    person: &str,
    act: &str,
    by: &str,
    details: &Value,
) -> Result<(), SignInError> {
    let (business_date, recorded_at, event_id) = unstamped();
    let row = AccountActRow {
        fund_id: app.fund_id().to_owned(),
        person: person.to_owned(),
        version: find::last_act(tx, app.fund_id(), person)?.saturating_add(1),
        act: act.to_owned(),
        by_whom: by.to_owned(),
        details: details.to_string(),
        business_date,
        recorded_at,
        event_id,
    };
    tx.record(Change::new(Chain::System, "account.changed", person).with(row))?;
    Ok(())
}

/// Opens an account for a person of the register. Gives the code for the first sign-in.
///
/// # Errors
/// `Refused`: unknown person, account there already; storage.
pub fn open(app: &App, name: &str, by: &str) -> Result<String, SignInError> {
    let name = PersonName::read(name).ok_or(Refusal::Name)?;
    let (person, now) = (key_of(name.as_str()), app.wall.now());
    let code = random_code();
    app.store.write(&Scope::system(), &act_of(app, by), |tx| {
        offices::person(tx, app.fund_id(), &person)?.filter(|person| !person.departed).ok_or(Refusal::Unknown)?;
        if find::one(tx, &person)?.is_some() {
            return Err(Refusal::Taken.into());
        }
        let row = AccountRow {
            code_hash: Some(code_hash(&code)),
            code_until: now.checked_add_signed(CODE_LASTS),
            ..fresh(app, &person, name.as_str())
        };
        find::keep(tx, &row)?;
        note(tx, app, &person, "opened", by, &json!({}))
    })?;
    Ok(code)
}

/// An account nobody has signed in to.
pub(super) fn fresh(app: &App, person: &str, name: &str) -> AccountRow {
    AccountRow {
        person: person.to_owned(),
        fund_id: app.fund_id().to_owned(),
        name: name.to_owned(),
        is_disabled: false,
        password_hash: None,
        password_set_at: None,
        must_change: true,
        totp_sealed: None,
        totp_step: 0,
        code_hash: None,
        code_until: None,
        opened_at: app.wall.now(),
        signed_in_at: None,
    }
}

/// Changes an account, ends its sessions and records what was done.
fn change(
    app: &App,
    name: &str,
    by: &str,
    act: &str,
    changed: impl Fn(AccountRow) -> AccountRow,
) -> Result<(), SignInError> {
    let person = key_of(name);
    app.store.write(&Scope::system(), &act_of(app, by), |tx| {
        let row = find::one(tx, &person)?.ok_or(Refusal::NoAccount)?;
        find::keep(tx, &changed(row))?;
        sessions::end_all(tx, &person)?;
        note(tx, app, &person, act, by, &json!({}))
    })
}

/// Disables an account: nobody signs in to it, its sessions end.
///
/// # Errors
/// `NoAccount`; storage.
pub fn disable(app: &App, name: &str, by: &str) -> Result<(), SignInError> {
    change(app, name, by, "disabled", |row| AccountRow { is_disabled: true, ..row })
}

/// Enables an account again.
///
/// # Errors
/// `NoAccount`; storage.
pub fn enable(app: &App, name: &str, by: &str) -> Result<(), SignInError> {
    change(app, name, by, "enabled", |row| AccountRow { is_disabled: false, ..row })
}

/// Ends every session of an account.
///
/// # Errors
/// `NoAccount`; storage.
pub fn end_sessions(app: &App, name: &str, by: &str) -> Result<(), SignInError> {
    change(app, name, by, "sessions_ended", |row| row)
}

/// Ends one session of an account. Gives whether it was there.
///
/// # Errors
/// `NoAccount`; storage.
pub fn end_session(app: &App, name: &str, id: &str, by: &str) -> Result<bool, SignInError> {
    let person = key_of(name);
    app.store.write(&Scope::system(), &act_of(app, by), |tx| {
        find::one(tx, &person)?.ok_or(Refusal::NoAccount)?;
        let was_there = sessions::end_named(tx, &person, id)?;
        if was_there {
            note(tx, app, &person, "session_ended", by, &json!({ "session": id }))?;
        }
        Ok(was_there)
    })
}

/// Voids the password, and with it the authenticator and the recovery codes where that is asked for. Gives the code for
/// the next sign-in, after which the authenticator is still asked for, unless it was voided.
///
/// # Errors
/// `NoAccount`; storage.
pub fn reset(app: &App, name: &str, by: &str, with_authenticator: bool) -> Result<String, SignInError> {
    let (code, until) = (random_code(), app.wall.now().checked_add_signed(CODE_LASTS));
    let act = if with_authenticator { "authenticator_reset" } else { "password_reset" };
    change(app, name, by, act, |row| AccountRow {
        password_hash: None,
        password_set_at: None,
        must_change: true,
        code_hash: Some(code_hash(&code)),
        code_until: until,
        totp_sealed: row.totp_sealed.clone().filter(|_| !with_authenticator),
        ..row
    })?;
    if with_authenticator {
        let person = key_of(name);
        app.store.write(&Scope::system(), &act_of(app, by), |tx| find::replace_recovery_codes(tx, &person, &[]))?;
    }
    Ok(code)
}
