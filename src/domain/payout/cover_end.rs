//! Until when a measure leaves room for a claim on a loan: what the fund promised for it is free from the day after.
//!
//! Nobody says that a cover has ended. It follows from the last day on which a claim could still be filed and not be
//! refused for coming late, for a borrower who paid nothing at maturity: whoever is overdue earlier must file earlier.
//! **Invariant:** where the measure names no such day, or leaves it open, or its holidays are not published yet, there is
//! none; cover never ends by a guess.

use chrono::NaiveDate;

use super::Rules;
use super::observe::span_end;
use crate::domain::rulebook::condition::{Condition, DayBound, Leaf, Span};
use crate::domain::rulebook::fact::{DateFact, DateRef};
use crate::domain::rulebook::vocabulary::Otherwise;
use crate::domain::rulebook::{Open, Rulebook, Test};
use crate::domain::tier::npl_date;

/// The last day of the cover of a loan that matures on a day. `overdue_since` is the first overdue day that the bank told
/// last, which may lie behind maturity.
#[must_use]
pub fn cover_until(rules: &Rules<'_>, matures_on: NaiveDate, overdue_since: Option<NaiveDate>) -> Option<NaiveDate> {
    let first_overdue = matures_on.succ_opt()?;
    let latest = overdue_since.map_or(first_overdue, |since| since.max(first_overdue));
    let to_file = window(rules.book).and_then(|span| span_end(rules.calendar, npl_date(latest), span).ok());
    [to_file, closed_on(rules, matures_on)].into_iter().flatten().min()
}

/// The time in which a claim must be filed once the loan has turned bad; the first that is named, for each refuses.
fn window(book: &Rulebook) -> Option<Span> {
    // What another version may test anew is not this one's to say.
    if !book.head.retest.is_empty() {
        return None;
    }
    let refuses = |test: &&Test| test.when.is_always() && test.otherwise == Open::Known(Otherwise::Reject);
    book.tests.iter().filter(refuses).flat_map(|test| needed(&test.require)).find_map(|leaf| match leaf {
        Leaf::Day(DateRef::Fact(DateFact::ClaimFiledOn), bounds) => bounds.iter().find_map(|bound| match bound {
            DayBound::Within(span, DateRef::Fact(DateFact::ClaimNplSince)) => Some(*span),
            _ => None,
        }),
        _ => None,
    })
}

/// What must hold in every case for a condition to hold.
fn needed(condition: &Condition) -> Vec<&Leaf> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(needed).collect(),
        Condition::Leaf(leaf) => vec![leaf],
        Condition::Any(_) | Condition::Not(_) | Condition::Is { .. } | Condition::Unknown => Vec::new(),
    }
}

/// The last day on which a scheme that has closed still takes claims on its loans (`gate`).
fn closed_on(rules: &Rules<'_>, matures_on: NaiveDate) -> Option<NaiveDate> {
    let closeout = rules.book.closeout.as_ref()?;
    let last = closeout.no_new_loans_after.known().copied().flatten()?;
    let run_off = closeout.run_off?.known().copied()?;
    span_end(rules.calendar, matures_on, run_off).ok().map(|end| end.max(last))
}
