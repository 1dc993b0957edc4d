//! Days, months, working days and Beijing time.
//!
//! Owns the working-day calendar: official holidays and make-up days, year by year, as data.
//! **Invariant:** a working day of a year that is not published is an error; whoever can live with weekends
//! only asks the `_provisional` form and is told so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveDateTime, Offset, TimeZone, Weekday};
use chrono_tz::Asia::Shanghai;
use thiserror::Error;

/// A date the calendar cannot answer for, or a text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// Holidays of that year are not published.
    #[error("holidays of {year} are not published")]
    NotPublished {
        /// Year.
        year: i32,
    },
    /// Not `YYYY-MM`.
    #[error("{text} is not a month")]
    NotAMonth {
        /// What was found.
        text: String,
    },
}

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Month {
        Month { first: day.with_day(1).unwrap_or(day) }
    }

    /// Reads `YYYY-MM` or `YYYYMM`.
    ///
    /// # Errors
    /// `NotAMonth`.
    pub fn parse(text: &str) -> Result<Month, CalendarError> {
        let parts = text.split_once('-').or_else(|| text.split_at_checked(4));
        let first = parts.and_then(|(year, month)| {
            let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
            let shaped = digits(year, 4) && digits(month, 2);
            let day = shaped.then(|| NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1));
            day.flatten()
        });
        first.map(|first| Month { first }).ok_or_else(|| CalendarError::NotAMonth { text: text.to_owned() })
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.next().first.pred_opt().unwrap_or(self.first)
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Month {
        Month { first: self.first.checked_add_months(Months::new(1)).unwrap_or(self.first) }
    }

    /// The month before.
    #[must_use]
    pub fn prev(self) -> Month {
        Month { first: self.first.checked_sub_months(Months::new(1)).unwrap_or(self.first) }
    }

    /// Its year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// Its number, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.first.month()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

/// Full months from one day to another: the greatest k for which `from + k months ≤ to`, the end of a month
/// clamped. Zero where `to` is earlier.
#[must_use]
pub fn full_months(from: NaiveDate, to: NaiveDate) -> u32 {
    if to < from {
        return 0;
    }
    let years = i64::from(to.year()).wrapping_sub(i64::from(from.year()));
    let months = years.wrapping_mul(12).wrapping_add(i64::from(to.month())).wrapping_sub(i64::from(from.month()));
    let months = u32::try_from(months).unwrap_or(0);
    match from.checked_add_months(Months::new(months)) {
        Some(reached) if reached <= to => months,
        _ => months.saturating_sub(1),
    }
}

/// How a date that is no working day moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkingDayShift {
    /// To the next working day.
    Next,
    /// To the working day before.
    Previous,
    /// Not at all.
    None,
}

/// Holidays and make-up working days of one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct YearDays {
    /// Days off that fall on Monday to Friday.
    pub holidays: BTreeSet<NaiveDate>,
    /// Working days that fall on a weekend.
    pub workdays: BTreeSet<NaiveDate>,
}

/// The official calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    years: BTreeMap<i32, YearDays>,
}

impl WorkCalendar {
    /// A calendar of published years.
    #[must_use]
    pub const fn new(years: BTreeMap<i32, YearDays>) -> WorkCalendar {
        WorkCalendar { years }
    }

