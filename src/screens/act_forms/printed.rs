//! Forms of a claim to print, and its evidence pack.
//!
//! **Invariant:** what is printed is what `pledgefund claim form` and `claim pack` write.

use crate::http::error::PageError;
use crate::http::pages::{Download, Named, PageView};
use crate::reports::forms::ClaimForm;
use crate::screens::desk::Desk;
use crate::signing::SigningKey;
use crate::storage::find::claim_list;
use crate::usecase::evidence_pack;
use crate::usecase::forms::claim_facts;

/// A form as a document of its own.
pub(super) fn claim_form(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let id = asked.place("id");
    claim_list::one(&mut desk.db, &desk.reach, id)?.ok_or(PageError::NotFound)?;
    let form = ClaimForm::ALL.into_iter().find(|form| form.code() == asked.place("form")).ok_or(PageError::NotFound)?;
    let facts = claim_facts(&mut desk.db, desk.app.fund_id(), id)?;
    let sheet = form.fill(&facts, desk.lang).ok_or(PageError::NotFound)?;
    let page = sheet.html(&desk.app.renderer);
    page.map(PageView::Bare).map_err(|error| PageError::Internal { detail: error.to_string() })
}

/// The evidence pack.
pub(super) fn pack(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let id = asked.place("id");
    let entry = claim_list::one(&mut desk.db, &desk.reach, id)?.ok_or(PageError::NotFound)?;
    let key = SigningKey::of_folder(&desk.app.config.data.dir);
    let key = key.map_err(|error| PageError::Internal { detail: error.to_string() })?;
    let pack = evidence_pack::make(desk.app, &mut desk.db, id, &key)?.ok_or(PageError::NotFound)?;
    let name = format!("{}.zip", crate::screens::claims::case_no(entry.0.arrival));
    Ok(PageView::Download(Box::new(Download { name, media_type: "application/zip", bytes: pack.bytes })))
}
