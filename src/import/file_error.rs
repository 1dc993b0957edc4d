//! Why a whole file is refused.
//!
//! **Invariant:** when one of these comes out, nothing of the file has been handed on.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::field::FileKind;
use super::mapping::Unit;
use super::workbook_fault::WorkbookFault;
use crate::i18n::{self, Lang};

/// A reason to refuse a whole file. The text for a person is `import.<code>` of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum FileError {
    /// No content.
    #[error("the file is empty")]
    Empty,
    /// A header and nothing below it.
    #[error("header without rows")]
    HeaderOnly,
    /// More bytes than allowed, packed or unpacked.
    #[error("{bytes} bytes, at most {limit}")]
    TooLarge {
        /// Bytes found.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// More data rows than allowed.
    #[error("more than {limit} rows")]
    TooManyRows {
        /// Rows allowed.
        limit: u32,
    },
    /// More columns than allowed.
    #[error("row {row} has more than {limit} columns")]
    TooManyColumns {
        /// Row as a spreadsheet counts.
        row: u32,
        /// Columns allowed.
        limit: usize,
    },
    /// Neither strict UTF-8 nor strict GB18030.
    #[error("neither UTF-8 nor GB18030 from line {line}")]
    EncodingMixed {
        /// First line that does not fit, from 1.
        line: u32,
    },
    /// A quotation mark that is never closed, or the like.
    #[error("line {line} is not comma-separated text")]
    CsvBroken {
        /// Line, from 1.
        line: u64,
    },
    /// The format of Excel 97–2003.
    #[error("legacy .xls workbook")]
    LegacyXls,
    /// A workbook that needs a password.
    #[error("workbook with a password")]
    PasswordProtected,
    /// Not a workbook, or a damaged one.
    #[error("not a workbook: {detail}")]
    NotAWorkbook {
        /// What was wrong, for support.
        detail: String,
    },
    /// No sheet can be told to be the one that is meant.
    #[error("sheet {wanted:?} is not among {sheets:?}")]
    SheetNotFound {
        /// Sheet the mapping names.
        wanted: Option<String>,
        /// Sheets of the workbook.
        sheets: Vec<String>,
    },
    /// Columns no mapping knows.
    #[error("unknown headers {headers:?}, missing {missing:?}")]
    HeaderUnknown {
        /// Headers as the file writes them.
        headers: Vec<String>,
        /// Headers the nearest mapping waits for.
        missing: Vec<String>,
    },
    /// Columns the mapping waits for are not there.
    #[error("missing headers {fields:?}")]
    HeaderMissing {
        /// Headers waited for.
        fields: Vec<String>,
    },
    /// The same header twice.
    #[error("headers twice: {headers:?}")]
    HeaderDuplicate {
        /// Headers as the file writes them.
        headers: Vec<String>,
    },
    /// No mapping of this kind has this name.
    #[error("no mapping {name} for {}", kind.code())]
    MappingNotFound {
        /// Name asked for.
        name: String,
        /// Kind asked for.
        kind: FileKind,
    },
    /// Sources disagree on whose file this is.
    #[error("bank by option {by_option:?}, mapping {by_mapping:?}, name {by_name:?}")]
    BankContradiction {
        /// Bank given by the caller.
        by_option: Option<String>,
        /// Bank of the mapping whose headers fit.
        by_mapping: Option<String>,
        /// Bank in the file's name.
        by_name: Option<String>,
    },
    /// The confirmed mappings of more than one bank fit, and nothing says whose file it is.
    #[error("mappings of the banks {banks:?} fit")]
    BankUnclear {
        /// Banks whose mappings fit.
        banks: Vec<String>,
    },
    /// The file and the mapping disagree on the unit of money.
    #[error("unit in the file {header}, in the mapping {}", unit.zh())]
    UnitContradiction {
        /// Text of the file that names another unit.
        header: String,
        /// Unit the mapping names.
        unit: Unit,
    },
    /// Rows of more than one month.
    #[error("months {first} and {other}")]
    MonthMixed {
        /// Month of the first row.
        first: String,
        /// Another month.
        other: String,
        /// Row of the other month.
        row: u32,
    },
    /// Reading it takes more memory or time than a file may cost.
    #[error("the reader ran out of {what}")]
    ReaderLimit {
        /// What ran out.
        what: Scarce,
    },
    /// The process that reads files ended without an answer.
    #[error("the reader failed: {detail}")]
    ReaderFailed {
        /// For support.
        detail: String,
    },
    /// Unsafe to read.
    #[error("{0}")]
    Unsafe(WorkbookFault),
    /// Nobody waits for the rest of it any more.
    #[error("reading was stopped")]
    Stopped,
}

impl From<WorkbookFault> for FileError {
    fn from(fault: WorkbookFault) -> FileError {
        FileError::Unsafe(fault)
    }
}

