//! The payout sheet of a claim: to print, and signed.
//!
//! **Invariant:** what is printed is what is signed.

use super::desk::Desk;
use crate::http::error::PageError;
use crate::http::pages::Download;
use crate::reports::payout_sheet;
use crate::signing::{Signed, SigningKey};
use crate::storage::find::claim_list;
use crate::usecase::payout_sheet::of_claim;

/// The sheet as a document.
pub(super) fn html(desk: &mut Desk<'_>, claim_id: &str) -> Result<String, PageError> {
    let sheet = signed(desk, claim_id)?;
    payout_sheet::html(&desk.app.renderer, &sheet, desk.lang)
        .map_err(|error| PageError::Internal { detail: error.to_string() })
}

/// The sheet as a file that `verify-payout` checks.
pub(super) fn json(desk: &mut Desk<'_>, claim_id: &str) -> Result<Download, PageError> {
    let sheet = signed(desk, claim_id)?;
    let number = sheet.content["number"].as_str().unwrap_or(claim_id).to_owned();
    let bytes = serde_json::to_vec_pretty(&sheet).map_err(|error| PageError::Internal { detail: error.to_string() })?;
    Ok(Download { name: format!("payout-sheet-{number}.json"), media_type: "application/json", bytes })
}

fn signed(desk: &mut Desk<'_>, claim_id: &str) -> Result<Signed, PageError> {
    // Another bank's claim answers like one that is not there.
    claim_list::one(&mut desk.db, &desk.reach, claim_id)?.ok_or(PageError::NotFound)?;
    let content = of_claim(desk.app, &mut desk.db, claim_id)?.ok_or(PageError::NotFound)?;
    let key = SigningKey::of_folder(&desk.app.config.data.dir);
    let key = key.map_err(|error| PageError::Internal { detail: error.to_string() })?;
    Ok(Signed::by(content, &key))
}
