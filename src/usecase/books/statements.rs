//! A bank statement comes in.
//!
//! **Invariant:** the same file again changes nothing; a line that an earlier statement told is not stored again; a
//! statement that does not continue its neighbours is taken, with a finding that stays with it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::account::{bookings_of, move_of, span_of};
use super::{Word, change, is_bank_account, refused};
use crate::app::App;
use crate::domain::money::FenDelta;
use crate::domain::reconciliation::sum;
use crate::domain::statement::{Joint, Span, Statement, joints};
use crate::hash::sha256_hex;
use crate::import::limits::Limits;
use crate::import::statement::{self, StatementFile, Told, account_digits};
use crate::sealing::Sealer;
use crate::storage::facts::unstamped;
use crate::storage::find::books;
use crate::storage::rows::books::{BankStatementLineRow, BankStatementRow};
use crate::storage::{Act, Scope, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::personal::{marked_text, sealed_number, sealed_text};

/// Something worth a look about a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFinding {
    /// Stable code.
    pub code: String,
    /// Places of its text.
    pub places: Vec<(String, String)>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its statements.
    pub statements: Vec<BankStatementRow>,
    /// The file had come before, and nothing was saved.
    pub is_known: bool,
    /// Entries that the bank had not booked.
    pub unbooked: usize,
}

/// A file and what the caller says of it.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Name.
    pub file: &'a str,
    /// Bytes.
    pub bytes: &'a [u8],
    /// What the file may not say itself.
    pub told: &'a Told,
    /// Account of the ledger that holds its money.
    pub ledger_account: &'a str,
}

impl StatementFinding {
    /// The findings of a stored statement.
    #[must_use]
    pub fn of(row: &BankStatementRow) -> Vec<StatementFinding> {
        serde_json::from_str(&row.findings).unwrap_or_default()
    }

    fn new(code: &str, places: &[(&str, String)]) -> StatementFinding {
        let places = places.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        StatementFinding { code: code.to_owned(), places }
    }
}

/// Takes a file in.
///
/// # Errors
/// `Statement`, `Books`, with nothing saved; storage.
pub fn import_statement(app: &App, incoming: &Incoming<'_>, word: Word<'_>) -> Result<Taken, UseCaseError> {
    let person = word.person()?;
    let account = account_digits(&incoming.told.account);
    if account.is_empty() {
        return Err(refused("STATEMENT_ACCOUNT_MISSING", Vec::new()));
    }
    if !is_bank_account(incoming.ledger_account) {
        return Err(refused("STATEMENT_LEDGER_ACCOUNT", vec![incoming.ledger_account.to_owned()]));
    }
    let fault = |fault| UseCaseError::Statement { file: incoming.file.to_owned(), fault };
    let file = statement::read(incoming.bytes, incoming.told, &Limits::default()).map_err(fault)?;
    let hash = identity(incoming);
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        let known = books::of_file(tx, app.fund_id(), &account, &hash)?;
        if !known.is_empty() {
            return Ok(Taken { statements: known, is_known: true, unbooked: file.unbooked });
        }
        let mut books_of = Known::load(tx, app.fund_id(), &account)?;
        if let Some(other) = books_of.statements.first().filter(|row| row.ledger_account != incoming.ledger_account) {
            return Err(refused("STATEMENT_LEDGER_DIFFERS", vec![other.ledger_account.clone()]));
        }
        let mut number = books::count_statements(tx, app.fund_id())?;
        let (mut statements, mut lines) = (Vec::new(), Vec::new());
        for (ordinal, statement) in (1_i64..).zip(&file.statements) {
            number = number.saturating_add(1);
            let id = format!("{}:statement:{number}", app.fund_id());
            let fresh = fresh_lines(&app.sealer, app.fund_id(), &id, statement, &mut books_of.keys);
            let findings = findings(tx, app.fund_id(), incoming.ledger_account, statement, &books_of, &fresh)?;
            let mut row = row_of(app.fund_id(), &id, incoming, &file, statement);
            row.ordinal = ordinal;
            row.content_hash.clone_from(&hash);
            row.lines_new = i64::try_from(fresh.len()).unwrap_or(i64::MAX);
            row.findings = serde_json::to_string(&findings).unwrap_or_default();
            person.as_str().clone_into(&mut row.person);
            books_of.add(&row, &fresh)?;
            statements.push(row);
            lines.extend(fresh);
        }
        let event = change(app.fund_id(), "statement.imported", &account);
        tx.record(event.with_all(statements).with_all(lines))?;
        let statements = books::of_file(tx, app.fund_id(), &account, &hash)?;
        Ok(Taken { statements, is_known: false, unbooked: file.unbooked })
    })
}

/// What is known of an account before a statement comes.
struct Known {
    statements: Vec<BankStatementRow>,
    spans: Vec<Span>,
    moves: Vec<(chrono::NaiveDate, FenDelta)>,
    keys: BTreeSet<String>,
}

impl Known {
    fn load(tx: &mut Tx<'_>, fund_id: &str, account: &str) -> Result<Known, UseCaseError> {
        let mut statements = books::statements(tx, fund_id)?;
        statements.retain(|row| row.account == account);
        let mut lines = books::lines(tx, fund_id)?;
        lines.retain(|line| line.account == account);
        let moves = lines.iter().map(move_of).collect::<Result<Vec<_>, _>>()?;
        let keys = lines.into_iter().map(|line| line.line_key).collect();
        Ok(Known { spans: statements.iter().map(span_of).collect(), statements, moves, keys })
    }

