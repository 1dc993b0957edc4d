//! Machine accounts: programs that come in with a token.
//!
//! Owns how a token is given, followed by another, ended and recognised. A machine stands on the register of persons
//! under its own name, with an institution and roles like anybody; a token narrows that to what it is for.
//! **Invariant:** a secret is told once and kept as its hash; a machine is never the second person of anything: with a
//! role outside `MACHINE_ROLES` on the register, its tokens stop to hold.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::UseCaseError;
use super::lives::offices::{offices, person};
use super::lives::{ActRefusal, Life, Request, perform};
use crate::app::App;
use crate::domain::access::{Asker, MACHINE_ROLES, Permission, machine_permissions_of};
use crate::domain::people::{Institution, Role};
use crate::domain::person::{PersonName, key_of};
use crate::hash::{hex, same_secret, sha256};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::machines as find;
use crate::storage::rows::machines::MachineTokenRow;
use crate::storage::{Act, Db, Scope, Tx};

/// What every token begins with, so that a leaked one is found by searching for it.
pub const PREFIX: &str = "pfk";
/// Longest life of a token, in days.
pub const LONGEST_DAYS: i64 = 366;
/// Longest time for which a token still holds beside the one that follows it, in hours.
pub const LONGEST_OVERLAP_HOURS: i64 = 24 * 14;
/// How often the last use is kept, in seconds.
const USE_EVERY: i64 = 60;

/// What a token is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Name of the machine account.
    pub machine: String,
    /// Where it belongs: `fund`, `bank:CODE`, or another office.
    pub institution: String,
    /// In which roles.
    pub roles: Vec<Role>,
    /// What the token is for.
    pub scopes: BTreeSet<Permission>,
    /// How long it holds, in days.
    pub days: i64,
}

/// A token as it is told, once.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its identifier.
    pub token_id: String,
    /// The whole of it, with its secret.
    pub token: String,
    /// From when on it does not hold, UTC.
    pub expires_at: NaiveDateTime,
}

/// Gives a machine account a token; brings the account onto the register where it is not there.
///
/// # Errors
/// `Act`; storage.
pub fn add(app: &App, wanted: &Wanted, by: &str, on: NaiveDate) -> Result<Told, UseCaseError> {
    if let Some(role) = wanted.roles.iter().find(|role| !MACHINE_ROLES.contains(role)) {
        return Err(refused("TOKEN_ROLE", "role", role.code()));
    }
    let held: BTreeSet<Permission> = wanted.roles.iter().flat_map(|role| machine_permissions_of(*role)).collect();
    if let Some(scope) = wanted.scopes.iter().find(|scope| !held.contains(scope)) {
        return Err(refused("TOKEN_SCOPE", "scope", scope.code()));
    }
    if wanted.scopes.is_empty() || wanted.roles.is_empty() {
        return Err(refused("TOKEN_SCOPE", "scope", ""));
    }
    if !(1..=LONGEST_DAYS).contains(&wanted.days) {
        return Err(refused("TOKEN_DAYS", "most", &LONGEST_DAYS.to_string()));
    }
    keeper(app, by, on)?;
    enrol(app, wanted, by, on)?;
    let scopes: Vec<&str> = wanted.scopes.iter().map(|scope| scope.code()).collect();
    let (token_id, secret) = fresh();
    write(app, by, on, |tx| {
        let row = MachineTokenRow {
            fund_id: app.fund_id().to_owned(),
            token_id: token_id.clone(),
            version: 1,
            machine: wanted.machine.trim().to_owned(),
            scopes: scopes.join(" "),
            secret_hash: hash_of(&secret),
            expires_at: later(tx.now(), TimeDelta::days(wanted.days)),
            state: "issued".to_owned(),
            ..blank()
        };
        let expires_at = row.expires_at;
        record(tx, "token.issued", row)?;
        Ok(Told { token_id: token_id.clone(), token: spelled(&token_id, &secret), expires_at })
    })
}

