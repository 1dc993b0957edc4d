//! What a group owes and which cover has no end, on the pages: for the fund, and for no bank.

use pledgefund::link::segment;
use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::acting::Desk;
use crate::stories::town::{FUND, Town, measure};
use crate::support::product::Installation;

#[test]
fn the_fund_sees_the_group_before_it_decides_and_the_bank_does_not() {
    let installation = Installation::sqlite();
    let town = Town::found(&installation, "2025-01-10", &measure("shuozhou-1"));
    town.pay_in("1", "10000000");
    let mut known = None;
    for nth in 1..=2 {
        let mut form = town.form(&format!("A{nth}"), "8000000.00", "2025-01-06", "2026-01-06");
        form["group"] = json!("安泰集团");
        known = Some(town.lend("AAA", form));
    }
    let mut form = town.form("B1", "1000000.00", "2025-01-07", "2026-01-06");
    form["credit_code"] = json!("91140600757263187U");
    form["group"] = json!("安泰集团");
    let loan = format!("{FUND}:BBB:B1");
    town.act(Life::Registration, &loan, "drafted", "乙经办", json!({ "form": form }));
    town.act(Life::Registration, &loan, "submitted", "乙复核", json!({}));
    let desk = Desk::within(town, known.unwrap());
    let page = format!("/registrations/{}", segment(&loan));
    let shown = desk.get("登记员", &page);
    assert_eq!(shown.status, 200);
    for words in ["集团在册敞口", "安泰集团", "超过每户累计限额 5000000.00 元"] {
        assert!(shown.text.contains(words), "{words}\n{}", shown.text);
    }
    let of_bank = desk.get("乙经办", &page);
    assert_eq!(of_bank.status, 200);
    for words in ["集团在册敞口", "每户累计限额", "6000000"] {
        assert!(!of_bank.text.contains(words), "{words}");
    }
}

#[test]
fn the_reserve_page_lists_matured_loans_of_which_nobody_says_anything() {
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-01-10", &measure("shuozhou-1"));
    town.pay_in("1", "10000000");
    let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2025-03-06"));
    town.on("2025-09-01");
    let desk = Desk::within(town, loan.clone());
    let shown = desk.get("登记员", "/reserve");
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("到期已久无报送"), "{}", shown.text);
    let listed = shown.text.split("id=\"h-silent\"").nth(1).and_then(|rest| rest.split("</table>").next());
    assert!(listed.is_some_and(|listed| listed.contains(&segment(&loan))), "{}", shown.text);
}
