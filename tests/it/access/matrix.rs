//! S01: every operation of the interface, asked by everybody, for a thing of the own bank, of another and for none.
//!
//! The expected statuses stand in `matrix.csv`; `UPDATE_MATRIX=1` writes it anew, to be read before it is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pledgefund::domain::access::{Asker, Permission};
use pledgefund::domain::people::{Institution, Office, Role};
use pledgefund::http::registry::{self, Access};
use pledgefund::views::api::operations;

use crate::api::world::World;

const ASKERS: [&str; 10] = [
    "anonymous",
    "unknown",
    "revoked",
    "bank_a",
    "bank_a_narrow",
    "bank_b",
    "auditor",
    "regulator",
    "bureau",
    "system",
];
const THINGS: [(&str, Option<&str>); 3] = [("own", Some("AAA")), ("other", Some("BBB")), ("none", None)];

#[test]
fn every_operation_answers_everybody_as_the_matrix_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/access/matrix.csv");
    let world = World::sqlite();
    let mut now = BTreeMap::new();
    for operation in operations() {
        for who in ASKERS {
            for (thing, bank) in THINGS {
                let reply = world.ask(who, &operation, bank);
                assert!(reply.status < 500, "{} {who} {thing}: {}", operation.name, reply.text);
                let verb = if operation.reads() { "GET" } else { "POST" };
                now.insert(format!("{verb},{},{who},{thing}", operation.path), reply.status);
            }
        }
    }
    for route in registry::routes().into_iter().filter(|route| !route.path.starts_with("/api/")) {
        for role in Role::ALL {
            let allowed = may(*role, route.access);
            now.insert(format!("{},{},{},access", route.verb.code(), route.path, role.code()), allowed);
        }
    }
    let text = now
        .iter()
        .fold("verb,path,asker,thing,status\n".to_owned(), |text, (key, status)| text + &format!("{key},{status}\n"));
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let (kept, text): (BTreeSet<&str>, BTreeSet<&str>) = (kept.lines().collect(), text.lines().collect());
    let differ: Vec<_> = kept.symmetric_difference(&text).take(20).collect();
    println!("{} cells", now.len());
    assert!(differ.is_empty(), "the matrix differs (UPDATE_MATRIX=1 writes it anew): {differ:#?}");
}

/// What a page asks, of somebody in one role at the usual place: 200 or 403.
fn may(role: Role, access: Access) -> u16 {
    let bank = matches!(role, Role::BankOfficer | Role::BankReviewer);
    let institution = Institution::read(if bank { "bank:AAA" } else { "fund" });
    let office = Office { person: "x".into(), role, institution, level: None, stands_in_for: None };
    let asker = Asker::person("x", vec![office]);
    let allowed = match access {
        Access::Fund(permission) => asker.may_for_fund(permission),
        other => other.permission().is_none_or(|permission: Permission| asker.may(permission)),
    };
    if allowed { 200 } else { 403 }
}
