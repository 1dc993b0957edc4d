//! What happens to a claim.
//!
//! **Invariant:** an act says everything that the form of its step asks for (`shuozhou.md` §6.2 to §6.5), so that the
//! approval sheet prints from the acts alone.

use chrono::NaiveDate;

pub use super::vocabulary::{
    DeficiencyCode, Destination, InspectionKind, Opinion, ProposalKind, RecoveryKind, WriteOffBasis,
};
use crate::domain::detail::{acts, record};
use crate::domain::money::Fen;

record! {
    /// The figures of a claim, as the bank states them.
    Figures {
        /// Unpaid principal.
        outstanding: Fen,
        /// Overdue interest.
        overdue_interest: Option<Fen>,
        /// First overdue day.
        overdue_since: NaiveDate,
        /// Day the pledge was registered, where it was not registered with the loan.
        pledge_registered_on: Option<NaiveDate>,
        /// Paid by the insurer.
        insurer_paid: Option<Fen>,
        /// Paid by the guarantor.
        guarantor_paid: Option<Fen>,
        /// Proceeds of other collateral.
        collateral_gross: Option<Fen>,
        /// Cost of those proceeds.
        collateral_cost: Option<Fen>,
        /// Net proceeds of the pledged rights.
        ip_disposal_net: Option<Fen>,
        /// Paid under other policies.
        other_policy_paid: Option<Fen>,
        /// What other public levels paid.
        other_levels_paid: Option<Fen>,
        /// Day a court accepted the suit.
        court_accepted_on: Option<NaiveDate>,
        /// Day the bank wrote the loan off.
        written_off_on: Option<NaiveDate>,
        /// What the bank asks for.
        applied: Option<Fen>,
        /// Papers handed in, by code.
        documents: Vec<String>,
    }
}

record! {
    /// One fault of a claim.
    Deficiency {
        /// Of which kind.
        code: DeficiencyCode,
        /// Which paper.
        document: Option<String>,
        /// In words.
        note: Option<String>,
    }
}

record! {
    /// One point of the review.
    CheckAnswer {
        /// Which point.
        item: String,
        /// Whether it holds.
        holds: bool,
        /// In words.
        note: Option<String>,
    }
}

record! {
    /// A site visit or an expert review.
    Inspection {
        /// Which.
        kind: InspectionKind,
        /// When.
        held_on: NaiveDate,
        /// Who.
        members: Vec<String>,
        /// Each member has declared no conflict.
        no_conflict: bool,
        /// What was found.
        findings: String,
        /// Number of the report.
        report_no: String,
        /// The scan, by attachment.
        scan: Option<String>,
    }
}

record! {
    /// A meeting that decided.
    Meeting {
        /// Its name.
        name: String,
        /// When.
        held_on: NaiveDate,
        /// Members present.
        present: u32,
        /// Members required.
        required: u32,
        /// Votes in favour.
        votes_for: u32,
        /// Votes against.
        votes_against: u32,
        /// Number of the minutes (纪要文号).
        minutes_no: String,
        /// The scan, by attachment.
        scan: String,
    }
}

record! {
    /// What one party gets of a recovery.
    PartyPart {
        /// Who, as the rulebook names it.
        party: String,
        /// How much.
        amount: Fen,
    }
}

