//! The facts that breakers watch: what a bank's claims came to, what it registered, how much the fund still holds.
//!
//! Read only where the version that governs a case has a breaker that stops it, so that cases under other versions stay
//! what they were.
//! **Invariant:** a claim is never among the claims that stop it; a loan judged again is judged by the facts of the day
//! on which it was registered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::UseCaseError;
use super::coverage::ip_amount;
use super::measures::{Measure, Measures};
use super::reserve::fund_money;
use super::succession::Houses;
use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::case::{BankFacts, Case, FundFacts};
use crate::domain::rulebook::vocabulary::{BreakerEffect, LossLimitKind};
use crate::rulebook::quote_json::case_from_text;
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::claims::ClaimStatusRow;
use crate::storage::rows::loans::CoverageRow;
use crate::storage::{Db, StoreError};

/// Facts of one bank and of the fund on a day; none where nothing asks for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BreakerFacts {
    /// Compensation to the bank less what came back, with what is under review.
    pub claims_net: Option<Fen>,
    /// IP part of the principal it enrolled.
    pub registered_ip: Option<Fen>,
    /// What the fund can pay from.
    pub fund_balance: Option<Fen>,
    /// Everything paid into the fund.
    pub fund_total: Option<Fen>,
    /// Counted ceilings of the borrower's other live loans.
    pub counted_elsewhere: Option<Fen>,
}

/// Whether a version counts a borrower's live loans only up to a limit.
fn counts_borrower(measure: &Measure) -> bool {
    let limits = measure.rulebook.losses.iter().flat_map(|loss| &loss.limits);
    limits.into_iter().any(|limit| limit.kind == LossLimitKind::PerBorrowerLive)
}

/// Counted ceilings of the other live loans of a borrower: of each what its version counted when it was registered.
///
/// # Errors
/// Storage; `Corrupt` for a stored outcome that does not read.
pub fn counted_elsewhere(db: &mut Db, fund_id: &str, credit_code: &str, except: &str) -> Result<Fen, UseCaseError> {
    let borrowers = BTreeSet::from([credit_code]);
    let mut sum = Fen::ZERO;
    for known in loans::borrowings(db, fund_id, &borrowers)? {
        let live = loans::one(db, &Reach::of_fund(fund_id), &known.loan_id)?;
        let is_live = live.is_some_and(|loan| loan.covered && loan.ended.is_none() && loan.balance_fen != Some(0));
        if known.loan_id == except || !is_live {
            continue;
        }
        let Some(row) = loans::coverage(db, &known.loan_id)? else { continue };
        let outcome: serde_json::Value = serde_json::from_str(&row.outcome).unwrap_or_default();
        if let Some(counted) = outcome["eligible"].as_str() {
            sum = sum.checked_add(Fen::from_yuan(counted)?)?;
        }
    }
    Ok(sum)
}

/// Whether a version stops cases by a breaker: claims, or new loans.
#[must_use]
pub fn watches(measure: &Measure, claims: bool) -> bool {
    let stops = if claims { BreakerEffect::HoldPayments } else { BreakerEffect::StopNewLoans };
    measure.rulebook.breakers.iter().any(|breaker| match breaker.effect.known() {
        Some(effects) => effects.contains(&stops) || effects.contains(&BreakerEffect::Notice),
        None => false,
    })
}

impl BreakerFacts {
    /// The facts of a bank on a day for new loans; none where no version of the fund asks for them.
    ///
    /// # Errors
    /// Storage; `Rulebook`; `Overflow`.
    pub fn for_loans(db: &mut Db, fund_id: &str, bank: &str, on: NaiveDate) -> Result<BreakerFacts, UseCaseError> {
        let measures = Measures::load(db, fund_id)?;
        let Some(measure) = measures.iter().find(|measure| watches(measure, false)) else {
            return Ok(BreakerFacts::default());
        };
        let state = fund_money(db, fund_id, &measure.limits)?;
        let banks = Houses::on(db, fund_id, on)?.together(bank);
        Ok(BreakerFacts {
            claims_net: Some(claims_net(db, fund_id, &banks, None)?),
            registered_ip: Some(registered_ip(db, fund_id, &banks)?),
            fund_balance: Some(state.cash.saturating_sub(state.earmarked).saturating_sub(state.ordered)),
            fund_total: Some(Fen::try_new(money::paid_in(db, fund_id)?)?),
            counted_elsewhere: None,
        })
    }

