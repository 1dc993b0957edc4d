//! Every text a person reads, in Chinese and English.
//!
//! Owns the catalogue under `locales/<language>/*.toml`: tables of `key = "text with {places}"`; a text's
//! name is the table path, for instance `finding.USCC_CHECK`.
//! **Invariant:** both languages hold the same keys with the same places (checked by a test).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::embedded::{self, Locales};

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Simplified Chinese, the first language.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both languages.
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// Folder name and command-line word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// Value of an HTML `lang` attribute.
    #[must_use]
    pub const fn html(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The language with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

/// All texts of one language by key.
pub type Texts = BTreeMap<String, String>;

/// The texts of a language.
pub fn texts(lang: Lang) -> &'static Texts {
    static ZH: OnceLock<Texts> = OnceLock::new();
    static EN: OnceLock<Texts> = OnceLock::new();
    match lang {
        Lang::Zh => ZH.get_or_init(|| load(lang)),
        Lang::En => EN.get_or_init(|| load(lang)),
    }
}

/// The text `key` with its `{places}` filled. A key that does not exist comes back as itself, which a test
/// over every key used in the sources keeps from happening.
#[must_use]
pub fn text(lang: Lang, key: &str, places: &[(&str, &str)]) -> String {
    texts(lang).get(key).map_or_else(|| key.to_owned(), |pattern| fill(pattern, places))
}

/// Both languages in one line, Chinese first: `中文 / English`.
#[must_use]
pub fn both(key: &str, places: &[(&str, &str)]) -> String {
    format!("{} / {}", text(Lang::Zh, key, places), text(Lang::En, key, places))
}

/// The names of the places in a pattern, sorted.
#[must_use]
pub fn places_of(pattern: &str) -> Vec<String> {
    let mut names: Vec<String> =
        pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}

/// Fills a pattern in one pass, so that a value holding braces is never filled again.
fn fill(pattern: &str, places: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match places.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.push_str(&format!("{{{name}}}")),
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

fn load(lang: Lang) -> Texts {
    let mut texts = Texts::new();
    let prefix = format!("{}/", lang.code());
    for (path, body) in embedded::texts::<Locales>() {
        if !path.starts_with(&prefix) {
            continue;
        }
        let table: toml::Table =
            body.parse().expect("a test parses every catalogue file, so a released binary holds only readable ones");
        flatten(&mut texts, "", &toml::Value::Table(table));
    }
    texts
}

fn flatten(into: &mut Texts, path: &str, value: &toml::Value) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(into, &name, inner);
            }
        }
        toml::Value::String(text) => {
            into.insert(path.to_owned(), text.clone());
        }
        other => {
            into.insert(path.to_owned(), other.to_string());
        }
    }
}