acts! {
    /// What happens to a claim.
    ClaimAct {
        /// The bank's officer writes it down; each time replaces what was written before.
        Drafted = "drafted" {
            /// Figures.
            figures: Figures,
        }
        /// A second person of the bank has checked it and hands it in.
        Submitted = "submitted" {
            /// What there is to say.
            note: Option<String>,
        }
        /// The fund takes it on (受理).
        Accepted = "accepted" {
            /// What there is to say.
            note: Option<String>,
        }
        /// It goes back to the bank (退回补正).
        Returned = "returned" {
            /// Why.
            deficiencies: Vec<Deficiency>,
            /// Last day for the bank; worked out from the measure.
            due_on: Option<NaiveDate>,
        }
        /// The bank has put it right.
        Relodged = "relodged" {
            /// Figures, where they change.
            figures: Option<Figures>,
            /// Further papers, by code.
            documents: Vec<String>,
            /// What there is to say.
            note: Option<String>,
        }
        /// The bank takes it back; or its time to put it right ran out.
        Withdrawn = "withdrawn" {
            /// Why.
            reason: String,
        }
        /// The fund has reviewed it.
        Reviewed = "reviewed" {
            /// What it found.
            opinion: Opinion,
            /// Point by point.
            checks: Vec<CheckAnswer>,
            /// A closer look.
            inspection: Option<Inspection>,
            /// The extra review of an early default.
            early_default: Option<String>,
            /// The reviewer declares no conflict.
            no_conflict: bool,
            /// In words.
            note: Option<String>,
        }
        /// It is granted, by a person or by a meeting.
        Approved = "approved" {
            /// Level, as the rulebook names it.
            level: Option<String>,
            /// How much.
            amount: Fen,
            /// Number of the calculation that is granted.
            calculation: u32,
            /// The approver declares no conflict.
            no_conflict: bool,
            /// Why less is granted than computed.
            reduced_because: Option<String>,
            /// The meeting.
            meeting: Option<Meeting>,
            /// The scan of a wet signature, by attachment.
            signed_scan: Option<String>,
        }
        /// A second person has held minutes or signature against what was entered.
        ApprovalConfirmed = "approval_confirmed" {
            /// What there is to say.
            note: Option<String>,
        }
        /// What was granted and is not ordered yet is taken back: a fact came to light, or minutes or signature do not
        /// bear the grant out.
        ApprovalRevoked = "approval_revoked" {
            /// Why.
            reason: String,
        }
        /// The finance bureau countersigns (财政会签).
        Countersigned = "countersigned" {
            /// Special account, budget quota, or deposit.
            funded_from: String,
            /// Number of the quota or the paper.
            document_no: Option<String>,
            /// Who signs declares no conflict.
            no_conflict: bool,
        }
        /// It is refused (不予受理, 不予补偿).
        Rejected = "rejected" {
            /// Why, by code.
            reasons: Vec<String>,
            /// In words, with the articles.
            note: String,
            /// Last day of an appeal; worked out from the measure.
            appeal_until: Option<NaiveDate>,
        }
        /// The bank asks for the refusal to be looked at again (复核申请).
        Appealed = "appealed" {
            /// Why.
            grounds: String,
        }
        /// The refusal was looked at again.
        AppealDecided = "appeal_decided" {
            /// Whether the bank is right.
            upheld: bool,
            /// In words.
            note: String,
        }
        /// The grant is made public.
        Publicised = "publicised" {
            /// Where.
            medium: String,
            /// First day.
            from: NaiveDate,
            /// Last day; worked out from the measure.
            until: Option<NaiveDate>,
        }
        /// Somebody objects.
        Objected = "objected" {
            /// Who.
            by: String,
            /// What.
            text: String,
        }
        /// An objection is dealt with.
        ObjectionSettled = "objection_settled" {
            /// Whether it is right: the grant is then void and the claim is reviewed again.
            upheld: bool,
            /// In words.
            note: String,
        }
        /// The payment is ordered.
        Ordered = "ordered" {
            /// How much.
            amount: Fen,
            /// Whose account: name, number, bank; from the agreement.
            payee: Option<String>,
            /// Number of the application in the budget system (支付申请号).
            external_no: Option<String>,
            /// Whether it is the first payment to this account; worked out.
            account_changed: Option<bool>,
            /// Why an order is placed outside the treasury's calendar.
            despite_calendar: Option<String>,
        }
        /// The order is taken back before it is paid.
        OrderCancelled = "order_cancelled" {
            /// Why.
            reason: String,
        }
        /// The money has left.
        Paid = "paid" {
            /// When.
            paid_on: NaiveDate,
            /// Number of the voucher.
            voucher_no: String,
        }
        /// The money came back unpaid.
        Bounced = "bounced" {
            /// When.
            bounced_on: NaiveDate,
            /// Why.
            reason: String,
        }
        /// The bank has the money.
        Received = "received" {
            /// When.
            received_on: NaiveDate,
            /// Number of the bank's receipt.
            bank_receipt_no: String,
        }
        /// The bank states the figures anew after the payment: the loss is final, or a fact came to light.
        FinalStated = "final_stated" {
            /// Figures.
            figures: Figures,
        }
        /// What is due has changed since the payment: a provisional amount becomes final, a fact came to light.
        Resettled = "resettled" {
            /// What is due in all; worked out.
            due: Option<Fen>,
            /// Number of the calculation; worked out.
            calculation: Option<u32>,
            /// Why.
            cause: String,
        }
        /// The change of what is due is decided.
        ResettlementDecided = "resettlement_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
            /// The meeting, where one decides on all that is then granted.
            meeting: Option<Meeting>,
        }
        /// The bank has given back what it owes.
        GivenBack = "given_back" {
            /// How much.
            amount: Fen,
            /// When.
            on: NaiveDate,
            /// Number of the voucher.
            voucher_no: String,
        }
        /// The bank's quarterly account of its pursuit (追偿情况表).
        RecoveryReported = "recovery_reported" {
            /// Quarter, `2026Q3`.
            quarter: String,
            /// How far the case is.
            progress: String,
            /// Court that enforces.
            court: Option<String>,
            /// Number of the case.
            case_no: Option<String>,
            /// Got back in the quarter.
            gross: Fen,
            /// What it cost.
            cost: Fen,
            /// What comes next.
            next_step: String,
        }
        /// Money was got back.
        RecoveryCollected = "recovery_collected" {
            /// From what.
            kind: RecoveryKind,
            /// Proceeds.
            gross: Fen,
            /// What they cost.
            cost: Fen,
            /// When.
            on: NaiveDate,
            /// What each party gets of it; worked out by R4.
            parts: Vec<PartyPart>,
            /// What of it is the fund's; worked out.
            fund_part: Option<Fen>,
            /// What is left when everyone is whole; worked out.
            surplus: Option<Fen>,
            /// Cost that is not covered yet; worked out.
            cost_carried: Option<Fen>,
        }
        /// A recovery that came in before the payment finds its place.
        RecoveryAllocated = "recovery_allocated" {
            /// The movement it came with.
            movement: String,
            /// Its amount; worked out.
            amount: Option<Fen>,
            /// What of it is the fund's; worked out.
            fund_part: Option<Fen>,
        }
        /// The fund's part of what was collected has arrived.
        RecoveryBanked = "recovery_banked" {
            /// How much.
            amount: Fen,
            /// When.
            on: NaiveDate,
            /// Where.
            destination: Destination,
            /// Number of the voucher.
            voucher_no: String,
        }
        /// Money that was entered wrongly is taken back by a second person; the booking is reversed, nothing is erased.
        MovementReversed = "movement_reversed" {
            /// Number of the act that entered it.
            act_no: u32,
            /// Why.
            reason: String,
        }
        /// A waiver, a sale, a write-off or the end of the case is proposed.
        Proposed = "proposed" {
            /// Which.
            proposal: ProposalKind,
            /// What a write-off rests on.
            basis: Option<WriteOffBasis>,
            /// Since when that is so.
            basis_since: Option<NaiveDate>,
            /// Why.
            ground: String,
            /// Papers that prove it, by code or attachment.
            evidence: Vec<String>,
        }
        /// What was proposed is decided.
        ProposalDecided = "proposal_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
            /// Number of the minutes.
            minutes_no: Option<String>,
        }
    }
}
