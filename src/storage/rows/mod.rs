//! Row types, one module an area, in the order of the migrations.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed; only
//! projections and operational rows are updated.

use serde::Serializer;
use sha2::{Digest, Sha256};

pub mod accounts;
pub mod acts;
mod balances;
pub mod books;
pub mod claims;
pub mod events;
pub mod every;
pub mod jobs;
pub mod loans;
pub mod machines;
pub mod mail;
pub mod mappings;
pub mod money;
pub mod parties;
pub mod rulebook_steps;
pub mod servicing;
pub mod undos;
pub mod upkeep;
pub mod uploads;
pub mod webhooks;

/// Inserts rows of one table: on PostgreSQL many by COPY and few by one statement, on SQLite by a prepared statement.
macro_rules! insert_rows {
    ($table:expr, $rows:expr, $db:expr) => {{
        use diesel::RunQueryDsl;
        match $db {
            crate::storage::Db::Pg(c) if $rows.len() >= crate::storage::facts::ROWS_WORTH_COPYING => {
                use diesel::ExecuteCopyFromDsl;
                diesel::copy_from($table).from_insertable($rows).execute(c).map(drop)
            }
            crate::storage::Db::Pg(c) if $rows.is_empty() => {
                let _nothing_to_do = c;
                Ok(())
            }
            crate::storage::Db::Pg(c) => diesel::insert_into($table).values($rows).execute(c).map(drop),
            crate::storage::Db::Sqlite(c) => match $rows.first_chunk::<2>() {
                Some(two) if $rows.len() == 2 => diesel::insert_into($table).values(two).execute(c).map(drop),
                _ => $rows.iter().try_for_each(|row| diesel::insert_into($table).values(row).execute(c).map(drop)),
            },
        }
    }};
}
pub(crate) use insert_rows;

/// The insert of a few rows as a part of a statement for PostgreSQL. One row and two rows are by far the most frequent,
/// and what holds only such parts stays prepared.
macro_rules! insert_part {
    ($table:expr, $rows:expr) => {{
        let insert = diesel::insert_into($table);
        let part: crate::storage::together::Part<'_> = match ($rows.first_chunk::<1>(), $rows.first_chunk::<2>()) {
            (Some(one), _) if $rows.len() == 1 => Box::new(insert.values(one)),
            (_, Some(two)) if $rows.len() == 2 => Box::new(insert.values(two)),
            _ => Box::new(insert.values($rows)),
        };
        part
    }};
}
pub(crate) use insert_part;

/// Declares a row to be a fact: append-only, written and verified with its event. What sums such rows may follow them.
macro_rules! fact {
    ($row:ident, $table:ident, |$it:ident| $key:expr) => {
        crate::storage::rows::fact!($row, $table, |$it| $key, crate::storage::rows::nothing_follows);
    };
    ($row:ident, $table:ident, |$it:ident| $key:expr, $after:path) => {
        impl crate::storage::facts::Fact for $row {
            const TABLE: &'static str = stringify!($table);
            fn key(&self) -> String {
                let $it = self;
                $key
            }
            fn event_id(&self) -> &str {
                &self.event_id
            }
            fn stamp(&self) -> (chrono::NaiveDate, chrono::NaiveDateTime) {
                (self.business_date, self.recorded_at)
            }
            fn bind(&mut self, stamp: &crate::storage::facts::Stamp) {
                self.business_date = stamp.business_date;
                self.recorded_at = stamp.recorded_at;
                self.event_id.clone_from(&stamp.event_id);
            }
            fn insert_all(rows: &[Self], db: &mut crate::storage::Db) -> diesel::QueryResult<()> {
                crate::storage::rows::insert_rows!(schema::$table::table, rows, &mut *db)
            }
            fn insert_part(rows: &[Self]) -> crate::storage::together::Part<'_> {
                crate::storage::rows::insert_part!(schema::$table::table, rows)
            }
            fn follow(rows: &[Self], db: &mut crate::storage::Db) -> diesel::QueryResult<()> {
                $after(rows, db)
            }
            fn load_all(db: &mut crate::storage::Db) -> diesel::QueryResult<Vec<Self>> {
                use diesel::{QueryDsl, RunQueryDsl, SelectableHelper};
                schema::$table::table.select(Self::as_select()).load(db)
            }
            fn load_known(
                db: &mut crate::storage::Db,
                known_at: chrono::NaiveDateTime,
            ) -> diesel::QueryResult<Vec<Self>> {
                use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
                let known = schema::$table::table.filter(schema::$table::recorded_at.le(known_at));
                known.select(Self::as_select()).load(db)
            }
            fn event_ids(db: &mut crate::storage::Db) -> diesel::QueryResult<Vec<String>> {
                use diesel::{QueryDsl, RunQueryDsl};
                schema::$table::table.select(schema::$table::event_id).distinct().load(db)
            }
        }
    };
}
pub(crate) use fact;

/// What follows from rows of most tables.
fn nothing_follows<R>(_rows: &[R], _db: &mut crate::storage::Db) -> diesel::QueryResult<()> {
    Ok(())
}

/// Writes bytes into an event as their SHA-256, so that a payload stays readable and still proves them.
fn digest_only<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::hash::hex(&Sha256::digest(bytes)))
}
