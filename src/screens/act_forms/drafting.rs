//! What is typed into a form of an act before it is sent: kept, given back, looked at.
//!
//! **Invariant:** keeping and looking change nothing in the books; what the measure would say comes from trying the act.

use serde_json::{Value, json};

use super::form::About;
use super::outcome::told;
use super::{above, fields, reading, steps, words};
use crate::domain::detail::FaultKind;
use crate::domain::money::Fen;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n::{self, Lang};
use crate::screens::acts::Here;
use crate::screens::desk::Desk;
use crate::usecase::drafts::{self, Typed};
use crate::usecase::form_checks;
use crate::usecase::lives::{self, Life};
use crate::views::acting::{LiveNote, LiveView};
use crate::views::{beijing, capital};

/// Fields that belong to the sending of a form, not to what was typed.
const OWN: [&str; 6] = ["guard", "step", "more", "key", "go", "expected"];
/// The version that was looked at when a draft was kept.
const LOOKED_AT: &str = "expected";

/// What was typed of a form, without what belongs to its sending.
pub(super) fn typed(form: &Submission) -> Typed {
    let sent = form.fields().iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_empty());
    sent.cloned().collect()
}

/// What is kept of a form: what was typed, and the version that was looked at.
pub(in crate::screens) fn content(form: &Submission) -> Typed {
    let mut content = typed(form);
    if content.iter().any(|(name, _)| name != "at") {
        content.push((LOOKED_AT.to_owned(), form.field(LOOKED_AT).to_owned()));
    } else {
        content.clear();
    }
    content
}

/// Keeps what was typed.
pub(in crate::screens) fn keep(here: Here<'_>, asked: &Named, form: &Submission) -> Result<String, PageError> {
    let kept = drafts::keep(here.app, &here.asker.name, &asked.path, &content(form))?;
    Ok(kept.map(beijing).unwrap_or_default())
}

/// Keeps what was typed on the way from one part of a form to another: whoever comes back goes on there.
pub(super) fn keep_at(here: Here<'_>, asked: &Named, form: &Submission, part: &str) -> Result<(), PageError> {
    let mut content = content(form);
    content.iter_mut().filter(|(name, _)| name == "at").for_each(|(_, at)| part.clone_into(at));
    drafts::keep(here.app, &here.asker.name, &asked.path, &content)?;
    Ok(())
}

/// Forgets what was typed: it was sent, or is not wanted.
pub(in crate::screens) fn forget(here: Here<'_>, asked: &Named) -> Result<(), PageError> {
    Ok(drafts::drop(here.app, &here.asker.name, &asked.path)?)
}

/// What was typed earlier and not sent: when it was kept, and the version that was looked at then.
pub(in crate::screens) struct Kept {
    pub typed: Submission,
    pub at: String,
    pub looked_at: Option<i64>,
}

/// What was typed earlier into the form at an address.
pub(in crate::screens) fn kept(desk: &mut Desk<'_>, asked: &Named) -> Result<Option<Kept>, PageError> {
    let draft = drafts::one(&mut desk.db, desk.app, &desk.asker.name, &asked.path)?;
    Ok(draft.map(|draft| {
        let mut typed = draft.typed;
        let looked_at = typed.iter().find(|(name, _)| name == LOOKED_AT).and_then(|(_, text)| text.parse().ok());
        typed.retain(|(name, _)| name != LOOKED_AT);
        Kept { typed: Submission::of_fields(typed), at: beijing(draft.saved_at), looked_at }
    }))
}

/// What a form sends besides its act: to be kept, to be looked at, to be forgotten.
pub(super) fn beside(here: Here<'_>, about: &About<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if form.field("step") == "discard" {
        forget(here, asked)?;
        return Ok(Acted::SeeOther(asked.path.clone()));
    }
    let saved = if form.field("step") == "save" { keep(here, asked, form)? } else { String::new() };
    live(here, &LiveView { saved, ..look(here, about, form)? })
}

/// The same for a form of which nothing more is told.
pub(in crate::screens) fn save_plain(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let saved = keep(here, asked, form)?;
    live(here, &LiveView { saved, ..LiveView::default() })
}

fn live(here: Here<'_>, view: &LiveView) -> Result<Acted, PageError> {
    let page = here.app.renderer.render("partials/live.html", here.lang, view);
    let page = page.map_err(|error| PageError::Internal { detail: format!("live.html: {error:#}") })?;
    Ok(Acted::Shown(PageView::Bare(page)))
}

