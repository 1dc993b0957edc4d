//! Table 1-2 资产质量表（按机构）.
//!
//! **Invariant:** ΣE1..E5 equals B2 of table 1-1 and E6 equals E3+E4+E5 in every row, or there is no summary.

use super::ReportError;
use super::book::{Entry, balance, count};
use super::cell::{Cell, Unit};
use super::dataset::{Basis, Table};
use super::facts::PeriodFacts;
use super::positions::{Books, npl_ratio_change, ratio_cell};
use super::scope::{View, bank_table, column};
use crate::domain::names::Tier;
use crate::i18n::Lang;

const COLUMNS: &[(&str, Unit)] = &[
    ("E1n", Unit::Loans),
    ("E1", Unit::Wan),
    ("E2n", Unit::Loans),
    ("E2", Unit::Wan),
    ("E3n", Unit::Loans),
    ("E3", Unit::Wan),
    ("E4n", Unit::Loans),
    ("E4", Unit::Wan),
    ("E5n", Unit::Loans),
    ("E5", Unit::Wan),
    ("E6", Unit::Wan),
    ("E7", Unit::Percent),
    ("E8", Unit::Points),
    ("E9", Unit::Percent),
    ("E10", Unit::Points),
    ("E11", Unit::Text),
    ("E12", Unit::Wan),
    ("E13", Unit::Percent),
    ("E14n", Unit::Loans),
    ("E14", Unit::Wan),
    ("E15", Unit::Wan),
    ("E16n", Unit::Loans),
    ("E16", Unit::Wan),
    ("E17", Unit::Wan),
];

/// Longest arrears in days that do not count as non-performing.
const PERFORMING_DAYS: u32 = 90;

/// Builds table 1-2.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn table<'a>(facts: &'a PeriodFacts, books: &Books<'a>, lang: Lang) -> Result<Table, ReportError> {
    let columns = COLUMNS.iter().map(|(code, unit)| column(lang, code, *unit, Basis::Bank)).collect();
    bank_table("1-2", columns, facts, books, lang, cells)
}

/// Checks ΣE1..E5 = B2 and E6 = E3+E4+E5 in every row that holds amounts.
///
/// # Errors
/// `CheckFailed` with the first row that does not hold.
pub fn check(loans: &Table, quality: &Table) -> Result<(), ReportError> {
    for row in &quality.rows {
        let amounts = |codes: &[&str]| -> Option<i64> {
            codes.iter().try_fold(0_i64, |sum, code| sum.checked_add(quality.cell(&row.key, code)?.fen()?))
        };
        let failed = |check, left, right| ReportError::CheckFailed {
            check,
            table: quality.code.to_owned(),
            row: row.key.clone(),
            left,
            right,
        };
        let tiers = amounts(&["E1", "E2", "E3", "E4", "E5"]);
        let register = loans.cell(&row.key, "B2").and_then(Cell::fen);
        if tiers != register {
            return Err(failed("E1+E2+E3+E4+E5=B2", tiers.unwrap_or(0), register.unwrap_or(0)));
        }
        let (bad, parts) = (amounts(&["E6"]), amounts(&["E3", "E4", "E5"]));
        if bad != parts {
            return Err(failed("E6=E3+E4+E5", bad.unwrap_or(0), parts.unwrap_or(0)));
        }
    }
    Ok(())
}

fn cells(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let mut cells = Vec::with_capacity(COLUMNS.len());
    for tier in Tier::ALL {
        cells.extend(Cell::pair(view.book.tier(&view.banks, *tier)?));
    }
    let bad = view.book.npl_balance(&view.banks)?;
    cells.push(Cell::Money(bad));
    cells.push(ratio_cell(bad, view.book.balance(&view.banks)?)?);
    cells.push(match view.compare {
        None => Cell::NotApplicable,
        Some(books) => {
            npl_ratio_change(&view.banks, view.book, books.year_end.as_ref())?.map_or(Cell::NotCollected, Cell::Points)
        }
    });
    cells.extend([Cell::NotCollected, Cell::NotCollected, Cell::NotCollected]);
    let long = balance(view.book.of(&view.banks).filter(|entry| entry.at.overdue_days > PERFORMING_DAYS))?;
    cells.push(Cell::Money(long));
    cells.push(ratio_cell(long, bad)?);
    cells.extend(newly_bad(view)?);
    cells.push(Cell::NotCollected);
    let mild = || view.book.of(&view.banks).filter(|entry| entry.at.bank_tier < entry.at.floor_tier);
    cells.extend(Cell::pair((count(mild()), balance(mild())?)));
    cells.push(Cell::NotCollected);
    Ok(cells)
}

/// Loans that are non-performing now and were not a month ago, over banks that reported both.
fn newly_bad(view: &View<'_, '_>) -> Result<[Cell; 2], ReportError> {
    let Some(books) = view.compare else { return Ok([Cell::NotApplicable, Cell::NotApplicable]) };
    let Some(previous) = &books.previous else { return Ok([Cell::NotCollected, Cell::NotCollected]) };
    let common = super::positions::same_basis(&view.banks, view.book, previous);
    if common.is_empty() {
        return Ok([Cell::NotCollected, Cell::NotCollected]);
    }
    let was_bad = |entry: &Entry<'_>| previous.get(&entry.loan.key).is_some_and(|then| then.at.tier.is_npl());
    let fresh = || view.book.of(&common).filter(|entry| entry.at.tier.is_npl() && !was_bad(entry));
    Ok(Cell::pair((count(fresh()), balance(fresh())?)))
}
