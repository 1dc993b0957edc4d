//! What later things depend on an import, kind by kind. Each would lose its ground if the import were taken back.
//!
//! - **Registrations.** A month-end report, a claim or a movement of money that names one of the loans; a summary
//!   issued since, because it counted the loans and what is reserved for them, and there is no correction that
//!   could tell its readers that a loan never was. First loans that the loans refuted are judged again and do not
//!   refuse, unless a claim on such a loan was decided.
//! - **Servicing.** A later version of the month or a later month of the bank, because they were judged against
//!   this one and the list of loans follows them; a summary issued since: a month that was sent out is corrected by
//!   a new version, which travels with the next summary. A claim computed on the reported tiers does not refuse: an
//!   open claim is computed again in the same act, and one that was decided rests on what was filed with it.
//! - **Claims.** A claim that was decided; a recovery booked after the claim was filed. A summary issued since does
//!   not refuse: it said that the claim was in review on that day, which stays true; the withdrawal is a later fact.
//! - **Fund.** Money that is promised: cash must go on covering floor, earmarks and orders, and the cover of
//!   registered loans must stay within capacity; money of a source that is spent; a recovery that was allocated. A summary issued since does not
//!   refuse: it told the balance of its day, and a reversal is a booking of its own day.
//! - **Partners.** A later version of the partner; and, where no version before would stand again, whatever came
//!   since under the partner's code: files, loans, appraisals, policies, guarantees.
//! - **Every kind but servicing.** A later file of the same kind and bank that found records unchanged: it relies
//!   on an import before it for them. Which one it does not say, so that the newest file goes first.
//!
//! Instants of equal size count as later: on a clock that stands still an undo rather refuses.
//!
//! **Invariant:** every reason has a code, a count and the first names; nothing here writes.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::money::FenDelta;
use crate::domain::names::{FundRowKind, FundSource};
use crate::storage::Tx;
use crate::storage::find::{dependants, imports, loans, money, parties, servicing};
use crate::storage::rows::money::FundMovementRow;
use crate::storage::rows::parties::{ImportRow, PartnerRow};
use crate::usecase::UseCaseError;
use crate::usecase::error::Refusal;
use crate::usecase::holdings;
use crate::usecase::measures;
use crate::usecase::reserve::fund_money;
use crate::usecase::standing::place_of;

