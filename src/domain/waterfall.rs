//! The waterfall of one claim for an ordinary ratio of a few parties, without allocation: for simulations and checks
//! over millions of claims.
//!
//! Owns nothing of its own: rule R2 stands in `split::claim`, and parties are places in an array here.
//! **Invariant:** for the same input the answer is that of `split::claim`, to the fen.

use super::money::{Fen, MoneyError, PPM_ONE, Ppm};
use super::split::{Rounding, SplitError};

/// Most parties a ratio may have here; what a tie key has room for.
const MOST_PARTIES: usize = 8;
/// Places a remainder is shifted to make room for the place in the tie order.
const TIE_BITS: u32 = 3;
/// One whole as the divisor the compiler knows.
const MILLION: u64 = PPM_ONE.unsigned_abs();

/// A ratio with its fund, its residual party and its rounding, checked once for many claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<const N: usize> {
    weights: [u64; N],
    /// Sum of the weights, if products with losses up to `most` stay within 64 bits; else 1.
    whole: u64,
    /// The largest loss of which every product stays within 64 bits.
    most: u64,
    /// Per party: how early it stands in the tie order; 7 is first.
    early: [u8; N],
    fund: u8,
    residual: u8,
    rounding: Rounding,
}

/// The amounts of one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// Principal that counts.
    pub eligible: Fen,
    /// Paid by the insurer before the claim.
    pub insurance: Fen,
    /// Paid by the guarantor before the claim.
    pub guarantor: Fen,
    /// Proceeds of the collateral.
    pub collateral_gross: Fen,
    /// Cost of those proceeds.
    pub collateral_cost: Fen,
}

/// What the arithmetic makes of it; arrays in the order of the ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainResult<const N: usize> {
    /// Proceeds less cost, never below zero.
    pub net_collateral: Fen,
    /// Cost above the proceeds; stays with the bank.
    pub cost_excess: Fen,
    /// Everything that came in before the claim.
    pub recovered: Fen,
    /// What is shared.
    pub loss: Fen,
    /// What came in above the eligible principal.
    pub surplus: Fen,
    /// Each party's part.
    pub shares: [Fen; N],
    /// What the fund pays after the limits.
    pub fund_paid: Fen,
    /// What the limits cut.
    pub shortfall: Fen,
    /// What each party carries in the end.
    pub borne: [Fen; N],
}

impl<const N: usize> PlainResult<N> {
    /// Whether this limit is one of those that cut.
    #[must_use]
    #[inline]
    pub fn binds(&self, cap: Fen) -> bool {
        self.shortfall > Fen::ZERO && cap == self.fund_paid
    }
}

impl<const N: usize> Terms<N> {
    /// A ratio of N parties, N at most 8. Ties go to the residual party first, then as listed, to the fund last.
    ///
    /// # Errors
    /// `NoWeight`; `PartyMissing` when fund or residual party is no place of the ratio.
    pub fn try_new(
        weights: [Ppm; N],
        fund: usize,
        residual: usize,
        rounding: Rounding,
    ) -> Result<Terms<N>, SplitError> {
        const { assert!(N <= MOST_PARTIES, "a plain ratio has at most 8 parties") };
        let weights = weights.map(|weight| weight.get().unsigned_abs());
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        if sum == 0 {
            return Err(SplitError::NoWeight);
        }
        if fund >= N || residual >= N {
            return Err(SplitError::PartyMissing);
        }
        let narrow = u64::try_from(sum).ok().filter(|sum| sum.leading_zeros() >= TIE_BITS);
        let whole = narrow.unwrap_or(1);
        let most = narrow.and_then(|sum| u64::MAX.checked_div(sum)).unwrap_or(0);
        let mut order: [usize; N] = std::array::from_fn(|place| place);
        order.sort_by_key(|place| match *place {
            place if place == residual => 0_u8,
            place if place == fund => 2,
            _ => 1,
        });
        let mut early = [0_u8; N];
        for (place, rank) in order.into_iter().zip((0_u8..8).rev()) {
            if let Some(slot) = early.get_mut(place) {
                *slot = rank;
            }
        }
        let place = |place: usize| u8::try_from(place).map_err(|_too_large| SplitError::PartyMissing);
        Ok(Terms { weights, whole, most, early, fund: place(fund)?, residual: place(residual)?, rounding })
    }

    /// The loss in the ratio (R1).
    #[inline]
    fn split(&self, loss: Fen) -> Result<[Fen; N], SplitError> {
        let total = loss.get().unsigned_abs();
        if total > self.most {
            return self.split_wide(loss);
        }
        // A divisor known when compiling is a multiplication.
        let parts = if self.whole == MILLION {
            self.split_narrow(total, MILLION)
        } else {
            self.split_narrow(total, self.whole)
        };
        each(parts, fen)
    }

