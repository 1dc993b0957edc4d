//! What must hold besides the order of steps: papers, levels, closer looks, money.
//!
//! Owns the rules that need facts from outside the claim. The caller gathers them in `Bearings`; nothing is read here.
//! **Invariant:** an approval binds to the calculation it saw: where the facts give another amount by then, it is
//! refused and says the new one.

use chrono::{Months, NaiveDate};

use super::act::{ClaimAct, Destination, Figures, Meeting, ProposalKind, RecoveryKind, WriteOffBasis};
use super::contradictions::{self, Contradiction, LoanSide};
use super::handling::Handling;
use super::refusal::ClaimRefusal;
use super::state::{Claim, Stage};
use crate::domain::fund_life::Channel;
use crate::domain::money::{Fen, FenDelta};
use crate::domain::people::Office;
use crate::domain::quarter::Quarter;

/// How long after the end of enforcement a loss may be written off (`shuozhou.md`, article 23: two years).
const WRITE_OFF_AFTER: Months = Months::new(24);

/// The last calculation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// What it says, as a word.
    pub decision: String,
    /// What is paid now: the payout, or the provisional part.
    pub payable: Fen,
    /// Its number.
    pub version: u32,
}

/// Facts around an act.
#[derive(Debug)]
pub struct Bearings {
    /// Business date.
    pub on: NaiveDate,
    /// The process.
    pub handling: Handling,
    /// The calculation that holds now.
    pub computed: Option<Computed>,
    /// Papers still missing that are needed to compute, by code.
    pub missing_to_compute: Vec<String>,
    /// Papers still missing that are needed to approve, by code.
    pub missing_to_approve: Vec<String>,
    /// What the loan says.
    pub loan: LoanSide,
    /// The default came soon after disbursement.
    pub is_early_default: bool,
    /// What the fund would have free if nothing stood for this claim.
    pub free_without: FenDelta,
    /// How the fund pays.
    pub channel: Channel,
    /// The account of the agreement.
    pub payee: Option<String>,
    /// The treasury takes no orders on this day.
    pub treasury_closed: bool,
    /// Who entered sealed returns for the bank that asks, as keys.
    pub returners: Vec<String>,
    /// Payments to the bank are suspended.
    pub is_suspended: bool,
}

/// Refuses what does not hold. The claim is as it stands before the act.
///
/// # Errors
/// The first refusal, in the precedence of `ClaimRefusal`.
pub fn check(claim: &Claim, act: &ClaimAct, by: &Office, at: &Bearings) -> Result<(), ClaimRefusal> {
    // Who writes for a bank has no hand in what the fund does with that bank's claims.
    if let Some(hand) = by.hands().find(|hand| by.bank().is_none() && at.returners.iter().any(|known| known == hand)) {
        return Err(ClaimRefusal::Conflict { person: hand.to_owned() });
    }
    match act {
        ClaimAct::Drafted { figures } => plausible(figures, at),
        ClaimAct::FinalStated { figures } => final_figures(figures, at),
        ClaimAct::Relodged { figures, .. } => {
            in_time(claim, at)?;
            figures.as_ref().map_or(Ok(()), |figures| plausible(figures, at))
        }
        ClaimAct::Submitted { .. } => match &claim.figures {
            Some(figures) => plausible(figures, at),
            None => Ok(()),
        },
        ClaimAct::Reviewed { early_default, inspection, .. } => {
            closer_look(at, inspection.is_some(), early_default.is_some())
        }
        ClaimAct::Approved { amount, calculation, meeting, reduced_because, .. } => {
            approval(by, at, (*amount, *calculation), meeting.as_ref(), reduced_because.is_some())?;
            looked_closely(claim, at)
        }
        ClaimAct::ApprovalConfirmed { .. } => match &claim.award {
            Some(award) => enough(award.amount, at),
            None => Ok(()),
        },
        ClaimAct::Publicised { from, .. } => match &claim.award {
            Some(award) if *from < award.granted_on => Err(ClaimRefusal::Day { day: *from }),
            _ => Ok(()),
        },
        ClaimAct::ResettlementDecided { accepted: true, meeting, .. } => resettlement(claim, by, at, meeting.as_ref()),
        ClaimAct::Ordered { external_no, despite_calendar, .. } => {
            order(claim, at, external_no.is_some(), despite_calendar.is_some())
        }
        ClaimAct::Withdrawn { .. } => withdrawal(claim, by, at),
        ClaimAct::Paid { paid_on, .. } => {
            let ordered_on = claim.order.as_ref().map(|order| order.on);
            if ordered_on.is_some_and(|ordered_on| *paid_on < ordered_on) {
                return Err(ClaimRefusal::Day { day: *paid_on });
            }
            not_ahead(*paid_on, at)
        }
        _ => pursuit(claim, act, at),
    }
}

