//! Rows of the area `machines`: tokens with which programs come in.
//!
//! **Invariant:** of a secret only its hash is kept; the newest version of a token says whether it holds.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// What became of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::machine_tokens, treat_none_as_default_value = false)]
pub struct MachineTokenRow {
    /// Fund.
    pub fund_id: String,
    /// Token.
    pub token_id: String,
    /// Number of the step in its life, from 1.
    pub version: i64,
    /// Name of the machine account, as the register of persons holds it.
    pub machine: String,
    /// Permissions it is for, divided by blanks.
    pub scopes: String,
    /// SHA-256 of the secret.
    pub secret_hash: String,
    /// From when on it does not hold, UTC.
    pub expires_at: NaiveDateTime,
    /// `issued`, `rotated` (holds until it expires, another one follows), `revoked`.
    pub state: String,
    /// The token this one was made to follow; empty if none.
    pub follows: String,
    /// Why.
    pub reason: String,
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
fact!(MachineTokenRow, machine_tokens, |row| format!("{}:{}", row.token_id, row.version));

/// When a token was last used. No fact: nothing follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::token_uses, treat_none_as_default_value = false)]
pub struct TokenUseRow {
    /// Token.
    pub token_id: String,
    /// When, UTC.
    pub last_used_at: NaiveDateTime,
}
