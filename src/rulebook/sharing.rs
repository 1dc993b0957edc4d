//! Who bears which part: rules, bands, additions, ceiling.
//!
//! **Invariant:** every ratio closes, bands rise, and no party is taken off the loss and shares it as well.

use super::conditions::{needed, optional};
use super::context::{Context, known_ids, party};
use super::disjoint::disjoint;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::ratio::ratio;
use super::reader::{Table, Taken};
use super::values::{fact, money, part, points};
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::condition::Condition;
use crate::domain::rulebook::fact::MoneyFact;
use crate::domain::rulebook::vocabulary::{BandReading, Deduction, PartyKind};
use crate::domain::rulebook::{
    Band, BandMeasure, BandTop, Bands, Bonus, Ceiling, Loss, Open, Origin, PartyIx, Ratio, Sharing, SharingRule, Split,
};

/// So many additions keep the number of possible ratios small when none of them can be answered.
const MOST_BONUSES: usize = 8;

/// Reads `[sharing]` with everything under it.
pub(super) fn sharing(
    root: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    losses: &[Loss],
) -> Option<Option<Sharing>> {
    root.maybe(faults, "sharing", |item, faults| {
        let table = item.table(faults)?;
        let origin = table.clause(faults, &["rounding", "no_match", "rule", "bonus", "ceiling"]);
        let rounding = table.open(faults, "rounding", |item, faults| item.word(faults));
        let no_match = table.open(faults, "no_match", |item, faults| item.word(faults));
        let rules = rules(&table, faults, context, losses);
        let rule_names = table.words_of_list("rule", "id");
        let bonuses = bonuses(&table, faults, context, &rules, &rule_names);
        let ceiling = table.maybe(faults, "ceiling", |item, faults| ceiling(item, faults, context, &rule_names));
        Some(Sharing { rounding: rounding?, no_match: no_match?, rules, bonuses, ceiling: ceiling?, origin })
    })
}

fn rules(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, losses: &[Loss]) -> Vec<SharingRule> {
    let Some(item) = table.need(faults, "rule") else {
        return Vec::new();
    };
    let mut taken = Taken::new();
    let mut always = false;
    let mut rules = Vec::new();
    for table in item.tables(faults) {
        if always {
            faults.add(table.offset, FaultCode::Unreached, &table.path, "", "");
        }
        always |= !table.has("when");
        rules.extend(rule(&table, faults, context, losses, &mut taken));
    }
    rules
}

fn rule(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    losses: &[Loss],
    taken: &mut Taken,
) -> Option<SharingRule> {
    let mut origin = table.clause(faults, &["id", "when", "bearer", "shares", "bands"]);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context);
    let bearer = table.open(faults, "bearer", |item, faults| party(item, faults, context));
    let carrier = bearer.and_then(|bearer| bearer.known().copied());
    let divides = Divides { context, losses, when: when.as_ref(), bearer: carrier };
    let split = match table.one_of(faults, &["shares", "bands"])? {
        ("shares", item) => divides.ratio(&item, faults).map(Split::Fixed),
        (_, item) => bands(&item, faults, &divides, &mut origin).map(Split::Bands),
    };
    Some(SharingRule { id: id?, when: when?, bearer: bearer?, split: split?, origin })
}

/// What the ratios of one rule are read with.
struct Divides<'a> {
    context: &'a Context<'a>,
    losses: &'a [Loss],
    when: Option<&'a Condition>,
    bearer: Option<PartyIx>,
}

impl Divides<'_> {
    /// A ratio in tie order.
    fn ratio(&self, item: &Item<'_, '_>, faults: &mut Faults) -> Option<Open<Ratio>> {
        let ratio = ratio(item, faults, self.context, self.bearer)?;
        if let Some(ratio) = ratio.known() {
            self.twice(item, faults, ratio);
        }
        Some(ratio)
    }

    /// An insurer or guarantor whose payment is taken off the loss may not also share it, unless it is the one
    /// who claims: what it paid is then the loss itself.
    fn twice(&self, item: &Item<'_, '_>, faults: &mut Faults, ratio: &Ratio) {
        for (at, _) in ratio.iter().filter(|(at, rate)| *rate != Ppm::ZERO && Some(*at) != self.bearer) {
            let party = self.context.parties.get(at.0);
            let deduction = match party.map(|party| party.kind) {
                Some(PartyKind::Insurer) => Deduction::Insurer,
                Some(PartyKind::Guarantor) => Deduction::Guarantor,
                _ => continue,
            };
            let takes_off = |loss: &&Loss| loss.deduct.known().is_some_and(|deduct| deduct.contains(&deduction));
            let meets = |loss: &Loss| self.when.is_none_or(|when| !disjoint(when, &loss.when));
            if self.losses.iter().filter(takes_off).any(meets) {
                let id = party.map_or("", |party| &party.id);
                faults.add(item.offset(), FaultCode::Twice, &item.path, id, deduction.code());
            }
        }
    }
}

