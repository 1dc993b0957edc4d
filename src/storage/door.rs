//! The one write door.
//!
//! Owns `Store::write`: a transaction that first locks what its scope names, and `Tx`, through which alone
//! events, facts and projections are written.
//! **Invariant:** writers of one scope wait for each other and never overwrite what they have not seen;
//! scopes are locked in the order system, fund, bank, so that no two writers wait for each other in a ring.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;

use super::chain::{self, Chain};
use super::db::{Db, Manner, Store, each};
use super::error::{CarriesStoreError, StoreError};
use super::facts::{Change, Stamp};
use super::find::marks;
use super::rows::events::{EventRow, ScopeRow};
use super::rows::insert_rows;
use super::schema::{events, job_runs, scopes, uploads};

/// How often a transaction is run again after a serialization failure or a deadlock.
const TRIES: u32 = 10;

/// What a transaction locks, and so may write to. There is no way to write without one.
#[derive(Debug, Clone)]
pub struct Scope {
    chains: Vec<Chain>,
}

impl Scope {
    /// The installation: jobs, mail, settings.
    #[must_use]
    pub fn system() -> Scope {
        Scope { chains: vec![Chain::System] }
    }

    /// A fund: its money, measures, claims and everything that must see all banks at once.
    #[must_use]
    pub fn fund(fund_id: &str) -> Scope {
        Scope { chains: vec![Chain::Fund { fund_id: fund_id.to_owned() }] }
    }

    /// One bank of a fund; other banks go on.
    #[must_use]
    pub fn bank(fund_id: &str, bank: &str) -> Scope {
        Scope { chains: vec![Chain::Bank { fund_id: fund_id.to_owned(), bank: bank.to_owned() }] }
    }

    /// This scope and one more. The order in which they are given does not matter.
    #[must_use]
    pub fn and(mut self, other: Scope) -> Scope {
        self.chains.extend(other.chains);
        self.chains.sort();
        self.chains.dedup();
        self
    }
}

/// A held job occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLease {
    /// Job.
    pub job: String,
    /// Occurrence.
    pub due_at: NaiveDateTime,
    /// Fencing token.
    pub fence: i64,
}

/// A held upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadLease {
    /// Upload.
    pub upload_id: String,
    /// Fencing token.
    pub fence: i64,
}

/// Work that is held: its effects are written only while it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// A job occurrence, proved before the effect: effects are short, and the proof keeps rivals out meanwhile.
    Job(JobLease),
    /// An upload, proved after the effect: an import is long, and its row must stay free for signs of life and for
    /// the wish to cancel. Whoever takes it over waits for this transaction or makes the proof fail.
    Upload(UploadLease),
}

/// Who acts, for which business date, and under which lease.
#[derive(Debug, Clone)]
pub struct Act {
    /// Who.
    pub actor: String,
    /// Business date.
    pub on: NaiveDate,
    /// The held work this belongs to, if any.
    pub lease: Option<Lease>,
    /// Run everything and take it back: nothing is saved.
    pub dry_run: bool,
}

impl Act {
    /// An act of `actor` for business date `on`.
    #[must_use]
    pub fn new(actor: &str, on: NaiveDate) -> Act {
        Act { actor: actor.to_owned(), on, lease: None, dry_run: false }
    }
}

/// Where a chain stood when it was locked, and what was appended since.
#[derive(Debug, Clone, Queryable)]
struct Head {
    seq: i64,
    hash: String,
    sealed_month: Option<String>,
}

/// An open write transaction that holds its scope.
pub struct Tx<'a> {
    db: &'a mut Db,
    heads: BTreeMap<Chain, Head>,
    act: Act,
    now: NaiveDateTime,
    manner: Arc<Manner>,
    /// Banks whose loans or months were changed, each with its fund.
    changed_books: BTreeSet<(String, String)>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx({:?})", self.heads.keys())
    }
}

impl Deref for Tx<'_> {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.db
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Db {
        self.db
    }
}

