//! Rows of the area `jobs`. What is due, what ran, and who holds it now.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use crate::storage::schema;

/// A job and the instant after which its occurrences count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::jobs, treat_none_as_default_value = false)]
pub struct JobRow {
    /// Name.
    pub name: String,
    /// Due after.
    pub due_after: NaiveDateTime,
}

/// One occurrence of a job; unique, so that it happens once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::job_runs, treat_none_as_default_value = false)]
pub struct JobRunRow {
    /// Job.
    pub job: String,
    /// Due at.
    pub due_at: NaiveDateTime,
    /// Business date.
    pub business_date: NaiveDate,
    /// State.
    pub state: String,
    /// Owner.
    pub owner: Option<String>,
    /// Lease until.
    pub lease_until: Option<NaiveDateTime>,
    /// Fence.
    pub fence: i64,
    /// Attempts.
    pub attempts: i64,
    /// Started at.
    pub started_at: Option<NaiveDateTime>,
    /// Finished at.
    pub finished_at: Option<NaiveDateTime>,
    /// Counts.
    pub counts: String,
    /// Error.
    pub error: Option<String>,
}
