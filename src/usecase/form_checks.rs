//! What is to be said of a form of a loan while it is being written.
//!
//! **Invariant:** nothing is stored and nothing is read of other loans; what the register says comes from trying the act.

use serde_json::Value;

use crate::domain::money::Fen;
use crate::domain::names::SizeClass;
use crate::domain::size_class::Figures;
use crate::import::finding::FindingCode;
use crate::import::form_notes::{FormNote, notes};
use crate::reference::Reference;
use crate::usecase::checks::sizes;

/// What is wrong or unlikely about a form so far.
#[must_use]
pub fn look(reference: &Reference, form: &Value) -> Vec<FormNote> {
    let mut found = notes(form);
    found.extend(size(reference, form));
    found
}

fn text<'v>(form: &'v Value, name: &str) -> &'v str {
    form[name].as_str().unwrap_or_default().trim()
}

fn size(reference: &Reference, form: &Value) -> Option<FormNote> {
    let table = reference.sizes.on(text(form, "disbursed_on").parse().ok()?)?;
    let declared = SizeClass::from_code(text(form, "size_declared"))?;
    let figures = Figures {
        employees: form["employees"].as_u64().and_then(|count| u32::try_from(count).ok()),
        revenue: Fen::from_yuan(text(form, "revenue")).ok(),
        assets: None,
    };
    let args = sizes::differs(table, text(form, "industry"), declared, &figures)?;
    Some(FormNote { at: "size_declared".to_owned(), refuses: false, code: FindingCode::SizeDiffers, args })
}
