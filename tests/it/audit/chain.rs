//! Circumstances, algorithms, places that are wrong, and a head that somebody outside kept.

use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::Change;
use pledgefund::storage::{Act, Scope, StoreError};

use crate::support::product::{Installation, on_both};

fn failures(proof: &serde_json::Value, name: &str) -> Vec<String> {
    let check = proof["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap();
    check["failures"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn filled(installation: &Installation) {
    installation.json(&["import", "partners", "partners.csv"], &[0]);
    installation.json(&["import", "fund", "fund.csv"], &[0, 1]);
}

#[test]
fn an_event_says_from_where_it_was_asked_for_and_by_which_hash() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        let first = installation.json(&["audit", "list", "--limit", "1"], &[0])["events"][0].clone();
        assert_eq!(first["context"]["source"], "console");
        assert!(first["context"]["via"].as_str().is_some_and(|via| via.starts_with("os:")), "{first}");
        let mut other = installation.command(&["import", "fund", "fund.csv"]);
        assert!(other.env("PLEDGEFUND_AUDIT__ALGORITHM", "sha256").output().unwrap().status.code() < Some(2));
        let last = installation.json(&["audit", "list", "--limit", "1", "--chain", "fund:shuozhou"], &[0]);
        let shown = installation.json(&["audit", "show", last["events"][0]["event_id"].as_str().unwrap()], &[0]);
        assert_eq!((&shown["alg"], shown["payload"].is_object()), (&"sha256".into(), true));
        assert_eq!(installation.json(&["verify-audit"], &[0])["ok"], true);
        // The circumstances are hashed, too; an event of before them has one field less.
        installation.tamper("UPDATE events SET context = '' WHERE seq = 1 AND chain = 'fund:shuozhou'");
        let found = failures(&installation.json(&["verify-audit"], &[1]), "audit_chain");
        assert_eq!(found, ["events fund:shuozhou#1: hash"]);
        let misspelt = installation.command(&["verify-audit"]).env("PLEDGEFUND_AUDIT__ALGORITHM", "md5").output();
        assert_eq!(misspelt.unwrap().status.code(), Some(2));
    });
}

#[test]
fn an_event_from_before_circumstances_were_kept_verifies_between_others() {
    on_both(|installation| {
        filled(installation);
        // What is written without circumstances has the bytes that every event had before there were any.
        let app = installation.app("2026-07-31");
        let act = Act::new("甲", "2026-07-31".parse().unwrap());
        let change = || Change::new(Chain::Fund { fund_id: "shuozhou".to_owned() }, "test.done", "x");
        let id: Result<String, StoreError> = app.store.write(&Scope::fund("shuozhou"), &act, |tx| tx.record(change()));
        let shown = installation.json(&["audit", "show", &id.unwrap()], &[0]);
        assert_eq!(shown["context"], serde_json::Value::Null);
        installation.json(&["import", "registrations", "registration/YMK_registration.csv"], &[0, 1]);
        assert_eq!(installation.json(&["verify-audit"], &[0])["ok"], true);
    });
}

#[test]
fn every_wrong_place_is_named() {
    on_both(|installation| {
        filled(installation);
        let removed = "DELETE FROM events WHERE chain = 'fund:shuozhou' AND seq = 2";
        installation.tamper(&format!(
            "{removed}; UPDATE events SET actor = 'x' WHERE chain = 'fund:shuozhou' AND seq = 4; \
             UPDATE scopes SET last_seq = last_seq + 1 WHERE scope_key = 'fund:shuozhou'"
        ));
        let found = failures(&installation.json(&["verify-audit"], &[1]), "audit_chain");
        assert_eq!(
            found,
            [
                "events fund:shuozhou#3: number 2 expected, link",
                "events fund:shuozhou#4: hash",
                "scopes fund:shuozhou: head"
            ]
        );
        assert_eq!(installation.json(&["verify"], &[1])["ok"], false);
    });
}

