//! Accounts: their secrets as stored, what was done to them, codes that are good once, failures.
//!
//! **Invariant:** everything that is good once is taken with the statement that finds it.

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::accounts::{AccountActRow, AccountRow, FailureRow};
use crate::storage::schema::{
    account_acts, account_passwords, accounts, one_time_codes, recovery_codes, sign_in_failures,
};

/// The account of a person.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, person: &str) -> Result<Option<AccountRow>, StoreError> {
    Ok(accounts::table.find(person).select(AccountRow::as_select()).first(db).optional()?)
}

/// Every account, by name.
///
/// # Errors
/// What the database says.
pub fn all(db: &mut Db) -> Result<Vec<AccountRow>, StoreError> {
    Ok(accounts::table.order(accounts::name).select(AccountRow::as_select()).load(db)?)
}

/// How many accounts there are.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db) -> Result<i64, StoreError> {
    Ok(accounts::table.select(count_star()).first(db)?)
}

/// Keeps an account as it now stands.
///
/// # Errors
/// What the database says.
pub fn keep(tx: &mut Tx<'_>, row: &AccountRow) -> Result<(), StoreError> {
    each!(&mut **tx, c => diesel::insert_into(accounts::table).values(row)
        .on_conflict(accounts::person).do_update().set(row).execute(c))?;
    Ok(())
}

/// Takes a step of an authenticator: it and all before it are used up. Gives whether it was still free.
///
/// # Errors
/// What the database says.
pub fn take_step(tx: &mut Tx<'_>, person: &str, step: i64) -> Result<bool, StoreError> {
    let taken = diesel::update(accounts::table.find(person).filter(accounts::totp_step.lt(step)))
        .set(accounts::totp_step.eq(step))
        .execute(&mut **tx)?;
    Ok(taken == 1)
}

