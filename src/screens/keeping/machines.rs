//! Tokens of machine accounts.
//!
//! **Invariant:** a token is shown once, when it is made; the page knows its hash's owner only.

use crate::domain::access::Permission as P;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::parts::{Words, show};
use crate::storage::find::machines as find;
use crate::usecase::UseCaseError;
use crate::usecase::machines;
use crate::views::beijing;
use crate::views::parts::{Cell, PartsView};
use crate::views::uploads::FormError;

/// How long the old token holds on beside the new one, in hours, and how long the new one holds, in days.
const OVERLAP_HOURS: i64 = 24;
const HOLDS_DAYS: i64 = 90;

fn view(desk: &mut Desk<'_>, token: Option<&str>, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.machines" };
    let tokens = find::tokens(&mut desk.db, desk.app.fund_id())?;
    let uses = find::uses(&mut desk.db)?;
    let rows = tokens.iter().rev().map(|row| {
        let tone = if row.state == "issued" { "ok" } else { "" };
        vec![
            Cell::code(row.token_id.clone()),
            Cell::text(row.machine.clone()),
            Cell::text(row.scopes.clone()),
            Cell::text(beijing(row.expires_at)),
            Cell::tag(tone, say.word("state", &row.state)),
            Cell::text(uses.get(&row.token_id).copied().map(beijing).unwrap_or_default()),
        ]
    });
    let table = say.table("tokens", &["id", "machine", "scopes", "expires", "state", "used"], rows.collect());
    let mut forms = Vec::new();
    if desk.may_for_fund(P::KeepTokens) {
        let live = tokens.iter().filter(|row| row.state == "issued");
        let choices: Vec<_> =
            live.map(|row| (row.token_id.clone(), format!("{} {}", row.machine, row.token_id))).collect();
        forms.push(say.form("rotate", vec![say.choice("token", true, "", choices.clone())]));
        forms.push(
            say.form("revoke", vec![say.choice("token", true, "", choices), say.field("reason", "text", true, "")]),
        );
    }
    let note = token.map(|token| ("ok", say.with("token", &[("token", token)])));
    Ok(PartsView { forms, tables: vec![table], note, errors, ..say.page() })
}

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let view = view(desk, None, Vec::new())?;
    show(desk, "machines", &view)
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if !asked.stepped_up {
        return Ok(Acted::SeeOther(link::with_query("/sign-in/again", &[("next", asked.address())])));
    }
    let (by, on, token) = (here.asker.name.as_str(), here.app.store.clock().today(), form.field("token"));
    let done = match form.field("form") {
        "rotate" => machines::rotate(here.app, token, OVERLAP_HOURS, HOLDS_DAYS, by, on).map(|told| Some(told.token)),
        _ => machines::revoke(here.app, token, form.field("reason"), by, on).map(|()| None),
    };
    let mut faults = Faults::new(here.lang);
    let made = match done {
        Ok(None) => return Ok(Acted::SeeOther("/machines?done=acted".to_owned())),
        Ok(made) => made,
        Err(error) if UseCaseError::is_refusal(&error) => {
            faults.say("token", error.text(here.lang));
            None
        }
        Err(error) => return Err(error.into()),
    };
    let is_fine = faults.found.is_empty();
    let mut desk = here.desk()?;
    let view = view(&mut desk, made.as_deref(), faults.found)?;
    let page = named::page(&mut desk, "parts", "machines", &view)?;
    Ok(if is_fine { Acted::Shown(page) } else { Acted::Again(page) })
}
