//! Running balances: what the lines of the ledger and the promises sum to, kept beside them.
//!
//! Owns the moves of `account_balances`. Whoever asks whether the fund may pay reads one row instead of summing a
//! ledger that only grows.
//! **Invariant:** a balance moves with the rows that move it, in the same transaction; the table refuses a balance on
//! the wrong side.

use std::collections::BTreeMap;

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::money::{CommitmentRow, LedgerLineRow};
use crate::storage::db::{Db, each};
use crate::storage::schema::{account_balances, commitments};

/// Fund and account.
type Key = (String, String);

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

fn apply(mut moves: BTreeMap<Key, i64>, db: &mut Db) -> QueryResult<()> {
    moves.retain(|_key, signed| *signed != 0);
    let pair: Vec<(&Key, &i64)> = moves.iter().collect();
    if let [(first, one), (second, two)] = pair.as_slice()
        && first.0 == second.0
        && apply_pair(&first.0, [(&first.1, **one), (&second.1, **two)], db)?
    {
        return Ok(());
    }
    for ((fund_id, account), signed) in moves {
        let moved = diesel::update(account_balances::table.find((&fund_id, &account)))
            .set(account_balances::balance_fen.eq(account_balances::balance_fen + signed))
            .execute(db)?;
        if moved == 0 {
            begin(&fund_id, &account, signed, db)?;
        }
    }
    Ok(())
}

/// Moves the two accounts of nearly every booking by one statement. False if neither had a balance yet.
fn apply_pair(fund_id: &str, moves: [(&str, i64); 2], db: &mut Db) -> QueryResult<bool> {
    let [(first, one), (second, two)] = moves;
    let either = account_balances::account.eq(first).or(account_balances::account.eq(second));
    let known = account_balances::table.filter(account_balances::fund_id.eq(fund_id)).filter(either);
    let signed = case_when(account_balances::account.eq(first), one.into_sql::<BigInt>()).otherwise(two);
    let moved = diesel::update(known)
        .set(account_balances::balance_fen.eq(account_balances::balance_fen + signed))
        .execute(db)?;
    if moved == 1 {
        // What is there has moved; the other one begins.
        let there: String = known.select(account_balances::account).first(db)?;
        let (account, signed) = if there == first { (second, two) } else { (first, one) };
        begin(fund_id, account, signed, db)?;
    }
    Ok(moved > 0)
}

fn begin(fund_id: &str, account: &str, balance_fen: i64, db: &mut Db) -> QueryResult<()> {
    let columns = (
        account_balances::fund_id.eq(fund_id),
        account_balances::account.eq(account),
        account_balances::balance_fen.eq(balance_fen),
    );
    each!(db, c => diesel::insert_into(account_balances::table).values(columns).execute(c))?;
    Ok(())
}
