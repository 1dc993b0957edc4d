//! The one handler of every operation.
//!
//! **Invariant:** the order in which a request is refused is always the same: too often (address), no token (401),
//! too often (token), no permission (403), answer not acceptable (406), body of another kind (415), parameters (400),
//! body (400, 413, 422), conditions (428, 412, 400), then what the operation says (404, 409, 412, 422).

use std::sync::Arc;

use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::limits::Room;
use super::problem::Problem;
use super::{Api, Asked, Given, reading};
use crate::domain::access::Asker;
use crate::domain::sign_in::session::Stage;
use crate::hash::sha256_hex;
use crate::http::blocking;
use crate::http::client::ClientAddress;
use crate::http::door::{Caller, Comer};
use crate::http::headers as fixed;
use crate::http::pages::Pages;
use crate::http::request_id::RequestId;
use crate::i18n::Lang;
use crate::views::api::operation::{Needs, Operation};

/// Longest place of a path, in characters.
const PLACE_CHARS: usize = 300;

/// Answers a request for an operation.
pub async fn answer(
    operation: Arc<Operation>,
    State(pages): State<Pages>,
    places: RawPathParams,
    request: Request,
) -> Response {
    let lang = language(request.headers());
    let tag = request.headers().get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let mut room = None;
    let done = checked(&operation, &pages.api, places, request, lang, &mut room).await;
    let mut response = match done {
        Ok(asked) => match carried(&operation, &pages.api, asked).await {
            Ok((asked, given)) => told(&operation, &asked, given, tag.as_deref()),
            Err(problem) => problem.respond(lang),
        },
        Err(problem) => problem.respond(lang),
    };
    if let Some(room) = room {
        room.tell(response.headers_mut());
    }
    response
}

/// The language asked for: the first of the two that is named.
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let starts = wanted.split(',').filter_map(|range| range.trim().get(..2));
    starts.map(str::to_ascii_lowercase).find_map(|start| Lang::from_code(&start)).unwrap_or(Lang::Zh)
}

async fn checked(
    operation: &Operation,
    api: &Api,
    places: RawPathParams,
    request: Request,
    lang: Lang,
    room: &mut Option<Room>,
) -> Result<Asked, Problem> {
    let from = Origin::of(&request);
    let caller = request.extensions().get::<Comer>().and_then(|comer| comer.caller.clone());
    let (asker, token_id, via) = enter(operation, api, request.headers(), caller, &from, room).await?;
    if !holds(&asker, operation.needs) {
        return Err(Problem::of(403, "PERMISSION_MISSING"));
    }
    if !reading::accepts(operation, request.headers()) {
        return Err(Problem::of(406, "NOT_ACCEPTABLE"));
    }
    if !reading::is_of_kind(operation, request.headers()) {
        return Err(Problem::of(415, "BODY_KIND"));
    }
    let named = places_of(operation, places)?;
    let query = reading::query(operation, request.uri())?;
    let span = reading::span(operation, &query)?;
    let headers = request.headers().clone();
    let (body, files) = reading::body(operation, request).await?;
    let (key, expected) = reading::conditions(operation, &headers)?;
    Ok(Asked {
        operation: operation.name,
        asker,
        token_id,
        via,
        request_id: from.request_id,
        address: from.address,
        places: named,
        query,
        span,
        body,
        files,
        key,
        expected,
        lang,
    })
}

/// From where a request comes.
struct Origin {
    request_id: Option<String>,
    address: Option<String>,
}

impl Origin {
    fn of(request: &Request) -> Origin {
        let known = request.extensions();
        Origin {
            request_id: known.get::<RequestId>().map(|RequestId(number)| number.clone()),
            address: known.get::<ClientAddress>().map(|ClientAddress(address)| address.to_string()),
        }
    }
}

