//! Cases and outcomes as JSON: what a trial calculation reads and writes, and what is stored with a claim.
//!
//! Money is yuan as text with two places, rates are fractions as text, days are ISO; an absent key is unknown,
//! `null` on a day means it has not happened.
//! **Invariant:** a case written and read again is the same case; the same case under the same rulebook gives
//! the same bytes.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use thiserror::Error;

use super::case_codec::{self, Writer};
use super::case_reader::{Place, Reader};
use crate::domain::payout::bank_year::BankYear;
use crate::domain::payout::case::{BankFacts, BorrowerFacts, Case, ClaimFacts, FundFacts, GuarantorFacts, LoanFacts};
use crate::domain::payout::recover::RecoveryCase;
use crate::domain::payout::subsidy::SubsidyCase;

pub use super::outcome_json::{outcome_text, outcome_to_json, verdict_to_json};

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
    /// A key twice.
    #[error("{path} is there twice")]
    Twice {
        /// Dotted path.
        path: String,
    },
    /// A kind of case nobody knows.
    #[error("kind {found} is not known; known are claim, bank_year, subsidy, recovery")]
    Kind {
        /// What stands there.
        found: String,
    },
    /// Not JSON.
    #[error("not JSON: {detail}")]
    Json {
        /// What the reader says.
        detail: String,
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
    part("guarantor", Writer::written(|codec| case_codec::guarantor(codec, &mut case.guarantor)), false);
    part("fund", Writer::written(|codec| case_codec::fund(codec, &mut case.fund)), false);
    root.append(&mut rights);
    Value::Object(root)
}

/// A case of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyCase {
    /// A claim, or without one an enrolment test.
    Claim(Box<Case>),
    /// A bank's book at the end of a year.
    BankYear(Box<BankYear>),
    /// A request for subsidies.
    Subsidy(Box<SubsidyCase>),
    /// Money that came back.
    Recovery(Box<RecoveryCase>),
}

/// Reads a case of any kind from a line of JSON. `kind` says which; without it, it is a claim.
///
/// # Errors
/// `Json`, `Kind`, and the first key that is missing, unknown, there twice or of the wrong form.
pub fn any_case(line: &str) -> Result<AnyCase, CaseError> {
    let value: serde_json_borrow::Value<'_> =
        serde_json::from_str(line).map_err(|error| CaseError::Json { detail: error.to_string() })?;
    let mut root = Reader::open(Place::Root, &value)?;
    match root.text("kind")?.as_deref() {
        None | Some("claim") => claim_case(root).map(|case| AnyCase::Claim(Box::new(case))),
        Some("bank_year") => bank_year(root).map(|year| AnyCase::BankYear(Box::new(year))),
        Some("subsidy") => subsidy(root).map(|asked| AnyCase::Subsidy(Box::new(asked))),
        Some("recovery") => recovery(root).map(|came| AnyCase::Recovery(Box::new(came))),
        Some(found) => Err(CaseError::Kind { found: found.to_owned() }),
    }
}

/// Reads a case.
///
/// # Errors
/// The first key that is missing, unknown, there twice or of the wrong form.
pub fn case_from_json(value: &Value) -> Result<Case, CaseError> {
    let value = serde_json_borrow::Value::from(value);
    claim_case(Reader::open(Place::Root, &value)?)
}

/// Reads a case from text.
///
/// # Errors
/// `Json`, and those of `case_from_json`.
pub fn case_from_text(text: &str) -> Result<Case, CaseError> {
    let value: serde_json_borrow::Value<'_> =
        serde_json::from_str(text).map_err(|error| CaseError::Json { detail: error.to_string() })?;
    claim_case(Reader::open(Place::Root, &value)?)
}

/// Name and business date, which every kind of case has.
fn named(root: &mut Reader<'_, '_>) -> Result<(String, NaiveDate), CaseError> {
    let case = root.required_text("case")?;
    let on = root.required_text("on")?;
    let on = on.parse::<NaiveDate>().map_err(|_error| CaseError::Form { path: "on".to_owned(), expected: "a day" })?;
    Ok((case, on))
}

fn claim_case(mut root: Reader<'_, '_>) -> Result<Case, CaseError> {
    let (case, on) = named(&mut root)?;
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
    let mut guarantor = GuarantorFacts::default();
    root.part("guarantor", |codec| case_codec::guarantor(codec, &mut guarantor))?;
    let mut fund = FundFacts::default();
    root.part("fund", |codec| case_codec::fund(codec, &mut fund))?;
    root.close()?;
    Ok(Case { case, on, loan, borrower, ip_rights, claim: claimed.then_some(claim), bank, guarantor, fund })
}

fn bank_year(mut root: Reader<'_, '_>) -> Result<BankYear, CaseError> {
    let (case, on) = named(&mut root)?;
    let mut bank = BankFacts::default();
    root.part("bank", |codec| case_codec::bank(codec, &mut bank))?;
    let mut fund = FundFacts::default();
    root.part("fund", |codec| case_codec::fund(codec, &mut fund))?;
    root.close()?;
    Ok(BankYear { case, on, bank, fund })
}

fn recovery(mut root: Reader<'_, '_>) -> Result<RecoveryCase, CaseError> {
    let (case, on) = named(&mut root)?;
    let mut came = RecoveryCase { case, on, borne: Vec::new(), receipts: Vec::new() };
    case_codec::recovery(&mut root, &mut came);
    root.close()?;
    Ok(came)
}

fn subsidy(mut root: Reader<'_, '_>) -> Result<SubsidyCase, CaseError> {
    let (case, on) = named(&mut root)?;
    let mut asked = SubsidyCase::new(case, on);
    root.required_part("loan", |codec| case_codec::loan(codec, &mut asked.loan))?;
    root.part("borrower", |codec| case_codec::borrower(codec, &mut asked.borrower))?;
    root.part("paid", |codec| case_codec::subsidy(codec, &mut asked))?;
    root.close()?;
    Ok(asked)
}