/// Number of the last act on an account; 0 before the first.
///
/// # Errors
/// What the database says.
pub fn last_act(db: &mut Db, fund_id: &str, person: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = account_acts::table
        .filter(account_acts::fund_id.eq(fund_id))
        .filter(account_acts::person.eq(person))
        .select(max(account_acts::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// What was done to an account, oldest first.
///
/// # Errors
/// What the database says.
pub fn acts(db: &mut Db, fund_id: &str, person: &str) -> Result<Vec<AccountActRow>, StoreError> {
    Ok(account_acts::table
        .filter(account_acts::fund_id.eq(fund_id))
        .filter(account_acts::person.eq(person))
        .order(account_acts::version)
        .select(AccountActRow::as_select())
        .load(db)?)
}

/// The last passwords of a person, newest first.
///
/// # Errors
/// What the database says.
pub fn passwords(db: &mut Db, person: &str, most: i64) -> Result<Vec<String>, StoreError> {
    Ok(account_passwords::table
        .filter(account_passwords::person.eq(person))
        .order(account_passwords::set_at.desc())
        .limit(most)
        .select(account_passwords::password_hash)
        .load(db)?)
}

/// Remembers a password that was set.
///
/// # Errors
/// What the database says.
pub fn remember_password(tx: &mut Tx<'_>, person: &str, at: NaiveDateTime, hash: &str) -> Result<(), StoreError> {
    let row = (
        account_passwords::person.eq(person),
        account_passwords::set_at.eq(at),
        account_passwords::password_hash.eq(hash),
    );
    each!(&mut **tx, c => diesel::insert_into(account_passwords::table).values(row)
        .on_conflict((account_passwords::person, account_passwords::set_at)).do_update()
        .set(account_passwords::password_hash.eq(hash)).execute(c))?;
    Ok(())
}

/// Puts recovery codes in the place of those a person had.
///
/// # Errors
/// What the database says.
pub fn replace_recovery_codes(tx: &mut Tx<'_>, person: &str, hashes: &[String]) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::person.eq(person))).execute(&mut **tx)?;
    for hash in hashes {
        let row = (recovery_codes::code_hash.eq(hash), recovery_codes::person.eq(person));
        each!(&mut **tx, c => diesel::insert_into(recovery_codes::table).values(row).execute(c))?;
    }
    Ok(())
}

/// How many recovery codes a person has left.
///
/// # Errors
/// What the database says.
pub fn recovery_codes_left(db: &mut Db, person: &str) -> Result<i64, StoreError> {
    Ok(recovery_codes::table.filter(recovery_codes::person.eq(person)).select(count_star()).first(db)?)
}

/// Uses a recovery code up. Gives whether it was there.
///
/// # Errors
/// What the database says.
pub fn take_recovery_code(tx: &mut Tx<'_>, person: &str, hash: &str) -> Result<bool, StoreError> {
    let found = recovery_codes::table.find(hash).filter(recovery_codes::person.eq(person));
    Ok(diesel::delete(found).execute(&mut **tx)? == 1)
}

/// Keeps a code that is good once, in the place of an earlier one for the same purpose.
///
/// # Errors
/// What the database says.
pub fn keep_code(tx: &mut Tx<'_>, purpose: &str, hash: &str, until: NaiveDateTime) -> Result<(), StoreError> {
    let row = (
        one_time_codes::purpose.eq(purpose),
        one_time_codes::code_hash.eq(hash),
        one_time_codes::valid_until.eq(until),
    );
    let set = (one_time_codes::code_hash.eq(hash), one_time_codes::valid_until.eq(until));
    each!(&mut **tx, c => diesel::insert_into(one_time_codes::table).values(row)
        .on_conflict(one_time_codes::purpose).do_update().set(set).execute(c))?;
    Ok(())
}

/// Uses a code up. Gives whether it was good.
///
/// # Errors
/// What the database says.
pub fn take_code(tx: &mut Tx<'_>, purpose: &str, hash: &str, now: NaiveDateTime) -> Result<bool, StoreError> {
    let found = one_time_codes::table
        .find(purpose)
        .filter(one_time_codes::code_hash.eq(hash))
        .filter(one_time_codes::valid_until.gt(now));
    Ok(diesel::delete(found).execute(&mut **tx)? == 1)
}

/// Clears codes of a kind of purposes (`kind:…`) that are over.
///
/// # Errors
/// What the database says.
pub fn clear_codes(tx: &mut Tx<'_>, kind: &str, now: NaiveDateTime) -> Result<(), StoreError> {
    let over = one_time_codes::table
        .filter(one_time_codes::purpose.like(format!("{kind}:%")))
        .filter(one_time_codes::valid_until.le(now));
    diesel::delete(over).execute(&mut **tx)?;
    Ok(())
}

/// Failures that are counted under a name.
///
/// # Errors
/// What the database says.
pub fn failures(db: &mut Db, counted: &str) -> Result<Option<FailureRow>, StoreError> {
    Ok(sign_in_failures::table.find(counted).select(FailureRow::as_select()).first(db).optional()?)
}

/// Keeps a count of failures.
///
/// # Errors
/// What the database says.
pub fn keep_failures(tx: &mut Tx<'_>, row: &FailureRow) -> Result<(), StoreError> {
    let set = (
        sign_in_failures::failures.eq(row.failures),
        sign_in_failures::since.eq(row.since),
        sign_in_failures::failed_at.eq(row.failed_at),
    );
    each!(&mut **tx, c => diesel::insert_into(sign_in_failures::table).values(row)
        .on_conflict(sign_in_failures::counted).do_update().set(set).execute(c))?;
    Ok(())
}

/// Forgets the failures under a name.
///
/// # Errors
/// What the database says.
pub fn forget_failures(tx: &mut Tx<'_>, counted: &str) -> Result<(), StoreError> {
    diesel::delete(sign_in_failures::table.find(counted)).execute(&mut **tx)?;
    Ok(())
}

/// Forgets failures that nobody added to since an instant.
///
/// # Errors
/// What the database says.
pub fn forget_old_failures(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::failed_at.lt(before))).execute(&mut **tx)?;
    Ok(())
}
