//! What can be asked for, what is answered, and the handler of each page.
//!
//! **Invariant:** a handler only names its page.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Path, RawPathParams, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::acts::{Act, Acted};
use super::answer::show;
use super::api::problem::Problem;
use super::api::{Api, gate};
use super::door::{self, Door, From};
use super::error::{self, PageError};
use super::visit::{SWITCHES, Visit};
use crate::assets;
use crate::domain::access::Asker;
use crate::i18n::Lang;
use crate::link;
use crate::render::Renderer;
use crate::views::claims::{ClaimListView, ClaimView};
use crate::views::dashboard::DashboardView;
use crate::views::fund::FundView;
use crate::views::imports::ImportsView;
use crate::views::jobs::JobsView;
use crate::views::layouts::LayoutView;
use crate::views::loans::{LoanListView, LoanView};
use crate::views::mails::{MailView, MailsView};
use crate::views::query::{ClaimQuery, LoanQuery, PlainQuery};
use crate::views::rights::RightsView;
use crate::views::uploads::UploadView;
use crate::views::{HealthView, Shell};

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
    /// The payout sheet of a claim, to print.
    Sheet(String),
    /// The payout sheet of a claim, signed.
    SignedSheet(String),
    /// Fund movements.
    Fund(PlainQuery),
    /// Jobs and runs.
    Jobs(PlainQuery),
    /// List of pledged rights.
    Rights(PlainQuery),
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
    /// One uploaded file by identifier.
    Upload(String),
    /// The layout proposed for an uploaded file.
    Layout(String),
    /// The marked workbook of an uploaded file.
    Marked(String),
    /// The template of a kind of file, for a bank or for none, and of a month of it.
    Template(String, String, String),
    /// A list as a file, narrowed by the query of its page.
    List(String, Vec<(String, String)>),
    /// A page that stands in the registry by its name.
    Named(Named),
    /// State of the server.
    Health,
}

/// A page or a form that stands in the registry by its name: what its address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its name, `partners.list`.
    pub name: &'static str,
    /// Path asked for, still percent-encoded.
    pub path: String,
    /// Places of the path, decoded.
    pub places: Vec<(String, String)>,
    /// Decoded query.
    pub pairs: Vec<(String, String)>,
    /// Who asks has just proved again to be who signed in.
    pub stepped_up: bool,
}

impl Named {
    /// A place of the path; empty for one that the path does not have.
    #[must_use]
    pub fn place(&self, name: &str) -> &str {
        self.places.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A parameter of the query without surrounding blanks; empty where it is not there.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The address with its query, for coming back to.
    #[must_use]
    pub fn address(&self) -> String {
        let pairs: Vec<(&str, String)> = self.pairs.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        link::with_query(&self.path, &pairs)
    }
}

/// What a page that stands in the registry by its name shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedView {
    /// Template under `pages/`, without its ending.
    pub template: &'static str,
    /// Entry of the menu it belongs to.
    pub active: &'static str,
    /// Frame.
    pub shell: Shell,
    /// Its content: fields of an object, as the template names them after `view.`.
    pub content: serde_json::Value,
}

/// A file to be kept by the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Name, in any script.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Bytes.
    pub bytes: Vec<u8>,
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
    /// List of pledged rights.
    Rights(Box<RightsView>),
    /// List of mails.
    Mails(Box<MailsView>),
    /// One mail.
    Mail(Box<MailView>),
    /// A document without the frame of the pages.
    Bare(String),
    /// Stored bytes of a mail.
    MailRaw(Vec<u8>),
    /// Files read and findings.
    Imports(Box<ImportsView>),
    /// One uploaded file.
    Upload(Box<UploadView>),
    /// The layout proposed for an uploaded file.
    Layout(Box<LayoutView>),
    /// A file to be kept.
    Download(Box<Download>),
    /// A file that the browser shows by itself.
    Looked(Box<Download>),
    /// A page that stands in the registry by its name.
    Named(Box<NamedView>),
    /// Another address has what was asked for.
    Elsewhere(String),
    /// State of the server.
    Health(HealthView),
}

/// Reads the data of a page for somebody in a language; may block.
pub type Load = Arc<dyn Fn(PageRequest, Lang, &Asker) -> Result<PageView, PageError> + Send + Sync>;

/// Carries out what somebody's form asks for, in the language of its sender; may block.
pub type Carry = Arc<dyn Fn(Act, Lang, &Asker, &From) -> Result<Acted, PageError> + Send + Sync>;

/// What the handlers need.
#[derive(Clone)]
pub struct Pages {
    /// Reads the data of a page.
    pub load: Load,
    /// Carries out what a form asks for.
    pub act: Carry,
    /// Who keeps accounts and sessions.
    pub door: Arc<dyn Door>,
    /// Compiled templates.
    pub renderer: Arc<Renderer>,
    /// The interface.
    pub api: Api,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// A page by its name in the registry.
pub(super) async fn named(name: &'static str, pages: Pages, places: RawPathParams, visit: Visit) -> Response {
    let named = asked(name, &places, &visit);
    show(pages, visit, PageRequest::Named(named)).await
}

/// What an address says of the page or form that stands there.
pub(super) fn asked(name: &'static str, places: &RawPathParams, visit: &Visit) -> Named {
    let places = places.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let pairs = visit.pairs.iter().filter(|(key, _)| !SWITCHES.contains(&key.as_str())).cloned().collect();
    Named { name, path: visit.path.clone(), places, pairs, stepped_up: door::stepped_up(visit) }
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

/// The payout sheet of a claim, to print.
pub async fn sheet(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Sheet(id)).await
}

/// The payout sheet of a claim, signed.
pub async fn signed_sheet(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::SignedSheet(id)).await
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

/// List of pledged rights.
pub async fn rights(State(pages): State<Pages>, visit: Visit) -> Response {
    let query = visit.plain_query();
    show(pages, visit, PageRequest::Rights(query)).await
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

/// One uploaded file.
pub async fn upload(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Upload(id)).await
}

/// The layout proposed for an uploaded file.
pub async fn layout(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Layout(id)).await
}

/// The marked workbook of an uploaded file.
pub async fn marked(State(pages): State<Pages>, Path(id): Path<String>, visit: Visit) -> Response {
    show(pages, visit, PageRequest::Marked(id)).await
}

/// The template of a kind of file.
pub async fn template(State(pages): State<Pages>, Path(kind): Path<String>, visit: Visit) -> Response {
    let of = |name: &str| visit.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (bank, month) = (of("bank").unwrap_or_default(), of("month").unwrap_or_default());
    show(pages, visit, PageRequest::Template(kind, bank, month)).await
}

/// A list as a file.
pub async fn list(State(pages): State<Pages>, Path(file): Path<String>, visit: Visit) -> Response {
    let pairs = visit.pairs.clone();
    show(pages, visit, PageRequest::List(file, pairs)).await
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
pub async fn nowhere(State(pages): State<Pages>, visit: Visit, headers: HeaderMap) -> Response {
    if visit.path.starts_with("/api/") {
        return Problem::of(404, "NOT_FOUND").respond(gate::language(&headers));
    }
    error::respond(&pages, &visit, &PageError::NotFound)
}

/// A request that is not for reading.
pub async fn not_for_reading(State(pages): State<Pages>, visit: Visit, headers: HeaderMap) -> Response {
    if visit.path.starts_with("/api/") {
        return Problem::of(405, "METHOD_NOT_ALLOWED").respond(gate::language(&headers));
    }
    error::respond(&pages, &visit, &PageError::ReadOnly)
}
