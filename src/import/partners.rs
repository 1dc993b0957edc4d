//! Partner institutions.
//!
//! **Invariant:** a code stands for one institution in a file.

use std::collections::HashMap;

use super::field::Field;
use super::file_error::FileError;
use super::finding::{Fault, FindingCode};
use super::registration::in_order;
use super::row::RowView;
use super::rows::{DataRows, Gathered, Placed, repeated};
use crate::domain::filing::PartnerRow;
use crate::domain::names::{PartnerCode, PartnerKind};

/// Reads the institutions of a file.
///
/// # Errors
/// What refuses the whole file.
pub fn read(rows: &mut DataRows<'_, '_, '_>) -> Result<Gathered<PartnerRow>, FileError> {
    let layout = rows.layout();
    let mut gathered = Gathered::default();
    let mut accepted: HashMap<PartnerCode, u32> = HashMap::new();
    while let Some(raw) = rows.next_row()? {
        let view = rows.view(&raw);
        let outcome = read_row(&view).and_then(|partner| match accepted.get(&partner.code) {
            Some(first) => Err(repeated(Field::Code, *first, partner.code.as_str())),
            None => Ok(partner),
        });
        if let Ok(partner) = &outcome {
            accepted.insert(partner.code.clone(), raw.number);
            gathered.warn_of_serials(&view, None);
        }
        gathered.take(layout, raw.number, None, outcome.map_err(Placed::from));
    }
    Ok(gathered)
}

fn read_row(view: &RowView<'_>) -> Result<PartnerRow, Fault> {
    let partner = PartnerRow {
        kind: view.word(Field::PartnerKind, PartnerKind::from_zh, FindingCode::ValueUnknown)?,
        name: view.needed_text(Field::Name)?,
        code: view.needed_text(Field::Code).map(|text| PartnerCode::new(&text))?,
        agreed_from: view.needed_date(Field::AgreedFrom)?,
        agreed_to: view.needed_date(Field::AgreedTo)?,
        limit: view.money(Field::Limit)?,
    };
    in_order(view, (Field::AgreedFrom, Field::AgreedTo), FindingCode::PeriodOrder)?;
    Ok(partner)
}
