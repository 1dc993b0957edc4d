//! Checking an evidence pack without a database: is it whole, is it signed, do events and payout give the same again.
//!
//! **Invariant:** nothing but the file is read; every check is made, also after one has failed.

use serde_json::Value;
use thiserror::Error;

use super::{AUDIT, FORMAT, MANIFEST, PAYOUT_SHEET};
use crate::export::stored_zip::{self, Files};
use crate::hash::sha256_hex;
use crate::signing::{ALGORITHM, Signed, is_signed_by};
use crate::storage::chain::hash_of;
use crate::usecase::audit::offline::event_of;
use crate::usecase::payout_sheet;

/// Why a file is no evidence pack.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an evidence pack: {detail}")]
pub struct PackFault {
    /// What is wrong.
    pub detail: String,
}

/// What the checks of a pack say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The claim.
    pub claim: String,
    /// Files besides the manifest.
    pub count: usize,
    /// Public half of the key that signed it.
    pub public_key: String,
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

/// Checks the bytes of a pack. `trusted` is the key it should be signed with, where the reader knows it.
///
/// # Errors
/// `PackFault` for bytes that are none.
pub fn check(bytes: &[u8], trusted: Option<&str>) -> Result<Checked, PackFault> {
    let wrong = |detail: String| PackFault { detail };
    let (files, differs_at) = stored_zip::read(bytes).map_err(|error| wrong(error.to_string()))?;
    let manifest = files.get(MANIFEST).ok_or_else(|| wrong(format!("no {MANIFEST}")))?;
    let signed: Signed = serde_json::from_slice(manifest).map_err(|error| wrong(error.to_string()))?;
    let content = &signed.content;
    if content["format"].as_str() != Some(FORMAT) {
        return Err(wrong(format!("format is not {FORMAT}")));
    }
    let public_key = signed.signature.public_key.clone();
    let checks = vec![
        ("form", differs_at.map(|at| format!("byte {at}"))),
        ("signature", signature(&signed, manifest)),
        ("key", trusted.filter(|key| !key.trim().eq_ignore_ascii_case(&public_key)).map(|_other| public_key.clone())),
        ("files", named(digests(content, &files))),
        ("listed", named(unlisted(content, &files))),
        ("events", events(&files)),
        ("payout_sheet", sheet(&files, &public_key)),
    ];
    let claim = content["claim"].as_str().unwrap_or_default().to_owned();
    Ok(Checked { claim, count: files.len().saturating_sub(1), public_key, checks })
}

fn named(names: Vec<String>) -> Option<String> {
    if names.is_empty() { None } else { Some(names.join(", ")) }
}

/// The manifest is signed as a value; its bytes must be those that this value is written as.
fn signature(signed: &Signed, manifest: &[u8]) -> Option<String> {
    let signature = &signed.signature;
    if signature.algorithm != ALGORITHM {
        return Some(signature.algorithm.clone());
    }
    let content = signed.content.to_string();
    if !is_signed_by(&signature.public_key, &signature.value, content.as_bytes()) {
        return Some(MANIFEST.to_owned());
    }
    let again = super::parts::pretty(&serde_json::to_value(signed).unwrap_or_default());
    (again != manifest).then(|| MANIFEST.to_owned())
}

fn entries(content: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let listed = content["files"].as_array().into_iter().flatten();
    listed.map(|entry| (entry["path"].as_str().unwrap_or_default(), entry))
}

/// Listed files that are missing or are not what the manifest says.
fn digests(content: &Value, files: &Files) -> Vec<String> {
    let differs = |path: &str, entry: &Value| {
        let Some(found) = files.get(path) else { return true };
        let size = entry["size"].as_u64().and_then(|size| usize::try_from(size).ok());
        size != Some(found.len()) || entry["sha256"].as_str() != Some(sha256_hex(found).as_str())
    };
    entries(content).filter(|(path, entry)| differs(path, entry)).map(|(path, _)| path.to_owned()).collect()
}

/// Files that the manifest does not list.
fn unlisted(content: &Value, files: &Files) -> Vec<String> {
    let is_listed = |path: &str| path == MANIFEST || entries(content).any(|(known, _)| known == path);
    files.keys().filter(|path| !is_listed(path)).cloned().collect()
}

/// Events whose hash is not that of their columns.
fn events(files: &Files) -> Option<String> {
    let Some(bytes) = files.get(AUDIT) else { return Some(AUDIT.to_owned()) };
    let Ok(told) = serde_json::from_slice::<Value>(bytes) else { return Some(AUDIT.to_owned()) };
    let wrong = told["events"].as_array().into_iter().flatten().filter_map(|event| match event_of(event) {
        Some(row) if hash_of(&row) == row.hash => None,
        _ => Some(event["event_id"].as_str().unwrap_or("?").to_owned()),
    });
    named(wrong.collect())
}

/// The payout computed again, and its sheet signed with the key of the pack; a claim that was not computed has none.
fn sheet(files: &Files, public_key: &str) -> Option<String> {
    let bytes = files.get(PAYOUT_SHEET)?;
    let Ok(text) = std::str::from_utf8(bytes) else { return Some(PAYOUT_SHEET.to_owned()) };
    match payout_sheet::check(text, Some(public_key)) {
        Ok(checked) => {
            let wrong =
                checked.checks.iter().filter_map(|(name, wrong)| wrong.as_ref().map(|_detail| (*name).to_owned()));
            named(wrong.collect())
        }
        Err(fault) => Some(fault.to_string()),
    }
}
