//! Proposals of rulebooks and their answers.
//!
//! **Invariant:** a proposal is open until it has a second step.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::rulebook_steps::RulebookStepRow;
use crate::storage::schema::rulebook_steps;

/// State of a proposal whose rulebook is stored.
pub const CONFIRMED: &str = "confirmed";

/// Every step of every proposal of a fund, in the order in which they came.
///
/// # Errors
/// What the database says.
pub fn all(db: &mut Db, fund_id: &str) -> Result<Vec<RulebookStepRow>, StoreError> {
    Ok(rulebook_steps::table
        .filter(rulebook_steps::fund_id.eq(fund_id))
        .order((rulebook_steps::recorded_at, rulebook_steps::proposal_id, rulebook_steps::version))
        .select(RulebookStepRow::as_select())
        .load(db)?)
}

/// The steps of one proposal.
///
/// # Errors
/// What the database says.
pub fn steps(db: &mut Db, fund_id: &str, proposal_id: &str) -> Result<Vec<RulebookStepRow>, StoreError> {
    Ok(rulebook_steps::table
        .filter(rulebook_steps::fund_id.eq(fund_id))
        .filter(rulebook_steps::proposal_id.eq(proposal_id))
        .order(rulebook_steps::version)
        .select(RulebookStepRow::as_select())
        .load(db)?)
}

/// Number of proposals of a fund, which names the next one.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db, fund_id: &str) -> Result<i64, StoreError> {
    Ok(rulebook_steps::table
        .filter(rulebook_steps::fund_id.eq(fund_id))
        .filter(rulebook_steps::version.eq(1))
        .select(count_star())
        .first(db)?)
}
