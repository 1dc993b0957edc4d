//! Nothing is sent to where nothing may be sent.

use pledgefund::domain::outgoing::{Allowed, TargetFault, check_target, is_public, wait_minutes};
use pledgefund::usecase::webhooks::endpoints::{self, NewEndpoint};
use pledgefund::usecase::webhooks::queue;

use super::{act, add, allow, deliver, told};
use crate::stories::town::{measure, story};
use crate::webhooks::receiver::Receiver;

#[test]
fn addresses_of_this_machine_and_its_neighbours_are_not_public() {
    let refused = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.1.2.3",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ];
    for address in refused {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "2400:3200::1",
        "2606:4700::1",
        "::ffff:8.8.8.8",
    ] {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn only_named_hosts_over_https_are_taken() {
    let allowed = Allowed {
        hosts: vec!["core.bank.example".to_owned(), "Hooks.Bank.example:8443".to_owned()],
        plain_http: false,
    };
    for address in [
        "https://core.bank.example/a?b=c",
        "https://core.bank.example:443",
        "https://CORE.bank.example/",
        "https://hooks.bank.example:8443/x",
    ] {
        assert_eq!(check_target(address, &allowed), Ok(()), "{address}");
    }
    let cases = [
        ("core.bank.example", TargetFault::Unreadable),
        ("https://", TargetFault::Unreadable),
        ("https://core.bank.example\\@evil.example/", TargetFault::Unreadable),
        ("https://core.bank.example /", TargetFault::Unreadable),
        ("https://核心.bank.example/", TargetFault::Unreadable),
        ("https://core.bank.example./", TargetFault::Unreadable),
        ("https://core.bank.example:/", TargetFault::Unreadable),
        ("http://core.bank.example/", TargetFault::Scheme),
        ("ftp://core.bank.example/", TargetFault::Scheme),
        ("file:///etc/passwd", TargetFault::Scheme),
        ("gopher://core.bank.example/", TargetFault::Scheme),
        ("HTTPS://core.bank.example/", TargetFault::Scheme),
        ("https://core.bank.example@evil.example/", TargetFault::Credentials),
        ("https://user:word@core.bank.example/", TargetFault::Credentials),
        ("https://core.bank.example/#part", TargetFault::Credentials),
        ("https://evil.example/", TargetFault::Host),
        ("https://core.bank.example.evil.example/", TargetFault::Host),
        ("https://core.bank.example:8443/", TargetFault::Host),
        ("https://hooks.bank.example/", TargetFault::Host),
        ("https://2130706433/", TargetFault::Host),
        ("https://0x7f.1/", TargetFault::Host),
        ("https://[::1]/", TargetFault::Host),
        ("https://evil.example/?https://core.bank.example/", TargetFault::Host),
    ];
    for (address, fault) in cases {
        assert_eq!(check_target(address, &allowed), Err(fault), "{address}");
    }
    let long = format!("https://core.bank.example/{}", "a".repeat(2_000));
    assert_eq!(check_target(&long, &allowed), Err(TargetFault::Unreadable));
}

#[test]
fn waits_grow_and_end() {
    let waits: Vec<i64> = (1..).map_while(wait_minutes).collect();
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
    assert!((24 * 60..48 * 60).contains(&waits.iter().sum::<i64>()), "{waits:?}");
    assert_eq!((wait_minutes(0), wait_minutes(-1), wait_minutes(i64::MIN)), (None, None, None));
}

#[test]
fn a_named_host_that_stands_for_this_machine_is_refused_when_it_is_connected_to() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let receiver = Receiver::start();
        allow(town, &receiver);
        let opened = add(town, &receiver, None, &[]);
        // The name is on the list, what it stands for is judged all the same: as a number and as a name.
        town.app.config.webhooks.private_addresses = false;
        let port = receiver.host().rsplit_once(':').unwrap().1.to_owned();
        town.app.config.webhooks.allowed_hosts.push(format!("localhost:{port}"));
        let new = NewEndpoint {
            name: "名".to_owned(),
            url: format!("http://localhost:{port}/"),
            bank: None,
            kinds: Vec::new(),
        };
        let by_name = endpoints::add(&town.app, &new, &act(town)).unwrap();
        queue::trial(&town.app, &opened.endpoint_id, &act(town)).unwrap();
        queue::trial(&town.app, &by_name.endpoint_id, &act(town)).unwrap();
        deliver(town, "12:01:00");
        assert_eq!(receiver.take().len(), 0);
        for endpoint in [&opened.endpoint_id, &by_name.endpoint_id] {
            let rows = told(town, endpoint);
            let trial = rows.iter().find(|row| row.kind == "webhook.trial").unwrap();
            assert_eq!((trial.state.as_str(), trial.attempts), ("queued", 1), "{endpoint}");
        }
        // A redirection is an answer like any other: it is not followed.
        town.app.config.webhooks.private_addresses = true;
        receiver.answer(&[302, 307]);
        deliver(town, "12:05:00");
        assert_eq!(receiver.take().len(), 2);
        // A host that was taken off the list is not told any more.
        town.app.config.webhooks.allowed_hosts.clear();
        deliver(town, "13:00:00");
        assert_eq!(receiver.take().len(), 0);
    });
}

#[test]
fn only_a_system_administrator_opens_a_way_out_and_only_to_a_partner() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let receiver = Receiver::start();
        allow(town, &receiver);
        let new = |bank: Option<&str>, kind: &str| NewEndpoint {
            name: "核心".to_owned(),
            url: format!("http://{}/", receiver.host()),
            bank: bank.map(str::to_owned),
            kinds: vec![kind.to_owned()],
        };
        let refused = |new: &NewEndpoint, by: &str| {
            endpoints::add(&town.app, new, &pledgefund::storage::Act::new(by, town.day)).unwrap_err().code()
        };
        for by in ["登记员", "主任", "甲经办", "出纳"] {
            assert_eq!(refused(&new(None, "claim.*"), by), "ACT_ROLE");
        }
        assert_eq!(refused(&new(Some("ZZZ"), "claim.*"), "系统员"), "PARTNER_UNKNOWN");
        assert_eq!(refused(&new(None, "person.appointed"), "系统员"), "WEBHOOK_KIND");
        assert_eq!(
            refused(&NewEndpoint { url: "http://evil.example/".to_owned(), ..new(None, "claim.*") }, "系统员"),
            "WEBHOOK_HOST"
        );
        let opened = add(town, &receiver, None, &[]);
        let by = pledgefund::storage::Act::new("登记员", town.day);
        assert_eq!(endpoints::rotate(&town.app, &opened.endpoint_id, 1, &by).unwrap_err().code(), "ACT_ROLE");
        assert_eq!(
            endpoints::rotate(&town.app, &opened.endpoint_id, 1_000, &act(town)).unwrap_err().code(),
            "WEBHOOK_OVERLAP"
        );
        assert_eq!(queue::replay(&town.app, "whd_none", &act(town)).unwrap_err().code(), "WEBHOOK_DELIVERY");
        // What is kept of a secret does not tell it.
        let row =
            &pledgefund::storage::find::webhooks::newest(&mut town.app.store.read().unwrap(), "shuozhou").unwrap()[0];
        let plain = opened.secret.as_bytes();
        assert!(!row.secret.windows(plain.len()).any(|window| window == plain));
    });
}
