//! Dividing a sum of money among parties, and the bare arithmetic of one claim.
//!
//! Owns rule R1 (`split`) and rule R2 (`claim`) of the payout maths. Parties are opaque names here.
//! **Invariant:** what is handed out sums to what was put in, to the fen, or there is an error.

use thiserror::Error;

use super::money::{Fen, MoneyError, Ppm};

/// Who gets the fen that do not divide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// One odd fen each to the largest remainders; a tie goes to the party named earlier.
    LargestRemainder,
    /// Everyone is rounded down; the party named first takes the rest.
    FloorResidual,
}

impl Rounding {
    /// Both ways.
    pub const ALL: &'static [Rounding] = &[Rounding::LargestRemainder, Rounding::FloorResidual];

    /// The stable word, as rulebooks and JSON write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Rounding::LargestRemainder => "largest_remainder",
            Rounding::FloorResidual => "floor_residual",
        }
    }
}

/// Why a sum could not be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SplitError {
    /// No party has a weight above zero.
    #[error("no party has a weight above zero")]
    NoWeight,
    /// A weight is below zero.
    #[error("a weight is below zero")]
    NegativeWeight,
    /// A product or a sum does not fit.
    #[error("amount does not fit")]
    Overflow,
    /// The claim names a fund or a residual party that is not in the ratio.
    #[error("a named party is not in the ratio")]
    PartyMissing,
}

impl From<MoneyError> for SplitError {
    fn from(_error: MoneyError) -> SplitError {
        SplitError::Overflow
    }
}

/// Divides `total` in the ratio of `weights` (R1). The order of the list breaks ties and, under
/// `FloorResidual`, names the party that takes the rest: the first. The answer keeps the order of the list.
///
/// # Errors
/// `NoWeight`, `NegativeWeight`, `Overflow`.
pub fn split<P: Clone>(total: Fen, weights: &[(P, i128)], rounding: Rounding) -> Result<Vec<(P, Fen)>, SplitError> {
    if weights.iter().any(|(_, weight)| *weight < 0) {
        return Err(SplitError::NegativeWeight);
    }
    let whole = weights.iter().try_fold(0_i128, |sum, (_, weight)| sum.checked_add(*weight));
    let whole = whole.ok_or(SplitError::Overflow)?;
    if whole == 0 {
        return Err(SplitError::NoWeight);
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut left = i128::from(total.get());
    for (place, (party, weight)) in weights.iter().enumerate() {
        let product = i128::from(total.get()).checked_mul(*weight).ok_or(SplitError::Overflow)?;
        let quotient = product.checked_div(whole).ok_or(SplitError::Overflow)?;
        let remainder = product.checked_rem(whole).ok_or(SplitError::Overflow)?;
        left = left.checked_sub(quotient).ok_or(SplitError::Overflow)?;
        parts.push(Part { place, party: party.clone(), quotient, remainder });
    }
    hand_out(&mut parts, left, rounding);
    parts.into_iter().map(|part| Ok((part.party, fen(part.quotient)?))).collect()
}

/// One party while the odd fen are being handed out.
struct Part<P> {
    place: usize,
    party: P,
    quotient: i128,
    remainder: i128,
}

/// Gives the `left` odd fen to whom `rounding` names and restores the order of the list.
fn hand_out<P>(parts: &mut [Part<P>], left: i128, rounding: Rounding) {
    match rounding {
        Rounding::FloorResidual => {
            if let Some(first) = parts.first_mut() {
                first.quotient = first.quotient.saturating_add(left);
            }
        }
        Rounding::LargestRemainder => {
            parts.sort_by(|a, b| b.remainder.cmp(&a.remainder).then(a.place.cmp(&b.place)));
            let odd = usize::try_from(left).unwrap_or(0);
            for part in parts.iter_mut().take(odd) {
                part.quotient = part.quotient.saturating_add(1);
            }
            parts.sort_by_key(|part| part.place);
        }
    }
}

/// Orders a ratio for ties: the residual party first, the others as listed, the `last` ones at the end, so
/// that a tie never costs public money.
#[must_use]
pub fn tie_order<P: Clone + PartialEq, W: Clone>(weights: &[(P, W)], residual: &P, last: &[P]) -> Vec<(P, W)> {
    let rank = |party: &P| match party {
        party if party == residual => 0_u8,
        party if last.contains(party) => 2,
        _ => 1,
    };
    let mut ordered = weights.to_vec();
    ordered.sort_by_key(|(party, _)| rank(party));
    ordered
}

/// Floor of `amount × part ÷ whole`, exact.
///
/// # Errors
/// `Overflow` when `whole` is zero or the result does not fit.
pub fn fraction_floor(amount: Fen, part: Fen, whole: Fen) -> Result<Fen, SplitError> {
    let product = i128::from(amount.get()).checked_mul(i128::from(part.get())).ok_or(SplitError::Overflow)?;
    fen(product.checked_div(i128::from(whole.get())).ok_or(SplitError::Overflow)?)
}

/// What one claim puts into the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSum<P> {
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
    /// The ratio, as the agreement lists it.
    pub weights: Vec<(P, Ppm)>,
    /// The fund in that ratio.
    pub fund: P,
    /// Who carries what the caps cut.
    pub residual: P,
    /// Who gets the odd fen.
    pub rounding: Rounding,
    /// What the fund may pay at most, by the name of each limit.
    pub caps: Vec<(String, Fen)>,
}

