//! What a rulebook makes of a case: the one code path for trial calculations, pages, jobs and claims.
//!
//! Reading order: `case` (facts), `truth` (three-valued answers), `observe` (facts by name), `judge` (conditions),
//! `outcome` (the answer and its trace), `run` (what is collected on the way), then the steps in their order:
//! `gate`, `breakers`, `loss`, `sharing` with `weights`, `limits`, `timing`, put together by `evaluate`. `bank_year`
//! settles a whole book, `recover` divides what comes back, `subsidy` computes what is paid besides, `cover_end` tells until
//! when a claim could come.
//! **Invariant:** nothing here reads anything but its arguments, so the same case under the same rulebook always
//! gives the same outcome.

pub mod bank_year;
pub mod breakers;
pub mod case;
pub mod cover_end;
pub mod evaluate;
mod gate;
mod judge;
mod limits;
mod loss;
mod observe;
pub mod outcome;
pub mod papers;
pub mod recover;
mod run;
mod sharing;
pub mod subsidy;
mod timing;
pub mod truth;
mod weights;

use super::calendar::WorkCalendar;
use super::rulebook::Rulebook;

/// What a case is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The rulebook that governs it.
    pub book: &'a Rulebook,
    /// The version in force on the day of the claim, for the tests that the rulebook wants made again; without
    /// one they are made by the governing version.
    pub in_force: Option<&'a Rulebook>,
    /// Working days.
    pub calendar: &'a WorkCalendar,
    /// Whether the steps are written down.
    pub trace: bool,
}

impl<'a> Rules<'a> {
    /// One rulebook, with its steps.
    #[must_use]
    pub const fn of(book: &'a Rulebook, calendar: &'a WorkCalendar) -> Rules<'a> {
        Rules { book, in_force: None, calendar, trace: true }
    }

    /// The same without its steps.
    #[must_use]
    pub const fn untraced(self) -> Rules<'a> {
        Rules { trace: false, ..self }
    }
}