    /// The same with what else counts of a borrower.
    ///
    /// # Errors
    /// Storage; `Corrupt`; `Overflow`.
    pub fn and_borrower(
        self,
        db: &mut Db,
        fund_id: &str,
        credit_code: &str,
        except: &str,
    ) -> Result<BreakerFacts, UseCaseError> {
        let counted = counted_elsewhere(db, fund_id, credit_code, except)?;
        Ok(BreakerFacts { counted_elsewhere: Some(counted), ..self })
    }

    /// Those that a version asks for.
    #[must_use]
    pub fn under(self, measure: &Measure) -> BreakerFacts {
        let watched = if watches(measure, false) { self } else { BreakerFacts::default() };
        let counted_elsewhere = self.counted_elsewhere.filter(|_| counts_borrower(measure));
        BreakerFacts { counted_elsewhere, ..watched }
    }

    /// Those by which a loan was judged when it was registered.
    ///
    /// # Errors
    /// `Corrupt` for a stored input that does not read.
    pub fn kept(row: &CoverageRow) -> Result<BreakerFacts, StoreError> {
        let corrupt = |_unreadable| StoreError::Corrupt {
            table: "coverages",
            key: format!("{}:{}", row.loan_id, row.version),
            what: "input".to_owned(),
        };
        let case = case_from_text(&row.input).map_err(corrupt)?;
        Ok(BreakerFacts {
            claims_net: case.bank.claims_net_to_date,
            registered_ip: case.bank.registered_ip_to_date,
            fund_balance: case.fund.balance,
            fund_total: case.fund.total,
            counted_elsewhere: case.borrower.counted_elsewhere,
        })
    }

    /// Writes them into the case of a loan.
    pub fn tell(self, case: &mut Case) {
        case.bank = BankFacts {
            claims_net_to_date: self.claims_net,
            registered_ip_to_date: self.registered_ip,
            ..BankFacts::default()
        };
        case.borrower.counted_elsewhere = self.counted_elsewhere;
        case.fund = FundFacts { balance: self.fund_balance, total: self.fund_total, ..FundFacts::default() };
    }
}

/// Compensation to banks less what came back, with what is set aside or ordered for claims that are not paid; one claim
/// left out.
///
/// # Errors
/// Storage; `Overflow`.
pub fn claims_net(db: &mut Db, fund_id: &str, banks: &[String], except: Option<&str>) -> Result<Fen, UseCaseError> {
    let mut promised: BTreeMap<String, i64> = BTreeMap::new();
    for kind in ["earmarked", "ordered"] {
        for row in money::commitments_in_force(db, fund_id, kind)? {
            let sum = promised.entry(row.subject).or_default();
            *sum = sum.saturating_add(row.amount_fen);
        }
    }
    let statuses = claims::statuses(db, &Reach::of_fund(fund_id))?;
    let own = statuses.iter().filter(|status| banks.contains(&status.bank) && except != Some(status.claim_id.as_str()));
    let mut net = 0_i64;
    for status in own {
        net = net.saturating_add(net_of(status, promised.get(&status.claim_id).copied().unwrap_or(0)));
    }
    Ok(Fen::try_new(net.max(0))?)
}

/// What one claim came to: paid and promised, less recovered.
#[must_use]
pub const fn net_of(status: &ClaimStatusRow, promised: i64) -> i64 {
    status.paid_fen.saturating_add(promised).saturating_sub(status.recovered_fen)
}

/// IP part of the principal of every covered loan of banks.
///
/// # Errors
/// Storage; `Overflow`.
pub fn registered_ip(db: &mut Db, fund_id: &str, banks: &[String]) -> Result<Fen, UseCaseError> {
    let mut sum = Fen::ZERO;
    for (principal, share) in loans::enrolled_parts(db, fund_id, banks)? {
        sum = sum.checked_add(ip_amount(Fen::try_new(principal)?, Ppm::try_new(share)?)?)?;
    }
    Ok(sum)
}
