//! Rows of the area `events`. Every state change is one event in the chain of its scope; the row of a scope is also what its writers lock.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use crate::storage::schema;

/// Head of one chain; locked by whoever writes in that scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::scopes, treat_none_as_default_value = false)]
pub struct ScopeRow {
    /// Scope key.
    pub scope_key: String,
    /// Last seq.
    pub last_seq: i64,
    /// Head hash.
    pub head_hash: String,
    /// Last sealed month of the fund whose chain it is; follows `period_steps`.
    pub sealed_month: Option<String>,
}

/// One state change with everything it wrote, chained to the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::events, treat_none_as_default_value = false)]
pub struct EventRow {
    /// Event that wrote it.
    pub event_id: String,
    /// Chain.
    pub chain: String,
    /// Seq.
    pub seq: i64,
    /// Fund.
    pub fund_id: String,
    /// Kind.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// Actor.
    pub actor: String,
    /// Business date.
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    pub recorded_at: NaiveDateTime,
    /// Payload.
    pub payload: String,
    /// Alg.
    pub alg: String,
    /// Prev hash.
    pub prev_hash: String,
    /// Hash.
    pub hash: String,
    /// From where it was asked for, as JSON with sorted keys; empty where nothing is known.
    pub context: String,
}

/// Facts of the installation itself: simulated clock, test mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::settings, treat_none_as_default_value = false)]
pub struct SettingRow {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}
