//! Proving the books: chains, facts against events, the ledger, promises, payouts, projections, snapshots.
//!
//! **Invariant:** every check names the row it fails on; a check that looked at nothing says so by its count.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::UseCaseError;
use super::audit::walk::walk;
use super::books::verify as verify_statements;
use super::measures::Measures;
use super::verify_books::{self, Ledgered};
use super::{verify_acts, verify_caps, verify_replay, verify_rulebooks, verify_undos};
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::Outcome;
use crate::hash::sha256;
use crate::rulebook::quote_json::{case_from_text, outcome_to_json, verdict_to_json};
use crate::storage::chain::digest_of;
use crate::storage::columns;
use crate::storage::facts::Fact;
use crate::storage::find::events;
use crate::storage::rows::claims::CalculationRow;
use crate::storage::rows::every::{FactVisitor, visit_facts};
use crate::storage::rows::loans::CoverageRow;
use crate::storage::{Db, StoreError};

/// Failures named per check; all are counted.
const NAMED: usize = 100;

/// One check and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Name.
    pub name: &'static str,
    /// Nothing failed.
    pub ok: bool,
    /// How many things were looked at.
    pub checked: usize,
    /// What failed, by row.
    pub failures: Vec<String>,
}

impl Check {
    /// A check from what it looked at and what failed.
    #[must_use]
    pub fn new(name: &'static str, checked: usize, mut failures: Vec<String>) -> Check {
        let ok = failures.is_empty();
        failures.truncate(NAMED);
        Check { name, ok, checked, failures }
    }
}

/// The whole proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Every check passed.
    pub ok: bool,
    /// One hash over the heads of all chains.
    pub digest: String,
    /// The checks.
    pub checks: Vec<Check>,
}

/// What the events say was written, as digests, so that the books may be larger than the memory.
#[derive(Debug, Clone, Default)]
pub struct Payloads {
    /// Table → event and digest of a row → how often.
    rows: BTreeMap<String, HashMap<(String, [u8; 32]), usize>>,
    /// Business date and instant of each event.
    stamps: HashMap<String, (NaiveDate, NaiveDateTime)>,
}

/// Proves everything.
///
/// # Errors
/// Storage; `Rulebook`. What fails to prove is in the proof, not an error.
pub fn verify(db: &mut Db, fund_id: &str) -> Result<Proof, UseCaseError> {
    let mut checks = Vec::new();
    let (chain_check, mut payloads) = chains(db)?;
    checks.push(chain_check);
    checks.extend(facts_against_events(db, &mut payloads)?);
    let books = Ledgered::load(db, fund_id)?;
    checks.extend(verify_books::ledger(&books));
    checks.push(verify_books::sub_funds(&books));
    drop(books);
    checks.push(verify_rulebooks::two_persons(db, fund_id)?);
    let readable = verify_rulebooks::readable(db, fund_id)?;
    let folds = verify_acts::folds(db, fund_id)?;
    // What rests on rules or acts that do not read cannot be computed again; the check that fails says why.
    let sound = readable.ok && folds.ok;
    checks.push(readable);
    checks.push(folds);
    if sound {
        checks.extend(recomputed(db, fund_id)?);
        checks.push(verify_books::claim_projection(db, fund_id)?);
        checks.push(verify_replay::replay(db, fund_id)?);
        checks.extend(verify_acts::acts(db, fund_id)?);
        checks.push(verify_caps::caps(db, fund_id)?);
    }
    checks.push(verify_acts::balances(db, fund_id)?);
    checks.push(verify_books::month_projection(db, fund_id)?);
    checks.push(verify_undos::two_persons(db, fund_id)?);
    checks.push(verify_undos::reversals(db, fund_id)?);
    checks.extend(verify_statements::checks(db, fund_id)?);
    Ok(Proof { ok: checks.iter().all(|check| check.ok), digest: digest_of(&events::heads(db)?), checks })
}

/// What needs the rulebooks to be computed again.
fn recomputed(db: &mut Db, fund_id: &str) -> Result<Vec<Check>, UseCaseError> {
    let mut checks = vec![payouts(db, fund_id)?];
    checks.push(verify_books::payout_columns(db)?);
    checks.push(verify_books::reservations(db, fund_id)?);
    checks.push(verify_books::earmarks(db, fund_id)?);
    checks.push(verify_books::snapshots(db, fund_id)?);
    checks.push(verify_books::loan_projection(db, fund_id)?);
    Ok(checks)
}

