//! Taking an import back: asked for by one person, approved by another, done as one act or not at all.
//!
//! Nothing is deleted from facts. The approval is a fact of its own; a fact whose import was taken back no longer
//! stands, and every finder that tells the books asks for standing facts. What else must change is appended under
//! the event of the approval: reserves and earmarks to 0, reversing bookings, tiers as they were. Projections
//! follow. Records that the import found unchanged came with an earlier import and stay.
//!
//! An import can be taken back while nothing later depends on it: `depends` says what would. The newest goes
//! first, so that a chain of imports is taken back in the order opposite to that in which it came.
//!
//! **Invariant:** who approves has neither asked for the undo nor imported the file; an import is taken back at
//! most once, and with all its effects in the transaction of the approval.

pub mod depends;
mod effects;
mod money;
mod registrations;
mod servicing;

pub use money::{OF_UNDO, REVERSAL};

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::UseCaseError;
use super::error::Refusal;
use super::lives::offices::must_decide;
use super::personal::sealed_text;
use crate::app::App;
use crate::domain::access::Permission;
use crate::domain::person::PersonName;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::undos::{self, APPROVED};
use crate::storage::find::{Reach, events, imports, loans};
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::undos::ImportUndoRow;
use crate::storage::{Act, Db, Scope, Tx};

/// Longest reason or note taken, in characters.
const LONGEST_NOTE: usize = 500;

/// What stands before the name of who brought a file through a page.
const BY_PAGE: &str = "web:";

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The request.
    pub asked: ImportUndoRow,
    /// Its answer, once there is one.
    pub answer: Option<ImportUndoRow>,
}

impl Undo {
    /// `requested`, `approved`, `rejected` or `withdrawn`.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.answer.as_ref().unwrap_or(&self.asked).state
    }

    fn of(mut steps: Vec<ImportUndoRow>) -> Option<Undo> {
        steps.sort_by_key(|step| step.version);
        let mut steps = steps.into_iter();
        let asked = steps.next()?;
        Some(Undo { asked, answer: steps.next() })
    }
}

/// Every request of a fund, newest first.
///
/// # Errors
/// Storage.
pub fn list(db: &mut Db, fund_id: &str) -> Result<Vec<Undo>, UseCaseError> {
    let steps = undos::all(db, fund_id)?;
    let mut seen = BTreeSet::new();
    let ids = steps.iter().rev().filter(|step| step.version == 1 && seen.insert(step.undo_id.clone()));
    let of = |id: &str| Undo::of(steps.iter().filter(|step| step.undo_id == id).cloned().collect());
    Ok(ids.filter_map(|step| of(&step.undo_id)).collect())
}

/// What would refuse the undo of an import now; nothing where it can be taken back. Saves nothing.
///
/// # Errors
/// `Undo` for an import that is not on record or was taken back; storage.
pub fn refusals(app: &App, import_id: &str, on: NaiveDate) -> Result<Vec<Refusal>, UseCaseError> {
    let import = import_of(app, import_id)?;
    match rehearse(app, &import, on) {
        Ok(()) => Ok(Vec::new()),
        Err(UseCaseError::Undo { refusals }) => Ok(refusals),
        Err(other) => Err(other),
    }
}

/// Asks for the undo of an import. What would refuse its approval now refuses the request.
///
/// # Errors
/// `Undo`; storage.
pub fn request_undo(app: &App, import_id: &str, by: &str, reason: &str, on: NaiveDate) -> Result<Undo, UseCaseError> {
    let person = person_of(by)?;
    let reason = sealed_text(&app.sealer, &note_of(reason, true)?);
    let import = import_of(app, import_id)?;
    rehearse(app, &import, on)?;
    app.store.write(&scope_of(app, &import)?, &Act::new(person.as_str(), on), |tx| {
        refuse_out_of_time(tx, &import)?;
        let known = undos::of_import(tx, import_id)?;
        let answered: BTreeSet<&str> =
            known.iter().filter(|step| step.version > 1).map(|step| step.undo_id.as_str()).collect();
        if let Some(open) = known.iter().find(|step| !answered.contains(step.undo_id.as_str())) {
            return Err(Refusal::new("UNDO_ALREADY_REQUESTED", vec![open.undo_id.clone()]).into());
        }
        let number = undos::count(tx, import_id)?.saturating_add(1);
        let step = step(&import, &format!("{import_id}:undo:{number}"), 1, "requested", &person, &reason);
        record(tx, &import, "import.undo_requested", &step)?;
        steps_of(tx, app.fund_id(), &step.undo_id)
    })
}

