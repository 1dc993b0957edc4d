//! The marked workbook: a bank's own rows that were refused or warned of, as they came, with what is wrong at the cell;
//! it can be corrected and imported again.
//!
//! A second pass over the file, row by row. What comes along besides: the earlier row that a doubled one repeats, because
//! without it the doubled one would be the first of its kind.
//! **Invariant:** imported again as it is, a marked workbook is read with the same mapping and refused at the same cells
//! with the same codes; memory is bounded by the rows that are marked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::error::ExportError;
use super::marked_sheet::{Mark, MarkedSheet, Weight};
use crate::domain::names::fold_code;
use crate::i18n::{self, Lang};
use crate::import::ReadRequest;
use crate::import::block::Blocks;
use crate::import::choice;
use crate::import::field::{Field, FileKind};
use crate::import::finding::Finding;
use crate::import::header::Layout;
use crate::import::mapping::MappingSet;
use crate::import::row::RowView;
use crate::import::rows::DataRows;
use crate::import::sheet::{Book, RawRow};

/// Ending that is put behind the name of the original.
const ENDING: &str = ".marked.xlsx";
/// Argument of findings that name the earlier row of a doubled one.
const FIRST: &str = "first";

/// What was found in the rows of a file.
#[derive(Debug, Clone, Copy)]
pub struct MarkedFindings<'f> {
    /// Refused records.
    pub rejected: &'f [Finding],
    /// Accepted records that want a look.
    pub warnings: &'f [Finding],
    /// Hints; shown where a row is marked anyway.
    pub notes: &'f [Finding],
}

/// What a marked workbook holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marked {
    /// Records.
    pub records: u32,
    /// Rows.
    pub rows: u32,
}

/// Name of the marked workbook of a file; the bank and the month in the name stay where they are looked for.
#[must_use]
pub fn file_name(original: &str) -> String {
    let base = original.rsplit(['/', '\\']).next().unwrap_or(original);
    format!("{}{ENDING}", base.strip_suffix(ENDING).unwrap_or(base))
}

/// Writes the marked workbook of a file that has been read with the same request and mappings.
///
/// # Errors
/// `Write`, `Workbook`; `File` where the file is not the one that was read.
pub fn write(
    name: &str,
    bytes: &[u8],
    request: &ReadRequest,
    mappings: &MappingSet,
    findings: &MarkedFindings<'_>,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<Marked, ExportError> {
    let mut book = Book::open(name, bytes, &request.limits)?;
    let (sheet, layout) = choice::choose(&mut book, name, request, mappings)?;
    let top = rows_down_to(&mut book, sheet.as_deref(), request, layout.header_row)?;
    let wanted = Wanted::of(findings, request.kind, &layout, lang);
    let sheet_name = sheet.as_deref().or(layout.mapping.sheet.as_deref()).unwrap_or("Sheet1");
    let mut marked = MarkedSheet::begin(sheet_name, &layout, &top, lang)?;
    let mut ignored = |_rows: u64| ();
    let source = book.rows(sheet.as_deref(), &request.limits)?;
    let mut rows = DataRows::new(source, &layout, request.limits.rows, &mut ignored);
    let mut blocks = Blocks::default();
    let mut counted = Marked::default();
    while let Some(block) = blocks.next_block(&mut rows)? {
        if block.first().is_some_and(|row| row.number > wanted.last) {
            break;
        }
        if wanted.takes(&block, &layout) {
            let marks: Vec<Vec<Mark>> = block.iter().map(|row| wanted.marks_of(row, &block, &layout, lang)).collect();
            marked.record(&block, &layout, &marks)?;
            counted.records = counted.records.saturating_add(1);
            counted.rows = counted.rows.saturating_add(u32::try_from(block.len()).unwrap_or(u32::MAX));
        }
    }
    marked.finish(out)?;
    Ok(counted)
}

fn rows_down_to(
    book: &mut Book<'_>,
    sheet: Option<&str>,
    request: &ReadRequest,
    last: u32,
) -> Result<Vec<RawRow>, ExportError> {
    let mut source = book.rows(sheet, &request.limits)?;
    let mut top = Vec::new();
    while let Some(row) = source.next_row()?.filter(|row| row.number <= last) {
        top.push(row);
    }
    Ok(top)
}

