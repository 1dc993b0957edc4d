//! Statements come in once, join each other, are matched and reconciled; on both databases.

use serde_json::json;

use super::{DAYS, JULY, LATER, NUMBER};
use crate::support::product::{Installation, on_both};

/// August as camt.053 would tell it, as a table: it begins in July again, and the late contribution arrives.
const AUGUST: &str = "booked_on,credit,debit,balance,reference,text
2025-07-31,1.00,,1501.00,REF20250731,结息
2025-08-01,200.00,,1701.00,,平鲁区
2025-08-20,,0.50,1700.50,REF20250820,手续费
";

#[test]
fn the_same_file_again_changes_nothing() {
    on_both(|installation| {
        installation.july();
        let digest = installation.json(&["verify"], &[0])["digest"].clone();
        let again = installation.statement("other_name.csv", JULY, &DAYS, &[0]);
        assert_eq!((&again["known"], &again["statements"][0]["lines_new"]), (&json!(true), &json!(3)));
        assert_eq!(installation.json(&["verify"], &[0])["digest"], digest);
        assert_eq!(installation.lines().len(), 3);
    });
}

#[test]
fn an_overlapping_statement_adds_only_what_is_new() {
    on_both(|installation| {
        installation.july();
        let august = installation.statement("august.csv", AUGUST, &["--to", "2025-08-31"], &[0]);
        let told = &august["statements"][0];
        assert_eq!((&told["lines_total"], &told["lines_new"]), (&json!(3), &json!(2)));
        assert_eq!(told["findings"], json!([]));
        assert_eq!(installation.lines().len(), 5);
        assert_eq!(installation.reconciled("2025-08-31")["bank_balance"], "1700.50");
        installation.proves();
    });
}

#[test]
fn a_table_told_for_more_days_says_more_and_doubles_nothing() {
    on_both(|installation| {
        installation.booked();
        installation.statement("july.csv", &JULY.lines().take(3).collect::<Vec<_>>().join("\n"), &DAYS[..2], &[0]);
        assert_eq!(installation.reconciled("2025-07-31")["bank_balance"], json!(null));
        let same = JULY.lines().take(3).collect::<Vec<_>>().join("\n");
        let told = installation.statement("july.csv", &same, &DAYS, &[0]);
        assert_eq!((&told["known"], &told["statements"][0]["lines_new"]), (&json!(false), &json!(0)));
        assert_eq!(installation.reconciled("2025-07-31")["bank_balance"], "1500.00");
        installation.proves();
    });
}

#[test]
fn what_does_not_continue_is_a_finding_and_exit_1() {
    on_both(|installation| {
        installation.july();
        let head = AUGUST.lines().next().unwrap();
        let codes = |installation: &Installation, name: &str, row: &str, more: &[&str]| {
            let told = installation.statement(name, &format!("{head}\n{row}\n"), more, &[1]);
            told["statements"][0]["findings"][0].clone()
        };
        let gap = codes(installation, "gap.csv", "2025-08-11,1.00,,1702.00,G1,a", &[]);
        assert_eq!(gap["code"], "STATEMENT_GAP");
        assert_eq!((&gap["from"], &gap["to"]), (&json!("2025-08-01"), &json!("2025-08-10")));
        let jump = codes(installation, "jump.csv", "2025-08-12,1.00,,1704.00,G2,a", &[]);
        assert_eq!(jump["code"], "STATEMENT_NOT_CONTINUED");
        assert_eq!((&jump["before"], &jump["after"]), (&json!("1702.00"), &json!("1703.00")));
        let other = "2025-07-02,1500.00,,1500.00,OTHER1,拨款\n2025-07-31,1.00,,1501.00,REF20250731,结息";
        let differs = codes(installation, "differs.csv", other, &[]);
        assert_eq!(differs["code"], "STATEMENT_OVERLAP_DIFFERS");
        let words = installation.run(&["statement", "list"]);
        let words = String::from_utf8_lossy(&words.stdout).into_owned();
        assert!(words.contains("2025-08-01至2025-08-10没有对账单"), "{words}");
        assert!(!words.contains("statement.") && !words.contains('{'), "{words}");
    });
}

