//! Postings of the ledger, each durable when it is acknowledged, beside bare inserts of the same rows in the same run.
//!
//! `TEST_PG_FSYNC=on cargo bench --bench postings` prints, for SQLite and PostgreSQL: postings in batches of a thousand
//! and one by one, each beside bare inserts of the same rows; and a hot account beside random ones. There are three
//! bare sides: of the three rows of the ledger, of every row that is appended, which is the event of the posting too, and
//! of every row that is written, which is two balances and the head of the chain besides.
//! One by one, the bare side sends statement by statement, as pgbench does, and besides all in one message, which no
//! program does that looks at an answer before its next statement.
//! The product besides hashes the event into its chain, moves the head of the chain and two running balances.
//! **Invariant:** both sides commit as often, and wait for the disk as often.

#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::float_arithmetic, reason = "a bench may stop and round")]

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/it/support/postgres.rs"]
mod postgres;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use pledgefund::app::{App, Opening};
use pledgefund::clock::Clock;
use pledgefund::config::Config;
use pledgefund::domain::ledger::{Account, Entry};
use pledgefund::domain::money::Fen;
use pledgefund::domain::names::{FundSource, PartnerCode};
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::Change;
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::postings::{self, Booking};

/// Postings in one transaction.
const BATCH: usize = 1000;
/// Batches.
const BATCHES: usize = 30;
/// Postings one by one.
const SINGLE: usize = 3000;
/// Postings one by one before the other side has its turn: so many that no side runs on the other's cold caches.
const STRETCH: usize = 100;
/// Accounts of the random side.
const ACCOUNTS: usize = 500;

fn main() {
    for on_postgres in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| {
            if on_postgres { marked_database() } else { Some(folder.path().join(name).to_string_lossy().into_owned()) }
        };
        let sides = [place("bare.db"), place("all.db"), place("every.db")];
        let ([Some(bare), Some(all), Some(every)], Some(product)) = (sides, place("product.db")) else {
            println!("PostgreSQL is not installed");
            continue;
        };
        let durable = std::env::var_os("TEST_PG_FSYNC").is_some_and(|value| value == "on");
        let name = match (on_postgres, durable) {
            (false, _) => "SQLite (synchronous=FULL)",
            (true, true) => "PostgreSQL (fsync on)",
            (true, false) => "PostgreSQL (no fsync)",
        };
        println!("{name}");
        measure(&folder, [&bare, &all, &every], &product);
    }
}

/// A database of the throw-away cluster, marked as one for tests before its first use.
fn marked_database() -> Option<String> {
    let url = postgres::new_database()?;
    let sql = "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)";
    postgres::psql(&url, &format!("{sql}; INSERT INTO settings VALUES ('test_database', '1')"));
    Some(url)
}

fn measure(folder: &tempfile::TempDir, bare: [&str; 3], product: &str) {
    let app = open(folder, product);
    let mut raw =
        [Raw::open(bare[0], Rows::Ledger), Raw::open(bare[1], Rows::Appended), Raw::open(bare[2], Rows::Written)];
    // In turns, so that a disturbance of the machine falls on all.
    let (mut bare_time, mut own_time) = ([Duration::ZERO; 3], Duration::ZERO);
    for batch in 0..BATCHES {
        for (raw, time) in raw.iter_mut().zip(&mut bare_time) {
            *time += timed(|| raw.batch(batch));
        }
        own_time += timed(|| post(&app, &bookings(batch * BATCH, BATCH, hot)));
    }
    let count = BATCH * BATCHES;
    tell("batched", count, own_time, bare_time[0]);
    tell("  appended", count, own_time, bare_time[1]);
    tell("  written", count, own_time, bare_time[2]);
    let (mut bare_time, mut message_time, mut own_time) = ([Duration::ZERO; 3], Duration::ZERO, Duration::ZERO);
    for first in (0..SINGLE).step_by(STRETCH) {
        let turns = first..first + STRETCH;
        for (raw, time) in raw.iter_mut().zip(&mut bare_time) {
            *time += timed(|| turns.clone().for_each(|turn| raw.one(turn)));
        }
        message_time += timed(|| turns.clone().for_each(|turn| raw[0].message(turn)));
        own_time += timed(|| turns.for_each(|turn| post(&app, &bookings(1_000_000 + turn, 1, hot))));
    }
    tell("one by one", SINGLE, own_time, bare_time[0]);
    tell("  appended", SINGLE, own_time, bare_time[1]);
    tell("  written", SINGLE, own_time, bare_time[2]);
    tell("  one message", SINGLE, own_time, message_time);
    let (mut hot_time, mut random_time) = (Duration::ZERO, Duration::ZERO);
    for turn in 0..SINGLE {
        hot_time += timed(|| post(&app, &bookings(2_000_000 + turn, 1, hot)));
        random_time += timed(|| post(&app, &bookings(3_000_000 + turn, 1, random)));
    }
    tell("hot account", SINGLE, hot_time, random_time);
}

