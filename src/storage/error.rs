//! What can go wrong between the product and its database.
//!
//! **Invariant:** every variant has a stable code and the database's own words, never a secret of the URL.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

/// A failure of storage.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A statement failed.
    #[error("database: {0}")]
    Query(#[from] DieselError),
    /// No connection could be had.
    #[error("database not reachable: {reason}")]
    Unreachable {
        /// What the database library said.
        reason: String,
    },
    /// The URL is neither a path, `sqlite:`, `postgres://` nor `postgresql://`.
    #[error("database URL of an unknown kind")]
    UrlRefused,
    /// The database was made by a newer program.
    #[error("schema {found} is newer than this program knows ({known})")]
    NewerSchema {
        /// Newest migration in the database.
        found: String,
        /// Newest migration this program knows.
        known: String,
    },
    /// The database has not been migrated to what this program needs.
    #[error("schema is older than this program needs: run migrate")]
    OlderSchema,
    /// A migration failed.
    #[error("migration: {reason}")]
    Migration {
        /// What failed.
        reason: String,
    },
    /// The database runs with settings that may lose acknowledged writes.
    #[error("unsafe durability: {setting} is {found}")]
    UnsafeDurability {
        /// Name of the setting.
        setting: String,
        /// Its value.
        found: String,
    },
    /// An event was written into a chain whose scope the transaction did not lock.
    #[error("chain {chain} is not locked by this transaction")]
    ScopeNotLocked {
        /// Name of the chain.
        chain: String,
    },
    /// Another worker has taken over the job occurrence or the upload.
    #[error("lease lost")]
    LeaseLost,
    /// A stored row breaks a rule that every row keeps.
    #[error("stored row {table} {key} is not valid: {what}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Key of the row.
        key: String,
        /// What is wrong.
        what: String,
    },
}

impl StoreError {
    /// Stable code, as printed and as in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            StoreError::Query(_) => "STORE_QUERY",
            StoreError::Unreachable { .. } => "STORE_UNREACHABLE",
            StoreError::UrlRefused => "STORE_URL_REFUSED",
            StoreError::NewerSchema { .. } => "STORE_NEWER_SCHEMA",
            StoreError::OlderSchema => "STORE_OLDER_SCHEMA",
            StoreError::Migration { .. } => "STORE_MIGRATION",
            StoreError::UnsafeDurability { .. } => "STORE_UNSAFE_DURABILITY",
            StoreError::ScopeNotLocked { .. } => "STORE_SCOPE_NOT_LOCKED",
            StoreError::LeaseLost => "STORE_LEASE_LOST",
            StoreError::Corrupt { .. } => "STORE_CORRUPT",
        }
    }

    /// Whether the same transaction may succeed when run again: a serialization failure or a deadlock.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            StoreError::Query(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            StoreError::Query(DieselError::DatabaseError(_, info)) => info.message().contains("deadlock detected"),
            _ => false,
        }
    }
}

/// An error that may carry a storage failure, so that the write door can tell what to run again.
pub trait CarriesStoreError: From<StoreError> {
    /// The storage failure inside, if that is what it is.
    fn store_error(&self) -> Option<&StoreError>;
}

impl CarriesStoreError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}
