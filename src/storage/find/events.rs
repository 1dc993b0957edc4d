//! Events and heads of chains.
//!
//! **Invariant:** events of a chain are read in the order of their sequence numbers.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::events::EventRow;
use crate::storage::schema::{events, scopes};

/// Keys asked for in one statement.
const KEYS_PER_STATEMENT: usize = 500;

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
    let mut found: Vec<(String, String, String)> = Vec::new();
    for (chain, numbers) in numbers_of(ids) {
        for some in numbers.chunks(KEYS_PER_STATEMENT) {
            let of_chain = events::table.filter(events::chain.eq(chain)).filter(events::seq.eq_any(some.to_vec()));
            let rows: Vec<_> = of_chain.select((events::event_id, events::actor, events::hash)).load(db)?;
            found.extend(rows);
        }
    }
    Ok(found)
}

/// Names of events as the key of their table: by chain, its numbers. What is no such name, no event has.
fn numbers_of<'a>(ids: &[&'a str]) -> BTreeMap<&'a str, Vec<i64>> {
    let mut numbers: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (chain, number) in ids.iter().filter_map(|id| id.rsplit_once('#')) {
        if let Ok(number) = number.parse() {
            numbers.entry(chain).or_default().push(number);
        }
    }
    numbers
}

/// How far each chain had come at an instant (UTC): key and last sequence number.
///
/// # Errors
/// What the database says.
pub fn heads_known(db: &mut Db, known_at: NaiveDateTime) -> Result<Vec<(String, i64)>, StoreError> {
    let heads: Vec<(String, Option<i64>)> = events::table
        .filter(events::recorded_at.le(known_at))
        .group_by(events::chain)
        .select((events::chain, max(events::seq)))
        .order(events::chain)
        .load(db)?;
    Ok(heads.into_iter().map(|(chain, seq)| (chain, seq.unwrap_or(0))).collect())
}

/// An event without its payload: what a person is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Told {
    /// Event.
    pub event_id: String,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// Who.
    pub actor: String,
    /// Business date.
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    pub recorded_at: NaiveDateTime,
}

/// What is told of these events.
///
/// # Errors
/// What the database says.
pub fn told(db: &mut Db, ids: &[&str]) -> Result<BTreeMap<String, Told>, StoreError> {
    let mut found = BTreeMap::new();
    for (chain, numbers) in numbers_of(ids) {
        for some in numbers.chunks(KEYS_PER_STATEMENT) {
            let of_chain = events::table.filter(events::chain.eq(chain)).filter(events::seq.eq_any(some.to_vec()));
            let rows: Vec<Told> = of_chain
                .select((
                    events::event_id,
                    events::kind,
                    events::subject,
                    events::actor,
                    events::business_date,
                    events::recorded_at,
                ))
                .load(db)?;
            found.extend(rows.into_iter().map(|row| (row.event_id.clone(), row)));
        }
    }
    Ok(found)
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
