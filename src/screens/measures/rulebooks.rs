//! Rulebooks: stored versions, proposals and their answers, one version article by article.
//!
//! **Invariant:** a rulebook is proposed by one person and issued by another; nothing here changes a stored one.

use crate::domain::access::Permission as P;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::link;
use crate::rulebook::explain::explain;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::parts::{Words, show};
use crate::usecase::UseCaseError;
use crate::usecase::issuing::{self, Accepted, Proposal, Word};
use crate::views::casework::Printable;
use crate::views::parts::{Cell, PartsView, SmallForm};
use crate::views::uploads::FormError;

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.rulebooks" }
}

pub(super) fn list(desk: &mut Desk<'_>, errors: Vec<FormError>) -> Result<PageView, PageError> {
    let view = view(desk, errors)?;
    show(desk, "rulebooks", &view)
}

fn view(desk: &mut Desk<'_>, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let today = desk.today;
    let rows = desk.measures.iter().map(|measure| {
        let head = &measure.rulebook.head;
        let state = if measure.in_force_on(today) {
            Cell::tag("ok", say.text("in_force"))
        } else {
            Cell::tag("", say.text("not_in_force"))
        };
        let term = measure.validity().map(|(from, until)| format!("{from} — {until}")).unwrap_or_default();
        let version = link::segment(&measure.version);
        vec![
            Cell::link(head.title.zh.to_string(), format!("/rulebooks/{}/{version}", link::segment(&measure.id))),
            Cell::text(format!("{}@{}", measure.id, measure.version)),
            Cell::text(term),
            state,
            if head.proposal { Cell::tag("warn", say.text("proposal")) } else { Cell::tag("ok", say.text("issued")) },
        ]
    });
    let stored = say.table("stored", &["name", "version", "term", "state", "status"], rows.collect());
    let proposals = issuing::list(&mut desk.db, desk.app.fund_id())?;
    let mut forms = Vec::new();
    if desk.may_for_fund(P::IssueRulebooks) {
        forms.push(SmallForm { files: true, ..say.form("propose", vec![say.field("note", "text", false, "")]) });
        forms.extend(proposals.iter().filter(|one| one.answer.is_none()).map(|one| decision(say, one)));
    }
    let rows = proposals.iter().map(|one| proposal_row(say, one)).collect();
    let columns = ["number", "version", "by", "on", "state", "*unconfirmed", "note"];
    let asked = say.table("proposals", &columns, rows);
    Ok(PartsView { tables: vec![stored, asked], forms, errors, ..say.page() })
}

fn proposal_row(say: Words, one: &Proposal) -> Vec<Cell> {
    let asked = &one.proposed;
    let tone = match one.state() {
        "confirmed" => "ok",
        "rejected" => "bad",
        "proposed" => "warn",
        _ => "",
    };
    vec![
        Cell::code(asked.proposal_id.clone()),
        Cell::text(format!("{}@{}", asked.rulebook_id, asked.rulebook_version)),
        Cell::text(asked.person.clone()),
        Cell::day(asked.business_date),
        Cell::tag(tone, say.word("answer", one.state())),
        Cell::Count { count: i64::try_from(one.unconfirmed().len()).unwrap_or(i64::MAX) },
        Cell::text(one.answer.as_ref().map_or(&asked.note, |answer| &answer.note).clone()),
    ]
}

/// The answer to a proposal: by another person, or the proposer's withdrawal.
fn decision(say: Words, one: &Proposal) -> SmallForm {
    let id = &one.proposed.proposal_id;
    let answers = ["confirm", "reject", "withdraw"].map(|word| (word.to_owned(), say.word("decision", word)));
    let fields = vec![
        say.choice("answer", true, "", answers.into()),
        say.field("note", "text", false, ""),
        say.field("repeal_from", "day", false, ""),
    ];
    let mut form = say.form("decide", fields);
    form.title = say.with("form.decide", &[("number", id)]);
    form.help = say.with("unconfirmed", &[("clauses", &one.unconfirmed().join("、"))]);
    form.hidden.push(("proposal".to_owned(), id.clone()));
    form
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if !here.asker.may_for_fund(P::IssueRulebooks) {
        return Err(PageError::Forbidden);
    }
    if !asked.stepped_up {
        return Ok(Acted::SeeOther(link::with_query("/sign-in/again", &[("next", asked.address())])));
    }
    let mut faults = Faults::new(here.lang);
    let done = carry(here, form, &mut faults);
    match done {
        Ok(()) if faults.found.is_empty() => return Ok(Acted::SeeOther("/rulebooks?done=acted".to_owned())),
        Ok(()) => {}
        Err(error) if error.is_refusal() => faults.say("h-stored", error.text(here.lang)),
        Err(error) => return Err(error.into()),
    }
    let mut desk = here.desk()?;
    let view = view(&mut desk, faults.found)?;
    drop(desk);
    named::again(here, "parts", "rulebooks", &view)
}

fn carry(here: Here<'_>, form: &Submission, faults: &mut Faults) -> Result<(), UseCaseError> {
    let word = Word { by: &here.asker.name, note: form.field("note"), on: here.app.store.clock().today() };
    if form.field("form") == "propose" {
        let Some(file) = form.files.first() else {
            faults.say("propose-file", i18n::text(here.lang, "page.upload.error.file", &[]));
            return Ok(());
        };
        let body = String::from_utf8_lossy(&file.bytes);
        return issuing::propose(here.app, &file.name, &body, word).map(drop);
    }
    let id = form.field("proposal");
    match form.field("answer") {
        "confirm" => {
            let from = form.field("repeal_from").parse().ok();
            issuing::confirm(here.app, id, Accepted::All, from, word).map(drop)
        }
        "reject" => issuing::reject(here.app, id, word).map(drop),
        "withdraw" => issuing::withdraw(here.app, id, word).map(drop),
        _ => {
            faults.say("answer", i18n::text(here.lang, "page.rulebooks.error.answer", &[]));
            Ok(())
        }
    }
}

/// One version, article by article.
pub(super) fn one(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = words(desk);
    let found = desk.measures.version(asked.place("id"), asked.place("version")).cloned().ok_or(PageError::NotFound)?;
    let head = &found.rulebook.head;
    let articles = explain(&found.rulebook, desk.lang);
    let term = found.validity().map(|(from, until)| format!("{from} — {until}")).unwrap_or_default();
    let lines = vec![
        ("version", Cell::code(format!("{}@{}", found.id, found.version))),
        ("term", Cell::text(term)),
        ("hash", Cell::code(found.hash.clone())),
    ];
    let view = PartsView {
        title: head.title.zh.to_string(),
        help: String::new(),
        crumb: Some(Printable { label: say.text("title"), href: "/rulebooks".to_owned() }),
        tags: if head.proposal { vec![Cell::tag("warn", say.text("proposal"))] } else { Vec::new() },
        facts: vec![say.facts("head", lines)],
        articles: articles.into_iter().map(|one| (one.article, one.text)).collect(),
        ..PartsView::default()
    };
    show(desk, "rulebooks", &view)
}
