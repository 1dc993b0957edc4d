//! Scorecards of banks on a day, and what breakers propose from them.
//!
//! Everything is taken from facts by their days, so that a quarter end can be looked at after it has passed. A bank that
//! was taken over has no card of its own: its figures are in that of the bank that stands for it.
//! **Invariant:** nothing here suspends or releases anybody; that takes two persons (`lives::partner`).

mod tallies;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::UseCaseError;
use super::lives::partner::Suspensions;
use super::measures::Measures;
use super::punctuality::Deadlines;
use super::succession::Houses;
use crate::app::App;
use crate::domain::money::Fen;
use crate::domain::partner_life::SuspensionScope;
use crate::domain::payout::breakers::{Gauge, gauge as shows};
use crate::domain::payout::case::{BankFacts, Case, FundFacts, GuarantorFacts, LoanFacts};
use crate::domain::rulebook::Breaker;
use crate::domain::rulebook::vocabulary::{BreakerEffect, BreakerScope, Release};
use crate::domain::scorecard::{Scorecard, Tally};
use crate::storage::Db;
use crate::storage::find::{money, parties};
use tallies::Count;
pub use tallies::of_loans;

/// The card of one bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Code.
    pub bank: String,
    /// Banks for which it stands.
    pub stands_for: Vec<String>,
    /// What was counted.
    pub tally: Tally,
    /// The figures.
    pub figures: Scorecard,
}

/// The cards of every bank that stands on a day, by code.
///
/// # Errors
/// Storage; `Corrupt`; `Overflow`.
pub fn cards(app: &App, db: &mut Db, on: NaiveDate) -> Result<Vec<Card>, UseCaseError> {
    let fund_id = app.fund_id();
    let partners = parties::partners(db, fund_id)?;
    let banks: Vec<&str> =
        partners.iter().filter(|partner| partner.kind == "bank").map(|bank| bank.code.as_str()).collect();
    let of_loans = of_loans(db, fund_id, &banks, on)?;
    let houses = Houses::on(db, fund_id, on)?;
    cards_with(app, db, on, (&houses, &banks), &of_loans)
}

/// The same of these banks, with who stands for whom and what the loans of each bank count for on that day.
///
/// # Errors
/// As `cards`.
pub fn cards_with(
    app: &App,
    db: &mut Db,
    on: NaiveDate,
    (houses, banks): (&Houses, &[&str]),
    of_loans: &BTreeMap<String, Tally>,
) -> Result<Vec<Card>, UseCaseError> {
    let tallies = banks.iter().map(|bank| (houses.standing(bank).to_owned(), Tally::default())).collect();
    let mut count = Count { fund_id: app.fund_id(), on, houses, tallies };
    of_loans.iter().try_for_each(|(bank, loans)| count.loans(bank, loans))?;
    count.claims(db)?;
    count.reports(db, Deadlines::of(app))?;
    let mut cards = Vec::new();
    for (bank, tally) in count.tallies {
        let stands_for = houses.together(&bank).into_iter().skip(1).collect();
        cards.push(Card { figures: Scorecard::of(&tally)?, bank, stands_for, tally });
    }
    Ok(cards)
}

/// What a breaker shows for one bank, or for everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Identity of the breaker.
    pub breaker: String,
    /// The bank; none where the breaker concerns everyone.
    pub bank: Option<String>,
    /// What it shows; none where a fact is missing.
    pub gauge: Option<Gauge>,
    /// What is suspended now.
    pub suspended: Option<SuspensionScope>,
    /// What is proposed.
    pub proposal: Option<Proposal>,
}

/// What a breaker proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// To suspend this.
    Suspend(SuspensionScope),
    /// To release the bank.
    Release,
}

/// What the breakers of the version in force show and propose on a day.
///
/// # Errors
/// Storage; `Rulebook`; `Corrupt`; `Overflow`.
pub fn proposals(app: &App, db: &mut Db, on: NaiveDate) -> Result<Vec<Reading>, UseCaseError> {
    let (fund_id, now) = (app.fund_id(), cards(app, db, on)?);
    let (measures, suspensions) = (Measures::load(db, fund_id)?, Suspensions::on(db, fund_id, on)?);
    readings(db, fund_id, on, (&measures, &suspensions, &now), |db, on| cards(app, db, on))
}

