//! Files taken in and what was wrong with their rows.
//!
//! **Invariant:** a file is known by the hash of its bytes and the span of rows that had arrived, unless it was
//! taken back.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{self, count_star, max};
use diesel::prelude::*;

use super::Reach;
use super::undos::{APPROVED, standing};
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::parties::{ImportFindingRow, ImportRow};
use crate::storage::schema::servicing_reports;
use crate::storage::schema::{claims, fund_rows, import_findings, import_undos, imports, loan_registrations, partners};

/// The import of this very file, if it has been taken in and stands.
///
/// A file with refused rows is read again once another of its kind was taken back: rows that contradicted what
/// is gone now may be good. Kinds whose later file replaces an earlier one stay known, so that an old file
/// never replaces a newer one.
///
/// # Errors
/// What the database says.
pub fn known(
    db: &mut Db,
    fund_id: &str,
    kind: &str,
    content_hash: &str,
    until: Option<NaiveDate>,
) -> Result<Option<ImportRow>, StoreError> {
    let same = imports::table
        .filter(imports::fund_id.eq(fund_id))
        .filter(imports::kind.eq(kind))
        .filter(imports::content_hash.eq(content_hash))
        .filter(standing!(imports::import_id))
        .into_boxed();
    let same = match until {
        Some(day) => same.filter(imports::until.eq(day)),
        None => same.filter(imports::until.is_null()),
    };
    let found: Option<ImportRow> = same
        .order((imports::recorded_at.desc(), imports::import_id.desc()))
        .select(ImportRow::as_select())
        .first(db)
        .optional()?;
    let Some(import) = found else { return Ok(None) };
    let repeatable = matches!(kind, "registrations" | "claims" | "fund");
    if repeatable && undone_since(db, fund_id, kind, import.recorded_at)? && has_refusals(db, &import.import_id)? {
        return Ok(None);
    }
    Ok(Some(import))
}

fn has_refusals(db: &mut Db, import_id: &str) -> Result<bool, StoreError> {
    let refused: i64 = import_findings::table
        .filter(import_findings::import_id.eq(import_id))
        .filter(import_findings::severity.eq("rejected"))
        .select(count_star())
        .first(db)?;
    Ok(refused > 0)
}

/// Whether an import stands: it is on record and was not taken back.
///
/// # Errors
/// What the database says.
pub fn stands(db: &mut Db, import_id: &str) -> Result<bool, StoreError> {
    let found: i64 =
        imports::table.find(import_id).filter(standing!(imports::import_id)).select(count_star()).first(db)?;
    Ok(found > 0)
}

/// One import.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, import_id: &str) -> Result<Option<ImportRow>, StoreError> {
    Ok(imports::table.find(import_id).select(ImportRow::as_select()).first(db).optional()?)
}

/// These imports, by id; nothing is asked where none is named.
///
/// # Errors
/// What the database says.
pub fn some(db: &mut Db, ids: &[&str]) -> Result<BTreeMap<String, ImportRow>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = imports::table.filter(imports::import_id.eq_any(ids.to_vec())).select(ImportRow::as_select());
    Ok(found.load(db)?.into_iter().map(|row: ImportRow| (row.import_id.clone(), row)).collect())
}

/// Every import of a fund, newest last.
///
/// # Errors
/// What the database says.
pub fn all(db: &mut Db, fund_id: &str) -> Result<Vec<ImportRow>, StoreError> {
    Ok(imports::table
        .filter(imports::fund_id.eq(fund_id))
        .order((imports::recorded_at, imports::import_id))
        .select(ImportRow::as_select())
        .load(db)?)
}

/// Findings of one import, by row.
///
/// # Errors
/// What the database says.
pub fn findings(db: &mut Db, import_id: &str) -> Result<Vec<ImportFindingRow>, StoreError> {
    Ok(import_findings::table
        .filter(import_findings::import_id.eq(import_id))
        .order((import_findings::row_no, import_findings::ordinal))
        .select(ImportFindingRow::as_select())
        .load(db)?)
}

/// A refused row of some file.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RefusedIn {
    /// Import.
    pub import_id: String,
    /// Headers of its file by field, JSON.
    pub column_names: String,
    /// Row.
    pub row_no: i64,
    /// Code.
    pub code: String,
    /// Column.
    pub column: String,
    /// Contract.
    pub contract: Option<String>,
}

/// Every refused row of the files of a kind, as they were found, in that order.
///
/// # Errors
/// What the database says.
pub fn refused_of_kind(db: &mut Db, reach: &Reach, kind: &str) -> Result<Vec<RefusedIn>, StoreError> {
    let mut found = import_findings::table
        .inner_join(imports::table.on(imports::import_id.eq(import_findings::import_id)))
        .filter(imports::fund_id.eq(reach.fund_id().to_owned()))
        .filter(imports::kind.eq(kind.to_owned()))
        .filter(import_findings::severity.eq("rejected"))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(imports::bank.eq(bank.to_owned()));
    }
    Ok(found
        .order((import_findings::import_id, import_findings::ordinal))
        .select((
            imports::import_id,
            imports::column_names,
            import_findings::row_no,
            import_findings::code,
            import_findings::column_name,
            import_findings::contract,
        ))
        .load(db)?)
}

