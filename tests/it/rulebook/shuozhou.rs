//! The worked cases of the default rulebook, and three claims of the sample files.

use pledgefund::domain::money::Fen;
use pledgefund::domain::payout::case::{Case, When};
use pledgefund::domain::payout::outcome::{Decision, Outcome};

use super::cases::{claimed, codes, day, enrolled, fen, on, part, pure, run, with_claim};

#[track_caller]
fn check_paid(case: &Case, fund: &str, bank: &str) -> Outcome {
    let outcome = run(case);
    assert_eq!(codes(&outcome), Vec::<&str>::new());
    assert_eq!(outcome.decision, Decision::Pay);
    assert_eq!(outcome.payout.yuan(), fund);
    assert_eq!(part(outcome.borne.as_deref(), "fund"), fund);
    assert_eq!(part(outcome.borne.as_deref(), "bank"), bank);
    outcome
}

fn first_loan(mut case: Case) -> Case {
    case.borrower.first_loan = Some(true);
    case
}

fn start_up(mut case: Case) -> Case {
    case.borrower.established_on = on("2021-02-01");
    case
}

#[test]
fn s1_a_pure_pledge_is_shared_forty_to_sixty() {
    let outcome = check_paid(&pure("4000000.00"), "1600000.00", "2400000.00");
    assert_eq!(outcome.fund_rate.unwrap().fraction(), "0.400000");
    assert_eq!(outcome.binding, Vec::<String>::new());
}

#[test]
fn s2_a_first_loan_adds_five_points() {
    check_paid(&first_loan(pure("4000000.00")), "1800000.00", "2200000.00");
}

#[test]
fn s3_first_loan_and_start_up_meet_the_ceiling_and_nothing_is_cut() {
    let outcome = check_paid(&start_up(first_loan(pure("4000000.00"))), "2000000.00", "2000000.00");
    assert_eq!(outcome.fund_rate.unwrap().fraction(), "0.500000");
}

#[test]
fn s4_the_limit_per_loan_cuts_and_the_bank_bears_the_rest() {
    let outcome = check_paid(&start_up(first_loan(pure("8000000.00"))), "3000000.00", "5000000.00");
    assert_eq!(part(outcome.shares.as_deref(), "fund"), "4000000.00");
    assert_eq!(outcome.binding, ["per_loan"]);
}

/// Mixed, rights carry 60 %, unpaid 3,600,000.00, net collateral 216,000.00, first loan.
fn s5() -> Case {
    let case = first_loan(claimed("6000000.00", "3600000.00", "3600000.00"));
    with_claim(case, |claim| {
        claim.collateral_gross = Some(fen("220000.00"));
        claim.collateral_cost = Some(fen("4000.00"));
    })
}

#[test]
fn s5_of_a_mixed_pledge_only_the_ip_part_counts_and_collateral_enters_at_the_same_fraction() {
    let outcome = check_paid(&s5(), "913680.00", "1116720.00");
    assert_eq!(outcome.eligible.unwrap().yuan(), "2160000.00");
    assert_eq!(outcome.loss_base.unwrap().yuan(), "2030400.00");
}

#[test]
fn s6_what_was_paid_for_the_borrower_before_leaves_less() {
    let mut case = s5();
    case.borrower.paid_to_date = Some(fen("4400000.00"));
    let outcome = check_paid(&case, "600000.00", "1430400.00");
    assert_eq!(outcome.binding, ["per_borrower_life"]);
}

#[test]
fn s7_insurer_and_guarantor_are_taken_off_before_sharing() {
    let case = with_claim(pure("3200000.00"), |claim| {
        claim.insurer_paid = Some(fen("1920000.00"));
        claim.guarantor_paid = Some(fen("640000.00"));
    });
    assert_eq!(check_paid(&case, "256000.00", "384000.00").loss_base.unwrap().yuan(), "640000.00");
}

