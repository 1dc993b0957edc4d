//! Settlement over a bank's book: which part of its loss lies in the slice, and who bears it.

use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::bank_year::BankYear;
use pledgefund::domain::payout::bank_year::{YearOutcome, settle};
use pledgefund::domain::payout::case::{BankFacts, FundFacts};
use pledgefund::domain::payout::outcome::Decision;
use pledgefund::reference::work_calendar;

use super::support::{book, case, cited, closed, day, fen, run};

/// A scheme that settles the slice from 2 % to 5 % of a bank's book at year end, half each.
fn layered(which: &str) -> String {
    let text = closed("zy-2025");
    let text = text
        .replace("sharing = \"unknown\"", "sharing = \"none\"")
        .replace("portfolio = \"unknown\"", "portfolio = \"stated\"");
    format!(
        "{text}\n[portfolio]\narticle = \"第九条\"\nscope = \"bank\"\nmeasured_on = \"12-31\"\nratio = [\"bank.portfolio_npl\", \
         \"bank.portfolio_balance\"]\nlayer = {{ over = \"2 %\", up_to = \"5 %\" }}\nloss = \"bank.portfolio_npl_loss\"\n\
         loss_in_layer = \"{which}\"\nbearer = \"bank\"\nshares = {{ fund = \"50 %\", bank = \"50 %\" }}\nallocation = \
         \"pro_rata_by_loss\"\nabove = \"zero\"\n"
    )
}

fn year(which: &str, balance: &str, npl: &str, loss: &str) -> YearOutcome {
    let year = BankYear {
        case: "Y".to_owned(),
        on: day("2026-01-10"),
        bank: BankFacts {
            portfolio_balance: Some(fen(balance)),
            portfolio_npl: Some(fen(npl)),
            portfolio_npl_loss: Some(fen(loss)),
            ..BankFacts::default()
        },
        fund: FundFacts { balance: Some(fen("100000000.00")), ..FundFacts::default() },
    };
    settle(&Rules::of(&book(&layered(which)), work_calendar()), &year)
}

#[track_caller]
fn check(found: &YearOutcome, layer: &str, loss: &str, payout: &str) {
    assert_eq!((found.outcome.decision, cited(&found.outcome)), (Decision::Pay, Vec::new()));
    assert_eq!(found.layer.unwrap().yuan(), layer);
    assert_eq!(found.outcome.loss_base.unwrap().yuan(), loss);
    assert_eq!(found.outcome.payout.yuan(), payout);
    assert_eq!(found.allocation.unwrap().code(), "pro_rata_by_loss");
}

#[test]
fn the_slice_takes_its_part_of_the_loss() {
    // Book 100,000,000.00: 2 % is 2,000,000.00, 5 % is 5,000,000.00. NPL 6,000,000.00 reach through the slice of
    // 3,000,000.00. Of a loss of 3,600,000.00 lie in it: in proportion 3.6 × 3 ÷ 6 = 1,800,000.00; from the bottom
    // 3.6 − 2.0 = 1,600,000.00; from the top 3.6 − 1.0 = 2,600,000.00.
    let of = |which| year(which, "100000000.00", "6000000.00", "3600000.00");
    check(&of("pro_rata"), "3000000.00", "1800000.00", "900000.00");
    check(&of("bottom"), "3000000.00", "1600000.00", "800000.00");
    check(&of("top"), "3000000.00", "2600000.00", "1300000.00");
}

#[test]
fn below_the_slice_nothing_and_inside_it_only_what_reaches_in() {
    check(&year("pro_rata", "100000000.00", "2000000.00", "2000000.00"), "0.00", "0.00", "0.00");
    // NPL of 3,000,000.00 reach 1,000,000.00 into the slice: a third of the loss of 900,000.00.
    check(&year("pro_rata", "100000000.00", "3000000.00", "900000.00"), "1000000.00", "300000.00", "150000.00");
    check(&year("pro_rata", "0.00", "0.00", "0.00"), "0.00", "0.00", "0.00");
    // 2 % of 99,999.99 is 1,999.9998: it stays exact until the end. 3,000.00 less that is 1,000.0002.
    check(&year("bottom", "99999.99", "3000.00", "3000.00"), "1000.00", "1000.00", "500.00");
}

#[test]
fn a_single_claim_of_such_a_scheme_waits_for_the_end_of_the_year() {
    let outcome = run(&book(&layered("top")), &case("512002"));
    assert_eq!(
        (outcome.decision, cited(&outcome)),
        (Decision::Hold, vec![("SETTLED_AT_YEAR_END", "sharing".to_owned())])
    );
}

#[test]
fn a_part_of_the_book_that_is_not_known_holds() {
    let read = book(&layered("top"));
    let year = BankYear {
        case: "Y".to_owned(),
        on: day("2026-01-10"),
        bank: BankFacts::default(),
        fund: FundFacts::default(),
    };
    let found = settle(&Rules::of(&read, work_calendar()), &year);
    assert_eq!(found.outcome.decision, Decision::Hold);
    assert_eq!(found.outcome.reasons[0].code.code(), "FACT_UNKNOWN");
}
