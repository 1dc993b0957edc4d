//! Five-tier classification by days overdue (商业银行金融资产风险分类办法, 2023; domain.md A1).
//!
//! **Invariant:** the system's tier is never milder than the days overdue allow, nor than the bank's own grade.

use chrono::{Days, NaiveDate};

use super::names::Tier;

/// Days of arrears that a pledge must precede: a loan is non-performing on the 91st overdue day.
const DAYS_BEFORE_NPL: u64 = 90;

/// Overdue days on a day: the first overdue day counts as 1; 0 before it.
#[must_use]
pub fn overdue_days(since: NaiveDate, on: NaiveDate) -> u32 {
    let passed = on.signed_duration_since(since).num_days().saturating_add(1);
    u32::try_from(passed.max(0)).unwrap_or(u32::MAX)
}

/// The mildest tier that overdue days allow.
#[must_use]
pub const fn floor_for(days: u32) -> Tier {
    match days {
        0 => Tier::Normal,
        1..=90 => Tier::SpecialMention,
        91..=270 => Tier::Substandard,
        271..=360 => Tier::Doubtful,
        _ => Tier::Loss,
    }
}

/// The worse of the bank's grade and the floor.
#[must_use]
pub fn effective(bank: Tier, floor: Tier) -> Tier {
    bank.max(floor)
}

/// The 91st overdue day, on which a loan becomes non-performing.
#[must_use]
pub fn npl_date(since: NaiveDate) -> NaiveDate {
    since.checked_add_days(Days::new(DAYS_BEFORE_NPL)).unwrap_or(NaiveDate::MAX)
}
