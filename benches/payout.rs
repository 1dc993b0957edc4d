//! The waterfall of a million claims in memory, on one core, in three ways.
//!
//! `cargo bench --bench payout` prints nanoseconds a claim for the plain waterfall, for the same written in decimals of
//! yuan, and for `split::claim`, each the best of several rounds. `--claims N` takes another number.
//! **Invariant:** all three read the same claims and must agree on every sum to the fen, or the bench stops.

#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::float_arithmetic, reason = "a bench may stop and round")]

use std::hint::black_box;
use std::time::Instant;

use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::split::{ClaimSum, Rounding, claim};
use pledgefund::domain::waterfall::{Sums, Terms, waterfall};
use rust_decimal::{Decimal, RoundingStrategy};

/// Rounds of each way; the fastest counts, so that a disturbed one does not.
const ROUNDS: usize = 15;
/// Most the plain waterfall may take.
const MOST_NS: f64 = 30.0;
/// How many times as fast as decimals it must be.
const LEAST_RATIO: f64 = 8.0;

/// A claim for the plain waterfall: bank, insurer, fund; a cap on the loan and one on the borrower.
struct Plain {
    sums: Sums,
    terms: Terms<3>,
    caps: [Fen; 2],
}

/// The same in yuan.
struct InDecimal {
    eligible: Decimal,
    insurance: Decimal,
    guarantor: Decimal,
    gross: Decimal,
    cost: Decimal,
    weights: [Decimal; 3],
    caps: [Decimal; 2],
}

/// What a way came to: recovered, lost, paid, cut, borne by the bank.
type Totals = [i64; 5];

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let count = words.iter().position(|word| word == "--claims").map_or(1_000_000, |at| words[at + 1].parse().unwrap());
    let mut random = Random(20_250_701);
    let raw: Vec<[i64; 9]> = (0..count).map(|_| random.claim()).collect();
    let (plain_ns, plain) = best(count, &raw, plain_of, |claims| totals(claims, plain_totals));
    let (decimal_ns, decimal) = best(count, &raw, decimal_of, |claims| totals(claims, decimal_totals));
    let (claim_ns, general) = best(count, &raw, general_of, |claims| totals(claims, general_totals));
    assert_eq!(plain, decimal, "fen and decimals agree");
    assert_eq!(plain, general, "both waterfalls agree");
    let ratio = decimal_ns / plain_ns;
    println!("{count} claims, three parties, two caps, one core, best of {ROUNDS} rounds");
    println!("  plain waterfall  {plain_ns:8.1} ns a claim   at most {MOST_NS}");
    println!("  in decimals      {decimal_ns:8.1} ns a claim   ratio {ratio:.1}, at least {LEAST_RATIO}");
    println!("  split::claim     {claim_ns:8.1} ns a claim   ratio {:.1}", claim_ns / plain_ns);
    println!("  recovered, lost, paid, cut, borne by the bank: {plain:?} fen");
    assert!(ratio >= LEAST_RATIO, "decimals are only {ratio:.1} times slower");
    if plain_ns > MOST_NS {
        println!("  slower than the limit; on a busy machine, run it again");
    }
}

/// The fastest round, in nanoseconds a claim, and what every round came to.
fn best<T>(count: usize, raw: &[[i64; 9]], make: fn(&[i64; 9]) -> T, run: impl Fn(&[T]) -> Totals) -> (f64, Totals) {
    let claims: Vec<T> = raw.iter().map(make).collect();
    let expected = run(&claims);
    let mut least = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let found = run(black_box(&claims));
        least = least.min(start.elapsed().as_nanos() as f64 / count as f64);
        assert_eq!(found, expected, "a round came to something else");
    }
    (least, expected)
}

#[inline]
fn totals<T>(claims: &[T], one: impl Fn(&T) -> Totals) -> Totals {
    let mut sums = [0_i64; 5];
    for claim in claims {
        for (sum, part) in sums.iter_mut().zip(one(claim)) {
            *sum = sum.wrapping_add(part);
        }
    }
    sums
}

#[inline]
fn plain_totals(claim: &Plain) -> Totals {
    let result = waterfall(&claim.sums, &claim.terms, &claim.caps).unwrap();
    [result.recovered.get(), result.loss.get(), result.fund_paid.get(), result.shortfall.get(), result.borne[0].get()]
}

fn general_totals(sum: &ClaimSum<u8>) -> Totals {
    let result = claim(sum).unwrap();
    [result.recovered.get(), result.loss.get(), result.fund_paid.get(), result.shortfall.get(), result.borne[0].1.get()]
}

