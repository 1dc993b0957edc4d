//! Definitions, tests and loss bases.
//!
//! **Invariant:** every clause has an id that is unique in its list.

use std::collections::BTreeMap;

use super::conditions::{condition, optional};
use super::fault::FaultCode;
use super::reader::{Faults, Item, Table};
use crate::domain::rulebook::condition::Condition;
use crate::domain::rulebook::fact::{DateFact, Fact};
use crate::domain::rulebook::vocabulary::{Deduction, Group, LoanPart, Otherwise, TestCode};
use crate::domain::rulebook::{Cap, Definition, Loss, Party, Sharing, Stage, Test};

/// Groups a test may belong to.
const TEST_GROUPS: &[Group] = &[Group::Borrower, Group::Pledge, Group::Loan, Group::Trigger];

/// What clauses may refer to.
pub(super) struct Context<'a> {
    /// The parties.
    pub parties: &'a [Party],
    /// The definitions.
    pub definitions: &'a [Definition],
}

/// What the conditions of all clauses use.
pub(super) struct Used {
    /// Facts.
    pub facts: Vec<Fact>,
    definitions: Vec<String>,
}

impl Used {
    /// Collects from every clause that has a condition.
    pub fn new(tests: &[Test], losses: &[Loss], sharing: Option<&Sharing>, caps: &[Cap]) -> Used {
        let mut conditions: Vec<&Condition> = Vec::new();
        conditions.extend(tests.iter().flat_map(|test| [&test.when, &test.require]));
        conditions.extend(losses.iter().map(|loss| &loss.when));
        conditions.extend(caps.iter().map(|cap| &cap.when));
        if let Some(sharing) = sharing {
            conditions.extend(sharing.rules.iter().map(|rule| &rule.when));
            conditions.extend(sharing.bonuses.iter().map(|bonus| &bonus.when));
        }
        Used {
            facts: conditions.iter().flat_map(|condition| condition.facts()).collect(),
            definitions: conditions.iter().flat_map(|condition| condition.definitions()).map(str::to_owned).collect(),
        }
    }
}

/// Reads `[define.ID]`.
pub(super) fn definitions(root: &Table<'_, '_>, faults: &mut Faults) -> Vec<Definition> {
    let Some(table) = root.get("define").and_then(|item| item.table(faults)) else {
        return Vec::new();
    };
    let mut definitions = Vec::new();
    for (id, item) in table.items() {
        let Some(inner) = item.table(faults) else {
            continue;
        };
        let origin = inner.clause(faults, &["name_zh", "name_en", "when"], &[]);
        let text = |faults: &mut Faults, key: &str| inner.need(faults, key).and_then(|item| item.text(faults));
        let (name_zh, name_en) = (text(faults, "name_zh"), text(faults, "name_en"));
        // No definitions are passed on: a definition may not use another, so there can be no circle.
        let when = inner.need(faults, "when").and_then(|item| condition(&item, faults, &[]));
        // A faulty definition stays known by its name, so that the clauses using it are not told as faulty too; the
        // file is refused in any case.
        definitions.push(Definition {
            id,
            name_zh: name_zh.unwrap_or_default(),
            name_en: name_en.unwrap_or_default(),
            when: when.unwrap_or(Condition::All(Vec::new())),
            origin,
        });
    }
    definitions
}

/// Notes every definition that no clause uses.
pub(super) fn unused_definitions(root: &Table<'_, '_>, faults: &mut Faults, definitions: &[Definition], used: &Used) {
    let Some(table) = root.get("define").and_then(|item| item.table(faults)) else {
        return;
    };
    for definition in definitions.iter().filter(|definition| !used.definitions.contains(&definition.id)) {
        if let Some(item) = table.get(&definition.id) {
            faults.add(item.key_offset, FaultCode::Unused, &item.path, &definition.id, "");
        }
    }
}

