//! What a request says, read against what its operation declares.
//!
//! **Invariant:** an unknown parameter, header or member is refused, not passed over.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, Uri, header};
use serde_json::{Map, Value};

use super::problem::Problem;
use crate::hash::sha256_hex;
use crate::http::error::PageError;
use crate::http::forms::{self, SentFile};
use crate::views::api::operation::{Gives, Operation, Takes};
use crate::views::api::shape::{Fault, Shape};

/// Bytes of a JSON body.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// Items of a stretch where nothing else is said.
const LIMIT: usize = 50;
/// Longest key of a request, in characters.
const KEY_CHARS: usize = 160;

/// Parameters, checked.
pub(super) fn query(operation: &Operation, uri: &Uri) -> Result<BTreeMap<String, String>, Problem> {
    let bad = |faults| Problem::with(400, "PARAMETER_INVALID", faults);
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else { return Err(bad(Vec::new())) };
    let (mut faults, mut read) = (Vec::new(), BTreeMap::new());
    for (name, value) in pairs {
        let declared = operation.query.iter().find(|(known, ..)| *known == name);
        let code = match declared {
            None => Some("PARAMETER_UNKNOWN"),
            Some(_) if read.contains_key(&name) => Some("PARAMETER_TWICE"),
            Some((_, shape, _)) => fault_of(shape, &value),
        };
        match code {
            Some(code) => faults.push(Fault { pointer: name, code }),
            None => {
                read.insert(name, value);
            }
        }
    }
    for (name, ..) in operation.query.iter().filter(|(name, _, needed)| *needed && !read.contains_key(*name)) {
        if faults.iter().all(|fault| fault.pointer != *name) {
            faults.push(Fault { pointer: (*name).to_owned(), code: "FIELD_MISSING" });
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(bad(faults)) }
}

fn fault_of(shape: &Shape, text: &str) -> Option<&'static str> {
    match shape {
        Shape::Flag => (!matches!(text, "true" | "false")).then_some("FIELD_WRONG_KIND"),
        Shape::Count(least, most) => match text.parse::<i64>() {
            Ok(number) if (*least..=*most).contains(&number) && number.to_string() == text => None,
            Ok(_) => Some("FIELD_OUT_OF_RANGE"),
            Err(_) => Some("FIELD_WRONG_KIND"),
        },
        other => other.fault_of_text(text),
    }
}

/// From which item on, and how many.
pub(super) fn span(operation: &Operation, query: &BTreeMap<String, String>) -> Result<(usize, usize), Problem> {
    let limit = query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(LIMIT);
    let from = match (&operation.gives, query.get("cursor")) {
        (Gives::Page(_), Some(cursor)) => {
            let offset = cursor.split_once('-').and_then(|(offset, _)| usize::from_str_radix(offset, 16).ok());
            let offset = offset.filter(|offset| cursor_of(operation, query, *offset) == *cursor);
            offset.ok_or_else(|| {
                let fault = Fault { pointer: "cursor".to_owned(), code: "CURSOR_INVALID" };
                Problem::with(400, "PARAMETER_INVALID", vec![fault])
            })?
        }
        _ => 0,
    };
    Ok((from, limit))
}

/// Where the next stretch begins. It holds for the same list with the same filters only.
pub(super) fn cursor_of(operation: &Operation, query: &BTreeMap<String, String>, offset: usize) -> String {
    let mut said = format!("{}\n{offset}", operation.name);
    for (name, value) in query.iter().filter(|(name, _)| !matches!(name.as_str(), "cursor" | "limit")) {
        said.push_str(&format!("\n{name}={value}"));
    }
    format!("{offset:x}-{}", sha256_hex(said.as_bytes()).get(..16).unwrap_or_default())
}

/// Whether JSON, or what the operation gives, is an answer the asker takes.
pub(super) fn accepts(operation: &Operation, headers: &HeaderMap) -> bool {
    let Some(wanted) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else { return true };
    operation.gives == Gives::Bytes
        || wanted.split(',').map(|range| range.split(';').next().unwrap_or_default().trim()).any(|range| {
            matches!(range, "" | "*/*" | "application/*" | "application/json" | "application/problem+json")
        })
}

