//! What was granted or entered wrongly is taken back by a further act of another person.

use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use super::town::{Town, figures, measure, review, story};

/// A claim over 1,000,000.00 that was granted and paid `granted` yuan of 400,000.00.
fn paid(town: &mut Town, granted: &str) -> String {
    town.pay_in("1", "10000000.00");
    let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
    town.on("2025-09-01");
    let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
    town.claim(&claim, "accepted", "审核员", json!({}));
    town.claim(&claim, "reviewed", "审核员", review());
    let mut grant = json!({ "amount": granted, "calculation": town.computed(&claim).1, "no_conflict": true });
    if granted != "400000.00" {
        grant["reduced_because"] = json!("银行未尽职");
    }
    town.claim(&claim, "approved", "分管", grant);
    town.pay(&claim, granted);
    claim
}

fn collected(gross: &str) -> Value {
    json!({ "kind": "enforcement", "gross": gross, "cost": "0", "on": "2025-09-01" })
}

/// 400,000.00 were computed and 200,000.00 paid: the bank bears 800,000.00, so 300,000.00 are shared 240,000.00 to
/// 60,000.00, and 700,000.00 more make both whole.
#[test]
fn a_recovery_is_shared_by_what_was_paid_not_by_what_was_computed() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = paid(town, "200000.00");
        town.claim(&claim, "recovery_collected", "甲经办", collected("300000.00"));
        assert_eq!(town.balance("recovery_in_transit:AAA"), 6_000_000);
        town.claim(&claim, "recovery_collected", "甲经办", collected("800000.00"));
        assert_eq!(town.status(&claim).recovered_fen, 20_000_000, "never more than it paid");
    });
}

/// What is proposed and declined leaves the shares as they were.
#[test]
fn a_settlement_that_was_declined_changes_no_share() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = paid(town, "400000.00");
        let mut less = figures("1000000.00", "2025-05-01");
        less["collateral_gross"] = json!("500000.00");
        town.claim(&claim, "final_stated", "甲经办", json!({ "figures": less }));
        town.claim(&claim, "resettled", "审核员", json!({ "cause": "处置款" }));
        town.claim(&claim, "resettlement_decided", "分管", json!({ "accepted": false, "note": "款项存疑" }));
        town.claim(&claim, "recovery_collected", "甲经办", collected("100000.00"));
        assert_eq!(town.balance("recovery_in_transit:AAA"), 4_000_000);
    });
}

#[test]
fn money_entered_wrongly_is_taken_back_by_another_person() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = paid(town, "400000.00");
        let none = json!({ "act_no": 1, "reason": "错录" });
        assert_eq!(town.refused(Life::Claim, &claim, "movement_reversed", "出纳", none), "CLAIM_NO_MOVEMENT");
        let no = |answer: &Value| answer["version"].as_i64().unwrap();
        let first = no(&town.claim(&claim, "recovery_collected", "登记员", collected("10000.00")));
        let second = no(&town.claim(&claim, "recovery_collected", "甲经办", collected("1000000.00")));
        let banked =
            json!({ "amount": "400000.00", "on": "2025-09-01", "destination": "fund_account", "voucher_no": "凭7" });
        let banked = no(&town.claim(&claim, "recovery_banked", "出纳", banked));
        assert_eq!(town.balance("cash"), 1_000_000_000);
        let back = |act_no: i64| json!({ "act_no": act_no, "reason": "多录一个零" });
        let refused = |act_no: i64, by: &str| town.refused(Life::Claim, &claim, "movement_reversed", by, back(act_no));
        assert_eq!(refused(second, "出纳"), "CLAIM_OPEN_BUSINESS", "what was handed over goes back first");
        assert_eq!(refused(banked, "出纳"), "CLAIM_SAME_PERSON");
        town.claim(&claim, "movement_reversed", "登记员", back(banked));
        assert_eq!(town.balance("cash"), 960_000_000);
        assert_eq!(refused(first, "出纳"), "CLAIM_OPEN_BUSINESS", "the newest recovery goes back first");
        town.claim(&claim, "movement_reversed", "出纳", back(second));
        assert_eq!(refused(second, "出纳"), "CLAIM_MOVEMENT_UNKNOWN", "once");
        assert_eq!(refused(first, "登记员"), "CLAIM_SAME_PERSON");
        assert_eq!(town.balance("recovery_in_transit:AAA"), 400_000);
        assert_eq!(town.balance("recovery_income:city"), -400_000);
        town.claim(&claim, "recovery_collected", "甲经办", collected("100000.00"));
        assert_eq!(town.status(&claim).recovered_fen, 400_000 + 4_000_000, "shared as if it had never been entered");
    });
}

