//! The form of an act: shown, checked, taken.
//!
//! **Invariant:** what moves money, promises it or gives power is checked on a page of its own before it is taken, by
//! somebody who has just proved again to be who signed in; whatever is refused comes back as it was typed.

use serde_json::{Value, json};

use super::fields::Making;
use super::{prefill, reading, subject, words};
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
use crate::screens::words::word;
use crate::storage::find::acts;
use crate::usecase::UseCaseError;
use crate::usecase::lives::{self, Life, Request};
use crate::views::acting::{ActFormView, CheckLine};

type Fields = Vec<(&'static str, Shape, bool)>;

/// Acts that are checked on a page of their own: they move money, promise it, end a case or give power.
const WEIGHTY: [&str; 34] = [
    "approved",
    "approval_confirmed",
    "countersigned",
    "rejected",
    "appeal_decided",
    "objection_settled",
    "ordered",
    "order_cancelled",
    "paid",
    "bounced",
    "received",
    "resettled",
    "resettlement_decided",
    "given_back",
    "recovery_collected",
    "recovery_allocated",
    "recovery_banked",
    "proposal_decided",
    "registered",
    "cancellation_decided",
    "amendment_decided",
    "account_agreed",
    "account_change_decided",
    "suspension_decided",
    "release_decided",
    "succession_decided",
    "appointed",
    "role_given",
    "role_taken",
    "delegated",
    "departed",
    "channel_set",
    "move_decided",
    "unmark_decided",
];
/// Acts that wait for a second person.
const PROPOSALS: [&str; 9] = [
    "amendment_proposed",
    "cancellation_proposed",
    "unmark_proposed",
    "account_change_proposed",
    "suspension_proposed",
    "release_proposed",
    "succession_proposed",
    "move_proposed",
    "proposed",
];

/// Whether an act is checked before it is taken.
pub(super) fn is_weighty(act: &str) -> bool {
    WEIGHTY.contains(&act)
}

/// Whether an act is shown once more before it is taken: what is weighty, and a loan's form with what the measure says.
fn is_checked(life: Life, act: &str) -> bool {
    is_weighty(act) || matches!((life, act), (Life::Registration, "drafted"))
}

/// What one form is about.
struct About<'a> {
    life: Life,
    subject: &'a str,
    act: &'static str,
    fields: Fields,
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
    let typed = Submission::of_fields(typed);
    let view = view(desk, &about, asked, &typed, Faults::new(desk.lang))?;
    named::page(desk, "act_form", "", &view)
}

pub(super) fn act(here: Here<'_>, life: Life, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let about = about(&mut desk, life, asked)?;
    if is_weighty(about.act) && !asked.stepped_up {
        return Ok(Acted::SeeOther(again(asked)));
    }
    let mut faults = Faults::new(here.lang);
    let step = form.field("step");
    if !form.field("more").is_empty() || step == "change" {
        let view = view(&mut desk, &about, asked, form, faults)?;
        return Ok(Acted::Shown(named::page(&mut desk, "act_form", "", &view)?));
    }
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
    let back = subject::page(&mut desk, life, about.subject)?;
    drop(desk);
    let confirmed = step == "confirm" || !is_checked(life, about.act);
    let done = if confirmed { lives::perform(here.app, &request) } else { lives::rehearse(here.app, &request) };
    let mut desk = here.desk()?;
    match done {
        Ok(_) if confirmed => Ok(Acted::SeeOther(link::with_query(&back, &[("done", "acted".to_owned())]))),
        Ok(answer) => {
            let mut view = view(&mut desk, &about, asked, form, faults)?;
            check(&mut view, &making(here.lang, &about, form), &about.fields, (&details, &answer));
            Ok(Acted::Shown(named::page(&mut desk, "act_check", "", &view)?))
        }
        Err(error) => {
            refusal(&mut faults, &about, error)?;
            let view = view(&mut desk, &about, asked, form, faults)?;
            named::again(here, "act_form", "", &view)
        }
    }
}

