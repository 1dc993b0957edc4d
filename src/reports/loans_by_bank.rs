//! Table 1-1 知识产权质押贷款情况表（按机构）.
//!
//! **Invariant:** B1 stays 未采集 until banks return all their pledge loans; B2 is the fund's register and leads.

use std::collections::BTreeMap;

use super::ReportError;
use super::book::{Entry, balance, count, firms, this_year};
use super::cell::{Cell, Unit};
use super::dataset::{Basis, Column, Table};
use super::facts::{LoanFact, PeriodFacts, ReportState};
use super::positions::{Books, Change, weighted_rate};
use super::scope::{BankType, View, bank_table, column};
use super::words::say;
use crate::domain::money::{Fen, MoneyError, Ppm};
use crate::i18n::Lang;

/// 单户1000万元 in fen, the edge of column C9.
const SMALL_BORROWER_FEN: i64 = 1_000_000_000;

const COLUMNS: &[(&str, Unit)] = &[
    ("A2", Unit::Text),
    ("A3", Unit::Text),
    ("A4", Unit::Text),
    ("B1", Unit::Wan),
    ("B2", Unit::Wan),
    ("B3", Unit::Wan),
    ("B4", Unit::Wan),
    ("B5", Unit::Percent),
    ("B6", Unit::Firms),
    ("B7", Unit::Loans),
    ("C1", Unit::Firms),
    ("C2", Unit::Loans),
    ("C3", Unit::Wan),
    ("C4", Unit::Firms),
    ("C5", Unit::Wan),
    ("C6", Unit::Firms),
    ("C7", Unit::Wan),
    ("C8", Unit::Firms),
    ("C9", Unit::Wan),
    ("D1", Unit::Percent),
    ("D2", Unit::Wan),
    ("D3", Unit::Wan),
    ("D4", Unit::Wan),
    ("D5", Unit::Percent),
];

/// Builds table 1-1.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn table<'a>(facts: &'a PeriodFacts, books: &Books<'a>, lang: Lang) -> Result<Table, ReportError> {
    let columns = COLUMNS.iter().map(|(code, unit)| column(lang, code, *unit, basis(code))).collect::<Vec<Column>>();
    bank_table("1-1", columns, facts, books, lang, cells)
}

/// Code, type and state of the bank itself are known without its report.
fn basis(code: &str) -> Basis {
    if code.starts_with('A') { Basis::Fund } else { Basis::Bank }
}

fn cells(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let mut cells = identity(view).to_vec();
    cells.extend(stock(view)?);
    cells.extend(lent_this_year(view)?);
    let entries = || view.book.of(&view.banks);
    let pure = |entry: &&Entry<'_>| entry.loan.ip_share >= Ppm::ONE;
    cells.push(weighted_rate(lent(view).map(|loan| (loan.principal, loan.rate)))?);
    cells.push(Cell::Money(balance(entries().filter(pure))?));
    cells.push(Cell::Money(balance(entries().filter(|entry| !pure(entry)))?));
    cells.extend([Cell::NotCollected, Cell::NotCollected]);
    Ok(cells)
}

fn identity(view: &View<'_, '_>) -> [Cell; 3] {
    match view.bank {
        None => [Cell::NotApplicable, Cell::NotApplicable, Cell::NotApplicable],
        Some(bank) => [
            Cell::Text(bank.code.to_string()),
            Cell::Text(BankType::of(&bank.name).name(view.lang)),
            Cell::Text(state_name(bank.state, view.lang)),
        ],
    }
}

/// 已报 · 零报送 · 未报 · 更正vN.
#[must_use]
pub fn state_name(state: ReportState, lang: Lang) -> String {
    match state {
        ReportState::Missing => say(lang, "state.missing", &[]),
        ReportState::Nil { .. } => say(lang, "state.nil", &[]),
        ReportState::Reported { version: 0 | 1 } => say(lang, "state.reported", &[]),
        ReportState::Reported { version } => say(lang, "state.corrected", &[("version", &version.to_string())]),
    }
}

fn stock(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let mut cells = vec![Cell::NotCollected, Cell::Money(view.book.balance(&view.banks)?)];
    match view.compare {
        None => cells.extend([Cell::NotApplicable, Cell::NotApplicable, Cell::NotApplicable]),
        Some(books) => {
            for then in [&books.previous, &books.year_end] {
                let change = Change::of_balance(&view.banks, view.book, then.as_ref())?;
                cells.push(match change {
                    Some(change) => Cell::Delta(change.delta()?),
                    None => Cell::NotCollected,
                });
            }
            cells.push(match Change::of_balance(&view.banks, view.book, books.year_before.as_ref())? {
                Some(change) => change.growth()?.map_or(Cell::NotApplicable, Cell::Points),
                None => Cell::NotCollected,
            });
        }
    }
    cells.push(Cell::Count(firms(view.book.of(&view.banks).map(|entry| entry.loan))));
    cells.push(Cell::Count(count(view.book.of(&view.banks))));
    Ok(cells)
}

fn lent_this_year(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let amount = |of: &dyn Fn(&LoanFact) -> bool| -> Result<Fen, MoneyError> {
        Fen::total(lent(view).filter(|loan| of(loan)).map(|loan| loan.principal))
    };
    let small = small_borrowers(view)?;
    Ok(vec![
        Cell::Count(firms(lent(view))),
        Cell::Count(count(lent(view))),
        Cell::Money(amount(&|_| true)?),
        Cell::Count(firms(lent(view).filter(|loan| loan.first_loan))),
        Cell::Money(amount(&|loan| loan.first_loan)?),
        Cell::Count(firms(lent(view).filter(|loan| loan.start_up))),
        Cell::Money(amount(&|loan| loan.start_up)?),
        Cell::Count(firms(lent(view).filter(|loan| loan.first_loan && loan.start_up))),
        Cell::Money(amount(&|loan| small.contains(&loan.borrower.as_str()))?),
    ])
}

/// Loans disbursed this year by the banks of the row.
fn lent<'v>(view: &'v View<'_, '_>) -> impl Iterator<Item = &'v LoanFact> {
    let month = view.book.month;
    let of_banks = |loan: &&LoanFact| view.banks.contains(&loan.key.bank);
    view.facts.loans.iter().filter(of_banks).filter(move |loan| this_year(month, loan.disbursed_on))
}

/// Firms whose loans of this year over all banks are at most 1000万元: the total credit line is not collected.
fn small_borrowers<'v>(view: &'v View<'_, '_>) -> Result<Vec<&'v str>, MoneyError> {
    let mut sums: BTreeMap<&str, Fen> = BTreeMap::new();
    for loan in view.facts.loans.iter().filter(|loan| this_year(view.book.month, loan.disbursed_on)) {
        let sum = sums.entry(&loan.borrower).or_default();
        *sum = sum.checked_add(loan.principal)?;
    }
    Ok(sums.into_iter().filter(|(_, sum)| sum.get() <= SMALL_BORROWER_FEN).map(|(borrower, _)| borrower).collect())
}
