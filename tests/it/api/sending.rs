//! What core systems send besides acts: rows as they are, bank statements, a job to run; and who reads which report.

use std::collections::BTreeSet;

use pledgefund::views::api::operations;
use serde_json::{Value, json};

use super::world::World;
use crate::stories::town::FUND;
use crate::support::product::Installation;

/// The day of the town.
const DAY: &str = "2025-12-01";

fn servicing(contract: &str, balance: &str) -> Value {
    json!({
        "contract": contract, "reported_on": "2025-11-30", "balance": balance, "overdue_principal": "0",
        "overdue_interest": 0, "overdue_since": null, "grade": "正常",
    })
}

#[test]
fn rows_of_a_program_are_checked_like_a_file_and_answered_row_by_row() {
    let installation = Installation::sqlite();
    let world = World::build(&installation);
    let rows = json!({ "kind": "servicing", "rows": [
        servicing("MARKAAA-1", "700000"), servicing("MARKAAA-2", "800000"), servicing("NOT-OURS", "1"),
    ] });
    let sent = world.post("bank_a", "/api/v1/uploads/rows", &rows, &[]);
    assert_eq!(sent.status, 200, "{}", sent.text);
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(sent.json()["bank"], "AAA");
    // The same rows again are the same upload.
    assert_eq!(world.post("bank_a", "/api/v1/uploads/rows", &rows, &[]).json()["id"], json!(id));
    let path = format!("/api/v1/uploads/{id}");
    assert_eq!(world.get("bank_b", &path).status, 404);
    let kept = pledgefund::storage::find::uploads::content(&mut world.app.store.read().unwrap(), &id).unwrap().unwrap();
    // What the worker would do with it, done by the console: a reader of its own process, every check, row by row.
    let file = installation.folder.path().join("rows.csv");
    std::fs::write(&file, kept).unwrap();
    let file = file.to_str().unwrap();
    let call = ["import", "servicing", file, "--bank", "AAA", "--on", DAY];
    let told = installation.json(&call, &[1]);
    let taken = &told["files"][0];
    let refused = taken["rejected"].as_array().unwrap();
    assert_eq!((taken["records_accepted"].as_u64(), refused.len()), (Some(2), 1), "{told}");
    assert_eq!(
        (refused[0]["row"].as_u64(), refused[0]["contract"].as_str()),
        (Some(4), Some("NOT-OURS")),
        "line 4 is row 3"
    );
    let loan = pledgefund::link::segment(&format!("{FUND}:AAA:MARKAAA-1"));
    let months = world.get("bank_a", &format!("/api/v1/loans/{loan}/months"));
    assert!(months.text.contains("2025-11"), "{}", months.text);
}

#[test]
fn a_name_that_no_layout_has_is_refused_with_its_row() {
    let world = World::sqlite();
    let rows = json!({ "kind": "claims", "rows": [{ "contract": "A" }, { "contract": ["x"], "secret": "1" }] });
    let reply = world.post("bank_a", "/api/v1/uploads/rows", &rows, &[]);
    assert_eq!(reply.status, 422, "{}", reply.text);
    let pointers: BTreeSet<String> = reply.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    let expected = ["/rows/1/contract FIELD_WRONG_KIND", "/rows/1/secret FIELD_UNKNOWN"];
    assert_eq!(pointers, expected.into_iter().map(str::to_owned).collect());
    let money = json!({ "kind": "fund", "rows": [] });
    assert_eq!(world.post("bank_a", "/api/v1/uploads/rows", &money, &[]).status, 422);
}

