//! Whether two conditions can hold for one case, as far as that is plain to see.
//!
//! **Invariant:** conditions called disjoint never hold together; others may or may not.

use crate::domain::rulebook::condition::{Choice, ChoiceMode, Condition, Leaf};

/// Whether no case can meet both.
pub(super) fn disjoint(one: &Condition, other: &Condition) -> bool {
    let (ones, others) = (needed(one), needed(other));
    ones.iter().any(|leaf| others.iter().any(|other| excludes(leaf, other)))
}

/// The comparisons a condition cannot hold without.
fn needed(condition: &Condition) -> Vec<&Leaf> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(needed).collect(),
        Condition::Is { means, .. } => needed(means),
        Condition::Leaf(leaf) => vec![leaf],
        Condition::Any(_) | Condition::Not(_) | Condition::Unknown => Vec::new(),
    }
}

fn excludes(one: &Leaf, other: &Leaf) -> bool {
    match (one, other) {
        (Leaf::Flag(fact, wanted), Leaf::Flag(other, other_wanted)) => fact == other && wanted != other_wanted,
        (Leaf::Word(fact, choice), Leaf::Word(other, other_choice)) if fact == other => {
            apart(choice, other_choice) || apart(other_choice, choice)
        }
        _ => false,
    }
}

/// Whether no word of the first, which must list its words, is allowed by the second.
fn apart(listed: &Choice, other: &Choice) -> bool {
    listed.mode == ChoiceMode::OneOf && !listed.among.iter().any(|word| other.holds(word))
}
