//! Money besides claims: whose it is, for which day and year it is booked, through which channel it goes.

use pledgefund::storage::find::money;
use pledgefund::usecase::lives::{Life, Request, perform};
use serde_json::{Value, json};

use super::town::{FUND, Town, measure, story};

/// Puts a movement forward and decides it.
#[track_caller]
fn booked(town: &Town, details: Value) {
    let number = details["move_no"].clone();
    town.act(Life::Fund, FUND, "move_proposed", "出纳", details);
    town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": number, "accepted": true }));
}

/// Puts a movement forward that is then refused with a code, and is turned down. Gives the words of the refusal.
#[track_caller]
fn refused(town: &Town, details: Value, code: &str) -> String {
    let number = details["move_no"].clone();
    town.act(Life::Fund, FUND, "move_proposed", "出纳", details);
    let decided = json!({ "move_no": number, "accepted": true });
    assert_eq!(town.refused(Life::Fund, FUND, "move_decided", "主任", decided.clone()), code);
    let request = Request {
        life: Life::Fund,
        subject: FUND.to_owned(),
        act: "move_decided".to_owned(),
        details: decided,
        by: "主任".to_owned(),
        on: town.day,
        expected: None,
        key: None,
    };
    let words = perform(&town.app, &request).unwrap_err().text(pledgefund::i18n::Lang::Zh);
    town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": number, "accepted": false }));
    words
}

fn movement(number: &str, kind: &str, source: &str, yuan: &str, on: &str) -> Value {
    json!({ "move_no": number, "kind": kind, "amount": yuan, "source": source, "on": on, "ground": "预算" })
}

/// Of 10,000,000.00 the county paid in 7,500,000.00: no more goes back to it, however much there is in all.
#[test]
fn a_source_gets_back_no_more_than_its_own_sub_fund_holds() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        booked(town, movement("1", "contribution", "city", "2500000.00", "2025-01-10"));
        booked(town, movement("2", "contribution", "county", "7500000.00", "2025-01-10"));
        for kind in ["contribution_return", "quota_withdrawal"] {
            let words = refused(town, movement(kind, kind, "county", "9000000.00", "2025-01-10"), "SOURCE_SHORT");
            assert!(
                words.contains("7500000.00") && words.contains("9000000.00") && words.contains("县级财政"),
                "{words}"
            );
        }
        let nothing = movement("3", "contribution_return", "province", "0.01", "2025-01-10");
        refused(town, nothing, "SOURCE_SHORT");
        // What comes in March gives nothing back in February.
        town.on("2025-03-01");
        booked(town, movement("4", "contribution", "county", "1000000.00", "2025-03-01"));
        refused(town, movement("5", "contribution_return", "county", "8000000.00", "2025-02-01"), "SOURCE_SHORT");
        booked(town, movement("6", "contribution_return", "county", "8000000.00", "2025-03-01"));
        // A contribution that went back is not taken back a second time.
        let back = json!({ "move_no": "7", "kind": "reversal", "reverses": format!("{FUND}:move:2"),
            "on": "2025-03-01", "ground": "误记" });
        refused(town, back, "MONEY_SHORT");
        booked(town, movement("8", "contribution", "city", "9000000.00", "2025-03-01"));
        let back = json!({ "move_no": "9", "kind": "reversal", "reverses": format!("{FUND}:move:2"),
            "on": "2025-03-01", "ground": "误记" });
        refused(town, back, "SOURCE_SHORT");
        assert_eq!(town.balance("contribution:county"), -50_000_000);
    });
}

/// A cost that is booked for an earlier day is borne by those who had paid in by then.
#[test]
fn a_cost_of_an_earlier_day_is_not_drawn_from_what_came_later() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        booked(town, movement("1", "contribution", "city", "1000.00", "2025-01-10"));
        town.on("2025-03-01");
        booked(town, movement("2", "contribution", "county", "1000.00", "2025-03-01"));
        let cost = |number: &str, yuan: &str, on: &str| json!({ "move_no": number, "kind": "cost", "amount": yuan, "on": on, "ground": "审计费" });
        booked(town, cost("3", "100.00", "2025-02-01"));
        assert_eq!((town.balance("cost:city"), town.balance("cost:county")), (10_000, 0));
        refused(town, cost("4", "950.00", "2025-02-01"), "MONEY_SHORT");
        booked(town, cost("5", "190.00", "2025-03-01"));
        assert_eq!((town.balance("cost:city"), town.balance("cost:county")), (19_000, 10_000));
    });
}

