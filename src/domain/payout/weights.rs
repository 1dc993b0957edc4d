//! From a rule to the weights of its parties: additions, ceiling, bands.
//!
//! **Invariant:** an addition takes from the bearer exactly what it gives, so a ratio always sums to 100 %.

use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::vocabulary::{BandReading, PartyKind, Spread};
use crate::domain::rulebook::{BandTop, Bands, Bonus, Name, Open, PartyIx, Ratio, Rulebook, SharingRule};

/// What a rule is raised by: the additions that count, and how many points each has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Added<'a> {
    /// The addition.
    pub bonus: &'a Bonus,
    /// Its points.
    pub points: Ppm,
}

/// A rule as it is read for one possible answer.
pub(super) struct Raised<'a> {
    /// The rulebook.
    pub book: &'a Rulebook,
    /// The rule.
    pub rule: &'a SharingRule,
    /// Who gives the points.
    pub bearer: Option<PartyIx>,
    /// What is added.
    pub added: &'a [Added<'a>],
}

/// Weights by party, in tie order, over their common whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weights {
    /// Party and weight.
    pub parts: Vec<(PartyIx, i128)>,
    /// Their sum.
    pub whole: i128,
}

/// One slice of a sum and the band it lies in; above the last band there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    /// Place of the band.
    pub band: Option<usize>,
    /// How much lies in it.
    pub amount: Fen,
}

impl Raised<'_> {
    /// The weights of one ratio.
    pub fn weights(&self, ratio: &Ratio) -> Weights {
        let parts = self.raise(ratio).into_iter().map(|(party, rate)| (party, i128::from(rate.get()))).collect();
        Weights { parts, whole: i128::from(PPM_ONE) }
    }

    /// The weights of a sum that lies in slices: each slice × the ratio of its band. Where the sum is nothing the
    /// first band stands for it. `None` when a ratio that is needed is left open.
    pub fn weights_of(&self, bands: &Bands, slices: &[Slice]) -> Option<Weights> {
        let mut parts: Vec<(PartyIx, i128)> = Vec::new();
        let mut whole = 0_i128;
        for slice in slices {
            let amount = i128::from(slice.amount.get());
            for (party, rate) in self.raise(&self.ratio_of(bands, slice.band)?) {
                let weight = amount.saturating_mul(i128::from(rate.get()));
                match parts.iter_mut().find(|(known, _)| *known == party) {
                    Some((_, sum)) => *sum = sum.saturating_add(weight),
                    None => parts.push((party, weight)),
                }
            }
            whole = whole.saturating_add(amount.saturating_mul(i128::from(PPM_ONE)));
        }
        if whole == 0 {
            return self.ratio_of(bands, Some(0)).map(|ratio| self.weights(&ratio));
        }
        let bearer = self.bearer;
        parts.sort_by_key(|(party, _)| tie_rank(self.book, bearer, *party));
        Some(Weights { parts, whole })
    }

    /// The ratio of a band; above the last band the bearer carries everything.
    pub fn ratio_of(&self, bands: &Bands, band: Option<usize>) -> Option<Ratio> {
        match band {
            Some(place) => bands.steps.get(place)?.shares.known().cloned(),
            None => self.bearer.map(|bearer| {
                let first = bands.steps.first().and_then(|step| step.shares.known());
                let others = first.into_iter().flatten().filter(|(party, _)| *party != bearer);
                std::iter::once((bearer, Ppm::ONE)).chain(others.map(|(party, _)| (*party, Ppm::ZERO))).collect()
            }),
        }
    }

    /// A ratio with the additions: for each party the sum of its points, of one `once` set only the largest, not
    /// above the ceiling and not more than the bearer has. The order of the additions never matters.
    fn raise(&self, ratio: &Ratio) -> Ratio {
        let mut ratio = ratio.clone();
        let Some(bearer) = self.bearer.filter(|_| !self.added.is_empty()) else {
            return ratio;
        };
        for place in 0..self.book.parties.len() {
            let party = PartyIx(place);
            if party == bearer || self.added.iter().all(|added| added.bonus.to != party) {
                continue;
            }
            let room = rate_of(&ratio, bearer);
            let before = rate_of(&ratio, party);
            let points = self.points(party).min(room).min(self.below_ceiling(party, before));
            if ratio.iter().all(|(known, _)| *known != party) {
                ratio.push((party, Ppm::ZERO));
                ratio.sort_by_key(|(party, _)| tie_rank(self.book, Some(bearer), *party));
            }
            for (known, rate) in &mut ratio {
                if *known == party {
                    *rate = rate.checked_add(points).unwrap_or(*rate);
                } else if *known == bearer {
                    *rate = rate.saturating_sub(points);
                }
            }
        }
        ratio
    }

    /// The points of one party: all without a set, and of each set the largest.
    fn points(&self, to: PartyIx) -> Ppm {
        let own: Vec<&Added<'_>> = self.added.iter().filter(|added| added.bonus.to == to).collect();
        let counts = |place: usize, added: &Added<'_>| {
            added.bonus.once.is_none()
                || own.iter().enumerate().all(|(other_place, other)| {
                    other.bonus.once != added.bonus.once
                        || other.points < added.points
                        || (other.points == added.points && other_place >= place)
                })
        };
        let counted = own.iter().enumerate().filter(|(place, added)| counts(*place, added));
        let sum = counted.fold(0_i64, |sum, (_, added)| sum.saturating_add(added.points.get()));
        Ppm::try_new(sum).unwrap_or(Ppm::ZERO)
    }

    /// How much a ceiling leaves above `rate`; a rate already above it is not lowered.
    fn below_ceiling(&self, party: PartyIx, rate: Ppm) -> Ppm {
        let ceiling = self.book.sharing.as_ref().and_then(|sharing| sharing.ceiling.as_ref());
        match ceiling.filter(|ceiling| ceiling.party == party && named(&ceiling.rules, &self.rule.id)) {
            Some(ceiling) => ceiling.rate.known().map_or(Ppm::ONE, |most| most.saturating_sub(rate)),
            None => Ppm::ONE,
        }
    }
}

