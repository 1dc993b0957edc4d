//! Why a file could not be written.
//!
//! **Invariant:** every reason has a stable code.

use rust_xlsxwriter::XlsxError;
use thiserror::Error;

use crate::import::file_error::FileError;
use crate::import::mapping::MappingError;

/// Why a file could not be written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The place it goes to.
    #[error(transparent)]
    Write(#[from] std::io::Error),
    /// The workbook.
    #[error(transparent)]
    Workbook(#[from] XlsxError),
    /// The file it is made from is refused by the reader.
    #[error("{0}")]
    File(#[from] FileError),
    /// A mapping shipped with the product does not read.
    #[error("{0}")]
    Mapping(#[from] MappingError),
}

impl ExportError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ExportError::Write(_) => "FILE_UNWRITABLE",
            ExportError::Workbook(_) => "WORKBOOK_UNWRITABLE",
            ExportError::File(error) => error.code(),
            ExportError::Mapping(error) => error.code(),
        }
    }
}