/// Approves a request, which takes the import back at once, or rejects it.
///
/// # Errors
/// `Undo`, with nothing saved; storage.
pub fn decide_undo(
    app: &App,
    undo_id: &str,
    by: &str,
    approve: bool,
    note: &str,
    on: NaiveDate,
) -> Result<Undo, UseCaseError> {
    let person = person_of(by)?;
    let note = sealed_text(&app.sealer, &note_of(note, !approve)?);
    let import = import_of_request(app, undo_id)?;
    app.store.write(&scope_of(app, &import)?, &Act::new(person.as_str(), on), |tx| {
        let asked = open_request(tx, app.fund_id(), undo_id)?;
        refuse_same_person(tx, &import, &asked, &person)?;
        must_decide(tx, app.fund_id(), &person, on, &[Permission::UndoImports])?;
        if approve {
            refuse_out_of_time(tx, &import)?;
            let step = step(&import, undo_id, 2, APPROVED, &person, &note);
            effects::take_back(tx, &import, step, &asked.note)?;
        } else {
            let step = step(&import, undo_id, 2, "rejected", &person, &note);
            record(tx, &import, "import.undo_rejected", &step)?;
        }
        steps_of(tx, app.fund_id(), undo_id)
    })
}

/// Withdraws a request; only who asked for it may.
///
/// # Errors
/// `Undo`; storage.
pub fn withdraw_undo(app: &App, undo_id: &str, by: &str, on: NaiveDate) -> Result<Undo, UseCaseError> {
    let person = person_of(by)?;
    let import = import_of_request(app, undo_id)?;
    app.store.write(&scope_of(app, &import)?, &Act::new(person.as_str(), on), |tx| {
        let asked = open_request(tx, app.fund_id(), undo_id)?;
        if !person.is(&asked.person) {
            return Err(Refusal::new("UNDO_NOT_REQUESTER", vec![asked.person]).into());
        }
        record(tx, &import, "import.undo_withdrawn", &step(&import, undo_id, 2, "withdrawn", &person, ""))?;
        steps_of(tx, app.fund_id(), undo_id)
    })
}

/// Tries the undo and takes it back again.
fn rehearse(app: &App, import: &ImportRow, on: NaiveDate) -> Result<(), UseCaseError> {
    let trial = Act { dry_run: true, ..Act::new("rehearsal", on) };
    app.store.write(&scope_of(app, import)?, &trial, |tx| {
        refuse_out_of_time(tx, import)?;
        let nobody = PersonName::read("-").ok_or_else(|| Refusal::new("UNDO_NAME_MISSING", Vec::new()))?;
        let step = step(import, "rehearsal", 2, APPROVED, &nobody, "");
        effects::take_back(tx, import, step, "")
    })
}

/// An undo may touch the money and, through first loans and the queue, loans of every bank.
fn scope_of(app: &App, import: &ImportRow) -> Result<Scope, UseCaseError> {
    let fund_id = app.fund_id();
    let banks = loans::banks(&mut *app.store.read()?, &Reach::of_fund(fund_id))?;
    let scope = banks.iter().fold(Scope::fund(fund_id), |scope, bank| scope.and(Scope::bank(fund_id, bank)));
    Ok(match &import.bank {
        Some(bank) => scope.and(Scope::bank(fund_id, bank)),
        None => scope,
    })
}

/// The chain that holds the import also holds what becomes of it.
fn chain_of(import: &ImportRow) -> Chain {
    let fund_id = import.fund_id.clone();
    match &import.bank {
        Some(bank) => Chain::Bank { fund_id, bank: bank.clone() },
        None => Chain::Fund { fund_id },
    }
}

