//! Scorecards of banks on a day, and what breakers propose from them.
//!
//! Everything is taken from facts by their days, so that a quarter end can be looked at after it has passed. A bank that
//! was taken over has no card of its own: its figures are in that of the bank that stands for it.
//! **Invariant:** nothing here suspends or releases anybody; that takes two persons (`lives::partner`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::UseCaseError;
use super::coverage::ip_amount;
use super::lives::claim;
use super::lives::partner;
use super::measures::Measures;
use super::servicing::tier_of;
use super::succession::Houses;
use crate::domain::calendar::Month;
use crate::domain::claim::clocks::taken;
use crate::domain::money::{Fen, Ppm};
use crate::domain::partner_life::SuspensionScope;
use crate::domain::payout::breakers::{Gauge, gauge as shows};
use crate::domain::payout::case::{BankFacts, Case, FundFacts, GuarantorFacts, LoanFacts};
use crate::domain::rulebook::Breaker;
use crate::domain::rulebook::vocabulary::{BreakerEffect, BreakerScope, Release};
use crate::domain::scorecard::{Scorecard, Tally};
use crate::reference;
use crate::storage::find::{Reach, claims, loans, money, parties, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::{Db, StoreError};

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
pub fn cards(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Vec<Card>, UseCaseError> {
    let houses = Houses::on(db, fund_id, on)?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for partner in parties::partners(db, fund_id)?.into_iter().filter(|partner| partner.kind == "bank") {
        tallies.entry(houses.standing(&partner.code).to_owned()).or_default();
    }
    count_loans(db, fund_id, on, &houses, &mut tallies)?;
    count_claims(db, fund_id, on, &houses, &mut tallies)?;
    count_reports(db, fund_id, on, &houses, &mut tallies)?;
    let mut cards = Vec::new();
    for (bank, tally) in tallies {
        let stands_for = houses.together(&bank).into_iter().skip(1).collect();
        cards.push(Card { figures: Scorecard::of(&tally)?, bank, stands_for, tally });
    }
    Ok(cards)
}

/// The tally of the house of a bank.
fn of<'t>(tallies: &'t mut BTreeMap<String, Tally>, houses: &Houses, bank: &str) -> &'t mut Tally {
    tallies.entry(houses.standing(bank).to_owned()).or_default()
}

fn count_loans(
    db: &mut Db,
    fund_id: &str,
    on: NaiveDate,
    houses: &Houses,
    tallies: &mut BTreeMap<String, Tally>,
) -> Result<(), UseCaseError> {
    let book: BTreeMap<String, LoanRow> =
        loans::all(db, &Reach::of_fund(fund_id))?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect();
    for loan in book.values().filter(|loan| loan.covered && loan.registered_on <= on) {
        let part = ip_amount(Fen::try_new(loan.principal_fen)?, Ppm::try_new(loan.ip_share_ppm)?)?;
        let tally = of(tallies, houses, &loan.bank);
        tally.registered_ip = tally.registered_ip.checked_add(part)?;
    }
    for row in loans::registrations(db, fund_id)? {
        // The first version alone says when a loan came; what came with an existing book was never late.
        if row.version == 1 && row.business_date <= on && row.timing != "migrated" {
            let tally = of(tallies, houses, &row.bank);
            tally.registered = tally.registered.saturating_add(1);
            tally.registered_late = tally.registered_late.saturating_add(u64::from(row.timing == "late"));
        }
    }
    let mut tiers: BTreeMap<String, String> = BTreeMap::new();
    for tier in servicing::all_tiers(db, fund_id)?.into_iter().filter(|tier| tier.effective_on <= on) {
        tiers.insert(tier.loan_id, tier.tier);
    }
    count_months(db, fund_id, on, houses, tallies, &book, &tiers)
}

fn count_months(
    db: &mut Db,
    fund_id: &str,
    on: NaiveDate,
    houses: &Houses,
    tallies: &mut BTreeMap<String, Tally>,
    book: &BTreeMap<String, LoanRow>,
    tiers: &BTreeMap<String, String>,
) -> Result<(), UseCaseError> {
    let over = |month: &str| Month::parse(month).is_ok_and(|month| month.last_day() <= on);
    let rows: Vec<_> =
        servicing::all_months(db, &Reach::of_fund(fund_id))?.into_iter().filter(|row| over(&row.month)).collect();
    let mut last_month: BTreeMap<&str, &str> = BTreeMap::new();
    for row in &rows {
        let last = last_month.entry(row.bank.as_str()).or_default();
        *last = (*last).max(row.month.as_str());
    }
    // A loan that the last month of its bank leaves out is no longer in the bank's book.
    for row in rows.iter().filter(|row| last_month.get(row.bank.as_str()) == Some(&row.month.as_str())) {
        let balance = Fen::try_new(row.balance_fen)?;
        let tally = of(tallies, houses, &row.bank);
        tally.graded = tally.graded.saturating_add(1);
        let read = |code: &str| tier_of(code, "loan_months", &row.loan_id);
        if read(&row.bank_tier)? < read(&row.floor_tier)? {
            tally.late_marked = tally.late_marked.saturating_add(1);
            tally.late_marked_balance = tally.late_marked_balance.checked_add(balance)?;
        }
        if book.get(&row.loan_id).is_some_and(|loan| loan.covered) {
            tally.balance = tally.balance.checked_add(balance)?;
            if read(tiers.get(&row.loan_id).filter(|tier| !tier.is_empty()).unwrap_or(&row.tier))?.is_npl() {
                tally.npl_balance = tally.npl_balance.checked_add(balance)?;
            }
        }
    }
    Ok(())
}

