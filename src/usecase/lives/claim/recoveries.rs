//! How what is got back is shared among those who bore the loss.
//!
//! **Invariant:** the parts rest on what the fund has paid by then, not on what was once computed; what was taken back
//! counts as never entered.

use crate::domain::claim::ClaimAct;
use crate::domain::claim::pursuit::{self, Before, borne_by_payment};
use crate::domain::money::Fen;
use crate::domain::rulebook::vocabulary::PartyKind;
use crate::storage::find::{acts, claims};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::{Db, StoreError};
use crate::usecase::UseCaseError;
use crate::usecase::lives::json::stored;
use crate::usecase::measures::Measures;

/// How a receipt is shared, and which of the parties is the fund.
#[derive(Debug)]
pub struct Parted {
    /// Party and part.
    pub parts: Vec<(String, Fen)>,
    /// The fund's name among the parties.
    pub fund: Option<String>,
    /// Left when everyone is whole.
    pub surplus: Fen,
    /// Cost not covered yet.
    pub cost_carried: Fen,
}

/// What each party has borne, and which of them is the fund.
pub type Borne = (Vec<(String, Fen)>, Option<String>);

/// What each party has borne of the claim's loss, in the order of the ratio: by the calculation that the payments rest
/// on, with the fund at what it has paid. What the fund was to pay and did not is the bank's loss.
///
/// # Errors
/// Storage; `Corrupt`.
fn borne(db: &mut Db, row: &CalculationRow, paid: Fen) -> Result<Borne, UseCaseError> {
    let corrupt =
        || StoreError::Corrupt { table: "calculations", key: row.claim_id.clone(), what: "outcome".to_owned() };
    let outcome: serde_json::Value = serde_json::from_str(&row.outcome).map_err(|_broken| corrupt())?;
    let measures = Measures::load(db, &row.fund_id)?;
    let measure = measures.version(&row.rulebook_id, &row.rulebook_version).ok_or_else(corrupt)?;
    let book = &measure.rulebook;
    let fund = book.fund.map(|at| book.party(at).id.to_string());
    let told = outcome["borne"].as_object().or_else(|| outcome["shares"].as_object()).ok_or_else(corrupt)?;
    let mut parties = Vec::new();
    for party in &book.parties {
        let Some(text) = told.get(party.id.as_str()).and_then(serde_json::Value::as_str) else { continue };
        parties.push((party.id.to_string(), Fen::from_yuan(text)?));
    }
    let bank = book.parties.iter().find(|party| party.kind == PartyKind::Bank).map(|party| party.id.to_string());
    Ok((borne_by_payment(parties, (fund.as_deref(), bank.as_deref()), paid), fund))
}

/// How proceeds are shared by the order of recoveries, given everything collected before: before now, or before the
/// stored act `until`.
///
/// # Errors
/// Storage; `Corrupt`; `Overflow`.
pub fn recovery_parts(
    db: &mut Db,
    filing: &ClaimRow,
    gross: Fen,
    cost: Fen,
    until: Option<&ActRow>,
) -> Result<Parted, UseCaseError> {
    let corrupt =
        || StoreError::Corrupt { table: "calculations", key: filing.claim_id.clone(), what: "gone".to_owned() };
    let mut rows = acts::of(db, &filing.fund_id, super::LIFE, &filing.claim_id)?;
    rows.retain(|row| until.is_none_or(|until| row.version < until.version));
    let claim = super::told_until(filing, &rows, chrono::NaiveDate::MAX)?;
    let governing = claim.governing.ok_or_else(corrupt)?;
    let mut calculations = claims::calculations(db, &filing.claim_id)?.into_iter();
    let governing = calculations.find(|row| row.version == i64::from(governing)).ok_or_else(corrupt)?;
    let (borne, fund) = borne(db, &governing, claim.paid_net())?;
    let standing = |row: &&ActRow| {
        let entered = claim.movements.iter().find(|movement| i64::from(movement.act_no) == row.version);
        entered.is_some_and(|movement| movement.moved.is_recovery() && !movement.reversed)
    };
    let mut before = Before::default();
    for row in rows.iter().filter(standing) {
        take_account(&mut before, &stored::<ClaimAct>(row)?, fund.as_ref())?;
    }
    let shared = pursuit::share(&borne, &before, gross, cost)
        .map_err(|_too_large| crate::domain::money::MoneyError::Overflow)?;
    Ok(Parted { parts: shared.parts, fund, surplus: shared.surplus, cost_carried: shared.cost_carried })
}

fn take_account(before: &mut Before, act: &ClaimAct, fund: Option<&String>) -> Result<(), UseCaseError> {
    match act {
        ClaimAct::RecoveryCollected { parts, cost_carried, .. } => {
            for part in parts {
                let got = before.returned.entry(part.party.clone()).or_default();
                *got = got.checked_add(part.amount)?;
            }
            before.cost_carried = cost_carried.unwrap_or_default();
        }
        ClaimAct::RecoveryAllocated { fund_part: Some(part), .. } => {
            if let Some(fund) = fund {
                let got = before.returned.entry(fund.clone()).or_default();
                *got = got.checked_add(*part)?;
            }
        }
        _ => {}
    }
    Ok(())
}
