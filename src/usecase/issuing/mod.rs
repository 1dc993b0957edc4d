//! Issuing a rulebook: proposed by one person, confirmed by another, stored as it was proposed and never changed.
//!
//! A proposal keeps the bytes of its file. What would refuse its confirmation refuses the proposal already, except
//! what only the confirmation says. Early repeals are columns of the confirming step, so that the older version
//! stays as it was stored.
//!
//! **Invariant:** a version is stored in the transaction of its confirmation by another person than the proposer;
//! each day has at most one version in force, and no loan or claim is overtaken by a version that came later.

mod clauses;
mod dates;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;

pub use self::clauses::{unconfirmed, unknown};
use self::dates::Repeal;
use super::UseCaseError;
use super::error::Refusal;
use super::lives::offices::must_decide;
use crate::app::App;
use crate::domain::access::Permission;
use crate::domain::person::PersonName;
use crate::rulebook::{self, ParsedRulebook};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::parties;
use crate::storage::find::rulebook_steps::{self, CONFIRMED};
use crate::storage::rows::parties::RulebookRow;
use crate::storage::rows::rulebook_steps::RulebookStepRow;
use crate::storage::{Act, Db, Scope, Tx};

/// Longest note taken, in characters.
const LONGEST_NOTE: usize = 500;

/// Who acts, what there is to say, and on which business date.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// Name of the person.
    pub by: &'a str,
    /// What there is to say.
    pub note: &'a str,
    /// Business date.
    pub on: NaiveDate,
}

/// A proposal as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The proposal.
    pub proposed: RulebookStepRow,
    /// Its answer, once there is one.
    pub answer: Option<RulebookStepRow>,
}

impl Proposal {
    /// `proposed`, `confirmed`, `rejected` or `withdrawn`.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.answer.as_ref().unwrap_or(&self.proposed).state
    }

    /// Clauses that are only assumed or proposed.
    #[must_use]
    pub fn unconfirmed(&self) -> Vec<String> {
        serde_json::from_str(&self.proposed.unconfirmed).unwrap_or_default()
    }

    fn of(steps: Vec<RulebookStepRow>) -> Option<Proposal> {
        let mut steps = steps.into_iter();
        let proposed = steps.next()?;
        Some(Proposal { proposed, answer: steps.next() })
    }
}

/// What became of a file that was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    /// It waits for another person.
    Waiting(Box<Proposal>),
    /// These bytes are stored already; nothing changes.
    Known {
        /// `id@version`.
        name: String,
        /// Their hash.
        hash: String,
    },
}

/// Which clauses a confirmation accepts.
#[derive(Debug, Clone, Copy)]
pub enum Accepted<'a> {
    /// Each that is only assumed or proposed.
    All,
    /// These.
    Named(&'a [String]),
}

/// Every proposal of a fund, newest first.
///
/// # Errors
/// Storage.
pub fn list(db: &mut Db, fund_id: &str) -> Result<Vec<Proposal>, UseCaseError> {
    let steps = rulebook_steps::all(db, fund_id)?;
    let of = |id: &str| {
        let mut own: Vec<RulebookStepRow> = steps.iter().filter(|step| step.proposal_id == id).cloned().collect();
        own.sort_by_key(|step| step.version);
        Proposal::of(own)
    };
    Ok(steps.iter().rev().filter(|step| step.version == 1).filter_map(|step| of(&step.proposal_id)).collect())
}

/// Proposes a rulebook.
///
/// # Errors
/// `Issuing`, with nothing saved; storage.
pub fn propose(app: &App, file: &str, body: &str, word: Word<'_>) -> Result<Proposed, UseCaseError> {
    let person = person_of(word.by)?;
    let note = note_of(word.note, false)?;
    let parsed = parsed(file, body)?;
    let scope = Scope::fund(app.fund_id());
    app.store.write(&scope, &Act::new(person.as_str(), word.on), |tx| {
        if let Some(known) = stored_version(tx, app.fund_id(), &parsed)? {
            return Ok(Proposed::Known { name: known, hash: parsed.hash_hex.clone() });
        }
        if let Some(open) =
            list(tx, app.fund_id())?.iter().find(|one| one.answer.is_none() && one.proposed.hash == parsed.hash_hex)
        {
            return Err(refused("RULEBOOK_ALREADY_PROPOSED", vec![open.proposed.proposal_id.clone()]));
        }
        dates::check(tx, app.fund_id(), &parsed.rulebook, None)?;
        let head = &parsed.rulebook.head;
        let number = rulebook_steps::count(tx, app.fund_id())?.saturating_add(1);
        let (groups, values) = unknown(&parsed.rulebook, body);
        let (business_date, recorded_at, event_id) = unstamped();
        let step = RulebookStepRow {
            fund_id: app.fund_id().to_owned(),
            proposal_id: format!("{}:rulebook:{number}", app.fund_id()),
            version: 1,
            state: "proposed".to_owned(),
            person: person.as_str().to_owned(),
            note: note.clone(),
            rulebook_id: head.id.to_string(),
            rulebook_version: head.version.to_string(),
            hash: parsed.hash_hex.clone(),
            file_name: base_name(file),
            body: Some(body.to_owned()),
            unconfirmed: json!(unconfirmed(&parsed.rulebook)).to_string(),
            unknown_groups: i64::try_from(groups).unwrap_or(i64::MAX),
            unknown_values: i64::try_from(values).unwrap_or(i64::MAX),
            accepted: "[]".to_owned(),
            repeals: None,
            repealed_from: None,
            business_date,
            recorded_at,
            event_id,
        };
        let id = step.proposal_id.clone();
        tx.record(change(app.fund_id(), "rulebook.proposed", &id).with(step))?;
        Ok(Proposed::Waiting(Box::new(proposal(tx, app.fund_id(), &id)?)))
    })
}