#[test]
fn a_first_statement_that_opens_otherwise_than_the_books_is_a_finding() {
    on_both(|installation| {
        installation.booked();
        let text = "booked_on,credit,debit,balance,text\n2025-07-09,500.00,,1499.00,a\n";
        let told = installation.statement("late.csv", text, &[], &[1]);
        assert_eq!(told["statements"][0]["findings"][0]["code"], "STATEMENT_OPENING_DIFFERS");
    });
}

#[test]
fn what_the_opening_balance_holds_is_not_asked_for_again() {
    on_both(|installation| {
        installation.booked();
        let text = "booked_on,credit,debit,balance,text\n2025-07-09,500.00,,1500.00,a\n";
        installation.statement("late.csv", text, &[], &[0]);
        installation.matched();
        let told = installation.reconciled("2025-07-09");
        assert_eq!((&told["difference"], &told["open_items"]), (&json!("0.00"), &json!(1)));
        assert_eq!(told["bank_received"][0]["amount"], "500.00");
        let told = installation.json(&["statement", "reconcile", "--on", "2025-07-08"], &[1]);
        assert_eq!(told["accounts"][0]["bank_balance"], json!(null));
    });
}

#[test]
fn a_month_is_matched_and_reconciled_to_the_fen() {
    on_both(|installation| {
        installation.july();
        let made = installation.matched();
        let rules: Vec<&str> = made.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
        assert_eq!(rules, ["reference", "amount"]);
        let told = installation.reconciled("2025-07-31");
        assert_eq!((&told["book_balance"], &told["bank_balance"]), (&json!("1700.00"), &json!("1501.00")));
        assert_eq!(told["bank_received"][0]["amount"], "1.00");
        assert_eq!(told["book_received"][0]["amount"], "200.00");
        assert_eq!((&told["adjusted_book"], &told["adjusted_bank"]), (&json!("1701.00"), &json!("1701.00")));
        assert_eq!((&told["difference"], &told["agrees"]), (&json!("0.00"), &json!(true)));
        // On the 9th the bank already had what the books took on the 10th.
        let told = installation.reconciled("2025-07-09");
        assert_eq!((&told["bank_received"][0]["amount"], &told["difference"]), (&json!("500.00"), &json!("0.00")));
        installation.statement("august.csv", AUGUST, &["--to", "2025-08-31"], &[0]);
        assert_eq!(installation.matched().as_array().unwrap().len(), 1, "the contribution that was on its way");
        let told = installation.reconciled("2025-08-31");
        assert_eq!((&told["bank_paid"][0]["amount"], &told["difference"]), (&json!("0.50"), &json!("0.00")));
        let told = installation.reconciled("2025-07-31");
        assert_eq!(told["book_received"][0]["amount"], "200.00", "at the end of July it was still on its way");
        assert_eq!(installation.matched(), json!([]), "nothing is left to match");
        installation.proves();
        let words = installation.run(&["statement", "reconcile", "--on", "2025-08-31"]);
        let words = String::from_utf8_lossy(&words.stdout).into_owned();
        assert!(words.contains("银付企未付：1笔") && words.contains("差额：0.00"), "{words}");
    });
}