#[test]
fn books_written_anew_as_a_whole_do_not_arrive_at_the_head_that_was_kept() {
    on_both(|installation| {
        filled(installation);
        let today = installation.json(&["audit", "head"], &[0]);
        assert_eq!((&today["count"], &today["closed"]), (&0.into(), &true.into()), "yesterday there was nothing");
        let day = pledgefund::clock::Clock::System.today().to_string();
        let head = installation.json(&["audit", "head", "--day", &day], &[0])["head"].as_str().unwrap().to_owned();
        installation.json(&["verify-audit", "--head", &head], &[0]);
        let spaced = format!("  {} ", head.replace(' ', "\n  ").to_uppercase());
        installation.json(&["verify-audit", "--head", &spaced], &[0]);
        let other = if head.ends_with('0') { '1' } else { '0' };
        let forged = format!("{}{other}", &head[..head.len() - 1]);
        let proof = installation.json(&["verify-audit", "--head", &forged], &[1]);
        assert_eq!(failures(&proof, "witnessed_head"), [head]);
        for unreadable in ["", "2026-07-31 12", "2026-07-31 x abc", "2026-07-31 -1 00"] {
            assert_eq!(
                installation.run(&["verify-audit", "--head", unreadable]).status.code(),
                Some(2),
                "{unreadable}"
            );
        }
    });
}

#[test]
fn events_are_listed_by_person_subject_kind_and_day_page_by_page() {
    on_both(|installation| {
        filled(installation);
        let all = installation.json(&["audit", "list", "--limit", "1000"], &[0])["events"].as_array().unwrap().clone();
        let mut paged = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut call = vec!["audit", "list", "--limit", "7"];
            if let Some(after) = &after {
                call.extend(["--after", after]);
            }
            let page = installation.json(&call, &[0]);
            paged.extend(page["events"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(paged, all);
        let count = |filter: &[&str]| {
            let call = [&["audit", "list", "--limit", "1000"][..], filter].concat();
            installation.json(&call, &[0])["events"].as_array().unwrap().len()
        };
        let kind = all[0]["kind"].as_str().unwrap();
        assert_eq!(count(&["--kind", kind]), all.iter().filter(|event| event["kind"] == kind).count());
        assert_eq!(count(&["--person", all[0]["actor"].as_str().unwrap(), "--chain", "fund:shuozhou"]), all.len());
        assert!(count(&["--subject", all[0]["subject"].as_str().unwrap()]) >= 1);
        assert_eq!(count(&["--person", "nobody"]), 0);
        assert_eq!(count(&["--to", "2020-01-01"]), 0);
        assert_eq!(count(&["--from", "2020-01-01"]), all.len());
        assert_eq!(installation.run(&["audit", "list", "--after", "fund:shuozhou#99999"]).status.code(), Some(2));
    });
}

#[test]
fn more_events_are_listed_at_once_than_one_question_can_name() {
    on_both(|installation| {
        filled(installation);
        let app = installation.app("2026-07-31");
        let act = Act::new("甲", "2026-07-31".parse().unwrap());
        let many: Result<(), StoreError> = app.store.write(&Scope::fund("shuozhou"), &act, |tx| {
            for nth in 0..1_200 {
                let subject = format!("thing {nth}");
                tx.record(Change::new(Chain::Fund { fund_id: "shuozhou".to_owned() }, "test.done", &subject))?;
            }
            Ok(())
        });
        many.unwrap();
        let listed = installation.json(&["audit", "list", "--kind", "test.done", "--limit", "1000"], &[0]);
        let subjects: Vec<&str> =
            listed["events"].as_array().unwrap().iter().map(|event| event["subject"].as_str().unwrap()).collect();
        let newest_first: Vec<String> = (200..1_200).rev().map(|nth| format!("thing {nth}")).collect();
        assert_eq!(subjects, newest_first);
    });
}
