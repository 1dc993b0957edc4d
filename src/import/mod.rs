//! Bank files into typed records, and what is wrong with their rows.
//!
//! Reading order: `field`, `mapping` (what differs between banks), `sheet` (rows as they come), `header` and `choice`
//! (which column is what), `row` (cells into values), then one module a kind of file.
//! **Invariant:** a file gives the same records whatever the order of its rows and columns, its form and its
//! encoding; nothing here knows a database.

use std::cell::RefCell;
use std::collections::BTreeMap;

pub mod advice;
pub mod apart;
pub mod apostrophe;
pub mod archive;
pub mod block;
pub mod cell;
pub mod choice;
pub mod claims;
pub mod encoding;
pub mod few;
pub mod field;
pub mod file_error;
pub mod finding;
pub mod form_notes;
pub mod fund;
pub mod guard;
pub mod header;
pub mod invisible;
pub mod limits;
mod loan_notes;
pub mod mapping;
pub mod mapping_text;
pub mod partners;
pub mod probe;
pub mod propose;
pub mod registration;
mod rights;
pub mod row;
pub mod rows;
mod separators;
pub mod servicing;
pub mod sheet;
pub mod statement;
pub mod totals;
pub mod workbook;
pub mod workbook_fault;

use crate::domain::calendar::Month;
use crate::domain::filing::{ClaimFiling, FundRow, PartnerRow, ServicingRow};
use crate::domain::names::PartnerCode;
use crate::domain::registration::Registration;
use crate::hash::sha256_hex;
use encoding::TextEncoding;
use few::Few;
use field::{Field, FileKind};
use file_error::FileError;
use finding::Finding;
use limits::Limits;
use mapping::{MappingSet, RowPer};
use registration::TakeLoan;
use row::RowView;
use rows::{DataRows, Gathered, Record};
use sheet::Book;
use totals::TotalCheck;

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

/// What is known of a file once its columns have been found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHead {
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
    /// Whether the file is a marked workbook that comes back corrected.
    pub marked: bool,
    /// Header of each field as the file writes it.
    pub columns: BTreeMap<Field, String>,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash_hex: String,
}

/// What a file holds.
#[derive(Debug)]
pub struct FileReading {
    /// What it is.
    pub kind: FileKind,
    /// The sheet that was read; nothing for text.
    pub sheet: Option<String>,
    /// Name of the mapping used, with its version where it has one: `name@3`.
    pub mapping: String,
    /// Encoding of a text file.
    pub encoding: Option<TextEncoding>,
    /// Bank of the file.
    pub bank: Option<PartnerCode>,
    /// Month of a report.
    pub month: Option<Month>,
    /// Whether the bank says it had no business.
    pub nil_return: bool,
    /// Whether the file is a marked workbook that comes back corrected: it holds only what was refused or warned of.
    pub marked: bool,
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
    /// The file's own totals beside the sums of its rows; none where it has no total row.
    pub totals: Vec<TotalCheck>,
    /// Last row of the header.
    pub header_row: u32,
}

impl FileReading {
    /// Header of a field as the file writes it; empty where the file has no such column.
    #[must_use]
    pub fn column(&self, field: Field) -> &str {
        self.columns.get(&field).map_or("", String::as_str)
    }

    /// What was known before the first record.
    #[must_use]
    pub fn head(&self) -> FileHead {
        FileHead {
            kind: self.kind,
            sheet: self.sheet.clone(),
            mapping: self.mapping.clone(),
            encoding: self.encoding,
            bank: self.bank.clone(),
            marked: self.marked,
            columns: self.columns.clone(),
            content_hash_hex: self.content_hash_hex.clone(),
        }
    }

