//! Subsidies of the schemes that pay them, to the fen, with their ceilings.

use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::outcome::Decision;
use pledgefund::domain::payout::subsidy::{SubsidyOutcome, subsidies};
use pledgefund::reference::work_calendar;
use pledgefund::rulebook::quote_json::{AnyCase, any_case};
use serde_json::{Value, json};

use super::support::{book, case, cited, closed, run, text};

fn asked(rulebook: &str, paid: Value, more: impl FnOnce(&mut Value)) -> SubsidyOutcome {
    let mut case = json!({ "kind": "subsidy", "case": "B1", "on": "2026-03-31",
        "loan": { "principal": "3000000.00", "annual_rate": "0.0483", "lpr_1y": "0.0345" },
        "borrower": { "revenue": "12000000.00", "tags": [] }, "paid": paid });
    more(&mut case);
    let AnyCase::Subsidy(asked) = any_case(&case.to_string()).unwrap() else { panic!("a subsidy") };
    subsidies(&Rules::of(&book(rulebook), work_calendar()), &asked)
}

fn granted(outcome: &SubsidyOutcome) -> Vec<(String, String)> {
    outcome.grants.iter().map(|grant| (grant.id.to_string(), grant.granted.yuan())).collect()
}

#[test]
fn dehua_pays_one_per_cent_of_the_loan_and_half_of_the_appraisal() {
    // 1 % of 3,000,000.00 is 30,000.00; half of 9,999.99 is 4,999.99 rounded down. No yearly ceiling is seen, so it
    // is assumed here.
    let text = text("dehua").replace("per_firm_year = \"unknown\"", "per_firm_year = \"4 万元\"");
    let outcome = asked(&text, json!({ "appraisal_fee_paid": "9999.99" }), |_| ());
    assert_eq!(
        granted(&outcome),
        [("loan".to_owned(), "30000.00".to_owned()), ("appraisal".to_owned(), "4999.99".to_owned())]
    );
    assert_eq!(outcome.total.yuan(), "34999.99");
    let open = asked(&super::support::text("dehua"), json!({ "appraisal_fee_paid": "9999.99" }), |_| ());
    assert_eq!(open.decision, Decision::Hold, "the ceiling is not seen");
    let honest = run(&book(&closed("dehua")), &case("350526"));
    assert_eq!((honest.decision, cited(&honest)), (Decision::Reject, vec![("NO_SHARING", "sharing".to_owned())]));
}

#[test]
fn lijiang_pays_thirty_per_cent_of_the_interest_within_what_is_left_of_the_year() {
    let text = text("lj").replace("per_firm_year = \"unknown\"", "per_firm_year = \"10 万元\"");
    let outcome = asked(&text, json!({ "interest_paid": "144900.00" }), |_| ());
    assert_eq!(granted(&outcome), [("interest".to_owned(), "43470.00".to_owned())]);
    let outcome =
        asked(&text, json!({ "interest_paid": "144900.00", "granted_this_year": { "interest": "80000.00" } }), |_| ());
    assert_eq!(granted(&outcome), [("interest".to_owned(), "20000.00".to_owned())]);
    let honest = run(&book(&closed("lj")), &case("530702"));
    assert_eq!((honest.decision, cited(&honest)), (Decision::Reject, vec![("NO_SHARING", "sharing".to_owned())]));
}

#[test]
fn qingdao_pays_half_of_the_interest_and_its_premium_rates_are_not_seen() {
    let outcome =
        asked(&text("qd-2015"), json!({ "interest_paid": "100000.00", "premium_paid": "5000.00", "year": 2 }), |_| ());
    assert_eq!(outcome.decision, Decision::Hold);
    let known = text("qd-2015")
        .replace("by_year = [\"unknown\", \"unknown\", \"unknown\"]", "by_year = [\"60 %\", \"40 %\", \"20 %\"]")
        .replace("per_firm_year = \"unknown\"", "per_firm_year = \"100 万元\"")
        .replace("base = \"appraisal_fee_paid\"\nrate = \"unknown\"", "base = \"appraisal_fee_paid\"\nrate = \"50 %\"");
    let paid = |year: u32| json!({ "interest_paid": "100000.00", "premium_paid": "5000.00", "appraisal_fee_paid": "0.00", "year": year });
    // 50 % of 100,000.00; the premium declines 60, 40, 20 % and is nothing from the fourth year on.
    for (year, premium) in [(1, "3000.00"), (2, "2000.00"), (3, "1000.00"), (4, "0.00")] {
        let outcome = asked(&known, paid(year), |_| ());
        assert_eq!(
            granted(&outcome)[..2],
            [("interest".to_owned(), "50000.00".to_owned()), ("premium".to_owned(), premium.to_owned())]
        );
    }
}

#[test]
fn sichuan_pays_one_and_a_half_per_cent_a_year_by_days() {
    let known = text("sc-tianfu-2025").replace("per_firm_year = \"unknown\"", "per_firm_year = \"100 万元\"");
    // 3,000,000.00 × 182 ÷ 365 = 1,495,890.41 (floor), × 1.5 % = 22,438.35 (floor).
    let outcome = asked(&known, json!({ "days": 182 }), |_| ());
    assert_eq!(granted(&outcome), [("interest".to_owned(), "22438.35".to_owned())]);
    assert_eq!(asked(&known, json!({}), |_| ()).decision, Decision::Hold, "without the days nothing is computed");
}

#[test]
fn beijing_pays_forty_per_cent_up_to_half_a_million_where_the_rate_is_low_enough() {
    let text = text("bj-zgc-2021");
    // LPR 3.45 % × 1.4 = 4.83 %: the rate may be just that.
    let outcome = asked(&text, json!({ "interest_paid": "144900.00" }), |_| ());
    let interest = outcome.grants.iter().find(|grant| grant.kind.code() == "interest").expect("interest is subsidised");
    assert_eq!(interest.granted.yuan(), "57960.00");
    let outcome = asked(&text, json!({ "interest_paid": "2000000.00" }), |_| ());
    let interest = outcome.grants.iter().find(|grant| grant.kind.code() == "interest").unwrap();
    assert_eq!((interest.computed.yuan(), interest.granted.yuan()), ("800000.00".into(), "500000.00".into()));
    let dearer =
        asked(&text, json!({ "interest_paid": "144900.00" }), |case| case["loan"]["annual_rate"] = json!("0.048301"));
    assert!(dearer.grants.iter().all(|grant| grant.kind.code() != "interest"), "one millionth dearer than LPR × 1.4");
    let claim = run(&book(&closed("bj-zgc-2021")), &case("110108"));
    assert_eq!(claim.decision, Decision::Hold);
    assert!(cited(&claim).contains(&("CLAUSE_UNKNOWN", "sharing".to_owned())), "{:?}", cited(&claim));
}
