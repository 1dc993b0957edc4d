//! Rulebooks, reports, calendar, partners.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

mod calendar;
mod partners;
mod portal;
mod reports;
mod rulebooks;

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "measures.partners" => partners::list(desk),
        "measures.partner" => partners::one(desk, asked),
        "measures.scorecards" => partners::scorecards(desk),
        "measures.rulebooks" => rulebooks::list(desk, Vec::new()),
        "measures.rulebook" => rulebooks::one(desk, asked),
        "measures.reports" => reports::list(desk, asked),
        "measures.report" => reports::one(desk, asked),
        "measures.report_html" => reports::html(desk, asked),
        "measures.report_xlsx" => reports::workbook(desk, asked),
        "measures.calendar" => calendar::load(desk, asked),
        "measures.portal" => portal::load(desk),
        _ => Err(unknown(asked)),
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name {
        "measures.rulebooks" => rulebooks::act(here, asked, form),
        _ => Err(unknown(asked)),
    }
}