    /// A reading of which no record is known yet.
    #[must_use]
    pub fn begun(head: FileHead, body: Body) -> FileReading {
        FileReading {
            kind: head.kind,
            sheet: head.sheet,
            mapping: head.mapping,
            encoding: head.encoding,
            bank: head.bank,
            month: None,
            nil_return: false,
            marked: head.marked,
            records_total: 0,
            sheet_rows_with_rights: None,
            columns: head.columns,
            content_hash_hex: head.content_hash_hex,
            body,
            rejected: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            totals: Vec::new(),
            header_row: 0,
        }
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

/// Takes what a file gives while it is being read, so that no large book is ever held whole.
pub trait Sink {
    /// The columns have been found.
    ///
    /// # Errors
    /// What stops the reading.
    fn opened(&mut self, head: &FileHead) -> Result<(), FileError>;
    /// One accepted loan, in file order.
    ///
    /// # Errors
    /// What stops the reading.
    fn loan(&mut self, record: Record<Registration>) -> Result<(), FileError>;
    /// Rows read so far, now and then and at the end.
    fn rows(&mut self, rows: u64);
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
    struct Collected<'p> {
        loans: Vec<Record<Registration>>,
        progress: &'p mut dyn FnMut(u64),
    }
    impl Sink for Collected<'_> {
        fn opened(&mut self, _head: &FileHead) -> Result<(), FileError> {
            Ok(())
        }
        fn loan(&mut self, record: Record<Registration>) -> Result<(), FileError> {
            self.loans.push(record);
            Ok(())
        }
        fn rows(&mut self, rows: u64) {
            (self.progress)(rows);
        }
    }
    let mut sink = Collected { loans: Vec::new(), progress };
    let mut reading = stream_file(name, bytes, request, mappings, &mut sink)?;
    if let Body::Registrations(loans) = &mut reading.body {
        *loans = sink.loans;
    }
    Ok(reading)
}

/// Reads one file and hands its loans on as they come; the reading given back holds everything else.
///
/// # Errors
/// Every way in which a whole file is refused, and what `sink` refuses.
pub fn stream_file(
    name: &str,
    bytes: &[u8],
    request: &ReadRequest,
    mappings: &MappingSet,
    sink: &mut dyn Sink,
) -> Result<FileReading, FileError> {
    let mut book = Book::open(name, bytes, &request.limits)?;
    let encoding = book.encoding();
    let (sheet, layout) = choice::choose(&mut book, name, request, mappings)?;
    let head = FileHead {
        kind: request.kind,
        sheet,
        mapping: layout.mapping.label(),
        encoding,
        bank: choice::bank_of(name, request, layout.mapping, mappings)?,
        marked: layout.marked,
        columns: layout.shown.clone(),
        content_hash_hex: sha256_hex(bytes),
    };
    sink.opened(&head)?;
    let source = book.rows(head.sheet.as_deref(), &request.limits)?;
    let sink = RefCell::new(sink);
    let mut progress = |rows: u64| sink.borrow_mut().rows(rows);
    let mut rows = DataRows::new(source, &layout, request.limits.rows, &mut progress);
    let mut parts = read_body(request.kind, &mut rows, &mut |record| sink.borrow_mut().loan(record))?;
    let nil_row = rows.nil_row().filter(|_| rows.seen() == 0);
    let nil_month = nil_row.and_then(|row| nil_month(name, request.kind, rows.view(row)));
    if rows.seen() == 0 && nil_row.is_none() {
        return Err(FileError::HeaderOnly);
    }
    let (totals, differing) = rows.compare_totals();
    let mut few = Few::default();
    few.extend(std::mem::take(&mut parts.notes));
    few.extend(differing);
    let mut notes = few.into_findings();
    for findings in [&mut parts.rejected, &mut parts.warnings, &mut notes] {
        findings.sort_by_key(|finding| finding.row);
    }
    let per_right = layout.mapping.row_per == RowPer::Right;
    Ok(FileReading {
        month: parts.month.or(nil_month),
        nil_return: nil_row.is_some(),
        records_total: parts.total,
        sheet_rows_with_rights: per_right.then(|| rows.seen()),
        rejected: parts.rejected,
        warnings: parts.warnings,
        notes,
        totals,
        header_row: layout.header_row,
        ..FileReading::begun(head, parts.body)
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

fn read_body(kind: FileKind, rows: &mut DataRows<'_, '_, '_>, take: &mut TakeLoan<'_>) -> Result<Parts, FileError> {
    Ok(match kind {
        FileKind::Registrations => Parts::new(registration::read(rows, take)?, Body::Registrations),
        FileKind::Servicing => {
            let (gathered, month) = servicing::read(rows)?;
            Parts { month, ..Parts::new(gathered, Body::Servicing) }
        }
        FileKind::Claims => Parts::new(claims::read(rows)?, Body::Claims),
        FileKind::Fund => Parts::new(fund::read(rows)?, Body::Fund),
        FileKind::Partners => Parts::new(partners::read(rows)?, Body::Partners),
    })
}
