//! Clauses that break naive designs, each with its figures.

use std::collections::BTreeMap;

use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::case::{Case, LevelFacts, When};
use pledgefund::domain::payout::evaluate::evaluate;
use pledgefund::domain::payout::outcome::{Decision, Outcome};
use pledgefund::domain::rulebook::Rulebook;
use pledgefund::domain::rulebook::vocabulary::Route;
use pledgefund::reference::work_calendar;

use super::support::{amount, book, case, cited, closed, day, fen, on, run, text, unpaid, with};

/// Guangzhou 2025 with one reading of its bands assumed.
fn guangzhou(reading: &str) -> Rulebook {
    book(&with(&closed("gz-2025"), "reading = \"unknown\"", &format!("reading = \"{reading}\"")))
}

/// A fully lost loan of the bank mode with tags, 2025-10-08.
fn lost(yuan: &str, loan_tags: &[&str], key_list: bool) -> Case {
    let mut case = unpaid(case("440106"), yuan);
    case.loan.principal = fen(yuan);
    case.loan.ip_amount = Some(fen(yuan));
    case.loan.disbursed_on = on("2025-10-08");
    case.loan.matures_on = on("2026-10-08");
    case.loan.tags = Some(loan_tags.iter().map(|tag| (*tag).to_owned()).collect());
    case.borrower.tags = Some(if key_list { vec!["key_list".to_owned()] } else { Vec::new() });
    case
}

#[track_caller]
fn check(book: &Rulebook, case: &Case, payout: &str) -> Outcome {
    let outcome = run(book, case);
    assert_eq!((outcome.decision, cited(&outcome)), (Decision::Pay, Vec::new()));
    assert_eq!(outcome.payout.yuan(), payout);
    outcome
}

#[test]
fn amount_bands_as_slabs_and_as_slices() {
    let (slab, marginal) = (guangzhou("slab"), guangzhou("marginal"));
    let ip = ["ip_pledge"];
    let both = ["ip_pledge", "policy_tool"];
    check(&slab, &lost("4000000.00", &ip, false), "2000000.00");
    check(&marginal, &lost("4000000.00", &ip, false), "2000000.00");
    check(&slab, &lost("10000000.00", &ip, false), "4500000.00");
    check(&marginal, &lost("10000000.00", &ip, false), "4750000.00");
    check(&slab, &lost("20000000.00", &both, false), "8000000.00");
    check(&marginal, &lost("20000000.00", &both, false), "9500000.00");
    // The boundary fen: up to 5,000,000.00 the first band, one fen more the second.
    check(&slab, &lost("5000000.00", &ip, false), "2500000.00");
    check(&slab, &lost("5000000.01", &ip, false), "2250000.00");
    let above = run(&slab, &lost("30000000.01", &ip, false));
    assert_eq!((above.decision, cited(&above)), (Decision::Reject, vec![("ABOVE_BANDS", "gov-bank".to_owned())]));
}

#[test]
fn an_unknown_reading_pays_where_both_agree_and_lists_both_where_not() {
    let open = book(&closed("gz-2025"));
    check(&open, &lost("4000000.00", &["ip_pledge"], false), "2000000.00");
    let held = run(&open, &lost("10000000.00", &["ip_pledge"], false));
    assert_eq!((held.decision, cited(&held)), (Decision::Hold, vec![("CLAUSE_UNKNOWN", "gov-bank".to_owned())]));
    assert_eq!(held.held, Some(fen("4750000.00")));
    let alternatives: Vec<String> = held
        .trace
        .iter()
        .filter(|step| step.kind.code() == "alternative")
        .map(|step| step.amount.unwrap().yuan())
        .collect();
    assert_eq!(alternatives, ["4500000.00", "4750000.00"]);
}

