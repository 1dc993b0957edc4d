//! Loans whose rows of a month-end report were refused: what is known of them is what was reported last.
//!
//! A refused row whose contract number reads speaks of that contract; one whose number does not read may speak of any
//! loan that the report leaves out. What was reported last of such a loan goes on as a row of the report that no row of
//! the file stands behind: its number is the refused row's, below zero, or 0 where no row names the loan.
//! **Invariant:** a refused row is unknown, never absent: no loan it may speak of is settled by the report it stands in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Sending, tier_of};
use crate::domain::money::Fen;
use crate::domain::tier::{effective, floor_for, overdue_days};
use crate::import::FileReading;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode, WORDING};
use crate::storage::Tx;
use crate::storage::facts::unstamped;
use crate::storage::find::{Reach, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::servicing::{LoanMonthRow, ServicingReportRow, ServicingRow};
use crate::usecase::UseCaseError;

/// What the refused rows of a report may speak of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Contracts, each with the first refused row that names it.
    contracts: BTreeMap<String, i64>,
    /// The contract number of a row does not read.
    any: bool,
}

/// A refused row, as it is found or as it was recorded.
#[derive(Debug, Clone, Copy)]
pub struct RefusedRow<'a> {
    /// Row of the file.
    pub row: i64,
    /// Stable code.
    pub code: &'a str,
    /// Column that is wrong.
    pub column: &'a str,
    /// Contract, as far as something stands there.
    pub contract: Option<&'a str>,
}

impl Unknown {
    /// What the refused rows of a file may speak of.
    pub fn of<'a>(refused: impl Iterator<Item = &'a Finding>, reading: &FileReading) -> Unknown {
        let mut unknown = Unknown::default();
        for finding in refused {
            let row = RefusedRow {
                row: i64::from(finding.row),
                code: finding.code.code(),
                column: &finding.column,
                contract: finding.contract.as_deref(),
            };
            unknown.tell(row, reading.column(Field::Contract));
        }
        unknown
    }

    /// Takes in a refused row of a file whose contracts stand in a column.
    pub fn tell(&mut self, refused: RefusedRow<'_>, contract_column: &str) {
        let reads = refused.column != contract_column
            || [FindingCode::RowDuplicate, FindingCode::ContractUnknown].iter().any(|code| code.code() == refused.code);
        match refused.contract.filter(|_| reads) {
            Some(contract) => {
                self.contracts.entry(contract.to_owned()).or_insert(refused.row);
            }
            None => self.any = true,
        }
    }

    /// Whether a refused row may speak of a loan of this contract.
    #[must_use]
    pub fn holds(&self, contract: &str) -> bool {
        self.any || self.contracts.contains_key(contract)
    }

    fn is_empty(&self) -> bool {
        !self.any && self.contracts.is_empty()
    }

    /// The number of a carried row for a contract.
    fn row_no(&self, contract: &str) -> i64 {
        self.contracts.get(contract).copied().unwrap_or(0).saturating_neg()
    }
}

/// Whether a row of a report was carried on from what was reported before.
#[must_use]
pub const fn is_carried(row_no: i64) -> bool {
    row_no <= 0
}

/// Whether a row of a version may be in force, beside the last version of its month that was whole: what was only
/// carried on gives way to a whole report, whether that speaks of the loan or leaves it out.
#[must_use]
pub fn stays(row: &ServicingRow, version: i64, last_whole: Option<i64>) -> bool {
    !is_carried(row.row_no) || last_whole.is_none_or(|whole| whole <= version)
}

/// The last of these versions of one bank and month that was whole.
#[must_use]
pub fn last_whole<'a>(versions: impl IntoIterator<Item = &'a ServicingReportRow>) -> Option<i64> {
    versions.into_iter().filter(|report| !report.is_partial).map(|report| report.version).max()
}

/// What a report carries on, and what is said of it.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub rows: Vec<ServicingRow>,
    pub findings: Vec<Finding>,
}