/// Recomputes every hash and link, and gathers what the events say was written.
///
/// # Errors
/// What the database says.
pub fn chains(db: &mut Db) -> Result<(Check, Payloads), UseCaseError> {
    let mut payloads = Payloads::default();
    let walked = walk(db, |event| {
        payloads.stamps.insert(event.event_id.clone(), (event.business_date, event.recorded_at));
        gather(&mut payloads, &event.event_id, &event.payload);
    })?;
    Ok((Check::new("audit_chain", walked.checked, walked.failures), payloads))
}

fn gather(payloads: &mut Payloads, event_id: &str, payload: &str) {
    let tables: Map<String, Value> = serde_json::from_str(payload).unwrap_or_default();
    for (table, written) in tables {
        let rows = written.get("rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let said = payloads.rows.entry(table).or_default();
        for row in rows {
            *said.entry((event_id.to_owned(), sha256(row.to_string().as_bytes()))).or_default() += 1;
        }
    }
}

/// Holds every fact row against the event that wrote it, in both directions.
///
/// # Errors
/// What the database says.
pub fn facts_against_events(db: &mut Db, payloads: &mut Payloads) -> Result<Vec<Check>, UseCaseError> {
    let mut proving = Proving { db, payloads, checks: Vec::new() };
    visit_facts(&mut proving)?;
    Ok(proving.checks)
}

struct Proving<'a> {
    db: &'a mut Db,
    payloads: &'a mut Payloads,
    checks: Vec<Check>,
}

impl FactVisitor for Proving<'_> {
    type Error = UseCaseError;

    fn visit<F: Fact>(&mut self, check: &'static str) -> Result<(), UseCaseError> {
        self.checks.push(table::<F>(self.db, self.payloads, check)?);
        Ok(())
    }
}

fn table<F: Fact>(db: &mut Db, payloads: &mut Payloads, name: &'static str) -> Result<Check, UseCaseError> {
    // Rows as the events tell them, each to be met exactly once by a stored row.
    let mut open = payloads.rows.remove(F::TABLE).unwrap_or_default();
    let stored = F::load_all(db).map_err(StoreError::from)?;
    let mut failures = Vec::new();
    for row in &stored {
        let values = columns::values_of(row).unwrap_or_default();
        let is_stamped = payloads.stamps.get(row.event_id()) == Some(&row.stamp());
        match open.get_mut(&(row.event_id().to_owned(), sha256(&values))) {
            Some(left) if *left > 0 && is_stamped => *left -= 1,
            _ => failures.push(format!("{} {}", F::TABLE, row.key())),
        }
    }
    let unmet: usize = open.values().sum();
    if unmet > failures.len() {
        let gone: BTreeSet<&str> =
            open.iter().filter(|(_, left)| **left > 0).map(|((event_id, _), _)| event_id.as_str()).collect();
        failures.extend(gone.into_iter().map(|event_id| format!("{} row of {event_id} is gone", F::TABLE)));
    }
    Ok(Check::new(name, stored.len(), failures))
}

/// Recomputes every calculation and coverage from its stored input and the stored rulebook.
fn payouts(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let measures = Measures::load(db, fund_id)?;
    let mut failures = Vec::new();
    let calculations = CalculationRow::load_all(db).map_err(StoreError::from)?;
    let coverages = CoverageRow::load_all(db).map_err(StoreError::from)?;
    let checked = calculations.len() + coverages.len();
    for row in &calculations {
        let rules = (row.rulebook_id.as_str(), row.rulebook_version.as_str(), row.rulebook_hash.as_str());
        if !same_outcome(&measures, rules, (&row.input, &row.outcome), outcome_to_json) {
            failures.push(format!("calculations {}", row.key()));
        }
    }
    for row in &coverages {
        let rules = (row.rulebook_id.as_str(), row.rulebook_version.as_str(), row.rulebook_hash.as_str());
        if !same_outcome(&measures, rules, (&row.input, &row.outcome), verdict_to_json) {
            failures.push(format!("coverages {}", row.key()));
        }
    }
    Ok(Check::new("payouts_recomputed", checked, failures))
}

/// Whether the input gives the stored outcome again, under the rulebook it was computed by.
#[must_use]
pub fn same_outcome(
    measures: &Measures,
    rules: (&str, &str, &str),
    stored: (&str, &str),
    write: fn(&Outcome) -> Value,
) -> bool {
    let (input, outcome) = stored;
    let (id, version, hash) = rules;
    let Some(measure) = measures.version(id, version).filter(|measure| measure.hash == hash) else {
        return false;
    };
    let Ok(case) = case_from_text(input) else {
        return false;
    };
    let again = write(&evaluate(&measures.rules_for(measure, &case), &case)).to_string();
    again == outcome
}

/// The proof as `verify --json` prints it.
#[must_use]
pub fn proof_json(proof: &Proof) -> Value {
    json!(proof)
}
