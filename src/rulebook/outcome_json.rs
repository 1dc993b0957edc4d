//! Outcomes as JSON, with every reason and every step told in Chinese and English.
//!
//! **Invariant:** the texts follow from the outcome and the catalogue alone.

use serde_json::{Map, Value as Json, json};

use super::units::percent;
use crate::domain::money::Fen;
use crate::domain::payout::outcome::{CapStep, Decision, Outcome, Reason, Step};
use crate::domain::payout::truth::{Observation, Value};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::Basis;
use crate::i18n::{self, Lang};
use crate::render::grouped;

/// Writes an outcome: the result of a trial calculation and the stored calculation of a claim.
#[must_use]
pub fn outcome_to_json(outcome: &Outcome) -> Json {
    let mut result = Map::new();
    let mut put = |key: &str, value: Json| {
        result.insert(key.to_owned(), value);
    };
    put("case", json!(outcome.case));
    put("decision", json!(outcome.decision.code()));
    put("reasons", outcome.reasons.iter().map(reason).collect());
    put("loss_base", amount(outcome.loss_base));
    put("fund_rate", outcome.fund_rate.map_or(Json::Null, |rate| json!(rate.fraction())));
    put("shares", amounts(outcome.shares.as_deref()));
    put("caps", outcome.caps.as_ref().map_or(Json::Null, |caps| caps.iter().map(cap).collect()));
    put("payout", json!(outcome.payout.yuan()));
    put("provisional", json!(outcome.provisional.yuan()));
    if outcome.decision == Decision::Hold {
        put("held", amount(outcome.held));
    }
    put("borne", amounts(outcome.borne.as_deref()));
    put("binding", json!(outcome.binding));
    put("trace", outcome.trace.iter().map(step).collect());
    Json::Object(result)
}

/// Writes what an enrolment test decides, without the steps and words that its stored input gives again at any time.
#[must_use]
pub fn verdict_to_json(outcome: &Outcome) -> Json {
    let reasons: Vec<&str> = outcome.reasons.iter().map(|reason| reason.code.code()).collect();
    json!({
        "decision": outcome.decision.code(),
        "reasons": reasons,
        "fund_rate": outcome.fund_rate.map(|rate| rate.fraction()),
        "shares": amounts(outcome.shares.as_deref()),
    })
}

/// A reason as a reader is told it.
fn reason_text(lang: Lang, reason: &Reason) -> String {
    let article = article_text(lang, reason.article.as_deref());
    let fact = reason.fact.map(|fact| fact_text(lang, fact)).unwrap_or_default();
    let noted = observed(lang, &reason.found);
    let places = [("article", article.as_str()), ("fact", &fact), ("noted", &noted), ("clause", &reason.clause)];
    i18n::text(lang, &format!("payout.reason.{}", reason.code.code()), &places)
}

/// A step as a reader is told it; what rests on a proposal or an assumption says so.
fn step_text(lang: Lang, step: &Step) -> String {
    let mut places = vec![
        ("article", article_text(lang, step.article.as_deref())),
        ("clause", step.clause.clone()),
        ("amount", step.amount.map(|fen| grouped(&fen.yuan())).unwrap_or_default()),
        ("noted", observed(lang, &step.seen)),
    ];
    places.extend(step.inputs.iter().map(|(name, value)| (*name, value_text(lang, value))));
    let places: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let told = i18n::text(lang, &format!("payout.step.{}", step.kind.code()), &places);
    match step.basis {
        Basis::Text => told,
        basis => format!("{told}{}", i18n::text(lang, &format!("payout.basis.{}", basis.code()), &[])),
    }
}

fn reason(reason: &Reason) -> Json {
    json!({
        "code": reason.code.code(),
        "article": reason.article,
        "text_zh": reason_text(Lang::Zh, reason),
        "text_en": reason_text(Lang::En, reason),
    })
}

fn cap(cap: &CapStep) -> Json {
    json!({
        "cap": cap.cap.code(),
        "limit": cap.limit.yuan(),
        "before": cap.before.yuan(),
        "after": cap.after.yuan(),
    })
}

fn step(step: &Step) -> Json {
    let mut inputs = Map::new();
    for (name, value) in &step.inputs {
        inputs.insert((*name).to_owned(), value_json(value));
    }
    for observation in &step.seen {
        inputs.insert(observation.fact.code().to_owned(), value_json(&observation.value));
    }
    json!({
        "step": step.kind.code(),
        "clause": step.clause,
        "article": step.article,
        "basis": step.basis.code(),
        "inputs": inputs,
        "amount": amount(step.amount),
        "text_zh": step_text(Lang::Zh, step),
        "text_en": step_text(Lang::En, step),
    })
}

fn amount(fen: Option<Fen>) -> Json {
    fen.map_or(Json::Null, |fen| json!(fen.yuan()))
}

fn amounts(parts: Option<&[(String, Fen)]>) -> Json {
    let Some(parts) = parts else {
        return Json::Null;
    };
    Json::Object(parts.iter().map(|(party, fen)| (party.clone(), json!(fen.yuan()))).collect())
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Money(fen) => json!(fen.yuan()),
        Value::Rate(rate) | Value::Points(rate) => json!(rate.fraction()),
        Value::Months(number) | Value::Days(number) => json!(number),
        Value::Count(number) => json!(number),
        Value::Day(day) => json!(day.to_string()),
        Value::NotYet => Json::Null,
        Value::Flag(flag) => json!(flag),
        Value::Word(word) => json!(word),
        Value::Name(name) => json!(name),
    }
}

fn value_text(lang: Lang, value: &Value) -> String {
    let with = |key: &str, number: String| i18n::text(lang, key, &[("number", number.as_str())]);
    match value {
        Value::Money(fen) => with("payout.value.money", grouped(&fen.yuan())),
        Value::Rate(rate) => format!("{} %", percent(*rate)),
        Value::Points(points) => with("payout.value.points", percent(*points)),
        Value::Months(number) => with("payout.value.months", number.to_string()),
        Value::Days(number) => with("payout.value.days", number.to_string()),
        Value::Count(number) => with("payout.value.count", number.to_string()),
        Value::Day(day) => day.to_string(),
        Value::NotYet => i18n::text(lang, "payout.value.not_yet", &[]),
        Value::Flag(true) => i18n::text(lang, "payout.value.yes", &[]),
        Value::Flag(false) => i18n::text(lang, "payout.value.no", &[]),
        Value::Word(word) => i18n::text(lang, &format!("payout.word.{word}"), &[]),
        Value::Name(name) => name.clone(),
    }
}

/// Facts with their values, as one phrase in brackets, or nothing where there are none.
fn observed(lang: Lang, seen: &[Observation]) -> String {
    let told = seen.iter().map(|observation| {
        let fact = fact_text(lang, observation.fact);
        let value = value_text(lang, &observation.value);
        i18n::text(lang, "payout.value.fact", &[("fact", fact.as_str()), ("value", value.as_str())])
    });
    let told = told.collect::<Vec<_>>().join(&i18n::text(lang, "payout.value.separator", &[]));
    if told.is_empty() { told } else { i18n::text(lang, "payout.value.noted", &[("seen", told.as_str())]) }
}

fn fact_text(lang: Lang, fact: Fact) -> String {
    i18n::text(lang, &format!("payout.fact.{}", fact.code()), &[])
}

/// The article in brackets, or nothing where a clause has none.
fn article_text(lang: Lang, article: Option<&str>) -> String {
    article.map_or_else(String::new, |article| i18n::text(lang, "payout.value.article", &[("article", article)]))
}
