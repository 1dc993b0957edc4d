//! Rulebooks, reports, calendar, partners.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

mod breakers;
mod calendar;
mod glossary;
mod partner;
mod partners;
mod portal;
mod proposal;
mod report;
mod reports;
mod rulebook;
mod rulebooks;
mod running;
mod sending;
mod trying;

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "measures.partners" => partners::load(desk, asked),
        "measures.partner" => partner::load(desk, asked),
        "measures.rulebooks" => rulebooks::load(desk, asked),
        "measures.compare" => rulebook::compare(desk, asked),
        "measures.rulebook" => rulebook::load(desk, asked),
        "measures.rulebook_file" => rulebook::file(desk, asked),
        "measures.try" => trying::load(desk, asked),
        "measures.reports" => reports::load(desk, asked),
        "measures.report" => report::load(desk, asked),
        "measures.report_page" => report::page(desk, asked),
        "measures.report_file" => report::file(desk, asked),
        "measures.portal" => portal::load(desk, asked),
        "measures.run" => running::load(desk, asked),
        "measures.glossary" => glossary::load(desk),
        "measures.calendar" => calendar::load(desk, asked),
        "measures.proposal" => proposal::load(desk, asked),
        _ => Err(unknown(asked)),
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name {
        "measures.propose" => rulebooks::propose(here, form),
        "measures.run" => running::run(here, asked, form),
        "measures.send_report" => sending::report(here, asked, form),
        "measures.send_mail" => sending::mail(here, asked, form),
        "measures.answer" => proposal::answer(here, asked, form),
        _ => Err(unknown(asked)),
    }
}
