//! Tries, counted before they are looked at.
//!
//! **Invariant:** a try that is under way counts as a failure until it has succeeded, so that a thousand at once are
//! no more than one after the other; a name is counted by its hash, whether or not there is an account.

use chrono::TimeDelta;

use super::{Refusal, SignInError, act_of};
use crate::app::App;
use crate::domain::sign_in::throttle;
use crate::hash::sha256_hex;
use crate::storage::find::accounts as find;
use crate::storage::rows::accounts::FailureRow;
use crate::storage::{Scope, StoreError, Tx};

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    name: String,
    is_address: bool,
}

/// Passwords of an account.
pub(super) fn account(person: &str) -> Counted {
    Counted { name: format!("account:{}", sha256_hex(person.as_bytes())), is_address: false }
}

/// Codes of an account.
pub(super) fn codes(person: &str) -> Counted {
    Counted { name: format!("code:{}", sha256_hex(person.as_bytes())), is_address: false }
}

/// Everything from an address.
pub(super) fn address(address: &str) -> Counted {
    Counted { name: format!("address:{address}"), is_address: true }
}

/// Failures nobody added to for so long are forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);

/// Counts a try, unless one of its counts has to wait.
///
/// # Errors
/// `Wait`; storage.
pub(super) fn begin(app: &App, counts: &[Counted]) -> Result<(), SignInError> {
    let now = app.wall.now();
    // A look before the lock: whoever hammers waits without keeping others from writing.
    let mut rows = rows_of(&mut *app.store.read()?, counts)?;
    if waits(counts, &rows, now) {
        return Err(Refusal::Wait.into());
    }
    app.store.write(&Scope::system(), &act_of(app, "sign-in"), |tx| {
        rows = rows_of(tx, counts)?;
        if waits(counts, &rows, now) {
            return Err(Refusal::Wait.into());
        }
        for (counted, row) in counts.iter().zip(&rows) {
            let (failures, since) = match row {
                Some(row) if counted.is_address => throttle::address_now(row.failures, row.since, now),
                Some(row) => (row.failures, row.since),
                None => (0, now),
            };
            let failures = failures.saturating_add(1);
            find::keep_failures(tx, &FailureRow { counted: counted.name.clone(), failures, since, failed_at: now })?;
        }
        find::forget_old_failures(tx, now.checked_sub_signed(FORGOTTEN).unwrap_or(now))?;
        Ok::<(), SignInError>(())
    })
}

fn rows_of(db: &mut crate::storage::Db, counts: &[Counted]) -> Result<Vec<Option<FailureRow>>, StoreError> {
    counts.iter().map(|counted| find::failures(db, &counted.name)).collect()
}

fn waits(counts: &[Counted], rows: &[Option<FailureRow>], now: chrono::NaiveDateTime) -> bool {
    counts.iter().zip(rows).any(|(counted, row)| match row {
        Some(row) if counted.is_address => throttle::address_waits(row.failures, row.since, now),
        Some(row) => throttle::account_waits(row.failures, Some(row.failed_at), now),
        None => false,
    })
}

/// A password was right: the account starts anew, and the address gets this try back.
pub(super) fn forget(tx: &mut Tx<'_>, person: &str, from: &str) -> Result<(), StoreError> {
    find::forget_failures(tx, &account(person).name)?;
    give_back(tx, &address(from))
}

/// A code was right.
pub(super) fn forget_codes(tx: &mut Tx<'_>, person: &str, from: &str) -> Result<(), StoreError> {
    find::forget_failures(tx, &codes(person).name)?;
    give_back(tx, &address(from))
}

/// A way in that cannot be guessed was right: the address gets a try back.
pub(super) fn give_back_address(tx: &mut Tx<'_>, from: &str) -> Result<(), StoreError> {
    give_back(tx, &address(from))
}

fn give_back(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), StoreError> {
    match find::failures(tx, &counted.name)? {
        Some(row) if row.failures > 1 => {
            find::keep_failures(tx, &FailureRow { failures: row.failures.saturating_sub(1), ..row })
        }
        Some(_) => find::forget_failures(tx, &counted.name),
        None => Ok(()),
    }
}
