//! The trial balance of the ledger, and its form as a document.
//!
//! **Invariant:** the same ledger gives the same text, byte for byte, so that a hash stands for it.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::domain::calendar::Month;
use crate::domain::ledger::Side;
use crate::domain::money::Fen;
use crate::domain::trial_balance::{AccountLine, Posting, TrialBalance, trial_balance};
use crate::hash::sha256_hex;
use crate::storage::find::money;
use crate::storage::{Db, StoreError};
use crate::usecase::UseCaseError;

/// The trial balance of the ledger from one day to another.
///
/// # Errors
/// Storage; `Corrupt` for a line of the ledger that is none.
pub fn of_ledger(db: &mut Db, fund_id: &str, from: NaiveDate, to: NaiveDate) -> Result<TrialBalance, UseCaseError> {
    let days: std::collections::BTreeMap<String, NaiveDate> =
        money::transactions(db, fund_id)?.into_iter().map(|tx| (tx.tx_id, tx.booked_on)).collect();
    let lines = money::lines(db, fund_id)?;
    let mut postings = Vec::with_capacity(lines.len());
    for line in &lines {
        let corrupt = |what: &str| StoreError::Corrupt {
            table: "ledger_lines",
            key: format!("{}:{}", line.tx_id, line.line_no),
            what: what.to_owned(),
        };
        postings.push(Posting {
            account: &line.account,
            side: Side::from_code(&line.side).ok_or_else(|| corrupt("side"))?,
            amount: Fen::try_new(line.amount_fen).map_err(|error| corrupt(&error.to_string()))?,
            on: days.get(&line.tx_id).copied().ok_or_else(|| corrupt("tx_id"))?,
        });
    }
    Ok(trial_balance(postings, from, to)?)
}

/// The trial balance of a month as a document, and its hash.
///
/// # Errors
/// As `of_ledger`.
pub fn document(db: &mut Db, fund_id: &str, period: Month) -> Result<(String, String), UseCaseError> {
    let told = of_ledger(db, fund_id, period.first_day(), period.last_day())?;
    let text = trial_json(&told, period.first_day(), period.last_day()).to_string();
    let hash = sha256_hex(text.as_bytes());
    Ok((text, hash))
}

/// A trial balance as `ledger trial-balance --json` prints it.
#[must_use]
pub fn trial_json(told: &TrialBalance, from: NaiveDate, to: NaiveDate) -> Value {
    let account = |(code, line): (&String, &AccountLine)| {
        json!({
            "account": code,
            "opening": line.opening.yuan(),
            "debit": line.debit.yuan(),
            "credit": line.credit.yuan(),
            "closing": line.closing.yuan(),
        })
    };
    json!({
        "from": from.to_string(),
        "to": to.to_string(),
        "accounts": told.accounts.iter().map(account).collect::<Vec<_>>(),
        "debit": told.debit.yuan(),
        "credit": told.credit.yuan(),
        "balanced": told.is_balanced(),
    })
}
