//! How a claim stands.
//!
//! **Invariant:** everything here is the fold of the claim's acts; nothing is set from outside.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::act::{Deficiency, Figures, Opinion, ProposalKind};
use super::clocks::Stay;
use crate::domain::money::Fen;

/// Where a claim is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The bank writes it.
    Drafted,
    /// Handed in; the fund has not taken it on.
    Submitted,
    /// Back at the bank.
    Returned {
        /// Where it goes when it is put right.
        to: Desk,
        /// Last day for the bank.
        due_on: Option<NaiveDate>,
        /// Why.
        deficiencies: Vec<Deficiency>,
    },
    /// Taken on; under review.
    Accepted,
    /// Reviewed; waiting for the decision.
    Reviewed,
    /// Granted on paper; waiting for a second person to hold it against the scan.
    AwaitingConfirmation,
    /// Granted; not yet ordered.
    Approved,
    /// Ordered; not yet paid.
    Ordered,
    /// Paid; the bank has not confirmed the receipt.
    Paid,
    /// Paid and received; the debtor is pursued.
    Recovering,
    /// Done.
    Closed,
    /// Refused.
    Rejected {
        /// Last day of an appeal; none where the refusal is final.
        appeal_until: Option<NaiveDate>,
        /// An appeal was dismissed.
        is_final: bool,
    },
    /// Refused, and the bank asks for another look.
    Appealed,
    /// Taken back.
    Withdrawn,
}

impl Stage {
    /// Stable word, as lists and files show it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Stage::Drafted => "drafted",
            Stage::Submitted => "submitted",
            Stage::Returned { .. } => "returned",
            Stage::Accepted => "accepted",
            Stage::Reviewed => "reviewed",
            Stage::AwaitingConfirmation => "awaiting_confirmation",
            Stage::Approved => "approved",
            Stage::Ordered => "ordered",
            Stage::Paid => "paid",
            Stage::Recovering => "recovering",
            Stage::Closed => "closed",
            Stage::Rejected { .. } => "rejected",
            Stage::Appealed => "appealed",
            Stage::Withdrawn => "withdrawn",
        }
    }

    /// Who has it.
    #[must_use]
    pub const fn desk(&self) -> Option<Desk> {
        match self {
            Stage::Drafted | Stage::Returned { .. } => Some(Desk::Bank),
            Stage::Submitted => Some(Desk::Acceptance),
            Stage::Accepted | Stage::Appealed => Some(Desk::Review),
            Stage::Reviewed | Stage::AwaitingConfirmation => Some(Desk::Decision),
            Stage::Approved | Stage::Ordered => Some(Desk::Payment),
            Stage::Paid => Some(Desk::Receipt),
            Stage::Recovering | Stage::Closed | Stage::Rejected { .. } | Stage::Withdrawn => None,
        }
    }

    /// Whether it is computed again when facts change: until it is granted, refused or taken back.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Stage::Submitted | Stage::Returned { .. } | Stage::Accepted | Stage::Reviewed | Stage::Appealed)
    }

    /// Whether the loan's cover is taken by the claim.
    #[must_use]
    pub const fn holds_cover(&self) -> bool {
        !matches!(self, Stage::Drafted | Stage::Rejected { .. } | Stage::Withdrawn)
    }
}

/// Who has a claim on the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desk {
    /// The bank.
    Bank,
    /// The fund: taking it on.
    Acceptance,
    /// The fund: review.
    Review,
    /// The fund: decision.
    Decision,
    /// The fund: publicity, order, payment.
    Payment,
    /// The bank: confirming the receipt.
    Receipt,
}

impl Desk {
    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Desk::Bank => "bank",
            Desk::Acceptance => "acceptance",
            Desk::Review => "review",
            Desk::Decision => "decision",
            Desk::Payment => "payment",
            Desk::Receipt => "receipt",
        }
    }

    /// Whether the bank is waited for.
    #[must_use]
    pub const fn is_the_banks(self) -> bool {
        matches!(self, Desk::Bank | Desk::Receipt)
    }
}

/// What the review left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// What it found.
    pub opinion: Opinion,
    /// It looked closer.
    pub inspected: bool,
    /// The early default was reviewed.
    pub early_default: bool,
}

/// What is granted and not paid yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// How much.
    pub amount: Fen,
    /// Number of the calculation.
    pub calculation: u32,
    /// Day of the grant.
    pub granted_on: NaiveDate,
    /// Who granted it, as keys: the approver, for whom, and who confirmed.
    pub by: BTreeSet<String>,
    /// It adds to what was paid before.
    pub is_top_up: bool,
    /// The finance bureau has signed.
    pub countersigned: bool,
    /// Last day of publicity, once made public.
    pub public_until: Option<NaiveDate>,
    /// Objections not dealt with.
    pub open_objections: u32,
}

/// What is ordered and not paid yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// How much.
    pub amount: Fen,
    /// Day of the order.
    pub on: NaiveDate,
    /// Who ordered it, as keys.
    pub by: BTreeSet<String>,
}

/// One payment that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Number, from 1.
    pub no: u32,
    /// Version of the act that paid it.
    pub version: u32,
    /// How much.
    pub amount: Fen,
    /// When.
    pub paid_on: NaiveDate,
    /// It came back unpaid.
    pub bounced: bool,
    /// The bank has confirmed it.
    pub received_on: Option<NaiveDate>,
}

/// What moved after a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// The fund's part of a recovery.
    Collected(Fen),
    /// The same of one that came in before the payment, and has arrived.
    Allocated(Fen),
    /// What of it has arrived or was remitted.
    Banked(Fen),
    /// What the bank gave back.
    GivenBack(Fen),
}