/// Confirms a proposal, which stores its rulebook. `repeal_from` is the first day on which the version in force
/// before is repealed; without it, the day on which this one begins.
///
/// # Errors
/// `Issuing`, with nothing saved; storage.
pub fn confirm(
    app: &App,
    proposal_id: &str,
    accepted: Accepted<'_>,
    repeal_from: Option<NaiveDate>,
    word: Word<'_>,
) -> Result<Proposal, UseCaseError> {
    let person = person_of(word.by)?;
    let note = note_of(word.note, false)?;
    let scope = Scope::fund(app.fund_id());
    app.store.write(&scope, &Act::new(person.as_str(), word.on), |tx| {
        let open = open_proposal(tx, app.fund_id(), proposal_id)?;
        let asked = &open.proposed;
        if person.is(&asked.person) {
            return Err(refused("RULEBOOK_SAME_PERSON", vec![asked.person.clone()]));
        }
        must_decide(tx, app.fund_id(), &person, word.on, &[Permission::IssueRulebooks])?;
        let body = asked.body.clone().unwrap_or_default();
        let parsed = parsed(&asked.file_name, &body)?;
        if let Some(known) = stored_version(tx, app.fund_id(), &parsed)? {
            return Err(refused("RULEBOOK_VERSION_TAKEN", vec![known]));
        }
        let taken = accepted_clauses(&open, accepted)?;
        let repeal = dates::check(tx, app.fund_id(), &parsed.rulebook, repeal_from)?;
        let answer =
            RulebookStepRow { accepted: json!(taken).to_string(), ..answered(asked, CONFIRMED, &person, &note) };
        let answer = match repeal {
            Some(Repeal { name, from }) => RulebookStepRow { repeals: Some(name), repealed_from: Some(from), ..answer },
            None => answer,
        };
        let (business_date, recorded_at, event_id) = unstamped();
        let book = RulebookRow {
            fund_id: app.fund_id().to_owned(),
            rulebook_id: asked.rulebook_id.clone(),
            version: asked.rulebook_version.clone(),
            hash: parsed.hash_hex,
            body,
            business_date,
            recorded_at,
            event_id,
        };
        tx.record(change(app.fund_id(), "rulebook.confirmed", proposal_id).with(answer).with(book))?;
        proposal(tx, app.fund_id(), proposal_id)
    })
}

/// Rejects a proposal; only another person than the proposer may.
///
/// # Errors
/// `Issuing`; storage.
pub fn reject(app: &App, proposal_id: &str, word: Word<'_>) -> Result<Proposal, UseCaseError> {
    let note = note_of(word.note, true)?;
    answer(app, proposal_id, ("rejected", "rulebook.rejected", "RULEBOOK_SAME_PERSON"), &note, word)
}

/// Withdraws a proposal; only the proposer may.
///
/// # Errors
/// `Issuing`; storage.
pub fn withdraw(app: &App, proposal_id: &str, word: Word<'_>) -> Result<Proposal, UseCaseError> {
    let note = note_of(word.note, false)?;
    answer(app, proposal_id, ("withdrawn", "rulebook.withdrawn", "RULEBOOK_NOT_PROPOSER"), &note, word)
}

/// Loans registered when no version was in force on the day that picks theirs, although one is now: they keep what
/// was computed for them until their import is taken back and comes again. Gives how many lie in a version's days.
///
/// # Errors
/// Storage; `Rulebook`.
pub fn left_outside(db: &mut Db, fund_id: &str, id: &str, version: &str) -> Result<usize, UseCaseError> {
    dates::left_outside(db, fund_id, id, version)
}

