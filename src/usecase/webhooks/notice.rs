//! What of an event leaves.
//!
//! **Invariant:** a notice names what happened and to what, never figures, names or papers: who is told asks the
//! interface, where it sees what it may see.

use serde_json::{Map, Value, json};

use crate::storage::rows::events::EventRow;

/// Kinds of event without an act that are told.
pub const KINDS: [&str; 11] = [
    "attachment.added",
    "claim.computed",
    "claim.submitted",
    "coverage.revised",
    "file.imported",
    "import.undone",
    "loan.expired",
    "loan.released",
    "money.received",
    "report.issued",
    "servicing.reported",
];
/// Lives whose acts are told, as `claim.approved`. Persons are not: who works where is nobody's business outside.
pub const LIVES: [&str; 5] = ["claim", "fund", "loan", "partner", "registration"];
/// Kind of a trial.
pub const TRIAL: &str = "webhook.trial";

/// What is told of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Kind, as `claim.approved`.
    pub kind: String,
    /// Bank it is about; nothing where it is about the fund as a whole.
    pub bank: Option<String>,
    /// What it is about.
    pub subject: String,
    /// Number of the act.
    pub version: Option<i64>,
}

impl Notice {
    /// The bytes that are sent.
    #[must_use]
    pub fn body(&self, delivery_id: &str, event: &EventRow) -> String {
        let mut told = Map::new();
        told.insert("id".to_owned(), json!(delivery_id));
        told.insert("type".to_owned(), json!(self.kind));
        told.insert("fund".to_owned(), json!(event.fund_id));
        told.insert("bank".to_owned(), json!(self.bank));
        told.insert("subject".to_owned(), json!(self.subject));
        told.insert("version".to_owned(), json!(self.version));
        told.insert("business_date".to_owned(), json!(event.business_date.to_string()));
        told.insert("recorded_at".to_owned(), json!(event.recorded_at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()));
        Value::Object(told).to_string()
    }
}

/// What is told of an event, in the order of its acts; nothing of most events.
#[must_use]
pub fn notices_of(event: &EventRow) -> Vec<Notice> {
    let acts = acts_of(&event.payload);
    if acts.is_empty() {
        if !KINDS.contains(&event.kind.as_str()) {
            return Vec::new();
        }
        let bank = bank_of_chain(event).or_else(|| bank_of_subject(&event.fund_id, &event.subject));
        let (kind, subject) = (event.kind.clone(), event.subject.clone());
        return vec![Notice { kind, bank, subject, version: None }];
    }
    let told = acts.into_iter().filter(|act| LIVES.contains(&act.life.as_str()));
    told.map(|act| Notice {
        kind: format!("{}.{}", act.life, act.act),
        bank: match act.life.as_str() {
            "partner" => Some(act.subject.clone()),
            "fund" => None,
            _ => bank_of_subject(&event.fund_id, &act.subject),
        },
        subject: act.subject,
        version: Some(act.version),
    })
    .collect()
}

struct Told {
    life: String,
    subject: String,
    act: String,
    version: i64,
}

/// The acts an event wrote, out of its payload: columns and rows.
fn acts_of(payload: &str) -> Vec<Told> {
    let Ok(tables) = serde_json::from_str::<Value>(payload) else { return Vec::new() };
    let columns: Vec<&str> =
        tables["acts"]["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |name: &str| columns.iter().position(|column| *column == name);
    let (Some(life), Some(subject), Some(act), Some(version)) =
        (place("life"), place("subject"), place("act"), place("version"))
    else {
        return Vec::new();
    };
    let rows = tables["acts"]["rows"].as_array().into_iter().flatten();
    rows.filter_map(|row| {
        let text = |at: usize| row[at].as_str().map(str::to_owned);
        Some(Told { life: text(life)?, subject: text(subject)?, act: text(act)?, version: row[version].as_i64()? })
    })
    .collect()
}

fn bank_of_chain(event: &EventRow) -> Option<String> {
    let (_fund, bank) = event.chain.strip_prefix("bank:")?.split_once(':')?;
    Some(bank.to_owned())
}

/// Loans and claims are named by fund, bank and contract.
fn bank_of_subject(fund_id: &str, subject: &str) -> Option<String> {
    let (bank, _contract) = subject.strip_prefix(fund_id)?.strip_prefix(':')?.split_once(':')?;
    (!bank.is_empty()).then(|| bank.to_owned())
}