/// The same, from the stored versions, what is suspended and the cards of that day; `cards_on` gives those of a day before.
///
/// # Errors
/// As `proposals`.
pub fn readings(
    db: &mut Db,
    fund_id: &str,
    on: NaiveDate,
    (measures, suspensions, cards): (&Measures, &Suspensions, &[Card]),
    mut cards_on: impl FnMut(&mut Db, NaiveDate) -> Result<Vec<Card>, UseCaseError>,
) -> Result<Vec<Reading>, UseCaseError> {
    let measure = measures.for_loan(on)?;
    if measure.rulebook.breakers.is_empty() {
        return Ok(Vec::new());
    }
    let now = Facts::of(db, fund_id, on, cards.to_vec())?;
    let [last, before] = quarter_ends(on);
    // Only who is suspended is looked back at.
    let mut past = None;
    let mut readings = Vec::new();
    for breaker in &measure.rulebook.breakers {
        let banks: Vec<Option<String>> = match breaker.scope {
            BreakerScope::Bank => now.cards.iter().map(|card| Some(card.bank.clone())).collect(),
            _ => vec![None],
        };
        for bank in banks {
            let held = bank.as_deref().and_then(|bank| suspensions.of(bank));
            let gauge = shows(breaker, &now.case_of(bank.as_deref(), on));
            let mut was_calm = false;
            if held.is_some_and(|(_, since)| since <= before) {
                if past.is_none() {
                    let (later, earlier) = (cards_on(db, last)?, cards_on(db, before)?);
                    past = Some([Facts::of(db, fund_id, last, later)?, Facts::of(db, fund_id, before, earlier)?]);
                }
                let quarters = past.iter().flatten().map(|facts| shows(breaker, &facts.case_of(bank.as_deref(), on)));
                was_calm = quarters.into_iter().all(|gauge| gauge.is_some_and(|gauge| gauge.calm));
            }
            let suspended = held.map(|(scope, _)| scope);
            let proposal = propose(breaker, bank.is_some(), gauge, suspended, was_calm);
            readings.push(Reading { breaker: breaker.id.to_string(), bank, gauge, suspended, proposal });
        }
    }
    Ok(readings)
}

fn propose(
    breaker: &Breaker,
    is_bank: bool,
    gauge: Option<Gauge>,
    held: Option<SuspensionScope>,
    calm_for_two_quarters: bool,
) -> Option<Proposal> {
    let gauge = gauge.filter(|_| is_bank)?;
    let effects = breaker.effect.known()?;
    let wanted = if effects.contains(&BreakerEffect::HoldPayments) {
        Some(SuspensionScope::Payments)
    } else {
        effects.contains(&BreakerEffect::StopNewLoans).then_some(SuspensionScope::NewLoans)
    }?;
    if gauge.tripped {
        let is_held = held == Some(SuspensionScope::Payments) || held == Some(wanted);
        return (!is_held).then_some(Proposal::Suspend(wanted));
    }
    held?;
    let is_free = match breaker.release.known()? {
        Release::Metric => gauge.calm,
        Release::Manual => gauge.calm && calm_for_two_quarters,
        Release::NextYear => false,
    };
    is_free.then_some(Proposal::Release)
}

/// The last two quarter ends that are over, the later first.
fn quarter_ends(on: NaiveDate) -> [NaiveDate; 2] {
    let first_of_quarter = |day: NaiveDate| {
        let month = (day.month0() / 3).saturating_mul(3).saturating_add(1);
        NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
    };
    let next = on.succ_opt().unwrap_or(on);
    let last = first_of_quarter(next).pred_opt().unwrap_or(on);
    [last, first_of_quarter(last).pred_opt().unwrap_or(last)]
}

/// What breakers read on a day.
struct Facts {
    cards: Vec<Card>,
    balance: Fen,
    total: Fen,
}

impl Facts {
    fn of(db: &mut Db, fund_id: &str, on: NaiveDate, cards: Vec<Card>) -> Result<Facts, UseCaseError> {
        let promised: i64 = tallies::promised(db, fund_id, on)?.values().sum();
        let cash = money::in_hand_on(db, fund_id, on)?;
        let total = money::paid_in_until(db, fund_id, on)?;
        let balance = Fen::try_new(cash.saturating_sub(promised).max(0))?;
        Ok(Facts { cards, balance, total: Fen::try_new(total.max(0))? })
    }

    /// A case that holds nothing but these facts.
    fn case_of(&self, bank: Option<&str>, on: NaiveDate) -> Case {
        let card = self.cards.iter().find(|card| Some(card.bank.as_str()) == bank);
        let bank = card.map_or_else(BankFacts::default, |card| BankFacts {
            npl_ratio: card.figures.npl_ratio,
            claims_net_to_date: Some(card.tally.claims_net),
            registered_ip_to_date: Some(card.tally.registered_ip),
            portfolio_balance: Some(card.tally.balance),
            portfolio_npl: Some(card.tally.npl_balance),
            ..BankFacts::default()
        });
        let fund = FundFacts { balance: Some(self.balance), total: Some(self.total), ..FundFacts::default() };
        bare(bank, fund, on)
    }
}

/// What a breaker shows on bare facts; none where one is missing.
#[must_use]
pub fn shows_on(breaker: &Breaker, bank: BankFacts, fund: FundFacts, on: NaiveDate) -> Option<Gauge> {
    shows(breaker, &bare(bank, fund, on))
}

/// A case that holds nothing but facts of a bank and of the fund.
fn bare(bank: BankFacts, fund: FundFacts, on: NaiveDate) -> Case {
    Case {
        case: String::new(),
        on,
        loan: LoanFacts::default(),
        borrower: crate::domain::payout::case::BorrowerFacts::default(),
        ip_rights: None,
        claim: None,
        bank,
        guarantor: GuarantorFacts::default(),
        fund,
    }
}
