//! The command as it is typed: a file or a pipe in, lines out, exit codes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use super::examples::examples;
use crate::support::product::Installation;

fn cases_and_answers() -> (String, String) {
    let mut cases = String::new();
    let mut answers = String::new();
    for example in examples() {
        cases.push_str(&format!("{example}\n"));
        answers.push_str(&format!("{}\n", json!({ "id": example["id"], "result": example["expected"] })));
    }
    (cases, answers)
}

fn run_on(cases: &[u8], arguments: &[&str]) -> Output {
    let installation = Installation::sqlite();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), cases).unwrap();
    let mut all = vec!["payout-math", "--cases", file.path().to_str().unwrap()];
    all.extend(arguments);
    let output = installation.run(&all);
    let left: Vec<_> = std::fs::read_dir(installation.folder.path()).unwrap().collect();
    assert!(left.is_empty(), "no database is made: {left:?}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_file_of_cases_is_answered_line_by_line_in_its_order() {
    let (cases, answers) = cases_and_answers();
    for arguments in [&[][..], &["--json"], &["--lang", "en"]] {
        let output = run_on(cases.as_bytes(), arguments);
        assert_eq!(text(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stdout), answers);
    }
}

#[test]
fn a_byte_order_mark_carriage_returns_and_a_missing_last_line_end_do_no_harm() {
    let (cases, answers) = cases_and_answers();
    let windows = format!("\u{feff}{}", cases.trim_end().replace('\n', "\r\n"));
    let output = run_on(windows.as_bytes(), &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), answers));
    let output = run_on(b"", &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), String::new()));
}

#[test]
fn a_pipe_is_answered_and_what_is_not_a_file_is_refused() {
    let (cases, answers) = cases_and_answers();
    let installation = Installation::sqlite();
    let mut command = installation.command(&["payout-math", "--cases", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(cases.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), answers));
    let output = installation.run(&["payout-math", "--cases", "not-there.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("FILE_UNREADABLE"));
    assert_eq!(installation.run(&["payout-math"]).status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let case = examples().remove(0).to_string() + "\n";
    let installation = Installation::sqlite();
    let mut command = installation.command(&["payout-math", "--cases", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut cases = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || while cases.write_all(case.as_bytes()).is_ok() {});
    let mut first = String::new();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    answers.read_line(&mut first).unwrap();
    assert!(first.starts_with(r#"{"id":"W01""#));
    drop(answers);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn a_bad_line_ends_the_answers_and_names_line_key_and_what_would_be_right() {
    let (cases, answers) = cases_and_answers();
    let mut lines: Vec<String> = cases.lines().map(str::to_owned).collect();
    let mut bad: Value = serde_json::from_str(&lines[4]).unwrap();
    bad["input"]["caps"]["loan_fen"] = json!(-300_000_000);
    lines[4] = bad.to_string();
    let output = run_on(lines.join("\n").as_bytes(), &["--lang", "en"]);
    assert_eq!(output.status.code(), Some(2));
    let before: String = answers.lines().take(4).map(|line| format!("{line}\n")).collect();
    assert_eq!(text(&output.stdout), before, "the four before it and nothing after");
    let words = text(&output.stderr);
    assert!(
        words.starts_with("CASE_MALFORMED: Line 5: input.caps.loan_fen is not right. Right would be a whole"),
        "{words}"
    );
    assert!(words.contains("第5行的 input.caps.loan_fen 不正确。 应为以分计的整数"), "{words}");
}

#[test]
fn an_empty_line_or_a_terminal_command_in_a_key_is_refused_without_harm() {
    let (cases, _) = cases_and_answers();
    let output = run_on(format!("{cases}\n").as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("第19行不是一个案例"));
    let line = r#"{"id":"x","kind":"settlement","input":{"\u001b[31mred":1}}"#;
    let output = run_on(line.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.contains(&0x1b), "{:?}", text(&output.stderr));
}