    fn add(&mut self, row: &BankStatementRow, fresh: &[BankStatementLineRow]) -> Result<(), UseCaseError> {
        self.spans.push(span_of(row));
        for line in fresh {
            self.moves.push(move_of(line)?);
        }
        Ok(())
    }
}

/// The lines that no statement has told yet.
fn fresh_lines(
    sealer: &Sealer,
    fund_id: &str,
    statement_id: &str,
    statement: &Statement,
    known: &mut BTreeSet<String>,
) -> Vec<BankStatementLineRow> {
    let (business_date, recorded_at, event_id) = unstamped();
    let parts = statement.parts();
    (1..)
        .zip(parts.lines.iter().zip(statement.keys()))
        .filter_map(|(number, (line, plain_key)): (u32, _)| {
            // Lines kept before numbers were sealed, or under an older key, are still the same lines.
            let marked = marked_text(sealer, &plain_key);
            if known.contains(&plain_key) || marked.iter().any(|key| known.contains(key)) {
                return None;
            }
            let line_key = marked.into_iter().next()?;
            known.insert(line_key.clone()).then(|| BankStatementLineRow {
                fund_id: fund_id.to_owned(),
                line_id: format!("{statement_id}:{number}"),
                statement_id: statement_id.to_owned(),
                account: parts.account.clone(),
                line_key,
                place: i64::from(line.place),
                booked_on: line.booked_on,
                value_on: line.value_on,
                direction: line.direction.code().to_owned(),
                amount_fen: line.amount.get(),
                is_reversal: line.is_reversal,
                counterparty_name: line.counterparty_name.clone(),
                counterparty_account: sealed_number(sealer, &line.counterparty_account),
                reference: line.reference.clone(),
                end_to_end: line.end_to_end.clone(),
                text: sealed_text(sealer, &line.text),
                business_date,
                recorded_at,
                event_id: event_id.clone(),
            })
        })
        .collect()
}

/// Where a statement does not continue its neighbours, the overlap or the ledger.
fn findings(
    tx: &mut Tx<'_>,
    fund_id: &str,
    ledger_account: &str,
    statement: &Statement,
    known: &Known,
    fresh: &[BankStatementLineRow],
) -> Result<Vec<StatementFinding>, UseCaseError> {
    let parts = statement.parts();
    let span = Span { from: parts.from, to: parts.to, opening: parts.opening, closing: parts.closing };
    let mut found: Vec<StatementFinding> = joints(span, &known.spans, &known.moves)?.iter().map(joint).collect();
    // An overlapping statement that tells other lines for the same days contradicts the one before.
    let mut within: Vec<FenDelta> =
        known.moves.iter().filter(|(on, _)| (span.from..=span.to).contains(on)).map(|(_, fen)| *fen).collect();
    for line in fresh {
        within.push(move_of(line)?.1);
    }
    let computed = span.opening.checked_add(sum(within)?)?;
    if computed != span.closing {
        let places = [("computed", computed.yuan()), ("stated", span.closing.yuan())];
        found.push(StatementFinding::new("STATEMENT_OVERLAP_DIFFERS", &places));
    }
    if known.spans.is_empty() {
        let earlier = bookings_of(tx, fund_id, ledger_account)?;
        let earlier = earlier.iter().filter(|one| one.tx.booked_on < span.from);
        let booked = sum(earlier.map(|one| one.direction.signed(one.amount)))?;
        if booked != span.opening {
            let places = [("booked", booked.yuan()), ("stated", span.opening.yuan())];
            found.push(StatementFinding::new("STATEMENT_OPENING_DIFFERS", &places));
        }
    }
    Ok(found)
}

fn joint(joint: &Joint) -> StatementFinding {
    match joint {
        Joint::Gap { from, to, before, after } => StatementFinding::new(
            "STATEMENT_GAP",
            &[("from", from.to_string()), ("to", to.to_string()), ("before", before.yuan()), ("after", after.yuan())],
        ),
        Joint::NotContinued { on, before, after } => StatementFinding::new(
            "STATEMENT_NOT_CONTINUED",
            &[("on", on.to_string()), ("before", before.yuan()), ("after", after.yuan())],
        ),
    }
}

fn row_of(
    fund_id: &str,
    id: &str,
    incoming: &Incoming<'_>,
    file: &StatementFile,
    statement: &Statement,
) -> BankStatementRow {
    let (business_date, recorded_at, event_id) = unstamped();
    let parts = statement.parts();
    BankStatementRow {
        fund_id: fund_id.to_owned(),
        statement_id: id.to_owned(),
        account: parts.account.clone(),
        ledger_account: incoming.ledger_account.to_owned(),
        form: file.form.code().to_owned(),
        file_name: base_name(incoming.file),
        content_hash: String::new(),
        ordinal: 0,
        bank_number: parts.number.clone(),
        from_on: parts.from,
        to_on: parts.to,
        opening_fen: parts.opening.get(),
        closing_fen: parts.closing.get(),
        lines_total: i64::try_from(parts.lines.len()).unwrap_or(i64::MAX),
        lines_new: 0,
        findings: String::new(),
        person: String::new(),
        business_date,
        recorded_at,
        event_id,
    }
}

/// What makes a file the same again: its bytes, and the days it was told to speak for. A table of movements does not
/// say up to which day it is complete, so that the same one told for more days says more.
fn identity(incoming: &Incoming<'_>) -> String {
    let plain = sha256_hex(incoming.bytes);
    match (incoming.told.from, incoming.told.to) {
        (None, None) => plain,
        (from, to) => sha256_hex(format!("{plain}|{from:?}|{to:?}").as_bytes()),
    }
}

fn base_name(file: &str) -> String {
    std::path::Path::new(file).file_name().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())
}
