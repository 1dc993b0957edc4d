//! Money that comes back under a rulebook: ratio borne, ratio of its own, costs, dates, what is left open.

use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::outcome::Decision;
use pledgefund::domain::payout::recover::{RecoveryOutcome, recover};
use pledgefund::embedded::{self, Rulebooks};
use pledgefund::reference::work_calendar;
use pledgefund::rulebook::quote_json::{AnyCase, any_case};
use serde_json::{Value, json};

use super::cases::{book_of, day, fen, part};

fn text() -> String {
    embedded::text::<Rulebooks>("shuozhou-2.toml").unwrap()
}

fn run(rulebook: &str, case: &Value) -> RecoveryOutcome {
    let AnyCase::Recovery(came) = any_case(&case.to_string()).unwrap() else { panic!("a recovery") };
    recover(&Rules::of(&book_of(rulebook), work_calendar()), &came)
}

fn case(receipts: Value) -> Value {
    json!({ "kind": "recovery", "case": "R1", "on": "2026-04-01",
        "borne": { "fund": "400000.00", "bank": "600000.00" }, "receipts": receipts })
}

#[test]
fn receipts_go_to_the_parties_in_the_ratio_borne_until_both_are_whole() {
    // Worked example W12 in yuan: 700,000.01 is 420,000.01 and 280,000.00; of the next 450,000.00 only 299,999.99 is
    // still open, so 150,000.01 is left over.
    let outcome = run(
        &text(),
        &case(json!([
            { "on": "2026-03-02", "gross": "705000.01", "cost": "5000.00" },
            { "on": "2026-03-31", "gross": "450000.00" },
        ])),
    );
    assert_eq!((outcome.decision, outcome.reasons.len()), (Decision::Pay, 0));
    let [first, second] = outcome.receipts.as_slice() else { panic!("two receipts") };
    assert_eq!(
        (part(Some(&first.parts), "bank"), part(Some(&first.parts), "fund")),
        ("420000.01".into(), "280000.00".into())
    );
    assert_eq!(
        (part(Some(&second.parts), "bank"), part(Some(&second.parts), "fund")),
        ("179999.99".into(), "120000.00".into())
    );
    assert_eq!((first.surplus, second.surplus), (fen("0.00"), fen("150000.01")));
    // Ten working days after Monday 2026-03-02 end on Monday 2026-03-16.
    assert_eq!(first.due_on, Some(day("2026-03-16")));
    assert!(outcome.unreimbursed.iter().all(|(_, left)| *left == fen("0.00")));
}

#[test]
fn cost_above_the_proceeds_is_carried_to_the_next_receipt() {
    let outcome = run(
        &text(),
        &case(json!([
            { "on": "2026-03-02", "gross": "10000.00", "cost": "15000.00" },
            { "on": "2026-03-03", "gross": "105000.00", "cost": "0.00" },
        ])),
    );
    assert_eq!(outcome.receipts[0].cost_carried, fen("5000.00"));
    assert_eq!(part(Some(&outcome.receipts[1].parts), "fund"), "40000.00");
    let ignored = text().replace("costs = \"first\"", "costs = \"none\"");
    let outcome = run(&ignored, &case(json!([{ "on": "2026-03-02", "gross": "10000.00", "cost": "15000.00" }])));
    assert_eq!(part(Some(&outcome.receipts[0].parts), "fund"), "4000.00");
}

#[test]
fn a_ratio_of_its_own_fills_whoever_is_not_whole_yet() {
    // 10 : 90 of 500,000.00 is 50,000.00 and 450,000.00; the fund has only 400,000.00 open, so the other 50,000.00 go
    // to the bank as well.
    let fixed = text().replace("ratio = \"borne\"", "ratio = { fund = \"90 %\", bank = \"10 %\" }");
    let outcome = run(&fixed, &case(json!([{ "on": "2026-03-02", "gross": "500000.00", "cost": "0.00" }])));
    let parts = &outcome.receipts[0].parts;
    assert_eq!((part(Some(parts), "fund"), part(Some(parts), "bank")), ("400000.00".into(), "100000.00".into()));
    assert_eq!(outcome.receipts[0].surplus, fen("0.00"));
    assert_eq!(part(Some(&outcome.returned), "bank"), "100000.00");
    assert_eq!(part(Some(&outcome.unreimbursed), "bank"), "500000.00");
}

#[test]
fn after_the_write_off_the_measure_decides_who_keeps_it() {
    let late = json!([{ "on": "2026-03-02", "gross": "10000.00", "after_write_off": true }]);
    assert_eq!(part(Some(&run(&text(), &case(late.clone())).receipts[0].parts), "fund"), "4000.00");
    let kept = text().replace("late = \"same\"", "late = \"none\"");
    let outcome = run(&kept, &case(late.clone()));
    assert!(outcome.receipts[0].kept && outcome.receipts[0].parts.is_empty());
    assert_eq!(part(Some(&outcome.unreimbursed), "fund"), "400000.00");
    let open = text().replace("late = \"same\"", "late = \"unknown\"");
    let outcome = run(&open, &case(late));
    assert_eq!((outcome.decision, outcome.reasons[0].article.as_deref()), (Decision::Hold, Some("第二十三条")));
}

#[test]
fn a_measure_without_a_word_on_recovery_and_a_party_it_does_not_know_hold() {
    let silent = embedded::text::<Rulebooks>("shuozhou-1.toml").unwrap();
    let receipts = json!([{ "on": "2026-03-02", "gross": "10000.00" }]);
    let outcome = run(&silent, &case(receipts.clone()));
    assert_eq!((outcome.decision, outcome.reasons[0].code.code()), (Decision::Hold, "CLAUSE_UNKNOWN"));
    let mut stranger = case(receipts);
    stranger["borne"] = json!({ "fund": "1.00", "stranger": "1.00" });
    assert_eq!(run(&text(), &stranger).decision, Decision::Hold);
}
