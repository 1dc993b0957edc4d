//! What counts as the loss.
//!
//! **Invariant:** interest is described exactly where it may count.

use super::conditions::optional;
use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::{Table, Taken};
use super::values::{date_among, date_ref, linear_money};
use crate::domain::rulebook::fact::DateFact;
use crate::domain::rulebook::vocabulary::{Component, Deduction, LossLimitPlace};
use crate::domain::rulebook::{InterestRule, Loss, LossLimit, Open};

/// Days at which the amounts of a claim may be read.
const READ_ON: &[DateFact] =
    &[DateFact::ClaimNplSince, DateFact::ClaimFiledOn, DateFact::ClaimCourtAcceptedOn, DateFact::ClaimWrittenOffOn];

/// Reads `[[loss]]`.
pub(super) fn losses(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Loss> {
    let mut taken = Taken::new();
    let mut always = false;
    let mut losses = Vec::new();
    for table in root.list(faults, "loss") {
        if always {
            faults.add(table.offset, FaultCode::Unreached, &table.path, "", "");
        }
        always |= !table.has("when");
        losses.extend(loss(&table, faults, context, &mut taken));
    }
    losses
}

fn loss(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Loss> {
    let known = ["id", "when", "components", "interest", "part", "deduct", "deduct_whole", "read_on", "limit"];
    let origin = table.clause(faults, &known);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context);
    let components = table.open(faults, "components", |item, faults| item.some_words::<Component>(faults));
    let may_count = match &components {
        Some(Open::Known(components)) => components.contains(&Component::Interest),
        Some(Open::Unknown) | None => table.has("interest"),
    };
    let interest = if may_count {
        table.value(faults, "interest", |item, faults| interest(item, faults, context)).map(Some)
    } else {
        table.unfit(faults, &["interest"], "components = [\"interest\", …]");
        Some(None)
    };
    let part = table.open(faults, "part", |item, faults| item.word(faults));
    let deduct = table.open(faults, "deduct", |item, faults| item.words::<Deduction>(faults));
    let deduct_whole = table.maybe(faults, "deduct_whole", |item, faults| match &deduct {
        Some(Open::Known(deduct)) => item.words_among(faults, deduct),
        _ => item.words(faults),
    });
    let read_on = table.open(faults, "read_on", |item, faults| date_among(item, faults, context, READ_ON));
    let limits = limits(table, faults);
    Some(Loss {
        id: id?,
        when: when?,
        components: components?,
        interest: interest?,
        part: part?,
        deduct: deduct?,
        deduct_whole: deduct_whole?.unwrap_or_default(),
        read_on: read_on?,
        limits,
        origin,
    })
}

fn interest(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<InterestRule> {
    let table = item.table(faults)?;
    table.allow(faults, &["kinds", "until"]);
    let kinds = table.open(faults, "kinds", |item, faults| item.some_words(faults));
    let until = table.open(faults, "until", |item, faults| date_ref(item, faults, context));
    Some(InterestRule { kinds: kinds?, until: until? })
}

fn limits(table: &Table<'_, '_>, faults: &mut Faults) -> Vec<LossLimit> {
    let mut taken = Taken::new();
    let tables = table.list(faults, "limit");
    tables.iter().filter_map(|table| limit(table, faults, &mut taken)).collect()
}

fn limit(table: &Table<'_, '_>, faults: &mut Faults, taken: &mut Taken) -> Option<LossLimit> {
    let origin = table.clause(faults, &["id", "kind", "limit", "at"]);
    let id = table.id(faults, taken);
    let kind = table.value(faults, "kind", |item, faults| item.word(faults));
    let limit = table.open(faults, "limit", |item, faults| linear_money(item, faults));
    let at = table.maybe(faults, "at", |item, faults| item.word(faults));
    Some(LossLimit { id: id?, kind: kind?, limit: limit?, at: at?.unwrap_or(LossLimitPlace::Loss), origin })
}