#[test]
fn the_order_of_bonuses_never_matters_and_one_counts_though_two_reasons_hold() {
    let text = with(&closed("gz-2025"), "reading = \"unknown\"", "reading = \"marginal\"");
    let (first, second) = (text.find("[[sharing.bonus]]").unwrap(), text.rfind("[[sharing.bonus]]").unwrap());
    let end = text.find("[sharing.ceiling]").unwrap();
    let turned = format!("{}{}{}{}", &text[..first], &text[second..end], &text[first..second], &text[end..]);
    for yuan in ["4000000.00", "10000000.00", "20000000.00", "7654321.09"] {
        let case = lost(yuan, &["ip_pledge", "policy_tool"], true);
        assert_eq!(run(&book(&text), &case).payout, run(&book(&turned), &case).payout, "{yuan}");
    }
    // Key list and IP pledge are one bonus of 15 points, not two.
    let slab = guangzhou("slab");
    check(&slab, &lost("20000000.00", &["ip_pledge"], true), "7000000.00");
    check(&slab, &lost("20000000.00", &[], true), "7000000.00");
}

#[test]
fn of_one_set_only_the_largest_bonus_counts() {
    let once = closed("gz-2025")
        .replace("reading = \"unknown\"", "reading = \"slab\"")
        .replace("points = \"15 pp\"\nto = \"fund\"", "points = \"15 pp\"\nto = \"fund\"\nonce = \"one\"")
        .replace("points = \"5 pp\"\nto = \"fund\"", "points = \"5 pp\"\nto = \"fund\"\nonce = \"one\"");
    // 20 % + 15 points of 20,000,000.00; without the set 40 %.
    check(&book(&once), &lost("20000000.00", &["ip_pledge", "policy_tool"], false), "7000000.00");
}

#[test]
fn one_fen_more_of_balance_pays_less_at_a_cliff() {
    let rule = "[[sharing.rule]]\nid = \"four\"";
    let cliff = "[[sharing.rule]]\nid = \"small\"\nwhen = { borrower.scheme_balance = { up_to = \"1000 万元\" } }\nbearer = \
                 \"bank\"\nshares = { fund = \"60 %\", bank = \"40 %\" }\n\n[[sharing.rule]]\nid = \"four\"";
    let text = with(&closed("zs-2021"), rule, cliff);
    let text =
        with(&text, "[sources]", "[reading.borrower]\nscheme_balance = { on = \"loan.disbursed_on\" }\n\n[sources]");
    let read = book(&text);
    let mut at = case("442000");
    at.borrower.scheme_balance = Some(fen("10000000.00"));
    check(&read, &at, "3000000.00");
    at.borrower.scheme_balance = Some(fen("10000000.01"));
    check(&read, &at, "2700000.00");
}

/// Zhongshan with its fund at 50 % and caps of a test.
fn capped(caps: &str, loss_limit: &str) -> Rulebook {
    let text = closed("zs-2021").replace(
        "shares = { fund = \"54 %\", bank = \"26 %\", insurer = \"16 %\", appraiser = \"4 %\" }",
        "shares = { fund = \"50 %\", bank = \"50 %\" }",
    );
    let text = with(&text, "read_on = \"claim.filed_on\"\n", &format!("read_on = \"claim.filed_on\"\n{loss_limit}\n"));
    let text = text.replace("caps = { state = \"none\"", "caps = { state = \"stated\"");
    book(&format!("{text}\n{caps}"))
}

const PER_LOAN: &str = "[[cap]]\nid = \"loan\"\nkind = \"per_loan\"\nlimit = \"300 万元\"\n";

#[test]
fn a_limit_on_the_base_and_the_same_limit_on_the_payout_differ() {
    let mut loan = unpaid(case("442000"), "8000000.00");
    loan.loan.principal = fen("8000000.00");
    loan.loan.ip_amount = Some(fen("8000000.00"));
    let limit = "[[loss.limit]]\nid = \"base\"\nkind = \"per_loan\"\nlimit = \"300 万元\"\n";
    let base = capped(PER_LOAN, limit);
    check(&Rulebook { caps: Vec::new(), ..base }, &loan, "1500000.00");
    check(&capped(PER_LOAN, ""), &loan, "3000000.00");
}

