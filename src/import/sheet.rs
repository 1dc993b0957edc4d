//! Rows of a file as they come, whatever the form of the file.
//!
//! Owns `Book` (an opened file), `RowSource` (its rows, one at a time) and `RawRow`.
//! **Invariant:** a row number is the one a spreadsheet shows, and no more than one row is held at a time.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::archive;
use super::cell::CellValue;
use super::encoding::{self, TextEncoding};
use super::file_error::FileError;
use super::limits::{CELL_CHARACTERS, Limits, is_too_long};
use super::mapping::Form;
use super::separators;
use super::workbook::{Workbook, WorkbookRows};
use super::workbook_fault::WorkbookFault;

/// One cell of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawCell {
    /// What it holds.
    pub value: CellValue,
    /// Whether the content comes from the first cell of a merged area and not from this place.
    pub merged: bool,
    /// Whether the content is the stored result of a formula.
    pub formula: bool,
}

/// One row that holds something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRow {
    /// Number, from 1.
    pub number: u32,
    /// Cells from the first column on.
    pub cells: Vec<RawCell>,
}

impl RawRow {
    /// The content of a column, counted from 0; empty beyond the end.
    #[must_use]
    pub fn value(&self, column: usize) -> &CellValue {
        self.cells.get(column).map_or(&CellValue::Empty, |cell| &cell.value)
    }

    /// Whether a column's content comes from a merged area that begins elsewhere.
    #[must_use]
    pub fn is_merged(&self, column: usize) -> bool {
        self.cells.get(column).is_some_and(|cell| cell.merged)
    }

    /// Whether a column's content is the stored result of a formula.
    #[must_use]
    pub fn is_formula(&self, column: usize) -> bool {
        self.cells.get(column).is_some_and(|cell| cell.formula)
    }

    /// Whether a column holds something of its own.
    #[must_use]
    pub fn holds_own(&self, column: usize) -> bool {
        self.cells.get(column).is_some_and(|cell| !cell.merged && !cell.value.is_blank())
    }
}

/// An opened file.
pub enum Book<'a> {
    /// Text.
    Csv {
        /// The text, decoded.
        text: Cow<'a, str>,
        /// In which encoding it was.
        encoding: TextEncoding,
    },
    /// Workbook.
    Xlsx(Box<Workbook<'a>>),
}

impl<'a> Book<'a> {
    /// Opens a file.
    ///
    /// # Errors
    /// What `archive::form_of`, `encoding::decode`, `guard::inspect` and the workbook reader refuse.
    pub fn open(name: &str, bytes: &'a [u8], limits: &Limits) -> Result<Book<'a>, FileError> {
        match archive::form_of(name, bytes, limits)? {
            Form::Csv => {
                let (text, encoding) = encoding::decode(bytes)?;
                separators::check(&text, limits.columns)?;
                Ok(Book::Csv { text, encoding })
            }
            Form::Xlsx => Workbook::open(bytes, limits).map(|book| Book::Xlsx(Box::new(book))),
        }
    }

    /// The form of the file.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self {
            Book::Csv { .. } => Form::Csv,
            Book::Xlsx(_) => Form::Xlsx,
        }
    }

    /// The encoding of a text file.
    #[must_use]
    pub const fn encoding(&self) -> Option<TextEncoding> {
        match self {
            Book::Csv { encoding, .. } => Some(*encoding),
            Book::Xlsx(_) => None,
        }
    }

    /// The sheets that may hold rows; a text file has one without a name.
    #[must_use]
    pub fn sheets(&self) -> Vec<Option<String>> {
        match self {
            Book::Csv { .. } => vec![None],
            Book::Xlsx(book) => book.visible_sheets().into_iter().map(Some).collect(),
        }
    }

    /// The rows of a sheet, from the top.
    ///
    /// # Errors
    /// `NotAWorkbook` when the sheet cannot be read.
    pub fn rows(&mut self, sheet: Option<&str>, limits: &Limits) -> Result<RowSource<'_, 'a>, FileError> {
        match self {
            Book::Csv { text, .. } => Ok(RowSource::Csv(CsvRows::new(text, limits.columns))),
            Book::Xlsx(book) => {
                book.rows(sheet.unwrap_or_default(), limits.columns).map(|rows| RowSource::Xlsx(Box::new(rows)))
            }
        }
    }
}

