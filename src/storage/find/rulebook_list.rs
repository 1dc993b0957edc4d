//! What the list of rulebooks shows of each beyond its text.
//!
//! **Invariant:** loans are counted bank by bank.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::schema::{coverages, loans, rulebooks};

/// How many loans of each of these banks keep each version: bank, identity, version, loans.
///
/// # Errors
/// What the database says.
pub fn kept(db: &mut Db, fund_id: &str, banks: &[&str]) -> Result<Vec<(String, String, String, i64)>, StoreError> {
    Ok(coverages::table
        .inner_join(loans::table.on(loans::loan_id.eq(coverages::loan_id)))
        .filter(loans::coverage_version.eq(coverages::version))
        .filter(loans::fund_id.eq(fund_id))
        .filter(loans::bank.eq_any(banks))
        .group_by((loans::bank, coverages::rulebook_id, coverages::rulebook_version))
        .select((loans::bank, coverages::rulebook_id, coverages::rulebook_version, count_star()))
        .load(db)?)
}

/// When each version was stored.
///
/// # Errors
/// What the database says.
pub fn stored(db: &mut Db, fund_id: &str) -> Result<Vec<(String, String, NaiveDateTime)>, StoreError> {
    Ok(rulebooks::table
        .filter(rulebooks::fund_id.eq(fund_id))
        .select((rulebooks::rulebook_id, rulebooks::version, rulebooks::recorded_at))
        .load(db)?)
}
