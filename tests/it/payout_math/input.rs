//! What is no well-formed case: refused with its key, what is wrong and what would be right.

use pledgefund::rulebook::payout_math::{Problem, Wanted, answer};
use serde_json::{Value, json};

use super::examples::{answered, example};

#[track_caller]
fn check(case: &Value, key: &str, problem: Problem, wanted: Wanted) {
    check_text(&case.to_string(), key, problem, wanted);
}

#[track_caller]
fn check_text(line: &str, key: &str, problem: Problem, wanted: Wanted) {
    let fault = answer(line.as_bytes()).unwrap_err();
    assert_eq!((&*fault.key, fault.problem, fault.wanted), (key, problem, wanted), "{line}");
}

#[track_caller]
fn check_with(id: &str, change: impl FnOnce(&mut Value), key: &str, problem: Problem, wanted: Wanted) {
    let mut case = example(id);
    change(&mut case);
    check(&case, key, problem, wanted);
}

#[test]
fn other_keys_beside_the_three_are_ignored() {
    let mut case = example("W16");
    case["remark"] = json!({ "deep": [1, 2.5, null] });
    assert!(answered(&case).is_ok());
}

#[test]
fn a_line_that_is_no_object_is_refused() {
    for line in ["", "\n", "[]", "7", "{", "{} {}", "{\"id\":1e999}", "\u{feff}{}", "{'id':1}"] {
        check_text(line, "", Problem::Unreadable, Wanted::Line);
    }
    assert_eq!(answer(b"{\"id\":\"\xff\"}").unwrap_err().problem, Problem::Unreadable);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    check_text(&deep, "", Problem::Unreadable, Wanted::Line);
}

