//! What the server refuses and what every answer carries.

use pledgefund::http::serve::{ListenError, loopback};
use pledgefund::link::segment;

use super::fixture;
use super::rendering::addresses;
use super::server::{Data, start};
use crate::support::wire;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

#[test]
fn every_answer_carries_the_protecting_headers() {
    let server = start(Data::Full);
    let mut paths: Vec<String> = addresses().into_iter().map(|(_, path)| path).collect();
    paths.extend(["/nowhere", "/health", "/static/app.css"].map(str::to_owned));
    for path in paths {
        let reply = wire::get(server.address, &path);
        assert_eq!(reply.header("content-security-policy"), POLICY, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(reply.header("permissions-policy").contains("camera=()"), "{path}");
        if !path.starts_with("/static/") {
            assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        }
    }
}

#[test]
fn a_mail_body_is_locked_into_its_frame() {
    let server = start(Data::Full);
    let mail = format!("/mails/{}", segment(fixture::MAIL));
    let page = wire::get(server.address, &mail).text();
    assert!(page.contains("<iframe class=\"letter\" sandbox "), "{page}");
    let body = wire::get(server.address, &format!("{mail}/body"));
    let policy = body.header("content-security-policy");
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    let raw = wire::get(server.address, &format!("{mail}/eml"));
    assert_eq!(raw.header("content-type"), "message/rfc822");
    assert!(raw.header("content-disposition").starts_with("attachment"));
    assert_eq!(raw.body, b"Subject: x\r\n\r\nbody");
}

#[test]
fn hashed_files_may_be_kept_for_ever_and_others_not() {
    let server = start(Data::Full);
    let page = wire::get(server.address, "/").text();
    let css =
        page.split("rel=\"stylesheet\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let reply = wire::get(server.address, &css);
    assert_eq!(reply.status, 200, "{css}");
    assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
    assert!(reply.header("cache-control").contains("immutable"));
    for other in ["/static/app.css", "/static/000000000000/app.css"] {
        assert_eq!(wire::get(server.address, other).header("cache-control"), "no-cache", "{other}");
    }
    for gone in ["/static/.keep", "/static/../Cargo.toml", "/static/%2e%2e%2fCargo.toml", "/static/a/b/app.css"] {
        assert_eq!(wire::get(server.address, gone).status, 404, "{gone}");
    }
}

#[test]
fn a_request_for_another_host_is_refused() {
    let server = start(Data::Full);
    for host in ["evil.example", "evil.example:8080", "10.0.0.1", "127.0.0.1.evil.example"] {
        let reply = wire::send(server.address, "GET", "/", &[&format!("Host: {host}")], "");
        assert_eq!(reply.status, 403, "{host}");
        assert!(!reply.text().contains("资金余额"), "{host}");
    }
    for host in ["localhost", "LOCALHOST:81", "127.0.0.1", "[::1]:8080"] {
        let reply = wire::send(server.address, "GET", "/", &[&format!("Host: {host}")], "");
        assert_eq!(reply.status, 200, "{host}");
    }
}

#[test]
fn nothing_can_be_changed() {
    let server = start(Data::Full);
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        assert_eq!(wire::send(server.address, method, "/loans", &[], "x=1").status, 405, "{method}");
    }
    assert_eq!(wire::send(server.address, "HEAD", "/loans", &[], "").status, 200);
}

#[test]
fn only_loopback_addresses_are_listened_on() {
    for good in ["127.0.0.1:0", "127.8.8.8:80", "[::1]:8080", "localhost:8080"] {
        assert!(loopback(good).is_ok(), "{good}");
    }
    for open in ["0.0.0.0:8080", "[::]:8080", "192.168.1.4:80", "8.8.8.8:80"] {
        let error = loopback(open).unwrap_err();
        assert!(matches!(error, ListenError::NotLoopback { .. }), "{open}");
        assert!(error.to_string().contains("只允许监听本机地址") && error.to_string().contains("only loopback"));
    }
    for bad in ["", "8080", "127.0.0.1", "127.0.0.1:99999", "nonsense"] {
        assert!(matches!(loopback(bad).unwrap_err(), ListenError::BadAddress { .. }), "{bad}");
    }
}
