//! One flipped byte in 500 places of the database is found 500 times.
//!
//! Every flip is made in a transaction that is rolled back. The checks that `verify` and `verify-audit` are made of
//! are run on it: the walk along the chains for events and heads, facts against events for facts; every 50th flip is given to the
//! whole of `verify` as well.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use pledgefund::storage::{Db, insert_only};
use pledgefund::usecase::audit::walk::walk;
use pledgefund::usecase::verify::{Payloads, chains, facts_against_events, verify};

use crate::support::product::Installation;

const SEED: u64 = 20_261_127;

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

fn small_books(installation: &Installation) {
    for call in [
        &["import", "partners", "partners.csv"][..],
        &["import", "registrations", "registration/YMK_registration.csv"],
        &["import", "servicing", "monthly/YMK_202507.csv"],
        &["import", "fund", "fund.csv"],
        &["import", "claims", "claims.csv"],
        &["job", "run", "reserve_level", "--on", "2026-07-31"],
    ] {
        installation.json(call, &[0, 1]);
    }
    installation.tamper("SELECT 1");
}

fn word(db: &mut Db, sql: &str) -> Option<String> {
    diesel::sql_query(sql).get_result::<Word>(db).optional().unwrap().map(|row| row.value)
}

fn number(db: &mut Db, sql: &str) -> i64 {
    diesel::sql_query(sql).get_result::<Number>(db).unwrap().value
}

/// A cell: its table, column, and the row by what the database calls it.
struct Cell {
    table: String,
    column: String,
    row: String,
}

fn tables() -> Vec<&'static str> {
    let mut tables = insert_only::tables();
    tables.push("scopes");
    tables
}

fn pick(db: &mut Db, dice: &mut Dice) -> Option<Cell> {
    let all = tables();
    let table = all[dice.below(all.len())].to_owned();
    let rows = number(db, &format!("SELECT COUNT(*) AS value FROM {table}"));
    if rows == 0 {
        return None;
    }
    let at = dice.below(usize::try_from(rows).unwrap());
    let (id, names) = match db {
        Db::Sqlite(_) => ("rowid", format!("SELECT group_concat(name) AS value FROM pragma_table_info('{table}')")),
        Db::Pg(_) => (
            "ctid",
            format!(
                "SELECT string_agg(CAST(attname AS TEXT), ',' ORDER BY attnum) AS value FROM pg_attribute \
                 WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
            ),
        ),
    };
    let row = word(db, &format!("SELECT CAST({id} AS TEXT) AS value FROM {table} ORDER BY {id} LIMIT 1 OFFSET {at}"))?;
    let names = word(db, &names)?;
    let names: Vec<&str> = names.split(',').collect();
    Some(Cell { table, column: names[dice.below(names.len())].to_owned(), row: format!("{id} = '{row}'") })
}

/// The statement that flips one bit of one byte of a cell; none for an empty one.
fn flip(db: &mut Db, cell: &Cell, dice: &mut Dice) -> Option<String> {
    let Cell { table, column, row } = cell;
    let kind = match db {
        Db::Sqlite(_) => word(db, &format!("SELECT typeof({column}) AS value FROM {table} WHERE {row}"))?,
        Db::Pg(_) => word(db, &format!("SELECT CAST(pg_typeof({column}) AS TEXT) AS value FROM {table} WHERE {row}"))?,
    };
    let as_hex = match db {
        Db::Sqlite(_) => format!("SELECT hex({column}) AS value FROM {table} WHERE {row}"),
        Db::Pg(_) if kind == "bytea" => format!("SELECT encode({column}, 'hex') AS value FROM {table} WHERE {row}"),
        Db::Pg(_) => format!(
            "SELECT encode(convert_to(CAST({column} AS TEXT), 'UTF8'), 'hex') AS value FROM {table} \
             WHERE {row} AND {column} IS NOT NULL"
        ),
    };
    let hex = word(db, &as_hex)?;
    let (at, len) = (dice.below(hex.len().max(2) / 2), hex.len());
    let flipped = || {
        let byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap() ^ 1;
        format!("{}{byte:02x}{}", &hex[..at * 2], &hex[at * 2 + 2..])
    };
    let value = match (kind.as_str(), matches!(db, Db::Pg(_))) {
        ("null", _) => return None,
        ("integer", false) => format!("({column} | 1) - ({column} & 1)"),
        ("bigint", true) => format!("{column} # 1"),
        ("boolean", true) => format!("NOT {column}"),
        ("date", true) => format!("{column} + 1"),
        (kind, true) if kind.starts_with("timestamp") => format!("{column} + interval '1 microsecond'"),
        _ if len == 0 => return None,
        ("text", false) => format!("CAST(X'{}' AS TEXT)", flipped()),
        ("blob", false) => format!("X'{}'", flipped()),
        ("bytea", true) => format!("decode('{}', 'hex')", flipped()),
        ("text", true) => format!("convert_from(decode('{}', 'hex'), 'UTF8')", flipped()),
        other => panic!("{other:?}"),
    };
    Some(format!("UPDATE {table} SET {column} = {value} WHERE {row}"))
}

fn is_found(db: &mut Db, cell: &Cell, payloads: &Payloads, whole: bool) -> bool {
    let of_chains = ["events", "scopes"].contains(&cell.table.as_str());
    let parts = if of_chains {
        walk(db, |_event| ()).is_ok_and(|walked| walked.failures.is_empty())
    } else {
        facts_against_events(db, &mut payloads.clone()).is_ok_and(|checks| checks.iter().all(|check| check.ok))
    };
    !parts && (!whole || verify(db, "shuozhou").is_ok_and(|proof| !proof.ok) || verify(db, "shuozhou").is_err())
}

fn flips(mut db: Db, wanted: usize) {
    let (check, payloads) = chains(&mut db).unwrap();
    assert!(check.ok, "{check:?}");
    let untouched = facts_against_events(&mut db, &mut payloads.clone()).unwrap();
    assert!(untouched.iter().all(|check| check.ok), "{untouched:?}");
    let mut dice = Dice(SEED);
    let (mut made, mut missed, mut met) = (0, Vec::new(), std::collections::BTreeSet::new());
    while made < wanted {
        let Some(cell) = pick(&mut db, &mut dice) else { continue };
        let Some(sql) = flip(&mut db, &cell, &mut dice) else { continue };
        db.batch("BEGIN").unwrap();
        // A key that another row already has, or a condition that PostgreSQL does not let anybody leave.
        if db.batch(&sql).is_ok() {
            if !is_found(&mut db, &cell, &payloads, made % 50 == 0) {
                missed.push(format!("{}.{} {}", cell.table, cell.column, cell.row));
            }
            met.insert(format!("{}.{}", cell.table, cell.column));
            made += 1;
        }
        db.batch("ROLLBACK").unwrap();
    }
    println!("{{\"flips\":{made},\"found\":{},\"columns\":{},\"seed\":{SEED}}}", made - missed.len(), met.len());
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn of_500_flipped_bytes_500_are_found() {
    let installation = Installation::sqlite();
    small_books(&installation);
    let file = installation.folder.path().join("pledgefund.db");
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    // As if the file itself were changed: no condition of the schema stands in the way.
    connection.batch_execute("PRAGMA ignore_check_constraints=ON; PRAGMA foreign_keys=OFF").unwrap();
    flips(Db::Sqlite(connection), 500);
}

#[test]
fn of_50_flipped_bytes_50_are_found_on_postgres() {
    let Some(installation) = Installation::postgres() else { return };
    small_books(&installation);
    flips(Db::Pg(PgConnection::establish(installation.url.as_ref().unwrap()).unwrap()), 50);
}
