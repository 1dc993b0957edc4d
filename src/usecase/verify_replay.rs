//! Proof that the books can be made again: every fact copied, every projection rebuilt, every row compared.
//!
//! **Invariant:** the copy is made the way in which the books of an earlier moment are made, so that this proves
//! those as well.

use super::UseCaseError;
use super::rebuild::rebuild;
use super::verify::Check;
use super::verify_books::differing;
use crate::clock::Clock;
use crate::storage::Db;
use crate::storage::copy::{Cut, FactCopy};
use crate::storage::find::{Reach, claims, loans, servicing};
use crate::storage::rows::claims::ClaimStatusRow;
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::servicing::LoanMonthRow;

/// Every projection as it stands.
struct Projections {
    loans: Vec<LoanRow>,
    months: Vec<LoanMonthRow>,
    claims: Vec<ClaimStatusRow>,
}

impl Projections {
    fn load(db: &mut Db, fund_id: &str) -> Result<Projections, UseCaseError> {
        let reach = Reach::of_fund(fund_id);
        Ok(Projections {
            loans: loans::all(db, &reach)?,
            months: servicing::all_months(db, &reach)?,
            claims: claims::every_status(db, fund_id)?,
        })
    }
}

/// The stored projections are those that a copy of the facts makes.
///
/// # Errors
/// Storage.
pub(super) fn replay(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let copy = FactCopy::of(db, Cut::whole(), Clock::System)?;
    rebuild(&copy, fund_id)?;
    let again = Projections::load(&mut *copy.store().read()?, fund_id)?;
    let stored = Projections::load(db, fund_id)?;
    let mut failures = differing(&again.loans, &stored.loans, |row| format!("loans {}", row.loan_id));
    failures
        .extend(differing(&again.months, &stored.months, |row| format!("loan_months {}:{}", row.loan_id, row.month)));
    failures.extend(differing(&again.claims, &stored.claims, |row| format!("claim_status {}", row.claim_id)));
    let checked = stored.loans.len() + stored.months.len() + stored.claims.len();
    Ok(Check::new("replay", checked, failures))
}
