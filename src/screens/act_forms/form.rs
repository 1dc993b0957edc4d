//! The form of an act: shown, checked, taken.
//!
//! **Invariant:** what moves money, promises it or gives power is checked on a page of its own before it is taken, by
//! somebody who has just proved again to be who signed in; whatever is refused comes back as it was typed.

use serde_json::json;

use super::fields::{Making, NOTHING_KNOWN};
use super::steps::Way;
use super::weight::{PROPOSALS, is_checked, is_weighty};
use super::{above, drafting, outcome, prefill, reading, steps, subject, words};
use crate::domain::detail::Shape;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::guard;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::storage::find::acts;
use crate::usecase::lives::{self, Life, Request};
use crate::views::acting::ActFormView;

pub(super) type Fields = Vec<(&'static str, Shape, bool)>;

/// What one form is about.
pub(super) struct About<'a> {
    pub life: Life,
    pub subject: &'a str,
    pub act: &'static str,
    pub fields: Fields,
}

fn about<'a>(desk: &mut Desk<'_>, life: Life, asked: &'a Named) -> Result<About<'a>, PageError> {
    let subject = asked.place("subject");
    subject::must_reach(desk, life, subject)?;
    let declared = lives::vocabulary(life).into_iter().find(|(word, _)| *word == asked.place("act"));
    let Some((act, Shape::Group(fields))) = declared else { return Err(PageError::NotFound) };
    Ok(About { life, subject, act, fields })
}

/// Where somebody goes to prove again who it is.
fn again(asked: &Named) -> String {
    link::with_query("/sign-in/again", &[("next", asked.address())])
}

pub(super) fn load(desk: &mut Desk<'_>, life: Life, asked: &Named) -> Result<PageView, PageError> {
    let about = about(desk, life, asked)?;
    if is_weighty(about.act) && !asked.stepped_up {
        return Ok(PageView::Elsewhere(again(asked)));
    }
    let mut proposed = prefill::proposed(desk, life, about.subject, about.act)?;
    if let Some(members) = proposed.as_object_mut() {
        // An address may propose texts: a page leads to the form of what stands on it.
        let texts = asked.pairs.iter().filter(|(name, _)| about.fields.iter().any(|(known, ..)| known == name));
        members.extend(texts.map(|(name, value)| (name.clone(), json!(value))));
    }
    let mut typed = reading::typed(&about.fields, &proposed);
    let is_deep =
        |name: &str| name.split_once('.').is_some_and(|(of, _)| about.fields.iter().any(|(known, ..)| *known == of));
    for (name, value) in asked.pairs.iter().filter(|(name, _)| is_deep(name)) {
        if typed.iter().all(|(known, _)| known != name) {
            typed.push((name.clone(), value.clone()));
        }
    }
    let kept = drafting::kept(desk, asked)?;
    let typed = kept.as_ref().map_or_else(|| Submission::of_fields(typed), |kept| kept.typed.clone());
    let mut view = view(desk, &about, asked, &typed, Faults::new(desk.lang))?;
    if let Some(kept) = kept {
        view.moved_on = kept.looked_at.is_some_and(|version| version != view.expected);
        view.restored = kept.at;
    }
    if steps::has_parts(life, about.act) {
        steps::narrow(&mut view, desk.lang, steps::part(typed.field("at")));
    }
    named::page(desk, "act_form", "", &view)
}

pub(super) fn act(here: Here<'_>, life: Life, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let about = about(&mut desk, life, asked)?;
    let step = form.field("step");
    if matches!(step, "save" | "look" | "discard") {
        drop(desk);
        return drafting::beside(here, &about, asked, form);
    }
    if is_weighty(about.act) && !asked.stepped_up {
        drop(desk);
        drafting::keep(here, asked, form)?;
        return Ok(Acted::SeeOther(again(asked)));
    }
    if let Some(shown) = before_the_act(here, &mut desk, &about, asked, form)? {
        return Ok(shown);
    }
    let mut faults = Faults::new(here.lang);
    let details = reading::group(form, "", &about.fields).unwrap_or_else(|| json!({}));
    let request = Request {
        life,
        subject: about.subject.to_owned(),
        act: about.act.to_owned(),
        details: details.clone(),
        by: here.asker.name.clone(),
        on: desk.today,
        expected: form.field("expected").parse().ok(),
        key: Some(format!("web:{}", form.field("key"))).filter(|_| guard::is_well_formed(form.field("key"))),
    };
    drop(desk);
    let confirmed = step == "confirm" || !is_checked(life, about.act);
    let done = if confirmed { lives::perform(here.app, &request) } else { lives::rehearse(here.app, &request) };
    if confirmed && done.is_ok() {
        drafting::forget(here, asked)?;
    }
    let mut desk = here.desk()?;
    match done {
        Ok(_) if confirmed => {
            // What was written for the first time has a page of its own by now.
            let back = subject::page(&mut desk, life, about.subject)?;
            let done = outcome::said(life, about.act).to_owned();
            Ok(Acted::SeeOther(link::with_query(&back, &[("done", done)])))
        }
        Ok(answer) => {
            let mut view = view(&mut desk, &about, asked, form, faults)?;
            let known = prefill::told_of(&mut desk, life, about.subject, about.act)?;
            let making = Making { known: &known, ..making(here.lang, &about, form) };
            outcome::check(&mut view, &making, &about.fields, (&details, &answer));
            view.outcome.extend(above::free_after(&mut desk, &about, &details)?);
            view.outcome.extend(above::hinders(&desk, &about, &details));
            if steps::has_parts(life, about.act) {
                view.steps = steps::steps(here.lang, None);
            }
            Ok(Acted::Shown(named::page(&mut desk, "act_check", "", &view)?))
        }
        Err(error) => {
            outcome::refusal(&mut faults, &about, error)?;
            let first = faults.found.first().map(|fault| steps::part_of(&fault.field));
            let mut view = view(&mut desk, &about, asked, form, faults)?;
            if steps::has_parts(life, about.act) {
                steps::narrow(&mut view, here.lang, first.unwrap_or_default());
            }
            named::again(here, "act_form", "", &view)
        }
    }
}

