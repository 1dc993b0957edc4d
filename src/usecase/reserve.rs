//! The level of the fund: its money by state and the two exact measures, one snapshot a day.
//!
//! **Invariant:** a snapshot names the heads of the chains it was taken from, so that it can be taken again.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde_json::json;

use super::UseCaseError;
use super::measures::{self, Limits};
use super::succession::Houses;
use crate::domain::money::Fen;
use crate::domain::reserve::{FundMoney, GroupCaps, Promise, contractual_maximum};
use crate::domain::rulebook::Floor;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, claims, events, loans, money};
use crate::storage::rows::money::ReserveSnapshotRow;
use crate::storage::{Db, StoreError, Tx};

/// Money of the fund by state, as the books stand now.
///
/// # Errors
/// Storage; `Corrupt` for a balance below zero.
pub fn fund_money(db: &mut Db, fund_id: &str, limits: &Limits) -> Result<FundMoney, UseCaseError> {
    let cash = money::in_hand(db, fund_id)?;
    let cash = Fen::try_new(cash).map_err(|_negative| StoreError::Corrupt {
        table: "ledger_lines",
        key: "cash".to_owned(),
        what: format!("balance {cash}"),
    })?;
    let reserved = Fen::try_new(loans::reserved_fen(db, &Reach::of_fund(fund_id))?)?;
    Ok(FundMoney {
        cash,
        floor: floor(db, fund_id, limits)?,
        earmarked: money::committed(db, fund_id, "earmarked")?,
        ordered: money::committed(db, fund_id, "ordered")?,
        reserved,
    })
}

/// What must stay in the fund, as the books stand now.
///
/// # Errors
/// Storage; `Overflow`.
pub fn floor(db: &mut Db, fund_id: &str, limits: &Limits) -> Result<Fen, UseCaseError> {
    match limits.floor {
        Floor::Amount(fen) => Ok(fen),
        Floor::OfTotal(rate) => Ok(Fen::try_new(money::paid_in(db, fund_id)?)?.part_floor(rate)?),
    }
}

/// The most the caps let the fund owe in twelve months, as the books stand now.
///
/// # Errors
/// Storage; `Overflow`.
pub fn most_by_contract(db: &mut Db, fund_id: &str, limits: &Limits, on: NaiveDate) -> Result<Fen, UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let book = loans::all(db, &reach)?;
    let earmarks: BTreeMap<String, i64> = money::commitments_in_force(db, fund_id, "earmarked")?
        .into_iter()
        .map(|row| (row.subject, row.amount_fen))
        .collect();
    let claimed = claims::statuses(db, &reach)?;
    let mut promises = Vec::new();
    let houses = Houses::on(db, fund_id, on)?;
    for loan in &book {
        let amount = Fen::try_new(loan.reserved_fen)?;
        promises.push(Promise { bank: houses.standing(&loan.bank), borrower: &loan.credit_code, amount });
    }
    for claim in &claimed {
        let amount = Fen::try_new(earmarks.get(&claim.claim_id).copied().unwrap_or(0))?;
        promises.push(Promise { bank: houses.standing(&claim.bank), borrower: &claim.credit_code, amount });
    }
    let (paid_borrower, paid_bank) = paid(db, fund_id, &promises, &houses, on)?;
    let caps = GroupCaps { per_borrower_life: limits.per_borrower_life, per_bank_year: limits.per_bank_year };
    Ok(contractual_maximum(&promises, caps, &paid_borrower, &paid_bank)?)
}

type Paid = (BTreeMap<String, Fen>, BTreeMap<String, Fen>);

