//! The signature of a telling: HMAC-SHA256 over instant and body.
//!
//! **Invariant:** while a secret is changed, the telling carries a signature by each.

use ring::hmac;

use crate::hash::hex;

/// Header with the signature.
pub const HEADER: &str = "Pledgefund-Signature";

/// The value of the header at an instant (seconds since 1970), one `v1` a secret.
#[must_use]
pub fn header(secrets: &[String], at: i64, body: &str) -> String {
    let message = format!("{at}.{body}");
    secrets.iter().fold(format!("t={at}"), |text, secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        text + ",v1=" + &hex(hmac::sign(&key, message.as_bytes()).as_ref())
    })
}
