//! What a provider's ID token must say (OpenID Connect Core 1.0, 3.1.3.7), once its signature has been verified.
//!
//! **Invariant:** a token counts for one provider, one client, one sign-in and a short while; the instant is handed in.

use thiserror::Error;

/// Seconds by which the provider's clock may differ.
const LEEWAY: i64 = 60;

/// What a token says, as far as it is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// Who issued it.
    pub issuer: String,
    /// For whom.
    pub audiences: Vec<String>,
    /// The client it was issued to.
    pub authorized_party: Option<String>,
    /// Second from which it counts no more.
    pub expires: i64,
    /// Second it was issued at.
    pub issued: i64,
    /// Second before which it does not count.
    pub not_before: Option<i64>,
    /// What the product asked to be repeated.
    pub nonce: String,
    /// The claim that names the account.
    pub name: String,
    /// How the provider found out who it is: `amr` and `acr`.
    pub methods: Vec<String>,
}

/// What a token is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// The product's name at the provider.
    pub client_id: &'a str,
    /// What was asked to be repeated.
    pub nonce: &'a str,
    /// Second at which this sign-in was begun.
    pub begun: i64,
    /// Now, in seconds.
    pub now: i64,
}

/// Why a token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenFault {
    /// Of another provider.
    #[error("iss")]
    Issuer,
    /// For somebody else, or not for this one alone without saying who asked.
    #[error("aud")]
    Audience,
    /// Issued to another client.
    #[error("azp")]
    Party,
    /// Over.
    #[error("exp")]
    Expired,
    /// Issued in the future, or before this sign-in was begun.
    #[error("iat")]
    Issued,
    /// Not yet valid.
    #[error("nbf")]
    NotYet,
    /// Of another sign-in.
    #[error("nonce")]
    Nonce,
}

/// Refuses a token that does not count. Precedence: issuer, audience, party, expiry, issue, start, nonce.
///
/// # Errors
/// `TokenFault`.
pub fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), TokenFault> {
    let Expected { issuer, client_id, nonce, begun, now } = *expected;
    let (earliest, latest) = (now.saturating_sub(LEEWAY), now.saturating_add(LEEWAY));
    let party = claims.authorized_party.as_deref();
    let others = claims.audiences.iter().any(|audience| audience != client_id);
    let rules = [
        (claims.issuer == issuer, TokenFault::Issuer),
        (claims.audiences.iter().any(|audience| audience == client_id), TokenFault::Audience),
        (!others || party.is_some(), TokenFault::Audience),
        (party.is_none_or(|party| party == client_id), TokenFault::Party),
        (claims.expires > earliest, TokenFault::Expired),
        (claims.issued <= latest && claims.issued >= begun.saturating_sub(LEEWAY), TokenFault::Issued),
        (claims.not_before.is_none_or(|from| from <= latest), TokenFault::NotYet),
        (!nonce.is_empty() && claims.nonce == nonce, TokenFault::Nonce),
    ];
    rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, fault)| Err(fault))
}
