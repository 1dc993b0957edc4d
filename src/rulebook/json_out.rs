//! JSON written straight into bytes: outcomes are written by the million, and most of one is the same words again.
//!
//! **Invariant:** what is written is what `serde_json` would write; text from outside is always escaped.

use chrono::{Datelike, NaiveDate};

use crate::domain::money::{Fen, Ppm};

/// Bytes being written.
#[derive(Debug, Default)]
pub(super) struct Out {
    bytes: Vec<u8>,
}

impl Out {
    /// Into bytes that are there already.
    pub fn onto(bytes: Vec<u8>) -> Out {
        Out { bytes }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Something that needs no escaping.
    pub fn raw(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A key, with the comma before it unless it is the first of its object.
    pub fn key(&mut self, key: &str) {
        if !matches!(self.bytes.last(), Some(b'{')) {
            self.bytes.push(b',');
        }
        self.bytes.push(b'"');
        self.raw(key);
        self.raw("\":");
    }

    /// A comma, unless a list has just begun.
    pub fn next(&mut self) {
        if !matches!(self.bytes.last(), Some(b'[')) {
            self.bytes.push(b',');
        }
    }

    /// Text from outside in quotes.
    pub fn text(&mut self, text: &str) {
        self.bytes.push(b'"');
        self.escaped(text);
        self.bytes.push(b'"');
    }

    /// Text, or null where there is none.
    pub fn maybe_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.raw("null"),
        }
    }

    /// Text from outside, escaped, without quotes.
    pub fn escaped(&mut self, text: &str) {
        let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
        if text.bytes().all(plain) {
            self.raw(text);
            return;
        }
        let quoted = serde_json::to_string(text).unwrap_or_default();
        self.raw(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
    }

    /// A word that needs no escaping, in quotes.
    pub fn word(&mut self, word: &str) {
        self.bytes.push(b'"');
        self.raw(word);
        self.bytes.push(b'"');
    }

    /// A whole number.
    pub fn number(&mut self, number: u64) {
        self.digits(number, 1);
    }

    /// A whole number with at least `least` digits.
    fn digits(&mut self, number: u64, least: usize) {
        let mut digits = [b'0'; 20];
        let mut rest = number;
        let mut at = digits.len();
        while rest > 0 || digits.len() - at < least {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    /// Yuan with two places: `1234.50`.
    pub fn yuan(&mut self, fen: Fen) {
        let fen = fen.get().unsigned_abs();
        self.digits(fen / 100, 1);
        self.bytes.push(b'.');
        self.digits(fen % 100, 2);
    }

    /// Yuan in quotes.
    pub fn money(&mut self, fen: Fen) {
        self.bytes.push(b'"');
        self.yuan(fen);
        self.bytes.push(b'"');
    }

    /// Yuan in quotes, or null.
    pub fn maybe_money(&mut self, fen: Option<Fen>) {
        match fen {
            Some(fen) => self.money(fen),
            None => self.raw("null"),
        }
    }

    /// Yuan with two places and commas: `1,234.50`.
    pub fn grouped(&mut self, fen: Fen) {
        let fen = fen.get().unsigned_abs();
        self.groups(fen / 100);
        self.bytes.push(b'.');
        self.digits(fen % 100, 2);
    }

    fn groups(&mut self, number: u64) {
        if number < 1000 {
            self.digits(number, 1);
            return;
        }
        self.groups(number / 1000);
        self.bytes.push(b',');
        self.digits(number % 1000, 3);
    }

    /// A fraction with six places in quotes: `"0.450000"`.
    pub fn fraction(&mut self, rate: Ppm) {
        let ppm = rate.get().unsigned_abs();
        self.bytes.push(b'"');
        self.digits(ppm / 1_000_000, 1);
        self.bytes.push(b'.');
        self.digits(ppm % 1_000_000, 6);
        self.bytes.push(b'"');
    }

    /// A rate in per cent, exact and without a sign: `49.99`.
    pub fn percent(&mut self, rate: Ppm) {
        let ppm = rate.get().unsigned_abs();
        self.digits(ppm / 10_000, 1);
        let (mut rest, mut places) = (ppm % 10_000, 4);
        if rest == 0 {
            return;
        }
        while rest.is_multiple_of(10) {
            rest /= 10;
            places -= 1;
        }
        self.bytes.push(b'.');
        self.digits(rest, places);
    }

    /// A day: `2026-03-31`.
    pub fn day(&mut self, day: NaiveDate) {
        match u64::try_from(day.year()).ok().filter(|year| *year <= 9999) {
            Some(year) => {
                self.digits(year, 4);
                self.bytes.push(b'-');
                self.digits(u64::from(day.month()), 2);
                self.bytes.push(b'-');
                self.digits(u64::from(day.day()), 2);
            }
            None => self.raw(&day.to_string()),
        }
    }
}
