//! Closing months: proposed by one person, sealed by another, in order and without holes.
//!
//! A proposal carries the trial balance of the month and what the reconciliation left; the seal repeats it. Nothing
//! is booked into a sealed month or before it.
//! **Invariant:** the months sealed are all those from the month of the first booking to the last sealed one, and
//! each trial balance sealed is that of the ledger.

use chrono::NaiveDate;

use super::reconciliation::{reconcile_all, totals};
use super::{Word, change, refused, trial_balance};
use crate::app::App;
use crate::domain::access::Permission;
use crate::domain::calendar::Month;
use crate::domain::person::PersonName;
use crate::storage::facts::unstamped;
use crate::storage::find::books::{self, SEALED};
use crate::storage::find::money;
use crate::storage::rows::books::PeriodStepRow;
use crate::storage::{Act, Db, Scope, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::error::Refusal;
use crate::usecase::lives::offices::must_decide;
use crate::usecase::personal::sealed_text;

const PROPOSED: &str = "proposed";
const WITHDRAWN: &str = "withdrawn";

/// Every step, by month and version.
///
/// # Errors
/// Storage.
pub fn list(db: &mut Db, fund_id: &str) -> Result<Vec<PeriodStepRow>, UseCaseError> {
    Ok(books::period_steps(db, fund_id)?)
}

/// The last closed month.
///
/// # Errors
/// Storage.
pub fn last_sealed(db: &mut Db, fund_id: &str) -> Result<Option<Month>, UseCaseError> {
    Ok(books::last_sealed(db, fund_id)?.and_then(|period| Month::parse(&period).ok()))
}

/// Whether nothing can be booked into a month any more, so that its vouchers keep their numbers.
///
/// # Errors
/// Storage.
pub fn is_sealed(db: &mut Db, fund_id: &str, period: Month) -> Result<bool, UseCaseError> {
    Ok(last_sealed(db, fund_id)?.is_some_and(|sealed| period <= sealed))
}

/// Refuses a booking dated in a closed month, or before one.
///
/// # Errors
/// `Books` with `PERIOD_SEALED`, which names the last closed month; storage.
pub fn refuse_sealed(tx: &mut Tx<'_>, fund_id: &str, booked_on: NaiveDate) -> Result<(), UseCaseError> {
    let sealed = match tx.sealed_month(fund_id) {
        Some(sealed) => sealed.and_then(|period| Month::parse(period).ok()),
        None => last_sealed(tx, fund_id)?,
    };
    match sealed.filter(|sealed| booked_on <= sealed.last_day()) {
        Some(sealed) => Err(refused("PERIOD_SEALED", vec![sealed.to_string()])),
        None => Ok(()),
    }
}

/// Who may be the second person of a month.
const DECIDES: [Permission; 2] = [Permission::KeepBooks, Permission::ActOnFund];

/// Proposes to close a month. A note is needed where the bank's balance is not explained to the fen.
///
/// # Errors
/// `Books`, with nothing saved; storage.
pub fn propose(app: &App, period: Month, word: Word<'_>) -> Result<PeriodStepRow, UseCaseError> {
    let (person, note) = (word.person()?, sealed_text(&app.sealer, &word.note(false)?));
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        if let Some(open) = last_step(tx, app.fund_id(), period)?.filter(|step| step.state == PROPOSED) {
            return Err(refused("PERIOD_ALREADY_PROPOSED", vec![open.person]));
        }
        let step = step_now(tx, app.fund_id(), period, PROPOSED, &person, &note)?;
        record(tx, app.fund_id(), "period.proposed", step)
    })
}

