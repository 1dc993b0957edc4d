//! Both sides of one account: what the bank told, what the ledger holds, and which is which.
//!
//! **Invariant:** a booking and its reversal that both never met the bank cancel out and are nobody's open item; what
//! the first opening balance of the bank contains is not asked for again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::money::{Fen, FenDelta, MoneyError};
use crate::domain::reconciliation::sum;
use crate::domain::statement::{Direction, Span, balance_on};
use crate::storage::find::{books, money};
use crate::storage::rows::books::{BankStatementLineRow, BankStatementRow};
use crate::storage::rows::money::{LedgerLineRow, LedgerTransactionRow};
use crate::storage::{Db, StoreError};
use crate::usecase::UseCaseError;

/// What a booking moved on an account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedMovement {
    /// The booking.
    pub tx: LedgerTransactionRow,
    /// Way, as the bank sees it.
    pub direction: Direction,
    /// Amount.
    pub amount: Fen,
}

/// Everything about one account of the ledger and the bank accounts behind it.
#[derive(Debug)]
pub struct AccountView {
    /// Account of the ledger.
    pub ledger_account: String,
    /// Statements, by bank account and day.
    pub statements: Vec<BankStatementRow>,
    /// Their lines, by day.
    pub lines: Vec<BankStatementLineRow>,
    /// Bookings that moved it, by day.
    pub bookings: Vec<BookedMovement>,
    /// Line → booking, as it stands.
    pub matched: BTreeMap<String, String>,
    /// Lines that a person opened again: no rule touches them.
    pub opened: BTreeSet<String>,
}

/// Way and amount of a stored line.
///
/// # Errors
/// `Corrupt`.
pub fn movement_of(line: &BankStatementLineRow) -> Result<(Direction, Fen), StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt {
        table: "bank_statement_lines",
        key: line.line_id.clone(),
        what: what.to_owned(),
    };
    let direction = Direction::from_code(&line.direction).ok_or_else(|| corrupt("direction"))?;
    Ok((direction, Fen::try_new(line.amount_fen).map_err(|error| corrupt(&error.to_string()))?))
}

/// What every booking moved on an account, by day; bookings that moved nothing are left out.
///
/// # Errors
/// Storage; `Money`.
pub fn bookings_of(db: &mut Db, fund_id: &str, account: &str) -> Result<Vec<BookedMovement>, UseCaseError> {
    let transactions = money::transactions(db, fund_id)?;
    Ok(moved(transactions, &money::lines(db, fund_id)?, account)?)
}

fn moved(
    transactions: Vec<LedgerTransactionRow>,
    lines: &[LedgerLineRow],
    account: &str,
) -> Result<Vec<BookedMovement>, MoneyError> {
    let mut net: BTreeMap<&str, FenDelta> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.account == account) {
        let amount = Fen::try_new(line.amount_fen)?;
        let signed =
            if line.side == "debit" { Direction::Credit.signed(amount) } else { Direction::Debit.signed(amount) };
        let sum = net.entry(line.tx_id.as_str()).or_default();
        *sum = sum.checked_add(signed)?;
    }
    let of = |tx: LedgerTransactionRow| {
        let (direction, amount) = Direction::of(net.get(tx.tx_id.as_str()).copied()?)?;
        Some(BookedMovement { tx, direction, amount })
    };
    Ok(transactions.into_iter().filter_map(of).collect())
}

impl AccountView {
    /// Loads one account.
    ///
    /// # Errors
    /// Storage; `Money`.
    pub fn load(db: &mut Db, fund_id: &str, ledger_account: &str) -> Result<AccountView, UseCaseError> {
        let mut statements = books::statements(db, fund_id)?;
        statements.retain(|statement| statement.ledger_account == ledger_account);
        let accounts: BTreeSet<&str> = statements.iter().map(|statement| statement.account.as_str()).collect();
        let mut lines = books::lines(db, fund_id)?;
        lines.retain(|line| accounts.contains(line.account.as_str()));
        let own: BTreeSet<&str> = lines.iter().map(|line| line.line_id.as_str()).collect();
        let last = books::last_matches(db, fund_id)?.into_iter().filter(|(line, _)| own.contains(line.as_str()));
        let mut matched = BTreeMap::new();
        let mut opened = BTreeSet::new();
        for (line, row) in last {
            match row.tx_id {
                Some(tx_id) => drop(matched.insert(line, tx_id)),
                None => drop(opened.insert(line)),
            }
        }
        let bookings = bookings_of(db, fund_id, ledger_account)?;
        Ok(AccountView { ledger_account: ledger_account.to_owned(), statements, lines, bookings, matched, opened })
    }

    /// Accounts of the ledger that have statements.
    ///
    /// # Errors
    /// Storage.
    pub fn accounts(db: &mut Db, fund_id: &str) -> Result<BTreeSet<String>, UseCaseError> {
        Ok(books::statements(db, fund_id)?.into_iter().map(|statement| statement.ledger_account).collect())
    }

