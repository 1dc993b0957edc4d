//! The plain waterfall gives what the general one gives.

use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::split::{ClaimSum, Rounding, SplitError, claim};
use pledgefund::domain::waterfall::{Sums, Terms, waterfall};
use proptest::prelude::*;

use super::claim_laws::{amount, laws, rounding, sums};

/// Everything of one claim but its number of parties.
#[derive(Debug, Clone)]
struct Facts {
    amounts: [i64; 5],
    places: [usize; 2],
    rounding: Rounding,
    caps: Vec<i64>,
}

prop_compose! {
    fn facts()(
        amounts in [sums(), sums(), sums(), sums(), sums()], places in [0_usize..8, 0_usize..8], rounding in rounding(),
        caps in proptest::collection::vec(sums(), 0..4),
    ) -> Facts {
        Facts { amounts, places, rounding, caps }
    }
}

/// Both ways on the same claim. The fund and the residual party may be the same place.
fn compare<const N: usize>(weights: [i64; N], facts: &Facts) {
    let weights = weights.map(|weight| Ppm::try_new(weight).unwrap());
    let [eligible, insurance, guarantor, gross, cost] = facts.amounts.map(amount);
    let [fund, residual] = facts.places.map(|place| place % N);
    let caps: Vec<Fen> = facts.caps.iter().map(|cap| amount(*cap)).collect();
    let general = claim(&ClaimSum {
        eligible,
        insurance,
        guarantor,
        collateral_gross: gross,
        collateral_cost: cost,
        weights: weights.iter().copied().enumerate().collect(),
        fund,
        residual,
        rounding: facts.rounding,
        caps: caps.iter().enumerate().map(|(place, cap)| (place.to_string(), *cap)).collect(),
    });
    let sums = Sums { eligible, insurance, guarantor, collateral_gross: gross, collateral_cost: cost };
    let terms = Terms::try_new(weights, fund, residual, facts.rounding);
    let plain = terms.and_then(|terms| waterfall(&sums, &terms, &caps));
    match (general, plain) {
        (Ok(general), Ok(plain)) => {
            let heads = (general.net_collateral, general.cost_excess, general.recovered, general.loss, general.surplus);
            assert_eq!(heads, (plain.net_collateral, plain.cost_excess, plain.recovered, plain.loss, plain.surplus));
            let parts = |parts: [Fen; N]| parts.into_iter().enumerate().collect::<Vec<_>>();
            assert_eq!((general.shares, general.borne), (parts(plain.shares), parts(plain.borne)));
            assert_eq!((general.fund_paid, general.shortfall), (plain.fund_paid, plain.shortfall));
            for (place, cap) in caps.iter().enumerate() {
                assert_eq!(general.binding.contains(&place.to_string()), plain.binds(*cap));
            }
        }
        (general, plain) => assert_eq!(general.err(), plain.err()),
    }
}

fn first<const N: usize>(weights: [i64; 8]) -> [i64; N] {
    weights[..N].try_into().unwrap()
}

/// With 1, 2, 3, 5 and 8 parties.
fn compare_all(weights: [i64; 8], facts: &Facts) {
    compare(first::<1>(weights), facts);
    compare(first::<2>(weights), facts);
    compare(first::<3>(weights), facts);
    compare(first::<5>(weights), facts);
    compare(first::<8>(weights), facts);
}

proptest! {
    // Several ratios a case.
    #![proptest_config(ProptestConfig { cases: 3_000, ..laws() })]

    #[test]
    fn the_plain_waterfall_equals_the_general_one_in_millionths(parts in [0_i64..=400_000, 0_i64..=600_000], facts in facts()) {
        compare([1_000_000 - parts[1], parts[1]], &facts);
        compare([1_000_000 - parts[0] - parts[1], parts[0], parts[1]], &facts);
        compare([parts[0], 250_000, parts[1] / 2, 750_000 - parts[0] - parts[1] / 2], &facts);
    }

    #[test]
    fn the_plain_waterfall_equals_the_general_one_in_any_small_ratio(weights in [0_i64..5, 0_i64..5, 0_i64..5, 0_i64..5, 0_i64..5, 0_i64..5, 0_i64..5, 0_i64..5], facts in facts()) {
        compare_all(weights, &facts);
    }

    #[test]
    fn the_plain_waterfall_equals_the_general_one_beyond_64_bits(weights in proptest::array::uniform8(sums()), shift in 0_u32..5, largest in any::<bool>(), mut facts in facts()) {
        if largest {
            facts.amounts[0] = i64::MAX - facts.amounts[0];
        }
        compare_all(weights.map(|weight| (weight << shift) | (weight & 3)), &facts);
    }
}

#[test]
fn a_loss_at_the_edge_of_64_bits_comes_out_on_both_sides_of_it() {
    let edge = i64::try_from(u64::MAX / 1_000_000).unwrap();
    for rounding in Rounding::ALL {
        for eligible in edge - 3..=edge + 3 {
            let facts = Facts { amounts: [eligible, 0, 0, 0, 0], places: [2, 0], rounding: *rounding, caps: vec![] };
            compare([333_334, 333_333, 333_333], &facts);
            compare([333_335, 333_333, 333_333], &facts);
        }
    }
}

#[test]
fn recoveries_that_do_not_fit_are_refused_by_both() {
    let facts =
        |caps| Facts { amounts: [1, i64::MAX, 1, 0, 0], places: [1, 0], rounding: Rounding::LargestRemainder, caps };
    compare([600_000, 400_000], &facts(vec![]));
}

#[test]
fn terms_without_weight_or_with_a_place_that_is_not_there_are_refused() {
    let ppm = |value| Ppm::try_new(value).unwrap();
    let terms = |weights, fund, residual| Terms::<2>::try_new(weights, fund, residual, Rounding::FloorResidual);
    assert_eq!(terms([ppm(0), ppm(0)], 1, 0), Err(SplitError::NoWeight));
    assert_eq!(terms([ppm(1), ppm(1)], 2, 0), Err(SplitError::PartyMissing));
    assert_eq!(terms([ppm(1), ppm(1)], 1, 2), Err(SplitError::PartyMissing));
}
