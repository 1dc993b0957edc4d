//! Claims that come back, are refused, are appealed, or wait.

use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use super::town::{figures, measure, review, second_version, story};

fn deficiency(document: &str) -> Value {
    json!({ "deficiencies": [{ "code": "document_missing", "document": document, "note": "请补" }] })
}

/// Under the second version the bank has 15 working days, the fund 3 to accept and 10 to review.
#[test]
fn a_claim_returned_twice_is_paid_and_both_sides_days_are_counted_apart() {
    story("2025-08-04", &second_version(), |town| {
        town.pay_in("1", "20000000.00");
        let mut form = town.form("A1", "1000000.00", "2025-08-04", "2026-08-04");
        form["rights"][0]["kind"] = json!("trademark");
        let loan = town.lend("AAA", form);
        town.on("2026-03-02");
        let mut asked = figures("1000000.00", "2025-11-20");
        asked["documents"] =
            json!(["loan_contract", "drawdown", "pledge_certificate", "overdue_proof", "recovery_start"]);
        let claim = town.ask(&loan, asked);
        town.on("2026-03-04");
        let back = town.claim(&claim, "returned", "审核员", deficiency("dunning"));
        assert_eq!(back["state"], "returned");
        // 15 working days after Wednesday 4 March: Wednesday 25 March.
        assert_eq!(town.status(&claim).due_on.unwrap().to_string(), "2026-03-25");
        let early = json!({ "reason": "逾期未补正" });
        assert_eq!(town.refused(Life::Claim, &claim, "withdrawn", "审核员", early), "CLAIM_STAGE");
        town.on("2026-03-11");
        town.claim(&claim, "relodged", "甲经办", json!({ "documents": ["dunning"] }));
        town.claim(&claim, "accepted", "审核员", json!({}));
        town.on("2026-03-13");
        town.claim(&claim, "returned", "审核员", deficiency("diligence"));
        town.on("2026-03-16");
        let rest = json!({ "documents": ["register_extract", "recovery_plan", "diligence", "use_check", "account"] });
        town.claim(&claim, "relodged", "甲复核", rest);
        assert_eq!(town.status(&claim).state, "accepted", "it goes back to the desk that returned it");
        town.on("2026-03-17");
        town.claim(&claim, "reviewed", "审核员", review());
        let (amount, calculation) = town.computed(&claim);
        assert_eq!(amount, "400000.00");
        let grant = json!({ "amount": amount, "calculation": calculation, "no_conflict": true });
        town.claim(&claim, "approved", "分管", grant);
        let order = json!({ "amount": amount });
        assert_eq!(town.refused(Life::Claim, &claim, "ordered", "登记员", order.clone()), "CLAIM_PUBLICITY_NEEDED");
        let before = json!({ "medium": "局网站", "from": "2026-03-16" });
        assert_eq!(town.refused(Life::Claim, &claim, "publicised", "登记员", before), "CLAIM_DAY", "not yet granted");
        town.claim(&claim, "publicised", "登记员", json!({ "medium": "局网站", "from": "2026-03-18" }));
        town.claim(&claim, "objected", "登记员", json!({ "by": "群众", "text": "疑为关联贷款" }));
        town.on("2026-03-26");
        assert_eq!(town.refused(Life::Claim, &claim, "ordered", "登记员", order), "CLAIM_OBJECTION_OPEN");
        town.claim(&claim, "objection_settled", "审核员", json!({ "upheld": false, "note": "查无关联" }));
        town.pay(&claim, &amount);
        let mut db = town.app.store.read().unwrap();
        let filing = pledgefund::storage::find::claims::filing(&mut db, &claim).unwrap().unwrap();
        let standing = pledgefund::usecase::lives::claim::load(&mut db, &filing).unwrap();
        let calendar = pledgefund::reference::work_calendar();
        let taken = pledgefund::domain::claim::clocks::taken(&standing, calendar, town.day);
        // The bank: 4 to 11 March and 13 to 16 March; the draft and the receipt were made on the day.
        assert_eq!((taken.bank, taken.fund), (5 + 1, 2 + 2 + 1 + 7));
        assert_eq!(standing.returned, 2);
    });
}

