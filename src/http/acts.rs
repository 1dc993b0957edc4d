//! What forms can ask for, and the handler of each.
//!
//! **Invariant:** a handler only names its act; it is carried out once its form has proved to come from here, and
//! ends in a redirect, so that going back or reloading sends nothing again.

use axum::extract::{Path, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::answer;
use super::blocking;
use super::door::{self, Sender};
use super::error::{self, PageError};
use super::forms::{self, Submission};
use super::pages::{self, Named, PageRequest, PageView, Pages};
use super::visit::Visit;
use crate::link;
use crate::views::query::PlainQuery;

/// What a form asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Take files in for their check.
    Upload(Submission),
    /// Carry out a person's decision on a checked file.
    Decide(String, Submission),
    /// Stop a file that has not come in yet.
    Cancel(String, Submission),
    /// Look at a proposed layout again with what was changed, or keep it.
    Layout(String, Submission),
    /// What a form asks for that stands in the registry by its name.
    Named(Named, Submission),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// Done; the page at this address shows it.
    SeeOther(String),
    /// Nothing was to be changed; the page shows what was asked for.
    Shown(PageView),
    /// Not done; the page says what is to be put right.
    Again(PageView),
}

/// A form by its name in the registry.
pub(super) async fn named(
    name: &'static str,
    pages: Pages,
    places: RawPathParams,
    visit: Visit,
    request: Request,
    files: bool,
) -> Response {
    let named = pages::asked(name, &places, &visit);
    let form = if files { forms::with_files(request).await } else { forms::plain(request).await };
    carry(pages, visit, form, |form| Act::Named(named, form)).await
}

/// Takes files in.
pub async fn upload(State(pages): State<Pages>, visit: Visit, request: Request) -> Response {
    let form = forms::with_files(request).await;
    carry(pages, visit, form, Act::Upload).await
}

/// Decides on a file.
pub async fn decide(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit, request: Request) -> Response {
    let form = forms::plain(request).await;
    carry(pages, visit, form, |form| Act::Decide(id, form)).await
}

/// Stops a file.
pub async fn cancel(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit, request: Request) -> Response {
    let form = forms::plain(request).await;
    carry(pages, visit, form, |form| Act::Cancel(id, form)).await
}

/// Looks at a layout again, or keeps it.
pub async fn layout(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit, request: Request) -> Response {
    let form = forms::plain(request).await;
    carry(pages, visit, form, |form| Act::Layout(id, form)).await
}

async fn carry(
    pages: Pages,
    visit: Visit,
    form: Result<Submission, PageError>,
    act: impl FnOnce(Submission) -> Act,
) -> Response {
    let form = match form {
        Ok(form) if visit.gave(&form) => form,
        Ok(stale) => return stale_form(pages, visit, stale).await,
        Err(error) => return error::respond(&pages, &visit, &error),
    };
    let here = visit.clone();
    let act = act(form);
    if let Act::Decide(id, _) = &act
        && !door::stepped_up(&visit)
    {
        let next = format!("/imports/uploads/{}?done=proved", link::segment(id));
        return Redirect::to(&link::with_query("/sign-in/again", &[("next", next)])).into_response();
    }
    let worker = pages.clone();
    let work = move || perform(&worker, &here, act);
    let done = match blocking::run(work).await {
        Ok(done) => done,
        Err(lost) => Err(PageError::Internal { detail: format!("the acting thread ended early: {lost}") }),
    };
    done.unwrap_or_else(|error| error::respond(&pages, &visit, &error))
}

/// A form that was given to the session before does nothing; the browser has proved that it comes from these pages, so
/// what was typed is kept for who is signed in.
async fn stale_form(pages: Pages, visit: Visit, form: Submission) -> Response {
    let person = visit.caller.as_ref().map(|caller| caller.asker.name.clone()).unwrap_or_default();
    if person.is_empty() || !door::keeps(&visit.path) {
        return error::respond(&pages, &visit, &PageError::StaleForm);
    }
    let (door, address) = (std::sync::Arc::clone(&pages.door), visit.path.clone());
    let kept = blocking::run(move || door.remember(Sender::Person(&person), &address, &form)).await;
    match kept {
        Ok(Ok(true)) => error::respond(&pages, &visit, &PageError::StaleKept),
        _ => error::respond(&pages, &visit, &PageError::StaleForm),
    }
}

fn perform(pages: &Pages, visit: &Visit, act: Act) -> Result<Response, PageError> {
    match (pages.act)(act, visit.lang, &visit.asker(), &visit.from)? {
        Acted::SeeOther(address) => Ok(Redirect::to(&address).into_response()),
        Acted::Shown(view) => page(pages, visit, view),
        Acted::Again(view) => {
            let mut response = page(pages, visit, view)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// The page stands at the address of a form, so its own links must name where it can be asked for again.
fn page(pages: &Pages, visit: &Visit, view: PageView) -> Result<Response, PageError> {
    let path_of = |id: &str| format!("/imports/uploads/{}", link::segment(id));
    let (path, request) = match &view {
        // A form stands at the address of its own page.
        PageView::Named(_) | PageView::Elsewhere(_) => return answer(pages, visit, &PageRequest::Dashboard, view),
        PageView::Mail(view) => (format!("/mails/{}", link::segment(&view.row.id)), PageRequest::Mail(String::new())),
        PageView::Upload(view) => (path_of(&view.row.id), PageRequest::Upload(String::new())),
        PageView::Layout(view) => (format!("{}/mapping", path_of(&view.id)), PageRequest::Layout(String::new())),
        _ => ("/imports".to_owned(), PageRequest::Imports(PlainQuery::from_pairs("/imports", &[]))),
    };
    let visit = Visit { path, pairs: Vec::new(), ..visit.clone() };
    answer(pages, &visit, &request, view)
}
