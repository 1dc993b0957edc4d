//! Matching bank lines with bookings: by rule, or by a person.
//!
//! **Invariant:** a line has at most one booking and a booking at most one line on an account; both moved the same
//! amount the same way. What a person opened again, no rule closes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::account::{AccountView, BookedMovement, movement_of};
use super::{Word, change, refused};
use crate::app::App;
use crate::domain::matching::{BankItem, BookItem, pairs};
use crate::domain::person::PersonName;
use crate::sealing::Sealer;
use crate::storage::facts::unstamped;
use crate::storage::find::books;
use crate::storage::rows::books::{BankStatementLineRow, BankStatementRow, StatementMatchRow};
use crate::storage::{Act, Db, Scope, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::personal::{sealed_text, unsealed_text};

/// Rule of a match that a person made or took back.
pub const BY_PERSON: &str = "person";
/// Working days that bank and books may lie apart, unless told otherwise.
pub const DAYS_APART: u32 = 3;

/// A line and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineShown {
    /// The line.
    pub line: BankStatementLineRow,
    /// The last word on its booking.
    pub matched: Option<StatementMatchRow>,
}

/// Every line of a fund's statements with its booking, by day.
///
/// # Errors
/// Storage.
pub fn lines(db: &mut Db, fund_id: &str) -> Result<Vec<LineShown>, UseCaseError> {
    let mut last = books::last_matches(db, fund_id)?;
    let shown = |line: BankStatementLineRow| LineShown { matched: last.remove(&line.line_id), line };
    Ok(books::lines(db, fund_id)?.into_iter().map(shown).collect())
}

/// The lines that came with one statement, each with its booking, by day.
///
/// # Errors
/// Storage.
pub fn lines_of(db: &mut Db, fund_id: &str, statement_id: &str) -> Result<Vec<LineShown>, UseCaseError> {
    let mut last = books::last_matches(db, fund_id)?;
    let shown = |line: BankStatementLineRow| LineShown { matched: last.remove(&line.line_id), line };
    Ok(books::lines_of(db, fund_id, statement_id)?.into_iter().map(shown).collect())
}

impl LineShown {
    /// The booking it is; none where it is open.
    #[must_use]
    pub fn booking(&self) -> Option<&str> {
        self.matched.as_ref().and_then(|row| row.tx_id.as_deref())
    }
}

/// The bookings that a line may be matched with by hand: open ones that moved the same amount the same way, the nearest
/// in time first.
///
/// # Errors
/// Storage; `Corrupt`; `Money`.
pub fn candidates(view: &AccountView, line: &BankStatementLineRow) -> Result<Vec<BookedMovement>, UseCaseError> {
    let told = movement_of(line)?;
    let (by_booking, cancelled) = (view.lines_by_booking(), view.cancelled(chrono::NaiveDate::MAX));
    let is_open = |id: &str| !by_booking.contains_key(id) && !cancelled.contains(id);
    let fits = |one: &&BookedMovement| (one.direction, one.amount) == told && is_open(&one.tx.tx_id);
    let mut found: Vec<BookedMovement> = view.bookings.iter().filter(fits).cloned().collect();
    found.sort_by_key(|one| one.tx.booked_on.signed_duration_since(line.booked_on).num_days().abs());
    Ok(found)
}

/// Matches by rule what is certain. Gives the matches made.
///
/// # Errors
/// `Books`; storage.
pub fn match_by_rule(app: &App, days: u32, word: Word<'_>) -> Result<Vec<StatementMatchRow>, UseCaseError> {
    let person = word.person()?;
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        let mut made = Vec::new();
        for account in AccountView::accounts(tx, app.fund_id())? {
            let view = AccountView::load(tx, app.fund_id(), &account)?;
            let (bank, book) = open_items(&app.sealer, &view)?;
            for pair in pairs(&bank, &book, &app.reference.calendar, days) {
                made.push(step(tx, app.fund_id(), (&pair.line, Some(&pair.booking)), pair.rule.code(), &person, "")?);
            }
        }
        if !made.is_empty() {
            tx.record(change(app.fund_id(), "statement.matched", "rule").with_all(made.clone()))?;
        }
        Ok(made)
    })
}

/// What the rules may pair.
fn open_items(sealer: &Sealer, view: &AccountView) -> Result<(Vec<BankItem>, Vec<BookItem>), UseCaseError> {
    let (by_booking, settled) = (view.lines_by_booking(), view.settled_by_opening()?);
    let cancelled = view.cancelled(chrono::NaiveDate::MAX);
    let mut bank = Vec::new();
    let is_open = |line: &&BankStatementLineRow| {
        !view.matched.contains_key(&line.line_id) && !view.opened.contains(&line.line_id)
    };
    for line in view.lines.iter().filter(is_open) {
        let (direction, amount) = movement_of(line)?;
        let references = [&line.reference, &line.end_to_end].into_iter().cloned().collect();
        bank.push(BankItem { id: line.line_id.clone(), on: line.booked_on, direction, amount, references });
    }
    let taken = |id: &str| by_booking.contains_key(id) || settled.contains(id) || cancelled.contains(id);
    let mut book = Vec::new();
    for one in view.bookings.iter().filter(|one| !taken(&one.tx.tx_id)) {
        book.push(BookItem {
            id: one.tx.tx_id.clone(),
            on: one.tx.booked_on,
            direction: one.direction,
            amount: one.amount,
            // A bank's reference may look like a card.
            texts: vec![one.tx.source_ref.clone(), unsealed_text(sealer, &one.tx.memo)?],
        });
    }
    Ok((bank, book))
}

