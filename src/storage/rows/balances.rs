//! Running balances: what the lines of the ledger and the promises sum to, kept beside them.
//!
//! Owns the moves of `account_balances`. Whoever asks whether the fund may pay reads one row instead of summing a
//! ledger that only grows.
//! **Invariant:** a balance moves with the rows that move it, in the same transaction; the table refuses a balance on
//! the wrong side.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::insert_rows;
use super::money::{CommitmentRow, LedgerLineRow};
use crate::storage::db::Db;
use crate::storage::schema::{balance_moves, commitments};

/// Fund and account.
type Key = (String, String);

/// What an account's balance moves by. Its table is a view: what is inserted there moves the balance, and begins it where
/// the account has none.
#[derive(Debug, Insertable)]
#[diesel(table_name = balance_moves, treat_none_as_default_value = false)]
struct BalanceMove {
    fund_id: String,
    account: String,
    signed_fen: i64,
}

/// Moves the balances of the accounts that lines book on. On PostgreSQL the table of the lines moves them itself.
pub(super) fn follow_lines(rows: &[LedgerLineRow], db: &mut Db) -> QueryResult<()> {
    if matches!(db, Db::Pg(_)) {
        return Ok(());
    }
    let mut moves: BTreeMap<Key, i64> = BTreeMap::new();
    for row in rows {
        let signed = if row.side == "debit" { row.amount_fen } else { row.amount_fen.saturating_neg() };
        add(&mut moves, &row.fund_id, row.account.clone(), signed);
    }
    apply(moves, db)
}

/// Moves the sums of promises out of cash. The reserve of cover is no cash, and is summed over the loans.
pub(super) fn follow_commitments(rows: &[CommitmentRow], db: &mut Db) -> QueryResult<()> {
    let mut moves: BTreeMap<Key, i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind != "reserved") {
        let before: Option<i64> = commitments::table
            .filter(commitments::kind.eq(&row.kind))
            .filter(commitments::subject.eq(&row.subject))
            .filter(commitments::version.lt(row.version))
            .order(commitments::version.desc())
            .select(commitments::amount_fen)
            .first(db)
            .optional()?;
        let signed = row.amount_fen.saturating_sub(before.unwrap_or(0));
        add(&mut moves, &row.fund_id, format!("promised:{}", row.kind), signed);
    }
    apply(moves, db)
}

fn add(moves: &mut BTreeMap<Key, i64>, fund_id: &str, account: String, signed: i64) {
    let sum = moves.entry((fund_id.to_owned(), account)).or_default();
    *sum = sum.saturating_add(signed);
}

fn apply(moves: BTreeMap<Key, i64>, db: &mut Db) -> QueryResult<()> {
    let moved = moves.into_iter().filter(|(_key, signed)| *signed != 0);
    let rows: Vec<BalanceMove> =
        moved.map(|((fund_id, account), signed_fen)| BalanceMove { fund_id, account, signed_fen }).collect();
    insert_rows!(balance_moves::table, rows.as_slice(), db)
}
