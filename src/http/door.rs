//! Who comes in.
//!
//! Owns the cookie of the session, and the two questions before every answer: who is it (`identify`, once a request), and
//! may this one ask for this (`admit`, beside every route of the registry).
//! **Invariant:** a route answers nobody whom its line in the registry does not admit; a token is only ever looked up.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, RequestPartsExt};
use serde_json::json;

use super::blocking;
use super::client::ClientAddress;
use super::error::{self, PageError};
use super::forms::{self, Submission};
use super::menu;
use super::pages::Pages;
use super::registry::{Access, Audience};
use super::request_id::RequestId;
use super::visit::{self, Visit};
use crate::domain::access::Asker;
use crate::domain::sign_in::session::Stage;
use crate::i18n::Lang;
use crate::link;
use crate::views::sign_in::SignInView;

/// Cookie with the token of the session.
pub const COOKIE: &str = "__Host-session";
/// Says on the way to the sign-in page that there was a session.
pub const ENDED: &str = "ended";
/// Cookie with a sign-in that is under way at the provider.
pub const AWAY_COOKIE: &str = "__Host-away";
/// Characters of a token.
const TOKEN_CHARS: usize = 64;
/// Characters of an address to go back to.
const NEXT_CHARS: usize = 500;

/// Somebody with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Name and offices; no offices before everything is done.
    pub asker: Asker,
    /// How far it got.
    pub stage: Stage,
    /// Secret that every form of this session sends back.
    pub form_secret: String,
    /// Password and code were given lately enough for acts that move money or roles.
    pub is_stepped_up: bool,
    /// Name of the session for the log; opens nothing.
    pub session_id: String,
}

/// From where a request comes, and with which token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct From {
    /// Token of the cookie.
    pub token: Option<String>,
    /// Network address.
    pub address: String,
    /// Browser, as it says.
    pub agent: String,
    /// Number of the request.
    pub request_id: Option<String>,
    /// Name of the session; opens nothing.
    pub session_id: Option<String>,
}

/// What somebody wants at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Name and password.
    Enter {
        /// Name.
        name: String,
        /// Password.
        password: String,
    },
    /// Name, password and a recovery code at once.
    Recover {
        /// Name.
        name: String,
        /// Password.
        password: String,
        /// Recovery code.
        code: String,
    },
    /// To the provider, and afterwards to this page.
    Away(String),
    /// Back from the provider.
    Back(Box<Back>),
    /// The code after the password.
    Code(String),
    /// A new password, typed twice; the current one where somebody is signed in already.
    Password {
        /// Current.
        current: String,
        /// New.
        new: String,
        /// New, again.
        again: String,
    },
    /// The first code of a new authenticator.
    Enrol(String),
    /// Password and code again.
    Confirm {
        /// Password.
        password: String,
        /// Code.
        code: String,
    },
    /// The code of the console, and who becomes administrator.
    SetUp {
        /// Code.
        code: String,
        /// Name.
        name: String,
    },
    /// New recovery codes.
    RecoveryCodes,
    /// End a session of one's own.
    EndSession(String),
    /// Leave.
    Leave,
}

/// With what a browser comes back from the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Back {
    /// What was to be repeated.
    pub state: String,
    /// Code for a token.
    pub code: String,
    /// The provider's name, where it says it.
    pub issuer: Option<String>,
    /// The provider's refusal.
    pub error: Option<String>,
    /// What the browser kept.
    pub cookie: Option<String>,
}

/// Which page of the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorPage {
    /// Name and password.
    SignIn,
    /// On the way to the provider.
    Away,
    /// Recovery.
    Recover,
    /// Code.
    Code,
    /// New authenticator.
    Enrol,
    /// New password.
    Password,
    /// Own account.
    Account,
    /// Password and code again.
    Again,
    /// First administrator.
    SetUp,
}

/// What came of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// A session in a stage; its token goes to the browser.
    Entered {
        /// Token.
        token: String,
        /// How far it got.
        stage: Stage,
        /// Codes to be shown this once.
        codes: Vec<String>,
    },
    /// To the provider.
    Away {
        /// Address there.
        address: String,
        /// What the browser keeps meanwhile.
        cookie: String,
    },
    /// Back from the provider: a session in a stage.
    Returned {
        /// Token.
        token: String,
        /// How far it got.
        stage: Stage,
        /// Where to go afterwards.
        next: String,
    },
    /// Done, in the same session.
    Done,
    /// Codes to be shown this once, in the same session.
    Codes(Vec<String>),
    /// The session is ended.
    Left,
    /// Refused with this code.
    Refused(&'static str),
}

