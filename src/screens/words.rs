//! Codes as words of the reader's language.
//!
//! **Invariant:** a code without a word is shown as it is, never dropped.

use std::collections::BTreeMap;

use serde_json::Value;

use super::desk::Desk;
use crate::domain::ledger::Account;
use crate::i18n::{self, Lang};
use crate::storage::rows::loans::LoanRightRow;
use crate::views::TierShown;

/// The word of `code` in the list at `prefix`; the code itself where the list has none.
pub(super) fn word(lang: Lang, prefix: &str, code: &str) -> String {
    let key = format!("{prefix}.{code}");
    if i18n::texts(lang).contains_key(&key) { i18n::text(lang, &key, &[]) } else { code.to_owned() }
}

pub(super) fn ip_kind(lang: Lang, code: &str) -> String {
    word(lang, "payout.word", code)
}

pub(super) fn job(lang: Lang, name: &str) -> String {
    word(lang, "screen.job", name)
}

/// A tier; one that is none counts as the mildest and so never makes a loan look worse than reported.
pub(super) fn tier(code: &str) -> TierShown {
    TierShown::from_code(code).unwrap_or_default()
}

/// Who acted, as stored with an event.
pub(super) fn actor(desk: &Desk<'_>, stored: &str) -> String {
    match stored.strip_prefix("job:") {
        Some(name) => desk.text("screen.job_actor", &[("job", &job(desk.lang, name))]),
        None => match stored.strip_prefix("web:") {
            Some(name) => name.to_owned(),
            None => stored.to_owned(),
        },
    }
}

/// An account of the ledger.
pub(super) fn account(desk: &Desk<'_>, code: &str) -> String {
    match Account::from_code(code) {
        Some(Account::Contribution(source)) => {
            let source = word(desk.lang, "screen.source", source.code());
            desk.text("screen.contributed_by", &[("source", &source)])
        }
        Some(Account::OwedToBank(bank)) => desk.text("screen.owed_to", &[("bank", &desk.name(bank.as_str()))]),
        _ => word(desk.lang, "screen.account", code),
    }
}

/// Pledged rights in one line: how many of each kind, with their numbers.
pub(super) fn rights(desk: &Desk<'_>, rights: &[LoanRightRow]) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for right in rights {
        kinds.entry(&right.kind).or_default().push(&right.number);
    }
    let groups: Vec<String> = kinds
        .into_iter()
        .map(|(kind, numbers)| {
            let numbers_text = numbers.join(&desk.text("screen.list", &[]));
            let count = numbers.len().to_string();
            let kind = ip_kind(desk.lang, kind);
            desk.text("screen.rights", &[("kind", &kind), ("count", &count), ("numbers", &numbers_text)])
        })
        .collect();
    groups.join(&desk.text("screen.groups", &[]))
}

/// The counts of a run, stored as a JSON object.
pub(super) fn tally(desk: &Desk<'_>, counts: &str) -> String {
    let stored: BTreeMap<String, Value> = serde_json::from_str(counts).unwrap_or_default();
    let told: Vec<String> = stored
        .iter()
        .map(|(name, count)| {
            let name = word(desk.lang, "screen.tally", name);
            desk.text("screen.count", &[("name", &name), ("count", &count.to_string())])
        })
        .collect();
    told.join(&desk.text("screen.separator", &[]))
}

/// A row of a file: where a fact came from.
pub(super) fn file_row(desk: &Desk<'_>, file: &str, row: i64) -> String {
    desk.text("screen.file_row", &[("file", file), ("row", &row.to_string())])
}
