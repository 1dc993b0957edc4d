//! Who may do what, and on whose business.
//!
//! Owns the permissions, what each role holds of them, and `Asker`: somebody who asks, with the offices held today.
//! Whether an act is right at this moment is not decided here: the fold of the thing asks for the office again.
//! **Invariant:** what no office gives is refused; whoever belongs to a bank reaches that bank and no other; no role
//! that keeps persons, settings or the audit sees business, but the auditor, who changes nothing.

use std::collections::BTreeSet;

use super::names::{PartnerCode, coded};
use super::people::{Institution, Office, Role};

coded! {
    /// One thing somebody may be allowed to do.
    Permission {
        /// Overview and totals.
        ReadSummaries = "summaries.read", "查看汇总";
        /// Loans, registrations and returns.
        ReadPortfolio = "portfolio.read", "查看贷款";
        /// Claims, calculations and payout sheets.
        ReadClaims = "claims.read", "查看补偿申请";
        /// Cash, ledger and commitments of the fund.
        ReadFund = "fund.read", "查看资金";
        /// Reserve snapshots.
        ReadReserve = "reserve.read", "查看准备金";
        /// Reports with their bytes.
        ReadReports = "reports.read", "查看报表";
        /// Partners, agreements and scorecards.
        ReadPartners = "partners.read", "查看合作机构";
        /// Rulebooks and quotes.
        ReadRulebooks = "rulebooks.read", "查看规则";
        /// Pledged IP rights.
        ReadRights = "rights.read", "查看知识产权";
        /// Files taken in and their findings.
        ReadImports = "imports.read", "查看导入";
        /// Attachments with their bytes.
        ReadAttachments = "attachments.read", "查看附件";
        /// Statements, reconciliation and months.
        ReadBooks = "books.read", "查看账务";
        /// State of delivery of mails.
        ReadMails = "mails.read", "查看邮件状态";
        /// What stands in mails.
        ReadMailBodies = "mails.bodies", "查看邮件内容";
        /// Send a report or a mail, or send it again.
        SendReports = "reports.send", "寄送报表";
        /// Jobs and their runs.
        ReadJobs = "jobs.read", "查看任务";
        /// Persons, roles and who stands in.
        ReadPersons = "persons.read", "查看人员";
        /// Everything the audit chain holds.
        ReadAudit = "audit.read", "查看审计";
        /// What the audit chain holds of signing in, roles and tokens.
        ReadSignInAudit = "audit.sign_in", "查看登录审计";
        /// Identity, phone and account numbers in full, with a reason.
        Unmask = "personal.unmask", "查看未脱敏信息";
        /// Send files, decide on them, stop them.
        EnterFiles = "imports.enter", "录入文件";
        /// Ask for an import to be taken back.
        AskUndo = "imports.ask_undo", "申请撤销导入";
        /// Take an import back.
        UndoImports = "imports.undo", "撤销导入";
        /// Act on registrations.
        ActOnRegistrations = "registrations.act", "办理登记";
        /// Act on loans.
        ActOnLoans = "loans.act", "办理贷款事项";
        /// Act on claims.
        ActOnClaims = "claims.act", "办理补偿申请";
        /// Decide claims: the second person before money moves.
        DecideClaims = "claims.decide", "审批补偿";
        /// Confirm payments and receipts.
        PayClaims = "claims.pay", "付款";
        /// Act on partners.
        ActOnPartners = "partners.act", "办理合作机构事项";
        /// Act on the fund.
        ActOnFund = "fund.act", "办理资金事项";
        /// Find that care was taken.
        ActOnExemptions = "exemptions.act", "办理尽职免责";
        /// Add attachments.
        AddAttachments = "attachments.add", "上传附件";
        /// Keep statements, matches and months.
        KeepBooks = "books.keep", "记账";
        /// Bring a rulebook on its way.
        IssueRulebooks = "rulebooks.issue", "发布规则";
        /// Appoint persons, give and take roles.
        KeepPersons = "persons.keep", "管理人员";
        /// Give and take machine accounts and their tokens.
        KeepTokens = "tokens.keep", "管理机器账号";
        /// Change settings and layouts.
        KeepSettings = "settings.keep", "管理设置";
        /// Run a job.
        RunJobs = "jobs.run", "执行任务";
    }
}

use Permission as P;

