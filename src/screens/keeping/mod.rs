//! Persons, machines, settings, audit: what keeps the house.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

mod amounts;
mod audit;
mod condition;
mod copies;
mod machines;
mod mail;
mod persons;
mod sessions;
mod system;

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "keeping.persons" => persons::list(desk),
        "keeping.person" => persons::load(desk, asked),
        "keeping.machines" => machines::load(desk, asked),
        "keeping.audit" => audit::load(desk, asked),
        "keeping.verification" => audit::verified(desk),
        "keeping.settings" => system::load(desk),
        "keeping.mail" => mail::load(desk, asked),
        _ => Err(unknown(asked)),
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name {
        "keeping.persons" => persons::find(here, form),
        "keeping.person" => persons::act(here, asked, form),
        "keeping.machines" => machines::act(here, asked, form),
        "keeping.mail" => mail::act(here, form),
        _ => Err(unknown(asked)),
    }
}
