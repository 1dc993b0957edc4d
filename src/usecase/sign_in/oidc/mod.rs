//! Signing in by a provider (OpenID Connect Core 1.0: authorization code with PKCE).
//!
//! A sign-in that is under way is bound to its browser: what the provider must repeat lies sealed in a cookie of that
//! browser, and a code that is good once in the database says that it was not taken up yet.
//! **Invariant:** a provider says who somebody is and never makes an account; what it says counts once, for the browser
//! that asked, within ten minutes; why it did not count is told to the log only, without codes and tokens.

pub mod provider;
pub mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::sessions::{self, Entered};
use super::{Refusal, SignInError, Visitor, accounts, act_of, count, random_token, stages};
use crate::app::App;
use crate::config::OidcConfig;
use crate::domain::person::key_of;
use crate::domain::sign_in::id_token::{self, Claims, Expected, TokenFault};
use crate::domain::sign_in::session::Stage;
use crate::hash::{hex, sha256, sha256_hex, unhex};
use crate::link;
use crate::storage::Scope;
use crate::storage::find::{accounts as find, sessions as session_rows};

/// What a sign-in under way is sealed for, and the name of its code that is good once.
const PURPOSE: &str = "oidc";
/// How long signing in at the provider may take.
const LASTS: TimeDelta = TimeDelta::minutes(10);
/// Characters of a provider's error that are logged.
const ERROR_CHARS: usize = 40;

/// Why a provider's answer does not count; for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(String);

impl Fault {
    fn new(what: &str) -> Fault {
        Fault(what.to_owned())
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<TokenFault> for Fault {
    fn from(fault: TokenFault) -> Fault {
        Fault(format!("token: {fault}"))
    }
}

/// Where a browser goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    /// Address at the provider.
    pub address: String,
    /// What the browser keeps meanwhile.
    pub cookie: String,
}

/// With what a browser comes back.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What was to be repeated.
    pub state: String,
    /// Code for a token.
    pub code: String,
    /// The provider's name, where it says it.
    pub issuer: Option<String>,
    /// The provider's refusal.
    pub error: Option<String>,
    /// What the browser kept.
    pub cookie: Option<String>,
}

/// Somebody who came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The session that begins.
    pub entered: Entered,
    /// Where to go afterwards.
    pub next: String,
}

/// A sign-in under way.
struct Trip {
    state: String,
    nonce: String,
    verifier: String,
    begun: i64,
    next: String,
}

impl Trip {
    fn text(&self) -> String {
        json!([self.state, self.nonce, self.verifier, self.begun, self.next]).to_string()
    }

    fn read(text: &[u8]) -> Option<Trip> {
        let all: Value = serde_json::from_slice(text).ok()?;
        let word = |at: usize| all[at].as_str().map(str::to_owned);
        Some(Trip { state: word(0)?, nonce: word(1)?, verifier: word(2)?, begun: all[3].as_i64()?, next: word(4)? })
    }
}

/// The settings, where signing in by a provider is on.
#[must_use]
pub fn settings(app: &App) -> Option<&OidcConfig> {
    Some(&app.config.sign_in.oidc).filter(|settings| settings.is_on())
}

fn code_name(state: &str) -> String {
    format!("{PURPOSE}:{}", sha256_hex(state.as_bytes()))
}

fn told(visitor: &Visitor, fault: &Fault) -> SignInError {
    tracing::warn!(address = visitor.address, what = "provider", fault = %fault, "sign-in refused");
    Refusal::Provider.into()
}

/// Sends a browser to the provider. The try counts for its address until it has succeeded.
///
/// # Errors
/// `Refused`; `Store`.
pub fn away(app: &App, next: &str, visitor: &Visitor) -> Result<Away, SignInError> {
    let settings = settings(app).ok_or(Refusal::Provider)?;
    count::begin(app, &[count::address(&visitor.address)])?;
    let act = act_of(app, "sign-in");
    let provider = match provider::described(app, settings) {
        Ok(provider) => provider,
        Err(fault) => {
            // That the provider is down is nobody's failure here, and the way by password stays open.
            app.store.write(&Scope::system(), &act, |tx| count::give_back_address(tx, &visitor.address))?;
            return Err(told(visitor, &fault));
        }
    };
    let now = app.wall.now();
    let trip = Trip {
        state: random_token(),
        nonce: random_token(),
        verifier: random_token(),
        begun: now.and_utc().timestamp(),
        next: next.to_owned(),
    };
    let cookie = hex(&app.sealer.seal(PURPOSE, trip.text().as_bytes()));
    let until = now.checked_add_signed(LASTS).unwrap_or(now);
    app.store.write(&Scope::system(), &act, |tx| {
        find::clear_codes(tx, PURPOSE, now)?;
        find::keep_code(tx, &code_name(&trip.state), &sha256_hex(cookie.as_bytes()), until)
    })?;
    let query = [
        ("response_type", "code".to_owned()),
        ("scope", "openid profile".to_owned()),
        ("client_id", settings.client_id.clone()),
        ("redirect_uri", settings.redirect_uri.clone()),
        ("state", trip.state),
        ("nonce", trip.nonce),
        ("code_challenge", URL_SAFE_NO_PAD.encode(sha256(trip.verifier.as_bytes()))),
        ("code_challenge_method", "S256".to_owned()),
    ];
    let query = link::with_query("", &query);
    let address = link::open_ended(&provider.authorization) + query.trim_start_matches('?');
    Ok(Away { address, cookie })
}

