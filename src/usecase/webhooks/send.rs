//! Sending what is queued.
//!
//! Owns what is sent, how long it may take, and the signature. The signature is HMAC-SHA256 over the
//! second of sending, a dot and the body, in `Pledgefund-Signature: t=…,v1=…`; while a secret is being changed there are
//! two `v1`.
//! **Invariant:** the network address that was judged is the one that is connected to; no redirection is followed; what
//! the other side answers is not kept.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use ring::hmac;

use super::{allowed, endpoints};
use crate::app::App;
use crate::config::WebhooksConfig;
use crate::domain::outgoing::{check_target, wait_minutes};
use crate::jobs::runner::{Occurrence, Tally};
use crate::storage::Scope;
use crate::storage::find::webhooks;
use crate::storage::rows::webhooks::{WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow};
use crate::usecase::UseCaseError;
use crate::usecase::outside::{self, Reach};

/// Deliveries of one run.
const MOST: i64 = 200;
/// Time for one delivery, connection and answer together.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest fault that is kept, in characters.
const LONGEST_FAULT: usize = 300;

/// Queues what happened and sends what is due.
///
/// # Errors
/// Storage. A delivery that fails is counted and tried again later.
pub fn deliver_due(occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let mut tally = Tally::default();
    tally.add("queued", super::queue::follow(app, &occurrence.act())?);
    let now = app.store.clock().now();
    let mut silent: BTreeSet<String> = BTreeSet::new();
    for delivery in webhooks::due(&mut *app.store.read()?, now, MOST)? {
        // Whoever did not answer a moment ago would only hold up the others.
        if silent.contains(&delivery.endpoint_id) {
            continue;
        }
        let versions = webhooks::versions(&mut *app.store.read()?, app.fund_id(), &delivery.endpoint_id)?;
        if versions.first().is_none_or(|endpoint| endpoint.state != "active") {
            continue;
        }
        let tried = one_try(app, &versions, &delivery, now);
        if tried.status.is_none() {
            silent.insert(delivery.endpoint_id.clone());
        }
        let (after, attempt) = after_try(&delivery, tried, now);
        tally.add(if after.state == "delivered" { "delivered" } else { "refused" }, 1);
        app.store.write(&Scope::system(), &occurrence.act(), |tx| webhooks::record(tx, &after, &attempt))?;
    }
    Ok(tally)
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Status of the answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub fault: Option<String>,
}

fn failed(fault: impl Into<String>) -> Tried {
    Tried { status: None, fault: Some(fault.into()) }
}

fn one_try(app: &App, versions: &[WebhookEndpointRow], delivery: &WebhookDeliveryRow, now: NaiveDateTime) -> Tried {
    let Some(endpoint) = versions.first() else { return failed("WEBHOOK_UNKNOWN") };
    let settings = &app.config.webhooks;
    // The list may have changed since the endpoint was added.
    if let Err(fault) = check_target(&endpoint.url, &allowed(settings)) {
        return failed(fault.code());
    }
    let Some(secrets) = secrets(app, versions, now) else { return failed("WEBHOOK_SECRET") };
    let signature = signature(&secrets, now.and_utc().timestamp(), &delivery.body);
    post(settings, endpoint, delivery, &signature)
}

/// The secret, and the one before it while both sign.
fn secrets(app: &App, versions: &[WebhookEndpointRow], now: NaiveDateTime) -> Option<Vec<Vec<u8>>> {
    let (newest, older) = versions.split_first()?;
    let open = |row: &WebhookEndpointRow| app.sealer.unseal(&endpoints::purpose(&row.endpoint_id), &row.secret).ok();
    let mut secrets = vec![open(newest)?];
    let before = older.iter().find(|row| row.secret != newest.secret);
    // The version that brought the secret says how long the one before it signs; later versions only switch it on or off.
    let overlap =
        versions.iter().take_while(|row| row.secret == newest.secret).last().and_then(|row| row.overlap_until);
    if let (Some(before), Some(until)) = (before, overlap)
        && now < until
    {
        secrets.push(open(before)?);
    }
    Some(secrets)
}

/// The value of the signature's header.
#[must_use]
pub fn signature(secrets: &[Vec<u8>], second: i64, body: &str) -> String {
    let signed = format!("{second}.{body}");
    let mut value = format!("t={second}");
    for secret in secrets {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        value.push_str(",v1=");
        value.push_str(&crate::hash::hex(tag.as_ref()));
    }
    value
}

fn post(
    settings: &WebhooksConfig,
    endpoint: &WebhookEndpointRow,
    delivery: &WebhookDeliveryRow,
    signature: &str,
) -> Tried {
    let agent = outside::agent(Reach {
        plain_http: settings.plain_http,
        private_addresses: settings.private_addresses,
        patience: PATIENCE,
        calls_itself: "pledgefund-webhook/1",
        refusal: "WEBHOOK_ADDRESS",
    });
    let sent = agent
        .post(&endpoint.url)
        .header("Content-Type", "application/json")
        .header("Pledgefund-Delivery", &delivery.delivery_id)
        .header("Pledgefund-Event", &delivery.kind)
        .header("Pledgefund-Signature", signature)
        .send(delivery.body.as_bytes());
    match sent {
        Ok(answer) => {
            let status = answer.status();
            let fault = (!status.is_success()).then(|| format!("HTTP {}", status.as_u16()));
            Tried { status: Some(status.as_u16()), fault }
        }
        Err(error) => failed(error.to_string()),
    }
}

fn after_try(before: &WebhookDeliveryRow, tried: Tried, now: NaiveDateTime) -> (WebhookDeliveryRow, WebhookAttemptRow) {
    let attempts = before.attempts.saturating_add(1);
    let attempt = WebhookAttemptRow {
        delivery_id: before.delivery_id.clone(),
        attempt: attempts,
        tried_at: now,
        status: tried.status.map(i64::from),
        fault: tried.fault.as_ref().map(|fault| fault.chars().take(LONGEST_FAULT).collect()),
    };
    let mut after = WebhookDeliveryRow { attempts, ..before.clone() };
    if tried.fault.is_none() {
        after.state = "delivered".to_owned();
        after.delivered_at = Some(now);
        return (after, attempt);
    }
    // 410: the other side says that nobody listens there any more.
    match wait_minutes(attempts).filter(|_| tried.status != Some(410)) {
        Some(minutes) => after.next_try_at = now.checked_add_signed(TimeDelta::minutes(minutes)).unwrap_or(now),
        None => after.state = "failed".to_owned(),
    }
    (after, attempt)
}
