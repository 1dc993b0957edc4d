//! Paying several approved claims out of one fund that may not hold enough for all of them.
//!
//! Owns rule R3 of the payout maths: what is available, first come first served, and pro rata. Names of claims,
//! borrowers and banks are opaque here.
//! **Invariant:** of every claim, demand = paid + the three cuts; no group is paid above its cap, all together never
//! above what is available.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::money::Fen;
use super::split::{Rounding, SplitError, split};

/// Who is paid first when the money does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// In the order of approval, then of the claims' names; the last one reached is paid in part.
    Fifo,
    /// Everyone the same fraction, cap by cap.
    ProRata,
}

impl Method {
    /// Both ways.
    pub const ALL: &'static [Method] = &[Method::Fifo, Method::ProRata];

    /// The stable word, as JSON writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Method::Fifo => "fifo",
            Method::ProRata => "prorata",
        }
    }
}

/// Why a batch could not be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BatchError {
    /// Two claims of the batch have the same name.
    #[error("two claims have the same name")]
    ClaimTwice,
    /// The arithmetic of a stage.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// One approved claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand<C, B, K> {
    /// Its name; breaks ties.
    pub claim: C,
    /// Its place in the order of approval; several may share one.
    pub approved: i64,
    /// Whose loan.
    pub borrower: B,
    /// Which bank is paid.
    pub bank: K,
    /// What it asks of the fund.
    pub demand: Fen,
}

/// What may be paid at most. A borrower or bank that is not listed has no cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits<B, K> {
    /// By the fund, in all.
    pub available: Fen,
    /// Left of each borrower's cap.
    pub borrowers: BTreeMap<B, Fen>,
    /// Left of each bank's cap of the year.
    pub banks: BTreeMap<K, Fen>,
}

/// What one claim gets, and what took the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid<C> {
    /// Its name.
    pub claim: C,
    /// What it gets.
    pub paid: Fen,
    /// Cut by its borrower's cap; final.
    pub cut_borrower: Fen,
    /// Cut by its bank's cap; final.
    pub cut_bank: Fen,
    /// Cut because the fund does not reach; deferred or final, as the rulebook says.
    pub cut_fund: Fen,
}

/// A batch, paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchResult<C> {
    /// Sum of what is paid.
    pub total_paid: Fen,
    /// What the fund has left of what was available.
    pub fund_left: Fen,
    /// Every claim, in the order they were given.
    pub claims: Vec<Paid<C>>,
}

/// What the fund may pay: the balance above its floor, and no more than the year's budget has left.
#[must_use]
pub fn available(balance: Fen, floor: Fen, budget: Option<Fen>, paid_this_year: Fen) -> Fen {
    let above = balance.saturating_sub(floor);
    budget.map_or(above, |budget| above.min(budget.saturating_sub(paid_this_year)))
}

/// Pays the claims (R3). The order in which they are listed decides nothing but the order of the answer.
///
/// # Errors
/// `ClaimTwice`; `Split` when an amount does not fit.
pub fn batch<C: Clone + Ord, B: Ord, K: Ord>(
    demands: &[Demand<C, B, K>],
    limits: &Limits<B, K>,
    method: Method,
) -> Result<BatchResult<C>, BatchError> {
    let names: BTreeSet<&C> = demands.iter().map(|demand| &demand.claim).collect();
    if names.len() != demands.len() {
        return Err(BatchError::ClaimTwice);
    }
    let stages = match method {
        Method::Fifo => fifo(demands, limits)?,
        Method::ProRata => pro_rata(demands, limits)?,
    };
    let claims = demands.iter().zip(&stages).map(|(demand, stages)| attributed(demand, stages));
    let claims: Vec<Paid<C>> = claims.collect::<Result<_, SplitError>>()?;
    let total_paid = Fen::total(claims.iter().map(|claim| claim.paid)).map_err(SplitError::from)?;
    let fund_left = limits.available.checked_sub(total_paid).map_err(SplitError::from)?;
    Ok(BatchResult { total_paid, fund_left, claims })
}

/// What is left of one demand after each stage.
#[derive(Debug, Clone, Copy)]
struct Stages {
    borrower: Fen,
    bank: Fen,
    fund: Fen,
}

