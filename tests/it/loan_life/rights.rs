//! What becomes of pledged rights, and what a claim computes from it.

use pledgefund::domain::right_history::{RightEvent, RightEventKind, in_force, same_number};
use pledgefund::storage::find::{Reach, claims, loans};
use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use super::{FUND, LATE, day, refused, staff, take, ymk};
use crate::stories::town::{figures, measure, story};
use crate::support::product::{Installation, on_both};

const ON: &str = "2026-08-03";

fn event(kind: RightEventKind, effective_on: &str, known_on: &str) -> RightEvent {
    RightEvent { right: "ZL201710179998.X".to_owned(), kind, effective_on: day(effective_on), known_on: day(known_on) }
}

#[test]
fn in_force_on_a_day_goes_by_what_took_effect_as_known_on_another() {
    let history = [
        event(RightEventKind::Lapsed, "2025-03-01", "2025-06-10"),
        event(RightEventKind::Restored, "2025-05-01", "2025-07-01"),
        event(RightEventKind::Seized, "2025-08-01", "2025-08-02"),
        event(RightEventKind::Invalidated, "2026-01-01", "2026-02-01"),
        event(RightEventKind::Restored, "2026-03-01", "2026-03-02"),
    ];
    let right = "201710179998.x";
    for (on, known, expected) in [
        ("2025-02-28", "2026-12-31", true),
        ("2025-03-01", "2026-12-31", false),
        ("2025-04-30", "2026-12-31", false),
        ("2025-05-01", "2026-12-31", true),
        ("2025-04-01", "2025-06-09", true),
        ("2025-05-02", "2025-06-10", false),
        ("2025-05-02", "2025-07-01", true),
        ("2026-01-15", "2026-01-31", true),
        ("2026-01-15", "2026-02-01", false),
        ("2026-06-01", "2026-12-31", false),
    ] {
        assert_eq!(in_force(&history, right, day(on), day(known)), expected, "{on} as known on {known}");
    }
    assert!(in_force(&history, "ZL201921320046.6", day("2025-04-01"), day("2026-12-31")));
    assert!(same_number("ZL 2017 1 0179998.X", "zl201710179998x"));
}

/// The right pledged for the loan, and its open claim computed.
fn claimed(installation: &Installation) -> (String, Vec<String>) {
    installation.opened();
    installation.month_of_ymk("2025-08-31", &[(LATE, "3200000.00", "2025-02-22", "次级")]);
    installation.take_in("claims", "claims.csv", &[]);
    let app = installation.app(ON);
    staff(&app);
    let mut db = app.store.read().unwrap();
    let registration = loans::registration(&mut db, &ymk(LATE)).unwrap().unwrap();
    let rights = loans::rights(&mut db, &ymk(LATE), registration.version).unwrap();
    let claim = claims::of_loan(&mut db, &Reach::of_fund(FUND), &ymk(LATE)).unwrap().remove(0);
    (claim.claim_id, rights.into_iter().map(|right| right.number).collect())
}

fn decision(installation: &Installation, claim: &str) -> (String, i64, i64) {
    let app = installation.app(ON);
    let status = claims::status(&mut app.store.read().unwrap(), &Reach::of_fund(FUND), claim).unwrap().unwrap();
    (status.decision.unwrap(), status.payout_fen.unwrap(), status.calculation_version)
}

fn told(right: &str, kind: &str, effective_on: &str) -> Value {
    json!({ "right": right, "kind": kind, "effective_on": effective_on, "source": "专利公报" })
}

