//! Limits on a payout.
//!
//! **Invariant:** a limit has the keys of its kind and no others.

use super::conditions::optional;
use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::{Table, Taken};
use super::values::{fact, linear_money, part, rate};
use crate::domain::rulebook::fact::MoneyFact;
use crate::domain::rulebook::vocabulary::CapKind;
use crate::domain::rulebook::{Cap, CapLimit, CapRule, CapStepRule, Money};

/// Keys that belong to some kinds only, with the kinds they belong to.
const OWN_KEYS: &[(&str, &[CapKind])] = &[
    ("limit", LIMITED),
    ("steps", LIMITED),
    ("rate", &[CapKind::Reduction]),
    ("mode", &[CapKind::PerModeYear]),
    ("of", &[CapKind::AllLevels]),
    ("counts", &[CapKind::AllLevels]),
    ("cut", &[CapKind::AllLevels]),
    ("used", &[CapKind::Room]),
];
/// Kinds that state a limit of their own.
const LIMITED: &[CapKind] = &[
    CapKind::PerLoan,
    CapKind::PerBorrowerLife,
    CapKind::PerBorrowerYear,
    CapKind::PerBankYear,
    CapKind::PerSchemeYear,
    CapKind::PerModeYear,
    CapKind::Rate,
    CapKind::AllLevels,
    CapKind::Room,
    CapKind::Reduction,
];

/// Reads `[[cap]]`.
pub(super) fn caps(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Cap> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "cap");
    tables.iter().filter_map(|table| cap(table, faults, context, &mut taken)).collect()
}

fn cap(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Cap> {
    let own = OWN_KEYS.iter().map(|(key, _)| *key);
    let known: Vec<&str> = ["id", "kind", "when"].into_iter().chain(own).collect();
    let origin = table.clause(faults, &known);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context);
    let kind = table.value(faults, "kind", |item, faults| item.word::<CapKind>(faults))?;
    for (key, kinds) in OWN_KEYS.iter().filter(|(_, kinds)| !kinds.contains(&kind)) {
        let with = kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
        table.unfit(faults, &[key], &format!("kind = {with}"));
    }
    let rule = rule(kind, table, faults, context);
    Some(Cap { id: id?, when: when?, rule: rule?, origin })
}

fn rule(kind: CapKind, table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<CapRule> {
    let amount = |faults: &mut Faults| limit(table, faults, context, &["limit", "steps"], linear_money);
    Some(match kind {
        CapKind::PerLoan => CapRule::PerLoan(amount(faults)?),
        CapKind::PerBorrowerLife => CapRule::PerBorrowerLife(amount(faults)?),
        CapKind::PerBorrowerYear => CapRule::PerBorrowerYear(amount(faults)?),
        CapKind::PerBankYear => CapRule::PerBankYear(amount(faults)?),
        CapKind::PerSchemeYear => CapRule::PerSchemeYear(amount(faults)?),
        CapKind::PerModeYear => {
            let mode = table.value(faults, "mode", |item, faults| item.word(faults));
            let limit = amount(faults);
            CapRule::PerModeYear { mode: mode?, limit: limit? }
        }
        CapKind::Rate => CapRule::Rate(limit(table, faults, context, &["limit", "steps"], rate)?),
        CapKind::AllLevels => all_levels(table, faults, context)?,
        CapKind::Room => room(table, faults, amount)?,
        CapKind::Reduction => CapRule::Reduction(limit(table, faults, context, &["rate", "limit", "steps"], part)?),
        CapKind::FundBalance => CapRule::FundBalance,
        CapKind::FundTotal => CapRule::FundTotal,
    })
}

fn all_levels(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<CapRule> {
    let limit = limit(table, faults, context, &["limit", "steps"], rate);
    let of = table.value(faults, "of", |item, faults| item.word(faults));
    let counts = table.value(faults, "counts", |item, faults| item.some_words(faults));
    let cut = table.value(faults, "cut", |item, faults| item.word(faults));
    Some(CapRule::AllLevels { limit: limit?, of: of?, counts: counts?, cut: cut? })
}

fn room(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    amount: impl FnOnce(&mut Faults) -> Option<CapLimit<Money>>,
) -> Option<CapRule> {
    let limit = amount(faults);
    let used = table.maybe(faults, "used", |item, faults| fact::<MoneyFact>(item, faults));
    Some(CapRule::Room { limit: limit?, used: used? })
}

/// How much a cap allows: under one of `keys`, of which `steps` is by conditions.
fn limit<T>(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    keys: &[&'static str],
    read: fn(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<CapLimit<T>> {
    let (key, item) = table.one_of(faults, keys)?;
    if key != "steps" {
        return item.open(faults, |item, faults| read(item, faults)).map(CapLimit::Fixed);
    }
    let values: Vec<&'static str> = keys.iter().copied().filter(|key| *key != "steps").collect();
    let tables = item.tables(faults);
    if tables.is_empty() {
        item.refuse(faults, FaultCode::Empty, "[{ when = {…}, limit = … }]");
        return None;
    }
    let mut always = false;
    let mut steps = Vec::new();
    for table in tables {
        if always {
            faults.add(table.offset, FaultCode::Unreached, &table.path, "", "");
        }
        always |= !table.has("when");
        let known: Vec<&str> = values.iter().copied().chain(["when"]).collect();
        table.allow(faults, &known);
        let when = optional(&table, "when", faults, context);
        let stated = table.one_of(faults, &values);
        let limit = stated.and_then(|(_, item)| item.open(faults, |item, faults| read(item, faults)));
        steps.push(when.zip(limit).map(|(when, limit)| CapStepRule { when, limit }));
    }
    steps.into_iter().collect::<Option<_>>().map(CapLimit::Steps)
}
