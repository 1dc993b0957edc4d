//! The one list of routes: what can be asked for, by whom, with which permission.
//!
//! Owns `Route` and the list; the router is built from it and from nothing else, and so are the matrix of permissions
//! and the description of the interface.
//! **Invariant:** an address that does not stand here does not exist; a method that does not stand beside its path is
//! refused; `Router::route` is called in this file only.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawPathParams, Request, State};
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use super::api::{gate, papers};
use super::door::{self, Gate};
use super::guard::only_own_forms;
use super::pages::{self, Pages};
use super::visit::Visit;
use super::{acts, areas, forms, sign_in};
use crate::domain::access::Permission as P;
use crate::domain::access::Permission;
use crate::views::api;
use crate::views::api::operation::{Needs, Operation};

/// For whom a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everyone, known or not.
    Everyone,
    /// Somebody who has not signed in.
    Visitor,
    /// A person half-way in: a code, an enrolment or a new password is missing.
    Entering,
    /// A person who has signed in.
    Known,
    /// A person who has signed in, or a machine with a token.
    Holder,
}

/// What a route asks of who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    Public,
    /// To be half-way in.
    Entering,
    /// To have come in; nothing more.
    Own,
    /// A permission; what is shown is cut to whose business is reached.
    Page(Permission),
    /// A permission, for a thing of a bank: out of reach answers like missing.
    Bank(Permission),
    /// A permission for the fund itself, not for a bank.
    Fund(Permission),
}

impl Access {
    /// Nothing is asked.
    pub const PUBLIC: Access = Access::Public;
    /// To be half-way in.
    pub const ENTERING: Access = Access::Entering;
    /// To have come in; nothing more.
    pub const OWN: Access = Access::Own;

    /// A permission; what is shown is cut to whose business is reached.
    #[must_use]
    pub const fn page(permission: Permission) -> Access {
        Access::Page(permission)
    }

    /// A permission, for a thing of a bank.
    #[must_use]
    pub const fn bank(permission: Permission) -> Access {
        Access::Bank(permission)
    }

    /// A permission for the fund itself.
    #[must_use]
    pub const fn fund(permission: Permission) -> Access {
        Access::Fund(permission)
    }

    /// The permission asked for.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Access::Public | Access::Entering | Access::Own => None,
            Access::Page(permission) | Access::Bank(permission) | Access::Fund(permission) => Some(permission),
        }
    }
}

/// How a request may change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads; answers `HEAD` too.
    Get,
    /// Changes.
    Post,
}

impl Verb {
    /// As on the line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
        }
    }
}

/// One way to ask for something.
#[derive(Debug, Clone)]
pub struct Route {
    /// Method.
    pub verb: Verb,
    /// Path with places in braces.
    pub path: &'static str,
    /// For whom.
    pub audience: Audience,
    /// What is asked of who comes.
    pub access: Access,
    /// Its form brings files.
    pub takes_files: bool,
    /// Who answers.
    answers: MethodRouter<Pages>,
}

