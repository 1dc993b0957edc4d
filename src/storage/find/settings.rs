//! Settings kept in the database: the simulated clock, the mark of a test database.
//!
//! **Invariant:** a setting is one row; writing it needs the system scope.

use diesel::prelude::*;

use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::events::SettingRow;
use crate::storage::schema::settings;
use crate::storage::{StoreError as Error, Tx};

/// The value of a setting.
///
/// # Errors
/// What the database says.
pub fn get(db: &mut Db, name: &str) -> Result<Option<String>, StoreError> {
    Ok(settings::table.find(name).select(settings::value).first(db).optional()?)
}

/// Sets a setting.
///
/// # Errors
/// What the database says.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), Error> {
    let row = SettingRow { name: name.to_owned(), value: value.to_owned() };
    each!(&mut **tx, c => diesel::insert_into(settings::table).values(&row)
        .on_conflict(settings::name).do_update().set(settings::value.eq(value)).execute(c))?;
    Ok(())
}