fn step(
    import: &ImportRow,
    undo_id: &str,
    version: i64,
    state: &str,
    person: &PersonName,
    note: &str,
) -> ImportUndoRow {
    let (business_date, recorded_at, event_id) = unstamped();
    ImportUndoRow {
        fund_id: import.fund_id.clone(),
        undo_id: undo_id.to_owned(),
        version,
        import_id: import.import_id.clone(),
        state: state.to_owned(),
        person: person.as_str().to_owned(),
        note: note.to_owned(),
        business_date,
        recorded_at,
        event_id,
    }
}

fn record(tx: &mut Tx<'_>, import: &ImportRow, kind: &'static str, step: &ImportUndoRow) -> Result<(), UseCaseError> {
    tx.record(Change::new(chain_of(import), kind, import.import_id.clone()).with(step.clone()))?;
    Ok(())
}

fn steps_of(tx: &mut Tx<'_>, fund_id: &str, undo_id: &str) -> Result<Undo, UseCaseError> {
    Undo::of(undos::steps(tx, fund_id, undo_id)?).ok_or_else(|| unknown_request(undo_id))
}

fn open_request(tx: &mut Tx<'_>, fund_id: &str, undo_id: &str) -> Result<ImportUndoRow, UseCaseError> {
    let undo = steps_of(tx, fund_id, undo_id)?;
    match undo.answer {
        Some(answer) => Err(Refusal::new("UNDO_ANSWERED", vec![answer.person]).into()),
        None => Ok(undo.asked),
    }
}

fn refuse_same_person(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    asked: &ImportUndoRow,
    person: &PersonName,
) -> Result<(), UseCaseError> {
    if person.is(&asked.person) {
        return Err(Refusal::new("UNDO_SAME_PERSON", vec![asked.person.clone()]).into());
    }
    let importer = events::causes(tx, &[&import.event_id])?.into_iter().map(|(_, actor, _)| actor).next();
    // What came in through a page says so before the name.
    let named = |importer: &String| person.is(importer.strip_prefix(BY_PAGE).unwrap_or(importer));
    match importer.filter(named) {
        Some(importer) => Err(Refusal::new("UNDO_IMPORTER", vec![importer]).into()),
        None => Ok(()),
    }
}

fn refuse_out_of_time(tx: &mut Tx<'_>, import: &ImportRow) -> Result<(), UseCaseError> {
    if undos::undone(tx, &import.fund_id)?.contains(&import.import_id) {
        return Err(Refusal::new("UNDO_DONE", vec![import.file_name.clone()]).into());
    }
    if tx.on() < import.business_date {
        return Err(Refusal::new("UNDO_BEFORE_IMPORT", vec![import.business_date.to_string()]).into());
    }
    Ok(())
}

fn import_of(app: &App, import_id: &str) -> Result<ImportRow, UseCaseError> {
    let found = imports::one(&mut *app.store.read()?, import_id)?.filter(|import| import.fund_id == app.fund_id());
    found.ok_or_else(|| Refusal::new("UNDO_IMPORT_UNKNOWN", vec![import_id.to_owned()]).into())
}

fn import_of_request(app: &App, undo_id: &str) -> Result<ImportRow, UseCaseError> {
    let steps = undos::steps(&mut *app.store.read()?, app.fund_id(), undo_id)?;
    let asked = steps.first().ok_or_else(|| unknown_request(undo_id))?;
    import_of(app, &asked.import_id)
}

fn unknown_request(undo_id: &str) -> UseCaseError {
    Refusal::new("UNDO_UNKNOWN", vec![undo_id.to_owned()]).into()
}

fn person_of(by: &str) -> Result<PersonName, UseCaseError> {
    PersonName::read(by).ok_or_else(|| Refusal::new("UNDO_NAME_MISSING", Vec::new()).into())
}

fn note_of(text: &str, required: bool) -> Result<String, UseCaseError> {
    let note = text.trim();
    if (required && note.is_empty()) || note.chars().count() > LONGEST_NOTE || note.contains('\0') {
        return Err(Refusal::new("UNDO_REASON_MISSING", Vec::new()).into());
    }
    Ok(note.to_owned())
}
