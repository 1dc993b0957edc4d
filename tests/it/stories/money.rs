//! Clean payment, a fund that is short, provisional payment, recoveries.

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::town::{FUND, figures, measure, measure_with_timing, story};

/// S1: a pure pledge of 4,000,000.00, neither first loan nor start-up, pays 40 %.
#[test]
fn a_clean_claim_is_paid_and_every_fen_has_its_account() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "4000000.00", "2025-01-06", "2026-01-06"));
        assert_eq!(town.loan(&loan).reserved_fen, 160_000_000, "40 % of the principal, before the first report");
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("4000000.00", "2025-05-01"));
        assert_eq!(town.balance("promised:earmarked"), 160_000_000);
        assert_eq!(town.loan(&loan).reserved_fen, 0, "the earmark replaces the reserve");
        let tried = town.rehearse(Life::Claim, &claim, "accepted", "审核员", json!({}));
        assert_eq!(tried["state"], "accepted", "what would happen, with nothing saved");
        let amount = town.grant(&claim, "主任");
        assert_eq!(amount, "1600000.00");
        assert_eq!((town.balance("promised:earmarked"), town.balance("promised:ordered")), (0, 160_000_000));
        town.pay(&claim, &amount);
        assert_eq!(town.balance("cash"), 1_000_000_000 - 160_000_000);
        assert_eq!(town.balance("compensation:city"), 160_000_000);
        assert_eq!(town.balance("promised:ordered"), 0);
        let status = town.status(&claim);
        assert_eq!((status.state.as_str(), status.paid_fen), ("recovering", 160_000_000));
    });
}

#[test]
fn a_payment_that_bounces_is_reversed_and_made_again() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2025-09-01", "voucher_no": "凭1" }));
        town.on("2025-09-03");
        town.claim(&claim, "bounced", "出纳", json!({ "bounced_on": "2025-09-03", "reason": "户名不符" }));
        assert_eq!(town.balance("cash"), 1_000_000_000);
        assert_eq!(town.balance("promised:ordered"), 40_000_000, "it is still granted");
        town.pay(&claim, &amount);
        assert_eq!(town.balance("cash"), 1_000_000_000 - 40_000_000);
        assert_eq!(town.status(&claim).paid_fen, 40_000_000);
    });
}

/// The fund holds 1,000,000.00; the first claim takes 800,000.00, the second waits for the rest of its 400,000.00.
#[test]
fn when_the_fund_is_short_the_second_in_line_waits_for_the_next_contribution() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "1000000.00");
        let first = town.lend("AAA", town.form("A1", "2000000.00", "2025-01-06", "2026-01-06"));
        let second = town.lend("BBB", town.form("B1", "1000000.00", "2025-01-07", "2026-01-06"));
        town.on("2025-09-01");
        let first = town.ask(&first, figures("2000000.00", "2025-05-01"));
        let second = town.ask(&second, figures("1000000.00", "2025-05-01"));
        assert_eq!(town.computed(&first).0, "800000.00");
        assert_eq!(town.computed(&second).0, "200000.00", "cut by what the first has earmarked");
        let granted = town.grant(&first, "主任");
        town.claim(&second, "accepted", "审核员", json!({}));
        town.claim(&second, "reviewed", "审核员", super::town::review());
        let short = json!({ "amount": "400000.00", "calculation": 1, "no_conflict": true });
        assert_eq!(town.refused(Life::Claim, &second, "approved", "分管", short), "CLAIM_AMOUNT");
        town.pay(&first, &granted);
        town.on("2025-10-08");
        town.pay_in("2", "500000.00");
        town.evening();
        assert_eq!(town.computed(&second).0, "400000.00", "the contribution fills it up");
        let amount = town.approve(&second, "分管");
        town.pay(&second, &amount);
        assert_eq!(town.balance("cash"), 30_000_000);
    });
}

/// 40 % of 2,000,000.00 and of 1,000,000.00 compete for 900,000.00: 600,000.00 and 300,000.00.
#[test]
fn a_measure_that_shares_a_short_fund_pro_rata_cuts_both_alike() {
    let timing = "mode = \"final\"\nshort = \"pro_rata\"\nqueue = \"filing\"\nyear_end = \"lose\"\n";
    story("2025-01-10", &measure_with_timing(timing), |town| {
        town.pay_in("1", "900000.00");
        let first = town.lend("AAA", town.form("A1", "2000000.00", "2025-01-06", "2026-01-06"));
        let second = town.lend("BBB", town.form("B1", "1000000.00", "2025-01-07", "2026-01-06"));
        town.on("2025-09-01");
        let first = town.ask(&first, figures("2000000.00", "2025-05-01"));
        let second = town.ask(&second, figures("1000000.00", "2025-05-01"));
        town.evening();
        assert_eq!(town.computed(&first).0, "600000.00");
        assert_eq!(town.computed(&second).0, "300000.00");
        for (claim, by) in [(&first, "主任"), (&second, "分管")] {
            let amount = town.grant(claim, by);
            town.pay(claim, &amount);
        }
        assert_eq!(town.balance("cash"), 0);
    });
}

