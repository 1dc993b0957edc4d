//! What people have typed into forms and not sent: kept, given back, dropped.
//!
//! Owns the sealing of drafts and their limits. A draft is work, not a fact: it changes nothing and no event carries it.
//! **Invariant:** only who typed a draft gets it back; it lies sealed, bound to its person and its form.

use chrono::{NaiveDateTime, TimeDelta};

use super::UseCaseError;
use crate::app::App;
use crate::domain::person::key_of;
use crate::hash::sha256_hex;
use crate::storage::find::{drafts, sessions};
use crate::storage::rows::accounts::DraftRow;
use crate::storage::{Act, Db, Scope};
use crate::usecase::sign_in::sessions::form_secret;

/// Most bytes of one draft.
const MOST_BYTES: usize = 64 * 1024;
/// Most drafts of a person; the one kept longest ago gives way.
const MOST: usize = 100;
/// Drafts are cleared when nobody has touched them for so long.
pub const KEPT: TimeDelta = TimeDelta::days(90);

/// Fields of a form with their values, in the order of the form.
pub type Typed = Vec<(String, String)>;

/// What somebody has typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Path of the form.
    pub address: String,
    /// Fields.
    pub typed: Typed,
    /// When it was kept last, UTC.
    pub saved_at: NaiveDateTime,
}

/// Keeps what somebody has typed into the form at an address; gives when. Nothing is kept of a form that is empty or
/// longer than a form may be.
///
/// # Errors
/// Storage.
pub fn keep(app: &App, person: &str, address: &str, typed: &Typed) -> Result<Option<NaiveDateTime>, UseCaseError> {
    let text = serde_json::to_string(typed).unwrap_or_default();
    if typed.iter().all(|(_, value)| value.trim().is_empty()) || text.len() > MOST_BYTES {
        return Ok(None);
    }
    let (person, now) = (key_of(person), app.wall.now());
    let row = DraftRow {
        content_sealed: app.sealer.seal_text(&purpose(&person, address), &text),
        person: person.clone(),
        address: address.to_owned(),
        saved_at: now,
    };
    app.store.write(&Scope::system(), &act_of(app, &person), |tx| {
        drafts::clear(tx, now.checked_sub_signed(KEPT).unwrap_or(now))?;
        drafts::keep(tx, &row)?;
        for old in drafts::of(tx, &person)?.into_iter().skip(MOST) {
            drafts::drop(tx, &person, &old.address)?;
        }
        Ok::<(), UseCaseError>(())
    })?;
    Ok(Some(now))
}

/// What a person has typed into the form at an address. What does not unseal is as good as not there.
///
/// # Errors
/// Storage.
pub fn one(db: &mut Db, app: &App, person: &str, address: &str) -> Result<Option<Draft>, UseCaseError> {
    let row = drafts::one(db, &key_of(person), address)?;
    Ok(row.and_then(|row| opened(app, row)))
}

/// Everything a person has typed and not sent, newest first.
///
/// # Errors
/// Storage.
pub fn of(db: &mut Db, app: &App, person: &str) -> Result<Vec<Draft>, UseCaseError> {
    Ok(drafts::of(db, &key_of(person))?.into_iter().filter_map(|row| opened(app, row)).collect())
}

/// Drops a draft: what was typed has been sent, or is not wanted.
///
/// # Errors
/// Storage.
pub fn drop(app: &App, person: &str, address: &str) -> Result<(), UseCaseError> {
    let person = key_of(person);
    if drafts::one(&mut *app.store.read()?, &person, address)?.is_none() {
        return Ok(());
    }
    app.store.write(&Scope::system(), &act_of(app, &person), |tx| Ok(drafts::drop(tx, &person, address)?))
}

/// Keeps what a form brings whose session is over, for who the session was, so that signing in again gives it back.
/// The form must bring the secret of that session.
///
/// # Errors
/// Storage.
pub fn keep_after_end(
    app: &App,
    token: &str,
    secret: &str,
    address: &str,
    typed: &Typed,
) -> Result<bool, UseCaseError> {
    if !crate::hash::same_secret(&form_secret(token), secret) {
        return Ok(false);
    }
    let session = sessions::one(&mut *app.store.read()?, &sha256_hex(token.as_bytes()))?;
    match session.filter(|session| session.stage == "full") {
        Some(session) => Ok(keep(app, &session.person, address, typed)?.is_some()),
        None => Ok(false),
    }
}

fn opened(app: &App, row: DraftRow) -> Option<Draft> {
    let text = app.sealer.unseal_text(&purpose(&row.person, &row.address), &row.content_sealed).ok()?;
    let typed = serde_json::from_str(&text).ok()?;
    Some(Draft { address: row.address, typed, saved_at: row.saved_at })
}

fn purpose(person: &str, address: &str) -> String {
    format!("draft:{person}:{address}")
}

fn act_of(app: &App, person: &str) -> Act {
    Act::new(person, app.store.clock().today())
}
