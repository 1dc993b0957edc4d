//! Tables as a workbook: typed cells, a heading that stays in sight, a filter, widths that fit Chinese.
//!
//! **Invariant:** memory does not grow with the rows; words are string cells, so nothing in them is ever a formula.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::error::ExportError;
use super::look;
use super::table::{Table, TableWriter, Value};
use crate::import::apostrophe::guarded;

pub(super) struct XlsxTable<'w> {
    out: &'w mut (dyn Write + Send),
    book: Workbook,
    formats: Vec<Format>,
    widths: Vec<usize>,
    heading_row: u32,
    line: u32,
    /// A line of sums stands under the rows, which the filter leaves alone.
    has_total: bool,
}

impl<'w> XlsxTable<'w> {
    pub(super) fn begin(table: &Table, out: &'w mut (dyn Write + Send)) -> Result<XlsxTable<'w>, ExportError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(&table.sheet)?;
        let mut line = 0_u32;
        for words in &table.lines {
            sheet.write_string(line, 0, words)?;
            line = line.saturating_add(1);
        }
        let heading = look::heading(look::BLUE);
        for (place, column) in (0_u16..).zip(&table.columns) {
            sheet.write_string_with_format(line, place, &column.title, &heading)?;
        }
        sheet.set_freeze_panes(line.saturating_add(1), 0)?;
        look::set_up_print(sheet, line)?;
        Ok(XlsxTable {
            out,
            book,
            formats: table.columns.iter().map(|column| look::cells(column.kind)).collect(),
            // The button of the filter takes two places.
            widths: table.columns.iter().map(|column| look::places(&column.title).saturating_add(2)).collect(),
            heading_row: line,
            line: line.saturating_add(1),
            has_total: false,
        })
    }
}

impl TableWriter for XlsxTable<'_> {
    fn row(&mut self, values: &[Value]) -> Result<(), ExportError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for ((place, value), (format, width)) in
            (0_u16..).zip(values).zip(self.formats.iter().zip(self.widths.iter_mut()))
        {
            *width = (*width).max(write(sheet, (self.line, place), value, format)?);
        }
        self.line = self.line.saturating_add(1);
        Ok(())
    }

    fn total(&mut self, values: &[Value]) -> Result<(), ExportError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for ((place, value), (format, width)) in
            (0_u16..).zip(values).zip(self.formats.iter().zip(self.widths.iter_mut()))
        {
            *width = (*width).max(write(sheet, (self.line, place), value, &format.clone().set_bold())?);
        }
        self.line = self.line.saturating_add(1);
        self.has_total = true;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for (place, width) in (0_u16..).zip(&self.widths) {
            look::set_width(sheet, place, *width)?;
        }
        let last = u16::try_from(self.widths.len()).unwrap_or(u16::MAX).saturating_sub(1);
        let below = if self.has_total { 2 } else { 1 };
        sheet.autofilter(self.heading_row, 0, self.line.saturating_sub(below), last)?;
        let bytes = self.book.save_to_buffer()?;
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        Ok(())
    }
}

/// Writes a value. Gives the places it takes.
pub(super) fn write(sheet: &mut Worksheet, at: (u32, u16), value: &Value, format: &Format) -> Result<usize, XlsxError> {
    let shown = value.shown();
    match value {
        Value::Empty => return Ok(0),
        Value::Text(_) | Value::Word { .. } => {
            sheet.write_string_with_format(at.0, at.1, guarded(&shown), format)?;
        }
        Value::Fen(_) | Value::Ppm(_) | Value::Count(_) => look::write_decimal(sheet, at, &shown, format)?,
        Value::Date(day) => look::write_day(sheet, at, *day, format)?,
    }
    // Thousands separators that the number format adds.
    let commas = if matches!(value, Value::Fen(_)) { shown.len().saturating_sub(3).wrapping_div(3) } else { 0 };
    Ok(look::places(&shown).saturating_add(commas))
}
