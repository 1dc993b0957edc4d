//! Who bears which part: rules, additions, ceiling.
//!
//! **Invariant:** every ratio names every party and sums to 100 % exactly.

use std::collections::BTreeMap;

use super::clauses::Context;
use super::conditions::optional;
use super::fault::FaultCode;
use super::reader::{Faults, Item, Table};
use super::units;
use crate::domain::money::{PPM_ONE, Ppm};
use crate::domain::rulebook::vocabulary::{Deduction, NoMatch, PartyKind};
use crate::domain::rulebook::{Bonus, Ceiling, Loss, Sharing, SharingRule};
use crate::domain::split::{Rounding, tie_order};

/// So many additions keep the number of possible ratios small when none of them can be answered.
const MOST_BONUSES: usize = 8;
/// The word for "what is left of 100 %".
const REST: &str = "rest";

/// Reads `[sharing]` with everything under it.
pub(super) fn sharing(
    root: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    losses: &[Loss],
) -> Option<Sharing> {
    let table = root.need(faults, "sharing")?.table(faults)?;
    let origin = table.clause(faults, &["rounding", "no_match", "rule", "bonus", "ceiling"], &[]);
    let rounding = table.need(faults, "rounding");
    let rounding = rounding.and_then(|item| item.word(faults, Rounding::ALL, Rounding::code, &[]));
    let no_match = table.need(faults, "no_match");
    let no_match = no_match.and_then(|item| item.word(faults, NoMatch::ALL, NoMatch::code, &[]));
    let rules = rules(&table, faults, context, losses);
    let rule_names = table.words_of_list("rule", "id");
    let bonuses = bonuses(&table, faults, context, &rules, &rule_names);
    let ceiling = match table.get("ceiling") {
        Some(item) => Some(ceiling(&item, faults, context, &rule_names)?),
        None => None,
    };
    Some(Sharing { rounding: rounding?, no_match: no_match?, rules, bonuses, ceiling, origin })
}

fn rules(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, losses: &[Loss]) -> Vec<SharingRule> {
    let Some(item) = table.need(faults, "rule") else {
        return Vec::new();
    };
    let mut taken = BTreeMap::new();
    let mut always = false;
    let mut rules = Vec::new();
    for table in item.tables(faults) {
        if always {
            faults.add(table.offset, FaultCode::Unreached, &table.path, "", "");
        }
        always |= table.get("when").is_none();
        rules.extend(rule(&table, faults, context, losses, &mut taken));
    }
    rules
}

fn rule(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    losses: &[Loss],
    taken: &mut BTreeMap<String, usize>,
) -> Option<SharingRule> {
    let origin = table.clause(faults, &["id", "when", "bearer", "shares"], &["bands"]);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context.definitions);
    let bearer = table.need(faults, "bearer").and_then(|item| party(&item, faults, context));
    if table.get("bands").is_some() {
        return None;
    }
    let shares = table.need(faults, "shares").and_then(|item| vector(&item, faults, context, losses));
    let (bearer, shares) = (bearer?, shares?);
    let funds: Vec<String> =
        context.parties.iter().filter(|party| party.kind == PartyKind::Fund).map(|party| party.id.clone()).collect();
    let shares = tie_order(&shares, &bearer, &funds);
    Some(SharingRule { id: id?, when: when?, bearer, shares, origin })
}

/// A ratio in the order of the parties.
fn vector(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    losses: &[Loss],
) -> Option<Vec<(String, Ppm)>> {
    let table = item.table(faults)?;
    let names: Vec<&str> = context.parties.iter().map(|party| party.id.as_str()).collect();
    let mut stated: BTreeMap<String, Option<Ppm>> = BTreeMap::new();
    let mut faulty = false;
    for (name, share) in table.items() {
        if !names.contains(&name.as_str()) {
            faults.add(share.key_offset, FaultCode::SharesParty, &share.path, &name, &names.join(", "));
            faulty = true;
        } else if share.as_str() == Some(REST) {
            stated.insert(name, None);
        } else {
            let rate = share.unit(faults, units::rate, FaultCode::RateUnit, "\"40 %\"");
            faulty |= rate.is_none();
            stated.insert(name, rate);
        }
    }
    let missing: Vec<&str> = names.iter().copied().filter(|name| !stated.contains_key(*name)).collect();
    if !missing.is_empty() {
        item.refuse(faults, FaultCode::SharesParty, &missing.join(", "));
        faulty = true;
    }
    if faulty {
        return None;
    }
    twice(item, faults, context, losses, &stated);
    closed(item, faults, &names, &stated)
}

