//! Rows of a workbook, cell by cell, without ever holding a whole sheet.
//!
//! **Invariant:** rows go down and no cell comes twice; a cell that a merged area covers shows the area's content and
//! says that it is not its own.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{
    DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError, XlsxFormulaMetadata,
};

use super::cell::CellValue;
use super::file_error::FileError;
use super::guard::{self, Survey};
use super::invisible::shown;
use super::limits::{CELL_CHARACTERS, Limits, is_too_long};
use super::sheet::{RawCell, RawRow};
use super::workbook_fault::WorkbookFault;

/// Bytes of text one sheet may give. A shared text may stand in every cell, so that a short file can say very much;
/// 200,000 rows of 34 columns give about 200 MiB.
const TEXT_OF_A_SHEET: usize = 1024 * 1024 * 1024;
/// The same for what merged areas repeat.
const TEXT_OF_MERGED: usize = 512 * 1024 * 1024;
/// 1 March 1900. Spreadsheets count 29 February 1900, a day that never was, as day 60, and the days before it one off.
const FIRST_REAL_DAY: f64 = 61.0;
/// Characters of a formula that a message shows.
const FORMULA_SHOWN: usize = 60;

/// An opened workbook.
pub struct Workbook<'a> {
    book: Xlsx<Cursor<&'a [u8]>>,
    survey: Survey,
    /// Merged areas by sheet, the topmost last; reading them takes a pass over the sheet.
    areas: BTreeMap<String, Vec<Dimensions>>,
}

impl<'a> Workbook<'a> {
    /// Opens a workbook that the guard lets pass.
    ///
    /// # Errors
    /// What `guard::inspect` refuses, `PasswordProtected`, `NotAWorkbook`.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Workbook<'a>, FileError> {
        let survey = guard::inspect(bytes, limits)?;
        let book = Xlsx::new(Cursor::new(bytes)).map_err(refuse)?;
        let mut names = BTreeSet::new();
        for sheet in book.sheets_metadata() {
            if !names.insert(sheet.name.to_lowercase()) {
                return Err(WorkbookFault::SheetTwice { name: sheet.name.clone() }.into());
            }
        }
        Ok(Workbook { book, survey, areas: BTreeMap::new() })
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
        let areas = self.areas_of(sheet)?;
        let epoch_1904 = self.book.has_1904_epoch();
        let reader = self.book.worksheet_cells_reader(sheet).map_err(refuse)?;
        Ok(WorkbookRows {
            reader,
            ahead: None,
            done: false,
            last: 0,
            areas,
            open: Vec::new(),
            columns,
            epoch_1904,
            text_left: TEXT_OF_A_SHEET,
            merged_left: TEXT_OF_MERGED,
        })
    }

    fn areas_of(&mut self, sheet: &str) -> Result<Vec<Dimensions>, FileError> {
        if self.survey.merged == 0 {
            return Ok(Vec::new());
        }
        if let Some(areas) = self.areas.get(sheet) {
            return Ok(areas.clone());
        }
        let mut areas = self.book.merge_cells_by_sheet_name(sheet).map_err(refuse)?;
        areas.sort_by_key(|area| area.start);
        areas.reverse();
        self.areas.insert(sheet.to_owned(), areas.clone());
        Ok(areas)
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
    ahead: Option<Placed>,
    /// Whether the last cell has been read; the reader must not be asked again then.
    done: bool,
    /// Row of the last cell.
    last: u32,
    /// Areas not reached yet, the topmost last.
    areas: Vec<Dimensions>,
    open: Vec<OpenArea>,
    columns: usize,
    epoch_1904: bool,
    text_left: usize,
    merged_left: usize,
}

/// A cell and where it stands, from 0.
struct Placed {
    row: u32,
    column: usize,
    value: CellValue,
    formula: bool,
}

