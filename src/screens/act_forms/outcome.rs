//! What would come of an act, and why it is refused, in words.
//!
//! **Invariant:** a refusal stands at its field where it has one; a failure that is no refusal is never told as one.

use serde_json::{Value, json};

use super::fields::Making;
use super::form::{About, Fields};
use super::{reading, words};
use crate::http::error::PageError;
use crate::i18n;
use crate::screens::acts::Faults;
use crate::screens::words::word;
use crate::usecase::UseCaseError;
use crate::usecase::lives::Life;
use crate::views::acting::{ActFormView, CheckLine};

/// What is said after an act, a word of `page.done`: who hands something on wants to know to whom.
pub(super) const fn said(life: Life, act: &str) -> &'static str {
    match (life, act.as_bytes()) {
        (Life::Registration | Life::Claim, b"drafted") => "acted_drafted",
        (Life::Registration | Life::Claim, b"submitted" | b"relodged") => "acted_submitted",
        _ => "acted",
    }
}

/// What is to be checked, and what would come of it.
pub(super) fn check(view: &mut ActFormView, making: &Making<'_>, fields: &Fields, (details, answer): (&Value, &Value)) {
    view.check = making.told(0, fields, details);
    view.outcome = told(making.lang, making.life, answer);
}

/// What an answer says would come of an act: the state, and of a loan's form what the measure in force says.
pub(super) fn told(lang: i18n::Lang, life: Life, answer: &Value) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    let text = |key: &str| i18n::text(lang, &format!("page.acting.{key}"), &[]);
    let mut tell = |label: String, value: String| {
        if !value.is_empty() {
            lines.push(CheckLine { label, value, depth: 0 });
        }
    };
    let state = answer["state"].as_str().unwrap_or_default();
    tell(text("state"), word(lang, &format!("page.acting.state_of.{}", life.code()), state));
    let Some(decision) = answer["decision"].as_str() else { return lines };
    tell(text("preview"), word(lang, "page.acting.decision", decision));
    let is_covered = matches!(decision, "cover" | "pay");
    let rate =
        answer["fund_rate"].as_str().filter(|_| is_covered).map(|rate| format!("{}%", reading::percent_of(rate)));
    tell(text("fund_rate"), rate.unwrap_or_default());
    let yes = |is: bool| text(if is { "yes" } else { "no" });
    if let Some(is) = answer["start_up"].as_bool() {
        tell(text("start_up"), yes(is));
    }
    if answer["first_loan"] == json!(true) {
        let refuted = answer["first_loan_refuted"] == json!(true);
        tell(text("first_loan"), text(if refuted { "first_loan_refuted" } else { "first_loan_stands" }));
    }
    let name = if lang == i18n::Lang::Zh { "text_zh" } else { "text_en" };
    for why in answer["why"].as_array().map(Vec::as_slice).unwrap_or_default() {
        tell(text("why"), why[name].as_str().unwrap_or_default().to_owned());
    }
    if answer["is_late"] == json!(true) {
        tell(text("why"), text("late"));
    }
    if answer["right_pledged_elsewhere"] == json!(true) {
        tell(text("why"), text("pledged"));
    }
    lines.extend(group_told(lang, &answer["group_exposure"]));
    lines
}

/// What the group of the firm owes, which only the fund's answers hold, and the limits per borrower that it goes beyond.
fn group_told(lang: i18n::Lang, group: &Value) -> Vec<CheckLine> {
    let part = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let line = |key: &str, value: String| {
        let label = i18n::text(lang, &format!("page.acting.{key}"), &[]);
        CheckLine { label, value, depth: 0 }
    };
    if group["group"].is_null() {
        return Vec::new();
    }
    let (name, owed, promised) = (part(group, "group"), part(group, "outstanding"), part(group, "promised"));
    let places = [("group", name.as_str()), ("outstanding", owed.as_str()), ("promised", promised.as_str())];
    let mut lines = vec![line("group_of_firm", i18n::text(lang, "page.acting.group_owes", &places))];
    for over in group["over"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let (limit, figure) = (part(over, "limit"), part(over, "figure"));
        let key = format!("page.acting.group_over.{}", part(over, "limit_kind"));
        let text = i18n::text(lang, &key, &[("limit", limit.as_str()), ("figure", figure.as_str())]);
        lines.push(line("group_warning", text));
    }
    lines
}

/// A refusal in words; what it names by the codes of a measure is told as the measure tells it.
fn plain(lang: i18n::Lang, error: &UseCaseError) -> String {
    let UseCaseError::Act(refusal) = error else { return error.text(lang) };
    if !matches!(refusal.code, "REGISTRATION_HELD" | "REGISTRATION_NOT_COVERED") {
        return error.text(lang);
    }
    let codes = refusal.places.iter().find(|(place, _)| *place == "reasons").map(|(_, codes)| codes.as_str());
    let reasons: Vec<String> = codes.unwrap_or_default().split('、').map(|code| reason(lang, code)).collect();
    let reasons = reasons.join(&i18n::text(lang, "import.separator", &[]));
    i18n::text(lang, &format!("act.{}", refusal.code), &[("reasons", &reasons)])
}

/// A reason by its code and the fact that it is about.
fn reason(lang: i18n::Lang, told: &str) -> String {
    let (code, fact) = told.split_once(' ').unwrap_or((told, ""));
    let key = format!("payout.reason.{code}");
    if !i18n::texts(lang).contains_key(&key) {
        return told.to_owned();
    }
    let about = if fact.is_empty() { code.to_owned() } else { word(lang, "payout.fact", fact) };
    i18n::text(lang, &key, &[("fact", &about), ("clause", &about), ("noted", ""), ("article", "")])
}

/// Adds a refusal in words, at its field where it has one; a failure that is no refusal goes on.
pub(super) fn refusal(faults: &mut Faults, about: &About<'_>, error: UseCaseError) -> Result<(), PageError> {
    if !error.is_refusal() {
        return Err(error.into());
    }
    let (at, text) = refusal_told(faults.lang, (about.life, about.act), &error);
    faults.say(&at.unwrap_or_else(|| "act-form".to_owned()), text);
    Ok(())
}

/// A refusal in words, and the place of the field it is about.
pub(in crate::screens) fn refusal_told(
    lang: i18n::Lang,
    (life, act): (Life, &str),
    error: &UseCaseError,
) -> (Option<String>, String) {
    let at = match error {
        UseCaseError::Act(refusal) if refusal.code.starts_with("FIELD_") => {
            refusal.places.iter().find(|(place, _)| *place == "at").map(|(_, at)| at.clone())
        }
        _ => None,
    };
    let Some(at) = at else { return (None, plain(lang, error)) };
    let last = at.rsplit(['.', ']']).next().unwrap_or(&at);
    let label = words::field(lang, (life, act), last);
    let text = i18n::text(lang, &format!("page.acting.fault.{}", error.code()), &[("field", &label)]);
    (Some(at), text)
}
