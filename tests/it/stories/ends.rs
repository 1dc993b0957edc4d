//! Suspension, renewal, amendment, queue, write-off and the end of a case.

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::town::{FUND, figures, measure, story};

#[test]
fn a_suspended_bank_waits_with_its_claims_until_a_second_person_lets_it_go_on() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        let suspend = json!({ "scope": "payments", "ground": "涉嫌虚构贷款", "figure": "0.031" });
        town.act(Life::Partner, "AAA", "suspension_proposed", "登记员", suspend);
        let yes = json!({ "accepted": true });
        assert_eq!(
            town.refused(Life::Partner, "AAA", "suspension_decided", "登记员", yes.clone()),
            "PARTNER_SAME_PERSON"
        );
        town.act(Life::Partner, "AAA", "suspension_decided", "主任", yes.clone());
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        assert_eq!(town.status(&claim).decision.as_deref(), Some("hold"));
        assert_eq!(town.balance("promised:earmarked"), 40_000_000, "what may become payable stays set aside");
        town.claim(&claim, "accepted", "审核员", json!({}));
        town.claim(&claim, "reviewed", "审核员", super::town::review());
        let details = json!({ "amount": "400000.00", "calculation": town.computed(&claim).1, "no_conflict": true });
        assert_eq!(town.refused(Life::Claim, &claim, "approved", "分管", details), "CLAIM_NOT_PAYABLE");
        town.act(Life::Partner, "AAA", "release_proposed", "登记员", json!({ "ground": "查无实据" }));
        town.act(Life::Partner, "AAA", "release_decided", "主任", yes);
        town.evening();
        assert_eq!(town.status(&claim).decision.as_deref(), Some("pay"), "the evening's run lets it go");
        let amount = town.approve(&claim, "分管");
        town.pay(&claim, &amount);
    });
}

#[test]
fn a_renewal_is_the_same_risk_and_is_promised_once() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let earlier = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        assert_eq!(town.loan(&earlier).reserved_fen, 40_000_000);
        town.on("2026-01-06");
        let mut form = town.form("A2", "1000000.00", "2026-01-06", "2027-01-06");
        form["rights"][0]["number"] = json!("20000001");
        form["renews"] = json!("A1");
        let later = town.lend("AAA", form);
        assert_eq!((town.loan(&earlier).reserved_fen, town.loan(&earlier).ended.as_deref()), (0, Some("renewed")));
        assert_eq!(town.loan(&later).reserved_fen, 40_000_000);
        let mut wrong = town.form("A3", "1000000.00", "2026-01-06", "2027-01-06");
        wrong["rights"][0]["number"] = json!("20000002");
        wrong["renews"] = json!("Z9");
        let loan = format!("{FUND}:AAA:A3");
        town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": wrong }));
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        assert_eq!(town.refused(Life::Registration, &loan, "registered", "登记员", json!({})), "RENEWAL_UNKNOWN");
    });
}

/// Free money of 1,000,000.00 carries cover of 10,000,000.00: the third loan of 12,000,000.00 waits for room.
#[test]
fn a_loan_beyond_capacity_waits_in_line_and_moves_up_when_one_is_cancelled() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "500000.00");
        let first = town.lend("AAA", town.form("A1", "7500000.00", "2025-01-06", "2026-01-06"));
        let second = town.lend("BBB", town.form("B1", "5000000.00", "2025-01-07", "2026-01-06"));
        let third = town.lend("BBB", town.form("B2", "1000000.00", "2025-01-08", "2026-01-06"));
        assert_eq!(town.loan(&first).reserved_fen, 300_000_000, "the cap of a loan");
        assert_eq!(town.loan(&second).reserved_fen, 200_000_000);
        assert_eq!((town.loan(&third).state.as_str(), town.loan(&third).reserved_fen), ("queued", 0));
        let cancel = json!({ "reason": "重复备案" });
        town.act(Life::Registration, &first, "cancellation_proposed", "甲经办", cancel);
        let yes = json!({ "accepted": true });
        town.act(Life::Registration, &first, "cancellation_decided", "登记员", yes);
        assert_eq!((town.loan(&first).ended.as_deref(), town.loan(&first).reserved_fen), (Some("cancelled"), 0));
        assert_eq!((town.loan(&third).state.as_str(), town.loan(&third).reserved_fen), ("registered", 40_000_000));
    });
}

#[test]
fn an_amendment_keeps_the_history_and_changes_the_reserve() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        let mut form = town.form("A1", "900000.00", "2025-01-06", "2026-01-06");
        town.on("2025-02-03");
        let propose = json!({ "form": form, "reason": "实际放款90万元" });
        town.act(Life::Registration, &loan, "amendment_proposed", "甲经办", propose);
        town.act(Life::Registration, &loan, "amendment_decided", "登记员", json!({ "accepted": true }));
        let row = town.loan(&loan);
        assert_eq!((row.principal_fen, row.reserved_fen, row.coverage_version), (90_000_000, 36_000_000, 2));
        assert_eq!(row.registered_on.to_string(), "2025-01-10", "it is on the register since then");
        form["credit_code"] = json!("91140622MA0H10L28Q");
        let other = json!({ "form": form, "reason": "换企业" });
        let refused = town.refused(Life::Registration, &loan, "amendment_proposed", "甲经办", other);
        assert_eq!(refused, "REGISTRATION_IDENTITY");
    });
}