fn answer(
    app: &App,
    proposal_id: &str,
    (state, kind, refusal): (&'static str, &'static str, &'static str),
    note: &str,
    word: Word<'_>,
) -> Result<Proposal, UseCaseError> {
    let person = person_of(word.by)?;
    let scope = Scope::fund(app.fund_id());
    app.store.write(&scope, &Act::new(person.as_str(), word.on), |tx| {
        let asked = open_proposal(tx, app.fund_id(), proposal_id)?.proposed;
        if person.is(&asked.person) != (state == "withdrawn") {
            return Err(refused(refusal, vec![asked.person]));
        }
        if state != "withdrawn" {
            must_decide(tx, app.fund_id(), &person, word.on, &[Permission::IssueRulebooks])?;
        }
        tx.record(change(app.fund_id(), kind, proposal_id).with(answered(&asked, state, &person, note)))?;
        proposal(tx, app.fund_id(), proposal_id)
    })
}

fn answered(asked: &RulebookStepRow, state: &str, person: &PersonName, note: &str) -> RulebookStepRow {
    RulebookStepRow {
        version: 2,
        state: state.to_owned(),
        person: person.as_str().to_owned(),
        note: note.to_owned(),
        body: None,
        ..asked.clone()
    }
}

/// The clauses accepted, which must be all that nobody has decided and no others.
fn accepted_clauses(open: &Proposal, accepted: Accepted<'_>) -> Result<Vec<String>, UseCaseError> {
    let weak = open.unconfirmed();
    let named = match accepted {
        Accepted::All => return Ok(weak),
        Accepted::Named(named) => named.iter().map(|name| name.trim()).collect::<BTreeSet<_>>(),
    };
    let strange: Vec<String> =
        named.iter().filter(|name| !weak.iter().any(|known| known == *name)).map(|name| (*name).to_owned()).collect();
    if !strange.is_empty() {
        return Err(refused("RULEBOOK_CLAUSE_UNKNOWN", strange));
    }
    let missing: Vec<String> = weak.iter().filter(|name| !named.contains(name.as_str())).cloned().collect();
    if missing.is_empty() { Ok(weak) } else { Err(refused("RULEBOOK_UNACCEPTED", missing)) }
}

/// The name of the version where these very bytes are stored.
fn stored_version(tx: &mut Tx<'_>, fund_id: &str, parsed: &ParsedRulebook) -> Result<Option<String>, UseCaseError> {
    let head = &parsed.rulebook.head;
    let stored = parties::rulebooks(tx, fund_id)?;
    match stored.iter().find(|row| head.id == *row.rulebook_id && head.version == *row.version) {
        Some(row) if row.hash == parsed.hash_hex => Ok(Some(parsed.rulebook.name())),
        Some(row) => Err(refused("RULEBOOK_VERSION_TAKEN", vec![parsed.rulebook.name(), row.hash.clone()])),
        None => Ok(None),
    }
}

fn open_proposal(tx: &mut Tx<'_>, fund_id: &str, proposal_id: &str) -> Result<Proposal, UseCaseError> {
    let found = proposal(tx, fund_id, proposal_id)?;
    if let Some(answer) = found.answer {
        return Err(refused("RULEBOOK_ANSWERED", vec![answer.person]));
    }
    if tx.on() < found.proposed.business_date {
        return Err(refused("RULEBOOK_BEFORE_PROPOSAL", vec![found.proposed.business_date.to_string()]));
    }
    Ok(found)
}

fn proposal(db: &mut Db, fund_id: &str, proposal_id: &str) -> Result<Proposal, UseCaseError> {
    let steps = rulebook_steps::steps(db, fund_id, proposal_id)?;
    Proposal::of(steps).ok_or_else(|| refused("RULEBOOK_PROPOSAL_UNKNOWN", vec![proposal_id.to_owned()]))
}

fn parsed(file: &str, body: &str) -> Result<ParsedRulebook, UseCaseError> {
    rulebook::parse(file, body)
        .map_err(|faults| refused("RULEBOOK_FAULTS", faults.iter().map(ToString::to_string).collect()))
}

fn change(fund_id: &str, kind: &'static str, subject: &str) -> Change {
    Change::new(Chain::Fund { fund_id: fund_id.to_owned() }, kind, subject)
}

/// A refusal that names everything: whoever is to accept clauses or mend faults needs all of them.
fn refused(code: &'static str, named: Vec<String>) -> UseCaseError {
    UseCaseError::Issuing(Refusal { code, count: named.len(), named })
}

fn base_name(file: &str) -> String {
    std::path::Path::new(file).file_name().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())
}

fn person_of(by: &str) -> Result<PersonName, UseCaseError> {
    PersonName::read(by).ok_or_else(|| refused("RULEBOOK_NAME_MISSING", Vec::new()))
}

fn note_of(text: &str, required: bool) -> Result<String, UseCaseError> {
    let note = text.trim();
    if (required && note.is_empty()) || note.chars().count() > LONGEST_NOTE || note.contains('\0') {
        return Err(refused("RULEBOOK_NOTE_MISSING", Vec::new()));
    }
    Ok(note.to_owned())
}
