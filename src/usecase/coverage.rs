//! From registered facts to a case, and from a case to what the fund promises.
//!
//! **Invariant:** enrolment test, import, job and page build their cases here, so that they agree to the fen.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::UseCaseError;
use super::breaker_facts::BreakerFacts;
use super::measures::{Measure, Measures};
use crate::domain::calendar::full_months;
use crate::domain::ip_right::{IpNumber, TermEnd, term_end};
use crate::domain::money::{Fen, MoneyError, PPM_ONE, Ppm};
use crate::domain::names::{IpKind, SizeClass};
use crate::domain::payout::case::{
    BankFacts, BorrowerFacts, Case, FundFacts, GuarantorFacts, LoanFacts, RightFacts, When,
};
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::{Decision, Outcome};
use crate::domain::registration_life::LoanForm;
use crate::domain::rulebook::vocabulary::{BorrowerSize, PledgeMode, Route};
use crate::rulebook::quote_json::{case_from_text, case_to_json, outcome_to_json, verdict_to_json};
use crate::storage::StoreError;
use crate::storage::facts::unstamped;
use crate::storage::rows::loans::{CoverageRow, LoanRegistrationRow, LoanRightRow};

/// Full months below which a firm is a start-up (shuozhou.md, article 2).
pub const STARTUP_MONTHS: u32 = 60;

/// What belongs to a registration besides its own row.
#[derive(Debug, Clone, Copy)]
pub struct Pledge<'a> {
    /// Pledged rights.
    pub rights: &'a [LoanRightRow],
    /// An insurance policy is linked.
    pub insured: bool,
    /// A guarantor takes part.
    pub guaranteed: bool,
    /// The form, where a person wrote one: it tells more than a file.
    pub form: Option<&'a LoanForm>,
    /// What breakers watch on the day of registration.
    pub facts: BreakerFacts,
}

/// Whether the firm was a start-up on the day of disbursement.
#[must_use]
pub fn is_start_up(founded_on: NaiveDate, disbursed_on: NaiveDate) -> bool {
    full_months(founded_on, disbursed_on) < STARTUP_MONTHS
}

/// The amount carried by the rights, from the share in percent: rounded up, so that a share of exactly the
/// minimum never falls below it by a fraction of a fen.
///
/// # Errors
/// `Overflow`.
pub fn ip_amount(principal: Fen, ip_share: Ppm) -> Result<Fen, MoneyError> {
    let floor = principal.part_floor(ip_share)?;
    let product = i128::from(principal.get()) * i128::from(ip_share.get());
    if product % i128::from(PPM_ONE) == 0 { Ok(floor) } else { floor.checked_add(Fen::try_new(1)?) }
}

/// The case of a loan without a claim.
///
/// # Errors
/// `Corrupt` for a stored row that breaks its own rules; `Overflow`.
pub fn enrolment_case(
    loan: &LoanRegistrationRow,
    pledge: Pledge<'_>,
    first_loan: bool,
    on: NaiveDate,
) -> Result<Case, UseCaseError> {
    let principal = Fen::try_new(loan.principal_fen)?;
    let share = Ppm::try_new(loan.ip_share_ppm)?;
    let route = match (pledge.insured, pledge.guaranteed) {
        (_, true) => Route::Guaranteed,
        (true, false) => Route::Insured,
        (false, false) => Route::Direct,
    };
    let pledged_on = loan.pledge_registered_on.map(When::On);
    let rights = pledge.rights.iter().map(|right| right_facts(right, pledged_on)).collect::<Result<Vec<_>, _>>()?;
    let mut case = Case {
        case: loan.loan_id.clone(),
        on,
        loan: LoanFacts {
            contract_no: Some(loan.contract.clone()),
            bank: Some(loan.bank.clone()),
            principal,
            ip_amount: Some(ip_amount(principal, share)?),
            disbursed_on: Some(When::On(loan.disbursed_on)),
            matures_on: Some(When::On(loan.matures_on)),
            registered_on: Some(When::On(loan.business_date)),
            annual_rate: Some(Ppm::try_new(loan.rate_ppm)?),
            route: Some(route),
            pledge_mode: Some(if share == Ppm::ONE { PledgeMode::Pure } else { PledgeMode::Mixed }),
            lpr_1y: pledge.form.and_then(|form| form.lpr_1y),
            purpose: pledge.form.and_then(|form| form.purpose.clone()),
            tags: loan_tags(loan, pledge.form),
            ..LoanFacts::default()
        },
        borrower: BorrowerFacts {
            uscc: Some(loan.credit_code.clone()),
            size: SizeClass::from_code(&loan.size_declared).map(BorrowerSize::from),
            established_on: Some(When::On(loan.founded_on)),
            first_loan: Some(first_loan),
            revenue: loan.revenue_fen.map(Fen::try_new).transpose()?,
            employees: loan.employees.and_then(|count| u32::try_from(count).ok()),
            credit_clean: pledge.form.and_then(|form| form.credit_clean),
            region: pledge.form.and_then(|form| form.region.clone()),
            tags: pledge.form.map(|form| form.borrower_tags.clone()),
            ..BorrowerFacts::default()
        },
        ip_rights: Some(rights),
        claim: None,
        bank: BankFacts::default(),
        guarantor: GuarantorFacts::default(),
        fund: FundFacts::default(),
    };
    pledge.facts.tell(&mut case);
    Ok(case)
}