/// Gives a token a follower with the same scopes; the old one holds on for the overlap, and no longer than it would.
///
/// # Errors
/// `Act`; storage.
pub fn rotate(app: &App, token_id: &str, hours: i64, days: i64, by: &str, on: NaiveDate) -> Result<Told, UseCaseError> {
    if !(0..=LONGEST_OVERLAP_HOURS).contains(&hours) || !(1..=LONGEST_DAYS).contains(&days) {
        return Err(refused("TOKEN_DAYS", "most", &LONGEST_DAYS.to_string()));
    }
    keeper(app, by, on)?;
    let (next_id, secret) = fresh();
    write(app, by, on, |tx| {
        let old = held(tx, app.fund_id(), token_id)?;
        let next = MachineTokenRow {
            token_id: next_id.clone(),
            version: 1,
            secret_hash: hash_of(&secret),
            expires_at: later(tx.now(), TimeDelta::days(days)),
            state: "issued".to_owned(),
            follows: old.token_id.clone(),
            ..old.clone()
        };
        let until = later(tx.now(), TimeDelta::hours(hours)).min(old.expires_at);
        let version = old.version.saturating_add(1);
        let expires_at = next.expires_at;
        record(tx, "token.issued", next)?;
        record(
            tx,
            "token.rotated",
            MachineTokenRow { version, expires_at: until, state: "rotated".to_owned(), ..old },
        )?;
        Ok(Told { token_id: next_id.clone(), token: spelled(&next_id, &secret), expires_at })
    })
}

/// Ends a token at once.
///
/// # Errors
/// `Act`; storage.
pub fn revoke(app: &App, token_id: &str, reason: &str, by: &str, on: NaiveDate) -> Result<(), UseCaseError> {
    keeper(app, by, on)?;
    write(app, by, on, |tx| {
        let old = held(tx, app.fund_id(), token_id)?;
        let version = old.version.saturating_add(1);
        let (state, reason) = ("revoked".to_owned(), reason.to_owned());
        record(tx, "token.revoked", MachineTokenRow { version, expires_at: tx.now(), state, reason, ..old })
    })
}

/// Who comes with a token, and the token's identifier; nobody for one that does not hold.
///
/// # Errors
/// Storage.
pub fn recognise(app: &App, token: &str) -> Result<Option<(Asker, String)>, UseCaseError> {
    let Some((token_id, secret)) = parts(token) else { return Ok(None) };
    let mut db = app.store.read()?;
    let row = find::token(&mut db, app.fund_id(), token_id)?;
    // An unknown token is compared too, so that it takes as long to refuse as a wrong secret.
    let kept = row.as_ref().map_or_else(|| hash_of(""), |row| row.secret_hash.clone());
    let fits = same_secret(&hash_of(secret), &kept);
    let now = app.store.clock().now();
    let Some(row) = row.filter(|row| fits && row.state != "revoked" && now < row.expires_at) else { return Ok(None) };
    let Some(asker) = asker(app, &mut db, &row)? else { return Ok(None) };
    let stale = find::uses(&mut db)?.get(&row.token_id).is_none_or(|last| (now - *last).num_seconds() >= USE_EVERY);
    drop(db);
    if stale {
        let act = Act::new(&row.machine, app.store.clock().today());
        app.store.write(&Scope::system(), &act, |tx| find::used(tx, &row.token_id, now))?;
    }
    Ok(Some((asker, row.token_id)))
}

