//! What was done to keep the house: by name, by kind, by what it was done to.
//!
//! **Invariant:** a list comes newest first.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::upkeep::UpkeepStepRow;
use crate::storage::schema::upkeep_steps;

/// One step by its name.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, fund_id: &str, step_id: &str) -> Result<Option<UpkeepStepRow>, StoreError> {
    Ok(upkeep_steps::table.find((fund_id, step_id)).select(UpkeepStepRow::as_select()).first(db).optional()?)
}

/// Steps of a kind, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn latest(db: &mut Db, fund_id: &str, kind: &str, limit: i64) -> Result<Vec<UpkeepStepRow>, StoreError> {
    Ok(upkeep_steps::table
        .filter(upkeep_steps::fund_id.eq(fund_id))
        .filter(upkeep_steps::kind.eq(kind))
        .order((upkeep_steps::recorded_at.desc(), upkeep_steps::step_id.desc()))
        .limit(limit)
        .select(UpkeepStepRow::as_select())
        .load(db)?)
}

/// Steps on one thing, newest first.
///
/// # Errors
/// What the database says.
pub fn on(db: &mut Db, fund_id: &str, kind: &str, subject: &str) -> Result<Vec<UpkeepStepRow>, StoreError> {
    Ok(upkeep_steps::table
        .filter(upkeep_steps::fund_id.eq(fund_id))
        .filter(upkeep_steps::kind.eq(kind))
        .filter(upkeep_steps::subject.eq(subject))
        .order((upkeep_steps::recorded_at.desc(), upkeep_steps::step_id.desc()))
        .select(UpkeepStepRow::as_select())
        .load(db)?)
}

/// Number of steps of a kind since an instant.
///
/// # Errors
/// What the database says.
pub fn count_since(db: &mut Db, fund_id: &str, kind: &str, since: NaiveDateTime) -> Result<i64, StoreError> {
    Ok(upkeep_steps::table
        .filter(upkeep_steps::fund_id.eq(fund_id))
        .filter(upkeep_steps::kind.eq(kind))
        .filter(upkeep_steps::recorded_at.gt(since))
        .select(count_star())
        .first(db)?)
}
