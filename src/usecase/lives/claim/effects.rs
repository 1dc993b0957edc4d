//! What an act on a claim does besides being recorded: promises, bookings, cover of the loan, lists.
//!
//! **Invariant:** all of it stands under the event of the act.

use super::bearings::Gathered;
use super::{movements, projection};
use crate::domain::claim::{Claim, ClaimAct, Stage};
use crate::storage::Tx;
use crate::storage::facts::Change;
use crate::storage::find::book_rows;
use crate::storage::find::{Reach, claims};
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::usecase::UseCaseError;
use crate::usecase::compensate::{calculate, new_promise};
use crate::usecase::lives::{Step, change_of};
use crate::usecase::{measures, postings, queue};

/// An act that is taken.
pub(super) struct Done<'a> {
    pub filing: &'a ClaimRow,
    pub before: &'a Claim,
    pub after: &'a Claim,
    pub act: &'a ClaimAct,
    pub bearings: &'a Gathered,
}

/// Kind of the event.
pub(super) const fn event_kind(act: &ClaimAct) -> &'static str {
    match act {
        ClaimAct::Drafted { .. } => "claim.drafted",
        ClaimAct::Submitted { .. } => "claim.submitted",
        ClaimAct::Paid { .. } => "claim.paid",
        ClaimAct::Ordered { .. } => "claim.ordered",
        ClaimAct::Approved { .. } => "claim.approved",
        _ => "claim.acted",
    }
}

/// Writes what follows from an act, and moves the lists.
///
/// # Errors
/// `Act`; storage; `Rulebook`; `Overflow`.
pub(super) fn of(tx: &mut Tx<'_>, step: &Step<'_>, done: &Done<'_>) -> Result<Change, UseCaseError> {
    let mut change = change_of(step, event_kind(done.act));
    // What was never handed in has no row in any list and takes nothing of the fund.
    let never_filed = matches!(done.before.stage, Stage::Drafted) && !matches!(done.act, ClaimAct::Submitted { .. });
    if never_filed {
        return Ok(change);
    }
    if matches!(done.act, ClaimAct::Submitted { .. }) {
        change = change.with(done.filing.clone());
    }
    let (last, fresh) = calculation_after(tx, done)?;
    let bookings = movements::bookings(tx, done.filing, done.before, done.act, done.bearings.told.channel)?;
    let (change, commitments) = with_promises(tx, change, done, last.as_ref())?;
    let change = change.with_all(fresh.into_iter().collect()).with_all(commitments);
    let change = postings::with(tx, change, step.fund_id, &bookings)?;
    let handling = &done.bearings.told.handling;
    let credit_code = &done.bearings.loan.credit_code;
    claims::project(tx, &projection::row(done.filing, credit_code, done.after, handling, last.as_ref()))?;
    Ok(change)
}

/// The calculation that holds after the act, and the same where it is new. A claim that is open after the act is
/// computed again; one that is settled anew keeps what was computed for that.
fn calculation_after(
    tx: &mut Tx<'_>,
    done: &Done<'_>,
) -> Result<(Option<CalculationRow>, Option<CalculationRow>), UseCaseError> {
    let settles = matches!(done.act, ClaimAct::Resettled { .. });
    let fresh = if done.after.stage.is_open() || settles {
        calculate(tx, done.filing, done.after)?
    } else {
        // What was computed to decide on is kept with the decision.
        done.bearings.fresh.clone()
    };
    let last = match &fresh {
        Some(row) => Some(row.clone()),
        None => claims::last_calculation(tx, &done.filing.claim_id)?,
    };
    Ok((last, fresh))
}

type Commitments = Vec<crate::storage::rows::money::CommitmentRow>;

/// Promises that follow from how the claim stands, and the cover of its loan.
fn with_promises(
    tx: &mut Tx<'_>,
    change: Change,
    done: &Done<'_>,
    last: Option<&CalculationRow>,
) -> Result<(Change, Commitments), UseCaseError> {
    let (fund_id, claim_id) = (&done.filing.fund_id, &done.filing.claim_id);
    let (earmark, ordered) = projection::promises(done.after, last);
    let mut commitments: Commitments = Vec::new();
    commitments.extend(new_promise(tx, fund_id, "earmarked", claim_id, earmark)?);
    commitments.extend(new_promise(tx, fund_id, "ordered", claim_id, ordered)?);
    let mut loan = done.bearings.loan.clone();
    let claimed = done.after.stage.holds_cover() || another_holds(tx, done.filing)?;
    if loan.claimed != claimed {
        loan.claimed = claimed;
        let limits = &measures::kept_by(tx, fund_id, &loan.loan_id)?.limits;
        commitments.extend(queue::new_reserve(&mut loan, limits)?);
        book_rows::project(tx, &[loan])?;
    }
    Ok((change, commitments))
}

/// Whether another claim of the same loan holds its cover.
fn another_holds(tx: &mut Tx<'_>, filing: &ClaimRow) -> Result<bool, UseCaseError> {
    let all = claims::of_loan(tx, &Reach::of_fund(&filing.fund_id), &filing.loan_id)?;
    let others = all.into_iter().filter(|claim| claim.claim_id != filing.claim_id);
    Ok(others.into_iter().any(|claim| !matches!(claim.state.as_str(), "withdrawn" | "rejected")))
}
