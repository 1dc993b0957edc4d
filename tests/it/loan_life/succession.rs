//! One bank takes over another: whose people act, what a cap counts, where money goes.

use pledgefund::storage::find::{Reach, loans};
use pledgefund::usecase::attachments::{Paper, attach};
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::succession::{Houses, reaches};
use serde_json::json;

use crate::stories::town::{FUND, Town, figures, measure, review, story};

/// Another firm with a right of its own.
fn other(mut form: serde_json::Value, code: &str, right: &str) -> serde_json::Value {
    form["credit_code"] = json!(code);
    form["borrower_name"] = json!(format!("企业{code}"));
    form["rights"] = json!([{ "kind": "invention", "number": right, "title": "另一种装置" }]);
    form
}

/// Hands in the scan of the approval. Gives its identifier.
fn scan(town: &Town, old: &str) -> String {
    let paper = Paper {
        life: "partner".to_owned(),
        subject: old.to_owned(),
        document: "succession_approval".to_owned(),
        file_name: "批复.pdf".to_owned(),
        content: format!("%PDF-1.7\n{old}\n%%EOF\n").into_bytes(),
    };
    attach(&town.app, &paper, "登记员", town.day).unwrap().attachment_id
}

fn succeed(town: &Town, old: &str, new: &str, from: &str) {
    let scan = scan(town, old);
    let details = json!({ "successor": new, "from": from, "approval_no": "批复1号", "scan": scan });
    town.act(Life::Partner, old, "succession_proposed", "登记员", details);
    town.act(Life::Partner, old, "succession_decided", "主任", json!({ "accepted": true }));
}

#[test]
fn the_successors_people_act_for_the_old_bank_from_the_day_on_and_money_goes_to_the_successor() {
    story("2026-01-05", &measure("shuozhou-1"), |town| {
        town.pay_in("入1", "50000000.00");
        let loan = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        town.on("2026-09-01");
        succeed(town, "AAA", "BBB", "2026-09-10");
        let claim = format!("{loan}@2026-09-09");
        town.on("2026-09-09");
        let told = json!({ "figures": figures("1000000.00", "2026-05-01") });
        assert_eq!(town.refused(Life::Claim, &claim, "drafted", "乙经办", told.clone()), "CLAIM_OTHER_BANK");
        town.on("2026-09-10");
        let claim = format!("{loan}@2026-09-10");
        town.claim(&claim, "drafted", "乙经办", told);
        assert_eq!(town.refused(Life::Claim, &claim, "submitted", "乙经办", json!({})), "CLAIM_ROLE");
        town.claim(&claim, "submitted", "乙复核", json!({}));
        let amount = town.grant(&claim, "分管");
        let asked = town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        assert_eq!(asked["state"], "ordered");
        let order = last_act(town, &claim);
        assert!(
            order.contains(":4444 ") && !order.contains(":2222 ") && !order.contains("6222000033334444"),
            "{order}"
        );
        town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2026-09-10", "voucher_no": "凭1" }));
        // The people of the old bank are people of the house too.
        let received = json!({ "received_on": "2026-09-10", "bank_receipt_no": "回单1" });
        town.claim(&claim, "received", "甲经办", received);
        assert_eq!(town.loan(&loan).bank, "AAA", "the history keeps the old name");
    });
}

#[test]
fn to_the_old_bank_the_account_of_its_successor_is_a_new_one() {
    story("2026-01-05", &measure("shuozhou-1"), |town| {
        town.pay_in("入1", "50000000.00");
        let old = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        let form = town.form("乙-1", "1000000.00", "2026-01-05", "2027-01-04");
        let own = town.lend("BBB", other(form, "9114062250207785X0", "ZL201210624304.6"));
        town.on("2026-09-01");
        let own = town.ask(&own, figures("1000000.00", "2026-05-01"));
        let amount = town.grant(&own, "分管");
        town.pay(&own, &amount);
        succeed(town, "AAA", "BBB", "2026-09-01");
        let claim = town.ask(&old, figures("1000000.00", "2026-05-01"));
        let amount = town.grant(&claim, "分管");
        town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        let order: serde_json::Value = serde_json::from_str(&last_act(town, &claim)).unwrap();
        assert_eq!(order["account_changed"], true, "however well it served its own");
        town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2026-09-01", "voucher_no": "凭2" }));
    });
}

fn last_act(town: &Town, claim: &str) -> String {
    let rows = pledgefund::storage::find::acts::of(&mut town.app.store.read().unwrap(), FUND, "claim", claim).unwrap();
    rows.last().unwrap().details.clone()
}