/// The rows that a report carries on for loans its refused rows may speak of; `rows` are those that were taken.
pub(super) fn carry(
    tx: &mut Tx<'_>,
    (sending, report_id): (Sending<'_>, &str),
    reading: &FileReading,
    (unknown, book): (&Unknown, &BTreeMap<String, LoanRow>),
    rows: &[ServicingRow],
) -> Result<Carried, UseCaseError> {
    let mut carried = Carried::default();
    if sending.partial || unknown.is_empty() {
        return Ok(carried);
    }
    let here: BTreeSet<&str> = rows.iter().map(|row| row.loan_id.as_str()).collect();
    let silent = |loan: &&LoanRow| !here.contains(loan.loan_id.as_str()) && unknown.holds(&loan.contract);
    let silent: Vec<&LoanRow> = book.values().filter(silent).collect();
    if silent.is_empty() {
        return Ok(carried);
    }
    let last = on_the_book(tx, sending)?;
    for loan in silent {
        let Some(before) = last.get(&loan.loan_id) else { continue };
        let row_no = unknown.row_no(&loan.contract);
        carried.findings.push(finding(reading, &loan.contract, before, row_no)?);
        carried.rows.push(row(sending, report_id, before, row_no)?);
    }
    Ok(carried)
}

/// What was last reported before the month of every loan that was still on the bank's book then.
fn on_the_book(tx: &mut Tx<'_>, sending: Sending<'_>) -> Result<BTreeMap<String, LoanMonthRow>, UseCaseError> {
    let month = sending.month.to_string();
    let reports = servicing::reports(tx, sending.fund_id)?;
    let whole = reports.iter().filter(|report| report.bank == sending.bank && !report.is_partial);
    let last_whole = whole.map(|report| report.month.as_str()).filter(|other| *other < month.as_str()).max();
    let mut last: BTreeMap<String, LoanMonthRow> = BTreeMap::new();
    for row in servicing::all_months(tx, &Reach::of_bank(sending.fund_id, sending.bank))? {
        if row.month < month {
            last.insert(row.loan_id.clone(), row);
        }
    }
    // A loan that a whole report has left out since is off the book.
    last.retain(|_, row| row.balance_fen > 0 && last_whole.is_none_or(|whole| whole <= row.month.as_str()));
    Ok(last)
}

/// Arrears of which nothing is known go on: their days are counted to the end of the month.
fn row(
    sending: Sending<'_>,
    report_id: &str,
    before: &LoanMonthRow,
    row_no: i64,
) -> Result<ServicingRow, UseCaseError> {
    let days = before.overdue_since.map_or(0, |since| overdue_days(since, sending.month.last_day()));
    let floor = floor_for(days);
    let bank_tier = tier_of(&before.bank_tier, "loan_months", &before.loan_id)?;
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(ServicingRow {
        fund_id: before.fund_id.clone(),
        report_id: report_id.to_owned(),
        loan_id: before.loan_id.clone(),
        bank: before.bank.clone(),
        month: sending.month.to_string(),
        row_no,
        balance_fen: before.balance_fen,
        overdue_principal_fen: before.overdue_principal_fen,
        overdue_interest_fen: before.overdue_interest_fen,
        overdue_since: before.overdue_since,
        overdue_days: i64::from(days),
        bank_tier: before.bank_tier.clone(),
        floor_tier: floor.code().to_owned(),
        tier: effective(bank_tier, floor).code().to_owned(),
        business_date,
        recorded_at,
        event_id,
    })
}

fn finding(reading: &FileReading, contract: &str, before: &LoanMonthRow, row_no: i64) -> Result<Finding, UseCaseError> {
    let balance = Fen::try_new(before.balance_fen)?.yuan();
    let mut args = vec![("contract", contract), ("month", &*before.month), ("balance", &*balance)];
    let named = u32::try_from(row_no.saturating_neg()).ok().filter(|row| *row > 0);
    if named.is_none() {
        args.push((WORDING, "unread"));
    }
    let (row, column) = (named.unwrap_or(reading.header_row), reading.column(Field::Contract));
    Ok(Finding::new(row, column, FindingCode::LoanCarried, Some(contract), &args))
}
