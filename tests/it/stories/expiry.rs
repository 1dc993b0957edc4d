//! Cover that is over because no claim can come any more.

use pledgefund::storage::find::money;
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::queue;
use serde_json::json;

use super::town::{FUND, Town, measure, second_version, story};

/// Loans that hold cover without an end and without a word of their bank.
fn silent(town: &Town) -> Vec<String> {
    let found = queue::silent(&mut town.app.store.read().unwrap(), FUND, town.day).unwrap();
    found.into_iter().map(|loan| loan.loan_id).collect()
}

/// Due on 6 March 2025 and never paid it is bad from 5 June on; 120 working days later is 26 November. The fund holds
/// 100,000.00, of which a tenth stays: it carries cover of 900,000.00.
#[test]
fn cover_ends_after_the_last_day_for_a_claim_and_who_waits_moves_up() {
    story("2025-01-10", &second_version(), |town| {
        town.pay_in("1", "100000.00");
        let first = town.lend("AAA", town.form("A1", "2000000.00", "2025-01-06", "2025-03-06"));
        let second = town.lend("BBB", town.form("B1", "1000000.00", "2025-01-07", "2026-12-31"));
        assert_eq!(town.loan(&first).reserved_fen, 80_000_000);
        assert_eq!(town.loan(&second).state, "queued");
        town.on("2025-11-26");
        assert_eq!(town.night(), (0, 0), "a claim may still come today");
        town.on("2025-11-27");
        assert_eq!(town.night(), (1, 1));
        assert_eq!(town.night(), (0, 0), "once is enough");
        let row = town.loan(&first);
        assert_eq!((row.reserved_fen, row.ended.as_deref()), (0, Some("expired")));
        let promise = money::commitment(&mut town.app.store.read().unwrap(), "reserved", &first).unwrap().unwrap();
        assert_eq!((promise.amount_fen, promise.basis.as_str(), promise.version), (0, "expired", 2));
        assert_eq!((town.loan(&second).state.as_str(), town.loan(&second).reserved_fen), ("registered", 40_000_000));
        assert_eq!(silent(town), Vec::<String>::new());
        town.prove();
    });
}

#[test]
fn a_longer_term_brings_the_cover_back_until_its_own_end() {
    story("2025-01-10", &second_version(), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2025-03-06"));
        town.on("2025-12-01");
        assert_eq!(town.night(), (1, 0));
        town.prove();
        let longer = json!({ "new_matures_on": "2026-01-05", "approval_no": "展1号", "reason": "补报展期" });
        town.act(Life::Loan, &loan, "extended", "甲经办", longer);
        let row = town.loan(&loan);
        assert_eq!((row.reserved_fen, row.ended.as_deref()), (40_000_000, None));
        assert_eq!(town.night(), (0, 0));
        town.on("2026-12-31");
        assert_eq!(town.night(), (1, 0));
    });
}

/// The first version names no time in which a claim must come: nobody's cover ends by a guess.
#[test]
fn where_the_measure_names_no_end_the_silence_is_pointed_out_instead() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2025-03-06"));
        town.on("2025-06-04");
        assert_eq!((town.night(), silent(town)), ((0, 0), vec![]), "it may be in arrears and no more");
        town.on("2025-06-05");
        assert_eq!((town.night(), silent(town)), ((0, 0), vec![loan.clone()]));
        assert_eq!(town.loan(&loan).reserved_fen, 40_000_000);
    });
}
