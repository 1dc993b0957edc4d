//! Delivering what is due, and trying again what did not arrive.
//!
//! **Invariant:** a delivery is taken before it is sent, so that two workers never send it at once; how it ended is
//! written only by who took it last.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::json;

use super::endpoints::PURPOSE;
use super::post::post;
use super::project::{made, project};
use super::sign;
use super::target::{self, Resolve};
use super::{UseCaseError, refused};
use crate::app::App;
use crate::storage::find::webhooks as find;
use crate::storage::rows::webhooks::{WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow};
use crate::storage::{Act, Scope};

/// Minutes until the next try, by number of tries; the last repeats.
const RETRY_MINUTES: [i64; 6] = [1, 5, 15, 60, 240, 720];
/// Tries after which a delivery is given up and shown.
pub const MOST_TRIES: i64 = 12;
/// How long a taken delivery stays with its worker.
const TAKEN: TimeDelta = TimeDelta::minutes(2);
/// Deliveries of one run.
const AT_ONCE: i64 = 100;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran {
    /// Deliveries made from events.
    pub made: usize,
    /// Arrived.
    pub delivered: usize,
    /// To be tried again, or given up.
    pub refused: usize,
}

/// Makes deliveries of new events and sends what is due.
///
/// # Errors
/// Storage. A delivery that does not arrive is counted and tried again later.
pub fn run(app: &App, act: &Act, resolve: &dyn Resolve) -> Result<Ran, UseCaseError> {
    let mut ran = Ran { made: project(app, act)?, ..Ran::default() };
    let now = app.store.clock().now();
    let due = find::due(&mut *app.store.read()?, now, AT_ONCE)?;
    for row in due {
        let again = now.checked_add_signed(TAKEN).unwrap_or(now);
        if !app.store.write(&Scope::system(), act, |tx| find::take(tx, &row, again))? {
            continue;
        }
        let endpoints = find::endpoints(&mut *app.store.read()?, app.fund_id())?;
        let endpoint = endpoints.into_iter().find(|endpoint| endpoint.endpoint_id == row.endpoint_id);
        let answered = send(app, endpoint.as_ref(), &row, resolve);
        let arrived = matches!(answered, Ok(status) if (200..300).contains(&status));
        let (after, attempt) = after_try(&row, &answered, now);
        app.store.write(&Scope::system(), act, |tx| find::record(tx, &after, &attempt))?;
        if arrived {
            ran.delivered += 1;
        } else {
            tracing::warn!(delivery = %row.delivery_id, "webhook not delivered: {}", attempt.error);
            ran.refused += 1;
        }
    }
    Ok(ran)
}

fn send(
    app: &App,
    endpoint: Option<&WebhookEndpointRow>,
    row: &WebhookDeliveryRow,
    resolve: &dyn Resolve,
) -> Result<u16, String> {
    let settings = &app.config.webhooks;
    let endpoint = endpoint.filter(|endpoint| endpoint.state == "active").ok_or("WEBHOOK_DISABLED")?;
    let target = target::read(&endpoint.url, settings).map_err(|fault| fault.code().to_owned())?;
    let addresses = target::addresses(&target, settings, resolve).map_err(|fault| fault.code().to_owned())?;
    let now = app.store.clock().now();
    let old = endpoint.old_secret.as_ref().filter(|_| endpoint.old_until.is_some_and(|until| now < until));
    let secrets: Result<Vec<String>, _> =
        [Some(&endpoint.secret), old].into_iter().flatten().map(|text| app.sealer.unseal_text(PURPOSE, text)).collect();
    let secrets = secrets.map_err(|_broken| "WEBHOOK_SECRET".to_owned())?;
    let signature = sign::header(&secrets, now.and_utc().timestamp(), &row.body);
    let headers = [
        (sign::HEADER, signature.as_str()),
        ("Pledgefund-Delivery", row.delivery_id.as_str()),
        ("Pledgefund-Event", row.kind.as_str()),
    ];
    post(&target, &addresses, &headers, &row.body)
}

/// How a delivery stands after a try.
#[must_use]
pub fn after_try(
    before: &WebhookDeliveryRow,
    answered: &Result<u16, String>,
    now: NaiveDateTime,
) -> (WebhookDeliveryRow, WebhookAttemptRow) {
    let attempts = before.attempts.saturating_add(1);
    let (arrived, error) = match answered {
        Ok(status) if (200..300).contains(status) => (true, String::new()),
        Ok(status) => (false, format!("status {status}")),
        Err(reason) => (false, reason.clone()),
    };
    let status = answered.as_ref().ok().map(|status| i64::from(*status));
    let attempt =
        WebhookAttemptRow { delivery_id: before.delivery_id.clone(), attempt: attempts, at: now, status, error };
    let step = usize::try_from(before.attempts).unwrap_or(usize::MAX);
    let wait = RETRY_MINUTES.get(step).or(RETRY_MINUTES.last()).copied().unwrap_or(720);
    // An endpoint that says it is gone is not asked again.
    let given_up = attempts % MOST_TRIES == 0 || status == Some(410);
    let state = match (arrived, given_up) {
        (true, _) => "delivered",
        (false, true) => "failed",
        (false, false) => "queued",
    };
    let after = WebhookDeliveryRow {
        state: state.to_owned(),
        attempts,
        next_try_at: now.checked_add_signed(TimeDelta::minutes(wait)).unwrap_or(now),
        delivered_at: if arrived { Some(now) } else { before.delivered_at },
        ..before.clone()
    };
    (after, attempt)
}

/// Sends a delivery again, whatever became of it.
///
/// # Errors
/// No such delivery; storage.
pub fn replay(app: &App, delivery_id: &str, person: &str) -> Result<(), UseCaseError> {
    let act = Act::new(person, app.store.clock().today());
    let known = app.store.write(&Scope::system(), &act, |tx| find::replay(tx, delivery_id))?;
    if known { Ok(()) } else { Err(refused("WEBHOOK_DELIVERY", vec![delivery_id.to_owned()])) }
}

/// Queues a telling that tells nothing, to see whether it arrives. Gives its number.
///
/// # Errors
/// No such endpoint; storage.
pub fn test(app: &App, endpoint_id: &str, person: &str) -> Result<String, UseCaseError> {
    let act = Act::new(person, app.store.clock().today());
    app.store.write(&Scope::system(), &act, |tx| {
        let found = find::endpoints(tx, app.fund_id())?.into_iter().find(|row| row.endpoint_id == endpoint_id);
        let endpoint = found.ok_or_else(|| refused("WEBHOOK_ENDPOINT", vec![endpoint_id.to_owned()]))?;
        let now = tx.now();
        let key = crate::hash::sha256_hex(format!("{endpoint_id}|test|{now}").as_bytes());
        let told = json!({ "type": "webhook.test", "event": "", "fund": app.fund_id(),
            "recorded_at": now.and_utc().to_rfc3339() });
        let row = made(&endpoint, &key, now, &told);
        find::queue(tx, &row)?;
        Ok(row.delivery_id)
    })
}
