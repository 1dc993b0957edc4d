//! The workbook of a summary: a printed sheet for each table, the sheet 数据 for programs, the sheet 月度核对.
//!
//! **Invariant:** equal data sets and cut-offs give equal bytes: no clock, no random order.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::ReportError;
use super::cell::Cell;
use super::dataset::{Column, Dataset, Row, Table};
use super::month_figures::MonthFigures;
use super::sheets;
use super::words::say;

/// Columns of the sheet 数据: fixed words, so that a program finds them in every language and version.
pub const DATA_COLUMNS: [&str; 9] =
    ["table", "row_key", "row_kind", "row_label", "column", "column_name", "value", "unit", "status"];

/// Columns of the sheet 月度核对.
pub const CHECK_COLUMNS: [&str; 3] = ["key", "type", "value"];

/// Most digits a spreadsheet number keeps exactly; longer values are written as text.
const EXACT_DIGITS: usize = 15;

/// Writes the workbook and returns its bytes.
///
/// # Errors
/// `Workbook`, `CutOffRange`.
pub fn workbook(dataset: &Dataset, figures: &MonthFigures, cut_off: DateTime<Utc>) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(dataset, cut_off)?);
    for table in &dataset.tables {
        sheets::print(workbook.add_worksheet(), dataset, table)?;
    }
    data_sheet(workbook.add_worksheet(), dataset)?;
    check_sheet(workbook.add_worksheet(), dataset, figures)?;
    Ok(workbook.save_to_buffer()?)
}

fn properties(dataset: &Dataset, cut_off: DateTime<Utc>) -> Result<DocProperties, ReportError> {
    let created = ExcelDateTime::from_timestamp(cut_off.timestamp()).map_err(|_outside| ReportError::CutOffRange)?;
    Ok(DocProperties::new()
        .set_title(say(dataset.lang, &format!("summary.{}", dataset.name), &[]))
        .set_subject(dataset.period.to_string())
        .set_comment(dataset.hash())
        .set_creation_datetime(&created))
}

fn data_sheet(sheet: &mut Worksheet, dataset: &Dataset) -> Result<(), XlsxError> {
    sheet.set_name(say(dataset.lang, "sheet.data", &[]))?;
    header(sheet, &DATA_COLUMNS)?;
    for (place, width) in (0_u16..).zip([8_u32, 26, 11, 30, 9, 30, 20, 9, 15]) {
        sheet.set_column_width(place, width)?;
    }
    let mut line = 1_u32;
    for table in &dataset.tables {
        for row in &table.rows {
            for (column, cell) in table.columns.iter().zip(&row.cells) {
                data_row(sheet, line, dataset, (table, row, column, cell))?;
                line = line.saturating_add(1);
            }
        }
    }
    sheet.set_landscape().set_paper_size(sheets::PAPER_A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, line.saturating_sub(1), 8)?;
    Ok(())
}

fn data_row(
    sheet: &mut Worksheet,
    line: u32,
    dataset: &Dataset,
    (table, row, column, cell): (&Table, &Row, &Column, &Cell),
) -> Result<(), XlsxError> {
    let before = [table.code, &row.key, row.kind.code(), &row.label, column.code, &column.name];
    for (place, words) in (0_u16..).zip(before) {
        sheet.write_string(line, place, words)?;
    }
    match cell.exact(column.unit) {
        Some(value) if !matches!(cell, Cell::Text(_)) => exact(sheet, line, 6, &value)?,
        Some(words) => sheet.write_string(line, 6, words).map(|_| ())?,
        None => sheet.write_string(line, 6, cell.shown(dataset.lang, column.unit)).map(|_| ())?,
    }
    sheet.write_string(line, 7, column.unit.exact_name(dataset.lang))?;
    sheet.write_string(line, 8, cell.status())?;
    Ok(())
}

/// A decimal as a number with all its places, or as text where a number would lose digits.
fn exact(sheet: &mut Worksheet, line: u32, place: u16, value: &str) -> Result<(), XlsxError> {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    match value.parse::<f64>() {
        Ok(number) if digits <= EXACT_DIGITS => {
            let places = value.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let pattern = if places == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(places)) };
            sheet.write_number_with_format(line, place, number, &Format::new().set_num_format(pattern))?;
        }
        _ => {
            sheet.write_string(line, place, value)?;
        }
    }
    Ok(())
}

fn check_sheet(sheet: &mut Worksheet, dataset: &Dataset, figures: &MonthFigures) -> Result<(), XlsxError> {
    sheet.set_name(say(dataset.lang, "sheet.check", &[]))?;
    header(sheet, &CHECK_COLUMNS)?;
    for (place, width) in (0_u16..).zip([34_u32, 10, 22]) {
        sheet.set_column_width(place, width)?;
    }
    for (line, (key, kind, value)) in (1_u32..).zip(figures.rows()) {
        sheet.write_string(line, 0, key)?;
        sheet.write_string(line, 1, kind)?;
        sheet.write_string(line, 2, value)?;
    }
    sheet.set_paper_size(sheets::PAPER_A4).set_freeze_panes(1, 0)?;
    Ok(())
}

fn header(sheet: &mut Worksheet, names: &[&str]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (place, name) in (0_u16..).zip(names) {
        sheet.write_string_with_format(0, place, *name, &bold)?;
    }
    Ok(())
}
