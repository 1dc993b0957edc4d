//! A report sent, a mail sent again.
//!
//! **Invariant:** the form carries a key of its own, so that what is sent twice goes out once.

use super::report;
use crate::domain::access::Permission;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::guard;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::{mails, named};
use crate::storage::rows::mail::ReportRow;
use crate::usecase::UseCaseError;
use crate::usecase::upkeep::{Word, resend};
use crate::views::Choice;
use crate::views::mails::SendForm;

/// Everybody who is to get a report.
const ALL: &str = "all";

/// The form that sends a report, for those who may.
pub(super) fn form(desk: &mut Desk<'_>, stored: &ReportRow) -> Result<Option<SendForm>, PageError> {
    if !desk.may_for_fund(Permission::SendReports) {
        return Ok(None);
    }
    let had = crate::storage::find::mail::of_report(&mut desk.db, desk.app.fund_id(), &stored.report_id)?;
    let all = resend::recipients(desk.app, stored, &had);
    let mut to = vec![Choice { code: ALL.to_owned(), name: desk.text("page.send.all", &[]) }];
    to.extend(all.into_iter().map(|(address, name)| Choice { name: format!("{name} {address}"), code: address }));
    Ok(Some(SendForm { key: guard::random(), to, chosen: ALL.to_owned(), ..SendForm::default() }))
}

/// What was sent, as a word of the use case; refused without the key that the page gave.
fn word<'a>(here: Here<'a>, sent: &'a Submission) -> Result<Word<'a>, PageError> {
    let key = sent.field("key");
    if !guard::is_well_formed(key) {
        return Err(PageError::BadForm);
    }
    Ok(Word { by: &here.asker.name, reason: sent.field("reason"), key })
}

/// Puts back what was typed, with what is wrong with it; a failure that is no refusal goes on.
fn refilled(here: Here<'_>, form: &mut SendForm, sent: &Submission, error: UseCaseError) -> Result<(), PageError> {
    if !error.is_refusal() {
        return Err(error.into());
    }
    let mut faults = Faults::new(here.lang);
    faults.say("reason", error.text(here.lang));
    form.errors = faults.found;
    sent.field("reason").clone_into(&mut form.reason);
    sent.field("to").clone_into(&mut form.chosen);
    Ok(())
}

/// Sends a report.
pub(super) fn report(here: Here<'_>, asked: &Named, sent: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let mut view = report::view(&mut desk, asked)?;
    drop(desk);
    let to = Some(sent.field("to")).filter(|to| *to != ALL).unwrap_or_default();
    let done = resend::report(here.app, &view.row.id, to, &word(here, sent)?);
    match done {
        Ok(_mails) => Ok(sent_from(&format!("/reports/{}", link::segment(&view.row.id)))),
        Err(error) => {
            refilled(here, view.send.get_or_insert_default(), sent, error)?;
            named::again(here, "measures_report", "reports", &view)
        }
    }
}

/// Sends a mail again.
pub(super) fn mail(here: Here<'_>, asked: &Named, sent: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let mut view = mails::one(&mut desk, asked.place("id"))?;
    drop(desk);
    match resend::mail_again(here.app, &view.row.id, &word(here, sent)?) {
        Ok(new) => Ok(sent_from(&format!("/mails/{}", link::segment(&new)))),
        Err(error) => {
            refilled(here, view.send.get_or_insert_default(), sent, error)?;
            Ok(Acted::Again(PageView::Mail(Box::new(view))))
        }
    }
}

fn sent_from(page: &str) -> Acted {
    Acted::SeeOther(link::with_query(page, &[("done", "mailed".to_owned())]))
}
