//! What happens to a loan besides what its bank reports: longer terms, balances that went to zero, marks that are taken
//! back, and what becomes of the pledged rights.
//!
//! Owns the acts on a loan and the fold of them. What depends on reports and registrations is handed in as `Around`.
//! **Invariant:** a loan leaves the non-performing tiers outside a report only on the word of two persons; the history
//! of a right is only ever added to.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::calendar::Month;
use super::detail::{acts, words};
use super::names::{Tier, coded};
use super::people::{Institution, Office, Role};
use super::right_history::{RightEvent, RightEventKind, same_number};
use super::tier::{floor_for, overdue_days};

coded! {
    /// Why a balance became 0.00 (销账原因).
    ZeroReason {
        /// Paid back.
        Settled = "settled", "结清";
        /// Written off: the debt goes on.
        WrittenOff = "written_off", "核销";
        /// Sold to another creditor.
        Sold = "sold", "转让";
        /// Taken over by another bank.
        Succeeded = "succeeded", "承继";
        /// Moved into another loan.
        Restructured = "restructured", "重组转出";
    }
}
words!(ZeroReason, Tier, RightEventKind);

impl ZeroReason {
    /// Whether a standing of a loan is the answer to why its balance is gone.
    #[must_use]
    pub fn explains(servicing: &str) -> bool {
        ZeroReason::from_code(servicing).is_some()
    }
}

acts! {
    /// What happens to a loan.
    LoanAct {
        /// The term is made longer (展期); the risk stays the same.
        Extended = "extended" {
            /// New last day.
            new_matures_on: NaiveDate,
            /// Number of the bank's approval.
            approval_no: String,
            /// Why.
            reason: String,
        }
        /// The bank says why a balance is 0.00.
        BalanceExplained = "balance_explained" {
            /// Month of the report that shows it, `2026-03`.
            month: String,
            /// Why.
            reason: ZeroReason,
            /// In words.
            note: Option<String>,
        }
        /// A loan shall count as performing again.
        UnmarkProposed = "unmark_proposed" {
            /// As what.
            tier: Tier,
            /// First day of what is still overdue; none where nothing is.
            overdue_since: Option<NaiveDate>,
            /// Why.
            reason: String,
            /// What shows it.
            evidence: String,
        }
        /// A second person decides on that.
        UnmarkDecided = "unmark_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
        /// Something became of a pledged right.
        RightEvent = "right_event" {
            /// Its number, as registered.
            right: String,
            /// What.
            kind: RightEventKind,
            /// Day on which it took effect.
            effective_on: NaiveDate,
            /// Where it is published or told.
            source: String,
        }
        /// The pledge itself changed: a right was added, released, registered anew.
        PledgeChanged = "pledge_changed" {
            /// What changed.
            what: String,
            /// Day on which it took effect.
            effective_on: NaiveDate,
            /// In words.
            note: Option<String>,
        }
    }
}

/// What is known of a loan outside its acts.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Business date.
    pub on: NaiveDate,
    /// Tier in force.
    pub tier: Option<Tier>,
    /// Whether the balance of the month an act names is 0.00; none where that month was not reported.
    pub is_zero: Option<bool>,
    /// Numbers of the pledged rights.
    pub rights: &'a [String],
}

/// A mark that may be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmark {
    /// As what the loan counts then.
    pub tier: Tier,
    /// First day of what is still overdue.
    pub overdue_since: Option<NaiveDate>,
    /// Who proposed it, as keys.
    pub by: Vec<String>,
}

/// A loan as its acts leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanLife {
    /// Bank of the loan.
    pub bank: String,
    /// Last day in force.
    pub matures_on: NaiveDate,
    /// How often the term was made longer.
    pub extensions: u32,
    /// Why balances are 0.00, by month.
    pub explained: BTreeMap<String, ZeroReason>,
    /// A mark that waits to be taken back.
    pub waiting: Option<Unmark>,
    /// What became of the pledged rights, in the order in which it became known.
    pub rights: Vec<RightEvent>,
}

/// Why an act on a loan is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoanRefusal {
    /// The role does not do this.
    #[error("role")]
    Role,
    /// The loan is another bank's.
    #[error("other bank")]
    OtherBank,
    /// The new last day is not after the old one.
    #[error("maturity {0}")]
    Maturity(NaiveDate),
    /// A day that has not come.
    #[error("day ahead")]
    DayAhead,
    /// No month.
    #[error("month")]
    Month,
    /// The balance of that month is not 0.00, or was not reported.
    #[error("balance")]
    BalanceNotZero,
    /// The loan is not non-performing.
    #[error("not marked")]
    NotMarked,
    /// The proposed tier is a non-performing one, or milder than what is still overdue allows.
    #[error("tier")]
    Tier,
    /// A mark waits already.
    #[error("waiting")]
    Waiting,
    /// Nothing waits.
    #[error("nothing waits")]
    NothingWaits,
    /// A second person is needed.
    #[error("same person")]
    SamePerson,
    /// No right of this number is pledged.
    #[error("right unknown")]
    RightUnknown,
    /// Nothing to restore on that day.
    #[error("not lapsed")]
    NotLapsed,
}

