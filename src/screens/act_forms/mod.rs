//! Forms of acts, made from what the acts declare; what can be done next with a thing.
//!
//! **Invariant:** a form takes what the act declares and nothing else; an act is taken by `usecase::lives::perform` in
//! the name of who is signed in.

mod above;
mod drafting;
mod fields;
mod form;
pub(super) mod offers;
pub(super) mod outcome;
mod papers;
mod prefill;
mod printed;
pub(super) mod reading;
mod search;
mod steps;
pub(super) mod subject;
pub(super) mod todo;
mod weight;
pub(super) mod words;

pub(super) use above::{taken_already, verdict};
pub(super) use drafting::content;
pub(super) use prefill::{institutions, levels};
/// What other forms need to keep what is typed into them.
pub(super) mod drafts {
    pub(in crate::screens) use super::drafting::{forget, keep, kept, save_plain};
    pub(in crate::screens) use super::reading::yuan;
}

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name {
        "act_forms.todo" => todo::load(desk, asked),
        "act_forms.search" => search::load(desk, asked),
        "act_forms.papers" => papers::load(desk, asked),
        "act_forms.paper" => papers::one(desk, asked),
        "act_forms.claim_form" => printed::claim_form(desk, asked),
        "act_forms.pack" => printed::pack(desk, asked),
        name => match subject::life_of(name) {
            Some(life) => form::load(desk, life, asked),
            None => Err(unknown(asked)),
        },
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if asked.name == "act_forms.papers" {
        return papers::act(here, asked, form);
    }
    match subject::life_of(asked.name) {
        Some(life) => form::act(here, life, asked, form),
        None => Err(unknown(asked)),
    }
}

/// Particulars of an act that was taken, in words.
pub(super) fn told(
    desk: &Desk<'_>,
    (life, act): (crate::usecase::lives::Life, &str),
    fields: &[(&'static str, crate::domain::detail::Shape, bool)],
    details: &serde_json::Value,
) -> Vec<crate::views::acting::CheckLine> {
    let (typed, known) = (Submission::default(), prefill::named(desk));
    fields::Making { lang: desk.lang, life, act, typed: &typed, errors: &[], known: &known }.told(0, fields, details)
}