/// Who comes, with which token, and how that was made sure. A person who has signed in reads with the session; whatever
/// changes something wants a token, which no foreign page can make a browser send.
async fn enter(
    operation: &Operation,
    api: &Api,
    headers: &HeaderMap,
    caller: Option<Arc<Caller>>,
    from: &Origin,
    room: &mut Option<Room>,
) -> Result<(Asker, String, String), Problem> {
    if let Some(address) = &from.address {
        keep_within(api.limits.address(address), room)?;
    }
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|text| text.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        let caller = caller.filter(|caller| given.is_none() && operation.reads() && caller.stage == Stage::Full);
        let caller = caller.ok_or_else(|| Problem::of(401, "TOKEN_MISSING"))?;
        keep_within(api.limits.token(&caller.session_id), room)?;
        return Ok((caller.asker.clone(), String::new(), format!("session:{}", caller.session_id)));
    };
    let (worker, token) = (Arc::clone(&api.recognise), token.trim().to_owned());
    let known = blocking::run(move || worker(&token)).await;
    let known = known.map_err(|lost| Problem::internal(lost.to_string()))??;
    let (asker, token_id) = known.ok_or_else(|| Problem::of(401, "TOKEN_INVALID"))?;
    keep_within(api.limits.token(&token_id), room)?;
    let via = format!("token:{token_id}");
    Ok((asker, token_id, via))
}

fn keep_within(left: Room, room: &mut Option<Room>) -> Result<(), Problem> {
    *room = Some(left);
    if left.exceeded { Err(Problem::of(429, "TOO_MANY_REQUESTS")) } else { Ok(()) }
}

fn holds(asker: &Asker, needs: Needs) -> bool {
    match needs {
        Needs::Token => true,
        Needs::Page(permission) | Needs::Bank(permission) => asker.may(permission),
        Needs::Fund(permission) => asker.may_for_fund(permission),
    }
}

fn places_of(
    operation: &Operation,
    places: RawPathParams,
) -> Result<std::collections::BTreeMap<&'static str, String>, Problem> {
    let known = operation.places();
    let mut named = std::collections::BTreeMap::new();
    for (name, value) in &places {
        // What nobody can be called is called by nobody.
        if value.chars().count() > PLACE_CHARS || value.chars().any(char::is_control) {
            return Err(Problem::of(404, "NOT_FOUND"));
        }
        if let Some(name) = known.iter().find(|known| **known == name) {
            named.insert(*name, value.to_owned());
        }
    }
    Ok(named)
}

async fn carried(operation: &Operation, api: &Api, asked: Asked) -> Result<(Asked, Given), Problem> {
    let worker = Arc::clone(&api.call);
    let work = move || worker(&asked).map(|given| (asked, given));
    match blocking::run(work).await {
        Ok(done) => done,
        Err(lost) => Err(Problem::internal(format!("{}: {lost}", operation.name))),
    }
}

fn told(operation: &Operation, asked: &Asked, given: Given, tag: Option<&str>) -> Response {
    match given {
        Given::Page(items, more) => page(operation, asked, &items, more),
        Given::Acts(items, more, version) => {
            let mut response = page(operation, asked, &items, more);
            set_tag(&mut response, &format!("\"v{version}\""));
            response
        }
        Given::Bytes(file) => (fixed::download(&file.name, file.media_type), file.bytes).into_response(),
        Given::One(value) => one(operation, &value.to_string(), None, tag),
        Given::Versioned(value, version) => one(operation, &value.to_string(), Some(version), tag),
    }
}

fn one(operation: &Operation, body: &str, version: Option<i64>, tag: Option<&str>) -> Response {
    let digest = sha256_hex(body.as_bytes());
    let digest = digest.get(..16).unwrap_or_default();
    let own = version.map_or_else(|| format!("\"{digest}\""), |version| format!("\"v{version}-{digest}\""));
    let same = operation.reads() && tag.is_some_and(|tag| tag.split(',').any(|one| one.trim() == own));
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { json_of(body.to_owned()) };
    set_tag(&mut response, &own);
    response
}

fn page(operation: &Operation, asked: &Asked, items: &[serde_json::Value], more: bool) -> Response {
    let next = asked.span.0.saturating_add(items.len());
    let cursor = (more && !items.is_empty()).then(|| reading::cursor_of(operation, &asked.query, next));
    json_of(json!({ "items": items, "next_cursor": cursor }).to_string())
}

fn json_of(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn set_tag(response: &mut Response, tag: &str) {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}
