//! The life of a registration (贷款备案): from the officer's draft to the fund's confirmation, and changes after it.
//!
//! Owns the form of a loan (`form`), the acts on it and their fold. What the measure makes of the loan is not here.
//! **Invariant:** a loan gets on the register by the hands of an officer, a reviewer of the same bank, and the fund;
//! what is changed later keeps what was there before.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use thiserror::Error;

use super::claim::act::Deficiency;
use super::detail::acts;
use super::people::{Institution, Office, Role};

mod form;

pub use form::{Consent, CreditReport, GuaranteeForm, InsuranceForm, LoanForm, RightForm};

/// Oldest credit report that proves a first loan, in days before the disbursement (`shuozhou.md`, article 2).
pub const CREDIT_REPORT_DAYS: u64 = 30;

acts! {
    /// What happens to a registration.
    RegistrationAct {
        /// The bank's officer writes it down; each time replaces what was written before, also what was withdrawn or
        /// refused.
        Drafted = "drafted" {
            /// The form.
            form: LoanForm,
        }
        /// A second person of the bank has checked it and hands it in.
        Submitted = "submitted" {
            /// What there is to say.
            note: Option<String>,
        }
        /// It goes back to the bank.
        Returned = "returned" {
            /// Why.
            deficiencies: Vec<Deficiency>,
            /// Last day for the bank; worked out from the measure.
            due_on: Option<NaiveDate>,
        }
        /// The fund takes it on the register.
        Registered = "registered" {
            /// Number of the confirmation (备案确认书); worked out.
            certificate_no: Option<String>,
            /// Covered, or only on record; worked out.
            decision: Option<String>,
            /// Registered in time, late or queued; worked out.
            timing: Option<String>,
            /// Keeps a loan on record that is not covered.
            on_record: Option<bool>,
            /// Why a right that is pledged for another loan is taken.
            despite_pledge: Option<String>,
        }
        /// The fund refuses it (不予备案).
        Rejected = "rejected" {
            /// Why, by code.
            reasons: Vec<String>,
            /// In words.
            note: String,
        }
        /// The bank takes it back before it is registered.
        Withdrawn = "withdrawn" {
            /// Why.
            reason: String,
        }
        /// Another form is proposed for a registered loan.
        AmendmentProposed = "amendment_proposed" {
            /// The whole form as it should be.
            form: LoanForm,
            /// Why.
            reason: String,
        }
        /// The amendment is decided.
        AmendmentDecided = "amendment_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
        /// A registered loan should leave the register.
        CancellationProposed = "cancellation_proposed" {
            /// Why.
            reason: String,
        }
        /// The cancellation is decided.
        CancellationDecided = "cancellation_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
    }
}

/// Where a registration is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationStage {
    /// Nothing is written, or it is being written.
    Drafted,
    /// Handed in.
    Submitted {
        /// Since when.
        since: NaiveDate,
    },
    /// Back at the bank.
    Returned {
        /// Last day for the bank.
        due_on: Option<NaiveDate>,
    },
    /// On the register.
    Registered,
    /// Refused.
    Rejected,
    /// Taken back.
    Withdrawn,
    /// Left the register.
    Cancelled,
}

impl RegistrationAct {
    /// Whether it changes what is on the register already.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        matches!(
            self,
            RegistrationAct::AmendmentProposed { .. }
                | RegistrationAct::AmendmentDecided { .. }
                | RegistrationAct::CancellationProposed { .. }
                | RegistrationAct::CancellationDecided { .. }
        )
    }
}

impl RegistrationStage {
    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            RegistrationStage::Drafted => "drafted",
            RegistrationStage::Submitted { .. } => "submitted",
            RegistrationStage::Returned { .. } => "returned",
            RegistrationStage::Registered => "registered",
            RegistrationStage::Rejected => "rejected",
            RegistrationStage::Withdrawn => "withdrawn",
            RegistrationStage::Cancelled => "cancelled",
        }
    }
}