#[test]
fn a_person_matches_and_opens_again_with_a_reason() {
    on_both(|installation| {
        installation.july();
        let lines = installation.lines();
        let (first, last) = (lines[0]["id"].as_str().unwrap(), lines[2]["id"].as_str().unwrap());
        let (booking, other) = (installation.booking_on("2025-07-01"), installation.booking_on("2025-07-10"));
        let by = ["--by", "乙", "--on", LATER];
        let call = |words: &[&str]| [words, &by].concat().iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let refused = |words: &[&str], code: &str| {
            let call = call(words);
            let (found, told) = installation.refused(&call.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found, code, "{told}");
            assert!(!told.contains("books.") && !told.contains('{'), "{told}");
        };
        refused(&["statement", "match", first, &other], "MATCH_DIFFERS");
        refused(&["statement", "match", first, "nothing"], "MATCH_BOOKING_UNKNOWN");
        refused(&["statement", "match", "nothing", &booking], "MATCH_LINE_UNKNOWN");
        refused(&["statement", "unmatch", first, "--reason", "误"], "MATCH_NONE");
        let done = call(&["statement", "match", first, &booking]);
        let done = installation.json(&done.iter().map(String::as_str).collect::<Vec<_>>(), &[0]);
        assert_eq!((&done["rule"], &done["by"]), (&json!("person"), &json!("乙")));
        refused(&["statement", "match", first, &booking], "MATCH_LINE_TAKEN");
        refused(&["statement", "unmatch", first, "--reason", " "], "BOOKS_NOTE_MISSING");
        let open = call(&["statement", "unmatch", first, "--reason", "勾错"]);
        let open = installation.json(&open.iter().map(String::as_str).collect::<Vec<_>>(), &[0]);
        assert_eq!((&open["version"], &open["booking"]), (&json!(2), &json!(null)));
        // What a person opened, no rule closes, although the reference says what it is.
        let made = installation.matched();
        assert!(made.as_array().unwrap().iter().all(|one| one["line"] != first), "{made}");
        assert_eq!(made.as_array().unwrap().len(), 1);
        refused(&["statement", "match", last, &other], "MATCH_BOOKING_TAKEN");
        installation.proves();
    });
}

#[test]
fn a_booking_taken_back_before_the_bank_saw_it_is_nobodys_open_item() {
    on_both(|installation| {
        installation.july();
        let import = installation.newest("fund");
        installation.take_back(&import);
        let told = installation.reconciled("2031-01-31");
        assert_eq!(told["book_received"].as_array().unwrap().len(), 0, "{told}");
        assert_eq!(told["book_paid"].as_array().unwrap().len(), 0, "{told}");
    });
}

#[test]
fn refusals_of_a_file_save_nothing() {
    on_both(|installation| {
        installation.booked();
        let digest = installation.json(&["verify"], &[0])["digest"].clone();
        let refused = |text: &str, more: &[&str], code: &str| {
            let file = installation.own_file("wrong.csv", text);
            let mut call = vec!["statement", "import", &file, "--by", "甲", "--on", LATER];
            call.extend(more);
            let (found, words) = installation.refused(&call);
            assert_eq!(found, code, "{words}");
        };
        let number = ["--account", NUMBER];
        refused(&JULY.replace("1500.00", "1500.01"), &number, "STATEMENT_RUNNING_BALANCE");
        refused(JULY, &["--account", " - "], "STATEMENT_ACCOUNT_MISSING");
        refused(JULY, &["--account", NUMBER, "--ledger-account", "interest_income"], "STATEMENT_LEDGER_ACCOUNT");
        assert_eq!(installation.json(&["verify"], &[0])["digest"], digest);
        installation.statement("july.csv", JULY, &DAYS, &[0]);
        refused(AUGUST, &["--account", NUMBER, "--ledger-account", "cash:2"], "STATEMENT_LEDGER_DIFFERS");
    });
}

#[test]
fn a_match_changed_behind_the_products_back_does_not_prove() {
    on_both(|installation| {
        installation.july();
        installation.matched();
        installation.proves();
        let failed = |installation: &Installation| -> Vec<String> {
            let proof = installation.json(&["verify"], &[0, 1]);
            let checks = proof["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false);
            checks.map(|check| check["name"].as_str().unwrap().to_owned()).collect()
        };
        let other = installation.booking_on("2025-07-31");
        installation.tamper(&format!("UPDATE statement_matches SET tx_id = '{other}' WHERE rule = 'amount'"));
        assert!(failed(installation).contains(&"statement_matches".to_owned()), "{:?}", failed(installation));
        let first = installation.booking_on("2025-07-10");
        installation.tamper(&format!("UPDATE statement_matches SET tx_id = '{first}' WHERE rule = 'amount'"));
        installation.proves();
        installation.tamper("UPDATE bank_statement_lines SET amount_fen = 50001 WHERE amount_fen = 50000");
        let found = failed(installation);
        for name in ["facts_bank_statement_lines", "statements_add_up", "statement_matches"] {
            assert!(found.contains(&name.to_owned()), "{name}: {found:?}");
        }
    });
}
