//! Endpoints: added, given another secret, switched off and on by a system administrator.
//!
//! **Invariant:** a secret is shown once, when it is made; what is kept of it is sealed.

use chrono::TimeDelta;

use super::{allowed, notice, unknown};
use crate::app::App;
use crate::domain::outgoing::check_target;
use crate::domain::people::Role;
use crate::domain::person::PersonName;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{events, parties, webhooks};
use crate::storage::rows::webhooks::WebhookEndpointRow;
use crate::storage::{Act, Scope, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;
use crate::usecase::lives::offices::offices;

/// Hours for which the old secret signs beside a new one, at most.
pub const LONGEST_OVERLAP_HOURS: u32 = 168;

/// A new endpoint.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// What it is for.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Bank whose system it is; nothing for a system of the fund.
    pub bank: Option<String>,
    /// Kinds of event it asks for; empty for all.
    pub kinds: Vec<String>,
}

/// An endpoint and its secret, which is told this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Identifier.
    pub endpoint_id: String,
    /// Secret.
    pub secret: String,
}

/// Adds an endpoint. It is told what happens from now on.
///
/// # Errors
/// `Act`, with nothing saved; storage.
pub fn add(app: &App, new: &NewEndpoint, act: &Act) -> Result<Opened, UseCaseError> {
    check_target(&new.url, &allowed(&app.config.webhooks))
        .map_err(|fault| ActRefusal::new(fault.code(), vec![("url", new.url.clone())]))?;
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        return Err(ActRefusal::new("WEBHOOK_NAME", Vec::new()).into());
    }
    let kinds = kinds_of(&new.kinds)?;
    let endpoint_id = format!("wh_{}", crate::hash::hex(&rand::random::<[u8; 8]>()));
    let secret = new_secret();
    let sealed = app.sealer.seal(&purpose(&endpoint_id), secret.as_bytes());
    let fund_id = app.fund_id();
    app.store.write(&Scope::system().and(Scope::fund(fund_id)), act, |tx| {
        must_administer(tx, fund_id)?;
        if let Some(bank) = &new.bank
            && !parties::partners(tx, fund_id)?.iter().any(|partner| partner.code == *bank)
        {
            return Err(ActRefusal::new("PARTNER_UNKNOWN", vec![("partner", bank.clone())]).into());
        }
        let (business_date, recorded_at, event_id) = unstamped();
        let row = WebhookEndpointRow {
            fund_id: fund_id.to_owned(),
            endpoint_id: endpoint_id.clone(),
            version: 1,
            name: new.name.trim().to_owned(),
            url: new.url.clone(),
            bank: new.bank.clone(),
            kinds: kinds.clone(),
            state: "active".to_owned(),
            secret: sealed.clone(),
            overlap_until: None,
            person: tx.actor().to_owned(),
            note: String::new(),
            business_date,
            recorded_at,
            event_id,
        };
        let heads = events::heads(tx)?;
        record(tx, row)?;
        for (chain, last_seq, _hash) in heads {
            webhooks::move_cursor(tx, &endpoint_id, &chain, last_seq)?;
        }
        Ok::<(), UseCaseError>(())
    })?;
    Ok(Opened { endpoint_id, secret })
}

/// Gives an endpoint another secret; the old one signs beside it for some hours.
///
/// # Errors
/// `Act`, with nothing saved; storage.
pub fn rotate(app: &App, endpoint_id: &str, overlap_hours: u32, act: &Act) -> Result<Opened, UseCaseError> {
    if overlap_hours > LONGEST_OVERLAP_HOURS {
        let most = LONGEST_OVERLAP_HOURS.to_string();
        return Err(ActRefusal::new("WEBHOOK_OVERLAP", vec![("most", most)]).into());
    }
    let secret = new_secret();
    let sealed = app.sealer.seal(&purpose(endpoint_id), secret.as_bytes());
    change(app, endpoint_id, act, |row, now| {
        row.secret.clone_from(&sealed);
        row.overlap_until = now.checked_add_signed(TimeDelta::hours(i64::from(overlap_hours)));
        "secret".clone_into(&mut row.note);
    })?;
    Ok(Opened { endpoint_id: endpoint_id.to_owned(), secret })
}

/// Switches an endpoint on or off. What happens meanwhile is told when it is on again.
///
/// # Errors
/// `Act`, with nothing saved; storage.
pub fn switch(app: &App, endpoint_id: &str, on: bool, note: &str, act: &Act) -> Result<(), UseCaseError> {
    change(app, endpoint_id, act, |row, _now| {
        row.state = if on { "active" } else { "disabled" }.to_owned();
        note.trim().clone_into(&mut row.note);
    })
}

fn change(
    app: &App,
    endpoint_id: &str,
    act: &Act,
    changed: impl Fn(&mut WebhookEndpointRow, chrono::NaiveDateTime),
) -> Result<(), UseCaseError> {
    let fund_id = app.fund_id();
    app.store.write(&Scope::fund(fund_id), act, |tx| {
        must_administer(tx, fund_id)?;
        let newest = webhooks::versions(tx, fund_id, endpoint_id)?.into_iter().next();
        let mut row = newest.ok_or_else(|| unknown(endpoint_id))?;
        row.version = row.version.saturating_add(1);
        row.overlap_until = None;
        tx.actor().clone_into(&mut row.person);
        changed(&mut row, tx.now());
        record(tx, row)
    })
}

fn record(tx: &mut Tx<'_>, row: WebhookEndpointRow) -> Result<(), UseCaseError> {
    let chain = Chain::Fund { fund_id: row.fund_id.clone() };
    let subject = row.endpoint_id.clone();
    tx.record(Change::new(chain, "webhook.changed", subject).with(row))?;
    Ok(())
}

/// Only a system administrator opens ways out of the house.
pub(super) fn must_administer(tx: &mut Tx<'_>, fund_id: &str) -> Result<(), UseCaseError> {
    let actor = tx.actor().to_owned();
    let person = PersonName::read(&actor).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let on = tx.on();
    let held = offices(tx, fund_id, &person, on)?;
    if held.iter().any(|office| office.role == Role::SystemAdministrator) {
        return Ok(());
    }
    Err(ActRefusal::new("ACT_ROLE", Vec::new()).into())
}

/// Kinds as they are kept: separated by blanks, `*` for all.
fn kinds_of(asked: &[String]) -> Result<String, UseCaseError> {
    if asked.is_empty() {
        return Ok("*".to_owned());
    }
    for kind in asked {
        let life = kind.split_once('.').map(|(life, _act)| life);
        let is_known = notice::KINDS.contains(&kind.as_str()) || life.is_some_and(|life| notice::LIVES.contains(&life));
        if !is_known || !kind.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '_' || c == '*') {
            return Err(ActRefusal::new("WEBHOOK_KIND", vec![("kind", kind.clone())]).into());
        }
    }
    Ok(asked.join(" "))
}

fn new_secret() -> String {
    format!("whsec_{}", crate::hash::hex(&rand::random::<[u8; 32]>()))
}

/// What a secret is sealed for: a sealed secret put into another endpoint's row does not open.
pub(super) fn purpose(endpoint_id: &str) -> String {
    format!("webhook:{endpoint_id}")
}
