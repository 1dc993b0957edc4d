//! Trial balance, journal and outside voucher numbers.

use pledgefund::usecase::books::journal_accounts::{JournalAccounts, SHIPPED};
use serde_json::{Value, json};

use super::LATER;
use crate::support::product::{Installation, on_both};

impl Installation {
    /// Writes the journal of July. Gives its rows by column.
    fn journal(&self, more: &[&str]) -> Vec<Vec<String>> {
        let folder = self.folder.path().join("out");
        let folder = folder.to_string_lossy().into_owned();
        let mut call = vec!["ledger", "journal", "--period", "2025-07", "--out", &folder];
        call.extend(more);
        let told = self.json(&call, &[0]);
        assert_eq!(told["vouchers"], 3);
        let files: Vec<&str> = told["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
        assert!(std::fs::read(files[1]).unwrap().starts_with(b"PK"), "a workbook");
        let text = std::fs::read_to_string(files[0]).unwrap();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

#[test]
fn the_trial_balance_of_a_day_balances() {
    on_both(|installation| {
        installation.booked();
        let told = installation.json(&["ledger", "trial-balance", "--on", "2025-08-31"], &[0]);
        assert_eq!((&told["from"], &told["balanced"]), (&json!("2025-08-01"), &json!(true)));
        let cash = &told["accounts"][0];
        assert_eq!(cash["account"], "cash");
        let figures = ["opening", "debit", "credit", "closing"].map(|key| cash[key].as_str().unwrap());
        assert_eq!(figures, ["1700.00", "3.21", "0.00", "1703.21"]);
        assert_eq!((&told["debit"], &told["credit"]), (&json!("3.21"), &json!("3.21")));
        let words = installation.run(&["ledger", "trial-balance", "--on", "2025-08-31"]);
        let words = String::from_utf8_lossy(&words.stdout).into_owned();
        assert!(words.contains("cash  期初1700.00  借3.21  贷0.00  期末1703.21"), "{words}");
    });
}

#[test]
fn each_booking_is_one_voucher_numbered_by_day() {
    on_both(|installation| {
        installation.booked();
        let rows = installation.journal(&[]);
        assert_eq!(rows[0][..5], ["日期", "凭证号", "外部凭证号", "摘要", "科目"]);
        assert_eq!(rows.len(), 7);
        assert_eq!(
            rows[1][..9],
            [
                "2025-07-01",
                "草-0001",
                "",
                "出资到账 首期 REF20250701",
                "cash",
                "1002 银行存款",
                "8001 资金结存—货币资金",
                "1000.00",
                ""
            ]
        );
        assert_eq!(rows[2][7..9], ["", "1000.00"]);
        let numbers: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
        assert_eq!(numbers, ["草-0001", "草-0001", "草-0002", "草-0002", "草-0003", "草-0003"]);
        let english = installation.journal(&["--lang", "en"]);
        assert_eq!((&*english[0][0], &*english[1][1]), ("Date", "D-0001"));
    });
}

#[test]
fn the_journal_of_an_open_month_is_a_draft_and_that_of_a_sealed_one_is_not() {
    on_both(|installation| {
        installation.july();
        let folder = installation.folder.path().join("drafts").to_string_lossy().into_owned();
        let call = ["ledger", "journal", "--period", "2025-07", "--out", &folder];
        let told = installation.json(&call, &[0]);
        assert_eq!(told["draft"], true);
        assert!(told["files"][0].as_str().unwrap().ends_with("journal_2025-07_draft.csv"), "{told}");
        let words = installation.run(&call);
        assert!(String::from_utf8_lossy(&words.stdout).contains("暂编号"));
        installation.matched();
        for (step, by) in [("propose", "甲"), ("seal", "乙")] {
            installation.json(&["period", step, "2025-07", "--by", by, "--on", LATER], &[0]);
        }
        let told = installation.json(&call, &[0]);
        assert_eq!(told["draft"], false);
        assert!(told["files"][0].as_str().unwrap().ends_with("journal_2025-07.csv"), "{told}");
        assert_eq!(installation.journal(&[])[1][1], "记-0001");
    });
}

#[test]
fn an_account_mapped_to_nothing_is_refused_by_name_and_no_file_is_written() {
    on_both(|installation| {
        installation.booked();
        let own = "[[account]]\ncode = \"cash\"\nfinancial = \"1002 银行存款\"\n";
        let mapping = installation.own_file("own.toml", own);
        let folder = installation.folder.path().join("none").to_string_lossy().into_owned();
        let call = ["ledger", "journal", "--period", "2025-07", "--out", &folder, "--mapping", &mapping];
        let (code, words) = installation.refused(&call);
        assert_eq!(code, "JOURNAL_ACCOUNT_UNMAPPED", "{words}");
        assert!(words.contains("contribution:province") && words.contains('3'), "{words}");
        assert!(!std::path::Path::new(&folder).exists());
        let whole = installation
            .own_file("whole.toml", &format!("{own}[[account]]\ncode = \"contribution:*\"\nfinancial = \"3001\"\n"));
        let rows = installation.journal(&["--mapping", &whole]);
        assert_eq!(rows[2][5..7], ["3001", ""]);
        let call = ["ledger", "journal", "--period", "2025-06", "--out", &folder];
        assert_eq!(installation.refused(&call).0, "JOURNAL_EMPTY");
    });
}

#[test]
fn the_longest_rule_counts_and_a_broken_file_is_refused() {
    let parse = |text: &str| JournalAccounts::parse(text);
    let rule = |code: &str, to: &str| format!("[[account]]\ncode = \"{code}\"\nfinancial = \"{to}\"\n");
    let text = rule("a:*", "1") + &rule("a:b:*", "2") + &rule("a:b:c", "3");
    let accounts = parse(&text).unwrap();
    for (account, expected) in [("a:x", "1"), ("a:b:x", "2"), ("a:b:c", "3")] {
        assert_eq!(accounts.of(account).unwrap().financial, expected, "{account}");
    }
    assert_eq!(accounts.of("ab").unwrap_err().code(), "JOURNAL_ACCOUNT_UNMAPPED");
    for broken in ["x", &(rule("a", "1") + &rule("a", "2")), &rule("*", "1"), &rule("a*", "1"), &rule("a", " ")] {
        assert_eq!(parse(broken).unwrap_err().code(), "JOURNAL_MAPPING_BROKEN", "{broken}");
    }
}

#[test]
fn a_file_of_the_data_folder_takes_the_place_of_the_shipped_one() {
    let folder = tempfile::tempdir().unwrap();
    let in_force = || JournalAccounts::of_installation(folder.path());
    let write = |text: &str| std::fs::write(folder.path().join(SHIPPED), text).unwrap();
    assert_eq!(in_force().unwrap(), JournalAccounts::shipped().unwrap());
    write("[[account]]\ncode = \"cash\"\nfinancial = \"9999\"\n");
    assert_eq!(in_force().unwrap().of("cash").unwrap().financial, "9999");
    write("x");
    assert_eq!(in_force().unwrap_err().code(), "JOURNAL_MAPPING_BROKEN");
}

#[test]
fn the_shipped_proposal_names_every_account_the_product_books() {
    let shipped = JournalAccounts::shipped().unwrap();
    for account in [
        "cash",
        "cash:2",
        "bank_deposit:SGH",
        "contribution:province",
        "interest_income",
        "recoveries_unallocated",
        "compensation",
        "compensation:city",
        "cost:audit",
        "recovery_income",
        "owed_to_bank:SGH",
    ] {
        assert!(shipped.of(account).is_ok(), "{account}");
    }
}

#[test]
fn an_outside_number_is_typed_back_once_a_month_and_may_be_corrected() {
    on_both(|installation| {
        installation.booked();
        let (first, second) = (installation.booking_on("2025-07-01"), installation.booking_on("2025-07-10"));
        let august = installation.booking_on("2025-08-21");
        let type_back = |tx: &str, number: &str| -> Value {
            installation.json(&["ledger", "voucher", tx, number, "--by", "甲", "--on", LATER], &[0])
        };
        let refused = |tx: &str, number: &str, code: &str| {
            let (found, words) = installation.refused(&["ledger", "voucher", tx, number, "--by", "甲", "--on", LATER]);
            assert_eq!(found, code, "{words}");
        };
        assert_eq!(type_back(&first, "PZ-17")["version"], 1);
        refused(&second, "PZ-17", "VOUCHER_NUMBER_TAKEN");
        refused(&first, "PZ-17", "VOUCHER_NUMBER_KNOWN");
        refused("nothing", "PZ-17", "VOUCHER_BOOKING_UNKNOWN");
        refused(&first, " ", "VOUCHER_NUMBER_INVALID");
        type_back(&august, "PZ-17");
        assert_eq!(type_back(&first, "PZ-18")["version"], 2);
        type_back(&second, "PZ-17");
        let rows = installation.journal(&[]);
        assert_eq!((&*rows[1][2], &*rows[3][2]), ("PZ-18", "PZ-17"));
        installation.proves();
    });
}
