//! Unified social credit code 统一社会信用代码 (GB 32100-2015).
//!
//! **Invariant:** a `CreditCode` has 18 characters of the standard's alphabet and the right check character.

use std::fmt;

use thiserror::Error;

use super::names::fold_code;

/// The 31 characters of the standard; a character's value is its place.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters: 3^(i−1) mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Characters of a code.
const LENGTH: usize = 18;
/// Weights of the organisation code inside (GB 11714).
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A checked code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is no credit code. Precedence: length, character set, check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CreditCodeError {
    /// Not 18 characters.
    #[error("{found} characters instead of 18")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character the standard does not use.
    #[error("character {found} is not allowed")]
    Charset {
        /// The character.
        found: char,
        /// The character it is often mistaken for.
        meant: Option<char>,
    },
    /// The check character is wrong.
    #[error("check character should be {expected}")]
    Check {
        /// What it would have to be.
        expected: char,
    },
}

impl CreditCode {
    /// Reads a code, folding full width, lower case and spaces.
    ///
    /// # Errors
    /// `Length`, `Charset`, `Check`, in this order.
    pub fn parse(text: &str) -> Result<CreditCode, CreditCodeError> {
        let code = fold_code(text);
        let found = code.chars().count();
        if found != LENGTH {
            return Err(CreditCodeError::Length { found });
        }
        for c in code.chars() {
            if value_of(c).is_none() {
                return Err(CreditCodeError::Charset { found: c, meant: often_meant(c) });
            }
        }
        let expected = check_character(&code);
        if !code.ends_with(expected) {
            return Err(CreditCodeError::Check { expected });
        }
        Ok(CreditCode(code))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether characters 9–17 keep the check of GB 11714; some codes were issued by other rules, so a failure is
    /// worth a look and no more.
    #[must_use]
    pub fn inner_check_holds(&self) -> bool {
        inner_check_holds(&self.0)
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The characters of the standard, by value.
pub(super) fn alphabet() -> impl Iterator<Item = char> {
    ALPHABET.chars()
}

/// Whether characters 9–17 of a text keep the check of GB 11714.
pub(super) fn inner_check_holds(code: &str) -> bool {
    let inner: Vec<char> = code.chars().skip(8).take(9).collect();
    let sum = inner
        .iter()
        .zip(INNER_WEIGHTS)
        .fold(0_u32, |sum, (c, weight)| sum.wrapping_add(c.to_digit(36).unwrap_or(0).wrapping_mul(weight)));
    let expected = match 11_u32.wrapping_sub(sum.wrapping_rem(11)) {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    inner.last() == Some(&expected)
}

/// A character's value in the standard; nothing for one it does not use.
pub(super) fn value_of(c: char) -> Option<u32> {
    ALPHABET.chars().position(|known| known == c).and_then(|place| u32::try_from(place).ok())
}

/// The check character that the first 17 characters of a text ask for.
pub(super) fn check_character(code: &str) -> char {
    let sum = code
        .chars()
        .zip(WEIGHTS)
        .fold(0_u32, |sum, (c, weight)| sum.wrapping_add(value_of(c).unwrap_or(0).wrapping_mul(weight)));
    let value = 31_u32.wrapping_sub(sum.wrapping_rem(31)).wrapping_rem(31);
    ALPHABET.chars().nth(usize::try_from(value).unwrap_or(0)).unwrap_or('0')
}

const fn often_meant(c: char) -> Option<char> {
    match c {
        'O' => Some('0'),
        'I' => Some('1'),
        'Z' => Some('2'),
        'S' => Some('5'),
        _ => None,
    }
}
