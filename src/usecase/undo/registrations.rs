//! Undo of registrations: the loans leave the book, and what they had refuted holds again.
//!
//! **Invariant:** a loan that left takes no capacity, and the first loans it alone refuted are first loans again,
//! by the rulebook that was frozen for them.

use std::collections::{BTreeMap, BTreeSet};

use super::effects::nothing_promised;
use crate::storage::Tx;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::rows::parties::ImportRow;
use crate::usecase::UseCaseError;
use crate::usecase::error::Refusal;
use crate::usecase::measures::Measures;
use crate::usecase::registrations::{judge_first_loans, revise};

/// Takes an import's loans out of the book.
///
/// # Errors
/// Storage.
pub(super) fn leave(tx: &mut Tx<'_>, import: &ImportRow, change: Change) -> Result<(), UseCaseError> {
    let registered = loans::registered_with(tx, &import.import_id)?;
    let ids: BTreeSet<String> = registered.into_iter().map(|row| row.loan_id).collect();
    let reserves: Vec<CommitmentRow> = money::commitments_in_force(tx, &import.fund_id, "reserved")?
        .into_iter()
        .filter(|last| ids.contains(&last.subject))
        .filter_map(|last| nothing_promised(&last))
        .collect();
    tx.record(change.with_all(reserves))?;
    loans::leave(tx, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(())
}

/// Gives the first-loan points back to loans that nothing refutes any more.
///
/// # Errors
/// `Undo` for a loan with a claim that was decided without them; storage.
pub(super) fn restore_first_loans(tx: &mut Tx<'_>, fund_id: &str) -> Result<(), UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let refuted = judge_first_loans(tx, fund_id, &[])?;
    let standing: BTreeMap<String, LoanRow> =
        loans::all(tx, &reach)?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect();
    let decided: BTreeSet<String> = claims::statuses(tx, &reach)?
        .into_iter()
        .filter(|status| status.state != "submitted")
        .map(|status| status.loan_id)
        .collect();
    let measures = Measures::load(tx, fund_id)?;
    for row in loans::registrations(tx, fund_id)? {
        let without = standing.get(&row.loan_id).is_some_and(|loan| !loan.first_loan);
        if !row.first_loan_declared || !without || refuted.contains_key(&row.loan_id) {
            continue;
        }
        if decided.contains(&row.loan_id) {
            return Err(Refusal::new("UNDO_CLAIM_DECIDED", vec![row.contract]).into());
        }
        if let Some(before) = loans::coverage(tx, &row.loan_id)? {
            revise(tx, &measures, &before, true, "first_loan_restored")?;
        }
    }
    Ok(())
}
