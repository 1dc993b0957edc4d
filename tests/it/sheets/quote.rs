//! `pledgefund quote`: the same lines in, the same answers out, in order, without a database.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const CASE: &str = include_str!("../../../benches/data/case.json");

fn quote(cases: &str, more: &[&str]) -> Output {
    let empty = tempfile::tempdir().unwrap();
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks/shuozhou-1.toml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_pledgefund"))
        .env_remove("DATABASE_URL")
        .current_dir(empty.path())
        .args(["quote", "--rulebook", book])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let cases = cases.to_owned();
    let writing = std::thread::spawn(move || input.write_all(cases.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _broken_pipe = writing.join().unwrap();
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "nothing is made");
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_case_of_the_specification_is_answered_field_by_field() {
    let output = quote(CASE, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result = &lines(&output)[0];
    assert_eq!(result["case"], "A1");
    assert_eq!((&result["decision"], &result["reasons"]), (&json!("pay"), &json!([])));
    assert_eq!((&result["loss_base"], &result["fund_rate"]), (&json!("8000000.00"), &json!("0.500000")));
    assert_eq!(result["shares"], json!({ "fund": "4000000.00", "bank": "4000000.00" }));
    assert_eq!(
        result["caps"][0],
        json!({ "cap": "per_loan", "limit": "3000000.00", "before": "4000000.00", "after": "3000000.00" })
    );
    assert_eq!((&result["payout"], &result["provisional"]), (&json!("3000000.00"), &json!("0.00")));
    assert_eq!(result["borne"], json!({ "fund": "3000000.00", "bank": "5000000.00" }));
    let steps = result["trace"].as_array().unwrap();
    let sharing = steps.iter().find(|step| step["step"] == "sharing" && step["inputs"]["party"] == "fund").unwrap();
    assert_eq!((&sharing["article"], &sharing["amount"]), (&json!("第十八条"), &json!("4000000.00")));
    assert_eq!(sharing["text_en"], "compensation fund bears 4,000,000.00 yuan (第十八条) (proposed, not approved)");
}

#[test]
fn lines_are_answered_in_order_and_without_steps_where_asked() {
    let cases: String = (0..500).map(|number| CASE.replace("A1", &format!("C{number}"))).collect();
    let answers = lines(&quote(&cases, &["--no-trace"]));
    assert_eq!(answers.len(), 500);
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer["case"], format!("C{number}"));
        assert!(answer.get("trace").is_none());
    }
    let whole = lines(&quote(CASE, &[]));
    let mut without = whole[0].clone();
    without.as_object_mut().unwrap().remove("trace");
    assert_eq!(without["payout"], answers[0]["payout"]);
}

#[track_caller]
fn check_refused(bad: &str, told: &[&str]) {
    let output = quote(&format!("{CASE}{bad}\n{CASE}"), &["--no-trace"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output).len(), 1, "what stands before the line is answered, nothing after it");
    let errors = String::from_utf8(output.stderr).unwrap();
    for word in told {
        assert!(errors.contains(word), "{word}: {errors}");
    }
}

#[test]
fn a_line_that_is_no_case_is_named_with_its_key_and_what_would_be_right() {
    check_refused("{", &["CASE_MALFORMED", "2"]);
    check_refused("", &["CASE_MALFORMED", "2"]);
    check_refused(&CASE.replace("\"principal\":\"8000000.00\",", ""), &["loan.principal", "8000000.00"]);
    check_refused(&CASE.replace("\"principal\":", "\"principle\":"), &["loan.princip"]);
    check_refused(&CASE.replace("\"0.0435\"", "0.0435"), &["loan.annual_rate", "a fraction as text"]);
    check_refused(&CASE.replace("\"2026-03-20\"", "\"2026-3-20\""), &["claim.filed_on", "a day or null"]);
    check_refused(&CASE.replace("\"on\":", "\"on\":\"2026-01-01\",\"on\":"), &["on"]);
    check_refused(&CASE.replace("{\"case\"", "{\"kind\":\"clame\",\"case\""), &["clame", "bank_year"]);
    check_refused(&CASE.replace("\"8000000.00\",\"ip_amount\"", "\"-1.00\",\"ip_amount\""), &["loan.principal"]);
}

#[test]
fn a_rulebook_with_faults_is_refused_with_every_fault() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.toml");
    let good = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks/shuozhou-1.toml")).unwrap();
    let bad = good.replace("\"300 万元\"", "\"300\"").replace("rate = \"50 %\"", "rate = 0.5");
    std::fs::write(&file, bad).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_pledgefund"))
        .args(["quote", "--rulebook"])
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    for told in ["RULEBOOK_FAULTS", "MONEY_UNIT", "FLOAT_REFUSED"] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
}
