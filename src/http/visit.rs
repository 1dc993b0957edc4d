//! Who asks, in which language, from where.
//!
//! **Invariant:** every visit has a language: the address says it, else the cookie, else the browser, else Chinese.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::door::{self, Caller, Comer};
use super::forms::Submission;
use super::request_id::RequestId;
use super::{guard, menu};
use crate::domain::access::{Asker, Permission};
use crate::domain::sign_in::session::Stage;
use crate::hash::same_secret;
use crate::i18n::{self, Lang};
use crate::link;
use crate::views::query::PlainQuery;
use crate::views::{AmountUnit, Shell};

/// Cookie with the language last asked for.
const LANGUAGE: &str = "__Host-lang";
/// Cookie with the unit of amounts last asked for.
const UNIT: &str = "__Host-unit";
/// Parameters of every address that say how a page is shown, not what it shows.
pub(super) const SWITCHES: [&str; 3] = ["lang", "unit", "done"];

/// One request as the pages see it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Language of the answer.
    pub lang: Lang,
    /// Path asked for, still percent-encoded.
    pub path: String,
    /// Decoded query.
    pub pairs: Vec<(String, String)>,
    /// The address itself asked for the language.
    pub switched: bool,
    /// Unit in which amounts are shown.
    pub unit: AmountUnit,
    /// The address itself asked for the unit.
    pub unit_switched: bool,
    /// Secret of this browser that every form sends back.
    pub guard: String,
    /// The browser does not have the secret yet.
    pub guard_is_new: bool,
    /// Who is signed in, or on the way.
    pub caller: Option<Arc<Caller>>,
    /// From where, under which number.
    pub from: door::From,
    /// Where to go after signing in; empty for the first page.
    pub next: String,
    /// Number of the request.
    pub request_id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Visit, Infallible> {
        // A query that cannot be decoded asks for nothing.
        let pairs =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_or_else(|_| Vec::new(), |Query(pairs)| pairs);
        let asked = pairs.iter().find(|(key, _)| key == "lang").and_then(|(_, value)| Lang::from_code(value));
        let spoken = cookie(&parts.headers, LANGUAGE).and_then(Lang::from_code);
        let lang = asked.or(spoken).or_else(|| browser(&parts.headers)).unwrap_or(Lang::Zh);
        let unit = pairs.iter().find(|(key, _)| key == "unit").and_then(|(_, unit)| AmountUnit::from_code(unit));
        let kept_unit = cookie(&parts.headers, UNIT).and_then(AmountUnit::from_code);
        let Comer { caller, from } = parts.extensions.get::<Comer>().cloned().unwrap_or_default();
        // A session has a secret of its own; before that, the browser has one.
        let known = match &caller {
            Some(caller) => Some(caller.form_secret.as_str()),
            None => cookie(&parts.headers, guard::COOKIE).filter(|secret| guard::is_well_formed(secret)),
        };
        let next = pairs.iter().find(|(key, _)| key == "next").map(|(_, next)| door::own_address(next));
        Ok(Visit {
            lang,
            path: parts.uri.path().to_owned(),
            pairs,
            switched: asked.is_some(),
            unit: unit.or(kept_unit).unwrap_or_default(),
            unit_switched: unit.is_some(),
            guard: known.map_or_else(guard::random, str::to_owned),
            guard_is_new: known.is_none(),
            caller,
            from,
            next: next.unwrap_or_default(),
            request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        })
    }
}

impl Visit {
    /// The query of a page with one search text and a pager.
    #[must_use]
    pub fn plain_query(&self) -> PlainQuery {
        PlainQuery::from_pairs(&self.path, &self.pairs)
    }

    /// Whether a form was given to this browser: it brings back the secret that only these pages told it.
    #[must_use]
    pub fn gave(&self, form: &Submission) -> bool {
        !self.guard_is_new && same_secret(form.field("guard"), &self.guard)
    }

    /// Who asks; without a session somebody without any office.
    #[must_use]
    pub fn asker(&self) -> Asker {
        self.caller.as_ref().map_or_else(|| Asker::person("", Vec::new()), |caller| caller.asker.clone())
    }

    /// Fills the part of the frame that depends on the request.
    pub fn frame(&self, shell: &mut Shell, active: &str) {
        let others: Vec<(&str, String)> = self
            .pairs
            .iter()
            .filter(|(key, _)| !SWITCHES.contains(&key.as_str()) && key.bytes().all(|byte| byte.is_ascii_lowercase()))
            .map(|(key, value)| (key.as_str(), value.clone()))
            .collect();
        shell.path_for_language_switch = link::open_ended(&link::with_query(&self.path, &others));
        shell.lang = self.lang.code().to_owned();
        shell.unit = self.unit;
        shell.done = self.done();
        shell.guard.clone_from(&self.guard);
        if let Some(caller) = self.caller.as_deref().filter(|caller| caller.stage == Stage::Full) {
            shell.person.clone_from(&caller.asker.name);
            shell.may_enter = caller.asker.may(Permission::EnterFiles);
            shell.menu = menu::entries(&caller.asker);
            (shell.searches, shell.works) = (shell.opens("loans"), shell.opens("todo"));
        }
        active.clone_into(&mut shell.active);
    }

    /// What the form before this page has done, from a closed list of words.
    fn done(&self) -> String {
        let done = self.pairs.iter().find(|(key, _)| key == "done").map(|(_, word)| word.as_str()).unwrap_or_default();
        if i18n::texts(self.lang).contains_key(&format!("page.done.{done}")) { done.to_owned() } else { String::new() }
    }

    /// Remembers the language when the address asked for it, and gives the browser its secret.
    #[must_use]
    pub fn cookies(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.switched {
            set_cookie(&mut headers, LANGUAGE, self.lang.code(), "Max-Age=31536000; SameSite=Lax");
        }
        if self.unit_switched {
            set_cookie(&mut headers, UNIT, self.unit.code(), "Max-Age=31536000; SameSite=Lax");
        }
        if self.guard_is_new {
            set_cookie(&mut headers, guard::COOKIE, &self.guard, "SameSite=Strict");
        }
        headers
    }
}

fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str, rules: &str) {
    // Values are hexadecimal or percent-encoded, so that every one of them is a header.
    if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Path=/; {rules}; Secure; HttpOnly")) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let pairs = header_text(headers, &header::COOKIE).split(';');
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The first language the browser names that the product has.
fn browser(headers: &HeaderMap) -> Option<Lang> {
    header_text(headers, &header::ACCEPT_LANGUAGE)
        .split(',')
        .filter_map(|range| range.trim().get(..2))
        .find_map(|start| Lang::from_code(&start.to_ascii_lowercase()))
}
