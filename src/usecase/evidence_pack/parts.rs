//! The single files of an evidence pack.
//!
//! **Invariant:** facts are written as they are stored, with the event that carries them, so that a reader can hold
//! them against the audit extract.

use serde_json::{Map, Value, json};

use crate::domain::claim::ClaimAct;
use crate::domain::detail::Act as _;
use crate::i18n::{self, Lang};
use crate::reports::forms::sheet::{say, who};
use crate::storage::Db;
use crate::storage::facts::Fact;
use crate::storage::find::{events, loans, money};
use crate::storage::rows::acts::{ActRow, AttachmentRow};
use crate::storage::rows::claims::ClaimRow;
use crate::usecase::UseCaseError;
use crate::usecase::lives::json::stored;
use crate::usecase::lives::office_of;

/// Columns that hold JSON as text.
const JSON_COLUMNS: [&str; 7] = ["details", "input", "outcome", "reasons", "shares", "documents", "basis"];
/// Endings that a paper keeps; any other becomes `bin`.
const ENDINGS: [&str; 14] =
    ["pdf", "jpg", "jpeg", "png", "tif", "tiff", "ofd", "docx", "xlsx", "doc", "xls", "csv", "txt", "zip"];

/// JSON as a file: indented, with a line end.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text.into_bytes()
}

/// A stored fact with the columns that its event holds.
fn fact<F: Fact>(row: &F) -> Value {
    let mut told = serde_json::to_value(row).unwrap_or_default();
    let (business_date, recorded_at) = row.stamp();
    if let Some(members) = told.as_object_mut() {
        for column in JSON_COLUMNS {
            let read = members.get(column).and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok());
            if let Some(value) = read {
                members.insert(column.to_owned(), value);
            }
        }
        members.insert("business_date".to_owned(), json!(business_date));
        members.insert("recorded_at".to_owned(), json!(recorded_at));
        members.insert("event_id".to_owned(), json!(row.event_id()));
    }
    told
}

/// Stored facts of one table.
pub(super) fn facts<F: Fact>(rows: &[F]) -> Vec<u8> {
    pretty(&Value::Array(rows.iter().map(fact).collect()))
}

/// The claim as filed, with the loan as registered and every enrolment test of it.
pub(super) fn claim(db: &mut Db, filing: &ClaimRow) -> Result<Vec<u8>, UseCaseError> {
    let registration = loans::registration(db, &filing.loan_id)?;
    let version = registration.as_ref().map_or(0, |row| row.version);
    let rights = loans::rights(db, &filing.loan_id, version)?;
    let policies = loans::policies_of(db, &filing.loan_id, version)?;
    let guarantees = loans::guarantees_of(db, &filing.loan_id, version)?;
    let coverages = loans::coverages_of(db, &filing.loan_id)?;
    Ok(pretty(&json!({
        "claim": fact(filing),
        "registration": registration.as_ref().map(fact),
        "rights": rights.iter().map(fact).collect::<Vec<_>>(),
        "policies": policies.iter().map(fact).collect::<Vec<_>>(),
        "guarantees": guarantees.iter().map(fact).collect::<Vec<_>>(),
        "coverages": coverages.iter().map(fact).collect::<Vec<_>>(),
    })))
}

/// Every act as a line with what it says below it.
pub(super) fn acts_told(rows: &[ActRow], lang: Lang) -> Result<Vec<u8>, UseCaseError> {
    let mut text = format!("{}\n\n", say(lang, "pack.acts", &[]));
    if rows.is_empty() {
        text.push_str(&say(lang, "pack.none", &[]));
        text.push('\n');
    }
    for row in rows {
        let act: ClaimAct = stored(row)?;
        let step = say(lang, &format!("act.{}", act.word()), &[]);
        let by = who(lang, &row.person, &office_of(row)?);
        let (nth, day) = (row.version.to_string(), row.business_date.to_string());
        let places = [("nth", &*nth), ("day", &*day), ("step", &*step), ("who", &*by)];
        text.push_str(&say(lang, "pack.acts_line", &places));
        text.push('\n');
        let details: Value = serde_json::from_str(&row.details).unwrap_or_default();
        tell(&mut text, &details, 1, lang);
    }
    Ok(crate::sealing::masked(&text).as_bytes().to_vec())
}

