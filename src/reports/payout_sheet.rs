//! A payout sheet as a page to print: facts, tests, loss base, sharing, limits, result, each line with its article.
//!
//! **Invariant:** every figure and every sentence is read from the signed content; nothing is computed again.

use serde::Serialize;
use serde_json::Value;

use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::{Origin, Rulebook};
use crate::i18n::{self, Lang};
use crate::render::{Renderer, grouped};
use crate::signing::Signed;
use crate::views::capital::capital;

/// Sections of a sheet with the steps of the trace that belong to them.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "tests",
        &[
            "version",
            "test_passed",
            "test_failed",
            "test_unknown",
            "test_skipped",
            "test_noted",
            "retested",
            "document_there",
            "document_missing",
            "breaker_clear",
            "breaker_tripped",
            "breaker_unknown",
        ],
    ),
    ("base", &["eligible", "loss_limit", "deducted", "loss_base"]),
    (
        "sharing",
        &["slice", "base_rate", "bonus", "bonus_off", "bonus_unknown", "alternative", "rate", "sharing", "residue"],
    ),
    ("caps", &["cap", "cap_unknown", "deferred"]),
    ("timing", &["advance", "claw_back", "provisional", "inner", "payout"]),
];
/// Parts of a case in the order in which they are printed.
const PARTS: &[&str] = &["loan", "borrower", "claim", "bank", "guarantor", "fund"];
/// Characters of the digest that a reader compares by eye.
const CHECK_CODE: usize = 16;

