//! The money of the fund: parties, sources, limits, timing.
//!
//! **Invariant:** a liability limited to the balance has its limit in the list of caps.

use std::collections::BTreeMap;

use super::clauses::Context;
use super::conditions::optional;
use super::fault::FaultCode;
use super::reader::{Faults, Item, Table};
use super::units;
use crate::domain::rulebook::vocabulary::{
    CapKind, Liability, MultipleBase, PartyKind, QueueOrder, SourceLevel, YearEnd,
};
use crate::domain::rulebook::{Cap, CapLimit, Contribution, Contributor, Multiple, Party, Sources, Timing};

/// Limits of the grammar that this program does not evaluate.
const LATER_CAPS: &[&str] =
    &["per_borrower_year", "per_scheme_year", "per_mode_year", "rate", "all_levels", "room", "reduction", "fund_total"];

/// Reads `[[party]]`.
pub(super) fn parties(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Party> {
    let Some(item) = root.need(faults, "party") else {
        return Vec::new();
    };
    let mut taken = BTreeMap::new();
    let mut parties = Vec::new();
    for table in item.tables(faults) {
        let origin = table.clause(faults, &["id", "kind"], &["members", "inner", "also"]);
        let id = table.id(faults, &mut taken);
        let kind = table.need(faults, "kind");
        let kind = kind.and_then(|item| item.word(faults, PartyKind::ALL, PartyKind::code, &["level", "group"]));
        if let (Some(id), Some(kind)) = (id, kind) {
            parties.push(Party { id, kind, origin });
        }
    }
    parties
}

/// The one party that is the fund.
pub(super) fn fund(root: &Table<'_, '_>, faults: &mut Faults, parties: &[Party]) -> Option<String> {
    let mut funds = parties.iter().filter(|party| party.kind == PartyKind::Fund);
    match (funds.next(), funds.next()) {
        (Some(fund), None) => Some(fund.id.clone()),
        _ => {
            if let Some(item) = root.get("party") {
                faults.add(item.offset(), FaultCode::OneFund, "party", "", "kind = \"fund\"");
            }
            None
        }
    }
}

/// Reads `[sources]` and `[[source]]`.
pub(super) fn sources(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Sources> {
    let table = root.need(faults, "sources")?.table(faults)?;
    let known = ["revolving", "liability", "pays_also", "interest", "floor", "multiple"];
    let origin = table.clause(faults, &known, &["match", "deposits"]);
    let revolving = table.need(faults, "revolving").and_then(|item| item.flag(faults));
    let liability = table.need(faults, "liability").and_then(|item| liability(&item, faults, root));
    if let Some(item) = table.need(faults, "pays_also")
        && item.elements(faults).is_some_and(|uses| !uses.is_empty())
    {
        item.refuse(faults, FaultCode::NotSupported, "[]");
    }
    if let Some(item) = table.get("interest") {
        item.word(faults, &["stays"], |word| word, &["to_treasury"]);
    }
    let floor = table.need(faults, "floor");
    let floor = floor.and_then(|item| item.unit(faults, units::money, FaultCode::MoneyUnit, "\"0.00 元\""));
    let multiple = table.need(faults, "multiple").and_then(|item| multiple(&item, faults));
    let contributors = contributors(root, faults);
    Some(Sources {
        revolving: revolving?,
        liability: liability?,
        floor: floor?,
        multiple: multiple?,
        contributors,
        origin,
    })
}

fn liability(item: &Item<'_, '_>, faults: &mut Faults, root: &Table<'_, '_>) -> Option<Liability> {
    let liability = item.word(faults, Liability::ALL, Liability::code, &["total", "annual_budget"])?;
    let limited = root.words_of_list("cap", "kind").contains(&CapKind::FundBalance.code());
    if liability == Liability::Balance && !limited {
        item.refuse(faults, FaultCode::LiabilityCap, CapKind::FundBalance.code());
    }
    Some(liability)
}

fn multiple(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Multiple> {
    let table = item.table(faults)?;
    table.allow(faults, &["limit", "of"], &[]);
    let limit = table.need(faults, "limit");
    let limit = limit.and_then(|item| item.unit(faults, units::multiple, FaultCode::MultipleUnit, "\"10 倍\""));
    let of = table.need(faults, "of");
    let of = of.and_then(|item| item.word(faults, MultipleBase::ALL, MultipleBase::code, &[]));
    Some(Multiple { limit: limit?, of: of? })
}

fn contributors(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Contributor> {
    let mut taken = BTreeMap::new();
    let mut contributors = Vec::new();
    for table in root.list(faults, "source") {
        let origin = table.clause(faults, &["id", "level", "amount"], &["paid_in", "within", "through"]);
        let id = table.id(faults, &mut taken);
        let level = table.need(faults, "level");
        let level = level.and_then(|item| item.word(faults, SourceLevel::ALL, SourceLevel::code, &[]));
        let amount = table.need(faults, "amount").and_then(|item| contribution(&item, faults));
        if let (Some(id), Some(level), Some(amount)) = (id, level, amount) {
            contributors.push(Contributor { id, level, amount, origin });
        }
    }
    contributors
}

fn contribution(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Contribution> {
    match item.as_str() {
        Some("by_budget") => Some(Contribution::ByBudget),
        Some("by_match") => {
            item.refuse(faults, FaultCode::NotSupported, "by_budget");
            None
        }
        _ => item.unit(faults, units::money, FaultCode::MoneyUnit, "\"500 万元\"").map(Contribution::Amount),
    }
}

/// Reads `[[cap]]`.
pub(super) fn caps(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Cap> {
    let mut taken = BTreeMap::new();
    let mut caps = Vec::new();
    for table in root.list(faults, "cap") {
        caps.extend(cap(&table, faults, context, &mut taken));
    }
    caps
}

fn cap(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    taken: &mut BTreeMap<String, usize>,
) -> Option<Cap> {
    let later = ["steps", "mode", "of", "counts", "cut", "used", "rate"];
    let origin = table.clause(faults, &["id", "kind", "limit", "when"], &later);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context.definitions);
    let kind = table.need(faults, "kind")?.word(faults, CapKind::ALL, CapKind::code, LATER_CAPS)?;
    if kind == CapKind::FundBalance {
        if let Some(item) = table.get("limit") {
            faults.add(item.key_offset, FaultCode::UnknownKey, &item.path, "limit", "");
        }
        return Some(Cap { id: id?, when: when?, limit: CapLimit::FundBalance, origin });
    }
    let limit = table.need(faults, "limit")?;
    let limit = limit.unit(faults, units::money, FaultCode::MoneyUnit, "\"500 万元\"")?;
    let limit = match kind {
        CapKind::PerLoan => CapLimit::PerLoan(limit),
        CapKind::PerBorrowerLife => CapLimit::PerBorrowerLife(limit),
        CapKind::PerBankYear => CapLimit::PerBankYear(limit),
        CapKind::FundBalance => CapLimit::FundBalance,
    };
    Some(Cap { id: id?, when: when?, limit, origin })
}

/// Reads `[timing]`.
pub(super) fn timing(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Timing> {
    let table = root.need(faults, "timing")?.table(faults)?;
    let later = ["advance", "advance_of", "held_in", "settle_on"];
    let origin = table.clause(faults, &["mode", "short", "queue", "year_end"], &later);
    let mode = table.need(faults, "mode");
    let mode = mode.and_then(|item| item.word(faults, &["final"], |word| word, &["provisional"]));
    let short = table.need(faults, "short");
    let short = short.and_then(|item| item.word(faults, &["queue"], |word| word, &["pro_rata"]));
    let queue = table.need(faults, "queue");
    let queue = queue.and_then(|item| item.word(faults, QueueOrder::ALL, QueueOrder::code, &[]));
    let year_end = table.need(faults, "year_end");
    let year_end = year_end.and_then(|item| item.word(faults, YearEnd::ALL, YearEnd::code, &[]));
    mode.zip(short)?;
    Some(Timing { queue: queue?, year_end: year_end?, origin })
}
