//! Funds, rulebooks and partners.
//!
//! **Invariant:** the newest version of each is in force.

use diesel::prelude::*;

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

/// Every stored rulebook of a fund.
///
/// # Errors
/// What the database says.
pub fn rulebooks(db: &mut Db, fund_id: &str) -> Result<Vec<RulebookRow>, StoreError> {
    Ok(rulebooks::table
        .filter(rulebooks::fund_id.eq(fund_id))
        .order((rulebooks::rulebook_id, rulebooks::version))
        .select(RulebookRow::as_select())
        .load(db)?)
}

/// Partners as they stand, by kind and code.
///
/// # Errors
/// What the database says.
pub fn partners(db: &mut Db, fund_id: &str) -> Result<Vec<PartnerRow>, StoreError> {
    let mut rows: Vec<PartnerRow> = partners::table
        .filter(partners::fund_id.eq(fund_id))
        .order((partners::code, partners::version.desc()))
        .select(PartnerRow::as_select())
        .load(db)?;
    rows.dedup_by(|later, earlier| later.code == earlier.code);
    Ok(rows)
}
