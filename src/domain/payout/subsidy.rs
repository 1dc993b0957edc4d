//! Subsidies beside the compensation: on interest, premium, fees and loans.
//!
//! Formula: floor(base × rate); bases over time are actual/365. Then the limit of the firm and year, the limit of
//! the firm for life, and the ceilings over several kinds, in the order of the file.
//! **Invariant:** a subsidy never exceeds what one of its limits leaves.

use std::collections::BTreeMap;

use super::case::{BankFacts, BorrowerFacts, Case, FundFacts, GuarantorFacts, LoanFacts};
use super::outcome::{Reason, ReasonCode};
use super::run::{Cited, Run};
use super::truth::{Evidence, Truth};
use super::{Rules, outcome::Decision};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{SubsidyBase, SubsidyKind};
use crate::domain::rulebook::{Name, Open, Subsidy, SubsidyAmount};
use crate::domain::split::SplitError;

/// Days a year has in bases over time.
const DAYS_PER_YEAR: i128 = 365;

/// What a firm asks a subsidy for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsidyCase {
    /// The caller's name for it.
    pub case: String,
    /// The business date.
    pub on: chrono::NaiveDate,
    /// The loan.
    pub loan: LoanFacts,
    /// The firm.
    pub borrower: BorrowerFacts,
    /// Interest paid.
    pub interest_paid: Option<Fen>,
    /// Premium paid.
    pub premium_paid: Option<Fen>,
    /// Guarantee fee paid.
    pub guarantee_fee_paid: Option<Fen>,
    /// Appraisal fee paid.
    pub appraisal_fee_paid: Option<Fen>,
    /// Days over which the principal stood.
    pub days: Option<u32>,
    /// Which year of the subsidy this is, from 1.
    pub year: Option<u32>,
    /// Granted to the firm this year, by subsidy.
    pub granted_this_year: BTreeMap<String, Fen>,
    /// Granted to the firm so far, by subsidy.
    pub granted_to_date: BTreeMap<String, Fen>,
}

impl SubsidyCase {
    /// A request of which nothing is known yet.
    #[must_use]
    pub fn new(case: String, on: chrono::NaiveDate) -> SubsidyCase {
        SubsidyCase {
            case,
            on,
            loan: LoanFacts::default(),
            borrower: BorrowerFacts::default(),
            interest_paid: None,
            premium_paid: None,
            guarantee_fee_paid: None,
            appraisal_fee_paid: None,
            days: None,
            year: None,
            granted_this_year: BTreeMap::new(),
            granted_to_date: BTreeMap::new(),
        }
    }
}

/// One subsidy as computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The clause.
    pub id: Name,
    /// Its kind.
    pub kind: SubsidyKind,
    /// The article of the clause.
    pub article: Option<Name>,
    /// What it is a share of.
    pub base: Fen,
    /// The share.
    pub rate: Ppm,
    /// Before the limits.
    pub computed: Fen,
    /// After them.
    pub granted: Fen,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsidyOutcome {
    /// Pay, or hold where something is missing.
    pub decision: Decision,
    /// What is missing.
    pub reasons: Vec<Reason>,
    /// Every subsidy that applies.
    pub grants: Vec<Grant>,
    /// Their sum.
    pub total: Fen,
}

/// What the rules grant.
#[must_use]
pub fn subsidies(rules: &Rules<'_>, asked: &SubsidyCase) -> SubsidyOutcome {
    let case = as_case(asked);
    let mut run = Run::new(rules, &case);
    let mut evidence = Evidence::default();
    let mut grants = Vec::new();
    for subsidy in &rules.book.subsidies {
        let cited = Cited::clause(&subsidy.id, &subsidy.origin);
        match run.judge(&subsidy.when, &mut evidence) {
            Truth::True => grants.extend(grant(&mut run, subsidy, asked)),
            Truth::False => (),
            Truth::Unknown => run.hold_for_missing(cited, &evidence.missing),
        }
    }
    for ceiling in &rules.book.subsidy_ceilings {
        let cited = Cited::clause(&ceiling.id, &ceiling.origin);
        if !grants.iter().any(|grant: &Grant| ceiling.over.contains(&grant.id)) {
            continue;
        }
        if let Some(limit) = run.stated(cited, &ceiling.per_firm_year) {
            let used = ceiling.over.iter().filter_map(|id| asked.granted_this_year.get(id.as_str())).copied();
            let mut room = limit.saturating_sub(Fen::total(used).unwrap_or(limit));
            for grant in grants.iter_mut().filter(|grant| ceiling.over.contains(&grant.id)) {
                grant.granted = grant.granted.min(room);
                room = room.saturating_sub(grant.granted);
            }
        }
    }
    run.hold_for_readings();
    let total = Fen::total(grants.iter().map(|grant| grant.granted)).unwrap_or(Fen::ZERO);
    let decision = if run.waiting { Decision::Hold } else { Decision::Pay };
    SubsidyOutcome { decision, reasons: run.reasons, grants, total }
}

