//! Month-end reports: the version before is in force again, with the tiers of the day closes that were due.

use super::{YMK, check_same, sample};
use crate::support::product::{Installation, on_both};

/// Everything the list of loans says, in its order.
fn book(installation: &Installation) -> Vec<String> {
    let app = installation.app("2026-07-31");
    let reach = pledgefund::storage::find::Reach::of_fund("shuozhou");
    let all = pledgefund::storage::find::loans::all(&mut app.store.read().unwrap(), &reach).unwrap();
    all.into_iter()
        .map(|loan| format!("{:?}", pledgefund::storage::rows::loans::LoanRow { reserve_version: 0, ..loan }))
        .collect()
}

#[test]
fn a_correction_taken_back_puts_the_first_version_in_force_and_the_next_counts_on() {
    on_both(|installation| {
        installation.opened();
        for month in ["202511", "202512"] {
            installation.take_in("servicing", &format!("monthly/YMK_{month}.csv"), &[]);
        }
        installation.take_in("servicing", "monthly/YMK_202601.csv", &[]);
        let (figures, loans) = (installation.figures(), book(installation));
        let second = installation.take_in("servicing", "monthly/YMK_202601_v2.csv", &[]);
        assert_eq!(second["version"], 2);
        let corrected = installation.figures();
        assert_ne!(figures, corrected);
        installation.take_back(&installation.import_of("YMK_202601_v2.csv"));
        check_same(&figures, &installation.figures());
        assert_eq!(loans, book(installation));
        installation.proves();
        let known = installation.take_in("servicing", "monthly/YMK_202601.csv", &[]);
        assert_eq!((&known["version"], &known["superseded"]), (&1.into(), &false.into()), "{known}");
        let third = installation.take_in("servicing", "monthly/YMK_202601_v2.csv", &[]);
        assert_eq!(third["version"], 3);
        check_same(&corrected, &installation.figures());
        installation.proves();
    });
}

#[test]
fn all_months_can_be_taken_back_one_after_the_other() {
    on_both(|installation| {
        installation.opened();
        let months = ["202507", "202508", "202509"];
        let mut before = Vec::new();
        for month in months {
            before.push((installation.figures(), book(installation)));
            installation.take_in("servicing", &format!("monthly/YMK_{month}.csv"), &[]);
        }
        for month in months.iter().rev() {
            installation.take_back(&installation.import_of(&format!("YMK_{month}.csv")));
            let (figures, loans) = before.pop().unwrap();
            check_same(&figures, &installation.figures());
            assert_eq!(loans, book(installation), "{month}");
            installation.proves();
        }
    });
}

#[test]
fn closes_before_the_report_stay_and_closes_that_rested_on_it_go() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("servicing", "monthly/YMK_202510.csv", &[]);
        let moved = |on: &str| {
            let ran = installation.json(&["job", "run", "daily_close", "--on", on], &[0]);
            ran.to_string()
        };
        moved("2025-11-20");
        let (figures, loans) = (installation.figures(), book(installation));
        installation.take_in("servicing", "monthly/YMK_202511.csv", &[]);
        let after_report = book(installation);
        moved("2026-02-25");
        assert_ne!(after_report, book(installation), "the close moved loans");
        installation.proves();
        installation.take_back(&installation.import_of("YMK_202511.csv"));
        check_same(&figures, &installation.figures());
        assert_eq!(loans, book(installation));
        installation.proves();
        moved("2026-02-26");
        installation.proves();
        installation.take_in("servicing", "monthly/YMK_202511.csv", &[]);
        installation.proves();
    });
}

#[test]
fn an_earlier_month_corrected_meanwhile_counts_once_the_later_month_is_gone() {
    on_both(|installation| {
        installation.opened();
        for month in ["202512", "202601"] {
            installation.take_in("servicing", &format!("monthly/YMK_{month}.csv"), &[]);
        }
        installation.take_in("servicing", "monthly/YMK_202602.csv", &[]);
        installation.take_in("servicing", "monthly/YMK_202601_v2.csv", &[]);
        installation.take_back(&installation.import_of("YMK_202602.csv"));
        installation.proves();
        let put_right = book(installation);
        // The same files in the order in which they now count.
        let other = if installation.url.is_some() { Installation::postgres().unwrap() } else { Installation::sqlite() };
        other.opened();
        for file in ["YMK_202512.csv", "YMK_202601.csv", "YMK_202601_v2.csv"] {
            other.take_in("servicing", &format!("monthly/{file}"), &[]);
        }
        assert_eq!(put_right, book(&other));
    });
}

#[test]
fn loans_registered_again_after_reports_of_others_are_unreported_and_prove() {
    on_both(|installation| {
        let text = sample(YMK);
        let last = "YMK2025借字第0037号";
        let most: Vec<&str> = text.lines().filter(|line| !line.contains(last)).take(12).collect();
        let one: Vec<&str> =
            text.lines().enumerate().filter(|(n, line)| *n == 0 || line.contains(last)).map(|(_, line)| line).collect();
        installation.take_in("partners", "partners.csv", &[]);
        installation.take_in("fund", "fund.csv", &["--until", "2025-06-30"]);
        let most = installation.own_file("YMK_most.csv", &most.join("\n"));
        installation.take_in("registrations", &most, &[]);
        let one = installation.own_file("YMK_one.csv", &one.join("\n"));
        let taken = installation.take_in("registrations", &one, &[]);
        assert_eq!(taken["records_accepted"], 1, "{taken}");
        // The bank's report leaves that one loan out.
        let month = sample("monthly/YMK_202601.csv");
        let without: Vec<&str> = month.lines().filter(|line| !line.contains(last)).collect();
        let report = installation.own_file("YMK_202601.csv", &without.join("\n"));
        installation.take_in("servicing", &report, &[]);
        installation.proves();
        installation.take_back(&installation.import_of("YMK_one.csv"));
        installation.proves();
        installation.take_in("registrations", &one, &[]);
        installation.proves();
        let app = installation.app("2026-07-31");
        let reach = pledgefund::storage::find::Reach::of_fund("shuozhou");
        let all = pledgefund::storage::find::loans::all(&mut app.store.read().unwrap(), &reach).unwrap();
        assert_eq!(all.iter().filter(|loan| loan.balance_fen.is_none()).count(), 1);
    });
}

#[test]
fn a_report_that_went_into_a_summary_stays() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("servicing", "monthly/YMK_202507.csv", &[]);
        installation.json(&["job", "run", "regulator_summary", "--on", "2025-08-11"], &[0, 1]);
        let (code, words) = installation.undo_refused(&installation.newest("servicing"));
        assert_eq!(code, "UNDO_REPORT_ISSUED", "{words}");
        assert!(words.contains("2025-07 v1"), "{words}");
        let (code, words) = installation.undo_refused(&installation.newest("registrations"));
        assert_eq!(code, "UNDO_LOANS_REPORTED", "{words}");
        assert!(words.contains("2025-07 v1"), "every reason is told at once: {words}");
    });
}
