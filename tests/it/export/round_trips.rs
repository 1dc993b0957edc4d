//! What goes out in a layout that can be imported comes back without changing anything, and makes a second installation
//! like the first.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{codes, exported, rows, written};
use crate::support::product::{Installation, databases};

const BANKS: [&str; 3] = ["SGH", "YMK", "YYC"];

/// Files of one kind: name and bytes.
type OfKind = (&'static str, Vec<(String, Vec<u8>)>);

/// Files of an installation that can be imported again, by kind in the order in which they are to be taken in.
fn files(from: &Installation, ending: &str) -> Vec<OfKind> {
    let one = |list: &str| vec![(format!("{list}.{ending}"), exported(from, list, ending, &[]))];
    let loans =
        BANKS.map(|bank| (format!("{bank}_loans.{ending}"), exported(from, "loans", ending, &["--bank", bank])));
    let mut months = Vec::new();
    for bank in BANKS {
        for month in reported_months(from, bank) {
            let name = format!("{bank}_{}.{ending}", month.replace('-', ""));
            months.push((name, exported(from, "servicing", ending, &["--bank", bank, "--month", &month])));
        }
    }
    vec![
        ("partners", one("partners")),
        ("registrations", loans.to_vec()),
        ("servicing", months),
        ("fund", one("fund")),
        ("claims", one("claims")),
    ]
}

fn reported_months(from: &Installation, bank: &str) -> Vec<String> {
    let rows = rows(from, "servicing", &["--bank", bank]);
    let mut months: Vec<String> = rows.iter().map(|row| row["reported_on"].as_str().unwrap()[..7].to_owned()).collect();
    months.sort();
    months.dedup();
    months
}

fn import(into: &Installation, kind: &str, files: &[(String, Vec<u8>)]) -> Vec<Value> {
    let paths: Vec<String> = files.iter().map(|(name, bytes)| written(into, name, bytes)).collect();
    let mut call = vec!["import", kind];
    call.extend(paths.iter().map(String::as_str));
    into.json(&call, &[0])["files"].as_array().unwrap().clone()
}

/// Facts by table, without the list of files and what was found in them.
fn facts(installation: &Installation) -> BTreeMap<String, u64> {
    let proof = installation.json(&["verify"], &[0]);
    let checks = proof["checks"].as_array().unwrap().iter();
    let counts = checks.filter_map(|check| {
        let name = check["name"].as_str()?.strip_prefix("facts_")?.to_owned();
        let counted = !matches!(name.as_str(), "imports" | "import_findings");
        counted.then_some((name, check["checked"].as_u64()?))
    });
    counts.collect()
}

/// Figures without the file and row where a claim stood.
fn without_places(part: &Value) -> Value {
    let mut part = part.clone();
    for claim in part.get_mut("ineligible").and_then(Value::as_array_mut).into_iter().flatten() {
        for place in ["file", "sheet", "row"] {
            claim.as_object_mut().unwrap().remove(place);
        }
    }
    part
}

#[test]
fn an_export_imported_again_changes_nothing_and_makes_a_second_installation_like_the_first() {
    let databases = databases();
    for (nth, make) in databases.iter().enumerate() {
        let first = make();
        first.import_samples();
        let before = facts(&first);
        assert!(before.len() > 10 && before["servicing_rows"] > 3_000, "{before:?}");
        let portfolio = first.json(&["portfolio"], &[0]);
        for (form, ending) in ["csv", "xlsx"].into_iter().enumerate() {
            let out = files(&first, ending);
            for (kind, files) in &out {
                for answer in import(&first, kind, files) {
                    assert_eq!(codes(&answer["rejected"]), Vec::<String>::new(), "{answer}");
                    assert_eq!(answer["records_unchanged"], answer["records_total"], "{}", answer["file"]);
                    assert_eq!(answer["records_accepted"], answer["records_total"], "{}", answer["file"]);
                }
            }
            assert_eq!(facts(&first), before, "{ending}");
            assert_eq!(first.json(&["portfolio"], &[0]), portfolio);
            // One form a database is enough to tell that the figures follow from the file.
            if databases.len() > 1 && form != nth {
                continue;
            }
            let second = make();
            for (kind, files) in &out {
                import(&second, kind, files);
            }
            let same = second.json(&["portfolio"], &[0]);
            for part in ["portfolio", "months", "claims", "fund", "partners"] {
                assert_eq!(without_places(&same[part]), without_places(&portfolio[part]), "{ending} {part}");
            }
        }
    }
}

#[test]
fn a_file_with_the_loans_of_several_banks_is_not_taken_for_one_banks_file() {
    let installation = Installation::sqlite();
    installation.json(&["import", "registrations", "registration/SGH_registration.xlsx"], &[1]);
    let bytes = exported(&installation, "loans", "csv", &[]);
    let path = written(&installation, "SGH_all.csv", &bytes);
    let refused = installation.run(&["import", "registrations", &path]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("合作银行"));
}

#[test]
fn a_month_sent_again_with_one_other_figure_is_a_new_version_and_with_none_is_not() {
    for make in databases() {
        let installation = make();
        installation.json(&["import", "registrations", "registration/YMK_registration.csv"], &[1]);
        installation.json(&["import", "servicing", "monthly/YMK_202601_v2.csv"], &[1]);
        let sample = crate::support::product::samples().join("monthly/YMK_202601_v2.csv");
        let text = String::from_utf8(std::fs::read(sample).unwrap()).unwrap();
        let same = written(&installation, "YMK_202601_again.csv", format!("{text}\n").as_bytes());
        let answer = &installation.json(&["import", "servicing", &same], &[1])["files"][0];
        assert_eq!(answer["version"], 1);
        assert_eq!(answer["records_unchanged"], answer["records_accepted"]);
        let partly: Vec<&str> = text.lines().take(3).collect();
        let partly = written(&installation, "YMK_202601_part.csv", partly.join("\n").as_bytes());
        let answer = &installation.json(&["import", "servicing", &partly, "--partial"], &[0])["files"][0];
        assert_eq!((&answer["version"], &answer["records_unchanged"]), (&Value::from(1), &Value::from(2)));
        let line = text.lines().nth(1).unwrap();
        let cells: Vec<&str> = line.split(',').collect();
        let other = text.replacen(line, &line.replacen(cells[2], "1.00", 1), 1);
        assert_ne!(other, text);
        let other = written(&installation, "YMK_202601_other.csv", other.as_bytes());
        let answer = &installation.json(&["import", "servicing", &other], &[0, 1])["files"][0];
        assert_eq!((&answer["version"], &answer["records_unchanged"]), (&Value::from(2), &Value::from(0)));
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    }
}

#[test]
fn every_list_goes_out_in_every_form_and_a_list_of_the_fund_never_to_one_bank() {
    let installation = Installation::sqlite();
    let run = installation.run(&["demo", "--no-serve", "--to", "2025-08-15"]);
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
    let lists = [
        "loans",
        "loan-status",
        "servicing",
        "claims",
        "claim-status",
        "fund",
        "partners",
        "imports",
        "findings",
        "jobs",
        "mails",
        "reserve",
        "rights",
    ];
    for list in lists {
        let counted = rows(&installation, list, &[]).len();
        assert!(counted > 0 || list.starts_with("claim"), "{list}");
        let csv = String::from_utf8(exported(&installation, list, "csv", &[])).unwrap();
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(reader.records().count(), counted, "{list}");
        let grid = super::workbook::grid(&exported(&installation, list, "xlsx", &["--lang", "en"]));
        let has_total = ["loan-status", "claim-status"].contains(&list);
        assert_eq!(grid.len(), counted + 3 + usize::from(has_total), "{list}");
        assert_eq!(grid.last().unwrap()[0] == "Total", has_total, "{list}");
        assert!(grid[1][0].contains("2025-08-15") && grid[1][0].contains("Beijing"), "{:?}", grid[1]);
        let english: Vec<&String> = grid[2].iter().filter(|title| title.is_ascii()).collect();
        let is_layout = ["loans", "servicing", "claims", "fund", "partners"].contains(&list);
        assert_eq!(english.is_empty(), is_layout, "{list} {:?}", grid[2]);
        let of_bank = !["fund", "partners", "imports", "findings", "jobs", "mails", "reserve"].contains(&list);
        let path = installation.folder.path().join("bank.json").to_string_lossy().into_owned();
        let one = installation.run(&["export", list, "--bank", "SGH", "--out", &path]);
        assert_eq!(one.status.code(), Some(if of_bank { 0 } else { 2 }), "{list}");
    }
    // The sums of a workbook are those of its rows.
    let fen = |text: &str| text.replace([',', '.'], "").parse::<i64>().unwrap();
    let principal: i64 =
        rows(&installation, "loan-status", &[]).iter().map(|row| fen(row["principal"].as_str().unwrap())).sum();
    let grid = super::workbook::grid(&exported(&installation, "loan-status", "xlsx", &["--lang", "en"]));
    let column = grid[2].iter().position(|title| title.starts_with("Principal")).unwrap();
    let told = &grid.last().unwrap()[column];
    let (yuan, rest) = told.split_once('.').unwrap_or((told, ""));
    assert_eq!(fen(&format!("{yuan}.{rest:0<2}")), principal, "{told}");
    let queued = rows(&installation, "loan-status", &["--state", "registered", "--search", "SGH-2023"]);
    assert!(queued.iter().all(|row| row["state"] == "registered" && row["bank"] == "SGH"));
    assert!(!queued.is_empty());
    assert_eq!(rows(&installation, "loan-status", &["--state", "nonsense"]).len(), 0);
}