/// Which records are taken out of the file, and why.
struct Wanted {
    /// Marks by row.
    marks: BTreeMap<u32, Vec<Mark>>,
    /// Rows whose record is taken.
    rows: BTreeSet<u32>,
    /// Earlier rows of doubled records: the key they must have, and the row that doubles them.
    firsts: BTreeMap<u32, (String, u32)>,
    /// The field that `firsts` compares.
    key: Field,
    /// The last row that may be taken.
    last: u32,
}

impl Wanted {
    fn of(findings: &MarkedFindings<'_>, kind: FileKind, layout: &Layout<'_>, lang: Lang) -> Wanted {
        let mut wanted = Wanted {
            marks: BTreeMap::new(),
            rows: BTreeSet::new(),
            firsts: BTreeMap::new(),
            key: if kind == FileKind::Partners { Field::Code } else { Field::Contract },
            last: 0,
        };
        let lists = [
            (findings.rejected, Weight::Refused),
            (findings.warnings, Weight::Warned),
            (findings.notes, Weight::Noted),
        ];
        for (list, weight) in lists {
            for finding in list {
                let mark = mark_of(finding, weight, layout, lang);
                wanted.marks.entry(finding.row).or_default().push(mark);
                if weight == Weight::Noted {
                    continue;
                }
                wanted.rows.insert(finding.row);
                wanted.last = wanted.last.max(finding.row);
                let key = finding.contract.as_ref().or_else(|| finding.args.get("value"));
                let first = finding.args.get(FIRST).and_then(|row| row.parse::<u32>().ok());
                if let (Some(first), Some(key)) = (first.filter(|first| *first < finding.row), key) {
                    wanted.firsts.entry(first).or_insert((fold_code(key), finding.row));
                }
            }
        }
        wanted
    }

    fn takes(&self, block: &[RawRow], layout: &Layout<'_>) -> bool {
        block.iter().any(|row| self.rows.contains(&row.number)) || self.doubled_by(block, layout).is_some()
    }

    /// The later row that repeats this record. A row number alone does not say so: a finding may speak of a row in
    /// another file.
    fn doubled_by(&self, block: &[RawRow], layout: &Layout<'_>) -> Option<u32> {
        let head = block.first()?;
        let (key, later) = self.firsts.get(&head.number)?;
        let own = fold_code(&RowView::new(head, layout).cell(self.key).text());
        (own == *key).then_some(*later)
    }

    fn marks_of(&self, row: &RawRow, block: &[RawRow], layout: &Layout<'_>, lang: Lang) -> Vec<Mark> {
        let mut marks = self.marks.get(&row.number).cloned().unwrap_or_default();
        let of_row = |key: &str, number: u32| {
            let text = i18n::text(lang, key, &[("row", &number.to_string())]);
            Mark { column: None, weight: Weight::Noted, text: text.clone(), line: text }
        };
        if !marks.is_empty() {
            return marks;
        }
        let head = block.first().map_or(0, |head| head.number);
        let marked_below = block.iter().find(|other| self.rows.contains(&other.number));
        marks.push(match (self.doubled_by(block, layout), marked_below) {
            _ if row.number != head => of_row("export.marked_same_loan", head),
            (_, Some(below)) => of_row("export.marked_see", below.number),
            (Some(later), None) => of_row("export.marked_doubled", later),
            (None, None) => return marks,
        });
        marks
    }
}

fn mark_of(finding: &Finding, weight: Weight, layout: &Layout<'_>, lang: Lang) -> Mark {
    let column = layout
        .shown
        .iter()
        .find(|(_, shown)| !finding.column.is_empty() && **shown == finding.column)
        .and_then(|(field, _)| layout.columns.get(field).copied());
    let text = finding.reason(lang);
    let key = match weight {
        Weight::Refused => "export.marked_refused",
        Weight::Warned => "export.marked_warned",
        Weight::Noted => "export.marked_noted",
    };
    let line = i18n::text(lang, key, &[("column", &finding.column), ("reason", &text)]);
    Mark { column, weight, text, line }
}
