//! Which rows of which sheet are the header.
//!
//! **Invariant:** the titles found here are those that reading the file with the mapping will find.

use std::collections::{BTreeMap, BTreeSet};

use super::alias::{HeaderName, aliases};
use super::rows::{FirstRows, SheetRows};
use crate::import::cell::{CellValue, DateReading, read_date, read_number};
use crate::import::field::{Field, FileKind};
use crate::import::header::{SEARCHED_ROWS, Title, bare_unit, titles_of};
use crate::import::sheet::RawRow;

/// Header rows without the row of units.
const MOST_ROWS: u32 = 3;
/// What two columns of one name take off.
const TWICE: i32 = 100;
/// Points below which a header names nothing.
const LEAST: i32 = 45;

/// Where a header stands.
pub(super) struct Heading<'s> {
    /// Sheet.
    pub sheet: &'s SheetRows,
    /// Number of the last header row.
    pub row: u32,
    /// Rows of the header.
    pub rows: u32,
    /// Names of the columns.
    pub titles: Vec<Title>,
}

/// Finds the header of a file, on one sheet or on the best of all; nothing where no header is one of the kind's.
pub(super) fn find<'s>(file: &'s FirstRows, kind: FileKind, sheet: Option<&str>) -> Option<Heading<'s>> {
    let mut known = Known { kind, points: BTreeMap::new() };
    let mut best: Option<(i32, Heading<'s>)> = None;
    let wanted = |rows: &&SheetRows| sheet.is_none_or(|name| rows.name.as_deref() == Some(name));
    for sheet in file.sheets.iter().filter(wanted) {
        for (row, rows) in candidates(&sheet.rows) {
            let titles = titles_of(&sheet.rows, row, rows);
            let points = known.points_of(&titles);
            if points > best.as_ref().map_or(0, |(points, _)| *points) {
                best = Some((points, Heading { sheet, row, rows, titles }));
            }
        }
    }
    best.map(|(_, heading)| with_units(heading))
}

/// The header a person points at.
pub(super) fn at(sheet: &SheetRows, row: u32, rows: u32) -> Heading<'_> {
    Heading { sheet, row, rows, titles: titles_of(&sheet.rows, row, rows) }
}

/// Last header row and number of rows, the fewest rows first.
fn candidates(rows: &[RawRow]) -> Vec<(u32, u32)> {
    let top: Vec<&RawRow> = rows.iter().take_while(|row| row.number <= SEARCHED_ROWS).collect();
    let mut found = Vec::new();
    for count in 1..=MOST_ROWS {
        for row in top.iter().filter(|row| row.number >= count && may_name(row, 2)) {
            let above = row.number.saturating_sub(count.saturating_sub(1))..row.number;
            let group = |number: u32| top.iter().any(|row| row.number == number && may_name(row, 2));
            if above.into_iter().all(group) {
                found.push((row.number, count));
            }
        }
    }
    // One column alone is a header too, but only where nothing better is.
    found.extend(top.iter().filter(|row| may_name(row, 1)).map(|row| (row.number, 1)));
    found
}

/// Whether a row holds names and no data, no title over everything and no line about units.
fn may_name(row: &RawRow, least: usize) -> bool {
    let texts: BTreeSet<String> =
        row.cells.iter().filter(|cell| !cell.value.is_blank()).map(|cell| cell.value.text()).collect();
    let data = row.cells.iter().filter(|cell| !cell.value.is_blank() && is_data(&cell.value)).count();
    let says_unit = texts.iter().any(|text| text.contains("单位:") || text.contains("单位："));
    texts.len() >= least && data.saturating_mul(8) <= texts.len() && !says_unit
}

fn is_data(value: &CellValue) -> bool {
    match value {
        CellValue::Text(text) => {
            read_number(text).is_some() || !matches!(read_date(value), DateReading::Unreadable(_) | DateReading::Blank)
        }
        CellValue::Number { .. } | CellValue::Date(_) | CellValue::Error(_) => true,
        CellValue::Empty => false,
    }
}

/// Takes a row of units below the header into it.
fn with_units(heading: Heading<'_>) -> Heading<'_> {
    let next = heading.row.saturating_add(1);
    let below = heading.sheet.rows.iter().find(|row| row.number == next);
    let is_units = below.is_some_and(|row| {
        let mut filled = row.cells.iter().filter(|cell| !cell.value.is_blank()).peekable();
        filled.peek().is_some() && filled.all(|cell| bare_unit(&cell.value.text()).is_some())
    });
    if is_units { at(heading.sheet, next, heading.rows.saturating_add(1)) } else { heading }
}

/// Points of headers met before.
struct Known {
    kind: FileKind,
    points: BTreeMap<String, Vec<(Field, i32)>>,
}

impl Known {
    /// How much of the kind a set of headers names: needed fields count double.
    fn points_of(&mut self, titles: &[Title]) -> i32 {
        let mut best: BTreeMap<Field, i32> = BTreeMap::new();
        for title in titles {
            let Some((field, points)) = self.best_of(&title.full) else { continue };
            let held = best.entry(field).or_default();
            *held = (*held).max(points);
        }
        let weight = |field: &Field| if self.kind.needed().contains(field) { 2 } else { 1 };
        let sum: i32 = best.iter().map(|(field, points)| points.saturating_mul(weight(field))).sum();
        sum.saturating_sub(TWICE.saturating_mul(self.twice(titles)))
    }

    fn twice(&mut self, titles: &[Title]) -> i32 {
        let mut seen = BTreeSet::new();
        let again = titles.iter().filter(|title| !seen.insert(title.full.clone()));
        let again: Vec<String> = again.map(|title| title.full.clone()).collect();
        let naming = again.iter().filter(|full| self.best_of(full).is_some()).count();
        i32::try_from(naming).unwrap_or(i32::MAX)
    }

    fn best_of(&mut self, full: &str) -> Option<(Field, i32)> {
        let kind = self.kind;
        let scores = self.points.entry(full.to_owned()).or_insert_with(|| {
            if full.chars().count() > 60 {
                return Vec::new();
            }
            let name = HeaderName::of(full);
            let fields = kind.needed().iter().chain(kind.allowed());
            let scored = fields.filter_map(|field| aliases().score(&name, *field).map(|score| (*field, score.points)));
            scored.filter(|(_, points)| *points >= LEAST).collect()
        });
        scores.iter().copied().max_by_key(|(field, points)| (*points, std::cmp::Reverse(*field)))
    }
}
