//! I6 and I7: what holds for every batch, and the worked order of cuts.

use std::collections::BTreeMap;

use pledgefund::domain::batch::{BatchError, BatchResult, Demand, Limits, Method, Paid, available, batch};
use pledgefund::domain::money::Fen;
use proptest::prelude::*;

use super::claim_laws::{amount, laws, sums};

type Claims = Vec<Demand<u8, u8, u8>>;

prop_compose! {
    fn claims()(facts in proptest::collection::vec((0_i64..4, 0_u8..3, 0_u8..3, sums()), 0..8)) -> Claims {
        let demand = |(claim, (approved, borrower, bank, fen)): (u8, (i64, u8, u8, i64))| Demand {
            // Names in another order than the list.
            claim: claim.wrapping_mul(37), approved, borrower, bank, demand: amount(fen),
        };
        (0_u8..).zip(facts).map(demand).collect()
    }
}

prop_compose! {
    fn limits()(
        available in sums(), borrowers in [proptest::option::of(sums()), proptest::option::of(sums())],
        banks in [proptest::option::of(sums()), proptest::option::of(sums())],
    ) -> Limits<u8, u8> {
        let caps = |caps: [Option<i64>; 2]| {
            (0_u8..).zip(caps).filter_map(|(name, cap)| Some((name, amount(cap?)))).collect::<BTreeMap<_, _>>()
        };
        Limits { available: amount(available), borrowers: caps(borrowers), banks: caps(banks) }
    }
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::Fifo), Just(Method::ProRata)]
}

fn by_claim(result: &BatchResult<u8>) -> BTreeMap<u8, Paid<u8>> {
    result.claims.iter().map(|paid| (paid.claim, paid.clone())).collect()
}

fn sum(amounts: impl Iterator<Item = Fen>) -> i128 {
    amounts.map(|fen| i128::from(fen.get())).sum()
}

proptest! {
    #![proptest_config(laws())]

    #[test]
    fn i6_groups_keep_their_caps_and_the_batch_what_is_available_and_every_cut_is_accounted_for(claims in claims(), limits in limits(), method in method()) {
        let result = batch(&claims, &limits, method).unwrap();
        let paid = || claims.iter().zip(&result.claims);
        for (name, cap) in &limits.borrowers {
            let group = sum(paid().filter(|(demand, _)| demand.borrower == *name).map(|(_, paid)| paid.paid));
            prop_assert!(group <= i128::from(cap.get()), "borrower {}", name);
        }
        for (name, cap) in &limits.banks {
            let group = sum(paid().filter(|(demand, _)| demand.bank == *name).map(|(_, paid)| paid.paid));
            prop_assert!(group <= i128::from(cap.get()), "bank {}", name);
        }
        let total = sum(result.claims.iter().map(|paid| paid.paid));
        prop_assert_eq!(total, i128::from(result.total_paid.get()));
        prop_assert_eq!(total + i128::from(result.fund_left.get()), i128::from(limits.available.get()));
        for (demand, paid) in paid() {
            prop_assert_eq!(demand.claim, paid.claim);
            let parts = [paid.paid, paid.cut_borrower, paid.cut_bank, paid.cut_fund];
            prop_assert_eq!(sum(parts.into_iter()), i128::from(demand.demand.get()));
            prop_assert!(result.fund_left == Fen::ZERO || paid.cut_fund == Fen::ZERO);
            prop_assert!(limits.borrowers.contains_key(&demand.borrower) || paid.cut_borrower == Fen::ZERO);
            prop_assert!(limits.banks.contains_key(&demand.bank) || paid.cut_bank == Fen::ZERO);
        }
    }

    #[test]
    fn i6_what_is_available_keeps_the_floor_and_the_budget(balance in sums(), floor in sums(), budget in proptest::option::of(sums()), paid in sums()) {
        let found = i128::from(available(amount(balance), amount(floor), budget.map(amount), amount(paid)).get());
        let above = i128::from(balance) - i128::from(floor);
        let left = budget.map_or(above, |budget| i128::from(budget) - i128::from(paid));
        prop_assert_eq!(found, above.min(left).max(0));
    }

    #[test]
    fn i7_the_order_of_the_list_decides_nothing(
        (claims, listed) in claims().prop_flat_map(|claims| (Just(claims.clone()), Just(claims).prop_shuffle())),
        limits in limits(), method in method(),
    ) {
        let (one, other) = (batch(&claims, &limits, method).unwrap(), batch(&listed, &limits, method).unwrap());
        prop_assert_eq!(by_claim(&one), by_claim(&other));
        prop_assert_eq!((one.total_paid, one.fund_left), (other.total_paid, other.fund_left));
    }

    #[test]
    fn i7_pro_rata_does_not_ask_who_was_approved_first(claims in claims(), limits in limits(), approved in [0_i64..9, 0_i64..9, 0_i64..9]) {
        let mut other = claims.clone();
        for (demand, approved) in other.iter_mut().zip(approved.iter().cycle()) {
            demand.approved = *approved;
        }
        let paid = |claims: &Claims| batch(claims, &limits, Method::ProRata).unwrap();
        prop_assert_eq!(paid(&claims), paid(&other));
    }

    #[test]
    fn i7_a_richer_fund_pays_no_claim_of_a_queue_less_and_pro_rata_at_most_one_fen_less(claims in claims(), limits in limits(), more in sums(), method in method()) {
        let mut richer = limits.clone();
        richer.available = richer.available.checked_add(amount(more)).unwrap();
        let (before, after) = (batch(&claims, &limits, method).unwrap(), batch(&claims, &richer, method).unwrap());
        prop_assert!(after.total_paid >= before.total_paid);
        let paradox = i64::from(method == Method::ProRata);
        for (before, after) in before.claims.iter().zip(&after.claims) {
            prop_assert!(after.paid.get() >= before.paid.get() - paradox);
        }
    }
}

