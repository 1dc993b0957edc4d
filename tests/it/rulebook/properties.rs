//! Laws that hold for all amounts: nothing is lost, nothing is invented, no limit is exceeded.

use pledgefund::domain::money::{Fen, PPM_ONE, Ppm};
use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::case::Case;
use pledgefund::domain::payout::evaluate::evaluate;
use pledgefund::domain::payout::outcome::{Decision, Outcome};
use pledgefund::domain::rulebook::Rulebook;
use pledgefund::domain::split::{ClaimSum, Rounding, claim, split};
use pledgefund::reference::work_calendar;
use pledgefund::rulebook::parse;
use pledgefund::rulebook::quote_json::outcome_text;
use proptest::prelude::*;

use super::cases::{default_book, default_text, on, pure, run_by, with_claim};

fn amount(fen: i64) -> Fen {
    Fen::try_new(fen).unwrap()
}

fn rounding() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::LargestRemainder), Just(Rounding::FloorResidual)]
}

fn weights() -> impl Strategy<Value = Vec<(usize, i128)>> {
    proptest::collection::vec(0_i128..=1_000_000, 1..7)
        .prop_filter("some weight", |weights| weights.iter().any(|weight| *weight > 0))
        .prop_map(|weights| weights.into_iter().enumerate().collect())
}

prop_compose! {
    fn sums()(
        eligible in 0_i64..=2_000_000_000_000, insurance in 0_i64..=900_000_000_000,
        guarantor in 0_i64..=900_000_000_000, gross in 0_i64..=500_000_000_000, cost in 0_i64..=500_000_000_000,
        fund in 0_i64..=PPM_ONE, third in 0_i64..=PPM_ONE, caps in proptest::collection::vec(0_i64..=1_000_000_000_000, 0..4),
        rounding in rounding(),
    ) -> ClaimSum<&'static str> {
        let third = third.min(PPM_ONE - fund);
        let ppm = |value| Ppm::try_new(value).unwrap();
        ClaimSum {
            eligible: amount(eligible),
            insurance: amount(insurance),
            guarantor: amount(guarantor),
            collateral_gross: amount(gross),
            collateral_cost: amount(cost),
            weights: vec![("fund", ppm(fund)), ("third", ppm(third)), ("bank", ppm(PPM_ONE - fund - third))],
            fund: "fund",
            residual: "bank",
            rounding,
            caps: caps.into_iter().enumerate().map(|(place, cap)| (format!("cap{place}"), amount(cap))).collect(),
        }
    }
}

prop_compose! {
    fn cases()(
        principal in 1_i64..=3_000_000_000, ip in 0_i64..=PPM_ONE, unpaid in 0_i64..=PPM_ONE,
        insurer in 0_i64..=1_000_000_000, gross in 0_i64..=500_000_000, cost in 0_i64..=50_000_000,
        first in proptest::option::of(any::<bool>()), young in any::<bool>(),
        borrower in 0_i64..=600_000_000, bank in 0_i64..=1_100_000_000, balance in 0_i64..=500_000_000,
    ) -> Case {
        let share = |ppm: i64| amount(principal).part_floor(Ppm::try_new(ppm).unwrap()).unwrap();
        let mut case = with_claim(pure("1.00"), |claim| {
            claim.principal_outstanding = Some(share(unpaid));
            claim.insurer_paid = Some(amount(insurer));
            claim.collateral_gross = Some(amount(gross));
            claim.collateral_cost = Some(amount(cost));
        });
        case.loan.principal = amount(principal);
        case.loan.ip_amount = Some(share(ip));
        case.borrower.first_loan = first;
        case.borrower.established_on = if young { on("2022-01-01") } else { on("2010-01-01") };
        case.borrower.paid_to_date = Some(amount(borrower));
        case.bank.paid_this_year = Some(amount(bank));
        case.fund.balance = Some(amount(balance));
        case
    }
}

fn book() -> &'static Rulebook {
    static BOOK: std::sync::OnceLock<Rulebook> = std::sync::OnceLock::new();
    BOOK.get_or_init(default_book)
}