/// Whether a list of rules names one.
pub(super) fn named(rules: &[Name], rule: &Name) -> bool {
    rules.iter().any(|name| name == rule)
}

/// Ties: the bearer first, the others as listed, fund and other levels last, so that a tie never costs public money.
pub(super) fn tie_rank(book: &Rulebook, bearer: Option<PartyIx>, party: PartyIx) -> (u8, PartyIx) {
    let public =
        book.parties.get(party.0).is_some_and(|known| matches!(known.kind, PartyKind::Fund | PartyKind::Level));
    let rank = match (Some(party) == bearer, public) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    };
    (rank, party)
}

/// A party's part of a ratio.
pub(super) fn rate_of(ratio: &Ratio, party: PartyIx) -> Ppm {
    ratio.iter().find(|(known, _)| *known == party).map_or(Ppm::ZERO, |(_, rate)| *rate)
}

/// How a loss of `loss` lies in bands that look at `measure`.
pub(super) fn slices(bands: &Bands, reading: BandReading, spread: Spread, measure: Fen, loss: Fen) -> Vec<Slice> {
    match (reading, spread) {
        (BandReading::Slab, _) => {
            let band = bands.steps.iter().position(|step| holds(step.top, measure));
            vec![Slice { band, amount: loss }]
        }
        (BandReading::Marginal, Spread::BottomUp) => filled(bands, loss),
        (BandReading::Marginal, Spread::ProRata) => filled(bands, measure),
    }
}

/// Whether a measure lies above every band.
pub(super) fn above(bands: &Bands, measure: Fen) -> bool {
    bands.steps.iter().all(|step| !holds(step.top, measure))
}

fn holds(top: BandTop, measure: Fen) -> bool {
    match top {
        BandTop::UpTo(limit) => measure <= limit,
        BandTop::Below(limit) => measure < limit,
        BandTop::Open => true,
    }
}

/// A sum in slices from the lowest band up.
fn filled(bands: &Bands, sum: Fen) -> Vec<Slice> {
    let mut slices = Vec::new();
    let mut bottom = Fen::ZERO;
    for (place, step) in bands.steps.iter().enumerate() {
        let top = match step.top {
            BandTop::UpTo(limit) => limit.min(sum),
            // Of a band that ends before its limit the last fen lies in the next one.
            BandTop::Below(limit) => limit.saturating_sub(ONE_FEN).min(sum),
            BandTop::Open => sum,
        };
        slices.push(Slice { band: Some(place), amount: top.saturating_sub(bottom) });
        bottom = bottom.max(top);
    }
    slices.push(Slice { band: None, amount: sum.saturating_sub(bottom) });
    slices.retain(|slice| slice.amount > Fen::ZERO);
    slices
}

/// The smallest amount.
const ONE_FEN: Fen = match Fen::try_new(1) {
    Ok(fen) => fen,
    Err(_) => Fen::ZERO,
};

/// Every possible value of what is left open.
pub(super) fn possible<T: Copy>(value: &Open<T>, all: &[T]) -> Vec<T> {
    match value {
        Open::Known(known) => vec![*known],
        Open::Unknown => all.to_vec(),
    }
}
