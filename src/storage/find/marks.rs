//! How often the book of each bank has changed.
//!
//! **Invariant:** whoever changes a row of a bank's loans or months moves the bank's mark in the same transaction, so that
//! what was summed under a mark holds as long as the mark stands.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::schema::book_marks;

/// Changes of the book of every bank that ever had a loan, by code.
pub type Marks = BTreeMap<String, i64>;

/// The marks of a fund.
///
/// # Errors
/// What the database says.
pub fn of(db: &mut Db, fund_id: &str) -> Result<Marks, StoreError> {
    let rows: Vec<(String, i64)> = book_marks::table
        .filter(book_marks::fund_id.eq(fund_id))
        .select((book_marks::bank, book_marks::changes))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Moves the marks of these banks, each with its fund: in their order, so that no two writers wait for each other.
pub(in crate::storage) fn advance(db: &mut Db, changed: &BTreeSet<(String, String)>) -> QueryResult<()> {
    for (fund_id, bank) in changed {
        let first = (book_marks::fund_id.eq(fund_id), book_marks::bank.eq(bank), book_marks::changes.eq(1_i64));
        each!(&mut *db, c => diesel::insert_into(book_marks::table)
            .values(first)
            .on_conflict((book_marks::fund_id, book_marks::bank))
            .do_update()
            .set(book_marks::changes.eq(book_marks::changes + 1_i64))
            .execute(c))?;
    }
    Ok(())
}
