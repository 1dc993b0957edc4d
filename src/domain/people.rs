//! The people who act: where they belong, in which roles, and who stands in for whom.
//!
//! Owns the acts on a person and the fold of them. Passwords and sign-in are not here: a person of this register may
//! act in a role, whatever way it was made sure that it is that person.
//! **Invariant:** a role holds from the day it is given until it is taken; a deputy acts in one role, for one person
//! of the same institution, until a day that is set from the start.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::detail::{acts, words};
use super::names::{PartnerCode, coded};
use super::separation;

coded! {
    /// What a person may do (`product.md`, who uses it).
    Role {
        /// Registers loans, reports, files claims.
        BankOfficer = "bank_officer", "银行信贷员";
        /// Checks what the officer of the same bank enters.
        BankReviewer = "bank_reviewer", "银行复核员";
        /// Confirms registrations, accepts and reviews claims, orders payments.
        FundAdministrator = "fund_administrator", "资金管理岗";
        /// Decides claims up to a level.
        FundApprover = "fund_approver", "审批人";
        /// Confirms payments and receipts.
        FinanceOfficer = "finance_officer", "财务人员";
        /// Countersigns for the finance bureau.
        TreasuryOfficer = "treasury_officer", "财政会签人";
        /// Reads everything, changes nothing.
        Auditor = "auditor", "审计人员";
        /// Keeps persons, roles and settings; sees no business.
        SystemAdministrator = "system_administrator", "系统管理员";
        /// Keeps accounts, sign-in and keys; sees no business.
        SecurityAdministrator = "security_administrator", "安全管理员";
        /// Reads what is pledged, for the market supervision bureau.
        BureauReader = "bureau_reader", "市场监督管理局人员";
        /// Reads summaries.
        Regulator = "regulator", "监管人员";
    }
}
words!(Role);

/// Longest time for which somebody may stand in, in days.
pub const LONGEST_DELEGATION_DAYS: u64 = 92;

/// Where a person belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Institution {
    /// The department in charge of the fund, or who manages it.
    Fund,
    /// A partner.
    Partner(PartnerCode),
    /// Another office: finance bureau, regulator branch, audit.
    Other(String),
}

impl Institution {
    /// From `fund`, a partner's code as `bank:SGH`, or any other name.
    #[must_use]
    pub fn read(text: &str) -> Institution {
        match text.trim().split_once(':') {
            None if text.trim() == "fund" => Institution::Fund,
            Some(("bank", code)) => Institution::Partner(PartnerCode::new(code)),
            _ => Institution::Other(text.trim().to_owned()),
        }
    }

    /// As text.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Institution::Fund => "fund".to_owned(),
            Institution::Partner(code) => format!("bank:{code}"),
            Institution::Other(name) => name.clone(),
        }
    }
}

acts! {
    /// What happens to a person.
    PersonAct {
        /// The person takes up work.
        Appointed = "appointed" {
            /// Where: `fund`, `bank:CODE`, or another office.
            institution: String,
            /// In which roles.
            roles: Vec<Role>,
            /// Up to which level an approver decides, as the rulebook names it.
            level: Option<String>,
        }
        /// One more role.
        RoleGiven = "role_given" {
            /// Which.
            role: Role,
            /// Up to which level an approver decides.
            level: Option<String>,
        }
        /// A role less, from this moment on.
        RoleTaken = "role_taken" {
            /// Which.
            role: Role,
            /// Why.
            reason: String,
        }
        /// Somebody stands in for this person.
        Delegated = "delegated" {
            /// Who.
            deputy: String,
            /// In which role.
            role: Role,
            /// First day.
            from: NaiveDate,
            /// Last day.
            until: NaiveDate,
            /// Why.
            reason: String,
        }
        /// Nobody stands in any longer.
        DelegationEnded = "delegation_ended" {
            /// In which role.
            role: Role,
        }
        /// The person leaves.
        Departed = "departed" {
            /// Why.
            reason: String,
        }
    }
}

/// Somebody who stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Who, as a key.
    pub deputy: String,
    /// In which role.
    pub role: Role,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Key: the name, folded.
    pub key: String,
    /// Where.
    pub institution: Institution,
    /// Roles, with the level of an approver.
    pub roles: BTreeMap<Role, Option<String>>,
    /// Who stands in.
    pub delegations: Vec<Delegation>,
    /// Whether the person left.
    pub departed: bool,
}

/// Why an act on a person is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonRefusal {
    /// The person is known already.
    #[error("known already")]
    Known,
    /// The person is not known, or left.
    #[error("unknown")]
    Unknown,
    /// The person has no such role.
    #[error("no such role")]
    NoSuchRole,
    /// The days are in the wrong order, or too far apart.
    #[error("days")]
    Days,
    /// Nobody stands in for oneself.
    #[error("oneself")]
    Oneself,
    /// Two roles that no person may hold together.
    #[error("roles that exclude each other: {0} and {1}")]
    Conflict(Role, Role),
}

impl PersonRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            PersonRefusal::Known => "PERSON_KNOWN",
            PersonRefusal::Unknown => "PERSON_UNKNOWN",
            PersonRefusal::NoSuchRole => "PERSON_NO_SUCH_ROLE",
            PersonRefusal::Days => "DELEGATION_DAYS",
            PersonRefusal::Oneself => "DELEGATION_ONESELF",
            PersonRefusal::Conflict(..) => "PERSON_ROLE_CONFLICT",
        }
    }
}