/// A change that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PendingChange {
    /// Another form.
    Amendment {
        /// As it should be.
        form: Box<LoanForm>,
        /// Who proposed it, as keys.
        by: BTreeSet<String>,
    },
    /// Off the register.
    Cancellation {
        /// Who proposed it, as keys.
        by: BTreeSet<String>,
    },
}

/// A registration as its acts leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationState {
    /// Number of the last act.
    pub version: u32,
    /// Code of the bank.
    pub bank: String,
    /// Where it is.
    pub stage: RegistrationStage,
    /// The form that holds.
    pub form: Option<LoanForm>,
    /// Who wrote what is to be handed in, as keys.
    pub drafters: BTreeSet<String>,
    /// How often it was returned.
    pub returned: u32,
    /// Waiting for a second person.
    pub pending: Option<PendingChange>,
    /// Number of the confirmation.
    pub certificate_no: Option<String>,
}

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegistrationRefusal {
    /// It is not where this act can happen.
    #[error("stage {0}")]
    Stage(&'static str),
    /// The role does not do this.
    #[error("role")]
    Role,
    /// The person belongs to another bank.
    #[error("another bank")]
    OtherBank,
    /// A second person is needed.
    #[error("same person")]
    SamePerson,
    /// No reason was given.
    #[error("reason")]
    ReasonMissing,
    /// The firm's consent is missing.
    #[error("consent")]
    ConsentMissing,
    /// A first loan is declared and not proved, or by a report of another time.
    #[error("first loan")]
    FirstLoanProof,
    /// There is no form.
    #[error("form")]
    FormMissing,
    /// Something else waits for a second person.
    #[error("pending")]
    Pending,
    /// Nothing of the kind waits.
    #[error("nothing pending")]
    NothingPending,
    /// Contract, drawdown and firm make the loan what it is; they do not change.
    #[error("identity")]
    IdentityChanged,
    /// The days of the loan are in the wrong order.
    #[error("days")]
    Days,
}

impl RegistrationRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            RegistrationRefusal::Stage(_) => "REGISTRATION_STAGE",
            RegistrationRefusal::Role => "ACT_ROLE",
            RegistrationRefusal::OtherBank => "REGISTRATION_OTHER_BANK",
            RegistrationRefusal::SamePerson => "REGISTRATION_SAME_PERSON",
            RegistrationRefusal::ReasonMissing => "REGISTRATION_REASON_MISSING",
            RegistrationRefusal::ConsentMissing => "REGISTRATION_CONSENT_MISSING",
            RegistrationRefusal::FirstLoanProof => "REGISTRATION_FIRST_LOAN_PROOF",
            RegistrationRefusal::FormMissing => "REGISTRATION_FORM_MISSING",
            RegistrationRefusal::Pending => "REGISTRATION_PENDING",
            RegistrationRefusal::NothingPending => "REGISTRATION_NOTHING_PENDING",
            RegistrationRefusal::IdentityChanged => "REGISTRATION_IDENTITY",
            RegistrationRefusal::Days => "REGISTRATION_DAYS",
        }
    }
}

type Step = Result<(), RegistrationRefusal>;

impl RegistrationState {
    /// A registration of which nothing was written yet.
    #[must_use]
    pub fn blank(bank: &str) -> RegistrationState {
        RegistrationState {
            version: 0,
            bank: bank.to_owned(),
            stage: RegistrationStage::Drafted,
            form: None,
            drafters: BTreeSet::new(),
            returned: 0,
            pending: None,
            certificate_no: None,
        }
    }

    /// The registration after a file put the loan on the register in one step. What a form said before does not hold:
    /// nobody took it.
    #[must_use]
    pub fn put_on_by_file(self) -> RegistrationState {
        let blank = RegistrationState::blank(&self.bank);
        RegistrationState { stage: RegistrationStage::Registered, version: self.version, ..blank }
    }

    /// Whether the loan is on its way to the register, or was turned back on it: not on the register, and never was.
    #[must_use]
    pub const fn is_before_register(&self) -> bool {
        !matches!(self.stage, RegistrationStage::Registered | RegistrationStage::Cancelled)
    }

