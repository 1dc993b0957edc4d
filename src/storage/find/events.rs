//! Events and heads of chains.
//!
//! **Invariant:** events of a chain are read in the order of their sequence numbers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{max, min};
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::events::EventRow;
use crate::storage::schema::{events, loan_registrations, partners, scopes};

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

/// Heads of all chains, also of those that hold no event yet.
///
/// # Errors
/// What the database says.
pub fn all_heads(db: &mut Db) -> Result<Vec<(String, i64, String)>, StoreError> {
    Ok(scopes::table
        .select((scopes::scope_key, scopes::last_seq, scopes::head_hash))
        .order(scopes::scope_key)
        .load(db)?)
}

/// Scopes that hold no event and whose name fits nothing in the books.
///
/// # Errors
/// What the database says.
pub fn stray_scopes(db: &mut Db) -> Result<Vec<String>, StoreError> {
    let empty: Vec<String> = scopes::table.filter(scopes::last_seq.eq(0)).select(scopes::scope_key).load(db)?;
    if empty.is_empty() {
        return Ok(empty);
    }
    let mut known: BTreeSet<String> = BTreeSet::from(["system".to_owned()]);
    let of_funds: Vec<String> = events::table.select(events::fund_id).distinct().load(db)?;
    let registered: Vec<(String, String)> = loan_registrations::table
        .select((loan_registrations::fund_id, loan_registrations::bank))
        .distinct()
        .load(db)?;
    let partnered: Vec<(String, String)> =
        partners::table.select((partners::fund_id, partners::code)).distinct().load(db)?;
    // Before anything was done, nothing can tell the name of the fund.
    let any_fund = of_funds.iter().all(String::is_empty);
    known.extend(of_funds.into_iter().map(|fund| format!("fund:{fund}")));
    known.extend(registered.into_iter().chain(partnered).map(|(fund, bank)| format!("bank:{fund}:{bank}")));
    let fits = |key: &String| known.contains(key) || (any_fund && key.starts_with("fund:"));
    Ok(empty.into_iter().filter(|key| !fits(key)).collect())
}

/// Heads of all chains before their first event recorded at or after an instant (UTC).
///
/// # Errors
/// What the database says.
pub fn heads_before(db: &mut Db, end: NaiveDateTime) -> Result<Vec<(String, i64, String)>, StoreError> {
    let later: Vec<(String, Option<i64>)> = events::table
        .filter(events::recorded_at.ge(end))
        .group_by(events::chain)
        .select((events::chain, min(events::seq)))
        .load(db)?;
    let later: BTreeMap<String, i64> = later.into_iter().filter_map(|(chain, seq)| Some((chain, seq?))).collect();
    let mut before = Vec::new();
    for (chain, seq, hash) in heads(db)? {
        let Some(first) = later.get(&chain) else {
            before.push((chain, seq, hash));
            continue;
        };
        let last = first.saturating_sub(1);
        let at = events::table.filter(events::chain.eq(&chain)).filter(events::seq.eq(last)).select(events::hash);
        if let Some(hash) = at.first::<String>(db).optional()? {
            before.push((chain, last, hash));
        }
    }
    Ok(before)
}

/// Which events are asked for. What is `None` is not asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub actor: Option<String>,
    /// To what.
    pub subject: Option<String>,
    /// What happened.
    pub kind: Option<String>,
    /// In which chain.
    pub chain: Option<String>,
    /// Recorded at or after, UTC.
    pub from: Option<NaiveDateTime>,
    /// Recorded before, UTC.
    pub until: Option<NaiveDateTime>,
    /// Events older than this one only: the last of the page before.
    pub older_than: Option<(NaiveDateTime, String, i64)>,
}

/// An event as a list shows it, without its payload.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = crate::storage::schema::events)]
pub struct Listed {
    /// Event.
    pub event_id: String,
    /// Chain.
    pub chain: String,
    /// Number.
    pub seq: i64,
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
    /// Circumstances.
    pub context: String,
    /// Hash.
    pub hash: String,
}

/// Events that one question names.
const NAMED_AT_ONCE: usize = 100;

/// Events asked for, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn listed(db: &mut Db, asked: &Asked, limit: i64) -> Result<Vec<Listed>, StoreError> {
    /// One filter, where it is asked for.
    macro_rules! only {
        ($query:ident, $($column:ident . $test:ident = $value:expr),+) => {$(
            if let Some(value) = &$value {
                $query = $query.filter(events::$column.$test(value.clone()));
            }
        )+};
    }
    /// The query, typed once for each database.
    macro_rules! query {
        ($connection:expr) => {{
            let mut query = events::table.select((events::chain, events::seq)).into_boxed();
            only!(query, actor.eq = asked.actor, subject.eq = asked.subject, kind.eq = asked.kind);
            only!(query, chain.eq = asked.chain, recorded_at.ge = asked.from, recorded_at.lt = asked.until);
            if let Some((at, chain, seq)) = asked.older_than.clone() {
                let same = events::chain.eq(chain.clone()).and(events::seq.lt(seq)).or(events::chain.gt(chain));
                query = query.filter(events::recorded_at.lt(at).or(events::recorded_at.eq(at).and(same)));
            }
            // Names alone are sorted: what stands behind the payload of an event is read of those that are shown.
            let order = (events::recorded_at.desc(), events::chain, events::seq.desc());
            let names: Vec<(String, i64)> = query.order(order).limit(limit).load($connection)?;
            let mut all: Vec<Listed> = Vec::with_capacity(names.len());
            // A database takes only so long a condition.
            for some in names.chunks(NAMED_AT_ONCE) {
                let mut shown = events::table.select(Listed::as_select()).into_boxed();
                for (chain, seq) in some {
                    shown = shown.or_filter(events::chain.eq(chain.clone()).and(events::seq.eq(*seq)));
                }
                let found: Vec<Listed> = shown.order(order).load($connection)?;
                all.extend(found);
            }
            all
        }};
    }
    Ok(match db {
        Db::Pg(c) => query!(c),
        Db::Sqlite(c) => query!(c),
    })
}

/// One event.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, event_id: &str) -> Result<Option<EventRow>, StoreError> {
    let Some((chain, seq)) = event_id.rsplit_once('#') else { return Ok(None) };
    let Ok(seq) = seq.parse::<i64>() else { return Ok(None) };
    let found = events::table.filter(events::chain.eq(chain)).filter(events::seq.eq(seq));
    Ok(found.select(EventRow::as_select()).first(db).optional()?)
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
