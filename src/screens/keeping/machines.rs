//! Tokens of machine accounts.
//!
//! **Invariant:** a token is shown once, when it is made; the page knows its hash's owner only.

use crate::domain::access::{MACHINE_ROLES, Permission, machine_permissions_of};
use crate::domain::people::Role;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::act_forms::{drafts, institutions};
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::parts::{Words, keep_typed, prove_first, show};
use crate::screens::words::word;
use crate::storage::find::machines as find;
use crate::usecase::UseCaseError;
use crate::usecase::machines::{self, Told, Wanted};
use crate::views::acting::FieldView;
use crate::views::beijing;
use crate::views::parts::{Cell, PartsView, SmallForm};

/// Words of the page, and of what a token is for.
const PREFIX: &str = "page.machines";
const SCOPE: &str = "page.machines.scope";

/// How long the old token holds on beside the new one, in hours, and how long the new one holds, in days.
const OVERLAP_HOURS: i64 = 24;
const HOLDS_DAYS: i64 = 90;

/// What somebody sees and what is said about it.
fn view(desk: &mut Desk<'_>, role: Option<Role>, told: Option<&Told>) -> Result<PartsView, PageError> {
    let say = Words { lang: desk.lang, prefix: PREFIX };
    let tokens = find::tokens(&mut desk.db, desk.app.fund_id())?;
    let uses = find::uses(&mut desk.db)?;
    let now = desk.app.store.clock().now();
    let rows = tokens.iter().rev().map(|row| {
        let state = if row.state != "revoked" && row.expires_at <= now { "expired" } else { &row.state };
        let tone = if state == "issued" { "ok" } else { "" };
        vec![
            Cell::code(row.token_id.clone()),
            Cell::text(row.machine.clone()),
            Cell::text(scopes(desk, &row.scopes)),
            Cell::text(beijing(row.expires_at)),
            Cell::tag(tone, say.word("state", state)),
            Cell::text(uses.get(&row.token_id).copied().map(beijing).unwrap_or_default()),
        ]
    });
    let table = say.table("tokens", &["id", "machine", "scopes", "expires", "state", "used"], rows.collect());
    let mut forms = vec![match role {
        Some(role) => issue(desk, role)?,
        None => SmallForm { method: "get", hidden: Vec::new(), ..say.form("begin", vec![roles(desk)]) },
    }];
    let live = tokens.iter().filter(|row| row.state == "issued" && now < row.expires_at);
    let live: Vec<_> = live.map(|row| (row.token_id.clone(), format!("{} {}", row.machine, row.token_id))).collect();
    if !live.is_empty() {
        forms.push(say.form("rotate", vec![say.choice("token", true, "", live.clone())]));
        forms
            .push(say.form("revoke", vec![say.choice("ended", true, "", live), say.field("reason", "text", true, "")]));
    }
    let until = told.map(|told| beijing(told.expires_at)).unwrap_or_default();
    let note = told.map(|told| ("ok", say.with("token", &[("token", &told.token), ("until", &until)])));
    Ok(PartsView { forms, tables: vec![table], note, ..say.page() })
}

/// Codes of what a token is for, in words.
fn scopes(desk: &Desk<'_>, codes: &str) -> String {
    let words: Vec<String> = codes.split(' ').map(|code| word(desk.lang, SCOPE, code)).collect();
    words.join(&desk.text("screen.list", &[]))
}

fn roles(desk: &Desk<'_>) -> FieldView {
    let say = Words { lang: desk.lang, prefix: PREFIX };
    let named = |role: &Role| (role.code().to_owned(), word(desk.lang, "page.acting.word.role", role.code()));
    say.choice("role", true, "", MACHINE_ROLES.iter().map(named).collect())
}