#[test]
fn a_pro_rata_ceiling_before_or_after_the_limit_per_loan() {
    let ceiling = "[[cap]]\nid = \"levels\"\nkind = \"all_levels\"\nlimit = \"50 %\"\nof = \"loss_base\"\ncounts = \
                   [\"levels\"]\ncut = \"pro_rata\"\n";
    let mut loan = unpaid(case("442000"), "10000000.00");
    loan.claim.as_mut().unwrap().other_levels = Some(vec![LevelFacts {
        level: Some("province".to_owned()),
        recognised_on: on("2026-03-10"),
        paid: Some(fen("4000000.00")),
    }]);
    // The fund's share must be 4,000,000.00 of 10,000,000.00.
    let forty = |caps: &str| {
        let mut read = capped(caps, "");
        let sharing = read.sharing.as_mut().unwrap();
        for rule in &mut sharing.rules {
            if let pledgefund::domain::rulebook::Split::Fixed(pledgefund::domain::rulebook::Open::Known(ratio)) =
                &mut rule.split
            {
                for (party, rate) in ratio.iter_mut() {
                    let fund = Some(*party) == read.fund;
                    *rate = pledgefund::domain::money::Ppm::from_percent(if fund { "40" } else { "60" }).unwrap();
                }
            }
        }
        read
    };
    check(&forty(&format!("{ceiling}\n{PER_LOAN}")), &loan, "2500000.00");
    check(&forty(&format!("{PER_LOAN}\n{ceiling}")), &loan, "2142857.14");
    let outcome = run(&forty(&format!("{PER_LOAN}\n{ceiling}")), &loan);
    let steps: Vec<(String, String)> =
        outcome.caps.unwrap().iter().map(|cap| (cap.before.yuan(), cap.after.yuan())).collect();
    assert_eq!(
        steps,
        [("4000000.00".into(), "3000000.00".into()), ("3000000.00".to_owned(), "2142857.14".to_owned())],
        "before and after of each are shown"
    );
}

#[test]
fn a_reduction_rounds_up_and_a_room_leaves_what_is_not_used() {
    let late = "[[cap]]\nid = \"late\"\nkind = \"reduction\"\nrate = \"10 %\"\n";
    // 50 % of 0.06 is 0.03; a tenth, rounded up to a fen, is cut.
    check(&capped(late, ""), &unpaid(case("442000"), "0.06"), "0.02");
    let room = "[[cap]]\nid = \"room\"\nkind = \"room\"\nlimit = { of = \"bank.registered_principal_this_year\", times = \
                \"3 %\" }\nused = \"bank.npl_loss_this_year\"\n";
    // 3 % of 90,000,000.00 less 1,200,000.00.
    check(&capped(room, ""), &case("442000"), "1500000.00");
}

#[test]
fn a_cap_steps_by_the_business_year_of_the_bank() {
    let steps = "[[cap]]\nid = \"bank\"\nkind = \"per_bank_year\"\nsteps = [{ when = { bank.business_year = { up_to = 4 } }, \
                 limit = \"100 万元\" }, { limit = \"200 万元\" }]\n";
    let text = with(
        &closed("zs-2021"),
        "[sources]",
        "[reading.bank]\nbusiness_year = { on = \"claim.filed_on\" }\n\n[sources]",
    );
    let read = book(&format!("{}\n{steps}", text.replace("caps = { state = \"none\"", "caps = { state = \"stated\"")));
    let mut fourth = case("442000");
    fourth.bank.first_business_on = on("2022-04-01");
    check(&read, &fourth, "1000000.00");
    fourth.bank.first_business_on = on("2022-03-31");
    check(&read, &fourth, "2000000.00");
}

#[test]
fn a_breaker_whose_denominator_grows_holds_in_january_and_frees_by_itself_in_june() {
    let open = guangzhou("slab");
    let mut january = lost("4000000.00", &["ip_pledge"], false);
    january.on = day("2026-01-15");
    january.bank.npl_loss_this_year = Some(fen("1200000.00"));
    january.bank.registered_principal_this_year = Some(fen("30000000.00"));
    let held = run(&open, &january);
    assert_eq!((held.decision, cited(&held)), (Decision::Hold, vec![("BREAKER", "bank-loss".to_owned())]));
    assert_eq!((held.held, held.payout), (Some(fen("2000000.00")), fen("0.00")));
    let mut june = january;
    june.on = day("2026-06-15");
    june.bank.registered_principal_this_year = Some(fen("90000000.00"));
    check(&open, &june, "2000000.00");
    june.bank.registered_principal_this_year = Some(fen("40000000.00"));
    check(&open, &june, "2000000.00");
    june.bank.registered_principal_this_year = Some(fen("39999999.99"));
    assert_eq!(run(&open, &june).decision, Decision::Hold, "exactly 3 % does not trip, a hair more does");
}

