//! What can be asked for, what is answered, and the handler of each page.
//!
//! **Invariant:** a handler only names its page; reading runs on a thread that may block, and a failure is a page.

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use super::error::{self, PageError};
use super::headers;
use super::visit::Visit;
use crate::assets;
use crate::i18n::Lang;
use crate::render::Renderer;
use crate::views::claims::{ClaimListView, ClaimState, ClaimView};
use crate::views::dashboard::DashboardView;
use crate::views::fund::FundView;
use crate::views::imports::ImportsView;
use crate::views::jobs::JobsView;
use crate::views::loans::{LoanListView, LoanState, LoanView};
use crate::views::mails::{MailView, MailsView};
use crate::views::query::{ClaimQuery, LoanQuery, PlainQuery};
use crate::views::{HealthView, Shell, capital, charts};

/// What a visitor asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageRequest {
    /// First page.
    Dashboard,
    /// List of loans.
    Loans(LoanQuery),
    /// One loan by identifier.
    Loan(String),
    /// List of claims.
    Claims(ClaimQuery),
    /// One claim by identifier.
    Claim(String),
    /// Fund movements.
    Fund(PlainQuery),
    /// Jobs and runs.
    Jobs(PlainQuery),
    /// List of mails.
    Mails(PlainQuery),
    /// One mail by message id.
    Mail(String),
    /// HTML part of a mail.
    MailBody(String),
    /// Stored bytes of a mail.
    MailRaw(String),
    /// Files read and findings.
    Imports(PlainQuery),
    /// State of the server.
    Health,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageView {
    /// First page.
    Dashboard(Box<DashboardView>),
    /// List of loans.
    Loans(Box<LoanListView>),
    /// One loan.
    Loan(Box<LoanView>),
    /// List of claims.
    Claims(Box<ClaimListView>),
    /// One claim.
    Claim(Box<ClaimView>),
    /// Fund movements.
    Fund(Box<FundView>),
    /// Jobs and runs.
    Jobs(Box<JobsView>),
    /// List of mails.
    Mails(Box<MailsView>),
    /// One mail.
    Mail(Box<MailView>),
    /// HTML part of a mail.
    MailBody(String),
    /// Stored bytes of a mail.
    MailRaw(Vec<u8>),
    /// Files read and findings.
    Imports(Box<ImportsView>),
    /// State of the server.
    Health(HealthView),
}

/// Reads the data of a page in a language; may block.
pub type Load = Arc<dyn Fn(PageRequest, Lang) -> Result<PageView, PageError> + Send + Sync>;

/// What the handlers need.
#[derive(Clone)]
pub struct Pages {
    /// Reads the data of a page.
    pub load: Load,
    /// Compiled templates.
    pub renderer: Arc<Renderer>,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// First page.
pub async fn dashboard(State(pages): State<Pages>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Dashboard).await
}

/// List of loans.
pub async fn loans(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = LoanQuery::from_pairs(&visit.pairs);
    show(pages, visit, PageRequest::Loans(query)).await
}

/// One loan.
pub async fn loan(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Loan(id)).await
}

/// List of claims.
pub async fn claims(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = ClaimQuery::from_pairs(&visit.pairs);
    show(pages, visit, PageRequest::Claims(query)).await
}

/// One claim.
pub async fn claim(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Claim(id)).await
}

/// Fund movements.
pub async fn fund(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = visit.plain_query();
    show(pages, visit, PageRequest::Fund(query)).await
}

/// Jobs and runs.
pub async fn jobs(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = visit.plain_query();
    show(pages, visit, PageRequest::Jobs(query)).await
}

/// List of mails.
pub async fn mails(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = visit.plain_query();
    show(pages, visit, PageRequest::Mails(query)).await
}

/// One mail.
pub async fn mail(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Mail(id)).await
}

/// HTML part of a mail, for the frame on its page.
pub async fn mail_body(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::MailBody(id)).await
}

/// Stored bytes of a mail, as a download.
pub async fn mail_raw(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::MailRaw(id)).await
}

/// Files read and findings.
pub async fn imports(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = visit.plain_query();
    show(pages, visit, PageRequest::Imports(query)).await
}

/// State of the server, for machines.
pub async fn health(State(pages): State<Pages>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Health).await
}

/// A file of `static/`.
pub async fn asset(State(pages): State<Pages>, Path(path): Path<String>, visit: Visit) -> Response {
    let Some(asset) = assets::find(&path) else { return error::respond(&pages, &visit, &PageError::NotFound) };
    let keep = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, keep)], asset.bytes).into_response()
}

/// An address that leads nowhere.
pub async fn nowhere(State(pages): State<Pages>, visit: Visit) -> Response {
    error::respond(&pages, &visit, &PageError::NotFound)
}

/// A request that is not for reading.
pub async fn not_for_reading(State(pages): State<Pages>, visit: Visit) -> Response {
    error::respond(&pages, &visit, &PageError::ReadOnly)
}

/// Reads and renders on a thread that may block.
async fn show(pages: Pages, visit: Visit, request: PageRequest) -> Response {
    let (worker, here) = (pages.clone(), visit.clone());
    let work =
        move || (worker.load)(request.clone(), here.lang).and_then(|view| answer(&worker, &here, &request, view));
    let done = match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(lost) => Err(PageError::Internal { detail: format!("the reading thread ended early: {lost}") }),
    };
    done.unwrap_or_else(|error| error::respond(&pages, &visit, &error))
}

/// Fills what the server knows better than the loader, and renders.
fn answer(pages: &Pages, visit: &Visit, request: &PageRequest, view: PageView) -> Result<Response, PageError> {
    match view {
        PageView::Dashboard(mut view) => {
            view.charts = charts::of_months(&view.months, visit.lang);
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
        PageView::Loan(mut view) => framed(pages, visit, "loans", "loan", &mut *view, |view| &mut view.shell),
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
        | PageRequest::Imports(query) => query.clone(),
        _ => PlainQuery::default(),
    };
    match view {
        PageView::Fund(mut view) => {
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "fund", "fund", &mut *view, |view| &mut view.shell)
        }
        PageView::Jobs(mut view) => {
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "jobs", "jobs", &mut *view, |view| &mut view.shell)
        }
        PageView::Mails(mut view) => {
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "mails", "mails", &mut *view, |view| &mut view.shell)
        }
        PageView::Imports(mut view) => {
            (view.pager, view.query) = (query.pager(view.total), query);
            framed(pages, visit, "imports", "imports", &mut *view, |view| &mut view.shell)
        }
        PageView::MailBody(body) => Ok((headers::mail_body(), Html(body)).into_response()),
        PageView::MailRaw(bytes) => Ok((headers::mail_download(), bytes).into_response()),
        PageView::Health(health) => {
            let status = if health.status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            Ok((status, Json(health)).into_response())
        }
        _ => Err(PageError::Internal { detail: "the answer does not belong to the request".to_owned() }),
    }
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
    Ok((visit.language_cookie(), Html(body)).into_response())
}
