//! Where no telling goes.

use std::net::SocketAddr;

use pledgefund::config::WebhooksConfig;
use pledgefund::usecase::webhooks::target::{Resolve, System, TargetFault, addresses, allowed, read};

/// A name service that answers what it is told to.
struct Fake(&'static [&'static str]);

impl Resolve for Fake {
    fn addresses(&self, _host: &str, port: u16) -> Vec<SocketAddr> {
        self.0.iter().map(|address| SocketAddr::new(address.parse().unwrap(), port)).collect()
    }
}

fn settings(hosts: &[&str]) -> WebhooksConfig {
    WebhooksConfig { allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), ..WebhooksConfig::default() }
}

#[test]
fn no_inner_address_is_allowed_unless_the_settings_say_so() {
    let inner = [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "169.254.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.170",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "fe80::1",
        "febf::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "fec0::1",
        "100::1",
        "4000::1",
    ];
    for address in inner {
        assert!(!allowed(address.parse().unwrap(), &settings(&[])), "{address}");
    }
    let outer =
        ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"];
    for address in outer {
        assert!(allowed(address.parse().unwrap(), &settings(&[])), "{address}");
    }
    let private = WebhooksConfig { allow_private: true, ..settings(&[]) };
    for address in ["10.0.0.1", "192.168.1.1", "fd12:3456::1"] {
        assert!(allowed(address.parse().unwrap(), &private), "{address}");
    }
    for address in ["169.254.169.254", "127.0.0.1", "fe80::1", "::ffff:169.254.169.254"] {
        assert!(!allowed(address.parse().unwrap(), &private), "{address}");
    }
}

#[test]
fn a_url_that_is_not_plainly_a_listed_host_is_refused() {
    let listed = settings(&["bank.example", "bank.example:8443", "10.0.0.1", "127.0.0.1"]);
    for url in [
        "",
        "bank.example",
        "//bank.example/",
        "ftp://bank.example/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user@bank.example/",
        "https://bank.example@169.254.169.254/",
        "https://bank.example:@evil.example/",
        "https://bank.example\\@evil.example/",
        "https://bank.example#@evil.example/",
        "https://bank.example /",
        "https://bank.example:443:80/",
        "https://bank.example:0/",
        "https://bank.example:99999/",
        "https://bank.example:+443/",
        "https://[::1/",
        "https://[bank.example]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://bank..example/",
        "https://bank.example./",
        "https://银行.example/",
        "https://bank.example/\r\nX: y",
    ] {
        assert_eq!(read(url, &listed), Err(TargetFault::Url), "{url:?}");
    }
    for url in [
        "https://evil.example/",
        "https://bank.example.evil.example/",
        "https://bank.example:444/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1.nip.example/",
        "https://xbank.example/",
        "http://bank.example:443.evil/",
    ] {
        assert!(read(url, &listed).is_err(), "{url:?}");
    }
    assert_eq!(read("http://bank.example/", &listed), Err(TargetFault::Plain));
    for url in
        ["https://bank.example", "https://BANK.example/a?b=c", "https://bank.example:8443/x", "https://bank.example?q"]
    {
        assert!(read(url, &listed).unwrap().path.starts_with('/'), "{url}");
    }
}

#[test]
fn a_listed_name_that_leads_inside_is_not_connected_to() {
    let listed = settings(&["bank.example", "127.0.0.1.nip.example"]);
    let target = read("https://bank.example/", &listed).unwrap();
    assert_eq!(addresses(&target, &listed, &Fake(&[])), Err(TargetFault::Unknown));
    for inner in [&["127.0.0.1"][..], &["8.8.8.8", "169.254.169.254"], &["::1"], &["10.1.2.3"], &["::ffff:127.0.0.1"]] {
        let inner: &'static [&'static str] = Box::leak(inner.to_vec().into_boxed_slice());
        assert_eq!(addresses(&target, &listed, &Fake(inner)), Err(TargetFault::Address), "{inner:?}");
    }
    assert_eq!(addresses(&target, &listed, &Fake(&["8.8.8.8"])).unwrap().len(), 1);
    let rebinding = read("https://127.0.0.1.nip.example/", &listed).unwrap();
    assert_eq!(addresses(&rebinding, &listed, &Fake(&["127.0.0.1"])), Err(TargetFault::Address));
    let own = WebhooksConfig { allow_loopback: true, ..settings(&["127.0.0.1", "bank.example"]) };
    assert!(addresses(&read("http://127.0.0.1/", &own).unwrap(), &own, &System).is_ok());
    let outside = read("http://bank.example/", &own).unwrap();
    assert_eq!(addresses(&outside, &own, &Fake(&["8.8.8.8"])), Err(TargetFault::Plain), "plain text stays here");
}
