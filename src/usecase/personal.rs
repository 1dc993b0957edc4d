//! Numbers of persons and accounts: sealed before anything is written, shown only to who says why.
//!
//! Owns which fields of acts hold such numbers, and the act of having them shown.
//! **Invariant:** no event, row or hash is made from an unsealed number; none is shown without an event that says to
//! whom and why.

use chrono::NaiveDate;
use serde_json::Value;

use super::UseCaseError;
use super::lives::offices::offices;
use super::lives::{ActRefusal, Life};
use crate::app::App;
use crate::domain::partner_life::is_account_number;
use crate::domain::people::{Office, Role};
use crate::domain::person::{PersonName, key_of};
use crate::domain::personal::find;
use crate::hash::hex;
use crate::sealing::{Sealer, SealingError, TEXT_START};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::acts;
use crate::storage::rows::acts::DisclosureRow;
use crate::storage::{Act, Scope};

/// What numbers are sealed for.
const PURPOSE: &str = "personal";
/// Fields in which people write freely. Names, numbers of contracts and documents stand in fields of their own.
const FREE: [&str; 22] = [
    "call_back",
    "decision",
    "despite_calendar",
    "despite_pledge",
    "evidence",
    "findings",
    "ground",
    "grounds",
    "letter",
    "needed",
    "next_step",
    "note",
    "payee",
    "progress",
    "purpose",
    "reason",
    "reduced_because",
    "remark",
    "said",
    "text",
    "what",
    "why",
];
/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// A number, sealed.
#[must_use]
pub fn sealed_number(sealer: &Sealer, number: &str) -> String {
    if number.trim().is_empty() {
        return String::new();
    }
    sealer.seal_token(PURPOSE, number.trim(), &crate::domain::personal::last_four(number))
}

/// A text with the numbers in it sealed.
#[must_use]
pub fn sealed_text(sealer: &Sealer, text: &str) -> String {
    // What looks sealed and comes from outside would break whoever unseals it.
    let text = &text.replace(TEXT_START, "sealed-1-");
    let mut sealed = String::with_capacity(text.len());
    let mut from = 0;
    for (range, _kind) in find(text) {
        sealed.push_str(&text[from..range.start]);
        sealed.push_str(&sealed_number(sealer, &text[range.clone()]));
        from = range.end;
    }
    sealed.push_str(&text[from..]);
    sealed
}

/// A text whose numbers are sealed, as it was written: to be compared inside, never to be shown.
///
/// # Errors
/// `MissingKey`, `Broken`.
pub fn unsealed_text(sealer: &Sealer, text: &str) -> Result<String, SealingError> {
    sealer.revealed(PURPOSE, text)
}

/// A text by which a thing is found again, with the numbers in it as marks: under the key that seals first, then
/// under the older ones. Equal texts give equal ones, which sealed numbers would not.
#[must_use]
pub fn marked_text(sealer: &Sealer, text: &str) -> Vec<String> {
    let numbers = find(text);
    if numbers.is_empty() {
        return vec![text.to_owned()];
    }
    let mut marked = vec![String::new(); sealer.key_ids().len()];
    let mut from = 0;
    for (range, _kind) in numbers {
        for (out, mark) in marked.iter_mut().zip(sealer.marks(PURPOSE, &text[range.clone()])) {
            out.push_str(&text[from..range.start]);
            out.push_str(&mark);
        }
        from = range.end;
    }
    marked.iter_mut().for_each(|out| out.push_str(&text[from..]));
    marked
}

/// The particulars of an act with the numbers in them sealed.
#[must_use]
pub fn sealed_details(sealer: &Sealer, details: &Value) -> Value {
    sealed_below(sealer, "", details)
}

/// An account number, sealed; what does not read as one stays for the rules to refuse, and nobody brings sealed ones.
fn sealed_account(sealer: &Sealer, number: &str) -> String {
    if is_account_number(number) { sealed_number(sealer, number) } else { number.replace(TEXT_START, "?") }
}

fn sealed_below(sealer: &Sealer, name: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_account = name == "account";
            let sealed = |(key, value): (&String, &Value)| match value {
                Value::String(number) if is_account && key == "number" => {
                    (key.clone(), Value::String(sealed_account(sealer, number)))
                }
                other => (key.clone(), sealed_below(sealer, key, other)),
            };
            Value::Object(fields.iter().map(sealed).collect())
        }
        Value::Array(values) => values.iter().map(|value| sealed_below(sealer, name, value)).collect(),
        Value::String(text) if FREE.contains(&name) => Value::String(sealed_text(sealer, text)),
        other => other.clone(),
    }
}

/// What somebody wants to see.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Whose life.
    pub life: Life,
    /// The thing.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// Business date.
    pub on: NaiveDate,
}

/// An act with its numbers readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Number of the act.
    pub version: i64,
    /// The act.
    pub act: String,
    /// Its particulars.
    pub details: String,
}

/// Shows the numbers in the acts of a thing. That they are shown is written first, so that nothing is shown unwritten.
///
/// # Errors
/// `Act` for who may not see them, or without a reason; storage; `Sealed`.
pub fn disclose(app: &App, wish: &Wish) -> Result<Vec<Shown>, UseCaseError> {
    let person = PersonName::read(&wish.by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let reason = wish.reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(ActRefusal::new("DISCLOSURE_REASON", Vec::new()).into());
    }
    let (fund_id, life) = (app.fund_id(), wish.life.code());
    let subject = if wish.life == Life::Person { key_of(&wish.subject) } else { wish.subject.clone() };
    let act = Act::new(person.as_str(), wish.on);
    app.store.write(&Scope::fund(fund_id), &act, |tx| {
        if !offices(tx, fund_id, &person, wish.on)?.iter().any(may_see) {
            let places = vec![("person", person.as_str().to_owned())];
            return Err(UseCaseError::from(ActRefusal::new("DISCLOSURE_OFFICE", places)));
        }
        let rows = acts::of(tx, fund_id, life, &subject)?;
        let mut shown = Vec::new();
        let mut count = 0_usize;
        for row in rows.into_iter().filter(|row| crate::sealing::tokens_in(&row.details) > 0) {
            count = count.saturating_add(crate::sealing::tokens_in(&row.details));
            let details = app.sealer.revealed(PURPOSE, &row.details)?;
            shown.push(Shown { version: row.version, act: row.act, details });
        }
        let (business_date, recorded_at, event_id) = unstamped();
        let row = DisclosureRow {
            fund_id: fund_id.to_owned(),
            disclosure_id: hex(&rand::random::<[u8; 16]>()),
            life: life.to_owned(),
            subject: subject.clone(),
            shown: i64::try_from(count).unwrap_or(i64::MAX),
            reason: sealed_text(&app.sealer, reason),
            person: person.as_str().to_owned(),
            business_date,
            recorded_at,
            event_id,
        };
        let chain = Chain::Fund { fund_id: fund_id.to_owned() };
        tx.record(Change::new(chain, "personal.disclosed", subject.clone()).with(row))?;
        Ok(shown)
    })
}

/// Who pays, orders payments or audits them.
fn may_see(office: &Office) -> bool {
    let role = matches!(
        office.role,
        Role::FundAdministrator | Role::FundApprover | Role::FinanceOfficer | Role::TreasuryOfficer | Role::Auditor
    );
    role && office.bank().is_none()
}
