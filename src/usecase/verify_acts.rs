//! Proofs over what people did: every state is the fold of recorded acts, and the money says what the acts say.
//!
//! **Invariant:** nothing here trusts a stored state; acts are folded anew, amounts are held against the ledger line
//! by line.

use std::collections::BTreeMap;

use super::UseCaseError;
use super::lives::claim::{bearings, recoveries};
use super::lives::json::stored;
use super::lives::{self, claim, exemption, fund, loan, offices, partner, registration};
use super::verify::Check;
use crate::domain::claim::{Claim, ClaimAct};
use crate::domain::money::{Fen, FenDelta};
use crate::storage::facts::Fact;
use crate::storage::find::{acts, claims, money};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::rows::money::{CommitmentRow, LedgerLineRow};
use crate::storage::{Db, StoreError};

/// The checks over what acts moved; they need acts that fold.
///
/// # Errors
/// Storage; `Rulebook`.
pub(super) fn acts(db: &mut Db, fund_id: &str) -> Result<Vec<Check>, UseCaseError> {
    Ok(vec![claim_money(db, fund_id)?, recoveries(db, fund_id)?])
}

/// The acts on every thing are numbered without a hole and fold.
///
/// # Errors
/// Storage.
pub(super) fn folds(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut rows = ActRow::load_all(db).map_err(StoreError::from)?;
    rows.retain(|row| row.fund_id == fund_id);
    rows.sort_by(|a, b| (&a.life, &a.subject, a.version).cmp(&(&b.life, &b.subject, b.version)));
    let mut failures = Vec::new();
    for of_one in rows.chunk_by(|a, b| a.life == b.life && a.subject == b.subject) {
        let Some(first) = of_one.first() else { continue };
        let numbered = (1..).zip(of_one).all(|(number, row): (i64, _)| row.version == number);
        if !numbered || !fold(db, fund_id, &first.life, &first.subject) {
            failures.push(format!("acts {}:{}", first.life, first.subject));
        }
    }
    Ok(Check::new("acts_fold", rows.len(), failures))
}

