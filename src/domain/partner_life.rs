//! What happens to a partner: its account, its suspension, who succeeds it.
//!
//! **Invariant:** an account changes on the word of two persons with a sealed letter and a call back; a suspension is
//! proposed by one and decided by another, and so is its end.

use chrono::{Days, NaiveDate};

use super::detail::{acts, record, words};
use super::money::Ppm;
use super::names::{PartnerCode, coded};
use super::people::{Office, Role};
use super::person::key_of;

/// How a number begins that was sealed at the door, where nobody else can write such a one.
const SEALED: &str = "sealed:";

coded! {
    /// What a suspension stops.
    SuspensionScope {
        /// New registrations; claims go on (在途照付).
        NewLoans = "new_loans", "停止新增备案";
        /// Payments too: claims wait.
        Payments = "payments", "暂停补偿";
    }
}
words!(SuspensionScope);

record! {
    /// Where a partner is paid.
    BankAccount {
        /// Name of the holder.
        holder: String,
        /// Number.
        number: String,
        /// Name of the bank.
        bank_name: String,
        /// Number of the bank, twelve digits.
        bank_no: String,
    }
}

acts! {
    /// What happens to a partner.
    PartnerAct {
        /// The account of the agreement.
        AccountAgreed = "account_agreed" {
            /// Which.
            account: BankAccount,
            /// Number of the agreement.
            agreement_no: String,
        }
        /// Another account is asked for by a sealed letter.
        AccountChangeProposed = "account_change_proposed" {
            /// Which.
            account: BankAccount,
            /// The sealed letter, by number or attachment.
            letter: String,
        }
        /// A second person has called back and decides.
        AccountChangeDecided = "account_change_decided" {
            /// Whether it stands.
            accepted: bool,
            /// Who was called, when, under which number, and what was said.
            call_back: String,
        }
        /// A suspension is proposed.
        SuspensionProposed = "suspension_proposed" {
            /// What it stops.
            scope: SuspensionScope,
            /// Why.
            ground: String,
            /// The figure that led to it.
            figure: Option<Ppm>,
        }
        /// A suspension is decided.
        SuspensionDecided = "suspension_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
        /// The end of a suspension is proposed.
        ReleaseProposed = "release_proposed" {
            /// Why.
            ground: String,
        }
        /// The end of a suspension is decided.
        ReleaseDecided = "release_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
        /// Another partner takes over (承继).
        SuccessionProposed = "succession_proposed" {
            /// Who.
            successor: PartnerCode,
            /// From which day.
            from: NaiveDate,
            /// Number of the approval.
            approval_no: String,
            /// The scan, by attachment.
            scan: String,
        }
        /// The succession is decided.
        SuccessionDecided = "succession_decided" {
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
        /// The bank names who answers for its sealed returns.
        ConfirmerNamed = "confirmer_named" {
            /// Who.
            confirmer: String,
            /// The sealed letter, by number or attachment.
            letter: String,
        }
        /// The bank no longer lets somebody answer for its returns.
        ConfirmerEnded = "confirmer_ended" {
            /// Who.
            confirmer: String,
            /// Why.
            reason: String,
        }
        /// A sealed return of the bank came in, to be entered by the fund for the bank (代报).
        ReturnTaken = "return_taken" {
            /// Number the bank gave it.
            number: String,
            /// The scan, by attachment of the partner.
            scan: String,
            /// Who of the bank answers for it.
            confirmer: String,
            /// Day on which the confirmer was called back.
            called_on: NaiveDate,
            /// Who called, under which number, and what was said.
            call_back: String,
            /// What it is about: registrations and claims by name.
            subjects: Vec<String>,
        }
    }
}

/// Days for which a sealed return may be entered.
pub const RETURN_DAYS: u64 = 30;

/// A sealed return that the fund enters for a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedReturn {
    /// Number the bank gave it.
    pub number: String,
    /// What it is about.
    pub subjects: Vec<String>,
    /// Whose hand took it, as keys.
    pub by: Vec<String>,
    /// Day it was taken.
    pub on: NaiveDate,
}

impl SealedReturn {
    /// Whether somebody may enter it for a thing on a day.
    #[must_use]
    pub fn lets_enter(&self, person: &str, subject: &str, on: NaiveDate) -> bool {
        let last = self.on.checked_add_days(Days::new(RETURN_DAYS));
        let in_time = self.on <= on && last.is_none_or(|last| on <= last);
        in_time && self.by.iter().any(|hand| hand == person) && self.subjects.iter().any(|named| named == subject)
    }
}