/// What a form shows before its act is tried: one more item, another part of itself, or the part that is not right.
fn before_the_act(
    here: Here<'_>,
    desk: &mut Desk<'_>,
    about: &About<'_>,
    asked: &Named,
    form: &Submission,
) -> Result<Option<Acted>, PageError> {
    let (step, more) = (form.field("step"), !form.field("more").is_empty());
    let changes = more || step == "change";
    if !steps::has_parts(about.life, about.act) {
        if !changes {
            return Ok(None);
        }
        let view = view(desk, about, asked, form, Faults::new(here.lang))?;
        return Ok(Some(Acted::Shown(named::page(desk, "act_form", "", &view)?)));
    }
    let way = steps::way(form);
    let to = match way {
        _ if step == "confirm" => return Ok(None),
        _ if changes => steps::part(form.field("at")),
        Way::To(part) => {
            drafting::keep_at(here, asked, form, part)?;
            part
        }
        Way::On(at, next) => {
            let mut faults = part_faults(here, about, form, at);
            if about.act == "drafted" && at == steps::part("") {
                let known = above::taken_already(desk, about.subject)?;
                known.into_iter().for_each(|known| faults.say("form.contract", known.text));
            }
            drafting::keep_at(here, asked, form, if faults.found.is_empty() { next.unwrap_or(at) } else { at })?;
            if !faults.found.is_empty() {
                let mut view = view(desk, about, asked, form, faults)?;
                steps::narrow(&mut view, here.lang, at);
                return Ok(Some(named::again(here, "act_form", "", &view)?));
            }
            let Some(next) = next else { return Ok(None) };
            next
        }
    };
    let mut view = view(desk, about, asked, form, Faults::new(here.lang))?;
    steps::narrow(&mut view, here.lang, to);
    Ok(Some(Acted::Shown(named::page(desk, "act_form", "", &view)?)))
}

/// What keeps a part of a form from being left forwards: what is missing, does not read, or would be refused.
fn part_faults(here: Here<'_>, about: &About<'_>, form: &Submission, at: &str) -> Faults {
    let mut faults = Faults::new(here.lang);
    for (place, code) in steps::faults(&making(here.lang, about, form), &about.fields, at) {
        let last = place.rsplit(['.', ']']).next().unwrap_or(&place);
        let label = words::field(here.lang, (about.life, about.act), last);
        faults.add(&place, &format!("page.acting.fault.{code}"), &[("field", &label)]);
    }
    let details = reading::group(form, "", &about.fields).unwrap_or_else(|| json!({}));
    for note in drafting::notes(here, &details).into_iter().filter(|note| note.refuses) {
        let place = format!("form.{}", note.at);
        if steps::part_of(&place) == at {
            faults.say(&place, note.text(here.lang));
        }
    }
    faults
}

const fn making<'a>(lang: i18n::Lang, about: &About<'a>, typed: &'a Submission) -> Making<'a> {
    Making { lang, life: about.life, act: about.act, typed, errors: &[], known: &NOTHING_KNOWN }
}

fn view(
    desk: &mut Desk<'_>,
    about: &About<'_>,
    asked: &Named,
    typed: &Submission,
    faults: Faults,
) -> Result<ActFormView, PageError> {
    let errors = faults.found;
    let making = Making { errors: &errors, ..making(desk.lang, about, typed) };
    let mut fields = making.group("", &about.fields);
    if typed.field("form.first_loan_declared") == "yes" {
        super::fields::need(&mut fields, "form.credit_report");
    }
    let choices = prefill::choices(desk, about.life, about.subject, about.act)?;
    fields.iter_mut().for_each(|field| super::fields::choose(field, &choices, typed));
    let expected = match typed.field("expected").parse() {
        Ok(expected) => expected,
        Err(_first_time) => acts::last_version(&mut desk.db, desk.app.fund_id(), about.life.code(), about.subject)?,
    };
    let key = Some(typed.field("key").to_owned()).filter(|key| guard::is_well_formed(key));
    Ok(ActFormView {
        label: words::act(desk.lang, about.life, about.act),
        subject: subject::name(desk, about.life, about.subject)?,
        here: asked.path.clone(),
        back: subject::page(desk, about.life, about.subject)?,
        fields,
        above: above::above(desk, about.life, about.subject, about.act)?,
        papers: format!("/papers/{}/{}", about.life.code(), link::segment(about.subject)),
        expected,
        key: key.unwrap_or_else(guard::random),
        typed: drafting::typed(typed).into_iter().filter(|(name, _)| name != "at").collect(),
        needs_second: PROPOSALS.contains(&about.act),
        errors,
        ..ActFormView::default()
    })
}
