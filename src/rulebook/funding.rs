//! The money of the fund and who takes part: sources, contributors, parties, other levels.
//!
//! **Invariant:** instalments that are all stated sum to the amount, and a group knows its members.

use super::context::known_id;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::ratio::vector;
use super::reader::{Table, Taken};
use super::values::{money, multiple as times, part, span};
use crate::domain::money::Fen;
use crate::domain::rulebook::fact::MoneyFact;
use crate::domain::rulebook::vocabulary::{PartyKind, SourceLevel};
use crate::domain::rulebook::{
    Contribution, Contributor, Deposits, Floor, Instalment, Level, Multiple, Name, Open, Party, PartyGroup, PartyIx,
    Sources, Titled,
};

/// Reads `[[party]]`.
pub(super) fn parties(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Party> {
    let mut taken = Taken::new();
    let mut parties = Vec::new();
    for table in root.list(faults, "party") {
        let origin = table.clause(faults, &["id", "kind", "members", "inner", "also"]);
        let id = table.id(faults, &mut taken);
        let kind = table.value(faults, "kind", |item, faults| item.word::<PartyKind>(faults));
        let also = table.maybe(faults, "also", |item, faults| item.words(faults));
        let grouped = table.has("members") || table.has("inner") || kind == Some(PartyKind::Group);
        let group = if grouped { group(root, &table, faults, kind).map(Some) } else { Some(None) };
        // A faulty party stays known, so that the ratios naming it are not told as faulty too.
        if let Some(id) = id {
            parties.push(Party {
                id,
                kind: kind.unwrap_or(PartyKind::Outside),
                group: group.flatten(),
                also: also.flatten().unwrap_or_default(),
                origin,
            });
        }
    }
    parties
}

/// The inside of a group; for another party the levels or sources among which its part is divided.
fn group(
    root: &Table<'_, '_>,
    table: &Table<'_, '_>,
    faults: &mut Faults,
    kind: Option<PartyKind>,
) -> Option<PartyGroup> {
    let mut known: Vec<Name> = Vec::new();
    if kind == Some(PartyKind::Group) || table.has("members") {
        known = table.value(faults, "members", |item, faults| {
            let names = item.names(faults)?;
            if names.is_empty() {
                item.refuse(faults, FaultCode::Empty, "[\"…\"]");
                return None;
            }
            Some(names)
        })?;
    } else {
        known.extend(root.words_of_list("level", "id").into_iter().map(Name::from));
        known.extend(root.words_of_list("source", "id").into_iter().map(Name::from));
    }
    let listed = known.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    let inner = table.value(faults, "inner", |item, faults| {
        if item.as_str() == Some("private") {
            return Some(Open::Known(None));
        }
        if !item.is_table() && !item.is_unknown() {
            item.refuse(faults, FaultCode::WrongType, "\"private\", {…}");
            return None;
        }
        let named = |id: &str| known.iter().find(|member| **member == id).cloned();
        vector(item, faults, named, &listed).map(|inner| inner.map(Some))
    })?;
    let mut members = known;
    if let Open::Known(Some(inner)) = &inner
        && !table.has("members")
    {
        members = inner.iter().map(|(member, _)| member.clone()).collect();
    }
    Some(PartyGroup { members, inner })
}

/// Reads `[[level]]`.
pub(super) fn levels(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Level> {
    let mut taken = Taken::new();
    let parties = root.words_of_list("party", "id");
    let mut levels = Vec::new();
    for table in root.list(faults, "level") {
        let origin = table.clause(faults, &["id", "party", "name_zh", "name_en"]);
        let id = table.id(faults, &mut taken);
        let name = table.titled(faults, "name_zh", "name_en");
        let party = table.maybe(faults, "party", |item, faults| {
            let id = known_id(item, faults, &parties)?;
            parties.iter().position(|party| id == *party).map(PartyIx)
        });
        if let Some(id) = id {
            let name = name.unwrap_or_else(|| Titled { zh: id.clone(), en: id.clone() });
            levels.push(Level { id, name, party: party.flatten(), origin });
        }
    }
    levels
}

/// Reads `[sources]`.
pub(super) fn sources(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Option<Sources>> {
    root.maybe(faults, "sources", |item, faults| {
        let table = item.table(faults)?;
        let known = ["revolving", "liability", "pays_also", "match", "deposits", "interest", "floor", "multiple"];
        let origin = table.clause(faults, &known);
        let revolving = table.open(faults, "revolving", Item::flag);
        let liability = table.open(faults, "liability", |item, faults| item.word(faults));
        let pays_also = table.open(faults, "pays_also", |item, faults| item.words(faults));
        let levels = super::item::codes(SourceLevel::ALL);
        let matching =
            table.maybe(faults, "match", |item, faults| vector(item, faults, SourceLevel::from_code, &levels));
        let deposits = table.maybe(faults, "deposits", deposits);
        let interest = table.maybe_open(faults, "interest", |item, faults| item.word(faults));
        let floor = table.maybe_open(faults, "floor", floor);
        let multiple = table.maybe_open(faults, "multiple", multiple);
        Some(Sources {
            revolving: revolving?,
            liability: liability?,
            pays_also: pays_also?,
            matching: matching?,
            deposits: deposits?,
            interest: interest?,
            floor: floor?,
            multiple: multiple?,
            origin,
        })
    })
}

fn deposits(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Deposits> {
    let table = item.table(faults)?;
    let origin = table.clause(faults, &["with", "in_proportion_to"]);
    let with = table.value(faults, "with", Item::name);
    let in_proportion_to = table.value(faults, "in_proportion_to", Item::name);
    Some(Deposits { with: with?, in_proportion_to: in_proportion_to?, origin })
}

/// An amount, or `{ share = …, of = "fund.total" }`.
fn floor(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Floor> {
    if !item.is_table() {
        return money(item, faults).map(Floor::Amount);
    }
    let table = item.table(faults)?;
    table.allow(faults, &["share", "of"]);
    let share = table.value(faults, "share", |item, faults| part(item, faults));
    let of = table.value(faults, "of", |item, faults| item.only_word(faults, MoneyFact::FundTotal.code()));
    of.and(share).map(Floor::OfTotal)
}

fn multiple(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Multiple> {
    let table = item.table(faults)?;
    table.allow(faults, &["limit", "alarm", "of"]);
    let limit = table.value(faults, "limit", |item, faults| times(item, faults));
    let alarm = table.maybe(faults, "alarm", |item, faults| times(item, faults));
    let of = table.value(faults, "of", |item, faults| item.word(faults));
    Some(Multiple { limit: limit?, alarm: alarm?, of: of? })
}

/// Reads `[[source]]`.
pub(super) fn contributors(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Contributor> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "source");
    tables.iter().filter_map(|table| contributor(table, faults, &mut taken)).collect()
}

fn contributor(table: &Table<'_, '_>, faults: &mut Faults, taken: &mut Taken) -> Option<Contributor> {
    let origin = table.clause(faults, &["id", "level", "amount", "paid_in", "within", "through"]);
    let id = table.id(faults, taken);
    let level = table.open(faults, "level", |item, faults| item.word(faults));
    let amount = table.open(faults, "amount", |item, faults| match item.as_str() {
        Some("by_budget") => Some(Contribution::ByBudget),
        Some("by_match") => Some(Contribution::ByMatch),
        _ => money(item, faults).map(Contribution::Amount),
    });
    let paid_in = table.maybe_open(faults, "paid_in", |item, faults| {
        let parts = item.tables(faults).iter().map(|table| instalment(table, faults)).collect::<Option<Vec<_>>>()?;
        if let Some(Open::Known(Contribution::Amount(whole))) = amount {
            instalments_sum(item, faults, &parts, whole);
        }
        Some(parts)
    });
    let within = table.maybe_open(faults, "within", |item, faults| span(item, faults));
    let through = table.maybe(faults, "through", |item, faults| item.word(faults));
    Some(Contributor {
        id: id?,
        level: level?,
        amount: amount?,
        paid_in: paid_in?,
        within: within?,
        through: through?,
        origin,
    })
}

fn instalment(table: &Table<'_, '_>, faults: &mut Faults) -> Option<Instalment> {
    table.allow(faults, &["on", "amount"]);
    let on = table.open(faults, "on", Item::date);
    let amount = table.value(faults, "amount", |item, faults| money(item, faults));
    Some(Instalment { on: on?, amount: amount? })
}

fn instalments_sum(item: &Item<'_, '_>, faults: &mut Faults, parts: &[Instalment], whole: Fen) {
    let sum = Fen::total(parts.iter().map(|part| part.amount)).unwrap_or(Fen::MAX);
    if sum != whole {
        let (found, expected) = (format!("{} 元", sum.yuan()), format!("{} 元", whole.yuan()));
        faults.add(item.offset(), FaultCode::Instalments, &item.path, &found, &expected);
    }
}
