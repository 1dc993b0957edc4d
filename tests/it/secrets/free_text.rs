//! Numbers of persons in what files and people bring in beside acts: remarks of money, texts of statements, notes.

use serde_json::json;

use super::canaries::raw;
use crate::books::{DAYS, LATER, NUMBER};
use crate::support::product::on_both;

const PHONE: &str = "13987654321";
const IDENTITY: &str = "11010519491231002X";
const CARD: &str = "4111111111111111";
/// A bank's reference that happens to look like a card.
const REFERENCE: &str = "5500005555555559";

#[track_caller]
fn check_none(what: &str, bytes: &[u8]) {
    for canary in [PHONE, IDENTITY, CARD] {
        let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!found, "{what} holds {canary}: {}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn remarks_texts_and_notes_hold_no_number_of_a_person_on_both() {
    on_both(|installation| {
        let money = format!(
            "日期,类别,来源,合同编号,金额(元),备注\n2025-07-01,出资,省级财政,,1000.00,凭 {REFERENCE} 经办 {PHONE}\n\
             2025-07-10,出资,市级财政,,500.00,身份证{IDENTITY}\n"
        );
        let bank = format!(
            "记账日期,起息日,收入金额,支出金额,余额,对方户名,对方账号,流水号,摘要,备注\n\
             2025-07-02,2025-07-02,1000.00,,1000.00,省财政厅,111,{REFERENCE},拨款 {CARD},\n\
             2025-07-09,2025-07-09,500.00,,1500.00,市财政局,222,,拨款 {PHONE},\n"
        );
        let file = installation.own_file("fund.csv", &money);
        installation.json(&["import", "fund", &file, "--on", LATER], &[0]);
        let again = installation.json(&["import", "fund", &file, "--on", LATER], &[0]);
        assert_eq!(again["files"][0]["records_unchanged"], 2, "{again}");
        installation.statement("july.csv", &bank, &DAYS, &[0]);
        // The same lines in another file: found again, though nothing of their text is kept to be read.
        let told = installation.statement("other.csv", &format!("{bank}\n"), &DAYS, &[0]);
        assert_eq!(told["statements"][0]["lines_new"], 0, "{told}");
        let matched = installation.matched();
        assert_eq!(matched[0]["rule"], json!("reference"), "{matched}");
        let line = installation.lines()[0]["id"].as_str().unwrap_or_default().to_owned();
        let note = format!("电话核实 {PHONE}");
        let opened = ["statement", "unmatch", &line, "--by", "甲", "--on", LATER, "--reason", &note];
        installation.json(&opened, &[0]);
        for arguments in [
            &["statement", "lines"][..],
            &["--json", "statement", "lines"],
            &["--json", "statement", "reconcile", "--on", "2025-07-31"],
            &["--json", "audit", "list", "--limit", "1000"],
            &["--json", "verify"],
        ] {
            check_none(&format!("{arguments:?}"), &installation.run(arguments).stdout);
        }
        check_none("the database", &raw(installation));
        assert!(String::from_utf8_lossy(&installation.run(&["statement", "lines"]).stdout).contains("****4321"));
        installation.proves();
        assert_eq!(NUMBER.len(), 19, "the account of the fund itself is no person's");
    });
}
