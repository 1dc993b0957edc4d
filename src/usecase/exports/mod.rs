//! Lists as files: every row that matches, page by page, in any form.
//!
//! Reading order: `filings` (lists in a layout that can be imported), `registers` (the others), `outstanding` (what a month's
//! report has to speak of).
//! **Invariant:** a list goes out whole, a page of rows in memory at a time; a file that holds several banks' rows has a
//! column for the bank, which no import takes, so that it cannot be booked under one of them.

mod filings;
pub mod outstanding;
mod registers;

use std::io::Write;

use super::UseCaseError;
use crate::app::App;
use crate::domain::calendar::{Month, beijing_time};
use crate::domain::money::MoneyError;
use crate::export::layout;
use crate::export::table::{self, Column, ColumnKind, Format, Table, TableWriter, Value};
use crate::i18n::{self, Lang};
use crate::import::field::FileKind;
use crate::storage::Db;
use crate::storage::find::Reach;
use crate::storage::find::claim_list::ClaimOrder;
use crate::storage::find::loan_list::LoanOrder;
use crate::storage::find::mail::MailOrder;

/// Rows asked of the database at a time.
const PAGE: i64 = 1_000;
/// How instants are written.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S";

/// A list of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Loans as registered, in the standard layout.
    Loans,
    /// Loans as they stand.
    LoanStatus,
    /// Month-end reports in force, in the standard layout.
    Servicing,
    /// Claims as filed, in the standard layout.
    Claims,
    /// Claims as they stand.
    ClaimStatus,
    /// Money of the fund, in the standard layout.
    Fund,
    /// Partner institutions, in the standard layout.
    Partners,
    /// Files taken in.
    Imports,
    /// What was found in them.
    Findings,
    /// Runs of jobs.
    Jobs,
    /// Mails.
    Mails,
    /// Daily levels of the fund.
    Reserve,
    /// Pledged rights.
    Rights,
}

impl List {
    /// Every list.
    pub const ALL: [List; 13] = [
        List::Loans,
        List::LoanStatus,
        List::Servicing,
        List::Claims,
        List::ClaimStatus,
        List::Fund,
        List::Partners,
        List::Imports,
        List::Findings,
        List::Jobs,
        List::Mails,
        List::Reserve,
        List::Rights,
    ];

    /// The word of the command line and of addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            List::Loans => "loans",
            List::LoanStatus => "loan-status",
            List::Servicing => "servicing",
            List::Claims => "claims",
            List::ClaimStatus => "claim-status",
            List::Fund => "fund",
            List::Partners => "partners",
            List::Imports => "imports",
            List::Findings => "findings",
            List::Jobs => "jobs",
            List::Mails => "mails",
            List::Reserve => "reserve",
            List::Rights => "rights",
        }
    }

    /// The list with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<List> {
        List::ALL.into_iter().find(|list| list.code() == code)
    }

    /// The kind of file that the list can be imported as.
    #[must_use]
    pub const fn file_kind(self) -> Option<FileKind> {
        match self {
            List::Loans => Some(FileKind::Registrations),
            List::Servicing => Some(FileKind::Servicing),
            List::Claims => Some(FileKind::Claims),
            List::Fund => Some(FileKind::Fund),
            List::Partners => Some(FileKind::Partners),
            _ => None,
        }
    }

    /// Whether the rows are facts or rest on them, so that the list can be had for an earlier moment.
    #[must_use]
    pub const fn is_of_facts(self) -> bool {
        !matches!(self, List::Jobs | List::Mails)
    }

    /// Whether the rows belong to banks.
    const fn is_of_banks(self) -> bool {
        matches!(
            self,
            List::Loans | List::LoanStatus | List::Servicing | List::Claims | List::ClaimStatus | List::Rights
        )
    }

    /// Columns that are not a layout's: name and what they hold.
    const fn own_columns(self) -> &'static [(&'static str, ColumnKind)] {
        match self {
            List::LoanStatus => registers::LOAN_STATUS,
            List::ClaimStatus => registers::CLAIM_STATUS,
            List::Imports => registers::IMPORTS,
            List::Findings => registers::FINDINGS,
            List::Jobs => registers::JOBS,
            List::Mails => registers::MAILS,
            List::Reserve => registers::RESERVE,
            List::Rights => registers::RIGHTS,
            _ => &[],
        }
    }
}

