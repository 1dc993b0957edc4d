//! Codes that change every thirty seconds (RFC 6238 over RFC 4226, SHA-1, six digits).
//!
//! **Invariant:** a step that was used, or one before it, never fits again.

use ring::hmac;

/// Seconds of a step.
pub const STEP_SECONDS: i64 = 30;
/// Steps by which two clocks may differ.
const WINDOW: i64 = 1;
/// Digits of a code.
const DIGITS: u32 = 6;
/// Bytes of a secret.
pub const SECRET_BYTES: usize = 20;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of an instant, in seconds since 1970.
#[must_use]
pub const fn step_of(seconds: i64) -> i64 {
    seconds.div_euclid(STEP_SECONDS)
}

/// The code of a step with `digits` digits.
#[must_use]
pub fn code_with(secret: &[u8], step: i64, digits: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or(0) & 0x0f);
    let four = bytes.iter().skip(at).take(4).fold(0_u32, |sum, byte| sum.wrapping_shl(8) | u32::from(*byte));
    let number = (four & 0x7fff_ffff) % 10_u32.saturating_pow(digits);
    let width = usize::try_from(digits).unwrap_or(0);
    format!("{number:0width$}")
}

/// The code of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    code_with(secret, step, DIGITS)
}

/// The step a typed code belongs to, if it fits now and is later than the last one used. Every step of the window is
/// compared, whichever fits.
#[must_use]
pub fn fitting_step(secret: &[u8], typed: &str, seconds: i64, last_used: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = step_of(seconds);
    let mut found = None;
    for step in now.saturating_sub(WINDOW)..=now.saturating_add(WINDOW) {
        let same = subtle::ConstantTimeEq::ct_eq(code(secret, step).as_bytes(), typed.as_bytes());
        if bool::from(same) && step > last_used {
            found = Some(step);
        }
    }
    found
}

/// A secret as people type it: base 32 without padding (RFC 4648).
#[must_use]
pub fn base32(secret: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    let mut push = |five: u32| {
        let letter = usize::try_from(five & 31).ok().and_then(|at| ALPHABET.get(at)).copied().unwrap_or(b'A');
        text.push(char::from(letter));
    };
    for byte in secret {
        held = held.wrapping_shl(8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held.wrapping_shr(bits));
        }
    }
    if bits > 0 {
        push(held.wrapping_shl(5 - bits));
    }
    text
}

/// What an authenticator reads from the picture.
#[must_use]
pub fn address(issuer: &str, name: &str, secret: &[u8]) -> String {
    let (issuer, name) = (crate::link::segment(issuer), crate::link::segment(name));
    let secret = base32(secret);
    format!("otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}
