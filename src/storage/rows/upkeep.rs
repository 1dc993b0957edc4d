//! Rows of the area `upkeep`. What was done to keep the house: mail tried, reports sent again, copies of the database.
//!
//! **Invariant:** particulars hold no secret.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// One thing done to keep the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::upkeep_steps, treat_none_as_default_value = false)]
pub struct UpkeepStepRow {
    /// Fund.
    pub fund_id: String,
    /// Its name: that of the mail it made, of the copy, of the try.
    pub step_id: String,
    /// What was done.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// By whom.
    pub person: String,
    /// Particulars, as JSON.
    pub details: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(UpkeepStepRow, upkeep_steps, |row| row.step_id.clone());
