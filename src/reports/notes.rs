//! Foot notes of the tables: basis, missing banks, corrections, rounding, what must be explained.
//!
//! **Invariant:** a note is computed from the same rows as the tables and never names a borrower.

use super::ReportError;
use super::book::{Banks, Book, overlap, this_year};
use super::cell::{Cell, Unit};
use super::dataset::{Dataset, Note, RowKind, Table, Topic};
use super::facts::{BankFacts, LoanFact, PeriodFacts};
use super::money_facts::{ClaimStanding, RestatedFigures};
use super::positions::{Books, Change, same_basis};
use super::scope::{missing_names, nil_names};
use super::words::{self, say, wan, wan_delta};
use crate::domain::money::FenDelta;
use crate::i18n::Lang;
use crate::render::wan_plain;

/// Change of a balance in a month that must be explained, in ppm (±20 %).
const EXPLAIN_PPM: i64 = 200_000;

/// Notes both summaries carry: legend, missing, nil, corrections, bounds, proposal, sources.
#[must_use]
pub fn shared(facts: &PeriodFacts, lang: Lang) -> Vec<Note> {
    let missing = missing_names(facts, lang);
    let mut notes = vec![Note::new(Topic::Basis, say(lang, "note.legend", &[]))];
    let returns = if missing.is_empty() {
        say(lang, "note.none_missing", &[])
    } else {
        say(lang, "note.missing", &[("banks", &words::list(lang, &missing))])
    };
    notes.push(Note::new(Topic::Returns, returns));
    let nil = say(lang, "note.nil", &[("banks", &words::list(lang, &nil_names(facts, lang)))]);
    notes.push(Note::new(Topic::Returns, nil));
    let incomplete: Vec<String> =
        facts.banks.iter().filter(|bank| bank.carried > 0).map(|bank| incomplete(bank, lang)).collect();
    if !incomplete.is_empty() {
        let line = say(lang, "note.incomplete", &[("banks", &words::list(lang, &incomplete))]);
        notes.push(Note::new(Topic::Returns, line));
    }
    notes.extend(corrections(facts, lang).into_iter().map(|line| Note::new(Topic::Correction, line)));
    if let Some(money) = &facts.money
        && let (Some(minimum), Some(maximum)) = (money.policy_minimum, money.contractual_maximum)
    {
        let bounds = say(lang, "note.bounds", &[("minimum", &wan(minimum)), ("maximum", &wan(maximum))]);
        notes.push(Note::new(Topic::Basis, bounds));
    }
    let sources = say(lang, "note.sources", &[("ids", &words::list(lang, &facts.sources))]);
    notes.push(Note::new(Topic::Basis, sources));
    if facts.rulebook.proposal {
        let proposal = say(lang, "note.proposal", &[("rulebook", &facts.rulebook.label)]);
        notes.push(Note::new(Topic::Proposal, proposal));
    }
    notes
}

fn incomplete(bank: &BankFacts, lang: Lang) -> String {
    say(lang, "note.incomplete_bank", &[("bank", &bank.name), ("loans", &bank.carried.to_string())])
}

/// Notes of the regulator's tables.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn regulator(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<Vec<Note>, ReportError> {
    let both = overlap(books.current.all().map(|entry| entry.loan));
    let mut basis = vec![
        say(lang, "note.basis_loans", &[]),
        same_basis_note(facts, books, lang),
        say(lang, "note.overlap", &[("firms", &both.to_string())]),
        first_loans(facts, &books.current, lang),
        say(lang, "note.basis_cover", &[]),
    ];
    let waiting = facts.claims.iter().filter(|claim| claim.standing == ClaimStanding::InReview);
    let unfit = super::book::count(waiting.filter(|claim| claim.computed.is_some_and(|computed| !computed.eligible)));
    if unfit > 0 {
        basis.push(say(lang, "note.computed_ineligible", &[("claims", &unfit.to_string())]));
    }
    let mut notes: Vec<Note> = basis.into_iter().map(|line| Note::new(Topic::Basis, line)).collect();
    notes.extend(to_explain(facts, books, lang)?.map(|line| Note::new(Topic::Explain, line)));
    Ok(notes)
}

/// One line for each correction of an earlier period; a line saying there is none otherwise.
#[must_use]
pub fn corrections(facts: &PeriodFacts, lang: Lang) -> Vec<String> {
    if facts.restatements.is_empty() {
        return vec![say(lang, "note.no_corrections", &[])];
    }
    let line = |restated: &super::money_facts::Restatement| {
        let name =
            facts.bank(&restated.bank).map_or_else(|_| restated.bank.to_string(), |bank| words::bank(lang, bank));
        let month = words::month(lang, restated.period);
        let version = restated.version.to_string();
        let after = figures(lang, restated.after);
        let common = [("month", month.as_str()), ("bank", &name), ("version", &version), ("after", &after)];
        match restated.before {
            None => say(lang, "note.late_arrival", &common),
            Some(before) => {
                let difference = restated.after.balance.get().saturating_sub(before.balance.get());
                let (before, difference) = (figures(lang, before), wan_delta(FenDelta::new(difference)));
                let mut places = common.to_vec();
                places.extend([("before", before.as_str()), ("difference", &difference)]);
                say(lang, "note.correction", &places)
            }
        }
    };
    facts.restatements.iter().map(line).collect()
}

