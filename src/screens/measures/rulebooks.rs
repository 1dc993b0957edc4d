//! The list of rulebooks, and the proposal of another one.
//!
//! **Invariant:** what is proposed are the very bytes of the file; nothing is stored before a second person confirms.

use chrono::NaiveDate;

use crate::domain::access::Permission;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n::Lang;
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::{figures, named};
use crate::storage::find::rulebook_list;
use crate::usecase::error::Refusal;
use crate::usecase::issuing::{self, Proposal, Proposed, Word};
use crate::usecase::measures::Measure;
use crate::usecase::{UseCaseError, issuing as steps};
use crate::views::beijing;
use crate::views::measures::rulebooks::{ProposalRow, ProposeForm, RulebooksView, VersionRow};

/// Largest rulebook taken: the longest there is has a tenth of it.
const MOST_BYTES: usize = 512 * 1024;

pub(super) fn load(desk: &mut Desk<'_>, _asked: &Named) -> Result<PageView, PageError> {
    let view = list(desk)?;
    named::page(desk, "measures_rulebooks", "rulebooks", &view)
}

fn list(desk: &mut Desk<'_>) -> Result<RulebooksView, PageError> {
    let may = desk.may_for_fund(Permission::IssueRulebooks);
    let mut rows: Vec<VersionRow> = desk.measures.iter().map(|measure| row(desk, measure)).collect();
    let kept = figures::loans_of_rulebooks(desk)?;
    let stored = rulebook_list::stored(&mut desk.db, desk.app.fund_id())?;
    for row in &mut rows {
        let same = |id: &str, version: &str| id == row.id && version == row.version;
        row.loans = kept.iter().find(|(id, version, _)| same(id, version)).map_or(0, |(.., loans)| *loans);
        let at = stored.iter().find(|(id, version, _)| same(id, version)).map(|(.., at)| beijing(*at));
        row.stored = at.unwrap_or_default();
    }
    rows.reverse();
    let proposals = if may { issuing::list(&mut desk.db, desk.app.fund_id())? } else { Vec::new() };
    let form = ProposeForm { may, most_kib: u64::try_from(MOST_BYTES / 1024).unwrap_or(0), ..ProposeForm::default() };
    Ok(RulebooksView { rows, proposals: proposals.iter().map(proposal_row).collect(), form, errors: Vec::new() })
}

/// A version as the list shows it.
pub(super) fn row(desk: &Desk<'_>, measure: &Measure) -> VersionRow {
    let head = &measure.rulebook.head;
    let span = measure.validity();
    VersionRow {
        id: measure.id.clone(),
        version: measure.version.clone(),
        name: measure.rulebook.name(),
        title: match desk.lang {
            Lang::Zh => head.title.zh.to_string(),
            Lang::En => head.title.en.to_string(),
        },
        from: span.map(|(from, _)| from),
        to: span.map(|(_, to)| to),
        state: state(span, desk.today).to_owned(),
        proposal: head.proposal,
        hash: measure.hash.chars().take(12).collect(),
        ..VersionRow::default()
    }
}

fn state(span: Option<(NaiveDate, NaiveDate)>, today: NaiveDate) -> &'static str {
    match span {
        None => "undated",
        Some((from, _)) if today < from => "coming",
        Some((_, to)) if to < today => "ended",
        Some(_) => "in_force",
    }
}

/// A proposal as the list shows it.
pub(super) fn proposal_row(known: &Proposal) -> ProposalRow {
    let answer = known.answer.as_ref();
    ProposalRow {
        id: known.proposed.proposal_id.clone(),
        name: format!("{}@{}", known.proposed.rulebook_id, known.proposed.rulebook_version),
        state: known.state().to_owned(),
        by: known.proposed.person.clone(),
        on: Some(known.proposed.business_date),
        answered_by: answer.map(|answer| answer.person.clone()).unwrap_or_default(),
        answered_on: answer.map(|answer| answer.business_date),
        open: answer.is_none(),
    }
}

/// Proposes the file of a form.
pub(super) fn propose(here: Here<'_>, form: &Submission) -> Result<Acted, PageError> {
    let mut faults = Faults::new(here.lang);
    let mut mistakes = Vec::new();
    match sent(here, form, &mut faults) {
        None => {}
        Some((file, body)) => {
            let on = here.app.store.clock().today();
            let word = Word { by: &here.asker.name, note: form.field("note"), on };
            match steps::propose(here.app, file, body, word) {
                Ok(Proposed::Waiting(proposal)) => {
                    let to = format!("/rulebook-proposals/{}", link::segment(&proposal.proposed.proposal_id));
                    return Ok(Acted::SeeOther(link::with_query(&to, &[("done", "proposed".to_owned())])));
                }
                Ok(Proposed::Known { name, .. }) => faults.add("file", "page.rulebook.fault.known", &[("name", &name)]),
                Err(UseCaseError::Issuing(refusal)) if refusal.code == "RULEBOOK_FAULTS" => {
                    faults.add("file", "page.rulebook.fault.mistakes", &[("count", &refusal.count.to_string())]);
                    mistakes = refusal.named;
                }
                Err(UseCaseError::Issuing(refusal)) => {
                    let field = if refusal.code == "RULEBOOK_NOTE_MISSING" { "note" } else { "file" };
                    faults.say(field, told(here, &refusal));
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    let mut view = list(&mut here.desk()?)?;
    view.form.note = form.field("note").to_owned();
    view.form.faults = mistakes;
    view.errors = faults.found;
    named::again(here, "measures_rulebooks", "rulebooks", &view)
}

/// Name and text of the file.
fn sent<'f>(here: Here<'_>, form: &'f Submission, faults: &mut Faults) -> Option<(&'f str, &'f str)> {
    let _ = here;
    let Some(file) = form.files.first() else {
        faults.add("file", "page.rulebook.fault.file", &[]);
        return None;
    };
    if file.bytes.len() > MOST_BYTES {
        let (most, found) = ((MOST_BYTES / 1024).to_string(), (file.bytes.len() / 1024).to_string());
        faults.add("file", "page.rulebook.fault.large", &[("most", &most), ("found", &found)]);
        return None;
    }
    let Ok(body) = std::str::from_utf8(&file.bytes) else {
        faults.add("file", "page.rulebook.fault.text", &[("file", &file.name)]);
        return None;
    };
    Some((&file.name, body))
}

/// Why an issuing step is refused, in words for a page: what the catalogue says for commands where pages have none.
pub(super) fn told(here: Here<'_>, refusal: &Refusal) -> String {
    let on_page = refusal.text_of("page.rulebook.refused", here.lang);
    if on_page.starts_with("page.rulebook.refused.") { refusal.text_of("issuing", here.lang) } else { on_page }
}
