//! Conditions: typed keys of a table, joined by and.
//!
//! Owns how comparisons are joined; `leaves` reads one comparison of one fact, `bounds` what it is compared with.
//! **Invariant:** a comparison that does not fit the type of its fact is refused with its line.

mod bounds;
mod leaves;

use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::{Table, nearest};
use crate::domain::rulebook::condition::Condition;

/// The condition under `key`; without one it always holds.
pub(super) fn optional(
    table: &Table<'_, '_>,
    key: &str,
    faults: &mut Faults,
    context: &Context<'_>,
) -> Option<Condition> {
    match table.get(key) {
        Some(item) => condition(&item, faults, context),
        None => Some(Condition::ALWAYS),
    }
}

/// The condition under `key`; a fault if there is none.
pub(super) fn needed(
    table: &Table<'_, '_>,
    key: &str,
    faults: &mut Faults,
    context: &Context<'_>,
) -> Option<Condition> {
    let item = table.need(faults, key)?;
    condition(&item, faults, context)
}

/// A condition.
pub(super) fn condition(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Condition> {
    if item.is_unknown() {
        return Some(Condition::Unknown);
    }
    let table = item.table(faults)?;
    let items = table.items();
    if items.is_empty() {
        faults.add(item.offset(), FaultCode::Empty, &table.path, "{}", "{ loan.route = \"direct\" }");
        return None;
    }
    let mut parts = Vec::new();
    for (key, item) in items {
        match key.as_str() {
            "all" => parts.push(several(&item, faults, context).map(Condition::All)),
            "any" => parts.push(several(&item, faults, context).map(Condition::Any)),
            "not" => parts.push(condition(&item, faults, context).map(|inner| Condition::Not(Box::new(inner)))),
            "is" => parts.push(named(&item, faults, context)),
            "loan" | "borrower" | "ip" | "claim" | "bank" | "fund" | "guarantor" => {
                parts.extend(leaves::of_table(&key, &item, faults, context));
            }
            "level" => parts.extend(leaves::of_levels(&item, faults, context)),
            other => {
                parts.push(None);
                let near = nearest(other, leaves::names().chain(["all", "any", "not", "is", "level"]));
                faults.add(item.key_offset, FaultCode::UnknownFact, &item.path, other, &near);
            }
        }
    }
    let parts: Vec<Condition> = parts.into_iter().collect::<Option<_>>()?;
    Some(joined(parts))
}

/// All of `parts`; the only one itself when there is one.
fn joined(mut parts: Vec<Condition>) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Condition::All(parts)
        }
        None => Condition::All(parts),
    }
}

fn several(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Vec<Condition>> {
    let elements = item.elements(faults)?;
    if elements.is_empty() {
        item.refuse(faults, FaultCode::Empty, "[{…}]");
        return None;
    }
    let mut parts = Vec::new();
    for (place, mut element) in elements.into_iter().enumerate() {
        element.path = format!("{}[{}]", item.path, place + 1);
        parts.push(condition(&element, faults, context));
    }
    parts.into_iter().collect()
}

fn named(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Condition> {
    let id = item.text(faults)?;
    let definition = context.definitions.iter().find(|definition| definition.id == id);
    if definition.is_none() {
        let known = context.definitions.iter().map(|definition| definition.id.as_str()).collect::<Vec<_>>();
        item.refuse(faults, FaultCode::IdUnknown, &format!("[define]: {}", known.join(", ")));
    }
    definition.map(|definition| Condition::Is { id, means: Box::new(definition.when.clone()) })
}
