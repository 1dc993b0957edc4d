//! Keys, versions, paging, languages, limits: the rules that hold for every operation.

use std::collections::BTreeSet;

use pledgefund::domain::people::Role;
use pledgefund::http::api::limits::Limits;
use pledgefund::link::segment;
use serde_json::json;

use super::role_door::token_of;
use super::world::World;
use crate::stories::town::{FUND, Town, measure};
use crate::support::product::{Installation, on_both};

fn draft(world: &World, contract: &str, principal: &str) -> serde_json::Value {
    let town = Town::found(&Installation::sqlite(), "2025-12-01", &measure("shuozhou-1"));
    let form = town.form(contract, principal, "2025-12-01", "2026-12-01");
    assert!(world.loans.len() == 2);
    json!({ "act": "drafted", "details": { "form": form } })
}

#[test]
fn a_bank_registers_a_loan_once_however_often_it_is_sent() {
    on_both(|installation| {
        let world = World::build(installation);
        let path = format!("/api/v1/registrations/{}/acts", segment(&format!("{FUND}:AAA:NEW-1")));
        let body = draft(&world, "NEW-1", "300000");
        let key = [("if-match", "*"), ("idempotency-key", "one")];
        assert_eq!(world.post("bank_a", &path, &body, &[("if-match", "*")]).status, 428);
        assert_eq!(world.post("bank_a", &path, &body, &[("idempotency-key", "one")]).status, 428);
        let first = world.post("bank_a", &path, &body, &key);
        assert_eq!(first.status, 200, "{}", first.text);
        let heads = world.heads();
        let again = world.post("bank_a", &path, &body, &key);
        assert_eq!((again.status, &again.text), (200, &first.text));
        assert_eq!(world.heads(), heads, "the second request wrote something");
        let other = world.post("bank_a", &path, &draft(&world, "NEW-1", "300001"), &key);
        assert_eq!((other.status, other.json()["code"].as_str()), (422, Some("ACT_KEY_REUSED")));
        // Another bank's key of the same name is another key, and its door to this loan is closed.
        assert_eq!(world.post("bank_b", &path, &body, &key).status, 404);
        let tag = world.get("bank_a", &path).header("etag");
        assert_eq!(tag, "\"v1\"");
        let stale = [("if-match", "\"v0\""), ("idempotency-key", "two")];
        assert_eq!(world.post("bank_a", &path, &body, &stale).status, 412);
        let acts = world.get("bank_a", &path).json();
        assert_eq!(acts["items"][0]["by"], "系统bank_a");
        // The second person is a person: a machine does not hand in what it wrote.
        let hand_in = json!({ "act": "submitted" });
        let reply = world.post("bank_a", &path, &hand_in, &[("if-match", "\"v1\""), ("idempotency-key", "three")]);
        assert_eq!(reply.status, 403, "{}", reply.text);
    });
}

