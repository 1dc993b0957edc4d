//! What an approved undo does, kind by kind, and what follows for everything else.
//!
//! **Invariant:** the event of the undo carries every row the import's own facts need; first loans, queue and open
//! claims follow as events of their own in the same transaction. After it the fund's promises are kept as well as
//! before: money and cover that others were promised since refuse the undo.

use crate::storage::find::book_rows;
use std::collections::BTreeSet;

use super::{chain_of, depends, money, registrations, servicing};
use crate::domain::money::{Fen, FenDelta};
use crate::domain::reserve::FundMoney;
use crate::storage::Tx;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, claims, loans, money as promises};
use crate::storage::rows::claims::ClaimStatusRow;
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::undos::ImportUndoRow;
use crate::usecase::error::Refusal;
use crate::usecase::measures::{self, KeptLimits};
use crate::usecase::registrations::commitment;
use crate::usecase::reserve::fund_money;
use crate::usecase::{UseCaseError, compensate, queue};

/// Takes an import back: its own facts first, then what follows. `reason` is why it was asked for.
///
/// # Errors
/// `Undo` while something depends on it; storage.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    step: ImportUndoRow,
    reason: &str,
) -> Result<(), UseCaseError> {
    let fund_id = import.fund_id.clone();
    let found = depends::on(tx, import)?;
    if !found.is_empty() {
        return Err(UseCaseError::Undo { refusals: found });
    }
    let (before, _) = promised(tx, &fund_id)?;
    let change = Change::new(chain_of(import), "import.undone", import.import_id.clone());
    match import.kind.as_str() {
        "registrations" => registrations::leave(tx, import, change.with(step))?,
        "servicing" => servicing::take_out(tx, import, change.with(step))?,
        "claims" => withdraw_claims(tx, import, change.with(step))?,
        "fund" => money::reverse(tx, import, change, step, reason)?,
        // The version before stands again by itself, or none does.
        _ => {
            tx.record(change.with(step))?;
        }
    }
    refuse_broken_promises(tx, &fund_id, before)?;
    queue::release(tx, &fund_id)?;
    compensate::compute_open(tx, &fund_id)?;
    Ok(())
}

/// The fund's money by state, and the cover it may carry.
fn promised(tx: &mut Tx<'_>, fund_id: &str) -> Result<(FundMoney, Fen), UseCaseError> {
    let governing = measures::governing_fund(tx, fund_id)?;
    let state = fund_money(tx, fund_id, &governing.limits)?;
    let capacity = state.capacity(governing.limits.multiple)?;
    Ok((state, capacity))
}

/// An undo may give reserves back that others have taken since: then cover goes beyond what the fund may carry.
fn refuse_broken_promises(tx: &mut Tx<'_>, fund_id: &str, before: FundMoney) -> Result<(), UseCaseError> {
    let (after, capacity) = promised(tx, fund_id)?;
    let grew = after.reserved > before.reserved || after.free()? < before.free()?;
    if grew && after.reserved > capacity {
        let missing = FenDelta::between(capacity, after.reserved)?.yuan();
        return Err(Refusal::new("UNDO_COVER_PROMISED", vec![missing]).into());
    }
    Ok(())
}

/// Claims are withdrawn: nothing is set aside for them any more, and their loans take their reserves back.
fn withdraw_claims(tx: &mut Tx<'_>, import: &ImportRow, change: Change) -> Result<(), UseCaseError> {
    let fund_id = &import.fund_id;
    let reach = Reach::of_fund(fund_id);
    let filed = claims::filed_with(tx, &import.import_id)?;
    let ids: BTreeSet<&str> = filed.iter().map(|claim| claim.claim_id.as_str()).collect();
    let still: BTreeSet<String> = claims::statuses(tx, &reach)?
        .into_iter()
        .filter(|status| !ids.contains(status.claim_id.as_str()))
        .map(|status| status.loan_id)
        .collect();
    let limits = KeptLimits::load(tx, &reach)?;
    let mut commitments: Vec<CommitmentRow> = Vec::new();
    let mut statuses: Vec<ClaimStatusRow> = Vec::new();
    for claim in &filed {
        let earmark = promises::commitment(tx, "earmarked", &claim.claim_id)?;
        commitments.extend(earmark.as_ref().and_then(nothing_promised));
        let status = claims::status(tx, &reach, &claim.claim_id)?;
        statuses.extend(status.map(|status| ClaimStatusRow { state: claims::WITHDRAWN.to_owned(), ..status }));
    }
    let mut freed: Vec<LoanRow> = Vec::new();
    for loan_id in filed.iter().map(|claim| claim.loan_id.as_str()).collect::<BTreeSet<_>>() {
        let Some(mut loan) = loans::one(tx, &reach, loan_id)? else { continue };
        loan.claimed = still.contains(loan_id);
        commitments.extend(queue::new_reserve(&mut loan, limits.of(loan_id)?)?);
        freed.push(loan);
    }
    tx.record(change.with_all(commitments))?;
    for status in &statuses {
        claims::project(tx, status)?;
    }
    book_rows::project(tx, &freed)?;
    Ok(())
}

/// The next version of a promise, saying that nothing is promised; none where nothing was.
pub(super) fn nothing_promised(last: &CommitmentRow) -> Option<CommitmentRow> {
    let version = last.version.saturating_add(1);
    let none = || commitment(&last.fund_id, &last.kind, &last.subject, version, Fen::ZERO, "undone");
    (last.amount_fen != 0).then(none)
}
