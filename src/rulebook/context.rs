//! What clauses may refer to: parties, levels, tags, definitions.
//!
//! **Invariant:** a name that points at nothing is refused where it stands.

use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use crate::domain::rulebook::vocabulary::PartyKind;
use crate::domain::rulebook::{Definition, Level, Name, Party, PartyIx, Tag};

/// What clauses may refer to.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// The parties.
    pub parties: &'a [Party],
    /// Other public levels.
    pub levels: &'a [Level],
    /// The tags.
    pub tags: &'a [Tag],
    /// The definitions.
    pub definitions: &'a [Definition],
}

impl Context<'_> {
    /// The ids of the parties.
    pub fn party_ids(&self) -> Vec<&str> {
        self.parties.iter().map(|party| party.id.as_str()).collect()
    }

    /// The party with this id.
    pub fn party_named(&self, id: &str) -> Option<PartyIx> {
        self.parties.iter().position(|party| party.id == id).map(PartyIx)
    }

    /// The parties that stand last in every ratio: the fund and other public levels.
    pub fn last(&self) -> Vec<PartyIx> {
        let public = |party: &Party| matches!(party.kind, PartyKind::Fund | PartyKind::Level);
        self.parties.iter().enumerate().filter(|(_, party)| public(party)).map(|(place, _)| PartyIx(place)).collect()
    }
}

/// A party.
pub(super) fn party(item: &Item<'_, '_>, faults: &mut Faults, context: &Context<'_>) -> Option<PartyIx> {
    let id = known_id(item, faults, &context.party_ids())?;
    context.party_named(&id)
}

/// A list of ids of `known`, with at least one.
pub(super) fn known_ids(item: &Item<'_, '_>, faults: &mut Faults, known: &[&str]) -> Option<Vec<Name>> {
    let ids = item.several(faults, |element, faults| known_id(element, faults, known))?;
    if ids.is_empty() {
        item.refuse(faults, FaultCode::Empty, &known.join(", "));
        return None;
    }
    Some(ids)
}

/// An id of `known`.
pub(super) fn known_id(item: &Item<'_, '_>, faults: &mut Faults, known: &[&str]) -> Option<Name> {
    let id = item.text(faults)?;
    if !known.contains(&id.as_str()) {
        item.refuse(faults, FaultCode::IdUnknown, &known.join(", "));
        return None;
    }
    Some(id)
}
