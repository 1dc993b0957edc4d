//! A pack holds what its claim rests on, is the same each time, and is refused once a byte was changed.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use pledgefund::export::stored_zip::{self, Files};
use pledgefund::usecase::evidence_pack::{MANIFEST, check};
use serde_json::Value;

use super::journey::{CONTRACT, begun, granted, hand_in, on_claim, paid, pursued, returned, reviewed};
use crate::support::product::{Installation, on_both};

fn pack(installation: &Installation, name: &str) -> Vec<u8> {
    let file = installation.folder.path().join(name);
    let answer = installation.json(&["claim", "pack", CONTRACT, "--out", file.to_str().unwrap()], &[0]);
    assert!(answer["files"].as_u64().unwrap() > 15);
    std::fs::read(file).unwrap()
}

/// Checks a file in an empty folder, where there is no database and no key.
fn verify(file: &Path, more: &[&str]) -> (i32, Value) {
    let empty = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pledgefund"));
    command.env_remove("DATABASE_URL").current_dir(empty.path()).args(["--json", "verify-pack"]).arg(file).args(more);
    let output = command.output().unwrap();
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "nothing is made");
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), answer)
}

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

#[test]
fn a_pack_holds_everything_and_is_checked_without_a_database_on_both() {
    on_both(|installation| {
        let app = begun(installation);
        hand_in(&app, "RECOVERY_PLAN", "追偿方案.pdf", b"%PDF-1.7 plan of the recovery");
        returned(&app);
        reviewed(&app);
        granted(&app);
        paid(&app);
        pursued(&app);
        let bytes = pack(installation, "a.zip");
        assert_eq!(bytes, pack(installation, "b.zip"), "the same books give the same bytes");
        let (files, differs) = stored_zip::read(&bytes).unwrap();
        assert_eq!(differs, None);
        for form in ["application", "approval", "returned", "recovery", "write-off", "confirmation"] {
            assert!(files.contains_key(&format!("forms/{form}.zh.html")), "{form}");
            assert!(files.contains_key(&format!("forms/{form}.en.html")), "{form}");
        }
        assert!(text(&files, "acts/acts.zh.txt").contains("代审戊（审批人），代 审批丁"));
        assert!(text(&files, "acts/acts.en.txt").contains("payment ordered"));
        assert!(text(&files, "acts/acts.json").contains("朔知补纪〔2027〕3号"));
        assert!(text(&files, "calculations.json").contains("43200.00"));
        assert!(text(&files, "money/bookings.json").contains("付2027-0042"));
        assert!(text(&files, "money/commitments.json").contains("earmarked"));
        assert!(text(&files, "attachments/index.json").contains("追偿方案.pdf"));
        let plan = files.iter().find(|(name, _)| name.ends_with("-recovery_plan.pdf")).unwrap();
        assert_eq!(plan.1, b"%PDF-1.7 plan of the recovery");
        let audit: Value = serde_json::from_slice(&files["audit/events.json"]).unwrap();
        assert!(audit["events"].as_array().unwrap().iter().any(|event| event["kind"] == "claim.paid"));
        let file = installation.folder.path().join("a.zip");
        let (code, answer) = verify(&file, &[]);
        assert_eq!((code, &answer["ok"]), (0, &Value::Bool(true)), "{answer}");
        let key = installation.json(&["signing-key"], &[0])["public_key"].as_str().unwrap().to_owned();
        assert_eq!(verify(&file, &["--key", &key]).0, 0);
        assert_eq!(verify(&file, &["--key", &"0".repeat(64)]).0, 1);
        // Another program opens it.
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut content = Vec::new();
        archive.by_name(MANIFEST).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content, files[MANIFEST]);
        // What happens later is in the next pack.
        let note = serde_json::json!({ "quarter": "2026Q4", "progress": "执行中", "gross": "0.00", "cost": "0.00", "next_step": "等待" });
        on_claim(&app, "recovery_reported", note, "信贷辛");
        assert_ne!(bytes, pack(installation, "c.zip"));
    });
}

