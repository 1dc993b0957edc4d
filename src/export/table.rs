//! A table on its way out: columns, typed values, and one writer a form.
//!
//! **Invariant:** the same rows say the same in every form; money and ratios are exact decimals in each.

use std::io::Write;

use chrono::NaiveDate;

use super::csv_table::CsvTable;
use super::error::ExportError;
use super::json_table::JsonTable;
use super::xlsx_table::XlsxTable;
use crate::domain::money::FenDelta;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated text: UTF-8 with mark, RFC 4180.
    Csv,
    /// Workbook.
    Xlsx,
    /// An array of objects.
    Json,
}

impl Format {
    /// Every form.
    pub const ALL: [Format; 3] = [Format::Csv, Format::Xlsx, Format::Json];

    /// The word of the command line, and the ending of a file.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Json => "json",
        }
    }

    /// The form with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.code() == code)
    }

    /// Content type for the web.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Json => "application/json",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Numbers that name something; a spreadsheet must not calculate with them.
    Code,
    /// Yuan.
    Money,
    /// Percent.
    Percent,
    /// A whole number.
    Count,
    /// A day.
    Date,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name for programs, the same in every language.
    pub key: &'static str,
    /// Heading.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// What stands before the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of the sheet.
    pub sheet: String,
    /// Lines above the heading of a workbook: filter, time. Text and JSON hold rows only.
    pub lines: Vec<String>,
    /// Columns.
    pub columns: Vec<Column>,
}

/// One value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Text(String),
    /// A word of a closed list: its code for programs, its name for people.
    Word {
        /// Code.
        code: String,
        /// Name.
        text: String,
    },
    /// Money in fen.
    Fen(i64),
    /// A ratio in parts per million, shown as percent.
    Ppm(i64),
    /// A whole number.
    Count(i64),
    /// A day.
    Date(NaiveDate),
}

impl Value {
    /// Text, or nothing where it is empty.
    #[must_use]
    pub fn text(text: &str) -> Value {
        if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
    }

    /// A word of a closed list.
    #[must_use]
    pub fn word(code: &str, text: impl Into<String>) -> Value {
        Value::Word { code: code.to_owned(), text: text.into() }
    }

    /// What `make` makes of a value that may be missing.
    #[must_use]
    pub fn maybe<T>(value: Option<T>, make: impl FnOnce(T) -> Value) -> Value {
        value.map_or(Value::Empty, make)
    }

    /// The value as a person reads it and the importer reads it back.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Value::Empty => String::new(),
            Value::Text(text) | Value::Word { text, .. } => text.clone(),
            Value::Fen(fen) => FenDelta::new(*fen).yuan(),
            Value::Ppm(ppm) => percent(*ppm),
            Value::Count(count) => count.to_string(),
            Value::Date(day) => day.to_string(),
        }
    }
}

/// A ratio as percent, exactly: at least two decimals and at most four.
fn percent(ppm: i64) -> String {
    let digits = ppm.unsigned_abs();
    let sign = if ppm < 0 { "-" } else { "" };
    let mut fraction = format!("{:04}", digits.wrapping_rem(10_000));
    while fraction.len() > 2 && fraction.ends_with('0') {
        fraction.pop();
    }
    format!("{sign}{}.{fraction}", digits.wrapping_div(10_000))
}

/// Writes the rows of a table.
pub trait TableWriter {
    /// Writes one row; values beyond the columns are left out.
    ///
    /// # Errors
    /// `Write`, `Workbook`.
    fn row(&mut self, values: &[Value]) -> Result<(), ExportError>;

    /// Writes the sums under the rows, where the form is for people; programs add up themselves.
    ///
    /// # Errors
    /// `Write`, `Workbook`.
    fn total(&mut self, _values: &[Value]) -> Result<(), ExportError> {
        Ok(())
    }

    /// Writes what is left. A file that was not finished is no file.
    ///
    /// # Errors
    /// `Write`, `Workbook`.
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Begins a file.
///
/// # Errors
/// `Write`, `Workbook`.
pub fn begin<'w>(
    format: Format,
    table: &Table,
    out: &'w mut (dyn Write + Send),
) -> Result<Box<dyn TableWriter + 'w>, ExportError> {
    Ok(match format {
        Format::Csv => Box::new(CsvTable::begin(table, out)?),
        Format::Xlsx => Box::new(XlsxTable::begin(table, out)?),
        Format::Json => Box::new(JsonTable::begin(table, out)?),
    })
}