/// What a list is narrowed to; a list takes what it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Part of a contract, a name, a job or a recipient; empty for all.
    pub search: String,
    /// Standing of a loan or state of a claim; empty for all.
    pub state: String,
    /// Month of a report.
    pub month: Option<Month>,
    /// An import, for its findings; empty for all.
    pub import_id: String,
    /// Order of a page of loans; none by identifier.
    pub loans_by: Option<(LoanOrder, bool)>,
    /// Order of a page of claims; none by arrival.
    pub claims_by: Option<(ClaimOrder, bool)>,
    /// Order of a page of mails; none with the newest first.
    pub mails_by: Option<(MailOrder, bool)>,
    /// Rights with the last number first.
    pub backwards: bool,
}

/// A file that is asked for.
#[derive(Debug, Clone)]
pub struct ListCall<'c> {
    /// List.
    pub list: List,
    /// What it is narrowed to.
    pub filter: &'c ListFilter,
    /// Form.
    pub format: Format,
    /// Language of headings and words; layouts that can be imported are Chinese in either.
    pub lang: Lang,
    /// Print filter and time above the heading of a workbook.
    pub stamped: bool,
}

/// Rows on their way into a file.
struct Sink<'s> {
    writer: Box<dyn TableWriter + 's>,
    rows: u64,
    /// Sums of money by column, and nothing in the others.
    sums: Vec<Option<i64>>,
}

impl Sink<'_> {
    fn row(&mut self, values: &[Value]) -> Result<(), UseCaseError> {
        self.writer.row(values)?;
        for (sum, value) in self.sums.iter_mut().zip(values) {
            if let (Some(sum), Value::Fen(fen)) = (sum, value) {
                *sum = sum.checked_add(*fen).ok_or(MoneyError::Overflow)?;
            }
        }
        self.rows = self.rows.saturating_add(1);
        Ok(())
    }

    /// The sums under the rows of a list of loans or claims, as its page shows them.
    fn total(&mut self, lang: Lang) -> Result<(), UseCaseError> {
        let of = |(place, sum): (usize, &Option<i64>)| match sum {
            Some(sum) => Value::Fen(*sum),
            None if place == 0 => Value::text(&i18n::text(lang, "export.total", &[])),
            None => Value::Empty,
        };
        let values: Vec<Value> = self.sums.iter().enumerate().map(of).collect();
        Ok(self.writer.total(&values)?)
    }
}

/// Writes every matching row of a list within reach. Gives how many there are.
///
/// # Errors
/// Storage; `Export`; `ListOfFund` where one bank is asked for a list of the fund.
pub fn export_list(
    app: &App,
    db: &mut Db,
    reach: &Reach,
    call: &ListCall<'_>,
    out: &mut (dyn Write + Send),
) -> Result<u64, UseCaseError> {
    if reach.bank().is_some() && !call.list.is_of_banks() {
        return Err(UseCaseError::ListOfFund { list: call.list.code() });
    }
    let table = table_of(app, reach, call)?;
    let is_money = |column: &Column| (column.kind == ColumnKind::Money).then_some(0);
    let sums = table.columns.iter().map(is_money).collect();
    let mut sink = Sink { writer: table::begin(call.format, &table, out)?, rows: 0, sums };
    match call.list {
        List::Loans => filings::loans(db, reach, call, &mut sink)?,
        List::Servicing => filings::servicing(db, reach, call, &mut sink)?,
        List::Claims => filings::claims(db, reach, call, &mut sink)?,
        List::Fund => filings::fund(db, reach, &mut sink)?,
        List::Partners => filings::partners(db, reach, &mut sink)?,
        List::LoanStatus => registers::loan_status(db, reach, call, &mut sink)?,
        List::ClaimStatus => registers::claim_status(db, reach, call, &mut sink)?,
        List::Imports => registers::imports(db, reach, call, &mut sink)?,
        List::Findings => registers::findings(db, reach, call, &mut sink)?,
        List::Jobs => registers::jobs(db, call, &mut sink)?,
        List::Mails => registers::mails(db, reach, call, &mut sink)?,
        List::Reserve => registers::reserve(db, reach, &mut sink)?,
        List::Rights => registers::rights(db, reach, call, &mut sink)?,
    }
    if call.stamped && matches!(call.list, List::LoanStatus | List::ClaimStatus) {
        sink.total(call.lang)?;
    }
    sink.writer.finish()?;
    Ok(sink.rows)
}

