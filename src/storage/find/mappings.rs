//! Layouts of bank files that people confirmed.
//!
//! **Invariant:** the newest version of a name is the one that counts; where it is retired, none does.

use diesel::prelude::*;

use super::Reach;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::mappings::ImportMappingRow;
use crate::storage::schema::import_mappings;

/// The newest version of every name within reach, retired ones too, by name. One bank also reaches what is of all
/// banks.
///
/// # Errors
/// What the database says.
pub fn newest(db: &mut Db, reach: &Reach) -> Result<Vec<ImportMappingRow>, StoreError> {
    let mut found = import_mappings::table
        .filter(import_mappings::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(import_mappings::bank.is_null().or(import_mappings::bank.eq(bank.to_owned())));
    }
    let mut rows: Vec<ImportMappingRow> = found
        .order((import_mappings::name, import_mappings::version.desc()))
        .select(ImportMappingRow::as_select())
        .load(db)?;
    rows.dedup_by(|older, newer| older.name == newer.name);
    Ok(rows)
}

/// Every version of one name, the newest first. The name is asked for over all banks, because it is unique in a fund.
///
/// # Errors
/// What the database says.
pub fn versions(db: &mut Db, fund_id: &str, name: &str) -> Result<Vec<ImportMappingRow>, StoreError> {
    Ok(import_mappings::table
        .filter(import_mappings::fund_id.eq(fund_id))
        .filter(import_mappings::name.eq(name))
        .order(import_mappings::version.desc())
        .select(ImportMappingRow::as_select())
        .load(db)?)
}