#[test]
fn nothing_is_booked_for_a_day_to_come() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let ahead = movement("1", "contribution", "city", "1000.00", "2029-01-10");
        assert_eq!(town.refused(Life::Fund, FUND, "move_proposed", "出纳", ahead), "MOVE_LATER");
        town.on("2025-02-01");
        town.act(
            Life::Fund,
            FUND,
            "move_proposed",
            "出纳",
            movement("2", "contribution", "city", "1000.00", "2025-02-01"),
        );
        town.on("2025-01-31");
        let decided = json!({ "move_no": "2", "accepted": true });
        assert_eq!(town.refused(Life::Fund, FUND, "move_decided", "主任", decided.clone()), "MOVE_LATER");
        town.on("2025-02-01");
        town.act(Life::Fund, FUND, "move_decided", "主任", decided);
        assert_eq!(town.balance("cash"), 100_000);
    });
}

fn quota(number: &str, kind: &str, yuan: &str, year: u32, on: &str) -> Value {
    let mut details = movement(number, kind, "city", yuan, on);
    details["document_no"] = json!(format!("财预〔{year}〕{number}号"));
    details["subject_code"] = json!("2150899");
    details["budget_year"] = json!(year);
    details
}

/// 6,000,000.00 of 2025 and 4,000,000.00 of 2026: of 2025 no more than its own 6,000,000.00 is withdrawn.
#[test]
fn a_quota_tells_its_paper_subject_and_year_and_is_withdrawn_by_year() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.act(Life::Fund, FUND, "channel_set", "登记员", json!({ "channel": "treasury" }));
        for field in ["document_no", "subject_code", "budget_year"] {
            let mut details = quota("1", "contribution", "6000000.00", 2025, "2025-01-10");
            details[field] = Value::Null;
            assert_eq!(town.refused(Life::Fund, FUND, "move_proposed", "出纳", details), "MOVE_MISSING", "{field}");
        }
        let far = quota("1", "contribution", "6000000.00", 2052, "2025-01-10");
        assert_eq!(town.refused(Life::Fund, FUND, "move_proposed", "出纳", far), "MOVE_BUDGET_YEAR");
        booked(town, quota("1", "contribution", "6000000.00", 2025, "2025-01-10"));
        let told = money::transaction(&mut town.app.store.read().unwrap(), &format!("{FUND}:move:1")).unwrap().unwrap();
        assert_eq!(told.memo, "财预〔2025〕1号 2150899 2025 预算");
        town.on("2025-12-20");
        booked(town, quota("2", "contribution", "4000000.00", 2026, "2025-12-20"));
        town.on("2026-01-05");
        let words = refused(town, quota("3", "quota_withdrawal", "7000000.00", 2025, "2026-01-05"), "QUOTA_SHORT");
        assert!(words.contains("6000000.00") && words.contains("2025"), "{words}");
        booked(town, quota("4", "quota_withdrawal", "5000000.00", 2025, "2026-01-05"));
        refused(town, quota("5", "quota_withdrawal", "1000000.01", 2025, "2026-01-05"), "QUOTA_SHORT");
        // A withdrawal that is taken back leaves the year its quota again.
        let back = json!({ "move_no": "6", "kind": "reversal", "reverses": format!("{FUND}:move:4"),
            "on": "2026-01-05", "ground": "误记" });
        booked(town, back);
        booked(town, quota("7", "quota_withdrawal", "6000000.00", 2025, "2026-01-05"));
        assert_eq!(town.balance("cash"), 400_000_000);
    });
}

#[test]
fn a_channel_is_not_changed_over_money_that_lies_under_the_one_before() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        booked(town, movement("1", "contribution", "city", "1000.00", "2025-01-10"));
        let set = |channel: &str| json!({ "channel": channel });
        let refused = |channel: &str| town.refused(Life::Fund, FUND, "channel_set", "登记员", set(channel));
        assert_eq!(refused("treasury"), "CHANNEL_MONEY");
        town.act(Life::Fund, FUND, "channel_set", "登记员", set("special_account"));
        // What is laid with banks comes from the account, so that this change strands nothing.
        town.act(Life::Fund, FUND, "channel_set", "登记员", set("bank_deposits"));
        let deposit = |number: &str, kind: &str| json!({ "move_no": number, "kind": kind, "amount": "400.00", "bank": "AAA", "on": "2025-01-10", "ground": "存放" });
        booked(town, deposit("2", "deposit_placed"));
        assert_eq!((refused("special_account"), refused("treasury")), ("CHANNEL_MONEY", "CHANNEL_MONEY"));
        booked(town, deposit("3", "deposit_released"));
        town.act(Life::Fund, FUND, "channel_set", "登记员", set("special_account"));
        booked(town, movement("4", "contribution_return", "city", "1000.00", "2025-01-10"));
        town.act(Life::Fund, FUND, "channel_set", "登记员", set("treasury"));
    });
}
