//! The declared size class beside the one the figures give.
//!
//! **Invariant:** only a contradiction is noted; an industry or a figure that is not known says nothing.

use super::registrations::File;
use crate::domain::money::{FEN_PER_YUAN, Fen};
use crate::domain::names::SizeClass;
use crate::domain::size_class::{Figures, SizeTable};
use crate::import::field::Field;
use crate::import::finding::{Arguments, FindingCode, WORDING, arguments};
use crate::reference::Reference;
use crate::storage::rows::loans::LoanRegistrationRow;

/// Yuan in the unit of the table.
const YUAN_PER_UNIT: i64 = 10_000;

pub(super) fn look(file: &mut File, loan: &LoanRegistrationRow, reference: &Reference) {
    let Some(table) = reference.sizes.on(loan.disbursed_on) else { return };
    let Some(declared) = SizeClass::from_code(&loan.size_declared) else { return };
    let figures = Figures {
        employees: loan.employees.and_then(|count| u32::try_from(count).ok()),
        revenue: loan.revenue_fen.and_then(|fen| Fen::try_new(fen).ok()),
        assets: None,
    };
    if let Some(args) = differs(table, &loan.industry, declared, &figures) {
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        file.note(loan, Field::Size, FindingCode::SizeDiffers, &args);
    }
}

/// What `SIZE_DIFFERS` tells, where the figures of a firm give another class than the declared one.
#[must_use]
pub fn differs(table: &SizeTable, industry: &str, declared: SizeClass, figures: &Figures) -> Option<Arguments> {
    let found = table.conflict(industry, declared, figures)?;
    let shown = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
    let (employees, limit_employees) = (shown(figures.employees), shown(found.limits.employees));
    let revenue = figures.revenue.map(Fen::yuan).unwrap_or_default();
    let limit_revenue = found.limits.revenue.map(in_units).unwrap_or_default();
    let mut args = vec![
        ("declared", declared.zh()),
        ("computed", found.computed.zh()),
        ("industry", found.industry.name.as_str()),
        ("number", table.number.as_str()),
        ("employees", &*employees),
        ("revenue", &*revenue),
        ("limit_employees", &*limit_employees),
        ("limit_revenue", &*limit_revenue),
    ];
    match (found.limits.employees, found.limits.revenue) {
        (Some(_), Some(_)) => {}
        (Some(_), None) => args.push((WORDING, "employees")),
        _ => args.push((WORDING, "revenue")),
    }
    Some(arguments(&args))
}

/// An amount in whole ten thousands of yuan.
fn in_units(amount: Fen) -> String {
    amount.get().wrapping_div(FEN_PER_YUAN.saturating_mul(YUAN_PER_UNIT)).to_string()
}