/// Seals a month that another person proposed.
///
/// # Errors
/// `Books`, with nothing saved; storage.
pub fn seal(app: &App, period: Month, word: Word<'_>) -> Result<PeriodStepRow, UseCaseError> {
    let (person, note) = (word.person()?, sealed_text(&app.sealer, &word.note(false)?));
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        let asked = open_step(tx, app.fund_id(), period)?;
        if person.is(&asked.person) {
            return Err(refused("PERIOD_SAME_PERSON", vec![asked.person]));
        }
        must_decide(tx, app.fund_id(), &person, word.on, &DECIDES)?;
        // The proposer's note explains the difference; the seal carries it on.
        let explained = if asked.note.is_empty() { &note } else { &asked.note };
        let step = step_now(tx, app.fund_id(), period, SEALED, &person, explained)?;
        let told = |step: &PeriodStepRow| (step.trial_balance_hash.clone(), step.open_items, step.difference_fen);
        if told(&step) != told(&asked) {
            return Err(refused("PERIOD_CHANGED", vec![period.to_string()]));
        }
        record(tx, app.fund_id(), "period.sealed", step)
    })
}

/// Rejects a proposal; only another person than the proposer may.
///
/// # Errors
/// `Books`; storage.
pub fn reject(app: &App, period: Month, word: Word<'_>) -> Result<PeriodStepRow, UseCaseError> {
    let note = sealed_text(&app.sealer, &word.note(true)?);
    answer(app, period, ("rejected", "period.rejected", "PERIOD_SAME_PERSON"), &note, word)
}

/// Withdraws a proposal; only the proposer may.
///
/// # Errors
/// `Books`; storage.
pub fn withdraw(app: &App, period: Month, word: Word<'_>) -> Result<PeriodStepRow, UseCaseError> {
    let note = sealed_text(&app.sealer, &word.note(false)?);
    answer(app, period, (WITHDRAWN, "period.withdrawn", "PERIOD_NOT_PROPOSER"), &note, word)
}

fn answer(
    app: &App,
    period: Month,
    (state, kind, refusal): (&'static str, &'static str, &'static str),
    note: &str,
    word: Word<'_>,
) -> Result<PeriodStepRow, UseCaseError> {
    let person = word.person()?;
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        let asked = open_step(tx, app.fund_id(), period)?;
        if person.is(&asked.person) != (state == WITHDRAWN) {
            return Err(refused(refusal, vec![asked.person]));
        }
        if state != WITHDRAWN {
            must_decide(tx, app.fund_id(), &person, word.on, &DECIDES)?;
        }
        let step = PeriodStepRow {
            version: asked.version.saturating_add(1),
            state: state.to_owned(),
            person: person.as_str().to_owned(),
            note: note.to_owned(),
            ..asked
        };
        record(tx, app.fund_id(), kind, step)
    })
}

/// What stands in the way of closing a month, and what has to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The month.
    pub period: Month,
    /// Why it cannot be closed at all; none where it can.
    pub refusal: Option<Refusal>,
    /// Lines and bookings that stand on one side only.
    pub open_items: usize,
    /// What the reconciliation leaves; none where no statement reaches the end of the month.
    pub difference_fen: Option<i64>,
}

impl Readiness {
    /// Whether a note has to explain what is left.
    #[must_use]
    pub fn needs_note(&self) -> bool {
        self.difference_fen != Some(0)
    }
}

/// How a month stands towards its closing on a day.
///
/// # Errors
/// Storage; `Money`.
pub fn readiness(db: &mut Db, fund_id: &str, period: Month, on: NaiveDate) -> Result<Readiness, UseCaseError> {
    let turn = next(db, fund_id)?;
    readiness_in(db, (fund_id, &turn), period, on)
}

/// The same where the turn of the months is known already.
///
/// # Errors
/// As `readiness`.
pub fn readiness_in(
    db: &mut Db,
    (fund_id, turn): (&str, &Turn),
    period: Month,
    on: NaiveDate,
) -> Result<Readiness, UseCaseError> {
    let refusal = out_of_turn(period, on, turn);
    let (open_items, difference_fen) = totals(&reconcile_all(db, fund_id, period.last_day())?)?;
    Ok(Readiness { period, refusal, open_items, difference_fen })
}

/// The step that a month stands at; none before its first.
///
/// # Errors
/// Storage.
pub fn standing(db: &mut Db, fund_id: &str, period: Month) -> Result<Option<PeriodStepRow>, UseCaseError> {
    last_step(db, fund_id, period)
}

