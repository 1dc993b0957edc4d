//! What people have typed and not sent.
//!
//! **Invariant:** a draft is asked for by its person; nobody else's query finds it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::accounts::DraftRow;
use crate::storage::schema::drafts;

/// A person's draft of the form at an address.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, person: &str, address: &str) -> Result<Option<DraftRow>, StoreError> {
    Ok(drafts::table.find((person, address)).select(DraftRow::as_select()).first(db).optional()?)
}

/// Drafts of a person, newest first.
///
/// # Errors
/// What the database says.
pub fn of(db: &mut Db, person: &str) -> Result<Vec<DraftRow>, StoreError> {
    let own = drafts::table.filter(drafts::person.eq(person));
    Ok(own.order((drafts::saved_at.desc(), drafts::address.asc())).select(DraftRow::as_select()).load(db)?)
}

/// Keeps a draft in the place of the one before.
///
/// # Errors
/// What the database says.
pub fn keep(tx: &mut Tx<'_>, row: &DraftRow) -> Result<(), StoreError> {
    each!(&mut **tx, c => diesel::insert_into(drafts::table).values(row)
        .on_conflict((drafts::person, drafts::address)).do_update().set(row).execute(c))?;
    Ok(())
}

/// Drops a draft.
///
/// # Errors
/// What the database says.
pub fn drop(tx: &mut Tx<'_>, person: &str, address: &str) -> Result<(), StoreError> {
    diesel::delete(drafts::table.find((person, address))).execute(&mut **tx)?;
    Ok(())
}

/// Clears drafts that were kept last before an instant.
///
/// # Errors
/// What the database says.
pub fn clear(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::delete(drafts::table.filter(drafts::saved_at.lt(before))).execute(&mut **tx)?)
}
