//! The worked cases of version 2 of the default rulebook, and what it keeps of version 1.

use pledgefund::domain::names::Tier;
use pledgefund::domain::payout::case::{Case, LevelFacts, When};
use pledgefund::domain::payout::outcome::{Decision, Outcome, StepKind};
use pledgefund::domain::rulebook::condition::Span;
use pledgefund::domain::rulebook::vocabulary::{Basis, BorrowerSize, PledgeMode};
use pledgefund::domain::rulebook::{Open, Rulebook};
use pledgefund::embedded::{self, Rulebooks};

use super::cases::{
    book_of, claimed, codes, day, default_book, enrolled, fen, on, part, pure, run, run_by, with_claim,
};

fn second() -> Rulebook {
    book_of(&embedded::text::<Rulebooks>("shuozhou-2.toml").unwrap())
}

/// A case of version 1 moved into the life of version 2, with everything known that version 2 asks for: disbursed
/// on 2027-03-01, overdue since 2027-09-06, claimed on 2027-12-20, all papers there, nothing paid by the province.
fn moved(mut case: Case) -> Case {
    case.on = day("2027-12-27");
    case.loan.disbursed_on = on("2027-03-01");
    case.loan.matures_on = on("2027-09-05");
    case.loan.registered_on = on("2027-03-09");
    case.loan.annual_rate = Some(pledgefund::domain::money::Ppm::from_percent("4").unwrap());
    case.loan.lpr_1y = Some(pledgefund::domain::money::Ppm::from_percent("3").unwrap());
    case.loan.pledge_mode = Some(PledgeMode::Pure);
    case.loan.tags = Some(Vec::new());
    case.borrower.size = Some(BorrowerSize::Small);
    case.borrower.region = Some("140602".to_owned());
    case.borrower.credit_clean = Some(true);
    case.borrower.established_on = match case.borrower.established_on {
        Some(When::On(founded)) if founded > day("2019-01-01") => on("2024-02-01"),
        other => other,
    };
    case.borrower.counted_elsewhere = Some(fen("0.00"));
    for right in case.ip_rights.iter_mut().flatten() {
        right.pledge_registered_on = on("2027-03-02");
    }
    if let Some(claim) = case.claim.as_mut() {
        claim.overdue_since = on("2027-09-06");
        claim.npl_since = on("2027-12-05");
        claim.filed_on = on("2027-12-20");
        claim.tier = Some(Tier::Substandard);
        claim.ip_disposal_net = Some(fen("0.00"));
        claim.other_levels = Some(Vec::new());
        let papers = ["loan_contract", "drawdown", "pledge_certificate", "dunning", "overdue_proof"];
        let proofs = ["insurer_proof", "guarantor_proof", "credit_report", "court_acceptance"];
        claim.documents = Some(papers.iter().chain(&proofs).map(|word| (*word).to_owned()).collect());
    }
    case.bank.claims_net_to_date = Some(fen("0.00"));
    case.bank.registered_ip_to_date = Some(fen("100000000.00"));
    case.fund.total = Some(fen("100000000.00"));
    case.fund.balance = Some(fen("100000000.00"));
    case.fund.balance_at_year_start = Some(fen("100000000.00"));
    case.fund.paid_this_year = Some(fen("0.00"));
    case
}

/// The calendar of 2027 is not published, so its time limits are proved with one that is.
fn by(book: &Rulebook, case: &Case) -> Outcome {
    use pledgefund::domain::calendar::{WorkCalendar, YearDays};
    use pledgefund::domain::payout::Rules;
    use pledgefund::domain::payout::evaluate::evaluate;
    let years = [2027, 2028].map(|year| (year, YearDays::default()));
    let calendar = WorkCalendar::new(years.into_iter().collect());
    evaluate(&Rules::of(book, &calendar), case)
}

