//! The audit chain: every event is hashed together with the one before it in its scope.
//!
//! Owns the canonical bytes of an event and the head of a whole installation.
//! **Invariant:** the hash of an event covers every column of it; changing any byte breaks the chain there.

use crate::hash::{sha256_fields_hex, sm3_fields_hex};

use super::rows::events::EventRow;

/// The chain an event belongs to: one a bank, one a fund, one for the system, so that banks do not wait for
/// each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chain {
    /// The installation itself.
    System,
    /// A fund.
    Fund {
        /// Fund.
        fund_id: String,
    },
    /// A bank within a fund.
    Bank {
        /// Fund.
        fund_id: String,
        /// Code of the bank.
        bank: String,
    },
}

impl Chain {
    /// Key of the scope row that heads the chain.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Chain::System => "system".to_owned(),
            Chain::Fund { fund_id } => format!("fund:{fund_id}"),
            Chain::Bank { fund_id, bank } => format!("bank:{fund_id}:{bank}"),
        }
    }

    /// The fund whose data the event is about; empty for the installation.
    #[must_use]
    pub fn fund_id(&self) -> &str {
        match self {
            Chain::System => "",
            Chain::Fund { fund_id } | Chain::Bank { fund_id, .. } => fund_id,
        }
    }
}

/// How events are hashed. Every event names its own, so that a chain may change from one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// SM3 (GB/T 32905), the national standard.
    #[default]
    Sm3,
    /// SHA-256 (FIPS 180-4).
    Sha256,
}

impl Algorithm {
    /// Stable word, as events and settings name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Algorithm::Sm3 => "sm3",
            Algorithm::Sha256 => "sha256",
        }
    }

    /// From the word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Algorithm> {
        [Algorithm::Sm3, Algorithm::Sha256].into_iter().find(|known| known.code() == code)
    }

    fn hex(self, fields: &[&[u8]]) -> String {
        match self {
            Algorithm::Sm3 => sm3_fields_hex(fields),
            Algorithm::Sha256 => sha256_fields_hex(fields),
        }
    }
}

/// From where a change was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Identifier of the request.
    pub request_id: Option<String>,
    /// Address of who asked, or `console`, or `server` for what the server does by itself.
    pub source: Option<String>,
    /// How it was made sure who asked: `session:…`, `token:…`.
    pub via: Option<String>,
}

impl Circumstances {
    /// Something done at the console of the machine.
    #[must_use]
    pub fn console() -> Circumstances {
        Circumstances { source: Some("console".to_owned()), ..Circumstances::default() }
    }

    /// Something the server does by itself.
    #[must_use]
    pub fn server() -> Circumstances {
        Circumstances { source: Some("server".to_owned()), ..Circumstances::default() }
    }

    /// As it is stored: JSON with sorted keys, empty where nothing is known.
    #[must_use]
    pub fn text(&self) -> String {
        let told = [("request_id", &self.request_id), ("source", &self.source), ("via", &self.via)];
        let known: serde_json::Map<String, serde_json::Value> = told
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| (name.to_owned(), value.clone().into())))
            .collect();
        if known.is_empty() { String::new() } else { serde_json::Value::Object(known).to_string() }
    }
}

/// The hash an event must have, from its own columns; empty for an algorithm that is not known. What was written
/// before circumstances were kept has none, and its hash covers one field less.
#[must_use]
pub fn hash_of(event: &EventRow) -> String {
    let Some(algorithm) = Algorithm::from_code(&event.alg) else { return String::new() };
    let business_date = event.business_date.to_string();
    let recorded_at = event.recorded_at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    let seq = event.seq.to_string();
    let mut fields = vec![
        event.event_id.as_str(),
        event.chain.as_str(),
        seq.as_str(),
        event.fund_id.as_str(),
        event.kind.as_str(),
        event.subject.as_str(),
        event.actor.as_str(),
        business_date.as_str(),
        recorded_at.as_str(),
        event.payload.as_str(),
        event.alg.as_str(),
        event.prev_hash.as_str(),
    ];
    if !event.context.is_empty() {
        fields.push(event.context.as_str());
    }
    algorithm.hex(&fields.into_iter().map(str::as_bytes).collect::<Vec<_>>())
}

/// One hash over the heads of all chains, in order of their keys: the digest that `verify` prints.
#[must_use]
pub fn digest_of(heads: &[(String, i64, String)]) -> String {
    let mut sorted = heads.to_vec();
    sorted.sort();
    let texts: Vec<String> = sorted.into_iter().map(|(key, seq, hash)| format!("{key}#{seq}#{hash}")).collect();
    sm3_fields_hex(&texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>())
}
