//! The unit of each money column: from the header, a line above, the cells, or the size of the values.
//!
//! **Invariant:** a unit that is only judged by size says so, and one that size does not settle is a doubt.

use std::collections::BTreeMap;

use super::values::{Values, number, whole_part};
use super::view::UnitBasis;
use crate::import::cell::{CellValue, read_number};
use crate::import::field::Field;
use crate::import::mapping::{Unit, unit_named};
use crate::import::sheet::RawRow;

/// From here on a sum of a loan's size is yuan.
const SURELY_YUAN: i64 = 20_000;
/// Below this a sum of a loan's size is ten thousands of yuan.
const SURELY_TEN_THOUSAND: i64 = 5_000;
/// The same for the limit of a partner, which is far above a loan.
const LIMIT_YUAN: i64 = 5_000_000;
const LIMIT_TEN_THOUSAND: i64 = 1_000_000;

/// A unit and where it comes from; no unit where the file names one that no mapping can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnitFound {
    /// Unit.
    pub unit: Option<Unit>,
    /// Where from.
    pub basis: UnitBasis,
}

/// The unit that a line above the header names, such as 单位：万元.
pub(super) fn of_lines(rows: &[RawRow], header_row: u32, header_rows: u32) -> Option<Option<Unit>> {
    rows.iter()
        .take_while(|row| row.number.saturating_add(header_rows) <= header_row)
        .flat_map(|row| row.cells.iter().filter(|cell| !cell.merged).map(|cell| cell.value.text()))
        .filter(|text| text.contains("单位"))
        .find_map(|text| unit_named(&text))
}

/// The units of the money columns of a file.
pub(super) fn of_columns(
    columns: &[(Field, &str, &Values<'_>)],
    line: Option<Option<Unit>>,
) -> BTreeMap<Field, UnitFound> {
    let mut found: BTreeMap<Field, UnitFound> = BTreeMap::new();
    for (field, header, values) in columns {
        let leaf = header.rsplit(" / ").next().unwrap_or(header);
        let named = unit_named(leaf).or_else(|| unit_named(header));
        let unit = match (named, line) {
            (Some(unit), _) => Some(UnitFound { unit, basis: UnitBasis::Header }),
            (None, Some(unit)) => Some(UnitFound { unit, basis: UnitBasis::Line }),
            (None, None) => of_cells(values).or_else(|| by_size(*field, values)),
        };
        if let Some(unit) = unit {
            found.insert(*field, unit);
        }
    }
    let mut others: Vec<Option<Unit>> = found.values().map(|one| one.unit).collect();
    others.dedup();
    // Small sums say nothing by themselves; where all others are yuan they are too, as nobody writes a premium
    // without header in ten thousands beside sums in yuan. The reverse happens, so that it must be asked.
    let rest = if others.as_slice() == [Some(Unit::Yuan)] { UnitBasis::Plausible } else { UnitBasis::Unsure };
    for (field, _, _) in columns {
        found.entry(*field).or_insert(UnitFound { unit: Some(Unit::Yuan), basis: rest });
    }
    found
}

/// The unit most cells name themselves.
fn of_cells(values: &Values<'_>) -> Option<UnitFound> {
    let unit_of = |cell: &CellValue| match cell {
        CellValue::Text(text) => read_number(text).and_then(|number| number.unit),
        _ => None,
    };
    if values.cells.is_empty() || values.share(|cell| unit_of(cell).is_some()) < 80 {
        return None;
    }
    let wide = values.share(|cell| unit_of(cell) == Some(Unit::TenThousand));
    let unit = if wide >= 50 { Unit::TenThousand } else { Unit::Yuan };
    Some(UnitFound { unit: Some(unit), basis: UnitBasis::Cells })
}

/// What the middle value says, for sums whose size is known.
fn by_size(field: Field, values: &Values<'_>) -> Option<UnitFound> {
    use Field as F;
    let mut wholes: Vec<i64> =
        values.cells.iter().filter_map(|(_, cell)| number(cell)).filter_map(|text| whole_part(&text)).collect();
    wholes.retain(|whole| *whole > 0);
    wholes.sort_unstable();
    let middle = *wholes.get(wholes.len() / 2)?;
    let (yuan, ten_thousand) = match field {
        F::Limit => (LIMIT_YUAN, LIMIT_TEN_THOUSAND),
        F::Principal | F::Revenue | F::Appraised | F::InsuredSum | F::Balance | F::OutstandingPrincipal | F::Amount => {
            (SURELY_YUAN, SURELY_TEN_THOUSAND)
        }
        _ if middle >= SURELY_YUAN => (SURELY_YUAN, 0),
        _ => return None,
    };
    let (unit, basis) = match middle {
        middle if middle >= yuan => (Unit::Yuan, UnitBasis::Plausible),
        middle if middle < ten_thousand => (Unit::TenThousand, UnitBasis::Plausible),
        _ => (Unit::Yuan, UnitBasis::Unsure),
    };
    Some(UnitFound { unit: Some(unit), basis })
}