impl Moved {
    /// Whether it was got back of the loss.
    #[must_use]
    pub const fn is_recovery(self) -> bool {
        matches!(self, Moved::Collected(_) | Moved::Allocated(_))
    }
}

/// A movement after a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Number of the act that entered it.
    pub act_no: u32,
    /// What moved.
    pub moved: Moved,
    /// Who entered it, as keys.
    pub by: BTreeSet<String>,
    /// It was taken back.
    pub reversed: bool,
}

/// Something one person proposed and another decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// Another amount is due in all.
    Resettlement {
        /// In all.
        due: Fen,
        /// Number of the calculation.
        calculation: u32,
        /// Who proposed it.
        by: BTreeSet<String>,
    },
    /// Waiver, write-off, end.
    Proposal {
        /// Which.
        kind: ProposalKind,
        /// Who proposed it.
        by: BTreeSet<String>,
    },
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Number of the last act.
    pub version: u32,
    /// Code of the bank.
    pub bank: String,
    /// Where it is.
    pub stage: Stage,
    /// Who of the bank wrote and handed it in, as keys.
    pub makers: BTreeSet<String>,
    /// Who wrote the draft that is to be handed in, as keys.
    pub drafters: BTreeSet<String>,
    /// Who registered the loan, as keys.
    pub registrars: BTreeSet<String>,
    /// Who took it on, returned and reviewed it, as keys.
    pub reviewers: BTreeSet<String>,
    /// Who refused it, as keys.
    pub refusers: BTreeSet<String>,
    /// Figures stated through acts; none where only a file stated them.
    pub figures: Option<Figures>,
    /// Papers handed in through acts, by code.
    pub documents: BTreeSet<String>,
    /// How often it was returned.
    pub returned: u32,
    /// The review.
    pub review: Option<Review>,
    /// What is granted and not paid yet.
    pub award: Option<Award>,
    /// What is ordered and not paid yet.
    pub order: Option<Order>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// What the bank has to give back in all.
    pub clawed_back: Fen,
    /// What of it is back.
    pub given_back: Fen,
    /// The fund's part of what was collected.
    pub collected: Fen,
    /// What of it has arrived or was remitted.
    pub banked: Fen,
    /// What moved after the payments, the oldest first.
    pub movements: Vec<Movement>,
    /// Number of the calculation that the payments rest on.
    pub governing: Option<u32>,
    /// Quarters for which the bank has reported its pursuit.
    pub quarters: BTreeSet<String>,
    /// Waiting for a second person.
    pub pending: Option<Pending>,
    /// The waiver was decided.
    pub waived: bool,
    /// The sale of the loan was decided.
    pub sale_agreed: bool,
    /// The loss was written off; it stays on file.
    pub written_off_on: Option<NaiveDate>,
    /// Everyone who granted any of it, as keys.
    pub granters: BTreeSet<String>,
    /// Where it has been, and since when.
    pub stays: Vec<Stay>,
}

impl Claim {
    /// A claim that a file handed in: `maker` is who imported it.
    #[must_use]
    pub fn filed(bank: &str, maker: &str, filed_on: NaiveDate) -> Claim {
        let mut claim = Claim::begun(bank, Stage::Submitted, filed_on);
        claim.makers.insert(maker.to_owned());
        claim
    }

    /// A claim of which nothing was written yet.
    #[must_use]
    pub fn blank(bank: &str, on: NaiveDate) -> Claim {
        Claim::begun(bank, Stage::Drafted, on)
    }

    fn begun(bank: &str, stage: Stage, on: NaiveDate) -> Claim {
        Claim {
            version: 0,
            bank: bank.to_owned(),
            stays: stage.desk().map(|desk| Stay { desk, from: on, until: None }).into_iter().collect(),
            stage,
            makers: BTreeSet::new(),
            drafters: BTreeSet::new(),
            registrars: BTreeSet::new(),
            reviewers: BTreeSet::new(),
            refusers: BTreeSet::new(),
            figures: None,
            documents: BTreeSet::new(),
            returned: 0,
            review: None,
            award: None,
            order: None,
            payments: Vec::new(),
            clawed_back: Fen::ZERO,
            given_back: Fen::ZERO,
            collected: Fen::ZERO,
            banked: Fen::ZERO,
            movements: Vec::new(),
            governing: None,
            quarters: BTreeSet::new(),
            pending: None,
            waived: false,
            sale_agreed: false,
            written_off_on: None,
            granters: BTreeSet::new(),
        }
    }

    /// Whether its figures are known: from a file, or from an act.
    #[must_use]
    pub const fn figures_or_filed(&self, filed: bool) -> bool {
        filed || self.figures.is_some()
    }

    /// What was paid and did not bounce, less what the bank has to give back.
    #[must_use]
    pub fn paid_net(&self) -> Fen {
        let made = self.payments.iter().filter(|payment| !payment.bounced);
        let paid = made.fold(Fen::ZERO, |sum, payment| sum.checked_add(payment.amount).unwrap_or(sum));
        paid.saturating_sub(self.clawed_back)
    }

    /// What the bank still has to give back.
    #[must_use]
    pub fn owed_back(&self) -> Fen {
        self.clawed_back.saturating_sub(self.given_back)
    }

    /// What was collected for the fund and has not arrived.
    #[must_use]
    pub fn in_transit(&self) -> Fen {
        self.collected.saturating_sub(self.banked)
    }
}
