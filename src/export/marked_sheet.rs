//! The sheet of a marked workbook: the head of the bank's file as it was, rows as text, marks, and a sheet that says
//! what to do.
//!
//! Of a loan with several rows the loan's cells stand in the first row and the contract in each; so a correction is made
//! in one place, and a row that is torn away from its loan is refused instead of joining another.
//! **Invariant:** a cell reads back as the bank's cell did: text, except for a number that reads otherwise as text.

use std::collections::BTreeMap;
use std::io::Write;

use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

use super::error::ExportError;
use super::look;
use crate::domain::names::fold_code;
use crate::i18n::{self, Lang};
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::import::field::Field;
use crate::import::header::{Layout, MARK_HEADERS};
use crate::import::row::RowView;
use crate::import::sheet::RawRow;

/// Most notes a workbook gets; beyond it cells are coloured and explained in the last column only.
const MOST_NOTES: u32 = 5_000;
/// Size of a note in pixels.
const NOTE_WIDTH: u32 = 300;
const NOTE_HEIGHT: u32 = 84;
/// Width of the column 错误说明.
const REASON_PLACES: usize = 60;

/// How much a mark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The record is refused.
    Refused,
    /// The record was accepted and wants a look.
    Warned,
    /// Something to know.
    Noted,
}

/// What is said of one row.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// Column of the file, from 0; none for the whole row.
    pub column: Option<usize>,
    /// Weight.
    pub weight: Weight,
    /// What stands at the cell.
    pub text: String,
    /// What stands in the column 错误说明.
    pub line: String,
}

/// The formats of the rows.
struct Looks {
    heading: Format,
    plain: Format,
    refused: Format,
    warned: Format,
    same: Format,
    reason: Format,
    aside: Format,
    number: Format,
}

impl Looks {
    fn new() -> Looks {
        let base = || Format::new().set_num_format("@").set_align(FormatAlign::VerticalCenter);
        let filled = |back: u32, ink: u32| {
            base().set_background_color(Color::RGB(back)).set_font_color(Color::RGB(ink)).set_bold()
        };
        Looks {
            heading: look::heading(look::BLUE),
            plain: base(),
            refused: filled(0x00FF_C7CE, 0x009C_0006),
            warned: filled(0x00FF_EB9C, 0x007F_6000),
            same: base().set_background_color(look::GREY),
            reason: base().set_text_wrap().set_font_color(Color::RGB(0x009C_0006)),
            aside: base().set_text_wrap().set_font_color(Color::RGB(0x0066_6E7A)),
            number: Format::new().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter),
        }
    }

    const fn of(&self, weight: Option<Weight>) -> &Format {
        match weight {
            Some(Weight::Refused) => &self.refused,
            Some(Weight::Warned) => &self.warned,
            Some(Weight::Noted) | None => &self.plain,
        }
    }
}

/// A marked workbook while it is written.
pub(super) struct MarkedSheet {
    book: Workbook,
    looks: Looks,
    /// Columns of the file that have a heading, in their order; those of an earlier marking are left out.
    kept: Vec<usize>,
    /// First column of the file without heading.
    beyond: usize,
    widths: BTreeMap<u16, usize>,
    line: u32,
    notes: u32,
    lang: Lang,
}