    /// The registration after an act of a person in an office on a day.
    ///
    /// # Errors
    /// `RegistrationRefusal`, with nothing changed.
    pub fn after(
        &self,
        act: &RegistrationAct,
        by: &Office,
        on: NaiveDate,
    ) -> Result<RegistrationState, RegistrationRefusal> {
        let mut next = self.clone();
        next.may_act(act, by)?;
        next.must_stand_at(act)?;
        if act.is_change() {
            next.change(act, by)?
        } else {
            next.take(act, by, on)?
        }
        next.version = next.version.saturating_add(1);
        Ok(next)
    }

    fn may_act(&self, act: &RegistrationAct, by: &Office) -> Step {
        let roles: &[Role] = match act {
            RegistrationAct::Drafted { .. } => &[Role::BankOfficer],
            RegistrationAct::Submitted { .. } => &[Role::BankReviewer],
            RegistrationAct::Withdrawn { .. } | RegistrationAct::AmendmentProposed { .. } => {
                &[Role::BankOfficer, Role::BankReviewer]
            }
            RegistrationAct::CancellationProposed { .. } => {
                &[Role::BankOfficer, Role::BankReviewer, Role::FundAdministrator]
            }
            RegistrationAct::CancellationDecided { .. } => &[Role::FundAdministrator, Role::FundApprover],
            _ => &[Role::FundAdministrator],
        };
        if !roles.contains(&by.role) {
            return Err(RegistrationRefusal::Role);
        }
        let of_bank = matches!(by.role, Role::BankOfficer | Role::BankReviewer);
        match &by.institution {
            Institution::Partner(bank) if of_bank && bank.as_str() == self.bank => Ok(()),
            Institution::Partner(_) => Err(RegistrationRefusal::OtherBank),
            _ if of_bank => Err(RegistrationRefusal::OtherBank),
            _ => Ok(()),
        }
    }

    fn must_stand_at(&self, act: &RegistrationAct) -> Step {
        let stands = match act {
            // The loan of a contract has one name for good: what was taken back or refused is written anew under it. A
            // cancelled loan is not: its cover, its number and its place in the history are those of the first time.
            RegistrationAct::Drafted { .. } => self.is_before_register() && !self.is_handed_in(),
            RegistrationAct::Submitted { .. } => {
                matches!(self.stage, RegistrationStage::Drafted | RegistrationStage::Returned { .. })
            }
            RegistrationAct::Returned { .. }
            | RegistrationAct::Registered { .. }
            | RegistrationAct::Rejected { .. } => self.is_handed_in(),
            RegistrationAct::Withdrawn { .. } => matches!(
                self.stage,
                RegistrationStage::Drafted | RegistrationStage::Submitted { .. } | RegistrationStage::Returned { .. }
            ),
            _ => matches!(self.stage, RegistrationStage::Registered),
        };
        if stands { Ok(()) } else { Err(RegistrationRefusal::Stage(self.stage.code())) }
    }

    const fn is_handed_in(&self) -> bool {
        matches!(self.stage, RegistrationStage::Submitted { .. })
    }

    fn take(&mut self, act: &RegistrationAct, by: &Office, on: NaiveDate) -> Step {
        match act {
            RegistrationAct::Drafted { form } => {
                plausible(form)?;
                self.same_loan(form)?;
                if matches!(self.stage, RegistrationStage::Rejected | RegistrationStage::Withdrawn) {
                    self.drafters.clear();
                    self.returned = 0;
                    self.stage = RegistrationStage::Drafted;
                }
                self.drafters.extend(by.hands().map(str::to_owned));
                self.form = Some(form.clone());
            }
            RegistrationAct::Submitted { .. } => {
                let form = self.form.as_ref().ok_or(RegistrationRefusal::FormMissing)?;
                complete(form)?;
                // Scan, confirmer and call back of a sealed return stand for the bank's second person.
                if by.under_return.is_none() && by.hands().any(|hand| self.drafters.contains(hand)) {
                    return Err(RegistrationRefusal::SamePerson);
                }
                self.stage = RegistrationStage::Submitted { since: on };
            }
            RegistrationAct::Returned { deficiencies, due_on } => {
                if deficiencies.is_empty() {
                    return Err(RegistrationRefusal::ReasonMissing);
                }
                self.returned = self.returned.saturating_add(1);
                self.drafters.clear();
                self.stage = RegistrationStage::Returned { due_on: *due_on };
            }
            RegistrationAct::Registered { certificate_no, .. } => {
                self.certificate_no.clone_from(certificate_no);
                self.stage = RegistrationStage::Registered;
            }
            RegistrationAct::Rejected { reasons, .. } => {
                if reasons.is_empty() {
                    return Err(RegistrationRefusal::ReasonMissing);
                }
                self.stage = RegistrationStage::Rejected;
            }
            RegistrationAct::Withdrawn { .. } => self.stage = RegistrationStage::Withdrawn,
            _ => {}
        }
        Ok(())
    }

