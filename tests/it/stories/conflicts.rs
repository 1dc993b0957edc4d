//! Nobody decides on what he asked for, registered or reviewed; deputies carry their principal's conflicts; accounts
//! and suspensions need two.

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::town::{Town, figures, measure, review, second_version, story};

fn reviewed(town: &mut Town) -> String {
    town.pay_in("1", "10000000.00");
    let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
    town.on("2025-09-01");
    let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
    town.claim(&claim, "accepted", "审核员", json!({}));
    town.claim(&claim, "reviewed", "审核员", review());
    claim
}

fn grant(town: &Town, claim: &str) -> serde_json::Value {
    let (amount, calculation) = town.computed(claim);
    json!({ "amount": amount, "calculation": calculation, "no_conflict": true })
}

#[test]
fn an_approver_with_a_hand_in_the_case_is_refused_and_so_is_his_deputy() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = reviewed(town);
        let give = |name: &str| json!({ "role": name, "level": "head" });
        // The reviewer and the registrar become approvers too: in this case they may not decide.
        for name in ["审核员", "登记员"] {
            town.act(Life::Person, name, "role_given", "系统员", give("fund_approver"));
            let details = grant(town, &claim);
            assert_eq!(town.refused(Life::Claim, &claim, "approved", name, details), "CLAIM_CONFLICT");
        }
        // Somebody of the bank that asks, whatever role he was given.
        town.act(Life::Person, "甲经办", "role_given", "系统员", give("fund_approver"));
        let details = grant(town, &claim);
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "甲经办", details.clone()), "CLAIM_OTHER_BANK");
        // A deputy of the reviewer carries the reviewer's conflict.
        let stand_in = |deputy: &str, from: &str, until: &str| json!({ "deputy": deputy, "role": "fund_approver", "from": from, "until": until, "reason": "休假" });
        town.act(
            Life::Person,
            "新人",
            "appointed",
            "系统员",
            json!({ "institution": "fund", "roles": "treasury_officer" }),
        );
        town.act(Life::Person, "审核员", "delegated", "审核员", stand_in("新人", "2025-09-01", "2025-09-10"));
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "新人", details.clone()), "CLAIM_CONFLICT");
        // A deputy of the head decides until the last day, not after.
        town.act(Life::Person, "主任", "delegated", "主任", stand_in("新人", "2025-09-02", "2025-09-10"));
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "新人", details.clone()), "CLAIM_CONFLICT");
        town.on("2025-09-11");
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "新人", details.clone()), "CLAIM_ROLE");
        town.on("2025-09-10");
        town.claim(&claim, "approved", "新人", details.clone());
        let order = json!({ "amount": details["amount"] });
        town.act(Life::Person, "新人", "role_given", "系统员", json!({ "role": "fund_administrator" }));
        assert_eq!(town.refused(Life::Claim, &claim, "ordered", "新人", order.clone()), "CLAIM_SAME_PERSON");
        town.act(Life::Person, "主任", "role_given", "系统员", json!({ "role": "fund_administrator" }));
        assert_eq!(
            town.refused(Life::Claim, &claim, "ordered", "主任", order.clone()),
            "CLAIM_SAME_PERSON",
            "nor whom the deputy stood in for"
        );
        town.claim(&claim, "ordered", "登记员", order);
        town.act(Life::Person, "登记员", "role_given", "系统员", json!({ "role": "finance_officer" }));
        let paid = json!({ "paid_on": "2025-09-10", "voucher_no": "凭1" });
        assert_eq!(town.refused(Life::Claim, &claim, "paid", "登记员", paid.clone()), "CLAIM_SAME_PERSON");
        town.claim(&claim, "paid", "出纳", paid);
    });
}

#[test]
fn a_role_that_was_taken_a_moment_ago_no_longer_acts() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = reviewed(town);
        town.act(Life::Person, "分管", "role_taken", "系统员", json!({ "role": "fund_approver", "reason": "调岗" }));
        let details = grant(town, &claim);
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "分管", details.clone()), "CLAIM_ROLE");
        town.act(Life::Person, "分管", "departed", "系统员", json!({ "reason": "离职" }));
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "分管", details), "ACT_PERSON_UNKNOWN");
        let own = json!({ "role": "fund_approver" });
        assert_eq!(town.refused(Life::Person, "系统员", "role_given", "系统员", own.clone()), "PERSON_ONESELF");
        assert_eq!(town.refused(Life::Person, "主任", "role_given", "登记员", own), "ACT_ROLE");
    });
}