/// Something that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What was proposed.
    pub act: PartnerAct,
    /// Who, as keys.
    pub by: Vec<String>,
}

/// A partner as its acts leave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartnerState {
    /// Where it is paid.
    pub account: Option<BankAccount>,
    /// Day since which the account is a changed one; none for that of the agreement, which one person records, because
    /// it is the account of the signed paper: the first payment to it is flagged all the same.
    pub changed_on: Option<NaiveDate>,
    /// What is stopped, and since when.
    pub suspended: Option<(SuspensionScope, NaiveDate)>,
    /// Who took over, and from which day.
    pub succeeded_by: Option<(PartnerCode, NaiveDate)>,
    /// Waiting for a second person.
    pub waiting: Option<Waiting>,
    /// Who answers for the bank's sealed returns, as keys.
    pub confirmers: Vec<String>,
    /// Sealed returns the fund enters or entered for the bank.
    pub returns: Vec<SealedReturn>,
}

/// Why an act on a partner is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartnerRefusal {
    /// The role does not do this.
    #[error("role")]
    Role,
    /// Something else waits for a second person first.
    #[error("waiting")]
    Waiting,
    /// Nothing of the kind waits.
    #[error("nothing waits")]
    NothingWaits,
    /// A second person is needed.
    #[error("same person")]
    SamePerson,
    /// It is not suspended.
    #[error("not suspended")]
    NotSuspended,
    /// The number of the bank has not twelve digits, or the account no number.
    #[error("account")]
    Account,
    /// There is an account already; it is changed, not agreed again.
    #[error("account known")]
    AccountKnown,
    /// It cannot succeed itself, or was succeeded.
    #[error("succession")]
    Succession,
    /// The bank has not named this person to answer for its returns.
    #[error("confirmer")]
    Confirmer,
    /// A return of this number was taken already.
    #[error("return known")]
    ReturnKnown,
    /// The return is about nothing, or was called back about on a day to come.
    #[error("return")]
    Return,
}

impl PartnerRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            PartnerRefusal::Role => "ACT_ROLE",
            PartnerRefusal::Waiting => "PARTNER_WAITING",
            PartnerRefusal::NothingWaits => "PARTNER_NOTHING_WAITS",
            PartnerRefusal::SamePerson => "PARTNER_SAME_PERSON",
            PartnerRefusal::NotSuspended => "PARTNER_NOT_SUSPENDED",
            PartnerRefusal::Account => "PARTNER_ACCOUNT",
            PartnerRefusal::AccountKnown => "PARTNER_ACCOUNT_KNOWN",
            PartnerRefusal::Succession => "PARTNER_SUCCESSION",
            PartnerRefusal::Confirmer => "PARTNER_CONFIRMER",
            PartnerRefusal::ReturnKnown => "PARTNER_RETURN_KNOWN",
            PartnerRefusal::Return => "PARTNER_RETURN",
        }
    }
}

impl PartnerState {
    /// The partner after an act of a person in an office on a day.
    ///
    /// # Errors
    /// `PartnerRefusal`.
    pub fn after(
        &self,
        code: &str,
        act: &PartnerAct,
        by: &Office,
        on: NaiveDate,
    ) -> Result<PartnerState, PartnerRefusal> {
        let decides = matches!(
            act,
            PartnerAct::AccountChangeDecided { .. }
                | PartnerAct::SuspensionDecided { .. }
                | PartnerAct::ReleaseDecided { .. }
                | PartnerAct::SuccessionDecided { .. }
        );
        let is_role = if decides {
            matches!(by.role, Role::FundApprover | Role::FundAdministrator | Role::FinanceOfficer)
        } else {
            matches!(by.role, Role::FundAdministrator)
        };
        if !is_role || by.bank().is_some() {
            return Err(PartnerRefusal::Role);
        }
        let mut next = self.clone();
        if decides {
            next.decide(act, by, on)?
        } else if !next.answer_for_returns(act, by, on)? {
            next.propose(code, act, by)?
        }
        Ok(next)
    }