#[track_caller]
fn check_paid(case: &Case, fund: &str) -> Outcome {
    let outcome = by(&second(), case);
    assert_eq!(codes(&outcome), Vec::<&str>::new());
    assert_eq!(outcome.decision, Decision::Pay);
    assert_eq!(outcome.payout.yuan(), fund);
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
fn s10_all_public_levels_together_bear_at_most_eighty_per_cent_of_the_loss() {
    // 45 % of 400,000.00 is 180,000.00; 80 % of 400,000.00 less 250,000.00 of the province leaves 70,000.00.
    let case = with_claim(moved(first_loan(pure("400000.00"))), |claim| {
        claim.other_levels = Some(vec![LevelFacts {
            level: Some("province".to_owned()),
            recognised_on: on("2027-12-10"),
            paid: Some(fen("250000.00")),
        }]);
    });
    let outcome = check_paid(&case, "70000.00");
    assert_eq!(part(outcome.shares.as_deref(), "fund"), "180000.00");
    assert_eq!(outcome.binding, ["all_levels"]);
    let alone = with_claim(case, |claim| claim.other_levels = Some(Vec::new()));
    check_paid(&alone, "180000.00");
}

#[test]
fn s12_without_proof_that_recovery_began_the_claim_is_returned_not_rejected() {
    let without = with_claim(moved(pure("400000.00")), |claim| {
        claim.documents.as_mut().unwrap().retain(|word| word != "court_acceptance");
    });
    let outcome = by(&second(), &without);
    assert_eq!((outcome.decision, codes(&outcome)), (Decision::Hold, vec!["DOC_RECOVERY_START"]));
    assert_eq!(outcome.held.unwrap().yuan(), "160000.00");
    for proof in ["recovery_start", "arbitration_acceptance", "notarial_enforcement", "bankruptcy_claim"] {
        let proven = with_claim(without.clone(), |claim| claim.documents.as_mut().unwrap().push(proof.to_owned()));
        check_paid(&proven, "160000.00");
    }
}

#[test]
fn s13_registered_fifteen_working_days_late_is_flagged_and_covered_at_the_same_ratio() {
    let mut case = moved(enrolled("400000.00", "400000.00"));
    // 20 working days after 2027-03-01 end on 2027-03-29; 15 more on 2027-04-19.
    case.loan.registered_on = on("2027-03-29");
    let intime = by(&second(), &case);
    assert_eq!((intime.decision, intime.notes.len()), (Decision::Cover, 0));
    case.loan.registered_on = on("2027-04-19");
    let late = by(&second(), &case);
    assert_eq!((late.decision, late.fund_rate), (Decision::Cover, intime.fund_rate));
    assert_eq!(late.notes.iter().map(|note| note.code.code()).collect::<Vec<_>>(), ["REGISTERED_LATE"]);
    case.loan.registered_on = on("2027-06-01");
    assert_eq!(by(&second(), &case).decision, Decision::Cover);
    case.loan.registered_on = on("2027-06-02");
    let refused = by(&second(), &case);
    assert_eq!((refused.decision, codes(&refused)), (Decision::NoCover, vec!["REGISTERED_TOO_LATE"]));
    case.loan.tags = Some(vec!["migrated".to_owned()]);
    let migrated = by(&second(), &case);
    assert_eq!((migrated.decision, migrated.notes.len()), (Decision::Cover, 0));
}

#[test]
fn s14_three_bonuses_are_cut_at_the_ceiling() {
    let mut case = moved(start_up(first_loan(pure("1000000.00"))));
    case.loan.tags = Some(vec!["ip_insured".to_owned()]);
    let outcome = check_paid(&case, "500000.00");
    assert_eq!(outcome.fund_rate.unwrap().fraction(), "0.500000");
    let bonuses = outcome.trace.iter().filter(|step| step.kind == StepKind::Bonus).count();
    assert_eq!(bonuses, 3);
    case.borrower.first_loan = Some(false);
    assert_eq!(check_paid(&case, "500000.00").fund_rate.unwrap().fraction(), "0.500000");
    case.loan.tags = Some(Vec::new());
    check_paid(&case, "450000.00");
}

#[test]
fn version_two_leaves_every_figure_of_version_one() {
    let s5 = || {
        with_claim(first_loan(claimed("6000000.00", "3600000.00", "3600000.00")), |claim| {
            claim.collateral_gross = Some(fen("220000.00"));
            claim.collateral_cost = Some(fen("4000.00"));
        })
    };
    let mut s6 = s5();
    s6.borrower.paid_to_date = Some(fen("4400000.00"));
    let s7 = with_claim(pure("3200000.00"), |claim| {
        claim.insurer_paid = Some(fen("1920000.00"));
        claim.guarantor_paid = Some(fen("640000.00"));
    });
    let cases = [
        pure("4000000.00"),
        first_loan(pure("4000000.00")),
        start_up(first_loan(pure("4000000.00"))),
        start_up(first_loan(pure("8000000.00"))),
        s5(),
        s6,
        s7,
        pure("333333.37"),
    ];
    for case in cases {
        let (first, second) = (run(&case), by(&second(), &moved(case.clone())));
        assert_eq!(codes(&second), Vec::<&str>::new());
        let figures = |outcome: &Outcome| (outcome.payout, outcome.loss_base, outcome.borne.clone());
        assert_eq!(figures(&first), figures(&second));
    }
}

#[test]
fn each_version_governs_its_own_loans_only() {
    let old = pure("4000000.00");
    assert!(codes(&run_by(&second(), &old)).contains(&"NOT_GOVERNED"));
    assert_eq!(codes(&run(&moved(old))), ["NOT_GOVERNED"]);
    let head = |book: Rulebook| (book.head.effective_from, book.head.effective_to);
    let ((_, end), (begin, _)) = (head(default_book()), head(second()));
    assert_eq!(end.known().unwrap().succ_opt(), begin.known().copied());
}

#[test]
fn counted_principal_stops_at_ten_million_before_the_deductions() {
    // Unpaid 12,000,000.00 counts 10,000,000.00; less 2,000,000.00 of the insurer is 8,000,000.00; 40 % is
    // 3,200,000.00, cut to 3,000,000.00 a loan.
    let case = with_claim(moved(pure("12000000.00")), |claim| claim.insurer_paid = Some(fen("2000000.00")));
    let outcome = check_paid(&case, "3000000.00");
    assert_eq!(outcome.loss_base.unwrap().yuan(), "8000000.00");
    assert_eq!(part(outcome.shares.as_deref(), "fund"), "3200000.00");
    // Another loan of the borrower counts 9,000,000.00: 1,000,000.00 is left, below what the insurer paid.
    let mut second_loan = case;
    second_loan.borrower.counted_elsewhere = Some(fen("9000000.00"));
    assert_eq!(check_paid(&second_loan, "0.00").loss_base.unwrap().yuan(), "0.00");
}

#[test]
fn proceeds_of_the_rights_are_taken_off_whole_and_the_rest_at_the_ip_share() {
    // 60 % of 1,000,000.00 is 600,000.00; less 60 % of 100,000.00 insurer and the whole 100,000.00 of the rights.
    let case = with_claim(moved(claimed("1000000.00", "600000.00", "1000000.00")), |claim| {
        claim.insurer_paid = Some(fen("100000.00"));
        claim.ip_disposal_net = Some(fen("100000.00"));
    });
    let outcome = check_paid(&case, "176000.00");
    assert_eq!(outcome.loss_base.unwrap().yuan(), "440000.00");
}

#[test]
fn breakers_stop_new_loans_and_let_claims_through() {
    let mut loan = moved(enrolled("400000.00", "400000.00"));
    loan.bank.claims_net_to_date = Some(fen("1999999.99"));
    let clear = by(&second(), &loan);
    assert_eq!((clear.decision, clear.notes.len()), (Decision::Cover, 0));
    loan.bank.claims_net_to_date = Some(fen("2000000.00"));
    let warned = by(&second(), &loan);
    assert_eq!((warned.decision, warned.notes.len()), (Decision::Cover, 1));
    loan.bank.claims_net_to_date = Some(fen("3000000.00"));
    assert_eq!(codes(&by(&second(), &loan)), ["BREAKER"]);
    loan.bank.claims_net_to_date = Some(fen("0.00"));
    loan.fund.balance = Some(fen("29999999.99"));
    assert_eq!(codes(&by(&second(), &loan)), ["BREAKER"]);
    let mut claim = moved(pure("400000.00"));
    claim.bank.claims_net_to_date = Some(fen("3000000.00"));
    check_paid(&claim, "160000.00");
}

#[test]
fn a_time_limit_in_a_year_without_published_holidays_waits() {
    let outcome = run_by(&second(), &moved(pure("400000.00")));
    assert_eq!(outcome.decision, Decision::Hold);
    assert!(codes(&outcome).iter().all(|code| *code == "CALENDAR_UNPUBLISHED"), "{:?}", codes(&outcome));
}

#[test]
fn the_floor_is_a_tenth_of_what_was_paid_in() {
    let mut case = moved(pure("4000000.00"));
    case.fund.balance = Some(fen("11000000.00"));
    let outcome = check_paid(&case, "1000000.00");
    assert_eq!(outcome.binding, ["fund_balance"]);
}

#[test]
fn an_application_is_handled_within_the_times_and_by_the_levels_of_articles_14_to_21() {
    let handling = second().handling.unwrap();
    let days = |span: Option<Open<Span>>| match span {
        Some(Open::Known(Span::WorkingDays(days))) => days,
        other => panic!("{other:?}"),
    };
    let times = [
        handling.confirm_registration_within,
        handling.report_changes_within,
        handling.accept_within,
        handling.review_within,
        handling.amend_within,
        handling.publicity,
        handling.pay_within,
        handling.confirm_receipt_within,
    ];
    assert_eq!(times.map(days), [5, 5, 3, 10, 15, 5, 10, 5]);
    assert_eq!(handling.inspection_over, Some(Open::Known(fen("1000000.00"))));
    assert_eq!((handling.appeal_within, handling.early_default_within, handling.countersign), (None, None, None));
    let levels: Vec<(&str, Option<Open<_>>, bool)> =
        handling.levels.iter().map(|level| (level.name.zh.as_str(), level.up_to, level.meeting)).collect();
    let up_to = |yuan| Some(Open::Known(fen(yuan)));
    let wanted = [
        ("分管负责人", up_to("500000.00"), false),
        ("主要负责人", up_to("1000000.00"), false),
        ("联席会议", None, true),
    ];
    assert_eq!(levels, wanted);
    let origins = handling.levels.iter().map(|level| &level.origin).chain([&handling.origin]);
    assert!(origins.into_iter().all(|origin| origin.basis == Basis::Proposal && origin.article.is_some()));
    assert_eq!(handling.origin_of("amend_within").article.unwrap(), "第二十条");
    assert_eq!(handling.origin_of("pay_within").article.unwrap(), "第二十一条");
}

#[test]
fn how_an_application_is_handled_changes_no_outcome() {
    let with = second();
    let without = Rulebook { handling: None, ..with.clone() };
    for unpaid in ["400000.00", "3333333.37", "40000000.00"] {
        let case = moved(pure(unpaid));
        assert_eq!(by(&with, &case), by(&without, &case));
    }
}
