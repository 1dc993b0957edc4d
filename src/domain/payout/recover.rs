//! Money that comes back, divided as a rulebook says: costs, ratio, who is due what until when.
//!
//! The arithmetic in the ratio borne is rule R4 (`crate::domain::recovery`); a ratio of its own fills the parties that
//! have not yet got back what they bore.
//! **Invariant:** nobody gets back more than it bore; what is left over is never the fund's.

use chrono::NaiveDate;

use super::Rules;
use super::case::{BankFacts, BorrowerFacts, Case, FundFacts, GuarantorFacts, LoanFacts};
use super::observe::span_end;
use super::outcome::{Decision, Reason, ReasonCode};
use super::run::{Cited, Run};
use super::weights::tie_rank;
use crate::domain::money::Fen;
use crate::domain::recovery::{Receipt, Recovery as Account};
use crate::domain::rulebook::vocabulary::{LateRecovery, Refill};
use crate::domain::rulebook::{Name, Origin, PartyIx, Ratio, Recovery, RecoveryRatio, Rulebook};
use crate::domain::split::{Rounding, SplitError, split};

/// What came back on one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCase {
    /// The caller's name for it.
    pub case: String,
    /// The business date.
    pub on: NaiveDate,
    /// What each party bears, by its id.
    pub borne: Vec<(String, Fen)>,
    /// Receipts in the order in which they came.
    pub receipts: Vec<ReceiptFacts>,
}

/// One receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptFacts {
    /// When it came.
    pub on: Option<super::case::When>,
    /// Proceeds.
    pub gross: Option<Fen>,
    /// Cost of those proceeds.
    pub cost: Option<Fen>,
    /// Whether the loss had been written off by then.
    pub after_write_off: Option<bool>,
}

/// What one receipt leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Each party's part.
    pub parts: Vec<(Name, Fen)>,
    /// What is left when everyone is whole.
    pub surplus: Fen,
    /// Cost that no receipt has covered yet.
    pub cost_carried: Fen,
    /// Last day on which it is returned.
    pub due_on: Option<NaiveDate>,
    /// Whether it stays with the bank because it came after the write-off.
    pub kept: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryOutcome {
    /// Pay, or hold where the measure leaves something open.
    pub decision: Decision,
    /// What is open.
    pub reasons: Vec<Reason>,
    /// One entry a receipt.
    pub receipts: Vec<Returned>,
    /// What each party has got back.
    pub returned: Vec<(Name, Fen)>,
    /// What each party has not got back.
    pub unreimbursed: Vec<(Name, Fen)>,
    /// What a recovery refills.
    pub refills: Vec<Refill>,
}

/// Divides what came back. A party that the rulebook does not know holds the case.
#[must_use]
pub fn recover(rules: &Rules<'_>, came: &RecoveryCase) -> RecoveryOutcome {
    let case = as_case(came);
    let mut run = Run::new(rules, &case);
    let none = Origin::NONE;
    let clause = rules.book.recovery.as_ref();
    let cited = Cited::section("recovery", clause.map_or(&none, |clause| &clause.origin));
    let borne = parties(rules.book, came);
    let (mut receipts, mut refills) = (Vec::new(), Vec::new());
    let mut standing = Standing::new(borne.clone().unwrap_or_default());
    match (clause, &borne) {
        (None, _) => run.hold(ReasonCode::ClauseUnknown, cited, &[]),
        (_, None) => run.hold(ReasonCode::FactContradicts, cited, &[]),
        (Some(clause), Some(_)) => {
            refills = run.stated(cited, &clause.refills).unwrap_or_default();
            for receipt in &came.receipts {
                match returned(&mut run, cited, clause, receipt, &mut standing) {
                    Some(step) => receipts.push(step),
                    None => break,
                }
            }
        }
    }
    let named = |parts: Vec<(PartyIx, Fen)>| -> Vec<(Name, Fen)> {
        parts.into_iter().map(|(party, fen)| (rules.book.party(party).id.clone(), fen)).collect()
    };
    let decision = if run.waiting { Decision::Hold } else { Decision::Pay };
    RecoveryOutcome {
        decision,
        reasons: run.reasons,
        receipts,
        returned: named(standing.returned()),
        unreimbursed: named(standing.left.clone()),
        refills,
    }
}

/// The parties with what they bear, in tie order; none where the rulebook does not know one or one is there twice.
fn parties(book: &Rulebook, came: &RecoveryCase) -> Option<Vec<(PartyIx, Fen)>> {
    let mut borne: Vec<(PartyIx, Fen)> = Vec::new();
    for (id, fen) in &came.borne {
        let place = PartyIx(book.parties.iter().position(|party| party.id == id.as_str())?);
        if borne.iter().any(|(known, _)| *known == place) {
            return None;
        }
        borne.push((place, *fen));
    }
    borne.sort_by_key(|(party, _)| tie_rank(book, None, *party));
    Some(borne)
}

/// What is still owed to whom.
struct Standing {
    borne: Vec<(PartyIx, Fen)>,
    left: Vec<(PartyIx, Fen)>,
    account: Account<PartyIx>,
    carried: Fen,
}

