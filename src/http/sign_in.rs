//! The pages of the door and their forms.
//!
//! **Invariant:** a form is carried out once it has proved to come from here; every password and code is read from a
//! form's body, never from an address.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::blocking;
use super::door::{self, Back, Comer, DoorPage, Granted, Wish};
use super::error::{self, PageError};
use super::forms::{self, Submission};
use super::pages::Pages;
use super::visit::{Visit, cookie};
use crate::domain::sign_in::session::Stage;
use crate::link;
use crate::views::sign_in::SignInView;

/// Declares the handler of a page of the door.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident, $page:ident) => {
        $(#[$doc])*
        pub async fn $name(State(pages): State<Pages>, comer: Comer, visit: Visit) -> Response {
            show(pages, visit, comer, DoorPage::$page).await
        }
    };
}

/// Declares the handler of a form of the door.
macro_rules! form {
    ($(#[$doc:meta])* $name:ident, $page:ident, |$form:ident| $wish:expr) => {
        $(#[$doc])*
        pub async fn $name(State(pages): State<Pages>, comer: Comer, visit: Visit, request: Request) -> Response {
            let $form = forms::plain(request).await;
            carry(pages, visit, comer, DoorPage::$page, $form, |$form| $wish).await
        }
    };
}

page! {
    /// Name and password are asked for.
    sign_in, SignIn
}
page! {
    /// The way in for somebody kept waiting, or without the authenticator.
    recover, Recover
}
page! {
    /// The code is asked for.
    code, Code
}
page! {
    /// An authenticator is set up.
    enrol, Enrol
}
page! {
    /// A new password.
    password, Password
}
page! {
    /// The own account.
    account, Account
}
page! {
    /// Password and code again.
    again, Again
}
page! {
    /// The first administrator.
    set_up, SetUp
}
form! {
    /// Takes name and password.
    enter, SignIn, |form| Wish::Enter { name: text(form, "name"), password: raw(form, "password") }
}
form! {
    /// Sends the browser to the provider.
    away, SignIn, |form| Wish::Away(door::own_address(form.field("next")))
}
form! {
    /// Takes name, password and recovery code.
    recovered, Recover, |form| Wish::Recover {
        name: text(form, "name"),
        password: raw(form, "password"),
        code: text(form, "code"),
    }
}
form! {
    /// Takes the code.
    give_code, Code, |form| Wish::Code(text(form, "code"))
}
form! {
    /// Takes the first code of a new authenticator.
    bind, Enrol, |form| Wish::Enrol(text(form, "code"))
}
form! {
    /// Takes a new password.
    set_password, Password, |form| Wish::Password {
        current: raw(form, "current"),
        new: raw(form, "new"),
        again: raw(form, "again"),
    }
}
form! {
    /// Takes password and code again.
    confirm, Again, |form| Wish::Confirm { password: raw(form, "password"), code: text(form, "code") }
}
form! {
    /// Makes the first administrator.
    make_first, SetUp, |form| Wish::SetUp { code: text(form, "code"), name: text(form, "name") }
}
form! {
    /// Makes new recovery codes.
    recovery_codes, Account, |_form| Wish::RecoveryCodes
}
form! {
    /// Leaves.
    leave, Account, |_form| Wish::Leave
}

/// Ends a session of one's own.
pub async fn end_session(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    comer: Comer,
    visit: Visit,
    request: Request,
) -> Response {
    let form = forms::plain(request).await;
    carry(pages, visit, comer, DoorPage::Account, form, |_form| Wish::EndSession(id)).await
}

/// Takes a browser back from the provider: what it brings counts only beside what this very browser kept.
pub async fn back(State(pages): State<Pages>, comer: Comer, visit: Visit, headers: HeaderMap) -> Response {
    let given = |name: &str| visit.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let wish = Wish::Back(Box::new(Back {
        state: given("state").unwrap_or_default(),
        code: given("code").unwrap_or_default(),
        issuer: given("iss"),
        error: given("error"),
        cookie: cookie(&headers, door::AWAY_COOKIE).map(str::to_owned),
    }));
    let (worker, here) = (pages.clone(), visit.clone());
    let done = apart(move || {
        let granted = worker.door.grant(wish, &comer.from)?;
        answer(&worker, &here, &comer, DoorPage::SignIn, granted, "")
    });
    done.await.unwrap_or_else(|error| error::respond(&pages, &visit, &error))
}

fn text(form: &Submission, name: &str) -> String {
    form.field(name).to_owned()
}

/// A password may begin and end with blanks.
fn raw(form: &Submission, name: &str) -> String {
    form.raw(name).to_owned()
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PageError> + Send + 'static,
) -> Result<T, PageError> {
    match blocking::run(work).await {
        Ok(done) => done,
        Err(lost) => Err(PageError::Internal { detail: format!("the door's thread ended early: {lost}") }),
    }
}

async fn show(pages: Pages, visit: Visit, comer: Comer, page: DoorPage) -> Response {
    if let Some(elsewhere) = elsewhere(page, &visit) {
        return Redirect::to(&elsewhere).into_response();
    }
    let (worker, here) = (pages.clone(), visit.clone());
    let shown = apart(move || {
        let view = worker.door.show(page, &comer.from, here.lang)?;
        rendered(&worker, &here, page, view)
    });
    shown.await.unwrap_or_else(|error| error::respond(&pages, &visit, &error))
}

/// Where a visit belongs that asks for another stage's page.
fn elsewhere(page: DoorPage, visit: &Visit) -> Option<String> {
    let stage = visit.caller.as_ref().map(|caller| caller.stage);
    match (page, stage) {
        (DoorPage::SignIn | DoorPage::Recover | DoorPage::SetUp, Some(Stage::Full)) => Some(next_of(visit)),
        (DoorPage::Code, Some(stage)) if stage != Stage::Code => Some(door::page_of(stage).to_owned()),
        (DoorPage::Enrol, Some(stage)) if stage != Stage::Enrol => Some(door::page_of(stage).to_owned()),
        (DoorPage::Password, Some(stage @ (Stage::Code | Stage::Enrol))) => Some(door::page_of(stage).to_owned()),
        _ => None,
    }
}

async fn carry(
    pages: Pages,
    visit: Visit,
    comer: Comer,
    page: DoorPage,
    form: Result<Submission, PageError>,
    wish: impl FnOnce(&Submission) -> Wish,
) -> Response {
    let form = match form {
        Ok(form) if visit.gave(&form) => form,
        Ok(_foreign) => return error::respond(&pages, &visit, &PageError::StaleForm),
        Err(error) => return error::respond(&pages, &visit, &error),
    };
    let wish = wish(&form);
    let visit = Visit { next: door::own_address(form.field("next")), ..visit };
    let (worker, here) = (pages.clone(), visit.clone());
    let name = form.field("name").to_owned();
    let done = apart(move || {
        let granted = worker.door.grant(wish, &comer.from)?;
        answer(&worker, &here, &comer, page, granted, &name)
    });
    done.await.unwrap_or_else(|error| error::respond(&pages, &visit, &error))
}

fn answer(
    pages: &Pages,
    visit: &Visit,
    comer: &Comer,
    page: DoorPage,
    granted: Granted,
    name: &str,
) -> Result<Response, PageError> {
    Ok(match granted {
        Granted::Entered { token, stage, codes } if codes.is_empty() => entered(visit, &token, stage),
        Granted::Entered { token, codes, .. } => {
            let from = door::From { token: Some(token.clone()), ..comer.from.clone() };
            let caller = pages.door.known(&token)?.map(std::sync::Arc::new);
            let guard = caller.as_ref().map_or_else(|| visit.guard.clone(), |caller| caller.form_secret.clone());
            let visit = Visit { caller, guard, ..visit.clone() };
            let view = pages.door.show(DoorPage::Account, &from, visit.lang)?;
            let shown = rendered(pages, &visit, DoorPage::Account, SignInView { codes, ..view })?;
            (door::session_cookie(Some(&token)), shown).into_response()
        }
        Granted::Away { address, cookie } => {
            let view = pages.door.show(DoorPage::Away, &comer.from, visit.lang)?;
            let refresh = HeaderValue::from_str(&format!("0; url={address}"));
            let mut response = rendered(pages, visit, DoorPage::Away, SignInView { away: address, ..view })?;
            // Not a redirection: forms of these pages may lead nowhere else, and that stays so for every page.
            if let Ok(refresh) = refresh {
                response.headers_mut().insert(header::REFRESH, refresh);
            }
            door::away_cookie(response.headers_mut(), Some(&cookie));
            response
        }
        Granted::Returned { token, stage, next } => {
            let visit = Visit { next: door::own_address(&next), ..visit.clone() };
            let mut response = entered(&visit, &token, stage);
            door::away_cookie(response.headers_mut(), None);
            response
        }
        Granted::Done => Redirect::to("/account").into_response(),
        Granted::Codes(codes) => {
            let view = pages.door.show(DoorPage::Account, &comer.from, visit.lang)?;
            rendered(pages, visit, DoorPage::Account, SignInView { codes, ..view })?
        }
        Granted::Left => (door::session_cookie(None), Redirect::to("/sign-in")).into_response(),
        Granted::Refused("busy") => return Err(PageError::Busy),
        Granted::Refused("over") if visit.caller.is_some() => {
            Redirect::to(&link::with_query("/sign-in/again", &[("next", "/account".to_owned())])).into_response()
        }
        Granted::Refused("over") => (door::session_cookie(None), Redirect::to("/sign-in")).into_response(),
        Granted::Refused(code) => {
            let view = pages.door.show(page, &comer.from, visit.lang)?;
            let view = SignInView { refused: code.to_owned(), name: name.to_owned(), ..view };
            let mut response = rendered(pages, visit, page, view)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            response
        }
    })
}

/// Gives the browser its token and leads it to the next stage.
fn entered(visit: &Visit, token: &str, stage: Stage) -> Response {
    let to = match stage {
        Stage::Full => next_of(visit),
        other => link::with_query(door::page_of(other), &[("next", next_of(visit))]),
    };
    (door::session_cookie(Some(token)), Redirect::to(&to)).into_response()
}

fn next_of(visit: &Visit) -> String {
    if visit.next.is_empty() { "/".to_owned() } else { visit.next.clone() }
}

fn rendered(pages: &Pages, visit: &Visit, page: DoorPage, mut view: SignInView) -> Result<Response, PageError> {
    view.next = next_of(visit);
    view.has_ended = page == DoorPage::SignIn && visit.pairs.iter().any(|(name, _)| name == door::ENDED);
    let (name, path) = match page {
        DoorPage::SignIn => ("sign_in", "/sign-in"),
        DoorPage::Away => ("sign_in_away", "/sign-in"),
        DoorPage::Recover => ("recover", "/sign-in/recover"),
        DoorPage::Code => ("sign_in_code", "/sign-in/code"),
        DoorPage::Enrol => ("enrol", "/sign-in/enrol"),
        DoorPage::Password => ("password", "/password"),
        DoorPage::Account => ("account", "/account"),
        DoorPage::Again => ("again", "/sign-in/again"),
        DoorPage::SetUp => ("setup", "/setup"),
    };
    let here = Visit { path: path.to_owned(), pairs: Vec::new(), ..visit.clone() };
    here.frame(&mut view.shell, "account");
    let template = format!("pages/{name}.html");
    let body = pages
        .renderer
        .render(&template, visit.lang, &view)
        .map_err(|error| PageError::Internal { detail: format!("{template}: {error:#}") })?;
    Ok((visit.cookies(), Html(body)).into_response())
}
