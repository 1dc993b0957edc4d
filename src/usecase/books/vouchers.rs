//! Vouchers: one a booking, numbered within its month, and the number typed back from the accounting software.
//!
//! **Invariant:** numbers follow (day, booking), so that those of a closed month never change; two bookings of a
//! month never carry the same outside number.

use std::collections::BTreeMap;

use super::{Word, change, refused};
use crate::app::App;
use crate::domain::calendar::Month;
use crate::storage::facts::unstamped;
use crate::storage::find::{books, money};
use crate::storage::rows::books::VoucherNumberRow;
use crate::storage::rows::money::{LedgerLineRow, LedgerTransactionRow};
use crate::storage::{Act, Db, Scope};
use crate::usecase::UseCaseError;

/// Longest number taken, in characters.
const LONGEST: usize = 40;

/// A booking as a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// Number within its month, from 1.
    pub number: usize,
    /// Number in the accounting software.
    pub outside: Option<String>,
    /// The booking.
    pub tx: LedgerTransactionRow,
    /// Its lines.
    pub lines: Vec<LedgerLineRow>,
}

/// The vouchers of a month, by number.
///
/// # Errors
/// Storage.
pub fn of_month(db: &mut Db, fund_id: &str, period: Month) -> Result<Vec<Voucher>, UseCaseError> {
    let mut own = money::transactions(db, fund_id)?;
    own.retain(|tx| Month::of(tx.booked_on) == period);
    // Databases sort texts each in their own way; the number must not depend on it.
    own.sort_by(|a, b| (a.booked_on, &a.tx_id).cmp(&(b.booked_on, &b.tx_id)));
    let mut lines: BTreeMap<String, Vec<LedgerLineRow>> = BTreeMap::new();
    for line in money::lines(db, fund_id)? {
        lines.entry(line.tx_id.clone()).or_default().push(line);
    }
    let mut outside = outside_numbers(db, fund_id)?;
    let voucher = |(number, tx): (usize, LedgerTransactionRow)| Voucher {
        number,
        outside: outside.remove(&tx.tx_id),
        lines: lines.remove(&tx.tx_id).unwrap_or_default(),
        tx,
    };
    Ok((1..).zip(own).map(voucher).collect())
}

/// The outside number of each booking that has one.
fn outside_numbers(db: &mut Db, fund_id: &str) -> Result<BTreeMap<String, String>, UseCaseError> {
    // In order of version, so that the last one stays.
    Ok(books::voucher_numbers(db, fund_id)?.into_iter().map(|row| (row.tx_id, row.number)).collect())
}

/// Keeps the number that the accounting software gave a booking; a later one corrects it.
///
/// # Errors
/// `Books`, with nothing saved; storage.
pub fn type_back(app: &App, tx_id: &str, number: &str, word: Word<'_>) -> Result<VoucherNumberRow, UseCaseError> {
    let person = word.person()?;
    let number = number.trim();
    if number.is_empty() || number.chars().count() > LONGEST || number.chars().any(char::is_control) {
        return Err(refused("VOUCHER_NUMBER_INVALID", vec![number.to_owned()]));
    }
    app.store.write(&Scope::fund(app.fund_id()), &Act::new(person.as_str(), word.on), |tx| {
        let months: BTreeMap<String, Month> = money::transactions(tx, app.fund_id())?
            .into_iter()
            .map(|booking| (booking.tx_id, Month::of(booking.booked_on)))
            .collect();
        let unknown = || refused("VOUCHER_BOOKING_UNKNOWN", vec![tx_id.to_owned()]);
        let month = *months.get(tx_id).ok_or_else(unknown)?;
        let numbers = outside_numbers(tx, app.fund_id())?;
        let taken = numbers.iter().find(|(other, taken)| {
            other.as_str() != tx_id && taken.as_str() == number && months.get(*other) == Some(&month)
        });
        if let Some((other, _)) = taken {
            return Err(refused("VOUCHER_NUMBER_TAKEN", vec![other.clone()]));
        }
        if numbers.get(tx_id).is_some_and(|known| known == number) {
            return Err(refused("VOUCHER_NUMBER_KNOWN", vec![number.to_owned()]));
        }
        let (business_date, recorded_at, event_id) = unstamped();
        let version = books::last_voucher_version(tx, tx_id)?.saturating_add(1);
        let row = VoucherNumberRow {
            fund_id: app.fund_id().to_owned(),
            tx_id: tx_id.to_owned(),
            version,
            number: number.to_owned(),
            person: person.as_str().to_owned(),
            business_date,
            recorded_at,
            event_id,
        };
        tx.record(change(app.fund_id(), "voucher.numbered", tx_id).with(row.clone()))?;
        Ok(row)
    })
}
