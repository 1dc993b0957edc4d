//! I1 to I5: what holds for every claim and every split.

use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::split::{ClaimResult, ClaimSum, Rounding, amount_of, claim, split};
use proptest::prelude::*;

pub fn laws() -> ProptestConfig {
    ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() }
}

pub fn amount(fen: i64) -> Fen {
    Fen::try_new(fen).unwrap()
}

pub fn sum_of<P>(parts: &[(P, Fen)]) -> i128 {
    parts.iter().map(|(_, fen)| i128::from(fen.get())).sum()
}

/// Nothing, a few fen, an ordinary sum, or more than any fund has.
pub fn sums() -> impl Strategy<Value = i64> {
    prop_oneof![1 => Just(0), 2 => 0_i64..40, 3 => 0_i64..2_000_000_000, 1 => 0_i64..=i64::MAX / 16]
}

pub fn rounding() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::LargestRemainder), Just(Rounding::FloorResidual)]
}

/// Weights of the parties, few and small ones too, so that ties happen.
fn weights(parties: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<i64>> {
    let one = prop_oneof![0_i64..7, 0_i64..=1_000_000];
    proptest::collection::vec(one, parties).prop_filter("some weight", |w| w.iter().any(|weight| *weight > 0))
}

prop_compose! {
    /// A claim of 2 to 6 parties; residual party and fund stand anywhere, but are not the same.
    fn claims()(
        weights in weights(2..=6), residual in 0_usize..6, fund in 0_usize..5, eligible in sums(), before in [sums(), sums(), sums(), sums()],
        caps in proptest::collection::vec(sums(), 0..4), rounding in rounding(),
    ) -> ClaimSum<usize> {
        let residual = residual % weights.len();
        let fund = (residual + 1 + fund % (weights.len() - 1)) % weights.len();
        let [insurance, guarantor, gross, cost] = before.map(amount);
        ClaimSum {
            eligible: amount(eligible), insurance, guarantor, collateral_gross: gross, collateral_cost: cost,
            weights: weights.into_iter().enumerate().map(|(p, w)| (p, Ppm::try_new(w).unwrap())).collect(),
            fund, residual, rounding,
            caps: caps.into_iter().enumerate().map(|(place, cap)| (format!("cap{place}"), amount(cap))).collect(),
        }
    }
}

fn share_of(result: &ClaimResult<usize>, sum: &ClaimSum<usize>) -> Fen {
    amount_of(&result.shares, &sum.fund).unwrap()
}

proptest! {
    #![proptest_config(laws())]

    #[test]
    fn i1_shares_and_borne_sum_to_the_loss_and_loss_excludes_surplus(sum in claims()) {
        let result = claim(&sum).unwrap();
        let loss = i128::from(result.loss.get());
        prop_assert_eq!(sum_of(&result.shares), loss);
        prop_assert_eq!(sum_of(&result.borne), loss);
        prop_assert!(result.loss == Fen::ZERO || result.surplus == Fen::ZERO);
        let net = (sum.collateral_gross.get() - sum.collateral_cost.get()).max(0);
        let recovered = i128::from(sum.insurance.get()) + i128::from(sum.guarantor.get()) + i128::from(net);
        prop_assert_eq!(i128::from(result.recovered.get()), recovered);
        prop_assert_eq!(loss - i128::from(result.surplus.get()), i128::from(sum.eligible.get()) - recovered);
    }

    #[test]
    fn i2_no_share_is_a_whole_fen_off_its_exact_part_but_the_residual_one_when_all_others_are_floored(sum in claims()) {
        let result = claim(&sum).unwrap();
        let whole: i128 = sum.weights.iter().map(|(_, weight)| i128::from(weight.get())).sum();
        let parties = i128::try_from(sum.weights.len()).unwrap();
        for ((party, share), (_, weight)) in result.shares.iter().zip(&sum.weights) {
            let off = i128::from(share.get()) * whole - i128::from(result.loss.get()) * i128::from(weight.get());
            match sum.rounding {
                Rounding::LargestRemainder => prop_assert!(off.abs() < whole, "{} is off by {}/{}", party, off, whole),
                Rounding::FloorResidual if *party == sum.residual => prop_assert!(0 <= off && off < parties * whole),
                Rounding::FloorResidual => prop_assert!(-whole < off && off <= 0, "{} is off by {}/{}", party, off, whole),
            }
        }
    }

    #[test]
    fn i3_the_fund_pays_within_its_share_the_loss_and_every_cap_and_a_cut_names_its_caps(sum in claims()) {
        let result = claim(&sum).unwrap();
        let share = share_of(&result, &sum);
        prop_assert!(sum.caps.iter().all(|(_, cap)| result.fund_paid <= *cap));
        prop_assert!(result.fund_paid <= share && share <= result.loss);
        prop_assert_eq!(result.shortfall, share.checked_sub(result.fund_paid).unwrap());
        prop_assert_eq!(result.binding.is_empty(), result.shortfall == Fen::ZERO);
        for (name, cap) in &sum.caps {
            let binds = result.shortfall > Fen::ZERO && *cap == result.fund_paid;
            prop_assert_eq!(result.binding.contains(name), binds);
        }
    }

    #[test]
    fn i4_more_recovery_never_raises_the_loss_and_the_payout_by_at_most_one_fen_among_three(sum in claims(), more in sums(), from in 0_usize..3) {
        let mut after = sum.clone();
        let raised = [&mut after.insurance, &mut after.guarantor, &mut after.collateral_gross].into_iter().nth(from).unwrap();
        *raised = raised.checked_add(amount(more)).unwrap();
        let (before, after) = (claim(&sum).unwrap(), claim(&after).unwrap());
        prop_assert!(after.loss <= before.loss);
        let paradox = sum.weights.len() > 2 && sum.rounding == Rounding::LargestRemainder;
        prop_assert!(after.fund_paid.get() <= before.fund_paid.get() + i64::from(paradox));
    }

    #[test]
    fn i5_a_larger_total_takes_at_most_one_fen_from_a_party_and_none_between_two(weights in weights(2..=6), total in sums(), more in sums()) {
        let ratio: Vec<(usize, i128)> = weights.iter().map(|w| i128::from(*w)).enumerate().collect();
        let whole: i128 = ratio.iter().map(|(_, weight)| weight).sum();
        let parts = |total: i64, rounding| split(amount(total), &ratio, rounding).unwrap();
        let (before, after) = (parts(total, Rounding::LargestRemainder), parts(total + more, Rounding::LargestRemainder));
        for (((_, before), (_, after)), (_, weight)) in before.iter().zip(&after).zip(&ratio) {
            let paradox = ratio.len() > 2 && weight * i128::from(more) < whole;
            prop_assert!(after.get() >= before.get() - i64::from(paradox));
        }
        let (before, after) = (parts(total, Rounding::FloorResidual), parts(total + more, Rounding::FloorResidual));
        prop_assert!(before.iter().zip(&after).skip(1).all(|(before, after)| after.1 >= before.1));
    }

    #[test]
    fn i5_lifting_a_cap_never_lowers_what_the_fund_pays(sum in claims(), place in 0_usize..4, more in sums(), none in any::<bool>()) {
        let mut lifted = sum.clone();
        if none {
            lifted.caps.truncate(place);
        } else if let Some((_, cap)) = lifted.caps.get_mut(place) {
            *cap = cap.checked_add(amount(more)).unwrap();
        }
        prop_assert!(claim(&lifted).unwrap().fund_paid >= claim(&sum).unwrap().fund_paid);
    }
}