const READ_BUSINESS: &[Permission] = &[
    P::ReadSummaries,
    P::ReadPortfolio,
    P::ReadClaims,
    P::ReadPartners,
    P::ReadRulebooks,
    P::ReadRights,
    P::ReadImports,
    P::ReadAttachments,
];
const READ_FUND: &[Permission] = &[P::ReadFund, P::ReadReserve, P::ReadReports, P::ReadBooks, P::ReadMails];

/// What a role holds.
#[must_use]
pub fn permissions_of(role: Role) -> BTreeSet<Permission> {
    let parts: &[&[Permission]] = match role {
        Role::BankOfficer | Role::BankReviewer => &[
            READ_BUSINESS,
            &[P::EnterFiles, P::ActOnRegistrations, P::ActOnLoans, P::ActOnClaims, P::AddAttachments],
            &[P::AskUndo, P::ReadMails],
        ],
        Role::FundAdministrator => &[
            READ_BUSINESS,
            READ_FUND,
            &[P::ReadMailBodies, P::EnterFiles, P::UndoImports, P::ActOnRegistrations, P::ActOnLoans, P::ActOnClaims],
            &[P::ActOnPartners, P::ActOnFund, P::ActOnExemptions, P::AddAttachments, P::IssueRulebooks, P::Unmask],
            &[P::AskUndo, P::ReadJobs, P::SendReports],
        ],
        Role::FundApprover => &[
            READ_BUSINESS,
            READ_FUND,
            &[P::ReadMailBodies, P::UndoImports, P::ActOnRegistrations, P::ActOnLoans, P::ActOnClaims],
            &[
                P::AskUndo,
                P::DecideClaims,
                P::ActOnPartners,
                P::ActOnFund,
                P::ActOnExemptions,
                P::IssueRulebooks,
                P::AddAttachments,
            ],
        ],
        Role::FinanceOfficer => &[
            READ_BUSINESS,
            READ_FUND,
            &[
                P::ReadMailBodies,
                P::ActOnClaims,
                P::PayClaims,
                P::ActOnFund,
                P::KeepBooks,
                P::AddAttachments,
                P::Unmask,
            ],
        ],
        Role::TreasuryOfficer => &[READ_BUSINESS, READ_FUND, &[P::ActOnClaims, P::ActOnFund]],
        Role::Auditor => &[
            READ_BUSINESS,
            READ_FUND,
            &[P::ReadMailBodies, P::ReadJobs, P::ReadPersons, P::ReadAudit, P::ReadSignInAudit],
        ],
        Role::Regulator => &[
            &[P::ReadSummaries, P::ReadPortfolio, P::ReadClaims, P::ReadFund, P::ReadReserve, P::ReadReports],
            &[P::ReadPartners, P::ReadRulebooks, P::ReadRights],
        ],
        // Of the reports only those that are made for it: see `Asker::reads_report`.
        Role::BureauReader => &[&[P::ReadRights, P::ReadRulebooks, P::ReadReports]],
        Role::SystemAdministrator => {
            &[&[P::KeepSettings, P::ReadJobs, P::RunJobs, P::ReadMails, P::ReadPersons, P::KeepPersons]]
        }
        Role::SecurityAdministrator => &[&[P::ReadPersons, P::KeepPersons, P::KeepTokens, P::ReadSignInAudit]],
    };
    parts.iter().flat_map(|part| part.iter().copied()).collect()
}

/// Roles a machine account may hold. What needs four eyes needs people: no machine is the second person of anything.
pub const MACHINE_ROLES: &[Role] = &[
    Role::BankOfficer,
    Role::FinanceOfficer,
    Role::Auditor,
    Role::Regulator,
    Role::BureauReader,
    Role::SystemAdministrator,
];

/// What a machine of the finance desk does: bring statements and match them, never pay.
const FINANCE_MACHINE: [Permission; 3] = [P::ReadFund, P::ReadBooks, P::KeepBooks];

/// Reports that the market supervision bureau reads.
const REPORTS_OF_THE_BUREAU: [&str; 1] = ["market_supervision_summary"];

/// What no machine does, whatever its role: people keep people, keys and settings.
const NEVER_A_MACHINE: [Permission; 4] = [P::KeepPersons, P::KeepTokens, P::KeepSettings, P::Unmask];

/// What a role holds where a machine has it.
#[must_use]
pub fn machine_permissions_of(role: Role) -> BTreeSet<Permission> {
    let fits = |permission: &Permission| match role {
        Role::FinanceOfficer => FINANCE_MACHINE.contains(permission),
        _ => !NEVER_A_MACHINE.contains(permission),
    };
    permissions_of(role).into_iter().filter(fits).collect()
}