fn attributed<C: Clone, B, K>(demand: &Demand<C, B, K>, stages: &Stages) -> Result<Paid<C>, SplitError> {
    Ok(Paid {
        claim: demand.claim.clone(),
        paid: stages.fund,
        cut_borrower: demand.demand.checked_sub(stages.borrower)?,
        cut_bank: stages.borrower.checked_sub(stages.bank)?,
        cut_fund: stages.bank.checked_sub(stages.fund)?,
    })
}

/// One claim after the other; caps are used up by what is paid, cuts fall to borrower, bank, fund in this order.
fn fifo<C: Ord, B: Ord, K: Ord>(demands: &[Demand<C, B, K>], limits: &Limits<B, K>) -> Result<Vec<Stages>, SplitError> {
    let mut queue: Vec<(usize, &Demand<C, B, K>)> = demands.iter().enumerate().collect();
    queue.sort_by(|(_, a), (_, b)| a.approved.cmp(&b.approved).then_with(|| a.claim.cmp(&b.claim)));
    let mut borrowers: BTreeMap<&B, Fen> = limits.borrowers.iter().map(|(name, left)| (name, *left)).collect();
    let mut banks: BTreeMap<&K, Fen> = limits.banks.iter().map(|(name, left)| (name, *left)).collect();
    let mut fund_left = limits.available;
    let mut served = Vec::with_capacity(queue.len());
    for (place, demand) in queue {
        let borrower_left = borrowers.get_mut(&demand.borrower);
        let bank_left = banks.get_mut(&demand.bank);
        let borrower = borrower_left.as_ref().map_or(demand.demand, |left| demand.demand.min(**left));
        let bank = bank_left.as_ref().map_or(borrower, |left| borrower.min(**left));
        let fund = bank.min(fund_left);
        for left in borrower_left.into_iter().chain(bank_left).chain([&mut fund_left]) {
            *left = left.checked_sub(fund)?;
        }
        served.push((place, Stages { borrower, bank, fund }));
    }
    served.sort_by_key(|(place, _)| *place);
    Ok(served.into_iter().map(|(_, stages)| stages).collect())
}

/// Borrower caps, then bank caps, then the fund, each shared over what the stage before has left.
fn pro_rata<C: Ord, B: Ord, K: Ord>(
    demands: &[Demand<C, B, K>],
    limits: &Limits<B, K>,
) -> Result<Vec<Stages>, SplitError> {
    let mut by_name: Vec<usize> = (0..demands.len()).collect();
    by_name.sort_by_key(|place| demands.get(*place).map(|demand| &demand.claim));
    let asked: Vec<Fen> = demands.iter().map(|demand| demand.demand).collect();
    let borrower = capped(&asked, &by_name, |place| {
        demands.get(place).and_then(|demand| limits.borrowers.get_key_value(&demand.borrower))
    })?;
    let bank = capped(&borrower, &by_name, |place| {
        demands.get(place).and_then(|demand| limits.banks.get_key_value(&demand.bank))
    })?;
    let fund = capped(&bank, &by_name, |_| Some((&(), &limits.available)))?;
    let stages = borrower.into_iter().zip(bank).zip(fund);
    Ok(stages.map(|((borrower, bank), fund)| Stages { borrower, bank, fund }).collect())
}

/// Claims that share a cap, by their places, with what they ask.
struct Group {
    cap: Fen,
    members: Vec<(usize, i128)>,
}

/// One stage: the amounts of each group that has a cap, brought down to it by R1; ties in the order of `by_name`.
fn capped<'a, G: Ord + 'a>(
    amounts: &[Fen],
    by_name: &[usize],
    cap_of: impl Fn(usize) -> Option<(&'a G, &'a Fen)>,
) -> Result<Vec<Fen>, SplitError> {
    let mut groups: BTreeMap<&G, Group> = BTreeMap::new();
    for place in by_name {
        if let (Some((group, cap)), Some(amount)) = (cap_of(*place), amounts.get(*place)) {
            let group = groups.entry(group).or_insert_with(|| Group { cap: *cap, members: Vec::new() });
            group.members.push((*place, i128::from(amount.get())));
        }
    }
    let mut after = amounts.to_vec();
    for Group { cap, members } in groups.into_values() {
        let sum = members.iter().try_fold(0_i128, |sum, (_, amount)| sum.checked_add(*amount));
        if sum.ok_or(SplitError::Overflow)? <= i128::from(cap.get()) {
            continue;
        }
        for (place, part) in split(cap, &members, Rounding::LargestRemainder)? {
            if let Some(amount) = after.get_mut(place) {
                *amount = part;
            }
        }
    }
    Ok(after)
}
