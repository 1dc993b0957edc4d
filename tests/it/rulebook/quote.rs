//! Cases and outcomes as JSON.

use pledgefund::domain::ip_right::TermEnd;
use pledgefund::domain::payout::case::{LevelFacts, When};
use pledgefund::rulebook::quote_json::{CaseError, case_from_json, case_to_json, outcome_to_json};
use serde_json::{Value, json};

use super::cases::{claimed, day, default_book, enrolled, fen, pure, run_by, with_claim, with_right};

/// The case of the format's description, every field filled.
const FULL: &str = r#"{"case":"A1","on":"2026-03-31",
 "loan":{"contract_no":"","bank":"SGH","principal":"8000000.00","ip_amount":"8000000.00","disbursed_on":"2024-05-06","matures_on":"2025-05-06","registered_on":"2024-05-10","annual_rate":"0.0435","lpr_1y":"0.0345","route":"direct","pledge_mode":"pure","purpose":"working_capital","tags":["ip_pledge"]},
 "borrower":{"uscc":"91140602MA0HT3K731","size":"small","region":"140602","established_on":"2021-02-01","first_loan":true,"revenue":"12000000.00","assets":"9000000.00","employees":36,"debt_ratio":"0.41","credit_clean":true,"tags":[],"scheme_balance":"8000000.00","paid_to_date":"0.00","paid_this_year":"0.00"},
 "ip_rights":[{"kind":"invention","number":"ZL202011156730.2","pledge_registered_on":"2024-05-05","expires_on":"2040-10-26","lapsed_on":null}],
 "claim":{"filed_on":"2026-03-20","overdue_since":"2025-05-07","tier":"doubtful","npl_since":"2025-08-05","principal_outstanding":"8000000.00","interest_overdue":"312000.00","costs":"0.00","insurer_paid":"0.00","guarantor_paid":"0.00","collateral_gross":"0.00","collateral_cost":"0.00","court_accepted_on":"2025-11-03","written_off_on":null,"documents":["loan_contract","pledge_certificate"],"other_levels":[{"level":"province","recognised_on":"2026-03-10","paid":"0.00"}],"other_policy_paid":"0.00"},
 "bank":{"first_business_on":"2022-03-01","performance_grade":"A","npl_ratio":"0.021","npl_loss_this_year":"1200000.00","registered_principal_this_year":"90000000.00","paid_this_year":"400000.00","suspended":false,"portfolio_balance":"100000000.00","portfolio_npl":"6000000.00","portfolio_npl_loss":"3600000.00"},
 "fund":{"balance":"20000000.00","total":"20000000.00","floor":"0.00","paid_this_year":"400000.00","paid_this_year_by_mode":{"direct":"400000.00"}}}"#;

fn full() -> Value {
    serde_json::from_str(FULL).unwrap()
}

#[test]
fn the_full_case_is_read_and_paid_up_to_the_limit_per_loan() {
    let case = case_from_json(&full()).unwrap();
    let result = outcome_to_json(&run_by(&default_book(), &case));
    assert_eq!(result["decision"], "pay");
    assert_eq!(result["loss_base"], "8000000.00");
    assert_eq!(result["fund_rate"], "0.500000");
    assert_eq!(result["shares"], json!({"bank": "4000000.00", "fund": "4000000.00"}));
    let first_cap = json!({"cap": "per_loan", "limit": "3000000.00", "before": "4000000.00", "after": "3000000.00"});
    assert_eq!(result["caps"][0], first_cap);
    assert_eq!((&result["payout"], &result["provisional"]), (&json!("3000000.00"), &json!("0.00")));
    assert_eq!(result["borne"], json!({"bank": "5000000.00", "fund": "3000000.00"}));
    assert_eq!(result["binding"], json!(["per_loan"]));
}

#[test]
fn a_case_written_and_read_again_is_the_same_case() {
    let spans = TermEnd::WithinYear { first: day("2040-01-01"), last: day("2040-12-31") };
    let cases = [
        case_from_json(&full()).unwrap(),
        enrolled("100000.00", "60000.00"),
        with_right(pure("100000.00"), |right| right.term_end = Some(spans)),
        with_right(pure("100000.00"), |right| right.term_end = Some(TermEnd::Open)),
        with_right(pure("100000.00"), |right| right.term_end = None),
        with_claim(pure("100000.00"), |claim| {
            claim.written_off_on = Some(When::NotYet);
            claim.other_levels = Some(vec![LevelFacts { paid: Some(fen("1.00")), ..LevelFacts::default() }]);
        }),
    ];
    for case in cases {
        assert_eq!(case_from_json(&case_to_json(&case)).as_ref(), Ok(&case));
    }
}

