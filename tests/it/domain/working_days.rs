//! The official calendar as shipped, and what it does beyond the published years.

use chrono::{Datelike, Days, NaiveDate};
use pledgefund::domain::calendar::{CalendarError, WorkCalendar, WorkingDayShift};
use pledgefund::reference::Reference;
use proptest::prelude::*;

use super::day;

fn shipped() -> WorkCalendar {
    Reference::embedded().unwrap().calendar
}

fn days(from: &str, to: &str) -> impl Iterator<Item = NaiveDate> + use<> {
    let to = day(to);
    day(from).iter_days().take_while(move |date| *date <= to)
}

#[test]
fn national_day_2025_and_its_make_up_days_are_known() {
    let calendar = shipped();
    for date in days("2025-10-01", "2025-10-08") {
        assert_eq!(calendar.is_working_day(date), Ok(false), "{date}");
    }
    for date in ["2025-09-28", "2025-09-30", "2025-10-09", "2025-10-11"] {
        assert_eq!(calendar.is_working_day(day(date)), Ok(true), "{date}");
    }
    assert_eq!(calendar.is_working_day(day("2025-10-12")), Ok(false));
}

#[test]
fn spring_festival_2026_and_its_make_up_days_are_known() {
    let calendar = shipped();
    for date in days("2026-02-15", "2026-02-23") {
        assert_eq!(calendar.is_working_day(date), Ok(false), "{date}");
    }
    for date in ["2026-02-14", "2026-02-24", "2026-02-28"] {
        assert_eq!(calendar.is_working_day(day(date)), Ok(true), "{date}");
    }
}

#[test]
fn every_year_from_2004_to_2026_is_published_and_has_between_247_and_254_working_days() {
    let calendar = shipped();
    assert_eq!(calendar.published_years().collect::<Vec<_>>(), (2004..=2026).collect::<Vec<_>>());
    for year in 2004..=2026 {
        let all = days(&format!("{year}-01-01"), &format!("{year}-12-31"));
        let working = all.filter(|date| calendar.is_working_day(*date).unwrap()).count();
        assert!((247..=254).contains(&working), "{working} in {year}");
    }
}

#[test]
fn a_day_moves_to_the_next_or_the_previous_working_day_or_stays() {
    let calendar = shipped();
    let holiday = day("2025-10-06");
    assert_eq!(calendar.next_working_day_from(holiday), Ok(day("2025-10-09")));
    assert_eq!(calendar.previous_working_day_from(holiday), Ok(day("2025-09-30")));
    assert_eq!(calendar.next_working_day_from(day("2025-10-11")), Ok(day("2025-10-11")));
    assert_eq!(calendar.shift_provisional(holiday, WorkingDayShift::Next), (day("2025-10-09"), false));
    assert_eq!(calendar.shift_provisional(holiday, WorkingDayShift::Previous), (day("2025-09-30"), false));
    assert_eq!(calendar.shift_provisional(holiday, WorkingDayShift::None), (holiday, false));
}

#[test]
fn working_days_are_counted_with_the_day_itself_as_day_zero() {
    let calendar = shipped();
    for (from, count, want) in [
        ("2025-09-30", 0, "2025-09-30"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-09-30", 4, "2025-10-13"),
        ("2025-10-04", 0, "2025-10-04"),
        ("2025-10-04", 1, "2025-10-09"),
        ("2026-02-13", 2, "2026-02-24"),
    ] {
        assert_eq!(calendar.add_working_days(day(from), count), Ok(day(want)), "{count} from {from}");
    }
}

#[test]
fn beyond_the_published_years_nothing_is_guessed_unless_asked() {
    let calendar = shipped();
    let missing = Err(CalendarError::NotPublished { year: 2027 });
    assert_eq!(calendar.is_working_day(day("2027-01-04")), Err(CalendarError::NotPublished { year: 2027 }));
    assert_eq!(calendar.next_working_day_from(day("2027-01-02")), missing);
    assert_eq!(calendar.add_working_days(day("2026-12-31"), 1), missing);
    assert_eq!(calendar.is_working_day_provisional(day("2027-01-04")), (true, true));
    assert_eq!(calendar.is_working_day_provisional(day("2027-01-02")), (false, true));
    assert_eq!(calendar.next_working_day_provisional(day("2027-01-02")), (day("2027-01-04"), true));
    assert_eq!(calendar.add_working_days_provisional(day("2026-12-31"), 1), (day("2027-01-01"), true));
    assert_eq!(calendar.add_working_days_provisional(day("2026-12-30"), 1), (day("2026-12-31"), false));
}

#[test]
fn the_year_that_is_missing_is_the_one_named() {
    let calendar = shipped();
    assert_eq!(calendar.add_working_days(day("2003-12-30"), 5), Err(CalendarError::NotPublished { year: 2003 }));
    assert_eq!(calendar.add_working_days(day("2026-12-30"), 400), Err(CalendarError::NotPublished { year: 2027 }));
    assert_eq!(calendar.previous_working_day_from(day("2004-01-01")), Err(CalendarError::NotPublished { year: 2003 }));
}

proptest! {
    #[test]
    fn the_nth_working_day_has_n_working_days_up_to_it(offset in 0u64..8_000, count in 1u32..40) {
        let calendar = shipped();
        let from = day("2004-01-01") + Days::new(offset);
        let reached = calendar.add_working_days(from, count).unwrap();
        let walked = from.iter_days().skip(1).take_while(|date| *date <= reached);
        let working = walked.filter(|date| calendar.is_working_day(*date).unwrap()).count();
        prop_assert_eq!(working, usize::try_from(count).unwrap());
        prop_assert!(calendar.is_working_day(reached).unwrap());
    }

    #[test]
    fn a_shifted_day_is_the_nearest_working_day_of_its_side(offset in 30u64..8_300) {
        let calendar = shipped();
        let date = day("2004-01-01") + Days::new(offset);
        let next = calendar.next_working_day_from(date).unwrap();
        let previous = calendar.previous_working_day_from(date).unwrap();
        prop_assert!(previous <= date && date <= next && next.year() <= 2026);
        let between = previous.iter_days().skip(1).take_while(|between| *between < next);
        for free in between {
            prop_assert_eq!(calendar.is_working_day(free), Ok(false));
        }
    }
}