impl Route {
    /// Something that is read.
    pub fn get<H, T>(path: &'static str, audience: Audience, access: Access, handler: H) -> Route
    where
        H: Handler<T, Pages>,
        T: 'static,
    {
        Route { verb: Verb::Get, path, audience, access, takes_files: false, answers: get(handler) }
    }

    /// A form of these pages.
    pub fn form<H, T>(path: &'static str, audience: Audience, access: Access, handler: H) -> Route
    where
        H: Handler<T, Pages>,
        T: 'static,
    {
        let answers = post(handler).route_layer(forms::plain_limit()).route_layer(from_fn(only_own_forms));
        Route { verb: Verb::Post, path, audience, access, takes_files: false, answers }
    }

    /// A form of these pages with files. It counts for itself, so that its sender gets to read what was too large.
    pub fn file_form<H, T>(path: &'static str, audience: Audience, access: Access, handler: H) -> Route
    where
        H: Handler<T, Pages>,
        T: 'static,
    {
        let answers = post(handler).route_layer(DefaultBodyLimit::disable()).route_layer(from_fn(only_own_forms));
        Route { verb: Verb::Post, path, audience, access, takes_files: true, answers }
    }

    /// A page by its name.
    #[must_use]
    pub fn page(path: &'static str, access: Access, name: &'static str) -> Route {
        let handler =
            move |State(all): State<Pages>, places: RawPathParams, visit: Visit| pages::named(name, all, places, visit);
        Route::get(path, Audience::Known, access, handler)
    }

    /// A form of plain fields by its name.
    #[must_use]
    pub fn act(path: &'static str, access: Access, name: &'static str) -> Route {
        let handler = move |State(all): State<Pages>, places: RawPathParams, visit: Visit, request: Request| {
            acts::named(name, all, places, visit, request, false)
        };
        Route::form(path, Audience::Known, access, handler)
    }

    /// A form with files by its name.
    #[must_use]
    pub fn file_act(path: &'static str, access: Access, name: &'static str) -> Route {
        let handler = move |State(all): State<Pages>, places: RawPathParams, visit: Visit, request: Request| {
            acts::named(name, all, places, visit, request, true)
        };
        Route::file_form(path, Audience::Known, access, handler)
    }

    /// An operation of the interface.
    #[must_use]
    pub fn operation(operation: Operation) -> Route {
        let access = match operation.needs {
            Needs::Token => Access::OWN,
            Needs::Page(permission) => Access::page(permission),
            Needs::Bank(permission) => Access::bank(permission),
            Needs::Fund(permission) => Access::fund(permission),
        };
        let (path, reads, operation) = (operation.path, operation.reads(), Arc::new(operation));
        let handler = move |pages: State<Pages>, places: RawPathParams, request: Request| {
            gate::answer(Arc::clone(&operation), pages, places, request)
        };
        if reads {
            Route::get(path, Audience::Holder, access, handler)
        } else {
            Route::post(path, Audience::Holder, access, handler)
        }
    }

    /// Something that changes without a form: the handler reads the body within its own limit.
    pub fn post<H, T>(path: &'static str, audience: Audience, access: Access, handler: H) -> Route
    where
        H: Handler<T, Pages>,
        T: 'static,
    {
        let answers = post(handler).route_layer(DefaultBodyLimit::disable());
        Route { verb: Verb::Post, path, audience, access, takes_files: false, answers }
    }
}

use Audience::{Entering, Everyone, Known, Visitor};

/// Every route there is.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = open();
    all.extend(at_the_door());
    all.extend(reading());
    all.extend(taking_in());
    all.extend(areas::routes());
    all.extend(api::operations().into_iter().map(Route::operation));
    all
}

/// What everyone may ask.
fn open() -> Vec<Route> {
    vec![
        Route::get("/health", Everyone, Access::PUBLIC, pages::health),
        Route::get("/static/{*path}", Everyone, Access::PUBLIC, pages::asset),
        Route::get("/api/v1/openapi.json", Everyone, Access::PUBLIC, papers::description),
        Route::get("/api/v1/docs", Everyone, Access::PUBLIC, papers::told),
    ]
}

/// Signing in, and the own account.
fn at_the_door() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Visitor, Access::PUBLIC, sign_in::sign_in),
        Route::form("/sign-in", Visitor, Access::PUBLIC, sign_in::enter),
        Route::form("/sign-in/oidc", Visitor, Access::PUBLIC, sign_in::away),
        Route::get("/sign-in/oidc/back", Visitor, Access::PUBLIC, sign_in::back),
        Route::get("/sign-in/recover", Visitor, Access::PUBLIC, sign_in::recover),
        Route::form("/sign-in/recover", Visitor, Access::PUBLIC, sign_in::recovered),
        Route::get("/setup", Visitor, Access::PUBLIC, sign_in::set_up),
        Route::form("/setup", Visitor, Access::PUBLIC, sign_in::make_first),
        Route::get("/sign-in/code", Entering, Access::ENTERING, sign_in::code),
        Route::form("/sign-in/code", Entering, Access::ENTERING, sign_in::give_code),
        Route::get("/sign-in/enrol", Entering, Access::ENTERING, sign_in::enrol),
        Route::form("/sign-in/enrol", Entering, Access::ENTERING, sign_in::bind),
        Route::get("/password", Entering, Access::ENTERING, sign_in::password),
        Route::form("/password", Entering, Access::ENTERING, sign_in::set_password),
        Route::form("/sign-out", Entering, Access::ENTERING, sign_in::leave),
        Route::get("/account", Known, Access::OWN, sign_in::account),
        Route::form("/account/recovery-codes", Known, Access::OWN, sign_in::recovery_codes),
        Route::form("/account/sessions/{id}/end", Known, Access::OWN, sign_in::end_session),
        Route::get("/sign-in/again", Known, Access::OWN, sign_in::again),
        Route::form("/sign-in/again", Known, Access::OWN, sign_in::confirm),
    ]
}