/// Takes a browser back. The session it begins is good for the next stage only, unless everything is done.
///
/// # Errors
/// `Refused`; `Store`.
pub fn back(app: &App, answer: &Answer, visitor: &Visitor) -> Result<Returned, SignInError> {
    let settings = settings(app).ok_or(Refusal::Provider)?;
    let trip = under_way(app, answer).map_err(|fault| told(visitor, &fault))?;
    // Only now: links on foreign pages must not make an address wait, and nobody guesses 256 bits.
    count::begin(app, &[count::address(&visitor.address)])?;
    if !take(app, answer, &trip)? {
        return Err(told(visitor, &Fault::new("state: used or over")));
    }
    let claims = asked(app, settings, answer, &trip).map_err(|fault| told(visitor, &fault))?;
    let entered = enter(app, settings, &claims, visitor)?.map_err(|fault| told(visitor, &fault))?;
    Ok(Returned { entered, next: trip.next })
}

/// The sign-in that this browser has under way, if it is the one that the answer speaks of.
fn under_way(app: &App, answer: &Answer) -> Result<Trip, Fault> {
    let sealed = unhex(answer.cookie.as_deref().unwrap_or_default());
    let opened = sealed.and_then(|sealed| app.sealer.unseal(PURPOSE, &sealed).ok());
    let trip = opened.and_then(|text| Trip::read(&text)).ok_or(Fault::new("state: nothing under way here"))?;
    let is_this = bool::from(trip.state.as_bytes().ct_eq(answer.state.as_bytes()));
    if is_this { Ok(trip) } else { Err(Fault::new("state: another one")) }
}

/// Uses a sign-in up. Gives whether it was still there.
fn take(app: &App, answer: &Answer, trip: &Trip) -> Result<bool, SignInError> {
    let (name, now) = (code_name(&trip.state), app.wall.now());
    let hash = sha256_hex(answer.cookie.as_deref().unwrap_or_default().as_bytes());
    app.store.write(&Scope::system(), &act_of(app, "sign-in"), |tx| Ok(find::take_code(tx, &name, &hash, now)?))
}

/// What the provider says for a code.
fn asked(app: &App, settings: &OidcConfig, answer: &Answer, trip: &Trip) -> Result<Claims, Fault> {
    if let Some(error) = &answer.error {
        let plain = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(ERROR_CHARS);
        return Err(Fault(format!("answer: {}", plain.collect::<String>())));
    }
    let provider = provider::described(app, settings)?;
    let named = answer.issuer.as_deref();
    if named.is_some_and(|named| named != settings.issuer) || (named.is_none() && provider.names_itself) {
        return Err(Fault::new("answer: iss"));
    }
    if answer.code.is_empty() {
        return Err(Fault::new("answer: no code"));
    }
    let token = provider::exchange(settings, &provider, &answer.code, &trip.verifier)?;
    let token = token::read(&token)?;
    let key = provider::key_of(app, settings, &provider, &token)?;
    let claims = token.claims(&key, &settings.claim)?;
    id_token::check(
        &claims,
        &Expected {
            issuer: &settings.issuer,
            client_id: &settings.client_id,
            nonce: &trip.nonce,
            begun: trip.begun,
            now: app.wall.now().and_utc().timestamp(),
        },
    )?;
    Ok(claims)
}

/// Begins a session of the account that a provider named. What strangers failed at with its password is left counted,
/// and keeps nobody waiting whom the provider knows.
fn enter(
    app: &App,
    settings: &OidcConfig,
    claims: &Claims,
    visitor: &Visitor,
) -> Result<Result<Entered, Fault>, SignInError> {
    let person = key_of(&claims.name);
    let known = find::one(&mut *app.store.read()?, &person)?;
    // To the letter: names that a provider tells apart are never one account.
    let Some(known) = known.filter(|account| account.name == claims.name && !account.is_disabled) else {
        return Ok(Err(Fault::new("account: none, or disabled")));
    };
    let is_trusted = claims.methods.iter().any(|method| settings.trusted_amr.contains(method));
    let asks_code = settings.require_second_factor && !is_trusted;
    let now = app.wall.now();
    app.store.write(&Scope::system(), &act_of(app, &known.name), |tx| {
        let Some(account) = find::one(tx, &person)?.filter(|account| !account.is_disabled) else {
            return Ok(Err(Fault::new("account: disabled")));
        };
        let next = stages::after_code(app, &account, now);
        // Nobody sets another password by the provider's word alone who has an authenticator.
        let stage = match account.totp_sealed {
            Some(_) if asks_code || next != Stage::Full => Stage::Code,
            _ => next,
        };
        let second_factor = match stage {
            Stage::Full if is_trusted => "provider",
            Stage::Full => "none",
            Stage::Code | Stage::Password | Stage::Enrol => "own",
        };
        // Begun and ended: both were counted.
        count::give_back_address(tx, &visitor.address)?;
        count::give_back_address(tx, &visitor.address)?;
        let details = json!({ "issuer": settings.issuer, "second_factor": second_factor });
        accounts::note(tx, app, &person, "named_by_provider", &account.name, &details)?;
        let entered = sessions::begin(tx, app, &account, stage, visitor, None)?;
        if stage == Stage::Full {
            // Weighty acts ask for password and code: neither was given here.
            session_rows::unconfirm(tx, &sha256_hex(entered.token.as_bytes()))?;
        }
        Ok(Ok(entered))
    })
}
