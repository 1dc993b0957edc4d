//! One business date, several moments of knowledge.

use pledgefund::cli::known::moment_of;
use serde_json::Value;

use super::clock_at;
use crate::support::product::{Installation, on_both};
use crate::undo::{YMK, check_same};

/// Imports a file on the day the clock shows.
pub fn take(installation: &Installation, kind: &str, file: &str, more: &[&str]) -> Value {
    let mut call = vec!["import", kind, file];
    call.extend(more);
    installation.json(&call, &[0, 1])["files"][0].clone()
}

/// Opens the books on 1 June 2026.
pub fn opened(installation: &Installation) {
    clock_at(installation, "2026-06-01T09:00:00");
    take(installation, "partners", "partners.csv", &[]);
    take(installation, "fund", "fund.csv", &["--until", "2025-06-30"]);
    take(installation, "registrations", YMK, &[]);
}

fn reserve(installation: &Installation, on: &str, known: &str) -> Value {
    installation.json(&["reserve", "--on", on, "--as-known", known], &[0])
}

#[test]
fn money_of_june_that_was_booked_in_july_counts_for_june_from_then_on() {
    on_both(|installation| {
        opened(installation);
        clock_at(installation, "2026-07-03T10:00:00");
        let text = "日期,类别,来源,合同编号,金额(元),备注\n2026-06-28,出资,县级财政,,1000000.00,朔城区\n";
        let own = installation.own_file("fund_june.csv", text);
        assert_eq!(take(installation, "fund", &own, &[])["records_accepted"], 1);
        clock_at(installation, "2026-07-09T10:00:00");
        let fen = |level: &Value| -> i64 { level["balance"].as_str().unwrap().replace('.', "").parse().unwrap() };
        let then = reserve(installation, "2026-06-30", "2026-07-02");
        let later = reserve(installation, "2026-06-30", "2026-07-05");
        assert_eq!(fen(&later) - fen(&then), 100_000_000, "{then} {later}");
        let before_it_came = reserve(installation, "2026-06-27", "2026-07-05");
        assert_eq!(before_it_came["balance"], then["balance"]);
        let today = installation.json(&["reserve"], &[0]);
        let mut known = reserve(installation, "2026-07-09", "2026-07-09 10:00");
        let known_at = known.as_object_mut().unwrap().remove("known_at");
        assert_eq!(known_at.unwrap(), "2026-07-09T02:00:00+00:00");
        check_same(&today, &known);
        let found = installation
            .json(&["difference", "--on", "2026-06-30", "--from", "2026-07-02", "--to", "2026-07-05"], &[0]);
        let events = found["events"].as_array().unwrap();
        let moving: Vec<&Value> = events.iter().filter(|event| event["moved"]["cash"] != "0.00").collect();
        assert_eq!(moving.len(), 1, "{found}");
        assert_eq!((&moving[0]["kind"], &moving[0]["moved"]["cash"]), (&"money.received".into(), &"1000000.00".into()));
        assert_eq!(moving[0]["recorded_at"], "2026-07-03T02:00:00+00:00");
        assert!(found["remainder"].is_null());
    });
}

#[test]
fn a_correction_and_its_undo_change_what_is_known_of_the_month_and_nothing_known_before() {
    on_both(|installation| {
        opened(installation);
        clock_at(installation, "2026-07-06T10:00:00");
        take(installation, "servicing", "monthly/YMK_202601.csv", &[]);
        let first = at_month_end(installation, "2026-07-07");
        clock_at(installation, "2026-07-20T10:00:00");
        take(installation, "servicing", "monthly/YMK_202601_v2.csv", &[]);
        let second = at_month_end(installation, "2026-07-21");
        assert_ne!(first, second);
        check_same(&first, &at_month_end(installation, "2026-07-07"));
        clock_at(installation, "2026-07-25T10:00:00");
        installation.take_back(&installation.import_of("YMK_202601_v2.csv"));
        let third = at_month_end(installation, "2026-07-26");
        check_same(&first, &third);
        check_same(&second, &at_month_end(installation, "2026-07-21"));
        check_same(&first, &at_month_end(installation, "2026-07-07"));
        installation.proves();
    });
}

/// Figures for a day on which the loans are registered, as known at the end of a day.
fn at_month_end(installation: &Installation, known: &str) -> Value {
    let books = ["--on", "2026-06-30", "--as-known", known];
    let call = |words: &[&'static str]| -> Vec<&str> { words.iter().copied().chain(books).collect() };
    let mut figures = serde_json::json!({
        "portfolio": installation.json(&call(&["portfolio"]), &[0]),
        "level": installation.json(&call(&["reserve"]), &[0])["reserved"],
        "claims": installation.json(&call(&["claim", "list"]), &[0]),
    });
    let out = installation.folder.path().join("status.json");
    let export = ["export", "loan-status", "--out", out.to_str().unwrap()];
    let export: Vec<&str> = export.into_iter().chain(books).collect();
    installation.json(&export, &[0]);
    let rows: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    figures["loans"] = rows["rows"].clone();
    assert!(rows.to_string().len() > 1000, "{rows}");
    figures
}

#[test]
fn a_report_that_comes_after_the_month_counts_for_its_last_day() {
    on_both(|installation| {
        opened(installation);
        clock_at(installation, "2026-07-06T10:00:00");
        let text = crate::undo::sample("monthly/YMK_202601.csv");
        let own = installation.own_file("YMK_202606.csv", &text.replace("2026/01/31", "2026/06/30"));
        take(installation, "servicing", &own, &[]);
        let months = |known: &str| {
            let call = ["portfolio", "--on", "2026-06-30", "--as-known", known];
            installation.json(&call, &[0])["months"].as_object().unwrap().len()
        };
        assert_eq!((months("2026-07-05"), months("2026-07-06")), (0, 1));
        let earlier = ["portfolio", "--on", "2026-06-29", "--as-known", "2026-07-06"];
        assert!(installation.json(&earlier, &[0])["months"].as_object().unwrap().is_empty());
        let then = reserve(installation, "2026-06-30", "2026-07-05");
        assert_ne!(then["reserved"], reserve(installation, "2026-06-30", "2026-07-06")["reserved"]);
    });
}

#[test]
fn before_the_fund_was_open_there_is_nothing_to_tell() {
    on_both(|installation| {
        opened(installation);
        for call in [["2026-05-31", "2026-07-01"], ["2026-06-30", "2026-06-01 08:00"]] {
            let call = ["reserve", "--on", call[0], "--as-known", call[1]];
            assert_eq!(installation.refused(&call).0, "KNOWN_NOT_OPEN");
        }
        let call = ["export", "jobs", "--on", "2026-06-30", "--out", "jobs.csv"];
        assert_eq!(installation.refused(&call).0, "KNOWN_LIST");
    });
}

#[test]
fn moments_are_read_as_people_write_them() {
    let read = |text: &str| moment_of(text).map(|at| at.to_string());
    assert_eq!(read("2026-07-05T08:30:00Z").unwrap(), "2026-07-05 08:30:00");
    assert_eq!(read("2026-07-05T08:30:00+08:00").unwrap(), "2026-07-05 00:30:00");
    assert_eq!(read("2026-07-05 08:30").unwrap(), "2026-07-05 00:30:00");
    assert_eq!(read("2026-07-05 08:30:15").unwrap(), "2026-07-05 00:30:15");
    assert_eq!(read("2026-07-05").unwrap(), "2026-07-05 15:59:59.999999");
    assert!(read("5 July").is_err() && read("").is_err() && read("2026-02-30").is_err());
}