/// The second version: 分管 up to 500,000, 主任 up to 1,000,000, above that the joint meeting.
#[test]
fn the_amount_decides_who_decides_and_a_meeting_is_confirmed_from_its_minutes() {
    story("2025-08-04", &second_version(), |town| {
        town.pay_in("1", "50000000.00");
        let loan = town.lend("AAA", town.form("A1", "4000000.00", "2025-08-04", "2026-08-04"));
        town.on("2026-03-02");
        let mut asked = figures("4000000.00", "2025-11-20");
        asked["documents"] = json!([
            "loan_contract",
            "drawdown",
            "pledge_certificate",
            "dunning",
            "overdue_proof",
            "recovery_start",
            "register_extract",
            "recovery_plan",
            "diligence",
            "use_check",
        ]);
        let claim = town.ask(&loan, asked);
        town.claim(&claim, "accepted", "审核员", json!({}));
        assert_eq!(town.refused(Life::Claim, &claim, "reviewed", "审核员", review()), "CLAIM_INSPECTION_NEEDED");
        let mut seen = review();
        seen["inspection"] = json!({
            "kind": "site_visit", "held_on": "2026-03-02", "members": ["审核员", "专家李"], "no_conflict": true,
            "findings": "停产", "report_no": "核查1号",
        });
        town.claim(&claim, "reviewed", "审核员", seen);
        let mut details = grant(town, &claim);
        assert_eq!(details["amount"], "1600000.00");
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "联席", details.clone()), "CLAIM_DOCUMENTS");
        town.claim(&claim, "returned", "审核员", json!({ "deficiencies": [{ "code": "document_missing" }] }));
        town.claim(&claim, "relodged", "甲经办", json!({ "documents": ["account"] }));
        let mut seen = review();
        seen["inspection"] = json!({
            "kind": "expert_review", "held_on": "2026-03-02", "members": ["专家李"], "no_conflict": true,
            "findings": "属实", "report_no": "评审1号",
        });
        town.claim(&claim, "reviewed", "审核员", seen);
        details["calculation"] = json!(town.computed(&claim).1);
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "主任", details.clone()), "CLAIM_LEVEL");
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "联席", details.clone()), "CLAIM_MEETING_NEEDED");
        let meeting = |present: u32, votes_for: u32| {
            json!({
                "name": "联席会议第3次", "held_on": "2026-03-02", "present": present, "required": 5,
                "votes_for": votes_for, "votes_against": 0, "minutes_no": "纪要〔2026〕3号", "scan": "扫描件",
            })
        };
        for (present, votes) in [(4, 4), (6, 3)] {
            details["meeting"] = meeting(present, votes);
            assert_eq!(town.refused(Life::Claim, &claim, "approved", "联席", details.clone()), "CLAIM_MEETING_INVALID");
        }
        details["meeting"] = meeting(7, 6);
        town.claim(&claim, "approved", "联席", details);
        assert_eq!(town.status(&claim).state, "awaiting_confirmation");
        assert_eq!(town.balance("promised:ordered"), 160_000_000, "the money stands for it");
        let own = town.refused(Life::Claim, &claim, "approval_confirmed", "联席", json!({}));
        assert_eq!(own, "CLAIM_SAME_PERSON");
        town.claim(&claim, "approval_confirmed", "主任", json!({}));
        town.claim(&claim, "publicised", "登记员", json!({ "medium": "局网站", "from": "2026-03-02" }));
        town.on("2026-03-10");
        town.pay(&claim, "1600000.00");
    });
}

#[test]
fn an_account_changes_by_two_persons_and_its_first_payment_is_flagged() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let claim = reviewed(town);
        let amount = town.approve(&claim, "分管");
        let account =
            json!({ "holder": "甲银行", "number": "9999000011112222", "bank_name": "甲", "bank_no": "102168000017" });
        let letter = json!({ "account": account, "letter": "公函1号" });
        town.act(Life::Partner, "AAA", "account_change_proposed", "登记员", letter);
        let decided = json!({ "accepted": true, "call_back": "致电王经理13800000000核实" });
        let own = town.refused(Life::Partner, "AAA", "account_change_decided", "登记员", decided.clone());
        assert_eq!(own, "PARTNER_SAME_PERSON");
        town.act(Life::Partner, "AAA", "account_change_decided", "审核员", decided);
        town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        let mut db = town.app.store.read().unwrap();
        let acts = pledgefund::storage::find::acts::of(&mut db, super::town::FUND, "claim", &claim).unwrap();
        let order = acts.iter().find(|row| row.act == "ordered").unwrap();
        let told: serde_json::Value = serde_json::from_str(&order.details).unwrap();
        assert_eq!(told["account_changed"], true);
        let payee = told["payee"].as_str().unwrap();
        assert!(!payee.contains("9999000011112222"), "{payee}");
        assert!(pledgefund::sealing::masked(payee).contains("****2222"), "{payee}");
        drop(db);
        let mut wrong = json!({ "account": account, "letter": "公函2号" });
        wrong["account"]["bank_no"] = json!("10216800001");
        let refused = town.refused(Life::Partner, "AAA", "account_change_proposed", "登记员", wrong);
        assert_eq!(refused, "PARTNER_ACCOUNT");
    });
}