/// Matches a line with a booking, by a person's word.
///
/// # Errors
/// `Books`, with nothing saved; storage.
pub fn match_by_person(
    app: &App,
    line_id: &str,
    tx_id: &str,
    word: Word<'_>,
) -> Result<StatementMatchRow, UseCaseError> {
    let (person, note) = (word.person()?, sealed_text(&app.sealer, &word.note(false)?));
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        let line = line_of(tx, app.fund_id(), line_id)?;
        let account = ledger_account(tx, app.fund_id(), &line)?;
        let view = AccountView::load(tx, app.fund_id(), &account)?;
        if let Some(taken) = view.matched.get(line_id) {
            return Err(refused("MATCH_LINE_TAKEN", vec![taken.clone()]));
        }
        let booking = view.bookings.iter().find(|one| one.tx.tx_id == tx_id);
        let booking = booking.ok_or_else(|| refused("MATCH_BOOKING_UNKNOWN", vec![tx_id.to_owned()]))?;
        if let Some(taken) = view.lines_by_booking().get(tx_id) {
            return Err(refused("MATCH_BOOKING_TAKEN", vec![(*taken).to_owned()]));
        }
        let (direction, amount) = movement_of(&line)?;
        if (direction, amount) != (booking.direction, booking.amount) {
            let told = [direction.signed(amount), booking.direction.signed(booking.amount)];
            return Err(refused("MATCH_DIFFERS", told.map(|fen| fen.yuan()).to_vec()));
        }
        record(tx, app.fund_id(), "statement.matched", (line_id, Some(tx_id)), &person, &note)
    })
}

/// Opens a line again.
///
/// # Errors
/// `Books`, with nothing saved; storage.
pub fn unmatch(app: &App, line_id: &str, word: Word<'_>) -> Result<StatementMatchRow, UseCaseError> {
    let (person, note) = (word.person()?, sealed_text(&app.sealer, &word.note(true)?));
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        line_of(tx, app.fund_id(), line_id)?;
        let last = books::last_matches(tx, app.fund_id())?.remove(line_id);
        if last.is_none_or(|last| last.tx_id.is_none()) {
            return Err(refused("MATCH_NONE", vec![line_id.to_owned()]));
        }
        record(tx, app.fund_id(), "statement.unmatched", (line_id, None), &person, &note)
    })
}

fn line_of(tx: &mut Tx<'_>, fund_id: &str, line_id: &str) -> Result<BankStatementLineRow, UseCaseError> {
    books::line(tx, fund_id, line_id)?.ok_or_else(|| refused("MATCH_LINE_UNKNOWN", vec![line_id.to_owned()]))
}

fn ledger_account(tx: &mut Tx<'_>, fund_id: &str, line: &BankStatementLineRow) -> Result<String, UseCaseError> {
    let of = |statement: &BankStatementRow| statement.statement_id == line.statement_id;
    let found = books::statements(tx, fund_id)?.into_iter().find(of);
    found
        .map(|statement| statement.ledger_account)
        .ok_or_else(|| refused("MATCH_LINE_UNKNOWN", vec![line.line_id.clone()]))
}

fn record(
    tx: &mut Tx<'_>,
    fund_id: &str,
    kind: &'static str,
    pair: (&str, Option<&str>),
    person: &PersonName,
    note: &str,
) -> Result<StatementMatchRow, UseCaseError> {
    let row = step(tx, fund_id, pair, BY_PERSON, person, note)?;
    tx.record(change(fund_id, kind, pair.0).with(row.clone()))?;
    Ok(row)
}

fn step(
    tx: &mut Tx<'_>,
    fund_id: &str,
    (line_id, tx_id): (&str, Option<&str>),
    rule: &str,
    person: &PersonName,
    note: &str,
) -> Result<StatementMatchRow, UseCaseError> {
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(StatementMatchRow {
        fund_id: fund_id.to_owned(),
        line_id: line_id.to_owned(),
        version: books::last_match_version(tx, line_id)?.saturating_add(1),
        tx_id: tx_id.map(str::to_owned),
        rule: rule.to_owned(),
        person: person.as_str().to_owned(),
        note: note.to_owned(),
        business_date,
        recorded_at,
        event_id,
    })
}

/// Lines named by their matches, for messages that count by rule.
#[must_use]
pub fn by_rule(made: &[StatementMatchRow]) -> BTreeMap<&str, usize> {
    let rules: BTreeSet<&str> = made.iter().map(|row| row.rule.as_str()).collect();
    rules.into_iter().map(|rule| (rule, made.iter().filter(|row| row.rule == rule).count())).collect()
}

/// A match as the console and the interface tell it.
#[must_use]
pub fn match_json(row: &StatementMatchRow) -> Value {
    json!({
        "line": row.line_id,
        "version": row.version,
        "booking": row.tx_id,
        "rule": row.rule,
        "by": row.person,
        "note": row.note,
    })
}
