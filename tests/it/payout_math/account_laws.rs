//! I8 and I9: what holds for every recovery and for the account of a case, and settlements.

use chrono::{Days, NaiveDate};
use pledgefund::domain::case_account::{CaseAccount, CaseAccountError, CaseEvent, events_of};
use pledgefund::domain::ledger::{Account, Balances, Entry, Line, Side};
use pledgefund::domain::money::{Fen, FenDelta, Ppm};
use pledgefund::domain::names::FundSource;
use pledgefund::domain::recovery::{Receipt, Recovery};
use pledgefund::domain::settlement::settle;
use pledgefund::domain::split::{ClaimSum, amount_of, claim};
use proptest::prelude::*;

use super::claim_laws::{amount, laws, rounding, sum_of, sums};

prop_compose! {
    fn receipts()(facts in proptest::collection::vec((sums(), sums()), 0..6)) -> Vec<Receipt> {
        // An ordinary cost is a part of its proceeds; one in three is not.
        let receipt = |(place, (gross, cost)): (usize, (i64, i64))| {
            let cost = if place % 3 == 1 { cost } else { cost.min(gross / 10) };
            Receipt { gross: amount(gross / 8), cost: amount(cost / 8) }
        };
        facts.into_iter().enumerate().map(receipt).collect()
    }
}

prop_compose! {
    /// A case whose fund is party 2 of three, and what comes back on later days.
    fn cases()(
        eligible in sums(), insurance in sums(), parts in [0_i64..=500_000, 0_i64..=500_000], cap in proptest::option::of(sums()),
        rounding in rounding(), receipts in receipts(), gaps in [0_u64..40, 0_u64..40, 0_u64..40],
    ) -> (ClaimSum<u8>, Vec<(NaiveDate, Receipt)>) {
        let weights = [1_000_000 - parts[0] - parts[1], parts[0], parts[1]].map(|ppm| Ppm::try_new(ppm).unwrap());
        let sum = ClaimSum {
            eligible: amount(eligible), insurance: amount(insurance), guarantor: Fen::ZERO,
            collateral_gross: Fen::ZERO, collateral_cost: Fen::ZERO,
            weights: (0_u8..).zip(weights).collect(), fund: 2, residual: 0, rounding,
            caps: cap.map(|cap| ("loan".to_owned(), amount(cap))).into_iter().collect(),
        };
        let mut on = paid_on();
        let dated = receipts.into_iter().zip(gaps.iter().cycle()).map(|(receipt, gap)| {
            on = on + Days::new(*gap);
            (on, receipt)
        });
        (sum, dated.collect())
    }
}

fn paid_on() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// The fund's own books of a case: what it paid and what came back to it, as `ledger` keeps them.
fn fund_books(paid: Fen, returned: Fen) -> FenDelta {
    let mut books = Balances::default();
    let mut book = |debit: Account, credit: Account, amount: Fen| {
        if amount > Fen::ZERO {
            let line = |account, side| Line { account, side, amount };
            books.apply(&Entry::try_new(vec![line(debit, Side::Debit), line(credit, Side::Credit)]).unwrap()).unwrap();
        }
    };
    let city = FundSource::ALL.first().copied().unwrap();
    book(Account::Cash, Account::Contribution(city), paid);
    book(Account::Compensation(FundSource::City), Account::Cash, paid);
    book(Account::Cash, Account::RecoveryIncome(FundSource::City), returned);
    books
        .of(&Account::Compensation(FundSource::City))
        .checked_add(books.of(&Account::RecoveryIncome(FundSource::City)))
        .unwrap()
}

