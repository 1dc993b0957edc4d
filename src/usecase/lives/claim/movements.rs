//! The money that an act on a claim moves, as bookings.
//!
//! **Invariant:** a booking carries the claim as its source and the act's number in its name, so that it can be made
//! once only; a sub-fund gets back what it gave and nothing else.

use std::collections::BTreeMap;

use crate::domain::claim::act::Destination;
use crate::domain::claim::state::Moved;
use crate::domain::claim::{Claim, ClaimAct, ClaimRefusal};
use crate::domain::fund_life::Channel;
use crate::domain::ledger::sub_funds::{self, DrawError};
use crate::domain::ledger::{Account, Entry, Line, Side};
use crate::domain::money::{Fen, FenDelta};
use crate::domain::names::{FundSource, PartnerCode};
use crate::domain::settlement::settle;
use crate::storage::find::{acts, imports, money};
use crate::storage::rows::claims::ClaimRow;
use crate::storage::{Db, StoreError, Tx};
use crate::usecase::lives::{ActRefusal, names};
use crate::usecase::postings::{self, Booking};
use crate::usecase::{UseCaseError, holdings};

/// The account money moves through on a channel.
#[must_use]
pub fn money_account(channel: Channel, bank: &str) -> Account {
    match channel {
        Channel::SpecialAccount | Channel::Treasury => Account::Cash,
        Channel::BankDeposits => Account::BankDeposit(PartnerCode::new(bank)),
    }
}

/// The bookings of an act; none for most.
///
/// # Errors
/// `Act` where the money is not there; storage; `Overflow`.
pub fn bookings(
    tx: &mut Tx<'_>,
    filing: &ClaimRow,
    before: &Claim,
    act: &ClaimAct,
    channel: Channel,
) -> Result<Vec<Booking>, UseCaseError> {
    let bank = PartnerCode::new(&filing.bank);
    let account = money_account(channel, &filing.bank);
    let name = |what: &str| format!("{}#{}:{what}", filing.claim_id, before.version.saturating_add(1));
    let booking = |what: &'static str, on, entry: Entry| Booking {
        tx_id: name(what),
        kind: what,
        booked_on: on,
        memo: String::new(),
        source_ref: filing.claim_id.clone(),
        reverses: None,
        entry,
    };
    Ok(match act {
        ClaimAct::Paid { paid_on, voucher_no } => {
            let amount = before.order.as_ref().map_or(Fen::ZERO, |order| order.amount);
            let parts = draw(tx, &filing.fund_id, &account, amount, *paid_on)?;
            let entry = entry(filing, Entry::compensation(account, &parts))?;
            vec![Booking { memo: voucher_no.clone(), ..booking("compensation", *paid_on, entry) }]
        }
        ClaimAct::Bounced { bounced_on, reason } => {
            vec![Booking { memo: reason.clone(), ..reversal(tx, filing, before, name("bounced"), *bounced_on)? }]
        }
        ClaimAct::ResettlementDecided { accepted: true, .. } => {
            let Some(crate::domain::claim::state::Pending::Resettlement { due, .. }) = &before.pending else {
                return Ok(Vec::new());
            };
            let clawback = settle(before.paid_net(), *due).clawback;
            if clawback == Fen::ZERO {
                return Ok(Vec::new());
            }
            let parts = shared_back(tx, filing, "compensation", clawback)?;
            vec![booking("claw_back", tx.on(), entry(filing, Entry::clawed_back(bank, &parts))?)]
        }
        ClaimAct::GivenBack { amount, on, voucher_no } => {
            let entry = entry(filing, Entry::given_back(account, bank, *amount))?;
            vec![Booking { memo: voucher_no.clone(), ..booking("given_back", *on, entry) }]
        }
        ClaimAct::RecoveryCollected { on, fund_part: Some(part), .. } if *part > Fen::ZERO => {
            let parts = unreimbursed_parts(tx, filing, *part)?;
            vec![booking("recovery_collected", *on, entry(filing, Entry::recovery_collected(bank, &parts))?)]
        }
        ClaimAct::RecoveryBanked { amount, on, destination, voucher_no } => {
            let (what, entry_made) = match destination {
                Destination::FundAccount => ("recovery_banked", Entry::recovery_banked(account, bank, *amount)),
                Destination::Treasury => {
                    let parts = shared_back(tx, filing, "recovery_income", *amount)?;
                    ("recovery_remitted", Entry::recovery_remitted(bank, &parts))
                }
            };
            vec![Booking { memo: voucher_no.clone(), ..booking(what, *on, entry(filing, entry_made)?) }]
        }
        ClaimAct::RecoveryAllocated { amount: Some(amount), fund_part: Some(part), .. } => {
            let parts = if *part > Fen::ZERO { unreimbursed_parts(tx, filing, *part)? } else { Vec::new() };
            let to_bank = amount.saturating_sub(*part);
            let entry = entry(filing, Entry::recovery_allocated(bank, &parts, to_bank))?;
            vec![booking("recovery_allocated", tx.on(), entry)]
        }
        ClaimAct::MovementReversed { act_no, reason } => {
            let found = before.movements.iter().find(|movement| movement.act_no == *act_no);
            let booked = found.map(|movement| format!("{}#{act_no}:{}", filing.claim_id, booked_as(movement.moved)));
            match booked {
                Some(booked) => taken_back(tx, filing, (&booked, &name("reversal")), reason)?.into_iter().collect(),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    })
}

/// How the booking of a movement is named, as far as its act tells it.
const fn booked_as(moved: Moved) -> &'static str {
    match moved {
        Moved::Collected(_) => "recovery_collected",
        Moved::Allocated(_) => "recovery_allocated",
        Moved::Banked(_) => "recovery_banked",
        Moved::GivenBack(_) => "given_back",
    }
}