#[test]
fn several_acts_are_answered_one_by_one() {
    let world = World::sqlite();
    let item = |subject: &str, contract: &str| {
        let body = draft(&world, contract, "300000");
        json!({ "life": "registration", "subject": subject, "act": "drafted", "details": body["details"], "key": contract })
    };
    let items = json!({ "items": [
        item(&format!("{FUND}:AAA:BULK-1"), "BULK-1"),
        item(&format!("{FUND}:BBB:BULK-2"), "BULK-2"),
        item(&format!("{FUND}:AAA:BULK-3"), "BULK-3"),
    ] });
    let reply = world.post("bank_a", "/api/v1/acts", &items, &[]);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let statuses: Vec<i64> =
        reply.json()["items"].as_array().unwrap().iter().map(|one| one["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [200, 404, 200]);
    let heads = world.heads();
    let again = world.post("bank_a", "/api/v1/acts", &items, &[]);
    assert_eq!(again.text, reply.text);
    assert_eq!(world.heads(), heads);
}

#[test]
fn a_list_is_walked_by_its_cursor_and_by_no_other() {
    let world = World::sqlite();
    let (mut path, mut seen) = ("/api/v1/loans?limit=1&sort=-contract".to_owned(), Vec::new());
    loop {
        let page = world.get("auditor", &path).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|loan| loan["contract"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/loans?limit=1&sort=-contract&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 6);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    let cursor = world.get("auditor", "/api/v1/loans?limit=1").json()["next_cursor"].as_str().unwrap().to_owned();
    for foreign in [
        format!("/api/v1/loans?limit=1&sort=contract&cursor={cursor}"),
        format!("/api/v1/claims?cursor={cursor}"),
        "/api/v1/loans?cursor=1-0000000000000000".to_owned(),
        "/api/v1/loans?sort=rate".to_owned(),
        "/api/v1/loans?limit=201".to_owned(),
        "/api/v1/loans?nothing=1".to_owned(),
        "/api/v1/loans?bank=AAA&bank=BBB".to_owned(),
    ] {
        let reply = world.get("auditor", &foreign);
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some("PARAMETER_INVALID")), "{foreign}");
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again_and_words_come_in_the_language_asked_for() {
    let world = World::sqlite();
    let path = format!("/api/v1/loans/{}", segment(&world.loans["AAA"]));
    let tag = world.get("bank_a", &path).header("etag");
    let token = format!("Bearer {}", world.tokens["bank_a"]);
    let auth = ("authorization", token.as_str());
    let reply = world.send("GET", &path, &[auth, ("if-none-match", &tag)], Vec::new());
    assert_eq!((reply.status, reply.text.as_str(), reply.header("etag")), (304, "", tag));
    assert_eq!(world.send("GET", &path, &[auth, ("accept", "text/html")], Vec::new()).status, 406);
    assert_eq!(world.send("HEAD", &path, &[auth], Vec::new()).status, 200);
    let nowhere = |lang| world.send("GET", "/api/v1/loans/x", &[auth, ("accept-language", lang)], Vec::new());
    assert_eq!(nowhere("zh-CN").json()["detail"], "没有这个地址或事项。");
    assert_eq!(nowhere("en").json()["detail"], "There is no such address or thing.");
    let refused = world.get("", "/api/v1/loans");
    assert_eq!((refused.status, refused.header("www-authenticate").as_str()), (401, "Bearer"));
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let limits = Limits::new(2, 3);
    assert!(!limits.token("a").exceeded);
    assert_eq!(limits.token("a").left, 0);
    let third = limits.token("a");
    assert!(third.exceeded && (1..=60).contains(&third.seconds));
    assert!(!limits.token("b").exceeded, "another token has its own count");
    let mut headers = axum::http::HeaderMap::new();
    third.tell(&mut headers);
    assert!(headers.contains_key("retry-after") && headers["ratelimit-policy"] == "\"minute\";q=2;w=60");
}

#[test]
fn numbers_of_accounts_leave_masked() {
    let world = World::sqlite();
    let reply = world.get("bank_a", "/api/v1/partners/AAA/acts");
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(!reply.text.contains("6222000011112222") && reply.text.contains("****2222"), "{}", reply.text);
}

#[test]
fn a_quote_is_what_the_evaluator_says() {
    let world = World::sqlite();
    let body = json!({ "rulebook": "shuozhou", "version": "1", "cases": [{}] });
    let reply = world.post("bank_a", "/api/v1/quotes", &body, &[]);
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["items"][0]["code"], "CASE_MALFORMED");
    let unknown = json!({ "rulebook": "none", "version": "1", "cases": [] });
    assert_eq!(world.post("bank_a", "/api/v1/quotes", &unknown, &[]).status, 422);
}

#[test]
fn a_file_is_sent_and_followed_by_its_own_bank_only() {
    let world = World::sqlite();
    let sent = world.send_file("bank_a", "/api/v1/uploads", &[("kind", "registrations")], b"a,b\n1,2\n");
    assert_eq!(sent.status, 200, "{}", sent.text);
    let told = sent.json();
    assert_eq!((told["bank"].as_str(), told["state"].as_str()), (Some("AAA"), Some("received")));
    let path = format!("/api/v1/uploads/{}", told["id"].as_str().unwrap());
    assert_eq!(world.get("bank_a", &path).status, 200);
    assert_eq!(world.get("bank_b", &path).status, 404);
    let foreign = [("kind", "registrations"), ("bank", "BBB")];
    assert_eq!(world.send_file("bank_a", "/api/v1/uploads", &foreign, b"a\n").status, 422);
    assert_eq!(world.send_file("bank_a", "/api/v1/uploads", &[("kind", "fund")], b"a\n").status, 403);
    let paper = [("life", "loan"), ("subject", world.loans["AAA"].as_str()), ("document", "loan_contract")];
    let kept = world.send_named("bank_a", "/api/v1/attachments", &paper, ("x.pdf", b"%PDF-1.7 paper of AAA"));
    assert_eq!(kept.status, 200, "{}", kept.text);
    let query = format!("life=loan&subject={}", segment(&world.loans["AAA"]));
    let content = format!("/api/v1/attachments/{}/content?{query}", kept.json()["id"].as_str().unwrap());
    assert_eq!(world.get("bank_a", &content).text, "%PDF-1.7 paper of AAA");
    assert_eq!(world.get("bank_b", &content).status, 404);
}

#[test]
fn a_person_reads_with_a_session_and_changes_nothing_with_it() {
    let world = World::sqlite();
    let as_role = |role, stage| format!("__Host-session={}", token_of(role, stage));
    let full = as_role(Role::BankOfficer, 0);
    let list = world.send("GET", "/api/v1/loans", &[("cookie", &full)], Vec::new());
    assert_eq!(list.status, 200, "{}", list.text);
    assert!(list.text.contains("MARKAAA") && !list.text.contains("MARKBBB"));
    let half = as_role(Role::BankOfficer, 1);
    assert_eq!(world.send("GET", "/api/v1/loans", &[("cookie", &half)], Vec::new()).status, 401);
    assert_eq!(world.send("GET", "/api/v1/fund", &[("cookie", &full)], Vec::new()).status, 403);
    let body = json!({ "items": [] }).to_string().into_bytes();
    let headers = [("cookie", full.as_str()), ("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    assert_eq!(world.send("POST", "/api/v1/acts", &headers, body).status, 401);
}

#[test]
fn an_act_says_by_which_token_it_was_asked_for_and_no_token_keeps_people() {
    let world = World::sqlite();
    let path = format!("/api/v1/registrations/{}/acts", segment(&format!("{FUND}:AAA:NEW-9")));
    let key = [("if-match", "*"), ("idempotency-key", "nine")];
    assert_eq!(world.post("bank_a", &path, &draft(&world, "NEW-9", "300000"), &key).status, 200);
    let token_id = world.tokens["bank_a"].split('_').nth(1).unwrap().to_owned();
    let mut db = world.app.store.read().unwrap();
    let events = pledgefund::storage::find::events::of_chain(&mut db, &format!("fund:{FUND}"), 0, 10_000).unwrap();
    let told = events.iter().any(|event| format!("{event:?}").contains(&format!("token:{token_id}")));
    assert!(told, "no event names the token");
    let person = json!({ "act": "departed", "details": { "reason": "x" } });
    let reply = world.post("system", "/api/v1/persons/x/acts", &person, &key);
    assert_eq!((reply.status, reply.json()["code"].as_str()), (403, Some("PERMISSION_MISSING")));
}

#[test]
fn the_bureau_sees_pledged_rights_and_not_what_was_lent_on_them() {
    let world = World::sqlite();
    let rights = world.get("bureau", "/api/v1/rights");
    assert_eq!(rights.status, 200, "{}", rights.text);
    assert_eq!(rights.json()["items"].as_array().unwrap().len(), 6);
    assert!(!rights.text.contains("800000"));
    assert_eq!(world.get("bank_a", "/api/v1/rights").json()["items"].as_array().unwrap().len(), 3);
    for closed in ["/api/v1/loans", "/api/v1/claims", "/api/v1/fund", "/api/v1/persons"] {
        assert_eq!(world.get("bureau", closed).status, 403, "{closed}");
    }
    assert_eq!(world.get("auditor", "/api/v1/persons").status, 200);
    assert_eq!(world.get("bank_a", "/api/v1/scorecards").json()["items"].as_array().unwrap().len(), 1);
}