#[test]
fn s8_an_ip_share_just_below_half_is_not_covered_and_half_is() {
    let below = run(&enrolled("10000.00", "4999.00"));
    assert_eq!((below.decision, codes(&below)), (Decision::NoCover, vec!["IP_SHARE_BELOW_MINIMUM"]));
    let below = run(&enrolled("10000.01", "5000.00"));
    assert_eq!(below.decision, Decision::NoCover, "a hundredth of a fen in the ratio decides");
    let half = run(&enrolled("10000.00", "5000.00"));
    assert_eq!((half.decision, codes(&half)), (Decision::Cover, vec![]));
    assert_eq!(half.fund_rate.unwrap().fraction(), "0.400000");
    assert_eq!(half.eligible.unwrap().yuan(), "5000.00");
    let claim = run(&claimed("10000.00", "4999.00", "10000.00"));
    assert_eq!((claim.decision, codes(&claim)), (Decision::Reject, vec!["IP_SHARE_BELOW_MINIMUM"]));
}

#[test]
fn s9_the_odd_fen_goes_to_the_larger_remainder() {
    check_paid(&pure("333333.37"), "133333.35", "200000.02");
}

#[test]
fn s11_ninety_days_overdue_are_too_few_and_ninety_one_are_enough() {
    let filed = |on: &str| with_claim(pure("100000.00"), |claim| claim.filed_on = Some(When::On(day(on))));
    let early = run(&filed("2025-04-22"));
    assert_eq!((early.decision, codes(&early)), (Decision::Reject, vec!["CLAIM_OVERDUE_TOO_SHORT"]));
    assert_eq!(run(&filed("2025-04-23")).decision, Decision::Pay);
}

#[test]
fn a_claim_filed_too_early_stays_too_early_when_it_is_computed_later() {
    let mut case = with_claim(pure("100000.00"), |claim| claim.filed_on = on("2025-04-22"));
    case.on = day("2026-06-30");
    assert_eq!(codes(&run(&case)), ["CLAIM_OVERDUE_TOO_SHORT"]);
}

#[test]
fn sample_claim_with_insurer_guarantor_and_collateral_at_sixty_per_cent() {
    let case = with_claim(claimed("1000000.00", "600000.00", "1000000.00"), |claim| {
        claim.insurer_paid = Some(fen("600000.00"));
        claim.guarantor_paid = Some(fen("200000.00"));
        claim.collateral_gross = Some(fen("30000.00"));
        claim.collateral_cost = Some(fen("10000.00"));
    });
    let outcome = check_paid(&case, "43200.00", "64800.00");
    assert_eq!(outcome.loss_base.unwrap().yuan(), "108000.00");
}

#[test]
fn sample_claim_whose_fractions_of_a_fen_are_rounded_down_once() {
    let exact = with_claim(claimed("800000.00", "480000.00", "246153.84"), |claim| {
        claim.collateral_gross = Some(fen("24615.38"));
        claim.collateral_cost = Some(fen("984.00"));
    });
    let outcome = check_paid(&exact, "53405.39", "80108.09");
    assert_eq!(outcome.loss_base.unwrap().yuan(), "133513.48");
}

#[test]
fn sample_claim_of_an_insured_loan_with_a_few_yuan_left() {
    let case = with_claim(claimed("200000.00", "200000.00", "22222.22"), |claim| {
        claim.insurer_paid = Some(fen("13333.33"));
        claim.collateral_gross = Some(fen("1333.33"));
        claim.collateral_cost = Some(fen("88.00"));
    });
    let outcome = check_paid(&case, "3057.42", "4586.14");
    assert_eq!(outcome.loss_base.unwrap().yuan(), "7643.56");
}

#[test]
fn a_claim_that_was_recovered_in_full_is_paid_nothing() {
    let case = with_claim(pure("100000.00"), |claim| claim.insurer_paid = Some(fen("100000.00")));
    let outcome = check_paid(&case, "0.00", "0.00");
    assert_eq!(outcome.loss_base, Some(Fen::ZERO));
}