/// Number of the last finding of an import, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_ordinal(db: &mut Db, import_id: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = import_findings::table
        .filter(import_findings::import_id.eq(import_id))
        .select(max(import_findings::ordinal))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// Number of imports of a kind, which names the next one.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db, fund_id: &str, kind: &str) -> Result<i64, StoreError> {
    Ok(imports::table
        .filter(imports::fund_id.eq(fund_id))
        .filter(imports::kind.eq(kind))
        .select(count_star())
        .first(db)?)
}

/// One import, looked for first among those that are not written yet.
///
/// # Errors
/// What the database says.
pub fn one_or<'a>(
    db: &mut Db,
    import_id: &str,
    mut fresh: impl Iterator<Item = &'a ImportRow>,
) -> Result<Option<ImportRow>, StoreError> {
    match fresh.find(|row| row.import_id == import_id) {
        Some(row) => Ok(Some(row.clone())),
        None => one(db, import_id),
    }
}

/// Rows with findings, by import and severity: import, severity, rows.
///
/// # Errors
/// What the database says.
pub fn rows_with_findings(db: &mut Db, fund_id: &str) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(import_findings::table
        .filter(import_findings::fund_id.eq(fund_id))
        .group_by((import_findings::import_id, import_findings::severity))
        .select((
            import_findings::import_id,
            import_findings::severity,
            dsl::count(import_findings::row_no).aggregate_distinct(),
        ))
        .load(db)?)
}

/// Findings of one import, or of all where `import_id` is empty: how many there are.
///
/// # Errors
/// What the database says.
pub fn count_findings(db: &mut Db, reach: &Reach, import_id: &str) -> Result<i64, StoreError> {
    let mut found = import_findings::table
        .inner_join(imports::table.on(imports::import_id.eq(import_findings::import_id)))
        .filter(import_findings::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(imports::bank.eq(bank.to_owned()));
    }
    if !import_id.is_empty() {
        found = found.filter(import_findings::import_id.eq(import_id.to_owned()));
    }
    Ok(found.select(count_star()).first(db)?)
}

/// A stretch of the findings of one import, or of all where `import_id` is empty, with name and sheet of the
/// file; newest file first, then by row.
///
/// # Errors
/// What the database says.
pub fn findings_page(
    db: &mut Db,
    reach: &Reach,
    import_id: &str,
    span: (i64, i64),
) -> Result<Vec<(ImportFindingRow, String, Option<String>)>, StoreError> {
    let (offset, limit) = span;
    let mut found = import_findings::table
        .inner_join(imports::table.on(imports::import_id.eq(import_findings::import_id)))
        .filter(import_findings::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(imports::bank.eq(bank.to_owned()));
    }
    if !import_id.is_empty() {
        found = found.filter(import_findings::import_id.eq(import_id.to_owned()));
    }
    Ok(found
        .order((imports::recorded_at.desc(), imports::import_id, import_findings::row_no, import_findings::ordinal))
        .offset(offset)
        .limit(limit)
        .select((ImportFindingRow::as_select(), imports::file_name, imports::sheet))
        .load(db)?)
}

/// Whether an import of a kind was taken back at or after an instant.
///
/// # Errors
/// What the database says.
pub fn undone_since(db: &mut Db, fund_id: &str, kind: &str, since: NaiveDateTime) -> Result<bool, StoreError> {
    let found: i64 = import_undos::table
        .inner_join(imports::table.on(imports::import_id.eq(import_undos::import_id)))
        .filter(import_undos::fund_id.eq(fund_id))
        .filter(import_undos::state.eq(APPROVED))
        .filter(import_undos::recorded_at.ge(since))
        .filter(imports::kind.eq(kind))
        .select(count_star())
        .first(db)?;
    Ok(found > 0)
}

/// Imports of a kind that stand, oldest first.
///
/// # Errors
/// What the database says.
pub fn standing_of_kind(db: &mut Db, fund_id: &str, kind: &str) -> Result<Vec<ImportRow>, StoreError> {
    Ok(imports::table
        .filter(imports::fund_id.eq(fund_id))
        .filter(imports::kind.eq(kind))
        .filter(standing!(imports::import_id))
        .order((imports::recorded_at, imports::import_id))
        .select(ImportRow::as_select())
        .load(db)?)
}

/// Number of facts that came with an import, rows of its kind only.
///
/// # Errors
/// What the database says.
pub fn count_added(db: &mut Db, import: &ImportRow) -> Result<i64, StoreError> {
    let id = import.import_id.clone();
    Ok(match import.kind.as_str() {
        "registrations" => {
            loan_registrations::table.filter(loan_registrations::import_id.eq(id)).select(count_star()).first(db)?
        }
        "servicing" => {
            servicing_reports::table.filter(servicing_reports::import_id.eq(id)).select(count_star()).first(db)?
        }
        "claims" => claims::table.filter(claims::import_id.eq(id)).select(count_star()).first(db)?,
        "fund" => fund_rows::table.filter(fund_rows::import_id.eq(id)).select(count_star()).first(db)?,
        _ => partners::table.filter(partners::import_id.eq(id)).select(count_star()).first(db)?,
    })
}
