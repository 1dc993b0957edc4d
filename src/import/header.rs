//! Finding the header of a sheet by the names of its columns, never by position.
//!
//! Owns `Layout`: which column holds which field. **Invariant:** a layout accounts for every column that has a
//! header: it holds a field, or the mapping says to ignore it.

use std::collections::BTreeMap;

use super::field::Field;
use super::file_error::FileError;
use super::mapping::{Mapping, Unit, contradicts};
use super::sheet::RawRow;
use crate::domain::names::fold_code;

/// Rows from the top among which a header is looked for.
pub const SEARCHED_ROWS: u32 = 12;

/// Headers of the two columns that a marked workbook adds: 原行号 and 错误说明. They are no data in any file.
pub const MARK_HEADERS: [&str; 2] = ["原行号", "错误说明"];

/// Where the columns of a sheet stand.
#[derive(Debug, Clone)]
pub struct Layout<'m> {
    /// The mapping that fits.
    pub mapping: &'m Mapping,
    /// Number of the last header row.
    pub header_row: u32,
    /// Column of each field, from 0.
    pub columns: BTreeMap<Field, usize>,
    /// Header of each field as the file writes it, the lowest row only.
    pub shown: BTreeMap<Field, String>,
    /// Whether the sheet carries both columns of a marked workbook.
    pub marked: bool,
}

/// How well one mapping fits one row of a sheet.
#[derive(Debug, Clone)]
pub struct Attempt<'m> {
    /// What was found.
    pub layout: Layout<'m>,
    /// Headers no field and no `ignore` knows.
    pub unknown: Vec<String>,
    /// Fields not found.
    pub missing: Vec<Field>,
    /// Headers that two columns have.
    pub twice: Vec<String>,
    /// Text that names another unit than the mapping, and the mapping's unit.
    pub unit_clash: Option<(String, Unit)>,
}

impl Attempt<'_> {
    /// Whether nothing stands in the way.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty() && self.twice.is_empty() && self.unit_clash.is_none()
    }

    /// Fields found.
    #[must_use]
    pub fn score(&self) -> usize {
        self.layout.columns.len()
    }

    /// What to tell the sender when this is the best there is.
    #[must_use]
    pub fn refusal(&self) -> FileError {
        if let Some((header, unit)) = &self.unit_clash {
            return FileError::UnitContradiction { header: header.clone(), unit: *unit };
        }
        if !self.twice.is_empty() {
            return FileError::HeaderDuplicate { headers: self.twice.clone() };
        }
        let missing = self.missing.iter().map(|field| self.layout.mapping.first_header(*field)).collect();
        if self.unknown.is_empty() {
            return FileError::HeaderMissing { fields: missing };
        }
        FileError::HeaderUnknown { headers: self.unknown.clone(), missing }
    }
}

/// Words that are a unit and no name of a column.
const UNIT_WORDS: [&str; 12] = ["元", "万元", "%", "‰", "人", "名", "户", "项", "件", "个", "天", "月"];

/// Name of one column.
pub(super) struct Title {
    /// Place, from 0.
    pub column: usize,
    /// Header rows joined: `贷款 / 本金`.
    pub full: String,
    /// The lowest header row.
    pub leaf: String,
    /// `full`, folded once, because every mapping asks for it.
    folded: String,
    /// `leaf`, folded once.
    folded_leaf: String,
}

/// Characters of a header that are looked at: no column has a longer name, and a text of thousands in every cell of the
/// first rows would cost each mapping its time.
const HEADER_CHARACTERS: usize = 200;

/// What of a cell may be a header.
fn header_text(row: &RawRow, column: usize) -> String {
    row.value(column).text().chars().take(HEADER_CHARACTERS).collect()
}

/// The unit that a cell of a unit row says, without brackets.
pub(super) fn bare_unit(text: &str) -> Option<&'static str> {
    let folded = fold_code(text);
    let inner = folded.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(&folded);
    let inner = inner.strip_prefix("单位:").unwrap_or(inner);
    UNIT_WORDS.into_iter().find(|unit| *unit == inner)
}

