//! How a claim stands after one more act.
//!
//! Owns what can be told from the acts alone: the order of steps, who may take them, that a second person is another
//! one, and the amounts that must fit each other. `verify` folds every claim again, so that no state can be reached
//! without the acts that lead to it.
//! **Invariant:** an act that is refused changes nothing.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::act::ClaimAct;
use super::clocks::Stay;
use super::refusal::ClaimRefusal;
use super::state::{Award, Claim, Desk, Order, Payment, Review, Stage};
use crate::domain::money::Fen;
use crate::domain::people::Office;

pub(super) type Step = Result<(), ClaimRefusal>;

impl Claim {
    /// The claim after an act of a person in an office on a day.
    ///
    /// # Errors
    /// `ClaimRefusal`, with nothing changed.
    pub fn after(&self, act: &ClaimAct, by: &Office, on: NaiveDate) -> Result<Claim, ClaimRefusal> {
        let mut next = self.clone();
        next.may_try(act, by)?;
        next.take(act, by, on)?;
        next.version = next.version.saturating_add(1);
        next.move_desk(on);
        Ok(next)
    }

    fn take(&mut self, act: &ClaimAct, by: &Office, on: NaiveDate) -> Step {
        match act {
            ClaimAct::Drafted { .. }
            | ClaimAct::Submitted { .. }
            | ClaimAct::Accepted { .. }
            | ClaimAct::Returned { .. }
            | ClaimAct::Relodged { .. }
            | ClaimAct::Withdrawn { .. }
            | ClaimAct::Reviewed { .. } => self.ask(act, by),
            ClaimAct::Approved { .. }
            | ClaimAct::ApprovalConfirmed { .. }
            | ClaimAct::ApprovalRevoked { .. }
            | ClaimAct::Rejected { .. }
            | ClaimAct::Appealed { .. }
            | ClaimAct::AppealDecided { .. }
            | ClaimAct::Countersigned { .. }
            | ClaimAct::Publicised { .. }
            | ClaimAct::Objected { .. }
            | ClaimAct::ObjectionSettled { .. } => self.decide(act, by, on),
            ClaimAct::Ordered { .. }
            | ClaimAct::OrderCancelled { .. }
            | ClaimAct::Paid { .. }
            | ClaimAct::Bounced { .. }
            | ClaimAct::Received { .. } => self.pay(act, by, on),
            _ => self.pursue(act, by, on),
        }
    }

    fn ask(&mut self, act: &ClaimAct, by: &Office) -> Step {
        match act {
            ClaimAct::Drafted { figures } => {
                self.drafters.extend(hands(by));
                self.documents = figures.documents.iter().cloned().collect();
                self.figures = Some(figures.clone());
            }
            ClaimAct::Submitted { .. } => {
                if self.figures.is_none() {
                    return Err(ClaimRefusal::Open { what: "draft" });
                }
                // Scan, confirmer and call back of a sealed return stand for the bank's second person.
                if by.under_return.is_none() {
                    refuse_any(&self.drafters, by, same)?;
                }
                self.makers.append(&mut self.drafters);
                self.makers.extend(hands(by));
                self.stage = Stage::Submitted;
            }
            ClaimAct::Accepted { .. } => {
                self.reviewers.extend(hands(by));
                self.stage = Stage::Accepted;
            }
            ClaimAct::Returned { deficiencies, due_on } => {
                if deficiencies.is_empty() {
                    return Err(ClaimRefusal::ReasonMissing);
                }
                let to = if matches!(self.stage, Stage::Submitted) { Desk::Acceptance } else { Desk::Review };
                self.reviewers.extend(hands(by));
                self.returned = self.returned.saturating_add(1);
                self.review = None;
                self.stage = Stage::Returned { to, due_on: *due_on, deficiencies: deficiencies.clone() };
            }
            ClaimAct::Relodged { figures, documents, .. } => {
                self.makers.extend(hands(by));
                if let Some(figures) = figures {
                    self.documents.extend(figures.documents.iter().cloned());
                    self.figures = Some(figures.clone());
                }
                self.documents.extend(documents.iter().cloned());
                let review = matches!(self.stage, Stage::Returned { to: Desk::Review, .. });
                self.stage = if review { Stage::Accepted } else { Stage::Submitted };
            }
            ClaimAct::Withdrawn { .. } => self.stage = Stage::Withdrawn,
            ClaimAct::Reviewed { opinion, inspection, early_default, no_conflict, .. } => {
                declared(*no_conflict)?;
                if inspection.as_ref().is_some_and(|inspection| !inspection.no_conflict) {
                    return Err(ClaimRefusal::DeclarationMissing);
                }
                self.reviewers.extend(hands(by));
                let (inspected, early_default) = (inspection.is_some(), early_default.is_some());
                self.review = Some(Review { opinion: *opinion, inspected, early_default });
                self.stage = Stage::Reviewed;
            }
            _ => {}
        }
        Ok(())
    }

