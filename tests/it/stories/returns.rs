//! What the fund enters for a bank from its sealed returns.

use pledgefund::usecase::attachments::{Paper, attach};
use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use super::town::{FUND, Town, figures, measure, review, story};

/// Hands in the scan of a sealed return. Gives its identifier.
fn scan(town: &Town, content: &str) -> String {
    let paper = Paper {
        life: "partner".to_owned(),
        subject: "AAA".to_owned(),
        document: "sealed_return".to_owned(),
        file_name: "报送件.pdf".to_owned(),
        content: format!("%PDF-1.7\n{content}\n%%EOF\n").into_bytes(),
    };
    attach(&town.app, &paper, "登记员", town.day).unwrap().attachment_id
}

fn sealed(town: &Town, number: &str, scan: &str, subjects: &[&str]) -> Value {
    json!({
        "number": number, "scan": scan, "confirmer": "甲联系人", "called_on": town.day.to_string(),
        "call_back": "登记员于当日致电座机，甲联系人确认内容属实", "subjects": subjects,
    })
}

#[test]
fn the_fund_enters_a_sealed_return_and_its_maker_stays_out_of_what_the_fund_decides() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = format!("{FUND}:AAA:A1");
        let form = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        let draft = json!({ "form": form });
        let on_loan = |act: &str, by: &str, details: Value| town.act(Life::Registration, &loan, act, by, details);
        let refused = |act: &str, by: &str, details: Value| town.refused(Life::Registration, &loan, act, by, details);
        assert_eq!(
            refused("drafted", "登记员", draft.clone()),
            "ACT_ROLE",
            "nobody of the fund writes for a bank as such"
        );

        // The return needs a confirmer whom the bank named, its scan, and something it is about.
        let paper = scan(town, "备案");
        let taken = sealed(town, "函1号", &paper, &[&loan]);
        let partner = |by: &str, details: Value| town.refused(Life::Partner, "AAA", "return_taken", by, details);
        assert_eq!(partner("登记员", taken.clone()), "PARTNER_CONFIRMER");
        let named = json!({ "confirmer": "甲联系人", "letter": "甲银行函〔2025〕1号" });
        town.act(Life::Partner, "AAA", "confirmer_named", "登记员", named);
        assert_eq!(partner("登记员", sealed(town, "函1号", "无此件", &[&loan])), "PARTNER_RETURN_SCAN");
        assert_eq!(partner("登记员", sealed(town, "函1号", &paper, &[])), "PARTNER_RETURN");
        let mut later = taken.clone();
        later["called_on"] = json!("2025-01-11");
        assert_eq!(partner("登记员", later), "PARTNER_RETURN");
        assert_eq!(partner("甲经办", taken.clone()), "ACT_ROLE");
        town.act(Life::Partner, "AAA", "return_taken", "登记员", taken.clone());
        assert_eq!(partner("登记员", taken), "PARTNER_RETURN_KNOWN");

        // Its maker writes both hands of the bank, for what the return is about only.
        let other = format!("{FUND}:AAA:A2");
        let elsewhere = json!({ "form": town.form("A2", "1000000.00", "2025-01-06", "2026-01-06") });
        assert_eq!(town.refused(Life::Registration, &other, "drafted", "登记员", elsewhere), "ACT_ROLE");
        assert_eq!(refused("drafted", "审核员", draft.clone()), "ACT_ROLE", "another person of the fund took nothing");
        on_loan("drafted", "登记员", draft);
        on_loan("submitted", "登记员", json!({}));
        assert_eq!(refused("registered", "登记员", json!({})), "REGISTRATION_SAME_PERSON");
        on_loan("registered", "审核员", json!({}));

        // The same for a claim; the maker is kept from every claim of the bank, also one that the bank entered itself.
        town.on("2025-09-01");
        let claim = format!("{loan}@{}", town.day);
        let paper = scan(town, "补偿申请");
        town.act(Life::Partner, "AAA", "return_taken", "登记员", sealed(town, "函2号", &paper, &[&claim]));
        town.claim(&claim, "drafted", "登记员", json!({ "figures": figures("1000000.00", "2025-05-01") }));
        town.claim(&claim, "submitted", "登记员", json!({}));
        assert_eq!(town.refused(Life::Claim, &claim, "accepted", "登记员", json!({})), "CLAIM_CONFLICT");
        town.claim(&claim, "accepted", "审核员", json!({}));
        assert_eq!(town.refused(Life::Claim, &claim, "reviewed", "登记员", review()), "CLAIM_CONFLICT");
        town.claim(&claim, "reviewed", "审核员", review());
        let amount = town.approve(&claim, "分管");
        assert_eq!(
            town.refused(Life::Claim, &claim, "ordered", "登记员", json!({ "amount": amount })),
            "CLAIM_CONFLICT"
        );
        town.claim(&claim, "ordered", "审核员", json!({ "amount": amount }));
        town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2025-09-01", "voucher_no": "凭1" }));
        town.claim(&claim, "received", "登记员", json!({ "received_on": "2025-09-01", "bank_receipt_no": "回单1" }));
    });
}

#[test]
fn a_return_is_entered_within_thirty_days_and_not_after() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let loan = format!("{FUND}:AAA:A1");
        let named = json!({ "confirmer": "甲联系人", "letter": "甲银行函〔2025〕1号" });
        town.act(Life::Partner, "AAA", "confirmer_named", "登记员", named);
        let paper = scan(town, "备案");
        town.act(Life::Partner, "AAA", "return_taken", "登记员", sealed(town, "函~1#号", &paper, &[&loan]));
        let draft = json!({ "form": town.form("A1", "1000000.00", "2025-01-06", "2026-01-06") });
        town.on("2025-02-09");
        town.act(Life::Registration, &loan, "drafted", "登记员", draft.clone());
        town.on("2025-02-10");
        assert_eq!(town.refused(Life::Registration, &loan, "drafted", "登记员", draft.clone()), "ACT_ROLE");
        // A confirmer whom the bank called off answers for nothing more.
        let ended = json!({ "confirmer": "甲联系人", "reason": "离职" });
        town.act(Life::Partner, "AAA", "confirmer_ended", "登记员", ended.clone());
        assert_eq!(town.refused(Life::Partner, "AAA", "confirmer_ended", "登记员", ended), "PARTNER_CONFIRMER");
        let again = sealed(town, "函2号", &paper, &[&loan]);
        assert_eq!(town.refused(Life::Partner, "AAA", "return_taken", "登记员", again), "PARTNER_CONFIRMER");
    });
}
