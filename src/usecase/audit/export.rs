//! The audit chain carried out of the house: everything that a program needs which knows nothing else.
//!
//! Owns the files of an export: the events in their canonical fields, where every chain begins and ends, the rulebooks
//! that payouts were computed by, the balances, and a signed manifest over all of it.
//! **Invariant:** the export is read from one state of the books, and `offline::check` needs nothing but its files.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Value, json};

use super::head::end_of;
use crate::app::App;
use crate::domain::calendar::utc_of_beijing;
use crate::export::stored_zip::Files;
use crate::hash::sha256_hex;
use crate::i18n::{self, Lang};
use crate::signing::{Signed, SigningKey};
use crate::storage::chain::digest_of;
use crate::storage::copy::steady;
use crate::storage::facts::Fact;
use crate::storage::find::{events, money, parties, rulebook_steps};
use crate::storage::rows::events::EventRow;
use crate::storage::rows::money::LedgerLineRow;
use crate::storage::{Db, StoreError};
use crate::usecase::UseCaseError;

/// Form of an export.
pub const FORMAT: &str = "pledgefund-audit-export-1";
/// Name of the signed list of files.
pub const MANIFEST: &str = "manifest.json";
/// Name of the events, one JSON document a line.
pub const EVENTS: &str = "events.jsonl";
/// Name of the rulebooks.
pub const RULEBOOKS: &str = "rulebooks.json";
/// Name of the balances before the first and after the last exported event.
pub const BALANCES: &str = "balances.json";
/// The fields that the hash of an event covers, in their order; the last is left out where it is empty.
pub const HASHED: [&str; 13] = [
    "event_id",
    "chain",
    "seq",
    "fund_id",
    "kind",
    "subject",
    "actor",
    "business_date",
    "recorded_at",
    "payload",
    "alg",
    "prev_hash",
    "context",
];

/// Events read at a time.
const PAGE: i64 = 64;

/// Which days are exported, by the Beijing day on which an event was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// First day; the beginning where there is none.
    pub from: Option<NaiveDate>,
    /// Last day; the present where there is none.
    pub to: Option<NaiveDate>,
}

impl Days {
    fn begins(self) -> Option<NaiveDateTime> {
        self.from.map(|day| utc_of_beijing(day.and_time(NaiveTime::MIN)))
    }

    fn ends(self) -> Option<NaiveDateTime> {
        self.to.map(end_of)
    }
}

/// A chain's place: key, number, hash.
type Place = (String, i64, String);

/// What was gathered of the chains.
#[derive(Debug, Default)]
struct Gathered {
    lines: Vec<u8>,
    count: usize,
    openings: Vec<Place>,
    heads: Vec<Place>,
    /// Signed sums of accounts before the export and up to its end, in fen.
    before: BTreeMap<String, i64>,
    after: BTreeMap<String, i64>,
}

/// Signed amounts of the ledger lines of an event, by account.
type Booked = BTreeMap<String, Vec<(String, i64)>>;

/// Makes the files of an export.
///
/// # Errors
/// Storage.
pub fn make(app: &App, db: &mut Db, days: Days, key: &SigningKey) -> Result<Files, UseCaseError> {
    let made_at = app.store.clock().now();
    steady(db, |db| {
        let mut gathered = gather(db, app.fund_id(), days)?;
        if days.to.is_none() {
            // The balances as they are kept, so that they are proved too.
            let kept = money::balances(db, app.fund_id())?;
            gathered.after = kept.into_iter().map(|row| (row.account, row.balance_fen)).collect();
        }
        let mut files = Files::new();
        files.insert(RULEBOOKS.to_owned(), pretty(&rulebooks(db, app.fund_id())?));
        files.insert(BALANCES.to_owned(), pretty(&balances(&gathered)));
        for (name, lang) in [("readme.zh.txt", Lang::Zh), ("readme.en.txt", Lang::En)] {
            files.insert(name.to_owned(), i18n::text(lang, "audit.readme", &[]).into_bytes());
        }
        files.insert(EVENTS.to_owned(), std::mem::take(&mut gathered.lines));
        let listed: Vec<Value> = files.iter().map(|(path, content)| entry(path, content)).collect();
        let manifest = json!({
            "format": FORMAT,
            "fund": app.fund_id(),
            "made_at": made_at.and_utc().to_rfc3339(),
            "from": days.from.map(|day| day.to_string()),
            "to": days.to.map(|day| day.to_string()),
            "hashed_fields": HASHED,
            "events": gathered.count,
            "openings": places(&gathered.openings),
            "heads": places(&gathered.heads),
            "digest": digest_of(&gathered.heads),
            "files": listed,
        });
        let signed = serde_json::to_value(Signed::by(manifest, key)).unwrap_or_default();
        files.insert(MANIFEST.to_owned(), pretty(&signed));
        Ok(files)
    })
}