fn paid(
    db: &mut Db,
    fund_id: &str,
    promises: &[Promise<'_>],
    houses: &Houses,
    on: NaiveDate,
) -> Result<Paid, UseCaseError> {
    let mut by_borrower = BTreeMap::new();
    let mut by_bank = BTreeMap::new();
    if !money::was_compensated(db, fund_id)? {
        return Ok((by_borrower, by_bank));
    }
    let (from, to) = year_of(on);
    for promise in promises {
        if !by_borrower.contains_key(promise.borrower) {
            let holder = money::Holder::Borrower { credit_code: promise.borrower };
            let fen = money::compensation_paid(db, fund_id, &holder)?.max(0);
            by_borrower.insert(promise.borrower.to_owned(), Fen::try_new(fen)?);
        }
        if !by_bank.contains_key(promise.bank) {
            let holder = money::Holder::BankYear { banks: &houses.together(promise.bank), from, to };
            let fen = money::compensation_paid(db, fund_id, &holder)?.max(0);
            by_bank.insert(promise.bank.to_owned(), Fen::try_new(fen)?);
        }
    }
    Ok((by_borrower, by_bank))
}

/// First and last day of the calendar year of a day.
#[must_use]
pub fn year_of(on: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = NaiveDate::from_ymd_opt(on.year(), 1, 1).unwrap_or(on);
    let last = NaiveDate::from_ymd_opt(on.year(), 12, 31).unwrap_or(on);
    (first, last)
}

/// The level of the fund as a row, not stored.
///
/// # Errors
/// Storage; `Overflow`.
pub fn level(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<ReserveSnapshotRow, UseCaseError> {
    let governing = measures::governing_fund(db, fund_id)?;
    let limits = &governing.limits;
    let state = fund_money(db, fund_id, limits)?;
    let (business_date, recorded_at, event_id) = unstamped();
    let heads: BTreeMap<String, i64> =
        events::heads(db)?.into_iter().filter(|(key, _, _)| key != "system").map(|(key, seq, _)| (key, seq)).collect();
    Ok(ReserveSnapshotRow {
        fund_id: fund_id.to_owned(),
        version: 1,
        rulebook_id: governing.id.clone(),
        rulebook_version: governing.version.clone(),
        cash_fen: state.cash.get(),
        floor_fen: state.floor.get(),
        reserved_fen: state.reserved.get(),
        earmarked_fen: state.earmarked.get(),
        ordered_fen: state.ordered.get(),
        free_fen: state.free()?.get(),
        capacity_fen: state.capacity(limits.multiple)?.get(),
        policy_minimum_fen: state.policy_minimum(limits.multiple)?.get(),
        contractual_maximum_fen: most_by_contract(db, fund_id, limits, on)?.get(),
        parameters: json!({ "multiple_ppm": limits.multiple.get(), "multiple_of": "cover" }).to_string(),
        heads: json!(heads).to_string(),
        business_date,
        recorded_at,
        event_id,
    })
}

/// Takes the snapshot of a day. A day that has the same figures already is left as it is.
///
/// # Errors
/// Storage; `Overflow`.
pub fn snapshot(tx: &mut Tx<'_>, fund_id: &str) -> Result<bool, UseCaseError> {
    let on = tx.on();
    let mut row = level(tx, fund_id, on)?;
    let last = money::last_snapshot_version(tx, fund_id, on)?;
    let before = money::snapshot_on_or_before(tx, fund_id, on)?.filter(|row| row.business_date == on);
    if before.is_some_and(|before| same_figures(&before, &row)) {
        return Ok(false);
    }
    row.version = last.saturating_add(1);
    let change = Change::new(Chain::Fund { fund_id: fund_id.to_owned() }, "reserve.measured", on.to_string());
    tx.record(change.with(row))?;
    Ok(true)
}

fn same_figures(a: &ReserveSnapshotRow, b: &ReserveSnapshotRow) -> bool {
    let figures = |row: &ReserveSnapshotRow| {
        [
            row.cash_fen,
            row.floor_fen,
            row.reserved_fen,
            row.earmarked_fen,
            row.ordered_fen,
            row.free_fen,
            row.capacity_fen,
            row.policy_minimum_fen,
            row.contractual_maximum_fen,
        ]
    };
    figures(a) == figures(b) && a.rulebook_version == b.rulebook_version
}
