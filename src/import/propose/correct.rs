//! What a person says of a proposal.
//!
//! **Invariant:** a correction that the file or the kind contradicts is refused with words, and changes nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::lists;
use super::view::{field_name, letter_of};
use crate::domain::names::fold_code;
use crate::i18n::{self, Lang};
use crate::import::field::{Field, FileKind};
use crate::import::header::Title;
use crate::import::mapping::{RowPer, Unit};

/// A column as a person names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRef {
    /// By its place, from 0.
    At(usize),
    /// By its header, whole or the lowest row of it, or by the letter a spreadsheet gives it.
    Named(String),
}

/// One correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Another sheet.
    Sheet(String),
    /// The header ends in row `row` and has `rows` rows.
    Header {
        /// Number of the last header row, from 1.
        row: u32,
        /// Rows of the header.
        rows: u32,
    },
    /// What a row is.
    RowPer(RowPer),
    /// A column holds a field.
    Field {
        /// Column.
        column: ColumnRef,
        /// Field.
        field: Field,
    },
    /// A column is left out.
    Ignore {
        /// Column.
        column: ColumnRef,
    },
    /// The unit of a money column.
    Unit {
        /// Column.
        column: ColumnRef,
        /// Unit.
        unit: Unit,
    },
    /// What a word of a column stands for.
    Word {
        /// Column.
        column: ColumnRef,
        /// Word of the file.
        word: String,
        /// Word of the closed list.
        meaning: String,
    },
    /// What separates several values in a cell.
    Split {
        /// Column.
        column: ColumnRef,
        /// Signs.
        signs: Vec<char>,
    },
    /// Whether a file may leave a column out.
    Optional {
        /// Column.
        column: ColumnRef,
        /// Whether it may.
        optional: bool,
    },
}

/// Why a correction is refused. The text for a person is `mapping.<code>` of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CorrectionError {
    /// There is no such sheet.
    #[error("no sheet {name}")]
    Sheet {
        /// Name.
        name: String,
    },
    /// There is no such header row, or it has no names.
    #[error("no header of {rows} rows that ends in row {row}")]
    Header {
        /// Last row.
        row: u32,
        /// Rows.
        rows: u32,
    },
    /// No column has this header.
    #[error("no column {header}")]
    ColumnUnknown {
        /// Header.
        header: String,
    },
    /// More than one column has this header.
    #[error("columns {letters} have the header {header}")]
    ColumnAmbiguous {
        /// Header.
        header: String,
        /// Letters of the columns.
        letters: String,
    },
    /// The kind of file has no such field.
    #[error("no field {} in {}", field.code(), kind.code())]
    FieldForeign {
        /// Field.
        field: Field,
        /// Kind.
        kind: FileKind,
    },
    /// A field was given to two columns.
    #[error("field {} given to two columns", field.code())]
    FieldTwice {
        /// Field.
        field: Field,
    },
    /// The column holds no money.
    #[error("column {header} holds no money")]
    NoMoney {
        /// Header.
        header: String,
    },
    /// The file names another unit.
    #[error("the file names another unit for {header} than {}", unit.zh())]
    UnitAgainst {
        /// Header.
        header: String,
        /// Unit asked for.
        unit: Unit,
    },
    /// The column keeps to no list.
    #[error("column {header} keeps to no list")]
    NoList {
        /// Header.
        header: String,
    },
    /// The meaning is not in the list.
    #[error("{meaning} is not in the list of {}", field.code())]
    NotInList {
        /// Field.
        field: Field,
        /// Meaning asked for.
        meaning: String,
    },
    /// The word is itself one of the list and cannot mean another.
    #[error("{word} is itself in the list")]
    WordListed {
        /// Word.
        word: String,
        /// Meaning asked for.
        meaning: String,
    },
    /// The column holds one value a cell.
    #[error("column {header} holds one value a cell")]
    NoSplit {
        /// Header.
        header: String,
    },
    /// Only files of registrations have a choice of what a row is.
    #[error("a row is always a record in {}", kind.code())]
    RowPer {
        /// Kind.
        kind: FileKind,
    },
}

