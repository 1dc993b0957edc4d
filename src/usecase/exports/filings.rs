//! Lists in a layout that can be imported: what banks and the fund have filed, as it is in force.
//!
//! **Invariant:** every value is written as the standard mapping reads it, so importing the file changes nothing.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::super::UseCaseError;
use super::{ListCall, PAGE, Sink, has_bank_column, registers};
use crate::domain::calendar::Month;
use crate::domain::names::{DocumentKind, FundRowKind, FundSource, IpKind, PartnerKind, Repayment, SizeClass, Tier};
use crate::export::layout;
use crate::export::table::Value;
use crate::import::field::{Field, FileKind};
use crate::storage::Db;
use crate::storage::find::{
    Reach, claim_list, loan_facts, loan_list, loans as book, money, parties, servicing as reports,
};
use crate::storage::rows::claims::ClaimRow;
use crate::storage::rows::loans::{LoanGuaranteeRow, LoanInsuranceRow, LoanRegistrationRow, LoanRightRow};
use crate::storage::rows::money::FundMovementRow;
use crate::storage::rows::parties::PartnerRow;
use crate::storage::rows::servicing::LoanMonthRow;

/// The values of a row in the order of its layout, led by the bank where the list has that column.
fn line(kind: FileKind, bank: Option<&str>, value: impl Fn(Field) -> Value) -> Vec<Value> {
    bank.map(Value::text).into_iter().chain(layout::fields(kind).iter().map(|field| value(*field))).collect()
}

/// A registration with everything that belongs to it.
struct Filed<'f> {
    loan: &'f LoanRegistrationRow,
    rights: Vec<&'f LoanRightRow>,
    insurance: Option<&'f LoanInsuranceRow>,
    guarantee: Option<&'f LoanGuaranteeRow>,
}

pub(super) fn loans(db: &mut Db, reach: &Reach, call: &ListCall<'_>, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    let with_bank = has_bank_column(call.list, reach.bank().is_some());
    let filter = registers::loan_filter(call);
    let mut after = String::new();
    loop {
        let page = loan_list::following(db, reach, &filter, &after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.loan_id);
        let ids: Vec<&str> = page.iter().map(|loan| loan.loan_id.as_str()).collect();
        let registrations = book::registrations_of(db, &ids)?;
        let mut rights: BTreeMap<(String, i64), Vec<LoanRightRow>> = BTreeMap::new();
        for right in loan_facts::rights_of(db, &ids)? {
            rights.entry((right.loan_id.clone(), right.version)).or_default().push(right);
        }
        let insurances = loan_facts::insurances_of(db, &ids)?;
        let guarantees = loan_facts::guarantees_among(db, &ids)?;
        let insurances: BTreeMap<_, _> = insurances.iter().map(|row| ((&row.loan_id, row.version), row)).collect();
        let guarantees: BTreeMap<_, _> = guarantees.iter().map(|row| ((&row.loan_id, row.version), row)).collect();
        for loan in &registrations {
            let filed = Filed {
                loan,
                rights: rights.get(&(loan.loan_id.clone(), loan.version)).into_iter().flatten().collect(),
                insurance: insurances.get(&(&loan.loan_id, loan.version)).copied(),
                guarantee: guarantees.get(&(&loan.loan_id, loan.version)).copied(),
            };
            let bank = with_bank.then_some(loan.bank.as_str());
            sink.row(&line(FileKind::Registrations, bank, |field| registration(&filed, field)))?;
        }
    }
}

