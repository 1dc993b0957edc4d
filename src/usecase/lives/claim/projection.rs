//! A claim as lists show it, from its filing and its acts.
//!
//! **Invariant:** the row is a function of facts alone; `verify` and the rebuild make it the same way.

use crate::domain::claim::Claim;
use crate::domain::claim::clocks::due_on;
use crate::domain::claim::handling::Handling;
use crate::domain::money::Fen;
use crate::reference;
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};

/// The row of the list of claims.
#[must_use]
pub fn row(
    filing: &ClaimRow,
    credit_code: &str,
    claim: &Claim,
    handling: &Handling,
    last: Option<&CalculationRow>,
) -> ClaimStatusRow {
    ClaimStatusRow {
        claim_id: filing.claim_id.clone(),
        fund_id: filing.fund_id.clone(),
        bank: filing.bank.clone(),
        loan_id: filing.loan_id.clone(),
        credit_code: credit_code.to_owned(),
        filed_on: filing.filed_on,
        arrival: filing.arrival,
        state: claim.stage.code().to_owned(),
        decision: last.map(|row| row.decision.clone()),
        payout_fen: last.map(|row| row.payout_fen),
        calculation_version: last.map_or(0, |row| row.version),
        act_version: i64::from(claim.version),
        due_on: due_on(claim, handling, reference::work_calendar()),
        earmarked_fen: promises(claim, last).0.get(),
        approved_fen: claim.award.as_ref().map_or(0, |award| award.amount.get()),
        paid_fen: claim.paid_net().get(),
        recovered_fen: claim.collected.get(),
    }
}

/// What is set aside and what is ordered for a claim as it stands.
#[must_use]
pub fn promises(claim: &Claim, last: Option<&CalculationRow>) -> (Fen, Fen) {
    let earmark = match last {
        Some(row) if claim.stage.is_open() => Fen::try_new(row.earmark_fen).unwrap_or(Fen::ZERO),
        _ => Fen::ZERO,
    };
    let is_granted = matches!(claim.stage.code(), "awaiting_confirmation" | "approved" | "ordered");
    let ordered = claim.award.as_ref().filter(|_| is_granted).map_or(Fen::ZERO, |award| award.amount);
    (earmark, ordered)
}
