//! Telling the systems of banks and of the fund what happens (webhooks).
//!
//! Owns the endpoints (`endpoints`), what of an event leaves (`notice`), the queue that follows the audit chain
//! (`queue`) and the sending (`send`). The chain itself is the outbox: an event is there if and only if what it tells has
//! happened, so that nothing is told that was taken back and nothing is forgotten.
//! **Invariant:** an endpoint of a bank is told of that bank and of nothing else; every notice is signed, and told
//! again until it arrives or is given up for everybody to see.

pub mod endpoints;
pub mod notice;
pub mod queue;
pub mod send;

use crate::config::WebhooksConfig;
use crate::domain::outgoing::Allowed;
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;

/// What the settings allow.
#[must_use]
pub fn allowed(settings: &WebhooksConfig) -> Allowed {
    Allowed { hosts: settings.allowed_hosts.clone(), plain_http: settings.plain_http }
}

fn unknown(endpoint_id: &str) -> UseCaseError {
    ActRefusal::new("WEBHOOK_UNKNOWN", vec![("endpoint", endpoint_id.to_owned())]).into()
}