fn registration(filed: &Filed<'_>, field: Field) -> Value {
    let loan = filed.loan;
    match field {
        Field::Contract => Value::text(&loan.contract),
        Field::Drawdown => Value::text(&loan.drawdown),
        Field::Borrower => Value::text(&loan.borrower_name),
        Field::CreditCode => Value::text(&loan.credit_code),
        Field::FoundedOn => Value::Date(loan.founded_on),
        Field::County => Value::text(&loan.county),
        Field::Industry => Value::text(&loan.industry),
        Field::Size => zh(&loan.size_declared, SizeClass::from_code, SizeClass::zh),
        Field::Employees => Value::maybe(loan.employees, Value::Count),
        Field::Revenue => Value::maybe(loan.revenue_fen, Value::Fen),
        Field::FirstLoan if loan.first_loan_declared => Value::word("yes", "是"),
        Field::FirstLoan => Value::word("no", "否"),
        Field::Principal => Value::Fen(loan.principal_fen),
        Field::AnnualRate => Value::Ppm(loan.rate_ppm),
        Field::DisbursedOn => Value::Date(loan.disbursed_on),
        Field::MaturesOn => Value::Date(loan.matures_on),
        Field::Repayment => zh(&loan.repayment, Repayment::from_code, Repayment::zh),
        Field::IpShare => Value::Ppm(loan.ip_share_ppm),
        Field::IpKind | Field::IpNumber | Field::IpTitle => rights(&filed.rights, field),
        Field::Appraised => Value::maybe(loan.appraised_fen, Value::Fen),
        Field::Appraiser => Value::maybe(loan.appraiser.as_deref(), Value::text),
        Field::PledgeNo => Value::maybe(loan.pledge_no.as_deref(), Value::text),
        Field::PledgeRegisteredOn => Value::maybe(loan.pledge_registered_on, Value::Date),
        Field::Guarantor => Value::maybe(filed.guarantee, |part| Value::text(&part.guarantor)),
        Field::GuaranteeShare => Value::maybe(filed.guarantee, |part| Value::Ppm(part.share_ppm)),
        other => Value::maybe(filed.insurance, |policy| insurance(policy, other)),
    }
}

fn insurance(policy: &LoanInsuranceRow, field: Field) -> Value {
    match field {
        Field::Insurer => Value::text(&policy.insurer),
        Field::InsuranceProduct => Value::text(&policy.product),
        Field::PolicyNo => Value::text(&policy.policy_no),
        Field::InsuredSum => Value::maybe(policy.insured_fen, Value::Fen),
        Field::Premium => Value::maybe(policy.premium_fen, Value::Fen),
        Field::InsuredFrom => Value::maybe(policy.starts_on, Value::Date),
        Field::InsuredTo => Value::maybe(policy.ends_on, Value::Date),
        _ => Value::Empty,
    }
}

