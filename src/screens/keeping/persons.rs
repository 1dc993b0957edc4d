//! Persons with their offices, deputies and accounts.
//!
//! **Invariant:** nobody handles an own account here; a one-time code is shown once and stored as its hash only.

use std::collections::BTreeMap;

use super::sessions;
use crate::domain::access::Permission as P;
use crate::domain::people::{Institution, Person};
use crate::domain::person::key_of;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::link;
use crate::screens::act_forms::{levels, offers};
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::words::word;
use crate::screens::{casework, named};
use crate::storage::find::accounts as find;
use crate::storage::rows::accounts::AccountRow;
use crate::usecase::lives::{Life, offices};
use crate::usecase::sign_in::{SignInError, accounts};
use crate::views::beijing;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, PartsView, Table};
use crate::views::uploads::FormError;

/// What can be done with an account.
const ACTS: [&str; 6] = ["open", "reset", "reset_all", "disable", "enable", "end"];

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.persons" }
}

fn place(desk: &Desk<'_>, institution: &Institution) -> String {
    match institution {
        Institution::Partner(bank) => desk.name(bank.as_str()),
        other => word(desk.lang, "page.persons.place", &other.code()),
    }
}

fn roles(desk: &Desk<'_>, person: &Person) -> String {
    let names = person.roles.iter().map(|(role, level)| {
        let role = word(desk.lang, "forms.role", role.code());
        match level.as_deref().map(|level| level_name(desk, level)) {
            None => role,
            Some(level) => desk.text("page.persons.up_to", &[("role", &role), ("level", &level)]),
        }
    });
    names.collect::<Vec<_>>().join(&desk.text("screen.list", &[]))
}

/// Name of a level in the fund's rulebook; its word there where the rulebook has it no more.
fn level_name(desk: &Desk<'_>, id: &str) -> String {
    levels(desk).into_iter().find(|(known, _)| known == id).map_or_else(|| id.to_owned(), |(_, name)| name)
}

fn account_tag(say: Words, account: Option<&AccountRow>) -> Cell {
    match account {
        None => Cell::tag("", say.text("no_account")),
        Some(account) if account.is_disabled => Cell::tag("bad", say.text("disabled")),
        Some(_) => Cell::tag("ok", say.text("open")),
    }
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = words(desk);
    let known: BTreeMap<String, AccountRow> =
        find::all(&mut desk.db)?.into_iter().map(|row| (row.person.clone(), row)).collect();
    let everyone = offices::everyone(&mut desk.db, desk.app.fund_id())?;
    let rows = everyone.iter().map(|(key, person)| {
        let account = known.get(key);
        vec![
            Cell::link(key.clone(), format!("/persons/{}", link::segment(key))),
            Cell::text(place(desk, &person.institution)),
            Cell::text(roles(desk, person)),
            if person.departed { Cell::tag("", say.text("departed")) } else { Cell::tag("ok", say.text("active")) },
            account_tag(say, account),
            Cell::text(account.and_then(|account| account.signed_in_at).map(beijing).unwrap_or_default()),
        ]
    });
    let columns = ["name", "institution", "roles", "state", "account", "seen"];
    let table = Table { in_pages: true, ..say.table("persons", &columns, rows.collect()) };
    let mut forms = Vec::new();
    if desk.may_for_fund(P::KeepPersons) {
        forms.push(say.form("new", vec![say.field("name", "text", true, "")]));
    }
    let deputies = sessions::deputies(desk, say, everyone.iter().map(|(_, person)| person));
    show(desk, "persons", &PartsView { forms, tables: vec![table, deputies], ..say.page() })
}

/// Leads to the form that appoints somebody.
pub(super) fn find(here: Here<'_>, form: &Submission) -> Result<Acted, PageError> {
    let name = form.field("name");
    if crate::domain::person::PersonName::read(name).is_none() {
        return Ok(Acted::SeeOther("/persons".to_owned()));
    }
    let _desk = here.desk()?;
    Ok(Acted::SeeOther(offers::address(Life::Person, name, "appointed")))
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let view = view(desk, asked.place("key"), None, Vec::new())?;
    show(desk, "persons", &view)
}

