//! What the fund has promised and what it could still promise: exact figures, no model.
//!
//! Owns the reserve of one loan, the four states of money and the two exact measures of `quant.md` §1.1.
//! **Invariant:** `free = cash − floor − earmarked − ordered`; the reserve of cover is never taken out of cash.

use std::collections::BTreeMap;

use super::money::{Fen, FenDelta, MoneyError, PPM_ONE, Ppm};

/// The reserve of one covered loan: `min(per-loan cap, fund share × IP part of the base)`, rounded down twice,
/// as a payout would be (settled.md, Money of the fund).
///
/// # Errors
/// `Overflow`, which a share of at most one never reaches.
pub fn loan_reserve(base: Fen, ip_share: Ppm, fund_rate: Ppm, per_loan_cap: Option<Fen>) -> Result<Fen, MoneyError> {
    let share = base.part_floor(ip_share)?.part_floor(fund_rate)?;
    Ok(per_loan_cap.map_or(share, |cap| share.min(cap)))
}

/// Money of the fund by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FundMoney {
    /// What the ledger says is in the account.
    pub cash: Fen,
    /// What must stay.
    pub floor: Fen,
    /// Computed payouts of open claims.
    pub earmarked: Fen,
    /// Approved, not yet confirmed paid.
    pub ordered: Fen,
    /// Cover of registered loans; no cash.
    pub reserved: Fen,
}

impl FundMoney {
    /// Cash less what must stay, claims in progress and orders; below zero when promises exceed cash.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn free(&self) -> Result<FenDelta, MoneyError> {
        let taken = Fen::total([self.floor, self.earmarked, self.ordered])?;
        FenDelta::between(taken, self.cash)
    }

    /// How much cover the fund may carry: `multiple × free`, none when free is below zero.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn capacity(&self, multiple: Ppm) -> Result<Fen, MoneyError> {
        let free = Fen::try_new(self.free()?.get().max(0))?;
        free.part_floor(multiple)
    }

    /// The balance the policy multiple asks for: `floor + ⌈reserved ÷ multiple⌉` (`quant.md` §1.1).
    ///
    /// # Errors
    /// `Overflow`; also for a multiple of zero.
    pub fn policy_minimum(&self, multiple: Ppm) -> Result<Fen, MoneyError> {
        let product = i128::from(self.reserved.get()).checked_mul(i128::from(PPM_ONE)).ok_or(MoneyError::Overflow)?;
        let divisor = i128::from(multiple.get());
        let raised = divisor.checked_sub(1).and_then(|d| product.checked_add(d)).ok_or(MoneyError::Overflow)?;
        let least = raised.checked_div(divisor).ok_or(MoneyError::Overflow)?;
        let least = i64::try_from(least).map_err(|_too_large| MoneyError::Overflow)?;
        Fen::try_new(least)?.checked_add(self.floor)
    }
}

/// One promise: a covered loan's reserve or an open claim's earmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise<'a> {
    /// Bank.
    pub bank: &'a str,
    /// Credit code of the borrower.
    pub borrower: &'a str,
    /// Amount after the cap of the loan.
    pub amount: Fen,
}

/// Limits that hold over several loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupCaps {
    /// Over the life of a borrower.
    pub per_borrower_life: Option<Fen>,
    /// A bank and calendar year.
    pub per_bank_year: Option<Fen>,
}

/// The most the caps let the fund owe in twelve months: every promise falls due at once, cut by the caps of
/// borrower and bank (`quant.md` §1.1). `paid_borrower` and `paid_bank` say what the caps have used already.
///
/// # Errors
/// `Overflow`.
pub fn contractual_maximum(
    promises: &[Promise<'_>],
    caps: GroupCaps,
    paid_borrower: &BTreeMap<String, Fen>,
    paid_bank: &BTreeMap<String, Fen>,
) -> Result<Fen, MoneyError> {
    let mut by_bank: BTreeMap<&str, BTreeMap<&str, Fen>> = BTreeMap::new();
    for promise in promises {
        let sum = by_bank.entry(promise.bank).or_default().entry(promise.borrower).or_default();
        *sum = sum.checked_add(promise.amount)?;
    }
    let left = |cap: Fen, used: Option<&Fen>| cap.saturating_sub(used.copied().unwrap_or_default());
    let mut total = Fen::ZERO;
    for (bank, borrowers) in by_bank {
        let mut of_bank = Fen::ZERO;
        for (borrower, sum) in borrowers {
            let cut = caps.per_borrower_life.map_or(sum, |cap| sum.min(left(cap, paid_borrower.get(borrower))));
            of_bank = of_bank.checked_add(cut)?;
        }
        let cut = caps.per_bank_year.map_or(of_bank, |cap| of_bank.min(left(cap, paid_bank.get(bank))));
        total = total.checked_add(cut)?;
    }
    Ok(total)
}
