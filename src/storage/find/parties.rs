//! Funds, rulebooks and partners.
//!
//! **Invariant:** the newest version of each that stands is in force.

use diesel::dsl::max;
use diesel::prelude::*;

use super::undos::standing;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::parties::{FundRow, PartnerRow, RulebookRow};
use crate::storage::schema::{funds, partners, rulebooks};

/// The fund as it stands.
///
/// # Errors
/// What the database says.
pub fn fund(db: &mut Db, fund_id: &str) -> Result<Option<FundRow>, StoreError> {
    Ok(funds::table
        .filter(funds::fund_id.eq(fund_id))
        .order(funds::version.desc())
        .select(FundRow::as_select())
        .first(db)
        .optional()?)
}

/// Every stored rulebook of a fund, in the order in which they were stored.
///
/// # Errors
/// What the database says.
pub fn rulebooks(db: &mut Db, fund_id: &str) -> Result<Vec<RulebookRow>, StoreError> {
    Ok(rulebooks::table
        .filter(rulebooks::fund_id.eq(fund_id))
        .order((rulebooks::recorded_at, rulebooks::rulebook_id, rulebooks::version))
        .select(RulebookRow::as_select())
        .load(db)?)
}

/// The version with which a fund was opened.
///
/// # Errors
/// What the database says.
pub fn opened_fund(db: &mut Db, fund_id: &str) -> Result<Option<FundRow>, StoreError> {
    Ok(funds::table
        .filter(funds::fund_id.eq(fund_id))
        .order(funds::version.asc())
        .select(FundRow::as_select())
        .first(db)
        .optional()?)
}

/// Partners as they stand, by kind and code.
///
/// # Errors
/// What the database says.
pub fn partners(db: &mut Db, fund_id: &str) -> Result<Vec<PartnerRow>, StoreError> {
    let mut rows: Vec<PartnerRow> = partners::table
        .filter(partners::fund_id.eq(fund_id))
        .filter(partners::import_id.is_null().or(standing!(partners::import_id.assume_not_null())))
        .order((partners::code, partners::version.desc()))
        .select(PartnerRow::as_select())
        .load(db)?;
    rows.dedup_by(|later, earlier| later.code == earlier.code);
    Ok(rows)
}

/// Every version of every partner that stands, by code and version.
///
/// # Errors
/// What the database says.
pub fn partner_versions(db: &mut Db, fund_id: &str) -> Result<Vec<PartnerRow>, StoreError> {
    Ok(partners::table
        .filter(partners::fund_id.eq(fund_id))
        .filter(partners::import_id.is_null().or(standing!(partners::import_id.assume_not_null())))
        .order((partners::code, partners::version))
        .select(PartnerRow::as_select())
        .load(db)?)
}

/// Number of the last version of a partner, taken back or not, 0 if none: the next counts on.
///
/// # Errors
/// What the database says.
pub fn last_partner_number(db: &mut Db, fund_id: &str, code: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = partners::table
        .filter(partners::fund_id.eq(fund_id))
        .filter(partners::code.eq(code))
        .select(max(partners::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}
