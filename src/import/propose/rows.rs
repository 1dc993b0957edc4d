//! The first rows of every sheet of a file, which is all that a proposal looks at.
//!
//! **Invariant:** this is the only step that reads the file; everything after it works on what was taken here.

use serde::{Deserialize, Serialize};

use crate::import::cell::CellValue;
use crate::import::file_error::FileError;
use crate::import::limits::Limits;
use crate::import::mapping::Form;
use crate::import::sheet::{Book, RawRow};

/// Rows taken from one sheet.
const ROWS_TAKEN: usize = 2_000;
/// Sheets looked at.
const SHEETS_TAKEN: usize = 12;
/// Bytes taken of all sheets together, cells counted with what holds them.
const BYTES_TAKEN: usize = 16 * 1024 * 1024;
/// Bytes that a cell costs besides its text.
const CELL_BYTES: usize = 48;
/// Characters taken of one cell; no header and no list of rights is longer.
const CELL_CHARACTERS: usize = 4_000;

/// The first rows of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FirstRows {
    /// Form of the file.
    pub form: Form,
    /// Sheets in their order; a text file has one without a name.
    pub sheets: Vec<SheetRows>,
}

/// The first rows of a sheet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SheetRows {
    /// Name.
    pub name: Option<String>,
    /// Rows that hold something.
    pub rows: Vec<RawRow>,
    /// Whether there are no more.
    pub whole: bool,
}

impl FirstRows {
    /// Takes the first rows of a file.
    ///
    /// # Errors
    /// What the file is refused for before any header is looked for; `Empty` where no sheet holds anything.
    pub fn take(name: &str, bytes: &[u8], limits: &Limits) -> Result<FirstRows, FileError> {
        let mut book = Book::open(name, bytes, limits)?;
        let mut sheets = Vec::new();
        let mut room = BYTES_TAKEN;
        for sheet in book.sheets().into_iter().take(SHEETS_TAKEN) {
            let mut source = book.rows(sheet.as_deref(), limits)?;
            let mut rows = Vec::new();
            let mut whole = true;
            while let Some(row) = source.next_row()? {
                let row = clipped(row);
                let left = room.checked_sub(bytes_of(&row)).filter(|_| rows.len() < ROWS_TAKEN);
                let Some(left) = left else {
                    whole = false;
                    break;
                };
                room = left;
                rows.push(row);
            }
            drop(source);
            sheets.push(SheetRows { name: sheet, rows, whole });
        }
        if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
            return Err(FileError::Empty);
        }
        Ok(FirstRows { form: book.form(), sheets })
    }

    /// Names of the sheets.
    #[must_use]
    pub fn sheet_names(&self) -> Vec<String> {
        self.sheets.iter().filter_map(|sheet| sheet.name.clone()).collect()
    }
}

/// A row without the far ends of its longest cells.
fn clipped(mut row: RawRow) -> RawRow {
    for cell in &mut row.cells {
        if let CellValue::Text(text) = &mut cell.value
            && let Some((end, _)) = text.char_indices().nth(CELL_CHARACTERS)
        {
            text.truncate(end);
        }
    }
    row
}

fn bytes_of(row: &RawRow) -> usize {
    row.cells.iter().fold(0_usize, |sum, cell| {
        let text = match &cell.value {
            CellValue::Text(text) | CellValue::Number { text, .. } | CellValue::Error(text) => text.len(),
            CellValue::Empty | CellValue::Date(_) => 0,
        };
        sum.saturating_add(text).saturating_add(CELL_BYTES)
    })
}
