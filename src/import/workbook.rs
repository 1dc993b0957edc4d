//! Rows of a workbook, cell by cell, without ever holding a whole sheet.
//!
//! **Invariant:** a cell that a merged area covers shows the area's content and says that it is not its own.

use std::io::Cursor;

use calamine::{Cell, DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use super::cell::CellValue;
use super::file_error::FileError;
use super::sheet::{RawCell, RawRow};

/// An opened workbook.
pub struct Workbook<'a> {
    book: Xlsx<Cursor<&'a [u8]>>,
}

impl<'a> Workbook<'a> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// `PasswordProtected`, `NotAWorkbook`.
    pub fn open(bytes: &'a [u8]) -> Result<Workbook<'a>, FileError> {
        let book = Xlsx::new(Cursor::new(bytes)).map_err(refuse)?;
        Ok(Workbook { book })
    }

    /// Names of the sheets a person sees, in order.
    #[must_use]
    pub fn visible_sheets(&self) -> Vec<String> {
        self.book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
            .map(|sheet| sheet.name.clone())
            .collect()
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// `NotAWorkbook`.
    pub fn rows(&mut self, sheet: &str, columns: usize) -> Result<WorkbookRows<'_, 'a>, FileError> {
        let mut areas = self.book.merge_cells_by_sheet_name(sheet).map_err(refuse)?;
        areas.sort_by_key(|area| area.start);
        areas.reverse();
        let epoch_1904 = self.book.has_1904_epoch();
        let reader = self.book.worksheet_cells_reader(sheet).map_err(refuse)?;
        Ok(WorkbookRows { reader, ahead: None, done: false, areas, open: Vec::new(), columns, epoch_1904 })
    }
}

/// A merged area whose first row has been passed.
struct OpenArea {
    area: Dimensions,
    content: CellValue,
}

/// The rows of one sheet.
pub struct WorkbookRows<'w, 'b> {
    reader: XlsxCellReader<'w, Cursor<&'b [u8]>>,
    ahead: Option<(u32, usize, CellValue)>,
    /// Whether the last cell has been read; the reader must not be asked again then.
    done: bool,
    /// Areas not reached yet, the topmost last.
    areas: Vec<Dimensions>,
    open: Vec<OpenArea>,
    columns: usize,
    epoch_1904: bool,
}

impl WorkbookRows<'_, '_> {
    /// The next row with a cell of its own.
    ///
    /// # Errors
    /// `TooManyColumns`, `NotAWorkbook`.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, FileError> {
        let Some((index, column, value)) = self.next_cell()? else {
            return Ok(None);
        };
        let mut cells: Vec<RawCell> = Vec::new();
        self.put(&mut cells, index, column, value)?;
        while let Some((row, column, value)) = self.next_cell()? {
            if row != index {
                self.ahead = Some((row, column, value));
                break;
            }
            self.put(&mut cells, index, column, value)?;
        }
        self.fill_merged(index, &mut cells)?;
        Ok(Some(RawRow { number: index.saturating_add(1), cells }))
    }

    fn next_cell(&mut self) -> Result<Option<(u32, usize, CellValue)>, FileError> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        while !self.done {
            let Some(cell) = self.reader.next_cell().map_err(refuse)? else {
                self.done = true;
                break;
            };
            let (row, column) = cell.get_position();
            let value = content(&cell, self.epoch_1904);
            if !value.is_blank() {
                return Ok(Some((row, usize::try_from(column).unwrap_or(usize::MAX), value)));
            }
        }
        Ok(None)
    }

    fn put(&self, cells: &mut Vec<RawCell>, row: u32, column: usize, value: CellValue) -> Result<(), FileError> {
        if column >= self.columns {
            return Err(FileError::TooManyColumns { row: row.saturating_add(1), limit: self.columns });
        }
        if cells.len() <= column {
            cells.resize(column.saturating_add(1), RawCell::default());
        }
        if let Some(cell) = cells.get_mut(column) {
            *cell = RawCell { value, merged: false };
        }
        Ok(())
    }

    fn fill_merged(&mut self, row: u32, cells: &mut Vec<RawCell>) -> Result<(), FileError> {
        self.open.retain(|open| open.area.end.0 >= row);
        while self.areas.last().is_some_and(|area| area.start.0 <= row) {
            let Some(area) = self.areas.pop() else { break };
            let first = usize::try_from(area.start.1).unwrap_or(usize::MAX);
            if area.start.0 == row && area.end.0 >= row {
                let content = cells.get(first).map_or(CellValue::Empty, |cell| cell.value.clone());
                self.open.push(OpenArea { area, content });
            }
        }
        if self.open.len() > self.columns {
            return Err(FileError::NotAWorkbook { detail: "merged areas lie over each other".to_owned() });
        }
        for open in &self.open {
            if open.content.is_blank() {
                continue;
            }
            let first = usize::try_from(open.area.start.1).unwrap_or(usize::MAX);
            let last = usize::try_from(open.area.end.1).unwrap_or(usize::MAX).min(self.columns.saturating_sub(1));
            for column in first..=last {
                if row == open.area.start.0 && column == first {
                    continue;
                }
                if cells.len() <= column {
                    cells.resize(column.saturating_add(1), RawCell::default());
                }
                if let Some(cell) = cells.get_mut(column).filter(|cell| cell.value.is_blank()) {
                    *cell = RawCell { value: open.content.clone(), merged: true };
                }
            }
        }
        Ok(())
    }
}

fn content(cell: &Cell<DataRef<'_>>, epoch_1904: bool) -> CellValue {
    match cell.get_value() {
        DataRef::Empty => CellValue::Empty,
        DataRef::String(text) => CellValue::from_text(text),
        DataRef::SharedString(text) => CellValue::from_text(text),
        DataRef::Int(number) => CellValue::Number { text: number.to_string(), epoch_1904 },
        // `Display` of a float is the shortest decimal that reads back as the same float, hence what was typed.
        DataRef::Float(number) => CellValue::Number { text: number.to_string(), epoch_1904 },
        DataRef::Bool(truth) => CellValue::from_text(if *truth { "是" } else { "否" }),
        DataRef::DateTime(moment) => date_of(moment, epoch_1904),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => CellValue::from_text(text),
        DataRef::Error(error) => CellValue::Error(error.to_string()),
    }
}

/// A cell formatted as a date; one outside the range of days Excel knows is left a number.
fn date_of(moment: &calamine::ExcelDateTime, epoch_1904: bool) -> CellValue {
    let serial = moment.as_f64();
    let is_day = moment.is_datetime() && (1.0..2_958_466.0).contains(&serial);
    match moment.as_datetime() {
        Some(at) if is_day => CellValue::Date(at.date()),
        _ => CellValue::Number { text: serial.to_string(), epoch_1904 },
    }
}

fn refuse(error: XlsxError) -> FileError {
    match error {
        XlsxError::Password => FileError::PasswordProtected,
        other => FileError::NotAWorkbook { detail: other.to_string() },
    }
}
