//! A stored calculation as a page shows it.
//!
//! **Invariant:** every amount is read from the stored answer; nothing is computed again.

use serde_json::Value;

use super::desk::{Desk, ratio};
use super::words::word;
use crate::domain::money::{Fen, FenDelta, Ppm};
use crate::i18n::{self, Lang};
use crate::storage::rows::claims::CalculationRow;
use crate::usecase::measures::Limits;
use crate::views::claims::{CalcStep, Calculation, CapRow, DecisionShown, ShareRow};
use crate::views::{Reason, beijing};

/// A rulebook and its version.
pub(super) fn rulebook_label(desk: &Desk<'_>, id: &str, version: &str) -> String {
    desk.text("screen.rulebook", &[("id", id), ("version", version)])
}

/// A stored calculation. `digest` is the hash of the event that wrote it, which `verify` proves.
pub(super) fn shown(desk: &Desk<'_>, row: &CalculationRow, digest: String) -> Calculation {
    let outcome: Value = serde_json::from_str(&row.outcome).unwrap_or_default();
    let limits = desk.measures.version(&row.rulebook_id, &row.rulebook_version).map(|measure| &measure.limits);
    let caps = items(&outcome, "caps");
    let before = caps.first().and_then(|cap| amount(cap, "before"));
    let after = caps.last().and_then(|cap| amount(cap, "after"));
    Calculation {
        rulebook: rulebook_label(desk, &row.rulebook_id, &row.rulebook_version),
        computed: beijing(row.recorded_at),
        decision: decision(&row.decision),
        reasons: reasons_of(desk.lang, &outcome),
        steps: items(&outcome, "trace").iter().map(|step| calc_step(desk.lang, step)).collect(),
        caps: cap_rows(desk.lang, &outcome, limits, row.payout_fen),
        shares: shares(desk.lang, row),
        loss_base: row.loss_base_fen,
        payout: row.payout_fen,
        payout_words: String::new(),
        cut: before.zip(after).map_or(0, |(before, after)| before.saturating_sub(after)),
        digest,
    }
}

/// What the fund could pay before this claim, where a stored cap tells it, fen.
pub(super) fn free_before(row: &CalculationRow) -> Option<i64> {
    let outcome: Value = serde_json::from_str(&row.outcome).ok()?;
    let caps = items(&outcome, "caps");
    caps.iter().find(|cap| text(cap, "cap") == "fund_balance").and_then(|cap| amount(cap, "limit"))
}

/// A decision; what no page knows waits for a person.
pub(super) fn decision(code: &str) -> DecisionShown {
    DecisionShown::from_code(code).unwrap_or(DecisionShown::Hold)
}

/// Reasons of a refusal or a hold.
pub(super) fn reasons_of(lang: Lang, outcome: &Value) -> Vec<Reason> {
    items(outcome, "reasons").iter().map(|reason| told(lang, reason, text(reason, "code"))).collect()
}

/// Steps of these kinds as reasons, in the order of the trace.
pub(super) fn step_reasons(lang: Lang, outcome: &Value, kinds: &[&str]) -> Vec<Reason> {
    let trace = items(outcome, "trace");
    trace.iter().filter(|step| kinds.contains(&text(step, "step"))).map(|step| told(lang, step, "")).collect()
}

fn told(lang: Lang, item: &Value, code: &str) -> Reason {
    Reason { code: code.to_owned(), article: text(item, "article").to_owned(), text: words_of(lang, item) }
}

/// The stored words without the article, which stands in a place of its own.
fn words_of(lang: Lang, item: &Value) -> String {
    let stored = text(item, if lang == Lang::Zh { "text_zh" } else { "text_en" });
    let article = text(item, "article");
    if article.is_empty() {
        return stored.to_owned();
    }
    stored.replacen(&i18n::text(lang, "payout.value.article", &[("article", article)]), "", 1)
}

fn calc_step(lang: Lang, step: &Value) -> CalcStep {
    let kind = text(step, "step");
    let outcome_key = format!("screen.step_outcome.{kind}");
    let tone = match kind {
        "test_passed" => "ok",
        "test_failed" => "bad",
        "test_unknown" | "bonus_unknown" | "cap_unknown" => "warn",
        _ => "",
    };
    let input = |name: &str| step.get("inputs").and_then(|inputs| inputs.get(name)).and_then(Value::as_str);
    let rate = match kind {
        "base_rate" | "rate" | "alternative" => input("rate"),
        "bonus" => input("points"),
        _ => None,
    };
    CalcStep {
        article: text(step, "article").to_owned(),
        what: word(lang, "screen.step", kind),
        how: words_of(lang, step),
        amount: amount(step, "amount"),
        ratio: rate.and_then(|rate| Ppm::from_fraction(rate).ok()).map(Ppm::get),
        outcome: if i18n::texts(lang).contains_key(&outcome_key) {
            i18n::text(lang, &outcome_key, &[])
        } else {
            String::new()
        },
        tone: tone.to_owned(),
    }
}

/// Caps in their order: the trace holds one step for each, which names the article.
fn cap_rows(lang: Lang, outcome: &Value, limits: Option<&Limits>, payout: i64) -> Vec<CapRow> {
    let trace = items(outcome, "trace");
    let mut steps = trace.iter().filter(|step| text(step, "step") == "cap");
    let limit_of = |cap: &str| {
        limits.and_then(|limits| match cap {
            "per_loan" => limits.per_loan,
            "per_borrower_life" => limits.per_borrower_life,
            "per_bank_year" => limits.per_bank_year,
            _ => None,
        })
    };
    let row = |cap: &Value| {
        let kind = text(cap, "cap");
        let left = amount(cap, "limit").unwrap_or(0);
        let limit = limit_of(kind).map(Fen::get);
        CapRow {
            what: word(lang, "payout.word", kind),
            article: steps.next().map(|step| text(step, "article").to_owned()).unwrap_or_default(),
            limit,
            used: limit.map_or(0, |limit| limit.saturating_sub(left)),
            before: left,
            after: left.saturating_sub(payout),
            binding: amount(cap, "after") < amount(cap, "before"),
        }
    };
    items(outcome, "caps").iter().map(row).collect()
}

fn shares(lang: Lang, row: &CalculationRow) -> Vec<ShareRow> {
    let stored: Vec<Value> = serde_json::from_str(&row.shares).unwrap_or_default();
    let fen = |share: &Value| share.get("fen").and_then(Value::as_i64).unwrap_or(0);
    let whole: i64 = stored.iter().map(fen).sum();
    let share_row = |share: &Value| ShareRow {
        party: word(lang, "payout.word", text(share, "party")),
        ratio: ratio(fen(share), whole).unwrap_or(0),
        amount: fen(share),
    };
    stored.iter().map(share_row).collect()
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// An amount, stored as yuan in text, in fen.
fn amount(value: &Value, key: &str) -> Option<i64> {
    let yuan = value.get(key).and_then(Value::as_str)?;
    FenDelta::from_yuan(yuan).ok().map(FenDelta::get)
}