impl LoanRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            LoanRefusal::Role => "ACT_ROLE",
            LoanRefusal::OtherBank => "LOAN_OTHER_BANK",
            LoanRefusal::Maturity(_) => "LOAN_MATURITY",
            LoanRefusal::DayAhead => "LOAN_DAY_AHEAD",
            LoanRefusal::Month => "LOAN_MONTH",
            LoanRefusal::BalanceNotZero => "LOAN_BALANCE_NOT_ZERO",
            LoanRefusal::NotMarked => "LOAN_NOT_MARKED",
            LoanRefusal::Tier => "LOAN_TIER",
            LoanRefusal::Waiting => "LOAN_WAITING",
            LoanRefusal::NothingWaits => "LOAN_NOTHING_WAITS",
            LoanRefusal::SamePerson => "LOAN_SAME_PERSON",
            LoanRefusal::RightUnknown => "LOAN_RIGHT_UNKNOWN",
            LoanRefusal::NotLapsed => "LOAN_NOT_LAPSED",
        }
    }
}

impl LoanLife {
    /// A loan as it was registered.
    #[must_use]
    pub fn registered(bank: &str, matures_on: NaiveDate) -> LoanLife {
        LoanLife {
            bank: bank.to_owned(),
            matures_on,
            extensions: 0,
            explained: BTreeMap::new(),
            waiting: None,
            rights: Vec::new(),
        }
    }

    /// The loan after an act of a person in an office on a day: what the acts alone can tell.
    ///
    /// # Errors
    /// `LoanRefusal`.
    pub fn after(&self, act: &LoanAct, by: &Office, on: NaiveDate) -> Result<LoanLife, LoanRefusal> {
        self.may_act(act, by)?;
        let mut next = self.clone();
        match act {
            LoanAct::Extended { new_matures_on, .. } => {
                if *new_matures_on <= self.matures_on {
                    return Err(LoanRefusal::Maturity(self.matures_on));
                }
                next.matures_on = *new_matures_on;
                next.extensions = next.extensions.saturating_add(1);
            }
            LoanAct::BalanceExplained { month, reason, .. } => {
                let month = Month::parse(month).map_err(|_no_month| LoanRefusal::Month)?;
                next.explained.insert(month.to_string(), *reason);
            }
            LoanAct::UnmarkProposed { tier, overdue_since, .. } => {
                if next.waiting.is_some() {
                    return Err(LoanRefusal::Waiting);
                }
                let by = by.hands().map(str::to_owned).collect();
                next.waiting = Some(Unmark { tier: *tier, overdue_since: *overdue_since, by });
            }
            LoanAct::UnmarkDecided { .. } => {
                let waiting = next.waiting.take().ok_or(LoanRefusal::NothingWaits)?;
                if by.hands().any(|hand| waiting.by.iter().any(|known| known == hand)) {
                    return Err(LoanRefusal::SamePerson);
                }
            }
            LoanAct::RightEvent { right, kind, effective_on, .. } => {
                not_ahead(*effective_on, on)?;
                let event = RightEvent { right: right.clone(), kind: *kind, effective_on: *effective_on, known_on: on };
                if *kind == RightEventKind::Restored && !event.restores(&next.rights) {
                    return Err(LoanRefusal::NotLapsed);
                }
                next.rights.push(event);
            }
            LoanAct::PledgeChanged { effective_on, .. } => not_ahead(*effective_on, on)?,
        }
        Ok(next)
    }

    /// Holds an act against what is known of the loan outside its acts.
    ///
    /// # Errors
    /// `LoanRefusal`.
    pub fn check(&self, act: &LoanAct, around: &Around<'_>) -> Result<(), LoanRefusal> {
        let unmark = |tier: Tier, overdue_since: Option<NaiveDate>| {
            if !around.tier.is_some_and(Tier::is_npl) {
                return Err(LoanRefusal::NotMarked);
            }
            let floor = floor_for(overdue_since.map_or(0, |since| overdue_days(since, around.on)));
            if tier.is_npl() || tier < floor { Err(LoanRefusal::Tier) } else { Ok(()) }
        };
        match act {
            LoanAct::BalanceExplained { .. } if around.is_zero != Some(true) => Err(LoanRefusal::BalanceNotZero),
            LoanAct::UnmarkProposed { tier, overdue_since, .. } => unmark(*tier, *overdue_since),
            // Days have passed since it was proposed: what was still overdue then may reach further now.
            LoanAct::UnmarkDecided { accepted: true, .. } => match &self.waiting {
                Some(waiting) => unmark(waiting.tier, waiting.overdue_since),
                None => Err(LoanRefusal::NothingWaits),
            },
            LoanAct::RightEvent { right, .. } if !around.rights.iter().any(|known| same_number(known, right)) => {
                Err(LoanRefusal::RightUnknown)
            }
            _ => Ok(()),
        }
    }

    fn may_act(&self, act: &LoanAct, by: &Office) -> Result<(), LoanRefusal> {
        let roles: &[Role] = match act {
            LoanAct::UnmarkProposed { .. } => &[Role::BankOfficer],
            LoanAct::UnmarkDecided { .. } => &[Role::BankReviewer, Role::FundAdministrator],
            _ => &[Role::BankOfficer, Role::BankReviewer, Role::FundAdministrator],
        };
        if !roles.contains(&by.role) {
            return Err(LoanRefusal::Role);
        }
        let is_the_banks = matches!(by.role, Role::BankOfficer | Role::BankReviewer);
        match &by.institution {
            Institution::Partner(bank) if is_the_banks && bank.as_str() == self.bank => Ok(()),
            Institution::Fund if !is_the_banks => Ok(()),
            _ => Err(LoanRefusal::OtherBank),
        }
    }
}

fn not_ahead(day: NaiveDate, on: NaiveDate) -> Result<(), LoanRefusal> {
    if day > on { Err(LoanRefusal::DayAhead) } else { Ok(()) }
}
