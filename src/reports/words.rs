//! Small pieces of wording that several tables and sentences share.
//!
//! **Invariant:** no fixed text of a language here, only ways to write numbers, dates and names.

use chrono::{DateTime, Utc};

use super::facts::{BankFacts, Office};
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, FenDelta};
use crate::i18n::{self, Lang};
use crate::render::{grouped, wan_plain};

/// The text `report.<key>`.
#[must_use]
pub fn say(lang: Lang, key: &str, places: &[(&str, &str)]) -> String {
    i18n::text(lang, &format!("report.{key}"), places)
}

/// Signed ppm as a percentage with two decimals, rounded half away from zero: `+4.12`, `-0.35`, `0.00`.
#[must_use]
pub fn signed_percent(ppm: i64) -> String {
    let hundredths = ppm.unsigned_abs().saturating_add(50) / 100;
    let sign = match (hundredths, ppm < 0) {
        (0, _) => "",
        (_, true) => "-",
        (_, false) => "+",
    };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// An amount in 万元 with separators.
#[must_use]
pub fn wan(fen: Fen) -> String {
    grouped(&wan_plain(fen.get()))
}

/// A signed amount in 万元 with separators.
#[must_use]
pub fn wan_delta(fen: FenDelta) -> String {
    grouped(&wan_plain(fen.get()))
}

/// The size of a change in 万元, for sentences that say 增加 or 减少 themselves.
#[must_use]
pub fn wan_size(fen: FenDelta) -> String {
    grouped(&wan_plain(fen.get().saturating_abs()))
}

/// The month as a reader says it: `2025年10月`.
#[must_use]
pub fn month(lang: Lang, month: Month) -> String {
    let number = month.month().to_string();
    say(lang, "month", &[("year", &month.year().to_string()), ("month", &number)])
}

/// An instant in Beijing time, to the minute.
#[must_use]
pub fn beijing(at: DateTime<Utc>) -> String {
    at.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

/// An office with its former name in brackets.
#[must_use]
pub fn office(lang: Lang, office: &Office) -> String {
    match (lang, &office.predecessor_zh) {
        (Lang::En, _) => office.en.clone(),
        (Lang::Zh, None) => office.zh.clone(),
        (Lang::Zh, Some(before)) => say(lang, "formerly", &[("name", &office.zh), ("before", before)]),
    }
}

/// A bank with the name of the bank merged into it in brackets.
#[must_use]
pub fn bank(lang: Lang, bank: &BankFacts) -> String {
    match &bank.predecessor {
        None => bank.name.clone(),
        Some(before) => say(lang, "formerly", &[("name", &bank.name), ("before", before)]),
    }
}

/// Names in one line.
#[must_use]
pub fn list(lang: Lang, names: &[String]) -> String {
    if names.is_empty() { say(lang, "none", &[]) } else { names.join(&say(lang, "comma", &[])) }
}
