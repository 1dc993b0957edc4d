//! The bare arithmetic against the worked examples.

use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::split::{ClaimSum, Rounding, SplitError, claim, split};
use serde_json::{Value, json};

const EXAMPLES: &str = include_str!("../../data/payout-examples.json");

fn examples(kind: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
    all.into_iter().filter(|example| example["kind"] == kind).collect()
}

fn fen(value: &Value) -> Fen {
    Fen::try_new(value.as_i64().unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn rounding(input: &Value) -> Rounding {
    Rounding::ALL.iter().copied().find(|r| input["rounding"] == r.code()).unwrap()
}

fn claim_sum(input: &Value) -> ClaimSum<String> {
    let weights = input["weights_ppm"].as_array().unwrap().iter();
    let caps = input["caps"].as_object().unwrap().iter().filter(|(_, cap)| !cap.is_null());
    ClaimSum {
        eligible: fen(&input["eligible_principal_fen"]),
        insurance: fen(&input["insurance_fen"]),
        guarantor: fen(&input["guarantor_fen"]),
        collateral_gross: fen(&input["collateral_gross_fen"]),
        collateral_cost: fen(&input["collateral_cost_fen"]),
        weights: weights.map(|w| (text(&w[0]), Ppm::try_new(w[1].as_i64().unwrap()).unwrap())).collect(),
        fund: text(&input["fund_party"]),
        residual: text(&input["residual_party"]),
        rounding: rounding(input),
        caps: caps.map(|(name, cap)| (name.clone(), fen(cap))).collect(),
    }
}

fn by_party(parts: &[(String, Fen)]) -> Value {
    Value::Object(parts.iter().map(|(party, fen)| (party.clone(), json!(fen.get()))).collect())
}

#[test]
fn every_worked_claim_comes_out_to_the_fen() {
    let examples = examples("claim");
    assert_eq!(examples.len(), 10, "claims among the worked examples");
    for example in examples {
        let result = claim(&claim_sum(&example["input"])).unwrap();
        let found = json!({
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
        });
        assert_eq!(found, example["expected"], "{}", example["id"]);
    }
}

#[test]
fn every_worked_split_comes_out_to_the_fen() {
    let examples = examples("split");
    assert_eq!(examples.len(), 2, "splits among the worked examples");
    for example in examples {
        let weights = example["input"]["weights"].as_array().unwrap().iter().enumerate();
        let weights: Vec<(usize, i128)> = weights.map(|(p, w)| (p, i128::from(w.as_i64().unwrap()))).collect();
        let parts = split(fen(&example["input"]["total_fen"]), &weights, Rounding::LargestRemainder).unwrap();
        let parts: Vec<i64> = parts.iter().map(|(_, fen)| fen.get()).collect();
        assert_eq!(json!(parts), example["expected"]["shares_fen"], "{}", example["id"]);
    }
}

#[test]
fn an_odd_fen_of_a_tie_goes_to_the_party_named_earlier() {
    let one = Fen::try_new(1).unwrap();
    let parts = split(one, &[("bank", 1), ("fund", 1)], Rounding::LargestRemainder).unwrap();
    assert_eq!(parts, [("bank", one), ("fund", Fen::ZERO)]);
    let parts = split(one, &[("fund", 1), ("bank", 1)], Rounding::LargestRemainder).unwrap();
    assert_eq!(parts, [("fund", one), ("bank", Fen::ZERO)]);
}

#[test]
fn a_ratio_without_weight_is_refused() {
    let none: [(&str, i128); 0] = [];
    assert_eq!(split(Fen::ZERO, &none, Rounding::LargestRemainder), Err(SplitError::NoWeight));
    assert_eq!(split(Fen::ZERO, &[("a", 0)], Rounding::FloorResidual), Err(SplitError::NoWeight));
    assert_eq!(split(Fen::ZERO, &[("a", 2), ("b", -1)], Rounding::FloorResidual), Err(SplitError::NegativeWeight));
    assert_eq!(split(Fen::MAX, &[("a", i128::MAX)], Rounding::FloorResidual), Err(SplitError::Overflow));
}

#[test]
fn a_claim_whose_residual_party_is_not_in_the_ratio_is_refused() {
    let mut sum = claim_sum(&examples("claim").first().unwrap()["input"]);
    sum.residual = "nobody".to_owned();
    assert_eq!(claim(&sum), Err(SplitError::PartyMissing));
}
