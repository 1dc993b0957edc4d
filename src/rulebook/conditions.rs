//! Conditions: typed keys of a table, joined by and.
//!
//! **Invariant:** a comparison that does not fit the type of its fact is refused with its line.

use super::fault::FaultCode;
use super::reader::{Faults, Item, Table, nearest};
use super::units::{self, Span};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{IpKind, SizeClass, Tier};
use crate::domain::rulebook::Definition;
use crate::domain::rulebook::condition::{
    Bound, Choice, Comparison, Condition, DayBound, DayComparison, DayLimit, Leaf, Quantity, RightTest,
};
use crate::domain::rulebook::fact::{DateFact, MoneyFact};
use crate::domain::rulebook::vocabulary::{PledgeMode, Route};

/// Facts of the grammar that this program does not evaluate in conditions.
const LATER_FACTS: &[&str] = &[
    "loan.annual_rate",
    "loan.lpr_1y",
    "loan.purpose",
    "loan.tags",
    "loan.tenor",
    "loan.guarantee_rate",
    "loan.claimant",
    "borrower.region",
    "borrower.revenue",
    "borrower.assets",
    "borrower.employees",
    "borrower.debt_ratio",
    "borrower.credit_clean",
    "borrower.tags",
    "borrower.scheme_balance",
    "borrower.paid_to_date",
    "borrower.paid_this_year",
    "borrower.industry",
    "borrower.base_to_date",
    "ip.count",
    "claim.interest_overdue",
    "claim.costs",
    "claim.court_accepted_on",
    "claim.written_off_on",
    "claim.documents",
    "claim.other_policy_paid",
    "claim.npl_age",
    "claim.advance_paid",
];
/// Facts this program evaluates in conditions.
const FACTS: &[&str] = &[
    "loan.principal",
    "loan.ip_amount",
    "loan.ip_share",
    "loan.disbursed_on",
    "loan.matures_on",
    "loan.registered_on",
    "loan.route",
    "loan.pledge_mode",
    "borrower.first_loan",
    "borrower.established_on",
    "borrower.age",
    "borrower.size",
    "ip.some",
    "ip.every",
    "claim.filed_on",
    "claim.overdue_since",
    "claim.overdue_days",
    "claim.npl_since",
    "claim.tier",
    "claim.principal_outstanding",
    "claim.insurer_paid",
    "claim.guarantor_paid",
    "claim.collateral_gross",
    "claim.collateral_cost",
];
/// Tables of facts of the grammar that this program does not evaluate in conditions.
const LATER_TABLES: &[&str] = &["bank", "fund", "guarantor", "level"];
/// Keys of a test over a right that the grammar has and this program does not evaluate.
const LATER_RIGHT_KEYS: &[&str] = &["expires_on", "lapsed_on", "appraised_on"];

/// The condition under `key`; without one it always holds.
pub(super) fn optional(
    table: &Table<'_, '_>,
    key: &str,
    faults: &mut Faults,
    definitions: &[Definition],
) -> Option<Condition> {
    match table.get(key) {
        Some(item) => condition(&item, faults, definitions),
        None => Some(Condition::All(Vec::new())),
    }
}

/// A condition.
pub(super) fn condition(item: &Item<'_, '_>, faults: &mut Faults, definitions: &[Definition]) -> Option<Condition> {
    let table = item.table(faults)?;
    of_table(&table, faults, definitions)
}

fn of_table(table: &Table<'_, '_>, faults: &mut Faults, definitions: &[Definition]) -> Option<Condition> {
    let mut parts = Vec::new();
    let items = table.items();
    if items.is_empty() {
        faults.add(table.offset, FaultCode::Empty, &table.path, "{}", "");
        return None;
    }
    for (key, item) in items {
        match key.as_str() {
            "all" => parts.push(several(&item, faults, definitions).map(Condition::All)),
            "any" => parts.push(several(&item, faults, definitions).map(Condition::Any)),
            "not" => {
                parts.push(condition(&item, faults, definitions).map(|inner| Condition::Not(Box::new(inner))));
            }
            "is" => parts.push(named(&item, faults, definitions)),
            "loan" | "borrower" | "ip" | "claim" => parts.extend(facts(&key, &item, faults)),
            other => {
                parts.push(None);
                let later = LATER_TABLES.contains(&other);
                let code = if later { FaultCode::NotSupported } else { FaultCode::UnknownFact };
                let known = FACTS.iter().chain(LATER_FACTS).copied().chain(["all", "any", "not", "is"]);
                let near = if later { String::new() } else { nearest(other, known) };
                faults.add(item.key_offset, code, &item.path, other, &near);
            }
        }
    }
    let mut parts: Vec<Condition> = parts.into_iter().collect::<Option<_>>()?;
    Some(match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Condition::All(parts)
        }
        None => Condition::All(parts),
    })
}