/// As it would be written in decimals: shares cut to the fen, the odd fen to the largest remainders.
#[inline]
fn decimal_totals(claim: &InDecimal) -> Totals {
    let zero = Decimal::ZERO;
    let net = (claim.gross - claim.cost).max(zero);
    let recovered = claim.insurance + claim.guarantor + net;
    let loss = (claim.eligible - recovered).max(zero);
    let exact = claim.weights.map(|weight| loss * weight);
    let mut shares = exact.map(|exact| exact.round_dp_with_strategy(2, RoundingStrategy::ToZero));
    let rests: [Decimal; 3] = std::array::from_fn(|place| exact[place] - shares[place]);
    let fen = Decimal::new(1, 2);
    let mut left = loss - shares[0] - shares[1] - shares[2];
    let mut taken = [false; 3];
    while left > zero {
        // The first of the largest, in the order bank, insurer, fund.
        let mut next = usize::MAX;
        for place in 0..3 {
            if !taken[place] && (next == usize::MAX || rests[place] > rests[next]) {
                next = place;
            }
        }
        taken[next] = true;
        shares[next] += fen;
        left -= fen;
    }
    let paid = shares[2].min(claim.caps[0]).min(claim.caps[1]);
    let cut = shares[2] - paid;
    [recovered, loss, paid, cut, shares[0] + cut].map(fen_of)
}

/// The mantissa: every amount has two places.
#[inline]
fn fen_of(yuan: Decimal) -> i64 {
    let places = yuan.scale();
    let mantissa = yuan.mantissa() as i64;
    if places == 2 { mantissa } else { (yuan * Decimal::ONE_HUNDRED).trunc().mantissa() as i64 }
}

fn fen(value: i64) -> Fen {
    Fen::try_new(value).unwrap()
}

fn ppm(value: i64) -> Ppm {
    Ppm::try_new(value).unwrap()
}

fn plain_of([eligible, insurance, guarantor, gross, cost, fund, insurer, loan, borrower]: &[i64; 9]) -> Plain {
    let weights = [ppm(1_000_000 - fund - insurer), ppm(*insurer), ppm(*fund)];
    Plain {
        sums: Sums {
            eligible: fen(*eligible),
            insurance: fen(*insurance),
            guarantor: fen(*guarantor),
            collateral_gross: fen(*gross),
            collateral_cost: fen(*cost),
        },
        terms: Terms::try_new(weights, 2, 0, Rounding::LargestRemainder).unwrap(),
        caps: [fen(*loan), fen(*borrower)],
    }
}

fn decimal_of([eligible, insurance, guarantor, gross, cost, fund, insurer, loan, borrower]: &[i64; 9]) -> InDecimal {
    let yuan = |fen: &i64| Decimal::new(*fen, 2);
    let part = |ppm: i64| Decimal::new(ppm, 6);
    InDecimal {
        eligible: yuan(eligible),
        insurance: yuan(insurance),
        guarantor: yuan(guarantor),
        gross: yuan(gross),
        cost: yuan(cost),
        weights: [part(1_000_000 - fund - insurer), part(*insurer), part(*fund)],
        caps: [yuan(loan), yuan(borrower)],
    }
}

fn general_of([eligible, insurance, guarantor, gross, cost, fund, insurer, loan, borrower]: &[i64; 9]) -> ClaimSum<u8> {
    ClaimSum {
        eligible: fen(*eligible),
        insurance: fen(*insurance),
        guarantor: fen(*guarantor),
        collateral_gross: fen(*gross),
        collateral_cost: fen(*cost),
        weights: vec![(0, ppm(1_000_000 - fund - insurer)), (1, ppm(*insurer)), (2, ppm(*fund))],
        fund: 2,
        residual: 0,
        rounding: Rounding::LargestRemainder,
        caps: vec![("loan".to_owned(), fen(*loan)), ("borrower".to_owned(), fen(*borrower))],
    }
}

/// SplitMix64: the same claims on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound as u64) as i64
    }

    /// Eligible, insurance, guarantor, gross, cost, fund's and insurer's ppm, cap of the loan, left of the borrower's.
    fn claim(&mut self) -> [i64; 9] {
        let eligible = 10_000_000 + self.below(1_990_000_000);
        let mut some = |bound: i64| if self.below(2) == 0 { 0 } else { self.below(bound) };
        let (insurance, guarantor) = (some(eligible / 4), some(eligible / 4));
        let (gross, cost) = (some(eligible / 3), some(eligible / 20));
        let fund = 300_000 + self.below(300_001);
        let insurer = self.below(200_001);
        [eligible, insurance, guarantor, gross, cost, fund, insurer, 300_000_000, self.below(1_000_000_000)]
    }
}
