//! Money in fen and ratios in parts per million: the only arithmetic that touches public money.
//!
//! Owns `Fen` (an amount ≥ 0), `FenDelta` (a signed amount) and `Ppm` (a ratio).
//! **Invariant:** no operation here loses, invents or rounds a fen without its name saying so.

use std::fmt;
use std::iter::Sum;

use thiserror::Error;

/// Fen in one yuan.
pub const FEN_PER_YUAN: i64 = 100;
/// Parts per million in one whole.
pub const PPM_ONE: i64 = 1_000_000;

/// Why an amount or a ratio could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// An amount below zero where only zero or more is allowed.
    #[error("amount of {fen} fen is below zero")]
    Negative {
        /// The amount found, in fen.
        fen: i64,
    },
    /// The result does not fit 64 bits.
    #[error("amount does not fit")]
    Overflow,
    /// The text is not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// The text has more digits than the unit can hold exactly (below one fen, below one millionth).
    #[error("finer than the smallest unit")]
    TooFine,
}

/// Chinese yuan in fen. Invariant: never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

/// A signed change of money in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FenDelta(i64);

/// A ratio in parts per million; 1 ppm = 0.0001 %. May be above one, never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ppm(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);
    /// The largest amount that can be written down.
    pub const MAX: Fen = Fen(i64::MAX);

    /// An amount of `fen` fen.
    ///
    /// # Errors
    /// `Negative` below zero.
    #[inline]
    pub const fn try_new(fen: i64) -> Result<Fen, MoneyError> {
        if fen < 0 {
            return Err(MoneyError::Negative { fen });
        }
        Ok(Fen(fen))
    }

    /// The amount in fen.
    #[must_use]
    #[inline]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads yuan as a plain decimal (`1234.5`, ASCII, no separators).
    ///
    /// # Errors
    /// `NotANumber`, `TooFine` for a fraction of a fen, `Negative`, `Overflow`.
    pub fn from_yuan(text: &str) -> Result<Fen, MoneyError> {
        Fen::try_new(scaled(text, 2)?)
    }

    /// Sum, checked.
    ///
    /// # Errors
    /// `Overflow`.
    #[inline]
    pub fn checked_add(self, other: Fen) -> Result<Fen, MoneyError> {
        self.0.checked_add(other.0).map(Fen).ok_or(MoneyError::Overflow)
    }

    /// Difference, checked.
    ///
    /// # Errors
    /// `Negative` when `other` is larger.
    #[inline]
    pub fn checked_sub(self, other: Fen) -> Result<Fen, MoneyError> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Fen::try_new(fen),
            None => Err(MoneyError::Overflow),
        }
    }

    /// Difference, zero where `other` is larger.
    #[must_use]
    #[inline]
    pub fn saturating_sub(self, other: Fen) -> Fen {
        Fen(self.0.saturating_sub(other.0).max(0))
    }

    /// The part `ratio` of this amount, rounded down to a whole fen.
    ///
    /// # Errors
    /// `Overflow` when the ratio is above one and the product does not fit.
    pub fn part_floor(self, ratio: Ppm) -> Result<Fen, MoneyError> {
        let product = i128::from(self.0).checked_mul(i128::from(ratio.0)).ok_or(MoneyError::Overflow)?;
        let fen = product.checked_div(i128::from(PPM_ONE)).ok_or(MoneyError::Overflow)?;
        i64::try_from(fen).map(Fen).map_err(|_too_large| MoneyError::Overflow)
    }

    /// This amount as a signed change.
    #[must_use]
    pub const fn as_delta(self) -> FenDelta {
        FenDelta(self.0)
    }

    /// Yuan with two decimals, no separators: `1234.50`.
    #[must_use]
    pub fn yuan(self) -> String {
        FenDelta(self.0).yuan()
    }

    /// Sum of many amounts.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn total(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, MoneyError> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add)
    }
}

impl FenDelta {
    /// No change.
    pub const ZERO: FenDelta = FenDelta(0);

    /// A change of `fen` fen.
    #[must_use]
    pub const fn new(fen: i64) -> FenDelta {
        FenDelta(fen)
    }

    /// The change in fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads yuan as a plain signed decimal.
    ///
    /// # Errors
    /// `NotANumber`, `TooFine`, `Overflow`.
    pub fn from_yuan(text: &str) -> Result<FenDelta, MoneyError> {
        scaled(text, 2).map(FenDelta)
    }