/// The reverse of a booking of this claim; none where the act moved nothing. What it takes out of an account has to be
/// there.
fn taken_back(
    tx: &mut Tx<'_>,
    filing: &ClaimRow,
    (booked, tx_id): (&str, &str),
    reason: &str,
) -> Result<Option<Booking>, UseCaseError> {
    let remitted = booked.replace(":recovery_banked", ":recovery_remitted");
    let mut found = None;
    for known in [booked, remitted.as_str()] {
        if found.is_none() && money::transaction(tx, known)?.is_some() {
            found = Some(known.to_owned());
        }
    }
    let Some(booked) = found else { return Ok(None) };
    let entry = postings::entry_of(tx, &booked)?.reversal();
    let out = money_moved(&entry);
    let from = entry.lines().iter().find(|line| line.account.is_money()).map(|line| line.account.clone());
    let on = tx.on();
    if let (true, Some(from)) = (out < 0, from) {
        let amount = Fen::try_new(out.saturating_neg())?;
        draw(tx, &filing.fund_id, &from, amount, on)?;
    }
    Ok(Some(Booking {
        tx_id: tx_id.to_owned(),
        kind: "reversal",
        booked_on: on,
        memo: reason.to_owned(),
        source_ref: filing.claim_id.clone(),
        reverses: Some(booked),
        entry,
    }))
}

fn entry(filing: &ClaimRow, made: Result<Entry, crate::domain::ledger::LedgerError>) -> Result<Entry, UseCaseError> {
    made.map_err(|error| {
        StoreError::Corrupt { table: "ledger_lines", key: filing.claim_id.clone(), what: error.to_string() }.into()
    })
}

/// Takes an amount from the sub-funds, where the account holds it on the day of booking and on every day since.
///
/// # Errors
/// `Act` with `MONEY_SHORT`; storage.
pub fn draw(
    tx: &mut Tx<'_>,
    fund_id: &str,
    account: &Account,
    amount: Fen,
    booked_on: chrono::NaiveDate,
) -> Result<Vec<(FundSource, Fen)>, UseCaseError> {
    let in_account = money::least_balance_from(tx, fund_id, &account.code(), booked_on)?;
    let short = |held: i64| {
        let places = vec![("held", FenDelta::new(held).yuan()), ("wanted", amount.yuan())];
        UseCaseError::from(ActRefusal::new("MONEY_SHORT", places))
    };
    if in_account < amount.get() {
        return Err(short(in_account));
    }
    let held = holdings::least_from(tx, fund_id, booked_on)?;
    sub_funds::draw(amount, &held).map_err(|error| match error {
        DrawError::Short { held, .. } => short(held.get()),
        DrawError::Split(_) => crate::domain::money::MoneyError::Overflow.into(),
        DrawError::Money(error) => error.into(),
    })
}

