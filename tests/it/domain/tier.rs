//! Overdue days and tiers at every boundary.

use pledgefund::domain::names::Tier;
use pledgefund::domain::tier::{effective, floor_for, npl_date, overdue_days};
use proptest::prelude::*;

use super::day;

#[test]
fn overdue_days_count_the_first_overdue_day_as_one() {
    for (since, on, want) in [
        ("2026-03-01", "2026-02-28", 0),
        ("2026-03-01", "2025-03-01", 0),
        ("2026-03-01", "2026-03-01", 1),
        ("2026-01-01", "2026-03-31", 90),
        ("2024-02-28", "2024-03-01", 3),
        ("2025-01-01", "2026-01-01", 366),
    ] {
        assert_eq!(overdue_days(day(since), day(on)), want, "since {since} on {on}");
    }
}

#[test]
fn the_floor_changes_exactly_at_the_days_of_the_rule() {
    for (days, want) in [
        (0, Tier::Normal),
        (1, Tier::SpecialMention),
        (90, Tier::SpecialMention),
        (91, Tier::Substandard),
        (270, Tier::Substandard),
        (271, Tier::Doubtful),
        (360, Tier::Doubtful),
        (361, Tier::Loss),
        (u32::MAX, Tier::Loss),
    ] {
        assert_eq!(floor_for(days), want, "{days} days");
    }
}

#[test]
fn the_worse_of_grade_and_floor_counts() {
    assert_eq!(effective(Tier::Normal, Tier::Substandard), Tier::Substandard);
    assert_eq!(effective(Tier::Loss, Tier::SpecialMention), Tier::Loss);
    assert_eq!(effective(Tier::Doubtful, Tier::Doubtful), Tier::Doubtful);
}

proptest! {
    #[test]
    fn a_loan_turns_non_performing_on_its_npl_date_and_not_a_day_before(offset in 0u64..40_000) {
        let since = day("1990-01-01") + chrono::Days::new(offset);
        let turned = npl_date(since);
        prop_assert_eq!(overdue_days(since, turned), 91);
        prop_assert!(floor_for(overdue_days(since, turned)).is_npl());
        prop_assert!(!floor_for(overdue_days(since, turned.pred_opt().unwrap())).is_npl());
    }

    #[test]
    fn more_overdue_days_never_make_a_tier_milder(days in 0u32..500, more in 0u32..500) {
        prop_assert!(floor_for(days + more) >= floor_for(days));
    }
}