    /// Within 64 bits: `total × whole` fits, so every product and every sum of parts does.
    #[inline(always)]
    fn split_narrow(&self, total: u64, whole: u64) -> [u64; N] {
        let mut parts = [0_u64; N];
        let mut keys = [0_u64; N];
        let mut left = total;
        for place in 0..N {
            let product = total.wrapping_mul(self.weights[place]);
            let quotient = product.wrapping_div(whole);
            let remainder = product.wrapping_sub(quotient.wrapping_mul(whole));
            parts[place] = quotient;
            keys[place] = remainder.wrapping_shl(TIE_BITS) | u64::from(self.early[place]);
            left = left.wrapping_sub(quotient);
        }
        match self.rounding {
            Rounding::FloorResidual => {
                for (place, part) in (0_u8..).zip(&mut parts) {
                    *part = part.wrapping_add(if place == self.residual { left } else { 0 });
                }
            }
            Rounding::LargestRemainder => {
                for (key, part) in keys.iter().zip(&mut parts) {
                    let before: u64 = keys.iter().map(|other| u64::from(other > key)).sum();
                    *part = part.wrapping_add(u64::from(before < left));
                }
            }
        }
        parts
    }

    /// Beyond 64 bits: products below 2^126, remainders below 2^66.
    #[cold]
    fn split_wide(&self, loss: Fen) -> Result<[Fen; N], SplitError> {
        let total = i128::from(loss.get());
        let whole = self.weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(i128::from(*weight)));
        let whole = whole.ok_or(SplitError::Overflow)?;
        let mut parts = [0_i128; N];
        let mut keys = [(0_i128, 0_u8); N];
        let mut left = total;
        for place in 0..N {
            let product = total.checked_mul(i128::from(self.weights[place])).ok_or(SplitError::Overflow)?;
            parts[place] = product.checked_div(whole).ok_or(SplitError::Overflow)?;
            keys[place] = (product.checked_rem(whole).ok_or(SplitError::Overflow)?, self.early[place]);
            left = left.checked_sub(parts[place]).ok_or(SplitError::Overflow)?;
        }
        for (place, part) in parts.iter_mut().enumerate() {
            let odd = match self.rounding {
                Rounding::FloorResidual if place == usize::from(self.residual) => left,
                Rounding::FloorResidual => 0,
                Rounding::LargestRemainder => {
                    let before: i128 = keys.iter().map(|other| i128::from(*other > keys[place])).sum();
                    i128::from(before < left)
                }
            };
            *part = part.checked_add(odd).ok_or(SplitError::Overflow)?;
        }
        each(parts, |part| Ok(Fen::try_new(i64::try_from(part).map_err(|_too_large| SplitError::Overflow)?)?))
    }
}

/// The waterfall of one claim (R2), as `split::claim`.
///
/// # Errors
/// `Overflow` when the recoveries do not fit.
#[inline]
pub fn waterfall<const N: usize>(sums: &Sums, terms: &Terms<N>, caps: &[Fen]) -> Result<PlainResult<N>, SplitError> {
    let net_collateral = sums.collateral_gross.saturating_sub(sums.collateral_cost);
    let recovered = sums.insurance.checked_add(sums.guarantor)?.checked_add(net_collateral)?;
    let loss = sums.eligible.saturating_sub(recovered);
    let shares = terms.split(loss)?;
    let share = shares.get(usize::from(terms.fund)).copied().ok_or(SplitError::PartyMissing)?;
    let fund_paid = caps.iter().fold(share, |paid, cap| paid.min(*cap));
    let shortfall = share.saturating_sub(fund_paid);
    let mut borne = shares;
    if let Some(fund) = borne.get_mut(usize::from(terms.fund)) {
        *fund = fund_paid;
    }
    if let Some(residual) = borne.get_mut(usize::from(terms.residual)) {
        *residual = residual.checked_add(shortfall)?;
    }
    Ok(PlainResult {
        net_collateral,
        cost_excess: sums.collateral_cost.saturating_sub(sums.collateral_gross),
        recovered,
        loss,
        surplus: recovered.saturating_sub(sums.eligible),
        shares,
        fund_paid,
        shortfall,
        borne,
    })
}

#[inline]
fn fen(value: u64) -> Result<Fen, SplitError> {
    let fen = i64::try_from(value).map_err(|_too_large| SplitError::from(MoneyError::Overflow))?;
    Ok(Fen::try_new(fen)?)
}

/// Each element through `make`, or the first failure.
#[inline]
fn each<T: Copy, const N: usize>(
    from: [T; N],
    make: impl Fn(T) -> Result<Fen, SplitError>,
) -> Result<[Fen; N], SplitError> {
    let mut made = [Fen::ZERO; N];
    for (slot, value) in made.iter_mut().zip(from) {
        *slot = make(value)?;
    }
    Ok(made)
}
