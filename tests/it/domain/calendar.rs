//! Months, full months and Beijing time.

use chrono::{Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use pledgefund::domain::calendar::{CalendarError, Month, beijing_date, beijing_time, full_months, utc_of_beijing};
use proptest::prelude::*;

use super::day;

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..60_000).prop_map(|offset| day("1950-01-01") + Days::new(offset))
}

#[test]
fn months_are_read_in_two_forms_and_written_in_one() {
    for text in ["2026-02", "202602"] {
        let month = Month::parse(text).unwrap();
        assert_eq!((month.year(), month.month()), (2026, 2));
        assert_eq!(month.to_string(), "2026-02");
        assert_eq!(month.first_day(), day("2026-02-01"));
        assert_eq!(month.last_day(), day("2026-02-28"));
    }
    assert_eq!(Month::of(day("2024-02-29")).last_day(), day("2024-02-29"));
}

#[test]
fn what_is_no_month_is_refused() {
    let wrong = [
        "",
        "2026",
        "2026-13",
        "202600",
        "2026-2",
        "2026-2-1",
        "2026-02-",
        "-2026-2",
        "2026--02",
        "26-02",
        "2026/02",
        "2026-02-01",
        "+02602",
        "2026-+2",
        "二〇二六-02",
    ];
    for text in wrong {
        assert_eq!(Month::parse(text), Err(CalendarError::NotAMonth { text: text.to_owned() }));
    }
}

#[test]
fn months_follow_each_other_over_the_year_end() {
    let december = Month::parse("2025-12").unwrap();
    assert_eq!(december.next().to_string(), "2026-01");
    assert_eq!(december.next().prev(), december);
    assert!(december < december.next());
}

#[test]
fn a_month_is_full_on_the_same_day_and_the_month_end_is_clamped() {
    for (from, to, want) in [
        ("2020-03-15", "2025-03-14", 59),
        ("2020-03-15", "2025-03-15", 60),
        ("2025-01-31", "2025-02-27", 0),
        ("2025-01-31", "2025-02-28", 1),
        ("2025-01-31", "2025-03-30", 1),
        ("2025-01-31", "2025-03-31", 2),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-02-29", "2028-02-28", 47),
        ("2025-04-30", "2025-05-30", 1),
        ("2025-06-01", "2025-06-01", 0),
        ("2025-06-01", "2025-05-31", 0),
        ("2025-06-01", "2020-06-01", 0),
    ] {
        assert_eq!(full_months(day(from), day(to)), want, "from {from} to {to}");
    }
}

#[test]
fn the_day_in_beijing_begins_at_16_utc() {
    assert_eq!(beijing_date(at("2026-06-30 15:59:59")), day("2026-06-30"));
    assert_eq!(beijing_date(at("2026-06-30 16:00:00")), day("2026-07-01"));
    assert_eq!(utc_of_beijing(at("2026-07-01 00:00:00")), at("2026-06-30 16:00:00"));
}

#[test]
fn the_summer_times_of_1986_to_1991_are_known() {
    for year in 1986..=1991 {
        assert_eq!(beijing_date(at(&format!("{year}-07-01 15:30:00"))), day(&format!("{year}-07-02")), "{year}");
        assert_eq!(beijing_date(at(&format!("{year}-12-01 15:30:00"))), day(&format!("{year}-12-01")), "{year}");
        assert_eq!(utc_of_beijing(at(&format!("{year}-07-02 00:30:00"))), at(&format!("{year}-07-01 15:30:00")));
    }
    assert_eq!(beijing_time(at("1985-07-01 12:00:00")), at("1985-07-01 20:00:00"));
    assert_eq!(beijing_time(at("1992-07-01 12:00:00")), at("1992-07-01 20:00:00"));
}

#[test]
fn a_time_the_clocks_jumped_over_counts_on_from_before_the_jump() {
    assert_eq!(utc_of_beijing(at("1986-05-04 02:30:00")), at("1986-05-03 18:30:00"));
    assert_eq!(beijing_time(at("1986-05-03 18:30:00")), at("1986-05-04 03:30:00"));
}

#[test]
fn a_time_that_came_twice_means_the_first() {
    let twice = at("1986-09-14 01:30:00");
    assert_eq!(utc_of_beijing(twice), at("1986-09-13 16:30:00"));
    assert_eq!(beijing_time(at("1986-09-13 17:30:00")), twice);
}

#[test]
fn the_ends_of_the_calendar_do_not_make_it_fall_over() {
    for end in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        let _local = beijing_time(end);
        let _instant = utc_of_beijing(end);
        let _months = (Month::of(end.date()).next(), Month::of(end.date()).prev(), Month::of(end.date()).last_day());
    }
    assert!(full_months(NaiveDate::MIN, NaiveDate::MAX) > 6_000_000);
}

proptest! {
    #[test]
    fn full_months_are_the_greatest_that_fit(from in any_day(), to in any_day()) {
        let months = full_months(from, to);
        if from <= to {
            prop_assert!(from + Months::new(months) <= to);
            prop_assert!(from + Months::new(months + 1) > to);
        } else {
            prop_assert_eq!(months, 0);
        }
    }

    #[test]
    fn full_months_never_fall_as_time_passes(from in any_day(), to in any_day(), more in 0u64..2_000) {
        prop_assert!(full_months(from, to) <= full_months(from, to + Days::new(more)));
    }

    #[test]
    fn a_day_lies_in_its_month(date in any_day()) {
        let month = Month::of(date);
        prop_assert!(month.first_day() <= date && date <= month.last_day());
        prop_assert_eq!(month.last_day().succ_opt().unwrap(), month.next().first_day());
        prop_assert_eq!(Month::parse(&month.to_string()), Ok(month));
    }

    #[test]
    fn beijing_time_and_back_is_the_same_instant(seconds in 694_224_000i64..4_102_444_800) {
        let utc = at("1970-01-01 00:00:00") + TimeDelta::seconds(seconds);
        prop_assert_eq!(utc_of_beijing(beijing_time(utc)), utc);
    }
}
