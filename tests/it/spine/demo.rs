//! The replay of the year: what it mails, and what becomes of it when it is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::reports::workbooks::month_figures_of_workbook;
use crate::support::product::{Installation, databases, on_both, samples, test_data};

/// A shorter replay for what does not need the year: two summaries are out by then.
const SHORT: &str = "2025-09-12";

fn mails(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder.join("mail"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
        })
        .collect()
}

fn header(raw: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(raw).into_owned();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_once(": ").map(|(_, value)| value.to_owned()).unwrap_or_default()
}

/// Attachments of a mail: decoded bytes of every base64 part that is a workbook.
fn workbooks(raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    text.split("\n--mixed-")
        .filter(|part| part.contains("spreadsheetml.sheet"))
        .map(|part| {
            let (head, body) = part.split_once("\n\n").unwrap();
            let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            (name.to_owned(), base64(body))
        })
        .collect()
}

fn base64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for six in text.bytes().take_while(|c| *c != b'=').filter_map(value) {
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}

/// January's first version, as the regulator got it before the bank's correction came: computed from the raw file.
fn january_before_correction(expected: &Value) -> (u64, String) {
    let mut csv = csv::Reader::from_path(samples().join("monthly/YMK_202601.csv")).unwrap();
    let refused: BTreeSet<String> = expected["files"]
        .as_array()
        .unwrap()
        .iter()
        .find(|file| file["file"] == "monthly/YMK_202601.csv")
        .unwrap()["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["contract"].as_str().unwrap().to_owned())
        .collect();
    let (mut loans, mut fen) = (0, 0_i64);
    for row in csv.records() {
        let row = row.unwrap();
        let balance: i64 = row[2].replace('.', "").parse().unwrap();
        if balance > 0 && !refused.contains(&row[0]) {
            loans += 1;
            fen += balance;
        }
    }
    (loans, format!("{}.{:02}", fen / 100, fen % 100))
}

#[test]
fn a_year_mails_two_summaries_a_month_and_their_workbooks_hold_the_expected_figures() {
    on_both(|installation| {
        let output = installation.run(&["demo", "--no-serve"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let mails = mails(installation.folder.path());
        let ids: BTreeSet<String> = mails.values().map(|raw| header(raw, "Message-ID")).collect();
        assert_eq!((mails.len(), ids.len()), (12 * (3 + 2), 12 * (3 + 2)));
        let expected = test_data("expected.json");
        let mut latest: BTreeMap<(String, String), Value> = BTreeMap::new();
        let mut names: Vec<&String> = mails.keys().collect();
        names.sort();
        for name in names {
            for (file, bytes) in workbooks(&mails[name]) {
                let figures = month_figures_of_workbook(&bytes);
                let (report, rest) = file.split_once("_2").unwrap();
                let period = format!("2{}", rest.split('_').next().unwrap());
                latest.insert((report.to_owned(), period), figures);
            }
        }
        assert_eq!(latest.len(), 24);
        for ((report, period), figures) in &latest {
            assert_eq!(figures, &expected["months"][period], "{report} {period}");
        }
        let first = mails.iter().find(|(name, _)| name.starts_with("regulator_summary_2026-01")).unwrap();
        let january = month_figures_of_workbook(&workbooks(first.1)[0].1);
        let (_, ymk) = january_before_correction(&expected);
        assert_eq!(january["outstanding_by_bank"]["YMK"], ymk.as_str());
        assert_ne!(january["outstanding_by_bank"]["YMK"], expected["months"]["2026-01"]["outstanding_by_bank"]["YMK"]);
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
        assert_eq!(installation.json(&["portfolio"], &[0])["months"], expected["months"]);
    });
}

#[test]
fn a_replay_killed_at_ten_points_and_started_again_ends_with_the_same_bytes() {
    for new in databases() {
        a_killed_replay_ends_alike(&new(), &new());
    }
}

fn a_killed_replay_ends_alike(whole: &Installation, broken: &Installation) {
    assert!(whole.run(&["demo", "--no-serve", "--to", SHORT]).status.success());
    let mut seed = 20_250_701_u64;
    let mut killed = 0;
    for _ in 0..10 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wait = Duration::from_millis(300 + (seed >> 33) % 900);
        let mut child =
            broken.command(&["demo", "--no-serve", "--to", SHORT]).stdout(std::process::Stdio::null()).spawn().unwrap();
        let until = std::time::Instant::now() + wait;
        while std::time::Instant::now() < until {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
        killed += usize::from(child.try_wait().unwrap().is_none());
        let _already_gone = child.kill();
        child.wait().unwrap();
    }
    assert!(killed >= 1, "the replay was over before it could be killed");
    assert!(broken.run(&["demo", "--no-serve", "--to", SHORT]).status.success());
    assert_eq!(mails(broken.folder.path()), mails(whole.folder.path()));
    let digest = |installation: &Installation| installation.json(&["verify"], &[0])["digest"].clone();
    assert_eq!(digest(broken), digest(whole));
    let runs = |installation: &Installation| installation.json(&["job", "runs"], &[0]);
    let again = runs(broken);
    assert!(broken.run(&["demo", "--no-serve", "--to", SHORT]).status.success());
    assert_eq!(runs(broken), again, "finished runs are not touched");
}

#[test]
fn both_databases_end_a_replay_with_the_same_digest() {
    let Some(postgres) = Installation::postgres() else { return };
    let sqlite = Installation::sqlite();
    for installation in [&sqlite, &postgres] {
        let output = installation.run(&["demo", "--no-serve", "--to", SHORT]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let digest = |installation: &Installation| installation.json(&["verify"], &[0])["digest"].clone();
    assert_eq!(digest(&sqlite), digest(&postgres));
    assert_eq!(mails(sqlite.folder.path()), mails(postgres.folder.path()));
}

#[test]
fn a_demo_never_runs_on_real_books() {
    on_both(|installation| {
        installation.json(&["import", "registrations", "registration/SGH_registration.xlsx"], &[1]);
        let refused = installation.run(&["demo", "--no-serve"]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("NOT_A_DEMO"));
    });
}
