//! The fund's money: payments, statements, months, reserve.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

mod batch;
mod batch_list;
pub(super) mod funding;
mod payments;
mod periods;
mod reconciliation;
mod reserve;
mod statement;
mod statements;
mod thresholds;
mod vouchers;

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "money.payments" => payments::load(desk, asked),
        "money.batch" => batch::load(desk, asked),
        "money.batch_list" => batch_list::load(desk, asked),
        "money.statements" => statements::load(desk, asked),
        "money.statement" => statement::load(desk, asked),
        "money.reconciliation" => reconciliation::load(desk, asked),
        "money.vouchers" => vouchers::load(desk, asked),
        "money.journal" => vouchers::journal(desk, asked),
        "money.periods" => periods::load(desk, asked),
        "money.reserve" => reserve::load(desk),
        _ => Err(unknown(asked)),
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name {
        "money.batch" => batch::act(here, asked, form),
        "money.statements" => statements::act(here, form),
        "money.statement" => statement::act(here, asked, form),
        "money.periods" => periods::act(here, asked, form),
        "money.vouchers" => vouchers::act(here, asked, form),
        _ => Err(unknown(asked)),
    }
}
