//! Every way a case can be refused or wait, and what unknown facts do.

use pledgefund::domain::ip_right::TermEnd;
use pledgefund::domain::money::Fen;
use pledgefund::domain::payout::case::{Case, When};
use pledgefund::domain::payout::outcome::{Decision, StepKind};
use pledgefund::domain::rulebook::fact::Fact;
use pledgefund::domain::rulebook::vocabulary::{PledgeMode, Route};

use super::cases::{
    book_of, claimed, codes, day, default_text, enrolled, fen, on, part, pure, run, run_by, with_claim, with_right,
};

#[track_caller]
fn check_reject(case: &Case, wanted: &[&str]) {
    let outcome = run(case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Reject, wanted.to_vec()));
    assert_eq!(outcome.payout, Fen::ZERO);
    assert_eq!(outcome.held, None);
}

#[track_caller]
fn check_hold(case: &Case, code: &str, fact: Option<Fact>, held: Option<&str>) {
    let outcome = run(case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Hold, vec![code]));
    assert_eq!(outcome.reasons.first().unwrap().fact, fact);
    assert_eq!(outcome.payout, Fen::ZERO);
    assert_eq!(outcome.held.map(Fen::yuan).as_deref(), held);
}

#[test]
fn a_loan_disbursed_outside_the_validity_is_not_governed() {
    let mut case = pure("100000.00");
    case.loan.disbursed_on = on("2026-08-01");
    check_reject(&case, &["NOT_GOVERNED"]);
    case.loan.disbursed_on = on("2022-11-30");
    check_reject(&case, &["NOT_GOVERNED"]);
    case.loan.disbursed_on = on("2022-12-01");
    assert_eq!(run(&case).decision, Decision::Pay);
    case.loan.disbursed_on = on("2026-07-31");
    assert_eq!(run(&case).decision, Decision::Pay);
}

#[test]
fn a_pledge_registered_on_or_after_the_npl_day_is_too_late() {
    let registered = |text: &str| with_right(pure("100000.00"), |right| right.pledge_registered_on = on(text));
    check_reject(&registered("2025-04-23"), &["CLAIM_PLEDGE_AFTER_NPL"]);
    assert_eq!(run(&registered("2025-04-22")).decision, Decision::Pay);
}

#[test]
fn a_right_whose_term_is_over_or_that_lapsed_is_no_security() {
    let over = |end: &str| with_right(pure("100000.00"), |r| r.term_end = Some(TermEnd::Known(day(end))));
    check_reject(&over("2025-09-28"), &["CLAIM_IP_TERM_OVER"]);
    assert_eq!(run(&over("2025-09-29")).decision, Decision::Pay);
    let lapsed = |on_day: &str| with_right(pure("100000.00"), |r| r.lapsed_on = on(on_day));
    check_reject(&lapsed("2025-09-29"), &["CLAIM_IP_TERM_OVER"]);
    assert_eq!(run(&lapsed("2025-09-30")).decision, Decision::Pay);
}

#[test]
fn one_right_in_force_is_enough() {
    let mut case = with_right(pure("100000.00"), |r| r.term_end = Some(TermEnd::Known(day("2025-01-01"))));
    let mut second = case.ip_rights.clone().unwrap().pop().unwrap();
    second.term_end = Some(TermEnd::Open);
    case.ip_rights.as_mut().unwrap().push(second);
    assert_eq!(run(&case).decision, Decision::Pay);
}

#[test]
fn a_term_that_may_end_on_either_side_of_the_claim_waits() {
    let within = |first: &str, last: &str| {
        let end = TermEnd::WithinYear { first: day(first), last: day(last) };
        with_right(pure("100000.00"), |right| right.term_end = Some(end))
    };
    check_hold(&within("2025-01-01", "2025-12-31"), "FACT_UNKNOWN", Some(Fact::IpExpiresOn), Some("40000.00"));
    check_reject(&within("2024-01-01", "2024-12-31"), &["CLAIM_IP_TERM_OVER"]);
    assert_eq!(run(&within("2026-01-01", "2026-12-31")).decision, Decision::Pay);
}

#[test]
fn all_failures_are_told_at_once_in_the_order_of_the_rulebook() {
    let case = with_claim(claimed("100000.00", "40000.00", "100000.00"), |c| c.filed_on = on("2025-02-01"));
    let case = with_right(case, |right| right.pledge_registered_on = on("2025-06-01"));
    check_reject(
        &case,
        &["IP_SHARE_BELOW_MINIMUM", "CLAIM_OVERDUE_TOO_SHORT", "CLAIM_IP_TERM_OVER", "CLAIM_PLEDGE_AFTER_NPL"],
    );
}

