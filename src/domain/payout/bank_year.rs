//! Settlement over a bank's whole book at the end of a year: a share of the loss that lies in a slice of it.
//!
//! **Invariant:** nothing outside the slice is shared.

use super::case::{BankFacts, BorrowerFacts, Case, FundFacts, GuarantorFacts, LoanFacts};
use super::limits::{Claimed, limited};
use super::observe::money;
use super::outcome::{Decision, Outcome, ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::sharing::Division;
use super::truth::{Observation, Value};
use super::{Rules, evaluate};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::fact::MoneyFact;
use crate::domain::rulebook::vocabulary::{AboveBands, Allocation, Group, GroupState, LossInLayer};
use crate::domain::rulebook::{Portfolio, Ratio};
use crate::domain::split::{Rounding, SplitError, split};

/// A bank's book at the end of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankYear {
    /// The caller's name for it.
    pub case: String,
    /// The business date.
    pub on: chrono::NaiveDate,
    /// The bank.
    pub bank: BankFacts,
    /// The fund.
    pub fund: FundFacts,
}

/// The answer: an outcome, and how the payment is laid on the loans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearOutcome {
    /// The outcome; `loss_base` is the loss in the slice.
    pub outcome: Outcome,
    /// The part of the book that lies in the slice.
    pub layer: Option<Fen>,
    /// How the payment is laid on the loans.
    pub allocation: Option<Allocation>,
}

/// Settles a bank's book.
#[must_use]
pub fn settle(rules: &Rules<'_>, year: &BankYear) -> YearOutcome {
    let case = as_case(year);
    let mut run = Run::new(rules, &case);
    gates(&mut run);
    let Some(portfolio) = rules.book.portfolio.as_ref() else {
        let cited = Cited::section("portfolio", &rules.book.head.origin);
        run.reject(ReasonCode::NoSharing, cited, &[]);
        return YearOutcome { outcome: finish(run, None, None), layer: None, allocation: None };
    };
    let cited = Cited::section("portfolio", &portfolio.origin);
    let layered = layered(&mut run, portfolio);
    let division = layered.and_then(|(_, loss)| divided(&mut run, portfolio, loss));
    let allocation = run.stated(cited, &portfolio.allocation);
    let layer = layered.map(|(layer, _)| layer);
    let outcome = finish(run, layered.map(|(_, loss)| loss), division);
    YearOutcome { outcome, layer, allocation }
}

/// The groups that decide over such a payment must be known.
fn gates(run: &mut Run<'_>) {
    let book = run.book;
    for answer in &book.groups {
        let open = matches!(answer.state, GroupState::Unknown | GroupState::Partly);
        if open && matches!(answer.group, Group::Portfolio | Group::Caps | Group::Levels | Group::Breakers) {
            run.hold(ReasonCode::ClauseUnknown, Cited::section(answer.group.code(), &answer.origin), &[]);
        }
    }
}

/// The non-performing part that lies in the slice, and the loss in it.
fn layered(run: &mut Run<'_>, portfolio: &Portfolio) -> Option<(Fen, Fen)> {
    let cited = Cited::section("portfolio", &portfolio.origin);
    let (part, whole) = run.stated(cited, &portfolio.ratio)?;
    let (low, high) = run.stated(cited, &portfolio.layer)?;
    let lost = run.stated(cited, &portfolio.loss)?;
    let which = run.stated(cited, &portfolio.loss_in_layer)?;
    let mut seen = Vec::new();
    let bad = read(run, cited, part, &mut seen)?;
    let book = read(run, cited, whole, &mut seen)?;
    let loss = read(run, cited, lost, &mut seen)?;
    let slice = slice(bad, book, (low, high));
    // Scaled by a million; the slice is at most the book, so its whole fen fit.
    let layer = run.fits(cited, whole_fen(slice.width, PPM_ONE))?;
    let above = i128::from(bad.get()).saturating_mul(i128::from(PPM_ONE)) > slice.top;
    if above && portfolio.above.known() == Some(&AboveBands::Reject) {
        run.reject(ReasonCode::AboveBands, cited, &seen);
    }
    let in_layer = run.fits(cited, loss_in(which, bad, loss, &slice))?;
    let inputs = [("low", Value::Rate(low)), ("high", Value::Rate(high)), ("layer", Value::Money(layer))];
    run.step(StepKind::LossBase, cited, &inputs, &seen, Some(in_layer));
    Some((layer, in_layer))
}

/// A slice of a book, in millionths of a fen.
struct SliceOf {
    bottom: i128,
    top: i128,
    width: i128,
}

