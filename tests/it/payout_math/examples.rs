//! All worked examples through the function that the command uses.

use pledgefund::i18n::{self, Lang};
use pledgefund::rulebook::payout_math::{MathFault, Problem, Wanted, answer};
use serde_json::{Value, json};

const EXAMPLES: &str = include_str!("../../data/payout-examples.json");

pub fn examples() -> Vec<Value> {
    serde_json::from_str(EXAMPLES).unwrap()
}

pub fn example(id: &str) -> Value {
    examples().into_iter().find(|example| example["id"] == id).unwrap()
}

pub fn answered(case: &Value) -> Result<Value, MathFault> {
    answer(case.to_string().as_bytes())
}

#[track_caller]
fn check_example(id: &str) {
    let example = example(id);
    let wanted = json!({ "id": id, "result": example["expected"] });
    // The order of keys counts as well.
    assert_eq!(answered(&example).unwrap().to_string(), wanted.to_string(), "{id}");
}

#[test]
fn every_worked_example_comes_out_to_the_fen_and_to_the_key() {
    let examples = examples();
    assert_eq!(examples.len(), 18);
    for example in examples {
        check_example(example["id"].as_str().unwrap());
    }
}

#[test]
fn w13_ten_fen_at_6_6_2_give_the_third_party_two() {
    check_example("W13");
    assert_eq!(answered(&example("W13")).unwrap()["result"], json!({ "shares_fen": [4, 4, 2] }));
}

#[test]
fn w14_one_fen_more_gives_the_third_party_one_fen_less() {
    check_example("W14");
    assert_eq!(answered(&example("W14")).unwrap()["result"], json!({ "shares_fen": [5, 5, 1] }));
}

#[test]
fn a_tie_of_a_claim_goes_to_the_residual_party_wherever_it_is_listed() {
    let mut case = example("W17");
    for order in [[("bank", 500_000), ("fund", 500_000)], [("fund", 500_000), ("bank", 500_000)]] {
        case["input"]["weights_ppm"] = json!(order);
        assert_eq!(answered(&case).unwrap()["result"]["shares_fen"], json!({ "bank": 1, "fund": 0 }));
    }
    // Three thirds of two fen: the fund, listed before the insurer, still comes last.
    case["input"]["eligible_principal_fen"] = json!(2);
    case["input"]["weights_ppm"] = json!([("fund", 300_000), ("insurer", 300_000), ("bank", 300_000)]);
    assert_eq!(answered(&case).unwrap()["result"]["shares_fen"], json!({ "fund": 0, "insurer": 1, "bank": 1 }));
}

#[test]
fn a_tie_of_a_split_goes_to_the_earlier_place() {
    let case = json!({ "id": "x", "kind": "split", "input": { "total_fen": 2, "weights": [1, 1, 1] } });
    assert_eq!(answered(&case).unwrap()["result"], json!({ "shares_fen": [1, 1, 0] }));
}

#[test]
fn what_can_be_wrong_and_right_is_said_in_both_languages() {
    let problems = Problem::ALL.iter().map(|problem| format!("cli.payout_math_{}", problem.code()));
    let wanted = Wanted::ALL.iter().map(|wanted| format!("cli.payout_math_want_{}", wanted.code()));
    for key in problems.chain(wanted) {
        for lang in Lang::ALL {
            assert!(i18n::texts(lang).contains_key(&key), "{key}");
        }
    }
}
