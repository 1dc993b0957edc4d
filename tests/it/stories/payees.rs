//! Where a bank is paid, and until when an account counts as one that no money has reached.

use pledgefund::storage::find::acts;
use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use super::town::{FUND, Town, figures, measure, story};

/// A loan of a firm of its own.
fn lent(town: &Town, contract: &str, code: &str) -> String {
    let mut form = town.form(contract, "100000.00", "2025-01-06", "2026-01-06");
    form["credit_code"] = json!(code);
    form["borrower_name"] = json!(format!("企业{code}"));
    town.lend("AAA", form)
}

/// A claim that is granted, and its amount.
fn granted(town: &Town, loan: &str) -> (String, String) {
    let claim = town.ask(loan, figures("100000.00", "2025-05-01"));
    let amount = town.grant(&claim, "分管");
    (claim, amount)
}

/// Orders the payment. Gives whether it is told as the first one to its account.
fn is_first(town: &Town, (claim, amount): &(String, String)) -> bool {
    town.claim(claim, "ordered", "登记员", json!({ "amount": amount }));
    let rows = acts::of(&mut town.app.store.read().unwrap(), FUND, "claim", claim).unwrap();
    let order = rows.iter().rev().find(|row| row.act == "ordered").unwrap();
    let told: Value = serde_json::from_str(&order.details).unwrap();
    told["account_changed"].as_bool().unwrap()
}

fn pay(town: &Town, (claim, _): &(String, String)) {
    town.claim(claim, "paid", "出纳", json!({ "paid_on": town.day.to_string(), "voucher_no": "凭1" }));
}

fn change_account(town: &Town, number: &str) {
    let account = json!({ "holder": "银行补偿专户", "number": number, "bank_name": "AAA", "bank_no": "102168000017" });
    let asked = json!({ "account": account, "letter": "公函1号" });
    town.act(Life::Partner, "AAA", "account_change_proposed", "登记员", asked);
    let decided = json!({ "accepted": true, "call_back": "致电王经理核实" });
    town.act(Life::Partner, "AAA", "account_change_decided", "审核员", decided);
}

#[test]
fn only_a_payment_that_arrived_since_the_account_came_into_force_makes_it_a_known_one() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loans = [lent(town, "A1", "91140602MA0GQCGM8W"), lent(town, "A2", "9114062250207785X0")];
        town.on("2025-09-01");
        let [first, second] = loans.map(|loan| granted(town, &loan));
        assert!(is_first(town, &first), "the account of the agreement");
        // An order that was cancelled and a payment that came back prove nothing.
        town.claim(&first.0, "order_cancelled", "登记员", json!({ "reason": "账号存疑" }));
        assert!(is_first(town, &first));
        pay(town, &first);
        town.claim(&first.0, "bounced", "出纳", json!({ "bounced_on": "2025-09-01", "reason": "户名不符" }));
        assert!(is_first(town, &first));
        pay(town, &first);
        assert!(!is_first(town, &second), "money has arrived");
        town.claim(&second.0, "order_cancelled", "登记员", json!({ "reason": "账户变更" }));
        // A change makes a new one, and so does a change back to an account that was paid before.
        change_account(town, "9999000011112222");
        assert!(is_first(town, &second));
        town.claim(&second.0, "order_cancelled", "登记员", json!({ "reason": "账户变更" }));
        change_account(town, "6222000011112222");
        assert!(is_first(town, &second));
        pay(town, &second);
    });
}
