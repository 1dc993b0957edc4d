//! Outcomes as JSON, with every reason and every step told in Chinese and English.
//!
//! **Invariant:** the texts follow from the outcome and the catalogue alone; the same outcome gives the same bytes.

use serde_json::{Value as Json, json};

use super::json_out::Out;
use super::phrases::{reason_text, step_text};
use crate::domain::money::Fen;
use crate::domain::payout::bank_year::YearOutcome;
use crate::domain::payout::outcome::{CapStep, Decision, Outcome, Reason, Step};
use crate::domain::payout::recover::{RecoveryOutcome, Returned};
use crate::domain::payout::subsidy::{Grant, SubsidyOutcome};
use crate::domain::payout::truth::Value;
use crate::domain::rulebook::Name;
use crate::i18n::Lang;

/// An outcome as text: the result of a trial calculation and the stored calculation of a claim.
#[must_use]
pub fn outcome_text(outcome: &Outcome) -> String {
    let mut bytes = Vec::new();
    write_outcome(outcome, true, &mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// An outcome as JSON.
#[must_use]
pub fn outcome_to_json(outcome: &Outcome) -> Json {
    serde_json::from_str(&outcome_text(outcome)).unwrap_or(Json::Null)
}

/// Writes what an enrolment test decides, without the steps and words that its stored input gives again at any time.
#[must_use]
pub fn verdict_to_json(outcome: &Outcome) -> Json {
    let reasons: Vec<&str> = outcome.reasons.iter().map(|reason| reason.code.code()).collect();
    let amounts = |parts: &[(Name, Fen)]| -> Json {
        parts
            .iter()
            .map(|(party, fen)| (party.to_string(), json!(fen.yuan())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    json!({
        "decision": outcome.decision.code(),
        "reasons": reasons,
        "fund_rate": outcome.fund_rate.map(|rate| rate.fraction()),
        "shares": outcome.shares.as_deref().map(amounts),
    })
}

/// Adds an outcome to `bytes`, with its steps or without.
pub fn write_outcome(outcome: &Outcome, trace: bool, bytes: &mut Vec<u8>) {
    onto(bytes, |out| {
        out.raw("{");
        outcome_fields(out, outcome, trace);
        out.raw("}");
    });
}

/// Adds the outcome of a bank's year to `bytes`.
pub fn write_year(year: &YearOutcome, trace: bool, bytes: &mut Vec<u8>) {
    onto(bytes, |out| {
        out.raw("{\"kind\":\"bank_year\"");
        out.key("layer");
        out.maybe_money(year.layer);
        out.key("allocation");
        out.maybe_text(year.allocation.map(|rule| rule.code()));
        outcome_fields(out, &year.outcome, trace);
        out.raw("}");
    });
}

/// Adds the outcome of a request for subsidies to `bytes`.
pub fn write_subsidies(case: &str, outcome: &SubsidyOutcome, bytes: &mut Vec<u8>) {
    onto(bytes, |out| {
        out.raw("{\"kind\":\"subsidy\"");
        out.key("case");
        out.text(case);
        out.key("decision");
        out.word(outcome.decision.code());
        out.key("reasons");
        list(out, &outcome.reasons, reason);
        out.key("grants");
        list(out, &outcome.grants, grant);
        out.key("total");
        out.money(outcome.total);
        out.raw("}");
    });
}

/// Adds the outcome of what came back to `bytes`.
pub fn write_recovery(case: &str, outcome: &RecoveryOutcome, bytes: &mut Vec<u8>) {
    onto(bytes, |out| {
        out.raw("{\"kind\":\"recovery\"");
        out.key("case");
        out.text(case);
        out.key("decision");
        out.word(outcome.decision.code());
        out.key("reasons");
        list(out, &outcome.reasons, reason);
        out.key("receipts");
        list(out, &outcome.receipts, receipt);
        out.key("returned");
        amounts(out, Some(&outcome.returned));
        out.key("unreimbursed");
        amounts(out, Some(&outcome.unreimbursed));
        out.key("refills");
        list(out, &outcome.refills, |out, refill| out.word(refill.code()));
        out.raw("}");
    });
}

fn receipt(out: &mut Out, receipt: &Returned) {
    out.raw("{");
    out.key("returned");
    amounts(out, Some(&receipt.parts));
    out.key("surplus");
    out.money(receipt.surplus);
    out.key("cost_carried");
    out.money(receipt.cost_carried);
    out.key("due_on");
    match receipt.due_on {
        Some(day) => told(out, |out| out.day(day)),
        None => out.raw("null"),
    }
    out.key("kept");
    out.raw(if receipt.kept { "true" } else { "false" });
    out.raw("}");
}

fn onto(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Out)) {
    let mut out = Out::onto(std::mem::take(bytes));
    write(&mut out);
    *bytes = out.into_bytes();
}

fn outcome_fields(out: &mut Out, outcome: &Outcome, trace: bool) {
    out.key("case");
    out.text(&outcome.case);
    out.key("decision");
    out.word(outcome.decision.code());
    out.key("reasons");
    list(out, &outcome.reasons, reason);
    if !outcome.notes.is_empty() {
        out.key("notes");
        list(out, &outcome.notes, reason);
    }
    out.key("loss_base");
    out.maybe_money(outcome.loss_base);
    out.key("fund_rate");
    match outcome.fund_rate {
        Some(rate) => out.fraction(rate),
        None => out.raw("null"),
    }
    out.key("shares");
    amounts(out, outcome.shares.as_deref());
    out.key("caps");
    match outcome.caps.as_deref() {
        Some(caps) => list(out, caps, cap),
        None => out.raw("null"),
    }
    out.key("payout");
    out.money(outcome.payout);
    out.key("provisional");
    out.money(outcome.provisional);
    if outcome.decision == Decision::Hold {
        out.key("held");
        out.maybe_money(outcome.held);
    }
    out.key("borne");
    amounts(out, outcome.borne.as_deref());
    out.key("binding");
    list(out, &outcome.binding, |out, cap| out.text(cap));
    if trace {
        out.key("trace");
        list(out, &outcome.trace, step);
    }
}

fn list<T>(out: &mut Out, items: &[T], write: impl Fn(&mut Out, &T)) {
    out.raw("[");
    for item in items {
        out.next();
        write(out, item);
    }
    out.raw("]");
}

fn amounts(out: &mut Out, parts: Option<&[(Name, Fen)]>) {
    let Some(parts) = parts else {
        out.raw("null");
        return;
    };
    out.raw("{");
    for (party, fen) in parts {
        out.key(party);
        out.money(*fen);
    }
    out.raw("}");
}

fn reason(out: &mut Out, reason: &Reason) {
    out.raw("{");
    out.key("code");
    out.word(reason.code.code());
    out.key("article");
    out.maybe_text(reason.article.as_deref());
    out.key("text_zh");
    told(out, |out| reason_text(Lang::Zh, reason, out));
    out.key("text_en");
    told(out, |out| reason_text(Lang::En, reason, out));
    out.raw("}");
}

fn told(out: &mut Out, write: impl FnOnce(&mut Out)) {
    out.raw("\"");
    write(out);
    out.raw("\"");
}

fn cap(out: &mut Out, cap: &CapStep) {
    out.raw("{");
    out.key("cap");
    out.word(cap.cap.code());
    for (key, fen) in [("limit", cap.limit), ("before", cap.before), ("after", cap.after)] {
        out.key(key);
        out.money(fen);
    }
    out.raw("}");
}

fn grant(out: &mut Out, grant: &Grant) {
    out.raw("{");
    out.key("clause");
    out.text(&grant.id);
    out.key("kind");
    out.word(grant.kind.code());
    out.key("article");
    out.maybe_text(grant.article.as_deref());
    out.key("base");
    out.money(grant.base);
    out.key("rate");
    out.fraction(grant.rate);
    out.key("computed");
    out.money(grant.computed);
    out.key("granted");
    out.money(grant.granted);
    out.raw("}");
}

fn step(out: &mut Out, step: &Step) {
    out.raw("{");
    out.key("step");
    out.word(step.kind.code());
    out.key("clause");
    out.text(&step.clause);
    out.key("article");
    out.maybe_text(step.article.as_deref());
    out.key("basis");
    out.word(step.basis.code());
    out.key("inputs");
    out.raw("{");
    for (name, input) in &step.inputs {
        out.key(name);
        value(out, input);
    }
    for (at, observation) in step.seen.iter().enumerate() {
        // A fact of several rights or levels is seen more than once: the second is `ip.kind.2`.
        let before = step.seen.iter().take(at).filter(|other| other.fact == observation.fact).count();
        match before {
            0 => out.key(observation.fact.code()),
            more => out.key(&format!("{}.{}", observation.fact.code(), more + 1)),
        }
        value(out, &observation.value);
    }
    out.raw("}");
    out.key("amount");
    out.maybe_money(step.amount);
    out.key("text_zh");
    told(out, |out| step_text(Lang::Zh, step, out));
    out.key("text_en");
    told(out, |out| step_text(Lang::En, step, out));
    out.raw("}");
}

fn value(out: &mut Out, value: &Value) {
    match value {
        Value::Money(fen) => out.money(*fen),
        Value::Rate(rate) | Value::Points(rate) => out.fraction(*rate),
        Value::Months(number) | Value::Days(number) | Value::Count(number) => out.number(u64::from(*number)),
        Value::Day(day) => told(out, |out| out.day(*day)),
        Value::NotYet => out.raw("null"),
        Value::Flag(flag) => out.raw(if *flag { "true" } else { "false" }),
        Value::Word(word) => out.word(word),
        Value::Name(name) => out.text(name),
    }
}
