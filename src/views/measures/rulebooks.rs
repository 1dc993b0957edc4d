//! Rulebooks: what is stored, how it reads, what differs, what it would pay, and how one is issued.
//!
//! **Invariant:** a text of a rulebook is told from its rules, not from what somebody wrote about them.

use chrono::NaiveDate;
use serde::Serialize;

use crate::views::Choice;
use crate::views::claims::Calculation;
use crate::views::uploads::FormError;

/// A stored version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VersionRow {
    /// Identity.
    pub id: String,
    /// Version.
    pub version: String,
    /// `id@version`.
    pub name: String,
    /// Title.
    pub title: String,
    /// First day in force.
    pub from: Option<NaiveDate>,
    /// Last day in force.
    pub to: Option<NaiveDate>,
    /// `coming`, `in_force`, `ended` or `undated`: words of `issuing.state`.
    pub state: String,
    /// Its numbers are only proposed.
    pub proposal: bool,
    /// First bytes of its hash.
    pub hash: String,
    /// When it was stored.
    pub stored: String,
    /// Loans that keep it.
    pub loans: i64,
}

/// A proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProposalRow {
    /// Number of the proposal.
    pub id: String,
    /// `id@version`.
    pub name: String,
    /// Words of `issuing.state`.
    pub state: String,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub on: Option<NaiveDate>,
    /// Who answered.
    pub answered_by: String,
    /// When.
    pub answered_on: Option<NaiveDate>,
    /// Nobody has answered.
    pub open: bool,
}

/// The form that proposes a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProposeForm {
    /// Whether who asks may use it.
    pub may: bool,
    /// What there is to say.
    pub note: String,
    /// Largest file.
    pub most_kib: u64,
    /// Mistakes of the file, each with its line.
    pub faults: Vec<String>,
}

/// The list of rulebooks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RulebooksView {
    /// Stored versions, newest first.
    pub rows: Vec<VersionRow>,
    /// Proposals, newest first; of those who may issue.
    pub proposals: Vec<ProposalRow>,
    /// Form.
    pub form: ProposeForm,
    /// What is to be put right.
    pub errors: Vec<FormError>,
}

/// One sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Article of the measure.
    pub article: String,
    /// The sentence.
    pub text: String,
    /// Where it comes from: a word of `page.rulebook.basis`.
    pub basis: String,
    /// It begins a group.
    pub heading: bool,
}

/// One version read article by article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RulebookView {
    /// Its line of the list.
    pub row: VersionRow,
    /// Sentences in order.
    pub sentences: Vec<Sentence>,
    /// Other versions to hold it against.
    pub others: Vec<Choice>,
}

/// One difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DifferenceRow {
    /// Article before and after.
    pub article: String,
    /// Place in the file.
    pub path: String,
    /// What stood there; empty for what is new.
    pub before: String,
    /// What stands there; empty for what is gone.
    pub after: String,
    /// `added`, `removed`, `changed` or `moved`.
    pub kind: String,
}

/// Two versions held against each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CompareView {
    /// What can be chosen.
    pub versions: Vec<Choice>,
    /// The older one.
    pub a: String,
    /// The newer one.
    pub b: String,
    /// Both are there.
    pub compared: bool,
    /// What differs.
    pub differences: Vec<DifferenceRow>,
    /// How many of each kind: added, removed, changed, moved.
    pub counts: [usize; 4],
    /// What is to be put right.
    pub errors: Vec<FormError>,
}

/// One field of the trial case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CaseField {
    /// Name; its label is in `page.rulebook.case`.
    pub name: String,
    /// `money`, `day`, `rate` or `flag`.
    pub kind: String,
    /// What was typed.
    pub value: String,
}

/// A trial of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TryView {
    /// The version.
    pub row: VersionRow,
    /// Fields in order.
    pub fields: Vec<CaseField>,
    /// What it comes to.
    pub calculation: Option<Calculation>,
    /// What is to be put right.
    pub errors: Vec<FormError>,
}

/// Sums of a trial over some loans and claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrialSums {
    /// Bank; empty for all.
    pub bank: String,
    /// Loans and claims looked at.
    pub loans: usize,
    /// Claims.
    pub claims: usize,
    /// Reserve before and after, fen.
    pub reserve: [i64; 2],
    /// Compensation before and after, fen.
    pub payout: [i64; 2],
    /// Decisions that change.
    pub decisions: usize,
}

/// A claim or a loan that the trial changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrialRow {
    /// Contract.
    pub contract: String,
    /// Bank.
    pub bank: String,
    /// Decision before, in words.
    pub decision_before: String,
    /// Decision after, in words.
    pub decision_after: String,
    /// Amount before, fen.
    pub before: i64,
    /// Amount after, fen.
    pub after: i64,
    /// After less before, fen.
    pub difference: i64,
    /// Clauses that make the difference.
    pub clauses: String,
}

/// A proposal with what it would change, and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProposalView {
    /// Its line.
    pub row: ProposalRow,
    /// File it came in.
    pub file: String,
    /// What the proposer said.
    pub note: String,
    /// What the answer said.
    pub answer_note: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Clauses only assumed or proposed.
    pub weak: Vec<String>,
    /// Groups left open.
    pub unknown_groups: i64,
    /// Values left open.
    pub unknown_values: i64,
    /// What the confirmation repealed early.
    pub repeals: String,
    /// From which day.
    pub repealed_from: Option<NaiveDate>,
    /// The version it is held against; empty for none.
    pub against: String,
    /// What differs from it.
    pub differences: Vec<DifferenceRow>,
    /// First day of the trial, as typed.
    pub trial_from: String,
    /// Last day of the trial, as typed.
    pub trial_to: String,
    /// The trial was made.
    pub tried: bool,
    /// Its sums: all, then each bank.
    pub sums: Vec<TrialSums>,
    /// Claims that change.
    pub claims: Vec<TrialRow>,
    /// Loans that change, as many as are shown.
    pub loans: Vec<TrialRow>,
    /// Loans that change.
    pub loans_changed: usize,
    /// Who asks proposed it.
    pub is_own: bool,
    /// The note as typed.
    pub typed_note: String,
    /// The day of the repeal as typed.
    pub typed_repeal: String,
    /// What is to be put right.
    pub errors: Vec<FormError>,
}