/// What is to be said of what was typed so far.
pub(super) fn look(here: Here<'_>, about: &About<'_>, form: &Submission) -> Result<LiveView, PageError> {
    let mut live = LiveView { capitals: capitals(here.lang, about, form), ..LiveView::default() };
    if !steps::has_parts(about.life, about.act) {
        return Ok(live);
    }
    live.tells = true;
    let shown = steps::part(form.field("at"));
    let label = |at: &str| words::field(here.lang, (about.life, about.act), last(at));
    let beside = |at: &str| Some(steps::part_of(at)).filter(|part| *part != shown).unwrap_or_default().to_owned();
    let unnamed = steps::unnamed_rights(form).map(|at| (at, FaultKind::Missing));
    for (at, kind) in reading::faults(form, "", &about.fields).into_iter().chain(unnamed) {
        let text = i18n::text(here.lang, &format!("page.acting.fault.{}", kind.code()), &[("field", &label(&at))]);
        let note = LiveNote { step: beside(&at), label: label(&at), tone: "bad", text, at };
        // What is not filled in yet is no fault of who is still writing.
        if kind == FaultKind::Missing { live.missing.push(note) } else { live.notes.push(note) }
    }
    let details = reading::group(form, "", &about.fields).unwrap_or_else(|| json!({}));
    for note in notes(here, &details) {
        let tone = if note.refuses { "bad" } else { "warn" };
        let (at, text) = (format!("form.{}", note.at), note.text(here.lang));
        live.notes.push(LiveNote { step: beside(&at), label: label(&at), tone, text, at });
    }
    // A draft may be kept without these, and is not submitted without them.
    for (at, key) in above::before_submitting(&details).into_iter().filter(|_| about.act == "drafted") {
        let text = i18n::text(here.lang, key, &[]);
        live.notes.push(LiveNote { step: beside(at), label: label(at), tone: "warn", text, at: at.to_owned() });
    }
    if live.missing.is_empty() && live.notes.iter().all(|note| note.tone != "bad") {
        live.outcome = outcome(here, about, &details)?;
    }
    Ok(live)
}

/// What is wrong or unlikely about the form of a loan among the particulars.
pub(super) fn notes(here: Here<'_>, details: &Value) -> Vec<crate::import::form_notes::FormNote> {
    form_checks::look(&here.app.reference, &details["form"])
}

/// What the act would answer now; nothing where it would be refused for a reason that is no fault of the form.
fn outcome(
    here: Here<'_>,
    about: &About<'_>,
    details: &Value,
) -> Result<Vec<crate::views::acting::CheckLine>, PageError> {
    let today = here.app.store.clock().today();
    let request = lives::Request {
        life: about.life,
        subject: about.subject.to_owned(),
        act: about.act.to_owned(),
        details: details.clone(),
        by: here.asker.name.clone(),
        on: today,
        expected: None,
        key: None,
    };
    match lives::rehearse(here.app, &request) {
        Ok(answer) => Ok(told(here.lang, about.life, &answer)),
        Err(error) if error.is_refusal() => Ok(vec![crate::views::acting::CheckLine {
            label: i18n::text(here.lang, "page.acting.refused", &[]),
            value: error.text(here.lang),
            depth: 0,
        }]),
        Err(error) => Err(error.into()),
    }
}

fn last(at: &str) -> &str {
    at.rsplit(['.', ']']).next().unwrap_or(at)
}

/// Amounts of a form in capital numerals, by field; none in English.
fn capitals(lang: Lang, about: &About<'_>, form: &Submission) -> Vec<(String, String)> {
    if lang != Lang::Zh {
        return Vec::new();
    }
    let making = fields::Making {
        lang,
        life: about.life,
        act: about.act,
        typed: form,
        errors: &[],
        known: &fields::NOTHING_KNOWN,
    };
    let amounts = making.amounts("", &about.fields).into_iter().filter_map(|at| {
        let fen = reading::yuan(form.field(&at)).and_then(|yuan| Fen::from_yuan(&yuan).ok())?;
        Some((at, capital::capital(fen.get())))
    });
    amounts.collect()
}

/// The life and act of a form's address, with its thing: where a draft belongs.
pub(super) fn place_of(address: &str) -> Option<(Life, String, String)> {
    let mut parts = address.strip_prefix("/acts/")?.split('/');
    let (life, subject, act) = (parts.next()?, parts.next()?, parts.next()?);
    Some((Life::from_code(life)?, crate::link::unsegment(subject), crate::link::unsegment(act)))
}
