//! From a request to the bytes of its answer.
//!
//! Owns the one place where views are completed with what only the server knows, and rendered.
//! **Invariant:** reading and rendering run on a thread that may block, and every failure becomes a page.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;

use super::error::{self, PageError};
use super::pages::{NamedView, PageRequest, PageView, Pages};
use super::visit::Visit;
use super::{blocking, guard, headers};
use crate::i18n::Lang;
use crate::sealing::masked;
use crate::views::claims::ClaimState;
use crate::views::fund::FundView;
use crate::views::loans::LoanState;
use crate::views::mails::MailsView;
use crate::views::query::PlainQuery;
use crate::views::rights::RightsView;
use crate::views::{Shell, capital};

/// Reads and renders on a thread that may block.
pub async fn show(pages: Pages, visit: Visit, request: PageRequest) -> Response {
    let (worker, here) = (pages.clone(), visit.clone());
    let work = move || {
        (worker.load)(request.clone(), here.lang, &here.asker()).and_then(|view| answer(&worker, &here, &request, view))
    };
    let done = match blocking::run(work).await {
        Ok(done) => done,
        Err(lost) => Err(PageError::Internal { detail: format!("the reading thread ended early: {lost}") }),
    };
    done.unwrap_or_else(|error| error::respond(&pages, &visit, &error))
}

/// Fills what the server knows better than the loader, and renders.
pub(super) fn answer(
    pages: &Pages,
    visit: &Visit,
    request: &PageRequest,
    view: PageView,
) -> Result<Response, PageError> {
    match view {
        PageView::Dashboard(mut view) => {
            view.pictures = view.drawn(visit.lang);
            visit.frame(&mut view.shell, "dashboard");
            html(pages, visit, "dashboard", &view)
        }
        PageView::Loans(mut view) => {
            if let PageRequest::Loans(query) = request {
                view.pager = query.pager(view.totals.loans);
                view.sort = query.sort_links();
                view.query = query.clone();
            }
            view.states = LoanState::ALL.to_vec();
            visit.frame(&mut view.shell, "loans");
            html(pages, visit, "loans", &view)
        }
        PageView::Claims(mut view) => {
            if let PageRequest::Claims(query) = request {
                view.pager = query.pager(view.totals.claims);
                view.sort = query.sort_links();
                view.query = query.clone();
            }
            view.states = ClaimState::ALL.to_vec();
            visit.frame(&mut view.shell, "claims");
            html(pages, visit, "claims", &view)
        }
        PageView::Claim(mut view) => {
            if let Some(calculation) = view.calculation.as_mut().filter(|_| visit.lang == Lang::Zh) {
                calculation.payout_words = capital::capital(calculation.payout);
            }
            visit.frame(&mut view.shell, "claims");
            html(pages, visit, "claim", &view)
        }
        PageView::Named(view) => named(pages, visit, *view),
        PageView::Looked(file) => Ok((headers::looked_at(file.media_type), file.bytes).into_response()),
        PageView::Elsewhere(address) => Ok(Redirect::to(&address).into_response()),
        PageView::Loan(mut view) => framed(pages, visit, "loans", "loan", &mut *view, |view| &mut view.shell),
        PageView::Layout(mut view) => framed(pages, visit, "imports", "layout", &mut *view, |view| &mut view.shell),
        PageView::Upload(mut view) => framed(pages, visit, "imports", "upload", &mut *view, |view| &mut view.shell),
        PageView::Mail(mut view) => framed(pages, visit, "mails", "mail", &mut *view, |view| &mut view.shell),
        other => answer_plain(pages, visit, request, other),
    }
}

/// The pages with one search text and a pager, and what is not a page.
fn answer_plain(pages: &Pages, visit: &Visit, request: &PageRequest, view: PageView) -> Result<Response, PageError> {
    let query = match request {
        PageRequest::Fund(query)
        | PageRequest::Jobs(query)
        | PageRequest::Mails(query)
        | PageRequest::Rights(query)
        | PageRequest::Imports(query) => query.clone(),
        _ => PlainQuery::default(),
    };
    match view {
        PageView::Fund(mut view) => {
            view.sort = query.sort_links(&FundView::SORTED);
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "fund", "fund", &mut *view, |view| &mut view.shell)
        }
        PageView::Jobs(mut view) => {
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "jobs", "jobs", &mut *view, |view| &mut view.shell)
        }
        PageView::Mails(mut view) => {
            view.sort = query.sort_links(&MailsView::SORTED);
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "mails", "mails", &mut *view, |view| &mut view.shell)
        }
        PageView::Rights(mut view) => {
            view.sort = query.sort_links(&RightsView::SORTED);
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "rights", "rights", &mut *view, |view| &mut view.shell)
        }
        PageView::Imports(mut view) => {
            (view.pager, view.query) = (query.pager(view.total), query);
            view.form.token = guard::random();
            framed(pages, visit, "imports", "imports", &mut *view, |view| &mut view.shell)
        }
        PageView::Bare(body) => Ok((headers::mail_body(), Html(masked(&body).into_owned())).into_response()),
        PageView::MailRaw(bytes) => Ok((headers::mail_download(), bytes).into_response()),
        PageView::Download(file) => Ok((headers::download(&file.name, file.media_type), file.bytes).into_response()),
        PageView::Health(health) => {
            let status = if health.status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            Ok((status, Json(health)).into_response())
        }
        PageView::Dashboard(_)
        | PageView::Loans(_)
        | PageView::Loan(_)
        | PageView::Claims(_)
        | PageView::Claim(_)
        | PageView::Upload(_)
        | PageView::Layout(_)
        | PageView::Named(_)
        | PageView::Elsewhere(_)
        | PageView::Looked(_)
        | PageView::Mail(_) => {
            Err(PageError::Internal { detail: "the answer does not belong to the request".to_owned() })
        }
    }
}

fn named(pages: &Pages, visit: &Visit, view: NamedView) -> Result<Response, PageError> {
    let NamedView { template, active, mut shell, content } = view;
    visit.frame(&mut shell, active);
    html(pages, visit, template, &Framed { shell: &shell, content: &content })
}

/// Frame and content as one object.
#[derive(Serialize)]
struct Framed<'a> {
    shell: &'a Shell,
    #[serde(flatten)]
    content: &'a serde_json::Value,
}

fn framed<V: Serialize>(
    pages: &Pages,
    visit: &Visit,
    active: &str,
    template: &str,
    view: &mut V,
    shell: impl Fn(&mut V) -> &mut Shell,
) -> Result<Response, PageError> {
    visit.frame(shell(view), active);
    html(pages, visit, template, view)
}

fn html<V: Serialize>(pages: &Pages, visit: &Visit, template: &str, view: &V) -> Result<Response, PageError> {
    let name = format!("pages/{template}.html");
    let body = pages
        .renderer
        .render(&name, visit.lang, view)
        .map_err(|error| PageError::Internal { detail: format!("{name}: {error:#}") })?;
    // Whatever a page shows of a sealed number, it is the last characters.
    Ok((visit.cookies(), Html(masked(&body).into_owned())).into_response())
}
