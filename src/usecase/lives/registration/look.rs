//! What registering would say now of a form that waits for its decision.
//!
//! **Invariant:** it is worked out as the officer's own check works it out, and tells no more.

use serde_json::{Value, json};

use super::super::{ActRefusal, Life, Request, Step};
use super::amend;
use crate::domain::person::PersonName;
use crate::storage::Tx;
use crate::usecase::UseCaseError;

/// What the measure says of the form as it stands; an empty object where nothing is written yet.
///
/// # Errors
/// `Act` for a name that is no loan's, or a form that does not read; storage; `Rulebook`; `Corrupt`.
pub fn look(tx: &mut Tx<'_>, (fund_id, loan_id): (&str, &str), by: &str) -> Result<Value, UseCaseError> {
    let state = super::state(tx, fund_id, loan_id)?;
    let person = PersonName::read(by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let request = Request {
        life: Life::Registration,
        subject: loan_id.to_owned(),
        act: "submitted".to_owned(),
        details: json!({}),
        by: by.to_owned(),
        on: tx.on(),
        expected: None,
        key: None,
    };
    let step = Step { request: &request, fund_id, person, version: 0 };
    amend::preview(tx, &step, &state.bank, state.form.as_ref())
}
