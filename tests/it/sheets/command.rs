//! A sheet is written for a computed claim, checked offline, and refused as soon as anything in it was changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use pledgefund::domain::calendar::utc_of_beijing;
use serde_json::{Value, json};

use crate::support::product::{Installation, on_both};

/// A claim of the samples that is paid: 40 % of 108,000.00.
const PAID: &str = "SGH-2024-0008";

/// The sheet of a claim as a file, and its content.
fn sheet(installation: &Installation, claim: &str) -> (PathBuf, Value) {
    let file = installation.folder.path().join("sheet.json");
    let written = installation.run(&["claim", "sheet", claim, "--out", file.to_str().unwrap()]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let text = std::fs::read_to_string(&file).unwrap();
    (file, serde_json::from_str(&text).unwrap())
}

/// Checks a file in an empty folder, where there is no database and no key.
fn verify(file: &Path, more: &[&str]) -> (i32, Value) {
    let empty = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pledgefund"));
    command.env_remove("DATABASE_URL").current_dir(empty.path()).args(["--json", "verify-payout"]).arg(file).args(more);
    let output = command.output().unwrap();
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "nothing is made");
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), answer)
}

#[track_caller]
fn check_fails(sheet: &Value, change: impl FnOnce(&mut Value), wanted: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changed.json");
    let mut changed = sheet.clone();
    change(&mut changed);
    assert_ne!(&changed, sheet, "the change changes something");
    std::fs::write(&file, changed.to_string()).unwrap();
    let (code, answer) = verify(&file, &[]);
    assert_eq!((code, &answer["ok"]), (1, &json!(false)));
    let failed: Vec<&str> = answer["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(failed, wanted, "{answer}");
}

#[test]
fn a_sheet_is_checked_without_a_database_on_both() {
    on_both(|installation| {
        installation.import_samples();
        let (file, sheet) = sheet(installation, PAID);
        let content = &sheet["content"];
        assert_eq!(content["result"]["payout"], "43200.00");
        assert_eq!(content["result"]["shares"], json!({ "bank": "64800.00", "fund": "43200.00" }));
        assert_eq!(content["case"]["loan"]["contract_no"], PAID);
        assert!(content["rulebook"]["body"].as_str().unwrap().contains("limit = \"300 万元\""));
        let (code, answer) = verify(&file, &[]);
        assert_eq!((code, &answer["ok"], &answer["payout"]), (0, &json!(true), &json!("43200.00")), "{answer}");
        let public = installation.json(&["signing-key"], &[0])["public_key"].as_str().unwrap().to_owned();
        assert_eq!(verify(&file, &["--key", &public]).0, 0);
        let other = public.replace(['a', '1'], "b");
        let (code, answer) = verify(&file, &["--key", &other]);
        assert_eq!((code, &answer["checks"][1]["ok"]), (1, &json!(false)));
    });
}

#[test]
fn every_change_of_a_sheet_is_noticed() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let (_, sheet) = sheet(&installation, PAID);
    let signed = ["signature"];
    check_fails(&sheet, |sheet| sheet["content"]["fund"]["name_zh"] = json!("别的资金"), &signed);
    check_fails(&sheet, |sheet| sheet["signature"]["value"] = json!("00".repeat(64)), &signed);
    check_fails(&sheet, |sheet| sheet["signature"]["public_key"] = json!("zz"), &signed);
    check_fails(&sheet, |sheet| sheet["signature"]["algorithm"] = json!("none"), &signed);
    let computed = ["signature", "recomputed"];
    check_fails(
        &sheet,
        |sheet| sheet["content"]["case"]["claim"]["principal_outstanding"] = json!("161000.00"),
        &computed,
    );
    check_fails(&sheet, |sheet| sheet["content"]["result"]["payout"] = json!("43200.01"), &computed);
    check_fails(&sheet, |sheet| sheet["content"]["case"]["lone"] = json!({}), &computed);
    check_fails(
        &sheet,
        |sheet| sheet["content"]["result"]["borne"]["bank"] = json!("64800.01"),
        &["signature", "recomputed", "sums"],
    );
    let of_rulebook = ["signature", "rulebook", "recomputed"];
    let body = |sheet: &mut Value, from: &str, to: &str| {
        let body = sheet["content"]["rulebook"]["body"].as_str().unwrap().replace(from, to);
        sheet["content"]["rulebook"]["body"] = json!(body);
    };
    check_fails(&sheet, |sheet| body(sheet, "40 %", "41 %"), &of_rulebook);
    check_fails(&sheet, |sheet| sheet["content"]["rulebook"]["version"] = json!("2"), &of_rulebook);
}

#[test]
fn what_is_no_sheet_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.json");
    for text in ["", "{}", "[1]", "{\"content\":{},\"signature\":{}}"] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(verify(&file, &[]).0, 2, "{text}");
    }
    assert_eq!(verify(&folder.path().join("none.json"), &[]).0, 2);
    let installation = Installation::sqlite();
    installation.json(&["migrate"], &[0]);
    let refused = installation.run(&["claim", "sheet", "NO-SUCH"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("CLAIM_UNKNOWN"));
}

#[test]
fn the_printed_sheet_tells_every_step_with_its_article_in_both_languages() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let page = |lang: &str, claim: &str| {
        let output = installation.run(&["--lang", lang, "claim", "sheet", claim, "--format", "html"]);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let zh = page("zh", PAID);
    for told in [
        "补偿计算书",
        "第十八条",
        "43,200.00",
        "人民币肆万叁仟贰佰元整",
        "建议值，未经批准",
        "首贷",
        "每笔限额",
        "108,000.00",
    ] {
        assert!(zh.contains(told), "{told}");
    }
    let en = page("en", PAID);
    for told in ["Payout sheet", "第十八条", "43,200.00", "proposed, not approved", "first loan", "Sum (= loss base)"]
    {
        assert!(en.contains(told), "{told}");
    }
    for page in [&zh, &en] {
        assert!(!page.contains("{{") && !page.contains("payout.") && !page.contains("sheet."), "a text is missing");
    }
    let (_, sheet) = sheet(&installation, PAID);
    for step in sheet["content"]["result"]["trace"].as_array().unwrap() {
        let article = step["article"].as_str().unwrap_or("");
        let words = step["text_zh"].as_str().unwrap().replacen(&format!("（{article}）"), "", 1);
        let kind = step["step"].as_str().unwrap();
        assert!(kind == "cap" || zh.contains(&words), "{words}");
    }
}

#[test]
fn the_key_is_made_once_and_readable_by_its_owner_only() {
    let installation = Installation::sqlite();
    let key = || installation.json(&["signing-key"], &[0])["public_key"].clone();
    let first = key();
    assert_eq!(first, key());
    let file = installation.folder.path().join("keys/payout-sheet.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(&file, "not a key").unwrap();
    let refused = installation.run(&["signing-key"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("SIGNING_KEY"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a key", "a damaged key is never replaced");
}

#[test]
fn a_sheet_names_the_moment_of_its_calculation_and_is_the_same_each_time() {
    // The moment a sheet names is the one at which the calculation was recorded, not the one at which it is printed.
    let installation = Installation::sqlite();
    installation.import_samples();
    let (_, first) = sheet(&installation, PAID);
    let noon = "2030-01-01".parse::<chrono::NaiveDate>().unwrap().and_hms_opt(12, 0, 0).unwrap();
    assert!(first["content"]["computed"]["recorded_at"].as_str().unwrap() < &*utc_of_beijing(noon).to_string());
    let (_, again) = sheet(&installation, PAID);
    assert_eq!(first, again, "the same bytes each time");
}
