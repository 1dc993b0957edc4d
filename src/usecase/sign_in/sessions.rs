//! Sessions: begun at each stage, found by their token, ended.
//!
//! Owns the token's way: 256 random bits go to the browser, their hash is stored.
//! **Invariant:** every stage begins a session with a new token and ends the one before; a person has one session that
//! is good for pages, unless the settings allow more; a session whose person has other roles by now is over.

use chrono::{NaiveDateTime, TimeDelta};
use ring::hmac;

use super::{SignInError, Visitor, accounts, act_of, lasting, random_token};
use crate::app::App;
use crate::domain::people::{Office, Person};
use crate::domain::person::PersonName;
use crate::domain::sign_in::session::{Stage, is_over, is_stepped_up};
use crate::domain::sign_in::totp::SECRET_BYTES;
use crate::hash::{hex, sha256_hex};
use crate::storage::find::{accounts as find, sessions};
use crate::storage::rows::accounts::{AccountRow, SessionRow};
use crate::storage::{Db, Scope, StoreError, Tx};
use crate::usecase::lives::offices;

/// A request this long after the last one noted is noted.
const NOTED: TimeDelta = TimeDelta::seconds(60);
/// Characters kept of what a browser says it is.
const AGENT_CHARS: usize = 120;
/// Rows of sessions are cleared after two days: none lasts that long.
const CLEARED: TimeDelta = TimeDelta::days(2);

/// A session that begins: the token goes to the browser and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Entered {
    /// The token.
    pub token: String,
    /// How far it got.
    pub stage: Stage,
}

impl std::fmt::Debug for Entered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entered({})", self.stage)
    }
}

/// Who asks, by a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The account.
    pub account: AccountRow,
    /// The session.
    pub session: SessionRow,
    /// How far it got.
    pub stage: Stage,
    /// Offices today; none before everything is done.
    pub offices: Vec<Office>,
    /// Password and code were given lately enough for acts that move money or roles.
    pub is_stepped_up: bool,
}

/// Begins a session of an account in a stage, and ends what it replaces.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    app: &App,
    account: &AccountRow,
    stage: Stage,
    visitor: &Visitor,
    before: Option<&SessionRow>,
) -> Result<Entered, SignInError> {
    let now = app.wall.now();
    if let Some(before) = before {
        sessions::end(tx, &before.session_hash)?;
    }
    sessions::clear(tx, now.checked_sub_signed(CLEARED).unwrap_or(now))?;
    if stage == Stage::Full {
        if app.config.sign_in.one_session {
            sessions::end_full(tx, &account.person)?;
        }
        let stands = fresh(tx, account)?;
        find::keep(tx, &AccountRow { signed_in_at: Some(now), ..stands })?;
        let told = serde_json::json!({ "address": visitor.address });
        accounts::note(tx, app, &account.person, "signed_in", &account.name, &told)?;
    }
    let token = random_token();
    let pending = match stage {
        Stage::Enrol => Some(accounts::seal(app, &rand::random::<[u8; SECRET_BYTES]>())?),
        Stage::Code | Stage::Password | Stage::Full => None,
    };
    let row = SessionRow {
        session_hash: sha256_hex(token.as_bytes()),
        session_id: hex(&rand::random::<[u8; 8]>()),
        person: account.person.clone(),
        stage: stage.code().to_owned(),
        roles: roles_of(tx, app, &account.person)?,
        pending_sealed: pending,
        address: visitor.address.clone(),
        agent: visitor.agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect(),
        // A session that is renewed by a confirmation does not live longer than the one it replaces.
        created_at: before.filter(|before| before.stage == stage.code()).map_or(now, |before| before.created_at),
        seen_at: now,
        confirmed_at: (stage == Stage::Full).then_some(now),
    };
    sessions::begin(tx, &row)?;
    Ok(Entered { token, stage })
}

/// The secret that the forms of a session send back: made from its token, so that no database holds it.
#[must_use]
pub fn form_secret(token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    hex(hmac::sign(&key, b"forms of this session").as_ref())
}