/// Kinds, numbers or titles of the rights in one cell.
fn rights(rights: &[&LoanRightRow], field: Field) -> Value {
    let part = |right: &LoanRightRow| match field {
        Field::IpKind => IpKind::from_code(&right.kind).map_or(right.kind.clone(), |kind| kind.zh().to_owned()),
        Field::IpNumber => right.number.clone(),
        _ => right.title.clone(),
    };
    let parts: Vec<String> = rights.iter().map(|right| part(right)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Value::text(&layout::joined(&parts))
}

/// A stored code as the Chinese word that files have.
fn zh<T: Copy>(code: &str, of: impl Fn(&str) -> Option<T>, name: impl Fn(T) -> &'static str) -> Value {
    Value::word(code, of(code).map_or(code.to_owned(), |word| name(word).to_owned()))
}

pub(super) fn servicing(
    db: &mut Db,
    reach: &Reach,
    call: &ListCall<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), UseCaseError> {
    let with_bank = has_bank_column(call.list, reach.bank().is_some());
    let month = call.filter.month.map(|month| month.to_string());
    let mut after = (String::new(), String::new());
    loop {
        let page = reports::following(db, reach, month.as_deref(), (&after.0, &after.1), PAGE)?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = (last.month.clone(), last.loan_id.clone());
        for (row, contract, drawdown) in &page {
            let bank = with_bank.then_some(row.bank.as_str());
            sink.row(&line(FileKind::Servicing, bank, |field| report(row, contract, drawdown, field)))?;
        }
    }
}

fn report(row: &LoanMonthRow, contract: &str, drawdown: &str, field: Field) -> Value {
    match field {
        Field::Contract => Value::text(contract),
        Field::Drawdown => Value::text(drawdown),
        Field::ReportedOn => Value::maybe(reported_on(row), Value::Date),
        Field::Balance => Value::Fen(row.balance_fen),
        Field::OverduePrincipal => Value::Fen(row.overdue_principal_fen),
        Field::OverdueInterest => Value::Fen(row.overdue_interest_fen),
        Field::OverdueSince => Value::maybe(row.overdue_since, Value::Date),
        Field::Grade => zh(&row.bank_tier, Tier::from_code, Tier::zh),
        _ => Value::Empty,
    }
}

/// The day a row speaks of: told by the overdue days, which count from the first overdue day; otherwise nothing depends
/// on it and it is the last day of the month.
fn reported_on(row: &LoanMonthRow) -> Option<NaiveDate> {
    let days = u64::try_from(row.overdue_days).unwrap_or(0).saturating_sub(1);
    let told = row.overdue_since.and_then(|since| since.checked_add_days(Days::new(days)));
    told.or_else(|| Month::parse(&row.month).ok().map(Month::last_day))
}

pub(super) fn claims(db: &mut Db, reach: &Reach, call: &ListCall<'_>, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    let filter = registers::claim_filter(call);
    let mut after = i64::MIN;
    loop {
        let page = claim_list::following(db, reach, &filter, after, PAGE)?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = last.arrival;
        for (_, claim, loan) in &page {
            let value = |field| match field {
                Field::Contract => Value::text(&loan.contract),
                Field::Drawdown => Value::text(&loan.drawdown),
                other => filing(claim, other),
            };
            sink.row(&line(FileKind::Claims, None, value))?;
        }
    }
}

fn filing(claim: &ClaimRow, field: Field) -> Value {
    match field {
        Field::FiledOn => Value::Date(claim.filed_on),
        Field::OutstandingPrincipal => Value::Fen(claim.outstanding_fen),
        Field::OverdueInterest => Value::Fen(claim.overdue_interest_fen),
        Field::OverdueSince => Value::Date(claim.overdue_since),
        Field::PledgeRegisteredOn => Value::maybe(claim.pledge_registered_on, Value::Date),
        Field::InsurerPaid => Value::Fen(claim.insurer_paid_fen),
        Field::GuarantorPaid => Value::Fen(claim.guarantor_paid_fen),
        Field::CollateralGross => Value::Fen(claim.collateral_gross_fen),
        Field::CollateralCost => Value::Fen(claim.collateral_cost_fen),
        Field::Documents => {
            let codes: Vec<String> = serde_json::from_str(&claim.documents).unwrap_or_default();
            let names = codes.iter().map(|code| DocumentKind::from_code(code).map_or(code.as_str(), |kind| kind.zh()));
            Value::text(&layout::joined(&names.collect::<Vec<_>>()))
        }
        _ => Value::Empty,
    }
}

pub(super) fn fund(db: &mut Db, reach: &Reach, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    let mut offset = 0_i64;
    loop {
        let page = money::fund_rows_page(db, reach.fund_id(), (offset, PAGE))?;
        if page.is_empty() {
            return Ok(());
        }
        offset = offset.saturating_add(PAGE);
        for row in &page {
            sink.row(&line(FileKind::Fund, None, |field| movement(row, field)))?;
        }
    }
}

fn movement(row: &FundMovementRow, field: Field) -> Value {
    match field {
        Field::BookedOn => Value::Date(row.row_date),
        Field::FundKind => zh(&row.kind, FundRowKind::from_code, FundRowKind::zh),
        Field::Source => zh(&row.source, FundSource::from_code, FundSource::zh),
        Field::Contract => Value::maybe(row.contract.as_deref(), Value::text),
        Field::Amount => Value::Fen(row.amount_fen),
        Field::Note => Value::text(&row.note),
        _ => Value::Empty,
    }
}

pub(super) fn partners(db: &mut Db, reach: &Reach, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    for row in &parties::partners(db, reach.fund_id())? {
        sink.row(&line(FileKind::Partners, None, |field| partner(row, field)))?;
    }
    Ok(())
}

fn partner(row: &PartnerRow, field: Field) -> Value {
    match field {
        Field::PartnerKind => zh(&row.kind, PartnerKind::from_code, PartnerKind::zh),
        Field::Name => Value::text(&row.name),
        Field::Code => Value::text(&row.code),
        Field::AgreedFrom => Value::Date(row.agreed_from),
        Field::AgreedTo => Value::Date(row.agreed_to),
        Field::Limit => Value::maybe(row.limit_fen, Value::Fen),
        _ => Value::Empty,
    }
}
