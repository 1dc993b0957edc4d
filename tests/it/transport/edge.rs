//! Proxies are believed where they are trusted, hosts where they are named; numbers of requests go through both.

use axum::Router;
use axum::extract::Request;
use pledgefund::config::{Config, ServerConfig};
use pledgefund::http::client::{ClientAddress, Network};
use pledgefund::http::request_id::RequestId;
use pledgefund::http::router::layered;
use pledgefund::http::serve::{ListenError, listen_within};
use pledgefund::http::transport::{IsSecure, Perimeter};

use crate::pages::server::{Data, Server, start, start_router, start_within};
use crate::support::wire::{self, Reply};

pub fn settings(proxies: &[&str], hosts: &[&str]) -> ServerConfig {
    let mut settings = Config::load(None).unwrap().server;
    settings.trusted_proxies = proxies.iter().map(|&text| text.to_owned()).collect();
    settings.public_hosts = hosts.iter().map(|&text| text.to_owned()).collect();
    settings
}

pub fn edge(proxies: &[&str], hosts: &[&str]) -> Perimeter {
    Perimeter::of(&settings(proxies, hosts)).unwrap()
}

/// What the inside sees of a request.
async fn echo(request: Request) -> String {
    let address = request.extensions().get::<ClientAddress>().unwrap().0;
    let id = request.extensions().get::<RequestId>().unwrap().0.clone();
    let secure = request.extensions().get::<IsSecure>().unwrap().0;
    let host = request.headers()["host"].to_str().unwrap().to_owned();
    let told = request.headers().keys().filter(|name| name.as_str().starts_with("x-") || *name == "forwarded").count();
    format!("{address} {secure} {host} {told} {id}")
}

fn server(perimeter: Perimeter) -> Server {
    start_router(layered(Router::new().fallback(echo), perimeter))
}

fn seen(server: &Server, headers: &[&str]) -> Vec<String> {
    let reply = wire::send(server.address, "GET", "/", headers, "");
    assert_eq!(reply.status, 200, "{headers:?} {}", reply.text());
    let seen: Vec<String> = reply.text().split(' ').map(str::to_owned).collect();
    assert_eq!(reply.header("x-request-id"), seen[4]);
    seen
}

