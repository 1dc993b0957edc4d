//! What a fact is compared with: bounds, days, sets of words.
//!
//! **Invariant:** there is at least one bound, and every word of a closed list is one of it.

use super::super::context::Context;
use super::super::fault::FaultCode;
use super::super::faults::Faults;
use super::super::item::{Item, codes};
use super::super::reader::{Table, nearest};
use super::super::values::{self, date_ref, fact, share};
use super::super::words::Word;
use crate::domain::money::Ppm;
use crate::domain::rulebook::Name;
use crate::domain::rulebook::condition::{
    Bound, Choice, ChoiceMode, Comparison, DayBound, DayComparison, DayLimit, Operand, Rank, SetTest, Span,
};

/// Bounds, and whether another one is left open.
pub(super) struct Bounds<T> {
    /// The stated ones.
    pub known: Vec<Bound<T>>,
    /// Whether one is left open.
    pub unknown: bool,
}

/// The bounds of a value of an ordered type.
pub(super) fn bounds<T>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    limit: impl Fn(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<Bounds<T>> {
    let table = comparisons::<Comparison>(item, faults, &[])?;
    let mut read = Vec::new();
    let mut unknown = false;
    for (key, item) in table.items() {
        let Some(comparison) = Comparison::from_code(&key) else {
            continue;
        };
        if item.is_unknown() {
            unknown = true;
        } else {
            read.push(limit(&item, faults).map(|limit| Bound { comparison, limit }));
        }
    }
    Some(Bounds { known: read.into_iter().collect::<Option<_>>()?, unknown })
}

/// The bounds of an amount or a ratio, where a limit may be left open.
pub(super) fn operands<T, F: Word>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    constant: fn(&Item<'_, '_>, &mut Faults) -> Option<T>,
    plus: fn(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<Vec<Bound<Operand<T, F>>>> {
    let table = comparisons::<Comparison>(item, faults, &[])?;
    let mut read = Vec::new();
    for (key, item) in table.items() {
        let Some(comparison) = Comparison::from_code(&key) else {
            continue;
        };
        let limit = if item.is_unknown() {
            Some(Operand::Unknown)
        } else if item.is_table() {
            linear(&item, faults, plus)
        } else {
            constant(&item, faults).map(Operand::Constant)
        };
        read.push(limit.map(|limit| Bound { comparison, limit }));
    }
    read.into_iter().collect()
}

fn linear<T, F: Word>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    plus: fn(&Item<'_, '_>, &mut Faults) -> Option<T>,
) -> Option<Operand<T, F>> {
    let table = item.table(faults)?;
    table.allow(faults, &["of", "times", "plus"]);
    let of = table.value(faults, "of", |item, faults| fact::<F>(item, faults));
    let times = table.maybe(faults, "times", |item, faults| share(item, faults));
    let plus = table.maybe(faults, "plus", |item, faults| plus(item, faults));
    Some(Operand::Linear { of: of?, times: times?.unwrap_or(Ppm::ONE), plus: plus? })
}

/// The bounds of a day.
pub(super) fn day_bounds(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Vec<DayBound>> {
    let table = comparisons::<DayComparison>(item, faults, &["within", "of"])?;
    let mut read = Vec::new();
    for (key, item) in table.items() {
        let Some(comparison) = DayComparison::from_code(&key) else {
            continue;
        };
        let limit = if item.is_unknown() {
            Some(DayLimit::Unknown)
        } else if item.as_str().is_some() {
            date_ref(&item, faults, context).map(DayLimit::Fact)
        } else {
            item.date(faults).map(DayLimit::Day)
        };
        read.push(limit.map(|limit| DayBound::Compared(comparison, limit)));
    }
    if table.has("within") || table.has("of") {
        let span = table.value(faults, "within", |item, faults| values::span(item, faults));
        let of = table.value(faults, "of", |item, faults| date_ref(item, faults, context));
        read.push(span.zip(of).map(|(span, of)| DayBound::Within(span, of)));
    }
    read.into_iter().collect()
}

/// A table of comparisons, of which there must be one.
fn comparisons<'t, 'i, W: Word>(item: &Item<'t, 'i>, faults: &mut Faults, more: &[&str]) -> Option<Table<'t, 'i>> {
    let words: Vec<&str> = W::WORDS.iter().map(|word| word.code()).chain(more.iter().copied()).collect();
    if !item.is_table() {
        item.refuse(faults, FaultCode::WrongType, &format!("{{ {} }}", words.join(", ")));
        return None;
    }
    let table = item.table(faults)?;
    table.allow(faults, &words);
    filled(&table, item, faults, &words.join(", "))?;
    Some(table)
}

/// A fault if a table is empty.
pub(super) fn filled(table: &Table<'_, '_>, item: &Item<'_, '_>, faults: &mut Faults, expected: &str) -> Option<()> {
    if table.items().is_empty() {
        faults.add(item.offset(), FaultCode::Empty, &table.path, "{}", expected);
        return None;
    }
    Some(())
}

/// A word of an ordered list.
pub(super) fn rank<W: Word>(item: &Item<'_, '_>, faults: &mut Faults, order: &[W]) -> Option<Rank> {
    let word = item.word_among(faults, order)?;
    let place = order.iter().position(|member| *member == word)?;
    Some(Rank { place, word: word.code() })
}

/// Words of a closed list: one, several, or `{ not_in = … }`.
pub(super) fn choice<W: Word>(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Choice> {
    let read = |word: &Item<'_, '_>, faults: &mut Faults| word.word::<W>(faults).map(|word| Name::from(word.code()));
    choice_by(item, faults, &["not_in"], read, &codes(W::WORDS))
}

/// Free words: one, several, or `{ not_in = … }`.
pub(super) fn free_choice(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Choice> {
    choice_by(item, faults, &["not_in"], |item: &Item<'_, '_>, faults: &mut Faults| item.text(faults), "\"…\"")
}

/// Codes that may also be given by how they begin.
pub(super) fn code_choice(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    read: fn(&Item<'_, '_>, &mut Faults) -> Option<Name>,
    example: &str,
) -> Option<Choice> {
    choice_by(item, faults, &["not_in", "starts"], read, example)
}

fn choice_by(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    modes: &[&'static str],
    read: impl Fn(&Item<'_, '_>, &mut Faults) -> Option<Name>,
    example: &str,
) -> Option<Choice> {
    let (list, mode) = if item.is_table() {
        let table = item.table(faults)?;
        table.allow(faults, modes);
        let (key, list) = table.one_of(faults, modes)?;
        (list, ChoiceMode::from_code(key)?)
    } else {
        (item.clone(), ChoiceMode::OneOf)
    };
    let words: Vec<Option<Name>> = list.one_or_more().iter().map(|word| read(word, faults)).collect();
    if words.is_empty() {
        list.refuse(faults, FaultCode::Empty, example);
        return None;
    }
    words.into_iter().collect::<Option<_>>().map(|among| Choice { among, mode })
}

/// The code of a region, or its first digits.
pub(super) fn region(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Name> {
    let text = item.text(faults)?;
    let fits = (2..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !fits {
        item.refuse(faults, FaultCode::IdForm, "\"1406\", \"140602\"");
    }
    fits.then_some(text)
}

/// A set of words against a set of words: `"a"`, `["a", "b"]`, or `{ any, all, none }`.
pub(super) fn set_test(item: &Item<'_, '_>, faults: &mut Faults, known: &[Name], code: FaultCode) -> Option<SetTest> {
    if !item.is_table() {
        return set_words(item, faults, known, code).map(|any| SetTest { any, ..SetTest::default() });
    }
    let table = item.table(faults)?;
    table.allow(faults, &["any", "all", "none"]);
    filled(&table, item, faults, "any, all, none")?;
    let part = |faults: &mut Faults, key: &str| {
        table.maybe(faults, key, |item, faults| set_words(item, faults, known, code)).map(Option::unwrap_or_default)
    };
    let (any, all, none) = (part(faults, "any"), part(faults, "all"), part(faults, "none"));
    Some(SetTest { any: any?, all: all?, none: none? })
}

fn set_words(item: &Item<'_, '_>, faults: &mut Faults, known: &[Name], code: FaultCode) -> Option<Vec<Name>> {
    let mut words = Vec::new();
    for element in item.one_or_more() {
        let word = element.text(faults);
        if let Some(word) = word.as_ref().filter(|word| !known.contains(word)) {
            if code == FaultCode::UnknownTag {
                let near = nearest(word, known.iter().map(Name::as_str));
                faults.add(element.offset(), code, &element.path, word, &near);
            } else {
                let all = known.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
                element.refuse(faults, code, &all);
            }
            words.push(None);
        } else {
            words.push(word);
        }
    }
    if words.is_empty() {
        item.refuse(faults, FaultCode::Empty, "\"…\"");
        return None;
    }
    words.into_iter().collect()
}

/// How a span fact is written.
pub(super) type SpanReader = fn(&Item<'_, '_>, &mut Faults) -> Option<Span>;