/// Pages that show something.
fn reading() -> Vec<Route> {
    vec![
        Route::get("/", Known, Access::page(P::ReadSummaries), pages::dashboard),
        Route::get("/loans", Known, Access::page(P::ReadPortfolio), pages::loans),
        Route::get("/loans/{id}", Known, Access::bank(P::ReadPortfolio), pages::loan),
        Route::get("/claims", Known, Access::page(P::ReadClaims), pages::claims),
        Route::get("/claims/{id}", Known, Access::bank(P::ReadClaims), pages::claim),
        Route::get("/claims/{id}/sheet", Known, Access::bank(P::ReadClaims), pages::sheet),
        Route::get("/claims/{id}/sheet.json", Known, Access::bank(P::ReadClaims), pages::signed_sheet),
        Route::get("/fund", Known, Access::fund(P::ReadFund), pages::fund),
        Route::get("/jobs", Known, Access::fund(P::ReadJobs), pages::jobs),
        Route::get("/mails", Known, Access::page(P::ReadMails), pages::mails),
        Route::get("/mails/{id}", Known, Access::fund(P::ReadMailBodies), pages::mail),
        Route::get("/mails/{id}/body", Known, Access::fund(P::ReadMailBodies), pages::mail_body),
        Route::get("/mails/{id}/eml", Known, Access::fund(P::ReadMailBodies), pages::mail_raw),
        Route::get("/rights", Known, Access::page(P::ReadRights), pages::rights),
        Route::get("/lists/{file}", Known, Access::page(P::ReadRights), pages::list),
    ]
}

/// Files that are sent in, and pages about them.
fn taking_in() -> Vec<Route> {
    vec![
        Route::get("/imports", Known, Access::page(P::ReadImports), pages::imports),
        Route::get("/imports/uploads/{id}", Known, Access::bank(P::ReadImports), pages::upload),
        Route::get("/imports/uploads/{id}/marked", Known, Access::bank(P::ReadImports), pages::marked),
        Route::get("/imports/templates/{kind}", Known, Access::page(P::ReadImports), pages::template),
        Route::file_form("/imports/uploads", Known, Access::page(P::EnterFiles), acts::upload),
        Route::form("/imports/uploads/{id}/decision", Known, Access::bank(P::EnterFiles), acts::decide),
        Route::form("/imports/uploads/{id}/cancel", Known, Access::bank(P::EnterFiles), acts::cancel),
        Route::get("/imports/uploads/{id}/mapping", Known, Access::bank(P::ReadImports), pages::layout),
        Route::form("/imports/uploads/{id}/mapping", Known, Access::bank(P::EnterFiles), acts::layout),
    ]
}

/// The routes as a router, without the layers around them.
///
/// # Panics
/// Two routes with one method and path: the list itself is wrong.
pub fn built(routes: Vec<Route>, pages: &Pages) -> Router<Pages> {
    let mut by_path: BTreeMap<&'static str, MethodRouter<Pages>> = BTreeMap::new();
    for route in routes {
        let gate = Gate { pages: pages.clone(), audience: route.audience, access: route.access };
        let guarded = route.answers.route_layer(from_fn_with_state(gate, door::admit));
        let answers = by_path.remove(route.path).unwrap_or_default().merge(guarded);
        by_path.insert(route.path, answers);
    }
    #[allow(clippy::disallowed_methods, reason = "the one place where routes are made")]
    by_path.into_iter().fold(Router::new(), |router, (path, answers)| router.route(path, answers))
}
