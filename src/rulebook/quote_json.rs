//! Cases and outcomes as JSON: what a trial calculation reads and writes, and what is stored with a claim.
//!
//! Money is yuan as text with two places, rates are fractions as text, days are ISO; an absent key is unknown,
//! `null` on a day means it has not happened.
//! **Invariant:** a case written and read again is the same case; the same case under the same rulebook gives
//! the same bytes.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use thiserror::Error;

use super::case_codec::{self, Reader, Writer};
use crate::domain::payout::case::{BankFacts, BorrowerFacts, Case, ClaimFacts, FundFacts, LoanFacts};

pub use super::outcome_json::{outcome_to_json, verdict_to_json};

/// Why a JSON object is not a well-formed case.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CaseError {
    /// A key that is required is missing.
    #[error("{path} is missing")]
    Missing {
        /// Dotted path.
        path: String,
    },
    /// A key nobody knows.
    #[error("{path} is not known")]
    Unknown {
        /// Dotted path.
        path: String,
    },
    /// A value of the wrong form.
    #[error("{path} should be {expected}")]
    Form {
        /// Dotted path.
        path: String,
        /// What should stand there.
        expected: &'static str,
    },
}

/// Writes a case.
#[must_use]
pub fn case_to_json(case: &Case) -> Value {
    let mut case = case.clone();
    let mut root = Map::new();
    root.insert("case".to_owned(), Value::String(case.case.clone()));
    root.insert("on".to_owned(), Value::String(case.on.to_string()));
    let mut part = |key: &str, map: Map<String, Value>, always: bool| {
        if always || !map.is_empty() {
            root.insert(key.to_owned(), Value::Object(map));
        }
    };
    part("loan", Writer::written(|codec| case_codec::loan(codec, &mut case.loan)), true);
    part("borrower", Writer::written(|codec| case_codec::borrower(codec, &mut case.borrower)), false);
    let mut rights = Writer::written(|codec| case_codec::rights(codec, &mut case.ip_rights));
    if let Some(claim) = case.claim.as_mut() {
        part("claim", Writer::written(|codec| case_codec::claim(codec, claim)), true);
    }
    part("bank", Writer::written(|codec| case_codec::bank(codec, &mut case.bank)), false);
    part("fund", Writer::written(|codec| case_codec::fund(codec, &mut case.fund)), false);
    root.append(&mut rights);
    Value::Object(root)
}

/// Reads a case.
///
/// # Errors
/// The first key that is missing, unknown or of the wrong form.
pub fn case_from_json(value: &Value) -> Result<Case, CaseError> {
    let mut root = Reader::open("", value)?;
    let case = root.required_text("case")?;
    let on = root.required_text("on")?;
    let on = on.parse::<NaiveDate>().map_err(|_error| CaseError::Form { path: "on".to_owned(), expected: "a day" })?;
    let mut loan = LoanFacts::default();
    root.required_part("loan", |codec| case_codec::loan(codec, &mut loan))?;
    let mut borrower = BorrowerFacts::default();
    root.part("borrower", |codec| case_codec::borrower(codec, &mut borrower))?;
    let mut ip_rights = None;
    case_codec::rights(&mut root, &mut ip_rights);
    let mut claim = ClaimFacts::default();
    let claimed = root.part("claim", |codec| case_codec::claim(codec, &mut claim))?;
    let mut bank = BankFacts::default();
    root.part("bank", |codec| case_codec::bank(codec, &mut bank))?;
    let mut fund = FundFacts::default();
    root.part("fund", |codec| case_codec::fund(codec, &mut fund))?;
    root.close()?;
    Ok(Case { case, on, loan, borrower, ip_rights, claim: claimed.then_some(claim), bank, fund })
}