/// The columns of a list for a whole fund, or for one bank.
///
/// # Errors
/// `Export` where a shipped mapping does not read.
pub fn columns(list: List, one_bank: bool, lang: Lang) -> Result<Vec<Column>, UseCaseError> {
    let own = |(key, kind): &(&'static str, ColumnKind)| Column {
        key,
        title: i18n::text(lang, &format!("export.column.{key}"), &[]),
        kind: *kind,
    };
    let Some(kind) = list.file_kind() else { return Ok(list.own_columns().iter().map(own).collect()) };
    let mut columns = layout::columns(kind)?;
    if has_bank_column(list, one_bank) {
        let title = i18n::text(Lang::Zh, "export.column.bank", &[]);
        columns.insert(0, Column { key: "bank", title, kind: ColumnKind::Code });
    }
    Ok(columns)
}

/// Whether a row has to say whose it is; claims are found by their contract over all banks.
const fn has_bank_column(list: List, one_bank: bool) -> bool {
    matches!(list, List::Loans | List::Servicing) && !one_bank
}

fn table_of(app: &App, reach: &Reach, call: &ListCall<'_>) -> Result<Table, UseCaseError> {
    // The sheet of a layout that can be imported has the name that its mapping looks for.
    let sheet = match call.list.file_kind() {
        Some(kind) => i18n::text(Lang::Zh, &format!("template.sheet.{}", kind.code()), &[]),
        None => i18n::text(call.lang, &format!("export.list.{}", call.list.code()), &[]),
    };
    let lines = if call.stamped { stamp(app, reach, call) } else { Vec::new() };
    Ok(Table { sheet, lines, columns: columns(call.list, reach.bank().is_some(), call.lang)? })
}

/// Filter and time, as they stand above the heading.
fn stamp(app: &App, reach: &Reach, call: &ListCall<'_>) -> Vec<String> {
    let say = |key: &str, places: &[(&str, &str)]| i18n::text(call.lang, &format!("export.{key}"), places);
    let month = call.filter.month.map(|month| month.to_string()).unwrap_or_default();
    let state = match call.list {
        List::ClaimStatus | List::Claims => word(call.lang, "page.claim_state", &call.filter.state),
        _ => word(call.lang, "page.loan_state", &call.filter.state),
    };
    let bank = reach.bank().unwrap_or_default().to_owned();
    let parts = [("bank", bank), ("month", month), ("state", state), ("search", call.filter.search.clone())];
    let told: Vec<String> = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| say(&format!("filter_{name}"), &[("value", value)]))
        .collect();
    let filter = if told.is_empty() { say("filter_none", &[]) } else { told.join(&say("filter_and", &[])) };
    let time = beijing_time(app.store.clock().now()).format(MOMENT).to_string();
    let list = i18n::text(call.lang, &format!("export.list.{}", call.list.code()), &[]);
    vec![say("line_filter", &[("list", &list), ("filter", &filter)]), say("line_time", &[("time", &time)])]
}

/// The word of a code; the code itself where the catalogue has none.
fn word(lang: Lang, prefix: &str, code: &str) -> String {
    let key = format!("{prefix}.{code}");
    if i18n::texts(lang).contains_key(&key) { i18n::text(lang, &key, &[]) } else { code.to_owned() }
}

/// A word of a list in the catalogue.
fn coded(lang: Lang, prefix: &str, code: &str) -> Value {
    Value::word(code, word(lang, prefix, code))
}

fn yes_no(lang: Lang, yes: bool) -> Value {
    let code = if yes { "yes" } else { "no" };
    coded(lang, "export.answer", code)
}

/// An instant as Beijing time.
fn moment(at: chrono::NaiveDateTime) -> Value {
    Value::Text(beijing_time(at).format(MOMENT).to_string())
}
