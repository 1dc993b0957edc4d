//! Acts on the fund: how it pays, calls for money, movements besides claims.
//!
//! **Invariant:** a movement is booked in the transaction of the second person's decision, under its own number.

use chrono::{Datelike, NaiveDate};
use serde_json::json;

use super::claim::movements::{draw, money_account};
use super::json::{object, read, stored};
use super::offices::{in_some_office, offices};
use super::{ActRefusal, Step, Taken, change_of, corrupt, office_of};
use crate::domain::detail::Act as _;
use crate::domain::fund_life::{FundAct, FundRefusal, FundState, MoveKind};
use crate::domain::ledger::sub_funds::{self, DrawError};
use crate::domain::ledger::{Account, Entry, LedgerError};
use crate::domain::money::{Fen, FenDelta, MoneyError};
use crate::domain::names::{FundRowKind, FundSource, PartnerCode};
use crate::storage::find::{acts, money};
use crate::storage::{Db, Tx};
use crate::usecase::postings::{self, Booking};
use crate::usecase::reserve::fund_money;
use crate::usecase::{UseCaseError, holdings, measures};

pub use crate::domain::fund_life::Channel;

/// Life of funds.
pub const LIFE: &str = "fund";

/// A fund as its acts leave it.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn state(db: &mut Db, fund_id: &str) -> Result<FundState, UseCaseError> {
    let mut state = FundState::default();
    for row in acts::of(db, fund_id, LIFE, fund_id)? {
        let act: FundAct = stored(&row)?;
        state = state.after(&act, &office_of(&row)?).map_err(|refusal| corrupt(&row, refusal.code()))?;
    }
    Ok(state)
}

/// How the fund pays.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn channel(db: &mut Db, fund_id: &str) -> Result<Channel, UseCaseError> {
    Ok(state(db, fund_id)?.channel())
}

/// Whether the treasury takes no orders: 25 to 31 December (`shuozhou.md` §7).
#[must_use]
pub fn treasury_closed(on: NaiveDate) -> bool {
    on.month() == 12 && on.day() >= 25
}

/// Takes an act on the fund.
///
/// # Errors
/// `Act`; storage.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let act: FundAct = read(&step.request.act, &step.request.details)?;
    if step.request.subject != step.fund_id {
        return Err(ActRefusal::new("FUND_UNKNOWN", vec![("fund", step.request.subject.clone())]).into());
    }
    let before = state(tx, step.fund_id)?;
    let all = offices(tx, step.fund_id, &step.person, step.request.on)?;
    let (office, next) = in_some_office(
        &all,
        |office| before.after(&act, office),
        |refusal: &FundRefusal| matches!(refusal, FundRefusal::Role),
        || FundRefusal::Role,
    )
    .map_err(|refusal| refused(&refusal))?;
    before.admits(&act, step.request.on).map_err(|refusal| refused(&refusal))?;
    if let FundAct::ChannelSet { channel, .. } = &act {
        refuse_stranded(tx, step.fund_id, before.channel(), *channel)?;
    }
    let mut change = change_of(step, "fund.acted");
    if let FundAct::MoveDecided { move_no, accepted: true, .. } = &act
        && let Some(asked) = before.pending.get(move_no)
    {
        let booking = booking_of(tx, step.fund_id, &before, &asked.act)?;
        change = postings::with(tx, change, step.fund_id, &[booking])?;
    }
    Ok(Taken {
        office: office.code(),
        details: object(&act.details()),
        change,
        answer: json!({ "state": next.channel().code(), "pending": next.pending.keys().collect::<Vec<_>>() }),
    })
}

fn refused(refusal: &FundRefusal) -> UseCaseError {
    let places = match refusal {
        FundRefusal::Missing(what) => vec![("what", (*what).to_owned())],
        FundRefusal::Later { on, today } => vec![("on", on.to_string()), ("today", today.to_string())],
        FundRefusal::Year(year) => vec![("year", year.to_string())],
        _ => Vec::new(),
    };
    ActRefusal::new(refusal.code(), places).into()
}