/// One subsidy with its own limits.
fn grant(run: &mut Run<'_>, subsidy: &Subsidy, asked: &SubsidyCase) -> Option<Grant> {
    let cited = Cited::clause(&subsidy.id, &subsidy.origin);
    let rate = rate(run, cited, subsidy, asked)?;
    let base = base(run, cited, subsidy.base, asked)?;
    let computed = run.fits(cited, product(base, rate))?;
    let mut granted = computed;
    let id = subsidy.id.as_str();
    let limits = [
        (subsidy.per_firm_year.as_ref(), &asked.granted_this_year),
        (subsidy.per_firm_life.as_ref(), &asked.granted_to_date),
    ];
    for (limit, used) in limits {
        if let Some(limit) = limit {
            let most = run.stated(cited, limit)?;
            granted = granted.min(most.saturating_sub(used.get(id).copied().unwrap_or(Fen::ZERO)));
        }
    }
    let article = subsidy.origin.article.clone();
    Some(Grant { id: subsidy.id.clone(), kind: subsidy.kind, article, base, rate, computed, granted })
}

fn rate(run: &mut Run<'_>, cited: Cited<'_>, subsidy: &Subsidy, asked: &SubsidyCase) -> Option<Ppm> {
    match &subsidy.amount {
        SubsidyAmount::Rate(rate) | SubsidyAmount::Points(rate) => run.stated(cited, rate),
        SubsidyAmount::ByYear(rates) => {
            let Some(year) = asked.year else {
                run.hold(ReasonCode::FactUnknown, cited, &[]);
                return None;
            };
            let place = usize::try_from(year.saturating_sub(1)).ok()?;
            run.stated(cited, rates.get(place).unwrap_or(&Open::Known(Ppm::ZERO)))
        }
    }
}

/// What the rate is taken of; over time it is a sum of money × days ÷ 365.
fn base(run: &mut Run<'_>, cited: Cited<'_>, base: SubsidyBase, asked: &SubsidyCase) -> Option<Fen> {
    let given = match base {
        SubsidyBase::InterestPaid => asked.interest_paid,
        SubsidyBase::PremiumPaid => asked.premium_paid,
        SubsidyBase::GuaranteeFeePaid => asked.guarantee_fee_paid,
        SubsidyBase::AppraisalFeePaid => asked.appraisal_fee_paid,
        SubsidyBase::Principal => Some(asked.loan.principal),
        SubsidyBase::PrincipalDays => asked.days.and_then(|days| over_time(asked.loan.principal, Ppm::ONE, days).ok()),
        SubsidyBase::LprDays => {
            let lpr = run.need(cited, Fact::LoanLpr1y, asked.loan.lpr_1y)?;
            asked.days.and_then(|days| over_time(asked.loan.principal, lpr, days).ok())
        }
    };
    if given.is_none() {
        run.hold(ReasonCode::FactUnknown, cited, &[]);
    }
    given
}

/// Floor of `amount × rate × days ÷ 365`.
fn over_time(amount: Fen, rate: Ppm, days: u32) -> Result<Fen, SplitError> {
    let scaled = i128::from(amount.get()).saturating_mul(i128::from(rate.get())).checked_mul(i128::from(days));
    let year = DAYS_PER_YEAR.saturating_mul(i128::from(PPM_ONE));
    whole(scaled.ok_or(SplitError::Overflow)?.checked_div(year))
}

fn product(base: Fen, rate: Ppm) -> Result<Fen, SplitError> {
    let scaled = i128::from(base.get()).saturating_mul(i128::from(rate.get()));
    whole(scaled.checked_div(i128::from(PPM_ONE)))
}

fn whole(fen: Option<i128>) -> Result<Fen, SplitError> {
    let fen = fen.and_then(|fen| i64::try_from(fen).ok()).ok_or(SplitError::Overflow)?;
    Ok(Fen::try_new(fen)?)
}

/// The request as a case, so that conditions find their facts where they always are.
fn as_case(asked: &SubsidyCase) -> Case {
    Case {
        case: asked.case.clone(),
        on: asked.on,
        loan: asked.loan.clone(),
        borrower: asked.borrower.clone(),
        ip_rights: None,
        claim: None,
        bank: BankFacts::default(),
        guarantor: GuarantorFacts::default(),
        fund: FundFacts::default(),
    }
}
