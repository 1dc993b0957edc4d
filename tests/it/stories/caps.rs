//! No room is promised twice: caps over several claims, one payment a loan.

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::town::{Town, figures, measure, review, second_version, story};

/// Two loans of 8,000,000.00 of the town's one borrower, asked for one after the other.
fn two_large(town: &mut Town) -> (String, String) {
    town.pay_in("1", "50000000.00");
    let first = town.lend("AAA", town.form("A1", "8000000.00", "2025-01-06", "2026-01-06"));
    let second = town.lend("BBB", town.form("B1", "8000000.00", "2025-01-06", "2026-01-06"));
    town.on("2025-09-01");
    let ask = |loan: &str| town.ask(loan, figures("8000000.00", "2025-05-01"));
    (ask(&first), ask(&second))
}

/// 40 % of 8,000,000.00 is cut to 3,000,000.00 a loan; a borrower has 5,000,000.00 in its life.
#[test]
fn two_claims_of_a_borrower_in_flight_share_its_cap() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let (first, second) = two_large(town);
        assert_eq!(town.computed(&first).0, "3000000.00");
        assert_eq!(town.computed(&second).0, "2000000.00", "what is set aside for the first counts");
        for claim in [&first, &second] {
            town.claim(claim, "accepted", "审核员", json!({}));
            town.claim(claim, "reviewed", "审核员", review());
        }
        let granted = town.approve(&first, "联席");
        assert_eq!(granted, "3000000.00");
        assert_eq!(town.computed(&second).0, "2000000.00", "what is granted counts before it is paid");
        let rest = town.approve(&second, "联席");
        town.pay(&first, &granted);
        town.pay(&second, &rest);
        assert_eq!(town.balance("compensation:city"), 500_000_000);
    });
}

/// The second in line is decided first: the room of the first is not given away.
#[test]
fn who_came_first_keeps_its_room_whoever_is_decided_first() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let (first, second) = two_large(town);
        let rest = town.grant(&second, "联席");
        assert_eq!(rest, "2000000.00");
        town.evening();
        assert_eq!(town.computed(&first).0, "3000000.00");
        town.claim(&first, "withdrawn", "甲经办", json!({ "reason": "借款人已还清" }));
        town.pay(&second, &rest);
        assert_eq!(town.balance("compensation:city"), 200_000_000, "a grant does not grow by itself");
    });
}

#[test]
fn a_loan_is_paid_for_once_whatever_becomes_of_an_appeal() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let first = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let reject = json!({ "reasons": ["USE_OF_FUNDS"], "note": "第二十五条" });
        town.claim(&first, "rejected", "分管", reject);
        town.on("2025-09-02");
        let second = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let appeal = json!({ "grounds": "发票可证" });
        assert_eq!(town.refused(Life::Claim, &first, "appealed", "甲复核", appeal.clone()), "CLAIM_ALREADY");
        town.claim(&second, "withdrawn", "甲复核", json!({ "reason": "改为申请复核" }));
        town.claim(&first, "appealed", "甲复核", appeal);
        town.on("2025-09-03");
        let third = format!("{loan}@2025-09-03");
        let drafted = json!({ "figures": figures("1000000.00", "2025-05-01") });
        assert_eq!(town.refused(Life::Claim, &third, "drafted", "甲经办", drafted), "CLAIM_ALREADY");
        town.claim(&first, "appeal_decided", "主任", json!({ "upheld": true, "note": "属实" }));
        town.claim(&first, "reviewed", "审核员", review());
        let amount = town.approve(&first, "联席");
        town.pay(&first, &amount);
        assert_eq!(town.balance("compensation:city"), 40_000_000);
    });
}

/// What is granted before the bank's payments are suspended is paid once they go on; what was paid is not asked back
/// for it.
#[test]
fn a_suspension_holds_the_order_and_claws_nothing_back() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        let other = town.lend("AAA", town.form("A2", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let paid = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&paid, "分管");
        town.pay(&paid, &amount);
        let granted = town.ask(&other, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&granted, "分管");
        let hold = json!({ "scope": "payments", "ground": "材料存疑" });
        town.act(Life::Partner, "AAA", "suspension_proposed", "登记员", hold);
        town.act(Life::Partner, "AAA", "suspension_decided", "主任", json!({ "accepted": true }));
        let order = json!({ "amount": amount });
        assert_eq!(town.refused(Life::Claim, &granted, "ordered", "登记员", order), "CLAIM_BANK_SUSPENDED");
        let settle = json!({ "cause": "银行暂停" });
        let unchanged = town.refused(Life::Claim, &paid, "resettled", "审核员", settle);
        assert_eq!(unchanged, "CLAIM_AMOUNT", "what is due is what was paid");
        assert_eq!(town.balance("owed_by_bank:AAA"), 0);
        town.act(Life::Partner, "AAA", "release_proposed", "登记员", json!({ "ground": "查清" }));
        town.act(Life::Partner, "AAA", "release_decided", "主任", json!({ "accepted": true }));
        town.pay(&granted, &amount);
    });
}

/// What a review lacks is added while the decision is due: the bank is not asked for anything.
#[test]
fn a_review_is_made_again_without_a_way_round_by_the_bank() {
    story("2025-08-04", &second_version(), |town| {
        town.pay_in("1", "50000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-08-04", "2026-08-04"));
        town.on("2026-03-02");
        let claim = town.ask(&loan, figures("1000000.00", "2025-11-20"));
        town.claim(&claim, "accepted", "审核员", json!({}));
        town.claim(&claim, "reviewed", "审核员", review());
        let mut again = review();
        again["inspection"] = json!({
            "kind": "site_visit", "held_on": "2026-03-02", "members": ["审核员"], "no_conflict": true,
            "findings": "在产", "report_no": "核查2号",
        });
        town.claim(&claim, "reviewed", "审核员", again);
        assert_eq!(town.status(&claim).state, "reviewed");
    });
}