#[derive(Serialize)]
struct View {
    number: String,
    fund: String,
    bank: String,
    claim: String,
    filed_on: String,
    computed_on: String,
    recorded_at: String,
    program: String,
    actor: String,
    event: String,
    rulebook: String,
    title: String,
    hash: String,
    proposal: bool,
    decision: String,
    facts: Vec<Fact>,
    rights: Vec<String>,
    sections: Vec<Section>,
    reasons: Vec<Line>,
    notes: Vec<Line>,
    caps: Vec<Cap>,
    parties: Vec<Party>,
    residue: bool,
    loss: String,
    payout: String,
    payout_words: String,
    held: String,
    provisional: String,
    digest: String,
    check_code: String,
    public_key: String,
    signature: String,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Section {
    name: &'static str,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    article: String,
    text: String,
    amount: String,
}

#[derive(Serialize)]
struct Cap {
    name: String,
    article: String,
    used: String,
    limit: String,
    before: String,
    after: String,
    cuts: bool,
}

#[derive(Serialize)]
struct Party {
    name: String,
    share: String,
    borne: String,
}

/// The sheet as one HTML document.
///
/// # Errors
/// A template that does not fit, which a test keeps from happening.
pub fn html(renderer: &Renderer, sheet: &Signed, lang: Lang) -> Result<String, minijinja::Error> {
    renderer.render("sheets/payout.html", lang, &view(sheet, lang))
}

fn view(sheet: &Signed, lang: Lang) -> View {
    let content = &sheet.content;
    let (result, rulebook, computed) = (&content["result"], &content["rulebook"], &content["computed"]);
    let steps = items(&result["trace"]);
    let book = crate::rulebook::parse("rulebook", text(&rulebook["body"])).ok().map(|parsed| parsed.rulebook);
    let digest = sheet.digest();
    let payout = Fen::from_yuan(text(&result["payout"])).unwrap_or(Fen::ZERO);
    let suffix = if lang == Lang::Zh { "zh" } else { "en" };
    let localised = |value: &Value, key: &str| text(&value[format!("{key}_{suffix}")]).to_owned();
    let lines = |list: &str| items(&result[list]).iter().map(|reason| line(reason, lang)).collect();
    View {
        number: text(&content["number"]).to_owned(),
        fund: localised(&content["fund"], "name"),
        bank: [text(&content["claim"]["bank"]), text(&content["claim"]["bank_name"])].join(" ").trim().to_owned(),
        claim: text(&content["claim"]["id"]).to_owned(),
        filed_on: text(&content["claim"]["filed_on"]).to_owned(),
        computed_on: text(&computed["on"]).to_owned(),
        recorded_at: text(&computed["recorded_at"]).to_owned(),
        program: text(&computed["program"]).to_owned(),
        actor: text(&computed["actor"]).to_owned(),
        event: text(&computed["event"]).to_owned(),
        rulebook: format!("{}@{}", text(&rulebook["id"]), text(&rulebook["version"])),
        title: localised(rulebook, "title"),
        hash: text(&rulebook["sha256"]).to_owned(),
        proposal: rulebook["proposal"].as_bool().unwrap_or(false),
        decision: i18n::text(lang, &format!("sheet.decision.{}", text(&result["decision"])), &[]),
        facts: facts(&content["case"], lang),
        rights: rights(&content["case"]["ip_rights"], lang),
        sections: SECTIONS.iter().map(|(name, kinds)| section(name, kinds, steps, lang)).collect(),
        reasons: lines("reasons"),
        notes: lines("notes"),
        caps: caps(steps, book.as_ref(), lang),
        parties: parties(result, book.as_ref(), lang),
        residue: steps.iter().any(|step| text(&step["step"]) == "residue"),
        loss: money(&result["loss_base"]),
        payout: money(&result["payout"]),
        payout_words: capital(payout.get()),
        held: money(&result["held"]),
        provisional: money(&result["provisional"]),
        check_code: digest.chars().take(CHECK_CODE).collect(),
        digest,
        public_key: sheet.signature.public_key.clone(),
        signature: sheet.signature.value.clone(),
    }
}

fn section(name: &'static str, kinds: &[&str], steps: &[Value], lang: Lang) -> Section {
    let own = steps.iter().filter(|step| kinds.contains(&text(&step["step"])));
    Section { name, lines: own.map(|step| line(step, lang)).collect() }
}

/// A reason or a step: its words without the article, which has a column of its own.
fn line(item: &Value, lang: Lang) -> Line {
    let words = text(&item[if lang == Lang::Zh { "text_zh" } else { "text_en" }]);
    let article = text(&item["article"]);
    let shown = i18n::text(lang, "payout.value.article", &[("article", article)]);
    let words = if article.is_empty() { words.to_owned() } else { words.replacen(&shown, "", 1) };
    Line { article: article.to_owned(), text: words, amount: money(&item["amount"]) }
}

/// The limits as applied: what is used of each is among the facts its step looked at.
fn caps(steps: &[Value], book: Option<&Rulebook>, lang: Lang) -> Vec<Cap> {
    let own = |id: &str| book.into_iter().flat_map(|book| &book.caps).find(|cap| cap.id == id).map(|cap| &cap.origin);
    let applied = steps.iter().filter(|step| text(&step["step"]) == "cap");
    applied
        .map(|step| {
            let inputs = &step["inputs"];
            let known = ["cap", "limit", "before"];
            let seen = inputs.as_object().into_iter().flatten().filter(|(key, _)| !known.contains(&key.as_str()));
            let used = seen.map(|(key, value)| format!("{} {}", fact_name(key, lang), money(value)));
            Cap {
                name: called(own(text(&step["clause"])), lang).unwrap_or_else(|| word(text(&inputs["cap"]), lang)),
                article: text(&step["article"]).to_owned(),
                used: used.collect::<Vec<_>>().join(&i18n::text(lang, "payout.value.separator", &[])),
                limit: money(&inputs["limit"]),
                before: money(&inputs["before"]),
                after: money(&step["amount"]),
                cuts: inputs["before"] != step["amount"],
            }
        })
        .collect()
}

fn parties(result: &Value, book: Option<&Rulebook>, lang: Lang) -> Vec<Party> {
    let steps = items(&result["trace"]);
    let shares = result["shares"].as_object();
    let kind = |party: &str| {
        let step =
            steps.iter().find(|step| text(&step["step"]) == "sharing" && text(&step["inputs"]["party"]) == party);
        step.map_or(party.to_owned(), |step| word(text(&step["inputs"]["kind"]), lang))
    };
    let own = |id: &str| book.into_iter().flat_map(|book| &book.parties).find(|party| party.id == id);
    let row = |(party, share): (&String, &Value)| Party {
        name: called(own(party).map(|party| &party.origin), lang).unwrap_or_else(|| kind(party)),
        share: money(share),
        borne: money(&result["borne"][party]),
    };
    shares.into_iter().flatten().map(row).collect()
}

/// What a clause is called, where the rulebook says.
fn called(origin: Option<&Origin>, lang: Lang) -> Option<String> {
    let name = origin?.name.as_ref()?;
    Some(if lang == Lang::Zh { name.zh.to_string() } else { name.en.to_string() })
}

/// Every fact of the case under its name.
fn facts(case: &Value, lang: Lang) -> Vec<Fact> {
    let mut facts = Vec::new();
    for part in PARTS {
        for (key, value) in case[*part].as_object().into_iter().flatten() {
            let code = format!("{part}.{key}");
            if value.is_object() || i18n::texts(lang).get(&format!("payout.fact.{code}")).is_none() {
                continue;
            }
            facts.push(Fact { name: fact_name(&code, lang), value: shown(key, value, lang) });
        }
    }
    facts
}

fn rights(rights: &Value, lang: Lang) -> Vec<String> {
    let told = |right: &Value| {
        let kind = word(text(&right["kind"]), lang);
        let day = |key: &str| {
            let name = fact_name(&format!("ip.{key}"), lang);
            right.get(key).map(|value| format!("{name} {}", shown(key, value, lang)))
        };
        let parts = [
            Some(kind),
            right["number"].as_str().map(str::to_owned),
            day("pledge_registered_on"),
            day("expires_on"),
            day("lapsed_on"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(&i18n::text(lang, "payout.value.separator", &[]))
    };
    items(rights).iter().map(told).collect()
}

/// A value of a case as a reader is shown it.
fn shown(key: &str, value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => i18n::text(lang, "payout.value.not_yet", &[]),
        Value::Bool(flag) => i18n::text(lang, if *flag { "payout.value.yes" } else { "payout.value.no" }, &[]),
        Value::Array(list) => {
            let words: Vec<String> = list.iter().map(|item| word(text(item), lang)).collect();
            if words.is_empty() { i18n::text(lang, "payout.word.none", &[]) } else { words.join(", ") }
        }
        Value::String(given) if key.ends_with("_rate") || key.ends_with("_ratio") || key == "lpr_1y" => {
            Ppm::from_fraction(given).map_or_else(|_text| given.clone(), |rate| format!("{} %", rate.percent()))
        }
        Value::String(given) if given.contains('.') && Fen::from_yuan(given).is_ok() => grouped(given),
        Value::String(given) => word(given, lang),
        other => other.to_string(),
    }
}

fn fact_name(code: &str, lang: Lang) -> String {
    i18n::text(lang, &format!("payout.fact.{code}"), &[])
}

/// A word of a closed list by its name; any other text as it is.
fn word(code: &str, lang: Lang) -> String {
    i18n::texts(lang).get(&format!("payout.word.{code}")).cloned().unwrap_or_else(|| code.to_owned())
}

fn money(value: &Value) -> String {
    value.as_str().map(grouped).unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}