/// What each sub-fund gave to this claim on accounts of a kind, and its part of an amount that goes back.
fn shared_back(
    db: &mut Db,
    filing: &ClaimRow,
    prefix: &str,
    amount: Fen,
) -> Result<Vec<(FundSource, Fen)>, UseCaseError> {
    let booked = money::booked_for(db, &filing.claim_id, prefix)?;
    let over = booked.into_iter().filter_map(|(account, balance)| {
        let source = Account::from_code(&account)?.source()?;
        Some((source, Fen::try_new(balance.abs()).ok()?))
    });
    share_over(filing, amount, &over.collect::<Vec<_>>())
}

/// What each sub-fund gave to this claim and has not got back, and its part of a recovery.
fn unreimbursed_parts(db: &mut Db, filing: &ClaimRow, amount: Fen) -> Result<Vec<(FundSource, Fen)>, UseCaseError> {
    let mut open: BTreeMap<FundSource, i64> = BTreeMap::new();
    for prefix in ["compensation", "recovery_income"] {
        for (account, balance) in money::booked_for(db, &filing.claim_id, prefix)? {
            if let Some(source) = Account::from_code(&account).and_then(|account| account.source()) {
                let sum = open.entry(source).or_default();
                *sum = sum.saturating_add(balance);
            }
        }
    }
    let over: Vec<(FundSource, Fen)> =
        open.into_iter().filter_map(|(source, left)| Some((source, Fen::try_new(left).ok()?))).collect();
    share_over(filing, amount, &over)
}

fn share_over(
    filing: &ClaimRow,
    amount: Fen,
    over: &[(FundSource, Fen)],
) -> Result<Vec<(FundSource, Fen)>, UseCaseError> {
    sub_funds::share(amount, over).map_err(|error| {
        let what = error.to_string();
        StoreError::Corrupt { table: "ledger_lines", key: filing.claim_id.clone(), what }.into()
    })
}

/// The booking that takes the last payment back.
fn reversal(
    db: &mut Db,
    filing: &ClaimRow,
    before: &Claim,
    tx_id: String,
    on: chrono::NaiveDate,
) -> Result<Booking, UseCaseError> {
    let payment = before.payments.last().ok_or_else(|| super::refused(ClaimRefusal::Open { what: "payment" }))?;
    let paid = format!("{}#{}:compensation", filing.claim_id, payment.version);
    let entry = postings::entry_of(db, &paid)?.reversal();
    Ok(Booking {
        tx_id,
        kind: "bounced",
        booked_on: on,
        memo: String::new(),
        source_ref: filing.claim_id.clone(),
        reverses: Some(paid),
        entry,
    })
}

/// What a recovery that came in before the payment is worth to the fund: at most what it has not got back.
///
/// # Errors
/// `Act` for a movement that is not this loan's, or was allocated; storage.
pub fn allocation(db: &mut Db, filing: &ClaimRow, claim: &Claim, movement: &str) -> Result<(Fen, Fen), UseCaseError> {
    let unknown = || ActRefusal::new("MOVEMENT_UNKNOWN", vec![("movement", movement.to_owned())]);
    let row = money::fund_row(db, movement)?.ok_or_else(unknown)?;
    let is_of_loan = row.kind == "recovery" && row.loan_id.as_deref() == Some(filing.loan_id.as_str());
    if !is_of_loan || !imports::stands(db, &row.import_id)? {
        return Err(unknown().into());
    }
    for claim_id in acts::subjects_with(db, &filing.fund_id, super::LIFE, "recovery_allocated")? {
        for act in acts::of(db, &filing.fund_id, super::LIFE, &claim_id)? {
            if act.act == "recovery_allocated" && names(&act, "movement", movement) {
                return Err(ActRefusal::new("MOVEMENT_ALLOCATED", vec![("movement", movement.to_owned())]).into());
            }
        }
    }
    let amount = Fen::try_new(row.amount_fen)?;
    let open = claim.paid_net().saturating_sub(claim.collected);
    Ok((amount, amount.min(open)))
}

/// The sums of the lines of an entry on accounts of money in hand: debits less credits.
#[must_use]
pub fn money_moved(entry: &Entry) -> i64 {
    let signed = |line: &Line| match line.side {
        Side::Debit => line.amount.get(),
        Side::Credit => line.amount.get().saturating_neg(),
    };
    entry.lines().iter().filter(|line| line.account.is_money()).map(signed).fold(0, i64::saturating_add)
}
