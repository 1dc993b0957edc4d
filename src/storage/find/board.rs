//! Sums for the first page: months, levels, who has reported.
//!
//! **Invariant:** a sum is made by the database; no page reads the whole book.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::Reach;
use super::undos::standing;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::money::ReserveSnapshotRow;
use crate::storage::schema::{loan_months, loans, reserve_snapshots, servicing_reports};
use crate::storage::total::total;

/// Balance of one tier in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierSum {
    /// Month, `YYYY-MM`.
    pub month: String,
    /// Tier.
    pub tier: String,
    /// Balance, fen.
    pub balance: i64,
}

/// Balances of a month by tier within reach, rows in force only.
///
/// # Errors
/// What the database says.
pub fn tier_sums(db: &mut Db, reach: &Reach, month: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let mut found = loan_months::table
        .group_by(loan_months::tier)
        .select((loan_months::tier, total(loan_months::balance_fen)))
        .filter(loan_months::fund_id.eq(reach.fund_id().to_owned()))
        .filter(loan_months::month.eq(month.to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loan_months::bank.eq(bank.to_owned()));
    }
    Ok(found.load(db)?)
}

/// Months with reports within reach that stand: how many, and when the last one came.
///
/// # Errors
/// What the database says.
pub fn reports_of_months(db: &mut Db, reach: &Reach) -> Result<Vec<(String, i64, Option<NaiveDateTime>)>, StoreError> {
    let mut found = servicing_reports::table
        .group_by(servicing_reports::month)
        .select((servicing_reports::month, count_star(), max(servicing_reports::recorded_at)))
        .filter(servicing_reports::fund_id.eq(reach.fund_id().to_owned()))
        .filter(standing!(servicing_reports::import_id))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(servicing_reports::bank.eq(bank.to_owned()));
    }
    Ok(found.load(db)?)
}

/// Bank and borrower of every loan of these banks with a balance in a month.
///
/// # Errors
/// What the database says.
pub fn with_balance(
    db: &mut Db,
    fund_id: &str,
    banks: &[&str],
    month: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(loan_months::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_months::loan_id)))
        .filter(loan_months::fund_id.eq(fund_id))
        .filter(loan_months::bank.eq_any(banks))
        .filter(loan_months::month.eq(month))
        .filter(loan_months::balance_fen.gt(0))
        .select((loan_months::bank, loans::credit_code))
        .load(db)?)
}

/// Levels of these days, the last version of each, oldest first.
///
/// # Errors
/// What the database says.
pub fn levels(db: &mut Db, fund_id: &str, days: &[NaiveDate]) -> Result<Vec<ReserveSnapshotRow>, StoreError> {
    let mut rows: Vec<ReserveSnapshotRow> = reserve_snapshots::table
        .filter(reserve_snapshots::fund_id.eq(fund_id))
        .filter(reserve_snapshots::business_date.eq_any(days))
        .order((reserve_snapshots::business_date, reserve_snapshots::version.desc()))
        .select(ReserveSnapshotRow::as_select())
        .load(db)?;
    rows.dedup_by_key(|row| row.business_date);
    Ok(rows)
}

/// Levels of the newest days that have one, the last version of each, oldest first.
///
/// # Errors
/// What the database says.
pub fn newest_levels(db: &mut Db, fund_id: &str, days: i64) -> Result<Vec<ReserveSnapshotRow>, StoreError> {
    let newest: Vec<NaiveDate> = reserve_snapshots::table
        .filter(reserve_snapshots::fund_id.eq(fund_id))
        .select(reserve_snapshots::business_date)
        .distinct()
        .order(reserve_snapshots::business_date.desc())
        .limit(days)
        .load(db)?;
    levels(db, fund_id, &newest)
}

/// Bank and month of every report within reach that stands, each once.
///
/// # Errors
/// What the database says.
pub fn reported(db: &mut Db, reach: &Reach) -> Result<Vec<(String, String)>, StoreError> {
    let mut found = servicing_reports::table
        .filter(servicing_reports::fund_id.eq(reach.fund_id().to_owned()))
        .filter(standing!(servicing_reports::import_id))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(servicing_reports::bank.eq(bank.to_owned()));
    }
    Ok(found
        .select((servicing_reports::bank, servicing_reports::month))
        .distinct()
        .order((servicing_reports::bank, servicing_reports::month))
        .load(db)?)
}
