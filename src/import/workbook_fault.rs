//! What makes a file unsafe to read, found before or while its cells are read.
//!
//! **Invariant:** every member has its own stable code and a sentence that says what to do instead.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::i18n::{self, Lang};

/// How the packing of a workbook contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArchiveFault {
    /// Parts with the same name, overlapping parts, or headers that say other things than the directory.
    Headers,
    /// A part whose name leads out of the archive or is no name.
    Path,
    /// A part that unpacks to another size than it says.
    Size,
    /// A part packed in a way no spreadsheet program writes.
    Method,
}

impl ArchiveFault {
    const fn word(self) -> &'static str {
        match self {
            ArchiveFault::Headers => "headers",
            ArchiveFault::Path => "path",
            ArchiveFault::Size => "size",
            ArchiveFault::Method => "method",
        }
    }
}

/// Things of which a workbook may hold only so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// Different texts.
    Strings,
    /// Merged areas.
    Merged,
    /// Sheets.
    Sheets,
    /// Formats of cells.
    Styles,
    /// Defined names.
    Names,
    /// Links between parts, hyperlinks among them.
    Links,
    /// Elements within elements.
    Depth,
}

impl Counted {
    const fn word(self) -> &'static str {
        match self {
            Counted::Strings => "strings",
            Counted::Merged => "merged",
            Counted::Sheets => "sheets",
            Counted::Styles => "styles",
            Counted::Names => "names",
            Counted::Links => "links",
            Counted::Depth => "depth",
        }
    }
}

/// A reason to refuse a file for what it would do to its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkbookFault {
    /// The packing contradicts itself.
    Archive(ArchiveFault),
    /// More parts than allowed.
    Parts {
        /// Parts allowed.
        limit: usize,
    },
    /// Unpacks to far more than it holds.
    Inflation {
        /// Times its size allowed.
        times: u64,
    },
    /// Holds a document type or entities.
    Dtd,
    /// A part in another encoding than UTF-8.
    XmlEncoding,
    /// A part that is no well-formed XML.
    XmlBroken,
    /// Holds macros.
    Macros,
    /// Takes data from other files.
    Links,
    /// Holds other documents or controls.
    Objects,
    /// The binary workbook format.
    Binary,
    /// A cell beyond the edge of every spreadsheet.
    OutsideSheet {
        /// The place as the file writes it.
        place: String,
    },
    /// More of something than allowed.
    TooMany {
        /// Of what.
        what: Counted,
        /// How many are allowed.
        limit: u32,
    },
    /// A cell longer than a spreadsheet allows.
    TextTooLong {
        /// Row, where it is known.
        row: Option<u32>,
        /// Characters allowed.
        limit: usize,
    },
    /// Merged areas that cover too much.
    MergedTooLarge,
    /// Two sheets of the same name.
    SheetTwice {
        /// The name.
        name: String,
    },
    /// Rows or cells that come twice or out of order.
    Disorder {
        /// Row.
        row: u32,
    },
}

impl WorkbookFault {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            WorkbookFault::Archive(_) => "ARCHIVE_FAULTY",
            WorkbookFault::Parts { .. } => "TOO_MANY_PARTS",
            WorkbookFault::Inflation { .. } => "INFLATES_TOO_MUCH",
            WorkbookFault::Dtd => "XML_DTD",
            WorkbookFault::XmlEncoding => "XML_ENCODING",
            WorkbookFault::XmlBroken => "XML_BROKEN",
            WorkbookFault::Macros => "HAS_MACROS",
            WorkbookFault::Links => "HAS_EXTERNAL_LINKS",
            WorkbookFault::Objects => "HAS_EMBEDDED_OBJECTS",
            WorkbookFault::Binary => "BINARY_WORKBOOK",
            WorkbookFault::OutsideSheet { .. } => "CELL_OUTSIDE_SHEET",
            WorkbookFault::TooMany { .. } => "TOO_MANY_ELEMENTS",
            WorkbookFault::TextTooLong { .. } => "TEXT_TOO_LONG",
            WorkbookFault::MergedTooLarge => "MERGED_TOO_LARGE",
            WorkbookFault::SheetTwice { .. } => "SHEET_TWICE",
            WorkbookFault::Disorder { .. } => "ROWS_DISORDERED",
        }
    }

    /// Key of the sentence in the catalogue.
    pub(super) const fn key(&self) -> &'static str {
        match self {
            WorkbookFault::TextTooLong { row: Some(_), .. } => "TEXT_TOO_LONG_row",
            other => other.code(),
        }
    }

    pub(super) fn places(&self, lang: Lang) -> Vec<(&'static str, String)> {
        match self {
            WorkbookFault::Archive(fault) => {
                vec![("fault", i18n::text(lang, &format!("import.archive_{}", fault.word()), &[]))]
            }
            WorkbookFault::Parts { limit } => vec![("limit", limit.to_string())],
            WorkbookFault::Inflation { times } => vec![("limit", times.to_string())],
            WorkbookFault::OutsideSheet { place } => vec![("place", place.clone())],
            WorkbookFault::TooMany { what, limit } => vec![
                ("what", i18n::text(lang, &format!("import.counted_{}", what.word()), &[])),
                ("limit", limit.to_string()),
            ],
            WorkbookFault::TextTooLong { row: None, limit } => vec![("limit", limit.to_string())],
            WorkbookFault::TextTooLong { row: Some(row), limit } => {
                vec![("row", row.to_string()), ("limit", limit.to_string())]
            }
            WorkbookFault::SheetTwice { name } => vec![("name", name.clone())],
            WorkbookFault::Disorder { row } => vec![("row", row.to_string())],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for WorkbookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self:?}", self.code())
    }
}