/// Whether the body is of the kind the operation takes.
pub(super) fn is_of_kind(operation: &Operation, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match operation.takes {
        Takes::Nothing => true,
        Takes::Json(_) => kind.eq_ignore_ascii_case("application/json"),
        Takes::Files(_) => kind.eq_ignore_ascii_case("multipart/form-data"),
    }
}

/// The body, checked.
pub(super) async fn body(operation: &Operation, request: Request) -> Result<(Value, Vec<SentFile>), Problem> {
    match &operation.takes {
        Takes::Nothing => Ok((Value::Null, Vec::new())),
        Takes::Json(shape) => {
            let bytes = to_bytes(request.into_body(), BODY_BYTES).await;
            let bytes = bytes.map_err(|_too_large| Problem::of(413, "BODY_TOO_LARGE"))?;
            let value: Value = serde_json::from_slice(&bytes).map_err(|_broken| Problem::of(400, "BODY_NOT_JSON"))?;
            let faults = shape.faults(&value);
            if faults.is_empty() { Ok((value, Vec::new())) } else { Err(Problem::with(422, "BODY_INVALID", faults)) }
        }
        Takes::Files(fields) => {
            let form = forms::with_files(request).await.map_err(|error| match error {
                PageError::TooLarge => Problem::of(413, "BODY_TOO_LARGE"),
                PageError::TooSlow => Problem::of(408, "BODY_TOO_SLOW"),
                _ => Problem::of(400, "BODY_NOT_FORM"),
            })?;
            let value = fields_of(fields, &form)?;
            Ok((value, form.files))
        }
    }
}

fn fields_of(fields: &[(&'static str, Shape, bool)], form: &forms::Submission) -> Result<Value, Problem> {
    let (mut faults, mut read) = (Vec::new(), Map::new());
    for (name, value) in form.fields() {
        let code = match fields.iter().find(|(known, ..)| known == name) {
            None => Some("FIELD_UNKNOWN"),
            Some((_, shape, _)) => fault_of(shape, value),
        };
        match code {
            Some(code) => faults.push(Fault { pointer: format!("/{name}"), code }),
            None => {
                read.insert(name.clone(), Value::String(value.clone()));
            }
        }
    }
    for (name, ..) in fields.iter().filter(|(name, _, needed)| *needed && !read.contains_key(*name)) {
        faults.push(Fault { pointer: format!("/{name}"), code: "FIELD_MISSING" });
    }
    if form.files.len() != 1 {
        faults.push(Fault { pointer: "/file".to_owned(), code: "FILE_MISSING" });
    }
    if faults.is_empty() { Ok(Value::Object(read)) } else { Err(Problem::with(422, "BODY_INVALID", faults)) }
}

/// Key and expected version of an act.
pub(super) fn conditions(operation: &Operation, headers: &HeaderMap) -> Result<(Option<String>, Option<i64>), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("\u{0}").trim().to_owned());
    if !operation.acts {
        return Ok((None, None));
    }
    let expected = match text("if-match") {
        None => return Err(Problem::of(428, "IF_MATCH_NEEDED")),
        Some(any) if any == "*" => None,
        Some(tag) => Some(version_of(&tag).ok_or_else(|| Problem::of(400, "IF_MATCH_INVALID"))?),
    };
    match text("idempotency-key") {
        None => Err(Problem::of(428, "KEY_NEEDED")),
        Some(key) if key.is_empty() || key.chars().count() > KEY_CHARS || key.contains('\0') => {
            Err(Problem::of(400, "KEY_INVALID"))
        }
        Some(key) => Ok((Some(key), expected)),
    }
}

/// The number in a tag like `"v7-…"` or `"v7"`.
fn version_of(tag: &str) -> Option<i64> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?.strip_prefix('v')?;
    inner.split('-').next()?.parse().ok()
}
