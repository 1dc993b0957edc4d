//! The fund's money: payments, statements, months, reserve.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

pub(super) mod funding;
mod payments;
mod periods;
mod reserve;
mod statements;
mod thresholds;

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "money.payments" => payments::load(desk),
        "money.statements" => statements::load(desk),
        "money.periods" => periods::load(desk, asked),
        "money.reserve" => reserve::load(desk),
        _ => Err(unknown(asked)),
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name {
        "money.statements" => statements::act(here, form),
        "money.periods" => periods::act(here, asked, form),
        _ => Err(unknown(asked)),
    }
}
