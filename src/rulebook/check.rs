//! What must agree between the parts of a file: cover sheet and sections, liability and limits, use and meaning.
//!
//! **Invariant:** checks look at the whole file; those that look at what is used wait for a file without faults,
//! because a clause that could not be read may use what would look unused.

use super::fault::FaultCode;
use super::faults::Faults;
use super::head::PlacedAnswer;
use super::reader::Table;
use super::used::Used;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{CapKind, Group, GroupState, Liability, PartyKind, TagHolder};
use crate::domain::rulebook::{Open, Party, PartyIx, Rulebook};

/// Sections a group is written in; tests are looked up by their group.
const SECTIONS: &[(Group, &[&str])] = &[
    (Group::Sources, &["sources", "source"]),
    (Group::Levels, &["level"]),
    (Group::Sharing, &["sharing"]),
    (Group::Loss, &["loss"]),
    (Group::Trigger, &["document"]),
    (Group::Timing, &["timing"]),
    (Group::Caps, &["cap"]),
    (Group::Breakers, &["breaker"]),
    (Group::Portfolio, &["portfolio"]),
    (Group::Duties, &["duty"]),
    (Group::Recovery, &["recovery"]),
    (Group::Integrity, &["void"]),
    (Group::Reporting, &["report"]),
    (Group::Closeout, &["closeout"]),
    (Group::Subsidies, &["subsidy", "subsidy_ceiling"]),
];

/// Sections that belong to a group without being what it asks for: they do not make it stated.
const BESIDE: &[(Group, &str)] = &[(Group::Timing, "handling")];

/// Holds the cover sheet against the sections, and liability against limits.
pub(super) fn cover_sheet(
    root: &Table<'_, '_>,
    faults: &mut Faults,
    groups: &[PlacedAnswer],
    fund: Option<PartyIx>,
    liability: Option<&Open<Liability>>,
) {
    groups_match(root, faults, groups);
    fund_pays(root, faults, groups, fund);
    liability_limited(root, faults, groups, liability);
}

/// Compares the cover sheet with the sections: what is stated must be there, what is not must not.
fn groups_match(root: &Table<'_, '_>, faults: &mut Faults, groups: &[PlacedAnswer]) {
    let tested = root.words_of_list("test", "group");
    for placed in groups {
        let group = placed.answer.group;
        let sections = SECTIONS.iter().filter(|(of, _)| *of == group).flat_map(|(_, sections)| sections.iter());
        let written = tested.contains(&group.code()) || sections.into_iter().any(|section| root.has(section));
        let beside = BESIDE.iter().any(|(of, section)| *of == group && root.has(section));
        let fits = match placed.answer.state {
            GroupState::Stated => written,
            GroupState::Partly => true,
            GroupState::Unknown | GroupState::None => !written && !beside,
        };
        if !fits {
            let expected = match (written, beside) {
                (true, _) => "stated, partly",
                (false, true) => "partly",
                (false, false) => "partly, unknown, none",
            };
            contradicts(placed, faults, expected);
        }
    }
}

fn contradicts(placed: &PlacedAnswer, faults: &mut Faults, expected: &str) {
    let path = format!("groups.{}", placed.answer.group.code());
    faults.add(placed.offset, FaultCode::GroupContradicts, &path, placed.answer.state.code(), expected);
}

/// A scheme whose fund shares loan by loan says what the loss is and when it pays.
fn fund_pays(root: &Table<'_, '_>, faults: &mut Faults, groups: &[PlacedAnswer], fund: Option<PartyIx>) {
    if fund.is_none() || !root.has("sharing") {
        return;
    }
    let silent = |placed: &&PlacedAnswer| {
        matches!(placed.answer.group, Group::Loss | Group::Timing) && placed.answer.state == GroupState::None
    };
    for placed in groups.iter().filter(silent) {
        contradicts(placed, faults, "stated, partly, unknown");
    }
}

