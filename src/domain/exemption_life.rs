//! Who is held free of blame for a loan that went bad although it was handled with care (尽职免责认定).
//!
//! Owns the acts on one such finding and the fold of them.
//! **Invariant:** nobody records a finding about oneself, nor revises one; a bank finds about its own staff only.

use super::detail::{acts, words};
use super::names::coded;
use super::people::{Institution, Office, Role};
use super::person::key_of;

coded! {
    /// What was found.
    ExemptionDecision {
        /// Free of blame.
        Exempt = "exempt", "免责";
        /// Not free of blame.
        NotExempt = "not_exempt", "不予免责";
    }
}
words!(ExemptionDecision);

acts! {
    /// What happens to a finding.
    ExemptionAct {
        /// It is recorded.
        Recorded = "recorded" {
            /// The loan it is about.
            loan: Option<String>,
            /// The claim it is about.
            claim: Option<String>,
            /// Names of those it is about.
            persons: Vec<String>,
            /// Where they belong: `fund`, `bank:CODE`, or another office.
            institution: String,
            /// Why.
            grounds: String,
            /// What was found.
            decision: ExemptionDecision,
            /// Number of the minutes.
            minutes_no: String,
        }
        /// It is put right.
        Revised = "revised" {
            /// Names of those it is about.
            persons: Vec<String>,
            /// Why.
            grounds: String,
            /// What was found.
            decision: ExemptionDecision,
            /// Number of the minutes.
            minutes_no: String,
            /// Why it is put right.
            reason: String,
        }
    }
}

/// A finding as its acts leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// The loan it is about.
    pub loan: Option<String>,
    /// The claim it is about.
    pub claim: Option<String>,
    /// Names of those it is about.
    pub persons: Vec<String>,
    /// Where they belong.
    pub institution: Institution,
    /// Why.
    pub grounds: String,
    /// What was found.
    pub decision: ExemptionDecision,
    /// Number of the minutes.
    pub minutes_no: String,
    /// How often it was put right.
    pub revisions: u32,
}

/// Why an act on a finding is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExemptionRefusal {
    /// The role does not do this, or not for this institution.
    #[error("role")]
    Role,
    /// The number is taken.
    #[error("known")]
    Known,
    /// Nothing was recorded under the number.
    #[error("unknown")]
    Unknown,
    /// Neither loan nor claim, or both.
    #[error("about")]
    About,
    /// Nobody is named.
    #[error("nobody")]
    Nobody,
    /// It is about the person who records it.
    #[error("oneself")]
    Oneself,
}

impl ExemptionRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ExemptionRefusal::Role => "ACT_ROLE",
            ExemptionRefusal::Known => "EXEMPTION_KNOWN",
            ExemptionRefusal::Unknown => "EXEMPTION_UNKNOWN",
            ExemptionRefusal::About => "EXEMPTION_ABOUT",
            ExemptionRefusal::Nobody => "EXEMPTION_NOBODY",
            ExemptionRefusal::Oneself => "EXEMPTION_ONESELF",
        }
    }
}

impl Exemption {
    /// The finding after an act of a person in an office; `before` is none before the first.
    ///
    /// # Errors
    /// `ExemptionRefusal`.
    pub fn after(before: Option<&Exemption>, act: &ExemptionAct, by: &Office) -> Result<Exemption, ExemptionRefusal> {
        match (before, act) {
            (None, ExemptionAct::Recorded { loan, claim, persons, institution, grounds, decision, minutes_no }) => {
                let institution = Institution::read(institution);
                may_find(by, &institution, persons)?;
                if loan.is_some() == claim.is_some() {
                    return Err(ExemptionRefusal::About);
                }
                Ok(Exemption {
                    loan: loan.clone(),
                    claim: claim.clone(),
                    persons: persons.clone(),
                    institution,
                    grounds: grounds.clone(),
                    decision: *decision,
                    minutes_no: minutes_no.clone(),
                    revisions: 0,
                })
            }
            (Some(_), ExemptionAct::Recorded { .. }) => Err(ExemptionRefusal::Known),
            (None, ExemptionAct::Revised { .. }) => Err(ExemptionRefusal::Unknown),
            (Some(known), ExemptionAct::Revised { persons, grounds, decision, minutes_no, .. }) => {
                // Whom it was about may not put it right either.
                let all: Vec<String> = known.persons.iter().chain(persons).cloned().collect();
                may_find(by, &known.institution, &all)?;
                if persons.is_empty() {
                    return Err(ExemptionRefusal::Nobody);
                }
                Ok(Exemption {
                    persons: persons.clone(),
                    grounds: grounds.clone(),
                    decision: *decision,
                    minutes_no: minutes_no.clone(),
                    revisions: known.revisions.saturating_add(1),
                    ..known.clone()
                })
            }
        }
    }
}

fn may_find(by: &Office, about: &Institution, persons: &[String]) -> Result<(), ExemptionRefusal> {
    let is_role = match (&by.institution, by.role) {
        (Institution::Fund, Role::FundApprover) => true,
        (Institution::Partner(_), Role::BankReviewer) => by.institution == *about,
        _ => false,
    };
    if !is_role {
        return Err(ExemptionRefusal::Role);
    }
    if persons.is_empty() {
        return Err(ExemptionRefusal::Nobody);
    }
    if persons.iter().any(|person| by.hands().any(|hand| hand == key_of(person))) {
        return Err(ExemptionRefusal::Oneself);
    }
    Ok(())
}
