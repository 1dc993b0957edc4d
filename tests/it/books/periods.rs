//! Months are closed by two persons, in order, and nothing is booked into them any more.

use serde_json::{Value, json};

use super::{DAYS, FUND, JULY, LATER};
use crate::support::product::{Installation, on_both};

impl Installation {
    /// Takes a step of closing a month.
    fn step(&self, step: &str, period: &str, by: &str, more: &[&str]) -> Value {
        let mut call = vec!["period", step, period, "--by", by, "--on", LATER];
        call.extend(more);
        self.json(&call, &[0])
    }

    #[track_caller]
    fn step_refused(&self, call: &[&str], code: &str) {
        let mut whole = vec!["period"];
        whole.extend(call);
        if !call.contains(&"--on") {
            whole.extend(["--on", LATER]);
        }
        let (found, words) = self.refused(&whole);
        assert_eq!(found, code, "{words}");
        assert!(!words.contains("books.") && !words.contains('{'), "{words}");
    }

    /// July closed.
    fn july_sealed(&self) {
        self.july();
        self.matched();
        self.step("propose", "2025-07", "甲", &[]);
        self.step("seal", "2025-07", "乙", &[]);
    }
}

#[test]
fn a_month_is_proposed_by_one_person_and_sealed_by_another() {
    on_both(|installation| {
        installation.july();
        installation.matched();
        let asked = installation.step("propose", "2025-07", "甲", &[]);
        assert_eq!((&asked["state"], &asked["open_items"]), (&json!("proposed"), &json!(2)));
        assert_eq!(asked["difference"], "0.00");
        installation.step_refused(&["seal", "2025-07", "--by", " 甲 "], "PERIOD_SAME_PERSON");
        installation.step_refused(&["reject", "2025-07", "--by", "甲", "--note", "误"], "PERIOD_SAME_PERSON");
        installation.step_refused(&["withdraw", "2025-07", "--by", "乙"], "PERIOD_NOT_PROPOSER");
        installation.step_refused(&["propose", "2025-07", "--by", "丙"], "PERIOD_ALREADY_PROPOSED");
        installation.step_refused(&["seal", "2025-07", "--by", "乙", "--on", "2025-08-31"], "PERIOD_BEFORE_PROPOSAL");
        let sealed = installation.step("seal", "2025-07", "乙", &[]);
        assert_eq!((&sealed["state"], &sealed["version"]), (&json!("sealed"), &json!(2)));
        assert_eq!(sealed["trial_balance_hash"], asked["trial_balance_hash"]);
        let cash = &sealed["trial_balance"]["accounts"][0];
        assert_eq!((&cash["account"], &cash["closing"]), (&json!("cash"), &json!("1700.00")));
        installation.step_refused(&["propose", "2025-07", "--by", "丙"], "PERIOD_IS_SEALED");
        installation.step_refused(&["seal", "2025-07", "--by", "丙"], "PERIOD_NOT_PROPOSED");
        installation.proves();
    });
}

#[test]
fn months_are_closed_after_they_ended_in_order_from_the_first_booking() {
    on_both(|installation| {
        installation.step_refused_without_data();
        installation.july();
        installation.matched();
        installation.step_refused(&["propose", "2025-07", "--by", "甲", "--on", "2025-07-31"], "PERIOD_NOT_ENDED");
        installation.step_refused(&["propose", "2025-08", "--by", "甲", "--note", "x"], "PERIOD_OUT_OF_ORDER");
        installation.step_refused(&["propose", "2025-06", "--by", "甲", "--note", "x"], "PERIOD_OUT_OF_ORDER");
        installation.step("propose", "2025-07", "甲", &[]);
        installation.step_refused(&["propose", "2025-08", "--by", "甲", "--note", "x"], "PERIOD_OUT_OF_ORDER");
        installation.step("seal", "2025-07", "乙", &[]);
        installation.step("propose", "2025-08", "甲", &["--note", "8月对账单未到"]);
        installation.step("seal", "2025-08", "乙", &[]);
        installation.proves();
    });
}

impl Installation {
    fn step_refused_without_data(&self) {
        self.json(&["import", "partners", "partners.csv", "--on", LATER], &[0]);
        self.step_refused(&["propose", "2025-07", "--by", "甲", "--note", "x"], "PERIOD_NO_BOOKINGS");
        self.step_refused(&["propose", "2025-07", "--by", " ", "--note", "x"], "BOOKS_NAME_MISSING");
    }
}

#[test]
fn a_difference_must_be_explained() {
    on_both(|installation| {
        installation.booked();
        installation.step_refused(&["propose", "2025-07", "--by", "甲"], "PERIOD_UNRECONCILED");
        installation.statement("july.csv", &JULY.replace("2025-07-31", "2025-07-30"), &DAYS[..2], &[0]);
        installation.step_refused(&["propose", "2025-07", "--by", "甲"], "PERIOD_UNRECONCILED");
        let asked = installation.step("propose", "2025-07", "甲", &["--note", "末日对账单未到"]);
        assert_eq!(asked["difference"], json!(null));
        let sealed = installation.step("seal", "2025-07", "乙", &[]);
        assert_eq!(sealed["note"], "末日对账单未到");
    });
}

