//! The audit chain: every event is hashed together with the one before it in its scope.
//!
//! Owns the canonical bytes of an event and the head of a whole installation.
//! **Invariant:** the hash of an event covers every column of it; changing any byte breaks the chain there.

use crate::hash::sm3_fields_hex;

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

/// Hash algorithm of new events.
pub const ALGORITHM: &str = "sm3";

/// The hash an event must have, from its own columns.
#[must_use]
pub fn hash_of(event: &EventRow) -> String {
    let business_date = event.business_date.to_string();
    let recorded_at = event.recorded_at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    let seq = event.seq.to_string();
    let fields = [
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
    sm3_fields_hex(&fields.map(str::as_bytes))
}

/// One hash over the heads of all chains, in order of their keys: the digest that `verify` prints.
#[must_use]
pub fn digest_of(heads: &[(String, i64, String)]) -> String {
    let mut sorted = heads.to_vec();
    sorted.sort();
    let texts: Vec<String> = sorted.into_iter().map(|(key, seq, hash)| format!("{key}#{seq}#{hash}")).collect();
    sm3_fields_hex(&texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>())
}
