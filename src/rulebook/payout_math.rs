//! The bare arithmetic of payouts as JSON: one case in, one result out, so that anyone can recompute a payout.
//!
//! Amounts are whole fen. The rules stand in `domain` (`split`, `batch`, `recovery`, `settlement`).
//! **Invariant:** an input is understood completely or refused with the key at fault; nothing in it is ignored.

mod reader;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use self::reader::{Document, Object, whole};
use crate::domain::batch::{BatchError, Demand, Limits, Method, available, batch};
use crate::domain::money::{Fen, Ppm};
use crate::domain::recovery::{Receipt, Recovery, RecoveryError};
use crate::domain::settlement::settle;
use crate::domain::split::{ClaimSum, Rounding, SplitError, claim, split};

pub use self::reader::{MathFault, Problem, Wanted};

/// Limits of a claim, by the names they have in cases.
const CAPS: &[&str] = &["loan_fen", "borrower_left_fen", "bank_year_left_fen", "fund_available_fen"];

/// Computes one case: a JSON object with `id`, `kind` and `input`. Gives `{"id":…,"result":{…}}`.
///
/// # Errors
/// The first thing that keeps the line from being a well-formed case.
pub fn answer(line: &[u8]) -> Result<Value, MathFault> {
    let document = Document::parse(line)?;
    let case = document.root();
    let id = case.text("id")?.to_owned();
    let kind = case.text("kind")?;
    let compute = match kind {
        "claim" => of_claim,
        "batch" => of_batch,
        "recovery" => of_recovery,
        "split" => of_split,
        "settlement" => of_settlement,
        _ => return Err(case.fault("kind", Wanted::Kind)),
    };
    let result = compute(&case.object("input")?)?;
    Ok(json!({ "id": id, "result": result }))
}

fn of_claim(input: &Object<'_>) -> Result<Value, MathFault> {
    input.only(&[
        "eligible_principal_fen",
        "insurance_fen",
        "guarantor_fen",
        "collateral_gross_fen",
        "collateral_cost_fen",
        "weights_ppm",
        "fund_party",
        "residual_party",
        "rounding",
        "caps",
    ])?;
    let mut weights = Vec::new();
    for (party, ppm) in input.pairs("weights_ppm", Wanted::Ratio)? {
        weights.push((party, Ppm::try_new(ppm).map_err(|_negative| input.fault("weights_ppm", Wanted::Ratio))?));
    }
    let caps_read = input.object("caps")?;
    caps_read.only(CAPS)?;
    let mut caps = Vec::new();
    for name in CAPS {
        if let Some(cap) = caps_read.amount_or_null(name)? {
            caps.push(((*name).to_owned(), cap));
        }
    }
    let party = |key: &'static str| {
        let name = input.text(key)?.to_owned();
        let known = weights.iter().any(|(party, _)| *party == name);
        known.then_some(name).ok_or_else(|| input.fault(key, Wanted::Party))
    };
    let sum = ClaimSum {
        eligible: input.amount("eligible_principal_fen")?,
        insurance: input.amount("insurance_fen")?,
        guarantor: input.amount("guarantor_fen")?,
        collateral_gross: input.amount("collateral_gross_fen")?,
        collateral_cost: input.amount("collateral_cost_fen")?,
        fund: party("fund_party")?,
        residual: party("residual_party")?,
        rounding: input.word("rounding", Rounding::ALL, Rounding::code, Wanted::Rounding)?,
        caps,
        weights,
    };
    let result = claim(&sum).map_err(|error| of_error(input, "weights_ppm", Wanted::Ratio, error))?;
    Ok(json!({
        "net_collateral_fen": result.net_collateral.get(),
        "cost_excess_fen": result.cost_excess.get(),
        "recovered_fen": result.recovered.get(),
        "loss_fen": result.loss.get(),
        "surplus_fen": result.surplus.get(),
        "shares_fen": by_party(&result.shares),
        "fund_paid_fen": result.fund_paid.get(),
        "shortfall_fen": result.shortfall.get(),
        "borne_fen": by_party(&result.borne),
        "binding": result.binding,
    }))
}

