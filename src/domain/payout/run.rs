//! What is collected while a case is evaluated: reasons and the trace.
//!
//! **Invariant:** nothing is taken back, and a reason is written down once.

use super::case::Case;
use super::outcome::{Reason, ReasonCode, Step, StepKind};
use super::truth::{Evidence, Missing, Observation, Truth, Value};
use super::{Rules, judge};
use crate::domain::calendar::WorkCalendar;
use crate::domain::money::Fen;
use crate::domain::rulebook::condition::{Condition, Leaf};
use crate::domain::rulebook::fact::{Fact, SetFact};
use crate::domain::rulebook::{Name, Open, Origin, Rulebook, Titled};
use crate::domain::split::SplitError;

/// A clause as reasons and steps cite it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cited<'a> {
    /// Its id.
    pub id: Id<'a>,
    /// What it is called, where the file says.
    pub name: Option<&'a Titled>,
    /// Where it comes from.
    pub origin: &'a Origin,
}

/// The id of a clause: its own, or the word of a section that has none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Id<'a> {
    /// Its own.
    Name(&'a Name),
    /// Of the section.
    Word(&'static str),
}

impl Id<'_> {
    /// To be kept.
    pub fn kept(self) -> Name {
        match self {
            Id::Name(name) => name.clone(),
            Id::Word(word) => Name::from(word),
        }
    }
}

impl<'a> Cited<'a> {
    /// A clause by its id, under the name its origin gives it.
    pub fn clause(id: &'a Name, origin: &'a Origin) -> Cited<'a> {
        Cited { id: Id::Name(id), name: origin.name.as_ref(), origin }
    }

    /// A clause with a name of its own.
    pub fn named(id: &'a Name, name: &'a Titled, origin: &'a Origin) -> Cited<'a> {
        Cited { id: Id::Name(id), name: Some(name), origin }
    }

    /// A section.
    pub fn section(word: &'static str, origin: &'a Origin) -> Cited<'a> {
        Cited { id: Id::Word(word), name: origin.name.as_ref(), origin }
    }
}

/// What a comparison looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The rulebook.
    pub book: &'a Rulebook,
    /// The case.
    pub case: &'a Case,
    /// Working days.
    pub calendar: &'a WorkCalendar,
}

/// One evaluation on its way.
pub(super) struct Run<'a> {
    /// The rulebook.
    pub book: &'a Rulebook,
    /// The case.
    pub case: &'a Case,
    /// What comparisons look at.
    pub scene: Scene<'a>,
    /// Whether something failed for good.
    pub rejected: bool,
    /// Whether something may still change.
    pub waiting: bool,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What is only noted.
    pub notes: Vec<Reason>,
    /// How.
    pub trace: Vec<Step>,
    keeps_trace: bool,
    /// Whether some reading day is left open, so that what is used must be remembered.
    open_readings: bool,
    used_facts: Vec<Fact>,
    used_tags: Vec<Name>,
}