#[test]
fn a_bank_that_lets_its_time_run_out_loses_its_place_and_may_ask_again() {
    story("2025-08-04", &second_version(), |town| {
        town.pay_in("1", "20000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-08-04", "2026-08-04"));
        town.on("2026-03-02");
        let claim = town.ask(&loan, figures("1000000.00", "2025-11-20"));
        town.claim(&claim, "returned", "审核员", deficiency("dunning"));
        town.on("2026-03-24");
        let late = town.refused(Life::Claim, &claim, "relodged", "甲经办", json!({ "documents": ["dunning"] }));
        assert_eq!(late, "CLAIM_TOO_LATE");
        town.claim(&claim, "withdrawn", "审核员", json!({ "reason": "逾期未补正视为撤回" }));
        assert_eq!(town.balance("promised:earmarked"), 0);
        assert_eq!(town.loan(&loan).reserved_fen, 40_000_000, "the loan is covered as before");
        let again = town.ask(&loan, figures("1000000.00", "2025-11-20"));
        assert_ne!(again, claim);
        assert_eq!(town.loan(&loan).reserved_fen, 0);
    });
}

#[test]
fn a_refusal_that_was_wrong_is_put_right_by_another_person() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        town.claim(&claim, "accepted", "审核员", json!({}));
        let oppose = json!({ "opinion": "oppose", "no_conflict": true, "note": "用途不符" });
        town.claim(&claim, "reviewed", "审核员", oppose);
        town.claim(&claim, "rejected", "分管", json!({ "reasons": ["USE_OF_FUNDS"], "note": "第二十五条" }));
        assert_eq!((town.balance("promised:earmarked"), town.status(&claim).state.as_str()), (0, "rejected"));
        town.claim(&claim, "appealed", "甲复核", json!({ "grounds": "发票可证" }));
        assert_eq!(town.balance("promised:earmarked"), 40_000_000, "it is asked for again");
        let uphold = json!({ "upheld": true, "note": "发票属实" });
        assert_eq!(
            town.refused(Life::Claim, &claim, "appeal_decided", "分管", uphold.clone()),
            "CLAIM_CONFLICT",
            "who refused it does not judge the appeal"
        );
        town.claim(&claim, "appeal_decided", "主任", uphold);
        town.claim(&claim, "reviewed", "审核员", review());
        let amount = town.approve(&claim, "联席");
        town.pay(&claim, &amount);
    });
}

#[test]
fn a_figure_that_contradicts_another_is_caught_when_it_is_written() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = format!("{loan}@2025-09-01");
        let refuse = |change: &dyn Fn(&mut Value), code: &str| {
            let mut wrong = figures("1000000.00", "2025-05-01");
            change(&mut wrong);
            let details = json!({ "figures": wrong });
            assert_eq!(town.refused(Life::Claim, &claim, "drafted", "甲经办", details), code);
        };
        refuse(&|f| f["outstanding"] = json!("1000000.01"), "FIGURES_ABOVE_PRINCIPAL");
        refuse(&|f| f["outstanding"] = json!("0"), "FIGURES_NOTHING_UNPAID");
        refuse(&|f| f["overdue_since"] = json!("2024-12-31"), "FIGURES_OVERDUE_BEFORE_LOAN");
        refuse(&|f| f["overdue_since"] = json!("2025-09-02"), "FIGURES_OVERDUE_AHEAD");
        refuse(&|f| f["insurer_paid"] = json!("1.00"), "FIGURES_INSURER_UNKNOWN");
        refuse(&|f| f["guarantor_paid"] = json!("1.00"), "FIGURES_GUARANTOR_UNKNOWN");
        refuse(&|f| f["collateral_cost"] = json!("1.00"), "FIGURES_COST_WITHOUT_PROCEEDS");
        refuse(&|f| f["collateral_gross"] = json!("1000001.00"), "FIGURES_COVERED_ALREADY");
        refuse(&|f| f["pledge_registered_on"] = json!("2025-08-15"), "FIGURES_PLEDGE_AFTER_NPL");
        refuse(&|f| f["applied"] = json!("1000000.01"), "FIGURES_APPLIED_ABOVE_UNPAID");
        refuse(&|f| f["outstanding"] = json!(12.5), "FIELD_WRONG_KIND");
        refuse(&|f| f["outstanding"] = json!("12.345"), "FIELD_BAD_MONEY");
        refuse(&|f| f["unknown"] = json!("1"), "FIELD_UNKNOWN");
        refuse(&|f| drop(f.as_object_mut().unwrap().remove("outstanding")), "FIELD_MISSING");
    });
}
