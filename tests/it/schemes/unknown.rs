//! What is not known holds and cites exactly the clause that is missing.

use pledgefund::domain::payout::case::Case;
use pledgefund::domain::payout::outcome::Decision;
use pledgefund::domain::rulebook::vocabulary::{Group, GroupState, PledgeMode, Route};
use pledgefund::embedded::{self, Rulebooks};

use super::support::{book, case, cited, closed, region_of, run, text};

/// Schemes whose sharing is not seen at all: after everything else is assumed, this one group still holds.
const SHARING_UNKNOWN: &[&str] = &[
    "wh-2024",
    "wh-2024-draft",
    "hk-2020",
    "hk-2023",
    "cz-2025",
    "jy-2024",
    "sg-2023",
    "zhanjiang",
    "fs",
    "gz-2020",
    "sz-pingshan-2026",
    "zy-2025",
    "qz-2023",
    "ln-2016",
    "ln-2022",
    "shenfu-2021",
    "bj-zgc-2025",
    "bj-haidian-2016",
    "yj",
    "std-gd-db44",
    "std-ipif-0028",
];

fn fitted(file: &str) -> Case {
    let mut case = case(region_of(file));
    if file == "qz-2023" {
        case.loan.pledge_mode = Some(PledgeMode::Indirect);
    }
    case
}

#[test]
fn every_file_reads_answers_the_whole_cover_sheet_and_names_its_clauses() {
    let files = embedded::texts::<Rulebooks>();
    let mut count = 0;
    for (name, body) in files {
        let read = book(&body);
        assert_eq!(read.groups.len(), 18, "{name}");
        for test in &read.tests {
            assert!(test.origin.name.is_some(), "{name}: test {} has no name", test.id);
        }
        count += 1;
    }
    assert_eq!(count, 46, "44 published schemes and both versions of the default measure");
}

#[test]
fn a_scheme_whose_sharing_is_not_seen_holds_for_just_that() {
    for file in SHARING_UNKNOWN {
        let outcome = run(&book(&closed(file)), &fitted(file));
        let wanted = vec![("CLAUSE_UNKNOWN", "sharing".to_owned())];
        assert_eq!((outcome.decision, cited(&outcome)), (Decision::Hold, wanted), "{file}");
        assert_eq!((outcome.payout.yuan().as_str(), &outcome.shares), ("0.00", &None), "{file}");
    }
}

#[test]
fn the_honest_files_hold_for_every_gating_group_that_is_open() {
    for (name, body) in embedded::texts::<Rulebooks>() {
        let file = name.trim_end_matches(".toml");
        let read = book(&body);
        let open = |state| matches!(state, GroupState::Unknown | GroupState::Partly);
        let gates: Vec<&str> = read
            .groups
            .iter()
            .filter(|answer| answer.group.gates_payout() && open(answer.state))
            .map(|answer| answer.group.code())
            .collect();
        let outcome = run(&read, &fitted(file));
        let held = cited(&outcome);
        for group in &gates {
            assert!(held.contains(&("CLAUSE_UNKNOWN", (*group).to_owned())), "{file}: {group} in {held:?}");
        }
        let none = read.group(Group::Sharing).unwrap().state == GroupState::None;
        if !gates.is_empty() && !none && outcome.decision != Decision::Reject {
            assert_eq!(outcome.decision, Decision::Hold, "{file}");
        }
    }
}

#[test]
fn a_rule_with_unseen_shares_is_cited_by_its_name() {
    let held = |file: &str, case: &Case| {
        let outcome = run(&book(&closed(file)), case);
        (outcome.decision, cited(&outcome))
    };
    let just = |clause: &str| (Decision::Hold, vec![("CLAUSE_UNKNOWN", clause.to_owned())]);
    let mode = |mode| {
        let mut case = case("460105");
        case.loan.pledge_mode = Some(mode);
        case
    };
    assert_eq!(held("hi-2026", &mode(PledgeMode::Pure)), just("pure"));
    assert_eq!(held("hi-2026", &mode(PledgeMode::QuasiCredit)), just("quasi"));
    assert_eq!(held("hi-2026", &mode(PledgeMode::Mixed)), just("mixed"));
    let route = |route| {
        let mut case = case("140602");
        case.loan.route = Some(route);
        case
    };
    assert_eq!(held("nj", &route(Route::Insured)), just("insured"));
    assert_eq!(held("nj", &route(Route::Guaranteed)), just("guaranteed"));
    assert_eq!(held("nj", &route(Route::Direct)), (Decision::Hold, vec![("NO_RULE", "sharing".to_owned())]));
    assert_eq!(held("nx-2025", &route(Route::Direct)), just("three"));
    assert_eq!(held("zh-2017", &route(Route::Guaranteed)).1, vec![("CLAUSE_UNKNOWN", "others".to_owned())]);
    let (decision, reasons) = held("sc-tianfu-2025", &route(Route::Direct));
    assert_eq!(decision, Decision::Hold);
    let clauses: Vec<&str> = reasons.iter().map(|(_, clause)| clause.as_str()).collect();
    assert_eq!(clauses, ["start-up", "five"], "who is a start-up is not seen, nor are the shares");
}

#[test]
fn a_breaker_whose_number_is_cut_holds_beside_the_sharing() {
    let outcome = run(&book(&closed("jm")), &case("440703"));
    let clauses: Vec<String> = cited(&outcome).into_iter().map(|(_, clause)| clause).collect();
    assert_eq!((outcome.decision, clauses), (Decision::Hold, vec!["sharing".to_owned(), "suspension".to_owned()]));
}

#[test]
fn a_day_of_reading_that_is_not_seen_holds_what_uses_it() {
    let honest = text("wh-2024");
    let outcome = run(&book(&honest), &fitted("wh-2024"));
    let held = cited(&outcome);
    assert!(held.contains(&("CLAUSE_UNKNOWN", "borrower.size".to_owned())), "{held:?}");
    assert!(held.contains(&("CLAUSE_UNKNOWN", "borrower.region".to_owned())), "{held:?}");
    assert!(held.contains(&("VERSION_UNKNOWN", "rulebook".to_owned())), "{held:?}");
}