impl Standing {
    fn new(borne: Vec<(PartyIx, Fen)>) -> Standing {
        let account = Account::new(&borne);
        Standing { left: borne.clone(), borne, account, carried: Fen::ZERO }
    }

    fn returned(&self) -> Vec<(PartyIx, Fen)> {
        let back = |(party, borne): &(PartyIx, Fen)| {
            let left = self.left.iter().find(|(known, _)| known == party).map_or(Fen::ZERO, |(_, fen)| *fen);
            (*party, borne.saturating_sub(left))
        };
        self.borne.iter().map(back).collect()
    }

    /// One receipt in the ratio borne (R4).
    fn by_borne(&mut self, receipt: Receipt) -> Result<(Vec<(PartyIx, Fen)>, Fen), SplitError> {
        let step = self.account.take(receipt).map_err(|error| match error {
            crate::domain::recovery::RecoveryError::Split(error) => error,
        })?;
        self.left = self.account.unreimbursed();
        self.carried = step.cost_carried;
        Ok((step.parts, step.surplus))
    }

    /// One receipt in a ratio of its own: whoever is whole drops out and the rest goes on among the others.
    fn by_ratio(&mut self, receipt: Receipt, ratio: &Ratio) -> Result<(Vec<(PartyIx, Fen)>, Fen), SplitError> {
        let cost = receipt.cost.checked_add(self.carried).map_err(SplitError::from)?;
        self.carried = cost.saturating_sub(receipt.gross);
        let mut rest = receipt.gross.saturating_sub(cost);
        let mut parts: Vec<(PartyIx, Fen)> = self.left.iter().map(|(party, _)| (*party, Fen::ZERO)).collect();
        loop {
            let open = |party: PartyIx| self.left.iter().any(|(known, fen)| *known == party && *fen > Fen::ZERO);
            let weights: Vec<(PartyIx, i128)> = ratio
                .iter()
                .filter(|(party, rate)| open(*party) && rate.get() > 0)
                .map(|(party, rate)| (*party, i128::from(rate.get())))
                .collect();
            if rest == Fen::ZERO || weights.is_empty() {
                return Ok((parts, rest));
            }
            let mut given = Fen::ZERO;
            for (party, share) in split(rest, &weights, Rounding::LargestRemainder)? {
                let left = self.left.iter_mut().find(|(known, _)| *known == party);
                let Some((_, left)) = left else {
                    continue;
                };
                let taken = share.min(*left);
                *left = left.saturating_sub(taken);
                given = given.checked_add(taken).map_err(SplitError::from)?;
                if let Some((_, part)) = parts.iter_mut().find(|(known, _)| *known == party) {
                    *part = part.checked_add(taken).map_err(SplitError::from)?;
                }
            }
            rest = rest.saturating_sub(given);
        }
    }
}

/// What one receipt leads to; none where the measure leaves open what is needed.
fn returned(
    run: &mut Run<'_>,
    cited: Cited<'_>,
    clause: &Recovery,
    receipt: &ReceiptFacts,
    standing: &mut Standing,
) -> Option<Returned> {
    let gross = receipt.gross.unwrap_or(Fen::ZERO);
    if receipt.after_write_off == Some(true) && run.stated(cited, &clause.late)? == LateRecovery::None {
        let parts = Vec::new();
        return Some(Returned { parts, surplus: gross, cost_carried: standing.carried, due_on: None, kept: true });
    }
    let costs_first = run.stated(cited, &clause.costs_first)?;
    let ratio = run.stated(cited, &clause.ratio)?;
    let cost = if costs_first { receipt.cost.unwrap_or(Fen::ZERO) } else { Fen::ZERO };
    let receipt_of = Receipt { gross, cost };
    let divided = match &ratio {
        RecoveryRatio::Borne => standing.by_borne(receipt_of),
        RecoveryRatio::Fixed(ratio) => standing.by_ratio(receipt_of, ratio),
    };
    let (parts, surplus) = run.fits(cited, divided)?;
    let book = run.book;
    let parts = parts.into_iter().map(|(party, fen)| (book.party(party).id.clone(), fen)).collect();
    let due_on = due(run, cited, clause, receipt);
    Some(Returned { parts, surplus, cost_carried: standing.carried, due_on, kept: false })
}

/// The last day on which a receipt is returned; a year without published holidays holds.
fn due(run: &mut Run<'_>, cited: Cited<'_>, clause: &Recovery, receipt: &ReceiptFacts) -> Option<NaiveDate> {
    let within = run.stated(cited, &clause.return_within)?;
    let Some(super::case::When::On(came)) = receipt.on else {
        return None;
    };
    match span_end(run.scene.calendar, came, within) {
        Ok(day) => Some(day),
        Err(missing) => {
            run.hold_for_missing(cited, &[missing]);
            None
        }
    }
}

/// The recovery as a case, so that reasons are collected as everywhere.
fn as_case(came: &RecoveryCase) -> Case {
    Case {
        case: came.case.clone(),
        on: came.on,
        loan: LoanFacts::default(),
        borrower: BorrowerFacts::default(),
        ip_rights: None,
        claim: None,
        bank: BankFacts::default(),
        guarantor: GuarantorFacts::default(),
        fund: FundFacts::default(),
    }
}
