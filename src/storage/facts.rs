//! Facts and the events that carry them.
//!
//! Owns `Change`: what one state change appends, in one transaction, under one event.
//! **Invariant:** the payload of an event is exactly the rows it wrote, table by table, without the columns that the
//! event itself holds, so that rows can be proved against events and rebuilt from them.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{QueryResult, RunQueryDsl};
use serde::Serialize;

use super::chain::Chain;
use super::columns;
use super::db::Db;
use super::rows::events::EventRow;
use super::rows::{insert_part, insert_rows};
use super::schema::events;
use super::together::{Part, Together};

/// Rows of one table from which PostgreSQL takes them faster by COPY than as parameters of a statement.
pub const ROWS_WORTH_COPYING: usize = 20;

/// Rows of one event from which its payload is written and hashed beside the inserts.
const ROWS_WORTH_A_THREAD: usize = 200;

/// What every fact of one event shares.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Business date of the act.
    pub business_date: NaiveDate,
    /// When it was written, UTC.
    pub recorded_at: NaiveDateTime,
    /// The event.
    pub event_id: String,
}

/// Placeholder for the three columns that the write door fills: business date, instant, event.
#[must_use]
pub fn unstamped() -> (NaiveDate, NaiveDateTime, String) {
    (NaiveDate::MIN, NaiveDateTime::MIN, String::new())
}

/// A row that is written once and never changed.
pub trait Fact: Serialize + Sized + Sync + 'static {
    /// Name of the table.
    const TABLE: &'static str;
    /// Key of the row, as messages name it.
    fn key(&self) -> String;
    /// The event that wrote it.
    fn event_id(&self) -> &str;
    /// The columns shared by all facts of an event: business date and instant.
    fn stamp(&self) -> (NaiveDate, NaiveDateTime);
    /// Fills the columns shared by all facts of an event.
    fn bind(&mut self, stamp: &Stamp);
    /// Inserts rows.
    ///
    /// # Errors
    /// What the database says.
    fn insert_all(rows: &[Self], db: &mut Db) -> QueryResult<()>;
    /// The insert of a few rows as a part of a statement for PostgreSQL.
    fn insert_part(rows: &[Self]) -> Part<'_>;
    /// Moves what follows from rows that were inserted.
    ///
    /// # Errors
    /// What the database says.
    fn follow(rows: &[Self], db: &mut Db) -> QueryResult<()>;
    /// Every row of the table.
    ///
    /// # Errors
    /// What the database says.
    fn load_all(db: &mut Db) -> QueryResult<Vec<Self>>;
    /// Every row of the table that was recorded by an instant (UTC).
    ///
    /// # Errors
    /// What the database says.
    fn load_known(db: &mut Db, known_at: NaiveDateTime) -> QueryResult<Vec<Self>>;
    /// The events that wrote into the table.
    ///
    /// # Errors
    /// What the database says.
    fn event_ids(db: &mut Db) -> QueryResult<Vec<String>>;
}

/// Rows of one table inside a change, without their type.
trait Batch: Sync {
    fn len(&self) -> usize;
    fn table(&self) -> &'static str;
    fn bind(&mut self, stamp: &Stamp);
    fn write_json(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error>;
    fn insert(&self, db: &mut Db) -> QueryResult<()>;
    fn part(&self) -> Part<'_>;
    fn follow(&self, db: &mut Db) -> QueryResult<()>;
}

impl<F: Fact> Batch for Vec<F> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn table(&self) -> &'static str {
        F::TABLE
    }
    fn bind(&mut self, stamp: &Stamp) {
        for row in self {
            row.bind(stamp);
        }
    }
    fn write_json(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        columns::write_table(self, out)
    }
    fn insert(&self, db: &mut Db) -> QueryResult<()> {
        F::insert_all(self, db)
    }
    fn part(&self) -> Part<'_> {
        F::insert_part(self)
    }
    fn follow(&self, db: &mut Db) -> QueryResult<()> {
        F::follow(self, db)
    }
}

/// One state change: its event and the rows it appends.
pub struct Change {
    pub(super) chain: Chain,
    pub(super) kind: &'static str,
    pub(super) subject: String,
    batches: Vec<Box<dyn Batch>>,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({} {} in {:?})", self.kind, self.subject, self.chain)
    }
}

impl Change {
    /// A change of `subject`, recorded in `chain`. `kind` is `<thing>.<what happened>`.
    #[must_use]
    pub fn new(chain: Chain, kind: &'static str, subject: impl Into<String>) -> Change {
        Change { chain, kind, subject: subject.into(), batches: Vec::new() }
    }

    /// Appends one row.
    #[must_use]
    pub fn with<F: Fact>(self, row: F) -> Change {
        self.with_all(vec![row])
    }

    /// Appends rows of one table. Rows of a table must come in one call, so that the payload lists them once.
    #[must_use]
    pub fn with_all<F: Fact>(mut self, rows: Vec<F>) -> Change {
        if !rows.is_empty() {
            self.batches.push(Box::new(rows));
        }
        self
    }

    /// Binds the rows to their event.
    pub(super) fn bind(&mut self, stamp: &Stamp) {
        for batch in &mut self.batches {
            batch.bind(stamp);
        }
    }

    /// The payload of the event as canonical JSON text.
    pub(super) fn payload(&self) -> Result<String, serde_json::Error> {
        let mut payload = vec![b'{'];
        for batch in &self.batches {
            if payload.len() > 1 {
                payload.push(b',');
            }
            serde_json::to_writer(&mut payload, batch.table())?;
            payload.push(b':');
            batch.write_json(&mut payload)?;
        }
        payload.push(b'}');
        String::from_utf8(payload).map_err(serde::ser::Error::custom)
    }

    /// Whether writing the payload and its hash is worth a thread beside the inserts.
    pub(super) fn is_large(&self) -> bool {
        self.batches.iter().map(|batch| batch.len()).sum::<usize>() >= ROWS_WORTH_A_THREAD
    }

    /// Inserts the rows alone; their event is inserted by the caller.
    pub(super) fn insert(&self, db: &mut Db) -> QueryResult<()> {
        self.batches.iter().try_for_each(|batch| batch.insert(db))
    }

    /// Inserts the rows and their event, in their order: on PostgreSQL those that stand between copied ones in one
    /// message.
    pub(super) fn insert_with(&self, event: &EventRow, db: &mut Db) -> QueryResult<()> {
        if matches!(db, Db::Sqlite(_)) {
            self.insert(db)?;
            return insert_rows!(events::table, std::slice::from_ref(event), db);
        }
        let mut parts: Vec<Part<'_>> = Vec::with_capacity(self.batches.len().saturating_add(1));
        for batch in &self.batches {
            if batch.len() < ROWS_WORTH_COPYING {
                parts.push(batch.part());
                continue;
            }
            // Its rows may name those before it.
            send_parts(std::mem::take(&mut parts), db)?;
            batch.insert(db)?;
        }
        parts.push(insert_part!(events::table, std::slice::from_ref(event)));
        send_parts(parts, db)
    }

    /// Moves what follows from the rows.
    pub(super) fn follow(&self, db: &mut Db) -> QueryResult<()> {
        self.batches.iter().try_for_each(|batch| batch.follow(db))
    }
}

fn send_parts(parts: Vec<Part<'_>>, db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Pg(c) if !parts.is_empty() => Together::new(parts).execute(c).map(drop),
        _ => Ok(()),
    }
}
