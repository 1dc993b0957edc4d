//! Running balances: what the lines of the ledger and the promises sum to, kept beside them.
//!
//! Owns the moves of `account_balances`. Whoever asks whether the fund may pay reads one row instead of summing a
//! ledger that only grows.
//! **Invariant:** a balance moves with the rows that move it, in the same transaction; the table refuses a balance on
//! the wrong side.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::money::{CommitmentRow, LedgerLineRow};
use crate::storage::db::{Db, each};
use crate::storage::schema::{account_balances, commitments};

/// Fund and account.
type Key = (String, String);

/// Moves the balances of the accounts that lines book on.
pub(super) fn follow_lines(rows: &[LedgerLineRow], db: &mut Db) -> QueryResult<()> {
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
    for ((fund_id, account), signed) in moves {
        if signed == 0 {
            continue;
        }
        let known = account_balances::table.find((&fund_id, &account));
        let moved = diesel::update(known)
            .set(account_balances::balance_fen.eq(account_balances::balance_fen + signed))
            .execute(db)?;
        if moved == 0 {
            let columns = (
                account_balances::fund_id.eq(&fund_id),
                account_balances::account.eq(&account),
                account_balances::balance_fen.eq(signed),
            );
            each!(&mut *db, c => diesel::insert_into(account_balances::table).values(columns).execute(c))?;
        }
    }
    Ok(())
}