/// What must hold for acts after the payment.
fn pursuit(claim: &Claim, act: &ClaimAct, at: &Bearings) -> Result<(), ClaimRefusal> {
    match act {
        ClaimAct::GivenBack { on, .. } => not_ahead(*on, at),
        ClaimAct::RecoveryBanked { on, destination, .. } => {
            // The treasury's quota does not grow by what is paid in there.
            if at.channel == Channel::Treasury && *destination != Destination::Treasury {
                return Err(ClaimRefusal::Destination);
            }
            not_ahead(*on, at)
        }
        ClaimAct::RecoveryCollected { kind, on, .. } => {
            if *kind == RecoveryKind::LoanSold && !claim.sale_agreed {
                return Err(ClaimRefusal::Open { what: "sale" });
            }
            not_ahead(*on, at)
        }
        ClaimAct::RecoveryReported { quarter, .. } => {
            let begun = Quarter::parse(quarter).filter(|quarter| quarter.first_day() <= at.on);
            if begun.is_none() {
                return Err(ClaimRefusal::Quarter { quarter: quarter.clone() });
            }
            match claim.quarters.contains(quarter) {
                true => Err(ClaimRefusal::QuarterReported { quarter: quarter.clone() }),
                false => Ok(()),
            }
        }
        ClaimAct::Proposed { proposal: ProposalKind::WriteOff, basis, basis_since, .. } => {
            write_off(*basis, *basis_since, at.on)
        }
        _ => Ok(()),
    }
}

/// A loss is written off when the bankruptcy has ended, when enforcement was ended two years ago, or when the debtor
/// is shown to have nothing (`shuozhou.md`, article 23).
fn write_off(basis: Option<WriteOffBasis>, since: Option<NaiveDate>, on: NaiveDate) -> Result<(), ClaimRefusal> {
    let ripe = |since: NaiveDate| since.checked_add_months(WRITE_OFF_AFTER).is_some_and(|ripe| ripe <= on);
    let holds = match (basis, since) {
        (Some(WriteOffBasis::EnforcementEnded), Some(since)) => ripe(since),
        (Some(WriteOffBasis::BankruptcyEnded | WriteOffBasis::NoAssets), Some(since)) => since <= on,
        _ => false,
    };
    if holds { Ok(()) } else { Err(ClaimRefusal::WriteOffBasis) }
}

/// The bank's time to put a claim right has not run out.
fn in_time(claim: &Claim, at: &Bearings) -> Result<(), ClaimRefusal> {
    match claim.stage {
        Stage::Returned { due_on: Some(until), .. } if at.on > until => Err(ClaimRefusal::TooLate { until }),
        _ => Ok(()),
    }
}

/// What the amount and the loan ask of the review, as they are when it is decided: both may have grown since.
fn looked_closely(claim: &Claim, at: &Bearings) -> Result<(), ClaimRefusal> {
    let Some(review) = &claim.review else { return Ok(()) };
    closer_look(at, review.inspected, review.early_default)
}

fn closer_look(at: &Bearings, inspected: bool, early_default: bool) -> Result<(), ClaimRefusal> {
    let payable = at.computed.as_ref().map_or(Fen::ZERO, |computed| computed.payable);
    if at.is_early_default && !early_default {
        return Err(ClaimRefusal::EarlyDefaultReview);
    }
    match at.handling.inspection_over {
        Some(over) if payable > over && !inspected => Err(ClaimRefusal::InspectionNeeded { over }),
        _ => Ok(()),
    }
}

/// Final figures stand for a loss whose loan may be off the bank's books by then: its reported balance is no measure.
fn final_figures(figures: &Figures, at: &Bearings) -> Result<(), ClaimRefusal> {
    let by_now = [Contradiction::NothingUnpaid, Contradiction::AboveReported];
    match contradictions::all(figures, &at.loan, at.on).find(|found| !by_now.contains(found)) {
        Some(contradiction) => Err(ClaimRefusal::Contradiction { code: contradiction.code() }),
        None => Ok(()),
    }
}

fn plausible(figures: &Figures, at: &Bearings) -> Result<(), ClaimRefusal> {
    match contradictions::first(figures, &at.loan, at.on) {
        Some(contradiction) => Err(ClaimRefusal::Contradiction { code: contradiction.code() }),
        None => Ok(()),
    }
}

fn not_ahead(day: NaiveDate, at: &Bearings) -> Result<(), ClaimRefusal> {
    if day > at.on { Err(ClaimRefusal::Day { day }) } else { Ok(()) }
}