/// What a reader may run out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scarce {
    /// Address space.
    Memory,
    /// Processor time.
    Time,
}

impl std::fmt::Display for Scarce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Scarce::Memory => "memory",
            Scarce::Time => "time",
        })
    }
}

impl FileError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            FileError::Empty => "EMPTY_FILE",
            FileError::HeaderOnly => "HEADER_ONLY",
            FileError::TooLarge { .. } => "TOO_LARGE",
            FileError::TooManyRows { .. } => "TOO_MANY_ROWS",
            FileError::TooManyColumns { .. } => "TOO_MANY_COLUMNS",
            FileError::EncodingMixed { .. } => "ENCODING_MIXED",
            FileError::CsvBroken { .. } => "CSV_BROKEN",
            FileError::LegacyXls => "LEGACY_XLS",
            FileError::PasswordProtected => "PASSWORD_PROTECTED",
            FileError::NotAWorkbook { .. } => "NOT_A_WORKBOOK",
            FileError::SheetNotFound { .. } => "SHEET_NOT_FOUND",
            FileError::HeaderUnknown { .. } => "HEADER_UNKNOWN",
            FileError::HeaderMissing { .. } => "HEADER_MISSING",
            FileError::HeaderDuplicate { .. } => "HEADER_DUPLICATE",
            FileError::MappingNotFound { .. } => "MAPPING_NOT_FOUND",
            FileError::BankContradiction { .. } => "BANK_CONTRADICTION",
            FileError::BankUnclear { .. } => "BANK_UNCLEAR",
            FileError::UnitContradiction { .. } => "UNIT_CONTRADICTION",
            FileError::MonthMixed { .. } => "MONTH_MIXED",
            FileError::ReaderLimit { .. } => "READER_LIMIT",
            FileError::ReaderFailed { .. } => "READER_FAILED",
            FileError::Stopped => "STOPPED",
            FileError::Unsafe(fault) => fault.code(),
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let places = self.places(lang);
        let borrowed: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let key = match self {
            FileError::Unsafe(fault) => fault.key(),
            other => other.code(),
        };
        i18n::text(lang, &format!("import.{key}"), &borrowed)
    }

    fn places(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let list = |items: &[String]| items.join(&i18n::text(lang, "import.separator", &[]));
        let or_none = |item: &Option<String>| item.clone().unwrap_or_else(|| i18n::text(lang, "import.none", &[]));
        match self {
            FileError::Empty
            | FileError::HeaderOnly
            | FileError::LegacyXls
            | FileError::PasswordProtected
            | FileError::Stopped => vec![],
            FileError::ReaderLimit { what } => {
                vec![("what", i18n::text(lang, &format!("import.scarce_{what}"), &[]))]
            }
            FileError::ReaderFailed { detail } => vec![("detail", detail.clone())],
            FileError::TooLarge { bytes, limit } => vec![("bytes", bytes.to_string()), ("limit", limit.to_string())],
            FileError::TooManyRows { limit } => vec![("limit", limit.to_string())],
            FileError::TooManyColumns { row, limit } => vec![("row", row.to_string()), ("limit", limit.to_string())],
            FileError::EncodingMixed { line } => vec![("line", line.to_string())],
            FileError::CsvBroken { line } => vec![("line", line.to_string())],
            FileError::NotAWorkbook { detail } => vec![("detail", detail.clone())],
            FileError::SheetNotFound { wanted, sheets } => {
                vec![("wanted", or_none(wanted)), ("sheets", list(sheets))]
            }
            FileError::HeaderUnknown { headers, missing } if missing.is_empty() => {
                vec![("headers", list(headers)), ("missing", i18n::text(lang, "import.none", &[]))]
            }
            FileError::HeaderUnknown { headers, missing } => {
                vec![("headers", list(headers)), ("missing", list(missing))]
            }
            FileError::HeaderMissing { fields } => vec![("fields", list(fields))],
            FileError::HeaderDuplicate { headers } => vec![("headers", list(headers))],
            FileError::MappingNotFound { name, kind } => vec![("name", name.clone()), ("kind", kind.code().to_owned())],
            FileError::BankContradiction { by_option, by_mapping, by_name } => vec![
                ("by_option", or_none(by_option)),
                ("by_mapping", or_none(by_mapping)),
                ("by_name", or_none(by_name)),
            ],
            FileError::BankUnclear { banks } => vec![("banks", list(banks))],
            FileError::UnitContradiction { header, unit } => {
                vec![("header", header.clone()), ("unit", unit.zh().to_owned())]
            }
            FileError::MonthMixed { first, other, row } => {
                vec![("first", first.clone()), ("other", other.clone()), ("row", row.to_string())]
            }
            FileError::Unsafe(fault) => fault.places(lang),
        }
    }
}
