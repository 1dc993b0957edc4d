//! Entries and balances of a camt.053 statement, from the texts of their elements.
//!
//! **Invariant:** an entry without day, amount or way is refused; one that the bank has not booked is no line.

use chrono::NaiveDate;

use super::fault::{FaultCode, Place, StatementFault};
use super::values::{iso_day, words};
use crate::domain::money::{Fen, FenDelta};
use crate::domain::statement::{Direction, StatementLine};

/// An element that holds text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Local names below the entry, balance or statement.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its currency, where it names one.
    pub currency: String,
}

/// The first text at one of the paths, the paths in their order.
pub(super) fn first<'l>(leaves: &'l [Leaf], paths: &[&str]) -> Option<&'l str> {
    paths.iter().find_map(|path| leaves.iter().find(|leaf| leaf.path == *path)).map(|leaf| leaf.text.as_str())
}

pub(super) fn missing(place: &Place, element: &str) -> StatementFault {
    StatementFault::new(FaultCode::ElementMissing, place.clone(), element)
}

/// The place of an entry below its statement.
pub(super) fn place(statement: &Place, entry: u32) -> Place {
    match statement {
        Place::Element(path) => Place::Element(format!("{path}/Ntry[{entry}]")),
        other => other.clone(),
    }
}

/// A day at one of the paths.
pub(super) fn day(leaves: &[Leaf], paths: &[&str], place: &Place) -> Result<Option<NaiveDate>, StatementFault> {
    let Some(text) = first(leaves, paths) else { return Ok(None) };
    iso_day(text).map(Some).ok_or_else(|| StatementFault::new(FaultCode::Date, place.clone(), text))
}

/// Way and amount of an entry or balance, in CNY.
fn amount(leaves: &[Leaf], place: &Place) -> Result<(Direction, Fen), StatementFault> {
    let leaf = leaves.iter().find(|leaf| leaf.path == "Amt").ok_or_else(|| missing(place, "Amt"))?;
    if leaf.currency != "CNY" {
        return Err(StatementFault::new(FaultCode::Currency, place.clone(), &leaf.currency));
    }
    // The standard allows five decimals; what is below a fen must be nought.
    let text = match leaf.text.split_once('.') {
        Some((whole, fraction)) if fraction.len() > 2 => {
            format!("{whole}.{}", fraction.trim_end_matches('0'))
        }
        _ => leaf.text.clone(),
    };
    let text = text.strip_suffix('.').unwrap_or(&text);
    let amount = Fen::from_yuan(text)
        .map_err(|_not_an_amount| StatementFault::new(FaultCode::Amount, place.clone(), &leaf.text))?;
    let way = first(leaves, &["CdtDbtInd"]).ok_or_else(|| missing(place, "CdtDbtInd"))?;
    let direction = match way {
        "CRDT" => Direction::Credit,
        "DBIT" => Direction::Debit,
        other => return Err(StatementFault::new(FaultCode::Value, place.clone(), other)),
    };
    Ok((direction, amount))
}

/// The balance of the first of these kinds, with its day. Of several intermediate ones the first opening and the
/// last closing balance count.
pub(super) fn balance(
    balances: &[Vec<Leaf>],
    kinds: &[&str],
    place: &Place,
) -> Result<Option<(FenDelta, NaiveDate)>, StatementFault> {
    let of = |kind: &str| {
        let is_kind = |leaves: &&Vec<Leaf>| first(leaves, &["Tp/CdOrPrtry/Cd"]) == Some(kind);
        if kind == "CLBD" { balances.iter().rev().find(is_kind) } else { balances.iter().find(is_kind) }
    };
    let Some(leaves) = kinds.iter().find_map(|kind| of(kind)) else { return Ok(None) };
    let (direction, fen) = amount(leaves, place)?;
    let on = day(leaves, &["Dt/Dt", "Dt/DtTm"], place)?.ok_or_else(|| missing(place, "Bal/Dt"))?;
    Ok(Some((direction.signed(fen), on)))
}