impl Tx<'_> {
    /// Business date of the act.
    #[must_use]
    pub const fn on(&self) -> NaiveDate {
        self.act.on
    }

    /// The instant that stamps everything written here, UTC.
    #[must_use]
    pub const fn now(&self) -> NaiveDateTime {
        self.now
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.act.actor
    }

    /// Position of every chain held, as (key, last sequence number).
    #[must_use]
    pub fn held_heads(&self) -> Vec<(String, i64)> {
        self.heads.iter().map(|(chain, head)| (chain.key(), head.seq)).collect()
    }

    /// The last sealed month of a fund when this transaction locked it; `None` if it does not hold the fund.
    #[must_use]
    pub fn sealed_month(&self, fund_id: &str) -> Option<Option<&str>> {
        let head = self.heads.get(&Chain::Fund { fund_id: fund_id.to_owned() })?;
        Some(head.sealed_month.as_deref())
    }

    /// Tells that loans or months of a bank change: its mark moves when the transaction ends.
    pub(super) fn book_changes(&mut self, fund_id: &str, bank: &str) {
        if !self.changed_books.iter().any(|(fund, code)| fund == fund_id && code == bank) {
            self.changed_books.insert((fund_id.to_owned(), bank.to_owned()));
        }
    }

    /// Records a change: appends its event to the chain and its rows to their tables. Gives the event's id.
    ///
    /// # Errors
    /// `ScopeNotLocked` for a chain this transaction does not hold; otherwise what the database says.
    pub fn record(&mut self, mut change: Change) -> Result<String, StoreError> {
        let key = change.chain.key();
        let head =
            self.heads.get_mut(&change.chain).ok_or_else(|| StoreError::ScopeNotLocked { chain: key.clone() })?;
        let seq = head.seq.saturating_add(1);
        let event_id = format!("{key}#{seq}");
        let stamp = Stamp { business_date: self.act.on, recorded_at: self.now, event_id: event_id.clone() };
        change.bind(&stamp);
        let event = EventRow {
            event_id: event_id.clone(),
            chain: key,
            seq,
            fund_id: change.chain.fund_id().to_owned(),
            kind: change.kind.to_owned(),
            subject: change.subject.clone(),
            actor: self.act.actor.clone(),
            business_date: self.act.on,
            recorded_at: self.now,
            payload: String::new(),
            alg: self.manner.algorithm.code().to_owned(),
            prev_hash: head.hash.clone(),
            hash: String::new(),
            context: self.manner.context.clone(),
        };
        let event = if change.is_large() {
            // Hashing a batch takes as long as writing it, and needs no database.
            std::thread::scope(|threads| {
                let sealed = threads.spawn(|| seal(event, &change));
                change.insert(self.db)?;
                let event =
                    sealed.join().unwrap_or_else(|_panicked| Err(unsealed(&event_id, "the sealing thread died")))?;
                insert_rows!(events::table, std::slice::from_ref(&event), &mut *self.db)?;
                Ok::<EventRow, StoreError>(event)
            })?
        } else {
            let event = seal(event, &change)?;
            change.insert_with(&event, self.db)?;
            event
        };
        // The row of the scope follows by itself: the table moves the head with the event.
        (head.seq, head.hash) = (seq, event.hash);
        change.follow(self.db)?;
        Ok(event_id)
    }

    /// Runs `work` so that a failure takes back what it did, and nothing that was done before it in this transaction.
    ///
    /// # Errors
    /// What `work` returns, or a storage failure.
    pub fn apart<T, E: CarriesStoreError>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let heads = self.heads.clone();
        each!(&mut *self.db, c => AnsiTransactionManager::begin_transaction(c)).map_err(StoreError::from)?;
        let done = work(self);
        if done.is_ok() {
            commit(self.db).map_err(StoreError::from)?;
        } else {
            rollback(self.db);
            self.heads = heads;
        }
        done
    }

    /// Proves that a job's occurrence is still held, in the same transaction as the effect.
    fn hold_job(&mut self) -> Result<(), StoreError> {
        let Some(Lease::Job(lease)) = self.act.lease.clone() else {
            return Ok(());
        };
        let until = self.now.checked_add_signed(TimeDelta::seconds(LEASE_SECONDS)).unwrap_or(self.now);
        let held = diesel::update(
            job_runs::table
                .find((lease.job, lease.due_at))
                .filter(job_runs::fence.eq(lease.fence))
                .filter(job_runs::state.eq("running")),
        )
        .set(job_runs::lease_until.eq(Some(until)))
        .execute(self.db)?;
        if held == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// Proves that an upload is still held, in the same transaction as the effect: the update locks its row, so
    /// that nobody takes it over between here and the commit.
    fn hold_upload(&mut self) -> Result<(), StoreError> {
        let Some(Lease::Upload(lease)) = self.act.lease.clone() else {
            return Ok(());
        };
        let held = diesel::update(uploads::table.find(lease.upload_id).filter(uploads::fence.eq(lease.fence)))
            .set(uploads::fence.eq(lease.fence))
            .execute(self.db)?;
        if held == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }
}

/// Gives an event its payload and its place in the chain.
fn seal(mut event: EventRow, change: &Change) -> Result<EventRow, StoreError> {
    event.payload = change.payload().map_err(|error| unsealed(&event.event_id, &error.to_string()))?;
    event.hash = chain::hash_of(&event);
    Ok(event)
}

fn unsealed(event_id: &str, what: &str) -> StoreError {
    StoreError::Corrupt { table: "events", key: event_id.to_owned(), what: what.to_owned() }
}

/// How long a job occurrence stays with its worker without a sign of life.
pub const LEASE_SECONDS: i64 = 30;