fn of_batch(input: &Object<'_>) -> Result<Value, MathFault> {
    input.only(&[
        "method",
        "fund_balance_fen",
        "floor_balance_fen",
        "annual_budget_fen",
        "paid_this_year_fen",
        "borrower_cap_left_fen",
        "bank_cap_left_fen",
        "claims",
    ])?;
    let method = input.word("method", Method::ALL, Method::code, Wanted::Method)?;
    let limits = Limits {
        available: available(
            input.amount("fund_balance_fen")?,
            input.amount("floor_balance_fen")?,
            input.amount_or_null("annual_budget_fen")?,
            input.amount("paid_this_year_fen")?,
        ),
        borrowers: caps_by_name(&input.object("borrower_cap_left_fen")?)?,
        banks: caps_by_name(&input.object("bank_cap_left_fen")?)?,
    };
    let mut demands = Vec::new();
    for one in input.objects("claims")? {
        one.only(&["id", "approved_seq", "borrower", "bank", "demand_fen"])?;
        demands.push(Demand {
            claim: one.text("id")?.to_owned(),
            approved: one.count("approved_seq")?,
            borrower: one.text("borrower")?.to_owned(),
            bank: one.text("bank")?.to_owned(),
            demand: one.amount("demand_fen")?,
        });
    }
    let result = batch(&demands, &limits, method).map_err(|error| match error {
        BatchError::ClaimTwice => input.fault("claims", Wanted::OtherIds),
        BatchError::Split(error) => of_error(input, "claims", Wanted::Sum, error),
    })?;
    let claims: Vec<Value> = result
        .claims
        .iter()
        .map(|claim| {
            json!({
                "id": claim.claim,
                "paid_fen": claim.paid.get(),
                "cut_borrower_fen": claim.cut_borrower.get(),
                "cut_bank_fen": claim.cut_bank.get(),
                "cut_fund_fen": claim.cut_fund.get(),
            })
        })
        .collect();
    Ok(json!({
        "fund_available_fen": limits.available.get(),
        "total_paid_fen": result.total_paid.get(),
        "fund_left_fen": result.fund_left.get(),
        "claims": claims,
    }))
}

fn caps_by_name(caps: &Object<'_>) -> Result<BTreeMap<String, Fen>, MathFault> {
    caps.keys().map(|name| Ok((name.clone(), caps.amount(name)?))).collect()
}

fn of_recovery(input: &Object<'_>) -> Result<Value, MathFault> {
    input.only(&["borne_fen", "receipts"])?;
    let mut borne = Vec::new();
    for (party, fen) in input.pairs("borne_fen", Wanted::Borne)? {
        borne.push((party, Fen::try_new(fen).map_err(|_negative| input.fault("borne_fen", Wanted::Borne))?));
    }
    let mut recovery = Recovery::new(&borne);
    let mut steps = Vec::new();
    for one in input.objects("receipts")? {
        one.only(&["gross_fen", "cost_fen"])?;
        let receipt = Receipt { gross: one.amount("gross_fen")?, cost: one.amount("cost_fen")? };
        steps.push(step(&mut recovery, receipt, input)?);
    }
    Ok(json!({
        "steps": steps,
        "returned_fen": by_party(&recovery.returned()),
        "unreimbursed_fen": by_party(&recovery.unreimbursed()),
        "surplus_fen": recovery.surplus().get(),
        "cost_carried_fen": recovery.cost_carried().get(),
    }))
}

/// One step of a recovery as JSON.
fn step(recovery: &mut Recovery<String>, receipt: Receipt, input: &Object<'_>) -> Result<Value, MathFault> {
    let step = recovery.take(receipt).map_err(|error| match error {
        RecoveryError::Split(error) => of_error(input, "receipts", Wanted::Sum, error),
    })?;
    Ok(json!({
        "net_fen": step.net.get(),
        "distributed_fen": step.distributed.get(),
        "parts_fen": by_party(&step.parts),
        "surplus_fen": step.surplus.get(),
        "cost_carried_fen": step.cost_carried.get(),
    }))
}

fn of_split(input: &Object<'_>) -> Result<Value, MathFault> {
    input.only(&["total_fen", "weights"])?;
    let total = input.amount("total_fen")?;
    let mut weights = Vec::new();
    for (place, weight) in input.list("weights")?.iter().enumerate() {
        let weight = whole(weight).ok_or_else(|| input.fault(&format!("weights[{place}]"), Wanted::Weight))?;
        weights.push((place, i128::from(weight)));
    }
    let parts = split(total, &weights, Rounding::LargestRemainder)
        .map_err(|error| of_error(input, "weights", Wanted::Weights, error))?;
    let parts: Vec<i64> = parts.iter().map(|(_, part)| part.get()).collect();
    Ok(json!({ "shares_fen": parts }))
}

fn of_settlement(input: &Object<'_>) -> Result<Value, MathFault> {
    input.only(&["advance_fen", "final_fund_paid_fen"])?;
    let found = settle(input.amount("advance_fen")?, input.amount("final_fund_paid_fen")?);
    Ok(json!({ "top_up_fen": found.top_up.get(), "clawback_fen": found.clawback.get() }))
}

/// A fault of the arithmetic: what does not fit is the input as a whole, all else the key that was asked for.
fn of_error(input: &Object<'_>, key: &str, wanted: Wanted, error: SplitError) -> MathFault {
    match error {
        SplitError::Overflow => input.whole_fault(Wanted::Sum),
        SplitError::NoWeight | SplitError::NegativeWeight | SplitError::PartyMissing => input.fault(key, wanted),
    }
}

fn by_party(parts: &[(String, Fen)]) -> Value {
    Value::Object(parts.iter().map(|(party, fen)| (party.clone(), json!(fen.get()))).collect::<Map<_, _>>())
}
