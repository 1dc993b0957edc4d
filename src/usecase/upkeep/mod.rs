//! What keeps the house: the mail tried, reports and mails sent again, copies of the database, what was proved last.
//!
//! **Invariant:** what was done is a fact with its event; the same key does nothing a second time.

pub mod backup;
pub mod disk;
pub mod mail_test;
pub mod proved;
pub mod resend;

use serde_json::Value;

use super::UseCaseError;
use super::error::Refusal;
use crate::app::App;
use crate::domain::person::PersonName;
use crate::hash::sha256_hex;
use crate::storage::facts::unstamped;
use crate::storage::find::acts;
use crate::storage::rows::acts::IdempotencyRow;
use crate::storage::rows::upkeep::UpkeepStepRow;
use crate::storage::{Act, Tx};

/// Longest reason taken, in characters.
const LONGEST_REASON: usize = 500;

/// Who acts, why, and under which key.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// Name of the person.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Key: the same one does nothing again.
    pub key: &'a str,
}

impl Word<'_> {
    fn person(&self) -> Result<PersonName, UseCaseError> {
        PersonName::read(self.by).ok_or_else(|| refused("UPKEEP_NAME", Vec::new()))
    }

    fn reason(&self) -> Result<&str, UseCaseError> {
        let reason = self.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.contains('\0') {
            return Err(refused("UPKEEP_REASON", Vec::new()));
        }
        Ok(reason)
    }

    fn act(&self, app: &App) -> Act {
        Act::new(self.by, app.store.clock().today())
    }

    /// The answer that was given under the key; refused where it was given for something else.
    fn answered(&self, tx: &mut Tx<'_>, fund_id: &str, asked: &Value) -> Result<Option<Value>, UseCaseError> {
        let Some(row) = acts::answer(tx, fund_id, self.key)? else { return Ok(None) };
        if row.request_hash != hash_of(asked) {
            return Err(refused("UPKEEP_KEY_REUSED", Vec::new()));
        }
        Ok(Some(serde_json::from_str(&row.answer).unwrap_or_default()))
    }

    /// The answer, to be kept under the key.
    fn kept(&self, fund_id: &str, asked: &Value, answer: &Value) -> IdempotencyRow {
        let (business_date, recorded_at, event_id) = unstamped();
        IdempotencyRow {
            fund_id: fund_id.to_owned(),
            idempotency_key: self.key.to_owned(),
            request_hash: hash_of(asked),
            answer: answer.to_string(),
            business_date,
            recorded_at,
            event_id,
        }
    }
}

fn hash_of(asked: &Value) -> String {
    sha256_hex(asked.to_string().as_bytes())
}

fn refused(code: &'static str, named: Vec<String>) -> UseCaseError {
    UseCaseError::Upkeep(Refusal::new(code, named))
}

/// Something done to keep the house: kind, to what, by whom.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    id: &'a str,
    kind: &'static str,
    subject: &'a str,
    by: &'a str,
}

impl Step<'_> {
    fn row(self, fund_id: &str, details: &Value) -> UpkeepStepRow {
        let (business_date, recorded_at, event_id) = unstamped();
        UpkeepStepRow {
            fund_id: fund_id.to_owned(),
            step_id: self.id.to_owned(),
            kind: self.kind.to_owned(),
            subject: self.subject.to_owned(),
            person: self.by.to_owned(),
            details: details.to_string(),
            business_date,
            recorded_at,
            event_id,
        }
    }
}

/// Particulars of a step.
#[must_use]
pub fn details(row: &UpkeepStepRow) -> Value {
    serde_json::from_str(&row.details).unwrap_or_default()
}
