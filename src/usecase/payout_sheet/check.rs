//! Checking a payout sheet without a database: is it whole, is it signed, and does the case give the same payout again.
//!
//! **Invariant:** nothing but the file is read; every check is made, also after one has failed.

use serde_json::Value;
use thiserror::Error;

use super::FORMAT;
use crate::domain::money::Fen;
use crate::domain::payout::Rules;
use crate::domain::payout::evaluate::evaluate;
use crate::hash::sha256_hex;
use crate::reference::work_calendar;
use crate::rulebook::quote_json::{case_from_json, outcome_to_json};
use crate::rulebook::{self, ParsedRulebook};
use crate::signing::{ALGORITHM, Signed, is_signed_by};

/// Why a file is no payout sheet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SheetFault {
    /// Not a sheet of this form.
    #[error("not a payout sheet: {detail}")]
    NotASheet {
        /// What is wrong.
        detail: String,
    },
}

/// What the checks of a sheet say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Number of the sheet.
    pub number: String,
    /// Public half of the key that signed it.
    pub public_key: String,
    /// SHA-256 of what is signed.
    pub digest: String,
    /// The payout the sheet states.
    pub payout: String,
    /// Every check with its name and what is wrong; `None` where it holds.
    pub checks: Vec<(&'static str, Option<String>)>,
}

impl Checked {
    /// Whether every check holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|(_, wrong)| wrong.is_none())
    }
}

/// Checks the text of a sheet. `trusted` is the key it should be signed with, where the reader knows it.
///
/// # Errors
/// `NotASheet` for a text that is none.
pub fn check(text: &str, trusted: Option<&str>) -> Result<Checked, SheetFault> {
    let wrong = |detail: String| SheetFault::NotASheet { detail };
    let sheet: Signed = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let content = &sheet.content;
    if content.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(wrong(format!("format is not {FORMAT}")));
    }
    let mut checks = vec![("signature", signature(&sheet)), ("key", key(&sheet, trusted))];
    let book = rulebook_of(content);
    checks.push(("rulebook", book.as_ref().err().cloned()));
    checks.push(("recomputed", book.as_ref().map_or_else(|wrong| Some(wrong.clone()), |book| again(content, book))));
    checks.push(("sums", sums(&content["result"])));
    let shown = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Checked {
        number: shown(&content["number"]),
        public_key: sheet.signature.public_key.clone(),
        digest: sheet.digest(),
        payout: shown(&content["result"]["payout"]),
        checks,
    })
}

fn signature(sheet: &Signed) -> Option<String> {
    let signature = &sheet.signature;
    if signature.algorithm != ALGORITHM {
        return Some(format!("algorithm {}", signature.algorithm));
    }
    let bytes = sheet.content.to_string();
    let holds = is_signed_by(&signature.public_key, &signature.value, bytes.as_bytes());
    (!holds).then(|| "the content is not what was signed".to_owned())
}

fn key(sheet: &Signed, trusted: Option<&str>) -> Option<String> {
    let trusted = trusted?;
    let same = trusted.trim().eq_ignore_ascii_case(&sheet.signature.public_key);
    (!same).then(|| format!("signed with {}, not with {trusted}", sheet.signature.public_key))
}

/// The rulebook in the sheet, when its bytes are those whose hash the sheet states.
fn rulebook_of(content: &Value) -> Result<ParsedRulebook, String> {
    let stated = &content["rulebook"];
    let body = stated["body"].as_str().ok_or("no rulebook body")?;
    let hash = sha256_hex(body.as_bytes());
    if stated["sha256"].as_str() != Some(hash.as_str()) {
        return Err(format!("the body hashes to {hash}"));
    }
    let parsed = rulebook::parse("rulebook", body)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    let name =
        format!("{}@{}", stated["id"].as_str().unwrap_or_default(), stated["version"].as_str().unwrap_or_default());
    if parsed.rulebook.name() != name {
        return Err(format!("the body is {}, not {name}", parsed.rulebook.name()));
    }
    Ok(parsed)
}

/// Computes the case again and names the first fields that differ.
fn again(content: &Value, book: &ParsedRulebook) -> Option<String> {
    let case = match case_from_json(&content["case"]) {
        Ok(case) => case,
        Err(error) => return Some(error.to_string()),
    };
    let found = outcome_to_json(&evaluate(&Rules::of(&book.rulebook, work_calendar()), &case));
    let stated = &content["result"];
    if found == *stated {
        return None;
    }
    let keys = found.as_object().into_iter().chain(stated.as_object()).flat_map(|map| map.keys());
    let mut differ: Vec<String> = keys.filter(|key| found.get(key) != stated.get(key)).cloned().collect();
    differ.sort();
    differ.dedup();
    let shown = |value: &Value| value.as_str().map_or_else(|| "…".to_owned(), str::to_owned);
    let each = differ.iter().map(|key| format!("{key}: {} ≠ {}", shown(&stated[key]), shown(&found[key])));
    Some(each.collect::<Vec<_>>().join(", "))
}

/// Shares and what is borne sum to the loss.
fn sums(result: &Value) -> Option<String> {
    let amount = |value: &Value| value.as_str().and_then(|yuan| Fen::from_yuan(yuan).ok());
    let loss = amount(&result["loss_base"])?;
    for part in ["shares", "borne"] {
        let Some(parts) = result[part].as_object() else {
            continue;
        };
        let sum: Option<Vec<Fen>> = parts.values().map(amount).collect();
        if sum.and_then(|parts| Fen::total(parts).ok()) != Some(loss) {
            return Some(format!("{part} do not sum to the loss"));
        }
    }
    None
}
