//! One comparison of one fact.
//!
//! **Invariant:** every fact that conditions may use is read here by its type.

use super::super::context::Context;
use super::super::fault::FaultCode;
use super::super::faults::Faults;
use super::super::item::Item;
use super::super::reader::nearest;
use super::super::values::{self, date_ref, level_named};
use super::bounds::{
    Bounds, SpanReader, bounds, choice, code_choice, day_bounds, filled, free_choice, operands, rank, region, set_test,
};
use super::joined;
use crate::domain::names::{IpKind, Tier};
use crate::domain::rulebook::Name;
use crate::domain::rulebook::condition::{Bound, Comparison, Condition, Leaf, Quantity, Rank, RightTest};
use crate::domain::rulebook::fact::{
    CountFact, DateFact, DateRef, FlagFact, LevelIx, MoneyFact, RankFact, RateFact, RightDateFact, SetFact, SpanFact,
    WordFact,
};
use crate::domain::rulebook::vocabulary::{BorrowerSize, Claimant, DocumentCode, PledgeMode, Route, TagHolder};

/// Sizes that have an order.
const SIZES: &[BorrowerSize] = &[BorrowerSize::Micro, BorrowerSize::Small, BorrowerSize::Medium, BorrowerSize::Large];
/// What a condition may say of another level.
const LEVEL_KEYS: &[&str] = &["recognised", "recognised_on", "paid"];

/// Every name a comparison may begin with.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let all = [
        MoneyFact::ALL.iter().map(|fact| fact.code()).collect::<Vec<_>>(),
        RateFact::ALL.iter().map(|fact| fact.code()).collect(),
        CountFact::ALL.iter().map(|fact| fact.code()).collect(),
        SpanFact::ALL.iter().map(|fact| fact.code()).collect(),
        DateFact::ALL.iter().map(|fact| fact.code()).collect(),
        WordFact::ALL.iter().map(|fact| fact.code()).collect(),
        FlagFact::ALL.iter().map(|fact| fact.code()).collect(),
        SetFact::ALL.iter().map(|fact| fact.code()).collect(),
        vec!["ip.every", "ip.some"],
    ];
    all.into_iter().flatten()
}

/// The comparisons of one table of facts.
pub(super) fn of_table(
    table: &str,
    item: &Item<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
) -> Vec<Option<Condition>> {
    let Some(inner) = item.table(faults) else {
        return vec![None];
    };
    let leaf = |(key, item): &(String, Item<'_, '_>)| leaf(&format!("{table}.{key}"), item, faults, context);
    inner.items().iter().map(leaf).collect()
}

