//! The first administrator, and accounts of a demo.
//!
//! Owns the one-time code that the console prints while there is no account. There is no account and no password from
//! the start: who can read the console of a new installation becomes its first administrator.
//! **Invariant:** with one account the code is neither given nor taken any more.

use chrono::TimeDelta;
use serde_json::json;

use super::sessions::{self, Entered};
use super::{Refusal, SignInError, Visitor, accounts, act_of, code_hash, count, random_code, refused};
use crate::app::App;
use crate::domain::people::{Person, Role};
use crate::domain::person::{PersonName, key_of};
use crate::domain::sign_in::session::Stage;
use crate::domain::sign_in::totp;
use crate::storage::Scope;
use crate::storage::find::accounts as find;
use crate::storage::rows::accounts::AccountRow;
use crate::usecase::lives::{self, Life, Request, offices};

/// Purpose of the code.
const PURPOSE: &str = "first_administrator";
/// How long the code is good.
const LASTS: TimeDelta = TimeDelta::minutes(30);

/// Makes the code for the first administrator.
///
/// # Errors
/// `Taken` once there is an account; storage.
pub fn first_code(app: &App) -> Result<String, SignInError> {
    let (code, now) = (random_code(), app.wall.now());
    let until = now.checked_add_signed(LASTS).unwrap_or(now);
    app.store.write(&Scope::system(), &act_of(app, accounts::CONSOLE), |tx| {
        if find::count(tx)? > 0 {
            return Err(Refusal::Taken.into());
        }
        find::keep_code(tx, PURPOSE, &code_hash(&code), until)?;
        Ok::<(), SignInError>(())
    })?;
    Ok(code)
}

/// Whether nobody has an account yet.
///
/// # Errors
/// Storage.
pub fn is_new(app: &App) -> Result<bool, SignInError> {
    Ok(find::count(&mut *app.store.read()?)? == 0)
}

/// Takes the code and makes the first administrator, who then sets a password and an authenticator.
///
/// # Errors
/// `Wrong` for a code that is not good; `Name`; the register's refusal; storage.
pub fn first_administrator(app: &App, code: &str, name: &str, visitor: &Visitor) -> Result<Entered, SignInError> {
    let name = PersonName::read(name).ok_or(Refusal::Name)?;
    let (person, now) = (key_of(name.as_str()), app.wall.now());
    count::begin(app, &[count::account("first administrator"), count::address(&visitor.address)])?;
    if !is_new(app)? {
        return Err(Refusal::Wrong.into());
    }
    let taken = app.store.write(&Scope::system(), &act_of(app, name.as_str()), |tx| {
        Ok::<bool, SignInError>(find::count(tx)? == 0 && find::take_code(tx, PURPOSE, &code_hash(code), now)?)
    })?;
    if !taken {
        refused(app, &person, visitor, "first code");
        return Err(Refusal::Wrong.into());
    }
    appoint(app, &name, &person)?;
    let row = accounts::fresh(app, &person, name.as_str());
    app.store.write(&Scope::system(), &act_of(app, name.as_str()), |tx| {
        if find::count(tx)? > 0 {
            return Err(Refusal::Wrong.into());
        }
        count::forget(tx, "first administrator", &visitor.address)?;
        find::keep(tx, &row)?;
        accounts::note(tx, app, &person, "opened", accounts::CONSOLE, &json!({ "first": true }))?;
        sessions::begin(tx, app, &row, Stage::Password, visitor, None)
    })
}

/// The first person of an empty register appoints himself; on a register that is kept already it must be one who keeps it.
fn appoint(app: &App, name: &PersonName, person: &str) -> Result<(), SignInError> {
    let known: Option<Person> = offices::person(&mut *app.store.read()?, app.fund_id(), person)?;
    if let Some(known) = known.filter(|person| !person.departed) {
        let keeps = known.roles.contains_key(&Role::SystemAdministrator);
        return if keeps { Ok(()) } else { Err(Refusal::Unknown.into()) };
    }
    lives::perform(
        app,
        &Request {
            life: Life::Person,
            subject: name.as_str().to_owned(),
            act: "appointed".to_owned(),
            details: json!({ "institution": "fund", "roles": [Role::SystemAdministrator.code()] }),
            by: name.as_str().to_owned(),
            on: app.store.clock().today(),
            expected: None,
            key: None,
        },
    )?;
    Ok(())
}

/// Gives a person of a demo an account that is ready: password and authenticator are made from the name, so that they can
/// be told. On books that are real nothing is done.
///
/// # Errors
/// `Over` where the books are real; storage.
pub fn demo_account(app: &App, name: &str, password: &str) -> Result<(), SignInError> {
    if !app.store.clock().is_simulated() {
        return Err(Refusal::Over.into());
    }
    let (person, now) = (key_of(name), app.wall.now());
    let secret = rand::random::<[u8; totp::SECRET_BYTES]>();
    let row = AccountRow {
        password_hash: Some(app.hasher.hash(password)?),
        password_set_at: Some(now),
        must_change: false,
        totp_sealed: Some(accounts::seal(app, &secret)?),
        ..accounts::fresh(app, &person, name)
    };
    app.store.write(&Scope::system(), &act_of(app, "demo"), |tx| {
        find::keep(tx, &row)?;
        find::remember_password(tx, &person, now, row.password_hash.as_deref().unwrap_or_default())?;
        accounts::note(tx, app, &person, "opened", "demo", &json!({}))
    })
}

/// The current code of an account of a demo, and for how many seconds it is good.
///
/// # Errors
/// `Over` where the books are real; `NoAccount`; storage.
pub fn demo_code(app: &App, name: &str) -> Result<(String, i64), SignInError> {
    if !app.store.clock().is_simulated() {
        return Err(Refusal::Over.into());
    }
    let account = find::one(&mut *app.store.read()?, &key_of(name))?.ok_or(Refusal::NoAccount)?;
    let secret = accounts::secret_of(app, &account)?;
    let seconds = app.wall.now().and_utc().timestamp();
    let left = totp::STEP_SECONDS - seconds.rem_euclid(totp::STEP_SECONDS);
    Ok((totp::code(&secret, totp::step_of(seconds)), left))
}
