//! What later depends on an import refuses its undo, each with its code, and nothing is saved.

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::{LATER, YMK, check_same, sample};
use crate::stories::town::{FUND, Town, measure};
use crate::support::product::{Installation, on_both};

#[track_caller]
fn check_refused(installation: &Installation, import: &str, code: &str) -> String {
    let digest = installation.json(&["verify"], &[0, 1])["digest"].clone();
    let (found, words) = installation.undo_refused(import);
    assert_eq!(found, code, "{words}");
    assert!(!words.contains("undo.") && !words.contains('{'), "{words}");
    assert_eq!(installation.json(&["verify"], &[0, 1])["digest"], digest, "{code}: nothing is saved");
    words
}

#[test]
fn loans_that_are_reported_claimed_or_paid_for_stay() {
    on_both(|installation| {
        installation.opened();
        let loans = installation.import_of("YMK_registration.csv");
        installation.take_in("servicing", "monthly/YMK_202507.csv", &[]);
        check_refused(installation, &loans, "UNDO_LOANS_REPORTED");
        installation.take_back(&installation.newest("servicing"));
        installation.take_in("claims", "claims.csv", &["--until", "2025-09-15"]);
        let words = check_refused(installation, &loans, "UNDO_LOANS_CLAIMED");
        assert!(words.contains("YMK2023借字第0046号"), "{words}");
        installation.take_back(&installation.newest("claims"));
        installation.take_in("fund", "fund.csv", &[]);
        let words = check_refused(installation, &loans, "UNDO_LOANS_PAID");
        assert!(words.contains("YMK2023借字第0046号"), "{words}");
        installation.take_back(&installation.newest("fund"));
        installation.take_back(&loans);
        installation.proves();
    });
}

#[test]
fn a_later_version_and_a_later_month_come_first() {
    on_both(|installation| {
        installation.take_in("registrations", YMK, &[]);
        installation.take_in("servicing", "monthly/YMK_202512.csv", &[]);
        installation.take_in("servicing", "monthly/YMK_202601.csv", &[]);
        let words = check_refused(installation, &installation.import_of("YMK_202512.csv"), "UNDO_LATER_MONTH");
        assert!(words.contains("2026-01"), "{words}");
        installation.take_in("servicing", "monthly/YMK_202601_v2.csv", &[]);
        let words = check_refused(installation, &installation.import_of("YMK_202601.csv"), "UNDO_LATER_VERSION");
        assert!(words.contains("2026-01 v2"), "{words}");
    });
}

#[test]
fn a_later_file_that_found_records_unchanged_comes_first() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("claims", "claims.csv", &["--until", "2025-09-15"]);
        let first = installation.newest("claims");
        installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
        check_refused(installation, &first, "UNDO_LATER_FILE");
    });
}

#[test]
fn decided_claims_and_claims_with_recoveries_stay() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("claims", "claims.csv", &["--until", "2025-09-15"]);
        let claims = installation.newest("claims");
        installation.tamper("UPDATE claim_status SET state = 'approved' WHERE filed_on = '2025-09-15'");
        check_refused(installation, &claims, "UNDO_CLAIM_DECIDED");
        installation.tamper("UPDATE claim_status SET state = 'submitted' WHERE filed_on = '2025-09-15'");
        installation.take_in("fund", "fund.csv", &[]);
        let words = check_refused(installation, &claims, "UNDO_CLAIM_RECOVERED");
        assert!(words.contains("YMK2023借字第0046号"), "{words}");
        installation.take_back(&installation.newest("fund"));
        installation.take_back(&claims);
        installation.proves();
    });
}

#[test]
fn a_recovery_that_came_before_the_claim_does_not_hold_the_claim() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("fund", "fund.csv", &[]);
        installation.take_in("claims", "claims.csv", &["--until", "2025-09-15"]);
        installation.take_back(&installation.newest("claims"));
        installation.proves();
    });
}

#[test]
fn money_that_is_promised_stays() {
    on_both(|installation| {
        installation.take_in("fund", "fund.csv", &["--until", "2025-06-30"]);
        let money = installation.newest("fund");
        installation.take_in("registrations", YMK, &[]);
        check_refused(installation, &money, "UNDO_COVER_PROMISED");
        installation.take_in("claims", "claims.csv", &[]);
        check_refused(installation, &money, "UNDO_MONEY_PROMISED");
    });
}

#[test]
fn money_of_a_source_that_is_partly_spent_stays() {
    on_both(|installation| {
        let town = Town::found(installation, "2025-07-01", &measure("shuozhou-1"));
        town.pay_in("1", "1000.00");
        let head = "日期,类别,来源,合同编号,金额(元),备注\n";
        let file = installation.own_file("county.csv", &format!("{head}2025-07-01,出资,县级财政,,1000.00,首期\n"));
        installation.take_in("fund", &file, &[]);
        let cost =
            json!({ "move_no": "2", "kind": "cost", "amount": "100.00", "on": "2025-07-01", "ground": "审计费" });
        town.act(Life::Fund, FUND, "move_proposed", "出纳", cost);
        town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": "2", "accepted": true }));
        let words = check_refused(installation, &installation.newest("fund"), "UNDO_SOURCE_SPENT");
        assert!(words.contains("县级财政 50.00"), "{words}");
    });
}

