//! A breaker that trips: what it holds by itself, what two persons suspend on its figure, and how both end.

use pledgefund::domain::partner_life::SuspensionScope;
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::scorecards::{Proposal, Reading, proposals};
use serde_json::{Value, json};

use super::town::{FUND, Town, figures, review, second_version, story};

/// The second version, whose breaker of claims holds payments too.
fn holding_payments() -> String {
    let text = second_version();
    let at = text.find("id = \"bank_claims\"").unwrap();
    let (before, after) = text.split_at(at);
    assert!(after.contains("effect = [\"stop_new_loans\"]"));
    format!("{before}{}", after.replacen("[\"stop_new_loans\"]", "[\"hold_payments\", \"stop_new_loans\"]", 1))
}

fn reading(town: &Town) -> Reading {
    let all = proposals(&town.app, &mut town.app.store.read().unwrap(), town.day).unwrap();
    let of_bank = |one: &Reading| one.bank.as_deref() == Some("AAA") && one.breaker == "bank_claims";
    all.into_iter().find(of_bank).unwrap()
}

/// Figures with every paper the second version asks for.
fn complete(outstanding: &str) -> Value {
    let mut asked = figures(outstanding, "2025-11-20");
    let more = ["register_extract", "recovery_plan", "diligence", "use_check", "account"];
    asked["documents"].as_array_mut().unwrap().extend(more.map(|code| json!(code)));
    asked
}

/// Three loans of 8,100,000.00 together; the claim on the first comes to 1,200,000.00, that on the second to 40,000.00.
fn lent(town: &mut Town) -> [String; 2] {
    town.pay_in("1", "20000000.00");
    let first = town.lend("AAA", town.form("A1", "3000000.00", "2025-08-04", "2026-08-04"));
    let second = town.lend("AAA", town.form("A2", "100000.00", "2025-08-04", "2026-08-04"));
    town.lend("AAA", town.form("A3", "5000000.00", "2025-08-04", "2026-08-04"));
    town.on("2026-03-02");
    assert_eq!(reading(town).proposal, None);
    [first, second]
}

fn suspend(town: &Town, scope: &str) {
    let figure = reading(town).gauge.unwrap().shown.fraction();
    let details = json!({ "scope": scope, "ground": "补偿净额和在审额超过3%", "figure": figure });
    town.act(Life::Partner, "AAA", "suspension_proposed", "登记员", details);
    let yes = json!({ "accepted": true });
    assert_eq!(town.refused(Life::Partner, "AAA", "suspension_decided", "登记员", yes.clone()), "PARTNER_SAME_PERSON");
    town.act(Life::Partner, "AAA", "suspension_decided", "主任", yes);
}

#[test]
fn claims_over_the_threshold_suspend_payments_until_the_ratio_has_been_low_for_two_quarters() {
    story("2025-08-04", &holding_payments(), |town| {
        let [first, second] = lent(town);
        let large = town.ask(&first, complete("3000000.00"));
        let small = town.ask(&second, complete("100000.00"));
        let now = reading(town);
        assert_eq!(now.gauge.unwrap().shown.fraction(), "0.153086", "1,240,000 of 8,100,000");
        assert_eq!(now.proposal, Some(Proposal::Suspend(SuspensionScope::Payments)));
        assert_eq!(town.status(&small).decision.as_deref(), Some("hold"), "the breaker holds it by itself");
        suspend(town, "payments");
        assert_eq!(reading(town).proposal, None);
        town.evening();
        assert_eq!(town.status(&large).decision.as_deref(), Some("hold"), "the suspension holds the other one too");
        town.claim(&small, "accepted", "审核员", json!({}));
        town.claim(&small, "reviewed", "审核员", review());
        let grant = json!({ "amount": "40000.00", "calculation": town.computed(&small).1, "no_conflict": true });
        assert_eq!(town.refused(Life::Claim, &small, "approved", "分管", grant), "CLAIM_NOT_PAYABLE");
        town.on("2026-03-10");
        town.claim(&large, "withdrawn", "甲复核", json!({ "reason": "借款人已还款" }));
        town.evening();
        assert_eq!(reading(town).gauge.map(|gauge| gauge.calm), Some(true), "40,000 of 8,100,000");
        assert_eq!(town.status(&small).decision.as_deref(), Some("hold"), "two persons end what two persons began");
        town.on("2026-06-29");
        assert_eq!(reading(town).proposal, None, "one quarter end is not enough");
        town.on("2026-06-30");
        assert_eq!(reading(town).proposal, Some(Proposal::Release));
        town.act(Life::Partner, "AAA", "release_proposed", "登记员", json!({ "ground": "连续两个季末低于2%" }));
        town.act(Life::Partner, "AAA", "release_decided", "主任", json!({ "accepted": true }));
        town.evening();
        assert_eq!(town.status(&small).decision.as_deref(), Some("pay"));
        let amount = town.approve(&small, "分管");
        assert_eq!(amount, "40000.00");
        town.claim(&small, "publicised", "登记员", json!({ "medium": "局网站", "from": "2026-07-01" }));
        town.on("2026-07-13");
        town.pay(&small, &amount);
        assert_eq!(town.status(&small).paid_fen, 4_000_000);
    });
}

/// As the second version stands, its breaker stops new loans alone: claims on the way are paid (在途照付).
#[test]
fn as_it_stands_the_second_version_stops_new_loans_and_no_claim() {
    story("2025-08-04", &second_version(), |town| {
        let [first, _] = lent(town);
        let claim = town.ask(&first, complete("3000000.00"));
        assert_eq!(reading(town).proposal, Some(Proposal::Suspend(SuspensionScope::NewLoans)));
        suspend(town, "new_loans");
        town.evening();
        assert_eq!(town.status(&claim).decision.as_deref(), Some("pay"));
        let loan = format!("{FUND}:AAA:A4");
        let form = town.form("A4", "100000.00", "2026-03-02", "2027-03-01");
        town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }));
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        assert_eq!(town.refused(Life::Registration, &loan, "registered", "登记员", json!({})), "BANK_SUSPENDED");
    });
}