fn demand(claim: &'static str, approved: i64, fen: i64) -> Demand<&'static str, &'static str, &'static str> {
    Demand { claim, approved, borrower: "B", bank: "K", demand: amount(fen) }
}

fn within(available: i64, borrower: i64, bank: i64) -> Limits<&'static str, &'static str> {
    Limits {
        available: amount(available),
        borrowers: BTreeMap::from([("B", amount(borrower))]),
        banks: BTreeMap::from([("K", amount(bank))]),
    }
}

#[test]
fn a_queue_attributes_cuts_to_borrower_then_bank_then_fund() {
    let paid = batch(&[demand("C", 1, 100)], &within(40, 90, 70), Method::Fifo).unwrap().claims.remove(0);
    let found = [paid.paid, paid.cut_borrower, paid.cut_bank, paid.cut_fund].map(Fen::get);
    assert_eq!(found, [40, 10, 20, 30]);
}

#[test]
fn a_queue_uses_caps_up_by_what_is_paid_and_not_by_what_was_asked() {
    let claims = [demand("C1", 1, 100), demand("C2", 2, 30)];
    let result = batch(&claims, &within(1_000, 1_000, 110), Method::Fifo).unwrap();
    let found: Vec<i64> = result.claims.iter().map(|paid| paid.paid.get()).collect();
    assert_eq!((found, result.claims[1].cut_bank.get()), (vec![100, 10], 20));
}

#[test]
fn a_tie_of_pro_rata_goes_to_the_claim_with_the_earlier_name() {
    let claims = [demand("C2", 1, 5), demand("C1", 2, 5)];
    let result = batch(&claims, &within(5, 100, 100), Method::ProRata).unwrap();
    let found: Vec<(&str, i64)> = result.claims.iter().map(|paid| (paid.claim, paid.paid.get())).collect();
    assert_eq!(found, [("C2", 2), ("C1", 3)]);
}

#[test]
fn a_batch_that_names_a_claim_twice_is_refused() {
    let claims = [demand("C1", 1, 5), demand("C1", 2, 5)];
    assert_eq!(batch(&claims, &within(5, 5, 5), Method::Fifo), Err(BatchError::ClaimTwice));
}

#[test]
fn demands_whose_sum_is_beyond_64_bits_are_still_shared() {
    let claims = [demand("C1", 1, i64::MAX), demand("C2", 2, i64::MAX)];
    for method in Method::ALL {
        let result = batch(&claims, &within(101, i64::MAX, i64::MAX), *method).unwrap();
        assert_eq!(result.total_paid, amount(101), "{method:?}");
    }
}