/// The form of a new token for a machine in a role: it offers what this role holds and nothing else.
fn issue(desk: &mut Desk<'_>, role: Role) -> Result<SmallForm, PageError> {
    let say = Words { lang: desk.lang, prefix: PREFIX };
    let held = machine_permissions_of(role).into_iter();
    let held = held.map(|one| (one.code().to_owned(), word(desk.lang, SCOPE, one.code())));
    let ticks = FieldView { kind: "words", ..say.choice("scopes", true, "", held.collect()) };
    let office = word(desk.lang, "page.acting.word.role", role.code());
    let form = say.form(
        "issue",
        vec![
            say.field("machine", "text", true, ""),
            say.choice("institution", true, "", institutions(desk)?),
            ticks,
            say.field("days", "count", true, &HOLDS_DAYS.to_string()),
        ],
    );
    let hidden = vec![("form".to_owned(), "issue".to_owned()), ("role".to_owned(), role.code().to_owned())];
    Ok(SmallForm { hidden, help: say.with("office", &[("role", &office)]), ..form })
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let role = machine_role(asked.parameter("role"));
    if role.is_some() && !asked.stepped_up {
        // Asked for before anything is typed, so that nothing typed is lost.
        return Ok(PageView::Elsewhere(link::with_query("/sign-in/again", &[("next", asked.address())])));
    }
    let view = view(desk, role, None)?;
    show(desk, "machines", &view)
}

/// A role that a machine may hold.
fn machine_role(code: &str) -> Option<Role> {
    Role::from_code(code).filter(|role| MACHINE_ROLES.contains(role))
}

/// What a form asks for, done: a token that is told once, where one was made.
fn done(here: Here<'_>, form: &Submission) -> Result<Option<Told>, UseCaseError> {
    let (by, on) = (here.asker.name.as_str(), here.app.store.clock().today());
    match form.field("form") {
        "issue" => {
            let wanted = Wanted {
                machine: form.field("machine").to_owned(),
                institution: form.field("institution").to_owned(),
                roles: machine_role(form.field("role")).into_iter().collect(),
                scopes: form.all("scopes").into_iter().filter_map(Permission::from_code).collect(),
                // What is no number is out of range, and refused as such.
                days: form.field("days").parse().unwrap_or(0),
            };
            machines::add(here.app, &wanted, by, on).map(Some)
        }
        "rotate" => machines::rotate(here.app, form.field("token"), OVERLAP_HOURS, HOLDS_DAYS, by, on).map(Some),
        _ => machines::revoke(here.app, form.field("ended"), form.field("reason"), by, on).map(|()| None),
    }
}

/// The field at which a refusal is told.
fn field_of(form: &str, code: &str) -> &'static str {
    match (form, code) {
        ("rotate", _) => "token",
        ("issue", "TOKEN_SCOPE") => "scopes",
        ("issue", "TOKEN_DAYS") => "days",
        ("issue", _) => "machine",
        _ => "ended",
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if !asked.stepped_up {
        return prove_first(here, asked, form);
    }
    let mut faults = Faults::new(here.lang);
    let made = match done(here, form) {
        Ok(None) => {
            drafts::forget(here, asked)?;
            return Ok(Acted::SeeOther("/machines?done=acted".to_owned()));
        }
        Ok(made) => made,
        Err(error) if UseCaseError::is_refusal(&error) => {
            faults.say(field_of(form.field("form"), error.code()), error.text(here.lang));
            None
        }
        Err(error) => return Err(error.into()),
    };
    let is_fine = faults.found.is_empty();
    if is_fine {
        drafts::forget(here, asked)?;
    }
    let mut desk = here.desk()?;
    let role = machine_role(form.field("role")).filter(|_| !is_fine);
    let mut view = view(&mut desk, role, made.as_ref())?;
    if !is_fine {
        keep_typed(&mut view, form);
        view.errors = faults.found;
    }
    let page = named::page(&mut desk, "parts", "machines", &view)?;
    Ok(if is_fine { Acted::Shown(page) } else { Acted::Again(page) })
}
