//! What each source still holds of the fund, from a day on.
//!
//! **Invariant:** what is told here may be taken on that day without the sub-fund falling below zero then or later.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::lives::ActRefusal;
use crate::domain::ledger::sub_funds::{self, taken};
use crate::domain::ledger::{Account, Entry};
use crate::domain::money::{Fen, FenDelta};
use crate::domain::names::FundSource;
use crate::storage::Db;
use crate::storage::find::{money, sub_funds as found};

/// The least each sub-fund holds at the end of a day, from `from` on.
///
/// # Errors
/// Storage; `Overflow`.
pub fn least_from(db: &mut Db, fund_id: &str, from: NaiveDate) -> Result<BTreeMap<FundSource, FenDelta>, UseCaseError> {
    let told = |code: &str, fen: i64| Some((Account::from_code(code)?, FenDelta::new(fen)));
    let now: Vec<(Account, FenDelta)> =
        money::balances(db, fund_id)?.iter().filter_map(|row| told(&row.account, row.balance_fen)).collect();
    let now = sub_funds::holdings(now.iter().map(|(account, balance)| (account, *balance)))?;
    let later: Vec<(NaiveDate, Account, FenDelta)> = found::lines_after(db, fund_id, from)?
        .into_iter()
        .filter_map(|(day, code, fen)| told(&code, fen).map(|(account, moved)| (day, account, moved)))
        .collect();
    Ok(sub_funds::least(now, &later)?)
}

/// A source gives no more than its sub-fund holds, on the day of booking and on every day since.
///
/// # Errors
/// `Act` with `SOURCE_SHORT`; storage; `Overflow`.
pub fn refuse_short(db: &mut Db, fund_id: &str, entry: &Entry, on: NaiveDate) -> Result<(), UseCaseError> {
    let wanted = taken(entry)?;
    if wanted.is_empty() {
        return Ok(());
    }
    let held = least_from(db, fund_id, on)?;
    for (source, wanted) in wanted {
        let held = held.get(&source).copied().unwrap_or_default();
        if held < wanted.as_delta() {
            return Err(short("SOURCE_SHORT", source, held, wanted, Vec::new()));
        }
    }
    Ok(())
}

/// A refusal that says whose money it is, what there is of it and what was wanted.
pub(super) fn short(
    code: &'static str,
    source: FundSource,
    held: FenDelta,
    wanted: Fen,
    more: Vec<(&'static str, String)>,
) -> UseCaseError {
    let mut places = vec![("source", source.code().to_owned()), ("held", held.yuan()), ("wanted", wanted.yuan())];
    places.extend(more);
    ActRefusal::new(code, places).into()
}
