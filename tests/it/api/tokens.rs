//! Tokens: given once, kept as hashes, followed by others, ended at once.

use std::collections::BTreeSet;

use pledgefund::domain::access::{MACHINE_ROLES, Permission};
use pledgefund::domain::people::Role;
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::machines::{self, Wanted};
use serde_json::json;

use super::world::KEEPER;
use crate::stories::town::{Town, measure};
use crate::support::product::on_both;

fn wanted() -> Wanted {
    Wanted {
        machine: "甲核心系统".to_owned(),
        institution: "bank:AAA".to_owned(),
        roles: vec![Role::BankOfficer],
        scopes: BTreeSet::from([Permission::ReadPortfolio]),
        days: 30,
    }
}

fn town_with_keeper(installation: &crate::support::product::Installation) -> Town {
    let town = Town::found(installation, "2025-07-01", &measure("shuozhou-1"));
    let roles = json!({ "institution": "fund", "roles": ["security_administrator"] });
    town.act(Life::Person, KEEPER, "appointed", "系统员", roles);
    town
}

#[test]
fn a_token_holds_until_it_expires_is_followed_or_is_ended() {
    on_both(|installation| {
        let mut town = town_with_keeper(installation);
        let told = machines::add(&town.app, &wanted(), KEEPER, town.day).unwrap();
        let known = |town: &Town, token: &str| machines::recognise(&town.app, token).unwrap().is_some();
        assert!(known(&town, &told.token));
        let mut wrong = told.token.clone();
        let last = if wrong.pop() == Some('0') { '1' } else { '0' };
        wrong.push(last);
        assert!(!known(&town, &wrong));
        let next = machines::rotate(&town.app, &told.token_id, 24, 60, KEEPER, town.day).unwrap();
        assert!(known(&town, &told.token) && known(&town, &next.token));
        assert!(machines::rotate(&town.app, &told.token_id, 24, 60, KEEPER, town.day).is_err(), "twice");
        town.on("2025-07-03");
        assert!(!known(&town, &told.token), "the overlap is over");
        assert!(known(&town, &next.token));
        town.on("2025-09-15");
        assert!(!known(&town, &next.token), "expired");
        let third = machines::add(&town.app, &wanted(), KEEPER, town.day).unwrap();
        machines::revoke(&town.app, &third.token_id, "泄露", KEEPER, town.day).unwrap();
        assert!(!known(&town, &third.token), "revoked");
        town.prove();
    });
}

#[test]
fn a_secret_is_nowhere_in_the_books() {
    on_both(|installation| {
        let town = town_with_keeper(installation);
        let told = machines::add(&town.app, &wanted(), KEEPER, town.day).unwrap();
        let secret = told.token.rsplit('_').next().unwrap();
        let mut db = town.app.store.read().unwrap();
        for chain in pledgefund::storage::find::events::chains(&mut db).unwrap() {
            let events = pledgefund::storage::find::events::of_chain(&mut db, &chain, 0, 10_000).unwrap();
            assert!(events.iter().all(|event| !event.payload.contains(secret)), "{chain}");
        }
        let rows = pledgefund::storage::find::machines::tokens(&mut db, town.app.fund_id()).unwrap();
        assert!(rows.iter().all(|row| row.secret_hash.len() == 64 && row.secret_hash != secret));
    });
}

#[test]
fn a_machine_is_never_a_second_person_and_its_token_follows_the_register() {
    on_both(|installation| {
        let town = town_with_keeper(installation);
        for role in Role::ALL.iter().copied().filter(|role| !MACHINE_ROLES.contains(role)) {
            let one = Wanted { roles: vec![role], ..wanted() };
            assert_eq!(machines::add(&town.app, &one, KEEPER, town.day).unwrap_err().code(), "TOKEN_ROLE");
        }
        let wide = Wanted { scopes: BTreeSet::from([Permission::ReadAudit]), ..wanted() };
        assert_eq!(machines::add(&town.app, &wide, KEEPER, town.day).unwrap_err().code(), "TOKEN_SCOPE");
        for by in ["系统员", "甲经办", "主任"] {
            assert_eq!(machines::add(&town.app, &wanted(), by, town.day).unwrap_err().code(), "ACT_ROLE", "{by}");
        }
        let told = machines::add(&town.app, &wanted(), KEEPER, town.day).unwrap();
        town.act(Life::Person, "甲核心系统", "role_given", "系统员", json!({ "role": "bank_reviewer" }));
        assert!(machines::recognise(&town.app, &told.token).unwrap().is_none(), "a reviewer's role");
        town.act(
            Life::Person,
            "甲核心系统",
            "role_taken",
            "系统员",
            json!({ "role": "bank_reviewer", "reason": "误" }),
        );
        assert!(machines::recognise(&town.app, &told.token).unwrap().is_some());
        town.act(Life::Person, "甲核心系统", "departed", "系统员", json!({ "reason": "停用" }));
        assert!(machines::recognise(&town.app, &told.token).unwrap().is_none(), "departed");
    });
}
