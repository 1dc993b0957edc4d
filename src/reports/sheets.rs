//! One printed sheet of a workbook: title, head block, table, foot, ready for A4 landscape.
//!
//! **Invariant:** everything a person typed is written as a string, so a name that begins with `=` stays a name.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::ReportError;
use super::cell::{Cell, Unit};
use super::dataset::{Column, Dataset, Row, RowKind, Table};
use super::words::say;
use crate::i18n::Lang;
use crate::render::wan_plain;

/// Widest column in Latin letters.
const WIDEST: usize = 26;
/// Narrowest column.
const NARROWEST: usize = 8;
/// Latin letters that fit one A4 landscape page at about 75 percent.
const PAGE_LETTERS: usize = 200;
/// Widest column a heading alone asks for; a longer heading takes more lines.
const HEADING_LETTERS: usize = 14;
/// A4, as spreadsheets number paper.
pub const PAPER_A4: u8 = 9;
/// Height of one printed line in points.
const LINE_POINTS: u16 = 15;
/// Height of one printed line of a note.
const NOTE_POINTS: u16 = 13;
/// Rows above the heading: title and three lines of head block.
const HEADING_ROW: u32 = 4;

/// Formats of one sheet.
struct Look {
    title: Format,
    heading: Format,
    code: Format,
    label: Format,
    note: Format,
}

impl Look {
    fn new() -> Look {
        let base = || Format::new().set_font_name("Noto Sans CJK SC").set_font_size(10);
        let boxed = || base().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        let heading = || boxed().set_background_color(Color::RGB(0x00E8_EEF7)).set_align(FormatAlign::Center);
        Look {
            title: base().set_font_size(16).set_bold(),
            heading: heading().set_bold().set_text_wrap(),
            code: heading().set_font_size(8).set_font_color(Color::RGB(0x0055_5F6D)),
            label: boxed().set_text_wrap(),
            note: base().set_font_size(9).set_text_wrap().set_align(FormatAlign::Top),
        }
    }

    fn cell(cell: &Cell, column: &Column, kind: RowKind) -> Format {
        let format = Format::new()
            .set_font_name("Noto Sans CJK SC")
            .set_font_size(10)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        let format = emphasis(format, kind);
        if matches!(cell, Cell::Text(_) | Cell::NotCollected | Cell::NotReported) {
            return format.set_align(FormatAlign::Center);
        }
        let pattern = match column.unit {
            Unit::Wan | Unit::Percent | Unit::Points => match cell {
                Cell::Points(_) => "+0.00;-0.00;0.00",
                Cell::Percent(_) => "0.00",
                _ => "#,##0.00",
            },
            _ => "#,##0",
        };
        format.set_align(FormatAlign::Right).set_num_format(pattern)
    }
}

fn emphasis(format: Format, kind: RowKind) -> Format {
    match kind {
        RowKind::Total => format.set_bold().set_background_color(Color::RGB(0x00F4_F6FA)),
        RowKind::Subtotal => format.set_bold(),
        RowKind::Previous | RowKind::Missing => format.set_font_color(Color::RGB(0x0055_5F6D)),
        RowKind::Item => format,
    }
}

/// Letters a text takes, a Chinese character counting two.
#[must_use]
pub fn letters(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) >= 0x2000 { 2 } else { 1 }).sum()
}

/// Writes `table` of `dataset` as a printed sheet.
///
/// # Errors
/// `Workbook`.
pub fn print(sheet: &mut Worksheet, dataset: &Dataset, table: &Table) -> Result<(), ReportError> {
    let look = Look::new();
    let widths = widths(table, dataset.lang);
    sheet.set_name(say(dataset.lang, "sheet.table", &[("code", table.code)]))?;
    for (place, width) in (0_u16..).zip(&widths) {
        sheet.set_column_width(place, u32::try_from(*width).unwrap_or(u32::from(PAPER_A4)))?;
    }
    let page = FirstPage::of(&widths);
    top(sheet, dataset, table, &look, &page)?;
    heading(sheet, dataset.lang, table, &look)?;
    let mut line = HEADING_ROW + 2;
    for row in &table.rows {
        body_row(sheet, line, (dataset.lang, table, row), &look, widths.first().copied().unwrap_or(NARROWEST))?;
        line = line.saturating_add(1);
    }
    foot(sheet, line.saturating_add(1), dataset, &page, &look)?;
    print_setup(sheet, dataset, table, widths.iter().sum())
}

fn top(
    sheet: &mut Worksheet,
    dataset: &Dataset,
    table: &Table,
    look: &Look,
    page: &FirstPage,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(0, page.first, &table.title, &look.title)?.set_row_height(0, 26)?;
    let colon = say(dataset.lang, "colon", &[]);
    let code = format!("{}{colon}{}", say(dataset.lang, "head.code", &[]), table.code);
    let name = format!("{}{colon}{}", say(dataset.lang, "head.name", &[]), table.title);
    let mut parts = vec![code, name];
    parts.extend(dataset.head.iter().map(|(label, value)| format!("{label}{colon}{value}")));
    for (line, chunk) in (1_u32..HEADING_ROW).zip(parts.chunks(4)) {
        page.write(sheet, line, &chunk.join("　　"), &look.note)?;
    }
    Ok(())
}

fn heading(sheet: &mut Worksheet, lang: Lang, table: &Table, look: &Look) -> Result<(), XlsxError> {
    sheet.write_string_with_format(HEADING_ROW, 0, &table.stub, &look.heading)?;
    sheet.write_string_with_format(HEADING_ROW + 1, 0, "", &look.code)?;
    for (place, column) in (1_u16..).zip(&table.columns) {
        sheet.write_string_with_format(HEADING_ROW, place, heading_text(lang, column), &look.heading)?;
        sheet.write_string_with_format(HEADING_ROW + 1, place, column.code, &look.code)?;
    }
    sheet.set_row_height(HEADING_ROW, LINE_POINTS * 5)?;
    Ok(())
}

