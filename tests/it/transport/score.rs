//! Every answer carries the headers, and together they score what the Observatory calls A+.
//!
//! The scale is that of the MDN HTTP Observatory: 100 to begin with, less for what is missing, more for what is better
//! than needed; more counts only from 90 on. Preloading, which belongs to the operator's domain, is not counted.
//!
//! Covered is every answer to what is a request: all routes, what is not there, not allowed, too large, for another host,
//! and faults. What is none (400 and 431 of the HTTP library) is in `odd`: a bare status, and the connection ends.

use pledgefund::http::registry::routes;

use super::edge::edge;
use crate::pages::rendering::addresses;
use crate::pages::server::{Data, start_within};
use crate::support::serving::multipart;
use crate::support::wire::{self, Reply};

const SECURE: &str = "X-Forwarded-Proto: https";

fn directive<'a>(policy: &'a str, name: &str) -> Option<&'a str> {
    policy.split(';').map(str::trim).find_map(|one| one.strip_prefix(name).and_then(|rest| rest.strip_prefix(' ')))
}

/// Points of an answer; what is wrong with it stands in the list.
fn score(reply: &Reply) -> (i32, Vec<&'static str>) {
    let (mut less, mut more, mut wrong) = (0, 0, Vec::new());
    let mut fault = |points: i32, what: &'static str| {
        less += points;
        wrong.push(what);
    };
    let policy = reply.header("content-security-policy");
    let scripts = directive(&policy, "script-src").or_else(|| directive(&policy, "default-src"));
    let styles = directive(&policy, "style-src").or_else(|| directive(&policy, "default-src"));
    let unsafe_word = |source: Option<&str>| {
        source.is_none_or(|source| ["unsafe", "data:", "https:", "http:", "*"].iter().any(|word| source.contains(word)))
    };
    if policy.is_empty() || unsafe_word(scripts) {
        fault(25, "csp");
    } else if unsafe_word(styles) {
        // Inline styles alone cost nothing and give nothing.
    } else if directive(&policy, "default-src") == Some("'none'") {
        more += 10;
    } else {
        more += 5;
    }
    let frames = directive(&policy, "frame-ancestors");
    if frames.is_some_and(|frames| frames == "'none'" || frames == "'self'") {
        more += 5;
    } else if !["deny", "sameorigin"].contains(&reply.header("x-frame-options").to_lowercase().as_str()) {
        fault(20, "frames");
    }
    let hsts = reply.header("strict-transport-security").to_lowercase();
    let age = hsts.split("max-age=").nth(1).and_then(|rest| rest.split(';').next()?.trim().parse::<u64>().ok());
    if age.is_none_or(|age| age < 31_536_000) || !hsts.contains("includesubdomains") {
        fault(20, "hsts");
    }
    if reply.header("x-content-type-options") != "nosniff" {
        fault(5, "nosniff");
    }
    match reply.header("referrer-policy").as_str() {
        "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" => more += 5,
        _ => fault(5, "referrer"),
    }
    match reply.header("cross-origin-resource-policy").as_str() {
        "same-origin" | "same-site" => more += 10,
        _ => fault(0, "corp"),
    }
    for cookie in reply.head.iter().filter(|line| line.starts_with("set-cookie: ")) {
        if !cookie.contains("; HttpOnly") || !cookie.contains("; SameSite=") {
            fault(20, "cookie");
        }
    }
    if reply.head.iter().any(|line| line.starts_with("access-control-allow-origin")) {
        fault(50, "cors");
    }
    let base = 100 - less;
    (if base >= 90 { base + more } else { base }, wrong)
}

#[test]
fn every_answer_scores_at_least_115() {
    let server = start_within(Data::Full, edge(&["127.0.0.1"], &[]));
    let down = start_within(Data::Down, edge(&["127.0.0.1"], &[]));
    let broken = start_within(Data::Broken, edge(&["127.0.0.1"], &[]));
    let mut answers: Vec<(String, Reply)> = Vec::new();
    let mut ask = |address, method: &str, path: &str, headers: &[&str], body: &str| {
        let mut all = vec![SECURE];
        all.extend(headers);
        let reply = wire::send(address, method, path, &all, body);
        answers.push((format!("{method} {path} {}", reply.status), reply));
    };
    for route in routes() {
        let path = route.path.replace("{*path}", "app.css").replace("{id}", "1").replace("{kind}", "x");
        let path = path.replace("{file}", "x.csv").replace(['{', '}'], "");
        ask(server.address, route.verb.code(), &path, &[], "");
        ask(down.address, route.verb.code(), &path, &[], "");
        ask(broken.address, route.verb.code(), &path, &[], "");
        ask(server.address, "DELETE", &path, &[], "");
    }
    for (_, path) in addresses() {
        ask(server.address, "GET", &path, &[], "");
    }
    ask(server.address, "GET", "/nowhere", &[], "");
    ask(server.address, "GET", "/static/none.css", &[], "");
    ask(server.address, "GET", "/", &["Host: evil.example"], "");
    ask(server.address, "TRACE", "/", &[], "");
    ask(server.address, "POST", "/imports/uploads/1/cancel", &[], &"x".repeat(100_000));
    let large = vec![b'1'; 20 * 1024 * 1024 + 1];
    let (kind, body) = multipart(&[], &[("large.csv", &large)]);
    let origin = format!("Origin: http://{}", server.address);
    let own = [origin.as_str(), "Sec-Fetch-Site: same-origin", &kind];
    ask(server.address, "POST", "/imports/uploads", &own, &String::from_utf8(body).unwrap());
    let mut lowest = i32::MAX;
    for (what, reply) in &answers {
        let (points, wrong) = score(reply);
        lowest = lowest.min(points);
        assert!(points >= 115, "{what}: {points} {wrong:?} {:?}", reply.head);
        assert!(wrong.is_empty(), "{what}: {wrong:?}");
        assert_eq!(reply.header("server"), "", "{what}");
        assert_eq!(reply.header("x-powered-by"), "", "{what}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{what}");
        assert!(!reply.header("x-request-id").is_empty(), "{what}");
        let policy = reply.header("content-security-policy");
        for (name, value) in [("base-uri", "'none'"), ("default-src", "'none'")] {
            assert_eq!(directive(&policy, name), Some(value), "{what}");
        }
        if !what.contains("/static/") {
            assert_eq!(reply.header("cache-control"), "no-store", "{what}");
        }
    }
    let statuses: std::collections::BTreeSet<u16> = answers.iter().map(|(_, reply)| reply.status).collect();
    for status in [200, 403, 404, 405, 413, 500, 503] {
        assert!(statuses.contains(&status), "{status} was never seen: {statuses:?}");
    }
    println!("{} answers, lowest score {lowest}", answers.len());
}

#[test]
fn the_score_notices_what_is_missing() {
    let server = start_within(Data::Full, edge(&["127.0.0.1"], &[]));
    let whole = wire::send(server.address, "GET", "/", &[SECURE], "");
    assert!(score(&whole).1.is_empty());
    for name in [
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-resource-policy",
    ] {
        let mut less = whole.clone();
        less.head.retain(|line| !line.starts_with(name));
        assert!(!score(&less).1.is_empty(), "{name}");
    }
    // Plain connections are told nothing of encryption: browsers must not be sent where nobody answers.
    let plain = wire::get(server.address, "/");
    assert_eq!(plain.header("strict-transport-security"), "");
}
