//! A bank's report beside its last one and beside the register.
//!
//! **Invariant:** a report is compared with the rows in force of the month before, and speaks of that bank's loans
//! only.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::balance_check::{Jump, jump};
use crate::domain::calendar::{Month, full_months};
use crate::domain::money::Fen;
use crate::domain::names::Tier;
use crate::domain::unit_slip::{Slip, slip, times};
use crate::import::FileReading;
use crate::import::few::Few;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode, WORDING};
use crate::storage::Tx;
use crate::storage::find::{Reach, register, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::servicing::{LoanMonthRow, ServicingRow};
use crate::usecase::UseCaseError;
use crate::usecase::servicing::carried::Unknown;

/// Full months after disbursement from which a loan must have been reported.
const REPORTED_AFTER: u32 = 3;

/// A report and what it is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The bank's own data.
    pub reach: &'a Reach,
    /// Month reported.
    pub month: Month,
    /// Only the contracts present are superseded.
    pub partial: bool,
    /// The file.
    pub reading: &'a FileReading,
    /// Loans of the bank.
    pub book: &'a BTreeMap<String, LoanRow>,
    /// Rows in force of the month before.
    pub last: &'a BTreeMap<String, LoanMonthRow>,
    /// What its refused rows may speak of.
    pub unknown: &'a Unknown,
}

impl Report<'_> {
    fn finding(&self, row: u32, field: Field, code: FindingCode, contract: &str, args: &[(&str, &str)]) -> Finding {
        Finding::new(row, self.reading.column(field), code, Some(contract), args)
    }
}

/// Looks at a report whose rows have been taken, before they are in force.
///
/// # Errors
/// Storage.
pub fn look(tx: &mut Tx<'_>, report: Report<'_>, rows: &[ServicingRow]) -> Result<Vec<Finding>, UseCaseError> {
    let mut notes = Few::default();
    for row in rows {
        if let Some(loan) = report.book.get(&row.loan_id) {
            notes.extend(balance(&report, row, loan)?);
            notes.extend(grade(&report, row, loan));
        }
    }
    if !report.partial {
        let mut here: BTreeSet<&str> = rows.iter().map(|row| row.loan_id.as_str()).collect();
        let silent = report.book.values().filter(|loan| report.unknown.holds(&loan.contract));
        here.extend(silent.map(|loan| &*loan.loan_id));
        notes.extend(missing(&report, &here)?);
        notes.extend(never_reported(tx, &report, &here)?);
    }
    Ok(notes.into_findings())
}

fn balance(report: &Report<'_>, row: &ServicingRow, loan: &LoanRow) -> Result<Option<Finding>, UseCaseError> {
    let (now, principal) = (Fen::try_new(row.balance_fen)?, Fen::try_new(loan.principal_fen)?);
    let before = report.last.get(&row.loan_id).map(|last| Fen::try_new(last.balance_fen)).transpose()?;
    let at = u32::try_from(row.row_no).unwrap_or(0);
    let value = now.yuan();
    let note = |code, args: &[(&str, &str)]| report.finding(at, Field::Balance, code, &loan.contract, args);
    let unit = |slip: Slip, words: (&str, &str), usual: Fen| {
        let wording = if slip == Slip::TooLarge { words.0 } else { words.1 };
        let (times, usual) = (times(now, usual).to_string(), usual.yuan());
        let args = [("value", &*value), ("usual", &*usual), ("times", &*times), (WORDING, wording)];
        note(FindingCode::UnitSuspect, &args)
    };
    let found = match before {
        Some(before) => match jump(before, now) {
            Some(Jump::Unit(slip)) => Some(unit(slip, ("balance", "balance_small"), before)),
            Some(Jump::Fell) => {
                Some(note(FindingCode::BalanceFell, &[("before", &*before.yuan()), ("value", &*value)]))
            }
            None => None,
        },
        None => slip(now, principal).map(|slip| unit(slip, ("principal", "principal_small"), principal)),
    };
    let above = || {
        let args = [("value", &*value), ("principal", &*principal.yuan())];
        (now > principal).then(|| note(FindingCode::BalanceAbovePrincipal, &args))
    };
    Ok(found.or_else(above))
}

fn grade(report: &Report<'_>, row: &ServicingRow, loan: &LoanRow) -> Option<Finding> {
    let before = report.last.get(&row.loan_id).and_then(|last| Tier::from_code(&last.tier))?;
    let now = Tier::from_code(&row.tier)?;
    if !before.is_npl() || now.is_npl() || row.balance_fen == 0 {
        return None;
    }
    let at = u32::try_from(row.row_no).unwrap_or(0);
    let args = [("before", before.zh()), ("grade", now.zh())];
    Some(report.finding(at, Field::Grade, FindingCode::GradeImproved, &loan.contract, &args))
}

/// Loans with a balance last month that this report leaves out, at its header.
fn missing(report: &Report<'_>, here: &BTreeSet<&str>) -> Result<Vec<Finding>, UseCaseError> {
    let month = report.month.prev().to_string();
    let gone = report.last.values().filter(|last| last.balance_fen > 0 && !here.contains(&*last.loan_id));
    gone.filter_map(|last| Some((last, report.book.get(&last.loan_id)?)))
        .map(|(last, loan)| {
            let balance = Fen::try_new(last.balance_fen)?.yuan();
            let args = [("month", &*month), ("balance", &*balance), ("contract", &*loan.contract)];
            let row = report.reading.header_row;
            Ok(report.finding(row, Field::Contract, FindingCode::LoanMissing, &loan.contract, &args))
        })
        .collect()
}

/// Loans that should have been reported for the first time by now, at the header: said once, in the month in which
/// they come due, or in the bank's first report.
fn never_reported(tx: &mut Tx<'_>, report: &Report<'_>, here: &BTreeSet<&str>) -> Result<Vec<Finding>, UseCaseError> {
    let (end, end_before) = (report.month.last_day(), report.month.prev().last_day());
    let bank = report.reach.bank().unwrap_or_default();
    let is_first = servicing::last_month(tx, report.reach.fund_id(), bank)?.is_none();
    let due = register::unreported(tx, report.reach, end, end)?.into_iter().filter(|loan| {
        let comes_due = full_months(loan.disbursed_on, end_before) < REPORTED_AFTER;
        let is_due = full_months(loan.disbursed_on, end) >= REPORTED_AFTER;
        is_due && (comes_due || is_first) && !here.contains(&*loan.loan_id)
    });
    Ok(due
        .map(|loan| {
            let args = [("contract", &*loan.contract), ("date", &*loan.disbursed_on.to_string())];
            let row = report.reading.header_row;
            report.finding(row, Field::Contract, FindingCode::LoanNeverReported, &loan.contract, &args)
        })
        .collect())
}