#[test]
fn a_failure_outweighs_what_is_unknown() {
    let mut case = with_claim(pure("100000.00"), |claim| claim.insurer_paid = None);
    case.loan.ip_amount = Some(fen("40000.00"));
    let outcome = run(&case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Reject, vec!["IP_SHARE_BELOW_MINIMUM", "FACT_UNKNOWN"]));
    assert_eq!(outcome.loss_base, None);
}

#[test]
fn an_unknown_amount_holds_and_names_itself() {
    let case = with_claim(pure("100000.00"), |claim| claim.guarantor_paid = None);
    check_hold(&case, "FACT_UNKNOWN", Some(Fact::ClaimGuarantorPaid), None);
    let mut case = pure("100000.00");
    case.loan.ip_amount = None;
    let clauses: Vec<(String, Option<Fact>)> =
        run(&case).reasons.into_iter().map(|reason| (reason.clause.to_string(), reason.fact)).collect();
    let (test, loss) = ("ip_share".to_owned(), "ip_principal".to_owned());
    assert_eq!(clauses, [(test, Some(Fact::LoanIpAmount)), (loss, Some(Fact::LoanIpAmount))]);
    let case = with_claim(pure("100000.00"), |claim| claim.npl_since = None);
    check_hold(&case, "FACT_UNKNOWN", Some(Fact::ClaimNplSince), Some("40000.00"));
    let mut case = pure("100000.00");
    case.bank.paid_this_year = None;
    check_hold(&case, "FACT_UNKNOWN", Some(Fact::BankPaidThisYear), Some("40000.00"));
    case = pure("100000.00");
    case.fund.balance = None;
    check_hold(&case, "FACT_UNKNOWN", Some(Fact::FundBalance), Some("40000.00"));
    case = pure("100000.00");
    case.ip_rights = None;
    let outcome = run(&case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Hold, vec!["FACT_UNKNOWN", "FACT_UNKNOWN"]));
}

#[test]
fn an_unknown_governing_day_holds() {
    let mut case = pure("100000.00");
    case.loan.disbursed_on = None;
    let outcome = run(&case);
    assert_eq!(outcome.decision, Decision::Hold);
    assert_eq!(codes(&outcome), ["VERSION_UNKNOWN", "FACT_UNKNOWN"]);
}

#[test]
fn an_unknown_addition_holds_with_the_most_it_may_come_to() {
    let mut case = pure("100000.00");
    case.borrower.first_loan = None;
    check_hold(&case, "FACT_UNKNOWN", Some(Fact::BorrowerFirstLoan), Some("45000.00"));
    let outcome = run(&case);
    assert_eq!((outcome.shares, outcome.fund_rate, outcome.caps), (None, None, None));
    let possible: Vec<String> = outcome
        .trace
        .iter()
        .filter(|step| step.kind == StepKind::Alternative)
        .map(|step| step.amount.unwrap().yuan())
        .collect();
    assert_eq!(possible, ["40000.00", "45000.00"]);
}

#[test]
fn an_unknown_addition_does_not_matter_where_nothing_is_left_to_share() {
    let mut case = with_claim(pure("100000.00"), |claim| claim.insurer_paid = Some(fen("100000.00")));
    case.borrower.first_loan = None;
    assert_eq!(run(&case).decision, Decision::Pay);
}

#[test]
fn amounts_that_cannot_all_be_true_hold() {
    let case = claimed("100000.00", "100000.01", "100000.00");
    check_hold(&case, "FACT_CONTRADICTS", Some(Fact::LoanIpAmount), Some("40000.00"));
    let case = claimed("100000.00", "100000.00", "100000.01");
    check_hold(&case, "FACT_CONTRADICTS", Some(Fact::ClaimPrincipalOutstanding), Some("40000.00"));
    check_hold(&claimed("0.00", "0.00", "0.00"), "FACT_CONTRADICTS", Some(Fact::LoanPrincipal), None);
}

#[test]
fn a_suspended_bank_waits() {
    let mut case = pure("100000.00");
    case.bank.suspended = Some(true);
    check_hold(&case, "BANK_SUSPENDED", None, Some("40000.00"));
    case.bank.suspended = Some(false);
    assert_eq!(run(&case).decision, Decision::Pay);
}

#[test]
fn an_empty_fund_queues_the_whole_claim_and_a_short_one_pays_a_part() {
    let mut case = pure("100000.00");
    case.fund.balance = Some(Fen::ZERO);
    check_hold(&case, "FUND_SHORT", None, Some("40000.00"));
    assert_eq!(run(&case).binding, ["fund_balance"]);
    case.fund.balance = Some(fen("15000.00"));
    case.fund.floor = Some(fen("5000.00"));
    let outcome = run(&case);
    assert_eq!((outcome.decision, outcome.payout.yuan().as_str()), (Decision::Pay, "10000.00"));
    assert_eq!(part(outcome.borne.as_deref(), "bank"), "90000.00");
    let deferred = outcome.trace.iter().find(|step| step.kind == StepKind::Deferred).unwrap();
    assert_eq!(deferred.amount.unwrap().yuan(), "30000.00");
}