/// 50 % of the payout is paid at once; the bank then gets 300,000.00 by disposal, so that 280,000.00 are due of the
/// 200,000.00 paid; later it is found that more came in, and 40,000.00 go back.
#[test]
fn a_provisional_payment_is_topped_up_and_then_clawed_back() {
    let timing = "mode = \"provisional\"\nadvance = \"50 %\"\nadvance_of = \"payout\"\nheld_in = \"bank\"\n\
                  settle_on = \"claim.written_off_on\"\nshort = \"queue\"\nqueue = \"filing\"\nyear_end = \"carry\"\n";
    story("2025-01-10", &measure_with_timing(timing), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        assert_eq!(amount, "200000.00", "half of 40 %");
        town.pay(&claim, &amount);
        town.on("2026-03-02");
        let mut last = figures("1000000.00", "2025-05-01");
        last["collateral_gross"] = json!("300000.00");
        last["written_off_on"] = json!("2026-03-01");
        town.claim(&claim, "final_stated", "甲经办", json!({ "figures": last }));
        town.claim(&claim, "resettled", "审核员", json!({ "cause": "损失已确定" }));
        town.claim(&claim, "resettlement_decided", "分管", json!({ "accepted": true }));
        assert_eq!(town.status(&claim).state, "approved");
        town.pay(&claim, "80000.00");
        assert_eq!(town.status(&claim).paid_fen, 28_000_000, "40 % of the 700,000.00 that stay lost");
        town.on("2026-04-01");
        last["collateral_gross"] = json!("400000.00");
        town.claim(&claim, "final_stated", "甲经办", json!({ "figures": last }));
        town.claim(&claim, "resettled", "审核员", json!({ "cause": "处置款少报" }));
        town.claim(&claim, "resettlement_decided", "分管", json!({ "accepted": true }));
        assert_eq!(town.balance("owed_by_bank:AAA"), 4_000_000);
        let early = json!({ "proposal": "close", "ground": "结清" });
        town.claim(&claim, "proposed", "审核员", early);
        let refused = town.refused(Life::Claim, &claim, "proposal_decided", "主任", json!({ "accepted": true }));
        assert_eq!(refused, "CLAIM_OPEN_BUSINESS", "the bank still owes");
        let back = json!({ "amount": "40000.00", "on": "2026-04-01", "voucher_no": "凭9" });
        town.claim(&claim, "given_back", "出纳", back);
        assert_eq!(town.balance("owed_by_bank:AAA"), 0);
        assert_eq!(town.balance("compensation:city"), 24_000_000);
        assert_eq!(town.balance("cash"), 1_000_000_000 - 24_000_000);
    });
}

/// Bank 600,000.00 and fund 400,000.00 have borne; 150,000.00 less 50,000.00 of cost are shared 60 : 40.
#[test]
fn what_is_recovered_is_shared_by_what_each_has_borne() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.pay(&claim, &amount);
        town.on("2026-01-12");
        let report = json!({
            "quarter": "2025Q4", "progress": "已立案执行", "court": "朔城区法院", "case_no": "（2025）晋0602执1号",
            "gross": "150000.00", "cost": "50000.00", "next_step": "拍卖厂房",
        });
        town.claim(&claim, "recovery_reported", "甲经办", report);
        let collected = json!({ "kind": "enforcement", "gross": "150000.00", "cost": "50000.00", "on": "2026-01-05" });
        town.claim(&claim, "recovery_collected", "甲经办", collected);
        assert_eq!(town.balance("recovery_in_transit:AAA"), 4_000_000, "collected is not yet received");
        assert_eq!(town.balance("cash"), 960_000_000, "and raises nothing");
        let banked = json!({
            "amount": "40000.00", "on": "2026-01-12", "destination": "fund_account", "voucher_no": "凭7",
        });
        town.claim(&claim, "recovery_banked", "出纳", banked.clone());
        assert_eq!(town.balance("cash"), 964_000_000);
        assert_eq!(town.balance("recovery_income:city"), -4_000_000);
        assert_eq!(town.refused(Life::Claim, &claim, "recovery_banked", "出纳", banked), "CLAIM_AMOUNT");
        // 1,200,000.00 more make everyone whole: 560,000.00 and 340,000.00 … the rest is nobody's of the fund.
        let rest = json!({ "kind": "loan_sold", "gross": "1200000.00", "cost": "0", "on": "2026-01-12" });
        let unasked = town.refused(Life::Claim, &claim, "recovery_collected", "甲经办", rest.clone());
        assert_eq!(unasked, "CLAIM_OPEN_BUSINESS", "a loan is sold when the fund has agreed");
        town.claim(&claim, "proposed", "甲经办", json!({ "proposal": "sale", "ground": "挂牌转让" }));
        town.claim(&claim, "proposal_decided", "主任", json!({ "accepted": true }));
        town.claim(&claim, "recovery_collected", "甲经办", rest);
        assert_eq!(town.status(&claim).recovered_fen, 40_000_000, "the fund never gets more than it paid");
    });
}