impl Title {
    fn is_mark(&self) -> bool {
        MARK_HEADERS.contains(&self.folded_leaf.as_str())
    }
}

/// The best fit of a mapping among the first rows of a sheet.
#[must_use]
pub fn best_fit<'m>(top: &[RawRow], mapping: &'m Mapping) -> Option<Attempt<'m>> {
    top.iter()
        .filter(|row| row.number >= mapping.header_rows)
        .map(|row| fit(top, row.number, mapping))
        .max_by_key(|attempt| (attempt.is_complete(), attempt.score(), std::cmp::Reverse(attempt.layout.header_row)))
}

fn fit<'m>(top: &[RawRow], header_row: u32, mapping: &'m Mapping) -> Attempt<'m> {
    let titles = titles_of(top, header_row, mapping.header_rows);
    let mut columns = BTreeMap::new();
    let mut taken: Vec<usize> = Vec::new();
    let mut twice = Vec::new();
    for (field, column) in &mapping.columns {
        let aliases: Vec<String> = column.headers.iter().map(|header| fold_code(header)).collect();
        let hits: Vec<&Title> = titles.iter().filter(|title| aliases.contains(&title.folded)).collect();
        if let Some(title) = hits.first() {
            columns.insert(*field, title.column);
        }
        twice.extend(hits.iter().skip(1).map(|title| title.leaf.clone()));
        taken.extend(hits.iter().map(|title| title.column));
    }
    let ignored: Vec<String> = mapping.ignore.iter().map(|header| fold_code(header)).collect();
    let is_ignored = |title: &Title| ignored.contains(&title.folded);
    taken.extend(titles.iter().filter(|title| is_ignored(title)).map(|title| title.column));
    let marks: Vec<usize> = titles.iter().filter(|title| title.is_mark()).map(|title| title.column).collect();
    let marked = marks.len() == MARK_HEADERS.len();
    taken.extend(marks);
    fit_by_leaf(mapping, &titles, &mut columns, &mut taken);
    let unknown: Vec<&Title> = titles.iter().filter(|title| !taken.contains(&title.column)).collect();
    let shown = columns
        .iter()
        .filter_map(|(field, column)| {
            titles.iter().find(|title| title.column == *column).map(|title| (*field, title.leaf.clone()))
        })
        .collect();
    let missing: Vec<Field> = mapping
        .columns
        .iter()
        .filter(|(field, column)| !column.optional && !columns.contains_key(field))
        .map(|(field, _)| *field)
        .collect();
    let unit_clash = if columns.is_empty() {
        None
    } else {
        unit_clash(top, header_row, mapping, &titles, &columns, &unknown, &missing)
    };
    let unknown = unknown.into_iter().map(|title| title.full.clone()).collect();
    Attempt { layout: Layout { mapping, header_row, columns, shown, marked }, unknown, missing, twice, unit_clash }
}

/// A second look by the lowest header row alone, for sheets whose group row has been lost or moved; only where the
/// name is unique on both sides.
fn fit_by_leaf(mapping: &Mapping, titles: &[Title], columns: &mut BTreeMap<Field, usize>, taken: &mut Vec<usize>) {
    if mapping.header_rows < 2 {
        return;
    }
    let leaf = |header: &str| fold_code(header.rsplit('/').next().unwrap_or(header));
    let open: Vec<(Option<Field>, String)> = mapping
        .columns
        .iter()
        .filter(|(field, _)| !columns.contains_key(field))
        .flat_map(|(field, column)| column.headers.iter().map(|header| (Some(*field), leaf(header))))
        .chain(mapping.ignore.iter().map(|header| (None, leaf(header))))
        .collect();
    for (field, name) in &open {
        let free: Vec<usize> = titles
            .iter()
            .filter(|title| !taken.contains(&title.column) && title.folded_leaf == *name)
            .map(|title| title.column)
            .collect();
        let unique = open.iter().filter(|(_, other)| other == name).count() == 1;
        if let ([column], true) = (free.as_slice(), unique) {
            taken.push(*column);
            if let Some(field) = field {
                columns.insert(*field, *column);
            }
        }
    }
}

