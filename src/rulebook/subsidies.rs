//! Subsidies beside the compensation, and ceilings over several of them.
//!
//! **Invariant:** a subsidy says how much in exactly one way.

use super::conditions::optional;
use super::context::{Context, known_ids};
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::{Table, Taken};
use super::values::{money, points_or_rate, rate};
use crate::domain::rulebook::{Subsidy, SubsidyAmount, SubsidyCeiling};

/// Reads `[[subsidy]]`.
pub(super) fn subsidies(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Subsidy> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "subsidy");
    tables.iter().filter_map(|table| subsidy(table, faults, context, &mut taken)).collect()
}

fn subsidy(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Subsidy> {
    let known = ["id", "kind", "when", "base", "rate", "points", "by_year", "per_firm_year", "per_firm_life"];
    let origin = table.clause(faults, &known);
    let id = table.id(faults, taken);
    let kind = table.value(faults, "kind", |item, faults| item.word(faults));
    let when = optional(table, "when", faults, context);
    let base = table.value(faults, "base", |item, faults| item.word(faults));
    let amount = table.one_of(faults, &["rate", "points", "by_year"]).and_then(|(key, item)| match key {
        "rate" => item.open(faults, |item, faults| rate(item, faults)).map(SubsidyAmount::Rate),
        "points" => item.open(faults, |item, faults| points_or_rate(item, faults)).map(SubsidyAmount::Points),
        _ => by_year(&item, faults),
    });
    let per_firm_year = table.maybe_open(faults, "per_firm_year", |item, faults| money(item, faults));
    let per_firm_life = table.maybe_open(faults, "per_firm_life", |item, faults| money(item, faults));
    Some(Subsidy {
        id: id?,
        kind: kind?,
        when: when?,
        base: base?,
        amount: amount?,
        per_firm_year: per_firm_year?,
        per_firm_life: per_firm_life?,
        origin,
    })
}

fn by_year(item: &Item<'_, '_>, faults: &mut Faults) -> Option<SubsidyAmount> {
    let years = item.several(faults, |item, faults| item.open(faults, |item, faults| rate(item, faults)))?;
    if years.is_empty() {
        item.refuse(faults, FaultCode::Empty, "[\"80 %\", \"50 %\"]");
        return None;
    }
    Some(SubsidyAmount::ByYear(years))
}

/// Reads `[[subsidy_ceiling]]`.
pub(super) fn ceilings(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<SubsidyCeiling> {
    let mut taken = Taken::new();
    let subsidies = root.words_of_list("subsidy", "id");
    let mut ceilings = Vec::new();
    for table in root.list(faults, "subsidy_ceiling") {
        let origin = table.clause(faults, &["id", "over", "per_firm_year"]);
        let id = table.id(faults, &mut taken);
        let over = table.value(faults, "over", |item, faults| known_ids(item, faults, &subsidies));
        let per_firm_year = table.open(faults, "per_firm_year", |item, faults| money(item, faults));
        if let (Some(id), Some(over), Some(per_firm_year)) = (id, over, per_firm_year) {
            ceilings.push(SubsidyCeiling { id, over, per_firm_year, origin });
        }
    }
    ceilings
}
