//! What is pointed out while something can still be done: rights and policies that end while a loan stands on them.
//!
//! Owns how early that is. A bank renews a policy in weeks; another right in the place of one that ends takes months.
//! **Invariant:** a term whose end is known to the year only is pointed out from the first day on which it may end.

use chrono::{Days, NaiveDate};

use super::ip_right::TermEnd;

/// Days before its end from which a policy is pointed out.
pub const POLICY_NOTICE_DAYS: u64 = 60;
/// Days before its end from which a right is pointed out.
pub const RIGHT_NOTICE_DAYS: u64 = 365;
/// Days before its end from which a rulebook without a successor is pointed out: another one is drafted, tried, decided on
/// and published in that time.
pub const RULEBOOK_NOTICE_DAYS: u64 = 60;

/// Why something is pointed out, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// It has ended.
    Over,
    /// It ends, or may end, before the loan falls due.
    BeforeMaturity,
    /// It ends, or may end, soon.
    Soon,
}

impl Notice {
    /// Word of the catalogue.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Notice::Over => "over",
            Notice::BeforeMaturity => "before_maturity",
            Notice::Soon => "soon",
        }
    }
}

/// The last day of which notice is given on a day.
#[must_use]
pub fn until(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// Whether a policy for a loan is pointed out; it is in force on its last day.
#[must_use]
pub fn of_policy(ends_on: NaiveDate, matures_on: NaiveDate, today: NaiveDate) -> Option<Notice> {
    if ends_on < today {
        return Some(Notice::Over);
    }
    (ends_on <= until(today, POLICY_NOTICE_DAYS)).then(|| before(ends_on, matures_on))
}

/// Whether a right pledged for a loan is pointed out.
#[must_use]
pub fn of_right(term: TermEnd, matures_on: NaiveDate, today: NaiveDate) -> Option<Notice> {
    if term.certainly_over_before(today) {
        return Some(Notice::Over);
    }
    let first = match term {
        TermEnd::Known(last) => last,
        TermEnd::WithinYear { first, .. } => first,
        TermEnd::Open => return None,
    };
    (first <= until(today, RIGHT_NOTICE_DAYS)).then(|| before(first, matures_on))
}

fn before(end: NaiveDate, matures_on: NaiveDate) -> Notice {
    if end < matures_on { Notice::BeforeMaturity } else { Notice::Soon }
}
