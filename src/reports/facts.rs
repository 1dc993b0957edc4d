//! What is known of one period at a cut-off: the only input of a summary.
//!
//! Owns `PeriodFacts` and what belongs to banks and loans; claims, payments and the fund's money are in
//! `money_facts`. **Invariant:** `None` means "not collected" and is never read as zero.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::ReportError;
use super::money_facts::{ClaimFact, FundMoney, PaymentFact, RecoveryFact, Restatement};
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{ContractNo, IpKind, PartnerCode, Tier};

/// Everything one summary of one period says, as known at the cut-off.
#[derive(Debug, Clone)]
pub struct PeriodFacts {
    /// The month reported.
    pub period: Month,
    /// 1 for the first issue 初报, higher for a correction.
    pub version: u32,
    /// Facts recorded later than this are not in the summary.
    pub cut_off: DateTime<Utc>,
    /// Day of issue, which decides the names of offices.
    pub issued_on: NaiveDate,
    /// The offices named in the head.
    pub offices: Offices,
    /// Name of the fund in Chinese.
    pub fund_name: String,
    /// The rulebook whose numbers are printed.
    pub rulebook: RulebookLabel,
    /// Partner banks in the regulator's order.
    pub banks: Vec<BankFacts>,
    /// County units and industries of the city plan.
    pub lists: PlanLists,
    /// Ids of the stored bank reports the figures come from, in reading order.
    pub sources: Vec<String>,
    /// Every loan on the register at the cut-off.
    pub loans: Vec<LoanFact>,
    /// Position at the end of the month before; `None`: no data for that month.
    pub previous_month: Option<Position>,
    /// Position at the end of the year before.
    pub last_year_end: Option<Position>,
    /// Position at the end of the same month of the year before.
    pub year_before: Option<Position>,
    /// Claims filed until the cut-off.
    pub claims: Vec<ClaimFact>,
    /// Compensation paid until the cut-off.
    pub payments: Vec<PaymentFact>,
    /// Money recovered until the cut-off.
    pub recoveries: Vec<RecoveryFact>,
    /// The fund's money at the cut-off; `None`: the ledger was not read.
    pub money: Option<FundMoney>,
    /// Corrections of earlier periods that arrived since the last summary.
    pub restatements: Vec<Restatement>,
}

/// The offices in the head of a summary, as named on its day of issue.
#[derive(Debug, Clone)]
pub struct Offices {
    /// Banking regulator branch.
    pub regulator: Office,
    /// Market supervision bureau.
    pub bureau: Office,
    /// Who fills the tables in 填报单位.
    pub reporter: Office,
}

/// Names of one office in force on a day.
#[derive(Debug, Clone)]
pub struct Office {
    /// Full Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Name before the last renaming, printed in brackets.
    pub predecessor_zh: Option<String>,
}

/// Which rulebook the figures follow.
#[derive(Debug, Clone)]
pub struct RulebookLabel {
    /// Title and version.
    pub label: String,
    /// Whether its numbers are proposals nobody has approved.
    pub proposal: bool,
}

/// One partner bank in the period.
#[derive(Debug, Clone)]
pub struct BankFacts {
    /// Code.
    pub code: PartnerCode,
    /// Name in force.
    pub name: String,
    /// Name of a bank merged into this one less than 12 months ago.
    pub predecessor: Option<String>,
    /// What arrived for the period.
    pub state: ReportState,
    /// Standing under the rulebook's breakers; `None`: the rulebook in force has none.
    pub standing: Option<BankStanding>,
    /// Late returns so far this year; `None`: not recorded.
    pub late_returns: Option<u64>,
    /// Loans whose rows of the period were refused, so that what was reported last of them is carried on.
    pub carried: u64,
}

/// What a bank sent for the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportState {
    /// A report, in this version.
    Reported {
        /// 1 for the first sending.
        version: u32,
    },
    /// 本月无业务, a report that there is nothing.
    Nil {
        /// 1 for the first sending.
        version: u32,
    },
    /// Nothing until the cut-off.
    Missing,
}

/// Standing of a bank under the breakers of article 24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankStanding {
    /// 正常.
    Normal,
    /// 预警.
    Warned,
    /// 停办.
    Suspended,
}

/// Identity of a loan inside the register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoanKey {
    /// Bank.
    pub bank: PartnerCode,
    /// Contract number.
    pub contract: ContractNo,
    /// Drawdown number, empty if none.
    pub drawdown: String,
}