#[test]
fn a_mode_has_its_own_year() {
    let mut loan = lost("4000000.00", &[], false);
    loan.loan.route = Some(Route::Guaranteed);
    loan.fund.paid_this_year_by_mode = Some(BTreeMap::from([("guaranteed".to_owned(), fen("49500000.00"))]));
    let paid = check(&book(&closed("gz-2025")), &loan, "500000.00");
    assert_eq!(paid.binding, ["per_mode_year"]);
    loan.loan.route = Some(Route::Direct);
    check(&book(&closed("gz-2025")), &loan, "1600000.00");
}

#[test]
fn half_of_a_mixed_loan_is_enough_and_only_the_ip_part_counts() {
    let text = closed("wh-2024").replace("sharing = { state = \"unknown\"", "sharing = { state = \"stated\"");
    let rule = "\n[sharing]\nrounding = \"largest_remainder\"\nno_match = \"reject\"\n\n[[sharing.rule]]\nid = \
                \"half\"\nbearer = \"bank\"\nshares = { fund = \"50 %\", bank = \"rest\" }\n";
    let read = book(&format!("{}{rule}", text.replace("sharing = \"unknown\"", "sharing = \"stated\"")));
    let mut loan = case("420106");
    loan.loan.pledge_mode = Some(pledgefund::domain::rulebook::vocabulary::PledgeMode::Mixed);
    loan.loan.ip_amount = Some(fen("4999000.00"));
    let below = run(&read, &loan);
    assert_eq!(cited(&below), [("IP_SHARE_BELOW_MINIMUM", "ip_share".to_owned())]);
    loan.loan.ip_amount = Some(fen("5000000.00"));
    // Half of the unpaid 5,000,000.00 counts, half of that is paid.
    check(&read, &loan, "1250000.00");
}

#[test]
fn a_pledge_after_the_loan_turned_bad_and_a_lapse_with_effect_before_the_claim() {
    let read = book(&text("shuozhou-1"));
    let mut late = case("140602");
    late.borrower.established_on = on("2010-01-01");
    late.ip_rights.as_mut().unwrap()[0].pledge_registered_on = on("2025-08-05");
    assert_eq!(cited(&run(&read, &late)), [("CLAIM_PLEDGE_AFTER_NPL", "pledge_before_npl".to_owned())]);
    late.ip_rights.as_mut().unwrap()[0].pledge_registered_on = on("2025-08-04");
    check(&read, &late, "2000000.00");
    late.ip_rights.as_mut().unwrap()[0].lapsed_on = on("2026-03-20");
    assert_eq!(cited(&run(&read, &late)), [("CLAIM_IP_TERM_OVER", "right_in_force".to_owned())]);
    late.ip_rights.as_mut().unwrap()[0].lapsed_on = on("2026-03-21");
    check(&read, &late, "2000000.00");
}

#[test]
fn a_group_shares_as_one_and_a_manager_may_be_a_party_too() {
    let group = |inner: &str| {
        let text = closed("zs-2021").replace(
            "[[party]]\nid = \"insurer\"\nname_zh = \"保险机构\"\nname_en = \"insurer\"\nkind = \"insurer\"\n",
            &format!("[[party]]\nid = \"insurer\"\nkind = \"group\"\nmembers = [\"a\", \"b\"]\ninner = {inner}\nalso = [\"manager\"]\n"),
        );
        run(&book(&text), &case("442000"))
    };
    let private = group("\"private\"");
    assert_eq!((private.decision, amount(&private, "insurer")), (Decision::Pay, "800000.00".to_owned()));
    assert!(private.trace.iter().all(|step| step.kind.code() != "inner"));
    let public = group("{ a = \"75 %\", b = \"25 %\" }");
    let inner: Vec<String> = public
        .trace
        .iter()
        .filter(|step| step.kind.code() == "inner")
        .map(|step| step.amount.unwrap().yuan())
        .collect();
    assert_eq!(inner, ["600000.00", "200000.00"]);
}

