//! How complete the file of a claim is, from the day the loan is registered.
//!
//! Owns the list of papers and facts that a measure asks for, and how many are there. Two gates: what is needed to
//! compute, and what is needed to approve.
//! **Invariant:** the list comes from the measure; a paper that was handed in with the loan counts for its claim.

use std::collections::BTreeSet;

use crate::domain::rulebook::vocabulary::DocumentGate;

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// What it is called: Chinese, English; empty for a fact.
    pub name: [String; 2],
    /// For which gate.
    pub gate: DocumentGate,
    /// Papers any one of which is enough.
    pub any_of: Vec<String>,
    /// It is there.
    pub is_there: bool,
}

/// A paper that a measure asks for, before it is known whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its code.
    pub code: String,
    /// What it is called: Chinese, English.
    pub name: [String; 2],
    /// For which gate.
    pub gate: DocumentGate,
    /// Papers any one of which is enough.
    pub any_of: Vec<String>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// What is asked for, in the order of the measure.
    pub items: Vec<Item>,
}

impl Completeness {
    /// Holds what is asked for against what is there.
    #[must_use]
    pub fn of(asked: Vec<Asked>, there: &BTreeSet<String>) -> Completeness {
        let items = asked.into_iter().map(|asked| {
            let is_there = asked.any_of.iter().chain([&asked.code]).any(|code| there.contains(code));
            Item { code: asked.code, name: asked.name, gate: asked.gate, any_of: asked.any_of, is_there }
        });
        Completeness { items: items.collect() }
    }

    /// What is missing for a gate, by code.
    #[must_use]
    pub fn missing(&self, gate: DocumentGate) -> Vec<String> {
        let missing = self.items.iter().filter(|item| item.gate == gate && !item.is_there);
        missing.map(|item| item.code.clone()).collect()
    }

    /// How much is there, in whole percent, rounded down; none where nothing is asked for.
    #[must_use]
    pub fn percent(&self) -> Option<usize> {
        let there = self.items.iter().filter(|item| item.is_there).count();
        there.saturating_mul(100).checked_div(self.items.len())
    }
}
