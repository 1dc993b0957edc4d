//! Putting bookings into the ledger.
//!
//! Owns the one way in which a booking becomes rows.
//! **Invariant:** a booking has a name of its own, so that making it twice fails; nothing is booked into a month that
//! is sealed.

use chrono::NaiveDate;

use super::UseCaseError;
use super::books::periods;
use super::fund::lines_of;
use crate::domain::ledger::{Account, Entry, Line, Side};
use crate::domain::money::Fen;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::money;
use crate::storage::rows::money::{LedgerLineRow, LedgerTransactionRow};
use crate::storage::{Db, StoreError, Tx};

/// A booking with what surrounds it.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Its name.
    pub tx_id: String,
    /// What it is.
    pub kind: &'static str,
    /// Day of booking.
    pub booked_on: NaiveDate,
    /// What it says.
    pub memo: String,
    /// What it comes of.
    pub source_ref: String,
    /// Booking it takes back.
    pub reverses: Option<String>,
    /// Its lines.
    pub entry: Entry,
}

/// Appends bookings to a change.
///
/// # Errors
/// `Books` with `PERIOD_SEALED` for a day in a sealed month; storage.
pub fn with(tx: &mut Tx<'_>, change: Change, fund_id: &str, bookings: &[Booking]) -> Result<Change, UseCaseError> {
    // Months are sealed in order, so the earliest day tells.
    if let Some(earliest) = bookings.iter().map(|booking| booking.booked_on).min() {
        periods::refuse_sealed(tx, fund_id, earliest)?;
    }
    let mut transactions = Vec::with_capacity(bookings.len());
    let mut lines: Vec<LedgerLineRow> = Vec::new();
    for booking in bookings {
        transactions.push(row_of(fund_id, booking));
        lines.extend(lines_of(fund_id, &booking.tx_id, &booking.entry));
    }
    Ok(change.with_all(transactions).with_all(lines))
}

fn row_of(fund_id: &str, booking: &Booking) -> LedgerTransactionRow {
    let (business_date, recorded_at, event_id) = unstamped();
    LedgerTransactionRow {
        fund_id: fund_id.to_owned(),
        tx_id: booking.tx_id.clone(),
        kind: booking.kind.to_owned(),
        booked_on: booking.booked_on,
        memo: booking.memo.clone(),
        source_ref: booking.source_ref.clone(),
        reverses: booking.reverses.clone(),
        business_date,
        recorded_at,
        event_id,
    }
}

/// A booking as it stands in the ledger.
///
/// # Errors
/// `Corrupt` for lines that make none; storage.
pub fn entry_of(db: &mut Db, tx_id: &str) -> Result<Entry, UseCaseError> {
    let corrupt =
        || StoreError::Corrupt { table: "ledger_lines", key: tx_id.to_owned(), what: "no booking".to_owned() };
    let mut lines = Vec::new();
    for row in money::lines_of(db, tx_id)? {
        lines.push(Line {
            account: Account::from_code(&row.account).ok_or_else(corrupt)?,
            side: Side::from_code(&row.side).ok_or_else(corrupt)?,
            amount: Fen::try_new(row.amount_fen)?,
        });
    }
    Ok(Entry::try_new(lines).map_err(|_unbalanced| corrupt())?)
}
