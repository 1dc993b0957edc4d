//! Who decides on a top-up: the level of all that is then granted.

use std::collections::BTreeSet;

use pledgefund::domain::claim::checks::{Bearings, check};
use pledgefund::domain::claim::contradictions::LoanSide;
use pledgefund::domain::claim::handling::{Handling, Level};
use pledgefund::domain::claim::state::Pending;
use pledgefund::domain::claim::{Claim, ClaimAct, ClaimRefusal};
use pledgefund::domain::fund_life::Channel;
use pledgefund::domain::money::{Fen, FenDelta};
use pledgefund::domain::people::{Institution, Office, Role};

use super::day;

fn level(id: &str, up_to: Option<i64>) -> Level {
    let up_to = up_to.map(|fen| Fen::try_new(fen).unwrap());
    Level { id: id.to_owned(), name: [id.to_owned(), id.to_owned()], up_to, is_meeting: false }
}

#[test]
fn a_top_up_is_decided_at_the_level_of_all_that_is_then_granted() {
    let handling =
        Handling { levels: vec![level("deputy", Some(50_000_000)), level("head", None)], ..Handling::default() };
    let at = Bearings {
        on: day("2026-03-02"),
        handling,
        computed: None,
        missing_to_compute: Vec::new(),
        missing_to_approve: Vec::new(),
        loan: LoanSide::default(),
        is_early_default: false,
        free_without: FenDelta::new(1_000_000_000),
        channel: Channel::SpecialAccount,
        payee: None,
        treasury_closed: false,
        returners: Vec::new(),
        is_suspended: false,
    };
    let decide = |due: i64, who: &str| {
        let mut claim = Claim::filed("AAA", "x", day("2025-09-01"));
        let due = Fen::try_new(due).unwrap();
        claim.pending = Some(Pending::Resettlement { due, calculation: 2, by: BTreeSet::new() });
        let by = Office {
            person: who.to_owned(),
            role: Role::FundApprover,
            institution: Institution::Fund,
            level: Some(who.to_owned()),
            stands_in_for: None,
            under_return: None,
        };
        check(&claim, &ClaimAct::ResettlementDecided { accepted: true, note: None, meeting: None }, &by, &at)
    };
    assert_eq!(decide(50_000_000, "deputy"), Ok(()));
    assert_eq!(decide(50_000_001, "deputy"), Err(ClaimRefusal::Level { needed: "head".to_owned() }));
    assert_eq!(decide(50_000_001, "head"), Ok(()));
}
