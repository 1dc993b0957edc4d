//! The account of one case, day by day: what each party took over and what it got back.
//!
//! Owns the fold of a case's events into entries. The fund's own books are `ledger`'s; here stand all parties.
//! **Invariant:** on every day the entries of a party sum to what it bore less what was returned to it.

use chrono::NaiveDate;
use thiserror::Error;

use super::money::{Fen, FenDelta, MoneyError};
use super::recovery::{Receipt, Recovery, RecoveryError, Step};
use super::split::ClaimResult;

/// Why an event cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CaseAccountError {
    /// The event is of a day before the last one.
    #[error("an event of an earlier day")]
    OutOfOrder,
    /// Something is borne although recoveries have been shared over what was borne.
    #[error("something is borne after a receipt was shared")]
    BorneAfterReceipt,
    /// The arithmetic of a receipt.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Something that happens to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseEvent<P> {
    /// A party takes its part of the loss; the fund by paying it.
    Payment {
        /// Who.
        party: P,
        /// How much.
        amount: Fen,
    },
    /// A party takes over what the limits cut from the fund.
    Shortfall {
        /// Who.
        party: P,
        /// How much.
        amount: Fen,
    },
    /// Money comes back and is shared by R4.
    Receipt(Receipt),
}

/// One change of one party's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEntry<P> {
    /// Business date.
    pub on: NaiveDate,
    /// Whose.
    pub party: P,
    /// Above zero: borne; below: got back.
    pub change: FenDelta,
}

/// The account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAccount<P> {
    last: Option<NaiveDate>,
    borne: Vec<(P, Fen)>,
    recovery: Option<Recovery<P>>,
    entries: Vec<CaseEntry<P>>,
}

impl<P> Default for CaseAccount<P> {
    fn default() -> CaseAccount<P> {
        CaseAccount { last: None, borne: Vec::new(), recovery: None, entries: Vec::new() }
    }
}

/// The events of a claim that is paid: every party's part in the order of the ratio, then what the limits cut.
#[must_use]
pub fn events_of<P: Clone + PartialEq>(result: &ClaimResult<P>, fund: &P, residual: &P) -> Vec<CaseEvent<P>> {
    let taken = |(party, share): &(P, Fen)| CaseEvent::Payment {
        party: party.clone(),
        amount: if party == fund { result.fund_paid } else { *share },
    };
    let shortfall = CaseEvent::Shortfall { party: residual.clone(), amount: result.shortfall };
    result.shares.iter().map(taken).chain([shortfall]).collect()
}

impl<P: Clone + PartialEq> CaseAccount<P> {
    /// Takes an event. Nothing changes when it is refused.
    ///
    /// # Errors
    /// `OutOfOrder`, `BorneAfterReceipt`; amounts that do not fit.
    pub fn record(&mut self, on: NaiveDate, event: CaseEvent<P>) -> Result<(), CaseAccountError> {
        if self.last.is_some_and(|last| on < last) {
            return Err(CaseAccountError::OutOfOrder);
        }
        match event {
            CaseEvent::Payment { party, amount } | CaseEvent::Shortfall { party, amount } => {
                self.bear(on, party, amount)?;
            }
            CaseEvent::Receipt(receipt) => self.receive(on, receipt)?,
        }
        self.last = Some(on);
        Ok(())
    }

    /// Every entry, in the order taken.
    #[must_use]
    pub fn entries(&self) -> &[CaseEntry<P>] {
        &self.entries
    }

    /// What a party has borne and not got back at the end of a day: the sum of its entries until then.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn balance(&self, party: &P, on: NaiveDate) -> Result<FenDelta, MoneyError> {
        let until = self.entries.iter().filter(|entry| entry.party == *party && entry.on <= on);
        until.map(|entry| entry.change).try_fold(FenDelta::ZERO, FenDelta::checked_add)
    }

    fn bear(&mut self, on: NaiveDate, party: P, amount: Fen) -> Result<(), CaseAccountError> {
        if self.recovery.is_some() {
            return Err(CaseAccountError::BorneAfterReceipt);
        }
        match self.borne.iter_mut().find(|(known, _)| *known == party) {
            Some((_, borne)) => *borne = borne.checked_add(amount)?,
            None => self.borne.push((party.clone(), amount)),
        }
        self.enter(on, party, amount.as_delta());
        Ok(())
    }

    fn receive(&mut self, on: NaiveDate, receipt: Receipt) -> Result<(), CaseAccountError> {
        let mut recovery = self.recovery.clone().unwrap_or_else(|| Recovery::new(&self.borne));
        let Step { parts, .. } = recovery.take(receipt)?;
        self.recovery = Some(recovery);
        for (party, part) in parts {
            self.enter(on, party, FenDelta::between(part, Fen::ZERO)?);
        }
        Ok(())
    }

    fn enter(&mut self, on: NaiveDate, party: P, change: FenDelta) {
        if change != FenDelta::ZERO {
            self.entries.push(CaseEntry { on, party, change });
        }
    }
}
