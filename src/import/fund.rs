//! Money of the fund.
//!
//! **Invariant:** equal rows are kept apart: the same amount may be paid in twice on a day.

use super::field::Field;
use super::file_error::FileError;
use super::finding::{Fault, FindingCode};
use super::row::RowView;
use super::rows::{DataRows, Gathered, Placed};
use crate::domain::filing::FundRow;
use crate::domain::money::Fen;
use crate::domain::names::{FundRowKind, FundSource};

/// Reads the movements of a file.
///
/// # Errors
/// What refuses the whole file.
pub fn read(rows: &mut DataRows<'_, '_, '_>) -> Result<Gathered<FundRow>, FileError> {
    let layout = rows.layout();
    let mut gathered = Gathered::default();
    while let Some(raw) = rows.next_row()? {
        let view = rows.view(&raw);
        let contract = view.contract_shown();
        let outcome = read_row(&view);
        if outcome.is_ok() {
            gathered.warn_of_serials(&view, contract.as_deref());
        }
        gathered.take(layout, raw.number, contract.as_deref(), outcome.map_err(Placed::from));
    }
    Ok(gathered)
}

fn read_row(view: &RowView<'_>) -> Result<FundRow, Fault> {
    let on = view.needed_date(Field::BookedOn)?;
    let kind = view.word(Field::FundKind, FundRowKind::from_zh, FindingCode::ValueUnknown)?;
    let source = view.word(Field::Source, FundSource::from_zh, FindingCode::ValueUnknown)?;
    let contract = if view.cell(Field::Contract).is_blank() { None } else { Some(view.contract()?) };
    if kind == FundRowKind::Recovery && contract.is_none() {
        return Err(view.missing(Field::Contract));
    }
    let amount = view.needed_money(Field::Amount)?;
    if amount == Fen::ZERO {
        return Err(Fault::new(Field::Amount, FindingCode::AmountNotPositive, &[("value", &amount.yuan())]));
    }
    Ok(FundRow { on, kind, source, contract, amount, note: view.text(Field::Note)? })
}