#[test]
fn on_the_treasury_channel_a_recovery_goes_to_the_treasury_and_raises_nothing() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.act(Life::Fund, FUND, "channel_set", "登记员", json!({ "channel": "treasury", "document_no": "财字1号" }));
        let quota = json!({
            "move_no": "1", "kind": "contribution", "amount": "10000000.00", "source": "city", "on": "2025-01-10",
            "ground": "年度预算", "document_no": "指标1", "subject_code": "2150899", "budget_year": 2025,
        });
        town.act(Life::Fund, FUND, "move_proposed", "出纳", quota);
        town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": "1", "accepted": true }));
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-12-26");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        let order = json!({ "amount": amount });
        assert_eq!(town.refused(Life::Claim, &claim, "ordered", "登记员", order), "CLAIM_EXTERNAL_NUMBER_MISSING");
        let order = json!({ "amount": amount, "external_no": "支付申请2025-77" });
        assert_eq!(town.refused(Life::Claim, &claim, "ordered", "登记员", order.clone()), "CLAIM_TREASURY_CLOSED");
        town.on("2026-01-05");
        town.claim(&claim, "ordered", "登记员", order);
        town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2026-01-05", "voucher_no": "凭1" }));
        town.claim(&claim, "received", "甲经办", json!({ "received_on": "2026-01-05", "bank_receipt_no": "1" }));
        let collected = json!({ "kind": "enforcement", "gross": "100000.00", "cost": "0", "on": "2026-01-05" });
        town.claim(&claim, "recovery_collected", "甲经办", collected);
        let remitted =
            json!({ "amount": "40000.00", "on": "2026-01-05", "destination": "treasury", "voucher_no": "缴1" });
        let mut elsewhere = remitted.clone();
        elsewhere["destination"] = json!("fund_account");
        let refused = town.refused(Life::Claim, &claim, "recovery_banked", "出纳", elsewhere);
        assert_eq!(refused, "CLAIM_DESTINATION", "quota does not grow by what is handed over");
        town.claim(&claim, "recovery_banked", "出纳", remitted);
        assert_eq!(town.balance("cash"), 1_000_000_000 - 40_000_000, "only a new appropriation brings it back");
        assert_eq!(town.balance("remitted_to_treasury:city"), 4_000_000);
        let quota = json!({
            "move_no": "q1", "kind": "quota_withdrawal", "amount": "9600000.00", "source": "city",
            "on": "2026-01-05", "ground": "年末收回", "document_no": "收回1", "subject_code": "2150899",
            "budget_year": 2025,
        });
        town.act(Life::Fund, FUND, "move_proposed", "出纳", quota);
        town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": "q1", "accepted": true }));
        assert_eq!(town.balance("cash"), 0);
    });
}

/// Two sources of 6,000,000.00 and 2,000,000.00 bear 400,000.00 as 300,000.00 and 100,000.00.
#[test]
fn every_source_bears_its_part_of_a_payment() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        for (number, source, yuan) in [("1", "city", "6000000.00"), ("2", "county", "2000000.00")] {
            let details = json!({
                "move_no": number, "kind": "contribution", "amount": yuan, "source": source, "on": "2025-01-10",
                "ground": "预算",
            });
            town.act(Life::Fund, FUND, "move_proposed", "出纳", details);
            let own = json!({ "move_no": number, "accepted": true });
            assert_eq!(town.refused(Life::Fund, FUND, "move_decided", "出纳", own.clone()), "ACT_ROLE");
            town.act(Life::Fund, FUND, "move_decided", "主任", own);
        }
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.pay(&claim, &amount);
        assert_eq!((town.balance("compensation:city"), town.balance("compensation:county")), (30_000_000, 10_000_000));
        let over =
            json!({ "move_no": "3", "kind": "cost", "amount": "9000000.00", "on": "2025-09-01", "ground": "审计费" });
        town.act(Life::Fund, FUND, "move_proposed", "出纳", over);
        let decided = json!({ "move_no": "3", "accepted": true });
        assert_eq!(town.refused(Life::Fund, FUND, "move_decided", "主任", decided), "MONEY_PROMISED");
    });
}