    fn change(&mut self, act: &RegistrationAct, by: &Office) -> Step {
        let hands: BTreeSet<String> = by.hands().map(str::to_owned).collect();
        match act {
            RegistrationAct::AmendmentProposed { form, .. } => {
                plausible(form)?;
                self.same_loan(form)?;
                self.refuse_pending()?;
                self.pending = Some(PendingChange::Amendment { form: Box::new(form.clone()), by: hands });
            }
            RegistrationAct::AmendmentDecided { accepted, .. } => {
                let Some(PendingChange::Amendment { form, by: asked }) = self.pending.take() else {
                    return Err(RegistrationRefusal::NothingPending);
                };
                another(&asked, &hands)?;
                if *accepted {
                    self.form = Some(*form);
                }
            }
            RegistrationAct::CancellationProposed { .. } => {
                self.refuse_pending()?;
                self.pending = Some(PendingChange::Cancellation { by: hands });
            }
            RegistrationAct::CancellationDecided { accepted, .. } => {
                let Some(PendingChange::Cancellation { by: asked }) = self.pending.take() else {
                    return Err(RegistrationRefusal::NothingPending);
                };
                another(&asked, &hands)?;
                if *accepted {
                    self.stage = RegistrationStage::Cancelled;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn same_loan(&self, form: &LoanForm) -> Step {
        let is_same = |known: &LoanForm| {
            (&known.contract, &known.drawdown, &known.credit_code)
                == (&form.contract, &form.drawdown, &form.credit_code)
        };
        match &self.form {
            Some(known) if self.version > 0 && self.stage == RegistrationStage::Registered && !is_same(known) => {
                Err(RegistrationRefusal::IdentityChanged)
            }
            _ => Ok(()),
        }
    }

    fn refuse_pending(&self) -> Step {
        if self.pending.is_some() { Err(RegistrationRefusal::Pending) } else { Ok(()) }
    }
}

fn another(asked: &BTreeSet<String>, hands: &BTreeSet<String>) -> Step {
    if asked.is_disjoint(hands) { Ok(()) } else { Err(RegistrationRefusal::SamePerson) }
}

/// What no loan can be, whoever writes it.
fn plausible(form: &LoanForm) -> Step {
    let pledged = form.pledge_registered_on.is_none_or(|day| day <= form.matures_on);
    if form.disbursed_on > form.matures_on || form.founded_on > form.disbursed_on || !pledged {
        return Err(RegistrationRefusal::Days);
    }
    Ok(())
}

/// What must be there before a form is handed in.
fn complete(form: &LoanForm) -> Step {
    if form.consent.is_none() {
        return Err(RegistrationRefusal::ConsentMissing);
    }
    if !form.first_loan_declared {
        return Ok(());
    }
    let earliest = form.disbursed_on.checked_sub_days(Days::new(CREDIT_REPORT_DAYS)).unwrap_or(form.disbursed_on);
    match &form.credit_report {
        Some(report) if earliest <= report.queried_on && report.queried_on <= form.disbursed_on => Ok(()),
        _ => Err(RegistrationRefusal::FirstLoanProof),
    }
}
