//! What rests on the facts of one import: read before it is taken back.
//!
//! **Invariant:** only standing facts count; what was taken back itself holds nothing up.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::claims::WITHDRAWN;
use super::undos::standing;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::claims::ClaimStatusRow;
use crate::storage::rows::money::FundMovementRow;
use crate::storage::schema::{
    claim_status, claims, fund_rows, loan_registrations, reports, servicing_reports, servicing_rows,
};

/// Contracts of an import's loans that stand in a month-end report.
///
/// # Errors
/// What the database says.
pub fn reported_contracts(db: &mut Db, import_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(loan_registrations::table
        .inner_join(servicing_rows::table.on(servicing_rows::loan_id.eq(loan_registrations::loan_id)))
        .inner_join(servicing_reports::table.on(servicing_reports::report_id.eq(servicing_rows::report_id)))
        .filter(loan_registrations::import_id.eq(import_id))
        .filter(standing!(servicing_reports::import_id))
        .select(loan_registrations::contract)
        .distinct()
        .order(loan_registrations::contract)
        .load(db)?)
}

/// Contracts of an import's loans with a standing claim.
///
/// # Errors
/// What the database says.
pub fn claimed_contracts(db: &mut Db, import_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(loan_registrations::table
        .inner_join(claims::table.on(claims::loan_id.eq(loan_registrations::loan_id)))
        .filter(loan_registrations::import_id.eq(import_id))
        .filter(standing!(claims::import_id))
        .select(loan_registrations::contract)
        .distinct()
        .order(loan_registrations::contract)
        .load(db)?)
}

/// Contracts of an import's loans for which money moved.
///
/// # Errors
/// What the database says.
pub fn paid_contracts(db: &mut Db, import_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(loan_registrations::table
        .inner_join(fund_rows::table.on(fund_rows::loan_id.eq(loan_registrations::loan_id.nullable())))
        .filter(loan_registrations::import_id.eq(import_id))
        .filter(standing!(fund_rows::import_id))
        .select(loan_registrations::contract)
        .distinct()
        .order(loan_registrations::contract)
        .load(db)?)
}

/// Claims of an import on which somebody has acted since: contract as the loan's identifier, state.
///
/// # Errors
/// What the database says.
pub fn decided_claims(db: &mut Db, import_id: &str) -> Result<Vec<ClaimStatusRow>, StoreError> {
    Ok(claim_status::table
        .inner_join(claims::table.on(claims::claim_id.eq(claim_status::claim_id)))
        .filter(claims::import_id.eq(import_id))
        .filter(claim_status::act_version.gt(0).or(claim_status::state.ne_all(["submitted", WITHDRAWN])))
        .order(claim_status::arrival)
        .select(ClaimStatusRow::as_select())
        .load(db)?)
}

/// Movements of money for the loans of an import's claims.
///
/// # Errors
/// What the database says.
pub fn movements_on_claimed(db: &mut Db, import_id: &str) -> Result<Vec<(String, FundMovementRow)>, StoreError> {
    Ok(claims::table
        .inner_join(fund_rows::table.on(fund_rows::loan_id.eq(claims::loan_id.nullable())))
        .filter(claims::import_id.eq(import_id))
        .filter(standing!(fund_rows::import_id))
        .order(fund_rows::row_id)
        .select((claims::event_id, FundMovementRow::as_select()))
        .load(db)?)
}

/// Summaries issued at or after an instant: name, period, version.
///
/// # Errors
/// What the database says.
pub fn issued_since(
    db: &mut Db,
    fund_id: &str,
    since: NaiveDateTime,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(reports::table
        .filter(reports::fund_id.eq(fund_id))
        .filter(reports::recorded_at.ge(since))
        .order((reports::period, reports::name, reports::version))
        .select((reports::name, reports::period, reports::version))
        .load(db)?)
}