#[test]
fn three_regimes_of_one_city_in_five_years_each_with_its_loans() {
    let of = |file: &str, disbursed: &str| {
        let mut loan = case("440106");
        loan.loan.disbursed_on = on(disbursed);
        let codes: Vec<&str> = run(&book(&closed(file)), &loan).reasons.iter().map(|r| r.code.code()).collect();
        !codes.contains(&"NOT_GOVERNED")
    };
    for (disbursed, governed) in [("2021-05-06", "gz-2020"), ("2024-05-06", "gz-2023"), ("2025-10-08", "gz-2025")] {
        for file in ["gz-2023", "gz-2025"] {
            assert_eq!(of(file, disbursed), file == governed, "{file} on {disbursed}");
        }
    }
    assert!(of("gz-2020", "2021-05-06"));
}

#[test]
fn another_level_must_recognise_first_and_the_claim_follows_within_working_days() {
    let test = "\n[[test]]\nid = \"follows\"\ngroup = \"trigger\"\nrequire = { level.county.recognised = true, \
                claim.filed_on = { within = \"15 工作日\", of = \"level.county.recognised_on\" } }\notherwise = \"hold\"\ncode = \
                \"LEVEL_NOT_RECOGNISED\"\n";
    let text = closed("gz-2025").replace("trigger = { state = \"none\"", "trigger = { state = \"stated\"");
    let read = book(&format!("{}{test}", text.replace("reading = \"unknown\"", "reading = \"slab\"")));
    let mut loan = lost("4000000.00", &[], false);
    let recognised = |loan: &mut Case, when: When| {
        loan.claim.as_mut().unwrap().other_levels = Some(vec![LevelFacts {
            level: Some("county".to_owned()),
            recognised_on: Some(when),
            paid: Some(fen("0.00")),
        }]);
    };
    recognised(&mut loan, When::NotYet);
    assert_eq!(cited(&run(&read, &loan)), [("LEVEL_NOT_RECOGNISED", "follows".to_owned())]);
    // The fifteenth working day after Friday 2026-02-27 is Friday 2026-03-20.
    recognised(&mut loan, When::On(day("2026-02-28")));
    check(&read, &loan, "1600000.00");
    recognised(&mut loan, When::On(day("2026-02-25")));
    assert_eq!(run(&read, &loan).decision, Decision::Hold);
}

#[test]
fn a_provisional_payment_is_settled_later_and_what_was_too_much_is_given_back() {
    let timing = "mode = \"final\"";
    let provisional = "mode = \"provisional\"\nadvance = \"40 %\"\nadvance_of = \"payout\"\nheld_in = \"bank\"\nsettle_on = \
                       \"claim.written_off_on\"";
    let read = book(&with(&closed("zs-2021"), timing, provisional));
    let mut loan = case("442000");
    loan.claim.as_mut().unwrap().written_off_on = Some(When::NotYet);
    let early = run(&read, &loan);
    assert_eq!(early.decision, Decision::PayProvisional);
    assert_eq!((early.payout.yuan(), early.provisional.yuan()), ("2700000.00".into(), "1080000.00".into()));
    let claim = loan.claim.as_mut().unwrap();
    claim.written_off_on = on("2026-03-30");
    claim.advance_paid = Some(fen("1080000.00"));
    let settled = check(&read, &loan, "2700000.00");
    let top_up = settled.trace.iter().find(|step| step.kind.code() == "advance").unwrap();
    assert_eq!(top_up.amount, Some(fen("1620000.00")));
    loan.claim.as_mut().unwrap().advance_paid = Some(fen("3000000.00"));
    let back = check(&read, &loan, "2700000.00");
    let claw_back = back.trace.iter().find(|step| step.kind.code() == "claw_back").unwrap();
    assert_eq!(claw_back.amount, Some(fen("300000.00")));
}

