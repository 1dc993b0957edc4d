//! How workbooks look: colours, number formats, and widths that fit Chinese.
//!
//! **Invariant:** a width comes from a count in which a Chinese character takes two places.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::table::ColumnKind;

/// Most digits a spreadsheet number keeps exactly; a longer value is written as text.
const EXACT_DIGITS: usize = 15;
/// Narrowest and widest column, in Latin letters.
const WIDTHS: (usize, usize) = (9, 44);
/// Height of one line in points.
const LINE_POINTS: u32 = 15;
/// Room beside the text of a cell.
const MARGIN: usize = 2;
/// Heading of a column that must be filled.
pub(super) const BLUE: Color = Color::RGB(0x00D6_E4F5);
/// Heading of a column that may stay empty, and cells that belong to the row above.
pub(super) const GREY: Color = Color::RGB(0x00ED_EDED);
/// Lines between cells.
pub(super) const LINE: Color = Color::RGB(0x00BF_C6D1);

/// A4, as spreadsheets number paper.
const PAPER_A4: u8 = 9;

/// Prints a sheet on landscape A4, all columns on a page, with the rows down to the heading on every page.
pub(super) fn set_up_print(sheet: &mut Worksheet, heading_row: u32) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, heading_row)?;
    Ok(())
}

/// A boxed heading in bold.
pub(super) fn heading(background: Color) -> Format {
    Format::new()
        .set_bold()
        .set_background_color(background)
        .set_border(FormatBorder::Thin)
        .set_border_color(LINE)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// The format of a column's cells.
pub(super) fn cells(kind: ColumnKind) -> Format {
    let format = Format::new().set_align(FormatAlign::VerticalCenter);
    match kind {
        ColumnKind::Text | ColumnKind::Code => format.set_num_format("@"),
        ColumnKind::Money => format.set_num_format("#,##0.00"),
        ColumnKind::Percent => format.set_num_format("0.00##"),
        ColumnKind::Count => format.set_num_format("0"),
        ColumnKind::Date => format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
    }
}

/// Places that a text takes in a line of Latin letters: its widest line, Chinese counted twice.
pub(super) fn places(text: &str) -> usize {
    let line = |line: &str| line.chars().map(|c| if u32::from(c) < 0x1100 { 1 } else { 2 }).sum();
    text.lines().map(line).max().unwrap_or(0)
}

/// Points that a text needs in a column of so many places, one line at least.
pub(super) fn height(text: &str, column: usize) -> u32 {
    let lines = |line: &str| places(line).max(1).div_ceil(column.saturating_sub(1).max(1));
    let lines: usize = text.lines().map(lines).sum();
    u32::try_from(lines.max(1)).unwrap_or(1).saturating_mul(LINE_POINTS)
}

/// Sets the width of a column for contents of so many places.
pub(super) fn set_width(sheet: &mut Worksheet, column: u16, places: usize) -> Result<(), XlsxError> {
    let width = places.saturating_add(MARGIN).clamp(WIDTHS.0, WIDTHS.1);
    sheet.set_column_width(column, u32::try_from(width).unwrap_or(0))?;
    Ok(())
}

/// Writes a decimal as a number, or as text where a number would lose digits.
pub(super) fn write_decimal(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    decimal: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let digits = decimal.chars().filter(char::is_ascii_digit).count();
    match decimal.parse::<f64>() {
        Ok(number) if digits <= EXACT_DIGITS => sheet.write_number_with_format(line, column, number, format)?,
        _ => sheet.write_string_with_format(line, column, decimal, format)?,
    };
    Ok(())
}

/// Writes a day as a date, or as text where spreadsheets know no such day.
pub(super) fn write_day(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    day: NaiveDate,
    format: &Format,
) -> Result<(), XlsxError> {
    let parts = (u16::try_from(day.year()), u8::try_from(day.month()), u8::try_from(day.day()));
    let known = match parts {
        (Ok(year), Ok(month), Ok(day)) => ExcelDateTime::from_ymd(year, month, day).ok(),
        _ => None,
    };
    match known {
        Some(moment) => sheet.write_datetime_with_format(line, column, &moment, format)?,
        None => sheet.write_string_with_format(line, column, day.to_string(), format)?,
    };
    Ok(())
}
