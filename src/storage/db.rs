//! Connections: one type over SQLite and PostgreSQL, pools, and the settings every connection gets.
//!
//! **Invariant:** a SQLite connection to books never runs without WAL, full synchronisation and foreign keys; only a
//! copy that is thrown away does. A URL is never tried against both databases.

#![allow(missing_docs, reason = "the derive for several databases adds public items without docs")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, InstrumentationEvent, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{Error as PoolError, ManageConnection, Pool, PooledConnection};

use super::chain::{Algorithm, Circumstances};
use super::error::StoreError;
use crate::statements;

/// The same diesel statement, typed once for each database.
macro_rules! each {
    ($db:expr, $c:ident => $statement:expr) => {
        match $db {
            $crate::storage::Db::Pg($c) => $statement,
            $crate::storage::Db::Sqlite($c) => $statement,
        }
    };
}
pub(crate) use each;

/// A connection to either database. PostgreSQL stands first: SQLite takes any text for a path.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Db::Pg(_) => "Db::Pg",
            Db::Sqlite(_) => "Db::Sqlite",
        })
    }
}

impl Db {
    /// Runs statements without parameters.
    ///
    /// # Errors
    /// What the database says.
    pub fn batch(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Db::Pg(c) => c.batch_execute(sql),
            Db::Sqlite(c) => c.batch_execute(sql),
        }
    }
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL.
    Postgres(String),
}

impl Location {
    /// Reads a URL or a path.
    ///
    /// # Errors
    /// `UrlRefused` for a URL of any other kind: it is never taken for a file name.
    pub fn parse(url: &str) -> Result<Location, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Location::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        if path.is_empty() || path.contains("://") || path.contains("host=") {
            return Err(StoreError::UrlRefused);
        }
        Ok(Location::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
    }
}

/// Opens connections for the pool.
#[derive(Debug, Clone)]
pub struct Manager {
    location: Location,
    role: Role,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Writes what is promised to stay.
    Writer,
    /// Only reads.
    Reader,
    /// Fills a copy that is thrown away.
    Scratch,
}

const SQLITE_WRITER: &str = "PRAGMA busy_timeout=30000; PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-32768";
/// A copy promises nothing: it may be lost with the process, and holds rows whose neighbours it leaves out.
const SQLITE_SCRATCH: &str = "PRAGMA page_size=4096; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; \
     PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-65536";
const SQLITE_READER: &str =
    "PRAGMA busy_timeout=5000; PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-65536";
const POSTGRES: &str = "SET TIME ZONE 'UTC'; SET lock_timeout = '30s'";

/// How long somebody waits for a connection while all are lent.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection out of a pool; it goes back when it is dropped.
pub type Lent = PooledConnection<Manager>;

impl ManageConnection for Manager {
    type Connection = Db;
    type Error = PoolError;

    fn connect(&self) -> Result<Db, PoolError> {
        let mut db = match &self.location {
            Location::Postgres(url) => PgConnection::establish(url).map(Db::Pg),
            Location::Sqlite(path) => SqliteConnection::establish(&path.to_string_lossy()).map(Db::Sqlite),
        }
        .map_err(PoolError::ConnectionError)?;
        let setup = match (&db, self.role) {
            (Db::Pg(_), _) => POSTGRES,
            (Db::Sqlite(_), Role::Writer) => SQLITE_WRITER,
            (Db::Sqlite(_), Role::Reader) => SQLITE_READER,
            (Db::Sqlite(_), Role::Scratch) => SQLITE_SCRATCH,
        };
        db.batch(setup).map_err(PoolError::QueryError)?;
        each!(&mut db, c => c.set_instrumentation(count));
        Ok(db)
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), PoolError> {
        match (&db, self.role) {
            // A reader of a server that went away must not meet a dead line.
            (Db::Pg(_), Role::Reader) => db.batch("SELECT 1").map_err(PoolError::QueryError),
            // A file does not go away; a writer finds out when it begins, and then connects again.
            _ => Ok(()),
        }
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || each!(db, c => AnsiTransactionManager::is_broken_transaction_manager(c))
    }
}

/// Counts what a connection is sent.
#[allow(clippy::needless_pass_by_value, reason = "the shape diesel asks for")]
fn count(event: InstrumentationEvent<'_>) {
    if matches!(event, InstrumentationEvent::StartQuery { .. }) {
        statements::sent();
    }
}

/// The open database: readers, and writers that only `write` (in `door`) hands out.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) writer: Pool<Manager>,
    reader: Pool<Manager>,
    location: Location,
    pub(super) clock: crate::clock::Clock,
    pub(super) manner: Arc<Manner>,
}