#[test]
fn a_bank_is_not_told_whose_right_is_pledged_elsewhere_but_the_fund_is() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let first = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        let number = first["rights"][0]["number"].clone();
        town.lend("AAA", first);
        let mut second = town.form("B1", "1000000.00", "2025-01-07", "2026-01-06");
        second["rights"][0]["number"] = number;
        let loan = format!("{FUND}:BBB:B1");
        town.act(Life::Registration, &loan, "drafted", "乙经办", json!({ "form": second }));
        let told = town.act(Life::Registration, &loan, "submitted", "乙复核", json!({}));
        assert_eq!(told["right_pledged_elsewhere"], true);
        assert!(!told.to_string().contains("AAA"), "{told}");
        assert_eq!(town.refused(Life::Registration, &loan, "registered", "登记员", json!({})), "REGISTRATION_PLEDGED");
        let because = json!({ "despite_pledge": "顺位质押，已核对" });
        let taken = town.act(Life::Registration, &loan, "registered", "登记员", because);
        assert_eq!(taken["certificate_no"], "BA2025-00002");
    });
}

#[test]
fn a_first_loan_needs_its_proof_and_a_loan_its_consent() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = format!("{FUND}:AAA:A1");
        let mut form = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        let consent = form.as_object_mut().unwrap().remove("consent").unwrap();
        form["first_loan_declared"] = json!(true);
        let draft = |form: &serde_json::Value| {
            town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }))
        };
        let hand_in = || town.refused(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        draft(&form);
        assert_eq!(hand_in(), "REGISTRATION_CONSENT_MISSING");
        form["consent"] = consent;
        draft(&form);
        assert_eq!(hand_in(), "REGISTRATION_FIRST_LOAN_PROOF");
        form["credit_report"] = json!({ "source": "征信中心", "queried_on": "2024-12-06", "document_hash": "cd34" });
        draft(&form);
        assert_eq!(hand_in(), "REGISTRATION_FIRST_LOAN_PROOF", "31 days before the disbursement");
        form["credit_report"]["queried_on"] = json!("2024-12-07");
        draft(&form);
        assert_eq!(
            town.refused(Life::Registration, &loan, "submitted", "乙复核", json!({})),
            "REGISTRATION_OTHER_BANK"
        );
        let told = town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        assert_eq!((told["decision"].as_str(), told["fund_rate"].as_str()), (Some("cover"), Some("0.450000")));
        let back = json!({ "deficiencies": [{ "code": "document_invalid" }] });
        town.act(Life::Registration, &loan, "returned", "登记员", back);
        draft(&form);
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        town.act(Life::Registration, &loan, "registered", "登记员", json!({}));
        assert_eq!(town.loan(&loan).fund_rate_ppm, Some(450_000));
    });
}

#[test]
fn a_case_is_written_off_closed_and_stays_on_file_for_late_money() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.pay(&claim, &amount);
        town.on("2027-12-01");
        let propose = |what: &str| json!({ "proposal": what, "ground": "终结执行满2年", "evidence": ["裁定书"] });
        let ended = |since: &str| {
            let mut write_off = propose("write_off");
            write_off["basis"] = json!("enforcement_ended");
            write_off["basis_since"] = json!(since);
            write_off
        };
        for unripe in [propose("write_off"), ended("2025-12-02")] {
            assert_eq!(town.refused(Life::Claim, &claim, "proposed", "审核员", unripe), "CLAIM_WRITE_OFF_BASIS");
        }
        town.claim(&claim, "proposed", "审核员", ended("2025-12-01"));
        let twice = town.refused(Life::Claim, &claim, "proposed", "审核员", propose("close"));
        assert_eq!(twice, "CLAIM_PENDING");
        town.claim(&claim, "proposal_decided", "主任", json!({ "accepted": true, "minutes_no": "纪要9号" }));
        town.claim(&claim, "proposed", "审核员", propose("close"));
        town.claim(&claim, "proposal_decided", "主任", json!({ "accepted": true }));
        assert_eq!(town.status(&claim).state, "closed");
        town.on("2029-05-07");
        let late = json!({ "kind": "bankruptcy", "gross": "10000.00", "cost": "0", "on": "2029-05-07" });
        town.claim(&claim, "recovery_collected", "甲经办", late);
        let banked =
            json!({ "amount": "4000.00", "on": "2029-05-07", "destination": "fund_account", "voucher_no": "1" });
        town.claim(&claim, "recovery_banked", "出纳", banked);
        assert_eq!(town.balance("cash"), 1_000_000_000 - 40_000_000 + 400_000);
    });
}

/// The right lapsed before the claim, and it is found months after the payment: all of it goes back.
#[test]
fn a_lapse_found_after_the_payment_claws_it_back() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let form = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        let number = form["rights"][0]["number"].clone();
        let loan = town.lend("AAA", form);
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.pay(&claim, &amount);
        town.on("2026-02-02");
        let lapse = json!({ "right": number, "kind": "lapsed", "effective_on": "2025-06-30", "source": "商标公告" });
        let told = town.act(Life::Loan, &loan, "right_event", "审核员", lapse);
        assert_eq!(told["resettle"][0]["claim"], claim.as_str(), "a paid claim is named, never changed");
        town.claim(&claim, "resettled", "审核员", json!({ "cause": "申请前权利已失效" }));
        assert_eq!(
            town.refused(Life::Claim, &claim, "resettlement_decided", "审核员", json!({ "accepted": true })),
            "CLAIM_ROLE"
        );
        town.claim(&claim, "resettlement_decided", "分管", json!({ "accepted": true }));
        assert_eq!(town.balance("owed_by_bank:AAA"), 40_000_000);
        assert_eq!(town.balance("compensation:city"), 0, "it no longer counts as spent");
        assert_eq!(town.balance("cash"), 960_000_000, "until the bank gives it back");
        let back = json!({ "amount": "400000.00", "on": "2026-02-02", "voucher_no": "凭8" });
        town.claim(&claim, "given_back", "出纳", back);
        assert_eq!(town.balance("cash"), 1_000_000_000);
    });
}