#[test]
fn the_cap_of_a_bank_and_year_counts_both_banks() {
    let low = measure("shuozhou-1").replace("limit = \"1000 万元\"", "limit = \"60 万元\"");
    assert!(low.contains("60 万元"));
    story("2026-01-05", &low, |town| {
        town.pay_in("入1", "50000000.00");
        let first = town.lend("AAA", town.form("同号-1", "1000000.00", "2026-01-05", "2027-01-04"));
        let form = town.form("同号-1", "1000000.00", "2026-01-06", "2027-01-04");
        town.on("2026-01-06");
        let second = town.lend("BBB", other(form, "9114062250207785X0", "ZL201210624304.6"));
        assert_ne!(first, second, "the same contract number at two banks stays two loans");
        town.on("2026-09-01");
        let claim = town.ask(&first, figures("1000000.00", "2026-05-01"));
        let paid = town.grant(&claim, "分管");
        town.pay(&claim, &paid);
        let later = town.ask(&second, figures("1000000.00", "2026-05-01"));
        let alone = town.status(&later).payout_fen.unwrap();
        assert_eq!((paid.as_str(), alone), ("400000.00", 40_000_000));
        succeed(town, "AAA", "BBB", "2026-09-02");
        town.on("2026-09-02");
        town.evening();
        assert_eq!(town.status(&later).payout_fen, Some(20_000_000), "600,000 less the 400,000 paid to the old bank");
        town.claim(&later, "accepted", "审核员", json!({}));
        town.claim(&later, "reviewed", "审核员", review());
        assert_eq!(town.approve(&later, "分管"), "200000.00");
        town.pay(&later, "200000.00");
    });
}

#[test]
fn lists_reach_every_bank_of_the_house_and_circles_are_refused() {
    story("2026-01-05", &measure("shuozhou-1"), |town| {
        town.pay_in("入1", "50000000.00");
        let old = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        let proposal =
            |to: &str| json!({ "successor": to, "from": "2026-02-01", "approval_no": "批复1号", "scan": "附件1" });
        let refused =
            |of: &str, to: &str| town.refused(Life::Partner, of, "succession_proposed", "登记员", proposal(to));
        assert_eq!(refused("AAA", "CCC"), "PARTNER_UNKNOWN");
        assert_eq!(refused("AAA", "BBB"), "PARTNER_SUCCESSION_SCAN", "the scan is no paper of the bank");
        let mut blank = proposal("BBB");
        blank["approval_no"] = json!(" ");
        assert_eq!(town.refused(Life::Partner, "AAA", "succession_proposed", "登记员", blank), "FIELD_BAD_TEXT");
        succeed(town, "AAA", "BBB", "2026-02-01");
        assert_eq!(refused("BBB", "AAA"), "PARTNER_SUCCESSION");
        let mut db = town.app.store.read().unwrap();
        let seen = |db: &mut pledgefund::storage::Db, on: &str| -> Vec<String> {
            let reaches: Vec<Reach> = reaches(db, FUND, "BBB", on.parse().unwrap()).unwrap();
            reaches.iter().flat_map(|reach| loans::all(db, reach).unwrap()).map(|loan| loan.loan_id).collect()
        };
        assert_eq!(seen(&mut db, "2026-01-31"), Vec::<String>::new());
        assert_eq!(seen(&mut db, "2026-02-01"), vec![old]);
        let houses = Houses::on(&mut db, FUND, "2026-02-01".parse().unwrap()).unwrap();
        assert_eq!((houses.standing("AAA"), houses.standing("BBB"), houses.standing("DDD")), ("BBB", "BBB", "DDD"));
        assert_eq!(houses.together("BBB"), ["BBB", "AAA"]);
        drop(db);
        town.on("2026-02-02");
        let new = town.form("甲-2", "1000000.00", "2026-02-02", "2027-01-04");
        let new = other(new, "9114062250207785X0", "ZL201210624304.6");
        let loan = format!("{FUND}:AAA:甲-2");
        town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": new }));
        town.act(Life::Registration, &loan, "submitted", "乙复核", json!({}));
        assert_eq!(town.refused(Life::Registration, &loan, "registered", "登记员", json!({})), "BANK_SUCCEEDED");
    });
}

#[test]
fn a_suspension_of_payments_holds_open_claims_and_its_end_frees_them_in_the_evening() {
    story("2026-01-05", &measure("shuozhou-1"), |town| {
        town.pay_in("入1", "50000000.00");
        let loan = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        town.on("2026-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2026-05-01"));
        assert_eq!(town.status(&claim).decision.as_deref(), Some("pay"));
        let suspend = |town: &Town, scope: &str| {
            let details = json!({ "scope": scope, "ground": "风险偏高" });
            town.act(Life::Partner, "AAA", "suspension_proposed", "登记员", details);
            town.act(Life::Partner, "AAA", "suspension_decided", "主任", json!({ "accepted": true }));
        };
        suspend(town, "new_loans");
        town.evening();
        assert_eq!(town.status(&claim).decision.as_deref(), Some("pay"), "claims on the way are paid");
        let new = town.form("甲-2", "1000000.00", "2026-07-30", "2027-01-04");
        let new = other(new, "9114062250207785X0", "ZL201210624304.6");
        let late = format!("{FUND}:AAA:甲-2");
        town.act(Life::Registration, &late, "drafted", "甲经办", json!({ "form": new }));
        town.act(Life::Registration, &late, "submitted", "甲复核", json!({}));
        assert_eq!(town.refused(Life::Registration, &late, "registered", "登记员", json!({})), "BANK_SUSPENDED");
        suspend(town, "payments");
        town.evening();
        let held = town.status(&claim);
        assert_eq!(held.decision.as_deref(), Some("hold"));
        town.on("2026-09-02");
        town.act(Life::Partner, "AAA", "release_proposed", "登记员", json!({ "ground": "已整改" }));
        town.act(Life::Partner, "AAA", "release_decided", "主任", json!({ "accepted": true }));
        town.evening();
        assert_eq!(town.status(&claim).decision.as_deref(), Some("pay"), "the evening frees what was held");
        town.act(Life::Registration, &late, "registered", "登记员", json!({}));
    });
}
