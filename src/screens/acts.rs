//! What forms ask for, carried out.
//!
//! **Invariant:** a form with a fault changes nothing and comes back with what to put right, as its sender filled it.

use chrono::NaiveDate;

use super::desk::Desk;
use super::{imports, layout_act, uploads as pages};
use crate::app::App;
use crate::domain::names::PartnerCode;
use crate::http::acts::{Act, Acted};
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::PageView;
use crate::i18n::{self, Lang};
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::import::field::FileKind;
use crate::link;
use crate::usecase::uploads::{self, Answer, Sent};
use crate::views::query::PlainQuery;
use crate::views::uploads::{FormError, UploadState};

/// Characters of a person's name.
const NAME_CHARS: usize = 40;

/// Carries out what a form asks for. Blocks while the database answers.
///
/// # Errors
/// `NotFound` for an upload that is not there; `Unavailable` without a database; `Internal` for everything else.
pub fn act(app: &App, act: Act, lang: Lang) -> Result<Acted, PageError> {
    match act {
        Act::Upload(form) => upload(app, form, lang),
        Act::Decide(id, form) => decide(app, &id, &form, lang),
        Act::Cancel(id, form) => cancel(app, &id, &form, lang),
        Act::Layout(id, form) => layout_act::act(app, &id, &form, lang),
    }
}

/// What is wrong with a form, field by field.
pub(super) struct Faults {
    pub lang: Lang,
    pub found: Vec<FormError>,
}

impl Faults {
    pub fn new(lang: Lang) -> Faults {
        Faults { lang, found: Vec::new() }
    }

    /// Adds a fault in words that are ready.
    pub fn say(&mut self, field: &str, text: String) {
        self.found.push(FormError { field: field.to_owned(), text });
    }

    fn add(&mut self, field: &str, key: &str, places: &[(&str, &str)]) {
        self.say(field, i18n::text(self.lang, key, places));
    }
}

/// Who sits at the browser, as the books name them.
pub(super) fn operator(form: &Submission, faults: &mut Faults) -> String {
    let name = form.field("operator");
    if name.is_empty() {
        faults.add("operator", "page.upload.error.operator", &[]);
    } else if name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        faults.add("operator", "page.upload.error.operator_long", &[("most", &NAME_CHARS.to_string())]);
    }
    format!("web:{name}")
}

/// A date in any of the forms people write; empty means today.
fn day(app: &App, form: &Submission, faults: &mut Faults) -> NaiveDate {
    let today = app.store.clock().today();
    let typed = form.field("on");
    if typed.is_empty() {
        return today;
    }
    match read_date(&CellValue::from_text(typed)) {
        DateReading::Day(day) => day,
        _ => {
            faults.add("on", "page.upload.error.on", &[("found", typed)]);
            today
        }
    }
}

fn upload(app: &App, form: Submission, lang: Lang) -> Result<Acted, PageError> {
    let mut faults = Faults::new(lang);
    let kind = FileKind::ALL.into_iter().find(|kind| kind.code() == form.field("kind"));
    if kind.is_none() {
        faults.add("kind", "page.upload.error.kind", &[]);
    }
    if form.files.is_empty() {
        faults.add("file", "page.upload.error.file", &[]);
    }
    for file in form.files.iter().filter(|file| file.bytes.is_empty()) {
        faults.add("file", "page.upload.error.empty", &[("file", &file.name)]);
    }
    let actor = operator(&form, &mut faults);
    let on = day(app, &form, &mut faults);
    let kind = match kind {
        Some(kind) if faults.found.is_empty() => kind,
        _ => return again(app, &form, faults),
    };
    let bank = Some(form.field("bank")).filter(|code| !code.is_empty()).map(PartnerCode::new);
    let (token, all_or_nothing) = (form.field("token").to_owned(), form.field("all_or_nothing") == "yes");
    let mut received = Vec::new();
    for file in form.files {
        received.push(uploads::receive(
            app,
            Sent {
                name: file.name,
                bytes: file.bytes,
                kind,
                bank: bank.clone(),
                mapping: None,
                on,
                all_or_nothing,
                actor: actor.clone(),
                token: token.clone(),
            },
        )?);
    }
    Ok(Acted::SeeOther(match received.as_slice() {
        [one] => address(one),
        _ => "/imports".to_owned(),
    }))
}

fn again(app: &App, form: &Submission, faults: Faults) -> Result<Acted, PageError> {
    let mut desk = Desk::open(app, faults.lang)?;
    let mut view = imports::load(&mut desk, &PlainQuery::from_pairs("/imports", &[]))?;
    form.field("kind").clone_into(&mut view.form.kind);
    form.field("bank").clone_into(&mut view.form.bank);
    form.field("on").clone_into(&mut view.form.on);
    view.form.all_or_nothing = form.field("all_or_nothing") == "yes";
    view.form.errors = faults.found;
    Ok(Acted::Again(PageView::Imports(Box::new(view))))
}

fn decide(app: &App, id: &str, form: &Submission, lang: Lang) -> Result<Acted, PageError> {
    let mut faults = Faults::new(lang);
    let by = operator(form, &mut faults);
    let answer = match form.field("answer") {
        "all" => Some(Answer::All),
        "acceptable" => Some(Answer::Acceptable),
        "nothing" => Some(Answer::Nothing),
        _ => None,
    };
    let mut desk = Desk::open(app, lang)?;
    let shown = pages::one(&mut desk, id, Vec::new())?;
    drop(desk);
    if shown.row.state != UploadState::Checked {
        return Ok(Acted::SeeOther(address(id)));
    }
    let resent = shown.found.as_ref().is_some_and(|found| found.version.is_some());
    let scope = form.field("scope");
    if resent && answer != Some(Answer::Nothing) && !matches!(scope, "full" | "partial") {
        faults.add("scope", "page.upload.error.scope", &[]);
    }
    let answer = match answer {
        Some(answer) if faults.found.is_empty() => answer,
        None => return Err(PageError::BadForm),
        Some(_) => {
            let view = pages::one(&mut Desk::open(app, lang)?, id, faults.found)?;
            return Ok(Acted::Again(PageView::Upload(Box::new(view))));
        }
    };
    uploads::decide(app, id, answer, scope == "partial", &by)?;
    Ok(Acted::SeeOther(address(id)))
}

fn cancel(app: &App, id: &str, form: &Submission, lang: Lang) -> Result<Acted, PageError> {
    pages::one(&mut Desk::open(app, lang)?, id, Vec::new())?;
    let name = form.field("operator");
    uploads::cancel(app, id, &format!("web:{name}"))?;
    Ok(Acted::SeeOther(address(id)))
}

pub(super) fn address(id: &str) -> String {
    format!("/imports/uploads/{}", link::segment(id))
}
