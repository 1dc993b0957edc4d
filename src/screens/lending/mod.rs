//! What a bank's people do: registrations, returns, follow-up.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

mod grid;
mod overdue;
mod registrations;
pub(super) mod reminders;
mod returns;
mod scorecards;
mod undo;

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "lending.registrations" => registrations::list(desk, asked, Vec::new()),
        "lending.registration" => registrations::one(desk, asked),
        "lending.registration_form" => registrations::printed(desk, asked),
        "lending.returns" => returns::load(desk),
        "lending.grid" => grid::load(desk, asked),
        "lending.undo" => undo::load(desk, asked),
        "lending.scorecards" => scorecards::load(desk),
        "lending.overdue" => overdue::load(desk),
        "lending.reminders" => reminders::load(desk, asked),
        _ => Err(unknown(asked)),
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name {
        "lending.registrations" => registrations::begin(here, asked, form),
        "lending.grid" => grid::act(here, asked, form),
        "lending.undo" => undo::act(here, asked, form),
        _ => Err(unknown(asked)),
    }
}
