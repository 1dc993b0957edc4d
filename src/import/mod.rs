//! Bank files into typed records, and what is wrong with their rows.
//!
//! Reading order: `field`, `mapping` (what differs between banks), `sheet` (rows as they come), `header` and `choice`
//! (which column is what), `row` (cells into values), then one module a kind of file.
//! **Invariant:** a file gives the same records whatever the order of its rows and columns, its form and its
//! encoding; nothing here knows a database.

use std::collections::BTreeMap;

pub mod archive;
pub mod cell;
pub mod choice;
pub mod claims;
pub mod encoding;
pub mod field;
pub mod file_error;
pub mod finding;
pub mod fund;
pub mod guard;
pub mod header;
pub mod invisible;
pub mod limits;
pub mod mapping;
pub mod partners;
pub mod probe;
pub mod registration;
mod rights;
pub mod row;
pub mod rows;
pub mod servicing;
mod separators;
pub mod sheet;
pub mod workbook;
pub mod workbook_fault;

use crate::domain::calendar::Month;
use crate::domain::filing::{ClaimFiling, FundRow, PartnerRow, ServicingRow};
use crate::domain::names::PartnerCode;
use crate::domain::registration::Registration;
use crate::hash::sha256_hex;
use encoding::TextEncoding;
use field::{Field, FileKind};
use file_error::FileError;
use finding::Finding;
use limits::Limits;
use mapping::{MappingSet, RowPer};
use row::RowView;
use rows::{DataRows, Gathered, Record};
use sheet::Book;

/// What is asked of a file.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// What the file is.
    pub kind: FileKind,
    /// Bank it comes from, where the caller says so.
    pub bank: Option<PartnerCode>,
    /// Name of the mapping, where the caller says so.
    pub mapping: Option<String>,
    /// Limits.
    pub limits: Limits,
    /// Partner banks, so that their codes in a file name are told from other words.
    pub known_banks: Vec<PartnerCode>,
}

impl ReadRequest {
    /// A request that leaves everything but the kind to be found out.
    #[must_use]
    pub fn new(kind: FileKind) -> ReadRequest {
        ReadRequest { kind, bank: None, mapping: None, limits: Limits::default(), known_banks: Vec::new() }
    }
}

/// What a file holds.
#[derive(Debug)]
pub struct FileReading {
    /// What it is.
    pub kind: FileKind,
    /// The sheet that was read; nothing for text.
    pub sheet: Option<String>,
    /// Name of the mapping used.
    pub mapping: String,
    /// Encoding of a text file.
    pub encoding: Option<TextEncoding>,
    /// Bank of the file.
    pub bank: Option<PartnerCode>,
    /// Month of a report.
    pub month: Option<Month>,
    /// Whether the bank says it had no business.
    pub nil_return: bool,
    /// Records met: loans of a registration file, rows elsewhere.
    pub records_total: u32,
    /// Rows with a right, where a file has one row a right.
    pub sheet_rows_with_rights: Option<u32>,
    /// Header of each field as the file writes it.
    pub columns: BTreeMap<Field, String>,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash_hex: String,
    /// Accepted records.
    pub body: Body,
    /// Refused records, by row.
    pub rejected: Vec<Finding>,
    /// Warnings, by row.
    pub warnings: Vec<Finding>,
    /// Hints, by row.
    pub notes: Vec<Finding>,
}

impl FileReading {
    /// Header of a field as the file writes it; empty where the file has no such column.
    #[must_use]
    pub fn column(&self, field: Field) -> &str {
        self.columns.get(&field).map_or("", String::as_str)
    }
}

/// Accepted records of one kind, in file order.
#[derive(Debug)]
pub enum Body {
    /// Loans.
    Registrations(Vec<Record<Registration>>),
    /// Rows of a report.
    Servicing(Vec<Record<ServicingRow>>),
    /// Claims.
    Claims(Vec<Record<ClaimFiling>>),
    /// Movements of the fund.
    Fund(Vec<Record<FundRow>>),
    /// Partners.
    Partners(Vec<Record<PartnerRow>>),
}

/// Reads one file. `name` is its name, with or without folders; `progress` is told the rows read so far, now and
/// then and at the end.
///
/// # Errors
/// Every way in which a whole file is refused; nothing of it has been handed on then.
pub fn read_file(
    name: &str,
    bytes: &[u8],
    request: &ReadRequest,
    mappings: &MappingSet,
    progress: &mut dyn FnMut(u64),
) -> Result<FileReading, FileError> {
    let mut book = Book::open(name, bytes, &request.limits)?;
    let encoding = book.encoding();
    let (sheet, layout) = choice::choose(&mut book, name, request, mappings)?;
    let bank = choice::bank_of(name, request, layout.mapping, mappings)?;
    let source = book.rows(sheet.as_deref(), &request.limits)?;
    let mut rows = DataRows::new(source, &layout, request.limits.rows, progress);
    let mut parts = read_body(request.kind, &mut rows)?;
    let nil_row = rows.nil_row().filter(|_| rows.seen() == 0);
    let nil_return = nil_row.is_some();
    let nil_month = nil_row.and_then(|row| nil_month(name, request.kind, rows.view(row)));
    if rows.seen() == 0 && !nil_return {
        return Err(FileError::HeaderOnly);
    }
    parts.rejected.sort_by_key(|finding| finding.row);
    parts.warnings.sort_by_key(|finding| finding.row);
    parts.notes.sort_by_key(|finding| finding.row);
    let per_right = layout.mapping.row_per == RowPer::Right;
    Ok(FileReading {
        kind: request.kind,
        sheet,
        mapping: layout.mapping.name.clone(),
        encoding,
        bank,
        month: parts.month.or(nil_month),
        nil_return,
        records_total: parts.total,
        sheet_rows_with_rights: per_right.then(|| rows.seen()),
        columns: layout.shown.clone(),
        content_hash_hex: sha256_hex(bytes),
        body: parts.body,
        rejected: parts.rejected,
        warnings: parts.warnings,
        notes: parts.notes,
    })
}

/// The month of a nil return: the report date in its row, else the month in the file's name.
fn nil_month(name: &str, kind: FileKind, row: RowView<'_>) -> Option<Month> {
    let reported_on = row.date(Field::ReportedOn).unwrap_or_default();
    reported_on.map(Month::of).or_else(|| choice::month_in_name(name, kind))
}

/// The outcome of one kind, with its type of record folded into `Body`.
struct Parts {
    body: Body,
    rejected: Vec<Finding>,
    warnings: Vec<Finding>,
    notes: Vec<Finding>,
    total: u32,
    month: Option<Month>,
}

impl Parts {
    fn new<T>(gathered: Gathered<T>, wrap: impl FnOnce(Vec<Record<T>>) -> Body) -> Parts {
        let Gathered { records, rejected, warnings, notes, total } = gathered;
        Parts { body: wrap(records), rejected, warnings, notes, total, month: None }
    }
}

fn read_body(kind: FileKind, rows: &mut DataRows<'_, '_, '_>) -> Result<Parts, FileError> {
    Ok(match kind {
        FileKind::Registrations => Parts::new(registration::read(rows)?, Body::Registrations),
        FileKind::Servicing => {
            let (gathered, month) = servicing::read(rows)?;
            Parts { month, ..Parts::new(gathered, Body::Servicing) }
        }
        FileKind::Claims => Parts::new(claims::read(rows)?, Body::Claims),
        FileKind::Fund => Parts::new(fund::read(rows)?, Body::Fund),
        FileKind::Partners => Parts::new(partners::read(rows)?, Body::Partners),
    })
}