/// The rows of one sheet.
pub enum RowSource<'w, 'b> {
    /// Of a text file.
    Csv(CsvRows<'w>),
    /// Of a workbook.
    Xlsx(Box<WorkbookRows<'w, 'b>>),
}

impl RowSource<'_, '_> {
    /// The next row that holds something.
    ///
    /// # Errors
    /// `TooManyColumns`, `CsvBroken`, `NotAWorkbook`.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, FileError> {
        match self {
            RowSource::Csv(rows) => rows.next_row(),
            RowSource::Xlsx(rows) => rows.next_row(),
        }
    }
}

/// Rows of comma-separated text (RFC 4180).
pub struct CsvRows<'a> {
    reader: csv::Reader<&'a [u8]>,
    text: &'a str,
    /// Where the record before ended, without its line end.
    ended: usize,
    number: u32,
    columns: usize,
}

impl<'a> CsvRows<'a> {
    fn new(text: &'a str, columns: usize) -> CsvRows<'a> {
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        CsvRows { reader, text, ended: 0, number: 1, columns }
    }

    fn next_row(&mut self) -> Result<Option<RawRow>, FileError> {
        let mut record = csv::StringRecord::new();
        loop {
            let line = self.reader.position().line();
            let start = self.offset();
            let more =
                self.reader.read_record(&mut record).map_err(|_not_text: csv::Error| FileError::CsvBroken { line })?;
            if !more {
                return Ok(None);
            }
            if self.swallows_lines(start, &record) {
                return Err(FileError::CsvBroken { line });
            }
            self.count_rows(start);
            let filled = record.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
            let Some((last, _)) = filled.last() else { continue };
            if record.iter().any(is_too_long) {
                return Err(WorkbookFault::TextTooLong { row: Some(self.number), limit: CELL_CHARACTERS }.into());
            }
            if last >= self.columns {
                return Err(FileError::TooManyColumns { row: self.number, limit: self.columns });
            }
            let cells = record
                .iter()
                .take(last.saturating_add(1))
                .map(|cell| RawCell { value: CellValue::from_text(cell), ..RawCell::default() })
                .collect();
            return Ok(Some(RawRow { number: self.number, cells }));
        }
    }

    /// Whether a quotation mark that is never closed has taken the following lines into one cell.
    fn swallows_lines(&self, start: usize, record: &csv::StringRecord) -> bool {
        let raw = self.text.as_bytes().get(start..self.offset()).unwrap_or_default();
        let is_odd = !raw.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2);
        is_odd && record.iter().any(|cell| cell.contains('\n'))
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX).min(self.text.len())
    }

    /// Adds the line ends between the record before and the one just read. The reader skips empty lines, which a
    /// spreadsheet counts; a line break inside quotes it does not count.
    fn count_rows(&mut self, start: usize) {
        let bytes = self.text.as_bytes();
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes.get(start..).unwrap_or_default().iter().take_while(|byte| is_break(byte)).count();
        let gap = bytes.get(self.ended..start.saturating_add(skipped)).unwrap_or_default();
        let mut previous = 0_u8;
        for byte in gap {
            let ends_a_line = is_break(byte) && !(previous == b'\r' && *byte == b'\n');
            self.number = self.number.saturating_add(u32::from(ends_a_line));
            previous = *byte;
        }
        let read = bytes.get(..self.offset()).unwrap_or_default();
        self.ended = read.iter().rposition(|byte| !is_break(byte)).map_or(0, |last| last.saturating_add(1));
    }
}
