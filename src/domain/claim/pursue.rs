//! How a claim stands after what follows its payment: settling anew, what comes back, what ends it.
//!
//! **Invariant:** what was entered wrongly is taken back by a further act of another person; no act is undone.

use chrono::NaiveDate;

use super::act::{ClaimAct, ProposalKind};
use super::fold::{Step, hands, refuse_any, same};
use super::refusal::ClaimRefusal;
use super::state::{Award, Claim, Moved, Movement, Pending, Stage};
use crate::domain::money::Fen;
use crate::domain::people::Office;

impl Claim {
    pub(super) fn pursue(&mut self, act: &ClaimAct, by: &Office, on: NaiveDate) -> Step {
        match act {
            ClaimAct::FinalStated { figures } => {
                self.makers.extend(hands(by));
                self.documents.extend(figures.documents.iter().cloned());
                self.figures = Some(figures.clone());
            }
            ClaimAct::Resettled { due, calculation, .. } => {
                self.refuse_pending()?;
                let due = due.unwrap_or_default();
                if due == self.paid_net() {
                    return Err(ClaimRefusal::Amount { given: due, expected: due });
                }
                let (calculation, by) = (calculation.unwrap_or_default(), hands(by).collect());
                self.pending = Some(Pending::Resettlement { due, calculation, by });
            }
            ClaimAct::ResettlementDecided { accepted, meeting, .. } => {
                let Some(Pending::Resettlement { due, calculation, by: asked }) = self.pending.take() else {
                    return Err(ClaimRefusal::NothingPending);
                };
                refuse_any(&asked, by, same)?;
                self.refuse_conflict(by)?;
                if *accepted {
                    self.resettle((due, calculation), by, on, meeting.is_some());
                }
            }
            ClaimAct::GivenBack { amount, .. } => {
                above_zero_up_to(*amount, self.owed_back())?;
                self.given_back = self.given_back.checked_add(*amount).unwrap_or(self.given_back);
                self.note(Moved::GivenBack(*amount), by);
            }
            ClaimAct::RecoveryCollected { gross, fund_part, .. } => {
                if *gross == Fen::ZERO {
                    return Err(ClaimRefusal::Amount { given: *gross, expected: *gross });
                }
                let part = fund_part.unwrap_or(Fen::ZERO);
                self.collected = self.collected.checked_add(part).unwrap_or(self.collected);
                self.note(Moved::Collected(part), by);
            }
            ClaimAct::RecoveryAllocated { fund_part, .. } => {
                let part = fund_part.unwrap_or(Fen::ZERO);
                self.collected = self.collected.checked_add(part).unwrap_or(self.collected);
                self.banked = self.banked.checked_add(part).unwrap_or(self.banked);
                self.note(Moved::Allocated(part), by);
            }
            ClaimAct::RecoveryBanked { amount, .. } => {
                above_zero_up_to(*amount, self.in_transit())?;
                self.banked = self.banked.checked_add(*amount).unwrap_or(self.banked);
                self.note(Moved::Banked(*amount), by);
            }
            ClaimAct::RecoveryReported { quarter, .. } => {
                self.quarters.insert(quarter.clone());
            }
            ClaimAct::MovementReversed { act_no, .. } => self.reverse(*act_no, by)?,
            ClaimAct::Proposed { proposal, .. } => {
                self.refuse_pending()?;
                self.pending = Some(Pending::Proposal { kind: *proposal, by: hands(by).collect() });
            }
            ClaimAct::ProposalDecided { accepted, .. } => {
                let Some(Pending::Proposal { kind, by: asked }) = self.pending.take() else {
                    return Err(ClaimRefusal::NothingPending);
                };
                refuse_any(&asked, by, same)?;
                if *accepted {
                    self.carry_out(kind, on)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn resettle(&mut self, (due, calculation): (Fen, u32), by: &Office, on: NaiveDate, by_meeting: bool) {
        let settlement = crate::domain::settlement::settle(self.paid_net(), due);
        if settlement.top_up > Fen::ZERO {
            self.granters.extend(hands(by));
            self.award = Some(Award {
                amount: settlement.top_up,
                calculation,
                granted_on: on,
                by: hands(by).collect(),
                is_top_up: true,
                countersigned: false,
                public_until: None,
                open_objections: 0,
            });
            self.stage = if by_meeting { Stage::AwaitingConfirmation } else { Stage::Approved };
        } else {
            self.governing = Some(calculation);
            self.clawed_back = self.clawed_back.checked_add(settlement.clawback).unwrap_or(self.clawed_back);
        }
    }

    fn carry_out(&mut self, kind: ProposalKind, on: NaiveDate) -> Step {
        match kind {
            ProposalKind::Waiver => self.waived = true,
            ProposalKind::Sale => self.sale_agreed = true,
            ProposalKind::WriteOff => self.written_off_on = Some(on),
            ProposalKind::Close => {
                if self.owed_back() > Fen::ZERO {
                    return Err(ClaimRefusal::Open { what: "owed_back" });
                }
                if self.in_transit() > Fen::ZERO {
                    return Err(ClaimRefusal::Open { what: "in_transit" });
                }
                self.stage = Stage::Closed;
            }
        }
        Ok(())
    }

    fn refuse_pending(&self) -> Step {
        if self.pending.is_some() { Err(ClaimRefusal::Pending) } else { Ok(()) }
    }

    fn note(&mut self, moved: Moved, by: &Office) {
        let act_no = self.version.saturating_add(1);
        self.movements.push(Movement { act_no, moved, by: hands(by).collect(), reversed: false });
    }

    /// Takes a movement back. Recoveries go back the newest first, since each was shared on what those before it left.
    fn reverse(&mut self, act_no: u32, by: &Office) -> Step {
        let standing = |movement: &&Movement| !movement.reversed;
        if !self.movements.iter().any(|one| !one.reversed && !matches!(one.moved, Moved::Allocated(_))) {
            return Err(ClaimRefusal::NoMovement);
        }
        let last = self.movements.iter().filter(standing).rfind(|movement| movement.moved.is_recovery());
        let is_last = last.is_some_and(|last| last.act_no == act_no);
        let found = self.movements.iter().find(|movement| movement.act_no == act_no && !movement.reversed);
        let Movement { moved, by: entered, .. } = found.ok_or(ClaimRefusal::MovementUnknown { act_no })?.clone();
        refuse_any(&entered, by, same)?;
        match moved {
            Moved::Allocated(_) => return Err(ClaimRefusal::MovementUnknown { act_no }),
            Moved::Collected(_) if !is_last => return Err(ClaimRefusal::Open { what: "later_recovery" }),
            Moved::Collected(part) if part > self.in_transit() => return Err(ClaimRefusal::Open { what: "banked" }),
            Moved::Collected(part) => self.collected = self.collected.saturating_sub(part),
            Moved::Banked(amount) => self.banked = self.banked.saturating_sub(amount),
            Moved::GivenBack(amount) => self.given_back = self.given_back.saturating_sub(amount),
        }
        if let Some(movement) = self.movements.iter_mut().find(|movement| movement.act_no == act_no) {
            movement.reversed = true;
        }
        Ok(())
    }
}

fn above_zero_up_to(amount: Fen, limit: Fen) -> Step {
    if amount == Fen::ZERO || amount > limit {
        return Err(ClaimRefusal::Amount { given: amount, expected: limit });
    }
    Ok(())
}
