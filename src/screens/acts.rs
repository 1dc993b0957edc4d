//! What forms ask for, carried out.
//!
//! **Invariant:** a form with a fault changes nothing and comes back with what to put right, as its sender filled it.

use chrono::NaiveDate;

use super::desk::{Desk, reach_of};
use super::{imports, layout_act, named, uploads as pages};
use crate::app::App;
use crate::domain::access::Asker;
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

/// Carries out what a form asks for. Blocks while the database answers.
///
/// # Errors
/// `NotFound` for an upload that is not there; `Unavailable` without a database; `Internal` for everything else.
pub fn act(app: &App, act: Act, lang: Lang, asker: &Asker) -> Result<Acted, PageError> {
    let here = Here { app, lang, asker };
    match act {
        Act::Upload(form) => upload(here, form),
        Act::Decide(id, form) => decide(here, &id, &form),
        Act::Cancel(id, _form) => cancel(here, &id),
        Act::Layout(id, form) => layout_act::act(here, &id, &form),
        Act::Named(asked, form) => named::act(here, &asked, &form),
    }
}

/// Who acts where, in which language.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub app: &'a App,
    pub lang: Lang,
    pub asker: &'a Asker,
}

impl<'a> Here<'a> {
    pub fn desk(self) -> Result<Desk<'a>, PageError> {
        Desk::open(self.app, self.lang, self.asker)
    }

    /// Who acts, as the books name somebody at a page.
    pub fn by(self) -> String {
        format!("web:{}", self.asker.name)
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

    pub fn add(&mut self, field: &str, key: &str, places: &[(&str, &str)]) {
        self.say(field, i18n::text(self.lang, key, places));
    }
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

fn upload(here: Here<'_>, form: Submission) -> Result<Acted, PageError> {
    let app = here.app;
    let mut faults = Faults::new(here.lang);
    let own_bank = reach_of(here.asker, app.fund_id()).bank().map(str::to_owned);
    let kind = FileKind::ALL.into_iter().find(|kind| kind.code() == form.field("kind"));
    // Money and partners of the fund come from the fund only.
    let kind = kind.filter(|kind| own_bank.is_none() || !matches!(kind, FileKind::Fund | FileKind::Partners));
    if kind.is_none() {
        faults.add("kind", "page.upload.error.kind", &[]);
    }
    if form.files.is_empty() {
        faults.add("file", "page.upload.error.file", &[]);
    }
    for file in form.files.iter().filter(|file| file.bytes.is_empty()) {
        faults.add("file", "page.upload.error.empty", &[("file", &file.name)]);
    }
    let actor = here.by();
    let on = day(app, &form, &mut faults);
    let kind = match kind {
        Some(kind) if faults.found.is_empty() => kind,
        _ => return again(here, &form, faults),
    };
    // A bank's file is its own, whatever the form says.
    let bank = own_bank.or_else(|| Some(form.field("bank").to_owned())).filter(|code| !code.is_empty());
    let bank = bank.map(|code| PartnerCode::new(&code));
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

fn again(here: Here<'_>, form: &Submission, faults: Faults) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let mut view = imports::load(&mut desk, &PlainQuery::from_pairs("/imports", &[]))?;
    form.field("kind").clone_into(&mut view.form.kind);
    form.field("bank").clone_into(&mut view.form.bank);
    form.field("on").clone_into(&mut view.form.on);
    view.form.all_or_nothing = form.field("all_or_nothing") == "yes";
    view.form.errors = faults.found;
    Ok(Acted::Again(PageView::Imports(Box::new(view))))
}

fn decide(here: Here<'_>, id: &str, form: &Submission) -> Result<Acted, PageError> {
    let mut faults = Faults::new(here.lang);
    let answer = match form.field("answer") {
        "all" => Some(Answer::All),
        "acceptable" => Some(Answer::Acceptable),
        "nothing" => Some(Answer::Nothing),
        _ => None,
    };
    let mut desk = here.desk()?;
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
            let view = pages::one(&mut here.desk()?, id, faults.found)?;
            return Ok(Acted::Again(PageView::Upload(Box::new(view))));
        }
    };
    uploads::decide(here.app, id, answer, scope == "partial", &here.by())?;
    Ok(Acted::SeeOther(address(id)))
}

fn cancel(here: Here<'_>, id: &str) -> Result<Acted, PageError> {
    pages::one(&mut here.desk()?, id, Vec::new())?;
    uploads::cancel(here.app, id, &here.by())?;
    Ok(Acted::SeeOther(address(id)))
}

pub(super) fn address(id: &str) -> String {
    format!("/imports/uploads/{}", link::segment(id))
}
