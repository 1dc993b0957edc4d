//! Keys of a provider, and tokens signed with them (RFC 7515, 7517, 7518).
//!
//! Owns which algorithms count: RS256 and ES256, each with a key of its own kind.
//! **Invariant:** nothing of a token's claims is read before its signature has been verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use super::Fault;
use crate::domain::sign_in::id_token::Claims;

/// Bytes of a coordinate of the curve P-256.
const COORDINATE: usize = 32;

/// A way of signing that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// ECDSA over P-256, SHA-256.
    Es256,
}

impl Algorithm {
    fn from_name(name: &str) -> Option<Algorithm> {
        match name {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            _ => None,
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub id: Option<String>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Point(Vec<u8>),
}

impl Key {
    const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::Point(_) => Algorithm::Es256,
        }
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Material::Point(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
        }
    }
}

/// The keys of a key set that are good for verifying; others are passed over.
#[must_use]
pub fn keys(set: &Value) -> Vec<Key> {
    set["keys"].as_array().map(|keys| keys.iter().filter_map(key).collect()).unwrap_or_default()
}

fn key(jwk: &Value) -> Option<Key> {
    if jwk["use"].as_str().is_some_and(|usage| usage != "sig") {
        return None;
    }
    let bytes = |name: &str| jwk[name].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let material = match jwk["kty"].as_str()? {
        "RSA" => Material::Rsa { n: without_zeros(bytes("n")?), e: without_zeros(bytes("e")?) },
        "EC" if jwk["crv"] == "P-256" => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            if x.len() != COORDINATE || y.len() != COORDINATE {
                return None;
            }
            Material::Point([&[4][..], &x, &y].concat())
        }
        _ => return None,
    };
    let key = Key { id: jwk["kid"].as_str().map(str::to_owned), material };
    let named = jwk["alg"].as_str().map(Algorithm::from_name);
    named.is_none_or(|named| named == Some(key.algorithm())).then_some(key)
}

fn without_zeros(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

/// A token taken apart, not yet verified.
#[derive(Debug)]
pub struct Unverified<'a> {
    algorithm: Algorithm,
    key_id: Option<String>,
    message: &'a [u8],
    payload: &'a str,
    signature: Vec<u8>,
}

/// Takes a token apart. Whatever its head does not say plainly is refused.
///
/// # Errors
/// `Fault`.
pub fn read(token: &str) -> Result<Unverified<'_>, Fault> {
    let (message, signature) = token.rsplit_once('.').ok_or(Fault::new("token: not in three parts"))?;
    let (head, payload) = message.split_once('.').ok_or(Fault::new("token: not in three parts"))?;
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let head = decoded(head).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let head = head.filter(Value::is_object).ok_or(Fault::new("token: unreadable head"))?;
    if head.get("crit").is_some() {
        return Err(Fault::new("token: crit"));
    }
    let algorithm = head["alg"].as_str().and_then(Algorithm::from_name).ok_or(Fault::new("token: alg"))?;
    Ok(Unverified {
        algorithm,
        key_id: head["kid"].as_str().map(str::to_owned),
        message: message.as_bytes(),
        payload,
        signature: decoded(signature).ok_or(Fault::new("token: unreadable signature"))?,
    })
}

impl Unverified<'_> {
    /// The key that signed it, as it says; without a name only a provider's one key of the kind.
    #[must_use]
    pub fn key<'k>(&self, keys: &'k [Key]) -> Option<&'k Key> {
        let mut fitting = keys
            .iter()
            .filter(|key| key.algorithm() == self.algorithm && (self.key_id.is_none() || self.key_id == key.id));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }

    /// What it says, once the key has verified it. `name` is the claim that names the account.
    ///
    /// # Errors
    /// `Fault`.
    pub fn claims(&self, key: &Key, name: &str) -> Result<Claims, Fault> {
        if key.algorithm() != self.algorithm || !key.verifies(self.message, &self.signature) {
            return Err(Fault::new("token: signature"));
        }
        let said = URL_SAFE_NO_PAD.decode(self.payload).ok();
        let said = said.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let said = said.filter(Value::is_object).ok_or(Fault::new("token: unreadable claims"))?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let second = |name: &str| said[name].as_i64();
        let mut methods = texts(&said["amr"]);
        methods.extend(said["acr"].as_str().map(str::to_owned));
        Ok(Claims {
            issuer: text("iss"),
            audiences: texts(&said["aud"]),
            authorized_party: said.get("azp").map(|party| party.as_str().unwrap_or_default().to_owned()),
            expires: second("exp").ok_or(Fault::new("token: exp"))?,
            issued: second("iat").ok_or(Fault::new("token: iat"))?,
            // One that does not read never begins.
            not_before: said.get("nbf").map(|from| from.as_i64().unwrap_or(i64::MAX)),
            nonce: text("nonce"),
            name: text(name),
            methods,
        })
    }
}

/// One text, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect(),
        _ => Vec::new(),
    }
}
