//! Addresses between pages.
//!
//! **Invariant:** whatever a bank writes into a contract number survives the way into an address and back.

use std::fmt::Write;

/// Percent-encodes `text` as one path segment or one query value: everything but letters, digits, `-._~`.
#[must_use]
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail, so there is no error to pass on.
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The text that `segment` made `encoded` from; what is no such encoding comes back as far as it reads.
#[must_use]
pub fn unsegment(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        let digits = [rest.clone().next(), rest.clone().nth(1)];
        let pair = digits.map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
        match (byte, pair) {
            (b'%', [Some(high), Some(low)]) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Builds a path with the query pairs that hold something, in the order given.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, String)]) -> String {
    let kept: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", segment(value)))
        .collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// `address` ready to be followed by one more `name=value`.
#[must_use]
pub fn open_ended(address: &str) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}")
}