impl CorrectionError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            CorrectionError::Sheet { .. } => "MAPPING_SHEET_UNKNOWN",
            CorrectionError::Header { .. } => "MAPPING_HEADER_ROWS",
            CorrectionError::ColumnUnknown { .. } => "MAPPING_COLUMN_UNKNOWN",
            CorrectionError::ColumnAmbiguous { .. } => "MAPPING_COLUMN_AMBIGUOUS",
            CorrectionError::FieldForeign { .. } => "MAPPING_FIELD_FOREIGN",
            CorrectionError::FieldTwice { .. } => "MAPPING_FIELD_TWICE",
            CorrectionError::NoMoney { .. } => "MAPPING_NO_MONEY",
            CorrectionError::UnitAgainst { .. } => "MAPPING_UNIT_AGAINST",
            CorrectionError::NoList { .. } => "MAPPING_NO_LIST",
            CorrectionError::NotInList { .. } => "MAPPING_NOT_IN_LIST",
            CorrectionError::WordListed { .. } => "MAPPING_WORD_LISTED",
            CorrectionError::NoSplit { .. } => "MAPPING_NO_SPLIT",
            CorrectionError::RowPer { .. } => "MAPPING_ROW_PER",
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let kind_name = |kind: &FileKind| i18n::text(lang, &format!("mapping.kind.{}", kind.code()), &[]);
        let places: Vec<(&str, String)> = match self {
            CorrectionError::Sheet { name } => vec![("name", name.clone())],
            CorrectionError::Header { row, rows } => vec![("row", row.to_string()), ("rows", rows.to_string())],
            CorrectionError::ColumnUnknown { header }
            | CorrectionError::NoMoney { header }
            | CorrectionError::NoList { header }
            | CorrectionError::NoSplit { header } => vec![("header", header.clone())],
            CorrectionError::ColumnAmbiguous { header, letters } => {
                vec![("header", header.clone()), ("letters", letters.clone())]
            }
            CorrectionError::FieldForeign { field, kind } => {
                vec![("field", field_name(*field, lang)), ("kind", kind_name(kind))]
            }
            CorrectionError::FieldTwice { field } => vec![("field", field_name(*field, lang))],
            CorrectionError::UnitAgainst { header, unit } => {
                vec![("header", header.clone()), ("unit", unit.zh().to_owned())]
            }
            CorrectionError::NotInList { field, meaning } => vec![
                ("field", field_name(*field, lang)),
                ("meaning", meaning.clone()),
                ("list", lists::members(*field).join(&i18n::text(lang, "import.separator", &[]))),
            ],
            CorrectionError::WordListed { word, meaning } => {
                vec![("word", word.clone()), ("meaning", meaning.clone())]
            }
            CorrectionError::RowPer { kind } => vec![("kind", kind_name(kind))],
        };
        let borrowed: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
        i18n::text(lang, &format!("mapping.{}", self.code()), &borrowed)
    }
}

/// What corrections say of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Pin {
    /// A field, or that it is left out.
    pub field: Option<Option<Field>>,
    /// Unit.
    pub unit: Option<Unit>,
    /// Words.
    pub words: BTreeMap<String, String>,
    /// Signs between values.
    pub split: Option<Vec<char>>,
    /// Whether a file may leave it out.
    pub optional: Option<bool>,
}

/// What corrections say of the columns, by place; a later correction replaces an earlier one.
pub(super) fn pins(
    kind: FileKind,
    titles: &[Title],
    corrections: &[Correction],
) -> Result<BTreeMap<usize, Pin>, CorrectionError> {
    let mut pins: BTreeMap<usize, Pin> = BTreeMap::new();
    let of = |column: &ColumnRef| place(titles, column);
    for correction in corrections {
        match correction {
            Correction::Sheet(_) | Correction::Header { .. } => {}
            Correction::RowPer(_) if kind == FileKind::Registrations => {}
            Correction::RowPer(_) => return Err(CorrectionError::RowPer { kind }),
            Correction::Field { field, .. } if !kind.has(*field) => {
                return Err(CorrectionError::FieldForeign { field: *field, kind });
            }
            Correction::Field { column, field } => pins.entry(of(column)?).or_default().field = Some(Some(*field)),
            Correction::Ignore { column } => pins.entry(of(column)?).or_default().field = Some(None),
            Correction::Unit { column, unit } => pins.entry(of(column)?).or_default().unit = Some(*unit),
            Correction::Word { column, word, meaning } => {
                pins.entry(of(column)?).or_default().words.insert(fold_code(word), meaning.clone());
            }
            Correction::Split { column, signs } => {
                pins.entry(of(column)?).or_default().split = Some(signs.clone());
            }
            Correction::Optional { column, optional } => {
                pins.entry(of(column)?).or_default().optional = Some(*optional);
            }
        }
    }
    let given: Vec<Field> = pins.values().filter_map(|pin| pin.field.flatten()).collect();
    let twice = given.iter().enumerate().find(|(at, field)| given.iter().skip(at + 1).any(|other| other == *field));
    match twice {
        Some((_, field)) => Err(CorrectionError::FieldTwice { field: *field }),
        None => Ok(pins),
    }
}

fn place(titles: &[Title], column: &ColumnRef) -> Result<usize, CorrectionError> {
    let header = match column {
        ColumnRef::At(at) if titles.iter().any(|title| title.column == *at) => return Ok(*at),
        ColumnRef::At(at) => return Err(CorrectionError::ColumnUnknown { header: letter_of(*at) }),
        ColumnRef::Named(header) => header,
    };
    let wanted = fold_code(header);
    let ways: [&dyn Fn(&Title) -> bool; 3] =
        [&|title| fold_code(&title.full) == wanted, &|title| fold_code(&title.leaf) == wanted, &|title| {
            letter_of(title.column) == *header
        }];
    for way in ways {
        let hits: Vec<usize> = titles.iter().filter(|title| way(title)).map(|title| title.column).collect();
        match hits.as_slice() {
            [] => {}
            [at] => return Ok(*at),
            several => {
                let letters: Vec<String> = several.iter().map(|at| letter_of(*at)).collect();
                return Err(CorrectionError::ColumnAmbiguous { header: header.clone(), letters: letters.join(" ") });
            }
        }
    }
    Err(CorrectionError::ColumnUnknown { header: header.clone() })
}
