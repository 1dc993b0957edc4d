//! The bookings the fund makes once claims are decided.
//!
//! **Invariant:** what leaves or reaches money in hand is matched by the sub-funds it belongs to, or by what is owed.

use super::{Account, Entry, LedgerError, Line, Side};
use crate::domain::money::Fen;
use crate::domain::names::{FundSource, PartnerCode};

/// Amounts of sub-funds.
pub type Parts = [(FundSource, Fen)];

fn debit(account: Account, amount: Fen) -> Line {
    Line { account, side: Side::Debit, amount }
}

fn credit(account: Account, amount: Fen) -> Line {
    Line { account, side: Side::Credit, amount }
}

fn lines(parts: &Parts, account: fn(FundSource) -> Account, side: Side) -> Vec<Line> {
    let above_zero = parts.iter().filter(|(_, amount)| *amount != Fen::ZERO);
    above_zero.map(|(source, amount)| Line { account: account(*source), side, amount: *amount }).collect()
}

fn sum(parts: &Parts) -> Result<Fen, LedgerError> {
    Ok(Fen::total(parts.iter().map(|(_, amount)| *amount))?)
}

impl Entry {
    /// Compensation paid to a bank out of `from`, shared by the sub-funds.
    ///
    /// # Errors
    /// `Empty`, `ZeroAmount`; amounts that do not fit.
    pub fn compensation(from: Account, parts: &Parts) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::Compensation, Side::Debit);
        all.push(credit(from, sum(parts)?));
        Entry::try_new(all)
    }

    /// Compensation that a bank has to give back: no longer spent, but owed.
    ///
    /// # Errors
    /// As `compensation`.
    pub fn clawed_back(bank: PartnerCode, parts: &Parts) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::Compensation, Side::Credit);
        all.insert(0, debit(Account::OwedByBank(bank), sum(parts)?));
        Entry::try_new(all)
    }

    /// A bank gives back what it owes.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn given_back(into: Account, bank: PartnerCode, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::try_new(vec![debit(into, amount), credit(Account::OwedByBank(bank), amount)])
    }

    /// The fund's part of a recovery, collected by the bank and not yet in the account (已收回).
    ///
    /// # Errors
    /// As `compensation`.
    pub fn recovery_collected(bank: PartnerCode, parts: &Parts) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::RecoveryIncome, Side::Credit);
        all.insert(0, debit(Account::RecoveryInTransit(bank), sum(parts)?));
        Entry::try_new(all)
    }

    /// A collected recovery reaches the account of the fund (已入专户).
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn recovery_banked(into: Account, bank: PartnerCode, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::try_new(vec![debit(into, amount), credit(Account::RecoveryInTransit(bank), amount)])
    }

    /// A collected recovery is paid into the treasury (已缴库): the fund has it no longer.
    ///
    /// # Errors
    /// As `compensation`.
    pub fn recovery_remitted(bank: PartnerCode, parts: &Parts) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::RemittedToTreasury, Side::Debit);
        all.push(credit(Account::RecoveryInTransit(bank), sum(parts)?));
        Entry::try_new(all)
    }

    /// A recovery that came in before its claim was paid finds its place: the fund's part goes to its sub-funds, the
    /// rest is owed to the bank.
    ///
    /// # Errors
    /// As `compensation`.
    pub fn recovery_allocated(bank: PartnerCode, parts: &Parts, to_bank: Fen) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::RecoveryIncome, Side::Credit);
        if to_bank != Fen::ZERO {
            all.push(credit(Account::OwedToBank(bank), to_bank));
        }
        let total = sum(parts)?.checked_add(to_bank)?;
        all.insert(0, debit(Account::RecoveriesUnallocated, total));
        Entry::try_new(all)
    }

    /// The fund pays a bank what it owes it.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn owed_paid(from: Account, bank: PartnerCode, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::try_new(vec![debit(Account::OwedToBank(bank), amount), credit(from, amount)])
    }

    /// A fee paid out of the fund.
    ///
    /// # Errors
    /// As `compensation`.
    pub fn cost(from: Account, parts: &Parts) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::Cost, Side::Debit);
        all.push(credit(from, sum(parts)?));
        Entry::try_new(all)
    }

    /// Unused quota withdrawn at the end of a year.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn quota_withdrawn(source: FundSource, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::try_new(vec![debit(Account::QuotaWithdrawn(source), amount), credit(Account::Cash, amount)])
    }

    /// What is left at the end goes back to those who paid it in.
    ///
    /// # Errors
    /// As `compensation`.
    pub fn contribution_returned(from: Account, parts: &Parts) -> Result<Entry, LedgerError> {
        let mut all = lines(parts, Account::Contribution, Side::Debit);
        all.push(credit(from, sum(parts)?));
        Entry::try_new(all)
    }

    /// Money moved between the accounts of the fund.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn moved(from: Account, to: Account, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::try_new(vec![debit(to, amount), credit(from, amount)])
    }
}
