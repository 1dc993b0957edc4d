//! Refusals and failures as problem details (RFC 9457).
//!
//! **Invariant:** a problem names a stable code and says in the language of the asker what is wrong; the inside goes
//! to the log and nowhere else.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::i18n::{self, Lang};
use crate::views::api::shape::Fault;

/// Media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// Words in Chinese and English; none for those of the code.
    pub detail: Option<Box<[String; 2]>>,
    /// What is wrong, place by place.
    pub faults: Vec<Fault>,
    /// For the log.
    pub inside: String,
}

impl Problem {
    /// A problem with the words of its code.
    #[must_use]
    pub fn of(status: u16, code: &str) -> Problem {
        Problem { status, code: code.to_owned(), detail: None, faults: Vec::new(), inside: String::new() }
    }

    /// A problem with what is wrong, place by place.
    #[must_use]
    pub fn with(status: u16, code: &str, faults: Vec<Fault>) -> Problem {
        Problem { faults, ..Problem::of(status, code) }
    }

    /// A fault of the product.
    #[must_use]
    pub fn internal(inside: impl Into<String>) -> Problem {
        Problem { inside: inside.into(), ..Problem::of(500, "INTERNAL") }
    }

    /// What is wrong, in a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match (self.detail.as_deref(), lang) {
            (Some([zh, _]), Lang::Zh) => zh.clone(),
            (Some([_, en]), Lang::En) => en.clone(),
            (None, _) => i18n::text(lang, &format!("api.{}", self.code), &[]),
        }
    }

    /// As an answer.
    #[must_use]
    pub fn respond(&self, lang: Lang) -> Response {
        if self.status >= 500 {
            tracing::error!(code = %self.code, detail = %self.inside, "the interface failed: {}", self.inside);
        }
        let mut told = Map::new();
        told.insert("type".to_owned(), json!(format!("urn:pledgefund:problem:{}", self.code)));
        told.insert("title".to_owned(), json!(i18n::text(lang, &format!("api.status_{}", self.status), &[])));
        told.insert("status".to_owned(), json!(self.status));
        told.insert("code".to_owned(), json!(self.code));
        told.insert("detail".to_owned(), json!(self.words(lang)));
        if !self.faults.is_empty() {
            let faults = self.faults.iter().map(|fault| json!({ "pointer": fault.pointer, "code": fault.code }));
            told.insert("errors".to_owned(), Value::Array(faults.collect()));
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CONTENT_LANGUAGE, lang.html())];
        let mut response = (status, kind, Value::Object(told).to_string()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