proptest! {
    #![proptest_config(laws())]

    #[test]
    fn i8_nobody_gets_back_more_than_it_bore_and_every_fen_received_is_accounted_for(borne in proptest::collection::vec(sums(), 1..6), receipts in receipts()) {
        let borne: Vec<(usize, Fen)> = borne.into_iter().map(|fen| amount(fen / 8)).enumerate().collect();
        let mut recovery = Recovery::new(&borne);
        let (mut gross, mut cost) = (0_i128, 0_i128);
        for receipt in receipts {
            let step = recovery.take(receipt).unwrap();
            gross += i128::from(receipt.gross.get());
            cost += i128::from(receipt.cost.get());
            let (returned, open) = (recovery.returned(), recovery.unreimbursed());
            prop_assert_eq!(sum_of(&step.parts), i128::from(step.distributed.get()));
            prop_assert_eq!(step.net, step.distributed.checked_add(step.surplus).unwrap());
            for ((party, borne), (_, open)) in borne.iter().zip(&open) {
                let returned = amount_of(&returned, party).unwrap();
                prop_assert!(returned <= *borne, "{} got {} of {}", party, returned, borne);
                prop_assert_eq!(returned.checked_add(*open).unwrap(), *borne);
            }
            let kept = sum_of(&returned) + i128::from(recovery.surplus().get());
            prop_assert_eq!(gross - cost, kept - i128::from(recovery.cost_carried().get()));
            prop_assert!(recovery.surplus() == Fen::ZERO || sum_of(&open) == 0);
        }
    }

    #[test]
    fn i9_on_every_day_the_entries_of_a_case_sum_to_what_was_borne_less_what_was_returned((sum, receipts) in cases()) {
        let result = claim(&sum).unwrap();
        let mut account = CaseAccount::default();
        for event in events_of(&result, &sum.fund, &sum.residual) {
            account.record(paid_on(), event).unwrap();
        }
        for (on, receipt) in &receipts {
            account.record(*on, CaseEvent::Receipt(*receipt)).unwrap();
        }
        let before = paid_on() - Days::new(1);
        prop_assert!(sum.weights.iter().all(|(party, _)| account.balance(party, before) == Ok(FenDelta::ZERO)));
        let after = NaiveDate::MAX;
        for day in receipts.iter().map(|(on, _)| *on).chain([paid_on(), after]) {
            let mut recovery = Recovery::new(&result.borne);
            for (_, receipt) in receipts.iter().filter(|(on, _)| *on <= day) {
                recovery.take(*receipt).unwrap();
            }
            for ((party, borne), (_, returned)) in result.borne.iter().zip(&recovery.returned()) {
                let left = FenDelta::between(*returned, *borne).unwrap();
                prop_assert_eq!(account.balance(party, day).unwrap(), left, "party {} on {}", party, day);
                if *party == sum.fund {
                    prop_assert_eq!(fund_books(*borne, *returned), left);
                }
            }
        }
        prop_assert!(account.entries().iter().all(|entry| entry.change != FenDelta::ZERO));
    }

    #[test]
    fn r5_a_settlement_moves_exactly_the_difference_and_one_way_only(advance in sums(), due in sums()) {
        let found = settle(amount(advance), amount(due));
        prop_assert_eq!(advance + found.top_up.get() - found.clawback.get(), due);
        prop_assert!(found.top_up == Fen::ZERO || found.clawback == Fen::ZERO);
    }
}

fn receipt(gross: i64, cost: i64) -> Receipt {
    Receipt { gross: amount(gross), cost: amount(cost) }
}

#[test]
fn a_case_account_refuses_an_earlier_day_and_a_payment_after_a_receipt_and_stays_as_it_was() {
    let day = paid_on();
    let payment = |fen| CaseEvent::Payment { party: "fund", amount: amount(fen) };
    let mut account = CaseAccount::default();
    account.record(day, payment(100)).unwrap();
    assert_eq!(account.record(day - Days::new(1), payment(1)), Err(CaseAccountError::OutOfOrder));
    account.record(day, CaseEvent::Receipt(receipt(40, 10))).unwrap();
    let before = account.clone();
    assert_eq!(account.record(day + Days::new(1), payment(1)), Err(CaseAccountError::BorneAfterReceipt));
    let shortfall = CaseEvent::Shortfall { party: "bank", amount: amount(1) };
    assert_eq!(account.record(day + Days::new(1), shortfall), Err(CaseAccountError::BorneAfterReceipt));
    assert_eq!(account, before);
    assert_eq!(account.balance(&"fund", day), Ok(FenDelta::new(70)));
}

#[test]
fn what_comes_in_when_nobody_bore_anything_is_surplus_after_its_cost() {
    let mut recovery = Recovery::new(&[("bank", Fen::ZERO), ("fund", Fen::ZERO)]);
    let step = recovery.take(receipt(10, 3)).unwrap();
    assert_eq!((step.distributed, step.surplus), (Fen::ZERO, amount(7)));
    assert_eq!(recovery.returned(), [("bank", Fen::ZERO), ("fund", Fen::ZERO)]);
}

#[test]
fn a_receipt_that_does_not_fit_changes_nothing() {
    let mut recovery = Recovery::new(&[("bank", amount(5))]);
    recovery.take(receipt(0, i64::MAX)).unwrap();
    let before = recovery.clone();
    assert!(recovery.take(receipt(1, 1)).is_err());
    assert_eq!(recovery, before);
}
