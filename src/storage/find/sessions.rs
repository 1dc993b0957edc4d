//! Sessions: begun, found, moved on, ended.
//!
//! **Invariant:** a session is found by the hash of its token only; its public name opens nothing.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::accounts::SessionRow;
use crate::storage::schema::sessions;

/// The session of a token's hash.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, hash: &str) -> Result<Option<SessionRow>, StoreError> {
    Ok(sessions::table.find(hash).select(SessionRow::as_select()).first(db).optional()?)
}

/// Sessions of a person, newest first.
///
/// # Errors
/// What the database says.
pub fn of(db: &mut Db, person: &str) -> Result<Vec<SessionRow>, StoreError> {
    Ok(sessions::table
        .filter(sessions::person.eq(person))
        .order(sessions::created_at.desc())
        .select(SessionRow::as_select())
        .load(db)?)
}

/// Begins a session.
///
/// # Errors
/// What the database says.
pub fn begin(tx: &mut Tx<'_>, row: &SessionRow) -> Result<(), StoreError> {
    each!(&mut **tx, c => diesel::insert_into(sessions::table).values(row).execute(c))?;
    Ok(())
}

/// Notes the secret of an authenticator that is being set up.
///
/// # Errors
/// What the database says.
pub fn keep_pending(tx: &mut Tx<'_>, hash: &str, sealed: Option<&str>) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(hash)).set(sessions::pending_sealed.eq(sealed)).execute(&mut **tx)?;
    Ok(())
}

/// Notes a request.
///
/// # Errors
/// What the database says.
pub fn seen(tx: &mut Tx<'_>, hash: &str, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(hash)).set(sessions::seen_at.eq(at)).execute(&mut **tx)?;
    Ok(())
}

/// Notes that neither password nor code was given for a session.
///
/// # Errors
/// What the database says.
pub fn unconfirm(tx: &mut Tx<'_>, hash: &str) -> Result<(), StoreError> {
    let none: Option<NaiveDateTime> = None;
    diesel::update(sessions::table.find(hash)).set(sessions::confirmed_at.eq(none)).execute(&mut **tx)?;
    Ok(())
}

/// Ends a session by its token's hash. Gives whether it was there.
///
/// # Errors
/// What the database says.
pub fn end(tx: &mut Tx<'_>, hash: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(sessions::table.find(hash)).execute(&mut **tx)? == 1)
}

/// Ends a session of a person by its public name. Gives whether it was there.
///
/// # Errors
/// What the database says.
pub fn end_named(tx: &mut Tx<'_>, person: &str, id: &str) -> Result<bool, StoreError> {
    let found = sessions::table.filter(sessions::person.eq(person)).filter(sessions::session_id.eq(id));
    Ok(diesel::delete(found).execute(&mut **tx)? > 0)
}

/// Ends every session of a person.
///
/// # Errors
/// What the database says.
pub fn end_all(tx: &mut Tx<'_>, person: &str) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::person.eq(person))).execute(&mut **tx)?)
}

/// Ends every session of a person that got to the end, and none that is on its way.
///
/// # Errors
/// What the database says.
pub fn end_full(tx: &mut Tx<'_>, person: &str) -> Result<usize, StoreError> {
    let full = sessions::table.filter(sessions::person.eq(person)).filter(sessions::stage.eq("full"));
    Ok(diesel::delete(full).execute(&mut **tx)?)
}

/// Clears sessions that began before an instant.
///
/// # Errors
/// What the database says.
pub fn clear(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::created_at.lt(before))).execute(&mut **tx)?)
}