/// Reads `[[test]]`.
pub(super) fn tests(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Test> {
    let mut taken = BTreeMap::new();
    let tables = root.list(faults, "test");
    tables.iter().filter_map(|table| test(table, faults, context, &mut taken)).collect()
}

fn test(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    taken: &mut BTreeMap<String, usize>,
) -> Option<Test> {
    let origin = table.clause(faults, &["id", "group", "when", "require", "otherwise", "code"], &[]);
    let id = table.id(faults, taken);
    let group = table.need(faults, "group").and_then(|item| item.word(faults, TEST_GROUPS, Group::code, &[]));
    let when = optional(table, "when", faults, context.definitions);
    let require = table.need(faults, "require").and_then(|item| condition(&item, faults, context.definitions));
    let otherwise = table.need(faults, "otherwise");
    let otherwise = otherwise.and_then(|item| item.word(faults, Otherwise::ALL, Otherwise::code, &[]));
    let code = match table.get("code") {
        Some(item) => Some(item.word(faults, TestCode::ALL, TestCode::code, &[])?),
        None => None,
    };
    let (group, when, require) = (group?, when?, require?);
    let of_claim = when.facts().into_iter().chain(require.facts()).any(Fact::belongs_to_claim);
    let stage = if of_claim || group == Group::Trigger { Stage::Claim } else { Stage::Enrolment };
    Some(Test { id: id?, group, stage, when, require, otherwise: otherwise?, code, origin })
}

/// Reads `[[loss]]`.
pub(super) fn losses(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Loss> {
    let mut taken = BTreeMap::new();
    let Some(item) = root.need(faults, "loss") else {
        return Vec::new();
    };
    let mut always = false;
    let mut losses = Vec::new();
    for table in item.tables(faults) {
        if always {
            faults.add(table.offset, FaultCode::Unreached, &table.path, "", "");
        }
        always |= table.get("when").is_none();
        losses.extend(loss(&table, faults, context, &mut taken));
    }
    losses
}

fn loss(
    table: &Table<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    taken: &mut BTreeMap<String, usize>,
) -> Option<Loss> {
    let known = ["id", "when", "components", "part", "deduct", "read_on"];
    let origin = table.clause(faults, &known, &["interest", "limit"]);
    let id = table.id(faults, taken);
    let when = optional(table, "when", faults, context.definitions);
    let components = table.need(faults, "components").and_then(|item| {
        words(&item, faults, &["principal"], |word| word, &["interest", "costs"]).filter(|list| {
            if list.is_empty() {
                item.refuse(faults, FaultCode::Empty, "principal");
            }
            !list.is_empty()
        })
    });
    let part = table.need(faults, "part").and_then(|item| item.word(faults, LoanPart::ALL, LoanPart::code, &[]));
    let deduct = table.need(faults, "deduct");
    let deduct = deduct.and_then(|item| words(&item, faults, Deduction::ALL, Deduction::code, &[]));
    let read_on = table.need(faults, "read_on").and_then(|item| {
        let later = ["claim.npl_since", "claim.court_accepted_on", "claim.written_off_on"];
        item.word(faults, &[DateFact::ClaimFiledOn], DateFact::code, &later)
    });
    components?;
    Some(Loss { id: id?, when: when?, part: part?, deduct: deduct?, read_on: read_on?, origin })
}

/// A list of words of a closed list, each at most once.
fn words<T: Copy + PartialEq>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    all: &[T],
    code: fn(T) -> &'static str,
    later: &[&str],
) -> Option<Vec<T>> {
    let mut list: Vec<T> = Vec::new();
    let mut complete = true;
    for element in item.elements(faults)? {
        match element.word(faults, all, code, later) {
            Some(word) if list.contains(&word) => {
                element.refuse(faults, FaultCode::IdTwice, "");
                complete = false;
            }
            Some(word) => list.push(word),
            None => complete = false,
        }
    }
    complete.then_some(list)
}