#[test]
fn a_key_that_comes_twice_is_refused_wherever_it_stands() {
    let line = r#"{"id":"x","kind":"settlement","input":{"advance_fen":1,"advance_fen":2,"final_fund_paid_fen":3}}"#;
    check_text(line, "advance_fen", Problem::Twice, Wanted::Once);
    check_text(r#"{"id":"x","id":"y"}"#, "id", Problem::Twice, Wanted::Once);
}

#[test]
fn the_frame_of_a_case_is_checked() {
    check(&json!({ "kind": "split", "input": {} }), "id", Problem::Missing, Wanted::Text);
    check(&json!({ "id": 3, "kind": "split", "input": {} }), "id", Problem::Wrong, Wanted::Text);
    check(&json!({ "id": "x", "input": {} }), "kind", Problem::Missing, Wanted::Text);
    check(&json!({ "id": "x", "kind": "Claim", "input": {} }), "kind", Problem::Wrong, Wanted::Kind);
    check(&json!({ "id": "x", "kind": "claim" }), "input", Problem::Missing, Wanted::Object);
    check(&json!({ "id": "x", "kind": "claim", "input": [] }), "input", Problem::Wrong, Wanted::Object);
}

#[test]
fn an_unknown_key_is_refused_at_every_depth_and_the_known_ones_are_named() {
    for (id, path) in [("W01", ""), ("W08", ""), ("W11", ""), ("W13", ""), ("W16", ""), ("W01", "/caps")] {
        let key = format!("input{}.typo", path.replace('/', "."));
        let add = |case: &mut Value| case.pointer_mut(&format!("/input{path}")).unwrap()["typo"] = json!(1);
        check_with(id, add, &key, Problem::Unknown, Wanted::Key);
    }
    let deep = |case: &mut Value| case["input"]["claims"][2]["typo"] = json!(1);
    check_with("W08", deep, "input.claims[2].typo", Problem::Unknown, Wanted::Key);
    let deep = |case: &mut Value| case["input"]["receipts"][1]["typo"] = json!(1);
    check_with("W11", deep, "input.receipts[1].typo", Problem::Unknown, Wanted::Key);
    let mut case = example("W16");
    case["input"]["typo"] = json!(1);
    assert_eq!(answered(&case).unwrap_err().detail, "advance_fen, final_fund_paid_fen");
}

#[test]
fn every_key_of_every_example_is_needed() {
    for id in ["W01", "W08", "W11", "W13", "W16"] {
        let whole = example(id);
        for key in whole["input"].as_object().unwrap().keys() {
            let mut case = whole.clone();
            case["input"].as_object_mut().unwrap().remove(key);
            let fault = answered(&case).unwrap_err();
            assert_eq!((fault.key, fault.problem), (format!("input.{key}"), Problem::Missing));
        }
    }
}

#[test]
fn an_amount_is_a_whole_number_of_fen_and_never_below_zero() {
    let key = "input.advance_fen";
    for bad in [json!(-1), json!(1.0), json!(1.5), json!("1"), json!(null), json!(9_223_372_036_854_775_808_u64)] {
        check_with("W16", |case| case["input"]["advance_fen"] = bad, key, Problem::Wrong, Wanted::Amount);
    }
    let zero = |case: &mut Value| case["input"]["caps"]["loan_fen"] = json!(-1);
    check_with("W01", zero, "input.caps.loan_fen", Problem::Wrong, Wanted::AmountOrNull);
    let cap = |case: &mut Value| case["input"]["bank_cap_left_fen"]["K1"] = json!(null);
    check_with("W10", cap, "input.bank_cap_left_fen.K1", Problem::Wrong, Wanted::Amount);
    let seq = |case: &mut Value| case["input"]["claims"][0]["approved_seq"] = json!("first");
    check_with("W08", seq, "input.claims[0].approved_seq", Problem::Wrong, Wanted::Count);
}

#[test]
fn a_ratio_without_weight_or_with_a_party_twice_is_refused() {
    let key = "input.weights_ppm";
    for bad in [json!([]), json!([["bank", 0], ["fund", 0]]), json!("60:40")] {
        check_with("W01", |case| case["input"]["weights_ppm"] = bad, key, Problem::Wrong, Wanted::Ratio);
    }
    for bad in [json!(["bank", 1]), json!(["fund", -1]), json!(["fund"]), json!({ "fund": 1 }), json!(["fund", 1, 2])] {
        let put = |case: &mut Value| case["input"]["weights_ppm"] = json!([["bank", 1], bad]);
        check_with("W01", put, "input.weights_ppm[1]", Problem::Wrong, Wanted::Ratio);
    }
    let zero = |case: &mut Value| case["input"]["weights"] = json!([0, 0]);
    check_with("W13", zero, "input.weights", Problem::Wrong, Wanted::Weights);
    let below = |case: &mut Value| case["input"]["weights"] = json!([6, -6, 2]);
    check_with("W13", below, "input.weights[1]", Problem::Wrong, Wanted::Weight);
    let twice = |case: &mut Value| case["input"]["borne_fen"] = json!([["bank", 1], ["bank", 2]]);
    check_with("W12", twice, "input.borne_fen[1]", Problem::Wrong, Wanted::Borne);
}

#[test]
fn parties_ids_and_words_are_checked() {
    for key in ["fund_party", "residual_party"] {
        let put = |case: &mut Value| case["input"][key] = json!("nobody");
        check_with("W01", put, &format!("input.{key}"), Problem::Wrong, Wanted::Party);
    }
    let put = |case: &mut Value| case["input"]["rounding"] = json!("half_up");
    check_with("W01", put, "input.rounding", Problem::Wrong, Wanted::Rounding);
    let put = |case: &mut Value| case["input"]["method"] = json!("FIFO");
    check_with("W08", put, "input.method", Problem::Wrong, Wanted::Method);
    let twice = |case: &mut Value| case["input"]["claims"][1]["id"] = json!("C1");
    check_with("W08", twice, "input.claims", Problem::Wrong, Wanted::OtherIds);
}

#[test]
fn sums_beyond_64_bits_are_refused_and_products_beyond_them_are_not() {
    let sums = |case: &mut Value| {
        case["input"]["insurance_fen"] = json!(i64::MAX);
        case["input"]["guarantor_fen"] = json!(1);
    };
    check_with("W01", sums, "input", Problem::Wrong, Wanted::Sum);
    let mut largest = example("W01");
    largest["input"]["eligible_principal_fen"] = json!(i64::MAX);
    let shares = answered(&largest).unwrap()["result"]["shares_fen"].clone();
    assert_eq!(shares, json!({ "bank": 5_534_023_222_112_865_484_i64, "fund": 3_689_348_814_741_910_323_i64 }));
}

#[test]
fn an_empty_batch_and_a_case_without_receipts_have_answers() {
    let mut batch = example("W08");
    batch["input"]["claims"] = json!([]);
    let result = answered(&batch).unwrap()["result"].clone();
    let wanted =
        json!({ "fund_available_fen": 180_000_000, "total_paid_fen": 0, "fund_left_fen": 180_000_000, "claims": [] });
    assert_eq!(result, wanted);
    let mut recovery = example("W12");
    recovery["input"]["receipts"] = json!([]);
    let result = answered(&recovery).unwrap()["result"].clone();
    assert_eq!(result["steps"], json!([]));
    assert_eq!(result["unreimbursed_fen"], json!({ "bank": 60_000_000, "fund": 40_000_000 }));
}
