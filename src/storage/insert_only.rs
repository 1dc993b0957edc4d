//! Tables that only grow: the database itself refuses to change or remove what was written there.
//!
//! Owns the triggers on events and on every fact table. They are laid from the one list of fact tables after every
//! migration, and lifted before one, because a migration may have to move rows.
//! **Invariant:** a table of facts that lacks its triggers is named by `missing`; none is forgotten, because nobody
//! lists them a second time.

use std::collections::BTreeSet;
use std::convert::Infallible;

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::db::Db;
use super::error::StoreError;
use super::facts::Fact;
use super::rows::every::{FactVisitor, visit_facts};

/// What the database says when somebody tries.
pub const REFUSAL: &str = "INSERT_ONLY";

/// The only table besides facts that never changes.
const EVENTS: &str = "events";
/// Heads move forward and never go.
const SCOPES: &str = "scopes";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

struct Names(Vec<&'static str>);

impl FactVisitor for Names {
    type Error = Infallible;

    fn visit<F: Fact>(&mut self, _check: &'static str) -> Result<(), Infallible> {
        self.0.push(F::TABLE);
        Ok(())
    }
}

/// Every table that only grows.
#[must_use]
pub fn tables() -> Vec<&'static str> {
    let mut names = Names(vec![EVENTS]);
    let Ok(()) = visit_facts(&mut names);
    names.0
}

/// The statements that make a trigger, by its name.
fn triggers(postgres: bool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let kept: Vec<(&str, &[&str])> = tables()
        .into_iter()
        .map(|table| (table, if postgres { &["change"][..] } else { &["update", "delete"][..] }))
        .chain([(SCOPES, &["delete"][..])])
        .collect();
    for (table, actions) in kept {
        for action in actions {
            let name = format!("kept_{table}_{action}");
            let made = match (postgres, *action) {
                (true, "change") => format!(
                    "CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
                     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ),
                (true, _) => format!(
                    "CREATE TRIGGER {name} BEFORE DELETE OR TRUNCATE ON {table} \
                     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ),
                (false, action) => format!(
                    "CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                ),
            };
            all.push((name, made));
        }
    }
    all
}

/// Names of the triggers of this kind that are there, and in force.
fn laid(db: &mut Db) -> QueryResult<BTreeSet<String>> {
    let sql = match db {
        Db::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 5) = 'kept_'",
        Db::Pg(_) => {
            "SELECT CAST(t.tgname AS TEXT) AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() \
               AND substr(t.tgname, 1, 5) = 'kept_' AND t.tgenabled IN ('O', 'A')"
        }
    };
    Ok(diesel::sql_query(sql).load::<Name>(db)?.into_iter().map(|row| row.name).collect())
}

/// Triggers that should be there and are not.
///
/// # Errors
/// What the database says.
pub fn missing(db: &mut Db) -> Result<Vec<String>, StoreError> {
    let there = laid(db)?;
    let postgres = matches!(db, Db::Pg(_));
    Ok(triggers(postgres).into_iter().map(|(name, _)| name).filter(|name| !there.contains(name)).collect())
}

/// How many triggers there should be.
#[must_use]
pub fn count(db: &Db) -> usize {
    triggers(matches!(db, Db::Pg(_))).len()
}

/// Lays the triggers that are not there.
pub(super) fn lay(db: &mut Db) -> QueryResult<()> {
    let there = laid(db)?;
    let postgres = matches!(db, Db::Pg(_));
    let wanted: Vec<String> =
        triggers(postgres).into_iter().filter(|(name, _)| !there.contains(name)).map(|(_, made)| made).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let function = format!(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN RAISE EXCEPTION '{REFUSAL}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; \
         END $$"
    );
    let begin = if postgres { format!("BEGIN; {function}") } else { "BEGIN IMMEDIATE".to_owned() };
    at_once(db, &begin, &wanted)
}

/// Lifts every trigger that is there.
pub(super) fn lift(db: &mut Db) -> QueryResult<()> {
    let there = laid(db)?;
    if there.is_empty() {
        return Ok(());
    }
    match db {
        Db::Sqlite(_) => {
            let drops: Vec<String> = there.iter().map(|name| format!("DROP TRIGGER {name}")).collect();
            at_once(db, "BEGIN IMMEDIATE", &drops)
        }
        Db::Pg(_) => at_once(db, "BEGIN", &["DROP FUNCTION refuse_change() CASCADE".to_owned()]),
    }
}

fn at_once(db: &mut Db, begin: &str, statements: &[String]) -> QueryResult<()> {
    db.batch(begin)?;
    match db.batch(&statements.join(";\n")).and_then(|()| db.batch("COMMIT")) {
        Ok(()) => Ok(()),
        Err(error) => {
            let _undone = db.batch("ROLLBACK");
            Err(error)
        }
    }
}