#[test]
fn a_recovery_that_was_allocated_stays() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("fund", "fund.csv", &[]);
        // 100.00 of what came back is booked out of the liability, as an allocation does, with the balance that follows.
        let stamp = "'2026-07-31', '2026-07-31 00:00:00', 'fund:shuozhou#1'";
        let line = |no: u8, account: &str, side: &str| {
            format!("INSERT INTO ledger_lines VALUES ('shuozhou', 'x', {no}, '{account}', '{side}', 10000, {stamp})")
        };
        installation.tamper(&format!(
            "INSERT INTO ledger_transactions VALUES ('shuozhou', 'x', 'allocation', '2026-07-31', '', '', NULL, {stamp}); {}; {}; \
             UPDATE account_balances SET balance_fen = balance_fen + 10000 WHERE account = 'recoveries_unallocated'",
            line(1, "recoveries_unallocated", "debit"),
            line(2, "recovery_income:city", "credit")
        ));
        check_refused(installation, &installation.newest("fund"), "UNDO_RECOVERY_ALLOCATED");
    });
}

#[test]
fn room_that_other_loans_took_is_not_taken_from_them() {
    on_both(|installation| {
        let head = "日期,类别,来源,合同编号,金额(元),备注\n";
        let little = installation.own_file("little.csv", &format!("{head}2023-01-04,出资,省级财政,,400000.00,首期\n"));
        installation.take_in("fund", &little, &[]);
        installation.take_in("registrations", YMK, &[]);
        let queued = |installation: &Installation| {
            let app = installation.app("2026-07-31");
            let reach = pledgefund::storage::find::Reach::of_fund("shuozhou");
            pledgefund::storage::find::loans::queued(&mut app.store.read().unwrap(), &reach).unwrap().len()
        };
        let waiting = queued(installation);
        assert!(waiting > 0, "some loans must wait for room");
        // Balances that fell made room; loans that waited took it.
        for month in ["202507", "202508", "202509", "202510", "202511", "202512"] {
            installation.take_in("servicing", &format!("monthly/YMK_{month}.csv"), &[]);
        }
        assert!(queued(installation) < waiting, "the reports made room");
        installation.proves();
        let mut found = String::new();
        for month in ["202512", "202511", "202510", "202509", "202508", "202507"] {
            let import = installation.import_of(&format!("YMK_{month}.csv"));
            let asked = ["undo", "request", &import, "--by", "甲", "--reason", "文件有误", "--on", LATER];
            if installation.run(&asked).status.code() == Some(2) {
                found = check_refused(installation, &import, "UNDO_COVER_PROMISED");
                break;
            }
            let id = format!("{import}:undo:1");
            installation.json(&["undo", "approve", &id, "--by", "乙", "--on", LATER], &[0]);
            installation.proves();
        }
        assert!(!found.is_empty(), "one of the undos would break a promise");
    });
}

#[test]
fn partners_that_are_used_or_cannot_be_told_apart_stay() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        let partners = installation.newest("partners");
        installation.take_in("registrations", YMK, &[]);
        let words = check_refused(installation, &partners, "UNDO_PARTNER_USED");
        assert!(words.contains("YMK"), "{words}");
        installation.take_back(&installation.newest("registrations"));
        installation.tamper("UPDATE partners SET import_id = NULL");
        check_refused(installation, &partners, "UNDO_UNTRACED");
    });
}

#[test]
fn a_partner_changed_later_holds_the_first_file() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        let first = installation.newest("partners");
        let text = sample("partners.csv");
        let head = text.lines().next().unwrap();
        let one = text.lines().find(|line| line.contains("SGH")).unwrap().replace("800000000", "900000000");
        let changed = installation.own_file("changed.csv", &format!("{head}\n{one}\n"));
        installation.take_in("partners", &changed, &[]);
        check_refused(installation, &first, "UNDO_LATER_VERSION");
    });
}

#[test]
fn what_comes_between_request_and_approval_refuses_the_approval_and_leaves_nothing() {
    on_both(|installation| {
        installation.opened();
        let request = installation.ask(&installation.import_of("YMK_registration.csv"));
        installation.take_in("servicing", "monthly/YMK_202507.csv", &[]);
        let before = installation.figures();
        let digest = installation.json(&["verify"], &[0])["digest"].clone();
        let approve = ["undo", "approve", &request, "--by", "乙", "--on", LATER];
        let (code, words) = installation.refused(&approve);
        assert_eq!(code, "UNDO_LOANS_REPORTED", "{words}");
        assert_eq!(installation.json(&["verify"], &[0])["digest"], digest);
        check_same(&before, &installation.figures());
        installation.take_back(&installation.newest("servicing"));
        installation.json(&approve, &[0]);
        installation.proves();
    });
}
