//! Undo of registrations: the loans leave the book, and what they had refuted holds again.
//!
//! **Invariant:** a loan that left takes no capacity, and the first loans it alone refuted are first loans again,
//! by the rulebook that was frozen for them.

use crate::storage::find::book_rows;
use std::collections::BTreeSet;

use super::effects::nothing_promised;
use crate::storage::Tx;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::loans::LoanRegistrationRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::rows::parties::ImportRow;
use crate::usecase::UseCaseError;
use crate::usecase::error::Refusal;
use crate::usecase::first_loans::{judge, revise};
use crate::usecase::measures::Measures;

/// Takes an import's loans out of the book.
///
/// # Errors
/// `Undo` where a first loan that comes back was decided upon; storage.
pub(super) fn leave(tx: &mut Tx<'_>, import: &ImportRow, change: Change) -> Result<(), UseCaseError> {
    let registered = loans::registered_with(tx, &import.import_id)?;
    let ids: BTreeSet<&str> = registered.iter().map(|row| row.loan_id.as_str()).collect();
    let reserves: Vec<CommitmentRow> = money::commitments_in_force(tx, &import.fund_id, "reserved")?
        .into_iter()
        .filter(|last| ids.contains(last.subject.as_str()))
        .filter_map(|last| nothing_promised(&last))
        .collect();
    tx.record(change.with_all(reserves))?;
    book_rows::leave(tx, &ids.into_iter().collect::<Vec<_>>())?;
    restore_first_loans(tx, &import.fund_id, &registered)
}

/// Gives the first-loan points back to loans of the same borrowers that nothing refutes any more.
fn restore_first_loans(tx: &mut Tx<'_>, fund_id: &str, left: &[LoanRegistrationRow]) -> Result<(), UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let borrowers: BTreeSet<&str> = left.iter().map(|row| row.credit_code.as_str()).collect();
    let refuted = judge(tx, fund_id, &borrowers, &[])?;
    let decided: BTreeSet<String> = claims::statuses(tx, &reach)?
        .into_iter()
        .filter(|status| status.state != "submitted")
        .map(|status| status.loan_id)
        .collect();
    let measures = Measures::load(tx, fund_id)?;
    for loan in loans::borrowings(tx, fund_id, &borrowers)? {
        if !loan.first_loan_declared || refuted.contains_key(&loan.loan_id) {
            continue;
        }
        let Some(before) = loans::coverage(tx, &loan.loan_id)?.filter(|before| !before.first_loan) else { continue };
        if decided.contains(&loan.loan_id) {
            return Err(Refusal::new("UNDO_CLAIM_DECIDED", vec![loan.contract]).into());
        }
        revise(tx, &measures, &before, true, "first_loan_restored")?;
    }
    Ok(())
}
