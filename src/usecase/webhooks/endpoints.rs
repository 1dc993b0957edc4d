//! Setting up endpoints: added, given a new secret, switched off, by named persons.
//!
//! **Invariant:** a secret is shown once, when it is made; what is kept of it is sealed.

use chrono::TimeDelta;
use ring::rand::{SecureRandom, SystemRandom};

use super::project::KINDS;
use super::{refused, target};
use crate::app::App;
use crate::hash::hex;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{parties, webhooks as find};
use crate::storage::rows::webhooks::WebhookEndpointRow;
use crate::storage::{Act, Scope, Tx};
use crate::usecase::UseCaseError;

/// What secrets are sealed for.
pub(super) const PURPOSE: &str = "webhook_secret";
/// How long the secret before a new one signs, too.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// What somebody wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where to.
    pub url: String,
    /// Kinds of events, parted by commas.
    pub events: String,
    /// The only bank.
    pub bank: Option<String>,
}

/// An endpoint and the secret it got, to be shown once.
#[derive(Debug, Clone)]
pub struct Made {
    /// As it stands.
    pub row: WebhookEndpointRow,
    /// Its new secret.
    pub secret: String,
}

fn new_secret() -> Result<String, UseCaseError> {
    let mut bytes = [0_u8; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| refused("WEBHOOK_NO_RANDOM", Vec::new()))?;
    Ok(format!("whsec_{}", hex(&bytes)))
}

/// Adds an endpoint.
///
/// # Errors
/// A URL, a host or a kind that is not allowed; a bank that is none; storage.
pub fn add(app: &App, wanted: &Wanted, person: &str) -> Result<Made, UseCaseError> {
    target::read(&wanted.url, &app.config.webhooks).map_err(|fault| refused(fault.code(), vec![wanted.url.clone()]))?;
    let events: Vec<&str> = wanted.events.split(',').map(str::trim).filter(|kind| !kind.is_empty()).collect();
    let known = |wish: &str| KINDS.iter().any(|kind| wants(wish, kind));
    if let Some(unknown) = events.iter().find(|wish| !known(wish)) {
        return Err(refused("WEBHOOK_EVENT", vec![(*unknown).to_owned()]));
    }
    if events.is_empty() {
        return Err(refused("WEBHOOK_EVENT", vec![wanted.events.clone()]));
    }
    let secret = new_secret()?;
    let row = change(app, person, "webhook.added", |tx| {
        if let Some(bank) = &wanted.bank
            && !parties::partners(tx, app.fund_id())?.iter().any(|partner| partner.code == *bank)
        {
            return Err(refused("WEBHOOK_BANK", vec![bank.clone()]));
        }
        let number = find::endpoints(tx, app.fund_id())?.len().saturating_add(1);
        let (business_date, recorded_at, event_id) = unstamped();
        Ok(WebhookEndpointRow {
            fund_id: app.fund_id().to_owned(),
            endpoint_id: format!("webhook-{number}"),
            version: 1,
            url: wanted.url.clone(),
            wants: events.join(","),
            bank: wanted.bank.clone(),
            secret: app.sealer.seal_text(PURPOSE, &secret),
            old_secret: None,
            old_until: None,
            state: "active".to_owned(),
            person: person.to_owned(),
            business_date,
            recorded_at,
            event_id,
        })
    })?;
    Ok(Made { row, secret })
}

/// Gives an endpoint a new secret; for a day the old one signs, too.
///
/// # Errors
/// No such endpoint; storage.
pub fn rotate(app: &App, id: &str, person: &str) -> Result<Made, UseCaseError> {
    let secret = new_secret()?;
    let row = next(app, id, person, "webhook.rotated", |row, now| WebhookEndpointRow {
        old_secret: Some(row.secret.clone()),
        old_until: now.checked_add_signed(OVERLAP),
        secret: app.sealer.seal_text(PURPOSE, &secret),
        ..row
    })?;
    Ok(Made { row, secret })
}

/// Switches an endpoint off.
///
/// # Errors
/// No such endpoint; storage.
pub fn disable(app: &App, id: &str, person: &str) -> Result<WebhookEndpointRow, UseCaseError> {
    next(app, id, person, "webhook.disabled", |row, _now| WebhookEndpointRow { state: "disabled".to_owned(), ..row })
}

fn next(
    app: &App,
    id: &str,
    person: &str,
    kind: &'static str,
    become_: impl Fn(WebhookEndpointRow, chrono::NaiveDateTime) -> WebhookEndpointRow,
) -> Result<WebhookEndpointRow, UseCaseError> {
    change(app, person, kind, |tx| {
        let found = find::endpoints(tx, app.fund_id())?.into_iter().find(|row| row.endpoint_id == id);
        let found = found.ok_or_else(|| refused("WEBHOOK_ENDPOINT", vec![id.to_owned()]))?;
        let version = found.version.saturating_add(1);
        Ok(WebhookEndpointRow { version, person: person.to_owned(), ..become_(found, tx.now()) })
    })
}

fn change(
    app: &App,
    person: &str,
    kind: &'static str,
    make: impl Fn(&mut Tx<'_>) -> Result<WebhookEndpointRow, UseCaseError>,
) -> Result<WebhookEndpointRow, UseCaseError> {
    if person.trim().is_empty() || person.chars().count() > 64 || person.chars().any(char::is_control) {
        return Err(refused("WEBHOOK_PERSON", vec![person.to_owned()]));
    }
    let act = Act::new(person, app.store.clock().today());
    app.store.write(&Scope::system(), &act, |tx| {
        let row = make(tx)?;
        tx.record(Change::new(Chain::System, kind, row.endpoint_id.clone()).with(row.clone()))?;
        Ok(row)
    })
}

/// Whether a wish covers a kind of event.
#[must_use]
pub fn wants(wish: &str, kind: &str) -> bool {
    wish.strip_suffix('*').map_or(wish == kind, |start| kind.starts_with(start))
}