#[test]
fn a_grant_is_taken_back_and_a_wrong_scan_is_no_dead_end() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        town.claim(&claim, "accepted", "审核员", json!({}));
        town.claim(&claim, "reviewed", "审核员", review());
        let (amount, calculation) = town.computed(&claim);
        let on_paper = json!({
            "amount": amount, "calculation": calculation, "no_conflict": true, "signed_scan": "扫描件1",
        });
        town.claim(&claim, "approved", "分管", on_paper);
        assert_eq!(town.status(&claim).state, "awaiting_confirmation");
        let wrong = json!({ "reason": "扫描件与录入不符" });
        assert_eq!(town.refused(Life::Claim, &claim, "approval_revoked", "甲复核", wrong.clone()), "CLAIM_ROLE");
        town.claim(&claim, "approval_revoked", "主任", wrong);
        assert_eq!((town.status(&claim).state.as_str(), town.balance("promised:ordered")), ("reviewed", 0));
        assert_eq!(town.balance("promised:earmarked"), 40_000_000, "it is asked for as before");
        town.approve(&claim, "分管");
        town.claim(&claim, "approval_revoked", "分管", json!({ "reason": "查出质权失效线索" }));
        assert_eq!((town.status(&claim).state.as_str(), town.balance("promised:ordered")), ("accepted", 0));
        town.claim(&claim, "reviewed", "审核员", review());
        let amount = town.approve(&claim, "主任");
        town.pay(&claim, &amount);
    });
}

#[test]
fn a_payment_has_its_day_and_a_quarter_is_reported_once() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        for day in ["2025-08-31", "2025-09-02"] {
            let paid = json!({ "paid_on": day, "voucher_no": "凭1" });
            assert_eq!(town.refused(Life::Claim, &claim, "paid", "出纳", paid), "CLAIM_DAY", "{day}");
        }
        town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2025-09-01", "voucher_no": "凭1" }));
        let report = |quarter: &str| json!({ "quarter": quarter, "progress": "执行中", "gross": "0", "cost": "0", "next_step": "等待" });
        for quarter in ["2025Q4", "2025-3", "25Q3", "2025Q0", "2025Q5", "第三季度"] {
            let refused = town.refused(Life::Claim, &claim, "recovery_reported", "甲经办", report(quarter));
            assert_eq!(refused, "CLAIM_QUARTER", "{quarter}");
        }
        town.claim(&claim, "recovery_reported", "甲经办", report("2025Q3"));
        let twice = town.refused(Life::Claim, &claim, "recovery_reported", "甲复核", report("2025Q3"));
        assert_eq!(twice, "CLAIM_QUARTER_REPORTED");
    });
}

/// The bank has written the loan off: its balance is 0.00, and the loss is stated as it was.
#[test]
fn final_figures_are_stated_when_the_loan_is_off_the_books() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = paid(town, "400000.00");
        let repaid = {
            let mut figures = figures("1000000.00", "2025-05-01");
            figures["outstanding"] = json!("0");
            figures
        };
        town.claim(&claim, "final_stated", "甲经办", json!({ "figures": repaid }));
        town.claim(&claim, "resettled", "审核员", json!({ "cause": "借款人全额还清" }));
        town.claim(&claim, "resettlement_decided", "分管", json!({ "accepted": true }));
        assert_eq!(town.balance("owed_by_bank:AAA"), 40_000_000);
    });
}
