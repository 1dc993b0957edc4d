//! The page that tells the interface to people.
//!
//! **Invariant:** it is made from the description, so that page and description never differ.

use serde::Serialize;
use serde_json::Value;

use super::openapi::document;
use crate::i18n::Lang;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuideView {
    /// Language of the document.
    pub lang: String,
    /// Every operation.
    pub operations: Vec<OperationView>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationView {
    /// Stable name.
    pub name: String,
    /// Method.
    pub verb: String,
    /// Path.
    pub path: String,
    /// In one line.
    pub summary: String,
    /// Permission asked for; may be empty.
    pub permission: String,
    /// Parameters as JSON; may be empty.
    pub parameters: String,
    /// Schema of the body; may be empty.
    pub body: String,
    /// Schema of the answer.
    pub answer: String,
    /// Statuses of refusals.
    pub refusals: String,
}

/// The page in a language.
#[must_use]
pub fn guide(lang: Lang) -> GuideView {
    let told = document(lang);
    let mut operations = Vec::new();
    for (path, verbs) in told["paths"].as_object().into_iter().flatten() {
        for (verb, one) in verbs.as_object().into_iter().flatten() {
            operations.push(view(path, verb, one));
        }
    }
    GuideView { lang: lang.html().to_owned(), operations }
}

fn view(path: &str, verb: &str, one: &Value) -> OperationView {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pretty = |value: &Value| match value {
        Value::Null => String::new(),
        Value::Array(items) if items.is_empty() => String::new(),
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    let statuses = one["responses"].as_object().into_iter().flatten().map(|(status, _)| status.as_str());
    OperationView {
        name: text(&one["operationId"]),
        verb: verb.to_uppercase(),
        path: path.to_owned(),
        summary: text(&one["summary"]),
        permission: text(&one["x-permission"]),
        parameters: pretty(&one["parameters"]),
        body: pretty(&one["requestBody"]["content"]),
        answer: pretty(&one["responses"]["200"]["content"]),
        refusals: statuses.filter(|status| *status >= "400").collect::<Vec<_>>().join(", "),
    }
}