/// Whoever keeps accounts and sessions. Every call may block.
pub trait Door: Send + Sync {
    /// Who has a token.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    fn known(&self, token: &str) -> Result<Option<Caller>, PageError>;
    /// What a page of the door shows.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    fn show(&self, page: DoorPage, from: &From, lang: Lang) -> Result<SignInView, PageError>;
    /// Carries out a wish.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    fn grant(&self, wish: Wish, from: &From) -> Result<Granted, PageError>;
    /// Keeps what a form brings that cannot be taken now, for who sent it: its session is over, or it was given out to
    /// the session before. Tells whether it was kept.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    fn remember(&self, sender: Sender<'_>, address: &str, form: &Submission) -> Result<bool, PageError>;
}

/// Who sent a form that cannot be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender<'a> {
    /// Whoever had the session of this token, which is over.
    Token(&'a str),
    /// Who is signed in.
    Person(&'a str),
}

/// Who asks, as far as known; put into every request by `identify`.
#[derive(Debug, Clone, Default)]
pub struct Comer {
    /// Somebody with a session.
    pub caller: Option<Arc<Caller>>,
    /// From where.
    pub from: From,
}

impl<S: Send + Sync> FromRequestParts<S> for Comer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Comer, Self::Rejection> {
        Ok(parts.extensions.get::<Comer>().cloned().unwrap_or_default())
    }
}

/// Finds out who asks.
pub async fn identify(State(pages): State<Pages>, mut request: Request, next: Next) -> Response {
    let from = from(&request);
    let mut comer = Comer { caller: None, from };
    let open = request.uri().path().starts_with("/static/") || request.uri().path() == "/health";
    if let Some(token) = comer.from.token.clone().filter(|_| !open) {
        let door = Arc::clone(&pages.door);
        let known = blocking::run(move || door.known(&token)).await;
        match known {
            Ok(Ok(caller)) => {
                comer.from.session_id = caller.as_ref().map(|caller| caller.session_id.clone());
                comer.caller = caller.map(Arc::new);
            }
            failed => {
                let error = match failed {
                    Ok(Err(error)) => error,
                    _ => PageError::Internal { detail: "the door's thread ended early".to_owned() },
                };
                let visit = visit_of(&mut request).await;
                return error::respond(&pages, &visit, &error);
            }
        }
    }
    request.extensions_mut().insert(comer);
    next.run(request).await
}

fn from(request: &Request) -> From {
    let headers = request.headers();
    let is_token = |token: &&str| token.len() == TOKEN_CHARS && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    let address = request.extensions().get::<ClientAddress>().map_or_else(String::new, |known| known.0.to_string());
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    From {
        token: visit::cookie(headers, COOKIE).filter(is_token).map(str::to_owned),
        address,
        agent: agent.to_owned(),
        request_id,
        session_id: None,
    }
}

async fn visit_of(request: &mut Request) -> Visit {
    let taken = std::mem::take(request);
    let (mut parts, body) = taken.into_parts();
    let visit = parts.extract::<Visit>().await;
    *request = Request::from_parts(parts, body);
    match visit {
        Ok(visit) => visit,
        Err(never) => match never {},
    }
}

/// What a route asks of who comes.
#[derive(Clone)]
pub struct Gate {
    /// The pages.
    pub pages: Pages,
    /// For whom.
    pub audience: Audience,
    /// What it takes.
    pub access: Access,
}

/// Lets a request through, or answers in the route's place.
pub async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let comer = request.extensions().get::<Comer>().cloned().unwrap_or_default();
    let Some(verdict) = verdict(&gate, comer.caller.as_deref()) else { return next.run(request).await };
    let at_home = request.uri().path() == "/";
    match verdict {
        // The first page is not everybody's: who may not see it begins elsewhere.
        Verdict::Forbidden if at_home && comer.caller.is_some() => {
            let asker = comer.caller.as_deref().map(|caller| caller.asker.clone());
            Redirect::to(&asker.as_ref().map_or_else(|| "/account".to_owned(), menu::home)).into_response()
        }
        Verdict::Elsewhere(address) => Redirect::to(address).into_response(),
        Verdict::SignIn if request.method() == Method::POST => keep_and_sign_in(&gate.pages, comer, request).await,
        Verdict::SignIn => to_sign_in(&request, comer.from.token.is_some()),
        Verdict::Forbidden => {
            let visit = visit_of(&mut request).await;
            error::respond(&gate.pages, &visit, &PageError::Forbidden)
        }
    }
}

