//! Whoever changes an undo behind the product's back is named; the same acts give the same books.

use super::YMK;
use crate::support::product::{Installation, databases, on_both};

#[track_caller]
fn check_named(installation: &Installation, sql: &str, back: &str, name: &str) {
    installation.tamper(sql);
    let proof = installation.json(&["verify"], &[1]);
    assert!(proof["checks"].to_string().contains(name), "{sql}: {name} not in {proof}");
    installation.tamper(back);
    installation.proves();
}

#[test]
fn one_changed_byte_of_an_undo_makes_verify_name_it() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("fund", "fund.csv", &["--until", "2025-12-31"]);
        installation.take_back(&installation.newest("fund"));
        installation.take_in("claims", "claims.csv", &["--until", "2025-09-15"]);
        installation.take_back(&installation.newest("claims"));
        installation.proves();
        let money = format!("import_undos {}:undo:1:2", installation.newest("fund"));
        let set = |column: &str, value: &str| {
            format!("UPDATE import_undos SET {column} = '{value}' WHERE version = 2 AND import_id LIKE '%:fund:%'")
        };
        check_named(installation, &set("person", "丙"), &set("person", "乙"), &money);
        check_named(installation, &set("note", "x"), &set("note", ""), &money);
        check_named(installation, &set("state", "rejected"), &set("state", "approved"), &money);
        let line = |sign: &str| {
            format!(
                "UPDATE ledger_lines SET amount_fen = amount_fen {sign} 1 WHERE line_no = 1 AND tx_id LIKE 'shuozhou:2025-12-21%~reversal'"
            )
        };
        check_named(installation, &line("+"), &line("-"), "ledger_transactions shuozhou:2025-12-21");
        let claim = "shuozhou:YMK:YMK2023借字第0046号@2025-09-15";
        let state = |to: &str| format!("UPDATE claim_status SET state = '{to}' WHERE claim_id = '{claim}'");
        check_named(installation, &state("submitted"), &state("withdrawn"), &format!("claim_status {claim}"));
    });
}

#[test]
fn a_loan_put_back_into_the_list_behind_the_products_back_is_named() {
    on_both(|installation| {
        installation.take_in("registrations", YMK, &[]);
        installation
            .tamper("CREATE TABLE kept AS SELECT * FROM loans WHERE loan_id = 'shuozhou:YMK:YMK2025借字第0003号'");
        installation.take_back(&installation.newest("registrations"));
        let back = "DELETE FROM loans";
        check_named(
            installation,
            "INSERT INTO loans SELECT * FROM kept",
            back,
            "loans shuozhou:YMK:YMK2025借字第0003号",
        );
    });
}

#[test]
fn what_the_list_says_of_the_servicing_of_a_loan_is_proved() {
    on_both(|installation| {
        installation.take_in("registrations", YMK, &[]);
        installation.take_in("servicing", "monthly/YMK_202507.csv", &[]);
        let loan = "shuozhou:YMK:YMK2023借字第0046号";
        installation.proves();
        for (column, wrong) in [("servicing", "'settled'"), ("overdue_days", "9999"), ("last_month", "'2025-06'")] {
            installation.tamper("CREATE TABLE kept AS SELECT * FROM loans");
            let wrong = format!("UPDATE loans SET {column} = {wrong} WHERE loan_id = '{loan}'");
            let back = "DELETE FROM loans; INSERT INTO loans SELECT * FROM kept; DROP TABLE kept";
            check_named(installation, &wrong, back, &format!("loans {loan}"));
        }
    });
}

#[test]
fn the_same_acts_give_the_same_books_byte_for_byte_on_both_databases() {
    let mut digests = Vec::new();
    for make in databases() {
        for _ in 0..2 {
            let installation = make();
            installation.run(&["migrate"]);
            let clock = "('simulated_clock', '2026-07-31T04:00:00.000000')";
            installation.tamper(&format!("INSERT INTO settings (name, value) VALUES {clock}"));
            installation.opened();
            installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
            installation.take_back(&installation.newest("claims"));
            installation.take_back(&installation.import_of("YMK_registration.csv"));
            installation.take_in("registrations", YMK, &[]);
            installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
            installation.proves();
            digests.push(installation.json(&["verify"], &[0])["digest"].to_string());
        }
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
}