/// What is known of the loan's tags: a form tells them all; a first import of an existing book is migrated.
fn loan_tags(loan: &LoanRegistrationRow, form: Option<&LoanForm>) -> Option<Vec<String>> {
    match form {
        Some(form) => Some(form.tags.clone()),
        None if loan.timing == "migrated" => Some(vec!["migrated".to_owned()]),
        None => None,
    }
}

fn right_facts(right: &LoanRightRow, pledged_on: Option<When>) -> Result<RightFacts, UseCaseError> {
    let broken = |what: &str| StoreError::Corrupt {
        table: "loan_rights",
        key: format!("{}:{}", right.loan_id, right.ordinal),
        what: what.to_owned(),
    };
    let kind = IpKind::from_code(&right.kind).ok_or_else(|| broken("kind"))?;
    let number = IpNumber::read(kind, &right.number).map_err(|_unreadable| broken("number"))?;
    let end: TermEnd = term_end(kind, &number);
    Ok(RightFacts {
        kind: Some(kind),
        number: Some(right.number.clone()),
        pledge_registered_on: pledged_on,
        term_end: Some(end),
        lapsed_on: Some(When::NotYet),
        appraised_on: None,
    })
}

/// The enrolment test of a loan as a stored coverage. `why` says what asked for it.
///
/// # Errors
/// As `enrolment_case`.
pub fn coverage_row(
    measure: &Measure,
    loan: &LoanRegistrationRow,
    pledge: Pledge<'_>,
    first_loan: bool,
    version: i64,
    why: &str,
) -> Result<CoverageRow, UseCaseError> {
    let pledge = Pledge { facts: pledge.facts.under(measure), ..pledge };
    let case = enrolment_case(loan, pledge, first_loan, loan.business_date)?;
    let outcome = evaluate(&measure.rules().untraced(), &case);
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(CoverageRow {
        fund_id: loan.fund_id.clone(),
        loan_id: loan.loan_id.clone(),
        version,
        decision: outcome.decision.code().to_owned(),
        reasons: json!(reason_codes(&outcome)).to_string(),
        rulebook_id: measure.id.clone(),
        rulebook_version: measure.version.clone(),
        rulebook_hash: measure.hash.clone(),
        fund_rate_ppm: outcome.fund_rate.map(Ppm::get),
        first_loan,
        start_up: Some(is_start_up(loan.founded_on, loan.disbursed_on)),
        why: why.to_owned(),
        input: case_to_json(&case).to_string(),
        outcome: verdict_to_json(&outcome).to_string(),
        business_date,
        recorded_at,
        event_id,
    })
}

/// The whole outcome of a stored enrolment test, with every step and word, from its stored input.
///
/// # Errors
/// `Corrupt` for an input or a rulebook that is not what it was.
pub fn told(measures: &Measures, row: &CoverageRow) -> Result<Value, UseCaseError> {
    let corrupt = |what: &str| StoreError::Corrupt {
        table: "coverages",
        key: format!("{}:{}", row.loan_id, row.version),
        what: what.to_owned(),
    };
    let measure = measures
        .version(&row.rulebook_id, &row.rulebook_version)
        .filter(|measure| measure.hash == row.rulebook_hash)
        .ok_or_else(|| corrupt("rulebook"))?;
    let case = case_from_text(&row.input).map_err(|_unreadable| corrupt("input"))?;
    Ok(outcome_to_json(&evaluate(&measure.rules(), &case)))
}

/// Codes of the reasons, in the rulebook's order.
#[must_use]
pub fn reason_codes(outcome: &Outcome) -> Vec<String> {
    outcome.reasons.iter().map(|reason| reason.code.code().to_owned()).collect()
}

/// Whether a stored decision covers the loan.
#[must_use]
pub fn covers(decision: &str) -> bool {
    decision == Decision::Cover.code()
}
