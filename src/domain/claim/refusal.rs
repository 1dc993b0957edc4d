//! Why an act on a claim is not taken.
//!
//! **Invariant:** every reason has one stable code; what it names are fields, never sentences.

use chrono::NaiveDate;
use thiserror::Error;

use crate::domain::money::{Fen, FenDelta};

/// Why an act is not taken. Precedence: the stage, then who acts, then conflicts, then papers and facts, then money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimRefusal {
    /// The claim is not where this act can happen.
    #[error("not at this stage: {stage}")]
    Stage {
        /// Where it is.
        stage: &'static str,
    },
    /// The role does not do this.
    #[error("role")]
    Role,
    /// The person belongs to another bank.
    #[error("another bank")]
    OtherBank,
    /// A second person is needed.
    #[error("same person: {person}")]
    SamePerson {
        /// Who.
        person: String,
    },
    /// The person had a hand in asking, registering or reviewing.
    #[error("conflict: {person}")]
    Conflict {
        /// Who.
        person: String,
    },
    /// No conflict was declared absent.
    #[error("declaration missing")]
    DeclarationMissing,
    /// No reason was given.
    #[error("reason missing")]
    ReasonMissing,
    /// The amount is not above zero, or not what is granted.
    #[error("amount {given}, expected {expected}")]
    Amount {
        /// Given.
        given: Fen,
        /// Expected.
        expected: Fen,
    },
    /// Another person is asked to decide first.
    #[error("something waits for a second person")]
    Pending,
    /// Nothing waits for a second person.
    #[error("nothing waits")]
    NothingPending,
    /// The day is outside what is allowed.
    #[error("day {day}")]
    Day {
        /// Which.
        day: NaiveDate,
    },
    /// The grant needs this level.
    #[error("level {needed}")]
    Level {
        /// Which.
        needed: String,
    },
    /// A meeting with minutes decides at this level.
    #[error("meeting")]
    MeetingNeeded,
    /// The meeting was not complete, or did not agree.
    #[error("meeting not valid")]
    MeetingInvalid,
    /// Papers are missing.
    #[error("papers missing")]
    Documents {
        /// Which.
        missing: Vec<String>,
    },
    /// A closer look is needed above this amount.
    #[error("inspection over {over}")]
    InspectionNeeded {
        /// Above which.
        over: Fen,
    },
    /// The early default must be reviewed.
    #[error("early default")]
    EarlyDefaultReview,
    /// The calculation does not grant a payment.
    #[error("computed {decision}")]
    NotPayable {
        /// What it says.
        decision: String,
    },
    /// The facts have changed: this is computed now.
    #[error("computed {now}")]
    Recomputed {
        /// What is computed now.
        now: Fen,
    },
    /// The fund has too little.
    #[error("short: free would be {free}")]
    Short {
        /// What would be free.
        free: FenDelta,
    },
    /// The finance bureau has not signed.
    #[error("countersignature")]
    CountersignNeeded,
    /// The grant has not been public long enough.
    #[error("publicity")]
    PublicityNeeded,
    /// An objection is open.
    #[error("objection open")]
    ObjectionOpen,
    /// Something must be done first.
    #[error("open: {what}")]
    Open {
        /// What.
        what: &'static str,
    },
    /// A figure contradicts another.
    #[error("{code}")]
    Contradiction {
        /// Which.
        code: &'static str,
    },
    /// The time is over.
    #[error("too late: {until}")]
    TooLate {
        /// Last day.
        until: NaiveDate,
    },
    /// The payment needs an account that the agreement names.
    #[error("no payee account")]
    NoAccount,
    /// The number of the external application is missing.
    #[error("external number")]
    ExternalNumberMissing,
    /// The treasury takes no orders on this day.
    #[error("treasury closed")]
    TreasuryClosed,
    /// Payments to the bank are suspended.
    #[error("bank suspended")]
    BankSuspended,
    /// Nothing moved that could be taken back.
    #[error("no movement")]
    NoMovement,
    /// No movement of this act stands, or it is not taken back this way.
    #[error("no movement of act {act_no}")]
    MovementUnknown {
        /// Number of the act.
        act_no: u32,
    },
    /// Not a quarter that has begun, as `2026Q3`.
    #[error("quarter {quarter}")]
    Quarter {
        /// As given.
        quarter: String,
    },
    /// The quarter was reported before.
    #[error("quarter {quarter} reported")]
    QuarterReported {
        /// Which.
        quarter: String,
    },
    /// A write-off does not rest on what the measure asks for.
    #[error("write-off basis")]
    WriteOffBasis,
    /// What comes back on the treasury channel goes to the treasury.
    #[error("destination")]
    Destination,
}

