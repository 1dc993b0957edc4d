//! The database itself refuses to change what was written, and no act is done without its event.

use pledgefund::storage::insert_only;

use crate::support::postgres;
use crate::support::product::{Installation, on_both};

fn filled(installation: &Installation) {
    installation.json(&["import", "partners", "partners.csv"], &[0]);
    installation.json(&["import", "fund", "fund.csv"], &[0, 1]);
}

#[test]
fn neither_events_nor_facts_can_be_changed_or_removed() {
    on_both(|installation| {
        filled(installation);
        let mut met = 0;
        for table in insert_only::tables() {
            for sql in [format!("UPDATE {table} SET event_id = event_id"), format!("DELETE FROM {table}")] {
                match installation.behind_refused(&sql) {
                    Some(words) => {
                        assert!(words.contains(insert_only::REFUSAL), "{sql}: {words}");
                        met += 1;
                    }
                    // An empty table has no row that SQLite could refuse to change.
                    None => assert!(installation.url.is_none() && !["events", "partners"].contains(&table), "{sql}"),
                }
            }
        }
        assert!(met >= 10, "{met}");
        assert!(installation.behind_refused("DELETE FROM scopes").is_some());
        if installation.url.is_some() {
            assert!(installation.behind_refused("TRUNCATE events").unwrap().contains(insert_only::REFUSAL));
        } else {
            let again = "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1";
            assert!(installation.behind_refused(&format!("PRAGMA recursive_triggers=ON; {again}")).is_some());
        }
        assert_eq!(installation.json(&["verify-audit"], &[0])["ok"], true);
    });
}

#[test]
fn a_trigger_that_was_lifted_is_named_until_it_is_laid_again() {
    on_both(|installation| {
        filled(installation);
        installation.tamper("SELECT 1");
        let proof = installation.json(&["verify-audit"], &[1]);
        let check = proof["checks"].as_array().unwrap().iter().find(|check| check["name"] == "insert_only").unwrap();
        assert!(check["failures"].to_string().contains("kept_events_"), "{check}");
        installation.json(&["migrate"], &[0]);
        assert_eq!(installation.json(&["verify-audit"], &[0])["ok"], true);
    });
}

#[test]
fn no_audit_no_act() {
    on_both(|installation| {
        filled(installation);
        let before = installation.json(&["verify"], &[0])["digest"].clone();
        let (closed, open) = match &installation.url {
            None => (
                "CREATE TRIGGER no_audit BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no audit'); END",
                "DROP TRIGGER no_audit",
            ),
            Some(_) => (
                "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no audit'; \
                 END $$; CREATE TRIGGER no_audit BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_audit()",
                "DROP FUNCTION no_audit() CASCADE",
            ),
        };
        assert_eq!(installation.behind_refused(closed), None);
        for call in [
            &["import", "registrations", "registration/YMK_registration.csv"][..],
            &["job", "run", "reserve_level", "--on", "2026-07-31"],
        ] {
            let failed = installation.run(call);
            assert!(failed.status.code().is_some_and(|code| code >= 2), "{call:?}: {:?}", failed.status);
        }
        assert_eq!(installation.behind_refused(open), None);
        assert_eq!(installation.json(&["verify"], &[0])["digest"], before);
    });
}

#[test]
fn the_roles_of_postgres_let_the_program_add_and_change_nothing() {
    let Some(installation) = Installation::postgres() else { return };
    filled(&installation);
    let url = installation.url.clone().unwrap();
    postgres::psql(&url, include_str!("../../../docs/postgres-roles.sql"));
    let as_app = url.replacen("//test@", "//pledgefund_app@", 1);
    let app = Installation { folder: installation.folder, url: Some(as_app) };
    app.json(&["import", "registrations", "registration/YMK_registration.csv"], &[0, 1]);
    assert_eq!(app.json(&["verify"], &[0])["ok"], true);
    for sql in [
        "UPDATE events SET actor = 'x'",
        "DELETE FROM acts",
        "TRUNCATE events",
        "DROP TRIGGER kept_events_change ON events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DELETE FROM scopes",
        "DROP FUNCTION refuse_change() CASCADE",
    ] {
        let words = app.behind_refused(sql).expect(sql);
        assert!(words.contains("permission denied") || words.contains("must be owner"), "{sql}: {words}");
    }
}