#[test]
fn one_flipped_byte_is_found_in_every_part() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    hand_in(&app, "RECOVERY_PLAN", "追偿方案.pdf", b"%PDF-1.7 plan of the recovery");
    let bytes = pack(&installation, "a.zip");
    let (files, _) = stored_zip::read(&bytes).unwrap();
    assert!(check(&bytes, None).unwrap().holds());
    for (name, content) in &files {
        assert!(!content.is_empty(), "{name}");
        let starts = bytes.windows(name.len()).position(|window| window == name.as_bytes()).unwrap() + name.len();
        for at in [0, content.len() / 2, content.len() - 1] {
            let mut changed = bytes.clone();
            changed[starts + at] ^= 1;
            assert!(check(&changed, None).map_or(true, |checked| !checked.holds()), "{name} at {at}");
            // The same change by somebody who writes the archive anew, checksums and all.
            let mut forged = files.clone();
            forged.get_mut(name).unwrap()[at] ^= 1;
            let forged = stored_zip::write(&forged).unwrap();
            let found = check(&forged, None);
            assert!(found.as_ref().map_or(true, |checked| !checked.holds()), "{name} at {at}, anew");
            if let (Ok(checked), true) = (found, name != MANIFEST) {
                let (_, wrong) = checked.checks.iter().find(|(check, _)| *check == "files").unwrap();
                assert_eq!(wrong.as_deref(), Some(name.as_str()));
            }
        }
    }
}

#[test]
fn files_that_are_added_or_taken_away_are_found() {
    let installation = Installation::sqlite();
    drop(begun(&installation));
    let bytes = pack(&installation, "a.zip");
    let (files, _) = stored_zip::read(&bytes).unwrap();
    let failing = |files: &Files| -> Vec<&'static str> {
        let checked = check(&stored_zip::write(files).unwrap(), None).unwrap();
        checked.checks.iter().filter(|(_, wrong)| wrong.is_some()).map(|(name, _)| *name).collect()
    };
    let mut more = files.clone();
    more.insert("forms/extra.html".to_owned(), vec![1]);
    assert_eq!(failing(&more), ["listed"]);
    let mut less = files.clone();
    less.remove("claim.json");
    assert_eq!(failing(&less), ["files"]);
    let mut none = files;
    none.remove(MANIFEST);
    assert!(check(&stored_zip::write(&none).unwrap(), None).is_err());
    for junk in [&b""[..], b"PK\x03\x04", b"not a zip"] {
        assert!(check(junk, None).is_err());
    }
}

#[test]
fn names_in_a_pack_are_made_and_never_taken() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    hand_in(&app, "X1", "名字 with spaces (1).PDF", b"%PDF-1.4 one");
    hand_in(&app, "X2", "run.JPG", b"\xff\xd8\xff two");
    hand_in(&app, "X3", "scan.of.it.png", b"\x89PNG\r\n\x1a\n three");
    let bytes = pack(&installation, "a.zip");
    let (files, _) = stored_zip::read(&bytes).unwrap();
    let papers: Vec<&str> = files.keys().map(String::as_str).filter(|name| name.starts_with("attachments/0")).collect();
    // Papers that came at the same instant have no order among them.
    let mut ends: Vec<&str> = papers.iter().map(|name| name.split_once('-').unwrap().1).collect();
    ends.sort_unstable();
    assert_eq!(ends, ["x1.pdf", "x2.jpg", "x3.png"]);
    assert!(papers[0].starts_with("attachments/001-") && papers[2].starts_with("attachments/003-"));
    assert!(files.keys().all(|name| stored_zip::is_name(name)));
    let refused = installation.run(&["claim", "pack", "no-such", "--out", "x.zip"]);
    assert_eq!(refused.status.code(), Some(2));
}