impl Store {
    /// Runs `work` in one write transaction that first locks what `scope` names, so that rivals wait instead of
    /// losing updates. After a serialization failure or a deadlock it is run again, at most ten times.
    ///
    /// # Errors
    /// What `work` returns, or a storage failure; in both cases nothing is saved.
    pub fn write<T, E: CarriesStoreError>(
        &self,
        scope: &Scope,
        act: &Act,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.writer()?;
        let mut tried = 0;
        loop {
            tried += 1;
            let done = self.attempt(&mut connection, scope, act, &mut work);
            match done {
                Err(error) if tried < TRIES && error.store_error().is_some_and(StoreError::is_retriable) => {
                    std::thread::sleep(Duration::from_millis(rand::random_range(1..=20)));
                }
                other => return other,
            }
        }
    }

    /// Runs `work` on what an act of the day would see, over a connection that only reads: nothing is locked, nobody
    /// waits, and whatever would be recorded is refused.
    pub fn look<T>(&self, db: &mut Db, on: NaiveDate, work: impl FnOnce(&mut Tx<'_>) -> T) -> T {
        let mut tx = Tx {
            db,
            heads: BTreeMap::new(),
            act: Act::new("", on),
            now: self.clock().now(),
            manner: Arc::clone(&self.manner),
            changed_books: BTreeSet::new(),
        };
        work(&mut tx)
    }

    fn attempt<T, E: CarriesStoreError>(
        &self,
        db: &mut Db,
        scope: &Scope,
        act: &Act,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin(db)?;
        let done = self.inside(db, scope, act, work);
        if done.is_ok() && !act.dry_run {
            match commit(db) {
                Ok(()) => return done,
                Err(error) => {
                    rollback(db);
                    return Err(StoreError::from(error).into());
                }
            }
        }
        rollback(db);
        done
    }

    /// Begins. Where the server went away since the last time, a new connection begins: nothing was done yet.
    fn begin(&self, db: &mut Db) -> Result<(), StoreError> {
        match (begin(db), &*db) {
            (Err(error), Db::Pg(_)) => {
                tracing::warn!(error = %error, "a writer connects again: {error}");
                self.connect_again(db)?;
                Ok(begin(db)?)
            }
            (begun, _) => Ok(begun?),
        }
    }

    fn inside<T, E: CarriesStoreError>(
        &self,
        db: &mut Db,
        scope: &Scope,
        act: &Act,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let heads = lock(db, scope)?;
        let manner = Arc::clone(&self.manner);
        let mut tx = Tx { db, heads, act: act.clone(), now: self.clock.now(), manner, changed_books: BTreeSet::new() };
        tx.hold_job()?;
        let value = work(&mut tx)?;
        marks::advance(tx.db, &tx.changed_books).map_err(StoreError::from)?;
        tx.hold_upload()?;
        Ok(value)
    }
}

fn begin(db: &mut Db) -> QueryResult<()> {
    match db {
        // A deferred transaction that turns writer is refused at once while another writes.
        Db::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Db::Pg(c) => AnsiTransactionManager::begin_transaction(c),
    }
}

fn commit(db: &mut Db) -> QueryResult<()> {
    each!(db, c => AnsiTransactionManager::commit_transaction(c))
}

fn rollback(db: &mut Db) {
    let undone = each!(db, c => AnsiTransactionManager::rollback_transaction(c));
    if let Err(error) = undone {
        tracing::warn!(error = %error, "a transaction could not be taken back: {error}");
    }
}

/// Locks the scope rows in their fixed order before any other read, creating those that are new.
fn lock(db: &mut Db, scope: &Scope) -> Result<BTreeMap<Chain, Head>, StoreError> {
    let mut heads = BTreeMap::new();
    for chain in &scope.chains {
        let key = chain.key();
        let fresh = ScopeRow { scope_key: key.clone(), last_seq: 0, head_hash: String::new(), sealed_month: None };
        let find = scopes::table.find(key).select((scopes::last_seq, scopes::head_hash, scopes::sealed_month));
        let head: Option<Head> = match db {
            Db::Pg(c) => find.clone().for_update().get_result(c).optional()?,
            // `first` would bind a limit, and SQLite compiles a statement with a bound limit anew each time.
            Db::Sqlite(c) => find.clone().get_result(c).optional()?,
        };
        let head = match head {
            Some(head) => head,
            None => {
                each!(&mut *db, c => diesel::insert_into(scopes::table).values(&fresh)
                    .on_conflict(scopes::scope_key).do_nothing().execute(c))?;
                match db {
                    Db::Pg(c) => find.for_update().first(c)?,
                    Db::Sqlite(c) => find.first(c)?,
                }
            }
        };
        heads.insert(chain.clone(), head);
    }
    Ok(heads)
}
