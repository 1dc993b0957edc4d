//! Whether a row is a loan or a right, and what separates several rights in one cell.
//!
//! **Invariant:** a separator is proposed only where it cuts kinds and numbers into as many parts.

use super::lists::{Standing, standing};
use super::values::SEPARATORS;
use crate::domain::names::fold_code;
use crate::import::field::Field;
use crate::import::mapping::RowPer;
use crate::import::sheet::RawRow;

/// Used where no cell of the file holds several rights yet.
const USUAL: [char; 3] = ['、', ';', '；'];
/// Used where no cell of the file holds several papers yet.
const USUAL_PAPERS: [char; 3] = ['；', ';', '、'];
/// The same sign in both widths.
const TWINS: [(char, char); 2] = [(';', '；'), (',', '，')];

/// Places of the columns that tell loans from rights.
pub(super) struct Places {
    /// Contract.
    pub contract: usize,
    /// Kind of a right.
    pub kind: usize,
    /// Number of a right.
    pub number: usize,
    /// Columns that speak of the loan.
    pub of_loan: Vec<usize>,
    /// Those of them that every loan has.
    pub core: Vec<usize>,
}

/// What a row is.
pub(super) fn row_per(rows: &[&RawRow], places: &Places) -> RowPer {
    if rows.iter().any(|row| cuts(row, places).is_some()) {
        return RowPer::Record;
    }
    let goes_on = |row: &&&RawRow| {
        let is_empty = |column: &usize| !row.holds_own(*column);
        is_empty(&places.contract) && places.core.iter().all(is_empty) && row.holds_own(places.number)
    };
    let repeats = rows.windows(2).filter(|pair| matches!(pair, [first, next] if is_next_right(first, next, places)));
    let further = rows.iter().filter(goes_on).count().saturating_add(repeats.count());
    if further > 0 { RowPer::Right } else { RowPer::Record }
}

/// Whether a row repeats the loan of the one before with another right.
fn is_next_right(first: &RawRow, next: &RawRow, places: &Places) -> bool {
    let text = |row: &RawRow, column: usize| fold_code(&row.value(column).text());
    let same = |column: &usize| text(first, *column) == text(next, *column);
    same(&places.contract)
        && !text(next, places.contract).is_empty()
        && places.of_loan.iter().all(same)
        && !same(&places.number)
        && !text(next, places.number).is_empty()
}

/// The signs that separate rights in a cell.
pub(super) fn separators(rows: &[&RawRow], places: &Places) -> Vec<char> {
    let seen: Vec<char> = rows.iter().filter_map(|row| cuts(row, places)).collect();
    with_twins(SEPARATORS.into_iter().filter(|sign| seen.contains(sign)).collect(), &USUAL)
}

/// The signs that separate papers in a cell.
pub(super) fn paper_separators<'t>(cells: impl Iterator<Item = &'t str>) -> Vec<char> {
    let mut seen = Vec::new();
    for text in cells {
        let known = |part: &str| standing(Field::Documents, part) != Standing::Unknown;
        let cut = SEPARATORS.into_iter().find(|sign| {
            let parts: Vec<&str> = text.split(*sign).map(str::trim).filter(|part| !part.is_empty()).collect();
            parts.len() > 1 && parts.iter().any(|part| known(part))
        });
        seen.extend(cut);
    }
    with_twins(SEPARATORS.into_iter().filter(|sign| seen.contains(sign)).collect(), &USUAL_PAPERS)
}

fn with_twins(mut signs: Vec<char>, usual: &[char]) -> Vec<char> {
    if signs.is_empty() {
        return usual.to_vec();
    }
    for (half, full) in TWINS {
        if signs.contains(&half) != signs.contains(&full) {
            signs.push(if signs.contains(&half) { full } else { half });
        }
    }
    signs
}

/// The sign that cuts kind and number of a row into as many parts, each of a kind of the list.
fn cuts(row: &RawRow, places: &Places) -> Option<char> {
    let (kinds, numbers) = (row.value(places.kind).text(), row.value(places.number).text());
    SEPARATORS.into_iter().find(|sign| {
        let count = |text: &str| text.split(*sign).filter(|part| !part.trim().is_empty()).count();
        let known = |part: &str| standing(Field::IpKind, part) != Standing::Unknown;
        count(&kinds) > 1 && count(&kinds) == count(&numbers) && kinds.split(*sign).all(|part| known(part.trim()))
    })
}