/// The names of the columns under a header of `rows` rows that ends in row `header_row`. A unit below a name belongs
/// to it: `本金` above `万元` is `本金(万元)`.
pub(super) fn titles_of(top: &[RawRow], header_row: u32, rows: u32) -> Vec<Title> {
    let first = header_row.saturating_sub(rows.saturating_sub(1));
    let levels: Vec<Option<&RawRow>> =
        (first..=header_row).map(|number| top.iter().find(|row| row.number == number)).collect();
    let width = levels.iter().flatten().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut carried: Vec<String> = vec![String::new(); levels.len()];
    let mut titles = Vec::new();
    for column in 0..width {
        let mut own: Vec<String> =
            levels.iter().map(|row| row.map_or_else(String::new, |row| header_text(row, column))).collect();
        join_unit(&mut own);
        for level in 0..own.len() {
            let text = own.get(level).cloned().unwrap_or_default();
            if !text.is_empty() {
                carried.iter_mut().skip(level).for_each(String::clear);
                if let Some(carry) = carried.get_mut(level) {
                    *carry = text;
                }
            }
        }
        let Some(lowest) = own.iter().rposition(|text| !text.is_empty()) else { continue };
        let leaf = own.get(lowest).cloned().unwrap_or_default();
        let mut parts: Vec<&str> = Vec::new();
        for part in carried.iter().take(lowest) {
            if !part.is_empty() && parts.last() != Some(&part.as_str()) {
                parts.push(part);
            }
        }
        if parts.last() != Some(&leaf.as_str()) {
            parts.push(&leaf);
        }
        let full = parts.join(" / ");
        let (folded, folded_leaf) = (fold_code(&full), fold_code(&leaf));
        titles.push(Title { column, full, leaf, folded, folded_leaf });
    }
    titles
}

/// Moves a unit that stands in the lowest row into the name above it.
fn join_unit(own: &mut [String]) {
    let Some((lowest, above)) = own.split_last_mut() else { return };
    let (Some(unit), Some(name)) = (bare_unit(lowest), above.iter_mut().rev().find(|text| !text.is_empty())) else {
        return;
    };
    *name = format!("{name}({unit})");
    lowest.clear();
}

/// Looks for a unit in the file that the mapping does not say: in a header, in a header that would fit but for its
/// unit, or in a line above the header such as 单位：万元.
fn unit_clash(
    top: &[RawRow],
    header_row: u32,
    mapping: &Mapping,
    titles: &[Title],
    columns: &BTreeMap<Field, usize>,
    unknown: &[&Title],
    missing: &[Field],
) -> Option<(String, Unit)> {
    let title_of = |field: &Field| columns.get(field).and_then(|at| titles.iter().find(|title| title.column == *at));
    let above: Vec<String> = top
        .iter()
        .filter(|row| row.number.saturating_add(mapping.header_rows) <= header_row)
        .flat_map(|row| (0..row.cells.len()).filter(|at| !row.is_merged(*at)).map(|at| header_text(row, at)))
        .filter(|text| text.contains("单位"))
        .collect();
    for (field, column) in &mapping.columns {
        let Some(unit) = column.unit else { continue };
        if let Some(title) = title_of(field) {
            if contradicts(&title.leaf, unit) {
                return Some((title.leaf.clone(), unit));
            }
            let names_own = super::mapping::unit_named(&title.leaf).is_some();
            if let Some(line) = above.iter().find(|line| !names_own && contradicts(line, unit)) {
                return Some((line.clone(), unit));
            }
        }
        if missing.contains(field) {
            let bare: Vec<String> = column.headers.iter().map(|header| without_unit(header)).collect();
            if let Some(title) =
                unknown.iter().find(|title| bare.contains(&without_unit(&title.full)) && contradicts(&title.leaf, unit))
            {
                return Some((title.leaf.clone(), unit));
            }
        }
    }
    None
}

fn without_unit(header: &str) -> String {
    let folded = fold_code(header);
    match folded.rsplit_once('(') {
        Some((name, unit)) if unit.contains('元') => name.to_owned(),
        _ => folded,
    }
}
