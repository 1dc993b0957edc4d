//! A version is proposed by one person and confirmed by another; the loans of the version before keep every figure.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::product::{Installation, on_both};

const FIRST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks/shuozhou-1.toml");

/// Version 1 with changes, as a file of the installation.
pub fn file(installation: &Installation, name: &str, changes: &[(&str, &str)]) -> PathBuf {
    let mut text = std::fs::read_to_string(FIRST).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let path = installation.folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Version 2: 45 % from 2026-08-01 on.
const SECOND: &[(&str, &str)] = &[
    ("version = \"1\"", "version = \"2\""),
    (
        "effective_from = 2022-12-01\neffective_to = 2026-07-31",
        "effective_from = 2026-08-01\neffective_to = 2028-07-31",
    ),
    ("fund = \"40 %\"", "fund = \"45 %\""),
];

#[track_caller]
fn refused(installation: &Installation, arguments: &[&str], code: &str) {
    let output = installation.run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
    assert!(errors.contains(code), "{code}: {errors}");
}

fn propose(installation: &Installation, file: &std::path::Path, by: &str) -> String {
    let answer = installation.json(&["rulebook", "propose", file.to_str().unwrap(), "--by", by], &[0, 1]);
    answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn figures(installation: &Installation) -> (Value, Value) {
    let mut reserve = installation.json(&["reserve"], &[0]);
    reserve.as_object_mut().unwrap().remove("on");
    (installation.json(&["claim", "list"], &[0]), reserve)
}

#[test]
fn a_second_version_is_stored_by_two_persons_and_leaves_every_figure_of_the_first() {
    on_both(|installation| {
        installation.import_samples();
        let before = figures(installation);
        let second = file(installation, "second.toml", SECOND);
        let proposal = propose(installation, &second, "甲");
        refused(
            installation,
            &["rulebook", "confirm", &proposal, "--accept-all", "--by", "甲"],
            "RULEBOOK_SAME_PERSON",
        );
        refused(installation, &["rulebook", "confirm", &proposal, "--by", "乙"], "RULEBOOK_UNACCEPTED");
        refused(
            installation,
            &["rulebook", "confirm", &proposal, "--accept", "sharing.rule.base", "--by", "乙"],
            "RULEBOOK_UNACCEPTED",
        );
        refused(
            installation,
            &["rulebook", "confirm", &proposal, "--accept", "nobody", "--by", "乙"],
            "RULEBOOK_CLAUSE_UNKNOWN",
        );
        refused(installation, &["rulebook", "withdraw", &proposal, "--by", "乙"], "RULEBOOK_NOT_PROPOSER");
        installation.json(&["rulebook", "confirm", &proposal, "--accept-all", "--by", "乙"], &[0]);
        refused(installation, &["rulebook", "confirm", &proposal, "--accept-all", "--by", "丙"], "RULEBOOK_ANSWERED");
        let shown = installation.run(&["rulebook", "show", "shuozhou@2"]);
        assert_eq!(shown.stdout, std::fs::read(&second).unwrap(), "the bytes stored are the bytes proposed");
        let list = installation.json(&["rulebook", "list"], &[0]).to_string();
        for told in ["甲", "乙", "\"2\"", "2026-08-01"] {
            assert!(list.contains(told), "{told}: {list}");
        }
        assert_eq!(figures(installation), before, "claims and reserve are what they were");
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}

#[test]
fn what_cannot_be_issued_is_refused_and_nothing_is_saved() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let refused_file = |name: &str, changes: &[(&str, &str)], code: &str| {
        let path = file(&installation, name, changes);
        refused(&installation, &["rulebook", "propose", path.to_str().unwrap(), "--by", "甲"], code);
    };
    refused_file("taken.toml", &[("fund = \"40 %\"", "fund = \"45 %\"")], "RULEBOOK_VERSION_TAKEN");
    let undated = [SECOND[0], ("effective_to = 2026-07-31", "effective_to = \"unknown\"")];
    refused_file("undated.toml", &undated, "RULEBOOK_NOT_DATED");
    refused_file("faulty.toml", &[("limit = \"300 万元\"", "limit = \"300\"")], "MONEY_UNIT");
    let inside = [SECOND[0], ("effective_from = 2022-12-01", "effective_from = 2024-01-01")];
    let path = file(&installation, "inside.toml", &inside);
    let output = installation.run(&["rulebook", "propose", path.to_str().unwrap(), "--by", "甲"]);
    if output.status.code() == Some(2) {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains("RULEBOOK_LOANS_FROZEN") || errors.contains("RULEBOOK_OVERLAPS"), "{errors}");
    } else {
        let list = installation.json(&["rulebook", "list"], &[0]).to_string();
        let id = list.split("shuozhou:rulebook:").nth(1).unwrap().split('"').next().unwrap();
        let proposal = format!("shuozhou:rulebook:{id}");
        refused(&installation, &["rulebook", "confirm", &proposal, "--accept-all", "--by", "乙"], "RULEBOOK_");
    }
    assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    let list = installation.json(&["rulebook", "list"], &[0]);
    assert_eq!(list["rulebooks"].as_array().unwrap().len(), 1, "{list}");
}

#[test]
fn a_proposal_can_be_rejected_by_another_or_withdrawn_by_its_proposer() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let second = file(&installation, "second.toml", SECOND);
    let first = propose(&installation, &second, "甲");
    refused(&installation, &["rulebook", "reject", &first, "--note", "不妥", "--by", "甲"], "RULEBOOK_SAME_PERSON");
    installation.json(&["rulebook", "reject", &first, "--note", "不妥", "--by", "乙"], &[0]);
    let again = propose(&installation, &second, "甲");
    installation.json(&["rulebook", "withdraw", &again, "--by", "甲"], &[0]);
    assert_eq!(installation.json(&["rulebook", "list"], &[0])["rulebooks"].as_array().unwrap().len(), 1);
    assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
}

#[test]
fn a_stored_rulebook_that_was_changed_or_was_never_confirmed_is_noticed() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let second = file(&installation, "second.toml", SECOND);
    let proposal = propose(&installation, &second, "甲");
    installation.json(&["rulebook", "confirm", &proposal, "--accept-all", "--by", "乙"], &[0]);
    assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    installation.tamper("UPDATE rulebook_steps SET person = '甲' WHERE version = 2");
    let found = installation.json(&["verify"], &[1]);
    assert_eq!(found["ok"], json!(false));
    installation.tamper("UPDATE rulebook_steps SET person = '乙' WHERE version = 2");
    assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    installation.tamper("UPDATE rulebooks SET body = replace(body, '45 %', '46 %') WHERE version = '2'");
    let output = installation.run(&["--json", "verify"]);
    assert_ne!(output.status.code(), Some(0), "a changed body never proves");
}

#[test]
fn the_levels_of_approval_are_accepted_one_by_one_like_every_other_proposed_clause() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let second = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks/shuozhou-2.toml");
    let answer = installation.json(&["rulebook", "propose", second, "--by", "甲"], &[0, 1]);
    let listed: Vec<&str> = answer["unconfirmed"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for clause in ["handling", "handling.level.deputy", "handling.level.head", "handling.level.joint_meeting"] {
        assert!(listed.contains(&clause), "{clause} is not among {listed:?}");
    }
}
