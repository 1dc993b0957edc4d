//! The provider over the line: what it says of itself, its keys, and a code in exchange for a token.
//!
//! Owns what is remembered of the provider for some minutes.
//! **Invariant:** everything comes from addresses of the settings or of the provider's own document; no redirection is
//! followed; no answer is read beyond a limit.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{NaiveDateTime, TimeDelta};
use serde_json::Value;
use zeroize::Zeroizing;

use super::Fault;
use super::token::{Key, Unverified, keys};
use crate::app::App;
use crate::config::OidcConfig;
use crate::domain::outgoing::host_of;
use crate::link;
use crate::usecase::outside::{self, Reach};

/// Time for one question.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes that are read of an answer.
const LONGEST: u64 = 256 * 1024;
/// How long is remembered what the provider says of itself, and its keys.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);

/// What a provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Itself.
    issuer: String,
    /// Where people sign in.
    pub authorization: String,
    /// Where a code is given for a token.
    token: String,
    /// Where its keys are.
    keys: String,
    /// Whether it names itself in every answer (RFC 9207).
    pub names_itself: bool,
}

/// What is remembered of the provider.
#[derive(Debug, Default)]
pub struct Memory {
    described: Mutex<Option<(Described, NaiveDateTime)>>,
    keys: Mutex<Option<(String, Vec<Key>, NaiveDateTime)>>,
}

fn is_fresh(since: NaiveDateTime, now: NaiveDateTime) -> bool {
    now.signed_duration_since(since) < REMEMBERED
}

fn client(settings: &OidcConfig) -> ureq::Agent {
    outside::agent(Reach {
        plain_http: settings.plain_http,
        private_addresses: settings.private_addresses,
        patience: PATIENCE,
        calls_itself: "pledgefund-sign-in/1",
        refusal: "OIDC_ADDRESS",
    })
}

/// The document of an answer; whatever is not plainly one is a fault.
fn document(what: &str, sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, Fault> {
    let mut answer = sent.map_err(|error| Fault(format!("{what}: {error}")))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(Fault(format!("{what}: HTTP {status}")));
    }
    let bytes = answer.body_mut().with_config().limit(LONGEST).read_to_vec();
    let bytes = bytes.map_err(|error| Fault(format!("{what}: {error}")))?;
    let value = serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object);
    value.ok_or_else(|| Fault(format!("{what}: no JSON object")))
}

/// What the provider says of itself, asked for again after some minutes.
///
/// # Errors
/// `Fault`.
pub fn described(app: &App, settings: &OidcConfig) -> Result<Described, Fault> {
    let now = app.wall.now();
    let known = app.provider.described.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((known, since)) = known
        && known.issuer == settings.issuer
        && is_fresh(since, now)
    {
        return Ok(known);
    }
    let address = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
    let said = document("discovery", client(settings).get(&address).call())?;
    if said["issuer"] != settings.issuer.as_str() {
        return Err(Fault::new("discovery: another issuer"));
    }
    let place = |name: &'static str| {
        let place = said[name].as_str().unwrap_or_default();
        match host_of(place, settings.plain_http) {
            Ok(_) => Ok(place.to_owned()),
            Err(fault) => Err(Fault(format!("discovery: {name}: {fault}"))),
        }
    };
    let found = Described {
        issuer: settings.issuer.clone(),
        authorization: place("authorization_endpoint")?,
        token: place("token_endpoint")?,
        keys: place("jwks_uri")?,
        names_itself: said["authorization_response_iss_parameter_supported"] == true,
    };
    *app.provider.described.lock().unwrap_or_else(PoisonError::into_inner) = Some((found.clone(), now));
    Ok(found)
}

/// The ID token that the provider gives for a code.
///
/// # Errors
/// `Fault`.
pub fn exchange(settings: &OidcConfig, provider: &Described, code: &str, verifier: &str) -> Result<String, Fault> {
    let secret = std::fs::read_to_string(&settings.client_secret_file).map(Zeroizing::new);
    let secret = secret.map_err(|error| Fault(format!("client_secret_file: {error}")))?;
    let pair = format!("{}:{}", link::segment(&settings.client_id), link::segment(secret.trim()));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", settings.redirect_uri.as_str()),
        ("code_verifier", verifier),
    ];
    let sent = client(settings)
        .post(&provider.token)
        .header("Accept", "application/json")
        .header("Authorization", &format!("Basic {}", STANDARD.encode(pair)))
        .send_form(form);
    let said = document("token", sent)?;
    said["id_token"].as_str().map(str::to_owned).ok_or(Fault::new("token: no id_token"))
}

/// The key that a token names. The provider is asked for its keys once more where none of those known fits.
///
/// # Errors
/// `Fault`.
pub fn key_of(app: &App, settings: &OidcConfig, provider: &Described, token: &Unverified<'_>) -> Result<Key, Fault> {
    let now = app.wall.now();
    let known = app.provider.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((place, known, since)) = known
        && place == provider.keys
        && is_fresh(since, now)
        && let Some(key) = token.key(&known)
    {
        return Ok(key.clone());
    }
    let found = keys(&document("keys", client(settings).get(&provider.keys).call())?);
    let key = token.key(&found).cloned();
    *app.provider.keys.lock().unwrap_or_else(PoisonError::into_inner) = Some((provider.keys.clone(), found, now));
    key.ok_or(Fault::new("token: kid"))
}
