//! Outcomes as JSON, with every reason and every step told in Chinese and English.
//!
//! **Invariant:** the texts follow from the outcome and the catalogue alone.

use std::fmt::Display;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Value as Json, json};

use super::phrases::{Fraction, ReasonText, StepText, Yuan};
use crate::domain::money::Fen;
use crate::domain::payout::bank_year::YearOutcome;
use crate::domain::payout::outcome::{CapStep, Decision, Outcome, Reason, Step};
use crate::domain::payout::subsidy::{Grant, SubsidyOutcome};
use crate::domain::payout::truth::{Observation, Value};
use crate::domain::rulebook::Name;
use crate::i18n::Lang;

/// An outcome as it is written: with its steps or without.
pub struct Written<'a> {
    /// The outcome.
    pub outcome: &'a Outcome,
    /// Whether the steps are written.
    pub trace: bool,
}

/// The outcome of a bank's year as it is written.
pub struct WrittenYear<'a>(pub &'a YearOutcome, pub bool);

/// The outcome of a request for subsidies as it is written.
pub struct WrittenSubsidies<'a>(pub &'a str, pub &'a SubsidyOutcome);

/// Writes an outcome: the result of a trial calculation and the stored calculation of a claim.
#[must_use]
pub fn outcome_to_json(outcome: &Outcome) -> Json {
    serde_json::to_value(Written { outcome, trace: true }).unwrap_or(Json::Null)
}

/// Writes what an enrolment test decides, without the steps and words that its stored input gives again at any time.
#[must_use]
pub fn verdict_to_json(outcome: &Outcome) -> Json {
    let reasons: Vec<&str> = outcome.reasons.iter().map(|reason| reason.code.code()).collect();
    let shares = outcome.shares.as_deref().map(Amounts);
    json!({
        "decision": outcome.decision.code(),
        "reasons": reasons,
        "fund_rate": outcome.fund_rate.map(|rate| rate.fraction()),
        "shares": shares.and_then(|shares| serde_json::to_value(shares).ok()),
    })
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        outcome_fields(&mut map, self.outcome, self.trace)?;
        map.end()
    }
}

impl Serialize for WrittenYear<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", "bank_year")?;
        map.serialize_entry("layer", &self.0.layer.map(|fen| Shown(Yuan(fen))))?;
        map.serialize_entry("allocation", &self.0.allocation.map(|rule| rule.code()))?;
        outcome_fields(&mut map, &self.0.outcome, self.1)?;
        map.end()
    }
}

fn outcome_fields<M: SerializeMap>(map: &mut M, outcome: &Outcome, trace: bool) -> Result<(), M::Error> {
    map.serialize_entry("case", &outcome.case)?;
    map.serialize_entry("decision", outcome.decision.code())?;
    map.serialize_entry("reasons", &Each(&outcome.reasons, WrittenReason))?;
    if !outcome.notes.is_empty() {
        map.serialize_entry("notes", &Each(&outcome.notes, WrittenReason))?;
    }
    map.serialize_entry("loss_base", &outcome.loss_base.map(|fen| Shown(Yuan(fen))))?;
    map.serialize_entry("fund_rate", &outcome.fund_rate.map(|rate| Shown(Fraction(rate))))?;
    map.serialize_entry("shares", &outcome.shares.as_deref().map(Amounts))?;
    map.serialize_entry("caps", &outcome.caps.as_deref().map(|caps| Each(caps, WrittenCap)))?;
    map.serialize_entry("payout", &Shown(Yuan(outcome.payout)))?;
    map.serialize_entry("provisional", &Shown(Yuan(outcome.provisional)))?;
    if outcome.decision == Decision::Hold {
        map.serialize_entry("held", &outcome.held.map(|fen| Shown(Yuan(fen))))?;
    }
    map.serialize_entry("borne", &outcome.borne.as_deref().map(Amounts))?;
    map.serialize_entry("binding", &outcome.binding)?;
    if trace {
        map.serialize_entry("trace", &Each(&outcome.trace, WrittenStep))?;
    }
    Ok(())
}

