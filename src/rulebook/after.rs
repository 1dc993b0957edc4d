//! What a measure says besides the payout: duties, recoveries, integrity, reports, the end.
//!
//! **Invariant:** a duty has exactly one bound, a void exactly one ground.

use super::conditions::condition;
use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::{Item, codes};
use super::ratio::ratio;
use super::reader::{Table, Taken};
use super::stops::{bound_among, comparison_words};
use super::units;
use super::values::{fact, span};
use crate::domain::rulebook::after::{DutyLimit, DutyWindow};
use crate::domain::rulebook::fact::MoneyFact;
use crate::domain::rulebook::vocabulary::{SourceLevel, Window};
use crate::domain::rulebook::{
    Closeout, Duty, DutyBound, Open, Passage, Receiver, Recovery, RecoveryRatio, Report, Void, VoidGround,
};

/// Reads `[[duty]]`.
pub(super) fn duties(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Duty> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "duty");
    tables.iter().filter_map(|table| duty(table, faults, &mut taken)).collect()
}

fn duty(table: &Table<'_, '_>, faults: &mut Faults, taken: &mut Taken) -> Option<Duty> {
    let own = ["id", "who", "kind", "of", "year", "year_from", "window", "by", "effect"];
    let known: Vec<&str> = own.into_iter().chain(comparison_words()).collect();
    let origin = table.clause(faults, &known);
    let id = table.id(faults, taken);
    let who = table.value(faults, "who", |item, faults| item.word(faults));
    let kind = table.value(faults, "kind", |item, faults| item.word(faults));
    let bound = bound_among(table, faults, duty_limit)
        .map(|bound| bound.map(|bound| DutyBound { comparison: bound.comparison, limit: bound.limit }));
    let of = table.maybe(faults, "of", |item, faults| fact::<MoneyFact>(item, faults));
    let year = table.maybe(faults, "year", Item::count);
    let year_from = table.maybe(faults, "year_from", Item::count);
    let window = table.maybe(faults, "window", |item, faults| {
        if let Some(window) = item.as_str().and_then(Window::from_code) {
            return Some(DutyWindow::Window(window));
        }
        let example = format!("{}, \"3 年\"", codes(Window::ALL));
        item.unit(faults, units::span, FaultCode::SpanUnit, &example).map(DutyWindow::Span)
    });
    let by = table.maybe(faults, "by", Item::date);
    let effect = table.open(faults, "effect", |item, faults| item.word(faults));
    Some(Duty {
        id: id?,
        who: who?,
        kind: kind?,
        bound: bound?,
        of: of?,
        year: year?,
        year_from: year_from?,
        window: window?,
        by: by?,
        effect: effect?,
        origin,
    })
}

/// An amount, a rate, a multiple, a span or a number, as its unit says.
fn duty_limit(item: &Item<'_, '_>, faults: &mut Faults) -> Option<DutyLimit> {
    if item.is_integer() {
        return item.count(faults).map(DutyLimit::Count);
    }
    let read = |text: &str| {
        let money = units::money(text).map(DutyLimit::Money);
        let rate = || units::share(text).map(DutyLimit::Rate);
        money.or_else(rate).or_else(|| units::span(text).map(DutyLimit::Span))
    };
    item.unit(faults, read, FaultCode::WrongType, "\"10 倍\", \"2 %\", \"1 亿元\", \"5 工作日\", 3")
}

/// Reads `[recovery]`.
pub(super) fn recovery(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<Option<Recovery>> {
    root.maybe(faults, "recovery", |item, faults| {
        let table = item.table(faults)?;
        let known = ["costs", "ratio", "return_within", "refills", "late", "pursuer", "until"];
        let origin = table.clause(faults, &known);
        let costs_first = table.open(faults, "costs", |item, faults| match item.as_str() {
            Some("none") => Some(false),
            Some("first") => Some(true),
            _ => {
                item.refuse(faults, FaultCode::UnknownWord, "first, none");
                None
            }
        });
        let shared = table.open(faults, "ratio", |item, faults| match item.as_str() {
            Some("borne") => Some(Open::Known(RecoveryRatio::Borne)),
            Some(_) => {
                item.refuse(faults, FaultCode::UnknownWord, "borne, {…}");
                None
            }
            None => ratio(item, faults, context, None).map(|ratio| ratio.map(RecoveryRatio::Fixed)),
        });
        let return_within = table.open(faults, "return_within", |item, faults| span(item, faults));
        let refills = table.open(faults, "refills", |item, faults| item.words(faults));
        let late = table.open(faults, "late", |item, faults| item.word(faults));
        let pursuer = table.open(faults, "pursuer", Item::name);
        let until = table.open(faults, "until", Item::name);
        Some(Recovery {
            costs_first: costs_first?,
            ratio: match shared? {
                Open::Known(ratio) => ratio,
                Open::Unknown => Open::Unknown,
            },
            return_within: return_within?,
            refills: refills?,
            late: late?,
            pursuer: pursuer?,
            until: until?,
            origin,
        })
    })
}

/// Reads `[[void]]`.
pub(super) fn voids(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Void> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "void");
    tables.iter().filter_map(|table| void(table, faults, context, &mut taken)).collect()
}