fn tell(text: &mut String, value: &Value, depth: usize, lang: Lang) {
    let indent = "   ".repeat(depth);
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let shown = field_name(name, lang);
                match inner {
                    Value::Object(_) | Value::Array(_) => {
                        text.push_str(&format!("{indent}{shown}:\n"));
                        tell(text, inner, depth.saturating_add(1), lang);
                    }
                    plain => text.push_str(&format!("{indent}{shown}: {}\n", plain_text(plain))),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => tell(text, item, depth, lang),
                    plain => text.push_str(&format!("{indent}- {}\n", plain_text(plain))),
                }
            }
        }
        plain => text.push_str(&format!("{indent}{}\n", plain_text(plain))),
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a field is called on the forms; its own word where no form prints it.
fn field_name(name: &str, lang: Lang) -> String {
    let texts = i18n::texts(lang);
    let known = ["forms.field.", "forms.column."].iter().find_map(|area| texts.get(&format!("{area}{name}")));
    known.map_or_else(|| name.to_owned(), |known| format!("{known} ({name})"))
}

/// Bookings of the claim with their lines.
pub(super) fn bookings(db: &mut Db, filing: &ClaimRow) -> Result<Vec<u8>, UseCaseError> {
    let mut told = Vec::new();
    for row in money::of_source(db, &filing.claim_id)? {
        let mut booking = fact(&row);
        let lines: Vec<Value> = money::lines_of(db, &row.tx_id)?.iter().map(fact).collect();
        if let Some(members) = booking.as_object_mut() {
            members.insert("lines".to_owned(), Value::Array(lines));
        }
        told.push(booking);
    }
    Ok(pretty(&Value::Array(told)))
}

/// Promises made for the claim and for its loan.
pub(super) fn commitments(db: &mut Db, filing: &ClaimRow) -> Result<Vec<u8>, UseCaseError> {
    Ok(facts(&money::commitments_of(db, &filing.fund_id, &[&filing.claim_id, &filing.loan_id])?))
}

/// Events about the claim and its loan, whole, so that their hashes can be computed again; of the events that brought
/// registration and claim with a file, which hold other loans too, the hash alone.
pub(super) fn audit(db: &mut Db, filing: &ClaimRow) -> Result<Vec<u8>, UseCaseError> {
    let own = events::of_subjects(db, &filing.fund_id, &[&filing.claim_id, &filing.loan_id])?;
    let mut brought: Vec<String> = vec![filing.event_id.clone()];
    brought.extend(loans::registration(db, &filing.loan_id)?.map(|row| row.event_id));
    brought.extend(loans::coverage(db, &filing.loan_id)?.map(|row| row.event_id));
    brought.retain(|id| own.iter().all(|event| event.event_id != *id));
    brought.sort();
    brought.dedup();
    let ids: Vec<&str> = brought.iter().map(String::as_str).collect();
    let mut causes = events::causes(db, &ids)?;
    causes.sort();
    let causes: Vec<Value> = causes
        .into_iter()
        .map(|(event_id, actor, hash)| json!({ "event_id": event_id, "actor": actor, "hash": hash }))
        .collect();
    Ok(pretty(&json!({ "events": own, "brought_by": causes })))
}

/// What each paper is, under the name it was handed in with and under the name it has here.
pub(super) fn index(papers: &[AttachmentRow]) -> Vec<u8> {
    let told = (1..).zip(papers).map(|(nth, paper)| {
        let mut told = fact(paper);
        let members = told.as_object_mut().map_or_else(Map::new, std::mem::take);
        let mut named = Map::new();
        named.insert("path".to_owned(), json!(paper_name(nth, paper)));
        named.extend(members);
        Value::Object(named)
    });
    pretty(&Value::Array(told.collect()))
}

/// The name of a paper in the pack: its place, its document code and one of the known endings.
pub(super) fn paper_name(nth: usize, paper: &AttachmentRow) -> String {
    let given = paper.file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ENDINGS.into_iter().find(|known| given.as_deref() == Some(*known)).unwrap_or("bin");
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' { c } else { '-' };
    let document: String = paper.document.chars().take(64).map(plain).collect();
    format!("attachments/{nth:03}-{document}.{ending}")
}
