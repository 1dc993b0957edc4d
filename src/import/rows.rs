//! The data rows below a header: what counts as one, and how many there may be.
//!
//! **Invariant:** empty rows, total rows and the row of a nil return never reach a reader of records; total rows are
//! kept to be compared with what was read.

use super::field::Field;
use super::file_error::FileError;
use super::finding::{Arguments, Fault, Finding, FindingCode};
use super::header::Layout;
use super::mapping::RowPer;
use super::row::RowView;
use super::sheet::{RawRow, RowSource};
use super::totals::{TotalCheck, Totals};
use crate::domain::names::fold_code;

/// Rows between two calls of the progress function.
const PROGRESS_EVERY: u64 = 1_000;

/// One accepted record and where it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<T> {
    /// Row, from 1.
    pub row: u32,
    /// The record.
    pub value: T,
}

/// Data rows of one sheet.
pub struct DataRows<'r, 'b, 'm> {
    source: RowSource<'r, 'b>,
    layout: &'r Layout<'m>,
    limit: u32,
    seen: u32,
    nil: Option<RawRow>,
    totals: Totals,
    progress: &'r mut dyn FnMut(u64),
}

impl<'r, 'b, 'm> DataRows<'r, 'b, 'm> {
    /// The rows of `source` below the header of `layout`, at most `limit` of them.
    pub fn new(
        source: RowSource<'r, 'b>,
        layout: &'r Layout<'m>,
        limit: u32,
        progress: &'r mut dyn FnMut(u64),
    ) -> DataRows<'r, 'b, 'm> {
        DataRows { source, layout, limit, seen: 0, nil: None, totals: Totals::default(), progress }
    }

    /// The next data row.
    ///
    /// # Errors
    /// `TooManyRows` and what the source refuses.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, FileError> {
        while let Some(row) = self.source.next_row()? {
            if row.number <= self.layout.header_row || !self.holds_data(&row) {
                continue;
            }
            if self.first_word_is(&row, &self.layout.mapping.nil_words) {
                self.nil = Some(row);
                continue;
            }
            if self.first_word_is(&row, &self.layout.mapping.total_words) {
                self.totals.keep(self.layout, row);
                continue;
            }
            if self.seen >= self.limit {
                return Err(FileError::TooManyRows { limit: self.limit });
            }
            self.seen = self.seen.saturating_add(1);
            if u64::from(self.seen).is_multiple_of(PROGRESS_EVERY) {
                (self.progress)(u64::from(self.seen));
            }
            if self.layout.mapping.row_per == RowPer::Record {
                self.totals.add(&RowView::new(&row, self.layout));
            }
            return Ok(Some(row));
        }
        (self.progress)(u64::from(self.seen));
        Ok(None)
    }

    /// Counts the rows of a loan that has one row a right.
    pub(super) fn count_block(&mut self, rows: &[RowView<'_>]) {
        self.totals.add_block(rows);
    }

    /// The file's own totals beside the sums of the rows read.
    #[must_use]
    pub fn compare_totals(&self) -> (Vec<TotalCheck>, Vec<Finding>) {
        self.totals.compare(self.layout)
    }

    /// Data rows so far.
    #[must_use]
    pub const fn seen(&self) -> u32 {
        self.seen
    }

    /// The row of a nil return, if it was met.
    #[must_use]
    pub const fn nil_row(&self) -> Option<&RawRow> {
        self.nil.as_ref()
    }

    /// Where the columns stand.
    #[must_use]
    pub const fn layout(&self) -> &'r Layout<'m> {
        self.layout
    }

    /// A row as its fields.
    #[must_use]
    pub const fn view<'v>(&self, row: &'v RawRow) -> RowView<'v>
    where
        'r: 'v,
    {
        RowView::new(row, self.layout)
    }

    fn holds_data(&self, row: &RawRow) -> bool {
        self.layout.columns.values().any(|column| row.holds_own(*column))
    }

    fn first_word_is(&self, row: &RawRow, words: &[String]) -> bool {
        let first = row.cells.iter().find(|cell| !cell.merged && !cell.value.is_blank());
        first.is_some_and(|cell| {
            let text = fold_code(&cell.value.text());
            let text = text.trim_end_matches([':', '。']);
            words.iter().any(|word| fold_code(word) == text)
        })
    }
}

/// What the rows of a file gave.
#[derive(Debug)]
pub struct Gathered<T> {
    /// Accepted records, in file order.
    pub records: Vec<Record<T>>,
    /// Refused records.
    pub rejected: Vec<Finding>,
    /// Accepted, but worth a look.
    pub warnings: Vec<Finding>,
    /// Hints that change nothing and are not part of the answer other programs rely on.
    pub notes: Vec<Finding>,
    /// Records met.
    pub total: u32,
}

impl<T> Default for Gathered<T> {
    fn default() -> Gathered<T> {
        Gathered { records: Vec::new(), rejected: Vec::new(), warnings: Vec::new(), notes: Vec::new(), total: 0 }
    }
}

impl<T> Gathered<T> {
    /// Takes in the outcome of one record that begins in row `row`; a fault in another row of it says so itself.
    pub(super) fn take(&mut self, layout: &Layout<'_>, row: u32, contract: Option<&str>, outcome: Result<T, Placed>) {
        self.total = self.total.saturating_add(1);
        match outcome {
            Ok(value) => self.records.push(Record { row, value }),
            Err(placed) => {
                let at = placed.row.unwrap_or(row);
                self.rejected.push(finding(layout, at, contract, placed.fault));
            }
        }
    }

    /// Warns of an accepted record.
    pub(super) fn warn(&mut self, layout: &Layout<'_>, row: u32, contract: Option<&str>, fault: Fault) {
        self.warnings.push(finding(layout, row, contract, fault));
    }

    /// Hints at something in an accepted record.
    pub(super) fn note(&mut self, layout: &Layout<'_>, row: u32, contract: Option<&str>, fault: Fault) {
        self.notes.push(finding(layout, row, contract, fault));
    }

    /// Warns where a date was a bare serial number and notes where a value is a formula's, once a record.
    pub(super) fn warn_of_serials(&mut self, view: &RowView<'_>, contract: Option<&str>) {
        if let Some(fault) = view.first_serial() {
            self.warn(view.layout(), view.number(), contract, fault);
        }
        if let Some(fault) = view.first_formula() {
            self.note(view.layout(), view.number(), contract, fault);
        }
    }
}

/// A fault and, where it is not the record's first row, its row.
#[derive(Debug)]
pub(super) struct Placed {
    /// The fault.
    pub fault: Fault,
    /// Its row.
    pub row: Option<u32>,
}

impl From<Fault> for Placed {
    fn from(fault: Fault) -> Placed {
        Placed { fault, row: None }
    }
}

/// The fault of a key that stands in an earlier row.
pub(super) fn repeated(field: Field, first: u32, value: &str) -> Fault {
    Fault::new(field, FindingCode::RowDuplicate, &[("first", &first.to_string()), ("value", value)])
}

fn finding(layout: &Layout<'_>, row: u32, contract: Option<&str>, fault: Fault) -> Finding {
    let column = layout.shown.get(&fault.field).cloned().unwrap_or_default();
    let args: Arguments = fault.args;
    Finding { row, column, code: fault.code, contract: contract.map(str::to_owned), args }
}