/// Why a request is not let through.
enum Verdict {
    /// This page comes first.
    Elsewhere(&'static str),
    /// Nobody is signed in.
    SignIn,
    /// Somebody is, but may not.
    Forbidden,
}

fn verdict(gate: &Gate, caller: Option<&Caller>) -> Option<Verdict> {
    let stage = caller.map(|caller| caller.stage);
    match (gate.audience, stage) {
        // The interface has a gate of its own, which reads tokens.
        (Audience::Everyone | Audience::Visitor | Audience::Holder, _) => None,
        (_, None) => Some(Verdict::SignIn),
        // The page of the own stage; whoever is signed in may change the password, too.
        (Audience::Entering, Some(_)) => None,
        (Audience::Known, Some(stage)) if stage != Stage::Full => Some(Verdict::Elsewhere(page_of(stage))),
        (Audience::Known, Some(_)) => {
            let allowed = caller.is_some_and(|caller| allows(gate.access, &caller.asker));
            (!allowed).then_some(Verdict::Forbidden)
        }
    }
}

fn allows(access: Access, asker: &Asker) -> bool {
    match access {
        Access::Public | Access::Own => true,
        Access::Entering => true,
        Access::Page(permission) | Access::Bank(permission) => asker.may(permission),
        Access::Fund(permission) => asker.may_for_fund(permission),
    }
}

/// The page on which a stage goes on.
#[must_use]
pub const fn page_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Code => "/sign-in/code",
        Stage::Password => "/password",
        Stage::Enrol => "/sign-in/enrol",
        Stage::Full => "/",
    }
}

/// A form whose session is over is kept for who had the session, and stands filled in again after signing in.
async fn keep_and_sign_in(pages: &Pages, comer: Comer, request: Request) -> Response {
    let (path, otherwise) = (request.uri().path().to_owned(), to_sign_in(&request, comer.from.token.is_some()));
    let Some(token) = comer.from.token.filter(|_| keeps(&path) && otherwise.status().is_redirection()) else {
        return otherwise;
    };
    let Ok(form) = forms::plain(request).await else { return otherwise };
    let (door, address) = (Arc::clone(&pages.door), path.clone());
    let kept = blocking::run(move || door.remember(Sender::Token(&token), &address, &form)).await;
    match kept {
        // A small form fills itself in again where its address says so; the others always do.
        Ok(Ok(true)) => sign_in_page(if keeps_small(&path) { format!("{path}?kept=1") } else { path }, true),
        _ => otherwise,
    }
}

/// Whether what is typed into the form at an address is kept.
#[must_use]
pub fn keeps(path: &str) -> bool {
    path.starts_with("/acts/") || path.starts_with("/returns/") || keeps_small(path)
}

/// Whether the form at an address is a small one beside other things.
fn keeps_small(path: &str) -> bool {
    matches!(path, "/machines" | "/periods")
}

/// The sign-in page: it leads back afterwards, and says so where a session has ended.
fn sign_in_page(next: String, has_ended: bool) -> Response {
    let ended = if has_ended { "1" } else { "" };
    Redirect::to(&link::with_query("/sign-in", &[("next", next), (ENDED, ended.to_owned())])).into_response()
}

/// A browser is led to the sign-in page and back afterwards; a program is told.
fn to_sign_in(request: &Request, has_ended: bool) -> Response {
    let headers = request.headers();
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("");
    if accepts.contains("json") && !accepts.contains("html") {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "code": "UNAUTHENTICATED" }))).into_response();
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    // A form that keeps what is typed stands at its own address, filled in with what was kept last.
    let leads_back = (reads && here != "/") || keeps(request.uri().path());
    sign_in_page(if leads_back { here.to_owned() } else { String::new() }, has_ended)
}

/// An address of these pages to go back to; the first page for anything else.
#[must_use]
pub fn own_address(next: &str) -> String {
    let plain = |c: char| !c.is_control() && c != '\\';
    let own = next.starts_with('/') && !next.starts_with("//") && next.len() <= NEXT_CHARS && next.chars().all(plain);
    if own && next.is_ascii() { next.to_owned() } else { "/".to_owned() }
}

/// Whether the person at this visit has given password and code lately enough for an act that moves money or roles.
#[must_use]
pub fn stepped_up(visit: &Visit) -> bool {
    visit.caller.as_ref().is_some_and(|caller| caller.is_stepped_up)
}

/// Lets the browser keep a sign-in at the provider, or forget it. The way back comes from elsewhere, so `Lax`.
pub fn away_cookie(headers: &mut HeaderMap, value: Option<&str>) {
    let value = match value {
        Some(value) => format!("{AWAY_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"),
        None => format!("{AWAY_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"),
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Gives the browser its token, or takes it away.
#[must_use]
pub fn session_cookie(token: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = match token {
        Some(token) => format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"),
        None => format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"),
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.append(header::SET_COOKIE, value);
    }
    headers
}