fn several(item: &Item<'_, '_>, faults: &mut Faults, definitions: &[Definition]) -> Option<Vec<Condition>> {
    let tables = item.tables(faults);
    if tables.is_empty() {
        item.refuse(faults, FaultCode::Empty, "[{…}]");
        return None;
    }
    let parts: Vec<Option<Condition>> = tables.iter().map(|table| of_table(table, faults, definitions)).collect();
    parts.into_iter().collect()
}

fn named(item: &Item<'_, '_>, faults: &mut Faults, definitions: &[Definition]) -> Option<Condition> {
    let id = item.text(faults)?;
    let definition = definitions.iter().find(|definition| definition.id == id);
    if definition.is_none() {
        let known = definitions.iter().map(|definition| definition.id.as_str()).collect::<Vec<_>>().join(", ");
        item.refuse(faults, FaultCode::IdUnknown, &known);
    }
    definition.map(|definition| Condition::Is { id, means: Box::new(definition.when.clone()) })
}

/// The comparisons of one table of facts.
fn facts(table: &str, item: &Item<'_, '_>, faults: &mut Faults) -> Vec<Option<Condition>> {
    let Some(inner) = item.table(faults) else {
        return vec![None];
    };
    inner.items().iter().map(|(key, item)| leaf(&format!("{table}.{key}"), item, faults).map(Condition::Leaf)).collect()
}

fn leaf(fact: &str, item: &Item<'_, '_>, faults: &mut Faults) -> Option<Leaf> {
    if let Some(money) = MoneyFact::from_code(fact) {
        let unit = |item: &Item<'_, '_>, faults: &mut Faults| {
            item.unit(faults, units::money, FaultCode::MoneyUnit, "\"500 万元\"")
        };
        return bounds::<Fen>(item, faults, unit).map(|bounds| Leaf::Money(money, bounds));
    }
    if let Some(day) = DateFact::from_code(fact) {
        return day_bounds(item, faults).map(|bounds| Leaf::Day(day, bounds));
    }
    match fact {
        "loan.ip_share" => {
            bounds::<Ppm>(item, faults, |item, faults| item.unit(faults, units::rate, FaultCode::RateUnit, "\"50 %\""))
                .map(Leaf::IpShare)
        }
        "borrower.age" => bounds::<u32>(item, faults, months).map(Leaf::Age),
        "claim.overdue_days" => bounds::<u32>(item, faults, days).map(Leaf::OverdueDays),
        "loan.route" => choice(item, faults, Route::ALL, Route::code, &[]).map(Leaf::Route),
        "loan.pledge_mode" => choice(item, faults, PledgeMode::ALL, PledgeMode::code, &[]).map(Leaf::PledgeMode),
        "borrower.size" => {
            choice(item, faults, SizeClass::ALL, SizeClass::code, &["owner", "sole_trader"]).map(Leaf::Size)
        }
        "claim.tier" => tier(item, faults),
        "borrower.first_loan" => item.flag(faults).map(Leaf::FirstLoan),
        "ip.some" => right_tests(item, faults).map(|tests| Leaf::Rights(Quantity::Some, tests)),
        "ip.every" => right_tests(item, faults).map(|tests| Leaf::Rights(Quantity::Every, tests)),
        _ => {
            let later = LATER_FACTS.contains(&fact);
            let code = if later { FaultCode::NotSupported } else { FaultCode::UnknownFact };
            let known = FACTS.iter().chain(LATER_FACTS).copied();
            let near = if later { String::new() } else { nearest(fact, known) };
            faults.add(item.key_offset, code, &item.path, fact, &near);
            None
        }
    }
}