fn heading_text(lang: Lang, column: &Column) -> String {
    match column.unit {
        Unit::Text => column.name.clone(),
        unit => format!("{}\n{}", column.name, say(lang, "unit_brackets", &[("unit", &unit.name(lang))])),
    }
}

fn body_row(
    sheet: &mut Worksheet,
    line: u32,
    (lang, table, row): (Lang, &Table, &Row),
    look: &Look,
    label_width: usize,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(line, 0, &row.label, &emphasis(look.label.clone(), row.kind))?;
    sheet.set_row_height(line, points(&row.label, label_width, LINE_POINTS))?;
    for (place, (column, cell)) in (1_u16..).zip(table.columns.iter().zip(&row.cells)) {
        let format = Look::cell(cell, column, row.kind);
        match number(cell) {
            Some(number) => sheet.write_number_with_format(line, place, number, &format)?,
            None => sheet.write_string_with_format(line, place, cell.shown(lang, column.unit), &format)?,
        };
    }
    Ok(())
}

/// The printed figure as the number a spreadsheet holds: the decimal text is made from integers, then read once.
fn number(cell: &Cell) -> Option<f64> {
    let plain = match cell {
        Cell::Money(fen) => wan_plain(fen.get()),
        Cell::Delta(fen) => wan_plain(fen.get()),
        Cell::Count(count) => count.to_string(),
        Cell::Percent(ratio) => ratio.percent(),
        Cell::Points(ppm) => super::words::signed_percent(*ppm),
        Cell::Nil => "0".to_owned(),
        Cell::Text(_) | Cell::NotCollected | Cell::NotReported | Cell::NotApplicable => return None,
    };
    plain.parse().ok()
}

fn foot(sheet: &mut Worksheet, at: u32, dataset: &Dataset, page: &FirstPage, look: &Look) -> Result<(), XlsxError> {
    let lang = dataset.lang;
    let mut lines = vec![say(lang, "foot.signatures", &[]), say(lang, "foot.digest", &[("hash", &dataset.hash())])];
    lines.push(say(lang, "foot.notes", &[]));
    lines.extend((1_u32..).zip(&dataset.notes).map(|(number, note)| format!("{number}. {}", note.text)));
    for (line, text) in (at..).zip(&lines) {
        page.write(sheet, line, text, &look.note)?;
    }
    Ok(())
}

/// Where words outside the table stand: across the columns of the first printed page.
struct FirstPage {
    /// First column. A sheet of several pages repeats its label column on each, so words that began there would be
    /// printed again, cut off; they begin beside it.
    first: u16,
    /// Last column.
    last: u16,
    /// Letters between both.
    room: usize,
}

impl FirstPage {
    fn of(widths: &[usize]) -> FirstPage {
        let total: usize = widths.iter().sum();
        let limit = total.div_ceil(pages(total));
        let first = u16::from(pages(total) > 1);
        let mut page = FirstPage { first, last: first, room: 0 };
        let mut used = 0_usize;
        for (place, width) in (0_u16..).zip(widths) {
            used = used.saturating_add(*width);
            if place > first && used > limit {
                break;
            }
            if place >= first {
                page.last = place;
                page.room = page.room.saturating_add(*width);
            }
        }
        page
    }

    fn write(&self, sheet: &mut Worksheet, line: u32, text: &str, format: &Format) -> Result<(), XlsxError> {
        if self.last <= self.first {
            sheet.write_string_with_format(line, self.first, text, format)?;
        } else {
            sheet.merge_range(line, self.first, line, self.last, text, format)?;
        }
        // Notes are set smaller than the letters column widths are counted in: a sixth more fits.
        sheet.set_row_height(line, points(text, self.room.saturating_add(self.room / 6), NOTE_POINTS))?;
        Ok(())
    }
}

fn pages(letters: usize) -> usize {
    letters.div_ceil(PAGE_LETTERS).max(1)
}

fn print_setup(sheet: &mut Worksheet, dataset: &Dataset, table: &Table, letters: usize) -> Result<(), ReportError> {
    let wide = u16::try_from(pages(letters)).unwrap_or(1);
    sheet.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(wide, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3).set_screen_gridlines(false);
    sheet.set_freeze_panes(HEADING_ROW + 2, 1)?;
    sheet.set_repeat_rows(HEADING_ROW, HEADING_ROW + 1)?.set_repeat_columns(0, 0)?;
    let page = say(dataset.lang, "foot.page", &[("page", "&P"), ("pages", "&N")]);
    sheet.set_footer(format!("&L{}&R{page}", table.title.replace('&', "&&")));
    Ok(())
}

/// Row height for a text that wraps at `room` letters.
fn points(text: &str, room: usize, line: u16) -> u16 {
    let lines = letters(text).div_ceil(room.saturating_sub(2).max(1)).max(1);
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_mul(line).saturating_add(3)
}

fn widths(table: &Table, lang: Lang) -> Vec<usize> {
    let stub = table.rows.iter().filter(|row| row.kind != RowKind::Missing).map(|row| letters(&row.label)).max();
    let mut widths = vec![stub.unwrap_or(NARROWEST).clamp(NARROWEST, WIDEST).saturating_add(2)];
    for (place, column) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().filter_map(|row| row.cells.get(place));
        let widest = cells.map(|cell| letters(&cell.shown(lang, column.unit))).max().unwrap_or(0);
        let heading = letters(&column.name).div_ceil(2).saturating_add(2).min(HEADING_LETTERS);
        widths.push(widest.max(heading).clamp(NARROWEST, WIDEST).saturating_add(1));
    }
    widths
}
