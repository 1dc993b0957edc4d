//! Undo of a month-end report: the version before is in force again, or the month has no report.
//!
//! **Invariant:** balances, tiers and reserves of the bank's loans are what the reports that stand make of them.

use crate::storage::find::book_rows;
use std::collections::BTreeMap;

use crate::storage::Tx;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, loans, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::servicing::{LoanMonthRow, LoanTierRow, ServicingReportRow};
use crate::usecase::UseCaseError;
use crate::usecase::measures::KeptLimits;
use crate::usecase::queue::new_reserve;
use crate::usecase::servicing::carried::{last_whole, stays};
use crate::usecase::servicing::{month_row, next_tier};
use crate::usecase::standing::Standing;

/// Takes an import's reports out of force.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub(super) fn take_out(tx: &mut Tx<'_>, import: &ImportRow, change: Change) -> Result<(), UseCaseError> {
    let fund_id = &import.fund_id;
    let (gone, standing): (Vec<ServicingReportRow>, Vec<ServicingReportRow>) =
        servicing::reports(tx, fund_id)?.into_iter().partition(|report| report.import_id == import.import_id);
    let limits = KeptLimits::load(tx, &Reach::of_fund(fund_id))?;
    let mut tiers: Vec<LoanTierRow> = Vec::new();
    let mut reserves: Vec<CommitmentRow> = Vec::new();
    let mut moved: Vec<LoanRow> = Vec::new();
    for report in &gone {
        let reach = Reach::of_bank(fund_id, &report.bank);
        for (before, mut loan) in replayed(tx, &reach, import)? {
            if loan.tier != before.tier {
                tiers.push(next_tier(tx, &loan, "undo", tx.on())?);
            }
            let kept = limits.of(&loan.loan_id)?;
            reserves.extend(new_reserve(&mut loan, kept)?);
            moved.push(loan);
        }
    }
    tx.record(change.with_all(tiers).with_all(reserves))?;
    book_rows::project(tx, &moved)?;
    for report in &gone {
        book_rows::take_out_of_force(tx, fund_id, &report.bank, &report.month)?;
        let versions = standing.iter().filter(|other| other.bank == report.bank && other.month == report.month);
        let rows = in_force(tx, versions)?;
        book_rows::put_in_force(tx, &rows)?;
    }
    Ok(())
}

/// Loans of a bank that stand otherwise without the import: as they stand now, and as they will.
fn replayed(tx: &mut Tx<'_>, reach: &Reach, import: &ImportRow) -> Result<Vec<(LoanRow, LoanRow)>, UseCaseError> {
    let standing = Standing::load(tx, reach, Some(&import.import_id))?;
    let registrations: BTreeMap<String, _> =
        loans::registrations(tx, reach.fund_id())?.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
    let mut changed = Vec::new();
    for before in loans::all(tx, reach)? {
        let Some(registration) = registrations.get(&before.loan_id) else { continue };
        let after = standing.replay(&before, registration);
        if after != before {
            changed.push((before, after));
        }
    }
    Ok(changed)
}

/// Of several versions, the latest row of each loan.
fn in_force<'a>(
    tx: &mut Tx<'_>,
    versions: impl Iterator<Item = &'a ServicingReportRow>,
) -> Result<Vec<LoanMonthRow>, UseCaseError> {
    let mut latest: BTreeMap<String, LoanMonthRow> = BTreeMap::new();
    let versions: Vec<&ServicingReportRow> = versions.collect();
    let whole = last_whole(versions.iter().copied());
    for version in versions {
        let rows = servicing::rows_of_report(tx, &version.report_id)?;
        for row in rows.into_iter().filter(|row| stays(row, version.version, whole)) {
            latest.insert(row.loan_id.clone(), month_row(&row));
        }
    }
    Ok(latest.into_values().collect())
}
