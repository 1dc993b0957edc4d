//! What the reading process and its parent say to each other, as JSON lines.
//!
//! **Invariant:** whatever comes out of the reading process passes the same constructors as a fresh value, so that a
//! reader that was taken over cannot hand on what no file could.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{Loan, Rows};
use crate::domain::calendar::Month;
use crate::domain::money::FenDelta;
use crate::domain::names::PartnerCode;
use crate::domain::registration::Registration;
use crate::import::encoding::TextEncoding;
use crate::import::field::{Field, FileKind};
use crate::import::file_error::FileError;
use crate::import::finding::{Arguments, Finding, FindingCode};
use crate::import::limits::Limits;
use crate::import::mapping::{Mapping, MappingSet};
use crate::import::propose::rows::FirstRows;
use crate::import::rows::Record;
use crate::import::totals::TotalCheck;
use crate::import::{Body, FileHead, FileReading, ReadRequest};

/// Something that the other side should never have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Garbled(pub String);

impl From<Garbled> for FileError {
    fn from(garbled: Garbled) -> FileError {
        FileError::ReaderFailed { detail: garbled.0 }
    }
}

/// A value that the other side should have sent.
pub(super) fn garbled(what: &str) -> Garbled {
    Garbled(format!("garbled {what}"))
}

/// What to read: one line before the bytes of the file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    name: String,
    kind: FileKind,
    bank: Option<String>,
    mapping: Option<String>,
    limits: Limits,
    known_banks: Vec<String>,
    mappings: Vec<Mapping>,
    /// Whether only the first rows are wanted, as they are.
    #[serde(default)]
    first_rows: bool,
}

impl Order {
    /// An order.
    #[must_use]
    pub fn new(name: &str, request: &ReadRequest, mappings: &MappingSet) -> Order {
        Order {
            name: name.to_owned(),
            kind: request.kind,
            bank: request.bank.as_ref().map(ToString::to_string),
            mapping: request.mapping.clone(),
            limits: request.limits,
            known_banks: request.known_banks.iter().map(ToString::to_string).collect(),
            mappings: mappings.of_kind(request.kind).cloned().collect(),
            first_rows: false,
        }
    }

    /// An order for the first rows of a file; they are the same whatever its kind.
    #[must_use]
    pub fn of_first_rows(name: &str, limits: Limits) -> Order {
        let request = ReadRequest { limits, ..ReadRequest::new(FileKind::Registrations) };
        Order { first_rows: true, ..Order::new(name, &request, &MappingSet::of(Vec::new())) }
    }

    /// Whether only the first rows are wanted.
    #[must_use]
    pub const fn wants_first_rows(&self) -> bool {
        self.first_rows
    }

    /// What it asks for: name, request, mappings.
    #[must_use]
    pub fn take(self) -> (String, ReadRequest, MappingSet) {
        let request = ReadRequest {
            kind: self.kind,
            bank: self.bank.as_deref().map(PartnerCode::new),
            mapping: self.mapping,
            limits: self.limits,
            known_banks: self.known_banks.iter().map(|code| PartnerCode::new(code)).collect(),
        };
        (self.name, request, MappingSet::of(self.mappings))
    }
}

/// One line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The columns have been found.
    Opened(Head),
    /// Accepted loans, in file order.
    Loans(Vec<Loan>),
    /// Rows read so far.
    Rows(u64),
    /// The first rows, as they are; the last line.
    FirstRows(Box<FirstRows>),
    /// Everything else; the last line.
    Done(Box<Tail>),
    /// The file is refused; the last line.
    Refused(FileError),
}

/// A `FileHead`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    kind: FileKind,
    sheet: Option<String>,
    mapping: String,
    encoding: Option<TextEncoding>,
    bank: Option<String>,
    marked: bool,
    columns: BTreeMap<Field, String>,
    content_hash_hex: String,
}

impl Head {
    /// To be sent.
    #[must_use]
    pub fn of(head: &FileHead) -> Head {
        Head {
            kind: head.kind,
            sheet: head.sheet.clone(),
            mapping: head.mapping.clone(),
            encoding: head.encoding,
            bank: head.bank.as_ref().map(ToString::to_string),
            marked: head.marked,
            columns: head.columns.clone(),
            content_hash_hex: head.content_hash_hex.clone(),
        }
    }