fn slice(bad: Fen, book: Fen, (low, high): (Ppm, Ppm)) -> SliceOf {
    let scaled = |amount: Fen, rate: i64| i128::from(amount.get()).saturating_mul(i128::from(rate));
    let (bottom, top) = (scaled(book, low.get()), scaled(book, high.get()));
    let reached = scaled(bad, PPM_ONE).clamp(bottom, top.max(bottom));
    SliceOf { bottom, top, width: reached.saturating_sub(bottom) }
}

/// The loss that lies in the slice, rounded down to the fen.
fn loss_in(which: LossInLayer, bad: Fen, loss: Fen, slice: &SliceOf) -> Result<Fen, SplitError> {
    let scale = i128::from(PPM_ONE);
    let lost = i128::from(loss.get()).saturating_mul(scale);
    let scaled = match which {
        LossInLayer::ProRata => {
            if bad == Fen::ZERO {
                return Ok(Fen::ZERO);
            }
            let product = i128::from(loss.get()).checked_mul(slice.width).ok_or(SplitError::Overflow)?;
            return whole_fen(product.checked_div(i128::from(bad.get())).ok_or(SplitError::Overflow)?, PPM_ONE);
        }
        LossInLayer::Bottom => slice.width.min(lost.saturating_sub(slice.bottom).max(0)),
        LossInLayer::Top => {
            let above = i128::from(bad.get()).saturating_mul(scale).saturating_sub(slice.top).max(0);
            slice.width.min(lost.saturating_sub(above).max(0))
        }
    };
    whole_fen(scaled, PPM_ONE)
}

fn whole_fen(scaled: i128, scale: i64) -> Result<Fen, SplitError> {
    let fen = scaled.checked_div(i128::from(scale)).ok_or(SplitError::Overflow)?;
    let fen = i64::try_from(fen).map_err(|_too_large| SplitError::Overflow)?;
    Ok(Fen::try_new(fen)?)
}

fn divided(run: &mut Run<'_>, portfolio: &Portfolio, loss: Fen) -> Option<Division> {
    let cited = Cited::section("portfolio", &portfolio.origin);
    let ratio: Ratio = run.stated(cited, &portfolio.shares)?;
    let weights: Vec<_> = ratio.iter().map(|(party, rate)| (*party, i128::from(rate.get()))).collect();
    let mut shares = run.fits(cited, split(loss, &weights, Rounding::LargestRemainder))?;
    shares.sort_by_key(|(party, _)| *party);
    let rate = ratio.iter().find(|(party, _)| Some(*party) == run.book.fund).map_or(Ppm::ZERO, |(_, rate)| *rate);
    for (party, part) in &shares {
        let known = run.book.party(*party);
        let inputs = [("party", Value::Name(known.id.clone())), ("kind", Value::Word(known.kind.code()))];
        let cited = Cited { name: known.origin.name.as_ref(), ..cited };
        run.step(StepKind::Sharing, cited, &inputs, &[], Some(*part));
    }
    Some(Division { rate, shares, bearer: Some(portfolio.bearer), odd: Vec::new() })
}

fn finish(mut run: Run<'_>, loss: Option<Fen>, division: Option<Division>) -> Outcome {
    let fund = run.book.fund;
    let limited = division.as_ref().zip(loss).map(|(division, loss)| {
        limited(&mut run, Claimed { share: division.part(fund), loss, division: Some(division) })
    });
    let decision = match (run.rejected, run.waiting) {
        (true, _) => Decision::Reject,
        (false, true) => Decision::Hold,
        (false, false) => Decision::Pay,
    };
    evaluate::concluded(run, decision, loss, division, limited)
}

/// The book as a case, so that limits find their facts where they always are.
fn as_case(year: &BankYear) -> Case {
    Case {
        case: year.case.clone(),
        on: year.on,
        loan: LoanFacts::default(),
        borrower: BorrowerFacts::default(),
        ip_rights: None,
        claim: Some(super::case::ClaimFacts::default()),
        bank: year.bank.clone(),
        guarantor: GuarantorFacts::default(),
        fund: year.fund.clone(),
    }
}

fn read(run: &mut Run<'_>, cited: Cited<'_>, fact: MoneyFact, seen: &mut Vec<Observation>) -> Option<Fen> {
    let amount = run.need(cited, fact.fact(), money(run.case, fact))?;
    seen.push(Observation { fact: fact.fact(), value: Value::Money(amount) });
    Some(amount)
}