/// The machine behind a token, as the register holds it at this moment.
fn asker(app: &App, db: &mut Db, row: &MachineTokenRow) -> Result<Option<Asker>, UseCaseError> {
    let Some(name) = PersonName::read(&row.machine) else { return Ok(None) };
    let today = app.store.clock().today();
    let held = match offices(db, app.fund_id(), &name, today) {
        Ok(held) => held,
        Err(UseCaseError::Act(_left)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if held.is_empty() || held.iter().any(|office| !MACHINE_ROLES.contains(&office.role)) {
        return Ok(None);
    }
    let scopes = row.scopes.split(' ').filter_map(Permission::from_code).collect();
    Ok(Some(Asker::machine(name.as_str(), held, scopes)))
}

/// The identifier and the secret of `pfk_<id>_<secret>`.
fn parts(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.strip_prefix(PREFIX)?.strip_prefix('_')?.split_once('_')?;
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (id.len() == 16 && secret.len() == 64 && hexadecimal(id) && hexadecimal(secret)).then_some((id, secret))
}

/// A new identifier and a new secret of 256 bits.
fn fresh() -> (String, String) {
    (hex(&rand::random::<[u8; 8]>()), hex(&rand::random::<[u8; 32]>()))
}

fn spelled(token_id: &str, secret: &str) -> String {
    format!("{PREFIX}_{token_id}_{secret}")
}

/// The secret has 256 random bits, so that one pass of a hash keeps it: there is nothing to guess.
fn hash_of(secret: &str) -> String {
    hex(&sha256(secret.as_bytes()))
}

fn later(now: NaiveDateTime, by: TimeDelta) -> NaiveDateTime {
    now.checked_add_signed(by).unwrap_or(now)
}

fn blank() -> MachineTokenRow {
    let (business_date, recorded_at, event_id) = unstamped();
    MachineTokenRow {
        fund_id: String::new(),
        token_id: String::new(),
        version: 1,
        machine: String::new(),
        scopes: String::new(),
        secret_hash: String::new(),
        expires_at: recorded_at,
        state: String::new(),
        follows: String::new(),
        reason: String::new(),
        business_date,
        recorded_at,
        event_id,
    }
}

/// Whoever gives and takes tokens holds an office for it.
fn keeper(app: &App, by: &str, on: NaiveDate) -> Result<(), UseCaseError> {
    let name = PersonName::read(by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let held = offices(&mut *app.store.read()?, app.fund_id(), &name, on)?;
    let keeps = Asker::person(name.as_str(), held).may_for_fund(Permission::KeepTokens);
    if keeps { Ok(()) } else { Err(refused("ACT_ROLE", "person", name.as_str())) }
}

/// Brings the account onto the register; one that is there must be what is asked for.
fn enrol(app: &App, wanted: &Wanted, by: &str, on: NaiveDate) -> Result<(), UseCaseError> {
    let known = person(&mut *app.store.read()?, app.fund_id(), &key_of(&wanted.machine))?;
    if let Some(known) = known.filter(|person| !person.departed) {
        let roles: Vec<Role> = known.roles.keys().copied().collect();
        let mut asked = wanted.roles.clone();
        asked.sort_unstable();
        let same = known.institution == Institution::read(&wanted.institution) && roles == asked;
        return if same { Ok(()) } else { Err(refused("TOKEN_MACHINE", "machine", &wanted.machine)) };
    }
    let roles: Vec<&str> = wanted.roles.iter().map(|role| role.code()).collect();
    let request = Request {
        life: Life::Person,
        subject: wanted.machine.trim().to_owned(),
        act: "appointed".to_owned(),
        details: json!({ "institution": wanted.institution, "roles": roles }),
        by: by.to_owned(),
        on,
        expected: None,
        key: None,
    };
    perform(app, &request).map(drop)
}

fn held(tx: &mut Tx<'_>, fund_id: &str, token_id: &str) -> Result<MachineTokenRow, UseCaseError> {
    let row = find::token(tx, fund_id, token_id)?.filter(|row| row.state == "issued");
    row.ok_or_else(|| refused("TOKEN_UNKNOWN", "token", token_id))
}

fn record(tx: &mut Tx<'_>, kind: &'static str, row: MachineTokenRow) -> Result<(), UseCaseError> {
    let chain = Chain::Fund { fund_id: row.fund_id.clone() };
    tx.record(Change::new(chain, kind, row.token_id.clone()).with(row))?;
    Ok(())
}

fn write<T>(
    app: &App,
    by: &str,
    on: NaiveDate,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, UseCaseError>,
) -> Result<T, UseCaseError> {
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(by.trim(), on), work)
}

fn refused(code: &'static str, place: &'static str, value: &str) -> UseCaseError {
    ActRefusal::new(code, vec![(place, value.to_owned())]).into()
}
