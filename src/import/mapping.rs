//! What differs between the files of banks, as data.
//!
//! Owns the mapping files: one layout a file, read strictly, searched first in a folder given at run time and
//! then among those compiled in. **Invariant:** a mapping kept here names every field its kind needs, and the
//! unit of every money column, in agreement with its own headers.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::field::{Field, FileKind};
use crate::domain::names::{PartnerCode, fold_code};
use crate::embedded::{self, Mappings};
use crate::i18n::{self, Lang};

/// Unit of a money column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Yuan.
    #[serde(rename = "元")]
    Yuan,
    /// Ten thousand yuan.
    #[serde(rename = "万元")]
    TenThousand,
}

impl Unit {
    /// The unit of this word.
    #[must_use]
    pub fn from_zh(word: &str) -> Option<Unit> {
        [Unit::Yuan, Unit::TenThousand].into_iter().find(|unit| unit.zh() == word)
    }

    /// The Chinese word.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Unit::Yuan => "元",
            Unit::TenThousand => "万元",
        }
    }
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Comma-separated text.
    Csv,
    /// Workbook.
    Xlsx,
}

impl Form {
    /// The word of mapping files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
        }
    }
}

/// What one row of a registration file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowPer {
    /// One record a row; several rights stand in one cell.
    #[default]
    Record,
    /// One right a row; the cells of the loan stand in the first row, merged downwards, empty or repeated below.
    Right,
}

impl RowPer {
    /// The word of mapping files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            RowPer::Record => "record",
            RowPer::Right => "right",
        }
    }
}

/// One column of a layout.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Headers it may have; under several header rows `group / column`.
    pub headers: Vec<String>,
    /// Unit of money.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// What separates several values in one cell.
    #[serde(default)]
    pub split: Vec<char>,
    /// Whether a file may leave the column out.
    #[serde(default)]
    pub optional: bool,
    /// Words of the bank and the word of the trade they stand for.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// One layout of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name, unique; a file of the run-time folder replaces the compiled-in one of the same name.
    pub name: String,
    /// What it is a layout of.
    pub kind: FileKind,
    /// Bank whose layout this is.
    #[serde(default)]
    pub bank: Option<String>,
    /// Forms a file may have.
    pub forms: Vec<Form>,
    /// Name of the sheet, preferred where several fit.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Rows of the header.
    #[serde(default = "one")]
    pub header_rows: u32,
    /// What a row is.
    #[serde(default)]
    pub row_per: RowPer,
    /// First words of rows that only add up.
    #[serde(default)]
    pub total_words: Vec<String>,
    /// Words of the one row of a nil return.
    #[serde(default)]
    pub nil_words: Vec<String>,
    /// Cells that say there is nothing.
    #[serde(default)]
    pub blank_words: Vec<String>,
    /// Headers of columns that are not part of the data.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Columns by field.
    pub columns: BTreeMap<Field, Column>,
    /// Version, where the mapping was confirmed and is kept in the books; no file can say it.
    #[serde(default)]
    pub version: Option<i64>,
}

const fn one() -> u32 {
    1
}

/// Why a mapping file cannot be used. The text for a person is `import.<code>` of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MappingError {
    /// Not readable, or not of the grammar.
    #[error("{path}: {detail}")]
    Unreadable {
        /// File.
        path: String,
        /// What was wrong.
        detail: String,
    },
    /// A field that the kind does not have, or one it needs and lacks.
    #[error("{path}: field {field}")]
    Field {
        /// File.
        path: String,
        /// Field.
        field: &'static str,
    },
    /// A money column without unit, a unit where there is no money, or one that its header contradicts.
    #[error("{path}: unit of {field}")]
    Unit {
        /// File.
        path: String,
        /// Field.
        field: &'static str,
    },
    /// A header that is empty or stands twice.
    #[error("{path}: header {header}")]
    Header {
        /// File.
        path: String,
        /// Header.
        header: String,
    },
}

impl MappingError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            MappingError::Unreadable { .. } => "MAPPING_UNREADABLE",
            MappingError::Field { .. } => "MAPPING_FIELD",
            MappingError::Unit { .. } => "MAPPING_UNIT",
            MappingError::Header { .. } => "MAPPING_HEADER",
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let key = format!("import.{}", self.code());
        match self {
            MappingError::Unreadable { path, detail } => i18n::text(lang, &key, &[("path", path), ("detail", detail)]),
            MappingError::Field { path, field } | MappingError::Unit { path, field } => {
                i18n::text(lang, &key, &[("path", path), ("field", field)])
            }
            MappingError::Header { path, header } => i18n::text(lang, &key, &[("path", path), ("header", header)]),
        }
    }
}

/// Every mapping there is, the run-time folder's first.
#[derive(Debug, Clone)]
pub struct MappingSet {
    mappings: Vec<Mapping>,
}

impl MappingSet {
    /// Reads the mappings of `extra_dir` (every `*.toml`, by name) and then those compiled in.
    ///
    /// # Errors
    /// The first file that is not readable or contradicts itself.
    pub fn load(extra_dir: Option<&Path>) -> Result<MappingSet, MappingError> {
        MappingSet::load_after(Vec::new(), extra_dir)
    }

