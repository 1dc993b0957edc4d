//! Tokens of machine accounts.
//!
//! **Invariant:** a token is what its newest version says.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::machines::{MachineTokenRow, TokenUseRow};
use crate::storage::schema::{machine_tokens, token_uses};

/// The newest version of a token.
///
/// # Errors
/// What the database says.
pub fn token(db: &mut Db, fund_id: &str, token_id: &str) -> Result<Option<MachineTokenRow>, StoreError> {
    Ok(machine_tokens::table
        .filter(machine_tokens::fund_id.eq(fund_id))
        .filter(machine_tokens::token_id.eq(token_id))
        .order(machine_tokens::version.desc())
        .select(MachineTokenRow::as_select())
        .first(db)
        .optional()?)
}

/// The newest version of every token, by identifier.
///
/// # Errors
/// What the database says.
pub fn tokens(db: &mut Db, fund_id: &str) -> Result<Vec<MachineTokenRow>, StoreError> {
    let rows: Vec<MachineTokenRow> = machine_tokens::table
        .filter(machine_tokens::fund_id.eq(fund_id))
        .order((machine_tokens::token_id, machine_tokens::version))
        .select(MachineTokenRow::as_select())
        .load(db)?;
    let newest: BTreeMap<String, MachineTokenRow> = rows.into_iter().map(|row| (row.token_id.clone(), row)).collect();
    Ok(newest.into_values().collect())
}

/// When tokens were last used.
///
/// # Errors
/// What the database says.
pub fn uses(db: &mut Db) -> Result<BTreeMap<String, NaiveDateTime>, StoreError> {
    let rows: Vec<TokenUseRow> = token_uses::table.select(TokenUseRow::as_select()).load(db)?;
    Ok(rows.into_iter().map(|row| (row.token_id, row.last_used_at)).collect())
}

/// Keeps when a token was last used.
///
/// # Errors
/// What the database says.
pub fn used(tx: &mut Tx<'_>, token_id: &str, at: NaiveDateTime) -> Result<(), StoreError> {
    let row = TokenUseRow { token_id: token_id.to_owned(), last_used_at: at };
    each!(&mut **tx, c => diesel::insert_into(token_uses::table).values(&row)
        .on_conflict(token_uses::token_id).do_update().set(token_uses::last_used_at.eq(at)).execute(c))?;
    Ok(())
}
