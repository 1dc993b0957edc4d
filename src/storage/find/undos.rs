//! Requests to take imports back, and which facts still stand.
//!
//! **Invariant:** a fact stands unless an approved undo names the import it came with; finders that tell the
//! books ask for standing facts, and only numbering and proof look at the others.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::undos::ImportUndoRow;
use crate::storage::schema::{commitments, coverages, import_undos, loan_registrations};

/// State of a request whose import is taken back.
pub const APPROVED: &str = "approved";

/// The condition that the import in this column has not been taken back.
macro_rules! standing {
    ($import_id:expr) => {
        diesel::ExpressionMethods::ne_all(
            $import_id,
            diesel::QueryDsl::select(
                diesel::QueryDsl::filter(
                    $crate::storage::schema::import_undos::table,
                    diesel::ExpressionMethods::eq(
                        $crate::storage::schema::import_undos::state,
                        $crate::storage::find::undos::APPROVED,
                    ),
                ),
                $crate::storage::schema::import_undos::import_id,
            ),
        )
    };
}
pub(crate) use standing;

/// Every step of every request of a fund, in the order in which requests and answers came.
///
/// # Errors
/// What the database says.
pub fn all(db: &mut Db, fund_id: &str) -> Result<Vec<ImportUndoRow>, StoreError> {
    Ok(import_undos::table
        .filter(import_undos::fund_id.eq(fund_id))
        .order((import_undos::recorded_at, import_undos::undo_id, import_undos::version))
        .select(ImportUndoRow::as_select())
        .load(db)?)
}

/// The steps of one request.
///
/// # Errors
/// What the database says.
pub fn steps(db: &mut Db, fund_id: &str, undo_id: &str) -> Result<Vec<ImportUndoRow>, StoreError> {
    Ok(import_undos::table
        .filter(import_undos::fund_id.eq(fund_id))
        .filter(import_undos::undo_id.eq(undo_id))
        .order(import_undos::version)
        .select(ImportUndoRow::as_select())
        .load(db)?)
}

/// Steps of all requests for one import.
///
/// # Errors
/// What the database says.
pub fn of_import(db: &mut Db, import_id: &str) -> Result<Vec<ImportUndoRow>, StoreError> {
    Ok(import_undos::table
        .filter(import_undos::import_id.eq(import_id))
        .order((import_undos::recorded_at, import_undos::undo_id, import_undos::version))
        .select(ImportUndoRow::as_select())
        .load(db)?)
}

/// Number of requests for an import, which names the next one.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db, import_id: &str) -> Result<i64, StoreError> {
    Ok(import_undos::table
        .filter(import_undos::import_id.eq(import_id))
        .filter(import_undos::version.eq(1))
        .select(count_star())
        .first(db)?)
}

/// Imports that have been taken back.
///
/// # Errors
/// What the database says.
pub fn undone(db: &mut Db, fund_id: &str) -> Result<BTreeSet<String>, StoreError> {
    let ids: Vec<String> = import_undos::table
        .filter(import_undos::fund_id.eq(fund_id))
        .filter(import_undos::state.eq(APPROVED))
        .select(import_undos::import_id)
        .load(db)?;
    Ok(ids.into_iter().collect())
}

/// Numbers of versions that a loan has used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Last registration.
    pub registration: i64,
    /// Last coverage.
    pub coverage: i64,
    /// Last reserve.
    pub reserve: i64,
}

/// Loans whose registration was taken back, with the versions they have used: a new registration counts on.
///
/// # Errors
/// What the database says.
pub fn used_versions(db: &mut Db, fund_id: &str) -> Result<BTreeMap<String, Used>, StoreError> {
    /// Loans with a registration that was taken back.
    macro_rules! loans {
        () => {
            loan_registrations::table
                .filter(loan_registrations::fund_id.eq(fund_id))
                .filter(loan_registrations::import_id.eq_any(
                    import_undos::table.filter(import_undos::state.eq(APPROVED)).select(import_undos::import_id),
                ))
                .select(loan_registrations::loan_id)
        };
    }
    let registrations: Vec<(String, Option<i64>)> = loan_registrations::table
        .group_by(loan_registrations::loan_id)
        .filter(loan_registrations::fund_id.eq(fund_id))
        .filter(
            loan_registrations::import_id
                .eq_any(import_undos::table.filter(import_undos::state.eq(APPROVED)).select(import_undos::import_id)),
        )
        .select((loan_registrations::loan_id, max(loan_registrations::version)))
        .load(db)?;
    let mut used: BTreeMap<String, Used> = BTreeMap::new();
    for (loan_id, version) in registrations {
        used.entry(loan_id).or_default().registration = version.unwrap_or(0);
    }
    if used.is_empty() {
        return Ok(used);
    }
    let covers: Vec<(String, Option<i64>)> = coverages::table
        .group_by(coverages::loan_id)
        .filter(coverages::loan_id.eq_any(loans!()))
        .select((coverages::loan_id, max(coverages::version)))
        .load(db)?;
    for (loan_id, version) in covers {
        used.entry(loan_id).or_default().coverage = version.unwrap_or(0);
    }
    let reserves: Vec<(String, Option<i64>)> = commitments::table
        .group_by(commitments::subject)
        .filter(commitments::kind.eq("reserved"))
        .filter(commitments::subject.eq_any(loans!()))
        .select((commitments::subject, max(commitments::version)))
        .load(db)?;
    for (loan_id, version) in reserves {
        used.entry(loan_id).or_default().reserve = version.unwrap_or(0);
    }
    Ok(used)
}