fn tell(what: &str, count: usize, took: Duration, beside: Duration) {
    let rate = |took: Duration| count as f64 / took.as_secs_f64();
    let (own, other) = (rate(took), rate(beside));
    let ratio = own / other;
    println!("  {what:<13} {own:>9.0} a second   beside {other:>9.0}   ratio {ratio:.2}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn open(folder: &tempfile::TempDir, database: &str) -> App {
    let mut config = Config::load(None).unwrap();
    config.data.dir = folder.path().to_owned();
    config.data.database_url = database.to_owned();
    App::open(config, Clock::System, Opening::Migrate).unwrap()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()
}

fn hot(_nth: usize) -> Account {
    Account::Cash
}

fn random(nth: usize) -> Account {
    Account::BankDeposit(PartnerCode::new(&format!("B{}", nth.wrapping_mul(7919) % ACCOUNTS)))
}

fn bookings(from: usize, count: usize, account: fn(usize) -> Account) -> Vec<Booking> {
    let booking = |nth: usize| Booking {
        tx_id: format!("shuozhou:bench:{nth}"),
        kind: "contribution",
        booked_on: day(),
        memo: String::new(),
        source_ref: format!("bench {nth}"),
        reverses: None,
        entry: match account(nth) {
            Account::Cash => Entry::contribution(FundSource::City, Fen::try_new(100).unwrap()).unwrap(),
            other => Entry::moved(Account::Cash, other, Fen::try_new(100).unwrap()).unwrap(),
        },
    };
    (from..from + count).map(booking).collect()
}

fn post(app: &App, bookings: &[Booking]) {
    let act = Act::new("bench", day());
    let done: Result<(), UseCaseError> = app.store.write(&Scope::fund("shuozhou"), &act, |tx| {
        let change = Change::new(Chain::Fund { fund_id: "shuozhou".to_owned() }, "money.received", "bench");
        let change = postings::with(tx, change, "shuozhou", bookings)?;
        tx.record(change)?;
        Ok(())
    });
    done.unwrap();
}

/// Which rows a bare side writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Head and lines of the posting.
    Ledger,
    /// Its event besides.
    Appended,
    /// Its balances and the head of its chain besides.
    Written,
}

/// The same rows without the product: tables of the same columns and keys, literal statements.
struct Raw {
    run: Box<dyn FnMut(&str)>,
    rows: Rows,
    events: usize,
}

