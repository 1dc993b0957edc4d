//! Bank statements as comma-separated text.
//!
//! The columns are named in `data/statement_columns.toml`. Banks list the newest row first or last; the balance
//! column says which.
//! **Invariant:** where a row has a balance, it follows from the row before, or the file is refused at that row.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::fault::{FaultCode, Place, StatementFault};
use super::values::{amount, day, words};
use super::{StatementFile, StatementForm, Told, account_digits};
use crate::domain::money::FenDelta;
use crate::domain::statement::{Direction, Statement, StatementLine, StatementParts};
use crate::embedded::{self, Reference};
use crate::import::limits::Limits;

const COLUMNS: &str = "statement_columns.toml";
/// Rows above the header that are looked through.
const HEADER_WITHIN: usize = 20;
/// Columns without which nothing can be read.
const NEEDED: [&str; 3] = ["booked_on", "credit", "debit"];

/// One row before the balances were looked at.
struct Row {
    line: StatementLine,
    movement: FenDelta,
    balance: Option<FenDelta>,
}

fn headings() -> &'static BTreeMap<String, Vec<String>> {
    static WORDS: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let body = embedded::text::<Reference>(COLUMNS).expect("compiled in");
        toml::from_str(&body).expect("a test reads every reference file, so a released binary holds only readable ones")
    })
}

/// Reads a file.
///
/// # Errors
/// `StatementFault`.
pub fn read(text: &str, told: &Told, limits: &Limits) -> Result<StatementFile, StatementFault> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns: Option<BTreeMap<String, usize>> = None;
    let mut rows = Vec::new();
    for (before, record) in reader.records().enumerate() {
        let record =
            record.map_err(|error| StatementFault::new(FaultCode::FormUnknown, Place::File, &error.to_string()))?;
        // The line of the file, so that a person finds it in an editor too.
        let place = record.position().and_then(|at| u32::try_from(at.line()).ok()).unwrap_or(0);
        match &columns {
            None if before < HEADER_WITHIN => columns = header(&record, place)?,
            None => break,
            Some(_) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(columns) => rows.push(row(&record, columns, place)?),
        }
        if rows.len() > usize::try_from(limits.rows).unwrap_or(usize::MAX) {
            return Err(StatementFault::new(FaultCode::TooMany, Place::Row(place), &limits.rows.to_string()));
        }
    }
    if columns.is_none() {
        return Err(StatementFault::new(FaultCode::FormUnknown, Place::File, ""));
    }
    let statement = assemble(oldest_first(rows)?, told)?;
    Ok(StatementFile { form: StatementForm::Csv, statements: vec![statement], unbooked: 0 })
}

/// Which column is where; nothing where the row is no header.
fn header(record: &::csv::StringRecord, place: u32) -> Result<Option<BTreeMap<String, usize>>, StatementFault> {
    let mut found = BTreeMap::new();
    for (at, cell) in record.iter().enumerate() {
        let cell = cell.trim().trim_start_matches('\u{feff}');
        let name = headings().iter().find(|(name, names)| *name != "cny" && names.iter().any(|known| known == cell));
        if let Some((name, _)) = name
            && found.insert(name.clone(), at).is_some()
        {
            return Err(StatementFault::new(FaultCode::ColumnTwice, Place::Row(place), cell));
        }
    }
    if !found.contains_key("booked_on") {
        return Ok(None);
    }
    match NEEDED.iter().find(|needed| !found.contains_key(**needed)) {
        Some(missing) => {
            let word = headings().get(*missing).and_then(|names| names.first());
            Err(StatementFault::new(FaultCode::ColumnMissing, Place::Row(place), word.map_or(missing, String::as_str)))
        }
        None => Ok(Some(found)),
    }
}

fn row(record: &::csv::StringRecord, columns: &BTreeMap<String, usize>, place: u32) -> Result<Row, StatementFault> {
    let cell = |name: &str| {
        let text = columns.get(name).and_then(|at| record.get(*at)).unwrap_or_default();
        // Spreadsheets and banks put an apostrophe or a tab before long numbers.
        text.trim().trim_start_matches('\'').trim()
    };
    let fault = |code: FaultCode, found: &str| StatementFault::new(code, Place::Row(place), found);
    let money = |name: &str| amount(cell(name)).map_err(|()| fault(FaultCode::Amount, cell(name)));
    let currency = cell("currency");
    let accepted = headings().get("cny").is_some_and(|words| words.iter().any(|word| word == currency));
    if !currency.is_empty() && !accepted {
        return Err(fault(FaultCode::Currency, currency));
    }
    let booked_on = day(cell("booked_on")).ok_or_else(|| fault(FaultCode::Date, cell("booked_on")))?;
    let value_on = match cell("value_on") {
        "" => None,
        text => Some(day(text).ok_or_else(|| fault(FaultCode::Date, text))?),
    };
    let (income, spending) = (money("credit")?, money("debit")?);
    let moved = |fen: Option<FenDelta>| fen.filter(|fen| *fen != FenDelta::ZERO);
    let (side, fen) = match (moved(income), moved(spending)) {
        (Some(_), Some(_)) => {
            return Err(fault(FaultCode::BothSides, &format!("{} {}", cell("credit"), cell("debit"))));
        }
        (Some(fen), None) => (Direction::Credit, fen),
        (None, Some(fen)) => (Direction::Debit, fen),
        (None, None) => return Err(fault(FaultCode::NoAmount, "")),
    };
    let (way, amount) = Direction::of(fen).ok_or_else(|| fault(FaultCode::Amount, &fen.yuan()))?;
    // An amount below zero takes an earlier row of its column back, so the money goes the other way.
    let is_reversal = way == Direction::Debit;
    let direction = if is_reversal { side.other() } else { side };
    let balance = if columns.contains_key("balance") { money("balance")? } else { None };
    let line = StatementLine {
        place,
        booked_on,
        value_on,
        direction,
        amount,
        is_reversal,
        counterparty_name: words(cell("counterparty_name")),
        counterparty_account: words(cell("counterparty_account")),
        reference: words(cell("reference")),
        end_to_end: words(cell("end_to_end")),
        text: words(&format!("{} {}", cell("text"), cell("note"))),
    };
    Ok(Row { movement: direction.signed(amount), line, balance })
}