impl ClaimRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ClaimRefusal::Stage { .. } => "CLAIM_STAGE",
            ClaimRefusal::Role => "CLAIM_ROLE",
            ClaimRefusal::OtherBank => "CLAIM_OTHER_BANK",
            ClaimRefusal::SamePerson { .. } => "CLAIM_SAME_PERSON",
            ClaimRefusal::Conflict { .. } => "CLAIM_CONFLICT",
            ClaimRefusal::DeclarationMissing => "CLAIM_DECLARATION_MISSING",
            ClaimRefusal::ReasonMissing => "CLAIM_REASON_MISSING",
            ClaimRefusal::Amount { .. } => "CLAIM_AMOUNT",
            ClaimRefusal::Pending => "CLAIM_PENDING",
            ClaimRefusal::NothingPending => "CLAIM_NOTHING_PENDING",
            ClaimRefusal::Day { .. } => "CLAIM_DAY",
            ClaimRefusal::Level { .. } => "CLAIM_LEVEL",
            ClaimRefusal::MeetingNeeded => "CLAIM_MEETING_NEEDED",
            ClaimRefusal::MeetingInvalid => "CLAIM_MEETING_INVALID",
            ClaimRefusal::Documents { .. } => "CLAIM_DOCUMENTS",
            ClaimRefusal::InspectionNeeded { .. } => "CLAIM_INSPECTION_NEEDED",
            ClaimRefusal::EarlyDefaultReview => "CLAIM_EARLY_DEFAULT",
            ClaimRefusal::NotPayable { .. } => "CLAIM_NOT_PAYABLE",
            ClaimRefusal::Recomputed { .. } => "CLAIM_RECOMPUTED",
            ClaimRefusal::Short { .. } => "CLAIM_FUND_SHORT",
            ClaimRefusal::CountersignNeeded => "CLAIM_COUNTERSIGN_NEEDED",
            ClaimRefusal::PublicityNeeded => "CLAIM_PUBLICITY_NEEDED",
            ClaimRefusal::ObjectionOpen => "CLAIM_OBJECTION_OPEN",
            ClaimRefusal::Open { .. } => "CLAIM_OPEN_BUSINESS",
            ClaimRefusal::Contradiction { code } => code,
            ClaimRefusal::TooLate { .. } => "CLAIM_TOO_LATE",
            ClaimRefusal::NoAccount => "CLAIM_NO_ACCOUNT",
            ClaimRefusal::ExternalNumberMissing => "CLAIM_EXTERNAL_NUMBER_MISSING",
            ClaimRefusal::TreasuryClosed => "CLAIM_TREASURY_CLOSED",
            ClaimRefusal::BankSuspended => "CLAIM_BANK_SUSPENDED",
            ClaimRefusal::NoMovement => "CLAIM_NO_MOVEMENT",
            ClaimRefusal::MovementUnknown { .. } => "CLAIM_MOVEMENT_UNKNOWN",
            ClaimRefusal::Quarter { .. } => "CLAIM_QUARTER",
            ClaimRefusal::QuarterReported { .. } => "CLAIM_QUARTER_REPORTED",
            ClaimRefusal::WriteOffBasis => "CLAIM_WRITE_OFF_BASIS",
            ClaimRefusal::Destination => "CLAIM_DESTINATION",
        }
    }

    /// What it names, as (place, value) for its text.
    #[must_use]
    pub fn places(&self) -> Vec<(&'static str, String)> {
        match self {
            ClaimRefusal::Stage { stage } => vec![("stage", (*stage).to_owned())],
            ClaimRefusal::SamePerson { person } | ClaimRefusal::Conflict { person } => {
                vec![("person", person.clone())]
            }
            ClaimRefusal::Amount { given, expected } => {
                vec![("given", given.yuan()), ("expected", expected.yuan())]
            }
            ClaimRefusal::Day { day } => vec![("day", day.to_string())],
            ClaimRefusal::Level { needed } => vec![("level", needed.clone())],
            ClaimRefusal::Documents { missing } => vec![("missing", missing.join("、"))],
            ClaimRefusal::InspectionNeeded { over } => vec![("over", over.yuan())],
            ClaimRefusal::NotPayable { decision } => vec![("decision", decision.clone())],
            ClaimRefusal::Recomputed { now } => vec![("now", now.yuan())],
            ClaimRefusal::Short { free } => vec![("free", free.yuan())],
            ClaimRefusal::Open { what } => vec![("what", (*what).to_owned())],
            ClaimRefusal::TooLate { until } => vec![("until", until.to_string())],
            ClaimRefusal::MovementUnknown { act_no } => vec![("act_no", act_no.to_string())],
            ClaimRefusal::Quarter { quarter } | ClaimRefusal::QuarterReported { quarter } => {
                vec![("quarter", quarter.clone())]
            }
            _ => Vec::new(),
        }
    }
}
