//! Claims on the fund.
//!
//! **Invariant:** a loan claims at most once on one day in a file.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::field::Field;
use super::file_error::FileError;
use super::finding::{Fault, FindingCode};
use super::row::RowView;
use super::rows::{DataRows, Gathered, Placed, repeated};
use super::servicing::overdue_in_order;
use crate::domain::filing::ClaimFiling;
use crate::domain::money::Fen;
use crate::domain::names::{ContractNo, DocumentKind};

/// Reads the claims of a file.
///
/// # Errors
/// What refuses the whole file.
pub fn read(rows: &mut DataRows<'_, '_, '_>) -> Result<Gathered<ClaimFiling>, FileError> {
    let layout = rows.layout();
    let mut gathered = Gathered::default();
    let mut accepted: HashMap<(ContractNo, String, NaiveDate), u32> = HashMap::new();
    while let Some(raw) = rows.next_row()? {
        let view = rows.view(&raw);
        let contract = view.contract_shown();
        let outcome = read_row(&view).and_then(|claim| match accepted.get(&key(&claim)) {
            Some(first) => Err(repeated(Field::Contract, *first, claim.contract.as_str())),
            None => Ok(claim),
        });
        if let Ok(claim) = &outcome {
            accepted.insert(key(claim), raw.number);
            gathered.warn_of_serials(&view, contract.as_deref());
        }
        gathered.take(layout, raw.number, contract.as_deref(), outcome.map_err(Placed::from));
    }
    Ok(gathered)
}

fn key(claim: &ClaimFiling) -> (ContractNo, String, NaiveDate) {
    (claim.contract.clone(), claim.drawdown.clone(), claim.filed_on)
}

fn read_row(view: &RowView<'_>) -> Result<ClaimFiling, Fault> {
    let amount = |field| view.money(field).map(|amount| amount.unwrap_or(Fen::ZERO));
    let claim = ClaimFiling {
        contract: view.contract()?,
        drawdown: view.drawdown()?,
        filed_on: view.needed_date(Field::FiledOn)?,
        outstanding_principal: view.needed_money(Field::OutstandingPrincipal)?,
        overdue_interest: view.needed_money(Field::OverdueInterest)?,
        overdue_since: view.needed_date(Field::OverdueSince)?,
        pledge_registered_on: view.date(Field::PledgeRegisteredOn)?,
        insurer_paid: amount(Field::InsurerPaid)?,
        guarantor_paid: amount(Field::GuarantorPaid)?,
        collateral_gross: amount(Field::CollateralGross)?,
        collateral_cost: amount(Field::CollateralCost)?,
        documents: documents(view)?,
    };
    overdue_in_order(view, Field::FiledOn)?;
    Ok(claim)
}

fn documents(view: &RowView<'_>) -> Result<Vec<DocumentKind>, Fault> {
    let text = view.text(Field::Documents)?;
    let parts = view.parts(Field::Documents, &text).into_iter().filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let unknown = || Fault::new(Field::Documents, FindingCode::ValueUnknown, &[("value", &part)]);
            view.word_of(Field::Documents, &part, DocumentKind::from_zh).ok_or_else(unknown)
        })
        .collect()
}