/// Bands; what they say of where they come from joins what their rule says.
fn bands(item: &Item<'_, '_>, faults: &mut Faults, divides: &Divides<'_>, rule: &mut Origin) -> Option<Bands> {
    let table = item.table(faults)?;
    let own = table.clause(faults, &["measure", "reading", "spread", "above", "steps"]);
    rule.basis = rule.basis.max(own.basis);
    rule.key_basis.extend(own.key_basis);
    rule.article = rule.article.take().or(own.article);
    rule.note_zh = rule.note_zh.take().or(own.note_zh);
    rule.note_en = rule.note_en.take().or(own.note_en);
    let measure = table.value(faults, "measure", |item, faults| match item.as_str() {
        Some("loss_base") => Some(BandMeasure::LossBase),
        _ => fact::<MoneyFact>(item, faults).map(BandMeasure::Fact),
    });
    let reading = table.open(faults, "reading", |item, faults| item.word::<BandReading>(faults));
    let steps = table.value(faults, "steps", |item, faults| steps(item, faults, divides));
    let spread = if reading == Some(Open::Known(BandReading::Slab)) || reading.is_none() {
        table.maybe_open(faults, "spread", |item, faults| item.word(faults))
    } else {
        table.open(faults, "spread", |item, faults| item.word(faults)).map(Some)
    };
    let ends = steps.as_ref().and_then(|steps| steps.last()).is_some_and(|band| band.top != BandTop::Open);
    let above = if ends {
        table.open(faults, "above", |item, faults| item.word(faults)).map(Some)
    } else {
        table.maybe_open(faults, "above", |item, faults| item.word(faults))
    };
    Some(Bands { measure: measure?, reading: reading?, spread: spread?, above: above?, steps: steps? })
}

fn steps(item: &Item<'_, '_>, faults: &mut Faults, divides: &Divides<'_>) -> Option<Vec<Band>> {
    let tables = item.tables(faults);
    if tables.is_empty() {
        item.refuse(faults, FaultCode::Empty, "[{ up_to = \"500 万元\", shares = {…} }]");
        return None;
    }
    let count = tables.len();
    let mut below = None;
    let mut bands = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        table.allow(faults, &["up_to", "below", "shares"]);
        let top = top(table, faults, place + 1 == count, &mut below);
        let shares = table.value(faults, "shares", |item, faults| divides.ratio(item, faults));
        bands.push(top.zip(shares).map(|(top, shares)| Band { top, shares }));
    }
    bands.into_iter().collect()
}

/// Where a band ends; only the last may not. Each must end above the one before.
fn top(table: &Table<'_, '_>, faults: &mut Faults, last: bool, before: &mut Option<Fen>) -> Option<BandTop> {
    if last && !table.has("up_to") && !table.has("below") {
        return Some(BandTop::Open);
    }
    let (key, item) = table.one_of(faults, &["up_to", "below"])?;
    let amount = money(&item, faults)?;
    if let Some(before) = before.filter(|before| amount <= *before) {
        item.refuse(faults, FaultCode::BandOrder, &format!("> {} 元", before.yuan()));
    }
    *before = Some(amount);
    Some(if key == "up_to" { BandTop::UpTo(amount) } else { BandTop::Below(amount) })
}

fn bonuses(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    rules: &[SharingRule],
    rule_names: &[&str],
) -> Vec<Bonus> {
    let mut taken = Taken::new();
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
    taken: &mut Taken,
) -> Option<Bonus> {
    let origin = table.clause(faults, &["id", "rules", "when", "points", "to", "once"]);
    let id = table.id(faults, taken);
    let to_rules = table.value(faults, "rules", |item, faults| known_ids(item, faults, rule_names));
    let when = needed(table, "when", faults, context);
    let points = table.open(faults, "points", |item, faults| points(item, faults));
    let to_item = table.need(faults, "to");
    let to = to_item.as_ref().and_then(|item| party(item, faults, context));
    let once = table.maybe(faults, "once", Item::name);
    let (to, to_rules) = (to?, to_rules?);
    let gives_to_itself = |rule: &SharingRule| to_rules.contains(&rule.id) && rule.bearer == Open::Known(to);
    if let Some(item) = to_item.filter(|_| rules.iter().any(gives_to_itself)) {
        let others = context.parties.iter().enumerate().filter(|(place, _)| *place != to.0);
        let others = others.map(|(_, party)| party.id.as_str()).collect::<Vec<_>>();
        item.refuse(faults, FaultCode::SharesParty, &others.join(", "));
    }
    Some(Bonus { id: id?, rules: to_rules, when: when?, points: points?, to, once: once?, origin })
}

fn ceiling(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>, rule_names: &[&str]) -> Option<Ceiling> {
    let table = item.table(faults)?;
    let origin = table.clause(faults, &["rules", "party", "rate"]);
    let of_rules = table.value(faults, "rules", |item, faults| known_ids(item, faults, rule_names));
    let party = table.value(faults, "party", |item, faults| party(item, faults, context));
    let rate = table.open(faults, "rate", |item, faults| part(item, faults));
    Some(Ceiling { rules: of_rules?, party: party?, rate: rate?, origin })
}