impl Serialize for WrittenSubsidies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", "subsidy")?;
        map.serialize_entry("case", self.0)?;
        map.serialize_entry("decision", self.1.decision.code())?;
        map.serialize_entry("reasons", &Each(&self.1.reasons, WrittenReason))?;
        map.serialize_entry("grants", &Each(&self.1.grants, WrittenGrant))?;
        map.serialize_entry("total", &Shown(Yuan(self.1.total)))?;
        map.end()
    }
}

/// A list of which each item is written in its own way.
struct Each<'a, T, W>(&'a [T], fn(&'a T) -> W);

impl<'a, T, W: Serialize> Serialize for Each<'a, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            list.serialize_element(&(self.1)(item))?;
        }
        list.end()
    }
}

/// Anything that can be shown, as JSON text.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Amounts by party.
struct Amounts<'a>(&'a [(Name, Fen)]);

impl Serialize for Amounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (party, fen) in self.0 {
            map.serialize_entry(party.as_str(), &Shown(Yuan(*fen)))?;
        }
        map.end()
    }
}

struct WrittenReason<'a>(&'a Reason);

impl Serialize for WrittenReason<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("code", self.0.code.code())?;
        map.serialize_entry("article", &self.0.article.as_deref())?;
        map.serialize_entry("text_zh", &Shown(ReasonText(Lang::Zh, self.0)))?;
        map.serialize_entry("text_en", &Shown(ReasonText(Lang::En, self.0)))?;
        map.end()
    }
}

struct WrittenCap<'a>(&'a CapStep);

impl Serialize for WrittenCap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("cap", self.0.cap.code())?;
        map.serialize_entry("limit", &Shown(Yuan(self.0.limit)))?;
        map.serialize_entry("before", &Shown(Yuan(self.0.before)))?;
        map.serialize_entry("after", &Shown(Yuan(self.0.after)))?;
        map.end()
    }
}

struct WrittenGrant<'a>(&'a Grant);

impl Serialize for WrittenGrant<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("clause", self.0.id.as_str())?;
        map.serialize_entry("kind", self.0.kind.code())?;
        map.serialize_entry("article", &self.0.article.as_deref())?;
        map.serialize_entry("base", &Shown(Yuan(self.0.base)))?;
        map.serialize_entry("rate", &Shown(Fraction(self.0.rate)))?;
        map.serialize_entry("computed", &Shown(Yuan(self.0.computed)))?;
        map.serialize_entry("granted", &Shown(Yuan(self.0.granted)))?;
        map.end()
    }
}

struct WrittenStep<'a>(&'a Step);

impl Serialize for WrittenStep<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(8))?;
        map.serialize_entry("step", self.0.kind.code())?;
        map.serialize_entry("clause", self.0.clause.as_str())?;
        map.serialize_entry("article", &self.0.article.as_deref())?;
        map.serialize_entry("basis", self.0.basis.code())?;
        map.serialize_entry("inputs", &Inputs(&self.0.inputs, &self.0.seen))?;
        map.serialize_entry("amount", &self.0.amount.map(|fen| Shown(Yuan(fen))))?;
        map.serialize_entry("text_zh", &Shown(StepText(Lang::Zh, self.0)))?;
        map.serialize_entry("text_en", &Shown(StepText(Lang::En, self.0)))?;
        map.end()
    }
}

/// Named inputs and facts of a step.
struct Inputs<'a>(&'a [(&'static str, Value)], &'a [Observation]);

impl Serialize for Inputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len() + self.1.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &WrittenValue(value))?;
        }
        for observation in self.1 {
            map.serialize_entry(observation.fact.code(), &WrittenValue(&observation.value))?;
        }
        map.end()
    }
}

struct WrittenValue<'a>(&'a Value);

impl Serialize for WrittenValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Money(fen) => serializer.collect_str(&Yuan(*fen)),
            Value::Rate(rate) | Value::Points(rate) => serializer.collect_str(&Fraction(*rate)),
            Value::Months(number) | Value::Days(number) | Value::Count(number) => serializer.serialize_u32(*number),
            Value::Day(day) => serializer.collect_str(day),
            Value::NotYet => serializer.serialize_none(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Word(word) => serializer.serialize_str(word),
            Value::Name(name) => serializer.serialize_str(name),
        }
    }
}