#[test]
fn a_proposal_is_rejected_or_withdrawn_and_made_again() {
    on_both(|installation| {
        installation.july();
        let asked = installation.step("propose", "2025-07", "甲", &[]);
        installation.step_refused(&["reject", "2025-07", "--by", "乙"], "BOOKS_NOTE_MISSING");
        installation.step("reject", "2025-07", "乙", &["--note", "请先勾对"]);
        installation.step("propose", "2025-07", "甲", &[]);
        installation.matched();
        installation.step_refused(&["seal", "2025-07", "--by", "乙"], "PERIOD_CHANGED");
        installation.step("withdraw", "2025-07", "甲", &[]);
        let again = installation.step("propose", "2025-07", "甲", &[]);
        assert_eq!(again["trial_balance_hash"], asked["trial_balance_hash"], "matching moves no balance");
        installation.step("seal", "2025-07", "乙", &[]);
        let steps = installation.json(&["period", "list"], &[0])["steps"].as_array().unwrap().clone();
        let states: Vec<&str> = steps.iter().map(|step| step["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["proposed", "rejected", "proposed", "withdrawn", "proposed", "sealed"]);
        installation.proves();
    });
}

#[test]
fn a_row_of_a_sealed_month_is_refused_and_the_others_are_booked() {
    on_both(|installation| {
        installation.july_sealed();
        let more = "2025-07-15,出资,市级财政,,7.00,补记\n2025-06-15,出资,市级财政,,8.00,补记\n2025-08-01,出资,市级财政,,9.00,增资\n";
        let file = installation.own_file("more.csv", &format!("{FUND}{more}"));
        let told = installation.json(&["import", "fund", &file, "--on", LATER], &[1])["files"][0].clone();
        let refused: Vec<(&Value, &Value)> = told["rejected"]
            .as_array()
            .unwrap_or_else(|| panic!("{told}"))
            .iter()
            .map(|one| (&one["row"], &one["code"]))
            .collect();
        let code = json!("PERIOD_SEALED");
        assert_eq!(refused, [(&json!(6), &code), (&json!(7), &code)], "{told}");
        assert_eq!(installation.reconciled("2025-08-01")["book_balance"], "1709.00");
        installation.proves();
    });
}

#[test]
fn an_undo_never_books_into_a_sealed_month() {
    on_both(|installation| {
        let file = installation.own_file("fund.csv", FUND);
        installation.json(&["import", "fund", &file, "--on", "2025-08-22"], &[0]);
        installation.july_sealed();
        installation.step("propose", "2025-08", "甲", &["--note", "8月对账单未到"]);
        installation.step("seal", "2025-08", "乙", &[]);
        let import = installation.newest("fund");
        let call = ["undo", "request", &import, "--by", "甲", "--reason", "误", "--on", "2025-08-25"];
        let (code, words) = installation.refused(&call);
        assert_eq!(code, "UNDO_PERIOD_SEALED", "{words}");
        assert!(words.contains("2025-08") && !words.contains("undo."), "{words}");
        installation.take_back(&import);
        installation.proves();
    });
}

#[test]
fn what_moves_a_sealed_month_does_not_prove() {
    on_both(|installation| {
        installation.july_sealed();
        let failed = |installation: &Installation| -> Vec<String> {
            let proof = installation.json(&["verify"], &[0, 1]);
            let checks = proof["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false);
            checks.map(|check| check["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(failed(installation), Vec::<String>::new());
        installation.tamper("UPDATE ledger_lines SET amount_fen = amount_fen + 1 WHERE amount_fen = 50000");
        assert!(failed(installation).contains(&"sealed_trial_balances".to_owned()));
        installation.tamper("UPDATE ledger_lines SET amount_fen = amount_fen - 1 WHERE amount_fen = 50001");
        assert_eq!(failed(installation), Vec::<String>::new());
        installation.tamper("UPDATE scopes SET sealed_month = '2025-06' WHERE sealed_month = '2025-07'");
        assert_eq!(failed(installation), ["sealed_periods_unmoved"]);
        installation.tamper("UPDATE scopes SET sealed_month = '2025-07' WHERE sealed_month = '2025-06'");
        assert_eq!(failed(installation), Vec::<String>::new());
        let late = "UPDATE ledger_transactions SET recorded_at = '2099-01-01 00:00:00' WHERE booked_on = '2025-07-01'";
        installation.tamper(late);
        assert!(failed(installation).contains(&"sealed_periods_unmoved".to_owned()));
    });
}

#[test]
fn a_seal_by_the_proposer_does_not_prove() {
    on_both(|installation| {
        installation.july_sealed();
        installation.tamper("UPDATE period_steps SET person = '甲' WHERE state = 'sealed'");
        let proof = installation.json(&["verify"], &[1]);
        let named = |check: &&Value| check["name"] == "periods_by_two_persons" && check["ok"] == false;
        assert!(proof["checks"].as_array().unwrap().iter().any(|check| named(&check)), "{proof}");
    });
}
