//! Pages and forms that stand in the registry by their names, one module an area.
//!
//! **Invariant:** the part of a name before its dot is the area; a name that no area has is a fault of the product.

use serde::Serialize;

use super::acts::Here;
use super::desk::Desk;
use super::{act_forms, keeping, lending, measures, money};
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, NamedView, PageView};

/// What a page shows.
pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    match asked.name.split_once('.').map(|(area, _)| area) {
        Some("act_forms") => act_forms::load(desk, asked),
        Some("lending") => lending::load(desk, asked),
        Some("money") => money::load(desk, asked),
        Some("measures") => measures::load(desk, asked),
        Some("keeping") => keeping::load(desk, asked),
        _ => Err(unknown(asked)),
    }
}

/// Carries out what a form asks for.
pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match asked.name.split_once('.').map(|(area, _)| area) {
        Some("act_forms") => act_forms::act(here, asked, form),
        Some("lending") => lending::act(here, asked, form),
        Some("money") => money::act(here, asked, form),
        Some("measures") => measures::act(here, asked, form),
        Some("keeping") => keeping::act(here, asked, form),
        _ => Err(unknown(asked)),
    }
}

/// No area has this name.
pub(super) fn unknown(asked: &Named) -> PageError {
    PageError::Internal { detail: format!("no page or form is called {}", asked.name) }
}

/// A page of a template under `pages/`, with its entry of the menu and its content.
pub(super) fn page<V: Serialize>(
    desk: &mut Desk<'_>,
    template: &'static str,
    active: &'static str,
    content: &V,
) -> Result<PageView, PageError> {
    let content = serde_json::to_value(content)
        .map_err(|error| PageError::Internal { detail: format!("{template}: {error}") })?;
    Ok(PageView::Named(Box::new(NamedView { template, active, shell: desk.shell()?, content })))
}

/// The same, as the answer to a form that has to be put right.
pub(super) fn again<V: Serialize>(
    here: Here<'_>,
    template: &'static str,
    active: &'static str,
    content: &V,
) -> Result<Acted, PageError> {
    Ok(Acted::Again(page(&mut here.desk()?, template, active, content)?))
}
