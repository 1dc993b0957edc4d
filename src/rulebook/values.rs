//! Values with a unit, and references to facts, as items of a file.
//!
//! **Invariant:** what is read here is whole fen, whole ppm, or a fact of the asked type.

use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::reader::nearest;
use super::units;
use super::words::Word;
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::Money;
use crate::domain::rulebook::condition::Span;
use crate::domain::rulebook::fact::{DateFact, DateRef, Fact, LevelIx, MoneyFact};

/// An amount.
pub(super) fn money(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Fen> {
    item.unit(faults, units::money, FaultCode::MoneyUnit, "\"500 万元\"")
}

/// A rate in per cent.
pub(super) fn rate(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Ppm> {
    item.unit(faults, units::rate, FaultCode::RateUnit, "\"40 %\"")
}

/// A rate in per cent of not more than the whole.
pub(super) fn part(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Ppm> {
    let rate = rate(item, faults)?;
    if rate.get() > PPM_ONE {
        item.refuse(faults, FaultCode::RateUnit, "≤ \"100 %\"");
        return None;
    }
    Some(rate)
}

/// A rate in per cent or a multiple.
pub(super) fn share(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Ppm> {
    item.unit(faults, units::share, FaultCode::RateUnit, "\"40 %\", \"0.4 倍\"")
}

/// Points.
pub(super) fn points(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Ppm> {
    item.unit(faults, units::points, FaultCode::PointsUnit, "\"5 pp\"")
}

/// Points, or a rate in per cent.
pub(super) fn points_or_rate(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Ppm> {
    item.unit(faults, units::points_or_rate, FaultCode::PointsUnit, "\"1.5 pp\", \"150 bp\", \"1.5 %\"")
}

/// A multiple.
pub(super) fn multiple(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Ppm> {
    item.unit(faults, units::multiple, FaultCode::MultipleUnit, "\"10 倍\"")
}

/// A span.
pub(super) fn span(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Span> {
    item.unit(faults, units::span, FaultCode::SpanUnit, "\"15 工作日\", \"90 天\", \"12 个月\", \"3 年\"")
}

/// A span in months or years.
pub(super) fn months(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Span> {
    let months = |text: &str| units::span(text).filter(|span| matches!(span, Span::Months(_)));
    item.unit(faults, months, FaultCode::SpanUnit, "\"60 个月\"")
}

/// A span in calendar days.
pub(super) fn days(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Span> {
    let days = |text: &str| units::span(text).filter(|span| matches!(span, Span::Days(_)));
    item.unit(faults, days, FaultCode::SpanUnit, "\"90 天\"")
}

/// A span in calendar days, months or years.
pub(super) fn tenor(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Span> {
    let fixed = |text: &str| units::span(text).filter(|span| !matches!(span, Span::WorkingDays(_)));
    item.unit(faults, fixed, FaultCode::SpanUnit, "\"12 个月\", \"1 年\", \"90 天\"")
}

/// An amount: fixed, or `{ of = FACT, times = …, plus = … }`.
pub(super) fn linear_money(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Money> {
    if !item.is_table() {
        return money(item, faults).map(Money::Amount);
    }
    let table = item.table(faults)?;
    table.allow(faults, &["of", "times", "plus"]);
    let of = table.value(faults, "of", |item, faults| fact::<MoneyFact>(item, faults));
    let times = table.maybe(faults, "times", |item, faults| share(item, faults));
    let plus = table.maybe(faults, "plus", |item, faults| money(item, faults));
    Some(Money::Linear { of: of?, times: times?.unwrap_or(Ppm::ONE), plus: plus?.unwrap_or(Fen::ZERO) })
}

/// A fact of one type.
pub(super) fn fact<F: Word>(item: &Item<'_, '_>, faults: &mut Faults) -> Option<F> {
    let text = item.as_str().filter(|_| !item.is_unknown());
    let found = F::WORDS.iter().copied().find(|fact| Some(fact.code()) == text);
    if found.is_none() {
        match text {
            Some(text) if Fact::from_code(text).is_none() => {
                let near = nearest(text, F::WORDS.iter().map(|fact| fact.code()));
                faults.add(item.offset(), FaultCode::UnknownFact, &item.path, text, &near);
            }
            _ => {
                let shown = F::WORDS.iter().take(3).map(|fact| fact.code()).collect::<Vec<_>>().join(", ");
                item.refuse(faults, FaultCode::WrongType, &format!("{shown}, …"));
            }
        }
    }
    found
}

/// A day of the case: a fact, or `level.ID.recognised_on`.
pub(super) fn date_ref(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<DateRef> {
    date_among(item, faults, context, DateFact::ALL)
}

/// A day of the case among some facts, or `level.ID.recognised_on`.
pub(super) fn date_among(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    among: &[DateFact],
) -> Option<DateRef> {
    let level = item.as_str().and_then(|text| text.strip_prefix("level.")?.strip_suffix(".recognised_on"));
    match level {
        Some(id) => level_named(id, item.offset(), &item.path, faults, context).map(DateRef::Recognised),
        None => item.word_among(faults, among).map(DateRef::Fact),
    }
}

/// The level with this id.
pub(super) fn level_named(
    id: &str,
    offset: usize,
    path: &str,
    faults: &mut Faults,
    context: &Context<'_>,
) -> Option<LevelIx> {
    let place = context.levels.iter().position(|level| level.id == id);
    if place.is_none() {
        let known = context.levels.iter().map(|level| level.id.as_str()).collect::<Vec<_>>().join(", ");
        faults.add(offset, FaultCode::IdUnknown, path, id, &format!("[[level]]: {known}"));
    }
    place.map(LevelIx)
}
