//! How early the end of a policy or a right is pointed out.

use chrono::{Datelike, NaiveDate};
use pledgefund::domain::ip_right::{IpNumber, TermEnd, filed_until, term_end};
use pledgefund::domain::names::IpKind;
use pledgefund::domain::reminders::{Notice, of_policy, of_right};

use super::day;

#[test]
fn a_policy_is_pointed_out_from_sixty_days_before_its_last_day() {
    let (today, due) = (day("2026-07-31"), day("2027-01-15"));
    for (ends_on, matures_on, notice) in [
        ("2026-07-30", due, Some(Notice::Over)),
        ("2026-07-31", due, Some(Notice::BeforeMaturity)),
        ("2026-09-29", due, Some(Notice::BeforeMaturity)),
        ("2026-09-30", due, None),
        ("2026-09-29", day("2026-09-29"), Some(Notice::Soon)),
        ("2026-09-29", day("2026-09-30"), Some(Notice::BeforeMaturity)),
        ("2026-07-30", day("2026-07-01"), Some(Notice::Over)),
    ] {
        assert_eq!(of_policy(day(ends_on), matures_on, today), notice, "{ends_on} {matures_on}");
    }
}

#[test]
fn a_patent_is_pointed_out_a_year_before_the_first_day_on_which_its_term_may_end() {
    let due = day("2027-06-30");
    // An invention filed in 2007 ends on a day of 2027.
    let term = term_end(IpKind::Invention, &IpNumber::read(IpKind::Invention, "200710308494.X").unwrap());
    for (today, notice) in [
        ("2025-12-31", None),
        ("2026-01-01", Some(Notice::BeforeMaturity)),
        ("2027-12-31", Some(Notice::BeforeMaturity)),
        ("2028-01-01", Some(Notice::Over)),
    ] {
        assert_eq!(of_right(term, due, day(today)), notice, "{today}");
    }
    assert_eq!(of_right(term, day("2027-01-01"), day("2026-06-01")), Some(Notice::Soon));
    assert_eq!(of_right(TermEnd::Open, due, day("2026-06-01")), None);
    assert_eq!(of_right(TermEnd::Known(day("2026-08-01")), due, day("2026-07-31")), Some(Notice::BeforeMaturity));
}

#[test]
fn the_last_filing_year_that_may_end_is_told_by_the_terms_themselves() {
    // Numbers of every year with their check digit, which the reader of numbers tells where it is wrong.
    let number = |kind: IpKind, year: i32| {
        let place = match kind {
            IpKind::Invention => '1',
            IpKind::UtilityModel => '2',
            _ => '3',
        };
        let check = "0123456789X".chars();
        check.map(|c| format!("{year}{place}0000001.{c}")).find_map(|text| IpNumber::read(kind, &text).ok()).unwrap()
    };
    for kind in [IpKind::Invention, IpKind::UtilityModel, IpKind::Design] {
        for until in 2013..2060 {
            let until = NaiveDate::from_ymd_opt(until, 1, 1).unwrap();
            let years = 2004..until.year();
            let told = years.clone().filter(|year| match term_end(kind, &number(kind, *year)) {
                TermEnd::WithinYear { first, .. } => first <= until,
                other => panic!("{other:?}"),
            });
            let last = filed_until(kind, until).unwrap();
            assert_eq!(
                told.collect::<Vec<_>>(),
                years.filter(|year| *year <= last).collect::<Vec<_>>(),
                "{kind:?} {until}"
            );
        }
    }
    assert_eq!(filed_until(IpKind::Trademark, day("2030-01-01")), None);
}
