//! Firms of one group at two banks: the fund knows what they owe together, no bank does.

use pledgefund::usecase::group_exposure;
use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::town::{FUND, measure, story};

#[test]
fn the_fund_is_told_what_a_group_owes_at_every_bank_and_a_bank_is_not() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let mut first = town.form("A1", "8000000.00", "2025-01-06", "2026-01-06");
        first["group"] = json!("安泰集团");
        let own = town.lend("AAA", first);
        let mut second = town.form("B1", "8000000.00", "2025-01-07", "2026-01-06");
        second["credit_code"] = json!("91140600757263187U");
        second["borrower_name"] = json!("朔州市安泰物流有限公司");
        second["group"] = json!("安泰　集团");
        let loan = format!("{FUND}:BBB:B1");
        let drafted = town.act(Life::Registration, &loan, "drafted", "乙经办", json!({ "form": second }));
        let submitted = town.act(Life::Registration, &loan, "submitted", "乙复核", json!({}));
        for told in [drafted, submitted] {
            assert!(!told.to_string().contains("group") && !told.to_string().contains("AAA"), "{told}");
        }
        // What is only handed in says nothing of the firm of another bank.
        let before = town.loan(&own);
        let alone = group_exposure::of_loan(&mut town.app.store.read().unwrap(), &before).unwrap().unwrap();
        assert_eq!((alone.firms, alone.loans, alone.over.len()), (1, 1, 0));
        let tried = town.rehearse(Life::Registration, &loan, "registered", "登记员", json!({}));
        let taken = town.act(Life::Registration, &loan, "registered", "登记员", json!({}));
        assert_eq!(tried["group_exposure"], taken["group_exposure"], "who decides sees it before");
        let told = &taken["group_exposure"];
        assert_eq!((&told["firms"], &told["banks"], &told["loans"]), (&json!(2), &json!(2), &json!(2)));
        assert_eq!((&told["outstanding"], &told["promised"]), (&json!("16000000.00"), &json!("6000000.00")));
        let over = json!([{ "limit_kind": "per_borrower_life", "limit": "5000000.00", "figure": "6000000.00" }]);
        assert_eq!(told["over"], over, "a warning: it was taken all the same");
        // A loan whose form names no group belongs to that of its firm.
        let mut third = town.form("A2", "1000000.00", "2025-01-08", "2026-01-06");
        third["credit_code"] = json!("91140600757263187U");
        let plain = town.lend("AAA", third);
        let all = group_exposure::of_loan(&mut town.app.store.read().unwrap(), &town.loan(&plain)).unwrap().unwrap();
        assert_eq!((all.firms, all.banks, all.loans, all.outstanding.yuan().as_str()), (2, 2, 3, "17000000.00"));
    });
}

#[test]
fn a_cancelled_loan_and_a_firm_without_a_group_count_for_nothing() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let mut first = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        first["group"] = json!("安泰集团");
        let first = town.lend("AAA", first);
        town.act(Life::Registration, &first, "cancellation_proposed", "甲经办", json!({ "reason": "未放款" }));
        town.act(Life::Registration, &first, "cancellation_decided", "登记员", json!({ "accepted": true }));
        let mut second = town.form("B1", "1000000.00", "2025-01-07", "2026-01-06");
        second["credit_code"] = json!("91140600757263187U");
        second["group"] = json!("安泰集团");
        let second = town.lend("BBB", second);
        let told = group_exposure::of_loan(&mut town.app.store.read().unwrap(), &town.loan(&second)).unwrap().unwrap();
        assert_eq!((told.firms, told.loans, told.outstanding.yuan().as_str()), (1, 1, "1000000.00"));
        let mut third = town.form("B2", "1000000.00", "2025-01-07", "2026-01-06");
        third["credit_code"] = json!("9114062250207785X0");
        let third = town.lend("BBB", third);
        assert_eq!(group_exposure::of_loan(&mut town.app.store.read().unwrap(), &town.loan(&third)).unwrap(), None);
    });
}
