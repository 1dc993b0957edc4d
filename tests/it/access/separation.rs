//! S15 at the doors and in the acts: who keeps the system decides, pays and reads nothing of the business, who reads
//! changes nothing.

use std::path::Path;

use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use crate::api::world::World;
use crate::stories::town::{Town, figures, measure, review, story};

/// Addresses of the business; the whole matrix says what everybody is answered there.
const BUSINESS: [&str; 16] = [
    "/claims",
    "/loans",
    "/fund",
    "/imports",
    "/lists",
    "/api/v1/claims",
    "/api/v1/loans",
    "/api/v1/fund",
    "/api/v1/statements",
    "/api/v1/reconciliations",
    "/api/v1/portfolio",
    "/api/v1/registrations",
    "/api/v1/reserve",
    "/api/v1/imports",
    "/api/v1/uploads",
    "/api/v1/attachments",
];

/// Verb, path, asker and status of every cell of the matrix.
fn cells() -> Vec<(String, String, String, u16)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/access/matrix.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let cell = |line: &str| {
        let parts: Vec<&str> = line.split(',').collect();
        (parts[0].to_owned(), parts[1].to_owned(), parts[2].to_owned(), parts[4].parse().unwrap())
    };
    text.lines().skip(1).map(cell).collect()
}

#[test]
fn the_matrix_keeps_the_administrators_from_the_business_and_readers_from_writing() {
    let (mut kept, mut read) = (0, 0);
    for (verb, path, asker, status) in &cells() {
        let what = format!("{verb} {path} {asker}: {status}");
        let no_business = ["system", "system_administrator", "security_administrator", "bureau", "bureau_reader"];
        let is_business = BUSINESS.iter().any(|place| path.starts_with(place));
        if is_business && no_business.contains(&asker.as_str()) {
            assert!([403, 404].contains(status), "{what}");
            kept += 1;
        }
        let reads = ["auditor", "regulator", "bureau", "bureau_reader"].contains(&asker.as_str());
        let own = ["/account", "/password", "/sign-", "/setup"].iter().any(|place| path.starts_with(place));
        // Several acts at once are answered one by one, and a quote keeps nothing.
        let apart = ["/api/v1/acts", "/api/v1/quotes"].contains(&path.as_str());
        if reads && verb != "GET" && !own && !apart {
            assert!([403, 404].contains(status), "{what}");
            read += 1;
        }
    }
    println!("{kept} cells of administrators and the bureau, {read} of readers");
    assert!(kept > 250 && read > 100, "{kept} {read}");
}

#[test]
fn acts_sent_together_are_refused_one_by_one() {
    let world = World::sqlite();
    let item = |life: &str, subject: &str, act: &str, details: Value| json!({ "life": life, "subject": subject, "act": act, "details": details, "key": format!("{act}-1") });
    let (loan, claim) = (&world.loans["AAA"], &world.claims["AAA"]);
    let items = json!({ "items": [
        item("claim", claim, "accepted", json!({})),
        item("claim", claim, "reviewed", review()),
        item("claim", claim, "approved", json!({ "amount": "1.00", "calculation": 1, "no_conflict": true })),
        item("claim", claim, "ordered", json!({ "amount": "1.00" })),
        item("claim", claim, "paid", json!({ "paid_on": "2025-12-01", "voucher_no": "1" })),
        item("registration", loan, "registered", json!({})),
    ] });
    let heads = world.heads();
    for who in ["system", "auditor", "regulator", "bureau"] {
        let reply = world.post(who, "/api/v1/acts", &items, &[]);
        let answers = reply.json()["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(answers.len(), 6, "{who}: {}", reply.text);
        for one in answers {
            assert!([403, 404].contains(&one["status"].as_i64().unwrap()), "{who}: {one}");
        }
    }
    assert_eq!(world.heads(), heads);
}

#[test]
fn no_administrator_and_no_reader_takes_a_claim_any_further() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let appoint = |name: &str, institution: &str, role: &str| {
            let details = json!({ "institution": institution, "roles": [role] });
            town.act(Life::Person, name, "appointed", "系统员", details);
        };
        appoint("安全员", "fund", "security_administrator");
        appoint("审计", "市审计局", "auditor");
        appoint("监管", "金融监管分局", "regulator");
        appoint("市监", "市场监督管理局", "bureau_reader");
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let mut refused = 0;
        let mut nobody = |town: &Town, act: &str, details: Value| {
            for by in ["系统员", "安全员", "审计", "监管", "市监"] {
                assert_eq!(town.refused(Life::Claim, &claim, act, by, details.clone()), "CLAIM_ROLE", "{act} by {by}");
                refused += 1;
            }
        };
        nobody(town, "accepted", json!({}));
        town.claim(&claim, "accepted", "审核员", json!({}));
        nobody(town, "reviewed", review());
        town.claim(&claim, "reviewed", "审核员", review());
        let (amount, calculation) = town.computed(&claim);
        nobody(town, "approved", json!({ "amount": amount, "calculation": calculation, "no_conflict": true }));
        town.approve(&claim, "主任");
        nobody(town, "ordered", json!({ "amount": amount }));
        town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        nobody(town, "paid", json!({ "paid_on": town.day.to_string(), "voucher_no": "凭1" }));
        assert_eq!(refused, 25);
    });
}
