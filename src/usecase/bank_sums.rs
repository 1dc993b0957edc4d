//! Banks beside one another: balances and ratios by sums over their books, and what the breakers say of them.
//!
//! Gives the figures that scorecards give (`scorecards::cards`), of the books as they stand now, without reading the whole
//! book: for pages that many people open. A bank that was taken over is counted with the bank that stands for it.
//! **Invariant:** whether a bound is reached is told by the breaker itself, never by a rounded ratio.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::book::BankTier;
use super::measures::Measures;
use super::scorecards::shows_on;
use super::servicing::tier_of;
use super::succession::Houses;
use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::breakers::Gauge;
use crate::domain::payout::case::{BankFacts, FundFacts};
use crate::domain::rulebook::condition::Comparison;
use crate::domain::rulebook::fact::{MoneyFact, RateFact};
use crate::domain::rulebook::vocabulary::BreakerScope;
use crate::domain::rulebook::{Breaker, BreakerFigure};
use crate::domain::scorecard::ratio;
use crate::storage::Db;
use crate::storage::find::Reach;
use crate::storage::find::spread::{self, GRANTED};

/// The sums of one bank, with every bank it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BankSum {
    /// Loans with a report.
    pub loans: i64,
    /// Balance of covered loans, as last reported.
    pub balance: i64,
    /// Of that, of loans in the non-performing tiers.
    pub npl_balance: i64,
    /// Balance of all loans on record, covered or not.
    pub on_record: i64,
    /// Cover held.
    pub cover: i64,
    /// IP part of the principal of covered loans.
    pub registered_ip: i64,
    /// Compensation less what came back, with what is under review.
    pub claims_net: i64,
}

impl BankSum {
    /// Non-performing part of the balance.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn npl_ratio(&self) -> Result<Option<Ppm>, UseCaseError> {
        Ok(ratio(i128::from(self.npl_balance), i128::from(self.balance))?)
    }

    /// Claims ÷ enrolled IP principal.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn claim_ratio(&self) -> Result<Option<Ppm>, UseCaseError> {
        Ok(ratio(i128::from(self.claims_net.max(0)), i128::from(self.registered_ip))?)
    }

    fn facts(&self) -> Result<BankFacts, UseCaseError> {
        Ok(BankFacts {
            npl_ratio: self.npl_ratio()?,
            claims_net_to_date: Some(Fen::try_new(self.claims_net.max(0))?),
            registered_ip_to_date: Some(Fen::try_new(self.registered_ip)?),
            portfolio_balance: Some(Fen::try_new(self.balance)?),
            portfolio_npl: Some(Fen::try_new(self.npl_balance)?),
            ..BankFacts::default()
        })
    }
}

/// The sums of every one of these banks that stands, by code, from the whole book by bank, month, tier and cover.
///
/// # Errors
/// Storage; `Corrupt` for a stored tier that is none.
pub fn bank_sums(
    db: &mut Db,
    fund_id: &str,
    (houses, banks): (&Houses, &[&str]),
    lots: &[BankTier],
) -> Result<BTreeMap<String, BankSum>, UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let mut sums: BTreeMap<String, BankSum> =
        banks.iter().map(|bank| (houses.standing(bank).to_owned(), BankSum::default())).collect();
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    for lot in lots {
        let newest = last.entry(&lot.bank).or_default();
        *newest = (*newest).max(lot.month.as_deref().unwrap_or_default());
    }
    for lot in lots {
        let is_last = lot.month.as_deref().is_some_and(|month| last.get(lot.bank.as_str()) == Some(&month));
        count(sums.entry(houses.standing(&lot.bank).to_owned()).or_default(), lot, is_last)?;
    }
    for claims in spread::claims_by_bank(db, &reach)? {
        let granted = if GRANTED.contains(&claims.state.as_str()) { claims.approved } else { 0 };
        let sum = sums.entry(houses.standing(&claims.bank).to_owned()).or_default();
        let promised = claims.earmarked.saturating_add(granted);
        let net = claims.paid.saturating_add(promised).saturating_sub(claims.recovered);
        sum.claims_net = sum.claims_net.saturating_add(net);
    }
    Ok(sums)
}

/// A loan that the last month of its bank leaves out is no longer in the bank's book.
fn count(sum: &mut BankSum, lot: &BankTier, is_last: bool) -> Result<(), UseCaseError> {
    sum.on_record = sum.on_record.saturating_add(lot.balance);
    sum.cover = sum.cover.saturating_add(lot.cover);
    if lot.month.is_some() {
        sum.loans = sum.loans.saturating_add(lot.loans);
    }
    if !lot.covered {
        return Ok(());
    }
    sum.registered_ip = sum.registered_ip.saturating_add(lot.ip_principal);
    if !is_last {
        return Ok(());
    }
    sum.balance = sum.balance.saturating_add(lot.balance);
    if let Some(tier) = lot.tier.as_deref()
        && tier_of(tier, "loans", &lot.bank)?.is_npl()
    {
        sum.npl_balance = sum.npl_balance.saturating_add(lot.balance);
    }
    Ok(())
}

/// What a breaker that watches each bank reads: the non-performing part, or the claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// Non-performing part of the balance.
    Npl,
    /// Claims ÷ enrolled IP principal.
    Claims,
}

/// The bounds of the breakers of a version that watch each bank: of several on one figure the first.
#[must_use]
pub fn watching(breakers: &[Breaker], watched: Watched) -> Option<&Breaker> {
    let reads = |breaker: &&Breaker| match breaker.figure {
        BreakerFigure::Value(RateFact::BankNplRatio)
        | BreakerFigure::Ratio(MoneyFact::BankPortfolioNpl, MoneyFact::BankPortfolioBalance) => watched == Watched::Npl,
        BreakerFigure::Ratio(MoneyFact::BankClaimsNetToDate, MoneyFact::BankRegisteredIpToDate) => {
            watched == Watched::Claims
        }
        _ => false,
    };
    let upward = |breaker: &&Breaker| {
        breaker.trips.known().is_some_and(|trips| matches!(trips.comparison, Comparison::AtLeast | Comparison::Over))
    };
    breakers.iter().filter(|breaker| breaker.scope == BreakerScope::Bank).filter(reads).find(upward)
}

/// What a breaker shows on the sums of a bank; none where nothing watches it.
///
/// # Errors
/// `Overflow`.
pub fn reading(breaker: Option<&Breaker>, sum: &BankSum, on: NaiveDate) -> Result<Option<Gauge>, UseCaseError> {
    let Some(breaker) = breaker else { return Ok(None) };
    Ok(shows_on(breaker, sum.facts()?, FundFacts::default(), on))
}

/// The breakers of the version in force on a day; none before the fund has a measure.
#[must_use]
pub fn breakers_on(measures: &Measures, on: NaiveDate) -> &[Breaker] {
    measures.for_loan(on).map_or(&[], |measure| &measure.rulebook.breakers)
}