/// The account as it stands inside this transaction.
fn fresh(tx: &mut Tx<'_>, account: &AccountRow) -> Result<AccountRow, StoreError> {
    Ok(find::one(tx, &account.person)?.unwrap_or_else(|| account.clone()))
}

/// Institution and roles of a person; empty for one that left.
fn roles_of(db: &mut Db, app: &App, person: &str) -> Result<String, SignInError> {
    let known = offices::person(db, app.fund_id(), person)?.filter(|person| !person.departed);
    Ok(known.as_ref().map(roles_text).unwrap_or_default())
}

fn roles_text(person: &Person) -> String {
    let roles = person.roles.iter().map(|(role, level)| format!("{role}#{}", level.as_deref().unwrap_or("")));
    format!("{}|{}", person.institution.code(), roles.collect::<Vec<_>>().join(","))
}

/// Who has a token. Nobody for one that is unknown, over, of a disabled account or of a person with other roles by now.
///
/// # Errors
/// Storage.
pub fn known(app: &App, token: &str) -> Result<Option<Guest>, SignInError> {
    let now = app.wall.now();
    let mut db = app.store.read()?;
    let Some(session) = sessions::one(&mut db, &sha256_hex(token.as_bytes()))? else { return Ok(None) };
    let Some(account) = find::one(&mut db, &session.person)?.filter(|account| !account.is_disabled) else {
        return Ok(None);
    };
    let stage = Stage::from_code(&session.stage).unwrap_or(Stage::Code);
    let seen = app.seen.last(&session.session_hash).map_or(session.seen_at, |seen| seen.max(session.seen_at));
    if is_over(lasting(app), stage, session.created_at, seen, now) {
        return Ok(None);
    }
    if session.roles != roles_of(&mut db, app, &session.person)? {
        return Ok(None);
    }
    let offices = match (stage, PersonName::read(&account.name)) {
        (Stage::Full, Some(name)) => offices::offices(&mut db, app.fund_id(), &name, app.store.clock().today())?,
        _ => Vec::new(),
    };
    app.seen.note(&session.session_hash, now);
    let is_stepped_up = is_stepped_up(session.confirmed_at, now);
    Ok(Some(Guest { account, session, stage, offices, is_stepped_up }))
}

/// Whether the last request of a session is so long ago that the database should hear of this one.
#[must_use]
pub fn is_to_be_noted(guest: &Guest, now: NaiveDateTime) -> bool {
    now.signed_duration_since(guest.session.seen_at) >= NOTED
}

/// Tells the database of a session's last request. May wait for a writer, so a request does not wait for this.
///
/// # Errors
/// Storage.
pub fn note_seen(app: &App, hash: &str) -> Result<(), StoreError> {
    let now = app.wall.now();
    app.store.write(&Scope::system(), &act_of(app, "session"), |tx| sessions::seen(tx, hash, now))
}

/// Sessions of a guest's own account that are not over, newest first.
///
/// # Errors
/// Storage.
pub fn own(app: &App, guest: &Guest) -> Result<Vec<SessionRow>, StoreError> {
    of_person(app, &guest.account.person)
}

/// Sessions of a person that are good for pages and not over, newest first.
///
/// # Errors
/// Storage.
pub fn of_person(app: &App, person: &str) -> Result<Vec<SessionRow>, StoreError> {
    let (now, lasting) = (app.wall.now(), lasting(app));
    let mut rows = sessions::of(&mut *app.store.read()?, person)?;
    rows.retain(|row| {
        let stage = Stage::from_code(&row.stage).unwrap_or(Stage::Code);
        stage == Stage::Full && !is_over(lasting, stage, row.created_at, row.seen_at, now)
    });
    Ok(rows)
}

/// Ends a session of a guest's own account.
///
/// # Errors
/// Storage.
pub fn end_own(app: &App, guest: &Guest, id: &str) -> Result<(), SignInError> {
    let person = &guest.account.person;
    app.store.write(&Scope::system(), &act_of(app, &guest.account.name), |tx| {
        if sessions::end_named(tx, person, id)? {
            let told = serde_json::json!({ "session": id });
            accounts::note(tx, app, person, "session_ended", &guest.account.name, &told)?;
        }
        Ok(())
    })
}