impl MarkedSheet {
    /// Writes the head of the file, row by row where it was.
    pub(super) fn begin(
        sheet_name: &str,
        layout: &Layout<'_>,
        top: &[RawRow],
        lang: Lang,
    ) -> Result<MarkedSheet, ExportError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        if sheet.set_name(sheet_name).is_err() {
            sheet.set_name("Sheet1")?;
        }
        let first_header = layout.header_row.saturating_sub(layout.mapping.header_rows.saturating_sub(1));
        let headers: Vec<&RawRow> = top.iter().filter(|row| row.number >= first_header).collect();
        let beyond = headers.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let is_mark = |column: &usize| {
            headers.last().is_some_and(|row| MARK_HEADERS.contains(&fold_code(&row.value(*column).text()).as_str()))
        };
        let kept: Vec<usize> = (0..beyond).filter(|column| !is_mark(column)).collect();
        let mut marked = MarkedSheet {
            book,
            looks: Looks::new(),
            kept,
            beyond,
            widths: BTreeMap::new(),
            line: layout.header_row,
            notes: 0,
            lang,
        };
        for row in top {
            marked.head_row(row, row.number >= first_header, row.number == layout.header_row)?;
        }
        Ok(marked)
    }

    fn head_row(&mut self, row: &RawRow, is_header: bool, is_last: bool) -> Result<(), ExportError> {
        let line = row.number.saturating_sub(1);
        let (number_at, reason_at) = self.mark_columns();
        let plain = Format::new();
        let format = if is_header { &self.looks.heading } else { &plain };
        let sheet = self.book.worksheet_from_index(0)?;
        let mut place = 0_usize;
        while let Some(column) = self.kept.get(place) {
            let text = row.value(*column).text();
            let run = self.kept.iter().skip(place.saturating_add(1)).take_while(|next| row.is_merged(**next)).count();
            let from = narrow(place);
            let to = narrow(place.saturating_add(run));
            if !text.is_empty() && run > 0 && !row.is_merged(*column) {
                sheet.merge_range(line, from, line, to, &text, format)?;
            } else if !text.is_empty() && (is_header || !row.is_merged(*column)) {
                sheet.write_string_with_format(line, from, &text, format)?;
            }
            if is_last {
                self.widths.insert(from, look::places(&text));
            }
            place = place.saturating_add(run).saturating_add(1);
        }
        if is_last {
            let [number, reason] = MARK_HEADERS;
            sheet.write_string_with_format(line, number_at, number, format)?;
            sheet.write_string_with_format(line, reason_at, reason, format)?;
            let hint = i18n::text(self.lang, "export.marked_hint", &[]);
            sheet.insert_note(line, reason_at, &note(&hint))?;
            sheet.set_freeze_panes(line.saturating_add(1), 0)?;
            look::set_up_print(sheet, line)?;
        }
        Ok(())
    }

    fn mark_columns(&self) -> (u16, u16) {
        let first = self.kept.len();
        (narrow(first), narrow(first.saturating_add(1)))
    }

    /// Writes the rows of one record with their marks.
    pub(super) fn record(
        &mut self,
        rows: &[RawRow],
        layout: &Layout<'_>,
        marks: &[Vec<Mark>],
    ) -> Result<(), ExportError> {
        let mut rights: Vec<[String; 2]> = Vec::new();
        let contract = layout.columns.get(&Field::Contract);
        // A contract that has to be corrected is corrected in one place.
        let is_wrong = marks.first().is_some_and(|marks| marks.iter().any(|mark| mark.column.as_ref() == contract));
        for (nth, (row, marks)) in rows.iter().zip(marks).enumerate() {
            let right = right_of(&RowView::new(row, layout));
            let left_out = is_wrong || rights.contains(&right);
            rights.push(right);
            self.row(row, rows.first().filter(|_| nth > 0), left_out, layout, marks)?;
        }
        Ok(())
    }

    /// Writes one row; `head` is the first row of its record, where it is not the first itself. The contract is left out
    /// where the row would otherwise pass for a record of its own.
    fn row(
        &mut self,
        row: &RawRow,
        head: Option<&RawRow>,
        left_out: bool,
        layout: &Layout<'_>,
        marks: &[Mark],
    ) -> Result<(), ExportError> {
        let (line, (number_at, reason_at)) = (self.line, self.mark_columns());
        let behind = usize::from(reason_at).saturating_add(1);
        let sheet = self.book.worksheet_from_index(0)?;
        let unnamed = (self.beyond..row.cells.len()).zip(behind..);
        let columns = self.kept.iter().enumerate().map(|(place, column)| (*column, place)).chain(unnamed);
        for (column, place) in columns {
            let field = layout.columns.iter().find(|(_, at)| **at == column).map(|(field, _)| *field);
            let mark = marks.iter().filter(|mark| mark.column == Some(column)).min_by_key(|mark| mark.weight);
            let belongs_above = head.is_some_and(|_| match field {
                Some(Field::Contract) => left_out,
                Some(field) => !field.is_of_one_right(),
                None => row.is_merged(column),
            });
            let value = match head.filter(|_| field == Some(Field::Contract)) {
                Some(head) => head.value(column),
                None => row.value(column),
            };
            let at = (line, narrow(place));
            if belongs_above {
                sheet.write_blank(at.0, at.1, &self.looks.same)?;
            } else {
                write_cell(sheet, at, value, field, self.looks.of(mark.map(|mark| mark.weight)))?;
                let width = self.widths.entry(at.1).or_default();
                *width = (*width).max(look::places(&value.text()));
            }
            if let Some(mark) = mark.filter(|_| self.notes < MOST_NOTES) {
                self.notes = self.notes.saturating_add(1);
                sheet.insert_note(at.0, at.1, &note(&mark.text))?;
            }
        }
        sheet.write_number_with_format(line, number_at, row.number, &self.looks.number)?;
        let lines: Vec<&str> = marks.iter().map(|mark| mark.line.as_str()).collect();
        let reason = lines.join("\n");
        let weighs = marks.iter().any(|mark| mark.weight != Weight::Noted);
        let format = if weighs { &self.looks.reason } else { &self.looks.aside };
        sheet.write_string_with_format(line, reason_at, &reason, format)?;
        sheet.set_row_height(line, look::height(&reason, REASON_PLACES))?;
        self.line = line.saturating_add(1);
        Ok(())
    }

    /// Adds the sheet that says what to do, and writes the workbook.
    pub(super) fn finish(mut self, out: &mut dyn Write) -> Result<(), ExportError> {
        let reason_at = self.mark_columns().1;
        let sheet = self.book.worksheet_from_index(0)?;
        for (place, width) in &self.widths {
            look::set_width(sheet, *place, *width)?;
        }
        sheet.set_column_width(reason_at, u32::try_from(REASON_PLACES).unwrap_or(0))?;
        self.legend()?;
        let bytes = self.book.save_to_buffer()?;
        out.write_all(&bytes)?;
        out.flush()?;
        Ok(())
    }

    fn legend(&mut self) -> Result<(), XlsxError> {
        let say = |key: &str| i18n::text(self.lang, &format!("export.legend_{key}"), &[]);
        let sheet = self.book.add_worksheet();
        if sheet.set_name(say("sheet")).is_err() {
            sheet.set_name("Sheet2")?;
        }
        sheet.set_column_width(0, 12_u32)?.set_column_width(1, 96_u32)?;
        let title = Format::new().set_bold().set_font_size(14);
        sheet.write_string_with_format(0, 0, say("title"), &title)?;
        let wrap = Format::new().set_text_wrap().set_align(FormatAlign::VerticalCenter);
        let colours = [("red", &self.looks.refused), ("amber", &self.looks.warned), ("grey", &self.looks.same)];
        let mut line = 2_u32;
        for (key, format) in colours {
            sheet.write_string_with_format(line, 0, say(key), format)?;
            sheet.write_string_with_format(line, 1, say(&format!("{key}_means")), &wrap)?;
            line = line.saturating_add(1);
        }
        line = line.saturating_add(1);
        for step in ["1", "2", "3", "4"] {
            sheet.write_string_with_format(line, 0, step, &self.looks.number)?;
            sheet.write_string_with_format(line, 1, say(&format!("step_{step}")), &wrap)?;
            line = line.saturating_add(1);
        }
        Ok(())
    }
}