#[test]
fn limits_are_applied_in_their_order_and_the_equal_ones_bind() {
    let mut case = pure("10000000.00");
    case.bank.paid_this_year = Some(fen("7500000.00"));
    case.borrower.paid_to_date = Some(fen("2500000.00"));
    case.fund.balance = Some(fen("2500000.00"));
    let outcome = run(&case);
    let caps: Vec<String> =
        outcome.caps.unwrap().iter().map(|c| format!("{} {} {} {}", c.cap, c.limit, c.before, c.after)).collect();
    assert_eq!(
        caps,
        [
            "per_loan 3000000.00 4000000.00 3000000.00",
            "per_borrower_life 2500000.00 3000000.00 2500000.00",
            "per_bank_year 2500000.00 2500000.00 2500000.00",
            "fund_balance 2500000.00 2500000.00 2500000.00",
        ]
    );
    assert_eq!(outcome.binding, ["fund_balance", "per_bank_year", "per_borrower_life"]);
    assert_eq!(outcome.payout.yuan(), "2500000.00");
}

#[test]
fn sixty_full_months_are_no_start_up_and_one_day_less_is() {
    let founded = |text: &str| {
        let mut case = enrolled("100000.00", "100000.00");
        case.borrower.established_on = on(text);
        run(&case).fund_rate.unwrap().fraction()
    };
    assert_eq!(founded("2019-01-22"), "0.400000");
    assert_eq!(founded("2019-01-23"), "0.450000");
}

#[test]
fn an_enrolment_says_what_is_tested_only_at_the_claim() {
    let outcome = run(&enrolled("100000.00", "60000.00"));
    let later: Vec<&str> =
        outcome.trace.iter().filter(|s| s.kind == StepKind::NotYet).map(|s| s.clause.as_str()).collect();
    assert_eq!(later, ["overdue", "right_in_force", "pledge_before_npl"]);
    assert_eq!((outcome.loss_base, outcome.caps, outcome.borne), (None, None, None));
    assert_eq!(part(outcome.shares.as_deref(), "fund"), "24000.00");
}

#[test]
fn an_enrolment_with_an_unknown_fact_waits() {
    let mut case = enrolled("100000.00", "60000.00");
    case.borrower.first_loan = None;
    let outcome = run(&case);
    assert_eq!((outcome.decision, outcome.held), (Decision::Hold, None));
}

#[test]
fn a_group_that_is_not_fully_known_holds_every_case() {
    let text = default_text().replace("levels = { state = \"none\",", "levels = { state = \"partly\",");
    let outcome = run_by(&book_of(&text), &pure("100000.00"));
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Hold, vec!["CLAUSE_UNKNOWN"]));
    assert_eq!(outcome.held.unwrap().yuan(), "40000.00");
}

#[test]
fn no_rule_that_applies_is_refused_or_waits_as_the_file_says() {
    let text = default_text().replace("bearer = \"bank\"", "bearer = \"bank\"\nwhen = { loan.route = \"insured\" }");
    let mut case = pure("100000.00");
    case.loan.route = Some(Route::Direct);
    let outcome = run_by(&book_of(&text), &case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Reject, vec!["NO_RULE"]));
    let waits = text.replace("no_match = \"reject\"", "no_match = \"hold\"");
    assert_eq!(run_by(&book_of(&waits), &case).decision, Decision::Hold);
    case.loan.route = None;
    let outcome = run_by(&book_of(&text), &case);
    assert_eq!(outcome.reasons.first().unwrap().fact, Some(Fact::LoanRoute));
}

#[test]
fn an_unknown_fact_does_not_hold_a_case_that_qualifies_otherwise() {
    let text = default_text().replace(
        "require = { loan.ip_share = { at_least = \"50 %\" } }",
        "require = { any = [{ loan.ip_share = { at_least = \"50 %\" } }, { loan.route = \"direct\" }] }",
    );
    let book = book_of(&text);
    assert_eq!(run_by(&book, &pure("100000.00")).decision, Decision::Pay);
    let below = run_by(&book, &claimed("100000.00", "10000.00", "100000.00"));
    assert_eq!(below.decision, Decision::Hold);
    assert_eq!(below.reasons.first().unwrap().fact, Some(Fact::LoanRoute));
}

