//! Rows of the area `rulebook_steps`. Proposals of rulebooks, and what became of them.
//!
//! **Invariant:** version 1 is the proposal, version 2 its one answer; a version of a rulebook is confirmed at most
//! once.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// One step of a proposal: proposed, or answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::rulebook_steps, treat_none_as_default_value = false)]
pub struct RulebookStepRow {
    /// Fund.
    pub fund_id: String,
    /// Proposal id.
    pub proposal_id: String,
    /// Version: 1 proposed, 2 answered.
    pub version: i64,
    /// State: `proposed`, `confirmed`, `rejected`, `withdrawn`.
    pub state: String,
    /// Who took this step.
    pub person: String,
    /// What there is to say.
    pub note: String,
    /// Rulebook id.
    pub rulebook_id: String,
    /// Rulebook version.
    pub rulebook_version: String,
    /// Hash of the bytes proposed.
    pub hash: String,
    /// Name of the file proposed.
    pub file_name: String,
    /// The bytes proposed; only with the proposal.
    pub body: Option<String>,
    /// Clauses that are only assumed or proposed, as a JSON list.
    pub unconfirmed: String,
    /// Groups of the cover sheet whose answer is unknown.
    pub unknown_groups: i64,
    /// Other values left open.
    pub unknown_values: i64,
    /// Clauses accepted one by one with the confirmation, as a JSON list.
    pub accepted: String,
    /// The version that the confirmation repeals early, as `id@version`.
    pub repeals: Option<String>,
    /// The first day on which that version is no longer in force.
    pub repealed_from: Option<NaiveDate>,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(RulebookStepRow, rulebook_steps, |row| format!("{}:{}", row.proposal_id, row.version));
