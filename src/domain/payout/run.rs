//! What is collected while a case is evaluated: reasons and the trace.
//!
//! **Invariant:** nothing is taken back, and a reason is written down once.

use super::case::Case;
use super::outcome::{Reason, ReasonCode, Step, StepKind};
use super::truth::{Observation, Value, Verdict};
use crate::domain::money::Fen;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::{Origin, Rulebook};
use crate::domain::split::SplitError;

/// A clause as reasons and steps cite it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cited<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where it comes from.
    pub origin: &'a Origin,
}

/// One evaluation on its way.
pub(super) struct Run<'a> {
    /// The rulebook.
    pub book: &'a Rulebook,
    /// The case.
    pub case: &'a Case,
    /// Whether something failed for good.
    pub rejected: bool,
    /// Whether something may still change.
    pub waiting: bool,
    /// Why.
    pub reasons: Vec<Reason>,
    /// How.
    pub trace: Vec<Step>,
}

impl<'a> Run<'a> {
    /// A new evaluation.
    pub fn new(book: &'a Rulebook, case: &'a Case) -> Run<'a> {
        Run { book, case, rejected: false, waiting: false, reasons: Vec::new(), trace: Vec::new() }
    }

    /// Refuses for good.
    pub fn reject(&mut self, code: ReasonCode, cited: Cited<'_>, found: &[Observation]) {
        self.rejected = true;
        self.give(code, cited, None, found);
    }

    /// Waits.
    pub fn hold(&mut self, code: ReasonCode, cited: Cited<'_>, found: &[Observation]) {
        self.waiting = true;
        self.give(code, cited, None, found);
    }

    /// Waits, because `fact` is what `code` says of it.
    pub fn hold_for(&mut self, code: ReasonCode, cited: Cited<'_>, fact: Fact) {
        self.waiting = true;
        self.give(code, cited, Some(fact), &[]);
    }

    /// Waits for every fact a verdict misses.
    pub fn hold_for_missing(&mut self, cited: Cited<'_>, verdict: &Verdict) {
        for fact in &verdict.missing {
            self.hold_for(ReasonCode::FactUnknown, cited, *fact);
        }
    }

    /// The value, or a hold that names the fact.
    pub fn need<T>(&mut self, cited: Cited<'_>, fact: Fact, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.hold_for(ReasonCode::FactUnknown, cited, fact);
        }
        value
    }

    /// The value, or a hold that says an amount does not fit.
    pub fn fits<T>(&mut self, cited: Cited<'_>, value: Result<T, SplitError>) -> Option<T> {
        if value.is_err() {
            self.hold(ReasonCode::AmountOverflow, cited, &[]);
        }
        value.ok()
    }

    /// Adds a line to the trace.
    pub fn step(
        &mut self,
        kind: StepKind,
        cited: Cited<'_>,
        inputs: Vec<(&'static str, Value)>,
        seen: &[Observation],
        amount: Option<Fen>,
    ) {
        self.trace.push(Step {
            kind,
            clause: cited.id.to_owned(),
            article: cited.origin.article.clone(),
            basis: cited.origin.basis,
            inputs,
            seen: seen.to_vec(),
            amount,
        });
    }

    fn give(&mut self, code: ReasonCode, cited: Cited<'_>, fact: Option<Fact>, found: &[Observation]) {
        let reason = Reason {
            code,
            clause: cited.id.to_owned(),
            article: cited.origin.article.clone(),
            fact,
            found: found.to_vec(),
        };
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}
