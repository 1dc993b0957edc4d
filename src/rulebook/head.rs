//! The first part of a file: grammar version, identity, cover sheet, reading dates.
//!
//! **Invariant:** all eighteen groups are answered, and the answers agree with the sections of the file.

use super::clauses::Used;
use super::conditions::day_fact;
use super::fault::FaultCode;
use super::reader::{Faults, Item, Table};
use crate::domain::rulebook::fact::{DateFact, Fact};
use crate::domain::rulebook::vocabulary::{Basis, Group, GroupState};
use crate::domain::rulebook::{Definition, GroupAnswer, Head, Open, Origin, Reading};

/// Dates that may pick the version of a loan.
const GOVERNING: &[DateFact] =
    &[DateFact::LoanDisbursedOn, DateFact::LoanRegisteredOn, DateFact::ClaimNplSince, DateFact::ClaimFiledOn];

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
    let origin = table.clause(
        faults,
        &[
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
            "proposal",
        ],
        &[],
    );
    let text = |faults: &mut Faults, key: &str| table.need(faults, key).and_then(|item| item.text(faults));
    let date = |faults: &mut Faults, key: &str| table.need(faults, key).and_then(|item| item.date(faults));
    let name = |faults: &mut Faults, key: &str| table.need(faults, key).and_then(|item| item.name(faults));
    let flag = |faults: &mut Faults, key: &str| table.need(faults, key).and_then(|item| item.flag(faults));
    let (id, version) = (name(faults, "id"), name(faults, "version"));
    let (title_zh, title_en) = (text(faults, "title_zh"), text(faults, "title_en"));
    let number = text(faults, "number");
    let issuers = table.need(faults, "issuers").and_then(|item| item.texts(faults));
    let issued_on = table.need(faults, "issued_on").and_then(|item| open_date(&item, faults));
    let (from, to) = (date(faults, "effective_from"), date(faults, "effective_to"));
    if let (Some(from), Some(to), Some(item)) = (from, to, table.get("effective_to"))
        && to < from
    {
        item.refuse(faults, FaultCode::DateOrder, &format!("≥ {from}"));
    }
    let repealed = table.get("repealed_from").map(|item| item.date(faults));
    let trial = flag(faults, "trial");
    let replaces = table.get("replaces").map(|item| predecessor(&item, faults));
    let governs = table.need(faults, "governs").and_then(|item| item.word(faults, GOVERNING, DateFact::code, &[]));
    let calendar = table.need(faults, "calendar");
    calendar.and_then(|item| item.word(faults, &["mainland"], |word| word, &[]))?;
    let proposal = table.get("proposal").map_or(Some(false), |item| item.flag(faults));
    Some(Head {
        id: id?,
        version: version?,
        title_zh: title_zh?,
        title_en: title_en?,
        number: number?,
        issuers: issuers?,
        issued_on: issued_on?,
        effective_from: from?,
        effective_to: to?,
        repealed_from: transposed(repealed)?,
        trial: trial?,
        replaces: transposed(replaces)?,
        governs: governs?,
        proposal: proposal?,
        origin,
    })
}

/// Reads `[groups]`: one answer for every group.
pub(super) fn groups(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<PlacedAnswer> {
    let Some(table) = root.need(faults, "groups").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let names = Group::ALL.iter().map(|group| group.code()).collect::<Vec<_>>();
    table.allow(faults, &names, &[]);
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
        let origin = Origin { article: None, basis: Basis::Text, key_basis: Vec::new(), note_zh: None, note_en: None };
        return Some((state, origin));
    }
    let table = item.table(faults)?;
    let origin = table.clause(faults, &["state"], &[]);
    let state = table.need(faults, "state").and_then(|item| state(&item, faults))?;
    Some((state, origin))
}

/// A state; here `unknown` is a word like the others.
fn state(item: &Item<'_, '_>, faults: &mut Faults) -> Option<GroupState> {
    let state = item.as_str().and_then(GroupState::from_code);
    if state.is_none() {
        item.word(faults, GroupState::ALL, GroupState::code, &[]);
    }
    state
}

/// Compares the cover sheet with the sections: what is stated must be there, what is not must not.
pub(super) fn groups_match(root: &Table<'_, '_>, faults: &mut Faults, groups: &[PlacedAnswer]) {
    let tested = root.words_of_list("test", "group");
    for placed in groups {
        let group = placed.answer.group;
        let written = match group {
            Group::Borrower | Group::Pledge | Group::Loan | Group::Trigger => tested.contains(&group.code()),
            Group::Sources => root.get("sources").is_some(),
            Group::Sharing => root.get("sharing").is_some(),
            Group::Loss => root.get("loss").is_some(),
            Group::Timing => root.get("timing").is_some(),
            Group::Caps => root.get("cap").is_some(),
            Group::Levels
            | Group::Breakers
            | Group::Portfolio
            | Group::Duties
            | Group::Recovery
            | Group::Integrity
            | Group::Reporting
            | Group::Closeout
            | Group::Subsidies => false,
        };
        let fits = match placed.answer.state {
            GroupState::Stated => written,
            GroupState::Partly => true,
            GroupState::Unknown | GroupState::None => !written,
        };
        if !fits {
            let path = format!("groups.{}", group.code());
            let expected = if written { "stated, partly" } else { "partly, unknown, none" };
            faults.add(placed.offset, FaultCode::GroupContradicts, &path, placed.answer.state.code(), expected);
        }
    }
}

/// Reads `[reading]`.
pub(super) fn readings(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Reading> {
    let Some(table) = root.get("reading").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    table.allow(faults, &["borrower"], &["loan", "bank"]);
    let Some(borrower) = table.get("borrower").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let later = ["region", "revenue", "assets", "employees", "debt_ratio", "credit_clean", "scheme_balance"];
    borrower.allow(faults, &["size"], &later);
    let Some(size) = borrower.get("size").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let origin = size.clause(faults, &["on"], &["means_any", "means_all"]);
    let on = size.need(faults, "on").and_then(|item| day_fact(&item, faults));
    on.map(|on| Reading { fact: Fact::BorrowerSize, on, origin }).into_iter().collect()
}

/// A changing fact that is used needs the day on which it is read.
pub(super) fn readings_complete(faults: &mut Faults, readings: &[Reading], definitions: &[Definition], used: &Used) {
    let uses = |fact: Fact| {
        used.facts.contains(&fact) || definitions.iter().any(|definition| definition.when.facts().contains(&fact))
    };
    let read = readings.iter().any(|reading| reading.fact == Fact::BorrowerSize);
    if uses(Fact::BorrowerSize) && !read {
        let fact = Fact::BorrowerSize.code();
        faults.add(0, FaultCode::ReadingMissing, &format!("reading.{fact}"), fact, "loan.disbursed_on");
    }
}

fn open_date(item: &Item<'_, '_>, faults: &mut Faults) -> Option<Open<chrono::NaiveDate>> {
    if item.is_unknown() {
        return Some(Open::Unknown);
    }
    item.date(faults).map(Open::Known)
}

fn predecessor(item: &Item<'_, '_>, faults: &mut Faults) -> Option<String> {
    let text = item.text(faults)?;
    let named = text.split_once('@').is_some_and(|(id, version)| !id.is_empty() && !version.is_empty());
    if !named {
        item.refuse(faults, FaultCode::IdForm, "id@version");
    }
    named.then_some(text)
}

/// `Some(None)` when a key is absent, `None` when it is there and faulty.
fn transposed<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(value) => value.map(Some),
    }
}
