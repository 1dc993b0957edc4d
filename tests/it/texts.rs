//! The catalogue and the templates agree.

use std::collections::BTreeSet;

use pledgefund::domain::access::{MACHINE_ROLES, machine_permissions_of};
use pledgefund::domain::payout::outcome::Decision;
use pledgefund::embedded::{self, Locales, Templates};
use pledgefund::i18n::{self, Lang};
use pledgefund::views::TierShown;
use pledgefund::views::claims::{ClaimState, DecisionShown};
use pledgefund::views::imports::{ImportState, Severity};
use pledgefund::views::jobs::RunOutcome;
use pledgefund::views::loans::LoanState;
use pledgefund::views::mails::MailState;
use pledgefund::views::uploads::UploadState;

fn is_cjk(c: char) -> bool {
    ('\u{3000}'..='\u{303f}').contains(&c) && c != '\u{3000}'
        || ('\u{4e00}'..='\u{9fff}').contains(&c)
        || ('\u{ff01}'..='\u{ff60}').contains(&c)
}

#[test]
fn both_languages_have_the_same_files() {
    let files = |lang: Lang| -> BTreeSet<String> {
        let start = format!("{}/", lang.code());
        embedded::texts::<Locales>()
            .into_iter()
            .filter_map(|(path, _)| path.strip_prefix(&start).map(str::to_owned))
            .collect()
    };
    assert_eq!(files(Lang::Zh), files(Lang::En));
}

#[test]
fn every_catalogue_file_is_readable_and_no_key_comes_twice() {
    let mut seen = BTreeSet::new();
    for (path, body) in embedded::texts::<Locales>() {
        let table: toml::Table = body.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let lang = path.split('/').next().unwrap_or("").to_owned();
        for key in keys("", &toml::Value::Table(table)) {
            assert!(seen.insert((lang.clone(), key.clone())), "{path}: {key} is also in another file");
        }
    }
}

fn keys(path: &str, value: &toml::Value) -> Vec<String> {
    let toml::Value::Table(table) = value else { return vec![path.to_owned()] };
    let join = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
    table.iter().flat_map(|(key, inner)| keys(&join(key), inner)).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_places() {
    let (zh, en) = (i18n::texts(Lang::Zh), i18n::texts(Lang::En));
    let only = |a: &i18n::Texts, b: &i18n::Texts| a.keys().filter(|k| !b.contains_key(*k)).cloned().collect::<Vec<_>>();
    assert_eq!(only(zh, en), Vec::<String>::new(), "missing in English");
    assert_eq!(only(en, zh), Vec::<String>::new(), "missing in Chinese");
    for (key, text) in zh {
        assert_eq!(i18n::places_of(text), i18n::places_of(&en[key]), "{key}");
        assert!(!text.trim().is_empty() && !en[key].trim().is_empty(), "{key} is empty");
    }
}

#[test]
fn english_texts_hold_no_chinese() {
    for (key, text) in i18n::texts(Lang::En) {
        // The switch names each language in itself, and both languages may quote a file's own words in 「」.
        // Words that stand in a file as they are, whatever language its reader has.
        let text = ["本月无业务", "万元", "元"].iter().fold(text.clone(), |text, word| text.replace(word, ""));
        if key != "page.frame.zh" && !text.contains('「') {
            assert!(!text.chars().any(is_cjk), "{key}: {text}");
        }
    }
}

/// Every `t("key"` of a template: the key, and whether it goes on with `~`. `asset("x")` is not one.
fn used(template: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (at, start) in template.match_indices("t(\"") {
        let before = template[..at].chars().next_back().unwrap_or(' ');
        let Some((key, after)) = template[at + start.len()..].split_once('"') else { continue };
        if !before.is_alphanumeric() && before != '_' {
            found.push((key.to_owned(), after.trim_start().starts_with('~')));
        }
    }
    found
}

#[test]
fn every_text_a_template_asks_for_exists() {
    let texts = i18n::texts(Lang::Zh);
    let mut asked = 0;
    for (path, body) in embedded::texts::<Templates>() {
        for (key, open) in used(&body) {
            asked += 1;
            let there = if open { texts.keys().any(|known| known.starts_with(&key)) } else { texts.contains_key(&key) };
            assert!(there, "{path} asks for {key}");
        }
    }
    assert!(asked > 200, "only {asked} texts were found in the templates");
}

#[test]
fn every_word_of_a_closed_list_exists() {
    let lists: [(&str, Vec<&str>); 9] = [
        ("tier", TierShown::ALL.iter().map(|m| m.code()).collect()),
        ("loan_state", LoanState::ALL.iter().map(|m| m.code()).collect()),
        ("claim_state", ClaimState::ALL.iter().map(|m| m.code()).collect()),
        ("decision", DecisionShown::ALL.iter().map(|m| m.code()).collect()),
        ("outcome", RunOutcome::ALL.iter().map(|m| m.code()).collect()),
        ("mail_state", MailState::ALL.iter().map(|m| m.code()).collect()),
        ("upload_state", UploadState::ALL.iter().map(|m| m.code()).collect()),
        ("import_state", ImportState::ALL.iter().map(|m| m.code()).collect()),
        ("severity", Severity::ALL.iter().map(|m| m.code()).collect()),
    ];
    for (list, codes) in lists {
        for code in codes {
            let key = format!("page.{list}.{code}");
            assert!(i18n::texts(Lang::Zh).contains_key(&key), "{key}");
        }
    }
}

#[test]
fn no_template_holds_chinese_of_its_own() {
    for (path, body) in embedded::texts::<Templates>() {
        // Comments are for the reader of the source.
        let shown: String = body
            .split("{#")
            .enumerate()
            .map(|(n, part)| if n == 0 { part } else { part.split_once("#}").map_or("", |(_, rest)| rest) })
            .collect();
        let found: String = shown.chars().filter(|c| is_cjk(*c)).collect();
        assert_eq!(found, "", "{path}");
    }
}

#[test]
fn the_fund_never_speaks_like_a_guarantor() {
    for (key, text) in i18n::texts(Lang::Zh) {
        let about_guarantor = key.to_lowercase().contains("guarant");
        for word in ["代偿", "在保"] {
            assert!(about_guarantor || !text.contains(word), "{key}: {word}");
        }
    }
    for (path, body) in embedded::texts::<Templates>() {
        assert!(!body.contains("代偿") && !body.contains("在保"), "{path}");
    }
}

#[test]
fn what_a_token_may_be_for_has_words() {
    for one in MACHINE_ROLES.iter().flat_map(|role| machine_permissions_of(*role)) {
        let key = format!("page.machines.scope.{}", one.code());
        assert!(i18n::texts(Lang::Zh).contains_key(&key), "{key}");
    }
}

#[test]
fn what_a_measure_says_of_a_loan_has_words() {
    for decision in Decision::ALL {
        let key = format!("page.acting.decision.{}", decision.code());
        assert!(i18n::texts(Lang::Zh).contains_key(&key), "{key}");
    }
}