fn void(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Void> {
    let origin = table.clause(faults, &["id", "when", "text_zh", "text_en", "effect", "for"]);
    let id = table.id(faults, taken);
    let text = if table.has("text_en") && !table.has("text_zh") { "text_en" } else { "text_zh" };
    let ground = table.one_of(faults, &["when", text]).and_then(|(key, item)| match key {
        "when" => condition(&item, faults, context).map(VoidGround::When),
        _ => table.titled(faults, "text_zh", "text_en").map(VoidGround::Text),
    });
    let effect = table.open(faults, "effect", |item, faults| item.some_words(faults));
    let lasting = table.maybe_open(faults, "for", |item, faults| span(item, faults));
    Some(Void { id: id?, ground: ground?, effect: effect?, lasting: lasting?, origin })
}

/// Reads `[[passage]]`: an article that is words only.
pub(super) fn passages(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Passage> {
    let mut taken = Taken::new();
    let mut passages = Vec::new();
    for table in root.list(faults, "passage") {
        let origin = table.clause(faults, &["id", "text_zh", "text_en"]);
        let id = table.id(faults, &mut taken);
        let text = table.titled(faults, "text_zh", "text_en");
        if let (Some(id), Some(text)) = (id, text) {
            passages.push(Passage { id, text, origin });
        }
    }
    passages
}

/// Reads `[[report]]`.
pub(super) fn reports(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Report> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "report");
    tables.iter().filter_map(|table| report(table, faults, &mut taken)).collect()
}

fn report(table: &Table<'_, '_>, faults: &mut Faults, taken: &mut Taken) -> Option<Report> {
    let origin = table.clause(faults, &["id", "every", "to", "due", "cut_off", "measures", "signed_by"]);
    let id = table.id(faults, taken);
    let every = table.open(faults, "every", |item, faults| item.word(faults));
    let to = table.open(faults, "to", Item::names);
    let due = table.open(faults, "due", |item, faults| span(item, faults));
    let cut_off = table.open(faults, "cut_off", Item::name);
    let measures = table.open(faults, "measures", Item::names);
    let signed_by = table.open(faults, "signed_by", Item::names);
    Some(Report {
        id: id?,
        every: every?,
        to: to?,
        due: due?,
        cut_off: cut_off?,
        measures: measures?,
        signed_by: signed_by?,
        origin,
    })
}

/// Reads `[closeout]`.
pub(super) fn closeout(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Option<Closeout>> {
    root.maybe(faults, "closeout", |item, faults| {
        let table = item.table(faults)?;
        let known =
            ["life", "counted_from", "extension", "no_new_loans_after", "old_loans_covered", "run_off", "balance_to"];
        let origin = table.clause(faults, &known);
        let life = table.open(faults, "life", |item, faults| span(item, faults));
        let counted_from = table.open(faults, "counted_from", Item::date);
        let extension = table.open(faults, "extension", Item::names);
        let no_new_loans_after = table.open(faults, "no_new_loans_after", |item, faults| match item.as_str() {
            Some("none") => Some(None),
            _ => item.date(faults).map(Some),
        });
        let old_loans_covered = table.open(faults, "old_loans_covered", Item::flag);
        let run_off = table.maybe_open(faults, "run_off", |item, faults| span(item, faults));
        let balance_to = table.open(faults, "balance_to", receiver);
        Some(Closeout {
            life: life?,
            counted_from: counted_from?,
            extension: extension?,
            no_new_loans_after: no_new_loans_after?,
            old_loans_covered: old_loans_covered?,
            run_off: run_off?,
            balance_to: balance_to?,
            origin,
        })
    })
}

fn receiver(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Receiver> {
    if item.as_str() == Some("by_source_share") {
        return Some(Receiver::BySourceShare);
    }
    let level = item.as_str().and_then(SourceLevel::from_code);
    if level.is_none() {
        let code = if item.as_str().is_some() { FaultCode::UnknownWord } else { FaultCode::WrongType };
        item.refuse(faults, code, &format!("by_source_share, {}", codes(SourceLevel::ALL)));
    }
    level.map(Receiver::Level)
}
