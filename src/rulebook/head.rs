//! The first part of a file: grammar version, identity, cover sheet.
//!
//! **Invariant:** all eighteen groups are answered.

use super::fault::FaultCode;
use super::faults::Faults;
use super::item::{Item, UNKNOWN};
use super::reader::Table;
use super::rules::TEST_GROUPS;
use crate::domain::rulebook::fact::DateFact;
use crate::domain::rulebook::vocabulary::{Group, GroupState};
use crate::domain::rulebook::{GroupAnswer, Head, Name, Open, Origin};

/// Dates that may pick the version of a loan.
const GOVERNING: &[DateFact] =
    &[DateFact::LoanDisbursedOn, DateFact::LoanRegisteredOn, DateFact::ClaimNplSince, DateFact::ClaimFiledOn];
/// Keys of `[rulebook]`.
const HEAD_KEYS: &[&str] = &[
    "id",
    "version",
    "title_zh",
    "title_en",
    "number",
    "issuers",
    "issued_on",
    "effective_from",
    "effective_to",
    "repealed_from",
    "trial",
    "replaces",
    "governs",
    "calendar",
    "retest",
    "proposal",
];

/// An answer of the cover sheet and where it stands.
pub(super) struct PlacedAnswer {
    /// The answer.
    pub answer: GroupAnswer,
    /// Byte offset of its key.
    pub offset: usize,
}

/// Checks the version of the grammar.
pub(super) fn format(root: &Table<'_, '_>, faults: &mut Faults) {
    if let Some(item) = root.need(faults, "format")
        && item.shown() != "1"
    {
        item.refuse(faults, FaultCode::FormatVersion, "1");
    }
}

/// Reads `[rulebook]`.
pub(super) fn head(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Head> {
    let table = root.need(faults, "rulebook")?.table(faults)?;
    let origin = table.clause(faults, HEAD_KEYS);
    let (id, version) = (table.value(faults, "id", Item::name), table.value(faults, "version", Item::name));
    let title = table.titled(faults, "title_zh", "title_en");
    let number = table.open(faults, "number", Item::text);
    let issuers = table.value(faults, "issuers", issuers);
    let issued_on = table.open(faults, "issued_on", Item::date);
    let from = table.open(faults, "effective_from", Item::date);
    let to = table.open(faults, "effective_to", Item::date);
    if let (Some(Open::Known(from)), Some(Open::Known(to)), Some(item)) = (from, to, table.get("effective_to"))
        && to < from
    {
        item.refuse(faults, FaultCode::DateOrder, &format!("≥ {from}"));
    }
    let repealed_from = table.maybe(faults, "repealed_from", Item::date);
    let trial = table.value(faults, "trial", Item::flag);
    let replaces = table.maybe(faults, "replaces", predecessor);
    let governs = table.open(faults, "governs", |item, faults| item.word_among(faults, GOVERNING));
    let calendar = table.value(faults, "calendar", |item, faults| item.only_word(faults, "mainland"));
    let retest = table.maybe(faults, "retest", |item, faults| item.words_among(faults, TEST_GROUPS));
    let proposal = table.maybe(faults, "proposal", Item::flag);
    calendar?;
    Some(Head {
        id: id?,
        version: version?,
        title: title?,
        number: number?,
        issuers: issuers?,
        issued_on: issued_on?,
        effective_from: from?,
        effective_to: to?,
        repealed_from: repealed_from?,
        trial: trial?,
        replaces: replaces?,
        governs: governs?,
        retest: retest?.unwrap_or_default(),
        proposal: proposal?.unwrap_or(false),
        origin,
    })
}

/// The offices that issued it; none when they are not known, written `"unknown"` or `["unknown"]`.
fn issuers(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Vec<Name>> {
    if item.is_unknown() {
        return Some(Vec::new());
    }
    let offices = item.several(faults, Item::text)?;
    Some(offices.into_iter().filter(|office| *office != UNKNOWN).collect())
}

/// Reads `[groups]`: one answer for every group.
pub(super) fn groups(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<PlacedAnswer> {
    let Some(table) = root.need(faults, "groups").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let names = Group::ALL.iter().map(|group| group.code()).collect::<Vec<_>>();
    table.allow(faults, &names);
    let mut answers = Vec::new();
    for group in Group::ALL.iter().copied() {
        let Some(item) = table.get(group.code()) else {
            let states = GroupState::ALL.iter().map(|state| state.code()).collect::<Vec<_>>().join(", ");
            let path = format!("groups.{}", group.code());
            faults.add(table.offset, FaultCode::GroupMissing, &path, group.code(), &states);
            continue;
        };
        if let Some((state, origin)) = answer(&item, faults) {
            answers.push(PlacedAnswer { answer: GroupAnswer { group, state, origin }, offset: item.key_offset });
        }
    }
    answers
}

fn answer(item: &Item<'_, '_>, faults: &mut Faults) -> Option<(GroupState, Origin)> {
    if !item.is_table() {
        let state = state(item, faults)?;
        return Some((state, Origin::NONE));
    }
    let table = item.table(faults)?;
    let origin = table.clause(faults, &["state"]);
    let state = table.need(faults, "state").and_then(|item| state(&item, faults))?;
    Some((state, origin))
}

/// A state; here `unknown` is a word like the others.
fn state(item: &Item<'_, '_>, faults: &mut Faults) -> Option<GroupState> {
    item.word(faults)
}

fn predecessor(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Name> {
    let text = item.text(faults)?;
    let named = text.split_once('@').is_some_and(|(id, version)| !id.is_empty() && !version.is_empty());
    if !named {
        item.refuse(faults, FaultCode::IdForm, "id@version");
    }
    named.then_some(text)
}