/// The booking of a movement that was put forward.
fn booking_of(tx: &mut Tx<'_>, fund_id: &str, before: &FundState, act: &FundAct) -> Result<Booking, UseCaseError> {
    let FundAct::MoveProposed { move_no, kind, on, document_no, subject_code, budget_year, reverses, ground, .. } = act
    else {
        return Err(refused(&FundRefusal::NoSuchMove));
    };
    let tx_id = format!("{fund_id}:move:{move_no}");
    let entry = entry_of(tx, fund_id, before, act)?;
    holdings::refuse_short(tx, fund_id, &entry, *on)?;
    let year = budget_year.map(|year| year.to_string());
    let told = [document_no.as_deref(), subject_code.as_deref(), year.as_deref(), Some(ground.as_str())];
    let memo = told.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(Booking {
        tx_id: tx_id.clone(),
        kind: kind.code(),
        booked_on: *on,
        memo: memo.trim().to_owned(),
        source_ref: tx_id,
        reverses: reverses.clone(),
        entry,
    })
}

/// The lines of a movement, where the money for it is there.
fn entry_of(tx: &mut Tx<'_>, fund_id: &str, before: &FundState, act: &FundAct) -> Result<Entry, UseCaseError> {
    let FundAct::MoveProposed { kind, amount, source, bank, on, reverses, .. } = act else {
        return Err(refused(&FundRefusal::NoSuchMove));
    };
    let amount = amount.unwrap_or_default();
    let source = source.unwrap_or(FundSource::Outside);
    let bank = bank.clone().unwrap_or_else(|| PartnerCode::new("-"));
    let account = match (kind, before.channel()) {
        (MoveKind::Contribution | MoveKind::Interest | MoveKind::QuotaWithdrawal, _) | (_, Channel::BankDeposits) => {
            Account::Cash
        }
        (_, other) => money_account(other, bank.as_str()),
    };
    if matches!(kind, MoveKind::Cost | MoveKind::ContributionReturn | MoveKind::OwedPayment) {
        refuse_promised(tx, fund_id, amount)?;
    }
    let entry = match kind {
        MoveKind::Contribution => Entry::contribution(source, amount),
        MoveKind::Interest => Entry::interest(amount),
        MoveKind::Cost => {
            enough(tx, fund_id, &account, amount, *on)?;
            let parts = drawn(tx, fund_id, amount, *on)?;
            Entry::cost(account, &parts)
        }
        MoveKind::QuotaWithdrawal => {
            enough(tx, fund_id, &account, amount, *on)?;
            refuse_beyond_quota(tx, fund_id, before, act)?;
            Entry::quota_withdrawn(source, amount)
        }
        MoveKind::ContributionReturn => {
            enough(tx, fund_id, &account, amount, *on)?;
            Entry::contribution_returned(account, &[(source, amount)])
        }
        MoveKind::OwedPayment => {
            enough(tx, fund_id, &account, amount, *on)?;
            Entry::owed_paid(account, bank, amount)
        }
        MoveKind::DepositPlaced => {
            enough(tx, fund_id, &Account::Cash, amount, *on)?;
            Entry::moved(Account::Cash, Account::BankDeposit(bank), amount)
        }
        MoveKind::DepositReleased => {
            enough(tx, fund_id, &Account::BankDeposit(bank.clone()), amount, *on)?;
            Entry::moved(Account::BankDeposit(bank), Account::Cash, amount)
        }
        MoveKind::Reversal => Ok(reversal(tx, fund_id, reverses.as_deref().unwrap_or_default(), *on)?),
    };
    entry.map_err(|error: LedgerError| ActRefusal::new("MOVE_LEDGER", vec![("why", error.to_string())]).into())
}

/// The parts of the sub-funds in an amount, by what each holds on the day of booking and on every day since.
fn drawn(db: &mut Db, fund_id: &str, amount: Fen, on: NaiveDate) -> Result<Vec<(FundSource, Fen)>, UseCaseError> {
    let held = holdings::least_from(db, fund_id, on)?;
    sub_funds::draw(amount, &held).map_err(|error| match error {
        DrawError::Short { held, .. } => {
            ActRefusal::new("MONEY_SHORT", vec![("held", held.yuan()), ("wanted", amount.yuan())]).into()
        }
        DrawError::Split(_) => MoneyError::Overflow.into(),
        DrawError::Money(error) => error.into(),
    })
}

