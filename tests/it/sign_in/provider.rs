//! A provider of sign-ins on this machine: answers as it is told to, and signs with a key made for the test.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pledgefund::link::unsegment;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// A key of the curve P-256 with a name.
pub struct Signer {
    pair: EcdsaKeyPair,
    pub id: String,
}

impl Signer {
    pub fn new(id: &str) -> Signer {
        let (rng, way) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let made = EcdsaKeyPair::generate_pkcs8(way, &rng).unwrap();
        Signer { pair: EcdsaKeyPair::from_pkcs8(way, made.as_ref(), &rng).unwrap(), id: id.to_owned() }
    }

    pub fn public(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    pub fn jwk(&self) -> Value {
        let point = self.public();
        let (x, y) = point[1..].split_at(32);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id, "x": text(x), "y": text(y) })
    }

    pub fn sign(&self, head: &Value, claims: &Value) -> String {
        let message = message(head, claims);
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", text(signature.as_ref()))
    }
}

pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn message(head: &Value, claims: &Value) -> String {
    format!("{}.{}", text(head.to_string().as_bytes()), text(claims.to_string().as_bytes()))
}

/// Signed with a secret that everybody knows.
pub fn hmac_signed(secret: &[u8], head: &Value, claims: &Value) -> String {
    let message = message(head, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", text(tag.as_ref()))
}

/// Pairs of a query or a form.
pub fn pairs(encoded: &str) -> BTreeMap<String, String> {
    let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), unsegment(value)));
    encoded.split('&').filter_map(pair).collect()
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub head: String,
    pub body: String,
}

#[derive(Default)]
struct Shared {
    answers: BTreeMap<String, (String, String)>,
    asked: Vec<Asked>,
}

/// A listening provider.
pub struct Provider {
    pub issuer: String,
    pub signer: Signer,
    shared: Arc<Mutex<Shared>>,
}

impl Provider {
    pub fn start() -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let inside = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(asked) = read(&stream) else { continue };
                let mut shared = inside.lock().unwrap();
                let answer = shared.answers.get(&asked.path).cloned();
                shared.asked.push(asked);
                drop(shared);
                // A path that is not known is one that is down: the line is closed.
                let Some((status, body)) = answer else { continue };
                let length = body.len();
                let _gone = write!(
                    &stream,
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
            }
        });
        let provider = Provider { issuer, signer: Signer::new("key-1"), shared };
        provider.is_well();
        provider
    }

    /// Everything is as it should be; no code has been given out yet.
    pub fn is_well(&self) {
        self.shared.lock().unwrap().answers.clear();
        let at = |path: &str| format!("{}{path}", self.issuer);
        self.says(
            "/.well-known/openid-configuration",
            &json!({
                "issuer": self.issuer,
                "authorization_endpoint": at("/authorize?realm=gov"),
                "token_endpoint": at("/token"),
                "jwks_uri": at("/keys"),
            }),
        );
        let other = json!({ "kty": "oct", "kid": "key-1", "k": "AAAA" });
        self.says("/keys", &json!({ "keys": [other, self.signer.jwk()] }));
    }

    pub fn says(&self, path: &str, document: &Value) {
        self.answers(path, "200 OK", &document.to_string());
    }

    pub fn answers(&self, path: &str, status: &str, body: &str) {
        self.shared.lock().unwrap().answers.insert(path.to_owned(), (status.to_owned(), body.to_owned()));
    }

    pub fn is_down_at(&self, path: &str) {
        self.shared.lock().unwrap().answers.remove(path);
    }

    /// What was asked since the last time.
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.shared.lock().unwrap().asked)
    }
}

fn read(mut stream: &TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 4096];
    loop {
        let count = stream.read(&mut piece).ok()?;
        bytes.extend_from_slice(piece.get(..count)?);
        let all = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = all.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let promised = lower.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= promised.and_then(|length| length.trim().parse().ok()).unwrap_or(0) {
                let path = head.split(' ').nth(1)?.to_owned();
                return Some(Asked { path, head: head.to_owned(), body: body.to_owned() });
            }
        }
        if count == 0 {
            return None;
        }
    }
}
