//! Signing in: password, code, session; and what is done to accounts.
//!
//! A person of the register has at most one account. Signing in goes in stages (`domain::sign_in::session::Stage`), each
//! under a session of its own, so that what a stranger planted before never becomes a session that is good for pages.
//! **Invariant:** whether there is an account shows neither in words nor in the work done; every try is counted before
//! its password is looked at.

pub mod accounts;
mod count;
mod error;
pub mod hashing;
pub mod idle;
pub mod known_words;
pub mod oidc;
pub mod recovery;
pub mod seen;
pub mod sessions;
pub mod setup;
mod stages;

pub use error::{Refusal, SignInError};
pub use sessions::{Entered, Guest, known};
pub use stages::{code, confirm, enrol, leave, recovery_codes, set_password};

use chrono::NaiveDateTime;
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::domain::person::key_of;
use crate::domain::sign_in::password::Policy;
use crate::domain::sign_in::session::{Lasting, Stage};
use crate::hash::{hex, sha256_hex};
use crate::storage::find::accounts as find;
use crate::storage::rows::accounts::AccountRow;
use crate::storage::{Act, Scope};

/// From where somebody asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// Network address.
    pub address: String,
    /// Browser, as it says.
    pub agent: String,
}

/// Bytes of a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// A random text nobody can guess: 256 bits, hexadecimal.
#[must_use]
pub fn random_token() -> String {
    hex(&rand::random::<[u8; TOKEN_BYTES]>())
}

/// A random code for people to type: 16 letters and digits that are not mistaken for each other, in fours; 80 bits.
#[must_use]
pub fn random_code() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letter = |byte: u8| LETTERS.get(usize::from(byte & 31)).copied().map_or('2', char::from);
    let letters: Vec<char> = rand::random::<[u8; 16]>().into_iter().map(letter).collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// How a code is stored: spaces, dashes and case do not count.
#[must_use]
pub fn code_hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    sha256_hex(plain.to_ascii_uppercase().as_bytes())
}

/// How long sessions last here.
#[must_use]
pub fn lasting(app: &App) -> Lasting {
    let settings = &app.config.sign_in;
    Lasting { idle: settings.idle_minutes.saturating_mul(60), absolute: settings.absolute_hours.saturating_mul(3_600) }
}

/// The password policy in force.
#[must_use]
pub fn policy(app: &App) -> Policy {
    Policy::from_code(&app.config.sign_in.password_policy).unwrap_or(Policy::Dengbao)
}

/// The act under which something is written.
fn act_of(app: &App, by: &str) -> Act {
    Act::new(by, app.store.clock().today())
}

/// Takes name and password. The session it begins is good for the next stage only, unless everything is done.
///
/// # Errors
/// `Refused`; `Store`.
pub fn enter(app: &App, name: &str, password: &str, visitor: &Visitor) -> Result<Entered, SignInError> {
    let (person, now) = (key_of(name), app.wall.now());
    count::begin(app, &[count::account(&person), count::address(&visitor.address)])?;
    let account = find::one(&mut *app.store.read()?, &person)?;
    let right = is_right(app, account.as_ref(), password, now)?;
    let Some((account, by_code)) = account.filter(|_| right.is_some()).zip(right) else {
        refused(app, &person, visitor, "password");
        return Err(Refusal::Wrong.into());
    };
    let account = AccountRow { must_change: account.must_change || by_code, ..account };
    let stage = if account.totp_sealed.is_some() { Stage::Code } else { stages::after_code(app, &account, now) };
    app.store.write(&Scope::system(), &act_of(app, &account.name), |tx| {
        count::forget(tx, &person, &visitor.address)?;
        if by_code {
            let used = AccountRow { code_hash: None, code_until: None, ..account.clone() };
            find::keep(tx, &used)?;
        }
        sessions::begin(tx, app, &account, stage, visitor, None)
    })
}

/// Whether a password is right, and whether it is the one-time code. The same work is done in every case.
fn is_right(
    app: &App,
    account: Option<&AccountRow>,
    password: &str,
    now: NaiveDateTime,
) -> Result<Option<bool>, SignInError> {
    let open = account.filter(|account| !account.is_disabled);
    let hashed = open.and_then(|account| account.password_hash.as_deref());
    let fits = app.hasher.verify(password, hashed)?;
    let typed = code_hash(password);
    let code = open.filter(|account| account.code_until.is_some_and(|until| now < until));
    let stored = code.and_then(|account| account.code_hash.clone()).unwrap_or_default();
    let by_code = bool::from(stored.as_bytes().ct_eq(typed.as_bytes()));
    Ok(if by_code {
        Some(true)
    } else if fits && hashed.is_some() {
        Some(false)
    } else {
        None
    })
}

/// Tells the log that somebody was refused; what was typed is not told.
fn refused(app: &App, person: &str, visitor: &Visitor, what: &str) {
    let known = app.store.read().ok().and_then(|mut db| find::one(&mut db, person).ok().flatten()).is_some();
    let person = if known { person } else { "unknown" };
    tracing::warn!(person, address = visitor.address, what, "sign-in refused");
}
