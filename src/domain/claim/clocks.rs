//! How long each desk has, and how long it took.
//!
//! **Invariant:** a claim is at one desk at a time; the days of the bank and those of the fund are counted apart.

use chrono::NaiveDate;

use super::handling::Handling;
use super::state::{Claim, Desk, Stage};
use crate::domain::calendar::WorkCalendar;
use crate::domain::rulebook::condition::Span;

/// A claim on a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Whose.
    pub desk: Desk,
    /// Since when.
    pub from: NaiveDate,
    /// Until when; none while it is there.
    pub until: Option<NaiveDate>,
}

/// Working days that each side took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// The bank's.
    pub bank: u32,
    /// The fund's.
    pub fund: u32,
}

/// The last day of a span that begins on a day; the day itself does not count. Beyond the published calendar weekends
/// alone are free.
#[must_use]
pub fn last_day(calendar: &WorkCalendar, from: NaiveDate, span: Span) -> NaiveDate {
    match span {
        Span::Days(days) => from.checked_add_days(chrono::Days::new(u64::from(days))).unwrap_or(from),
        Span::Months(months) => from.checked_add_months(chrono::Months::new(months)).unwrap_or(from),
        Span::WorkingDays(days) => calendar.add_working_days_provisional(from, days).0,
    }
}

/// Working days after `from` up to and including `until`.
#[must_use]
pub fn working_days(calendar: &WorkCalendar, from: NaiveDate, until: NaiveDate) -> u32 {
    let days = from.iter_days().skip(1).take_while(|day| *day <= until);
    let working = days.filter(|day| calendar.is_working_day_provisional(*day).0);
    u32::try_from(working.count()).unwrap_or(u32::MAX)
}

/// Working days that each side took until a day.
#[must_use]
pub fn taken(claim: &Claim, calendar: &WorkCalendar, on: NaiveDate) -> Taken {
    let mut taken = Taken::default();
    for stay in &claim.stays {
        let days = working_days(calendar, stay.from, stay.until.unwrap_or(on));
        let side = if stay.desk.is_the_banks() { &mut taken.bank } else { &mut taken.fund };
        *side = side.saturating_add(days);
    }
    taken
}

/// The last day of the desk that has the claim; none where the measure sets none.
#[must_use]
pub fn due_on(claim: &Claim, handling: &Handling, calendar: &WorkCalendar) -> Option<NaiveDate> {
    if let Stage::Returned { due_on, .. } = &claim.stage {
        return *due_on;
    }
    let stay = claim.stays.last().filter(|stay| stay.until.is_none())?;
    let span = match stay.desk {
        Desk::Bank => handling.amend_within,
        Desk::Acceptance => handling.accept_within,
        Desk::Review => handling.review_within,
        Desk::Decision => None,
        Desk::Payment => handling.pay_within,
        Desk::Receipt => handling.confirm_receipt_within,
    }?;
    // The days of payment begin once the grant has been public.
    let public_until = claim.award.as_ref().and_then(|award| award.public_until);
    let from = match (stay.desk, public_until) {
        (Desk::Payment, Some(until)) => until.max(stay.from),
        _ => stay.from,
    };
    Some(last_day(calendar, from, span))
}
