//! The reconciliation of each bank account on a day (银行存款余额调节表).
//!
//! **Invariant:** it is computed from facts each time and never stored; the same facts give the same statement.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::account::{AccountView, movement_of};
use crate::domain::reconciliation::{Movement, Reconciliation, reconcile, sum};
use crate::storage::Db;
use crate::usecase::UseCaseError;

/// The reconciliation of one account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// Account of the ledger.
    pub ledger_account: String,
    /// Bank accounts behind it.
    pub bank_accounts: Vec<String>,
    /// The statement.
    pub statement: Reconciliation,
}

/// Reconciles every account that has statements.
///
/// # Errors
/// Storage; `Money`.
pub fn reconcile_all(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Vec<Reconciled>, UseCaseError> {
    let accounts = AccountView::accounts(db, fund_id)?;
    accounts.iter().map(|account| of_account(&AccountView::load(db, fund_id, account)?, on)).collect()
}

fn of_account(view: &AccountView, on: NaiveDate) -> Result<Reconciled, UseCaseError> {
    let (by_booking, settled, cancelled) = (view.lines_by_booking(), view.settled_by_opening()?, view.cancelled(on));
    let booked_on: BTreeMap<&str, NaiveDate> =
        view.bookings.iter().map(|one| (one.tx.tx_id.as_str(), one.tx.booked_on)).collect();
    let told_on: BTreeMap<&str, NaiveDate> =
        view.lines.iter().map(|line| (line.line_id.as_str(), line.booked_on)).collect();
    let mut lines = Vec::new();
    for line in &view.lines {
        let (direction, amount) = movement_of(line)?;
        let partner_on = view.matched.get(&line.line_id).and_then(|tx| booked_on.get(tx.as_str()).copied());
        let known = [&*line.counterparty_name, &*line.text].into_iter().filter(|text| !text.is_empty());
        let text = known.collect::<Vec<_>>().join(" ");
        lines.push(Movement { id: line.line_id.clone(), on: line.booked_on, direction, amount, text, partner_on });
    }
    let is_item = |id: &str| !settled.contains(id) && !cancelled.contains(id);
    let items = view.bookings.iter().filter(|one| is_item(&one.tx.tx_id)).map(|one| Movement {
        id: one.tx.tx_id.clone(),
        on: one.tx.booked_on,
        direction: one.direction,
        amount: one.amount,
        text: one.tx.memo.clone(),
        partner_on: by_booking.get(one.tx.tx_id.as_str()).and_then(|line| told_on.get(line).copied()),
    });
    let stand = view.bookings.iter().filter(|one| one.tx.booked_on <= on);
    let book = sum(stand.map(|one| one.direction.signed(one.amount)))?;
    let statement = reconcile(on, book, view.bank_balance(on)?, &lines, &items.collect::<Vec<_>>())?;
    Ok(Reconciled {
        ledger_account: view.ledger_account.clone(),
        bank_accounts: view.bank_accounts().into_iter().map(str::to_owned).collect(),
        statement,
    })
}

/// Number of open items of all accounts, and what is left unexplained: nothing where no statement reaches the day.
///
/// # Errors
/// `Money`.
pub fn totals(all: &[Reconciled]) -> Result<(usize, Option<i64>), UseCaseError> {
    let open = all.iter().map(|one| one.statement.open_items()).sum();
    let differences: Option<Vec<_>> = all.iter().map(|one| one.statement.difference).collect();
    let difference = match differences {
        // Differences of two accounts must not hide one another.
        Some(found) if !found.is_empty() => {
            Some(sum(found.iter().map(|fen| crate::domain::money::FenDelta::new(fen.get().saturating_abs())))?.get())
        }
        _ => None,
    };
    Ok((open, difference))
}

/// A reconciliation as `statement reconcile --json` prints it.
#[must_use]
pub fn reconciled_json(one: &Reconciled) -> Value {
    let items = |list: &[Movement]| -> Vec<Value> {
        let item = |item: &Movement| json!({ "id": item.id, "on": item.on.to_string(), "amount": item.amount.yuan(), "text": item.text });
        list.iter().map(item).collect()
    };
    let told = &one.statement;
    json!({
        "ledger_account": one.ledger_account,
        "bank_accounts": one.bank_accounts,
        "on": told.on.to_string(),
        "book_balance": told.book.yuan(),
        "bank_balance": told.bank.map(|fen| fen.yuan()),
        "bank_received": items(&told.bank_received),
        "bank_paid": items(&told.bank_paid),
        "book_received": items(&told.book_received),
        "book_paid": items(&told.book_paid),
        "adjusted_book": told.adjusted_book.yuan(),
        "adjusted_bank": told.adjusted_bank.map(|fen| fen.yuan()),
        "difference": told.difference.map(|fen| fen.yuan()),
        "open_items": told.open_items(),
        "agrees": told.agrees(),
    })
}