/// What was promised for each claim on a day.
fn promised(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<BTreeMap<String, i64>, UseCaseError> {
    use crate::storage::facts::Fact;
    let mut rows = CommitmentRow::load_all(db).map_err(StoreError::from)?;
    rows.retain(|row| row.fund_id == fund_id && row.kind != "reserved" && row.business_date <= on);
    rows.sort_by(|a, b| (&a.kind, &a.subject, a.version).cmp(&(&b.kind, &b.subject, b.version)));
    let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in rows {
        last.insert((row.kind, row.subject), row.amount_fen);
    }
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for ((_, subject), amount) in last {
        let sum = sums.entry(subject).or_default();
        *sum = sum.saturating_add(amount);
    }
    Ok(sums)
}

fn count_claims(
    db: &mut Db,
    fund_id: &str,
    on: NaiveDate,
    houses: &Houses,
    tallies: &mut BTreeMap<String, Tally>,
) -> Result<(), UseCaseError> {
    let promised = promised(db, fund_id, on)?;
    let mut nets: BTreeMap<String, i64> = BTreeMap::new();
    for filing in claims::filings(db, fund_id)?.into_iter().filter(|filing| filing.filed_on <= on) {
        let told = claim::load_until(db, &filing, on)?;
        let days = taken(&told, reference::work_calendar(), on);
        let open = promised.get(&filing.claim_id).copied().unwrap_or(0);
        let net = told.paid_net().get().saturating_add(open).saturating_sub(told.collected.get());
        let sum = nets.entry(houses.standing(&filing.bank).to_owned()).or_default();
        *sum = sum.saturating_add(net);
        let tally = of(tallies, houses, &filing.bank);
        tally.filed = tally.filed.saturating_add(1);
        tally.returned = tally.returned.saturating_add(u64::from(told.returned > 0));
        tally.paid = tally.paid.checked_add(told.paid_net())?;
        tally.recovered = tally.recovered.checked_add(told.collected)?;
        tally.bank_days.push(days.bank);
        tally.fund_days.push(days.fund);
    }
    for (bank, net) in nets {
        of(tallies, houses, &bank).claims_net = Fen::try_new(net.max(0))?;
    }
    Ok(())
}

fn count_reports(
    db: &mut Db,
    fund_id: &str,
    on: NaiveDate,
    houses: &Houses,
    tallies: &mut BTreeMap<String, Tally>,
) -> Result<(), UseCaseError> {
    let mut seen = BTreeSet::new();
    // In the order of bank, month and version: the first that stands decides whether the month came in time.
    for report in servicing::reports(db, fund_id)?.into_iter().filter(|report| report.business_date <= on) {
        if seen.insert((report.bank.clone(), report.month.clone())) {
            let tally = of(tallies, houses, &report.bank);
            tally.reported = tally.reported.saturating_add(1);
            tally.reported_in_time = tally.reported_in_time.saturating_add(u64::from(report.on_time));
        }
    }
    Ok(())
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
pub fn proposals(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Vec<Reading>, UseCaseError> {
    let measure = Measures::load(db, fund_id)?.for_loan(on)?.clone();
    if measure.rulebook.breakers.is_empty() {
        return Ok(Vec::new());
    }
    let now = Facts::on(db, fund_id, on)?;
    let [last, before] = quarter_ends(on);
    let past = [Facts::on(db, fund_id, last)?, Facts::on(db, fund_id, before)?];
    let mut readings = Vec::new();
    for breaker in &measure.rulebook.breakers {
        let banks: Vec<Option<String>> = match breaker.scope {
            BreakerScope::Bank => now.cards.iter().map(|card| Some(card.bank.clone())).collect(),
            _ => vec![None],
        };
        for bank in banks {
            let held = match &bank {
                Some(bank) => partner::suspension(db, fund_id, bank, on)?,
                None => None,
            };
            let gauge = shows(breaker, &now.case_of(bank.as_deref(), on));
            let quarters = past.iter().map(|facts| shows(breaker, &facts.case_of(bank.as_deref(), on)));
            let was_calm = quarters.into_iter().all(|gauge| gauge.is_some_and(|gauge| gauge.calm));
            let since_both = held.is_some_and(|(_, since)| since <= before);
            let proposal =
                propose(breaker, bank.is_some(), gauge, held.map(|(scope, _)| scope), was_calm && since_both);
            let suspended = held.map(|(scope, _)| scope);
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
    fn on(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Facts, UseCaseError> {
        let promised: i64 = promised(db, fund_id, on)?.values().sum();
        let (mut cash, mut total) = (0_i64, 0_i64);
        let days: BTreeMap<String, NaiveDate> =
            money::transactions(db, fund_id)?.into_iter().map(|row| (row.tx_id, row.booked_on)).collect();
        for line in money::lines(db, fund_id)? {
            if days.get(&line.tx_id).is_none_or(|day| *day > on) {
                continue;
            }
            let signed = if line.side == "debit" { line.amount_fen } else { line.amount_fen.saturating_neg() };
            if line.account == "cash" || line.account.starts_with("bank_deposit:") {
                cash = cash.saturating_add(signed);
            }
            if line.account.starts_with("contribution:") {
                total = total.saturating_sub(signed);
            }
        }
        let balance = Fen::try_new(cash.saturating_sub(promised).max(0))?;
        Ok(Facts { cards: cards(db, fund_id, on)?, balance, total: Fen::try_new(total.max(0))? })
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
