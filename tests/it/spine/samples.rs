//! The sample files give exactly what `expected.json` and `expected-payouts.json` say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::product::{Installation, on_both, test_data};

fn check_files(files: &[Value]) {
    let expected = test_data("expected.json");
    let by_name: BTreeMap<&str, &Value> = files.iter().map(|file| (file["file"].as_str().unwrap(), file)).collect();
    let wanted = expected["files"].as_array().unwrap();
    assert_eq!(by_name.len(), wanted.len());
    for want in wanted {
        let name = want["file"].as_str().unwrap();
        let mut got = (*by_name[name]).clone();
        assert_eq!(got["records_unchanged"], 0, "{name}");
        got.as_object_mut().unwrap().remove("records_unchanged");
        assert_eq!(&got, want, "{name}");
    }
}

fn check_figures(installation: &Installation) {
    let expected = test_data("expected.json");
    let portfolio = installation.json(&["portfolio"], &[0]);
    for part in ["portfolio", "months", "claims", "fund", "partners"] {
        assert_eq!(portfolio[part], expected[part], "{part}");
    }
}

fn check_payouts(installation: &Installation) {
    let expected = test_data("expected-payouts.json");
    let answer = installation.json(&["claim", "list"], &[0]);
    let claims = answer["claims"].as_array().unwrap();
    let wanted = expected["claims"].as_array().unwrap();
    assert_eq!(claims.len(), wanted.len());
    for (claim, want) in claims.iter().zip(wanted) {
        for key in ["contract", "bank", "claim_date", "decision", "reasons", "payout"] {
            assert_eq!(claim[key], want[key], "{key} of {}", want["contract"]);
        }
        if want["decision"] == "pay" {
            for key in ["loss_base", "fund_rate", "shares"] {
                assert_eq!(claim[key], want[key], "{key} of {}", want["contract"]);
            }
        }
        assert_eq!(claim["state"], "submitted");
    }
}

#[test]
fn every_file_every_figure_and_every_payout_of_the_samples_comes_out() {
    on_both(|installation| {
        check_files(&installation.import_samples());
        check_figures(installation);
        check_payouts(installation);
        let proof = installation.json(&["verify"], &[0]);
        assert_eq!(proof["ok"], true);
        assert!(proof["checks"].as_array().unwrap().iter().any(|check| check["checked"].as_u64() > Some(3_000)));
    });
}

#[test]
fn money_that_arrives_last_frees_the_claims_and_loans_that_waited_for_it() {
    on_both(|installation| {
        installation.json(&["import", "registrations", "registration/SGH_registration.xlsx"], &[0, 1]);
        installation.json(&["import", "claims", "claims.csv"], &[0, 1]);
        let waiting = installation.json(&["claim", "list"], &[0]);
        let decisions: Vec<&str> =
            waiting["claims"].as_array().unwrap().iter().filter_map(|claim| claim["decision"].as_str()).collect();
        assert!(!decisions.is_empty() && decisions.iter().all(|decision| *decision == "hold"), "{decisions:?}");
        installation.json(&["import", "fund", "fund.csv"], &[0, 1]);
        let freed = installation.json(&["claim", "list"], &[0]);
        let first = &freed["claims"][0];
        assert_eq!(first["decision"], "pay", "{first}");
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}

#[test]
fn the_same_files_again_change_nothing_even_after_newer_ones() {
    on_both(|installation| {
        installation.import_samples();
        let digest = installation.json(&["verify"], &[0])["digest"].clone();
        let again = installation.import_samples();
        for file in &again {
            assert_eq!(file["records_accepted"], file["records_unchanged"], "{}", file["file"]);
        }
        assert_eq!(installation.json(&["verify"], &[0])["digest"], digest);
    });
}

#[test]
fn a_dry_run_tells_the_same_and_saves_nothing() {
    on_both(|installation| {
        let call = ["import", "registrations", "registration/SGH_registration.xlsx"];
        let mut dry = call.to_vec();
        dry.push("--dry-run");
        let told = installation.json(&dry, &[1]);
        let digest = installation.json(&["verify"], &[0])["digest"].clone();
        assert_eq!(digest, Installation::sqlite_digest());
        let done = installation.json(&call, &[1]);
        assert_eq!(told, done);
    });
}

impl Installation {
    /// Digest of an installation in which nothing has happened.
    fn sqlite_digest() -> Value {
        let empty = Installation::sqlite();
        assert!(empty.run(&["migrate"]).status.success());
        empty.json(&["verify"], &[0])["digest"].clone()
    }
}

#[test]
fn a_resent_month_supersedes_and_one_that_misses_loans_is_refused() {
    on_both(|installation| {
        installation.json(&["import", "registrations", "registration/YMK_registration.csv"], &[1]);
        installation.json(&["import", "servicing", "monthly/YMK_202601_v2.csv"], &[1]);
        let refused = installation.run(&["import", "servicing", "monthly/YMK_202601.csv"]);
        assert_eq!(refused.status.code(), Some(2));
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(words.contains("MONTH_INCOMPLETE") && words.contains("--partial"), "{words}");
        let partial = installation.json(&["import", "servicing", "monthly/YMK_202601.csv", "--partial"], &[1]);
        assert_eq!(partial["files"][0]["version"], 2);
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}

/// A second implementation of the payouts: integers only, from the raw files' figures, nothing of the product's rules.
#[test]
fn a_second_implementation_agrees_on_every_payout() {
    on_both(|installation| {
        installation.import_samples();
        let listed = installation.json(&["claim", "list"], &[0]);
        let mut csv = csv::Reader::from_path(crate::support::product::samples().join("claims.csv")).unwrap();
        let expected = test_data("expected-payouts.json");
        let mut compared = 0;
        for (row, (want, got)) in
            csv.records().zip(expected["claims"].as_array().unwrap().iter().zip(listed["claims"].as_array().unwrap()))
        {
            let row = row.unwrap();
            if want["decision"] != "pay" {
                continue;
            }
            let fen = |text: &str| text.replace('.', "").parse::<i128>().unwrap();
            let cell = |at: usize| fen(&row[at]);
            let share: i128 = fen(want["ip_share"].as_str().unwrap());
            let net_collateral = (cell(8) - cell(9)).max(0);
            let recovered = cell(6) + cell(7) + net_collateral;
            let loss = (cell(2) * share / 10_000 - recovered * share / 10_000).max(0);
            let points = |key: &str| if want[key] == true { 5 } else { 0 };
            let rate = (40 + points("first_loan") + points("start_up")).min(50);
            let (exact, rest) = (loss * rate / 100, loss * rate % 100);
            let bank_rest = loss * (100 - rate) % 100;
            let fund = exact + i128::from(rest > bank_rest);
            let paid = fund.min(300_000_000);
            let text = |fen: i128| format!("{}.{:02}", fen / 100, fen % 100);
            assert_eq!(got["loss_base"], text(loss), "{}", &row[0]);
            assert_eq!(got["payout"], text(paid), "{}", &row[0]);
            compared += 1;
        }
        assert_eq!(compared, 11);
    });
}
