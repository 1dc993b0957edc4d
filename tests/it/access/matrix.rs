//! S01: every route there is, asked by everybody, for a thing of the own bank, of another and for none.
//!
//! The expected statuses stand in `matrix.csv`; `UPDATE_MATRIX=1` writes it anew, to be read before it is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pledgefund::domain::people::Role;
use pledgefund::http::registry::{self, Route, Verb};
use pledgefund::views::api::operations;

use crate::api::role_door::{STAGES, secret, token_of};
use crate::api::world::World;

const ASKERS: [&str; 12] = [
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
    "finance",
    "closed",
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
    pages(&world, &mut now);
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

/// Every page and form, asked by nobody, by somebody whose session is over, half-way in, and in every role.
fn pages(world: &World, now: &mut BTreeMap<String, u16>) {
    for route in registry::routes().into_iter().filter(|route| !route.path.starts_with("/api/")) {
        let mut askers = vec![("anonymous".to_owned(), String::new()), ("expired".to_owned(), "f".repeat(64))];
        for role in Role::ALL {
            askers.push((role.code().to_owned(), token_of(*role, 0)));
        }
        for (nth, (stage, _)) in STAGES.iter().enumerate().skip(1) {
            askers.push(((*stage).to_owned(), token_of(Role::FundAdministrator, nth)));
        }
        for (who, token) in askers {
            for (thing, bank) in THINGS {
                let status = ask_page(world, &route, &token, bank);
                assert!(status < 500 || status == 503 && route.path == "/health", "{} {who} {thing}", route.path);
                now.insert(format!("{},{},{who},{thing}", route.verb.code(), route.path), status);
            }
        }
    }
}

/// A file that a bank sent.
fn import_of(world: &World, bank: &str) -> Option<String> {
    let rows =
        pledgefund::storage::find::imports::all(&mut world.app.store.read().unwrap(), world.app.fund_id()).unwrap();
    rows.into_iter().find(|row| row.bank.as_deref() == Some(bank)).map(|row| row.import_id)
}

fn ask_page(world: &World, route: &Route, token: &str, bank: Option<&str>) -> u16 {
    let nobody = || "NOBODY-0".to_owned();
    let mut parts = route.path.split('/').skip(1);
    let first = parts.next();
    // A form of an act is one of its life; papers are those of a claim.
    let life = match first {
        Some("acts") => parts.next().unwrap_or_default(),
        _ => "claim",
    };
    let act = pledgefund::usecase::lives::Life::from_code(life)
        .and_then(|life| pledgefund::usecase::lives::vocabulary(life).first().map(|(word, _)| *word))
        .unwrap_or_default();
    let subject = match (life, bank) {
        ("claim", Some(bank)) => world.claims[bank].clone(),
        ("loan" | "registration", Some(bank)) => world.loans[bank].clone(),
        ("partner", Some(bank)) => bank.to_owned(),
        ("fund", Some(_)) => world.app.fund_id().to_owned(),
        _ => nobody(),
    };
    let id = match first {
        Some("registrations") => bank.map_or_else(nobody, |bank| world.loans[bank].clone()),
        Some("loans") => bank.map_or_else(nobody, |bank| world.loans[bank].clone()),
        Some("claims") => bank.map_or_else(nobody, |bank| world.claims[bank].clone()),
        Some("partners") => bank.map_or_else(nobody, str::to_owned),
        Some("imports") if route.path.ends_with("/undo") => {
            bank.and_then(|bank| import_of(world, bank)).unwrap_or_else(nobody)
        }
        Some("rulebooks") => bank.map_or_else(nobody, |_| "shuozhou".to_owned()),
        _ => nobody(),
    };
    let known = bank.is_some();
    let path = route.path.replace("{id}", &pledgefund::link::segment(&id));
    let path = path.replace("{version}", "1");
    let path = path.replace("{bank}", bank.unwrap_or("NOBODY-0"));
    let path = path.replace("{kind}", if known { "registrations" } else { "none" });
    let path = path.replace("{file}", if known { "loans.csv" } else { "none.csv" });
    let path = path.replace("{subject}", &pledgefund::link::segment(&subject)).replace("{act}", act);
    let path = path.replace("{life}", life).replace("{paper}", "none").replace("{form}", "approval");
    let path =
        path.replace("{code}", bank.unwrap_or("NOBODY-0")).replace("{key}", if known { "系统员" } else { "nobody" });
    let path = path.replace("{version}", "1").replace("/rulebooks/NOBODY-0/", "/rulebooks/shuozhou/");
    let path = path.replace("{*path}", if known { "app.css" } else { "none.css" });
    let cookie = format!("__Host-session={token}; guard={}", secret());
    let mut headers = vec![("sec-fetch-site", "same-origin")];
    if !token.is_empty() {
        headers.push(("cookie", cookie.as_str()));
    }
    match route.verb {
        Verb::Get => world.send("GET", &path, &headers, Vec::new()).status,
        Verb::Post => {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            world.send("POST", &path, &headers, format!("guard={}", secret()).into_bytes()).status
        }
    }
}