#[test]
fn the_right_most_address_that_is_not_trusted_counts() {
    let behind = server(edge(&["127.0.0.0/8", "10.1.0.0/16"], &["fund.example"]));
    let open = server(edge(&[], &[]));
    for (told, expected) in [
        ("1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("127.0.0.1, 1.2.3.4", "1.2.3.4"),
        ("1.2.3.4, 127.0.0.9", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.1.9.9", "1.2.3.4"),
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[2001:db8::7]:5678", "2001:db8::7"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("1.2.3.4, nonsense", "127.0.0.1"),
        ("1.2.3.4, nonsense, 10.1.0.2", "10.1.0.2"),
        ("", "127.0.0.1"),
        ("10.1.0.2", "10.1.0.2"),
    ] {
        let header = format!("X-Forwarded-For: {told}");
        assert_eq!(seen(&behind, &[&header])[0], expected, "{told}");
        assert_eq!(seen(&open, &[&header])[0], "127.0.0.1", "{told}");
    }
    let two = ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 1.2.3.4"];
    assert_eq!(seen(&behind, &two)[0], "1.2.3.4");
}

#[test]
fn what_proxies_say_counts_from_trusted_ones_only_and_goes_no_further() {
    let behind = server(edge(&["127.0.0.1"], &["fund.example"]));
    let open = server(edge(&["192.0.2.1"], &["fund.example"]));
    let all = [
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: fund.example",
        "X-Request-Id: abc-123_DEF.4",
        "Forwarded: for=1.2.3.4",
        "X-Real-Ip: 1.2.3.4",
    ];
    let inside = seen(&behind, &all);
    assert_eq!(inside[1..], ["true", "fund.example", "0", "abc-123_DEF.4"]);
    let outside = seen(&open, &all);
    assert_eq!(outside[1], "false");
    assert!(outside[2].starts_with("127.0.0.1:"));
    assert_eq!(outside[3], "0");
    assert_ne!(outside[4], "abc-123_DEF.4");
    for odd in ["short", "has space here", "a\"quote12", &"x".repeat(65), "中文中文中文中文"] {
        let id = &seen(&behind, &[&format!("X-Request-Id: {odd}")])[4];
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{odd}: {id}");
    }
    assert_ne!(seen(&open, &[])[4], seen(&open, &[])[4]);
}

#[test]
fn only_named_hosts_are_answered() {
    let server = start_within(Data::Full, edge(&["127.0.0.1"], &["fund.example", "10.0.0.8:8470"]));
    let ask = |host: &str| wire::send(server.address, "GET", "/", &[&format!("Host: {host}")], "").status;
    for host in
        ["fund.example", "FUND.example:443", "fund.example.", "10.0.0.8:8470", "localhost", "[::1]:1", "127.0.0.1"]
    {
        assert_eq!(ask(host), 200, "{host}");
    }
    for host in ["evil.example", "fund.example.evil.example", "xfund.example", "10.0.0.8", "", "fund.example@evil"] {
        assert_eq!(ask(host), 403, "{host}");
    }
    let forwarded = |host: &str| {
        let header = format!("X-Forwarded-Host: {host}");
        wire::send(server.address, "GET", "/", &[&header], "").status
    };
    assert_eq!((forwarded("fund.example"), forwarded("evil.example")), (200, 403));
    let absolute = |target: &str| wire::send(server.address, "GET", target, &["Host: localhost"], "").status;
    assert_eq!((absolute("http://localhost/"), absolute("http://evil.example/")), (200, 403));
}

#[test]
fn other_machines_are_listened_to_only_with_a_name_and_a_safe_way() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listens = |perimeter: &Perimeter| runtime.block_on(listen_within("0.0.0.0:0", perimeter));
    for (proxies, hosts) in [(&[][..], &[][..]), (&["10.0.0.1"], &[]), (&[], &["fund.example"])] {
        assert!(
            matches!(listens(&edge(proxies, hosts)), Err(ListenError::NotLoopback { .. })),
            "{proxies:?} {hosts:?}"
        );
    }
    assert!(listens(&edge(&["10.0.0.1"], &["fund.example"])).is_ok());
    let mut encrypted = settings(&[], &["fund.example"]);
    encrypted.tls_certificate = "/no/such/certificate.pem".into();
    assert!(Perimeter::of(&encrypted).unwrap().may_be_reached());
    assert!(matches!(pledgefund::http::tls::acceptor(&encrypted), Err(ListenError::BadCertificate { .. })));
    for bad in ["10.0.0.0/33", "10.0.0", "", "fund.example", "::/129", "1.2.3.4/x"] {
        assert!(matches!(Perimeter::of(&settings(&[bad], &[])), Err(ListenError::BadSetting { .. })), "{bad}");
    }
    for bad in ["", "a b", "http://fund.example", "*", "fund.example/x"] {
        assert!(matches!(Perimeter::of(&settings(&[], &[bad])), Err(ListenError::BadSetting { .. })), "{bad}");
    }
}

#[test]
fn networks_hold_what_lies_in_them() {
    let holds = |network: &str, address: &str| network.parse::<Network>().unwrap().holds(address.parse().unwrap());
    for (network, inside, outside) in [
        ("10.1.2.0/24", "10.1.2.255", "10.1.3.0"),
        ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
        ("10.0.0.0/8", "::ffff:10.9.9.9", "11.0.0.0"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("::1", "::1", "::2"),
        ("0.0.0.0/0", "255.255.255.255", "2001:db8::1"),
    ] {
        assert!(holds(network, inside) && !holds(network, outside), "{network}");
    }
    assert!(holds("::/0", "1.2.3.4"));
}

#[test]
fn an_error_page_tells_its_number_and_nothing_of_the_inside() {
    let server = start(Data::Broken);
    let reply: Reply = wire::get(server.address, "/");
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains(&reply.header("x-request-id")), "{}", reply.text());
    assert!(!reply.text().contains("secret inside"));
}
