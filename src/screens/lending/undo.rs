//! An import, and taking it back: asked for by one person, decided by another.
//!
//! **Invariant:** a bank hears that its import cannot be taken back, and not which thing, maybe another bank's, stands in
//! the way; who decides has just proved again who it is.

use crate::domain::access::Permission as P;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::parts::{Words, keep_typed, show};
use crate::screens::words::word;
use crate::storage::find::{imports, undos};
use crate::storage::rows::parties::ImportRow;
use crate::usecase::UseCaseError;
use crate::usecase::undo::{self, Undo};
use crate::views::beijing;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, PartsView, SmallForm};

/// Refusals that speak of the request alone, so that a bank may hear them.
const OF_THE_REQUEST: [&str; 6] = [
    "UNDO_ALREADY_REQUESTED",
    "UNDO_ANSWERED",
    "UNDO_BEFORE_IMPORT",
    "UNDO_DONE",
    "UNDO_NOT_REQUESTER",
    "UNDO_REASON_MISSING",
];

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.undo" }
}

/// The import of the address, where who asks reaches it.
fn import(desk: &mut Desk<'_>, asked: &Named) -> Result<ImportRow, PageError> {
    let row = imports::one(&mut desk.db, asked.place("id"))?;
    let own = row.filter(|row| row.fund_id == desk.app.fund_id() && desk.reach.holds(row.bank.as_deref()));
    own.ok_or(PageError::NotFound)
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let view = view(desk, asked)?;
    show(desk, "imports", &view)
}

fn view(desk: &mut Desk<'_>, asked: &Named) -> Result<PartsView, PageError> {
    let say = words(desk);
    let import = import(desk, asked)?;
    let is_undone = undos::undone(&mut desk.db, desk.app.fund_id())?.contains(&import.import_id);
    let all = undo::list(&mut desk.db, desk.app.fund_id())?;
    let requests: Vec<Undo> = all.into_iter().filter(|one| one.asked.import_id == import.import_id).collect();
    let open = requests.iter().find(|one| one.answer.is_none());
    let in_the_way = if is_undone { Vec::new() } else { undo::refusals(desk.app, &import.import_id, desk.today)? };
    let told: Vec<String> = in_the_way.iter().map(|one| one.text(desk.lang)).collect();
    let note = match (is_undone, told.is_empty()) {
        (true, _) => Some(("info", say.text("is_undone"))),
        (false, true) => None,
        (false, false) if desk.reach.bank().is_some() => {
            Some(("warn", crate::i18n::text(desk.lang, "api.UNDO_NOT_NOW", &[])))
        }
        (false, false) => Some(("warn", told.join(" "))),
    };
    let mut forms = Vec::new();
    if let Some(open) = open {
        forms.extend(decide(desk, say, open));
        if open.asked.person == desk.asker.name {
            forms.push(with_request(say.form("withdraw", Vec::new()), open));
        }
    } else if note.is_none() && desk.asker.may(P::AskUndo) {
        forms.push(say.form("ask", vec![say.field("reason", "long", true, "")]));
    }
    let rows = requests.iter().map(|one| {
        let answer = one.answer.as_ref();
        vec![
            Cell::tag(tone(one.state()), say.word("state", one.state())),
            Cell::text(one.asked.person.clone()),
            Cell::text(beijing(one.asked.recorded_at)),
            Cell::text(one.asked.note.clone()),
            Cell::text(answer.map(|answer| answer.person.clone()).unwrap_or_default()),
            Cell::text(answer.map(|answer| answer.note.clone()).unwrap_or_default()),
        ]
    });
    let table = say.table("requests", &["state", "by", "at", "reason", "answered_by", "answer"], rows.collect());
    let facts = vec![
        ("file", Cell::text(import.file_name.clone())),
        ("kind", Cell::text(word(desk.lang, "screen.file_kind", &import.kind))),
        ("bank", Cell::text(import.bank.as_deref().map(|bank| desk.name(bank)).unwrap_or_default())),
        ("on", Cell::day(import.business_date)),
        ("rows", Cell::Count { count: import.records_accepted }),
    ];
    Ok(PartsView {
        title: say.with("title", &[("file", &import.file_name)]),
        help: say.text("help"),
        crumb: Some(Printable { label: desk.text("page.menu.imports", &[]), href: "/imports".to_owned() }),
        note,
        facts: vec![say.facts("import", facts)],
        forms,
        tables: vec![table],
        ..PartsView::default()
    })
}

/// The form of who decides; none for who has asked or may not.
fn decide(desk: &Desk<'_>, say: Words, open: &Undo) -> Option<SmallForm> {
    if !desk.asker.may(P::UndoImports) || open.asked.person == desk.asker.name {
        return None;
    }
    let options = ["approve", "reject"].map(|code| (code.to_owned(), say.word("answer", code)));
    let fields = vec![say.choice("answer", true, "", options.to_vec()), say.field("note", "long", false, "")];
    Some(with_request(say.form("decide", fields), open))
}

fn with_request(mut form: SmallForm, open: &Undo) -> SmallForm {
    form.hidden.push(("request".to_owned(), open.asked.undo_id.clone()));
    form
}

fn tone(state: &str) -> &'static str {
    match state {
        "approved" => "ok",
        "rejected" => "bad",
        "requested" => "warn",
        _ => "",
    }
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let import = import(&mut desk, asked)?;
    let today = desk.today;
    let may = |permission: P| if here.asker.may(permission) { Ok(()) } else { Err(PageError::Forbidden) };
    let by = here.asker.name.as_str();
    let request = form.field("request");
    // A request of another import answers like one that is not there.
    let all = undo::list(&mut desk.db, here.app.fund_id())?;
    drop(desk);
    let is_own = all.iter().any(|one| one.asked.undo_id == request && one.asked.import_id == import.import_id);
    let done = match form.field("form") {
        "ask" => {
            may(P::AskUndo)?;
            undo::request_undo(here.app, &import.import_id, by, form.field("reason"), today)
        }
        _ if !is_own => return Err(PageError::BadForm),
        "decide" => {
            may(P::UndoImports)?;
            if !asked.stepped_up {
                return Ok(Acted::SeeOther(link::with_query("/sign-in/again", &[("next", asked.path.clone())])));
            }
            let approve = match form.field("answer") {
                "approve" => true,
                "reject" => false,
                _ => return Err(PageError::BadForm),
            };
            undo::decide_undo(here.app, request, by, approve, form.field("note"), today)
        }
        "withdraw" => undo::withdraw_undo(here.app, request, by, today),
        _ => return Err(PageError::BadForm),
    };
    match done {
        Ok(_) => Ok(Acted::SeeOther(link::with_query(&asked.path, &[("done", "saved".to_owned())]))),
        Err(error) if error.is_refusal() => {
            let mut desk = here.desk()?;
            let mut faults = Faults::new(here.lang);
            faults.say(form.field("form"), refusal(&desk, &error));
            let mut view = view(&mut desk, asked)?;
            view.errors = faults.found;
            keep_typed(&mut view, form);
            drop(desk);
            named::again(here, "parts", "imports", &view)
        }
        Err(error) => Err(error.into()),
    }
}

fn refusal(desk: &Desk<'_>, error: &UseCaseError) -> String {
    if desk.reach.bank().is_some() && !OF_THE_REQUEST.contains(&error.code()) {
        return crate::i18n::text(desk.lang, "api.UNDO_NOT_NOW", &[]);
    }
    error.text(desk.lang)
}
