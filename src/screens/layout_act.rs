//! What the form of a proposed layout asks for: to look again with what was changed, or to keep it and check the file.
//!
//! **Invariant:** looking saves nothing; a refusal keeps what had been said before it.

use super::acts::{Faults, Here, address};
use super::desk::Desk;
use super::layouts;
use crate::domain::names::PartnerCode;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::PageView;
use crate::i18n;
use crate::storage::rows::uploads::UploadRow;
use crate::usecase::UseCaseError;
use crate::usecase::uploads::layout::{self, Keep};

pub(super) fn act(here: Here<'_>, id: &str, form: &Submission) -> Result<Acted, PageError> {
    let (app, lang) = (here.app, here.lang);
    let mut desk = here.desk()?;
    let row = layouts::upload(&mut desk, id)?;
    let mut faults = Faults::new(lang);
    let bank = Some(form.field("bank")).filter(|code| !code.is_empty()).map(PartnerCode::new);
    let (before, new) = layouts::said(form);
    let all: Vec<_> = before.iter().chain(&new).cloned().collect();
    let draft = match layout::propose(app, &row, bank.clone(), &all) {
        Ok(draft) => draft,
        Err(error) => {
            refusal(&mut faults, error)?;
            layout::propose(app, &row, bank, &before)?
        }
    };
    if form.field("step") == "save" {
        let by = here.by();
        let name = form.field("name");
        let keep = Keep { name, accept_guesses: form.field("accept_guesses") == "yes", by: &by };
        if faults.found.is_empty() {
            match layout::keep(app, &row, &draft, &keep) {
                Ok(again) => return Ok(Acted::SeeOther(address(&again))),
                Err(error) => refusal(&mut faults, error)?,
            }
        }
    }
    shown(&mut desk, &row, &draft, form, faults)
}

fn shown(
    desk: &mut Desk<'_>,
    row: &UploadRow,
    draft: &crate::import::propose::Draft,
    form: &Submission,
    faults: Faults,
) -> Result<Acted, PageError> {
    let is_fine = faults.found.is_empty();
    let view = layouts::view(desk, row, draft, form, faults.found)?;
    let page = PageView::Layout(Box::new(view));
    Ok(if is_fine { Acted::Shown(page) } else { Acted::Again(page) })
}

/// Adds the words of a refusal; everything that is none goes on as a failure.
fn refusal(faults: &mut Faults, error: UseCaseError) -> Result<(), PageError> {
    let field = match error.code() {
        "MAPPING_NAME" | "MAPPING_NAME_TAKEN" => "name",
        "MAPPING_BANK_NEEDED" | "MAPPING_BANK_UNKNOWN" => "bank",
        "MAPPING_HEADER_ROWS" => "header_row",
        _ => "columns",
    };
    match &error {
        UseCaseError::Propose(_) | UseCaseError::Mapping { .. } => {
            // The commands' words name options where a page has fields.
            let own = format!("page.layout.error.{}", error.code());
            let has_own = i18n::texts(faults.lang).contains_key(&own);
            let text = if has_own { i18n::text(faults.lang, &own, &[]) } else { error.text(faults.lang) };
            faults.say(field, text);
            Ok(())
        }
        _ => Err(error.into()),
    }
}
