//! Uploads: entered, read, decided, cancelled, cleared. What workers do with them stands in `upload_work`.
//!
//! **Invariant:** every change names the state it expects, so that a second click changes nothing.

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::uploads::{NewUploadRow, UploadRow, state};
use crate::storage::schema::uploads;

/// A person's decision on a checked file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    /// `all` or `acceptable`.
    pub how: &'a str,
    /// A month's report supersedes only the contracts it holds.
    pub partial: bool,
    /// Who decided.
    pub by: &'a str,
}

/// How a file ended that did not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending<'a> {
    /// Final state.
    pub state: &'a str,
    /// Stable code.
    pub code: &'a str,
    /// Words as JSON by language.
    pub text: &'a str,
}

/// Enters a file at the end of the order of arrival; one that is known stays as it is.
///
/// # Errors
/// What the database says.
pub fn enter(tx: &mut Tx<'_>, row: &NewUploadRow) -> Result<bool, StoreError> {
    let known: Option<String> =
        uploads::table.find(&row.upload_id).select(uploads::upload_id).first(&mut **tx).optional()?;
    if known.is_some() {
        return Ok(false);
    }
    let last: Option<i64> = uploads::table.select(max(uploads::place)).first(&mut **tx)?;
    let row = NewUploadRow { place: last.unwrap_or(0).saturating_add(1), ..row.clone() };
    each!(&mut **tx, c => diesel::insert_into(uploads::table).values(&row).execute(c))?;
    Ok(true)
}

/// One upload.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, upload_id: &str) -> Result<Option<UploadRow>, StoreError> {
    Ok(uploads::table.find(upload_id).select(UploadRow::as_select()).first(db).optional()?)
}

/// The bytes of an upload, as long as they are kept.
///
/// # Errors
/// What the database says.
pub fn content(db: &mut Db, upload_id: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<Option<Vec<u8>>> =
        uploads::table.find(upload_id).select(uploads::content).first(db).optional()?;
    Ok(found.flatten())
}

/// Everything that was found in an upload, as long as it is kept.
///
/// # Errors
/// What the database says.
pub fn findings(db: &mut Db, upload_id: &str) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> =
        uploads::table.find(upload_id).select(uploads::findings).first(db).optional()?;
    Ok(found.flatten())
}

/// Uploads of a fund, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn recent(db: &mut Db, fund_id: &str, limit: i64) -> Result<Vec<UploadRow>, StoreError> {
    Ok(uploads::table
        .filter(uploads::fund_id.eq(fund_id))
        .order(uploads::place.desc())
        .limit(limit)
        .select(UploadRow::as_select())
        .load(db)?)
}

/// Uploads of a fund in a state, oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn in_state(db: &mut Db, fund_id: &str, state: &str, limit: i64) -> Result<Vec<UploadRow>, StoreError> {
    Ok(uploads::table
        .filter(uploads::fund_id.eq(fund_id))
        .filter(uploads::state.eq(state))
        .order(uploads::place)
        .limit(limit)
        .select(UploadRow::as_select())
        .load(db)?)
}

/// Lets a checked file go on to its import. Gives whether it was waiting for a decision.
///
/// # Errors
/// What the database says.
pub fn decide(tx: &mut Tx<'_>, upload_id: &str, decision: &Decision<'_>) -> Result<bool, StoreError> {
    let changed = diesel::update(uploads::table.find(upload_id).filter(uploads::state.eq(state::CHECKED)))
        .set((
            uploads::state.eq(state::COMMITTING),
            uploads::decision.eq(Some(decision.how)),
            uploads::is_partial.eq(decision.partial),
            uploads::decided_by.eq(Some(decision.by)),
            uploads::attempts.eq(0),
            uploads::rows_done.eq(0),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Ends a checked file by a person's decision. Gives whether it was waiting for one.
///
/// # Errors
/// What the database says.
pub fn turn_down(tx: &mut Tx<'_>, upload_id: &str, by: &str, ending: &Ending<'_>) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = diesel::update(uploads::table.find(upload_id).filter(uploads::state.eq(state::CHECKED)))
        .set((
            uploads::state.eq(ending.state),
            uploads::decided_by.eq(Some(by)),
            uploads::error_code.eq(Some(ending.code)),
            uploads::error_text.eq(Some(ending.text)),
            uploads::finished_at.eq(Some(now)),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Asks for an upload to be given up: at once where nobody works on it, else its worker will see the wish.
///
/// # Errors
/// What the database says.
pub fn cancel(tx: &mut Tx<'_>, upload_id: &str, by: &str, ending: &Ending<'_>) -> Result<(), StoreError> {
    let now = tx.now();
    let idle = uploads::lease_until.is_null().or(uploads::lease_until.lt(now));
    diesel::update(
        uploads::table
            .find(upload_id)
            .filter(uploads::state.eq_any([state::RECEIVED, state::CHECKING, state::CHECKED, state::COMMITTING]))
            .filter(idle),
    )
    .set((
        uploads::state.eq(ending.state),
        uploads::decided_by.eq(Some(by)),
        uploads::error_code.eq(Some(ending.code)),
        uploads::error_text.eq(Some(ending.text)),
        uploads::lease_until.eq(None::<NaiveDateTime>),
        uploads::finished_at.eq(Some(now)),
    ))
    .execute(&mut **tx)?;
    diesel::update(uploads::table.find(upload_id).filter(uploads::state.eq_any([state::CHECKING, state::COMMITTING])))
        .set(uploads::cancel_requested.eq(true))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets the bytes of uploads that ended before `limit`, and ends those that waited for a decision since then.
///
/// # Errors
/// What the database says.
pub fn clear(tx: &mut Tx<'_>, limit: NaiveDateTime, ending: &Ending<'_>) -> Result<usize, StoreError> {
    let now = tx.now();
    diesel::update(uploads::table.filter(uploads::state.eq(state::CHECKED)).filter(uploads::received_at.lt(limit)))
        .set((
            uploads::state.eq(ending.state),
            uploads::error_code.eq(Some(ending.code)),
            uploads::error_text.eq(Some(ending.text)),
            uploads::finished_at.eq(Some(now)),
            uploads::content.eq(None::<Vec<u8>>),
            uploads::findings.eq(None::<String>),
        ))
        .execute(&mut **tx)?;
    Ok(diesel::update(uploads::table.filter(uploads::finished_at.lt(limit)).filter(uploads::content.is_not_null()))
        .set((uploads::content.eq(None::<Vec<u8>>), uploads::findings.eq(None::<String>)))
        .execute(&mut **tx)?)
}
