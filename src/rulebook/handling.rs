//! How an application is handled: `[handling]` with its `[[handling.level]]`.
//!
//! **Invariant:** levels rise from the first to the last, and exactly the last has no upper limit.

use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::{Table, Taken};
use super::units::money_text;
use super::values::{money, span, tenor};
use crate::domain::money::Fen;
use crate::domain::rulebook::{ApprovalLevel, Handling, Name};

/// Keys of the table beside those every clause may have.
const KEYS: &[&str] = &[
    "confirm_registration_within",
    "report_changes_within",
    "accept_within",
    "review_within",
    "amend_within",
    "publicity",
    "pay_within",
    "confirm_receipt_within",
    "appeal_within",
    "inspection_over",
    "early_default_within",
    "countersign",
    "level",
];
/// Articles of single keys.
const ARTICLES: &str = "articles";

/// Reads `[handling]`.
pub(super) fn handling(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Option<Handling>> {
    root.maybe(faults, "handling", |item, faults| {
        let table = item.table(faults)?;
        let known: Vec<&str> = KEYS.iter().copied().chain([ARTICLES]).collect();
        let origin = table.clause(faults, &known);
        let articles = table.maybe(faults, ARTICLES, |item, faults| articles(item, faults, &table));
        // A table that says nothing would make the cover sheet promise what is not there.
        if !KEYS.iter().any(|key| table.has(key)) {
            faults.add(table.offset, FaultCode::Empty, &table.path, "[handling]", "accept_within = \"3 工作日\"");
            return None;
        }
        let time = |faults: &mut Faults, key| table.maybe_open(faults, key, span);
        let confirm_registration_within = time(faults, "confirm_registration_within");
        let report_changes_within = time(faults, "report_changes_within");
        let accept_within = time(faults, "accept_within");
        let review_within = time(faults, "review_within");
        let amend_within = time(faults, "amend_within");
        let publicity = time(faults, "publicity");
        let pay_within = time(faults, "pay_within");
        let confirm_receipt_within = time(faults, "confirm_receipt_within");
        let appeal_within = time(faults, "appeal_within");
        let inspection_over = table.maybe_open(faults, "inspection_over", money);
        let early_default_within = table.maybe_open(faults, "early_default_within", tenor);
        let countersign = table.maybe_open(faults, "countersign", Item::flag);
        let levels = levels(&table, faults);
        Some(Handling {
            confirm_registration_within: confirm_registration_within?,
            report_changes_within: report_changes_within?,
            accept_within: accept_within?,
            review_within: review_within?,
            amend_within: amend_within?,
            publicity: publicity?,
            pay_within: pay_within?,
            confirm_receipt_within: confirm_receipt_within?,
            appeal_within: appeal_within?,
            inspection_over: inspection_over?,
            early_default_within: early_default_within?,
            countersign: countersign?,
            levels: levels?,
            articles: articles?.unwrap_or_default(),
            origin,
        })
    })
}

/// The article of each key that is not in the article of the table; only of keys that are there.
fn articles(item: &Item<'_, '_>, faults: &mut Faults, handling: &Table<'_, '_>) -> Option<Vec<(Name, Name)>> {
    let table = item.table(faults)?;
    let stated: Vec<&str> = KEYS.iter().copied().filter(|key| *key != "level" && handling.has(key)).collect();
    table.allow(faults, &stated);
    let article = |(key, item): (String, Item<'_, '_>)| Some((Name::from(key), item.stated_text(faults)?));
    table.items().into_iter().map(article).collect()
}

/// The levels of approval; all are read before one that is faulty makes the list so.
fn levels(handling: &Table<'_, '_>, faults: &mut Faults) -> Option<Vec<ApprovalLevel>> {
    let mut taken = Taken::new();
    let tables = handling.list(faults, "level");
    if let Some(item) = handling.get("level").filter(|item| item.one_or_more().is_empty()) {
        item.refuse(faults, FaultCode::Empty, "[[handling.level]]");
    }
    let mut below: Option<Fen> = None;
    let mut read = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        let level = level(table, faults, &mut taken);
        let last = place + 1 == tables.len();
        limit_fits(table, faults, last);
        let limit = level.as_ref().and_then(|level| level.up_to?.known().copied());
        if !last && let Some(limit) = limit {
            rises(table, faults, limit, below);
        }
        // A level that is left open neither rises nor falls; the next is held against the last one known.
        below = limit.or(below);
        read.push(level);
    }
    read.into_iter().collect()
}

fn level(table: &Table<'_, '_>, faults: &mut Faults, taken: &mut Taken) -> Option<ApprovalLevel> {
    let origin = table.clause(faults, &["id", "name_zh", "name_en", "up_to", "meeting"]);
    let id = table.id(faults, taken);
    let name = table.titled(faults, "name_zh", "name_en");
    let up_to = table.maybe_open(faults, "up_to", money);
    let meeting = table.maybe(faults, "meeting", Item::flag);
    Some(ApprovalLevel { id: id?, name: name?, up_to: up_to?, meeting: meeting?.unwrap_or(false), origin })
}

/// The last level decides over all the rest; every other one says up to which amount.
fn limit_fits(table: &Table<'_, '_>, faults: &mut Faults, last: bool) {
    match table.get("up_to") {
        Some(item) if last => {
            let found = item.shown();
            faults.add(item.key_offset, FaultCode::LevelTop, &item.path, &found, "[[handling.level]]");
        }
        None if !last => {
            table.need(faults, "up_to");
        }
        _ => (),
    }
}

fn rises(table: &Table<'_, '_>, faults: &mut Faults, limit: Fen, below: Option<Fen>) {
    let Some(below) = below.filter(|below| limit <= *below) else {
        return;
    };
    if let Some(item) = table.get("up_to") {
        item.refuse(faults, FaultCode::BandOrder, &format!("> {}", money_text(below)));
    }
}
