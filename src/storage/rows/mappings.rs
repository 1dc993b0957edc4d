//! Rows of the area `mappings`. Layouts of bank files as people confirmed them. Each grows by version.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// One version of a mapping, or that it is no longer used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::import_mappings, treat_none_as_default_value = false)]
pub struct ImportMappingRow {
    /// Fund.
    pub fund_id: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: i64,
    /// Bank whose files it reads; nothing for files of all banks.
    pub bank: Option<String>,
    /// Kind of file.
    pub kind: String,
    /// Text of the mapping file.
    pub body: String,
    /// SHA-256 of the text.
    pub body_hash: String,
    /// Whether it is no longer used.
    pub retired: bool,
    /// Business date.
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(ImportMappingRow, import_mappings, |row| format!("{}:{}:{}", row.fund_id, row.name, row.version));
