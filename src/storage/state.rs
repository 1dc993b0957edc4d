//! How the database itself stands: its size, its soundness, a copy of it.
//!
//! **Invariant:** a copy is taken from one moment of the books while others go on writing; a copy that is looked into
//! is not changed by that.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::db::{Db, Location, Store};
use super::error::StoreError;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Bytes that the database takes.
///
/// # Errors
/// What the database says.
pub fn bytes(db: &mut Db) -> Result<i64, StoreError> {
    let found: Number = match db {
        Db::Sqlite(c) => {
            diesel::sql_query("SELECT page_count * page_size AS value FROM pragma_page_count(), pragma_page_size()")
                .get_result(c)?
        }
        Db::Pg(c) => diesel::sql_query("SELECT pg_database_size(current_database()) AS value").get_result(c)?,
    };
    Ok(found.value)
}

/// Name of the database without the way to it.
///
/// # Errors
/// What the database says.
pub fn name(store: &Store) -> Result<String, StoreError> {
    if let Location::Sqlite(path) = store.location() {
        return Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default());
    }
    match &mut *store.read()? {
        Db::Pg(c) => {
            let found: Word = diesel::sql_query("SELECT current_database()::text AS value").get_result(c)?;
            Ok(found.value)
        }
        Db::Sqlite(_) => Ok(String::new()),
    }
}

/// What SQLite finds wrong with the pages of a file; nothing for a sound one, or on PostgreSQL.
///
/// # Errors
/// What the database says.
pub fn unsound(db: &mut Db) -> Result<Vec<String>, StoreError> {
    let Db::Sqlite(c) = db else { return Ok(Vec::new()) };
    let told: Vec<Word> = diesel::sql_query("SELECT integrity_check AS value FROM pragma_integrity_check()").load(c)?;
    Ok(told.into_iter().map(|word| word.value).filter(|word| word != "ok").collect())
}

/// Writes a whole copy of a SQLite database into a file that is not there yet. Gives whether there was anything to
/// copy: PostgreSQL copies itself by means of its own.
///
/// # Errors
/// What the database says.
pub fn copy_to(store: &Store, file: &Path) -> Result<bool, StoreError> {
    let Location::Sqlite(path) = store.location() else { return Ok(false) };
    // A connection of its own: readers may not write, and the one writer must stay free for the books.
    let mut own = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| StoreError::Unreachable { reason: error.to_string() })?;
    own.batch_execute("PRAGMA busy_timeout=30000; PRAGMA trusted_schema=OFF")?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(file.to_string_lossy().into_owned()).execute(&mut own)?;
    Ok(true)
}
