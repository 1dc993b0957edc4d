//! Files taken in and what was wrong with their rows.
//!
//! **Invariant:** a file is known by the hash of its bytes and the span of rows that had arrived.

use chrono::NaiveDate;
use diesel::dsl::{self, count_star, max};
use diesel::prelude::*;

use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::parties::{ImportFindingRow, ImportRow};
use crate::storage::schema::{import_findings, imports};

/// The import of this very file, if it has been taken in.
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
        .into_boxed();
    let same = match until {
        Some(day) => same.filter(imports::until.eq(day)),
        None => same.filter(imports::until.is_null()),
    };
    Ok(same.select(ImportRow::as_select()).first(db).optional()?)
}

/// One import.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, import_id: &str) -> Result<Option<ImportRow>, StoreError> {
    Ok(imports::table.find(import_id).select(ImportRow::as_select()).first(db).optional()?)
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
pub fn count_findings(db: &mut Db, fund_id: &str, import_id: &str) -> Result<i64, StoreError> {
    let mut found =
        import_findings::table.filter(import_findings::fund_id.eq(fund_id.to_owned())).into_boxed::<MultiBackend>();
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
    fund_id: &str,
    import_id: &str,
    span: (i64, i64),
) -> Result<Vec<(ImportFindingRow, String, Option<String>)>, StoreError> {
    let (offset, limit) = span;
    let mut found = import_findings::table
        .inner_join(imports::table.on(imports::import_id.eq(import_findings::import_id)))
        .filter(import_findings::fund_id.eq(fund_id.to_owned()))
        .into_boxed::<MultiBackend>();
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
