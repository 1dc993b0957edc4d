//! Which days a new version may govern, and which version it repeals early.
//!
//! **Invariant:** after a confirmation each day has at most one version in force, and what was registered or filed
//! before keeps the version it had.

use chrono::NaiveDate;

use super::refused;
use crate::domain::rulebook::Rulebook;
use crate::domain::rulebook::fact::DateFact;
use crate::storage::find::{Reach, claims, loans};
use crate::storage::rows::loans::LoanRow;
use crate::storage::{Db, StoreError};
use crate::usecase::UseCaseError;
use crate::usecase::measures::{Measure, Measures};

/// The early end of an older version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repeal {
    /// `id@version`.
    pub(super) name: String,
    /// First day no longer in force.
    pub(super) from: NaiveDate,
}

/// The days of a new version, first and last.
type Days = (NaiveDate, NaiveDate);

/// Checks the days of a new version against all that is stored. Gives the early repeal it needs.
pub(super) fn check(
    db: &mut Db,
    fund_id: &str,
    book: &Rulebook,
    repeal_from: Option<NaiveDate>,
) -> Result<Option<Repeal>, UseCaseError> {
    let days = days_of(book)?;
    let measures = Measures::load(db, fund_id)?;
    let repeal = repeal(&measures, days, repeal_from)?;
    let begins = repeal.as_ref().map_or(days.0, |repeal| repeal.from.min(days.0));
    refuse_registered(db, fund_id, &measures, (begins, days.1))?;
    refuse_retested(db, fund_id, &measures, (begins, days.1))?;
    Ok(repeal)
}

/// First and last day; the day of disbursement must pick the version, because loans keep theirs from registration.
fn days_of(book: &Rulebook) -> Result<Days, UseCaseError> {
    let head = &book.head;
    let undated = || refused("RULEBOOK_NOT_DATED", vec![book.name()]);
    let from = *head.effective_from.known().ok_or_else(undated)?;
    let to = *head.effective_to.known().ok_or_else(undated)?;
    let governs = *head.governs.known().ok_or_else(undated)?;
    if governs != DateFact::LoanDisbursedOn {
        return Err(refused("RULEBOOK_GOVERNS_OTHER", vec![governs.code().to_owned()]));
    }
    let last = head.repealed_from.and_then(|day| day.pred_opt()).map_or(to, |day| day.min(to));
    if last < from { Err(refused("RULEBOOK_NOT_DATED", vec![book.name()])) } else { Ok((from, last)) }
}

/// The repeal of the version in force when the new one begins; days of versions that begin later are not free.
fn repeal(measures: &Measures, days: Days, asked: Option<NaiveDate>) -> Result<Option<Repeal>, UseCaseError> {
    let mut found = None;
    for measure in measures.iter() {
        let Some((from, to)) = measure.validity() else { continue };
        if to < days.0 || days.1 < from || to < from {
            continue;
        }
        let first = asked.unwrap_or(days.0);
        if from >= days.0 || first > days.0 || first <= from {
            let span = format!("{} {from}–{to}", measure.rulebook.name());
            return Err(refused("RULEBOOK_OVERLAPS", vec![span]));
        }
        found = Some(Repeal { name: measure.rulebook.name(), from: first });
    }
    match (&found, asked) {
        (None, Some(_)) => Err(refused("RULEBOOK_NOTHING_TO_REPEAL", Vec::new())),
        _ => Ok(found),
    }
}

/// Loans registered under a version in force on their day keep it: no other may begin on or before that day.
fn refuse_registered(db: &mut Db, fund_id: &str, measures: &Measures, days: Days) -> Result<(), UseCaseError> {
    let (kept, _) = registered(db, fund_id, measures, days)?;
    match kept.first() {
        None => Ok(()),
        Some(first) => Err(counted("RULEBOOK_LOANS_FROZEN", kept.len(), &first.contract)),
    }
}

/// Loans whose day lies in `days`: those whose version was in force on it, and those that no version governed.
fn registered(
    db: &mut Db,
    fund_id: &str,
    measures: &Measures,
    (first, last): Days,
) -> Result<(Vec<LoanRow>, Vec<LoanRow>), UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let mut within: Vec<LoanRow> = loans::all(db, &reach)?;
    within.retain(|loan| first <= loan.disbursed_on && loan.disbursed_on <= last);
    within.sort_by(|a, b| (a.disbursed_on, &a.contract).cmp(&(b.disbursed_on, &b.contract)));
    let (mut kept, mut outside) = (Vec::new(), Vec::new());
    for loan in within {
        let corrupt = || StoreError::Corrupt { table: "coverages", key: loan.loan_id.clone(), what: "gone".to_owned() };
        let coverage = loans::coverage(db, &loan.loan_id)?.ok_or_else(corrupt)?;
        let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).ok_or_else(corrupt)?;
        if measure.in_force_on(loan.disbursed_on) { kept.push(loan) } else { outside.push(loan) }
    }
    Ok((kept, outside))
}

/// A claim that met the tests in force on its day of filing keeps them.
fn refuse_retested(db: &mut Db, fund_id: &str, measures: &Measures, days: Days) -> Result<(), UseCaseError> {
    let retests = |measure: &Measure| !measure.rulebook.head.retest.is_empty();
    if !measures.iter().any(retests) {
        return Ok(());
    }
    let mut met = Vec::new();
    for status in claims::statuses(db, &Reach::of_fund(fund_id))? {
        let filed_within = days.0 <= status.filed_on && status.filed_on <= days.1;
        let Some(coverage) = loans::coverage(db, &status.loan_id)?.filter(|_| filed_within) else { continue };
        if measures.version(&coverage.rulebook_id, &coverage.rulebook_version).is_some_and(retests) {
            met.push(status.claim_id);
        }
    }
    match met.first() {
        None => Ok(()),
        Some(first) => Err(counted("RULEBOOK_CLAIMS_FROZEN", met.len(), first)),
    }
}

/// Loans in the days of a stored version that no version governed when they were registered.
pub(super) fn left_outside(db: &mut Db, fund_id: &str, id: &str, version: &str) -> Result<usize, UseCaseError> {
    let measures = Measures::load(db, fund_id)?;
    let Some(days) = measures.version(id, version).and_then(Measure::validity) else { return Ok(0) };
    Ok(registered(db, fund_id, &measures, days)?.1.len())
}

fn counted(code: &'static str, count: usize, first: &str) -> UseCaseError {
    UseCaseError::Issuing(crate::usecase::error::Refusal { code, count, named: vec![first.to_owned()] })
}
