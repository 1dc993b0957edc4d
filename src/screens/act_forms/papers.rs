//! Papers of a thing: listed, handed in, opened.
//!
//! **Invariant:** a paper is opened through the thing it belongs to, by who reaches that thing.

use serde::Serialize;

use super::{offers, subject};
use crate::domain::access::Permission as P;
use crate::domain::names::DocumentKind;
use crate::domain::person::key_of;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Download, Named, PageView};
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::words::word;
use crate::screens::{casework, named};
use crate::usecase::attachments::{self, Paper};
use crate::usecase::lives::{Life, claim, loan};
use crate::views::acting::OptionView;
use crate::views::casework::PaperRow;
use crate::views::uploads::FormError;

/// Papers that come with the form of a loan and with no claim.
const OF_A_FORM: [&str; 2] = ["consent", "supervision_agreement"];

/// The papers of a thing.
#[derive(Debug, Serialize)]
struct PapersView {
    subject: String,
    back: String,
    here: String,
    papers: Vec<PaperRow>,
    may_add: bool,
    documents: Vec<OptionView>,
    most_bytes: usize,
    errors: Vec<FormError>,
}

fn thing(desk: &mut Desk<'_>, asked: &Named) -> Result<(Life, String), PageError> {
    let life = Life::from_code(asked.place("life")).filter(|life| attachments::LIVES.contains(&life.code()));
    let life = life.ok_or(PageError::NotFound)?;
    let subject = match life {
        Life::Person => key_of(asked.place("subject")),
        _ => asked.place("subject").to_owned(),
    };
    let fund_id = desk.app.fund_id();
    let gone = |error: crate::usecase::UseCaseError| match error.is_refusal() {
        true => PageError::NotFound,
        false => error.into(),
    };
    let bank = match life {
        Life::Claim => claim::bank_of(&mut desk.db, fund_id, &subject).map_err(gone)?,
        Life::Loan => loan::bank_of(&mut desk.db, fund_id, &subject).map_err(gone)?,
        Life::Registration => crate::usecase::lives::registration::bank_in(fund_id, &subject),
        Life::Partner => Some(subject.clone()),
        Life::Exemption | Life::Fund | Life::Person => None,
    };
    let is_reached = match &bank {
        Some(bank) => desk.reach.holds(Some(bank)),
        None => desk.may_for_fund(P::ReadAttachments),
    };
    if is_reached { Ok((life, subject)) } else { Err(PageError::NotFound) }
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let view = view(desk, asked, "", Vec::new())?;
    named::page(desk, "papers", "", &view)
}

fn view(desk: &mut Desk<'_>, asked: &Named, chosen: &str, errors: Vec<FormError>) -> Result<PapersView, PageError> {
    let (life, subject) = thing(desk, asked)?;
    let option = |kind: &DocumentKind| OptionView {
        code: kind.code().to_owned(),
        label: word(desk.lang, "screen.document", kind.code()),
        chosen: kind.code() == chosen,
    };
    let of_a_form = OF_A_FORM.iter().filter(|_| life == Life::Registration).map(|code| OptionView {
        code: (*code).to_owned(),
        label: word(desk.lang, "screen.document", code),
        chosen: *code == chosen,
    });
    Ok(PapersView {
        documents: of_a_form.chain(DocumentKind::ALL.iter().map(option)).collect(),
        subject: subject::name(desk, life, &subject)?,
        back: match life {
            Life::Registration if !subject::is_begun(desk, life, &subject)? => {
                offers::address(life, &subject, "drafted")
            }
            _ => subject::page(desk, life, &subject)?,
        },
        here: asked.path.clone(),
        papers: casework::papers(desk, life, &subject)?,
        may_add: desk.asker.may(P::AddAttachments),
        most_bytes: attachments::LARGEST,
        errors,
    })
}

/// One paper, to be looked at in the browser or kept.
pub(super) fn one(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let (life, subject) = thing(desk, asked)?;
    let id = asked.place("paper");
    let rows = attachments::list(desk.app, &mut desk.db, life.code(), &subject)?;
    rows.iter().find(|row| row.attachment_id == id).ok_or(PageError::NotFound)?;
    let paper = attachments::read(desk.app, &mut desk.db, id)?.ok_or(PageError::NotFound)?;
    let file = Download { name: paper.file_name, media_type: paper.media_type, bytes: paper.content };
    Ok(if asked.parameter("show") == "1" && is_shown(file.media_type) {
        PageView::Looked(Box::new(file))
    } else {
        PageView::Download(Box::new(file))
    })
}

/// What a browser shows by itself.
fn is_shown(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/jpeg" | "image/png")
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let (life, subject) = thing(&mut desk, asked)?;
    drop(desk);
    let mut faults = Faults::new(here.lang);
    let document = form.field("document");
    if document.is_empty() {
        faults.say("document", crate::i18n::text(here.lang, "page.papers.error.document", &[]));
    }
    if form.files.is_empty() {
        faults.say("file", crate::i18n::text(here.lang, "page.upload.error.file", &[]));
    }
    if faults.found.is_empty() {
        for file in &form.files {
            let paper = Paper {
                life: life.code().to_owned(),
                subject: subject.clone(),
                document: document.to_owned(),
                file_name: file.name.clone(),
                content: file.bytes.clone(),
            };
            match attachments::attach(here.app, &paper, &here.asker.name, here.app.store.clock().today()) {
                Ok(_) => {}
                Err(error) if error.is_refusal() => {
                    faults.say("file", format!("{}: {}", file.name, error.text(here.lang)))
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    if faults.found.is_empty() {
        return Ok(Acted::SeeOther(format!("{}?done=saved", asked.path)));
    }
    let view = view(&mut here.desk()?, asked, document, faults.found)?;
    named::again(here, "papers", "", &view)
}
