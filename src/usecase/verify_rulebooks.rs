//! Proofs over rulebooks: what is stored is what was proposed by one person and confirmed by another.
//!
//! **Invariant:** every rulebook or step that breaks a rule is named by its row.

use std::collections::{BTreeMap, BTreeSet};

use super::UseCaseError;
use super::issuing::unconfirmed;
use super::verify::Check;
use crate::domain::person::PersonName;
use crate::hash::sha256_hex;
use crate::rulebook;
use crate::storage::Db;
use crate::storage::facts::Fact;
use crate::storage::find::parties;
use crate::storage::find::rulebook_steps::{self, CONFIRMED};
use crate::storage::rows::parties::RulebookRow;
use crate::storage::rows::rulebook_steps::RulebookStepRow;

/// Every stored rulebook hashes to its row, reads without faults and is the version its row names.
///
/// # Errors
/// Storage.
pub fn readable(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let stored = parties::rulebooks(db, fund_id)?;
    let reads = |row: &RulebookRow| {
        let named = |name: &str| name == format!("{}@{}", row.rulebook_id, row.version);
        sha256_hex(row.body.as_bytes()) == row.hash
            && rulebook::parse("", &row.body).is_ok_and(|parsed| named(&parsed.rulebook.name()))
    };
    let failures = stored.iter().filter(|row| !reads(row)).map(|row| format!("rulebooks {}", row.key())).collect();
    Ok(Check::new("rulebooks_read", stored.len(), failures))
}

/// Every rulebook beyond the one the fund was opened with was proposed and confirmed by two persons, byte for byte.
///
/// # Errors
/// Storage.
pub fn two_persons(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let opened = parties::opened_fund(db, fund_id)?;
    let is_first = |row: &RulebookRow| {
        opened.as_ref().is_some_and(|fund| fund.rulebook_id == row.rulebook_id && fund.rulebook_version == row.version)
    };
    let stored = parties::rulebooks(db, fund_id)?;
    let steps = rulebook_steps::all(db, fund_id)?;
    let proposals: BTreeMap<&str, &RulebookStepRow> =
        steps.iter().filter(|step| step.version == 1).map(|step| (step.proposal_id.as_str(), step)).collect();
    let mut confirmed: BTreeSet<String> = BTreeSet::new();
    let mut failures = Vec::new();
    for step in &steps {
        let asked = proposals.get(step.proposal_id.as_str());
        let book =
            stored.iter().find(|row| row.rulebook_id == step.rulebook_id && row.version == step.rulebook_version);
        let fits = match (step.version, asked) {
            (1, _) => step.state == "proposed" && is_whole(step),
            (2, Some(asked)) => may_answer(step, asked),
            _ => false,
        };
        let issued = step.state != CONFIRMED
            || (book.is_some_and(|book| book.hash == step.hash && book.event_id == step.event_id)
                && names_known(step, &stored)
                && confirmed.insert(format!("{}@{}", step.rulebook_id, step.rulebook_version)));
        if !fits || !issued {
            failures.push(format!("rulebook_steps {}", step.key()));
        }
    }
    let unissued =
        |row: &&RulebookRow| !is_first(row) && !confirmed.contains(&format!("{}@{}", row.rulebook_id, row.version));
    failures.extend(stored.iter().filter(unissued).map(|row| format!("rulebooks {}", row.key())));
    Ok(Check::new("rulebooks_by_two_persons", steps.len().saturating_add(stored.len()), failures))
}

/// A proposal holds bytes with its hash, and lists every clause that is only assumed or proposed.
fn is_whole(step: &RulebookStepRow) -> bool {
    let Some(body) = &step.body else { return false };
    let listed: Vec<String> = serde_json::from_str(&step.unconfirmed).unwrap_or_default();
    sha256_hex(body.as_bytes()) == step.hash
        && rulebook::parse("", body).is_ok_and(|parsed| unconfirmed(&parsed.rulebook) == listed)
}

fn may_answer(answer: &RulebookStepRow, asked: &RulebookStepRow) -> bool {
    let Some(person) = PersonName::read(&answer.person) else { return false };
    let same = answer.hash == asked.hash
        && answer.rulebook_id == asked.rulebook_id
        && answer.rulebook_version == asked.rulebook_version;
    let accepts = answer.state != CONFIRMED || answer.accepted == asked.unconfirmed;
    same && accepts && person.is(&asked.person) == (answer.state == "withdrawn")
}

/// A repeal names a stored version.
fn names_known(step: &RulebookStepRow, stored: &[RulebookRow]) -> bool {
    let named = |name: &String| stored.iter().any(|row| *name == format!("{}@{}", row.rulebook_id, row.version));
    step.repeals.as_ref().is_none_or(named)
}