#[test]
fn the_finance_machine_brings_statements_and_pays_nothing() {
    let world = World::sqlite();
    let file = "booked_on,value_on,credit,debit,balance,counterparty_name,reference,text\n\
                2025-07-01,2025-07-01,500000.00,,500000.00,财政局,R1,拨入\n";
    let fields = [("account", "6222000011112222333"), ("opening", "0.00")];
    let sent = world.send_file("finance", "/api/v1/statements", &fields, file.as_bytes());
    assert_eq!(sent.status, 200, "{}", sent.text);
    assert_eq!(sent.json()["known"], false);
    assert!(!sent.text.contains("6222000011112222333"), "{}", sent.text);
    assert_eq!(world.send_file("finance", "/api/v1/statements", &fields, file.as_bytes()).json()["known"], true);
    let lines = world.get("finance", "/api/v1/statement-lines?open=true").json();
    let line = lines["items"][0]["id"].as_str().unwrap().to_owned();
    let unknown = json!({ "booking": "none", "reason": "手工" });
    let at = format!("/api/v1/statement-lines/{}", pledgefund::link::segment(&line));
    let refused = world.post("finance", &format!("{at}/match"), &unknown, &[]);
    assert!((400..500).contains(&refused.status) && refused.json()["code"].is_string(), "{}", refused.text);
    let by_rule = world.post("finance", "/api/v1/statement-matches", &json!({}), &[]);
    assert_eq!(by_rule.status, 200, "{}", by_rule.text);
    let trial = world.get("finance", "/api/v1/trial-balance?from=2025-07-01&to=2025-12-31");
    assert_eq!(trial.status, 200, "{}", trial.text);
    let bad = [("account", "6222000011112222333"), ("opening", "many")];
    assert_eq!(world.send_file("finance", "/api/v1/statements", &bad, b"x").status, 422);
    // What it has no business with.
    let claim = pledgefund::link::segment(&world.claims["AAA"]);
    let pay = json!({ "act": "paid", "details": { "paid_on": DAY, "voucher_no": "1" } });
    let headers = [("if-match", "*"), ("idempotency-key", "k")];
    assert_eq!(world.post("finance", &format!("/api/v1/claims/{claim}/acts"), &pay, &headers).status, 403);
    assert_eq!(world.get("finance", "/api/v1/loans").status, 403);
    assert_eq!(world.send_file("bank_a", "/api/v1/statements", &fields, file.as_bytes()).status, 403);
}

#[test]
fn the_system_machine_runs_a_job_for_a_day_that_has_come() {
    let world = World::sqlite();
    let run =
        |name: &str, on: &str| world.post("system", &format!("/api/v1/jobs/{name}/runs"), &json!({ "on": on }), &[]);
    let done = run("daily_close", DAY);
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!((done.json()["job"].as_str(), done.json()["on"].as_str()), (Some("daily_close"), Some(DAY)));
    assert_eq!(run("no_such_job", DAY).status, 404);
    assert_eq!(run("daily_close", "2099-01-01").status, 422);
    let asked = world.post("auditor", "/api/v1/jobs/daily_close/runs", &json!({ "on": DAY }), &[]);
    assert_eq!(asked.status, 403);
}

#[test]
fn a_closed_account_is_nobody() {
    let world = World::sqlite();
    for operation in operations() {
        for bank in [Some("AAA"), Some("BBB"), None] {
            let reply = world.ask("closed", &operation, bank);
            assert_eq!(reply.status, 401, "{}: {}", operation.name, reply.text);
        }
    }
}

/// Console commands of the fund's business and the operation of each; or why it has none.
const COMMANDS: [(&str, &str); 33] = [
    ("import", "uploads.send"),
    ("import-log", "imports.list"),
    ("export", "loans.list"),
    ("undo", "undos.request"),
    ("act", "claims.act"),
    ("acts", "claims.acts"),
    ("act-words", "acts.words"),
    ("job", "jobs.run"),
    ("portfolio", "portfolio.get"),
    ("partner", "partners.list"),
    ("claim", "claims.get"),
    ("reserve", "reserve.list"),
    ("rulebook", "rulebooks.list"),
    ("quote", "quotes.compute"),
    ("verify", "verification.get"),
    ("audit", "events.list"),
    ("statement", "statements.send"),
    ("ledger", "fund.ledger"),
    ("period", "periods.list"),
    ("attach", "attachments.add"),
    ("attachments", "attachments.list"),
    ("loan", "loans.get"),
    ("fund", "fund.get"),
    ("template", "-a page gives it; a program sends rows"),
    ("mapping", "-rows of a program have no layout"),
    ("difference", "-answers for hours; a person waits for it"),
    ("payout-math", "-opens no database"),
    ("verify-payout", "-opens no database"),
    ("verify-pack", "-opens no database"),
    ("verify-audit", "-holds a printed head against the books, for a person"),
    ("verify-export", "-opens no database"),
    ("disclose", "-no machine sees numbers in full"),
    ("webhook", "-settings are kept by people"),
];
/// What belongs to the installation, not to the fund's business.
const INSTALLATION: [&str; 11] =
    ["demo", "serve", "admin", "totp-demo", "migrate", "signing-key", "config", "token", "help", "wall", "backup"];

#[test]
fn every_command_is_an_operation_or_says_why_not() {
    let product = Installation::sqlite();
    let help = String::from_utf8(product.run(&["--help"]).stdout).unwrap();
    let listed = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let commands: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let known: BTreeSet<&str> = COMMANDS.iter().map(|(command, _)| *command).collect();
    let all: BTreeSet<&str> = operations().iter().map(|operation| operation.name).collect();
    for command in &commands {
        assert!(known.contains(command) || INSTALLATION.contains(command), "{command} has no operation");
    }
    for (command, operation) in COMMANDS {
        assert!(commands.contains(command), "{command} is no command");
        assert!(operation.starts_with('-') || all.contains(operation), "{operation} is no operation");
    }
}