impl Raw {
    fn open(database: &str, rows: Rows) -> Raw {
        let mut run: Box<dyn FnMut(&str)> = if database.starts_with("postgres") {
            let mut connection = PgConnection::establish(database).unwrap();
            Box::new(move |sql| connection.batch_execute(sql).unwrap())
        } else {
            let mut connection = SqliteConnection::establish(database).unwrap();
            connection
                .batch_execute("PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
                .unwrap();
            Box::new(move |sql| connection.batch_execute(sql).unwrap())
        };
        run("CREATE TABLE t (fund_id TEXT NOT NULL, tx_id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, \
             booked_on DATE NOT NULL, memo TEXT NOT NULL, source_ref TEXT NOT NULL, reverses TEXT, \
             business_date DATE NOT NULL, recorded_at TIMESTAMP NOT NULL, event_id TEXT NOT NULL)");
        run("CREATE INDEX t_ref ON t (source_ref)");
        run(
            "CREATE TABLE l (fund_id TEXT NOT NULL, tx_id TEXT NOT NULL REFERENCES t (tx_id), line_no BIGINT NOT NULL, \
             account TEXT NOT NULL, side TEXT NOT NULL, amount_fen BIGINT NOT NULL, business_date DATE NOT NULL, \
             recorded_at TIMESTAMP NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (tx_id, line_no))",
        );
        run("CREATE INDEX l_account ON l (account)");
        run("CREATE TABLE e (event_id TEXT NOT NULL, chain TEXT NOT NULL, seq BIGINT NOT NULL, \
             fund_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, \
             business_date DATE NOT NULL, recorded_at TIMESTAMP NOT NULL, payload TEXT NOT NULL, alg TEXT NOT NULL, \
             prev_hash TEXT NOT NULL, hash TEXT NOT NULL, context TEXT NOT NULL DEFAULT '', PRIMARY KEY (chain, seq))");
        run("CREATE INDEX e_subject ON e (subject)");
        run("CREATE TABLE b (fund_id TEXT NOT NULL, account TEXT NOT NULL, balance_fen BIGINT NOT NULL, \
             PRIMARY KEY (fund_id, account))");
        run("INSERT INTO b VALUES ('shuozhou','cash',0),('shuozhou','contribution:city',0)");
        run("CREATE TABLE s (scope_key TEXT NOT NULL, last_seq BIGINT NOT NULL, head_hash TEXT NOT NULL, \
             PRIMARY KEY (scope_key))");
        run("INSERT INTO s VALUES ('fund:shuozhou',0,'')");
        Raw { run, rows, events: 0 }
    }

    fn batch(&mut self, batch: usize) {
        let (mut heads, mut lines) = (Vec::with_capacity(BATCH), Vec::with_capacity(2 * BATCH));
        for nth in batch * BATCH..(batch + 1) * BATCH {
            heads.push(head(nth));
            lines.extend([line(nth, 1, "cash", "debit"), line(nth, 2, "contribution:city", "credit")]);
        }
        let event = self.event(&heads, &lines);
        let moved = self.moved(BATCH).concat();
        (self.run)(&format!(
            "BEGIN; INSERT INTO t VALUES {}; INSERT INTO l VALUES {}; {event} {moved} COMMIT",
            heads.join(","),
            lines.join(",")
        ));
    }

    /// The event of a posting: a payload as long as its rows, hashes that are none.
    fn event(&mut self, heads: &[String], lines: &[String]) -> String {
        if self.rows == Rows::Ledger {
            return String::new();
        }
        self.events += 1;
        let payload = [heads.concat(), lines.concat()].concat().replace('\'', "\"");
        let (seq, hash) = (self.events, "0".repeat(64));
        format!(
            "INSERT INTO e VALUES ('fund:shuozhou#{seq}','fund:shuozhou',{seq},'shuozhou','money.received','bench','bench',\
             '2026-11-26','2026-11-26 00:00:00','{payload}','sm3','{hash}','{hash}','');"
        )
    }

    /// The balances of a number of postings, and the head of the chain.
    fn moved(&self, postings: usize) -> Vec<String> {
        if self.rows != Rows::Written {
            return Vec::new();
        }
        let (fen, seq, hash) = (postings * 100, self.events, "0".repeat(64));
        let balance = |account: &str, sign: &str| {
            format!(
                "UPDATE b SET balance_fen = balance_fen {sign} {fen} WHERE fund_id = 'shuozhou' AND account = '{account}';"
            )
        };
        let head = format!("UPDATE s SET last_seq = {seq}, head_hash = '{hash}' WHERE scope_key = 'fund:shuozhou';");
        vec![balance("cash", "+"), balance("contribution:city", "-"), head]
    }

    fn one(&mut self, turn: usize) {
        for statement in self.statements(1_000_000 + turn) {
            (self.run)(&statement);
        }
    }

    fn message(&mut self, turn: usize) {
        let message = self.statements(2_000_000 + turn).join(";");
        (self.run)(&message);
    }

    fn statements(&mut self, nth: usize) -> Vec<String> {
        let lines = [line(nth, 1, "cash", "debit"), line(nth, 2, "contribution:city", "credit")];
        let event = self.event(&[head(nth)], &lines);
        let (head, lines) = (head(nth), lines.join(","));
        let mut all =
            vec!["BEGIN".to_owned(), format!("INSERT INTO t VALUES {head}"), format!("INSERT INTO l VALUES {lines}")];
        all.extend(Some(event).filter(|event| !event.is_empty()));
        all.extend(self.moved(1));
        all.push("COMMIT".to_owned());
        all
    }
}

fn head(nth: usize) -> String {
    format!(
        "('shuozhou','shuozhou:bench:{nth}','contribution','2026-11-26','','bench {nth}',NULL,'2026-11-26',\
         '2026-11-26 00:00:00','fund:shuozhou#1')"
    )
}

fn line(nth: usize, number: usize, account: &str, side: &str) -> String {
    format!(
        "('shuozhou','shuozhou:bench:{nth}',{number},'{account}','{side}',100,'2026-11-26','2026-11-26 00:00:00',\
         'fund:shuozhou#1')"
    )
}