#[test]
fn a_lapse_heard_of_late_computes_the_open_claim_again_at_once_and_its_end_does_so_too() {
    on_both(|installation| {
        let (claim, rights) = claimed(installation);
        let before = decision(installation, &claim);
        assert_eq!(before.0, "pay");
        let app = installation.app(ON);
        let id = ymk(LATE);
        let refuse = |details, by: &str| refused(&app, Life::Loan, &id, "right_event", details, by, ON);
        assert_eq!(refuse(told("ZL201112345678.9", "lapsed", "2025-01-10"), "雁门信贷"), "LOAN_RIGHT_UNKNOWN");
        assert_eq!(refuse(told(&rights[0], "lapsed", "2026-08-04"), "雁门信贷"), "LOAN_DAY_AHEAD");
        assert_eq!(refuse(told(&rights[0], "restored", "2025-01-10"), "雁门信贷"), "LOAN_NOT_LAPSED");
        let mut answer = Value::Null;
        for right in &rights {
            answer = take(&app, Life::Loan, &id, "right_event", told(right, "lapsed", "2025-01-10"), "雁门信贷", ON);
        }
        assert_eq!(answer["recomputed"][0]["claim"], claim.as_str());
        assert_eq!(decision(installation, &claim).0, "reject");
        installation.proves();
        // A lapse from after the filing changes nothing of it.
        for right in &rights {
            take(&app, Life::Loan, &id, "right_event", told(right, "restored", "2025-02-01"), "管理员", ON);
        }
        let again = decision(installation, &claim);
        assert_eq!((again.0.as_str(), again.1), ("pay", before.1));
        for right in &rights {
            let later = take(&app, Life::Loan, &id, "right_event", told(right, "lapsed", "2026-07-01"), "雁门信贷", ON);
            assert_eq!(later["recomputed"], json!([]));
        }
        assert_eq!(decision(installation, &claim), again);
        installation.json(&["job", "run", "compute_compensation", "--on", "2026-08-04"], &[0]);
        assert_eq!(decision(installation, &claim), again, "the evening says the same");
        installation.proves();
    });
}

#[test]
fn one_request_said_twice_under_a_key_is_one_event() {
    on_both(|installation| {
        let (_claim, rights) = claimed(installation);
        let app = installation.app(ON);
        let mut asked = super::request(
            Life::Loan,
            &ymk(LATE),
            "right_event",
            told(&rights[0], "licensed", "2026-01-02"),
            "雁门信贷",
            ON,
        );
        asked.key = Some("一次".to_owned());
        let first = pledgefund::usecase::lives::perform(&app, &asked).unwrap();
        assert_eq!(first, pledgefund::usecase::lives::perform(&app, &asked).unwrap());
        assert_eq!(first["version"], 1);
        let pledge = json!({ "what": "增加一项实用新型", "effective_on": "2026-08-01" });
        assert_eq!(take(&app, Life::Loan, &ymk(LATE), "pledge_changed", pledge, "雁门信贷", ON)["version"], 2);
        installation.proves();
    });
}

#[test]
fn a_lapse_leaves_a_paid_claim_as_it_is_and_names_it_to_be_settled_anew() {
    story("2026-01-05", &measure("shuozhou-1"), |town| {
        town.pay_in("入1", "50000000.00");
        let loan = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        let right = rights_of(town, &loan);
        town.on("2026-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2026-05-01"));
        let paid = town.grant(&claim, "分管");
        let granted = town.act(Life::Loan, &loan, "right_event", "甲经办", told(&right, "seized", "2026-08-01"));
        assert_eq!((&granted["granted"], &granted["resettle"]), (&json!([]), &json!([])), "a seizure lapses nothing");
        town.pay(&claim, &paid);
        let before = town.status(&claim);
        town.on("2026-10-08");
        let answer = town.act(Life::Loan, &loan, "right_event", "登记员", told(&right, "lapsed", "2026-03-01"));
        assert_eq!(answer["resettle"], json!([{ "claim": claim, "due": "0.00", "paid": "400000.00" }]));
        assert_eq!((&answer["recomputed"], before), (&json!([]), town.status(&claim)));
        let settled = json!({ "cause": "质押权利在申请前已失效" });
        let answer = town.claim(&claim, "resettled", "登记员", settled);
        assert_eq!(answer["paid"], "400000.00", "one person moves nothing");
    });
}

/// Number of the right pledged for a loan.
fn rights_of(town: &crate::stories::town::Town, loan: &str) -> String {
    let mut db = town.app.store.read().unwrap();
    loans::rights(&mut db, loan, 1).unwrap().remove(0).number
}