fn view(desk: &mut Desk<'_>, key: &str, code: Option<&str>, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let key = key_of(key);
    let person = offices::person(&mut desk.db, desk.app.fund_id(), &key)?.ok_or(PageError::NotFound)?;
    let account = find::one(&mut desk.db, &key)?;
    let bound = account.as_ref().is_some_and(|account| account.totp_sealed.is_some());
    let lines = vec![
        ("institution", Cell::text(place(desk, &person.institution))),
        ("roles", Cell::text(roles(desk, &person))),
        ("account", account_tag(say, account.as_ref())),
        ("opened", Cell::text(account.as_ref().map(|account| beijing(account.opened_at)).unwrap_or_default())),
        (
            "seen",
            Cell::text(account.as_ref().and_then(|account| account.signed_in_at).map(beijing).unwrap_or_default()),
        ),
        ("authenticator", Cell::text(say.text(if bound { "bound" } else { "unbound" }))),
    ];
    let (mut forms, mut tables) = (Vec::new(), Vec::new());
    if !person.delegations.is_empty() {
        tables.push(sessions::deputies(desk, say, std::iter::once(&person)));
    }
    if desk.may_for_fund(P::KeepPersons) && account.is_some() {
        let (table, form) = sessions::of(desk, say, &key)?;
        tables.push(table);
        forms.extend(form.filter(|_| key_of(&desk.asker.name) != key));
    }
    if desk.may_for_fund(P::KeepPersons) && !person.departed && key_of(&desk.asker.name) != key {
        let fits = |act: &str| match &account {
            None => act == "open",
            Some(account) if account.is_disabled => act == "enable",
            Some(_) => !matches!(act, "open" | "enable"),
        };
        let acts = ACTS.into_iter().filter(|act| fits(act));
        let acts = acts.map(|act| (act.to_owned(), say.word("act", act))).collect();
        forms.insert(0, say.form("account", vec![say.choice("what", true, "", acts)]));
    }
    Ok(PartsView {
        title: key.clone(),
        crumb: Some(Printable { label: say.text("title"), href: "/persons".to_owned() }),
        tags: vec![if person.departed {
            Cell::tag("", say.text("departed"))
        } else {
            Cell::tag("ok", say.text("active"))
        }],
        note: code.map(|code| ("ok", say.with("code", &[("code", code)]))),
        facts: vec![say.facts("person", lines)],
        forms,
        tables,
        errors,
        offers: offers::offers(desk, Life::Person, &key)?,
        passed: Some(casework::passed(desk, Life::Person, &key)?),
        ..PartsView::default()
    })
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if !asked.stepped_up {
        return Ok(Acted::SeeOther(link::with_query("/sign-in/again", &[("next", asked.address())])));
    }
    let key = key_of(asked.place("key"));
    let mut faults = Faults::new(here.lang);
    let (app, by) = (here.app, here.asker.name.as_str());
    let none = || Ok(String::new());
    if key == key_of(by) {
        faults.say("what", i18n::text(here.lang, "page.persons.error.oneself", &[]));
    }
    let done = match form.field("what") {
        _ if !faults.found.is_empty() => none(),
        _ if form.field("form") == "session" => {
            accounts::end_session(app, &key, form.field("session"), by).and_then(|_was_there| none())
        }
        "open" => accounts::open(app, &key, by),
        "reset" => accounts::reset(app, &key, by, false),
        "reset_all" => accounts::reset(app, &key, by, true),
        "disable" => accounts::disable(app, &key, by).and_then(|()| none()),
        "enable" => accounts::enable(app, &key, by).and_then(|()| none()),
        "end" => accounts::end_sessions(app, &key, by).and_then(|()| none()),
        _ => {
            faults.say("what", i18n::text(here.lang, "page.persons.error.what", &[]));
            none()
        }
    };
    let code = match done {
        Ok(code) => code,
        Err(SignInError::Refused(refusal)) => {
            faults.say("what", word(here.lang, "sign_in.refused", refusal.code()));
            String::new()
        }
        Err(error) => return Err(error.into()),
    };
    if faults.found.is_empty() && code.is_empty() {
        return Ok(Acted::SeeOther(format!("/persons/{}?done=acted", link::segment(&key))));
    }
    let is_fine = faults.found.is_empty();
    let mut desk = here.desk()?;
    let view = view(&mut desk, &key, Some(code.as_str()).filter(|code| !code.is_empty()), faults.found)?;
    let page = named::page(&mut desk, "parts", "persons", &view)?;
    Ok(if is_fine { Acted::Shown(page) } else { Acted::Again(page) })
}