impl WorkbookRows<'_, '_> {
    /// The next row with a cell of its own.
    ///
    /// # Errors
    /// `TooManyColumns`, `NotAWorkbook`.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, FileError> {
        let Some(first) = self.next_cell()? else {
            return Ok(None);
        };
        let index = first.row;
        let mut cells: Vec<RawCell> = Vec::new();
        self.put(&mut cells, first)?;
        while let Some(cell) = self.next_cell()? {
            if cell.row != index {
                self.ahead = Some(cell);
                break;
            }
            self.put(&mut cells, cell)?;
        }
        self.fill_merged(index, &mut cells)?;
        Ok(Some(RawRow { number: index.saturating_add(1), cells }))
    }

    fn next_cell(&mut self) -> Result<Option<Placed>, FileError> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        while !self.done {
            let Some(cell) = self.reader.next_cell_with_formula_metadata().map_err(refuse)? else {
                self.done = true;
                break;
            };
            let (row, column) = cell.pos;
            let value = match (&cell.value, &cell.formula) {
                (DataRef::Empty, Some(formula)) => uncomputed(formula),
                (value, _) => content(value, self.epoch_1904),
            };
            self.spend(row, &value)?;
            if row < self.last {
                return Err(WorkbookFault::Disorder { row: row.saturating_add(1) }.into());
            }
            self.last = row;
            if !value.is_blank() {
                let column = usize::try_from(column).unwrap_or(usize::MAX);
                return Ok(Some(Placed { row, column, value, formula: cell.formula.is_some() }));
            }
        }
        Ok(None)
    }

    /// Takes a cell's text from what the sheet may still give.
    fn spend(&mut self, row: u32, value: &CellValue) -> Result<(), FileError> {
        let CellValue::Text(text) = value else { return Ok(()) };
        if is_too_long(text) {
            let row = Some(row.saturating_add(1));
            return Err(WorkbookFault::TextTooLong { row, limit: CELL_CHARACTERS }.into());
        }
        let wide = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        let too_much = || FileError::TooLarge { bytes: wide(TEXT_OF_A_SHEET), limit: wide(TEXT_OF_A_SHEET) };
        self.text_left = self.text_left.checked_sub(text.len()).ok_or_else(too_much)?;
        Ok(())
    }

    fn put(&self, cells: &mut Vec<RawCell>, placed: Placed) -> Result<(), FileError> {
        let Placed { row, column, value, formula } = placed;
        if column >= self.columns {
            return Err(FileError::TooManyColumns { row: row.saturating_add(1), limit: self.columns });
        }
        if cells.len() <= column {
            cells.resize(column.saturating_add(1), RawCell::default());
        }
        if let Some(cell) = cells.get_mut(column) {
            if !cell.value.is_blank() {
                return Err(WorkbookFault::Disorder { row: row.saturating_add(1) }.into());
            }
            *cell = RawCell { value, merged: false, formula };
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
            return Err(WorkbookFault::MergedTooLarge.into());
        }
        for open in &self.open {
            if open.content.is_blank() {
                continue;
            }
            let size = match &open.content {
                CellValue::Text(text) => text.len(),
                _ => 0,
            };
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
                    let left = self.merged_left.checked_sub(size);
                    self.merged_left = left.ok_or(WorkbookFault::MergedTooLarge)?;
                    *cell = RawCell { value: open.content.clone(), merged: true, formula: false };
                }
            }
        }
        Ok(())
    }
}

/// A formula without result: a program wrote the file that does not calculate. Not empty, because the sender sees a
/// value where this is opened.
fn uncomputed(formula: &XlsxFormulaMetadata) -> CellValue {
    let text = match formula {
        XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => formula.as_str(),
        _ => "",
    };
    CellValue::Error(shown(&format!("={}", text.chars().take(FORMULA_SHOWN).collect::<String>())))
}

fn content(value: &DataRef<'_>, epoch_1904: bool) -> CellValue {
    match value {
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
    let first = if epoch_1904 { 1.0 } else { FIRST_REAL_DAY };
    if !moment.is_datetime() || !(first..2_958_466.0).contains(&serial) {
        return CellValue::Number { text: serial.to_string(), epoch_1904 };
    }
    match moment.as_datetime() {
        Some(at) => CellValue::Date(at.date()),
        None => CellValue::Number { text: serial.to_string(), epoch_1904 },
    }
}

fn refuse(error: XlsxError) -> FileError {
    match error {
        XlsxError::Password => FileError::PasswordProtected,
        other => FileError::NotAWorkbook { detail: other.to_string() },
    }
}
