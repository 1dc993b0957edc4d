//! The age a rulebook wants a borrower to have.
//!
//! **Invariant:** only a bound that every case must keep counts: one inside an alternative, a negation or a test
//! for some cases only says nothing of all firms.

use super::rulebook::condition::{Comparison, Condition, Leaf, Span};
use super::rulebook::fact::SpanFact;
use super::rulebook::{Rulebook, Test};

/// A least age and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinimumAge<'r> {
    /// Full months at disbursement.
    pub months: u32,
    /// The test that asks for it.
    pub test: &'r Test,
}

/// The highest age that a rulebook asks of every borrower.
#[must_use]
pub fn minimum_age(rulebook: &Rulebook) -> Option<MinimumAge<'_>> {
    let for_all = |test: &&Test| test.when.is_always();
    let ages = rulebook.tests.iter().filter(for_all).filter_map(|test| {
        let months = least_months(&test.require)?;
        Some(MinimumAge { months, test })
    });
    ages.max_by_key(|age| age.months)
}

fn least_months(condition: &Condition) -> Option<u32> {
    match condition {
        Condition::All(parts) => parts.iter().filter_map(least_months).max(),
        Condition::Is { means, .. } => least_months(means),
        Condition::Any(_) | Condition::Not(_) | Condition::Unknown => None,
        Condition::Leaf(Leaf::Span(SpanFact::BorrowerAge, bounds)) => bounds
            .iter()
            .filter_map(|bound| match (bound.comparison, bound.limit) {
                (Comparison::AtLeast, Span::Months(limit)) => Some(limit),
                (Comparison::Over, Span::Months(limit)) => Some(limit.saturating_add(1)),
                _ => None,
            })
            .max(),
        Condition::Leaf(_) => None,
    }
}