fn leaf(fact: &str, item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Condition> {
    let right_test = match fact {
        "ip.some" => Some(Quantity::Some),
        "ip.every" => Some(Quantity::Every),
        _ => None,
    };
    if !names().any(|name| name == fact) {
        let near = nearest(fact, names());
        faults.add(item.key_offset, FaultCode::UnknownFact, &item.path, fact, &near);
        return None;
    }
    if item.is_unknown() {
        return Some(Condition::Unknown);
    }
    if let Some(quantity) = right_test {
        return right_tests(item, faults, context).map(|tests| Condition::Leaf(Leaf::Rights(quantity, tests)));
    }
    if let Some(money) = MoneyFact::from_code(fact) {
        let bounds = operands(item, faults, values::money, values::money);
        return bounds.map(|bounds| Condition::Leaf(Leaf::Money(money, bounds)));
    }
    if let Some(rate) = RateFact::from_code(fact) {
        let bounds = operands(item, faults, values::rate, values::points_or_rate);
        return bounds.map(|bounds| Condition::Leaf(Leaf::Rate(rate, bounds)));
    }
    if let Some(day) = DateFact::from_code(fact) {
        let bounds = day_bounds(item, faults, context);
        return bounds.map(|bounds| Condition::Leaf(Leaf::Day(DateRef::Fact(day), bounds)));
    }
    if let Some(count) = CountFact::from_code(fact) {
        let bounds = bounds(item, faults, |item, faults| item.count(faults))?;
        return Some(with(bounds, |bounds| Leaf::Count(count, bounds)));
    }
    if let Some(span) = SpanFact::from_code(fact) {
        let bounds = bounds(item, faults, span_reader(span))?;
        return Some(with(bounds, |bounds| Leaf::Span(span, bounds)));
    }
    if let Some(flag) = FlagFact::from_code(fact) {
        return item.flag(faults).map(|wanted| Condition::Leaf(Leaf::Flag(flag, wanted)));
    }
    if let Some(set) = SetFact::from_code(fact) {
        return set_leaf(set, item, faults, context).map(Condition::Leaf);
    }
    word_leaf(WordFact::from_code(fact)?, item, faults)
}

/// A leaf of the stated bounds; with an open one beside it, it can only be false or unknown.
fn with<T>(bounds: Bounds<T>, leaf: impl FnOnce(Vec<Bound<T>>) -> Leaf) -> Condition {
    let mut parts = Vec::new();
    if !bounds.known.is_empty() {
        parts.push(Condition::Leaf(leaf(bounds.known)));
    }
    if bounds.unknown {
        parts.push(Condition::Unknown);
    }
    joined(parts)
}

fn span_reader(fact: SpanFact) -> SpanReader {
    match fact {
        SpanFact::LoanTenor => values::tenor,
        SpanFact::BorrowerAge | SpanFact::ClaimNplAge => values::months,
        SpanFact::ClaimOverdueDays => values::days,
    }
}

fn set_leaf(set: SetFact, item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Leaf> {
    let tags = |holder: TagHolder| {
        context.tags.iter().filter(|tag| tag.on == holder).map(|tag| tag.id.clone()).collect::<Vec<Name>>()
    };
    let (known, code) = match set {
        SetFact::LoanTags => (tags(TagHolder::Loan), FaultCode::UnknownTag),
        SetFact::BorrowerTags => (tags(TagHolder::Borrower), FaultCode::UnknownTag),
        SetFact::ClaimDocuments => {
            (DocumentCode::ALL.iter().map(|document| Name::from(document.code())).collect(), FaultCode::UnknownWord)
        }
    };
    set_test(item, faults, &known, code).map(|test| Leaf::Set(set, test))
}

fn word_leaf(fact: WordFact, item: &Item<'_, '_>, faults: &mut Faults) -> Option<Condition> {
    let ranked = match fact {
        WordFact::BorrowerSize => Some(RankFact::BorrowerSize),
        WordFact::ClaimTier => Some(RankFact::ClaimTier),
        _ => None,
    };
    if let Some(ranked) = ranked.filter(|_| is_bounded(item, faults)) {
        let read = |item: &Item<'_, '_>, faults: &mut Faults| -> Option<Rank> {
            match ranked {
                RankFact::BorrowerSize => rank(item, faults, SIZES),
                RankFact::ClaimTier => rank(item, faults, Tier::ALL),
            }
        };
        let bounds = bounds(item, faults, read)?;
        return Some(with(bounds, |bounds| Leaf::Rank(ranked, bounds)));
    }
    let choice = match fact {
        WordFact::LoanRoute => choice::<Route>(item, faults),
        WordFact::LoanPledgeMode => choice::<PledgeMode>(item, faults),
        WordFact::LoanClaimant => choice::<Claimant>(item, faults),
        WordFact::BorrowerSize => choice::<BorrowerSize>(item, faults),
        WordFact::ClaimTier => choice::<Tier>(item, faults),
        WordFact::BorrowerRegion => code_choice(item, faults, region, "\"1406\""),
        WordFact::BorrowerIndustry => code_choice(item, faults, |item, faults| item.text(faults), "\"C35\""),
        WordFact::LoanPurpose | WordFact::BankPerformanceGrade => free_choice(item, faults),
    };
    choice.map(|choice| Condition::Leaf(Leaf::Word(fact, choice)))
}

/// Whether a table holds a comparison of ordered values.
fn is_bounded(item: &Item<'_, '_>, faults: &mut Faults) -> bool {
    item.is_table() && item.table(faults).is_some_and(|table| Comparison::ALL.iter().any(|word| table.has(word.code())))
}

fn right_tests(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Vec<RightTest>> {
    let known: Vec<&str> = RightDateFact::ALL
        .iter()
        .filter_map(|fact| fact.code().strip_prefix("ip."))
        .chain(["kind", "valid_on"])
        .collect();
    let table = item.table(faults)?;
    table.allow(faults, &known);
    filled(&table, item, faults, &known.join(", "))?;
    let mut tests = Vec::new();
    for (key, item) in table.items() {
        match key.as_str() {
            "kind" => tests.push(choice::<IpKind>(&item, faults).map(RightTest::Kind)),
            "valid_on" => tests.push(date_ref(&item, faults, context).map(RightTest::ValidOn)),
            key => {
                if let Some(fact) = RightDateFact::from_code(&format!("ip.{key}")) {
                    tests.push(day_bounds(&item, faults, context).map(|bounds| RightTest::Day(fact, bounds)));
                }
            }
        }
    }
    tests.into_iter().collect()
}

/// The comparisons of `level.ID.…`.
pub(super) fn of_levels(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Option<Condition>> {
    let Some(levels) = item.table(faults) else {
        return vec![None];
    };
    let mut parts = Vec::new();
    for (id, item) in levels.items() {
        let level = level_named(&id, item.key_offset, &item.path, faults, context);
        let (Some(level), Some(table)) = (level, item.table(faults)) else {
            parts.push(None);
            continue;
        };
        table.allow(faults, LEVEL_KEYS);
        for (key, item) in table.items() {
            parts.push(level_leaf(level, &key, &item, faults, context));
        }
    }
    parts
}

fn level_leaf(
    level: LevelIx,
    key: &str,
    item: &Item<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
) -> Option<Condition> {
    if item.is_unknown() {
        return Some(Condition::Unknown);
    }
    let leaf = match key {
        "recognised" => Leaf::LevelRecognised(level, item.flag(faults)?),
        "recognised_on" => Leaf::Day(DateRef::Recognised(level), day_bounds(item, faults, context)?),
        _ => Leaf::LevelPaid(level, operands(item, faults, values::money, values::money)?),
    };
    Some(Condition::Leaf(leaf))
}