/// Everything that depends on an import.
///
/// # Errors
/// Storage.
pub(super) fn on(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<Refusal>, UseCaseError> {
    let added = imports::count_added(tx, import)?;
    if added == 0 {
        return Ok(untraced(import));
    }
    let mut found = match import.kind.as_str() {
        "registrations" => on_registrations(tx, import)?,
        "servicing" => on_servicing(tx, import)?,
        "claims" => on_claims(tx, import)?,
        "fund" => on_movements(tx, import)?,
        _ => on_partners(tx, import)?,
    };
    if import.kind != "servicing" {
        found.extend(named("UNDO_LATER_FILE", later_files(tx, import)?));
    }
    Ok(found)
}

fn named(code: &'static str, names: Vec<String>) -> Option<Refusal> {
    (!names.is_empty()).then(|| Refusal::new(code, names))
}

/// Partners taken in before their import was kept beside them cannot be told apart.
fn untraced(import: &ImportRow) -> Vec<Refusal> {
    let brought = import.records_accepted > import.records_unchanged;
    let untraced = import.kind == "partners" && brought;
    named("UNDO_UNTRACED", if untraced { vec![import.file_name.clone()] } else { Vec::new() }).into_iter().collect()
}

fn on_registrations(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<Refusal>, UseCaseError> {
    let id = &import.import_id;
    let reported = dependants::reported_contracts(tx, id)?;
    let claimed = dependants::claimed_contracts(tx, id)?;
    let paid = dependants::paid_contracts(tx, id)?;
    let issued = issued(tx, import)?;
    Ok([
        named("UNDO_LOANS_REPORTED", reported),
        named("UNDO_LOANS_CLAIMED", claimed),
        named("UNDO_LOANS_PAID", paid),
        named("UNDO_REPORT_ISSUED", issued),
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn issued(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<String>, UseCaseError> {
    let issued = dependants::issued_since(tx, &import.fund_id, import.recorded_at)?;
    Ok(issued.into_iter().map(|(_, period, version)| format!("{period} v{version}")).collect())
}

fn on_servicing(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<Refusal>, UseCaseError> {
    let (own, others): (Vec<_>, Vec<_>) =
        servicing::reports(tx, &import.fund_id)?.into_iter().partition(|report| report.import_id == import.import_id);
    let mut versions = Vec::new();
    let mut months = Vec::new();
    for report in &own {
        for other in others.iter().filter(|other| other.bank == report.bank) {
            if other.month > report.month {
                months.push(other.month.clone());
            } else if other.month == report.month && other.version > report.version {
                versions.push(format!("{} v{}", other.month, other.version));
            }
        }
    }
    months.sort();
    months.dedup();
    let issued = issued(tx, import)?;
    Ok([named("UNDO_LATER_VERSION", versions), named("UNDO_LATER_MONTH", months), named("UNDO_REPORT_ISSUED", issued)]
        .into_iter()
        .flatten()
        .collect())
}

fn on_claims(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<Refusal>, UseCaseError> {
    let decided = dependants::decided_claims(tx, &import.import_id)?;
    let decided = decided.into_iter().map(|status| status.claim_id).collect();
    let later = dependants::movements_on_claimed(tx, &import.import_id)?
        .into_iter()
        .filter(|(claim, movement)| place_of(&movement.event_id) > place_of(claim))
        .map(|(_, movement)| movement.contract.unwrap_or(movement.row_id))
        .collect();
    Ok([named("UNDO_CLAIM_DECIDED", decided), named("UNDO_CLAIM_RECOVERED", later)].into_iter().flatten().collect())
}

fn on_movements(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<Refusal>, UseCaseError> {
    let fund_id = &import.fund_id;
    let rows = money::booked_with(tx, &import.import_id)?;
    let sum: i64 = rows.iter().map(|row| row.amount_fen).fold(0, i64::saturating_add);
    let recovery = rows.iter().filter(|row| row.kind == FundRowKind::Recovery.code());
    let recovered: i64 = recovery.map(|row| row.amount_fen).fold(0, i64::saturating_add);
    let governing = measures::governing_fund(tx, fund_id)?;
    let mut state = fund_money(tx, fund_id, &governing.limits)?;
    let free = state.free()?.get().saturating_sub(sum);
    let cash = state.cash.get().saturating_sub(sum);
    let mut found = Vec::new();
    if free < 0 || cash < 0 {
        let missing = free.min(cash).saturating_neg();
        found.extend(named("UNDO_MONEY_PROMISED", vec![FenDelta::new(missing).yuan()]));
    } else {
        state.cash = crate::domain::money::Fen::try_new(cash)?;
        let capacity = state.capacity(governing.limits.multiple)?;
        if state.reserved > capacity {
            let missing = FenDelta::between(capacity, state.reserved)?.yuan();
            found.extend(named("UNDO_COVER_PROMISED", vec![missing]));
        }
    }
    // A liability: what waits to be allocated is its credit balance.
    let waiting = money::account_balance(tx, fund_id, "recoveries_unallocated")?.saturating_neg();
    if waiting < recovered {
        let missing = FenDelta::new(recovered.saturating_sub(waiting)).yuan();
        found.extend(named("UNDO_RECOVERY_ALLOCATED", vec![missing]));
    }
    found.extend(named("UNDO_SOURCE_SPENT", spent(tx, fund_id, &rows)?));
    Ok(found)
}

/// Sources whose money is partly spent already: what is left of their sub-funds is less than what would be taken back.
fn spent(tx: &mut Tx<'_>, fund_id: &str, rows: &[FundMovementRow]) -> Result<Vec<String>, UseCaseError> {
    let mut back: BTreeMap<FundSource, i64> = BTreeMap::new();
    for row in rows {
        let source = match FundRowKind::from_code(&row.kind) {
            Some(FundRowKind::Contribution) => FundSource::from_code(&row.source),
            Some(FundRowKind::Interest) => Some(FundSource::DepositInterest),
            Some(FundRowKind::Recovery) | None => None,
        };
        if let Some(source) = source {
            let sum = back.entry(source).or_default();
            *sum = sum.saturating_add(row.amount_fen);
        }
    }
    let on = tx.on();
    let held = holdings::least_from(tx, fund_id, on)?;
    let of = |source: &FundSource| held.get(source).copied().unwrap_or_default().get();
    let short = back.iter().filter(|(source, sum)| of(source) < **sum);
    Ok(short
        .map(|(source, sum)| format!("{} {}", source.zh(), FenDelta::new(sum.saturating_sub(of(source))).yuan()))
        .collect())
}

fn on_partners(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<Refusal>, UseCaseError> {
    let mut by_code: BTreeMap<String, Vec<PartnerRow>> = BTreeMap::new();
    for row in parties::partner_versions(tx, &import.fund_id)? {
        by_code.entry(row.code.clone()).or_default().push(row);
    }
    let own = |row: &PartnerRow| row.import_id.as_deref() == Some(&import.import_id);
    let mut replaced = Vec::new();
    let mut only: BTreeSet<String> = BTreeSet::new();
    for (code, versions) in &by_code {
        if versions.iter().any(own) && versions.last().is_some_and(|last| !own(last)) {
            replaced.push(code.clone());
        } else if versions.iter().all(own) {
            only.insert(code.clone());
        }
    }
    let used = used_since(tx, import, &only)?;
    Ok([named("UNDO_LATER_VERSION", replaced), named("UNDO_PARTNER_USED", used)].into_iter().flatten().collect())
}

/// Which of these partners anything named since the import.
fn used_since(tx: &mut Tx<'_>, import: &ImportRow, codes: &BTreeSet<String>) -> Result<Vec<String>, UseCaseError> {
    let fund_id = &import.fund_id;
    let since = import.recorded_at;
    let mut used: BTreeSet<String> = BTreeSet::new();
    let files = imports::all(tx, fund_id)?.into_iter().filter(|file| file.recorded_at >= since);
    let gone = crate::storage::find::undos::undone(tx, fund_id)?;
    used.extend(files.filter(|file| !gone.contains(&file.import_id)).filter_map(|file| file.bank));
    for row in loans::registrations(tx, fund_id)?.into_iter().filter(|row| row.recorded_at >= since) {
        used.insert(row.bank);
        used.extend(row.appraiser);
    }
    let policies = loans::insurances(tx, fund_id)?.into_iter().filter(|row| row.recorded_at >= since);
    used.extend(policies.map(|row| row.insurer));
    let guarantees = loans::guarantees(tx, fund_id)?.into_iter().filter(|row| row.recorded_at >= since);
    used.extend(guarantees.map(|row| row.guarantor));
    Ok(used.intersection(codes).cloned().collect())
}

/// Later files of the same kind and bank that found records unchanged.
fn later_files(tx: &mut Tx<'_>, import: &ImportRow) -> Result<Vec<String>, UseCaseError> {
    let later = |other: &ImportRow| {
        let chain = |row: &ImportRow| row.event_id.rsplit_once('#').map(|(chain, _)| chain.to_owned());
        if chain(other) == chain(import) {
            place_of(&other.event_id) > place_of(&import.event_id)
        } else {
            other.recorded_at >= import.recorded_at
        }
    };
    let related = |other: &ImportRow| other.bank == import.bank || other.bank.is_none() || import.bank.is_none();
    Ok(imports::standing_of_kind(tx, &import.fund_id, &import.kind)?
        .into_iter()
        .filter(|other| other.import_id != import.import_id && other.records_unchanged > 0)
        .filter(|other| related(other) && later(other))
        .map(|other| other.file_name)
        .collect())
}