    fn decide(&mut self, act: &ClaimAct, by: &Office, on: NaiveDate) -> Step {
        match act {
            ClaimAct::Approved { amount, calculation, no_conflict, meeting, signed_scan, .. } => {
                declared(*no_conflict)?;
                self.refuse_conflict(by)?;
                if *amount == Fen::ZERO {
                    return Err(ClaimRefusal::Amount { given: *amount, expected: *amount });
                }
                let on_paper = meeting.is_some() || signed_scan.is_some();
                self.award = Some(Award {
                    amount: *amount,
                    calculation: *calculation,
                    granted_on: on,
                    by: hands(by).collect(),
                    is_top_up: false,
                    countersigned: false,
                    public_until: None,
                    open_objections: 0,
                });
                self.granters.extend(hands(by));
                self.stage = if on_paper { Stage::AwaitingConfirmation } else { Stage::Approved };
            }
            ClaimAct::ApprovalConfirmed { .. } => {
                self.refuse_conflict(by)?;
                refuse_any(&self.granters, by, same)?;
                self.granters.extend(hands(by));
                if let Some(award) = &mut self.award {
                    award.by.extend(hands(by));
                }
                self.stage = Stage::Approved;
            }
            ClaimAct::ApprovalRevoked { .. } => {
                refuse_any(&self.makers, by, conflict)?;
                self.revoke();
            }
            ClaimAct::Rejected { reasons, appeal_until, .. } => {
                self.refuse_conflict(by)?;
                if reasons.is_empty() {
                    return Err(ClaimRefusal::ReasonMissing);
                }
                self.refusers.extend(hands(by));
                self.stage = Stage::Rejected { appeal_until: *appeal_until, is_final: false };
            }
            ClaimAct::Appealed { .. } => {
                if let Stage::Rejected { appeal_until: Some(until), .. } = self.stage
                    && on > until
                {
                    return Err(ClaimRefusal::TooLate { until });
                }
                self.makers.extend(hands(by));
                self.stage = Stage::Appealed;
            }
            ClaimAct::AppealDecided { upheld, .. } => {
                self.refuse_conflict(by)?;
                refuse_any(&self.refusers, by, conflict)?;
                self.refusers.extend(hands(by));
                let refused = Stage::Rejected { appeal_until: None, is_final: true };
                self.stage = if *upheld { Stage::Accepted } else { refused };
            }
            _ => self.make_public(act, by, on)?,
        }
        Ok(())
    }

    /// Nothing is granted any more. What was paid before stands; what was only entered from paper is decided anew on the
    /// review there was; what was granted is reviewed again.
    fn revoke(&mut self) {
        let Some(award) = self.award.take() else { return };
        self.stage = match self.stage {
            _ if award.is_top_up => Stage::Recovering,
            Stage::AwaitingConfirmation => Stage::Reviewed,
            _ => Stage::Accepted,
        };
        if matches!(self.stage, Stage::Accepted) {
            self.review = None;
        }
    }

    fn make_public(&mut self, act: &ClaimAct, by: &Office, on: NaiveDate) -> Step {
        let stage = self.stage.code();
        let Some(award) = &mut self.award else {
            return Err(ClaimRefusal::Stage { stage });
        };
        match act {
            ClaimAct::Countersigned { no_conflict, .. } => {
                declared(*no_conflict)?;
                refuse_any(&self.granters, by, same)?;
                award.countersigned = true;
            }
            ClaimAct::Publicised { from, until, .. } => {
                let until = until.unwrap_or(*from);
                if until < *from {
                    return Err(ClaimRefusal::Day { day: until });
                }
                award.public_until = Some(until);
            }
            ClaimAct::Objected { .. } => {
                if award.public_until.is_none() {
                    return Err(ClaimRefusal::PublicityNeeded);
                }
                award.open_objections = award.open_objections.saturating_add(1);
            }
            ClaimAct::ObjectionSettled { upheld, .. } => {
                award.open_objections =
                    award.open_objections.checked_sub(1).ok_or(ClaimRefusal::Open { what: "objection" })?;
                if *upheld {
                    self.revoke();
                }
            }
            _ => return Err(ClaimRefusal::Day { day: on }),
        }
        Ok(())
    }

