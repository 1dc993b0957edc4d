//! The facts of one loan at one moment: what a trial calculation and a claim are computed from.
//!
//! **Invariant:** `None` means unknown, never zero and never no; a day that has not come is `When::NotYet`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::ip_right::TermEnd;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{IpKind, Tier};
use crate::domain::rulebook::vocabulary::{BorrowerSize, Claimant, PledgeMode, Route};

/// A day that has come, or has not: what has not happened is later than every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// On this day.
    On(NaiveDate),
    /// Not so far.
    NotYet,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The caller's name for it.
    pub case: String,
    /// The business date: decides limits and the year.
    pub on: NaiveDate,
    /// The loan.
    pub loan: LoanFacts,
    /// The firm.
    pub borrower: BorrowerFacts,
    /// The pledged rights.
    pub ip_rights: Option<Vec<RightFacts>>,
    /// The claim; without one the case is an enrolment test.
    pub claim: Option<ClaimFacts>,
    /// The bank.
    pub bank: BankFacts,
    /// The guarantor.
    pub guarantor: GuarantorFacts,
    /// The fund.
    pub fund: FundFacts,
}

/// The loan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoanFacts {
    /// Contract number.
    pub contract_no: Option<String>,
    /// Code of the bank.
    pub bank: Option<String>,
    /// Principal; the one amount that is never unknown.
    pub principal: Fen,
    /// The part of it the rights carry by contract.
    pub ip_amount: Option<Fen>,
    /// Day of disbursement.
    pub disbursed_on: Option<When>,
    /// Day of maturity.
    pub matures_on: Option<When>,
    /// Day of registration with the fund.
    pub registered_on: Option<When>,
    /// Yearly rate.
    pub annual_rate: Option<Ppm>,
    /// One-year loan prime rate.
    pub lpr_1y: Option<Ppm>,
    /// Yearly fee of the guarantor.
    pub guarantee_rate: Option<Ppm>,
    /// How the loan came to the bank.
    pub route: Option<Route>,
    /// How the rights are pledged.
    pub pledge_mode: Option<PledgeMode>,
    /// Purpose.
    pub purpose: Option<String>,
    /// Who claims.
    pub claimant: Option<Claimant>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

/// The firm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BorrowerFacts {
    /// Unified social credit code.
    pub uscc: Option<String>,
    /// Size class on its reading date.
    pub size: Option<BorrowerSize>,
    /// Region code, as the rulebook means it.
    pub region: Option<String>,
    /// Industry class.
    pub industry: Option<String>,
    /// Founding day.
    pub established_on: Option<When>,
    /// First loan of the firm.
    pub first_loan: Option<bool>,
    /// Revenue.
    pub revenue: Option<Fen>,
    /// Assets.
    pub assets: Option<Fen>,
    /// Employees.
    pub employees: Option<u32>,
    /// Debt ratio.
    pub debt_ratio: Option<Ppm>,
    /// Clean credit record.
    pub credit_clean: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Balance under the scheme.
    pub scheme_balance: Option<Fen>,
    /// Counted ceilings of its other live loans.
    pub counted_elsewhere: Option<Fen>,
    /// Loss counted for it so far.
    pub base_to_date: Option<Fen>,
    /// Paid by the fund for this firm so far.
    pub paid_to_date: Option<Fen>,
    /// Of that, this year.
    pub paid_this_year: Option<Fen>,
}

/// One pledged right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RightFacts {
    /// Kind.
    pub kind: Option<IpKind>,
    /// Number.
    pub number: Option<String>,
    /// Day the pledge was registered.
    pub pledge_registered_on: Option<When>,
    /// End of the legal term; `TermEnd::Open` counts as not over.
    pub term_end: Option<TermEnd>,
    /// Day a lapse took effect; `NotYet` when the register shows none.
    pub lapsed_on: Option<When>,
    /// Day of the appraisal.
    pub appraised_on: Option<When>,
}

/// The claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimFacts {
    /// Day of the claim.
    pub filed_on: Option<When>,
    /// First overdue day.
    pub overdue_since: Option<When>,
    /// Five-tier class.
    pub tier: Option<Tier>,
    /// Day the loan became non-performing.
    pub npl_since: Option<When>,
    /// Unpaid principal.
    pub principal_outstanding: Option<Fen>,
    /// Overdue interest.
    pub interest_overdue: Option<Fen>,
    /// Costs.
    pub costs: Option<Fen>,
    /// Paid by the insurer.
    pub insurer_paid: Option<Fen>,
    /// Paid by the guarantor.
    pub guarantor_paid: Option<Fen>,
    /// Proceeds of the collateral.
    pub collateral_gross: Option<Fen>,
    /// Cost of those proceeds.
    pub collateral_cost: Option<Fen>,
    /// Net proceeds of the pledged rights themselves.
    pub ip_disposal_net: Option<Fen>,
    /// Paid provisionally on this claim.
    pub advance_paid: Option<Fen>,
    /// Day a court accepted the suit.
    pub court_accepted_on: Option<When>,
    /// Day of the write-off.
    pub written_off_on: Option<When>,
    /// Papers handed in.
    pub documents: Option<Vec<String>>,
    /// What other levels recognised and paid.
    pub other_levels: Option<Vec<LevelFacts>>,
    /// Paid under other policies.
    pub other_policy_paid: Option<Fen>,
}

/// Another public level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LevelFacts {
    /// Which.
    pub level: Option<String>,
    /// Day it recognised the claim.
    pub recognised_on: Option<When>,
    /// What it paid.
    pub paid: Option<Fen>,
}

/// The bank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BankFacts {
    /// Day of its first business with the fund.
    pub first_business_on: Option<When>,
    /// Performance grade.
    pub performance_grade: Option<String>,
    /// NPL ratio.
    pub npl_ratio: Option<Ppm>,
    /// NPL loss this year.
    pub npl_loss_this_year: Option<Fen>,
    /// Principal registered this year.
    pub registered_principal_this_year: Option<Fen>,
    /// Compensation to it so far less what came back, with what is under review.
    pub claims_net_to_date: Option<Fen>,
    /// IP part of all principal it ever registered.
    pub registered_ip_to_date: Option<Fen>,
    /// Fund money deposited with it.
    pub deposit: Option<Fen>,
    /// Paid to it by the fund in the calendar year of `on`.
    pub paid_this_year: Option<Fen>,
    /// Whether payouts to it are suspended.
    pub suspended: Option<bool>,
    /// Balance of its book.
    pub portfolio_balance: Option<Fen>,
    /// Non-performing part of its book.
    pub portfolio_npl: Option<Fen>,
    /// Loss on its book.
    pub portfolio_npl_loss: Option<Fen>,
}

/// The guarantor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuarantorFacts {
    /// Its payments ÷ what it guarantees.
    pub payment_ratio: Option<Ppm>,
    /// Its paid-in capital.
    pub paid_in_capital: Option<Fen>,
}

/// The fund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FundFacts {
    /// What it can pay from.
    pub balance: Option<Fen>,
    /// Everything paid in.
    pub total: Option<Fen>,
    /// What must stay; unknown means what the rulebook says.
    pub floor: Option<Fen>,
    /// Its balance on 1 January.
    pub balance_at_year_start: Option<Fen>,
    /// Paid so far.
    pub paid_to_date: Option<Fen>,
    /// Paid this year.
    pub paid_this_year: Option<Fen>,
    /// Paid this year by route.
    pub paid_this_year_by_mode: Option<BTreeMap<String, Fen>>,
}