/// What the arithmetic makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimResult<P> {
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
    /// Each party's part, in the order of the ratio.
    pub shares: Vec<(P, Fen)>,
    /// What the fund pays after the limits.
    pub fund_paid: Fen,
    /// What the limits cut.
    pub shortfall: Fen,
    /// What each party carries in the end, in the order of the ratio.
    pub borne: Vec<(P, Fen)>,
    /// The limits that equal what is paid, when something was cut; sorted.
    pub binding: Vec<String>,
}

/// The waterfall of one claim (R2): recoveries, loss, shares, limits, who bears what.
///
/// # Errors
/// `PartyMissing`, and those of `split`.
pub fn claim<P: Clone + PartialEq>(sum: &ClaimSum<P>) -> Result<ClaimResult<P>, SplitError> {
    let net_collateral = sum.collateral_gross.saturating_sub(sum.collateral_cost);
    let recovered = Fen::total([sum.insurance, sum.guarantor, net_collateral])?;
    let loss = sum.eligible.saturating_sub(recovered);
    let ratio: Vec<(P, i128)> = sum.weights.iter().map(|(p, w)| (p.clone(), i128::from(w.get()))).collect();
    let ordered = tie_order(&ratio, &sum.residual, std::slice::from_ref(&sum.fund));
    let divided = split(loss, &ordered, sum.rounding)?;
    let shares: Vec<(P, Fen)> =
        sum.weights.iter().filter_map(|(p, _)| amount_of(&divided, p).map(|fen| (p.clone(), fen))).collect();
    let share = amount_of(&shares, &sum.fund).ok_or(SplitError::PartyMissing)?;
    let fund_paid = sum.caps.iter().fold(share, |paid, (_, cap)| paid.min(*cap));
    let borne = carried(&shares, &sum.fund, &sum.residual, fund_paid)?;
    Ok(ClaimResult {
        net_collateral,
        cost_excess: sum.collateral_cost.saturating_sub(sum.collateral_gross),
        recovered,
        loss,
        surplus: recovered.saturating_sub(sum.eligible),
        shares,
        fund_paid,
        shortfall: share.checked_sub(fund_paid)?,
        borne,
        binding: binding(&sum.caps, share, fund_paid),
    })
}

/// The amount of `party` in a list of parts.
#[must_use]
pub fn amount_of<P: PartialEq>(parts: &[(P, Fen)], party: &P) -> Option<Fen> {
    parts.iter().find(|(name, _)| name == party).map(|(_, fen)| *fen)
}

/// What each party carries when the fund pays `paid` of its share and `residual` takes over the rest.
///
/// # Errors
/// `PartyMissing` when either is not in the list, `Overflow` when `paid` is above the fund's share.
pub fn carried<P: Clone + PartialEq>(
    shares: &[(P, Fen)],
    fund: &P,
    residual: &P,
    paid: Fen,
) -> Result<Vec<(P, Fen)>, SplitError> {
    let share = amount_of(shares, fund).ok_or(SplitError::PartyMissing)?;
    amount_of(shares, residual).ok_or(SplitError::PartyMissing)?;
    let shortfall = share.checked_sub(paid)?;
    shares
        .iter()
        .map(|(party, part)| {
            let left = if party == fund { paid } else { *part };
            let taken = if party == residual { left.checked_add(shortfall)? } else { left };
            Ok((party.clone(), taken))
        })
        .collect()
}

/// The limits that equal what is paid, when something was cut; sorted by name, each once.
#[must_use]
pub fn binding(caps: &[(String, Fen)], share: Fen, paid: Fen) -> Vec<String> {
    if paid >= share {
        return Vec::new();
    }
    let mut names: Vec<String> =
        caps.iter().filter(|(_, limit)| *limit == paid).map(|(name, _)| name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

fn fen(value: i128) -> Result<Fen, SplitError> {
    let fen = i64::try_from(value).map_err(|_too_large| SplitError::Overflow)?;
    Ok(Fen::try_new(fen)?)
}
