//! Who asks, in which language, from where.
//!
//! **Invariant:** every visit has a language: the address says it, else the cookie, else the browser, else Chinese.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::i18n::Lang;
use crate::link;
use crate::views::Shell;
use crate::views::query::PlainQuery;

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
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Visit, Infallible> {
        // A query that cannot be decoded asks for nothing.
        let pairs =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_or_else(|_| Vec::new(), |Query(pairs)| pairs);
        let asked = pairs.iter().find(|(key, _)| key == "lang").and_then(|(_, value)| Lang::from_code(value));
        let lang = asked.or_else(|| cookie(&parts.headers)).or_else(|| browser(&parts.headers)).unwrap_or(Lang::Zh);
        Ok(Visit { lang, path: parts.uri.path().to_owned(), pairs, switched: asked.is_some() })
    }
}

impl Visit {
    /// The query of a page with one search text and a pager.
    #[must_use]
    pub fn plain_query(&self) -> PlainQuery {
        PlainQuery::from_pairs(&self.path, &self.pairs)
    }

    /// Fills the part of the frame that depends on the request.
    pub fn frame(&self, shell: &mut Shell, active: &str) {
        let others: Vec<(&str, String)> = self
            .pairs
            .iter()
            .filter(|(key, _)| key != "lang" && key.bytes().all(|byte| byte.is_ascii_lowercase()))
            .map(|(key, value)| (key.as_str(), value.clone()))
            .collect();
        shell.path_for_language_switch = link::open_ended(&link::with_query(&self.path, &others));
        shell.lang = self.lang.code().to_owned();
        active.clone_into(&mut shell.active);
    }

    /// Remembers the language for the next pages when the address asked for it.
    #[must_use]
    pub fn language_cookie(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.switched {
            let value = match self.lang {
                Lang::Zh => "lang=zh; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
                Lang::En => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            };
            headers.insert(header::SET_COOKIE, HeaderValue::from_static(value));
        }
        headers
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn cookie(headers: &HeaderMap) -> Option<Lang> {
    let pairs = header_text(headers, &header::COOKIE).split(';');
    pairs.filter_map(|pair| pair.trim().strip_prefix("lang=")).find_map(Lang::from_code)
}

/// The first language the browser names that the product has.
fn browser(headers: &HeaderMap) -> Option<Lang> {
    header_text(headers, &header::ACCEPT_LANGUAGE)
        .split(',')
        .filter_map(|range| range.trim().get(..2))
        .find_map(|start| Lang::from_code(&start.to_ascii_lowercase()))
}
