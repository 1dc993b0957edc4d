//! A form that is too long for one page, in parts.
//!
//! **Invariant:** every field of the form stands in exactly one part; going on asks for the part to be right, going back
//! or to another part asks for nothing, and what the other parts hold goes along.

use super::fields::Making;
use super::reading;
use crate::domain::detail::{FaultKind, Shape};
use crate::http::forms::Submission;
use crate::i18n::{self, Lang};
use crate::usecase::lives::Life;
use crate::views::acting::{ActFormView, FormStep};

/// The group that holds the form of a loan.
const GROUP: &str = "form";
/// The part that speaks of papers.
const PAPERS: &str = "papers";
/// Parts of the form of a loan with their fields; what is named nowhere stands in the second.
const OF_LOAN: [(&str, &[&str]); 4] = [
    (
        "borrower",
        &[
            "contract",
            "drawdown",
            "credit_code",
            "borrower_name",
            "founded_on",
            "county",
            "industry",
            "size_declared",
            "employees",
            "revenue",
            "first_loan_declared",
            "borrower_tags",
            "region",
            "group",
        ],
    ),
    ("loan", &[]),
    (
        "rights",
        &["rights", "appraised_total", "appraiser", "pledge_no", "pledge_registered_on", "insurance", "guarantee"],
    ),
    (PAPERS, &["consent", "credit_report", "credit_clean"]),
];

/// Whether an act's form stands in parts.
pub(super) fn has_parts(life: Life, act: &str) -> bool {
    matches!((life, act), (Life::Registration, "drafted" | "amendment_proposed"))
}

/// The part in which a field stands.
pub(super) fn part_of(at: &str) -> &'static str {
    let Some(inner) = at.strip_prefix(GROUP).and_then(|rest| rest.strip_prefix('.')) else { return OF_LOAN[0].0 };
    let name = inner.split(['.', '[']).next().unwrap_or_default();
    OF_LOAN.iter().find(|(_, fields)| fields.contains(&name)).map_or(OF_LOAN[1].0, |(part, _)| part)
}

/// The part of this word; the first for any other.
pub(super) fn part(word: &str) -> &'static str {
    OF_LOAN.iter().find(|(part, _)| *part == word).map_or(OF_LOAN[0].0, |(part, _)| part)
}

/// Where a form goes on to: to a part by name, or to the check after the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To this part, without asking.
    To(&'static str),
    /// From this part to the one after it; to the check after the last one.
    On(&'static str, Option<&'static str>),
}

/// Where the buttons of a form lead.
pub(super) fn way(form: &Submission) -> Way {
    let (at, go) = (part(form.field("at")), form.field("go"));
    let place = OF_LOAN.iter().position(|(part, _)| *part == at).unwrap_or(0);
    match go {
        "" | "on" => Way::On(at, OF_LOAN.get(place.saturating_add(1)).map(|(part, _)| *part)),
        word => Way::To(part(word)),
    }
}

/// Leaves the fields of one part in a form, and tells its way.
pub(super) fn narrow(view: &mut ActFormView, lang: Lang, at: &'static str) {
    for group in view.fields.iter_mut().filter(|field| field.name == GROUP) {
        group.fields.retain(|field| part_of(&field.name) == at);
    }
    if at != OF_LOAN[0].0 {
        view.fields.retain(|field| field.name == GROUP);
    }
    view.typed.retain(|(name, _)| part_of(name) != at);
    let place = OF_LOAN.iter().position(|(part, _)| *part == at).unwrap_or(0);
    let word = |at: Option<usize>| at.and_then(|at| OF_LOAN.get(at)).map(|(part, _)| (*part).to_owned());
    view.before = word(place.checked_sub(1)).unwrap_or_default();
    view.after = word(place.checked_add(1)).unwrap_or_default();
    at.clone_into(&mut view.at);
    view.steps = steps(lang, Some(place));
    if at != PAPERS {
        view.papers.clear();
    }
}

/// The way through the parts; `now` is none on the page of the check.
pub(super) fn steps(lang: Lang, now: Option<usize>) -> Vec<FormStep> {
    let all = OF_LOAN.iter().map(|(part, _)| *part).chain(["check"]);
    let now = now.unwrap_or(OF_LOAN.len());
    let state = |at: usize| match at.cmp(&now) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "",
    };
    let step = |(at, part): (usize, &str)| FormStep {
        code: part.to_owned(),
        label: i18n::text(lang, &format!("page.acting.part.{part}"), &[]),
        state: state(at),
    };
    all.enumerate().map(step).collect()
}

/// Where the rights stand, if none is named: a loan without one is no loan of this fund.
pub(super) fn unnamed_rights(typed: &Submission) -> Option<String> {
    let at = format!("{GROUP}.rights");
    let named = (1..=reading::items(typed, &at)).any(|nth| !typed.field(&format!("{at}[{nth}].number")).is_empty());
    (!named).then_some(at)
}

/// What does not read or is missing in a part.
pub(super) fn faults(
    making: &Making<'_>,
    fields: &[(&'static str, Shape, bool)],
    at: &str,
) -> Vec<(String, &'static str)> {
    let mut all = reading::faults(making.typed, "", fields);
    all.extend(unnamed_rights(making.typed).map(|at| (at, FaultKind::Missing)));
    all.into_iter().filter(|(place, _)| part_of(place) == at).map(|(place, kind)| (place, kind.code())).collect()
}
