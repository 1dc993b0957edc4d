//! Until when a measure leaves room for a claim.

use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::cover_end::cover_until;
use pledgefund::reference::work_calendar;

use super::support::{book, day, text, with};

#[track_caller]
fn check(measure: &str, matures: &str, overdue_since: Option<&str>, want: Option<&str>) {
    let book = book(measure);
    let until = cover_until(&Rules::of(&book, work_calendar()), day(matures), overdue_since.map(day));
    assert_eq!(until, want.map(day), "matures {matures}, overdue since {overdue_since:?}");
}

#[test]
fn the_last_day_is_that_of_a_claim_on_a_loan_of_which_nothing_was_paid_at_maturity() {
    let second = text("shuozhou-2");
    check(&second, "2025-03-06", None, Some("2025-11-26"));
    check(&second, "2025-03-06", Some("2025-01-20"), Some("2025-11-26"));
    check(&second, "2025-03-06", Some("2025-03-07"), Some("2025-11-26"));
    // A bank that tells a later first day of arrears is believed: nothing ends too early.
    check(&second, "2025-03-05", Some("2025-03-07"), Some("2025-11-26"));
}

#[test]
fn a_measure_without_a_time_for_claims_or_with_one_that_does_not_refuse_names_no_end() {
    check(&text("shuozhou-1"), "2025-03-06", None, None);
    let late = "of = \"claim.npl_since\" } }\notherwise = \"reject\"\ncode = \"FILED_LATE\"";
    let noted = with(&text("shuozhou-2"), late, &late.replace("reject", "note"));
    // What is left is the run-off of the scheme, twelve months after maturity, and never before it closes.
    check(&noted, "2025-03-06", None, Some("2029-07-31"));
    check(&noted, "2029-01-15", None, Some("2030-01-15"));
    let open = with(&noted, "run_off = \"12 个月\"\n", "");
    check(&open, "2025-03-06", None, None);
}

#[test]
fn where_holidays_are_not_published_the_end_is_not_guessed() {
    let second = with(&text("shuozhou-2"), "run_off = \"12 个月\"\n", "");
    check(&second, "2026-12-01", None, None);
}
