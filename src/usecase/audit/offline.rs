//! Checking an export without a database: is it whole, is it signed, do chains, balances and payouts follow again.
//!
//! **Invariant:** nothing but the files is read; every check is made, also after one has failed.

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use super::export::{BALANCES, EVENTS, FORMAT, MANIFEST, RULEBOOKS, pretty};
use super::walk::Link;
use crate::domain::payout::outcome::Outcome;
use crate::export::stored_zip::Files;
use crate::hash::sha256_hex;
use crate::rulebook::quote_json::{outcome_to_json, verdict_to_json};
use crate::signing::{ALGORITHM, Signed, is_signed_by};
use crate::storage::chain::digest_of;
use crate::storage::facts::unstamped;
use crate::storage::rows::events::EventRow;
use crate::storage::rows::parties::RulebookRow;
use crate::usecase::measures::Measures;
use crate::usecase::verify::{Check, same_outcome};

/// Why files are no export.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an audit export: {detail}")]
pub struct ExportFault {
    /// What is wrong.
    pub detail: String,
}

/// What the checks of an export say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The fund.
    pub fund: String,
    /// Public half of the key that signed it.
    pub public_key: String,
    /// Hash over the heads of all chains.
    pub digest: String,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Checked {
    /// Whether every check holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

/// Rows of one table in the payload of an event, each with its values by column.
type Rows = Vec<BTreeMap<String, Value>>;

/// Checks the files of an export. `differs_at` is where an archive is not as it was written; `trusted` the key it
/// should be signed with, where the reader knows it.
///
/// # Errors
/// `ExportFault` for files that are none.
pub fn check(files: &Files, differs_at: Option<usize>, trusted: Option<&str>) -> Result<Checked, ExportFault> {
    let wrong = |detail: String| ExportFault { detail };
    let manifest = files.get(MANIFEST).ok_or_else(|| wrong(format!("no {MANIFEST}")))?;
    let signed: Signed = serde_json::from_slice(manifest).map_err(|error| wrong(error.to_string()))?;
    let content = &signed.content;
    if content["format"].as_str() != Some(FORMAT) {
        return Err(wrong(format!("format is not {FORMAT}")));
    }
    let public_key = signed.signature.public_key.clone();
    let other_key = trusted.filter(|key| !key.trim().eq_ignore_ascii_case(&public_key)).map(|_| public_key.clone());
    let (events, unreadable) = events_of(files);
    let mut checks = vec![
        one("form", differs_at.map(|at| format!("byte {at}"))),
        one("signature", signature(&signed, manifest)),
        one("key", other_key),
        whole(content, files),
        chains(content, &events, unreadable),
    ];
    checks.extend(ledger(content, files, &events));
    checks.push(payouts(content, files, &events));
    let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
    Ok(Checked { fund: text("fund"), digest: text("digest"), public_key, checks })
}

fn one(name: &'static str, wrong: Option<String>) -> Check {
    Check::new(name, 1, wrong.into_iter().collect())
}

/// The manifest is signed as a value; its bytes must be those that this value is written as.
fn signature(signed: &Signed, manifest: &[u8]) -> Option<String> {
    let signature = &signed.signature;
    let content = signed.content.to_string();
    let holds = signature.algorithm == ALGORITHM
        && is_signed_by(&signature.public_key, &signature.value, content.as_bytes())
        && pretty(&serde_json::to_value(signed).unwrap_or_default()) == manifest;
    (!holds).then(|| MANIFEST.to_owned())
}

/// Every listed file is there as listed, and no other.
fn whole(content: &Value, files: &Files) -> Check {
    let mut wrong = Vec::new();
    let mut listed = BTreeMap::new();
    for entry in content["files"].as_array().into_iter().flatten() {
        listed.insert(entry["path"].as_str().unwrap_or_default(), entry);
    }
    for (path, entry) in &listed {
        let same = files.get(*path).is_some_and(|found| {
            entry["sha256"].as_str() == Some(&sha256_hex(found))
                && entry["size"].as_u64() == u64::try_from(found.len()).ok()
        });
        if !same {
            wrong.push((*path).to_owned());
        }
    }
    wrong.extend(files.keys().filter(|path| *path != MANIFEST && !listed.contains_key(path.as_str())).cloned());
    Check::new("files", listed.len(), wrong)
}

/// The events, and the lines that are none.
fn events_of(files: &Files) -> (Vec<EventRow>, Vec<String>) {
    let (mut events, mut wrong) = (Vec::new(), Vec::new());
    let bytes = files.get(EVENTS).map(Vec::as_slice).unwrap_or_default();
    for (line, text) in bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, text)| !text.is_empty()) {
        match serde_json::from_slice::<Value>(text).ok().as_ref().and_then(event_of) {
            Some(event) => events.push(event),
            None => wrong.push(format!("{EVENTS}: line {}", line.saturating_add(1))),
        }
    }
    (events, wrong)
}

/// An event from its fields as text.
#[must_use]
pub fn event_of(told: &Value) -> Option<EventRow> {
    let text = |name: &str| told[name].as_str().map(str::to_owned);
    Some(EventRow {
        event_id: text("event_id")?,
        chain: text("chain")?,
        seq: told["seq"].as_i64()?,
        fund_id: text("fund_id")?,
        kind: text("kind")?,
        subject: text("subject")?,
        actor: text("actor")?,
        business_date: text("business_date")?.parse().ok()?,
        recorded_at: text("recorded_at")?.parse().ok()?,
        payload: text("payload")?,
        alg: text("alg")?,
        prev_hash: text("prev_hash")?,
        hash: text("hash")?,
        context: text("context").unwrap_or_default(),
    })
}