#[test]
fn the_same_case_under_the_same_rulebook_gives_the_same_bytes() {
    let case = case_from_json(&full()).unwrap();
    let first = outcome_to_json(&run_by(&default_book(), &case)).to_string();
    let stored = case_from_json(&serde_json::from_str(&case_to_json(&case).to_string()).unwrap()).unwrap();
    assert_eq!(outcome_to_json(&run_by(&default_book(), &stored)).to_string(), first);
}

#[test]
fn a_malformed_case_is_refused_with_its_place() {
    let refused = |change: fn(&mut Value)| {
        let mut case = full();
        change(&mut case);
        case_from_json(&case).unwrap_err()
    };
    let missing = |path: &str| CaseError::Missing { path: path.to_owned() };
    assert_eq!(refused(|c| *c = json!({"on": "2026-01-01", "loan": {}})), missing("case"));
    assert_eq!(refused(|c| c["loan"] = json!({})), missing("loan.principal"));
    assert_eq!(refused(|c| c["loan"]["rout"] = json!("x")), CaseError::Unknown { path: "loan.rout".to_owned() });
    assert_eq!(refused(|c| c["extra"] = json!(1)), CaseError::Unknown { path: "extra".to_owned() });
    let form = |path: &str, expected| CaseError::Form { path: path.to_owned(), expected };
    let yuan = "yuan as text with two places";
    assert_eq!(refused(|c| c["loan"]["ip_amount"] = json!(5.0)), form("loan.ip_amount", yuan));
    assert_eq!(refused(|c| c["claim"]["insurer_paid"] = json!("-1.00")), form("claim.insurer_paid", yuan));
    assert_eq!(
        refused(|c| c["ip_rights"][0]["lapsed_on"] = json!("2026-02-30")),
        form("ip_rights[0].lapsed_on", "a day or null")
    );
    assert_eq!(refused(|c| *c = json!([])), form("", "an object"));
    assert_eq!(refused(|c| c["on"] = json!("soon")), form("on", "a day"));
}

#[test]
fn reasons_and_steps_are_told_in_both_languages_and_say_what_is_only_proposed() {
    let result = outcome_to_json(&run_by(&default_book(), &claimed("100000.00", "49990.00", "100000.00")));
    let reason = &result["reasons"][0];
    assert_eq!(reason["code"], "IP_SHARE_BELOW_MINIMUM");
    assert_eq!(reason["article"], "第十一条");
    assert_eq!(reason["text_zh"], "知识产权承担比例低于最低要求（知识产权承担比例 49.99 %）（第十一条）");
    assert_eq!(
        reason["text_en"],
        "the share carried by IP is below the minimum (share carried by IP 49.99 %) (第十一条)"
    );
    let trace = result["trace"].as_array().unwrap();
    for step in trace {
        let (zh, en) = (step["text_zh"].as_str().unwrap(), step["text_en"].as_str().unwrap());
        assert!(!zh.contains('{') && !en.contains('{'), "unfilled: {zh} / {en}");
        assert!(!zh.starts_with("payout.") && !en.contains("payout."), "no text: {zh} / {en}");
        assert!(zh.ends_with("（建议值，未经批准）") && en.ends_with(" (proposed, not approved)"), "{zh} / {en}");
    }
    let loss = trace.iter().find(|step| step["step"] == "loss_base").unwrap();
    assert_eq!(loss["text_zh"], "补偿基数：49,990.00 元减去 0.00 元，得 49,990.00 元（第十七条）（建议值，未经批准）");
}

#[test]
fn a_case_that_waits_says_what_is_held() {
    let case = with_claim(pure("100000.00"), |claim| claim.npl_since = None);
    let result = outcome_to_json(&run_by(&default_book(), &case));
    assert_eq!(
        (&result["decision"], &result["payout"], &result["held"]),
        (&json!("hold"), &json!("0.00"), &json!("40000.00"))
    );
    let unknown = with_claim(pure("100000.00"), |claim| claim.insurer_paid = None);
    let result = outcome_to_json(&run_by(&default_book(), &unknown));
    assert_eq!(
        (&result["loss_base"], &result["shares"], &result["caps"], &result["held"]),
        (&Value::Null, &Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn no_outcome_of_any_kind_leaves_a_place_unfilled() {
    let mut short = pure("100000.00");
    short.fund.balance = Some(fen("1.00"));
    let mut ambiguous = pure("100000.00");
    ambiguous.borrower.first_loan = None;
    ambiguous.fund.balance = None;
    ambiguous.ip_rights = None;
    ambiguous.loan.disbursed_on = None;
    for case in [short, ambiguous, enrolled("100000.00", "60000.00"), claimed("0.00", "1.00", "1.00")] {
        let text = outcome_to_json(&run_by(&default_book(), &case)).to_string();
        let told = text.split("\"text_").skip(1);
        for part in told {
            let part = part.split('}').next().unwrap();
            assert!(!part.contains('{') && !part.contains("payout."), "{part}");
        }
    }
}
