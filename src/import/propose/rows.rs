//! The first rows of every sheet of a file, which is all that a proposal looks at.
//!
//! **Invariant:** this is the only step that reads the file; everything after it works on what was taken here.

use crate::import::file_error::FileError;
use crate::import::limits::Limits;
use crate::import::mapping::Form;
use crate::import::sheet::{Book, RawRow};

/// Rows taken from one sheet.
const ROWS_TAKEN: usize = 2_000;
/// Sheets looked at.
const SHEETS_TAKEN: usize = 12;

/// The first rows of a file.
#[derive(Debug, Clone)]
pub struct FirstRows {
    /// Form of the file.
    pub form: Form,
    /// Sheets in their order; a text file has one without a name.
    pub sheets: Vec<SheetRows>,
}

/// The first rows of a sheet.
#[derive(Debug, Clone)]
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
        for sheet in book.sheets().into_iter().take(SHEETS_TAKEN) {
            let mut source = book.rows(sheet.as_deref(), limits)?;
            let mut rows = Vec::new();
            let mut whole = true;
            while let Some(row) = source.next_row()? {
                if rows.len() >= ROWS_TAKEN {
                    whole = false;
                    break;
                }
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
