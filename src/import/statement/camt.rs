//! Bank statements as ISO 20022 camt.053, of any version 053.001.0x.
//!
//! Elements are told by their local names, so that any prefix is taken; the namespace must be one of camt.053.
//! **Invariant:** no document type and no entity but the five of XML is taken; depth, elements and characters are
//! counted while reading.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::StatementFile;
use super::entries::{self, Leaf};
use super::fault::{FaultCode, Place, StatementFault};
use super::{StatementForm, Told, account_digits};
use crate::domain::statement::{Statement, StatementLine, StatementParts};
use crate::import::limits::Limits;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
/// Elements within elements.
const DEEPEST: usize = 40;
/// Elements with text within one entry; a bundle of that many payments is no statement of this fund.
const LEAVES: usize = 50_000;
/// Characters of one text.
const LONGEST: usize = 10_000;
/// Statements in one file.
const STATEMENTS: usize = 1_000;

/// What is open while reading.
struct Open {
    /// Local names of the open elements.
    path: Vec<String>,
    /// Text of the innermost one, and its currency.
    text: String,
    currency: String,
    /// Leaves of the entry, balance or statement that is open.
    head: Vec<Leaf>,
    part: Vec<Leaf>,
    /// What is complete of the statement that is open.
    balances: Vec<Vec<Leaf>>,
    lines: Vec<StatementLine>,
    entries: u32,
    unbooked: usize,
}

/// Reads a file.
///
/// # Errors
/// `StatementFault`.
pub fn read(text: &str, told: &Told, limits: &Limits) -> Result<StatementFile, StatementFault> {
    let mut reader = Reader::from_str(text);
    let mut open = Open {
        path: Vec::new(),
        text: String::new(),
        currency: String::new(),
        head: Vec::new(),
        part: Vec::new(),
        balances: Vec::new(),
        lines: Vec::new(),
        entries: 0,
        unbooked: 0,
    };
    let mut statements = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| broken(&open, &error.to_string()))?;
        match event {
            Event::Start(start) => begin(&mut open, &start)?,
            Event::Empty(start) => {
                begin(&mut open, &start)?;
                end(&mut open, told, limits, &mut statements)?;
            }
            Event::End(_) => end(&mut open, told, limits, &mut statements)?,
            Event::Text(text) => push(&mut open, &text)?,
            Event::CData(data) => push(&mut open, &data)?,
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref() {
                    Ok(Some(c)) => Some(c),
                    Ok(None) => predefined(&name),
                    Err(_not_a_character) => None,
                };
                let c = resolved.ok_or_else(|| StatementFault::new(FaultCode::Entity, at(&open), ""))?;
                push(&mut open, c.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(StatementFault::new(FaultCode::Entity, Place::File, "DOCTYPE")),
            Event::Eof if !open.path.is_empty() => return Err(broken(&open, "")),
            Event::Eof => break,
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
    }
    if statements.is_empty() {
        return Err(StatementFault::new(FaultCode::ElementMissing, Place::File, "Stmt"));
    }
    Ok(StatementFile { form: StatementForm::Camt053, statements, unbooked: open.unbooked })
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

fn broken(open: &Open, detail: &str) -> StatementFault {
    StatementFault::new(FaultCode::Xml, at(open), detail)
}

/// The place of what is open; entries are counted, so that a person finds theirs.
fn at(open: &Open) -> Place {
    let named = |name: &String| if name == "Ntry" { format!("Ntry[{}]", open.entries) } else { name.clone() };
    Place::Element(open.path.iter().map(named).collect::<Vec<_>>().join("/"))
}

fn begin(open: &mut Open, start: &BytesStart<'_>) -> Result<(), StatementFault> {
    open.path.push(start.local_name().as_ref().to_owned());
    if open.path.len() > DEEPEST {
        return Err(StatementFault::new(FaultCode::TooMany, at(open), &DEEPEST.to_string()));
    }
    open.text.clear();
    open.currency.clear();
    let mut is_camt = false;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| broken(open, &error.to_string()))?;
        let value = attribute.value.into_owned();
        match attribute.key.as_ref() {
            "Ccy" => open.currency = value,
            key if key.starts_with("xmlns") && value.starts_with(NAMESPACE) => is_camt = true,
            _ => {}
        }
    }
    if open.path.len() == 1 && (!is_camt || open.path.first().is_none_or(|root| root != "Document")) {
        let root = open.path.first().cloned().unwrap_or_default();
        return Err(StatementFault::new(FaultCode::FormUnknown, Place::File, &root));
    }
    match depth_in_statement(open) {
        Some(0) => {
            open.head.clear();
            open.balances.clear();
            open.lines.clear();
            open.entries = 0;
        }
        Some(1) if is_part(open) => {
            open.part.clear();
            if open.path.last().is_some_and(|name| name == "Ntry") {
                open.entries = open.entries.saturating_add(1);
            }
        }
        _ => {}
    }
    Ok(())
}

