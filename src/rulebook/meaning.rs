//! What the words of a file mean: tags, named conditions, and the day on which changing facts are read.
//!
//! **Invariant:** a definition uses no other definition, so there can be no circle.

use super::conditions::needed;
use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::{Table, nearest};
use super::values::date_ref;
use crate::domain::rulebook::condition::Condition;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::TagHolder;
use crate::domain::rulebook::{Definition, Name, Open, Reading, Tag, Titled};

/// Reads `[tags.ID]`.
pub(super) fn tags(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (id, table) in named_tables(root, faults, "tags") {
        let known = ["on", "read_on", "evidence_zh", "evidence_en", "name_zh", "name_en"];
        let origin = table.clause(faults, &known);
        let on = table.value(faults, "on", |item, faults| item.word::<TagHolder>(faults));
        let read_on = match on {
            Some(TagHolder::Borrower) => {
                table.open(faults, "read_on", |item, faults| date_ref(item, faults, context)).map(Some)
            }
            Some(TagHolder::Loan) => {
                table.unfit(faults, &["read_on"], "on = \"borrower\"");
                Some(None)
            }
            None => None,
        };
        let name = table.titled(faults, "name_zh", "name_en");
        let evidence = table.maybe_titled(faults, "evidence_zh", "evidence_en");
        // A faulty tag stays known, so that the clauses using it are not told as faulty too.
        tags.push(Tag {
            name: name.unwrap_or_else(|| Titled { zh: id.clone(), en: id.clone() }),
            id,
            on: on.unwrap_or(TagHolder::Loan),
            read_on: read_on.flatten(),
            evidence: evidence.flatten(),
            origin,
        });
    }
    tags
}

/// Reads `[define.ID]`; `context` has no definitions.
pub(super) fn definitions(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Definition> {
    let mut definitions = Vec::new();
    for (id, table) in named_tables(root, faults, "define") {
        let origin = table.clause(faults, &["name_zh", "name_en", "when"]);
        let name = table.titled(faults, "name_zh", "name_en");
        let when = needed(&table, "when", faults, context);
        // As with tags, a faulty definition stays known.
        definitions.push(Definition {
            name: name.unwrap_or_else(|| Titled { zh: id.clone(), en: id.clone() }),
            id,
            when: when.unwrap_or(Condition::ALWAYS),
            origin,
        });
    }
    definitions
}

/// The tables of `[section.ID]`, with their ids.
fn named_tables<'t, 'i>(root: &Table<'t, 'i>, faults: &mut Faults, section: &str) -> Vec<(Name, Table<'t, 'i>)> {
    let Some(table) = root.get(section).and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let mut tables = Vec::new();
    for (id, item) in table.items() {
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            faults.add(item.key_offset, FaultCode::IdForm, &item.path, &id, "a-z 0-9 - _");
        }
        if let Some(inner) = item.table(faults) {
            tables.push((Name::from(id), inner));
        }
    }
    tables
}

/// Facts that change, so that a file says on which day they are read.
pub(super) fn changing() -> impl Iterator<Item = Fact> {
    Fact::ALL.iter().copied().filter(|fact| fact.changes())
}

/// Reads `[reading]`.
pub(super) fn readings(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Reading> {
    let Some(table) = root.get("reading").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let mut readings = Vec::new();
    for (holder, item) in table.items() {
        let inner = if item.is_table() { item.table(faults) } else { None };
        let entries = inner.map_or_else(|| vec![(String::new(), item)], |inner| inner.items());
        for (key, item) in entries {
            let name = if key.is_empty() { holder.clone() } else { format!("{holder}.{key}") };
            let Some(fact) = changing().find(|fact| fact.code() == name) else {
                let near = nearest(&name, changing().map(Fact::code));
                faults.add(item.key_offset, FaultCode::UnknownFact, &item.path, &name, &near);
                continue;
            };
            readings.extend(reading(fact, &item, faults, context));
        }
    }
    readings
}

fn reading(fact: Fact, item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Reading> {
    let table = item.table(faults)?;
    let origin = table.clause(faults, &["on", "means_any", "means_all"]);
    let on = table.open(faults, "on", |item, faults| date_ref(item, faults, context));
    if fact != Fact::BorrowerRegion {
        table.unfit(faults, &["means_any", "means_all"], Fact::BorrowerRegion.code());
        return Some(Reading { fact, on: on?, means_any: Open::Known(Vec::new()), means_all: Vec::new(), origin });
    }
    if !table.has("means_any") && !table.has("means_all") {
        let path = table.path_of("means_any");
        let words = "[\"registered\"] (registered, taxed, operating)";
        faults.add(table.offset, FaultCode::ReadingMissing, &path, fact.code(), words);
    }
    let means_any = table.maybe_open(faults, "means_any", |item, faults| item.some_words(faults));
    let means_all = table.maybe(faults, "means_all", |item, faults| item.some_words(faults));
    Some(Reading {
        fact,
        on: on?,
        means_any: means_any?.unwrap_or(Open::Known(Vec::new())),
        means_all: means_all?.unwrap_or_default(),
        origin,
    })
}
