//! Undo of fund movements: each is taken back by a booking of its own.
//!
//! **Invariant:** a reversal names the booking it reverses and why, and is dated no earlier than that booking, so
//! that the balance never falls below zero on the way.

use crate::domain::ledger::{Account, Entry, Line, Side};
use crate::domain::money::Fen;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::money;
use crate::storage::rows::money::{FundMovementRow, LedgerLineRow, LedgerTransactionRow};
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::undos::ImportUndoRow;
use crate::storage::{StoreError, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::books::periods::refuse_sealed;
use crate::usecase::error::Refusal;
use crate::usecase::fund::lines_of;

/// Kind of a booking that takes another back.
pub const REVERSAL: &str = "reversal";
/// How the name of a booking ends that takes another back with its import.
pub const OF_UNDO: &str = "~reversal";

/// Takes an import's movements back.
///
/// # Errors
/// Storage; `Corrupt` for a stored booking that is none.
pub(super) fn reverse(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    change: Change,
    step: ImportUndoRow,
    reason: &str,
) -> Result<(), UseCaseError> {
    let mut transactions = Vec::new();
    let mut lines: Vec<LedgerLineRow> = Vec::new();
    for movement in money::booked_with(tx, &import.import_id)? {
        let entry = entry_of(&movement, &money::lines_of(tx, &movement.tx_id)?)?;
        let transaction = reversal_of(tx, &movement, &step, reason);
        refuse_sealed(tx, &transaction.fund_id, transaction.booked_on).map_err(as_undo)?;
        lines.extend(lines_of(&movement.fund_id, &transaction.tx_id, &entry.reversal()));
        transactions.push(transaction);
    }
    tx.record(change.with(step).with_all(transactions).with_all(lines))?;
    Ok(())
}

/// An undo that would book into a closed month is refused as an undo, so that the request tells it too.
fn as_undo(error: UseCaseError) -> UseCaseError {
    match error {
        UseCaseError::Books(refusal) => Refusal::new("UNDO_PERIOD_SEALED", refusal.named).into(),
        other => other,
    }
}

fn reversal_of(tx: &Tx<'_>, movement: &FundMovementRow, step: &ImportUndoRow, reason: &str) -> LedgerTransactionRow {
    let (business_date, recorded_at, event_id) = unstamped();
    LedgerTransactionRow {
        fund_id: movement.fund_id.clone(),
        tx_id: format!("{}{OF_UNDO}", movement.tx_id),
        kind: REVERSAL.to_owned(),
        booked_on: tx.on().max(movement.row_date),
        memo: reason.to_owned(),
        source_ref: step.undo_id.clone(),
        reverses: Some(movement.tx_id.clone()),
        business_date,
        recorded_at,
        event_id,
    }
}

fn entry_of(movement: &FundMovementRow, lines: &[LedgerLineRow]) -> Result<Entry, UseCaseError> {
    let corrupt =
        |what: &str| StoreError::Corrupt { table: "ledger_lines", key: movement.tx_id.clone(), what: what.to_owned() };
    let mut read = Vec::with_capacity(lines.len());
    for line in lines {
        read.push(Line {
            account: Account::from_code(&line.account).ok_or_else(|| corrupt(&line.account))?,
            side: Side::from_code(&line.side).ok_or_else(|| corrupt(&line.side))?,
            amount: Fen::try_new(line.amount_fen)?,
        });
    }
    Ok(Entry::try_new(read).map_err(|error| corrupt(&error.to_string()))?)
}
