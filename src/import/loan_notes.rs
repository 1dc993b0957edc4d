//! Hints on an accepted loan that its own row and its file give.
//!
//! **Invariant:** a hint says what was found, beside what, and what to do; it refuses nothing.

use chrono::NaiveDate;

use super::field::Field;
use super::finding::{Fault, FindingCode, WORDING};
use super::row::RowView;
use crate::domain::credit_code::CreditCode;
use crate::domain::ip_right::{IpNumber, kind_digits};
use crate::domain::money::{FEN_PER_YUAN, Fen};
use crate::domain::names::IpKind;
use crate::domain::registration::Registration;
use crate::domain::unit_slip::{Slip, revenue_slip, slip, times};

/// Hints on one loan, with the row of each; `rows` are its rows, the first one of the loan itself.
pub(super) fn of_loan(loan: &Registration, rows: &[RowView<'_>]) -> Vec<(u32, Fault)> {
    let Some(head) = rows.first() else { return Vec::new() };
    let firm = &loan.borrower;
    let mut faults: Vec<Fault> = [
        code_inside(&firm.credit_code),
        founded_after(firm.founded_on, loan.disbursed_on),
        revenue(firm.revenue, firm.employees),
    ]
    .into_iter()
    .flatten()
    .collect();
    faults.extend(amounts(loan));
    let mut notes: Vec<(u32, Fault)> = faults.into_iter().map(|fault| (head.number(), fault)).collect();
    for (place, right) in loan.rights.iter().enumerate() {
        let row = rows.get(place).filter(|_| rows.len() == loan.rights.len()).unwrap_or(head);
        notes.extend(kind_digit(right.kind, &right.number).map(|fault| (row.number(), fault)));
    }
    notes
}

/// The hint on a principal that differs from the middle of its file by the factor of a unit.
pub(super) fn beside_the_file(principal: Fen, usual: Fen) -> Option<Fault> {
    unit_fault(Field::Principal, "file", principal, usual)
}

pub(super) fn code_inside(code: &CreditCode) -> Option<Fault> {
    let fault = || Fault::new(Field::CreditCode, FindingCode::UsccInner, &[("value", code.as_str())]);
    (!code.inner_check_holds()).then(fault)
}

pub(super) fn founded_after(founded: NaiveDate, disbursed: NaiveDate) -> Option<Fault> {
    let args = [("founded", &*founded.to_string()), ("date", &*disbursed.to_string())];
    (founded > disbursed).then(|| Fault::new(Field::FoundedOn, FindingCode::FoundedAfterLoan, &args))
}

pub(super) fn revenue(revenue: Option<Fen>, employees: Option<u32>) -> Option<Fault> {
    let (revenue, employees) = (revenue?, employees?);
    let wording = match revenue_slip(revenue, employees)? {
        Slip::TooLarge => "revenue",
        Slip::TooSmall => "revenue_small",
    };
    let per_head = revenue.get().checked_div(i64::from(employees)).unwrap_or(0).wrapping_div(FEN_PER_YUAN);
    let (value, per_head, employees) = (revenue.yuan(), per_head.to_string(), employees.to_string());
    let args = [("value", &*value), ("employees", &*employees), ("per_head", &*per_head), (WORDING, wording)];
    Some(Fault::new(Field::Revenue, FindingCode::UnitSuspect, &args))
}

/// Amounts beside the principal they belong to.
fn amounts(loan: &Registration) -> Vec<Fault> {
    let insurance = loan.insurance.as_ref();
    let insured = insurance.and_then(|policy| policy.insured_sum);
    let mut faults: Vec<Fault> = [(Field::InsuredSum, insured), (Field::Appraised, loan.appraised_total)]
        .into_iter()
        .filter_map(|(field, amount)| unit_fault(field, "principal", amount?, loan.principal))
        .collect();
    if let (Some(premium), Some(insured)) = (insurance.and_then(|policy| policy.premium), insured)
        && premium > insured
        && insured > Fen::ZERO
    {
        let args = [("value", &*premium.yuan()), ("usual", &*insured.yuan()), (WORDING, "premium")];
        faults.push(Fault::new(Field::Premium, FindingCode::UnitSuspect, &args));
    }
    faults
}

/// The hint that an amount looks like another unit beside `usual`, which `beside` names.
pub(super) fn unit_fault(field: Field, beside: &str, amount: Fen, usual: Fen) -> Option<Fault> {
    let wording = match slip(amount, usual)? {
        Slip::TooLarge => beside.to_owned(),
        Slip::TooSmall => format!("{beside}_small"),
    };
    let (value, usual_shown, times) = (amount.yuan(), usual.yuan(), times(amount, usual).to_string());
    let args = [("value", &*value), ("usual", &*usual_shown), ("times", &*times), (WORDING, &*wording)];
    Some(Fault::new(field, FindingCode::UnitSuspect, &args))
}

pub(super) fn kind_digit(kind: IpKind, number: &IpNumber) -> Option<Fault> {
    if number.kind_digit_agrees(kind) {
        return None;
    }
    let found = number.kind_digit()?.to_string();
    let expected = kind_digits(kind).first()?.to_string();
    let args = [("number", number.as_str()), ("kind", kind.zh()), ("found", &*found), ("expected", &*expected)];
    Some(Fault::new(Field::IpNumber, FindingCode::PatentKind, &args))
}