fn places(told: &Value) -> BTreeMap<String, Link> {
    let read = |place: &Value| {
        let link = Link { seq: place["seq"].as_i64()?, hash: place["hash"].as_str()?.to_owned() };
        Some((place["chain"].as_str()?.to_owned(), link))
    };
    told.as_array().into_iter().flatten().filter_map(read).collect()
}

/// Every chain from where it begins to where it ends.
fn chains(content: &Value, events: &[EventRow], unreadable: Vec<String>) -> Check {
    let mut failures = unreadable;
    let mut at = places(&content["openings"]);
    for event in events {
        failures.extend(at.entry(event.chain.clone()).or_default().follow(event));
    }
    let heads = places(&content["heads"]);
    for chain in at.keys().chain(heads.keys()).collect::<std::collections::BTreeSet<_>>() {
        if at.get(chain) != heads.get(chain) {
            failures.push(format!("head {chain}"));
        }
    }
    let told: Vec<_> = heads.into_iter().map(|(chain, link)| (chain, link.seq, link.hash)).collect();
    if content["digest"].as_str() != Some(&digest_of(&told)) {
        failures.push("digest".to_owned());
    }
    Check::new("audit_chain", events.len(), failures)
}

fn rows(event: &EventRow, table: &str) -> Rows {
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let columns: Vec<&str> =
        payload[table]["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let row = |values: &Value| {
        let values = values.as_array().cloned().unwrap_or_default();
        columns.iter().map(|name| (*name).to_owned()).zip(values).collect()
    };
    payload[table]["rows"].as_array().into_iter().flatten().map(row).collect()
}

fn text_of<'a>(row: &'a BTreeMap<String, Value>, column: &str) -> &'a str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// Every transaction sums to zero, and the balances before plus what was booked give the balances after.
fn ledger(content: &Value, files: &Files, events: &[EventRow]) -> Vec<Check> {
    let fund = content["fund"].as_str().unwrap_or_default();
    let told: Value = files.get(BALANCES).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let mut sums = told["before_fen"].as_object().map(amounts).unwrap_or_default();
    let mut transactions: BTreeMap<String, i128> = BTreeMap::new();
    for event in events.iter().filter(|event| event.payload.contains("\"ledger_lines\"")) {
        for row in rows(event, "ledger_lines").iter().filter(|row| text_of(row, "fund_id") == fund) {
            let fen = i128::from(row.get("amount_fen").and_then(Value::as_i64).unwrap_or_default());
            let fen = if text_of(row, "side") == "debit" { fen } else { -fen };
            *transactions.entry(text_of(row, "tx_id").to_owned()).or_default() += fen;
            *sums.entry(text_of(row, "account").to_owned()).or_default() += fen;
        }
    }
    let open = transactions.iter().filter(|(_, sum)| **sum != 0).map(|(id, sum)| format!("{id}: {sum}")).collect();
    let after = told["after_fen"].as_object().map(amounts).unwrap_or_default();
    let mut wrong: Vec<String> = Vec::new();
    for account in sums.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>() {
        let (found, told) = (sums.get(account).copied().unwrap_or(0), after.get(account).copied().unwrap_or(0));
        if found != told {
            wrong.push(format!("{account}: {told}, {found} recomputed"));
        }
    }
    if sums.values().sum::<i128>() != 0 {
        wrong.push("the balances do not sum to zero".to_owned());
    }
    vec![Check::new("ledger_transactions", transactions.len(), open), Check::new("balances", after.len(), wrong)]
}

fn amounts(told: &serde_json::Map<String, Value>) -> BTreeMap<String, i128> {
    told.iter().map(|(account, fen)| (account.clone(), i128::from(fen.as_i64().unwrap_or(i64::MIN)))).collect()
}

/// A table, its key, and how its outcomes are written.
type Computed = (&'static str, &'static str, fn(&Outcome) -> Value);

/// The tables whose rows were computed.
const COMPUTED: [Computed; 2] =
    [("calculations", "claim_id", outcome_to_json), ("coverages", "loan_id", verdict_to_json)];

/// Every payout and every coverage computed again from its stored input.
fn payouts(content: &Value, files: &Files, events: &[EventRow]) -> Check {
    let told: Value = files.get(RULEBOOKS).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let measures = match measures(content, &told) {
        Ok(measures) => measures,
        Err(wrong) => return Check::new("payouts_recomputed", 0, vec![wrong]),
    };
    let (mut checked, mut wrong) = (0, Vec::new());
    for event in events {
        for (table, key, write) in COMPUTED {
            if !event.payload.contains(table) {
                continue;
            }
            for row in rows(event, table) {
                checked += 1;
                let text = |column: &str| text_of(&row, column);
                let rules = (text("rulebook_id"), text("rulebook_version"), text("rulebook_hash"));
                if !same_outcome(&measures, rules, (text("input"), text("outcome")), write) {
                    wrong.push(format!("{table} {} of {}", text(key), event.event_id));
                }
            }
        }
    }
    Check::new("payouts_recomputed", checked, wrong)
}

fn measures(content: &Value, told: &Value) -> Result<Measures, String> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let mut books = Vec::new();
    for book in told["rulebooks"].as_array().into_iter().flatten() {
        let (business_date, recorded_at, event_id) = unstamped();
        books.push(RulebookRow {
            fund_id: text(content, "fund"),
            rulebook_id: text(book, "id"),
            version: text(book, "version"),
            hash: text(book, "sha256"),
            body: text(book, "body"),
            business_date,
            recorded_at,
            event_id,
        });
    }
    let repeals = told["repeals"].as_array().into_iter().flatten();
    let repeals: Vec<_> =
        repeals.filter_map(|told| Some((text(told, "rulebook"), told["from"].as_str()?.parse().ok()?))).collect();
    Measures::of(&books, &repeals).map_err(|error| error.to_string())
}
