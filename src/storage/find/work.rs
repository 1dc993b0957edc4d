//! What waits for somebody, and what somebody has done: the acts read by person and by what came last.
//!
//! **Invariant:** a thing counts by its last act alone.

use std::collections::BTreeMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::acts::ActRow;
use crate::storage::schema::acts;

mod alias {
    #![allow(missing_docs, reason = "the macro gives what it makes no words")]
    diesel::alias!(crate::storage::schema::acts as later: Later);
}
use alias::later;

/// Which acts are meant.
type Condition<'a> = dyn BoxableExpression<acts::table, MultiBackend, SqlType = Bool> + 'a;

/// Things whose last act is one of these, each a life and a word, the oldest first; where a bank is named, those of its
/// loans.
///
/// # Errors
/// What the database says.
pub fn standing_at(
    db: &mut Db,
    (fund_id, bank): (&str, Option<&str>),
    lasts: &[(&str, &str)],
    most: i64,
) -> Result<Vec<ActRow>, StoreError> {
    let newer = later
        .filter(later.field(acts::fund_id).eq(acts::fund_id))
        .filter(later.field(acts::life).eq(acts::life))
        .filter(later.field(acts::subject).eq(acts::subject))
        .filter(later.field(acts::version).gt(acts::version));
    let mut found = acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(not(exists(newer)))
        .order(acts::recorded_at)
        .limit(most)
        .select(ActRow::as_select())
        .into_boxed::<MultiBackend>();
    let mut any: Box<Condition<'_>> = Box::new(acts::life.eq(""));
    for (life, word) in lasts {
        any = Box::new(any.or(acts::life.eq(*life).and(acts::act.eq(*word))));
    }
    found = found.filter(any);
    if let Some(bank) = bank {
        // Every name between these two begins with fund and bank.
        let (from, to) = (format!("{fund_id}:{bank}:"), format!("{fund_id}:{bank};"));
        found = found.filter(acts::subject.ge(from)).filter(acts::subject.lt(to));
    }
    Ok(found.load(db)?)
}

/// The last acts of a person, the newest first; only these words where some are named.
///
/// # Errors
/// What the database says.
pub fn done_by(
    db: &mut Db,
    fund_id: &str,
    person: &str,
    words: Option<&[&str]>,
    most: i64,
) -> Result<Vec<ActRow>, StoreError> {
    let mut found = acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::person.eq(person))
        .order(acts::recorded_at.desc())
        .limit(most)
        .select(ActRow::as_select())
        .into_boxed();
    if let Some(words) = words {
        found = found.filter(acts::act.eq_any(words.iter().copied()));
    }
    Ok(found.load(db)?)
}

/// Particulars of the last act of one word on each of these things.
///
/// # Errors
/// What the database says.
pub fn last_of_each(
    db: &mut Db,
    fund_id: &str,
    life: &str,
    word: &str,
    subjects: &[&str],
) -> Result<BTreeMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::act.eq(word))
        .filter(acts::subject.eq_any(subjects.iter().copied()))
        .order(acts::version)
        .select((acts::subject, acts::details))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// The last act among these words on each of these things.
///
/// # Errors
/// What the database says.
pub fn last_rows_of_each(
    db: &mut Db,
    fund_id: &str,
    life: &str,
    words: &[&str],
    subjects: &[&str],
) -> Result<BTreeMap<String, ActRow>, StoreError> {
    let rows: Vec<ActRow> = acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::act.eq_any(words.iter().copied()))
        .filter(acts::subject.eq_any(subjects.iter().copied()))
        .order(acts::version)
        .select(ActRow::as_select())
        .load(db)?;
    // The last version of a thing comes last and so replaces the ones before.
    Ok(rows.into_iter().map(|row| (row.subject.clone(), row)).collect())
}

/// Things of a life whose name begins so, by name.
///
/// # Errors
/// What the database says.
pub fn begun(db: &mut Db, fund_id: &str, life: &str, start: &str) -> Result<Vec<String>, StoreError> {
    // Every name between these two begins with it.
    let end = format!("{start}\u{10ffff}");
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::subject.ge(start))
        .filter(acts::subject.lt(end))
        .select(acts::subject)
        .distinct()
        .order(acts::subject)
        .load(db)?)
}