fn sum_of<P>(parts: &[(P, Fen)]) -> i128 {
    parts.iter().map(|(_, fen)| i128::from(fen.get())).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_split_hands_out_exactly_what_was_put_in(total in 0_i64..=i64::MAX, weights in weights(), rounding in rounding()) {
        let parts = split(amount(total), &weights, rounding).unwrap();
        prop_assert_eq!(sum_of(&parts), i128::from(total));
    }

    #[test]
    fn no_part_of_a_split_is_a_whole_fen_off(total in 0_i64..=i64::MAX, weights in weights(), rounding in rounding()) {
        let whole: i128 = weights.iter().map(|(_, weight)| weight).sum();
        let parties = i128::try_from(weights.len()).unwrap();
        let parts = split(amount(total), &weights, rounding).unwrap();
        for ((place, part), (_, weight)) in parts.iter().zip(&weights) {
            let off = i128::from(part.get()) * whole - i128::from(total) * weight;
            let residual = rounding == Rounding::FloorResidual && *place == 0;
            let most = if residual { parties * whole } else { whole };
            prop_assert!(-whole < off && off < most, "party {} is off by {}/{}", place, off, whole);
        }
    }

    #[test]
    fn a_claim_loses_nothing_and_keeps_every_limit(sum in sums()) {
        let result = claim(&sum).unwrap();
        let loss = i128::from(result.loss.get());
        prop_assert_eq!(sum_of(&result.shares), loss);
        prop_assert_eq!(sum_of(&result.borne), loss);
        prop_assert!(result.loss == Fen::ZERO || result.surplus == Fen::ZERO);
        prop_assert_eq!(
            i128::from(result.loss.get()) - i128::from(result.surplus.get()),
            i128::from(sum.eligible.get()) - i128::from(result.recovered.get())
        );
        prop_assert!(sum.caps.iter().all(|(_, cap)| result.fund_paid <= *cap));
        prop_assert!(result.fund_paid <= result.loss);
        prop_assert_eq!(result.binding.is_empty(), result.shortfall == Fen::ZERO);
    }

    #[test]
    fn an_outcome_loses_nothing_and_keeps_every_limit(case in cases()) {
        let outcome = run_by(book(), &case);
        let shares = outcome.shares.clone().unwrap_or_default();
        if let (Some(loss), Some(borne)) = (outcome.loss_base, outcome.borne.clone()) {
            prop_assert_eq!(sum_of(&shares), i128::from(loss.get()));
            prop_assert_eq!(sum_of(&borne), i128::from(loss.get()));
            let eligible = outcome.eligible.unwrap();
            prop_assert!(loss <= eligible);
        }
        let caps = outcome.caps.clone().unwrap_or_default();
        prop_assert!(caps.iter().all(|cap| outcome.payout <= cap.limit && cap.after <= cap.before));
        prop_assert!(outcome.payout == Fen::ZERO || outcome.decision == Decision::Pay);
        if outcome.decision == Decision::Pay {
            let share = shares.iter().find(|(party, _)| party == "fund").unwrap().1;
            prop_assert!(outcome.payout <= share);
            prop_assert_eq!(outcome.binding.is_empty(), outcome.payout == share);
            prop_assert_eq!(caps.len(), 4);
        }
        prop_assert_eq!(outcome.held.is_some() && outcome.decision != Decision::Hold, false);
    }

    #[test]
    fn a_damaged_file_is_refused_with_lines_or_read_but_never_stops_the_program(from in 0_usize..260, lines in 0_usize..4, insert in "[\\PC=\\[\\]{}\"., ]{0,12}") {
        let text = default_text();
        let mut kept: Vec<&str> = text.lines().collect();
        let from = from.min(kept.len());
        let to = (from + lines).min(kept.len());
        kept.splice(from..to, [insert.as_str()]);
        let count = kept.len();
        if let Err(faults) = parse("x.toml", &kept.join("\n")) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| (1..=count + 1).contains(&fault.line) && fault.column > 0));
        }
    }

    #[test]
    fn an_outcome_is_written_as_any_json_writer_would(case in cases(), name in "\\PC{0,12}") {
        let mut case = case;
        case.case = name.clone();
        let outcome = run_by(book(), &case);
        let text = outcome_text(&outcome);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.to_string(), text);
        prop_assert_eq!(read["case"].as_str(), Some(name.as_str()));
        prop_assert_eq!(read["trace"].as_array().unwrap().len(), outcome.trace.len());
    }

    #[test]
    fn steps_change_no_figure(case in cases()) {
        let traced = run_by(book(), &case);
        let bare = evaluate(&Rules::of(book(), work_calendar()).untraced(), &case);
        prop_assert!(bare.trace.is_empty() && !traced.trace.is_empty());
        prop_assert_eq!(Outcome { trace: Vec::new(), ..traced }, bare);
    }

    #[test]
    fn a_share_of_an_outcome_is_never_a_whole_fen_off(case in cases()) {
        let outcome = run_by(book(), &case);
        if let (Some(loss), Some(rate), Some(shares)) = (outcome.loss_base, outcome.fund_rate, outcome.shares) {
            let fund = shares.iter().find(|(party, _)| party == "fund").unwrap().1;
            let off = i128::from(fund.get()) * i128::from(PPM_ONE) - i128::from(loss.get()) * i128::from(rate.get());
            prop_assert!(off.abs() < i128::from(PPM_ONE));
        }
    }
}