#[test]
fn a_loan_that_never_became_overdue_is_refused() {
    let case = with_claim(pure("100000.00"), |claim| claim.overdue_since = Some(When::NotYet));
    check_reject(&case, &["CLAIM_OVERDUE_TOO_SHORT"]);
}

#[test]
fn of_one_set_only_the_largest_addition_counts() {
    let text = default_text()
        .replace(
            "when = { is = \"first_loan\" }\npoints = \"5 pp\"",
            "when = { is = \"first_loan\" }\npoints = \"3 pp\"\nonce = \"one\"",
        )
        .replace(
            "when = { is = \"start_up\" }\npoints = \"5 pp\"",
            "when = { is = \"start_up\" }\npoints = \"4 pp\"\nonce = \"one\"",
        );
    let mut case = pure("100000.00");
    case.borrower.first_loan = Some(true);
    case.borrower.established_on = on("2021-02-01");
    assert_eq!(run_by(&book_of(&text), &case).fund_rate.unwrap().fraction(), "0.440000");
}

#[test]
fn the_ceiling_cuts_what_the_additions_exceed() {
    let text = default_text().replace("rate = \"50 %\"", "rate = \"47.5 %\"");
    let mut case = pure("100000.00");
    case.borrower.first_loan = Some(true);
    case.borrower.established_on = on("2021-02-01");
    let outcome = run_by(&book_of(&text), &case);
    assert_eq!(outcome.fund_rate.unwrap().fraction(), "0.475000");
    assert_eq!(part(outcome.shares.as_deref(), "bank"), "52500.00");
}

#[test]
fn a_failed_test_without_a_code_is_refused_waits_or_is_noted_as_the_file_says() {
    let text = default_text().replace("code = \"IP_SHARE_BELOW_MINIMUM\"\n", "");
    let case = claimed("100000.00", "40000.00", "100000.00");
    let outcome = run_by(&book_of(&text), &case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Reject, vec!["TEST_FAILED"]));
    let waits = run_by(&book_of(&text.replacen("otherwise = \"reject\"", "otherwise = \"hold\"", 1)), &case);
    assert_eq!((waits.decision, codes(&waits)), (Decision::Hold, vec!["TEST_FAILED"]));
    let noted = run_by(&book_of(&text.replacen("otherwise = \"reject\"", "otherwise = \"note\"", 1)), &case);
    assert_eq!((noted.decision, codes(&noted)), (Decision::Pay, vec![]));
    assert!(noted.trace.iter().any(|step| step.kind == StepKind::TestNoted));
}

#[test]
fn a_test_applies_only_where_its_condition_holds() {
    let from = "require = { loan.ip_share = { at_least = \"50 %\" } }";
    let text = default_text().replace(from, &format!("when = {{ loan.pledge_mode = \"mixed\" }}\n{from}"));
    let book = book_of(&text);
    let mut case = claimed("100000.00", "40000.00", "100000.00");
    assert_eq!(run_by(&book, &case).reasons.first().unwrap().fact, Some(Fact::LoanPledgeMode));
    case.loan.pledge_mode = Some(PledgeMode::Mixed);
    assert_eq!(codes(&run_by(&book, &case)), ["IP_SHARE_BELOW_MINIMUM"]);
    case.loan.pledge_mode = Some(PledgeMode::Pure);
    assert_eq!(run_by(&book, &case).decision, Decision::Pay);
    assert_eq!(
        run_by(&book, &pure("100000.00")).decision,
        Decision::Pay,
        "the mode does not matter where the share is enough"
    );
}

#[test]
fn no_loss_clause_that_applies_waits() {
    let text = default_text().replace("components = [", "when = { loan.route = \"insured\" }\ncomponents = [");
    let mut case = pure("100000.00");
    case.loan.route = Some(Route::Direct);
    let outcome = run_by(&book_of(&text), &case);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Hold, vec!["NO_LOSS_CLAUSE"]));
}

#[test]
fn amounts_too_large_to_add_wait_instead_of_wrapping() {
    let case = with_claim(pure("100000.00"), |claim| {
        claim.insurer_paid = Some(Fen::MAX);
        claim.guarantor_paid = Some(Fen::MAX);
    });
    check_hold(&case, "AMOUNT_OVERFLOW", None, None);
}

#[test]
fn an_early_repeal_ends_the_version() {
    let text = default_text().replace("trial = false", "repealed_from = 2024-01-22\ntrial = false");
    assert_eq!(codes(&run_by(&book_of(&text), &pure("100000.00"))), ["NOT_GOVERNED"]);
    let later = text.replace("2024-01-22", "2024-01-23");
    assert_eq!(run_by(&book_of(&later), &pure("100000.00")).decision, Decision::Pay);
}
