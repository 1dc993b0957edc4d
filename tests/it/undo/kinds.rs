//! Each kind of file: undone, the figures are those of before; imported again, those of having imported once.

use super::{SGH, YMK, check_same, sample};
use crate::support::product::{Installation, on_both};

/// Imports, takes back, imports again; gives the figures of before and after.
fn check_round(installation: &Installation, kind: &str, file: &str, more: &[&str]) {
    let before = installation.figures();
    let first = installation.take_in(kind, file, more);
    let once = installation.figures();
    assert_ne!(before, once, "{file} must change something");
    installation.proves();
    installation.take_back(&installation.newest(kind));
    check_same(&before, &installation.figures());
    installation.proves();
    let again = installation.take_in(kind, file, more);
    assert_eq!(first["records_accepted"], again["records_accepted"], "{file}");
    assert_eq!(first["records_unchanged"], again["records_unchanged"], "{file}");
    check_same(&once, &installation.figures());
    installation.proves();
    // And once more, on top of the versions the first round has used.
    installation.take_back(&installation.newest(kind));
    check_same(&before, &installation.figures());
    installation.take_in(kind, file, more);
    check_same(&once, &installation.figures());
    installation.proves();
}

#[test]
fn registrations_leave_the_book_and_come_again() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        installation.take_in("fund", "fund.csv", &["--until", "2025-06-30"]);
        check_round(installation, "registrations", YMK, &[]);
    });
}

#[test]
fn first_loans_that_only_the_undone_loans_refuted_are_first_loans_again() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        installation.take_in("fund", "fund.csv", &["--until", "2025-06-30"]);
        let firsts = |bank: &str| -> i64 {
            let sql = installation.app("2026-07-31");
            let reach = pledgefund::storage::find::Reach::of_bank("shuozhou", bank);
            let all = pledgefund::storage::find::loans::all(&mut sql.store.read().unwrap(), &reach).unwrap();
            i64::try_from(all.iter().filter(|loan| loan.first_loan).count()).unwrap()
        };
        installation.take_in("registrations", SGH, &[]);
        let alone = (firsts("SGH"), installation.figures());
        let other = crate::support::product::samples().join(YMK);
        installation.take_in("registrations", &other.to_string_lossy(), &[]);
        assert!(firsts("SGH") < alone.0, "the samples refute first loans over banks");
        installation.take_back(&installation.import_of("YMK_registration.csv"));
        assert_eq!(firsts("SGH"), alone.0);
        check_same(&alone.1, &installation.figures());
        installation.proves();
        // Refuted again, the warning at the row is not told twice.
        let again = installation.json(&["import", "registrations", &other.to_string_lossy()], &[1]);
        let earlier = again["files"].as_array().unwrap().iter().find(|file| file["bank"] == "SGH").unwrap();
        let told: Vec<String> = earlier["warnings"].as_array().unwrap().iter().map(ToString::to_string).collect();
        let once: std::collections::BTreeSet<&String> = told.iter().collect();
        assert_eq!(once.len(), told.len(), "{told:?}");
    });
}

#[test]
fn a_month_that_is_taken_back_was_never_reported() {
    on_both(|installation| {
        installation.opened();
        check_round(installation, "servicing", "monthly/YMK_202507.csv", &[]);
        check_round(installation, "servicing", "monthly/YMK_202508.csv", &[]);
    });
}

#[test]
fn claims_are_withdrawn_and_may_be_filed_again() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("claims", "claims.csv", &["--until", "2025-09-30"]);
        // Only the claims filed since are this import's own.
        check_round(installation, "claims", "claims.csv", &["--until", "2026-01-12"]);
    });
}

#[test]
fn money_is_reversed_and_may_be_booked_again() {
    on_both(|installation| {
        installation.opened();
        check_round(installation, "fund", "fund.csv", &["--until", "2025-12-31"]);
        let app = installation.app("2026-07-31");
        let books = pledgefund::storage::find::money::transactions(&mut app.store.read().unwrap(), "shuozhou").unwrap();
        let reversals: Vec<_> = books.iter().filter(|booking| booking.reverses.is_some()).collect();
        assert_eq!(reversals.len(), 10, "five movements, each taken back twice");
        assert!(reversals.iter().all(|booking| booking.kind == "reversal" && booking.memo == "文件有误"));
    });
}

#[test]
fn partners_that_came_first_are_none_again() {
    on_both(|installation| {
        installation.run(&["import", "fund", "fund.csv", "--until", "2022-12-20"]);
        check_round(installation, "partners", "partners.csv", &[]);
    });
}

#[test]
fn a_partner_has_the_version_before_again() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        let text = sample("partners.csv");
        let changed = installation.own_file(
            "changed.csv",
            &text.replace("SGH,2022-12-05,2027-12-31,800000000", "SGH,2022-12-05,2027-12-31,900000000"),
        );
        check_round(installation, "partners", &changed, &[]);
        let app = installation.app("2026-07-31");
        let partners =
            pledgefund::storage::find::parties::partners(&mut app.store.read().unwrap(), "shuozhou").unwrap();
        let bank = partners.iter().find(|partner| partner.code == "SGH").unwrap();
        assert_eq!((bank.limit_fen, bank.version), (Some(90_000_000_000), 4), "versions count on");
    });
}

#[test]
fn a_corrected_file_that_was_refused_for_the_wrong_one_is_taken_in_after_the_undo() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        installation.take_in("registrations", YMK, &[]);
        // The right file says another rate of one loan, so that this row contradicts the wrong file.
        let wrong = std::fs::read_to_string(installation.folder.path().join("YMK_registration.csv")).unwrap();
        let row = wrong.lines().find(|line| line.contains("YMK2023借字第0001号")).unwrap();
        let right = format!("{}\n{}\n", wrong.lines().next().unwrap(), row.replace(",4.55,", ",4.65,"));
        let right = installation.own_file("YMK_right.csv", &right);
        let refused = installation.take_in("registrations", &right, &[]);
        assert_eq!(refused["rejected"][0]["code"], "CONTRACT_CONFLICT", "{refused}");
        assert_eq!(installation.take_in("registrations", &right, &[])["records_accepted"], 0);
        installation.take_back(&installation.import_of("YMK_registration.csv"));
        let again = installation.take_in("registrations", &right, &[]);
        assert_eq!((&again["records_accepted"], &again["records_unchanged"]), (&1.into(), &0.into()), "{again}");
        installation.proves();
    });
}

#[test]
fn only_what_the_import_added_is_undone() {
    on_both(|installation| {
        installation.opened();
        let before = installation.figures();
        let first = installation.take_in("claims", "claims.csv", &["--until", "2025-09-30"]);
        let once = installation.figures();
        let second = installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
        assert_eq!(second["records_unchanged"], first["records_accepted"]);
        installation.take_back(&installation.newest("claims"));
        check_same(&once, &installation.figures());
        let older = installation.json(&["import-log"], &[0])["imports"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["kind"] == "claims" && one["state"] == "standing")
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        installation.take_back(&older);
        check_same(&before, &installation.figures());
        installation.proves();
    });
}

#[test]
fn an_import_that_added_nothing_can_be_undone_and_changes_nothing() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        let text = sample("partners.csv");
        let same = installation.own_file("same.csv", &format!("{text}\n"));
        installation.take_in("partners", &same, &[]);
        let before = installation.figures();
        installation.take_back(&installation.import_of("same.csv"));
        check_same(&before, &installation.figures());
        installation.proves();
    });
}