/// The line of an entry; nothing for one that the bank has not booked.
///
/// The indicator of an entry says which way the money went, also where it takes another back.
pub(super) fn line(leaves: &[Leaf], entry: u32, at: &Place) -> Result<Option<StatementLine>, StatementFault> {
    let status = first(leaves, &["Sts", "Sts/Cd"]).ok_or_else(|| missing(at, "Sts"))?;
    match status {
        "BOOK" => {}
        "PDNG" | "INFO" | "FUTR" => return Ok(None),
        other => return Err(StatementFault::new(FaultCode::Value, at.clone(), other)),
    }
    let (direction, amount) = amount(leaves, at)?;
    let is_reversal = match first(leaves, &["RvslInd"]) {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(other) => return Err(StatementFault::new(FaultCode::Value, at.clone(), other)),
    };
    let booked_on = day(leaves, &["BookgDt/Dt", "BookgDt/DtTm"], at)?.ok_or_else(|| missing(at, "BookgDt"))?;
    let value_on = day(leaves, &["ValDt/Dt", "ValDt/DtTm"], at)?;
    // A bundle has one amount and many details; only those of a single payment are the line's own.
    let is_single = leaves.iter().filter(|leaf| leaf.path == "NtryDtls/TxDtls/Refs/EndToEndId").count() <= 1;
    let own = |paths: &[&str]| words(first(leaves, paths).filter(|_| is_single).unwrap_or_default());
    // The other side is who paid where money came in, and who was paid where it went out.
    let (name, account): (&[&str], &[&str]) = match (direction, is_reversal) {
        (Direction::Credit, false) | (Direction::Debit, true) => (&DEBTOR_NAME, &DEBTOR_ACCOUNT),
        (Direction::Debit, false) | (Direction::Credit, true) => (&CREDITOR_NAME, &CREDITOR_ACCOUNT),
    };
    let mut text = first(leaves, &["AddtlNtryInf"]).unwrap_or_default().to_owned();
    for leaf in leaves.iter().filter(|leaf| is_single && leaf.path == "NtryDtls/TxDtls/RmtInf/Ustrd") {
        text.push(' ');
        text.push_str(&leaf.text);
    }
    let end_to_end = own(&["NtryDtls/TxDtls/Refs/EndToEndId"]);
    let reference = match first(leaves, &["AcctSvcrRef"]) {
        Some(reference) => words(reference),
        None => own(&["NtryDtls/TxDtls/Refs/AcctSvcrRef"]),
    };
    Ok(Some(StatementLine {
        place: entry,
        booked_on,
        value_on,
        direction,
        amount,
        is_reversal,
        counterparty_name: own(name),
        counterparty_account: own(account),
        reference,
        end_to_end: if end_to_end == "NOTPROVIDED" { String::new() } else { end_to_end },
        text: words(&text),
    }))
}

const DEBTOR_NAME: [&str; 2] = ["NtryDtls/TxDtls/RltdPties/Dbtr/Nm", "NtryDtls/TxDtls/RltdPties/Dbtr/Pty/Nm"];
const DEBTOR_ACCOUNT: [&str; 2] =
    ["NtryDtls/TxDtls/RltdPties/DbtrAcct/Id/Othr/Id", "NtryDtls/TxDtls/RltdPties/DbtrAcct/Id/IBAN"];
const CREDITOR_NAME: [&str; 2] = ["NtryDtls/TxDtls/RltdPties/Cdtr/Nm", "NtryDtls/TxDtls/RltdPties/Cdtr/Pty/Nm"];
const CREDITOR_ACCOUNT: [&str; 2] =
    ["NtryDtls/TxDtls/RltdPties/CdtrAcct/Id/Othr/Id", "NtryDtls/TxDtls/RltdPties/CdtrAcct/Id/IBAN"];
