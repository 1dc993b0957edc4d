//! Rows of the area `undos`. Requests to take an import back, and what became of them.
//!
//! **Invariant:** version 1 is the request, version 2 its one answer; an import is taken back at most once.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// One step of a request: asked for, or answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::import_undos, treat_none_as_default_value = false)]
pub struct ImportUndoRow {
    /// Fund.
    pub fund_id: String,
    /// Undo id.
    pub undo_id: String,
    /// Version: 1 asked for, 2 answered.
    pub version: i64,
    /// Import id.
    pub import_id: String,
    /// State: `requested`, `approved`, `rejected`, `withdrawn`.
    pub state: String,
    /// Who took this step.
    pub person: String,
    /// Why.
    pub note: String,
    /// Business date.
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(ImportUndoRow, import_undos, |row| format!("{}:{}", row.undo_id, row.version));