    /// Years whose holidays are published.
    pub fn published_years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    /// Whether a day is a working day.
    ///
    /// # Errors
    /// `NotPublished`.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, CalendarError> {
        match self.is_working_day_provisional(day) {
            (works, false) => Ok(works),
            (_, true) => Err(CalendarError::NotPublished { year: day.year() }),
        }
    }

    /// Whether a day is a working day, and whether that is only a guess from weekends.
    #[must_use]
    pub fn is_working_day_provisional(&self, day: NaiveDate) -> (bool, bool) {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        match self.years.get(&day.year()) {
            Some(days) if days.workdays.contains(&day) => (true, false),
            Some(days) => (!weekend && !days.holidays.contains(&day), false),
            None => (!weekend, true),
        }
    }

    /// The day itself if it is a working day, otherwise the next one.
    ///
    /// # Errors
    /// `NotPublished`.
    pub fn next_working_day_from(&self, day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        published(self.walk(day, 0, NaiveDate::succ_opt))
    }

    /// As `next_working_day_from`, with whether an unpublished year was guessed at.
    #[must_use]
    pub fn next_working_day_provisional(&self, day: NaiveDate) -> (NaiveDate, bool) {
        marked(self.walk(day, 0, NaiveDate::succ_opt))
    }

    /// The day itself if it is a working day, otherwise the one before.
    ///
    /// # Errors
    /// `NotPublished`.
    pub fn previous_working_day_from(&self, day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        published(self.walk(day, 0, NaiveDate::pred_opt))
    }

    /// A date moved as `shift` says, with whether an unpublished year was guessed at.
    #[must_use]
    pub fn shift_provisional(&self, day: NaiveDate, shift: WorkingDayShift) -> (NaiveDate, bool) {
        match shift {
            WorkingDayShift::Next => marked(self.walk(day, 0, NaiveDate::succ_opt)),
            WorkingDayShift::Previous => marked(self.walk(day, 0, NaiveDate::pred_opt)),
            WorkingDayShift::None => (day, false),
        }
    }

    /// The n-th working day after a day; the day itself is day 0.
    ///
    /// # Errors
    /// `NotPublished`.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> Result<NaiveDate, CalendarError> {
        published(self.count_on(day, count))
    }

    /// As `add_working_days`, with whether an unpublished year was guessed at.
    #[must_use]
    pub fn add_working_days_provisional(&self, day: NaiveDate, count: u32) -> (NaiveDate, bool) {
        marked(self.count_on(day, count))
    }

    fn count_on(&self, day: NaiveDate, count: u32) -> Walked {
        match count.checked_sub(1) {
            Some(skip) => self.walk(day.succ_opt().unwrap_or(day), skip, NaiveDate::succ_opt),
            None => (day, None),
        }
    }

    /// Walks from a day to the working day that has `skip` working days before it.
    fn walk(&self, from: NaiveDate, skip: u32, step: fn(&NaiveDate) -> Option<NaiveDate>) -> Walked {
        let mut day = from;
        let mut left = skip;
        let mut guessed_year = None;
        loop {
            let (works, guessed) = self.is_working_day_provisional(day);
            guessed_year = guessed_year.or_else(|| guessed.then_some(day.year()));
            if works && left == 0 {
                return (day, guessed_year);
            }
            if works {
                left = left.saturating_sub(1);
            }
            match step(&day) {
                Some(next) => day = next,
                None => return (day, guessed_year.or(Some(day.year()))),
            }
        }
    }
}

/// A day reached, and the first year on the way that is not published.
type Walked = (NaiveDate, Option<i32>);

const fn marked((day, guessed_year): Walked) -> (NaiveDate, bool) {
    (day, guessed_year.is_some())
}

fn published((day, guessed_year): Walked) -> Result<NaiveDate, CalendarError> {
    guessed_year.map_or(Ok(day), |year| Err(CalendarError::NotPublished { year }))
}

/// The date in Beijing at an instant (UTC).
#[must_use]
pub fn beijing_date(utc: NaiveDateTime) -> NaiveDate {
    beijing_time(utc).date()
}

/// Date and time in Beijing at an instant (UTC), from tz data: before 1992 it was not always UTC+8.
#[must_use]
pub fn beijing_time(utc: NaiveDateTime) -> NaiveDateTime {
    utc.checked_add_offset(Shanghai.offset_from_utc_datetime(&utc).fix()).unwrap_or(utc)
}

/// The instant (UTC) of a date and time in Beijing. Of a time that came twice the first; a time the clocks jumped
/// over is counted on from before the jump.
#[must_use]
pub fn utc_of_beijing(local: NaiveDateTime) -> NaiveDateTime {
    let offset = match Shanghai.offset_from_local_datetime(&local) {
        MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset,
        MappedLocalTime::None => {
            let day_before = local.checked_sub_days(Days::new(1)).unwrap_or(local);
            Shanghai.offset_from_utc_datetime(&day_before)
        }
    };
    local.checked_sub_offset(offset.fix()).unwrap_or(local)
}
