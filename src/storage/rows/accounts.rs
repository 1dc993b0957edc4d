//! Rows of the area `accounts`. Who may sign in, with what; sessions and counters.
//!
//! **Invariant:** only what was done to an account is a fact, and holds no secret; every secret stands hashed or sealed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// Something done to an account, or by signing in to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::account_acts, treat_none_as_default_value = false)]
pub struct AccountActRow {
    /// Fund.
    pub fund_id: String,
    /// Whose account, as a key.
    pub person: String,
    /// Number of the act, from 1.
    pub version: i64,
    /// What was done.
    pub act: String,
    /// By whom: a person, or the console.
    pub by_whom: String,
    /// Particulars, as JSON; never a secret.
    pub details: String,
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
fact!(AccountActRow, account_acts, |row| format!("{}:{}", row.person, row.version));

/// An account as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::accounts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AccountRow {
    /// Whose, as a key.
    pub person: String,
    /// Fund.
    pub fund_id: String,
    /// Name as written.
    pub name: String,
    /// Nobody signs in.
    pub is_disabled: bool,
    /// Argon2id, as a PHC string.
    pub password_hash: Option<String>,
    /// When the password was set, UTC.
    pub password_set_at: Option<NaiveDateTime>,
    /// The password must be changed before anything else.
    pub must_change: bool,
    /// Secret of the authenticator, sealed.
    pub totp_sealed: Option<String>,
    /// Last step of the authenticator that was used.
    pub totp_step: i64,
    /// Hash of the one-time code that stands for the first password.
    pub code_hash: Option<String>,
    /// Until when that code is good, UTC.
    pub code_until: Option<NaiveDateTime>,
    /// Since when there is the account, UTC.
    pub opened_at: NaiveDateTime,
    /// When somebody last signed in, UTC.
    pub signed_in_at: Option<NaiveDateTime>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    /// Hash of the token that only the browser has.
    pub session_hash: String,
    /// Name of the session for its owner and for the log; opens nothing.
    pub session_id: String,
    /// Whose, as a key.
    pub person: String,
    /// How far it got.
    pub stage: String,
    /// Institution and roles when it began.
    pub roles: String,
    /// Sealed secret of an authenticator that is being set up.
    pub pending_sealed: Option<String>,
    /// From where.
    pub address: String,
    /// With which browser, as it says.
    pub agent: String,
    /// Since when, UTC.
    pub created_at: NaiveDateTime,
    /// Last request, UTC.
    pub seen_at: NaiveDateTime,
    /// When password and code were last given, UTC.
    pub confirmed_at: Option<NaiveDateTime>,
}

/// Failures of an account, a code or an address.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::sign_in_failures)]
pub struct FailureRow {
    /// What is counted.
    pub counted: String,
    /// How many.
    pub failures: i64,
    /// Since when, UTC.
    pub since: NaiveDateTime,
    /// The last, UTC.
    pub failed_at: NaiveDateTime,
}

/// What somebody has typed into a form and not sent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::drafts, treat_none_as_default_value = false)]
pub struct DraftRow {
    /// Who typed it, as a key.
    pub person: String,
    /// Path of the form.
    pub address: String,
    /// Fields with their values, as JSON, sealed.
    pub content_sealed: String,
    /// When it was kept last, UTC.
    pub saved_at: NaiveDateTime,
}
