//! S03 and S10: members nobody asked for, and texts that want to be commands.

use pledgefund::views::api::operation::Takes;
use pledgefund::views::api::operations;
use pledgefund::views::api::shape::Shape;
use serde_json::{Value, json};

use super::world::{World, plainest};

/// Columns and members that exist somewhere and belong to nobody who asks.
const SETTABLE: [&str; 24] = [
    "bank",
    "bank_id",
    "fund_id",
    "state",
    "version",
    "by",
    "person",
    "office",
    "on",
    "business_date",
    "recorded_at",
    "event_id",
    "payout",
    "payout_fen",
    "approved",
    "approved_fen",
    "roles",
    "scopes",
    "permissions",
    "token_id",
    "actor",
    "id",
    "covered",
    "expected",
];

#[test]
fn a_member_nobody_asked_for_is_refused_and_changes_nothing() {
    let world = World::sqlite();
    let before = world.heads();
    let (mut sent, mut named) = (0, 0);
    for operation in operations() {
        let Takes::Json(shape) = &operation.takes else { continue };
        for who in ["bank_a", "system", "auditor"] {
            for name in SETTABLE {
                let mut body = plainest(shape);
                if body.get(name).is_some() {
                    continue;
                }
                body[name] = json!("x");
                let path = world.path(&operation, Some("AAA")).replace("?dry_run=true", "");
                let reply = world.post(who, &path, &body, &[("if-match", "*"), ("idempotency-key", "k")]);
                assert!([403, 422].contains(&reply.status), "{} {name}: {}", operation.name, reply.text);
                sent += 1;
                named += usize::from(reply.text.contains("FIELD_UNKNOWN"));
            }
        }
    }
    println!("{sent} bodies with a member too many, {named} refused for it");
    assert!(sent > 500 && named > 150, "{sent} {named}");
    assert_eq!(world.heads(), before);
}

/// Texts that want to be commands.
fn payloads() -> Vec<String> {
    let ends = ["", "--", "#", "/*", ";--", "')--"];
    let starts = [
        "' OR '1'='1",
        "' OR 1=1",
        "\" OR \"\"=\"",
        "1; DROP TABLE loans",
        "'; DELETE FROM events",
        "' UNION SELECT 1,2,3",
        "' AND sleep(5)",
        "'||(SELECT hash FROM events)||'",
        "x' AND 1=(SELECT COUNT(*) FROM acts)",
        "%' ESCAPE '!",
    ];
    starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).collect()
}

#[test]
fn a_text_that_wants_to_be_a_command_is_only_a_text() {
    let world = World::sqlite();
    let before = world.heads();
    assert_eq!(payloads().len(), 60);
    let mut sent = 0;
    for operation in operations().into_iter().filter(|one| one.reads()) {
        let harmless = operation.path.replace("{id}", "nobody").replace("{version}", "9").replace("{life}", "none");
        for payload in payloads() {
            let text = pledgefund::link::segment(&payload);
            if operation.path.contains('{') {
                let path = operation.path.replace("{id}", &text).replace("{version}", &text).replace("{life}", &text);
                assert_eq!(world.get("auditor", &path).status, world.get("auditor", &harmless).status, "{path}");
                sent += 1;
            }
            for (name, shape, _) in &operation.query {
                let path = world.path(&operation, Some("AAA"));
                let glue = if path.contains('?') { '&' } else { '?' };
                if path.contains(&format!("{name}=")) {
                    continue;
                }
                let asked = world.get("auditor", &format!("{path}{glue}{name}={text}"));
                let plain = world.get("auditor", &format!("{path}{glue}{name}=nobody"));
                assert!(asked.status < 500, "{path} {name} {payload}: {}", asked.text);
                assert_eq!(asked.status, plain.status, "{path} {name} {payload}");
                if matches!(shape, Shape::Name(_)) && asked.status == 200 {
                    assert_eq!(asked.text, plain.text, "{path} {name} {payload}");
                }
                sent += 1;
            }
        }
    }
    println!("{sent} commands sent as texts");
    assert!(sent > 3_000, "{sent}");
    assert_eq!(world.heads(), before);
}

#[test]
fn a_body_that_does_not_read_is_refused_by_name() {
    let world = World::sqlite();
    let path = format!("/api/v1/claims/{}/acts", pledgefund::link::segment(&world.claims["AAA"]));
    let key = [("if-match", "*"), ("idempotency-key", "k")];
    let cases: [(Value, u16, &str); 4] = [
        (json!([]), 422, "FIELD_WRONG_KIND"),
        (json!({ "act": "none" }), 422, "FIELD_BAD_WORD"),
        (json!({ "act": "relodged", "details": { "x": 1 } }), 422, "FIELD_UNKNOWN"),
        (json!({}), 422, "FIELD_BAD_WORD"),
    ];
    for (body, status, code) in cases {
        let reply = world.post("bank_a", &path, &body, &key);
        assert_eq!(reply.status, status, "{body}: {}", reply.text);
        assert!(reply.text.contains(code), "{body}: {}", reply.text);
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let headers = [("authorization", format!("Bearer {}", world.tokens["bank_a"]))];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let typed = |kind: &'static str| [headers.clone(), vec![("content-type", kind), key[0], key[1]]].concat();
    assert_eq!(world.send("POST", &path, &typed("text/plain"), b"{}".to_vec()).status, 415);
    assert_eq!(world.send("POST", &path, &typed("application/json"), b"{".to_vec()).status, 400);
    assert_eq!(world.send("DELETE", &path, &headers, Vec::new()).status, 405);
    assert_eq!(world.get("bank_a", "/api/v1/nothing").status, 404);
}
