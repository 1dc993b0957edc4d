//! What the list of rulebooks shows of each beyond its text.
//!
//! **Invariant:** loans are counted within reach.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Reach;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::schema::{coverages, loans, rulebooks};

/// How many loans within reach keep each version: identity, version, loans.
///
/// # Errors
/// What the database says.
pub fn kept(db: &mut Db, reach: &Reach) -> Result<Vec<(String, String, i64)>, StoreError> {
    let all = coverages::table
        .inner_join(loans::table.on(loans::loan_id.eq(coverages::loan_id)))
        .filter(loans::coverage_version.eq(coverages::version))
        .filter(loans::fund_id.eq(reach.fund_id().to_owned()))
        .group_by((coverages::rulebook_id, coverages::rulebook_version))
        .select((coverages::rulebook_id, coverages::rulebook_version, count_star()));
    Ok(match reach.bank() {
        None => all.load(db)?,
        Some(bank) => all.filter(loans::bank.eq(bank.to_owned())).load(db)?,
    })
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