/// A withdrawal takes no more of a year's quota than that year's quota brought in. What files told counts for the year
/// of its day.
fn refuse_beyond_quota(db: &mut Db, fund_id: &str, before: &FundState, act: &FundAct) -> Result<(), UseCaseError> {
    let FundAct::MoveProposed { amount: Some(amount), source: Some(source), budget_year: Some(year), .. } = act else {
        return Ok(());
    };
    let year = i32::try_from(*year).map_err(|_too_large| refused(&FundRefusal::Year(*year)))?;
    if before.channel() != Channel::Treasury {
        return Ok(());
    }
    let mut left = before.quota_of(*source, year)?;
    for row in money::fund_rows(db, fund_id)? {
        let is_own = row.kind == FundRowKind::Contribution.code() && row.source == source.code();
        if is_own && row.row_date.year() == year {
            left = left.checked_add(FenDelta::new(row.amount_fen))?;
        }
    }
    if left < amount.as_delta() {
        return Err(holdings::short("QUOTA_SHORT", *source, left, *amount, vec![("year", year.to_string())]));
    }
    Ok(())
}

/// A channel is not changed over money that lies on the accounts of the one before.
fn refuse_stranded(db: &mut Db, fund_id: &str, now: Channel, next: Channel) -> Result<(), UseCaseError> {
    let cash = money::account_balance(db, fund_id, &Account::Cash.code())?;
    let deposits = money::in_hand(db, fund_id)?.saturating_sub(cash);
    let left = now.stranded_by(next, Fen::try_new(cash)?, Fen::try_new(deposits)?);
    if left == Fen::ZERO {
        return Ok(());
    }
    Err(ActRefusal::new("CHANNEL_MONEY", vec![("held", left.yuan())]).into())
}

/// What is promised for claims, or must stay, is not spent on anything else. Quota that the treasury withdraws is gone
/// whatever was promised: the claims last in line are cut then.
fn refuse_promised(db: &mut Db, fund_id: &str, amount: Fen) -> Result<(), UseCaseError> {
    let limits = measures::governing_fund(db, fund_id)?.limits;
    let free = fund_money(db, fund_id, &limits)?.free()?;
    if free.get() < amount.get() {
        let places = vec![("free", free.yuan()), ("wanted", amount.yuan())];
        return Err(ActRefusal::new("MONEY_PROMISED", places).into());
    }
    Ok(())
}

/// Money goes out only where it is.
fn enough(tx: &mut Tx<'_>, fund_id: &str, account: &Account, amount: Fen, on: NaiveDate) -> Result<(), UseCaseError> {
    draw(tx, fund_id, account, amount, on).map(drop)
}

/// The reverse of a movement that stands. What a claim moved is taken back by acts on the claim, so that the two never
/// tell different stories.
fn reversal(tx: &mut Tx<'_>, fund_id: &str, tx_id: &str, on: NaiveDate) -> Result<Entry, UseCaseError> {
    let unknown = || ActRefusal::new("REVERSAL_UNKNOWN", vec![("booking", tx_id.to_owned())]);
    let booked = money::transaction(tx, tx_id)?.filter(|row| row.fund_id == fund_id).ok_or_else(unknown)?;
    if booked.reverses.is_some() || !tx_id.starts_with(&format!("{fund_id}:move:")) {
        return Err(unknown().into());
    }
    if money::is_reversed(tx, tx_id)? {
        return Err(ActRefusal::new("REVERSAL_DONE", vec![("booking", tx_id.to_owned())]).into());
    }
    let entry = postings::entry_of(tx, tx_id)?.reversal();
    let out = super::claim::movements::money_moved(&entry);
    if out < 0 {
        let amount = Fen::try_new(out.saturating_neg())?;
        let from = entry.lines().iter().find(|line| line.account.is_money()).map(|line| line.account.clone());
        enough(tx, fund_id, &from.unwrap_or(Account::Cash), amount, on)?;
    }
    Ok(entry)
}