/// How a JSON file of an export is written.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn entry(path: &str, content: &[u8]) -> Value {
    json!({ "path": path, "size": content.len(), "sha256": sha256_hex(content) })
}

fn places(places: &[Place]) -> Vec<Value> {
    places.iter().map(|(chain, seq, hash)| json!({ "chain": chain, "seq": seq, "hash": hash })).collect()
}

fn balances(gathered: &Gathered) -> Value {
    let sums = |of: &BTreeMap<String, i64>| -> BTreeMap<String, i64> {
        of.iter().filter(|(_, fen)| **fen != 0).map(|(account, fen)| (account.clone(), *fen)).collect()
    };
    json!({ "before_fen": sums(&gathered.before), "after_fen": sums(&gathered.after) })
}

fn rulebooks(db: &mut Db, fund_id: &str) -> Result<Value, StoreError> {
    let books: Vec<Value> = parties::rulebooks(db, fund_id)?
        .into_iter()
        .map(|row| json!({ "id": row.rulebook_id, "version": row.version, "sha256": row.hash, "body": row.body }))
        .collect();
    let repeals: Vec<Value> = rulebook_steps::all(db, fund_id)?
        .into_iter()
        .filter_map(|step| step.repeals.zip(step.repealed_from))
        .map(|(name, from)| json!({ "rulebook": name, "from": from.to_string() }))
        .collect();
    Ok(json!({ "rulebooks": books, "repeals": repeals }))
}

fn gather(db: &mut Db, fund_id: &str, days: Days) -> Result<Gathered, StoreError> {
    let booked = booked(db, fund_id)?;
    let mut gathered = Gathered::default();
    for chain in events::chains(db)? {
        follow(db, &chain, days, &booked, &mut gathered)?;
    }
    Ok(gathered)
}

/// One chain: what lies before the days, what lies in them; what comes later is left alone.
fn follow(db: &mut Db, chain: &str, days: Days, booked: &Booked, into: &mut Gathered) -> Result<(), StoreError> {
    let (mut seq, mut hash, mut opening) = (0, String::new(), None);
    'pages: loop {
        let page = events::of_chain(db, chain, seq, PAGE)?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            if days.ends().is_some_and(|end| event.recorded_at >= end) {
                break 'pages;
            }
            let lines = booked.get(&event.event_id).map(Vec::as_slice).unwrap_or_default();
            if opening.is_none() && days.begins().is_some_and(|begin| event.recorded_at < begin) {
                add(&mut into.before, lines);
            } else {
                opening.get_or_insert_with(|| (chain.to_owned(), seq, hash.clone()));
                into.lines.extend(line(event).to_string().into_bytes());
                into.lines.push(b'\n');
                into.count += 1;
            }
            add(&mut into.after, lines);
            seq = event.seq;
            hash.clone_from(&event.hash);
        }
    }
    if seq > 0 {
        into.openings.push(opening.unwrap_or_else(|| (chain.to_owned(), seq, hash.clone())));
        into.heads.push((chain.to_owned(), seq, hash));
    }
    Ok(())
}

fn add(sums: &mut BTreeMap<String, i64>, lines: &[(String, i64)]) {
    for (account, fen) in lines {
        let sum = sums.entry(account.clone()).or_default();
        *sum = sum.saturating_add(*fen);
    }
}

fn booked(db: &mut Db, fund_id: &str) -> Result<Booked, StoreError> {
    let mut booked = Booked::new();
    for row in LedgerLineRow::load_all(db)?.into_iter().filter(|row| row.fund_id == fund_id) {
        let fen = if row.side == "debit" { row.amount_fen } else { row.amount_fen.saturating_neg() };
        booked.entry(row.event_id).or_default().push((row.account, fen));
    }
    Ok(booked)
}

/// An event in its canonical fields: written exactly as they are hashed.
fn line(event: &EventRow) -> Value {
    json!({
        "event_id": event.event_id,
        "chain": event.chain,
        "seq": event.seq,
        "fund_id": event.fund_id,
        "kind": event.kind,
        "subject": event.subject,
        "actor": event.actor,
        "business_date": event.business_date.to_string(),
        "recorded_at": event.recorded_at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        "payload": event.payload,
        "alg": event.alg,
        "prev_hash": event.prev_hash,
        "context": event.context,
        "hash": event.hash,
    })
}