fn approval(
    by: &Office,
    at: &Bearings,
    (amount, calculation): (Fen, u32),
    meeting: Option<&Meeting>,
    is_reduced: bool,
) -> Result<(), ClaimRefusal> {
    let missing: Vec<String> = at.missing_to_compute.iter().chain(&at.missing_to_approve).cloned().collect();
    if !missing.is_empty() {
        return Err(ClaimRefusal::Documents { missing });
    }
    let none = || ClaimRefusal::NotPayable { decision: "-".to_owned() };
    let computed = at.computed.as_ref().ok_or_else(none)?;
    if !matches!(computed.decision.as_str(), "pay" | "pay_provisional") || computed.payable == Fen::ZERO {
        return Err(ClaimRefusal::NotPayable { decision: computed.decision.clone() });
    }
    if calculation != computed.version {
        return Err(ClaimRefusal::Recomputed { now: computed.payable });
    }
    if amount > computed.payable || amount < computed.payable && !is_reduced {
        return Err(ClaimRefusal::Amount { given: amount, expected: computed.payable });
    }
    level(by, &at.handling, amount, meeting)?;
    enough(amount, at)
}

/// The level that decides on the amount, or one above it. Gives whether a meeting decides there.
fn held(by: &Office, handling: &Handling, amount: Fen) -> Result<bool, ClaimRefusal> {
    let Some(needed) = handling.level_for(amount) else { return Ok(false) };
    let named = handling.levels.get(needed).map_or_else(String::new, |level| level.id.clone());
    let has = by.level.as_deref().and_then(|id| handling.place_of(id));
    if has.is_none_or(|has| has < needed) {
        return Err(ClaimRefusal::Level { needed: named });
    }
    Ok(handling.levels.get(needed).is_some_and(|level| level.is_meeting))
}

/// The level, with its meeting where one decides.
fn level(by: &Office, handling: &Handling, amount: Fen, meeting: Option<&Meeting>) -> Result<(), ClaimRefusal> {
    let is_meeting = held(by, handling, amount)?;
    match meeting {
        None if is_meeting => Err(ClaimRefusal::MeetingNeeded),
        Some(meeting) => agreed(meeting),
        None => Ok(()),
    }
}

/// Enough members were there, and more of them agreed than not: a majority of those present.
fn agreed(meeting: &Meeting) -> Result<(), ClaimRefusal> {
    let votes = meeting.votes_for.saturating_add(meeting.votes_against);
    let majority = meeting.votes_for.saturating_mul(2) > meeting.present;
    if meeting.present < meeting.required || votes > meeting.present || !majority {
        return Err(ClaimRefusal::MeetingInvalid);
    }
    Ok(())
}

/// Free money stays at or above zero once the amount is taken out.
fn enough(amount: Fen, at: &Bearings) -> Result<(), ClaimRefusal> {
    let free = at.free_without.get().saturating_sub(amount.get());
    if free < 0 { Err(ClaimRefusal::Short { free: FenDelta::new(free) }) } else { Ok(()) }
}

/// A top-up is decided at the level of all that is then granted, so that no claim grows past a level in small steps.
fn resettlement(claim: &Claim, by: &Office, at: &Bearings, meeting: Option<&Meeting>) -> Result<(), ClaimRefusal> {
    let Some(super::state::Pending::Resettlement { due, .. }) = &claim.pending else { return Ok(()) };
    let settlement = crate::domain::settlement::settle(claim.paid_net(), *due);
    if settlement.top_up == Fen::ZERO {
        return Ok(());
    }
    level(by, &at.handling, *due, meeting)?;
    enough(settlement.top_up, at)
}

fn order(claim: &Claim, at: &Bearings, has_external_no: bool, despite_calendar: bool) -> Result<(), ClaimRefusal> {
    if let Some(award) = &claim.award {
        if at.handling.countersign && !award.countersigned {
            return Err(ClaimRefusal::CountersignNeeded);
        }
        let over = award.public_until.is_some_and(|until| at.on > until);
        if at.handling.publicity.is_some() && !award.is_top_up && !over {
            return Err(ClaimRefusal::PublicityNeeded);
        }
    }
    // What was granted stays granted; it is ordered when the bank's payments are let go on.
    if at.is_suspended {
        return Err(ClaimRefusal::BankSuspended);
    }
    if at.payee.is_none() {
        return Err(ClaimRefusal::NoAccount);
    }
    if at.channel == Channel::Treasury {
        if !has_external_no {
            return Err(ClaimRefusal::ExternalNumberMissing);
        }
        if at.treasury_closed && !despite_calendar {
            return Err(ClaimRefusal::TreasuryClosed);
        }
    }
    Ok(())
}

/// The fund takes a claim off the table only when the bank let its time run out.
fn withdrawal(claim: &Claim, by: &Office, at: &Bearings) -> Result<(), ClaimRefusal> {
    if by.bank().is_some() {
        return Ok(());
    }
    match claim.stage {
        Stage::Returned { due_on: Some(due_on), .. } if at.on > due_on => Ok(()),
        _ => Err(ClaimRefusal::Stage { stage: claim.stage.code() }),
    }
}