impl Person {
    /// The person after an act; `before` is none before the first.
    ///
    /// # Errors
    /// `PersonRefusal`.
    pub fn after(before: Option<Person>, key: &str, act: &PersonAct) -> Result<Person, PersonRefusal> {
        let known = before.filter(|person| !person.departed);
        match (known, act) {
            (None, PersonAct::Appointed { institution, roles, level }) => {
                refuse_conflict(roles.iter().copied())?;
                Ok(Person {
                    key: key.to_owned(),
                    institution: Institution::read(institution),
                    roles: roles.iter().map(|role| (*role, level_of(*role, level))).collect(),
                    delegations: Vec::new(),
                    departed: false,
                })
            }
            (Some(_), PersonAct::Appointed { .. }) => Err(PersonRefusal::Known),
            (None, _) => Err(PersonRefusal::Unknown),
            (Some(person), act) => person.changed(act),
        }
    }

    fn changed(mut self, act: &PersonAct) -> Result<Person, PersonRefusal> {
        match act {
            PersonAct::Appointed { .. } => return Err(PersonRefusal::Known),
            PersonAct::RoleGiven { role, level } => {
                refuse_conflict(self.roles.keys().copied().chain([*role]))?;
                self.roles.insert(*role, level_of(*role, level));
            }
            PersonAct::RoleTaken { role, .. } => {
                self.roles.remove(role).ok_or(PersonRefusal::NoSuchRole)?;
                self.delegations.retain(|delegation| delegation.role != *role);
            }
            PersonAct::Delegated { deputy, role, from, until, .. } => {
                let deputy = super::person::key_of(deputy);
                self.may_delegate(&deputy, *role, *from, *until)?;
                self.delegations.retain(|delegation| delegation.role != *role);
                self.delegations.push(Delegation { deputy, role: *role, from: *from, until: *until });
            }
            PersonAct::DelegationEnded { role } => {
                let before = self.delegations.len();
                self.delegations.retain(|delegation| delegation.role != *role);
                if self.delegations.len() == before {
                    return Err(PersonRefusal::NoSuchRole);
                }
            }
            PersonAct::Departed { .. } => {
                self.departed = true;
                self.roles.clear();
                self.delegations.clear();
            }
        }
        Ok(self)
    }

    fn may_delegate(&self, deputy: &str, role: Role, from: NaiveDate, until: NaiveDate) -> Result<(), PersonRefusal> {
        if deputy == self.key {
            return Err(PersonRefusal::Oneself);
        }
        if !self.roles.contains_key(&role) {
            return Err(PersonRefusal::NoSuchRole);
        }
        let last = from.checked_add_days(Days::new(LONGEST_DELEGATION_DAYS));
        if until < from || last.is_none_or(|last| until > last) {
            return Err(PersonRefusal::Days);
        }
        Ok(())
    }

    /// Whether somebody stands in for this person in a role on a day.
    #[must_use]
    pub fn is_stood_in_by(&self, deputy: &str, role: Role, on: NaiveDate) -> bool {
        let holds = |one: &Delegation| one.deputy == deputy && one.role == role && one.from <= on && on <= one.until;
        !self.departed && self.roles.contains_key(&role) && self.delegations.iter().any(holds)
    }
}

fn refuse_conflict(roles: impl Iterator<Item = Role>) -> Result<(), PersonRefusal> {
    match separation::conflict(roles) {
        Some((one, other)) => Err(PersonRefusal::Conflict(one, other)),
        None => Ok(()),
    }
}

fn level_of(role: Role, level: &Option<String>) -> Option<String> {
    level.clone().filter(|_| role == Role::FundApprover)
}

/// In what capacity a person acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Who, as a key.
    pub person: String,
    /// In which role.
    pub role: Role,
    /// Where.
    pub institution: Institution,
    /// Level of an approver.
    pub level: Option<String>,
    /// For whom, as a key, where the person stands in.
    pub stands_in_for: Option<String>,
    /// Number of the bank's sealed return that is entered, where somebody of the fund writes for a bank (代报).
    pub under_return: Option<String>,
}

impl Office {
    /// As stored: `role@institution`, with the level of an approver, for whom, and under which return.
    #[must_use]
    pub fn code(&self) -> String {
        let mut text = format!("{}@{}", self.role.code(), self.institution.code());
        if let Some(level) = &self.level {
            text.push_str(&format!("#{level}"));
        }
        if let Some(absent) = &self.stands_in_for {
            text.push_str(&format!(">{absent}"));
        }
        if let Some(number) = &self.under_return {
            text.push_str(&format!("~{number}"));
        }
        text
    }

    /// From what is stored.
    #[must_use]
    pub fn read(person: &str, text: &str) -> Option<Office> {
        let apart = |text: &str, at: char| match text.split_once(at) {
            Some((rest, said)) => (rest.to_owned(), Some(said.to_owned())),
            None => (text.to_owned(), None),
        };
        // A number of a return may hold any sign, so it stands last and is cut off first.
        let (rest, number) = apart(text, '~');
        let (rest, absent) = apart(&rest, '>');
        let (rest, level) = apart(&rest, '#');
        let (role, institution) = rest.split_once('@')?;
        let role = Role::from_code(role)?;
        let institution = Institution::read(institution);
        let person = super::person::key_of(person);
        Some(Office { person, role, institution, level, stands_in_for: absent, under_return: number })
    }

    /// Everyone whose hand is in the act: the person, and for whom.
    pub fn hands(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.person.as_str()).chain(self.stands_in_for.as_deref())
    }

    /// The bank the person belongs to.
    #[must_use]
    pub const fn bank(&self) -> Option<&PartnerCode> {
        match &self.institution {
            Institution::Partner(code) => Some(code),
            _ => None,
        }
    }
}