impl<'a> Run<'a> {
    /// A new evaluation.
    pub fn new(rules: &Rules<'a>, case: &'a Case) -> Run<'a> {
        let book = rules.book;
        let open_readings = book.readings.iter().any(|reading| reading.on == Open::Unknown)
            || book.tags.iter().any(|tag| tag.read_on == Some(Open::Unknown));
        Run {
            book,
            case,
            scene: Scene { book, case, calendar: rules.calendar },
            rejected: false,
            waiting: false,
            reasons: Vec::new(),
            notes: Vec::new(),
            trace: if rules.trace { Vec::with_capacity(32) } else { Vec::new() },
            keeps_trace: rules.trace,
            open_readings,
            used_facts: Vec::new(),
            used_tags: Vec::new(),
        }
    }

    /// Whether `condition` holds; `evidence` is forgotten first.
    pub fn judge(&mut self, condition: &Condition, evidence: &mut Evidence) -> Truth {
        evidence.clear();
        self.judge_also(condition, evidence)
    }

    /// As `judge`, adding to what `evidence` holds.
    pub fn judge_also(&mut self, condition: &Condition, evidence: &mut Evidence) -> Truth {
        if self.open_readings {
            self.remember(condition);
        }
        judge::judge(condition, &self.scene, evidence)
    }

    /// Remembers that a fact was used.
    pub fn used(&mut self, fact: Fact) {
        if self.open_readings && !self.used_facts.contains(&fact) {
            self.used_facts.push(fact);
        }
    }

    fn remember(&mut self, condition: &Condition) {
        for leaf in condition.leaves() {
            for fact in leaf.facts() {
                self.used(fact);
            }
            if let Leaf::Set(SetFact::BorrowerTags, test) = leaf {
                self.used_tags.extend(test.any.iter().chain(&test.all).chain(&test.none).cloned());
            }
        }
    }

    /// Waits for every reading day that is left open and whose fact or tag was used.
    pub fn hold_for_readings(&mut self) {
        if !self.open_readings {
            return;
        }
        let book = self.book;
        for reading in book.readings.iter().filter(|reading| reading.on == Open::Unknown) {
            if self.used_facts.contains(&reading.fact) {
                let cited = Cited::section(reading.fact.code(), &reading.origin);
                self.hold_for(ReasonCode::ClauseUnknown, cited, reading.fact);
            }
        }
        for tag in book.tags.iter().filter(|tag| tag.read_on == Some(Open::Unknown)) {
            if self.used_tags.contains(&tag.id) {
                self.hold(ReasonCode::ClauseUnknown, Cited::named(&tag.id, &tag.name, &tag.origin), &[]);
            }
        }
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

    /// Waits for everything that is missing.
    pub fn hold_for_missing(&mut self, cited: Cited<'_>, missing: &[Missing]) {
        for missing in missing {
            match missing {
                Missing::Fact(fact) => self.hold_for(ReasonCode::FactUnknown, cited, *fact),
                Missing::Clause => self.hold(ReasonCode::ClauseUnknown, cited, &[]),
                Missing::Holidays(_) => self.hold(ReasonCode::CalendarUnpublished, cited, &[]),
            }
        }
    }

    /// Only notes.
    pub fn note(&mut self, code: ReasonCode, cited: Cited<'_>, found: &[Observation]) {
        let note = reason(code, cited, None, found);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The value, or a hold that names the fact.
    pub fn need<T>(&mut self, cited: Cited<'_>, fact: Fact, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.hold_for(ReasonCode::FactUnknown, cited, fact);
        }
        value
    }

    /// What the measure states, or a hold that cites the clause.
    pub fn stated<T: Clone>(&mut self, cited: Cited<'_>, value: &Open<T>) -> Option<T> {
        match value {
            Open::Known(known) => Some(known.clone()),
            Open::Unknown => {
                self.hold(ReasonCode::ClauseUnknown, cited, &[]);
                None
            }
        }
    }

    /// The value, or a hold that says an amount does not fit.
    pub fn fits<T>(&mut self, cited: Cited<'_>, value: Result<T, SplitError>) -> Option<T> {
        if value.is_err() {
            self.hold(ReasonCode::AmountOverflow, cited, &[]);
        }
        value.ok()
    }

    /// Whether a trace is kept.
    pub const fn traces(&self) -> bool {
        self.keeps_trace
    }

    /// Adds a line to the trace, if one is kept.
    pub fn step(
        &mut self,
        kind: StepKind,
        cited: Cited<'_>,
        inputs: &[(&'static str, Value)],
        seen: &[Observation],
        amount: Option<Fen>,
    ) {
        if !self.keeps_trace {
            return;
        }
        self.trace.push(Step {
            kind,
            clause: cited.id.kept(),
            name: cited.name.cloned(),
            article: cited.origin.article.clone(),
            basis: cited.origin.basis,
            inputs: inputs.to_vec(),
            seen: seen.to_vec(),
            amount,
        });
    }

    fn give(&mut self, code: ReasonCode, cited: Cited<'_>, fact: Option<Fact>, found: &[Observation]) {
        let given = reason(code, cited, fact, found);
        if !self.reasons.contains(&given) {
            self.reasons.push(given);
        }
    }
}

fn reason(code: ReasonCode, cited: Cited<'_>, fact: Option<Fact>, found: &[Observation]) -> Reason {
    Reason {
        code,
        clause: cited.id.kept(),
        name: cited.name.cloned(),
        article: cited.origin.article.clone(),
        fact,
        found: found.to_vec(),
    }
}
