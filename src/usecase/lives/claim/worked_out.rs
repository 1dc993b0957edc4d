//! What an act needs not be told, because it follows: last days, the account that is paid, how a recovery is shared.
//!
//! **Invariant:** what is worked out replaces whatever was given in its place.

use super::bearings::Gathered;
use super::movements::allocation;
use super::recoveries::recovery_parts;
use crate::domain::claim::act::PartyPart;
use crate::domain::claim::clocks::last_day;
use crate::domain::claim::state::Pending;
use crate::domain::claim::{Claim, ClaimAct, ClaimRefusal};
use crate::domain::rulebook::condition::Span;
use crate::reference;
use crate::storage::Tx;
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::usecase::UseCaseError;
use crate::usecase::compensate::compute_due;

/// The act with everything that follows filled in.
///
/// # Errors
/// `Act`; storage; `Rulebook`; `Overflow`.
pub(super) fn complete(
    tx: &mut Tx<'_>,
    filing: &ClaimRow,
    claim: &Claim,
    act: ClaimAct,
    gathered: &Gathered,
) -> Result<ClaimAct, UseCaseError> {
    let on = tx.on();
    let handling = &gathered.told.handling;
    let after = |span: Option<Span>| span.map(|span| last_day(reference::work_calendar(), on, span));
    Ok(match act {
        ClaimAct::Returned { deficiencies, .. } => {
            ClaimAct::Returned { deficiencies, due_on: after(handling.amend_within) }
        }
        ClaimAct::Rejected { reasons, note, .. } => {
            ClaimAct::Rejected { reasons, note, appeal_until: after(handling.appeal_within) }
        }
        ClaimAct::Publicised { medium, from, until } => {
            let span = handling.publicity.map(|span| last_day(reference::work_calendar(), from, span));
            ClaimAct::Publicised { medium, from, until: span.or(until) }
        }
        ClaimAct::Ordered { amount, external_no, despite_calendar, .. } => ClaimAct::Ordered {
            amount,
            payee: gathered.told.payee.clone(),
            external_no,
            account_changed: gathered.payee.as_ref().map(|payee| payee.is_first_since_change),
            despite_calendar,
        },
        ClaimAct::Resettled { cause, due, .. } => {
            let row = due_now(tx, filing, claim)?;
            let now = super::bearings::payable(&row);
            if due.is_some_and(|due| due != now) {
                return Err(super::refused(ClaimRefusal::Recomputed { now }));
            }
            let calculation = u32::try_from(row.version).unwrap_or_default();
            ClaimAct::Resettled { due: Some(now), calculation: Some(calculation), cause }
        }
        ClaimAct::ResettlementDecided { accepted: true, note, meeting } => {
            if let Some(Pending::Resettlement { due, .. }) = &claim.pending {
                let now = super::bearings::payable(&due_now(tx, filing, claim)?);
                if now != *due {
                    return Err(super::refused(ClaimRefusal::Recomputed { now }));
                }
            }
            ClaimAct::ResettlementDecided { accepted: true, note, meeting }
        }
        ClaimAct::RecoveryCollected { kind, gross, cost, on, .. } => {
            let shared = recovery_parts(tx, filing, gross, cost, None)?;
            let fund = shared.parts.iter().find(|(party, _)| Some(party) == shared.fund.as_ref());
            ClaimAct::RecoveryCollected {
                kind,
                gross,
                cost,
                on,
                fund_part: fund.map(|(_, amount)| *amount),
                parts: shared
                    .parts
                    .iter()
                    .map(|(party, amount)| PartyPart { party: party.clone(), amount: *amount })
                    .collect(),
                surplus: Some(shared.surplus),
                cost_carried: Some(shared.cost_carried),
            }
        }
        ClaimAct::RecoveryAllocated { movement, .. } => {
            let (amount, fund_part) = allocation(tx, filing, claim, &movement)?;
            ClaimAct::RecoveryAllocated { movement, amount: Some(amount), fund_part: Some(fund_part) }
        }
        other => other,
    })
}

/// What is due by now on a claim that was paid. Where the measure holds or cannot say, nothing is settled: a claim that
/// waits is not one that was paid too much.
fn due_now(tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim) -> Result<CalculationRow, UseCaseError> {
    let row = compute_due(tx, filing, claim)?;
    match row.decision.as_str() {
        "pay" | "pay_provisional" | "reject" => Ok(row),
        _ => Err(super::refused(ClaimRefusal::NotPayable { decision: row.decision })),
    }
}
