//! Due times: cron in Beijing time, moved to working days, never before the banks have had their day.
//!
//! **Invariant:** the same job, calendar and span always give the same due times, in any zone of the machine.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, SubsecRound, TimeDelta, TimeZone, Utc};

use super::declaration::Declaration;
use crate::domain::calendar::{Month, WorkCalendar, WorkingDayShift, beijing_date};

/// A due time of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When, UTC.
    pub at: NaiveDateTime,
    /// Business date: the Beijing date of `at`.
    pub on: NaiveDate,
    /// The calendar of that year is not published: weekends only.
    pub provisional: bool,
}

/// What due times depend on besides the job.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Working days.
    pub calendar: &'a WorkCalendar,
    /// Day of the month by which banks report.
    pub banks_due_day: u32,
    /// First month with reports.
    pub first_period: Month,
}

/// How far a due date may move away from its nominal day.
const FARTHEST_SHIFT_DAYS: i64 = 40;

/// Every due time of a job in `(after, until]`, in order.
#[must_use]
pub fn due_between(job: &Declaration, rules: Rules<'_>, after: NaiveDateTime, until: NaiveDateTime) -> Vec<Due> {
    if !job.enabled {
        return Vec::new();
    }
    let slack = TimeDelta::days(if moves(job) { FARTHEST_SHIFT_DAYS } else { 0 });
    // The cron iterator carries a fraction of a second on into what it yields.
    let start = after.checked_sub_signed(slack).unwrap_or(after).trunc_subsecs(0);
    let start: DateTime<_> = Utc.from_utc_datetime(&start).with_timezone(&job.timezone);
    let mut due: Vec<Due> = job
        .cron
        .iter_after(start)
        .map(|nominal| (nominal.naive_utc(), nominal.naive_local()))
        .take_while(|(utc, _)| *utc <= until)
        .filter_map(|(_, local)| moved(job, rules, local))
        .filter(|due| due.at > after && due.at <= until)
        .collect();
    due.sort();
    due.dedup();
    due
}

const fn moves(job: &Declaration) -> bool {
    !matches!(job.working_day, WorkingDayShift::None)
}

/// The next `count` due times after an instant.
#[must_use]
pub fn next(job: &Declaration, rules: Rules<'_>, after: NaiveDateTime, count: usize) -> Vec<Due> {
    // What is due where its cron says may be due every minute; what moves is looked for as far as it may move.
    let mut span = if moves(job) { TimeDelta::days(FARTHEST_SHIFT_DAYS) } else { TimeDelta::hours(1) };
    loop {
        let until = after.checked_add_signed(span).unwrap_or(NaiveDateTime::MAX);
        let mut due = due_between(job, rules, after, until);
        if due.len() >= count || span > TimeDelta::days(4_000) || !job.enabled {
            due.truncate(count);
            return due;
        }
        span = span.checked_mul(2).unwrap_or(TimeDelta::MAX);
    }
}

/// Banks' last day for the month before the one of `on`, a working day.
#[must_use]
pub fn banks_due_on(rules: Rules<'_>, of_month: Month) -> (NaiveDate, bool) {
    let days = u64::from(rules.banks_due_day.saturating_sub(1));
    let nominal = of_month.first_day().checked_add_days(Days::new(days)).unwrap_or(of_month.first_day());
    rules.calendar.next_working_day_provisional(nominal)
}

fn moved(job: &Declaration, rules: Rules<'_>, local: NaiveDateTime) -> Option<Due> {
    let month = Month::of(local.date());
    if job.monthly_period && month.prev() < rules.first_period {
        return None;
    }
    let (mut day, mut provisional) = rules.calendar.shift_provisional(local.date(), job.working_day);
    if let Some(gap) = job.after_banks_due_working_days {
        let (banks, banks_provisional) = banks_due_on(rules, month);
        let (earliest, gap_provisional) = rules.calendar.add_working_days_provisional(banks, gap);
        if day < earliest {
            day = earliest;
        }
        provisional = provisional || banks_provisional || gap_provisional;
    }
    let at = job.timezone.from_local_datetime(&day.and_time(local.time())).earliest()?.naive_utc();
    Some(Due { at, on: beijing_date(at), provisional })
}