/// Whose business somebody reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Every bank, and what belongs to none.
    All,
    /// These banks only.
    Banks(BTreeSet<PartnerCode>),
    /// No business.
    Nothing,
}

impl Reach {
    /// Whether a bank's business is within.
    #[must_use]
    pub fn holds(&self, bank: &PartnerCode) -> bool {
        match self {
            Reach::All => true,
            Reach::Banks(banks) => banks.contains(bank),
            Reach::Nothing => false,
        }
    }
}

/// Whose business an office reaches.
fn reach_of(office: &Office) -> Reach {
    match (&office.institution, office.role) {
        (_, Role::SystemAdministrator | Role::SecurityAdministrator) => Reach::Nothing,
        (Institution::Partner(bank), _) => Reach::Banks(BTreeSet::from([bank.clone()])),
        // A bank's role without a bank reaches nobody's business.
        (_, Role::BankOfficer | Role::BankReviewer) => Reach::Nothing,
        _ => Reach::All,
    }
}

/// Somebody who asks: a person, or a machine with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Name under which acts are kept.
    pub name: String,
    /// Offices held today.
    pub offices: Vec<Office>,
    /// Of a machine: what its token is for. Of a person: none, the offices decide alone.
    pub scopes: Option<BTreeSet<Permission>>,
}

impl Asker {
    /// A person with offices.
    #[must_use]
    pub fn person(name: impl Into<String>, offices: Vec<Office>) -> Asker {
        Asker { name: name.into(), offices, scopes: None }
    }

    /// A machine with offices, for some things only.
    #[must_use]
    pub fn machine(name: impl Into<String>, offices: Vec<Office>, scopes: BTreeSet<Permission>) -> Asker {
        Asker { name: name.into(), offices, scopes: Some(scopes) }
    }

    /// Whether this is a machine.
    #[must_use]
    pub const fn is_machine(&self) -> bool {
        self.scopes.is_some()
    }

    /// Whether some office allows it, and the token where there is one.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let fits =
            |scopes: &BTreeSet<Permission>| scopes.contains(&permission) && !NEVER_A_MACHINE.contains(&permission);
        let asked_for = self.scopes.as_ref().is_none_or(fits);
        asked_for && self.holding(permission).next().is_some()
    }

    /// Whether a report may be read: by the bureau those that are made for it, by whoever else reads reports every one.
    #[must_use]
    pub fn reads_report(&self, name: &str) -> bool {
        self.may(P::ReadReports)
            && self
                .holding(P::ReadReports)
                .any(|office| office.role != Role::BureauReader || REPORTS_OF_THE_BUREAU.contains(&name))
    }

    /// The one kind of report that may be read; none where every kind may.
    #[must_use]
    pub fn only_report(&self) -> Option<&'static str> {
        let reads_all = self.holding(P::ReadReports).any(|office| office.role != Role::BureauReader);
        (!reads_all).then_some(REPORTS_OF_THE_BUREAU[0])
    }

    /// Whether it is allowed for the fund itself, not for a bank.
    #[must_use]
    pub fn may_for_fund(&self, permission: Permission) -> bool {
        self.may(permission)
            && self.holding(permission).any(|office| !matches!(office.institution, Institution::Partner(_)))
    }

    /// Everything allowed.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.may(*permission)).collect()
    }

    /// Whose business is reached, over all offices.
    #[must_use]
    pub fn reach(&self) -> Reach {
        joined(self.offices.iter())
    }

    /// Whose business is reached with this permission: the other offices do not help.
    #[must_use]
    pub fn reach_with(&self, permission: Permission) -> Reach {
        if self.may(permission) { joined(self.holding(permission)) } else { Reach::Nothing }
    }

    /// Whether an office in this role is held.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.offices.iter().any(|office| office.role == role)
    }

    fn holding(&self, permission: Permission) -> impl Iterator<Item = &Office> {
        let held = if self.is_machine() { machine_permissions_of } else { permissions_of };
        self.offices.iter().filter(move |office| held(office.role).contains(&permission))
    }
}

fn joined<'a>(offices: impl Iterator<Item = &'a Office>) -> Reach {
    let mut found = BTreeSet::new();
    for office in offices {
        match reach_of(office) {
            Reach::All => return Reach::All,
            Reach::Banks(banks) => found.extend(banks),
            Reach::Nothing => {}
        }
    }
    if found.is_empty() { Reach::Nothing } else { Reach::Banks(found) }
}