/// Fills in the rest and checks that the ratio sums to 100 %.
fn closed(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    names: &[&str],
    stated: &BTreeMap<String, Option<Ppm>>,
) -> Option<Vec<(String, Ppm)>> {
    let sum: i64 = stated.values().flatten().fold(0, |sum, rate| sum.saturating_add(rate.get()));
    let rests = stated.values().filter(|rate| rate.is_none()).count();
    let rest = Ppm::try_new(PPM_ONE.saturating_sub(sum)).ok();
    let fits = match rests {
        0 => sum == PPM_ONE,
        1 => rest.is_some(),
        _ => false,
    };
    let Some(rest) = rest.filter(|_| fits) else {
        let shown =
            Ppm::try_new(sum).map_or_else(|_negative| sum.to_string(), |sum| format!("{} %", units::percent(sum)));
        faults.add(item.offset(), FaultCode::SharesSum, &item.path, &shown, "100 %");
        return None;
    };
    let share = |name: &&str| {
        let rate = stated.get(*name)?;
        Some(((*name).to_owned(), rate.unwrap_or(rest)))
    };
    names.iter().map(share).collect()
}

/// An insurer or guarantor whose payment is taken off the loss may not also share it.
fn twice(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    losses: &[Loss],
    stated: &BTreeMap<String, Option<Ppm>>,
) {
    for party in context.parties {
        let deduction = match party.kind {
            PartyKind::Insurer => Deduction::Insurer,
            PartyKind::Guarantor => Deduction::Guarantor,
            _ => continue,
        };
        let shares = stated.get(&party.id).is_some_and(|rate| *rate != Some(Ppm::ZERO));
        if shares && losses.iter().any(|loss| loss.deduct.contains(&deduction)) {
            faults.add(item.offset(), FaultCode::Twice, &item.path, &party.id, "");
        }
    }
}

fn bonuses(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    rules: &[SharingRule],
    rule_names: &[&str],
) -> Vec<Bonus> {
    let mut taken = BTreeMap::new();
    let tables = table.list(faults, "bonus");
    if let Some(extra) = tables.get(MOST_BONUSES) {
        faults.add(extra.offset, FaultCode::TooMany, &extra.path, "", &MOST_BONUSES.to_string());
    }
    tables.iter().filter_map(|table| bonus(table, faults, context, rules, rule_names, &mut taken)).collect()
}

fn bonus(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    rules: &[SharingRule],
    rule_names: &[&str],
    taken: &mut BTreeMap<String, usize>,
) -> Option<Bonus> {
    let origin = table.clause(faults, &["id", "rules", "when", "points", "to", "once"], &[]);
    let id = table.id(faults, taken);
    let to_rules = table.need(faults, "rules").and_then(|item| known_ids(&item, faults, rule_names));
    let when = table.need(faults, "when");
    let when = when.and_then(|item| super::conditions::condition(&item, faults, context.definitions));
    let points = table.need(faults, "points");
    let points = points.and_then(|item| item.unit(faults, units::points, FaultCode::PointsUnit, "\"5 pp\""));
    let to_item = table.need(faults, "to");
    let to = to_item.as_ref().and_then(|item| party(item, faults, context));
    let once = match table.get("once") {
        Some(item) => Some(item.name(faults)?),
        None => None,
    };
    let (to, to_rules) = (to?, to_rules?);
    let gives_to_itself = rules.iter().any(|rule| to_rules.contains(&rule.id) && rule.bearer == to);
    if let Some(item) = to_item.filter(|_| gives_to_itself) {
        let others = context.parties.iter().map(|party| party.id.as_str()).filter(|id| *id != to);
        item.refuse(faults, FaultCode::SharesParty, &others.collect::<Vec<_>>().join(", "));
    }
    Some(Bonus { id: id?, rules: to_rules, when: when?, points: points?, to, once, origin })
}

fn ceiling(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>, rule_names: &[&str]) -> Option<Ceiling> {
    let table = item.table(faults)?;
    let origin = table.clause(faults, &["rules", "party", "rate"], &[]);
    let of_rules = table.need(faults, "rules").and_then(|item| known_ids(&item, faults, rule_names));
    let party = table.need(faults, "party").and_then(|item| party(&item, faults, context));
    let rate = table.need(faults, "rate");
    let rate = rate.and_then(|item| item.unit(faults, units::rate, FaultCode::RateUnit, "\"50 %\""));
    Some(Ceiling { rules: of_rules?, party: party?, rate: rate?, origin })
}

fn party(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<String> {
    let names: Vec<&str> = context.parties.iter().map(|party| party.id.as_str()).collect();
    known_id(item, faults, &names)
}

fn known_ids(item: &Item<'_, '_>, faults: &mut Faults, known: &[&str]) -> Option<Vec<String>> {
    let ids: Vec<Option<String>> =
        item.elements(faults)?.iter().map(|element| known_id(element, faults, known)).collect();
    if ids.is_empty() {
        item.refuse(faults, FaultCode::Empty, &known.join(", "));
        return None;
    }
    ids.into_iter().collect()
}

fn known_id(item: &Item<'_, '_>, faults: &mut Faults, known: &[&str]) -> Option<String> {
    let id = item.text(faults)?;
    if !known.contains(&id.as_str()) {
        item.refuse(faults, FaultCode::IdUnknown, &known.join(", "));
        return None;
    }
    Some(id)
}