    /// What the bank says about its returns holds at once: the person who takes one in has no hand in what the fund
    /// makes of it. Gives whether the act was of this kind.
    fn answer_for_returns(&mut self, act: &PartnerAct, by: &Office, on: NaiveDate) -> Result<bool, PartnerRefusal> {
        match act {
            PartnerAct::ConfirmerNamed { confirmer, .. } => {
                let key = key_of(confirmer);
                if !self.confirmers.contains(&key) {
                    self.confirmers.push(key);
                }
            }
            PartnerAct::ConfirmerEnded { confirmer, .. } => {
                let key = key_of(confirmer);
                if !self.confirmers.contains(&key) {
                    return Err(PartnerRefusal::Confirmer);
                }
                self.confirmers.retain(|known| *known != key);
            }
            PartnerAct::ReturnTaken { number, confirmer, called_on, subjects, .. } => {
                let key = key_of(confirmer);
                if !self.confirmers.contains(&key) || by.hands().any(|hand| hand == key) {
                    return Err(PartnerRefusal::Confirmer);
                }
                if self.returns.iter().any(|known| known.number == *number) {
                    return Err(PartnerRefusal::ReturnKnown);
                }
                if subjects.is_empty() || *called_on > on {
                    return Err(PartnerRefusal::Return);
                }
                let (number, subjects) = (number.clone(), subjects.clone());
                self.returns.push(SealedReturn { number, subjects, by: by.hands().map(str::to_owned).collect(), on });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn propose(&mut self, code: &str, act: &PartnerAct, by: &Office) -> Result<(), PartnerRefusal> {
        match act {
            PartnerAct::AccountAgreed { account, .. } => {
                well_formed(account)?;
                if self.account.is_some() {
                    return Err(PartnerRefusal::AccountKnown);
                }
                self.account = Some(account.clone());
                return Ok(());
            }
            PartnerAct::AccountChangeProposed { account, .. } => well_formed(account)?,
            PartnerAct::ReleaseProposed { .. } if self.suspended.is_none() => return Err(PartnerRefusal::NotSuspended),
            PartnerAct::SuccessionProposed { successor, .. }
                if successor.as_str() == code || self.succeeded_by.is_some() =>
            {
                return Err(PartnerRefusal::Succession);
            }
            _ => {}
        }
        if self.waiting.is_some() {
            return Err(PartnerRefusal::Waiting);
        }
        self.waiting = Some(Waiting { act: act.clone(), by: by.hands().map(str::to_owned).collect() });
        Ok(())
    }

    fn decide(&mut self, act: &PartnerAct, by: &Office, on: NaiveDate) -> Result<(), PartnerRefusal> {
        let waiting = self.waiting.take().ok_or(PartnerRefusal::NothingWaits)?;
        if by.hands().any(|hand| waiting.by.iter().any(|known| known == hand)) {
            return Err(PartnerRefusal::SamePerson);
        }
        match (act, waiting.act) {
            (PartnerAct::AccountChangeDecided { accepted, .. }, PartnerAct::AccountChangeProposed { account, .. }) => {
                if *accepted {
                    self.account = Some(account);
                    self.changed_on = Some(on);
                }
            }
            (PartnerAct::SuspensionDecided { accepted, .. }, PartnerAct::SuspensionProposed { scope, .. }) => {
                if *accepted {
                    self.suspended = Some((scope, on));
                }
            }
            (PartnerAct::ReleaseDecided { accepted, .. }, PartnerAct::ReleaseProposed { .. }) => {
                if *accepted {
                    self.suspended = None;
                }
            }
            (
                PartnerAct::SuccessionDecided { accepted, .. },
                PartnerAct::SuccessionProposed { successor, from, .. },
            ) => {
                if *accepted {
                    self.succeeded_by = Some((successor, from));
                }
            }
            _ => return Err(PartnerRefusal::NothingWaits),
        }
        Ok(())
    }
}

/// Whether a text reads as the number of an account.
#[must_use]
pub fn is_account_number(text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-');
    is_plain && text.chars().filter(char::is_ascii_digit).count() >= 8
}

/// A number that reads as one, or was sealed after it did, and a bank number of twelve digits.
fn well_formed(account: &BankAccount) -> Result<(), PartnerRefusal> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let is_number = is_account_number(&account.number) || account.number.starts_with(SEALED);
    let is_bank_no = account.bank_no.len() == 12 && digits(&account.bank_no) == 12;
    if is_number && is_bank_no { Ok(()) } else { Err(PartnerRefusal::Account) }
}
