//! Principals beside the bank's other loans: slips of the unit.
//!
//! **Invariant:** the middle is that of the register before the file, so that a file in the wrong unit does not
//! judge itself.

use super::registrations::File;
use crate::domain::money::Fen;
use crate::domain::unit_slip::{LEAST_KNOWN, Slip, slip, times};
use crate::import::field::Field;
use crate::import::finding::{FindingCode, WORDING};
use crate::storage::Tx;
use crate::storage::find::{Reach, register};
use crate::storage::rows::loans::LoanRegistrationRow;
use crate::usecase::UseCaseError;

/// The middle principal of the loans within reach, where there are enough.
pub(super) fn usual(tx: &mut Tx<'_>, reach: &Reach) -> Result<Option<Fen>, UseCaseError> {
    let least = i64::try_from(LEAST_KNOWN).unwrap_or(i64::MAX);
    Ok(register::middle_principal(tx, reach, least)?.map(Fen::try_new).transpose()?)
}

pub(super) fn look(file: &mut File, loan: &LoanRegistrationRow) -> Result<(), UseCaseError> {
    let principal = Fen::try_new(loan.principal_fen)?;
    let Some((usual, slip)) = file.usual().and_then(|usual| Some((usual, slip(principal, usual)?))) else {
        return Ok(());
    };
    let wording = match slip {
        Slip::TooLarge => "bank",
        Slip::TooSmall => "bank_small",
    };
    let (value, times, usual) = (principal.yuan(), times(principal, usual).to_string(), usual.yuan());
    let args = [("value", &*value), ("usual", &*usual), ("times", &*times), (WORDING, wording)];
    file.note(loan, Field::Principal, FindingCode::UnitSuspect, &args);
    Ok(())
}
