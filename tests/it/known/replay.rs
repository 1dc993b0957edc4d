//! Every projection comes out of the facts alone, row for row.

use std::collections::BTreeSet;

use pledgefund::storage::copy::{Cut, FactCopy};
use pledgefund::storage::facts::Fact;
use pledgefund::storage::find::{Reach, claims, loans, servicing};
use pledgefund::storage::rows::every::{FactVisitor, visit_facts};
use pledgefund::usecase::rebuild::rebuild;

use crate::support::product::{Installation, on_both};

struct Names(BTreeSet<String>);

impl FactVisitor for Names {
    type Error = ();
    fn visit<F: Fact>(&mut self, check: &'static str) -> Result<(), ()> {
        assert_eq!(check, format!("facts_{}", F::TABLE));
        assert!(self.0.insert(F::TABLE.to_owned()), "{} stands twice", F::TABLE);
        Ok(())
    }
}

#[test]
fn every_table_whose_rows_an_event_carries_is_in_the_one_list() {
    let schema = include_str!("../../../src/storage/schema.rs");
    let carried: BTreeSet<String> = schema
        .split("diesel::table! {")
        .filter(|table| table.contains("event_id -> Text"))
        .map(|table| table.trim_start().split(' ').next().unwrap().to_owned())
        .filter(|name| name != "events")
        .collect();
    let mut listed = Names(BTreeSet::new());
    visit_facts(&mut listed).unwrap();
    assert!(carried.len() > 20, "{carried:?}");
    assert_eq!(carried, listed.0);
}

/// Fails unless the projections of a copy are those stored; gives how many rows there are of each.
#[track_caller]
pub fn check_rebuilt(installation: &Installation) -> [usize; 3] {
    let app = installation.app("2026-07-31");
    let reach = Reach::of_fund(app.fund_id());
    let mut db = app.store.read().unwrap();
    let copy = FactCopy::of(&mut db, Cut::whole(), app.store.clock().clone()).unwrap();
    rebuild(&copy, app.fund_id()).unwrap();
    let mut again = copy.store().read().unwrap();
    let stored = loans::all(&mut db, &reach).unwrap();
    assert_eq!(stored, loans::all(&mut again, &reach).unwrap());
    let months = servicing::all_months(&mut db, &reach).unwrap();
    assert_eq!(months, servicing::all_months(&mut again, &reach).unwrap());
    let status = claims::every_status(&mut db, app.fund_id()).unwrap();
    assert_eq!(status, claims::every_status(&mut again, app.fund_id()).unwrap());
    [stored.len(), months.len(), status.len()]
}

#[test]
fn after_all_samples_the_projections_are_those_the_facts_make() {
    on_both(|installation| {
        installation.import_samples();
        let [loans, months, claims] = check_rebuilt(installation);
        assert!(loans > 100 && months > 1000 && claims > 3, "{loans} {months} {claims}");
        installation.proves();
    });
}

#[test]
fn after_undos_of_every_kind_the_projections_are_those_the_facts_make() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("servicing", "monthly/YMK_202601.csv", &[]);
        installation.take_in("servicing", "monthly/YMK_202601_v2.csv", &[]);
        installation.take_in("claims", "claims.csv", &[]);
        let [_, _, before] = check_rebuilt(installation);
        assert!(before > 0);
        installation.take_back(&installation.import_of("claims.csv"));
        assert_eq!(check_rebuilt(installation)[2], before, "withdrawn claims stay in the list");
        installation.take_back(&installation.import_of("YMK_202601_v2.csv"));
        check_rebuilt(installation);
        installation.take_back(&installation.import_of("YMK_202601.csv"));
        assert_eq!(check_rebuilt(installation)[1], 0);
        installation.take_back(&installation.import_of("YMK_registration.csv"));
        assert_eq!(check_rebuilt(installation)[0], 0);
        installation.proves();
        installation.take_in("registrations", crate::undo::YMK, &[]);
        assert!(check_rebuilt(installation)[0] > 0);
        installation.proves();
    });
}

#[test]
fn a_changed_projection_fails_the_replay() {
    on_both(|installation| {
        installation.opened();
        installation.tamper("UPDATE loans SET industry = 'x' WHERE loan_id = (SELECT min(loan_id) FROM loans)");
        let proof = installation.json(&["verify"], &[1]);
        let failed: Vec<&str> = proof["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| check["ok"] == false)
            .map(|check| check["name"].as_str().unwrap())
            .collect();
        assert_eq!(failed, ["projection_loans", "replay"]);
    });
}