const fn making<'a>(lang: i18n::Lang, about: &About<'a>, typed: &'a Submission) -> Making<'a> {
    Making { lang, life: about.life, act: about.act, typed, errors: &[] }
}

/// What is to be checked, and what would come of it.
fn check(view: &mut ActFormView, making: &Making<'_>, fields: &Fields, (details, answer): (&Value, &Value)) {
    view.check = making.told(0, fields, details);
    let text = |key: &str| i18n::text(making.lang, &format!("page.acting.{key}"), &[]);
    let mut tell = |label: String, value: String| {
        if !value.is_empty() {
            view.outcome.push(CheckLine { label, value, depth: 0 });
        }
    };
    let state = answer["state"].as_str().unwrap_or_default();
    tell(text("state"), word(making.lang, &format!("page.acting.state_of.{}", making.life.code()), state));
    let Some(decision) = answer["decision"].as_str() else { return };
    tell(text("preview"), word(making.lang, "page.acting.decision", decision));
    let rate = answer["fund_rate"].as_str().map(|rate| format!("{}%", reading::percent_of(rate)));
    tell(text("fund_rate"), rate.unwrap_or_default());
    let name = if making.lang == i18n::Lang::Zh { "text_zh" } else { "text_en" };
    for why in answer["why"].as_array().map(Vec::as_slice).unwrap_or_default() {
        tell(text("why"), why[name].as_str().unwrap_or_default().to_owned());
    }
    if answer["is_late"] == json!(true) {
        tell(text("why"), text("late"));
    }
    if answer["right_pledged_elsewhere"] == json!(true) {
        tell(text("why"), text("pledged"));
    }
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
    let choices = prefill::choices(desk, about.life, about.subject, about.act)?;
    fields.iter_mut().for_each(|field| super::fields::choose(field, &choices, typed));
    let expected = match typed.field("expected").parse() {
        Ok(expected) => expected,
        Err(_first_time) => acts::last_version(&mut desk.db, desk.app.fund_id(), about.life.code(), about.subject)?,
    };
    let key = Some(typed.field("key").to_owned()).filter(|key| guard::is_well_formed(key));
    let own = ["guard", "step", "more", "expected", "key"];
    let sent = typed.fields().iter().filter(|(name, value)| !own.contains(&name.as_str()) && !value.is_empty());
    Ok(ActFormView {
        label: words::act(desk.lang, about.life, about.act),
        subject: subject::name(desk, about.life, about.subject)?,
        here: asked.path.clone(),
        back: subject::page(desk, about.life, about.subject)?,
        fields,
        expected,
        key: key.unwrap_or_else(guard::random),
        typed: sent.cloned().collect(),
        needs_second: PROPOSALS.contains(&about.act),
        errors,
        ..ActFormView::default()
    })
}

/// Adds a refusal in words, at its field where it has one; a failure that is no refusal goes on.
fn refusal(faults: &mut Faults, about: &About<'_>, error: UseCaseError) -> Result<(), PageError> {
    if !error.is_refusal() {
        return Err(error.into());
    }
    let (at, text) = refusal_told(faults.lang, (about.life, about.act), &error);
    faults.say(&at.unwrap_or_else(|| "act-form".to_owned()), text);
    Ok(())
}

/// A refusal in words, and the place of the field it is about.
pub(in crate::screens) fn refusal_told(
    lang: i18n::Lang,
    (life, act): (Life, &str),
    error: &UseCaseError,
) -> (Option<String>, String) {
    let at = match error {
        UseCaseError::Act(refusal) if refusal.code.starts_with("FIELD_") => {
            refusal.places.iter().find(|(place, _)| *place == "at").map(|(_, at)| at.clone())
        }
        _ => None,
    };
    let Some(at) = at else { return (None, error.text(lang)) };
    let last = at.rsplit(['.', ']']).next().unwrap_or(&at);
    let label = words::field(lang, (life, act), last);
    let text = i18n::text(lang, &format!("page.acting.fault.{}", error.code()), &[("field", &label)]);
    (Some(at), text)
}