/// The rows with the oldest first, every balance following from the one before.
fn oldest_first(mut rows: Vec<Row>) -> Result<Vec<Row>, StatementFault> {
    let forward = first_break(rows.iter());
    if forward.is_none() && rows.iter().any(|row| row.balance.is_some()) {
        return Ok(rows);
    }
    let newest_first = rows.first().zip(rows.last()).is_some_and(|(a, b)| a.line.booked_on > b.line.booked_on);
    let backward = first_break(rows.iter().rev());
    match (forward, backward) {
        (None, _) if !newest_first => Ok(rows),
        (_, None) => {
            rows.reverse();
            Ok(rows)
        }
        (first, second) => {
            let broken = if newest_first { second } else { first };
            let (place, words) = broken.unwrap_or_default();
            Err(StatementFault::new(FaultCode::RunningBalance, Place::Row(place), &words))
        }
    }
}

/// The first row whose balance does not follow, and what was expected.
fn first_break<'r>(rows: impl Iterator<Item = &'r Row>) -> Option<(u32, String)> {
    let mut expected: Option<FenDelta> = None;
    for row in rows {
        let reached = expected.and_then(|before| before.checked_add(row.movement).ok());
        if let (Some(reached), Some(stated)) = (reached, row.balance)
            && reached != stated
        {
            return Some((row.line.place, format!("{} ≠ {}", reached.yuan(), stated.yuan())));
        }
        expected = row.balance.or(reached);
    }
    None
}

/// The balance before the first row, as the balance column tells it.
fn opening_of(rows: &[Row]) -> Result<Option<FenDelta>, StatementFault> {
    let too_large = || StatementFault::new(FaultCode::Amount, Place::File, "");
    let mut moved = FenDelta::ZERO;
    for row in rows {
        moved = moved.checked_add(row.movement).map_err(|_overflow| too_large())?;
        if let Some(balance) = row.balance {
            let back = FenDelta::new(moved.get().checked_neg().ok_or_else(too_large)?);
            return balance.checked_add(back).map(Some).map_err(|_overflow| too_large());
        }
    }
    Ok(None)
}

fn assemble(rows: Vec<Row>, told: &Told) -> Result<Statement, StatementFault> {
    let not_told = |what: &str| StatementFault::new(FaultCode::NotTold, Place::File, what);
    let opening = match (opening_of(&rows)?, told.opening) {
        (Some(found), Some(told)) if found != told => {
            let words = format!("{} ≠ {}", found.yuan(), told.yuan());
            return Err(StatementFault::new(FaultCode::ToldOtherwise, Place::File, &words));
        }
        (found, told) => found.or(told).ok_or_else(|| not_told("--opening"))?,
    };
    let by_column = rows.iter().rev().find_map(|row| row.balance).is_some();
    let reached = rows.iter().map(|row| row.movement).try_fold(opening, FenDelta::checked_add);
    let reached = reached.map_err(|_overflow| StatementFault::new(FaultCode::Amount, Place::File, ""))?;
    // Without a balance column only the person who holds the paper statement knows where the account ended.
    let closing = if by_column { told.closing.or(Some(reached)) } else { told.closing };
    let days = || rows.iter().map(|row| row.line.booked_on);
    let parts = StatementParts {
        account: account_digits(&told.account),
        number: String::new(),
        from: told.from.or_else(|| days().min()).ok_or_else(|| not_told("--from"))?,
        to: told.to.or_else(|| days().max()).ok_or_else(|| not_told("--to"))?,
        opening,
        closing: closing.ok_or_else(|| not_told("--closing"))?,
        lines: rows.into_iter().map(|row| row.line).collect(),
    };
    Statement::try_new(parts).map_err(|error| StatementFault::of(&error, Place::File, Place::Row))
}