/// The bounds of a value of an ordered type.
fn bounds<T>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    limit: fn(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<Vec<Bound<T>>> {
    let words = Comparison::ALL.iter().map(|word| word.code()).collect::<Vec<_>>();
    if !item.is_table() {
        item.refuse(faults, FaultCode::WrongType, &format!("{{ {} }}", words.join(", ")));
        return None;
    }
    let table = item.table(faults)?;
    table.allow(faults, &words, &["within", "of"]);
    let mut bounds = Vec::new();
    for (key, item) in table.items() {
        if item.is_table() {
            item.refuse(faults, FaultCode::NotSupported, "");
            continue;
        }
        let Some(comparison) = Comparison::from_code(&key) else {
            continue;
        };
        bounds.push(limit(&item, faults).map(|limit| Bound { comparison, limit }));
    }
    filled(&table, faults, bounds)
}

fn day_bounds(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Vec<DayBound>> {
    let words = DayComparison::ALL.iter().map(|word| word.code()).collect::<Vec<_>>();
    if !item.is_table() {
        item.refuse(faults, FaultCode::WrongType, &format!("{{ {} }}", words.join(", ")));
        return None;
    }
    let table = item.table(faults)?;
    table.allow(faults, &words, &["within", "of"]);
    let mut bounds = Vec::new();
    for (key, item) in table.items() {
        let Some(comparison) = DayComparison::from_code(&key) else {
            continue;
        };
        let limit = match item.as_str() {
            Some(_) => day_fact(&item, faults).map(DayLimit::Fact),
            None => item.date(faults).map(DayLimit::Day),
        };
        bounds.push(limit.map(|limit| DayBound { comparison, limit }));
    }
    filled(&table, faults, bounds)
}

/// The bounds of a table, of which there must be one.
fn filled<B>(table: &Table<'_, '_>, faults: &mut Faults, bounds: Vec<Option<B>>) -> Option<Vec<B>> {
    if table.items().is_empty() {
        faults.add(table.offset, FaultCode::Empty, &table.path, "{}", "");
        return None;
    }
    bounds.into_iter().collect()
}

/// A fact that is a day.
pub(super) fn day_fact(item: &Item<'_, '_>, faults: &mut Faults) -> Option<DateFact> {
    item.word(faults, DateFact::ALL, DateFact::code, &["claim.court_accepted_on", "claim.written_off_on"])
}

fn months(item: &Item<'_, '_>, faults: &mut Faults) -> Option<u32> {
    match item.as_str().and_then(units::span) {
        Some(Span::Months(months)) => Some(months),
        _ => {
            item.refuse(faults, FaultCode::SpanUnit, "\"60 个月\"");
            None
        }
    }
}

fn days(item: &Item<'_, '_>, faults: &mut Faults) -> Option<u32> {
    match item.as_str().and_then(units::span) {
        Some(Span::Days(days)) => Some(days),
        _ => {
            item.refuse(faults, FaultCode::SpanUnit, "\"90 天\"");
            None
        }
    }
}

fn choice<T: Copy>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    all: &[T],
    code: fn(T) -> &'static str,
    later: &[&str],
) -> Option<Choice<T>> {
    let (list, excluded) = if item.is_table() {
        let table = item.table(faults)?;
        table.allow(faults, &["not_in"], &[]);
        (table.need(faults, "not_in")?, true)
    } else {
        (item.clone(), false)
    };
    let words: Vec<Option<T>> =
        list.one_or_more(faults)?.iter().map(|word| word.word(faults, all, code, later)).collect();
    if words.is_empty() {
        list.refuse(faults, FaultCode::Empty, "");
        return None;
    }
    words.into_iter().collect::<Option<_>>().map(|among| Choice { among, excluded })
}

fn tier(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Leaf> {
    let excludes = item.is_table() && item.table(faults)?.get("not_in").is_some();
    if !item.is_table() || excludes {
        return choice(item, faults, Tier::ALL, Tier::code, &[]).map(Leaf::Tier);
    }
    bounds::<Tier>(item, faults, |item, faults| item.word(faults, Tier::ALL, Tier::code, &[])).map(Leaf::TierBounds)
}

fn right_tests(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Vec<RightTest>> {
    let table = item.table(faults)?;
    table.allow(faults, &["kind", "pledge_registered_on", "valid_on"], LATER_RIGHT_KEYS);
    let mut tests = Vec::new();
    for (key, item) in table.items() {
        match key.as_str() {
            "kind" => tests.push(choice(&item, faults, IpKind::ALL, IpKind::code, &[]).map(RightTest::Kind)),
            "pledge_registered_on" => tests.push(day_bounds(&item, faults).map(RightTest::PledgeRegistered)),
            "valid_on" => tests.push(day_fact(&item, faults).map(RightTest::ValidOn)),
            _ => (),
        }
    }
    filled(&table, faults, tests)
}