    /// Booking → line, as it stands.
    #[must_use]
    pub fn lines_by_booking(&self) -> BTreeMap<&str, &str> {
        self.matched.iter().map(|(line, tx)| (tx.as_str(), line.as_str())).collect()
    }

    /// What the bank told for the end of a day, over all bank accounts behind this one; nothing where one of them
    /// has no statement that reaches the day.
    ///
    /// # Errors
    /// `Money`.
    pub fn bank_balance(&self, on: NaiveDate) -> Result<Option<FenDelta>, UseCaseError> {
        let mut total = None;
        for account in self.bank_accounts() {
            let spans: Vec<Span> = self.spans(account);
            let reaches = spans.iter().any(|span| span.to >= on);
            let lines = self.moves(account)?;
            let not_begun = spans.iter().all(|span| span.from > on) && self.opening_of(account) == FenDelta::ZERO;
            let balance = balance_on(&spans, &lines, on)?.filter(|_| reaches);
            let Some(balance) = balance.or_else(|| not_begun.then_some(FenDelta::ZERO)) else { return Ok(None) };
            total = Some(total.unwrap_or(FenDelta::ZERO).checked_add(balance)?);
        }
        // Accounts that had not begun are no statement of this day.
        Ok(total.filter(|_| self.statements.iter().any(|statement| statement.from_on <= on)))
    }

    /// Bookings that are part of the opening balance with which the bank's statements begin: all earlier ones that
    /// met no line, if together they are that balance.
    ///
    /// # Errors
    /// `Money`.
    pub fn settled_by_opening(&self) -> Result<BTreeSet<&str>, MoneyError> {
        let Some(start) = self.statements.iter().map(|statement| statement.from_on).min() else {
            return Ok(BTreeSet::new());
        };
        let (by_booking, cancelled) = (self.lines_by_booking(), self.cancelled(NaiveDate::MAX));
        let earlier: Vec<&BookedMovement> = self
            .bookings
            .iter()
            .filter(|one| one.tx.booked_on < start)
            .filter(|one| !by_booking.contains_key(one.tx.tx_id.as_str()) && !cancelled.contains(one.tx.tx_id.as_str()))
            .collect();
        let opening = sum(self.bank_accounts().into_iter().map(|account| self.opening_of(account)))?;
        let booked = sum(earlier.iter().map(|one| one.direction.signed(one.amount)))?;
        Ok(if booked == opening { earlier.iter().map(|one| one.tx.tx_id.as_str()).collect() } else { BTreeSet::new() })
    }

    /// Bookings taken back by another, and that other, where neither met a line, as known at the end of a day.
    #[must_use]
    pub fn cancelled(&self, on: NaiveDate) -> BTreeSet<&str> {
        let by_booking = self.lines_by_booking();
        let by_id: BTreeMap<&str, &BookedMovement> =
            self.bookings.iter().map(|one| (one.tx.tx_id.as_str(), one)).collect();
        let mut cancelled = BTreeSet::new();
        for one in self.bookings.iter().filter(|one| one.tx.booked_on <= on) {
            let Some(taken_back) = one.tx.reverses.as_deref().and_then(|id| by_id.get(id)) else { continue };
            let is_mirror = taken_back.amount == one.amount && taken_back.direction == one.direction.other();
            let ids = [one.tx.tx_id.as_str(), taken_back.tx.tx_id.as_str()];
            if is_mirror && ids.iter().all(|id| !by_booking.contains_key(id)) {
                cancelled.extend(ids);
            }
        }
        cancelled
    }

    /// Numbers of the bank accounts.
    #[must_use]
    pub fn bank_accounts(&self) -> BTreeSet<&str> {
        self.statements.iter().map(|statement| statement.account.as_str()).collect()
    }

    fn opening_of(&self, account: &str) -> FenDelta {
        let own = self.statements.iter().filter(|statement| statement.account == account);
        let first = own.min_by_key(|statement| (statement.from_on, &statement.statement_id));
        first.map_or(FenDelta::ZERO, |first| FenDelta::new(first.opening_fen))
    }

    fn spans(&self, account: &str) -> Vec<Span> {
        self.statements.iter().filter(|statement| statement.account == account).map(span_of).collect()
    }

    fn moves(&self, account: &str) -> Result<Vec<(NaiveDate, FenDelta)>, StoreError> {
        self.lines.iter().filter(|line| line.account == account).map(move_of).collect()
    }
}

/// Days and balances of a stored statement.
#[must_use]
pub fn span_of(statement: &BankStatementRow) -> Span {
    Span {
        from: statement.from_on,
        to: statement.to_on,
        opening: FenDelta::new(statement.opening_fen),
        closing: FenDelta::new(statement.closing_fen),
    }
}

/// Day and signed amount of a stored line.
///
/// # Errors
/// `Corrupt`.
pub fn move_of(line: &BankStatementLineRow) -> Result<(NaiveDate, FenDelta), StoreError> {
    let (direction, amount) = movement_of(line)?;
    Ok((line.booked_on, direction.signed(amount)))
}