/// A step with the figures of now, if the month may be closed at all.
fn step_now(
    tx: &mut Tx<'_>,
    fund_id: &str,
    period: Month,
    state: &str,
    person: &PersonName,
    note: &str,
) -> Result<PeriodStepRow, UseCaseError> {
    let on = tx.on();
    let ready = readiness(tx, fund_id, period, on)?;
    if let Some(refusal) = ready.refusal {
        return Err(UseCaseError::Books(refusal));
    }
    let difference_fen = ready.difference_fen;
    if ready.difference_fen != Some(0) && note.is_empty() {
        let told = difference_fen.map_or_else(|| "-".to_owned(), |fen| crate::domain::money::FenDelta::new(fen).yuan());
        return Err(refused("PERIOD_UNRECONCILED", vec![told]));
    }
    let open_items = i64::try_from(ready.open_items).unwrap_or(i64::MAX);
    let (trial_balance, trial_balance_hash) = trial_balance::document(tx, fund_id, period)?;
    let version = last_step(tx, fund_id, period)?.map_or(0, |step| step.version).saturating_add(1);
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(PeriodStepRow {
        fund_id: fund_id.to_owned(),
        period: period.to_string(),
        version,
        state: state.to_owned(),
        person: person.as_str().to_owned(),
        note: note.to_owned(),
        trial_balance,
        trial_balance_hash,
        open_items,
        difference_fen,
        business_date,
        recorded_at,
        event_id,
    })
}

/// The months closed so far, and the one that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The last closed one.
    pub sealed: Option<Month>,
    /// The next one; none before the first booking.
    pub next: Option<Month>,
}

/// Which month is closed next: the one after the last, the first that of the first booking.
///
/// # Errors
/// Storage.
pub fn next(db: &mut Db, fund_id: &str) -> Result<Turn, UseCaseError> {
    let sealed = last_sealed(db, fund_id)?;
    let next = match sealed {
        Some(sealed) => Some(sealed.next()),
        None => money::first_booking_on(db, fund_id)?.map(Month::of),
    };
    Ok(Turn { sealed, next })
}

/// A month is closed after it ended, once, and after the one before.
fn out_of_turn(period: Month, on: NaiveDate, turn: &Turn) -> Option<Refusal> {
    if on <= period.last_day() {
        return Some(Refusal::new("PERIOD_NOT_ENDED", vec![period.last_day().to_string()]));
    }
    match (turn.sealed, turn.next) {
        (Some(sealed), _) if period <= sealed => Some(Refusal::new("PERIOD_IS_SEALED", vec![sealed.to_string()])),
        (_, Some(next)) if next == period => None,
        (_, Some(next)) => Some(Refusal::new("PERIOD_OUT_OF_ORDER", vec![next.to_string()])),
        (_, None) => Some(Refusal::new("PERIOD_NO_BOOKINGS", Vec::new())),
    }
}

fn last_step(db: &mut Db, fund_id: &str, period: Month) -> Result<Option<PeriodStepRow>, UseCaseError> {
    let period = period.to_string();
    let mut steps = books::period_steps(db, fund_id)?;
    steps.retain(|step| step.period == period);
    Ok(steps.pop())
}

fn open_step(tx: &mut Tx<'_>, fund_id: &str, period: Month) -> Result<PeriodStepRow, UseCaseError> {
    let step = last_step(tx, fund_id, period)?;
    let open = step.filter(|step| step.state == PROPOSED);
    let open = open.ok_or_else(|| refused("PERIOD_NOT_PROPOSED", vec![period.to_string()]))?;
    if tx.on() < open.business_date {
        return Err(refused("PERIOD_BEFORE_PROPOSAL", vec![open.business_date.to_string()]));
    }
    Ok(open)
}

fn record(
    tx: &mut Tx<'_>,
    fund_id: &str,
    kind: &'static str,
    step: PeriodStepRow,
) -> Result<PeriodStepRow, UseCaseError> {
    let period = step.period.clone();
    tx.record(change(fund_id, kind, &period).with(step.clone()))?;
    // Read back, so that the answer holds the stamp of the event.
    let stored = books::period_steps(tx, fund_id)?;
    Ok(stored.into_iter().rfind(|row| row.period == period).unwrap_or(step))
}
