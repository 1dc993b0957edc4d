//! Hashes of stored things: SHA-256 for files and mails, SM3 for the audit chain; and how secrets are compared.
//!
//! **Invariant:** what is hashed is first encoded so that no two different inputs give the same bytes.

use sha2::{Digest, Sha256};
use sm3::Sm3;
use subtle::ConstantTimeEq;

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        for nibble in [byte >> 4, byte & 0x0f] {
            out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        out
    })
}

/// The bytes that `hex` wrote; none for a text it does not write.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    digits?.chunks(2).map(|two| <[u8; 2]>::try_from(two).ok().map(|[high, low]| high << 4 | low)).collect()
}

/// Whether two secrets are the same, in a time that depends on their lengths alone.
#[must_use]
pub fn same_secret(given: &str, kept: &str) -> bool {
    bool::from(given.as_bytes().ct_eq(kept.as_bytes()))
}

/// SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of bytes, as hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SM3 (GB/T 32905) over fields, each led by its length in bytes (8 bytes, big-endian), as hexadecimal.
#[must_use]
pub fn sm3_fields_hex(fields: &[&[u8]]) -> String {
    hex(&over_fields::<Sm3>(fields))
}

/// SHA-256 over fields, encoded as for `sm3_fields_hex`.
#[must_use]
pub fn sha256_fields_hex(fields: &[&[u8]]) -> String {
    hex(&over_fields::<Sha256>(fields))
}

fn over_fields<D: Digest>(fields: &[&[u8]]) -> Vec<u8> {
    let mut hasher = D::new();
    for field in fields {
        let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
        hasher.update(length.to_be_bytes());
        hasher.update(field);
    }
    hasher.finalize().to_vec()
}
