//! Which clauses of a rulebook nobody has decided yet, and how much it leaves open.
//!
//! **Invariant:** every clause that carries an origin is looked at, under a name that is unique in the rulebook.

use toml::Value;

use crate::domain::rulebook::vocabulary::{Basis, GroupState};
use crate::domain::rulebook::{Origin, Rulebook};

/// Names of the clauses whose values are only assumed or proposed, in the order of the sections.
#[must_use]
pub fn unconfirmed(book: &Rulebook) -> Vec<String> {
    let weak = |origin: &Origin| {
        let weak = |basis: Basis| matches!(basis, Basis::Assumed | Basis::Proposal);
        weak(origin.basis) || origin.key_basis.iter().any(|(_, basis)| weak(*basis))
    };
    all(book).into_iter().filter(|(_, origin)| weak(origin)).map(|(name, _)| name).collect()
}

/// Groups of the cover sheet whose answer is unknown, and other values that the file `body` leaves open.
#[must_use]
pub fn unknown(book: &Rulebook, body: &str) -> (usize, usize) {
    let groups = book.groups.iter().filter(|answer| answer.state == GroupState::Unknown).count();
    let written = body.parse::<toml::Table>().map_or(0, |table| table.values().map(left_open).sum());
    (groups, written.saturating_sub(groups))
}

fn left_open(value: &Value) -> usize {
    match value {
        Value::String(text) => usize::from(text == "unknown"),
        Value::Array(list) => list.iter().map(left_open).sum(),
        Value::Table(table) => table.values().map(left_open).sum(),
        _ => 0,
    }
}

/// Every clause by section and id.
fn all(book: &Rulebook) -> Vec<(String, &Origin)> {
    let mut found = vec![("rulebook".to_owned(), &book.head.origin)];
    found.extend(book.groups.iter().map(|answer| (format!("groups.{}", answer.group.code()), &answer.origin)));
    found.extend(book.tags.iter().map(|tag| (format!("tags.{}", tag.id), &tag.origin)));
    found.extend(book.definitions.iter().map(|one| (format!("define.{}", one.id), &one.origin)));
    found.extend(book.readings.iter().map(|reading| (format!("reading.{}", reading.fact.code()), &reading.origin)));
    if let Some(sources) = &book.sources {
        found.push(("sources".to_owned(), &sources.origin));
        let deposits = sources.deposits.iter();
        found.extend(deposits.map(|deposits| ("sources.deposits".to_owned(), &deposits.origin)));
    }
    found.extend(book.contributors.iter().map(|source| (format!("source.{}", source.id), &source.origin)));
    found.extend(book.parties.iter().map(|party| (format!("party.{}", party.id), &party.origin)));
    found.extend(book.levels.iter().map(|level| (format!("level.{}", level.id), &level.origin)));
    found.extend(book.tests.iter().map(|test| (format!("test.{}", test.id), &test.origin)));
    found.extend(book.documents.iter().map(|document| (format!("document.{}", document.id), &document.origin)));
    found.extend(book.voids.iter().map(|void| (format!("void.{}", void.id), &void.origin)));
    for loss in &book.losses {
        found.push((format!("loss.{}", loss.id), &loss.origin));
        let limits = loss.limits.iter();
        found.extend(limits.map(|limit| (format!("loss.{}.limit.{}", loss.id, limit.id), &limit.origin)));
    }
    found.extend(sharing(book));
    found.extend(book.caps.iter().map(|cap| (format!("cap.{}", cap.id), &cap.origin)));
    found.extend(book.breakers.iter().map(|breaker| (format!("breaker.{}", breaker.id), &breaker.origin)));
    found.extend(afterwards(book));
    found
}

fn sharing(book: &Rulebook) -> Vec<(String, &Origin)> {
    let Some(sharing) = &book.sharing else { return Vec::new() };
    let mut found = vec![("sharing".to_owned(), &sharing.origin)];
    found.extend(sharing.rules.iter().map(|rule| (format!("sharing.rule.{}", rule.id), &rule.origin)));
    found.extend(sharing.bonuses.iter().map(|bonus| (format!("sharing.bonus.{}", bonus.id), &bonus.origin)));
    found.extend(sharing.ceiling.iter().map(|ceiling| ("sharing.ceiling".to_owned(), &ceiling.origin)));
    found
}

fn afterwards(book: &Rulebook) -> Vec<(String, &Origin)> {
    let mut found = Vec::new();
    found.extend(book.timing.iter().map(|timing| ("timing".to_owned(), &timing.origin)));
    if let Some(handling) = &book.handling {
        found.push(("handling".to_owned(), &handling.origin));
        found.extend(handling.levels.iter().map(|level| (format!("handling.level.{}", level.id), &level.origin)));
    }
    found.extend(book.portfolio.iter().map(|portfolio| ("portfolio".to_owned(), &portfolio.origin)));
    found.extend(book.duties.iter().map(|duty| (format!("duty.{}", duty.id), &duty.origin)));
    found.extend(book.recovery.iter().map(|recovery| ("recovery".to_owned(), &recovery.origin)));
    found.extend(book.reports.iter().map(|report| (format!("report.{}", report.id), &report.origin)));
    found.extend(book.closeout.iter().map(|closeout| ("closeout".to_owned(), &closeout.origin)));
    found.extend(book.subsidies.iter().map(|subsidy| (format!("subsidy.{}", subsidy.id), &subsidy.origin)));
    let ceilings = &book.subsidy_ceilings;
    found.extend(ceilings.iter().map(|ceiling| (format!("subsidy_ceiling.{}", ceiling.id), &ceiling.origin)));
    found
}