    /// As received; the hash is the parent's own.
    #[must_use]
    pub fn read(self, content_hash_hex: String) -> FileHead {
        FileHead {
            kind: self.kind,
            sheet: self.sheet,
            mapping: self.mapping,
            encoding: self.encoding,
            bank: self.bank.as_deref().map(PartnerCode::new),
            marked: self.marked,
            columns: self.columns,
            content_hash_hex,
        }
    }
}

/// A `FileReading` behind its head, without loans.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tail {
    month: Option<String>,
    nil_return: bool,
    records_total: u32,
    sheet_rows_with_rights: Option<u32>,
    rows: Rows,
    rejected: Vec<Found>,
    warnings: Vec<Found>,
    notes: Vec<Found>,
    totals: Vec<Total>,
    header_row: u32,
}

/// A `TotalCheck`.
#[derive(Debug, Serialize, Deserialize)]
struct Total {
    field: Field,
    column: String,
    row: u32,
    file_says: i64,
    computed: i64,
    unread: u32,
}

impl Total {
    fn of(check: &TotalCheck) -> Total {
        Total {
            field: check.field,
            column: check.column.clone(),
            row: check.row,
            file_says: check.file_says.get(),
            computed: check.computed.get(),
            unread: check.unread,
        }
    }

    fn read(self) -> TotalCheck {
        TotalCheck {
            field: self.field,
            column: self.column,
            row: self.row,
            file_says: FenDelta::new(self.file_says),
            computed: FenDelta::new(self.computed),
            unread: self.unread,
        }
    }
}

impl Tail {
    /// To be sent.
    #[must_use]
    pub fn of(reading: &FileReading) -> Tail {
        Tail {
            month: reading.month.map(|month| month.to_string()),
            nil_return: reading.nil_return,
            records_total: reading.records_total,
            sheet_rows_with_rights: reading.sheet_rows_with_rights,
            rows: Rows::of(&reading.body),
            rejected: reading.rejected.iter().map(Found::of).collect(),
            warnings: reading.warnings.iter().map(Found::of).collect(),
            notes: reading.notes.iter().map(Found::of).collect(),
            totals: reading.totals.iter().map(Total::of).collect(),
            header_row: reading.header_row,
        }
    }

    /// Completes a reading. Loans that it holds stay.
    ///
    /// # Errors
    /// `Garbled`.
    pub fn complete(self, reading: &mut FileReading) -> Result<(), Garbled> {
        let read = |found: Vec<Found>| found.into_iter().map(Found::read).collect::<Result<Vec<Finding>, Garbled>>();
        reading.month = match self.month {
            Some(text) => Some(Month::parse(&text).map_err(|_unreadable| garbled("month"))?),
            None => None,
        };
        reading.nil_return = self.nil_return;
        reading.records_total = self.records_total;
        reading.sheet_rows_with_rights = self.sheet_rows_with_rights;
        reading.rejected = read(self.rejected)?;
        reading.warnings = read(self.warnings)?;
        reading.notes = read(self.notes)?;
        reading.totals = self.totals.into_iter().map(Total::read).collect();
        reading.header_row = self.header_row;
        match self.rows.read()? {
            Body::Registrations(_) => Ok(()),
            body => {
                reading.body = body;
                Ok(())
            }
        }
    }
}

/// A `Finding`.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    row: u32,
    column: String,
    code: String,
    contract: Option<String>,
    args: Arguments,
}

impl Found {
    fn of(finding: &Finding) -> Found {
        Found {
            row: finding.row,
            column: finding.column.clone(),
            code: finding.code.code().to_owned(),
            contract: finding.contract.clone(),
            args: finding.args.clone(),
        }
    }

    fn read(self) -> Result<Finding, Garbled> {
        let code = FindingCode::from_code(&self.code).ok_or_else(|| garbled("finding"))?;
        Ok(Finding { row: self.row, column: self.column, code, contract: self.contract, args: self.args })
    }
}

/// Loans as received.
///
/// # Errors
/// `Garbled`.
pub fn read_loans(loans: Vec<Loan>) -> Result<Vec<Record<Registration>>, Garbled> {
    loans.into_iter().map(Loan::read).collect()
}