    /// Sum, checked.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn checked_add(self, other: FenDelta) -> Result<FenDelta, MoneyError> {
        self.0.checked_add(other.0).map(FenDelta).ok_or(MoneyError::Overflow)
    }

    /// The change `after − before`.
    ///
    /// # Errors
    /// `Overflow`, which two amounts ≥ 0 never reach.
    pub fn between(before: Fen, after: Fen) -> Result<FenDelta, MoneyError> {
        after.0.checked_sub(before.0).map(FenDelta).ok_or(MoneyError::Overflow)
    }

    /// Yuan with two decimals and a leading minus where needed.
    #[must_use]
    pub fn yuan(self) -> String {
        let digits = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let unit = FEN_PER_YUAN.unsigned_abs();
        format!("{sign}{}.{:02}", digits.wrapping_div(unit), digits.wrapping_rem(unit))
    }
}

impl Ppm {
    /// Nothing.
    pub const ZERO: Ppm = Ppm(0);
    /// The whole, 100 %.
    pub const ONE: Ppm = Ppm(PPM_ONE);

    /// A ratio of `ppm` parts per million.
    ///
    /// # Errors
    /// `Negative` below zero.
    pub const fn try_new(ppm: i64) -> Result<Ppm, MoneyError> {
        if ppm < 0 {
            return Err(MoneyError::Negative { fen: ppm });
        }
        Ok(Ppm(ppm))
    }

    /// The ratio in parts per million.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads a percentage as a plain decimal: `4.35` is 43,500 ppm.
    ///
    /// # Errors
    /// `NotANumber`, `TooFine` below one millionth, `Negative`, `Overflow`.
    pub fn from_percent(text: &str) -> Result<Ppm, MoneyError> {
        Ppm::try_new(scaled(text, 4)?)
    }

    /// Reads a fraction as a plain decimal: `0.435` is 435,000 ppm.
    ///
    /// # Errors
    /// As `from_percent`.
    pub fn from_fraction(text: &str) -> Result<Ppm, MoneyError> {
        Ppm::try_new(scaled(text, 6)?)
    }

    /// `part ÷ whole`, six decimals, rounded half up. Zero where `whole` is zero.
    ///
    /// # Errors
    /// `Overflow` when the ratio does not fit.
    pub fn ratio_half_up(part: Fen, whole: Fen) -> Result<Ppm, MoneyError> {
        if whole.0 == 0 {
            return Ok(Ppm::ZERO);
        }
        let scaled = i128::from(part.0).checked_mul(i128::from(PPM_ONE)).ok_or(MoneyError::Overflow)?;
        let half = i128::from(whole.0).checked_div(2).ok_or(MoneyError::Overflow)?;
        let raised = scaled.checked_add(half).ok_or(MoneyError::Overflow)?;
        let ppm = raised.checked_div(i128::from(whole.0)).ok_or(MoneyError::Overflow)?;
        i64::try_from(ppm).map(Ppm).map_err(|_too_large| MoneyError::Overflow)
    }

    /// Sum, checked.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn checked_add(self, other: Ppm) -> Result<Ppm, MoneyError> {
        self.0.checked_add(other.0).map(Ppm).ok_or(MoneyError::Overflow)
    }

    /// Difference, zero where `other` is larger.
    #[must_use]
    pub fn saturating_sub(self, other: Ppm) -> Ppm {
        Ppm(self.0.saturating_sub(other.0).max(0))
    }

    /// The fraction with six decimals: `0.450000`.
    #[must_use]
    pub fn fraction(self) -> String {
        format!("{}.{:06}", self.0.wrapping_div(PPM_ONE), self.0.wrapping_rem(PPM_ONE))
    }

    /// The percentage with two decimals, rounded half up: `45.00`.
    #[must_use]
    pub fn percent(self) -> String {
        let hundredths = i128::from(self.0).wrapping_add(50).wrapping_div(100);
        format!("{}.{:02}", hundredths.wrapping_div(100), hundredths.wrapping_rem(100))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.yuan())
    }
}

impl fmt::Display for FenDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.yuan())
    }
}

impl Sum<Fen> for Option<Fen> {
    fn sum<I: Iterator<Item = Fen>>(mut iter: I) -> Option<Fen> {
        iter.try_fold(Fen::ZERO, |sum, next| sum.checked_add(next).ok())
    }
}

/// Reads a plain decimal and scales it by 10^`places`, refusing what would not be whole.
fn scaled(text: &str, places: usize) -> Result<i64, MoneyError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return Err(MoneyError::NotANumber);
    }
    let kept = fraction.trim_end_matches('0');
    if kept.len() > places {
        return Err(MoneyError::TooFine);
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n(b'0', places.saturating_sub(kept.len()));
    for digit in whole.bytes().chain(kept.bytes()).chain(padding) {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        value = value.checked_mul(10).and_then(|v| v.checked_add(digit)).ok_or(MoneyError::Overflow)?;
    }
    Ok(if negative { value.wrapping_neg() } else { value })
}