/// How events are written: hashed by what, asked for from where.
#[derive(Debug, Clone, Default)]
pub(super) struct Manner {
    /// Algorithm of new events.
    pub(super) algorithm: Algorithm,
    /// Circumstances, as they are stored.
    pub(super) context: String,
    /// How long somebody waits for a connection, where that is not the usual time.
    patience: Option<Duration>,
}

impl Store {
    /// Opens the pools. The database must exist (PostgreSQL) or is created as an empty file (SQLite).
    ///
    /// # Errors
    /// `UrlRefused`, `Unreachable`.
    pub fn open(url: &str, clock: crate::clock::Clock) -> Result<Store, StoreError> {
        Store::connect(Location::parse(url)?, Role::Writer, clock)
    }

    /// Opens a SQLite file that is thrown away: nothing written there is promised to stay.
    ///
    /// # Errors
    /// `Unreachable`.
    pub(super) fn scratch(path: PathBuf, clock: crate::clock::Clock) -> Result<Store, StoreError> {
        Store::connect(Location::Sqlite(path), Role::Scratch, clock)
    }

    /// Opens a SQLite file to look into it: nothing is written there, not even beside it.
    ///
    /// # Errors
    /// `Unreachable`.
    pub fn look_into(path: PathBuf, clock: crate::clock::Clock) -> Result<Store, StoreError> {
        Store::connect(Location::Sqlite(path), Role::Reader, clock)
    }

    fn connect(location: Location, writer: Role, clock: crate::clock::Clock) -> Result<Store, StoreError> {
        let pool = |role: Role, size: u32| {
            let manager = Manager { location: location.clone(), role };
            // A first connection made by hand reports the database's own words; the pool would only time out.
            manager.connect().map_err(|e| unreachable_of(&e))?;
            Pool::builder()
                .max_size(size)
                .min_idle(Some(0))
                .connection_timeout(PATIENCE)
                .build(manager)
                .map_err(|e| StoreError::Unreachable { reason: e.to_string() })
        };
        let (writer, reader) = match &location {
            Location::Sqlite(_) => (pool(writer, 1)?, pool(Role::Reader, 4)?),
            Location::Postgres(_) => (pool(writer, 8)?, pool(Role::Reader, 8)?),
        };
        Ok(Store { writer, reader, location, clock, manner: Arc::default() })
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// `Unreachable`.
    pub fn read(&self) -> Result<PooledConnection<Manager>, StoreError> {
        self.lent(&self.reader)
    }

    pub(super) fn writer(&self) -> Result<PooledConnection<Manager>, StoreError> {
        self.lent(&self.writer)
    }

    fn lent(&self, pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StoreError> {
        let lent = pool.get_timeout(self.manner.patience.unwrap_or(PATIENCE));
        lent.map_err(|e| StoreError::Unreachable { reason: e.to_string() })
    }

    /// Puts a new connection in the place of a writer's that turned out to be dead.
    pub(super) fn connect_again(&self, db: &mut Db) -> Result<(), StoreError> {
        let manager = Manager { location: self.location.clone(), role: Role::Writer };
        *db = manager.connect().map_err(|error| unreachable_of(&error))?;
        Ok(())
    }

    /// Where the database is.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// The clock that stamps every write.
    #[must_use]
    pub const fn clock(&self) -> &crate::clock::Clock {
        &self.clock
    }

    /// The same database with another clock.
    #[must_use]
    pub fn with_clock(&self, clock: crate::clock::Clock) -> Store {
        Store { clock, ..self.clone() }
    }

    /// The same database, whose new events are hashed by this algorithm.
    #[must_use]
    pub fn hashing_by(&self, algorithm: Algorithm) -> Store {
        let manner = Manner { algorithm, ..Manner::clone(&self.manner) };
        Store { manner: Arc::new(manner), ..self.clone() }
    }

    /// The same database for whoever waits for a connection no longer than this.
    #[must_use]
    pub fn waiting(&self, patience: Duration) -> Store {
        let manner = Manner { patience: Some(patience), ..Manner::clone(&self.manner) };
        Store { manner: Arc::new(manner), ..self.clone() }
    }

    /// The same database for what is asked for from somewhere: every event written through it says so.
    #[must_use]
    pub fn within(&self, circumstances: &Circumstances) -> Store {
        let manner = Manner { context: circumstances.text(), ..Manner::clone(&self.manner) };
        Store { manner: Arc::new(manner), ..self.clone() }
    }
}

fn unreachable_of(error: &PoolError) -> StoreError {
    StoreError::Unreachable { reason: error.to_string() }
}