#[test]
fn tests_are_made_again_by_the_version_in_force_at_the_claim_where_the_rulebook_says_so() {
    let first = text("shuozhou-1");
    let again = with(&first, "trial = false\n", "trial = false\nretest = [\"pledge\"]\n");
    let stricter = with(&first, "at_least = \"50 %\"", "at_least = \"80 %\"");
    let (frozen, later) = (book(&again), book(&stricter));
    let mut loan = case("140602");
    loan.borrower.established_on = on("2010-01-01");
    loan.loan.ip_amount = Some(fen("6000000.00"));
    let by = |book: &Rulebook, in_force: Option<&Rulebook>| {
        evaluate(&Rules { book, in_force, calendar: work_calendar(), trace: true }, &loan)
    };
    assert_eq!(by(&frozen, None).payout.yuan(), "1200000.00");
    let retested = by(&frozen, Some(&later));
    assert_eq!(cited(&retested), [("IP_SHARE_BELOW_MINIMUM", "ip_share".to_owned())]);
    assert_eq!(by(&book(&first), Some(&later)).payout.yuan(), "1200000.00", "only where the frozen version says so");
}

#[test]
fn changing_one_number_changes_what_it_governs_and_nothing_else() {
    let grid: Vec<Case> = (0..240_usize)
        .map(|number| {
            let yuan = format!("{}.37", 200_000 + 121_000 * number);
            let tags: &[&str] = [&[][..], &["ip_pledge"], &["policy_tool"]][number % 3];
            let mut case = lost(&yuan, tags, number % 7 == 0);
            if number % 5 == 0 {
                case.loan.route = Some(Route::Guaranteed);
            }
            case
        })
        .collect();
    let text = with(&closed("gz-2025"), "reading = \"unknown\"", "reading = \"slab\"");
    let before: Vec<Outcome> = grid.iter().map(|case| run(&book(&text), case)).collect();
    let changed = |from: &str, to: &str| -> Vec<usize> {
        let other = book(&with(&text, from, to));
        let differs = |at: &usize| run(&other, &grid[*at]).payout != before[*at].payout;
        (0..grid.len()).filter(differs).collect()
    };
    let governed =
        |wanted: &dyn Fn(&Case) -> bool| -> Vec<usize> { (0..grid.len()).filter(|at| wanted(&grid[*at])).collect() };
    let direct = |case: &Case| case.loan.route == Some(Route::Direct);
    let principal = |case: &Case| case.loan.principal;
    let second = |case: &Case| principal(case) > fen("5000000.00") && principal(case) <= fen("15000000.00");
    let tagged = |case: &Case, tag: &str| case.loan.tags.as_ref().unwrap().iter().any(|known| known == tag);
    let listed = |case: &Case| case.borrower.tags.as_ref().unwrap().iter().any(|known| known == "key_list");
    // 30 + 15 + 5 points meet the ceiling, and so do 31 + 15 + 5.
    let both = |case: &Case| tagged(case, "policy_tool") && listed(case);
    assert_eq!(
        changed("shares = { fund = \"30 %\"", "shares = { fund = \"31 %\""),
        governed(&|case| direct(case) && second(case) && !both(case)),
        "the second band governs the bank mode from 5 to 15 million"
    );
    assert_eq!(
        changed("shares = { fund = \"20 %\", guarantor", "shares = { fund = \"21 %\", guarantor"),
        governed(&|case| !direct(case)),
        "the guarantor mode"
    );
    let within = |case: &Case| principal(case) <= fen("30000000.00");
    assert_eq!(
        changed("points = \"15 pp\"", "points = \"14 pp\""),
        governed(&|case| {
            // In the first band 40 + 15 is cut to 50 points, and so is 40 + 14.
            let cut = principal(case) <= fen("5000000.00");
            direct(case) && within(case) && !cut && (tagged(case, "ip_pledge") || listed(case))
        }),
        "the first bonus"
    );
    assert!(changed("limit = \"15 亿元\"", "limit = \"14 亿元\"").is_empty(), "a limit nobody reaches");
}
