//! Brings a database to the schema this program knows, and refuses one that is newer.
//!
//! **Invariant:** both trees hold the same migrations in the same order.

use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::db::{Db, Store};
use super::error::StoreError;
use super::insert_only;

/// Migrations of SQLite.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// Migrations of PostgreSQL.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Name of the setting that marks a test database.
pub const TEST_DATABASE: &str = "test_database";

/// Oldest SQLite that may serve: older ones may corrupt a WAL written by two connections.
const SQLITE_FLOOR: [u32; 3] = [3, 51, 3];
/// A SQLite release that was withdrawn.
const SQLITE_WITHDRAWN: [u32; 3] = [3, 52, 0];

#[derive(QueryableByName)]
struct OneText {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Runs the migrations that are missing, and lets facts only grow from then on. Gives how many ran.
///
/// # Errors
/// `NewerSchema`, `Migration`, `Unreachable`.
pub fn migrate(store: &Store) -> Result<usize, StoreError> {
    let ran = migrate_scratch(store)?;
    insert_only::lay(&mut *store.writer()?).map_err(|e| StoreError::Migration { reason: e.to_string() })?;
    Ok(ran)
}

/// Runs the migrations that are missing in a copy that is cut to size afterwards: its facts may go.
///
/// # Errors
/// `NewerSchema`, `Migration`, `Unreachable`.
pub(super) fn migrate_scratch(store: &Store) -> Result<usize, StoreError> {
    refuse_newer(store)?;
    let mut connection = store.writer()?;
    let pending = match &mut *connection {
        Db::Pg(c) => c.has_pending_migration(POSTGRES),
        Db::Sqlite(c) => c.has_pending_migration(SQLITE),
    };
    if !pending.map_err(|e| StoreError::Migration { reason: e.to_string() })? {
        return Ok(0);
    }
    insert_only::lift(&mut connection).map_err(|e| StoreError::Migration { reason: e.to_string() })?;
    let ran = match &mut *connection {
        Db::Pg(c) => c.run_pending_migrations(POSTGRES).map(|ran| ran.len()),
        Db::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|ran| ran.len()),
    };
    ran.map_err(|e| StoreError::Migration { reason: e.to_string() })
}

/// Takes every migration back, newest first.
///
/// # Errors
/// `Migration`, `Unreachable`.
pub fn revert_all(store: &Store) -> Result<usize, StoreError> {
    let mut connection = store.writer()?;
    insert_only::lift(&mut connection).map_err(|e| StoreError::Migration { reason: e.to_string() })?;
    let reverted = match &mut *connection {
        Db::Pg(c) => c.revert_all_migrations(POSTGRES).map(|all| all.len()),
        Db::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|all| all.len()),
    };
    reverted.map_err(|e| StoreError::Migration { reason: e.to_string() })
}

/// Names of the migrations of one tree, in order.
///
/// # Errors
/// `Migration` when the embedded tree cannot be read.
pub fn names(postgres: bool) -> Result<Vec<String>, StoreError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration { reason: e.to_string() };
    let names = if postgres {
        let all: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations().map_err(failed)?;
        all.iter().map(|m| m.name().to_string()).collect()
    } else {
        let all: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().map_err(failed)?;
        all.iter().map(|m| m.name().to_string()).collect()
    };
    Ok(names)
}

/// Refuses a database that a newer program has written.
///
/// # Errors
/// `NewerSchema`.
pub fn refuse_newer(store: &Store) -> Result<(), StoreError> {
    let Some(found) = applied(store)?.last().cloned() else {
        return Ok(());
    };
    let known: Vec<String> = names(matches!(store.location(), super::db::Location::Postgres(_)))?
        .iter()
        .map(|name| version_of(name))
        .collect();
    if known.contains(&found) {
        return Ok(());
    }
    Err(StoreError::NewerSchema { found, known: known.last().cloned().unwrap_or_default() })
}

/// Refuses a database that misses a migration, or runs with settings that may lose acknowledged writes.
///
/// # Errors
/// `OlderSchema`, `NewerSchema`, `UnsafeDurability`.
pub fn require_ready(store: &Store) -> Result<(), StoreError> {
    refuse_newer(store)?;
    let postgres = matches!(store.location(), super::db::Location::Postgres(_));
    if applied(store)?.len() < names(postgres)?.len() {
        return Err(StoreError::OlderSchema);
    }
    require_durable(store)
}

/// Versions applied to the database, in order.
///
/// # Errors
/// `Migration`, `Unreachable`.
pub fn applied(store: &Store) -> Result<Vec<String>, StoreError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration { reason: e.to_string() };
    let mut connection = store.writer()?;
    let versions: Vec<MigrationVersion<'static>> = match &mut *connection {
        Db::Pg(c) => c.applied_migrations().map_err(failed)?,
        Db::Sqlite(c) => c.applied_migrations().map_err(failed)?,
    };
    let mut versions: Vec<String> = versions.into_iter().map(|v| v.to_string()).collect();
    versions.sort();
    Ok(versions)
}

fn version_of(name: &str) -> String {
    name.split('_').next().unwrap_or(name).replace('-', "")
}

fn require_durable(store: &Store) -> Result<(), StoreError> {
    let mut connection = store.writer()?;
    let checks: &[(&str, &str, &[&str])] = match &*connection {
        Db::Sqlite(_) => &[
            ("journal_mode", "SELECT journal_mode AS value FROM pragma_journal_mode", &["wal"]),
            ("synchronous", "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous", &["2", "3"]),
            ("foreign_keys", "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys", &["1"]),
        ],
        Db::Pg(_) => &[
            ("fsync", "SELECT current_setting('fsync') AS value", &["on"]),
            ("full_page_writes", "SELECT current_setting('full_page_writes') AS value", &["on"]),
            ("server_encoding", "SELECT current_setting('server_encoding') AS value", &["UTF8"]),
        ],
    };
    let test_database = super::find::settings::get(&mut connection, TEST_DATABASE)?.is_some();
    for (setting, sql, allowed) in checks {
        let found = diesel::sql_query(*sql).get_result::<OneText>(&mut *connection)?.value;
        if !allowed.contains(&found.as_str()) && !test_database {
            return Err(StoreError::UnsafeDurability { setting: (*setting).to_owned(), found });
        }
    }
    if matches!(&*connection, Db::Sqlite(_)) {
        let found =
            diesel::sql_query("SELECT sqlite_version() AS value").get_result::<OneText>(&mut *connection)?.value;
        let version: Vec<u32> = found.split('.').filter_map(|part| part.parse().ok()).collect();
        if version.as_slice() < SQLITE_FLOOR.as_slice() || version == SQLITE_WITHDRAWN {
            return Err(StoreError::UnsafeDurability { setting: "sqlite_version".to_owned(), found });
        }
    }
    Ok(())
}