/// The one party that is the fund. There may be none where no money of a fund is stated, and never two.
pub(super) fn fund(
    root: &Table<'_, '_>,
    faults: &mut Faults,
    groups: &[PlacedAnswer],
    parties: &[Party],
) -> Option<PartyIx> {
    let places = parties.iter().enumerate().filter(|(_, party)| party.kind == PartyKind::Fund);
    let mut places = places.map(|(place, _)| PartyIx(place));
    let fund = places.next();
    let stated = state(groups, Group::Sources) == Some(GroupState::Stated);
    if places.next().is_some() || (fund.is_none() && stated) {
        let offset = root.get("party").or_else(|| root.get("sources")).map_or(0, |item| item.offset());
        let found = parties.iter().filter(|party| party.kind == PartyKind::Fund).count();
        faults.add(offset, FaultCode::OneFund, "party", &found.to_string(), "kind = \"fund\"");
    }
    fund
}

fn state(groups: &[PlacedAnswer], group: Group) -> Option<GroupState> {
    groups.iter().find(|placed| placed.answer.group == group).map(|placed| placed.answer.state)
}

/// A limited liability needs its limit, unless the limits themselves are not all known.
fn liability_limited(
    root: &Table<'_, '_>,
    faults: &mut Faults,
    groups: &[PlacedAnswer],
    liability: Option<&Open<Liability>>,
) {
    let needed = match liability {
        Some(Open::Known(Liability::Balance)) => CapKind::FundBalance,
        Some(Open::Known(Liability::Total)) => CapKind::FundTotal,
        Some(Open::Known(Liability::AnnualBudget)) => CapKind::PerSchemeYear,
        Some(Open::Known(Liability::None) | Open::Unknown) | None => return,
    };
    let known = matches!(state(groups, Group::Caps), Some(GroupState::Stated | GroupState::None));
    if !known || root.words_of_list("cap", "kind").contains(&needed.code()) {
        return;
    }
    let sources = root.get("sources").and_then(|item| item.table(faults));
    if let Some(item) = sources.and_then(|table| table.get("liability")) {
        item.refuse(faults, FaultCode::LiabilityCap, &format!("[[cap]] kind = \"{}\"", needed.code()));
    }
}

/// Notes every definition and tag that no clause uses.
pub(super) fn unused(root: &Table<'_, '_>, faults: &mut Faults, book: &Rulebook, used: &Used) {
    let definitions = book.definitions.iter().filter(|definition| !used.definitions.contains(&definition.id));
    for definition in definitions {
        unused_at(root, faults, "define", &definition.id, &format!("is = \"{}\"", definition.id));
    }
    for tag in &book.tags {
        let (fact, names) = match tag.on {
            TagHolder::Loan => (Fact::LoanTags, &used.loan_tags),
            TagHolder::Borrower => (Fact::BorrowerTags, &used.borrower_tags),
        };
        if !names.contains(&tag.id) {
            unused_at(root, faults, "tags", &tag.id, &format!("{} = \"{}\"", fact.code(), tag.id));
        }
    }
}

fn unused_at(root: &Table<'_, '_>, faults: &mut Faults, section: &str, id: &str, expected: &str) {
    let table = root.get(section).and_then(|item| item.table(faults));
    if let Some(item) = table.and_then(|table| table.get(id)) {
        faults.add(item.key_offset, FaultCode::Unused, &item.path, id, expected);
    }
}

/// A changing fact that is used needs the day on which it is read.
pub(super) fn readings_complete(root: &Table<'_, '_>, faults: &mut Faults, book: &Rulebook, used: &Used) {
    let offset = root.get("reading").map_or(0, |item| item.key_offset);
    for fact in super::meaning::changing().filter(|fact| used.facts.contains(fact)) {
        if !book.readings.iter().any(|reading| reading.fact == fact) {
            let expected = format!("{} = {{ on = \"loan.disbursed_on\" }}", fact.code());
            faults.add(offset, FaultCode::ReadingMissing, &format!("reading.{}", fact.code()), fact.code(), &expected);
        }
    }
}
