//! The way in for somebody whom strangers keep waiting, or who lost the authenticator.
//!
//! Owns the recovery path: name, password and a recovery code at once. The code is looked at first and used up whatever
//! the password is; without a right one nothing of the account is touched.
//! **Invariant:** as many passwords can be tried here as there are recovery codes.

use super::sessions::{self, Entered};
use super::{Refusal, SignInError, Visitor, accounts, act_of, code_hash, count, refused, stages};
use crate::app::App;
use crate::domain::person::key_of;
use crate::storage::Scope;
use crate::storage::find::accounts as find;

/// Characters of a recovery code.
const CHARS: usize = 16;

/// Whether a text has the form of a recovery code.
#[must_use]
pub fn reads(text: &str) -> bool {
    text.chars().filter(char::is_ascii_alphanumeric).count() == CHARS
}

/// Takes name, password and recovery code. What strangers tried at the account keeps nobody waiting here.
///
/// # Errors
/// `Refused`; `Store`.
pub fn enter(app: &App, name: &str, password: &str, code: &str, visitor: &Visitor) -> Result<Entered, SignInError> {
    let person = key_of(name);
    count::begin(app, &[count::address(&visitor.address)])?;
    let account = find::one(&mut *app.store.read()?, &person)?.filter(|account| !account.is_disabled);
    let hash = code_hash(code);
    let held = app
        .store
        .write(&Scope::system(), &act_of(app, "sign-in"), |tx| find::take_recovery_code(tx, &person, &hash))?;
    let phc = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let fits = app.hasher.verify(password, phc.filter(|_| held))?;
    let Some(account) = account.filter(|_| held && fits) else {
        refused(app, &person, visitor, "recovery");
        return Err(Refusal::Wrong.into());
    };
    let stage = stages::after_code(app, &account, app.wall.now());
    app.store.write(&Scope::system(), &act_of(app, &account.name), |tx| {
        count::forget(tx, &person, &visitor.address)?;
        accounts::note(tx, app, &person, "recovery_code_used", &account.name, &serde_json::json!({}))?;
        sessions::begin(tx, app, &account, stage, visitor, None)
    })
}