fn right_of(row: &RowView<'_>) -> [String; 2] {
    [Field::IpKind, Field::IpNumber].map(|field| fold_code(&row.cell(field).text()))
}

fn note(text: &str) -> Note {
    Note::new(text).add_author_prefix(false).set_font_size(10).set_width(NOTE_WIDTH).set_height(NOTE_HEIGHT)
}

fn narrow(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// Writes a cell so that it reads back as it was.
fn write_cell(
    sheet: &mut Worksheet,
    at: (u32, u16),
    value: &CellValue,
    field: Option<Field>,
    format: &Format,
) -> Result<(), XlsxError> {
    match (value, field) {
        (CellValue::Empty, _) => sheet.write_blank(at.0, at.1, format)?,
        (CellValue::Number { text, epoch_1904: true }, Some(field)) if field.is_date() => {
            let text = match read_date(value) {
                DateReading::Serial(day) => day.to_string(),
                _ => text.clone(),
            };
            sheet.write_string_with_format(at.0, at.1, text, format)?
        }
        // As text a damaged identifier would pass, and a negative number would look like a formula.
        (CellValue::Number { text, .. }, _) if value.has_lost_digits() || text.starts_with('-') => {
            match text.parse::<f64>() {
                Ok(number) => sheet.write_number_with_format(at.0, at.1, number, format)?,
                Err(_no_number) => sheet.write_string_with_format(at.0, at.1, text, format)?,
            }
        }
        _ => sheet.write_string_with_format(at.0, at.1, value.text(), format)?,
    };
    Ok(())
}
