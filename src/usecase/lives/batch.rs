//! The same act on several things, one after the other.
//!
//! **Invariant:** each act stands or falls by itself and has a key of its own, made from that of the form, so that a form
//! sent twice acts once; what a rehearsal answers takes into account the acts before it.

use serde_json::Value;

use super::{ActRefusal, Request, scope_of, take};
use crate::app::App;
use crate::domain::person::PersonName;
use crate::storage::{Act, Scope};
use crate::usecase::UseCaseError;

/// What each of several acts answered, or why it was refused.
pub type Answers = Vec<Result<Value, UseCaseError>>;

/// How the keys of the acts of a form begin.
#[must_use]
pub fn keys_of(form: &str) -> String {
    format!("web:{form}:")
}

/// What the keys of the acts of every such form look like, for a database.
pub const LIKE_KEYS: &str = "web:%:%";

/// The form of which a key is.
#[must_use]
pub fn form_of(key: &str) -> Option<&str> {
    key.strip_prefix("web:")?.split_once(':').map(|(form, _)| form)
}

/// The key of the act of a form on the thing of a number.
#[must_use]
pub fn key_of(form: &str, number: i64) -> String {
    format!("{}{number}", keys_of(form))
}

/// Takes the acts in their order.
///
/// # Errors
/// A failure that is no refusal; the acts before it stand.
pub fn perform(app: &App, requests: &[Request]) -> Result<Answers, UseCaseError> {
    requests.iter().map(|request| told(super::perform(app, request))).collect()
}

/// Tries the acts in their order and takes all of them back.
///
/// # Errors
/// A failure that is no refusal.
pub fn rehearse(app: &App, requests: &[Request]) -> Result<Answers, UseCaseError> {
    let Some(first) = requests.first() else { return Ok(Vec::new()) };
    let person = PersonName::read(&first.by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let mut scope = Scope::fund(app.fund_id());
    for request in requests {
        scope = scope.and(scope_of(app, request)?);
    }
    let act = Act { dry_run: true, ..Act::new(person.as_str(), first.on) };
    app.store.write(&scope, &act, |tx| {
        requests.iter().map(|request| told(tx.apart(|tx| take(tx, app, request, &person)))).collect()
    })
}

/// A refusal is an answer; what else went wrong is not.
fn told(done: Result<Value, UseCaseError>) -> Result<Result<Value, UseCaseError>, UseCaseError> {
    match done {
        Err(error) if !matches!(error, UseCaseError::Act(_) | UseCaseError::Books(_)) => Err(error),
        answered => Ok(answered),
    }
}
