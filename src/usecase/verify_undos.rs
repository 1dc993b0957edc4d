//! Proofs over imports that were taken back: asked for and approved by two persons, with nothing left of them.
//!
//! **Invariant:** every step that breaks a rule is named by its row.

use std::collections::{BTreeMap, BTreeSet};

use super::UseCaseError;
use super::undo::{OF_UNDO, REVERSAL};
use super::verify::Check;
use crate::domain::person::PersonName;
use crate::storage::Db;
use crate::storage::facts::Fact;
use crate::storage::find::undos::APPROVED;
use crate::storage::find::{events, imports, money, undos};
use crate::storage::rows::money::{FundMovementRow, LedgerLineRow, LedgerTransactionRow};
use crate::storage::rows::undos::ImportUndoRow;

/// Every answer belongs to a request of the same import, is given by who may give it, and takes an import back once.
///
/// # Errors
/// Storage.
pub fn two_persons(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let steps = undos::all(db, fund_id)?;
    let asked: BTreeMap<&str, &ImportUndoRow> =
        steps.iter().filter(|step| step.version == 1).map(|step| (step.undo_id.as_str(), step)).collect();
    let mut failures = Vec::new();
    let mut taken_back = BTreeSet::new();
    for step in &steps {
        let request = asked.get(step.undo_id.as_str());
        let importer = importer_of(db, &step.import_id)?;
        let fits = match (step.version, request) {
            (1, _) => step.state == "requested" && importer.is_some(),
            (2, Some(request)) => request.import_id == step.import_id && may_answer(step, request, importer.as_deref()),
            _ => false,
        };
        if !fits || (step.state == APPROVED && !taken_back.insert(step.import_id.as_str())) {
            failures.push(format!("import_undos {}", step.key()));
        }
    }
    Ok(Check::new("undos_by_two_persons", steps.len(), failures))
}

fn importer_of(db: &mut Db, import_id: &str) -> Result<Option<String>, UseCaseError> {
    let Some(import) = imports::one(db, import_id)? else { return Ok(None) };
    Ok(events::causes(db, &[&import.event_id])?.into_iter().map(|(_, actor, _)| actor).next())
}

fn may_answer(answer: &ImportUndoRow, request: &ImportUndoRow, importer: Option<&str>) -> bool {
    let Some(person) = PersonName::read(&answer.person) else { return false };
    let asked = person.is(&request.person);
    match answer.state.as_str() {
        "withdrawn" => asked,
        _ => !asked && !importer.is_some_and(|importer| person.is(importer)),
    }
}

/// A movement that was taken back with its import is reversed once and line by line, no other is reversed that way; what
/// an act reversed was booked before, once and with the same lines.
///
/// # Errors
/// Storage.
pub fn reversals(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let undone = undos::undone(db, fund_id)?;
    let movements = money::all_fund_rows(db, fund_id)?;
    let mut lines: BTreeMap<String, Vec<LedgerLineRow>> = BTreeMap::new();
    for line in money::lines(db, fund_id)? {
        lines.entry(line.tx_id.clone()).or_default().push(line);
    }
    let mut reversed: BTreeMap<String, Vec<LedgerTransactionRow>> = BTreeMap::new();
    let bookings = money::transactions(db, fund_id)?;
    let (of_undos, of_acts): (Vec<_>, Vec<_>) = bookings
        .iter()
        .filter(|booking| booking.kind == REVERSAL)
        .partition(|booking| booking.tx_id.ends_with(OF_UNDO));
    for booking in of_undos {
        reversed.entry(booking.reverses.clone().unwrap_or_default()).or_default().push(booking.clone());
    }
    let mut failures = Vec::new();
    let mut once = BTreeSet::new();
    for booking in &of_acts {
        let known = booking.reverses.as_ref().and_then(|of| bookings.iter().find(|known| known.tx_id == *of));
        let fits = known.is_some_and(|known| turned(known, booking, &lines)) && once.insert(booking.reverses.clone());
        if !fits {
            failures.push(format!("ledger_transactions {}", booking.tx_id));
        }
    }
    for movement in movements.iter().filter(|movement| undone.contains(&movement.import_id)) {
        let by = reversed.remove(&movement.tx_id).unwrap_or_default();
        if by.len() != 1 || !by.iter().all(|booking| mirrors(movement, booking, &lines)) {
            failures.push(format!("ledger_transactions {}", movement.tx_id));
        }
    }
    failures.extend(reversed.into_values().flatten().map(|booking| format!("ledger_transactions {}", booking.tx_id)));
    Ok(Check::new("undone_movements_reversed", movements.len().saturating_add(of_acts.len()), failures))
}

type Lines = BTreeMap<String, Vec<LedgerLineRow>>;

/// A booking that takes another back bears its lines with the sides turned, on no earlier day.
fn turned(known: &LedgerTransactionRow, booking: &LedgerTransactionRow, lines: &Lines) -> bool {
    booking.booked_on >= known.booked_on && told(lines, &known.tx_id, false) == told(lines, &booking.tx_id, true)
}

/// Account, whether debit, and amount of each line, with the sides turned where asked.
fn told(lines: &Lines, tx_id: &str, turned: bool) -> Vec<(String, bool, i64)> {
    let of = lines.get(tx_id).map_or(&[][..], Vec::as_slice);
    of.iter().map(|line| (line.account.clone(), (line.side == "debit") != turned, line.amount_fen)).collect()
}

fn mirrors(movement: &FundMovementRow, booking: &LedgerTransactionRow, lines: &Lines) -> bool {
    let same = told(lines, &movement.tx_id, false) == told(lines, &booking.tx_id, true);
    booking.booked_on >= movement.row_date && same
}
