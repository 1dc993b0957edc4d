//! How often one may ask.
//!
//! Owns a count a minute for every token and every address, kept in memory: a restart forgives, which harms nobody.
//! **Invariant:** whoever has asked too often is told when to come again, and no count is kept longer than its minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Length of a window.
const WINDOW: Duration = Duration::from_secs(60);
/// Counts kept before old ones are dropped.
const KEPT: usize = 10_000;

/// Counts of requests.
#[derive(Debug)]
pub struct Limits {
    of_token: u32,
    of_address: u32,
    counts: Mutex<HashMap<String, (Instant, u32)>>,
}

/// Where somebody stands in the present window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many a window.
    pub quota: u32,
    /// How many are left.
    pub left: u32,
    /// Seconds until the next window.
    pub seconds: u64,
    /// Whether this request is one too many.
    pub exceeded: bool,
}

impl Limits {
    /// Limits a minute for a token and for an address.
    #[must_use]
    pub fn new(of_token: u32, of_address: u32) -> Limits {
        Limits { of_token, of_address, counts: Mutex::default() }
    }

    /// Counts a request of a token.
    pub fn token(&self, token_id: &str) -> Room {
        self.count(format!("token:{token_id}"), self.of_token)
    }

    /// Counts a request of an address.
    pub fn address(&self, address: &str) -> Room {
        self.count(format!("address:{address}"), self.of_address)
    }

    fn count(&self, key: String, quota: u32) -> Room {
        let now = Instant::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEPT {
            counts.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        let (since, count) = counts.entry(key).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        let seconds = WINDOW.saturating_sub(now.duration_since(*since)).as_secs().saturating_add(1);
        Room { quota, left: quota.saturating_sub(*count), seconds, exceeded: *count > quota }
    }
}

impl Room {
    /// Tells where somebody stands (draft-ietf-httpapi-ratelimit-headers).
    pub fn tell(&self, headers: &mut HeaderMap) {
        let fields = [
            ("ratelimit-policy", format!("\"minute\";q={};w={}", self.quota, WINDOW.as_secs())),
            ("ratelimit", format!("\"minute\";r={};t={}", self.left, self.seconds)),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        if self.exceeded {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.seconds));
        }
    }
}
