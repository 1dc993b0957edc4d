//! A bank's month-end report.
//!
//! **Invariant:** every row speaks of the same month, and a contract with its drawdown number is accepted once.

use std::collections::HashMap;

use super::field::Field;
use super::file_error::FileError;
use super::finding::{Fault, FindingCode};
use super::row::RowView;
use super::rows::{DataRows, Gathered, Placed, repeated};
use crate::domain::calendar::Month;
use crate::domain::filing::ServicingRow;
use crate::domain::money::Fen;
use crate::domain::names::{ContractNo, Tier};

/// Reads the rows of a report and the month they speak of.
///
/// # Errors
/// `MonthMixed` and what else refuses the whole file.
pub fn read(rows: &mut DataRows<'_, '_, '_>) -> Result<(Gathered<ServicingRow>, Option<Month>), FileError> {
    let layout = rows.layout();
    let mut gathered = Gathered::default();
    let mut accepted: HashMap<(ContractNo, String), u32> = HashMap::new();
    let mut month: Option<Month> = None;
    while let Some(raw) = rows.next_row()? {
        let view = rows.view(&raw);
        if let Ok(Some(day)) = view.date(Field::ReportedOn) {
            let other = Month::of(day);
            let first = *month.get_or_insert(other);
            if first != other {
                let (first, other) = (first.to_string(), other.to_string());
                return Err(FileError::MonthMixed { first, other, row: raw.number });
            }
        }
        let contract = view.contract_shown();
        let outcome = read_row(&view).and_then(|row| {
            let key = (row.contract.clone(), row.drawdown.clone());
            match accepted.get(&key) {
                Some(first) => Err(repeated(Field::Contract, *first, row.contract.as_str())),
                None => Ok(row),
            }
        });
        if let Ok(row) = &outcome {
            accepted.insert((row.contract.clone(), row.drawdown.clone()), raw.number);
            gathered.warn_of_serials(&view, contract.as_deref());
            for fault in notes_of(row) {
                gathered.note(layout, raw.number, contract.as_deref(), fault);
            }
        }
        gathered.take(layout, raw.number, contract.as_deref(), outcome.map_err(Placed::from));
    }
    Ok((gathered, month))
}

fn read_row(view: &RowView<'_>) -> Result<ServicingRow, Fault> {
    let row = ServicingRow {
        contract: view.contract()?,
        drawdown: view.drawdown()?,
        reported_on: view.needed_date(Field::ReportedOn)?,
        balance: view.needed_money(Field::Balance)?,
        overdue_principal: view.needed_money(Field::OverduePrincipal)?,
        overdue_interest: view.needed_money(Field::OverdueInterest)?,
        overdue_since: view.date(Field::OverdueSince)?,
        bank_tier: view.word(Field::Grade, Tier::from_zh, FindingCode::GradeUnknown)?,
    };
    overdue_in_order(view, Field::ReportedOn)?;
    let in_arrears = row.overdue_principal > Fen::ZERO || row.overdue_interest > Fen::ZERO;
    if in_arrears && row.overdue_since.is_none() {
        return Err(view.missing(Field::OverdueSince));
    }
    Ok(row)
}

/// Arrears that do not go with the rest of their row.
fn notes_of(row: &ServicingRow) -> Vec<Fault> {
    let mut faults = Vec::new();
    let nothing_due = row.overdue_principal == Fen::ZERO && row.overdue_interest == Fen::ZERO;
    if let Some(since) = row.overdue_since.filter(|_| nothing_due && row.balance > Fen::ZERO) {
        let args = [("since", &*since.to_string())];
        faults.push(Fault::new(Field::OverdueSince, FindingCode::OverdueWithoutAmount, &args));
    }
    if row.overdue_principal > row.balance {
        let args = [("value", &*row.overdue_principal.yuan()), ("balance", &*row.balance.yuan())];
        faults.push(Fault::new(Field::OverduePrincipal, FindingCode::OverdueAboveBalance, &args));
    }
    faults
}

/// Refuses a first overdue day after the day that the row speaks of.
pub(super) fn overdue_in_order(view: &RowView<'_>, until: Field) -> Result<(), Fault> {
    match (view.date(Field::OverdueSince)?, view.date(until)?) {
        (Some(start), Some(end)) if start > end => Err(Fault::new(
            Field::OverdueSince,
            FindingCode::OverdueOrder,
            &[("start", &start.to_string()), ("end", &end.to_string())],
        )),
        _ => Ok(()),
    }
}