/// How deep below the statement: 0 is the statement itself.
fn depth_in_statement(open: &Open) -> Option<usize> {
    let [document, body, statement, rest @ ..] = open.path.as_slice() else { return None };
    (document == "Document" && body == "BkToCstmrStmt" && statement == "Stmt").then_some(rest.len())
}

fn is_part(open: &Open) -> bool {
    open.path.get(3).is_some_and(|name| name == "Ntry" || name == "Bal")
}

fn push(open: &mut Open, text: &str) -> Result<(), StatementFault> {
    open.text.push_str(text);
    if open.text.len() > LONGEST {
        return Err(StatementFault::new(FaultCode::TooMany, at(open), &LONGEST.to_string()));
    }
    Ok(())
}

fn end(open: &mut Open, told: &Told, limits: &Limits, statements: &mut Vec<Statement>) -> Result<(), StatementFault> {
    let depth = depth_in_statement(open);
    let place = at(open);
    if let Some(deep) = depth.filter(|deep| *deep > 0) {
        let skip = if is_part(open) { 4 } else { 3 };
        if !open.text.trim().is_empty() && open.path.len() > skip {
            let path = open.path.get(skip..).unwrap_or_default().join("/");
            let leaf = Leaf { path, text: open.text.trim().to_owned(), currency: std::mem::take(&mut open.currency) };
            let list = if is_part(open) { &mut open.part } else { &mut open.head };
            list.push(leaf);
            if list.len() > LEAVES {
                return Err(StatementFault::new(FaultCode::TooMany, place, &LEAVES.to_string()));
            }
        }
        if deep == 1 && is_part(open) {
            let part = std::mem::take(&mut open.part);
            if open.path.last().is_some_and(|name| name == "Bal") {
                open.balances.push(part);
            } else {
                match entries::line(&part, open.entries, &place)? {
                    Some(line) => open.lines.push(line),
                    None => open.unbooked = open.unbooked.saturating_add(1),
                }
            }
            if open.entries > limits.rows {
                return Err(StatementFault::new(FaultCode::TooMany, place, &limits.rows.to_string()));
            }
        }
    }
    if depth == Some(0) {
        if statements.len() >= STATEMENTS {
            return Err(StatementFault::new(FaultCode::TooMany, place, &STATEMENTS.to_string()));
        }
        statements.push(statement(open, told, &place)?);
    }
    open.text.clear();
    open.path.pop();
    Ok(())
}

fn statement(open: &mut Open, told: &Told, place: &Place) -> Result<Statement, StatementFault> {
    let found = entries::first(&open.head, &["Acct/Id/IBAN", "Acct/Id/Othr/Id"]);
    let account = account_digits(found.ok_or_else(|| entries::missing(place, "Acct/Id"))?);
    let wanted = account_digits(&told.account);
    if account != wanted {
        return Err(StatementFault::new(FaultCode::Account, place.clone(), &account));
    }
    if let Some(currency) = entries::first(&open.head, &["Acct/Ccy"]).filter(|currency| *currency != "CNY") {
        return Err(StatementFault::new(FaultCode::Currency, place.clone(), currency));
    }
    let opening = entries::balance(&open.balances, &["OPBD", "PRCD"], place)?
        .ok_or_else(|| entries::missing(place, "Bal/Tp/CdOrPrtry/Cd=OPBD"))?;
    let closing = entries::balance(&open.balances, &["CLBD"], place)?
        .ok_or_else(|| entries::missing(place, "Bal/Tp/CdOrPrtry/Cd=CLBD"))?;
    let stated = |path: &str| entries::day(&open.head, &[path], place);
    let lines = std::mem::take(&mut open.lines);
    let booked = || lines.iter().map(|line| line.booked_on);
    let to = stated("FrToDt/ToDtTm")?.unwrap_or_else(|| booked().max().map_or(closing.1, |last| last.max(closing.1)));
    let from = stated("FrToDt/FrDtTm")?.unwrap_or_else(|| booked().min().map_or(to, |first| first.min(to)));
    let contradicts = |told: Option<_>, found| told.is_some_and(|told| told != found);
    if contradicts(told.opening, opening.0) || contradicts(told.closing, closing.0) {
        let words = format!("{} / {}", opening.0.yuan(), closing.0.yuan());
        return Err(StatementFault::new(FaultCode::ToldOtherwise, place.clone(), &words));
    }
    let number = entries::first(&open.head, &["Id"]).unwrap_or_default().to_owned();
    let parts = StatementParts { account, number, from, to, opening: opening.0, closing: closing.0, lines };
    let base = place.clone();
    Statement::try_new(parts).map_err(|error| StatementFault::of(&error, base, |entry| entries::place(place, entry)))
}