fn fold(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> bool {
    match life {
        loan::LIFE => loan::load(db, fund_id, subject).is_ok(),
        exemption::LIFE => exemption::load(db, fund_id, subject).is_ok(),
        "person" => offices::person(db, fund_id, subject).is_ok(),
        partner::LIFE => partner::state(db, fund_id, subject).is_ok(),
        fund::LIFE => fund::state(db, fund_id).is_ok(),
        registration::LIFE => registration::state(db, fund_id, subject).is_ok(),
        claim::LIFE => match claims::filing(db, subject) {
            Ok(Some(filing)) => claim::load(db, &filing).is_ok(),
            Ok(None) => acts::of(db, fund_id, life, subject)
                .is_ok_and(|rows| rows.iter().all(|row| matches!(row.act.as_str(), "drafted" | "withdrawn"))),
            Err(_) => false,
        },
        other => lives::Life::from_code(other).is_some(),
    }
}

/// Every running balance is the sum of its lines or promises, and stands on its side.
///
/// # Errors
/// Storage.
pub(super) fn balances(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut add = |account: String, amount: i64| {
        let sum = sums.entry(account).or_default();
        *sum = sum.saturating_add(amount);
    };
    for line in
        LedgerLineRow::load_all(db).map_err(StoreError::from)?.into_iter().filter(|line| line.fund_id == fund_id)
    {
        add(line.account, if line.side == "debit" { line.amount_fen } else { line.amount_fen.saturating_neg() });
    }
    let mut newest: BTreeMap<(String, String), CommitmentRow> = BTreeMap::new();
    for row in CommitmentRow::load_all(db).map_err(StoreError::from)? {
        let key = (row.kind.clone(), row.subject.clone());
        if row.fund_id == fund_id && newest.get(&key).is_none_or(|known| known.version < row.version) {
            newest.insert(key, row);
        }
    }
    for row in newest.into_values().filter(|row| row.kind != "reserved") {
        add(format!("promised:{}", row.kind), row.amount_fen);
    }
    let stored = money::all_balances(db, fund_id)?;
    let mut failures = Vec::new();
    for row in &stored {
        let is_on_its_side = crate::domain::ledger::Account::from_code(&row.account)
            .is_none_or(|account| account.may_stand_at(FenDelta::new(row.balance_fen)));
        if sums.remove(&row.account).unwrap_or(0) != row.balance_fen || !is_on_its_side {
            failures.push(format!("account_balances {}", row.account));
        }
    }
    failures.extend(
        sums.into_iter().filter(|(_, sum)| *sum != 0).map(|(account, _)| format!("account_balances {account}")),
    );
    Ok(Check::new("running_balances", stored.len(), failures))
}

/// What the ledger booked for each claim is what its acts moved, and nothing was granted above what was computed.
fn claim_money(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut failures = Vec::new();
    let mut checked = 0;
    for claim_id in acts::subjects_with(db, fund_id, claim::LIFE, "approved")? {
        let Some(filing) = claims::filing(db, &claim_id)? else { continue };
        checked += 1;
        let standing = claim::load(db, &filing)?;
        if !(grants_fit(db, &filing)? && money_fits(db, &filing, &standing)?) {
            failures.push(format!("claims {claim_id}"));
        }
    }
    Ok(Check::new("claims_paid", checked, failures))
}

fn grants_fit(db: &mut Db, filing: &ClaimRow) -> Result<bool, UseCaseError> {
    let calculations = claims::calculations(db, &filing.claim_id)?;
    let payable = |number: u32| -> Option<Fen> {
        let row: &CalculationRow = calculations.iter().find(|row| row.version == i64::from(number))?;
        Some(bearings::payable(row))
    };
    for row in acts::of(db, &filing.fund_id, claim::LIFE, &filing.claim_id)? {
        let fits = match stored::<ClaimAct>(&row)? {
            ClaimAct::Approved { amount, calculation, .. } => payable(calculation).is_some_and(|most| amount <= most),
            ClaimAct::Resettled { due: Some(due), calculation: Some(number), .. } => payable(number) == Some(due),
            _ => true,
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

fn money_fits(db: &mut Db, filing: &ClaimRow, standing: &Claim) -> Result<bool, UseCaseError> {
    let mut booked = |prefix: &str| -> Result<i64, UseCaseError> {
        let sums = money::booked_for(db, &filing.claim_id, prefix)?;
        Ok(sums.iter().map(|(_, balance)| *balance).fold(0, i64::saturating_add))
    };
    Ok(booked("compensation")? == standing.paid_net().get()
        && booked("owed_by_bank")? == standing.owed_back().get()
        && booked("recovery_income")? == standing.collected.get().saturating_neg()
        && booked("recovery_in_transit")? == standing.in_transit().get())
}

/// Every recovery was shared as the rule shares it.
fn recoveries(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut failures = Vec::new();
    let mut checked = 0;
    for claim_id in acts::subjects_with(db, fund_id, claim::LIFE, "recovery_collected")? {
        let Some(filing) = claims::filing(db, &claim_id)? else { continue };
        for row in acts::of(db, fund_id, claim::LIFE, &claim_id)?.iter().filter(|row| row.act == "recovery_collected") {
            checked += 1;
            if !shared_by_rule(db, &filing, row)? {
                failures.push(format!("acts claim:{claim_id}:{}", row.version));
            }
        }
    }
    Ok(Check::new("recoveries_shared", checked, failures))
}

fn shared_by_rule(db: &mut Db, filing: &ClaimRow, row: &ActRow) -> Result<bool, UseCaseError> {
    let ClaimAct::RecoveryCollected { gross, cost, parts, surplus, cost_carried, fund_part, .. } = stored(row)? else {
        return Ok(false);
    };
    let again = recoveries::recovery_parts(db, filing, gross, cost, Some(row))?;
    let told: Vec<(String, Fen)> = parts.into_iter().map(|part| (part.party, part.amount)).collect();
    let of_fund = again.parts.iter().find(|(party, _)| Some(party) == again.fund.as_ref()).map(|(_, amount)| *amount);
    Ok(again.parts == told
        && Some(again.surplus) == surplus
        && Some(again.cost_carried) == cost_carried
        && of_fund == fund_part)
}
