//! What moved on accounts after a day.
//!
//! **Invariant:** the newest day comes first, so that a balance of now can be walked back.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::schema::{ledger_lines, ledger_transactions};

/// Lines booked after a day, newest day first: day, account, debit less credit in fen.
///
/// # Errors
/// What the database says.
pub fn lines_after(db: &mut Db, fund_id: &str, day: NaiveDate) -> Result<Vec<(NaiveDate, String, i64)>, StoreError> {
    let later: Vec<(NaiveDate, String, String, i64)> = ledger_lines::table
        .inner_join(ledger_transactions::table.on(ledger_transactions::tx_id.eq(ledger_lines::tx_id)))
        .filter(ledger_lines::fund_id.eq(fund_id))
        .filter(ledger_transactions::booked_on.gt(day))
        .order(ledger_transactions::booked_on.desc())
        .select((ledger_transactions::booked_on, ledger_lines::account, ledger_lines::side, ledger_lines::amount_fen))
        .load(db)?;
    let signed = |side: &str, amount: i64| if side == "debit" { amount } else { amount.saturating_neg() };
    Ok(later.into_iter().map(|(day, account, side, amount)| (day, account, signed(&side, amount))).collect())
}
