//! From the form of a loan to the facts that files tell of one.
//!
//! **Invariant:** a form passes the same checks as a row of a file: credit code, numbers of rights, days.

use crate::domain::credit_code::CreditCode;
use crate::domain::ip_right::IpNumber;
use crate::domain::money::Ppm;
use crate::domain::names::ContractNo;
use crate::domain::registration::{BorrowerFacts, Guarantee, Insurance, PledgedRight, Registration};
use crate::domain::registration_life::LoanForm;
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;
use crate::usecase::registrations::loan_id;

/// Refuses a form that is of another loan than the one it is filed under.
///
/// # Errors
/// `Act`.
pub(super) fn must_name(fund_id: &str, bank: &str, form: &LoanForm, named: &str) -> Result<(), UseCaseError> {
    let contract = ContractNo::new(&form.contract);
    let drawdown = form.drawdown.as_deref().unwrap_or_default();
    let meant = loan_id(fund_id, bank, contract.as_str(), drawdown);
    if meant == named {
        return Ok(());
    }
    Err(ActRefusal::new("REGISTRATION_SUBJECT", vec![("loan", named.to_owned()), ("meant", meant)]).into())
}

/// The facts of a form.
///
/// # Errors
/// `Act` naming the field that does not read.
pub(super) fn read(form: &LoanForm) -> Result<Registration, UseCaseError> {
    let bad = |at: &str, code: &'static str| ActRefusal::new(code, vec![("at", at.to_owned())]);
    let credit_code =
        CreditCode::parse(&form.credit_code).map_err(|_wrong| bad("form.credit_code", "REGISTRATION_CREDIT_CODE"))?;
    let mut rights = Vec::with_capacity(form.rights.len());
    for (nth, right) in (1..).zip(&form.rights) {
        let number = IpNumber::read(right.kind, &right.number)
            .map_err(|_wrong| bad(&format!("form.rights[{nth}].number"), "REGISTRATION_RIGHT_NUMBER"))?;
        let (title, appraised) = (right.title.clone(), right.appraised);
        rights.push(PledgedRight { kind: right.kind, number, title, appraised });
    }
    if rights.is_empty() {
        return Err(bad("form.rights", "FIELD_MISSING").into());
    }
    if form.principal == crate::domain::money::Fen::ZERO {
        return Err(bad("form.principal", "FIELD_BAD_MONEY").into());
    }
    if form.ip_share > Ppm::ONE {
        return Err(bad("form.ip_share", "FIELD_BAD_SHARE").into());
    }
    Ok(Registration {
        contract: ContractNo::new(&form.contract),
        drawdown: form.drawdown.clone().unwrap_or_default(),
        borrower: BorrowerFacts {
            name: form.borrower_name.clone(),
            credit_code,
            founded_on: form.founded_on,
            county: form.county.clone(),
            industry: form.industry.clone(),
            size_declared: form.size_declared,
            employees: form.employees,
            revenue: form.revenue,
        },
        first_loan_declared: form.first_loan_declared,
        principal: form.principal,
        annual_rate: form.annual_rate,
        disbursed_on: form.disbursed_on,
        matures_on: form.matures_on,
        repayment: form.repayment,
        ip_share: form.ip_share,
        rights,
        appraised_total: form.appraised_total,
        appraiser: form.appraiser.clone(),
        pledge_no: form.pledge_no.clone(),
        pledge_registered_on: form.pledge_registered_on,
        insurance: form.insurance.as_ref().map(|policy| Insurance {
            insurer: policy.insurer.clone(),
            product: policy.product.clone(),
            policy_no: policy.policy_no.clone(),
            insured_sum: policy.insured_sum,
            premium: policy.premium,
            starts_on: policy.starts_on,
            ends_on: policy.ends_on,
        }),
        guarantee: form
            .guarantee
            .as_ref()
            .map(|part| Guarantee { guarantor: part.guarantor.clone(), share: part.share }),
    })
}
