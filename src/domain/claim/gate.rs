//! Where an act can happen and who may take it.
//!
//! **Invariant:** who hands money out never belongs to the bank that asks for it.

use super::act::{ClaimAct, ProposalKind};
use super::refusal::ClaimRefusal;
use super::state::{Claim, Stage};
use crate::domain::people::{Institution, Office, Role};

type Step = Result<(), ClaimRefusal>;

impl Claim {
    /// Whether an act has its place where the claim stands, and an office takes it.
    ///
    /// # Errors
    /// `Stage`; `Role`; `OtherBank`.
    pub fn may_try(&self, act: &ClaimAct, by: &Office) -> Result<(), ClaimRefusal> {
        self.must_stand_at(act)?;
        self.may_act(act, by)
    }

    /// Refuses an act that has no place at the stage of the claim.
    pub(super) fn must_stand_at(&self, act: &ClaimAct) -> Step {
        let stands = match act {
            ClaimAct::Drafted { .. } | ClaimAct::Submitted { .. } => matches!(self.stage, Stage::Drafted),
            ClaimAct::Accepted { .. } => matches!(self.stage, Stage::Submitted),
            ClaimAct::Returned { .. } => {
                matches!(self.stage, Stage::Submitted | Stage::Accepted | Stage::Reviewed)
            }
            ClaimAct::Relodged { .. } => matches!(self.stage, Stage::Returned { .. }),
            ClaimAct::Withdrawn { .. } => self.stage.is_open() || matches!(self.stage, Stage::Drafted),
            // What the review lacks when the decision is due may be looked at again without a way round by the bank.
            ClaimAct::Reviewed { .. } => matches!(self.stage, Stage::Accepted | Stage::Reviewed),
            ClaimAct::Approved { .. } => matches!(self.stage, Stage::Reviewed),
            ClaimAct::ApprovalConfirmed { .. } => matches!(self.stage, Stage::AwaitingConfirmation),
            ClaimAct::ApprovalRevoked { .. } => matches!(self.stage, Stage::AwaitingConfirmation | Stage::Approved),
            ClaimAct::Rejected { .. } => {
                matches!(self.stage, Stage::Submitted | Stage::Accepted | Stage::Reviewed)
            }
            ClaimAct::Appealed { .. } => matches!(self.stage, Stage::Rejected { is_final: false, .. }),
            ClaimAct::AppealDecided { .. } => matches!(self.stage, Stage::Appealed),
            ClaimAct::Countersigned { .. }
            | ClaimAct::Publicised { .. }
            | ClaimAct::Objected { .. }
            | ClaimAct::ObjectionSettled { .. }
            | ClaimAct::Ordered { .. } => matches!(self.stage, Stage::Approved),
            ClaimAct::OrderCancelled { .. } | ClaimAct::Paid { .. } => matches!(self.stage, Stage::Ordered),
            ClaimAct::Bounced { .. } | ClaimAct::Received { .. } => matches!(self.stage, Stage::Paid),
            ClaimAct::RecoveryReported { .. } | ClaimAct::RecoveryCollected { .. } => {
                matches!(self.stage, Stage::Paid | Stage::Recovering | Stage::Closed)
            }
            ClaimAct::RecoveryBanked { .. }
            | ClaimAct::GivenBack { .. }
            | ClaimAct::RecoveryAllocated { .. }
            | ClaimAct::MovementReversed { .. } => !self.payments.is_empty(),
            ClaimAct::FinalStated { .. } | ClaimAct::Resettled { .. } => {
                matches!(self.stage, Stage::Recovering | Stage::Closed)
            }
            ClaimAct::ResettlementDecided { .. } | ClaimAct::Proposed { .. } | ClaimAct::ProposalDecided { .. } => {
                matches!(self.stage, Stage::Recovering | Stage::Closed)
            }
        };
        if stands { Ok(()) } else { Err(ClaimRefusal::Stage { stage: self.stage.code() }) }
    }

    /// Role and institution. Who hands money out never belongs to the bank that asks for it.
    pub(super) fn may_act(&self, act: &ClaimAct, by: &Office) -> Step {
        let roles: &[Role] = match act {
            ClaimAct::Drafted { .. } => &[Role::BankOfficer],
            ClaimAct::Submitted { .. } => &[Role::BankReviewer],
            ClaimAct::Relodged { .. }
            | ClaimAct::Appealed { .. }
            | ClaimAct::Received { .. }
            | ClaimAct::FinalStated { .. }
            | ClaimAct::RecoveryReported { .. } => &[Role::BankOfficer, Role::BankReviewer],
            ClaimAct::Withdrawn { .. } | ClaimAct::RecoveryCollected { .. } => {
                &[Role::BankOfficer, Role::BankReviewer, Role::FundAdministrator]
            }
            ClaimAct::Approved { .. }
            | ClaimAct::Rejected { .. }
            | ClaimAct::AppealDecided { .. }
            | ClaimAct::ResettlementDecided { .. }
            | ClaimAct::ProposalDecided { .. } => &[Role::FundApprover],
            ClaimAct::ApprovalConfirmed { .. } | ClaimAct::ApprovalRevoked { .. } => {
                &[Role::FundApprover, Role::FundAdministrator]
            }
            ClaimAct::MovementReversed { .. } => &[Role::FinanceOfficer, Role::FundAdministrator],
            // The bank asks whether it may give up or sell; only the fund ends what is the fund's.
            ClaimAct::Proposed { proposal: ProposalKind::Waiver | ProposalKind::Sale, .. } => {
                &[Role::BankOfficer, Role::BankReviewer, Role::FundAdministrator]
            }
            ClaimAct::Countersigned { .. } => &[Role::TreasuryOfficer],
            ClaimAct::Paid { .. }
            | ClaimAct::Bounced { .. }
            | ClaimAct::GivenBack { .. }
            | ClaimAct::RecoveryAllocated { .. }
            | ClaimAct::RecoveryBanked { .. } => &[Role::FinanceOfficer],
            _ => &[Role::FundAdministrator],
        };
        if !roles.contains(&by.role) {
            return Err(ClaimRefusal::Role);
        }
        match (&by.institution, by.role) {
            (Institution::Partner(bank), Role::BankOfficer | Role::BankReviewer) if bank.as_str() == self.bank => {
                Ok(())
            }
            (_, Role::BankOfficer | Role::BankReviewer) | (Institution::Partner(_), _) => Err(ClaimRefusal::OtherBank),
            _ => Ok(()),
        }
    }
}
