//! Tests and needed papers.
//!
//! **Invariant:** every clause has an id that is unique in its list.

use super::conditions::{needed, optional};
use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::{Item, codes};
use super::reader::{Table, Taken};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{DocumentCode, DocumentGate, Group, ReasonCode};
use crate::domain::rulebook::{Document, Stage, Test};

/// Groups a test may belong to.
pub(super) const TEST_GROUPS: &[Group] = &[Group::Levels, Group::Borrower, Group::Pledge, Group::Loan, Group::Trigger];

/// Reads `[[test]]`.
pub(super) fn tests(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Test> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "test");
    tables.iter().filter_map(|table| test(table, faults, context, &mut taken)).collect()
}

fn test(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Test> {
    let known = ["id", "group", "when", "require", "otherwise", "code"];
    let origin = table.clause(faults, &known);
    let id = table.id(faults, taken);
    let group = table.value(faults, "group", |item, faults| item.word_among(faults, TEST_GROUPS));
    let when = optional(table, "when", faults, context);
    let require = needed(table, "require", faults, context);
    let otherwise = table.open(faults, "otherwise", |item, faults| item.word(faults));
    let code = table.maybe(faults, "code", code);
    let (group, when, require) = (group?, when?, require?);
    let of_claim = when.facts().into_iter().chain(require.facts()).any(Fact::belongs_to_claim);
    let stage = if of_claim || group == Group::Trigger { Stage::Claim } else { Stage::Enrolment };
    Some(Test { id: id?, group, stage, when, require, otherwise: otherwise?, code: code?, origin })
}

/// A reason code that clauses may carry.
fn code(item: &Item<'_, '_>, faults: &mut Faults) -> Option<ReasonCode> {
    let usable: Vec<ReasonCode> = ReasonCode::ALL.iter().copied().filter(|code| code.is_for_clauses()).collect();
    item.word_among(faults, &usable)
}

/// Reads `[[document]]`.
pub(super) fn documents(root: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Vec<Document> {
    let mut taken = Taken::new();
    let tables = root.list(faults, "document");
    tables.iter().filter_map(|table| document(table, faults, context, &mut taken)).collect()
}

fn document(table: &Table<'_, '_>, faults: &mut Faults, context: &Context<'_>, taken: &mut Taken) -> Option<Document> {
    let origin = table.clause(faults, &["id", "name_zh", "name_en", "any_of", "when", "gate", "code"]);
    let id = table.id(faults, taken);
    let name = table.titled(faults, "name_zh", "name_en");
    let when = optional(table, "when", faults, context);
    let gate = table.maybe(faults, "gate", |item, faults| item.word(faults));
    let code = table.maybe(faults, "code", code);
    let any_of = match table.get("any_of") {
        Some(item) => item.some_words(faults),
        None => {
            let own = id.as_ref().and_then(|id| DocumentCode::from_code(id));
            if let Some(item) = table.get("id").filter(|_| own.is_none() && id.is_some()) {
                item.refuse(faults, FaultCode::UnknownWord, &format!("any_of, {}", codes(DocumentCode::ALL)));
            }
            own.map(|own| vec![own])
        }
    };
    Some(Document {
        id: id?,
        name: name?,
        any_of: any_of?,
        when: when?,
        gate: gate?.unwrap_or(DocumentGate::Compute),
        code: code?,
        origin,
    })
}
