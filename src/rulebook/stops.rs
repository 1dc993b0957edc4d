//! What stops payouts, when the money is paid, and settlement over a whole book.
//!
//! **Invariant:** the keys of a payment in advance stand exactly where a payment in advance is stated.

use super::conditions::optional;
use super::context::{Context, party};
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::ratio::ratio;
use super::reader::{Table, Taken};
use super::values::{date_ref, fact, part, share};
use crate::domain::money::Ppm;
use crate::domain::rulebook::condition::{Bound, Comparison};
use crate::domain::rulebook::fact::{MoneyFact, RateFact};
use crate::domain::rulebook::{Breaker, BreakerFigure, Name, Open, Portfolio, Provisional, Timing};

/// Keys of a payment in advance.
const ADVANCE: &[&str] = &["advance", "advance_of", "held_in", "settle_on"];

/// One bound: `{ over = … }`; open when it or its limit is.
pub(super) fn bound<T>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    read: impl FnOnce(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<Open<Bound<T>>> {
    if item.is_unknown() {
        return Some(Open::Unknown);
    }
    let table = item.table(faults)?;
    let words = comparison_words();
    table.allow(faults, &words);
    bound_among(&table, faults, read)
}

/// The one bound among the keys of a table.
pub(super) fn bound_among<T>(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    read: impl FnOnce(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<Open<Bound<T>>> {
    let (key, item) = table.one_of(faults, &comparison_words())?;
    let comparison = Comparison::from_code(key)?;
    item.open(faults, |item, faults| read(item, faults).map(|limit| Bound { comparison, limit }))
}

/// The words of comparisons.
pub(super) fn comparison_words() -> Vec<&'static str> {
    Comparison::ALL.iter().map(|word| word.code()).collect()
}

/// Reads `[[breaker]]`.
pub(super) fn breakers(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Breaker> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "breaker");
    tables.iter().filter_map(|table| breaker(table, faults, context, &mut taken)).collect()
}

fn breaker(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Breaker> {
    let known = ["id", "when", "scope", "ratio", "value", "window", "trips", "warns", "effect", "release", "override"];
    let origin = table.clause(faults, &known);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context);
    let scope = table.value(faults, "scope", |item, faults| item.word(faults));
    let figure = table.one_of(faults, &["ratio", "value"]).and_then(|(key, item)| match key {
        _ if item.is_unknown() => Some(BreakerFigure::Unknown),
        "ratio" => two_facts(&item, faults).map(|(part, whole)| BreakerFigure::Ratio(part, whole)),
        _ => fact::<RateFact>(&item, faults).map(BreakerFigure::Value),
    });
    let window = table.open(faults, "window", |item, faults| item.word(faults));
    let trips = table.value(faults, "trips", |item, faults| bound(item, faults, share));
    let warns = table.maybe(faults, "warns", warning);
    let effect = table.open(faults, "effect", |item, faults| item.some_words(faults));
    let release = table.open(faults, "release", |item, faults| item.word(faults));
    let overriding = table.open(faults, "override", |item, faults| item.word(faults));
    Some(Breaker {
        id: id?,
        when: when?,
        scope: scope?,
        figure: figure?,
        window: window?,
        trips: trips?,
        warns: warns?,
        effect: effect?,
        release: release?,
        overriding: overriding?,
        origin,
    })
}

/// A bound that must be stated.
fn warning(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Bound<Ppm>> {
    match bound(item, faults, share)? {
        Open::Known(bound) => Some(bound),
        Open::Unknown => {
            faults.add(item.offset(), FaultCode::ValueNeeded, &item.path, &item.shown(), "{ over = \"3 %\" }");
            None
        }
    }
}

/// Two amounts, of which the first is divided by the second.
fn two_facts(item: &Item<'_, '_>, faults: &mut Faults) -> Option<(MoneyFact, MoneyFact)> {
    let facts = item.several(faults, |item, faults| fact::<MoneyFact>(item, faults))?;
    match facts.as_slice() {
        [part, whole] => Some((*part, *whole)),
        _ => {
            item.refuse(faults, FaultCode::WrongType, "[FACT, FACT]");
            None
        }
    }
}

/// Reads `[timing]`.
pub(super) fn timing(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Option<Timing>> {
    root.maybe(faults, "timing", |item, faults| {
        let table = item.table(faults)?;
        let known: Vec<&str> = ["mode", "short", "queue", "year_end"].iter().chain(ADVANCE).copied().collect();
        let origin = table.clause(faults, &known);
        let mode = table.open(faults, "mode", mode);
        let provisional = match mode {
            Some(Open::Known(true)) => provisional(&table, faults, context).map(Some),
            Some(Open::Known(false) | Open::Unknown) => {
                table.unfit(faults, ADVANCE, "mode = \"provisional\"");
                Some(None)
            }
            None => None,
        };
        let short = table.open(faults, "short", |item, faults| item.word(faults));
        let queue = table.open(faults, "queue", |item, faults| item.word(faults));
        let year_end = table.open(faults, "year_end", |item, faults| item.word(faults));
        Some(Timing {
            provisional: provisional?,
            mode_known: mode? != Open::Unknown,
            short: short?,
            queue: queue?,
            year_end: year_end?,
            origin,
        })
    })
}

/// Whether it is paid provisionally first.
fn mode(item: &Item<'_, '_>, faults: &mut Faults) -> Option<bool> {
    match item.as_str() {
        Some("provisional") => Some(true),
        Some("final") => Some(false),
        other => {
            let code = if other.is_some() { FaultCode::UnknownWord } else { FaultCode::WrongType };
            item.refuse(faults, code, "final, provisional");
            None
        }
    }
}

fn provisional(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Provisional> {
    let advance = table.open(faults, "advance", |item, faults| part(item, faults));
    let of = table.open(faults, "advance_of", |item, faults| item.word(faults));
    let held_in = table.open(faults, "held_in", |item, faults| item.word(faults));
    let settle_on = table.open(faults, "settle_on", |item, faults| date_ref(item, faults, context));
    Some(Provisional { advance: advance?, of: of?, held_in: held_in?, settle_on: settle_on? })
}

/// Reads `[portfolio]`.
pub(super) fn portfolio(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Option<Portfolio>> {
    root.maybe(faults, "portfolio", |item, faults| {
        let table = item.table(faults)?;
        let known = [
            "scope",
            "measured_on",
            "ratio",
            "layer",
            "loss",
            "loss_in_layer",
            "bearer",
            "shares",
            "allocation",
            "above",
        ];
        let origin = table.clause(faults, &known);
        let scope = table.value(faults, "scope", |item, faults| item.only_word(faults, "bank"));
        let measured_on = table.open(faults, "measured_on", day_of_year);
        let ratio_of = table.open(faults, "ratio", two_facts);
        let layer = table.open(faults, "layer", layer);
        let loss = table.open(faults, "loss", |item, faults| fact::<MoneyFact>(item, faults));
        let loss_in_layer = table.open(faults, "loss_in_layer", |item, faults| item.word(faults));
        let bearer = table.value(faults, "bearer", |item, faults| party(item, faults, context));
        let shares = table.value(faults, "shares", |item, faults| ratio(item, faults, context, bearer));
        let allocation = table.open(faults, "allocation", |item, faults| item.word(faults));
        let above = table.open(faults, "above", |item, faults| item.word(faults));
        scope?;
        Some(Portfolio {
            measured_on: measured_on?,
            ratio: ratio_of?,
            layer: layer?,
            loss: loss?,
            loss_in_layer: loss_in_layer?,
            bearer: bearer?,
            shares: shares?,
            allocation: allocation?,
            above: above?,
            origin,
        })
    })
}

/// A day in the year as `MM-DD`; 29 February is not in every year and so is refused.
fn day_of_year(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Name> {
    let text = item.as_str().unwrap_or_default();
    let digits = text.bytes().filter(u8::is_ascii_digit).count() == 4 && text.len() == 5;
    let fits = digits && format!("2025-{text}").parse::<chrono::NaiveDate>().is_ok();
    if !fits {
        item.refuse(faults, FaultCode::WrongType, "\"12-31\"");
    }
    fits.then(|| Name::from(text))
}

/// The slice that is shared: `{ over = "1 %", up_to = "3 %" }`.
fn layer(item: &Item<'_, '_>, faults: &mut Faults) -> Option<(Ppm, Ppm)> {
    let table = item.table(faults)?;
    table.allow(faults, &["over", "up_to"]);
    let over = table.value(faults, "over", |item, faults| part(item, faults));
    let up_to = table.value(faults, "up_to", |item, faults| part(item, faults));
    let (over, up_to) = (over?, up_to?);
    if let Some(item) = table.get("up_to").filter(|_| up_to <= over) {
        item.refuse(faults, FaultCode::BandOrder, &format!("> {}", super::units::rate_text(over)));
    }
    Some((over, up_to))
}
