//! Partner institutions: taken in by version.
//!
//! **Invariant:** a partner that comes with the same facts again stays as it is; every version says which import
//! brought it.

use super::UseCaseError;
use crate::domain::filing::PartnerRow as Filed;
use crate::domain::money::Fen;
use crate::storage::Tx;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::parties;
use crate::storage::rows::parties::PartnerRow;

/// Takes in one partner, with the import that brings it. Gives whether anything changed.
///
/// # Errors
/// Storage.
pub fn agree(tx: &mut Tx<'_>, fund_id: &str, import_id: &str, filed: &Filed) -> Result<bool, UseCaseError> {
    let known = parties::partners(tx, fund_id)?.into_iter().find(|partner| partner.code == filed.code.as_str());
    let number = parties::last_partner_number(tx, fund_id, filed.code.as_str())?;
    let (business_date, recorded_at, event_id) = unstamped();
    let row = PartnerRow {
        fund_id: fund_id.to_owned(),
        code: filed.code.as_str().to_owned(),
        version: number.saturating_add(1),
        kind: filed.kind.code().to_owned(),
        name: filed.name.clone(),
        agreed_from: filed.agreed_from,
        agreed_to: filed.agreed_to,
        limit_fen: filed.limit.map(Fen::get),
        import_id: Some(import_id.to_owned()),
        business_date,
        recorded_at,
        event_id,
    };
    let facts = |row: &PartnerRow| (row.kind.clone(), row.name.clone(), row.agreed_from, row.agreed_to, row.limit_fen);
    if known.is_some_and(|known| facts(&known) == facts(&row)) {
        return Ok(false);
    }
    let chain = Chain::Fund { fund_id: fund_id.to_owned() };
    tx.record(Change::new(chain, "partner.agreed", row.code.clone()).with(row))?;
    Ok(true)
}
