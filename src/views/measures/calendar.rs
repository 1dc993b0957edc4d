//! A month of working days and what falls due in it.
//!
//! **Invariant:** a day of a year whose holidays are not published is marked as a guess.

use chrono::NaiveDate;
use serde::Serialize;

use crate::views::uploads::FormError;

/// Something that falls due.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Due {
    /// `banks` or `job`.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Time of day in Beijing; empty for the whole day.
    pub at: String,
    /// Where to see to it; empty for nowhere.
    pub href: String,
}

/// One day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DayCell {
    /// The day.
    pub date: Option<NaiveDate>,
    /// Its number in the month.
    pub number: u32,
    /// It belongs to the month shown.
    pub in_month: bool,
    /// A working day.
    pub works: bool,
    /// A weekend day on which people work, or a weekday off.
    pub is_moved: bool,
    /// Guessed from weekends.
    pub provisional: bool,
    /// The business day.
    pub is_today: bool,
    /// What falls due.
    pub dues: Vec<Due>,
}

/// The month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CalendarView {
    /// `2026-07`.
    pub month: String,
    /// The month before.
    pub previous: String,
    /// The month after.
    pub next: String,
    /// The month of the business day.
    pub current: String,
    /// Weeks from Monday.
    pub weeks: Vec<Vec<DayCell>>,
    /// Working days of the month.
    pub working_days: usize,
    /// Some day is a guess.
    pub provisional: bool,
    /// Years whose holidays are published, first and last; empty for none.
    pub published: String,
    /// Jobs are shown to who asks.
    pub shows_jobs: bool,
}

/// A job about to be run by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunView {
    /// Name of the job.
    pub job: String,
    /// What people call it.
    pub title: String,
    /// Why it exists.
    pub why: String,
    /// Business date.
    pub on: String,
    /// What is to be put right.
    pub errors: Vec<FormError>,
}
