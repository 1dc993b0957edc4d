//! Events and heads of chains.
//!
//! **Invariant:** events of a chain are read in the order of their sequence numbers.

use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::events::EventRow;
use crate::storage::schema::{events, scopes};

/// Heads of all chains: key, last sequence number, hash.
///
/// # Errors
/// What the database says.
pub fn heads(db: &mut Db) -> Result<Vec<(String, i64, String)>, StoreError> {
    Ok(scopes::table
        .filter(scopes::last_seq.gt(0))
        .select((scopes::scope_key, scopes::last_seq, scopes::head_hash))
        .order(scopes::scope_key)
        .load(db)?)
}

/// Events of one chain after a sequence number, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn of_chain(db: &mut Db, chain: &str, after: i64, limit: i64) -> Result<Vec<EventRow>, StoreError> {
    Ok(events::table
        .filter(events::chain.eq(chain))
        .filter(events::seq.gt(after))
        .order(events::seq)
        .limit(limit)
        .select(EventRow::as_select())
        .load(db)?)
}

/// Names of all chains that hold events.
///
/// # Errors
/// What the database says.
pub fn chains(db: &mut Db) -> Result<Vec<String>, StoreError> {
    Ok(events::table.select(events::chain).distinct().order(events::chain).load(db)?)
}

/// Who caused these events and their hashes: event, actor, hash.
///
/// # Errors
/// What the database says.
pub fn causes(db: &mut Db, ids: &[&str]) -> Result<Vec<(String, String, String)>, StoreError> {
    Ok(events::table
        .filter(events::event_id.eq_any(ids))
        .select((events::event_id, events::actor, events::hash))
        .load(db)?)
}

/// Events about these things in a fund, by chain and number.
///
/// # Errors
/// What the database says.
pub fn of_subjects(db: &mut Db, fund_id: &str, subjects: &[&str]) -> Result<Vec<EventRow>, StoreError> {
    Ok(events::table
        .filter(events::fund_id.eq(fund_id))
        .filter(events::subject.eq_any(subjects))
        .order((events::chain, events::seq))
        .select(EventRow::as_select())
        .load(db)?)
}