    /// The mappings given, and after them what `load` reads. Of equal names the first counts.
    ///
    /// # Errors
    /// The first file that is not readable or contradicts itself.
    pub fn load_after(first: Vec<Mapping>, extra_dir: Option<&Path>) -> Result<MappingSet, MappingError> {
        let mut mappings = first;
        let outside = extra_dir.map_or_else(|| Ok(Vec::new()), read_folder)?;
        let inside = embedded::texts::<Mappings>().into_iter().filter(|(path, _)| path.ends_with(".toml"));
        for (path, body) in outside.into_iter().chain(inside) {
            let mapping = Mapping::parse(&path, &body)?;
            if mappings.iter().all(|known| known.name != mapping.name) {
                mappings.push(mapping);
            }
        }
        Ok(MappingSet { mappings })
    }

    /// These mappings, searched in this order.
    #[must_use]
    pub const fn of(mappings: Vec<Mapping>) -> MappingSet {
        MappingSet { mappings }
    }

    /// Every mapping, in the order they are searched.
    pub fn iter(&self) -> impl Iterator<Item = &Mapping> {
        self.mappings.iter()
    }

    /// The mappings of a kind, in the order they are searched.
    pub fn of_kind(&self, kind: FileKind) -> impl Iterator<Item = &Mapping> {
        self.mappings.iter().filter(move |mapping| mapping.kind == kind)
    }

    /// Whether some mapping belongs to this bank.
    #[must_use]
    pub fn knows_bank(&self, bank: &PartnerCode) -> bool {
        self.mappings.iter().any(|mapping| mapping.bank().as_ref() == Some(bank))
    }
}

impl Mapping {
    /// Reads one mapping file; `path` names it in errors.
    ///
    /// # Errors
    /// `Unreadable`, `Field`, `Unit`, `Header`.
    pub fn parse(path: &str, body: &str) -> Result<Mapping, MappingError> {
        let mapping: Mapping = toml::from_str(body)
            .map_err(|error| MappingError::Unreadable { path: path.to_owned(), detail: error.to_string() })?;
        if mapping.version.is_some() {
            let detail = "unknown field `version`".to_owned();
            return Err(MappingError::Unreadable { path: path.to_owned(), detail });
        }
        mapping.check(path)?;
        Ok(mapping)
    }

    /// What an import says it was read with: the name, and the version where there is one.
    #[must_use]
    pub fn label(&self) -> String {
        self.version.map_or_else(|| self.name.clone(), |version| format!("{}@{version}", self.name))
    }

    /// The bank whose layout this is.
    #[must_use]
    pub fn bank(&self) -> Option<PartnerCode> {
        self.bank.as_deref().map(PartnerCode::new)
    }

    /// The first header of a field, as it is named to a person.
    #[must_use]
    pub fn first_header(&self, field: Field) -> String {
        self.columns.get(&field).and_then(|column| column.headers.first()).cloned().unwrap_or_default()
    }

    fn check(&self, path: &str) -> Result<(), MappingError> {
        let (needed, allowed) = (self.kind.needed(), self.kind.allowed());
        if let Some(field) = needed.iter().find(|field| !self.columns.contains_key(field)) {
            return Err(MappingError::Field { path: path.to_owned(), field: field.code() });
        }
        let mut seen: Vec<String> = self.ignore.iter().map(|header| fold_code(header)).collect();
        for (field, column) in &self.columns {
            if !needed.contains(field) && !allowed.contains(field) {
                return Err(MappingError::Field { path: path.to_owned(), field: field.code() });
            }
            if field.is_money() != column.unit.is_some() {
                return Err(MappingError::Unit { path: path.to_owned(), field: field.code() });
            }
            if column.headers.is_empty() {
                return Err(MappingError::Header { path: path.to_owned(), header: field.code().to_owned() });
            }
            for header in &column.headers {
                let folded = fold_code(header);
                if folded.is_empty() || seen.contains(&folded) {
                    return Err(MappingError::Header { path: path.to_owned(), header: header.clone() });
                }
                if column.unit.is_some_and(|unit| contradicts(header, unit)) {
                    return Err(MappingError::Unit { path: path.to_owned(), field: field.code() });
                }
                seen.push(folded);
            }
        }
        Ok(())
    }
}

/// The unit that a header or a line above it names; an inner `None` is a unit no mapping can have, such as 亿元.
#[must_use]
pub(super) fn unit_named(text: &str) -> Option<Option<Unit>> {
    let folded = fold_code(text);
    if ["百万元", "千万元", "亿元", "千元", "美元", "亿"].iter().any(|other| folded.contains(other)) {
        return Some(None);
    }
    if folded.contains("万元") {
        return Some(Some(Unit::TenThousand));
    }
    let yuan = folded.contains("(元)") || folded.contains(":元") || folded.ends_with('元');
    yuan.then_some(Some(Unit::Yuan))
}

/// Whether a text names a unit other than `unit`.
#[must_use]
pub(super) fn contradicts(text: &str, unit: Unit) -> bool {
    unit_named(text).is_some_and(|named| named != Some(unit))
}

fn read_folder(dir: &Path) -> Result<Vec<(String, String)>, MappingError> {
    let unreadable = |path: &Path, error: &std::io::Error| MappingError::Unreadable {
        path: path.display().to_string(),
        detail: error.to_string(),
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, &error))? {
        let path = entry.map_err(|error| unreadable(dir, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| match std::fs::read_to_string(&path) {
            Ok(body) => Ok((path.display().to_string(), body)),
            Err(error) => Err(unreadable(&path, &error)),
        })
        .collect()
}
