//! Which papers a measure asks for in a case, for both gates.
//!
//! **Invariant:** a paper is asked for unless it is certain that it does not apply.

use super::Rules;
use super::case::Case;
use super::run::Run;
use super::truth::{Evidence, Truth};
use crate::domain::claim::completeness::Asked;

/// The papers asked for, in the order of the measure.
#[must_use]
pub fn asked(rules: &Rules<'_>, case: &Case) -> Vec<Asked> {
    let mut run = Run::new(&rules.untraced(), case);
    let mut evidence = Evidence::default();
    let book = rules.book;
    let applies = book.documents.iter().filter(|document| run.judge(&document.when, &mut evidence) != Truth::False);
    let papers = applies.map(|document| Asked {
        code: document.id.to_string(),
        name: [document.name.zh.to_string(), document.name.en.to_string()],
        gate: document.gate,
        any_of: document.any_of.iter().map(|code| code.code().to_owned()).collect(),
    });
    papers.collect()
}