/// One registered loan and, if the bank reported it, its row of the period.
#[derive(Debug, Clone)]
pub struct LoanFact {
    /// Identity.
    pub key: LoanKey,
    /// Credit code of the borrower: counts firms, is never printed.
    pub borrower: String,
    /// County unit.
    pub county: String,
    /// Industry as registered.
    pub industry: String,
    /// Business date of the registration.
    pub registered_on: NaiveDate,
    /// Day of disbursement.
    pub disbursed_on: NaiveDate,
    /// Principal.
    pub principal: Fen,
    /// Yearly rate.
    pub rate: Ppm,
    /// Share of the loan carried by the pledged rights.
    pub ip_share: Ppm,
    /// First loan after the cross-bank check.
    pub first_loan: bool,
    /// First loan as the bank declared.
    pub first_loan_declared: bool,
    /// Fewer than 60 full months old at disbursement.
    pub start_up: bool,
    /// Whether the enrolment test covers it.
    pub covered: bool,
    /// Waiting for capacity.
    pub queued: bool,
    /// Frozen share of the fund.
    pub fund_rate: Ppm,
    /// The linked policy if one is active at the end of the period.
    pub policy: Option<ActivePolicy>,
    /// Date of the pledge registration.
    pub pledged_on: Option<NaiveDate>,
    /// Number of the pledge registration, opaque.
    pub pledge_no: Option<String>,
    /// Pledged rights.
    pub rights: Vec<(IpKind, String)>,
    /// The bank's row of the period, last version.
    pub servicing: Option<Servicing>,
}

/// An insurance policy active at the end of the period.
#[derive(Debug, Clone)]
pub struct ActivePolicy {
    /// Policy number: counts policies, is never printed.
    pub policy_no: String,
    /// Insured sum; `None`: not in the file.
    pub insured_sum: Option<Fen>,
}

/// What a bank said of a loan at a month-end, with the system's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Servicing {
    /// Balance.
    pub balance: Fen,
    /// Overdue principal.
    pub overdue_principal: Fen,
    /// Overdue interest.
    pub overdue_interest: Fen,
    /// Overdue days on the report date, 0 if none.
    pub overdue_days: u32,
    /// The bank's own grade.
    pub bank_tier: Tier,
    /// The mildest grade the overdue days allow.
    pub floor_tier: Tier,
    /// The worse of both.
    pub tier: Tier,
}

/// The loans of an earlier month-end, last version known at the cut-off.
#[derive(Debug, Clone)]
pub struct Position {
    /// The month.
    pub month: Month,
    /// Banks whose report for that month is known, nil returns included.
    pub reported: BTreeSet<PartnerCode>,
    /// Their rows.
    pub rows: Vec<(LoanKey, Servicing)>,
}

/// The lists of places and industries a table is split by.
#[derive(Debug, Clone)]
pub struct PlanLists {
    /// County units, in printing order.
    pub counties: Vec<String>,
    /// Zones listed beside the counties 另列.
    pub zones: Vec<String>,
    /// Industries of the city plan; everything else is 其他.
    pub industries: Vec<String>,
}

impl PlanLists {
    /// The lists of the Shuozhou action plan (2021), as its tables print them.
    #[must_use]
    pub fn shuozhou() -> PlanLists {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        PlanLists {
            counties: owned(&["朔城区", "平鲁区", "山阴县", "应县", "右玉县", "怀仁市"]),
            zones: owned(&["朔州经济开发区"]),
            industries: owned(&[
                "煤炭清洁高效利用",
                "新型综合能源",
                "新型电子材料",
                "煤化工",
                "装备制造",
                "绿色农产品加工",
                "文化旅游",
            ]),
        }
    }
}

impl ReportState {
    /// Whether something arrived, a nil return included.
    #[must_use]
    pub const fn arrived(self) -> bool {
        !matches!(self, ReportState::Missing)
    }
}

impl PeriodFacts {
    /// Checks what the tables rely on: known banks, no rows of a missing bank, no balance under a nil return.
    ///
    /// # Errors
    /// `BankUnknown`, `MissingBankHasRows`, `NilBankHasBalance`.
    pub fn check(&self) -> Result<(), ReportError> {
        for loan in &self.loans {
            let state = self.bank(&loan.key.bank)?.state;
            let Some(servicing) = loan.servicing else { continue };
            let bank = loan.key.bank.to_string();
            let contract = loan.key.contract.to_string();
            if state == ReportState::Missing {
                return Err(ReportError::MissingBankHasRows { bank, contract });
            }
            if matches!(state, ReportState::Nil { .. }) && servicing.balance > Fen::ZERO {
                return Err(ReportError::NilBankHasBalance { bank, contract });
            }
        }
        let others = self.claims.iter().map(|claim| &claim.loan);
        let others = others.chain(self.payments.iter().map(|payment| &payment.loan));
        for key in others.chain(self.recoveries.iter().map(|recovery| &recovery.loan)) {
            self.bank(&key.bank)?;
        }
        Ok(())
    }

    /// The bank with this code.
    ///
    /// # Errors
    /// `BankUnknown`.
    pub fn bank(&self, code: &PartnerCode) -> Result<&BankFacts, ReportError> {
        let found = self.banks.iter().find(|bank| bank.code == *code);
        found.ok_or_else(|| ReportError::BankUnknown { bank: code.to_string() })
    }
}