    fn pay(&mut self, act: &ClaimAct, by: &Office, on: NaiveDate) -> Step {
        match act {
            ClaimAct::Ordered { amount, .. } => {
                let Some(award) = &self.award else { return Err(ClaimRefusal::Open { what: "award" }) };
                if *amount != award.amount {
                    return Err(ClaimRefusal::Amount { given: *amount, expected: award.amount });
                }
                if award.open_objections > 0 {
                    return Err(ClaimRefusal::ObjectionOpen);
                }
                // One person alone never moves money.
                refuse_any(&self.granters, by, same)?;
                self.order = Some(Order { amount: *amount, on, by: hands(by).collect() });
                self.stage = Stage::Ordered;
            }
            ClaimAct::OrderCancelled { .. } => {
                self.order = None;
                self.stage = Stage::Approved;
            }
            ClaimAct::Paid { paid_on, .. } => {
                let Some(order) = self.order.take() else { return Err(ClaimRefusal::Open { what: "order" }) };
                refuse_any(&self.granters, by, same)?;
                refuse_any(&order.by, by, same)?;
                self.governing = self.award.as_ref().map(|award| award.calculation);
                let no = u32::try_from(self.payments.len()).unwrap_or(u32::MAX).saturating_add(1);
                self.payments.push(Payment {
                    no,
                    version: self.version.saturating_add(1),
                    amount: order.amount,
                    paid_on: *paid_on,
                    bounced: false,
                    received_on: None,
                });
                self.stage = Stage::Paid;
            }
            ClaimAct::Bounced { bounced_on, .. } => {
                if let Some(payment) = self.payments.last_mut() {
                    if *bounced_on < payment.paid_on {
                        return Err(ClaimRefusal::Day { day: *bounced_on });
                    }
                    payment.bounced = true;
                }
                self.stage = Stage::Approved;
            }
            ClaimAct::Received { received_on, .. } => {
                if let Some(payment) = self.payments.last_mut() {
                    if *received_on < payment.paid_on {
                        return Err(ClaimRefusal::Day { day: *received_on });
                    }
                    payment.received_on = Some(*received_on);
                }
                self.award = None;
                self.stage = Stage::Recovering;
            }
            _ => {}
        }
        Ok(())
    }

    /// Nobody who asked for it, registered the loan or reviewed the claim decides on it.
    pub(super) fn refuse_conflict(&self, by: &Office) -> Step {
        refuse_any(&self.makers, by, conflict)?;
        refuse_any(&self.registrars, by, conflict)?;
        refuse_any(&self.reviewers, by, conflict)
    }

    /// Ends the stay at the desk that had it and begins one at the desk that has it now.
    fn move_desk(&mut self, on: NaiveDate) {
        let now = self.stage.desk();
        let open = self.stays.last_mut().filter(|stay| stay.until.is_none());
        if open.as_ref().map(|stay| stay.desk) == now {
            return;
        }
        if let Some(stay) = open {
            stay.until = Some(on);
        }
        self.stays.extend(now.map(|desk| Stay { desk, from: on, until: None }));
    }
}

pub(super) fn hands(by: &Office) -> impl Iterator<Item = String> + '_ {
    by.hands().map(str::to_owned)
}

pub(super) fn same(person: String) -> ClaimRefusal {
    ClaimRefusal::SamePerson { person }
}

fn conflict(person: String) -> ClaimRefusal {
    ClaimRefusal::Conflict { person }
}

pub(super) fn refuse_any(those: &BTreeSet<String>, by: &Office, refusal: fn(String) -> ClaimRefusal) -> Step {
    match by.hands().find(|hand| those.contains(*hand)) {
        Some(hand) => Err(refusal(hand.to_owned())),
        None => Ok(()),
    }
}

fn declared(no_conflict: bool) -> Step {
    if no_conflict { Ok(()) } else { Err(ClaimRefusal::DeclarationMissing) }
}