/// Columns whose printed rows do not add up to the printed total, with the difference 舍入差.
#[must_use]
pub fn rounding(table: &Table, lang: Lang) -> Option<String> {
    let total = table.rows.iter().find(|row| row.kind == RowKind::Total)?;
    let mut found = Vec::new();
    for (place, column) in table.columns.iter().enumerate().filter(|(_, column)| column.unit == Unit::Wan) {
        let Some(whole) = total.cells.get(place).and_then(Cell::fen) else { continue };
        let items = table.rows.iter().filter(|row| row.kind == RowKind::Item);
        let parts: Vec<i64> = items.filter_map(|row| row.cells.get(place)?.fen()).collect();
        // Rows that are no parts of the total, as firms' rows by kind are not, would not be a matter of rounding.
        if parts.iter().fold(0_i64, |sum, part| sum.saturating_add(*part)) != whole {
            continue;
        }
        let printed = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(printed_hundredths(*part)));
        let difference = printed_hundredths(whole).saturating_sub(printed);
        if difference != 0 {
            found.push(format!("{} {}", column.code, FenDelta::new(difference).yuan()));
        }
    }
    let list = words::list(lang, &found);
    (!found.is_empty()).then(|| say(lang, "note.rounding", &[("table", table.code), ("columns", &list)]))
}

/// Adds the rounding notes of every table.
pub fn add_rounding(dataset: &mut Dataset) {
    let lang = dataset.lang;
    let lines = dataset.tables.iter().filter_map(|table| rounding(table, lang));
    dataset.notes.extend(lines.map(|line| Note::new(Topic::Rounding, line)));
}

/// Hundredths of 万元 as printed.
fn printed_hundredths(fen: i64) -> i64 {
    FenDelta::from_yuan(&wan_plain(fen)).map_or(0, FenDelta::get)
}

fn figures(lang: Lang, figures: RestatedFigures) -> String {
    let places = [
        ("balance", &*wan(figures.balance)),
        ("loans", &*figures.loans.to_string()),
        ("npl", &*wan(figures.npl_balance)),
    ];
    say(lang, "note.figures", &places)
}

fn same_basis_note(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> String {
    let Some(previous) = &books.previous else { return say(lang, "note.no_previous", &[]) };
    let everyone: Banks<'_> = facts.banks.iter().map(|bank| &bank.code).collect();
    let common = same_basis(&everyone, &books.current, previous);
    let left_out = facts.banks.iter().filter(|bank| !common.contains(&bank.code));
    let names: Vec<String> = left_out.map(|bank| words::bank(lang, bank)).collect();
    if names.is_empty() {
        return say(lang, "note.same_basis_all", &[]);
    }
    say(lang, "note.same_basis", &[("banks", &words::list(lang, &names))])
}

fn first_loans(facts: &PeriodFacts, book: &Book<'_>, lang: Lang) -> String {
    let of_year = |loan: &&LoanFact| book.reported.contains(&loan.key.bank) && this_year(book.month, loan.disbursed_on);
    let declared = super::book::firms(facts.loans.iter().filter(of_year).filter(|loan| loan.first_loan_declared));
    let judged = super::book::firms(facts.loans.iter().filter(of_year).filter(|loan| loan.first_loan));
    say(lang, "note.first_loans", &[("declared", &declared.to_string()), ("judged", &judged.to_string())])
}

/// Banks whose balance moved by more than 20 %, or with newly non-performing loans: 变动说明 must be filled in.
fn to_explain(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<Option<String>, ReportError> {
    let Some(previous) = &books.previous else { return Ok(None) };
    let mut names = Vec::new();
    for bank in &facts.banks {
        let alone: Banks<'_> = std::iter::once(&bank.code).collect();
        let Some(change) = Change::of_balance(&alone, &books.current, Some(previous))? else { continue };
        let growth = change.growth()?.unwrap_or(0);
        let was_bad = |key| previous.get(key).is_some_and(|then| then.at.tier.is_npl());
        let newly = books.current.of(&alone).any(|entry| entry.at.tier.is_npl() && !was_bad(&entry.loan.key));
        if growth.saturating_abs() > EXPLAIN_PPM || newly {
            let percent = words::signed_percent(growth);
            names.push(say(lang, "note.explain_bank", &[("bank", &words::bank(lang, bank)), ("percent", &percent)]));
        }
    }
    let line = || say(lang, "note.explain", &[("banks", &words::list(lang, &names))]);
    Ok((!names.is_empty()).then(line))
}
