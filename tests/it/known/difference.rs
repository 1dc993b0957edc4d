//! What lies between two states of the books adds up, on the sample year.

use pledgefund::storage::find::money;
use pledgefund::usecase::as_known::AsKnown;
use serde_json::Value;

use super::clock_at;
use super::moments::{opened, take};
use crate::support::product::{Installation, on_both};
use crate::undo::sample;

/// By then a year's half of reports, claims and money has come, and January was corrected.
const UNTIL: &str = "2026-03-02";

fn fen(value: &Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// Fails unless the moves of the events add up to the difference of the figures. Gives the answer.
#[track_caller]
fn check_adds_up(installation: &Installation, arguments: &[&str]) -> Value {
    let call: Vec<&str> = std::iter::once("difference").chain(arguments.iter().copied()).collect();
    let found = installation.json(&call, &[0]);
    assert!(found["remainder"].is_null(), "{}", found["remainder"]);
    for name in ["cash", "earmarked", "ordered", "reserved"] {
        let moved: i64 = found["events"].as_array().unwrap().iter().map(|event| fen(&event["moved"][name])).sum();
        assert_eq!(moved, fen(&found["to"][name]) - fen(&found["from"][name]), "{name} {arguments:?}");
    }
    found
}

#[test]
fn the_moves_of_the_events_add_up_to_the_difference_of_the_figures() {
    on_both(|installation| {
        let ran = installation.run(&["demo", "--no-serve", "--to", UNTIL]);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        // What was measured then is what is told of then now.
        let app = installation.app("2025-07-01");
        let measured = money::snapshots(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
        assert!(measured.len() > 100);
        for row in measured.iter().step_by(40) {
            let then = AsKnown::open(&app, row.business_date, row.recorded_at).unwrap().level().unwrap();
            let plain = |row: &pledgefund::storage::rows::money::ReserveSnapshotRow| {
                let row = row.clone();
                format!(
                    "{:?}",
                    pledgefund::storage::rows::money::ReserveSnapshotRow {
                        version: 0,
                        event_id: String::new(),
                        heads: String::new(),
                        ..row
                    }
                )
            };
            assert_eq!(plain(row), plain(&then));
        }
        drop(app);

        let january = ["--on", "2026-01-31", "--from", "2026-02-19", "--to", "2026-02-28"];
        let found = check_adds_up(installation, &january);
        let reports: Vec<&Value> =
            found["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "servicing.reported").collect();
        assert_eq!(reports.len(), 1, "the correction alone came in between: {reports:?}");
        assert_eq!(reports[0]["subject"], "shuozhou:YMK:2026-01:2");
        assert_ne!(found["from"]["outstanding"], found["to"]["outstanding"]);

        let first = check_adds_up(installation, &["--on", "2026-01-31", "--from", "2026-02-01", "--to", UNTIL]);
        assert!(first["events"].as_array().unwrap().iter().any(|event| event["moved"]["reserved"] != "0.00"));
        let over = check_adds_up(installation, &["--on-from", "2025-08-31", "--on-to", "2026-02-28"]);
        for name in ["cash", "earmarked", "reserved"] {
            let moves = over["events"].as_array().unwrap().iter().filter(|event| event["moved"][name] != "0.00");
            assert!(moves.count() > 0, "{name}");
        }
        let back = check_adds_up(installation, &["--on-from", "2026-02-28", "--on-to", "2025-08-31"]);
        assert_eq!((&over["from"], &over["to"]), (&back["to"], &back["from"]));
        let still = check_adds_up(installation, &["--on", "2026-01-31"]);
        assert_eq!(still["events"].as_array().unwrap().len(), 0);
    });
}

#[test]
fn a_promise_behind_a_later_one_that_counts_already_moves_nothing() {
    on_both(|installation| {
        opened(installation);
        clock_at(installation, "2026-07-06T10:00:00");
        let report = sample("monthly/YMK_202601.csv").replace("2026/01/31", "2026/06/30");
        let report = installation.own_file("YMK_202606.csv", &report);
        take(installation, "servicing", &report, &[]);
        clock_at(installation, "2026-07-10T10:00:00");
        let claims = sample("claims.csv").replace("2026-01-19", "2026-06-20");
        let kept = claims.lines().enumerate().filter(|(n, line)| *n == 0 || line.contains("YMK2024借字第0024号"));
        let claims = installation.own_file("claims.csv", &kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n"));
        assert_eq!(take(installation, "claims", &claims, &[])["records_accepted"], 1);

        // Filed on the 20th, the claim took the loan's reserve; the report of the 30th was in before it.
        let found = check_adds_up(installation, &["--on-from", "2026-06-20", "--on-to", "2026-06-30"]);
        assert_eq!((&found["from"]["claims"], &found["to"]["claims"]), (&1.into(), &1.into()));
        let kinds: Vec<&str> =
            found["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"servicing.reported") && !kinds.contains(&"claim.submitted"), "{kinds:?}");
        let back = check_adds_up(installation, &["--on-from", "2026-06-30", "--on-to", "2026-06-20"]);
        assert_eq!(back["events"].as_array().unwrap().len(), kinds.len());
        let filed = check_adds_up(installation, &["--on-from", "2026-06-19", "--on-to", "2026-06-20"]);
        assert_eq!((&filed["from"]["claims"], &filed["to"]["claims"]), (&0.into(), &1.into()));
        let moved = &filed["events"]
            .as_array()
            .unwrap()
            .iter()
            .find(|event| event["kind"] == "claim.submitted")
            .unwrap()["moved"];
        assert!(fen(&moved["reserved"]) < 0 && fen(&moved["earmarked"]) > 0, "{moved}");

        let told = installation.run(&["difference", "--on-from", "2026-06-19", "--on-to", "2026-06-20"]);
        let told = String::from_utf8(told.stdout).unwrap();
        assert!(told.contains("补偿申请") && told.contains("备案占用 -") && told.contains("在审占用 +"), "{told}");
    });
}
