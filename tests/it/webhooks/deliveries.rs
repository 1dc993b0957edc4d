//! A receiver on this machine: signatures, failure then success, replay, rotation, banks kept apart.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use pledgefund::app::App;
use pledgefund::storage::Act;
use pledgefund::storage::find::webhooks as find;
use pledgefund::usecase::webhooks::endpoints::{Made, Wanted, add, disable, rotate};
use pledgefund::usecase::webhooks::{deliver, sign, target};
use serde_json::Value;

use crate::support::product::{Installation, on_both};

/// One request as it arrived.
#[derive(Debug, Clone)]
struct Got {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    fn is_signed_by(&self, secret: &str) -> bool {
        let header = self.header("Pledgefund-Signature");
        let at: i64 = header.strip_prefix("t=").unwrap().split(',').next().unwrap().parse().unwrap();
        let expected = sign::header(&[secret.to_owned()], at, &self.body);
        let expected = expected.split(",v1=").nth(1).unwrap();
        header.split(",v1=").skip(1).any(|found| found == expected)
    }
}

/// Answers with the statuses given, one a request, then with 200.
struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    fn start(mut answers: Vec<&'static str>) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let kept = Arc::clone(&got);
        answers.reverse();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut bytes = Vec::new();
                let mut part = [0_u8; 1024];
                let (head, body) = loop {
                    let count = stream.read(&mut part).unwrap();
                    bytes.extend_from_slice(&part[..count]);
                    let text = String::from_utf8(bytes.clone()).unwrap();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
                    if body.len() == length.parse::<usize>().unwrap() {
                        break (head.to_owned(), body.to_owned());
                    }
                };
                let path = head.split(' ').nth(1).unwrap().to_owned();
                let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
                let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                kept.lock().unwrap().push(Got { path, headers, body });
                let answer = answers.pop().unwrap_or("HTTP/1.1 200 OK\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Receiver { port, got }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn take(&self) -> Vec<Got> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }
}

fn app(installation: &Installation, receiver: &Receiver, day: &str) -> App {
    let mut app = installation.app(day);
    app.config.webhooks.allow_loopback = true;
    app.config.webhooks.allowed_hosts = vec![format!("127.0.0.1:{}", receiver.port)];
    app
}

fn run(app: &App) -> deliver::Ran {
    deliver::run(app, &Act::new("job:deliver_webhooks", app.store.clock().today()), &target::System).unwrap()
}

fn endpoint(app: &App, url: &str, events: &str, bank: Option<&str>) -> Made {
    let wanted = Wanted { url: url.to_owned(), events: events.to_owned(), bank: bank.map(str::to_owned) };
    add(app, &wanted, "系统管理员").unwrap()
}

fn later(app: &App, minutes: i64) {
    let to = app.store.clock().now() + chrono::TimeDelta::minutes(minutes);
    app.store.clock().move_to(to);
}

#[test]
fn events_are_told_once_signed_and_each_bank_hears_of_itself_only() {
    on_both(|installation| {
        let receiver = Receiver::start(Vec::new());
        let app = app(installation, &receiver, "2026-07-31");
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        let all = endpoint(&app, &receiver.url("/fund"), "loans.registered,file.imported", None);
        let bank = endpoint(&app, &receiver.url("/ymk"), "*", Some("YMK"));
        endpoint(&app, &receiver.url("/sgh"), "loans.*", Some("SGH"));
        for file in ["registration/YMK_registration.csv", "registration/SGH_registration.xlsx"] {
            installation.json(&["import", "registrations", file], &[0, 1]);
        }
        let ran = run(&app);
        assert!(ran.made > 2 && ran.delivered == ran.made && ran.refused == 0, "{ran:?}");
        let got = receiver.take();
        assert_eq!(got.len(), ran.made);
        for one in &got {
            let told: Value = serde_json::from_str(&one.body).unwrap();
            assert_eq!(told["id"], one.header("Pledgefund-Delivery"));
            let (secret, other) = match one.path.as_str() {
                "/fund" => (&all.secret, &bank.secret),
                "/ymk" => (&bank.secret, &all.secret),
                _ => {
                    assert_eq!(told["bank"], "SGH");
                    continue;
                }
            };
            assert!(one.is_signed_by(secret) && !one.is_signed_by(other), "{one:?}");
            assert!(one.path != "/ymk" || told["bank"] == "YMK", "{told}");
        }
        for path in ["/fund", "/ymk", "/sgh"] {
            assert!(got.iter().any(|one| one.path == path), "{path}");
        }
        assert_eq!(run(&app), deliver::Ran::default(), "nothing is told twice");
        assert!(
            app.store
                .read()
                .map(|mut db| find::endpoints(&mut db, "shuozhou").unwrap())
                .unwrap()
                .iter()
                .all(|row| { row.secret.starts_with("sealed:") && !row.secret.contains(&all.secret) })
        );
        assert_eq!(installation.json(&["verify-audit"], &[0])["ok"], true);
    });
}

#[test]
fn what_did_not_arrive_is_tried_again_with_the_same_number_and_replayed_by_command() {
    on_both(|installation| {
        let redirect = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n";
        let receiver = Receiver::start(vec!["HTTP/1.1 503 Busy\r\n\r\n", redirect, "nonsense, no answer"]);
        let app = app(installation, &receiver, "2026-07-31");
        let made = endpoint(&app, &receiver.url("/x"), "partner.*,file.imported,fund.acted", None);
        let id = deliver::test(&app, &made.row.endpoint_id, "系统管理员").unwrap();
        assert_eq!((run(&app).refused, run(&app).refused), (1, 0), "it waits");
        later(&app, 1);
        assert_eq!(run(&app).refused, 1, "a redirect is not followed");
        later(&app, 5);
        assert_eq!(run(&app).refused, 1);
        later(&app, 15);
        assert_eq!(run(&app).delivered, 1);
        let got = receiver.take();
        assert_eq!(got.len(), 4);
        assert!(got.iter().all(|one| one.header("Pledgefund-Delivery") == id && one.body == got[0].body));
        let mut db = app.store.read().unwrap();
        let tries = find::attempts(&mut db, &id).unwrap();
        let told: Vec<_> = tries.iter().map(|one| (one.status, one.error.as_str())).collect();
        assert_eq!(told[..2], [(Some(503), "status 503"), (Some(302), "status 302")]);
        assert_eq!((told[2].0, told[3]), (None, (Some(200), "")));
        deliver::replay(&app, &id, "系统管理员").unwrap();
        drop(db);
        assert_eq!(run(&app).delivered, 1);
        assert_eq!(receiver.take()[0].header("Pledgefund-Delivery"), id);
        assert!(deliver::replay(&app, "no such", "系统管理员").is_err());
    });
}

#[test]
fn it_is_given_up_after_its_tries_and_not_sent_to_who_was_switched_off() {
    let installation = Installation::sqlite();
    let receiver = Receiver::start(vec!["HTTP/1.1 500 Oh\r\n\r\n"; 12]);
    let app = app(&installation, &receiver, "2026-07-31");
    let made = endpoint(&app, &receiver.url("/x"), "*", None);
    let id = deliver::test(&app, &made.row.endpoint_id, "系统管理员").unwrap();
    for _ in 0..deliver::MOST_TRIES {
        assert_eq!(run(&app).refused, 1);
        later(&app, 720);
    }
    let state = |app: &App| find::deliveries(&mut app.store.read().unwrap(), None, 10).unwrap()[0].state.clone();
    assert_eq!((run(&app).refused, state(&app).as_str()), (0, "failed"));
    deliver::replay(&app, &id, "系统管理员").unwrap();
    disable(&app, &made.row.endpoint_id, "系统管理员").unwrap();
    receiver.take();
    assert_eq!(run(&app).refused, 1);
    assert!(receiver.take().is_empty(), "nothing was sent");
}

#[test]
fn while_a_secret_is_changed_both_sign() {
    let installation = Installation::sqlite();
    let receiver = Receiver::start(Vec::new());
    let app = app(&installation, &receiver, "2026-07-31");
    let old = endpoint(&app, &receiver.url("/x"), "*", None);
    let new = rotate(&app, &old.row.endpoint_id, "系统管理员").unwrap();
    assert_ne!(old.secret, new.secret);
    let send = || {
        deliver::test(&app, &old.row.endpoint_id, "系统管理员").unwrap();
        run(&app);
        receiver.take().pop().unwrap()
    };
    let both = send();
    assert!(both.is_signed_by(&old.secret) && both.is_signed_by(&new.secret));
    later(&app, 24 * 60);
    let one = send();
    assert!(!one.is_signed_by(&old.secret) && one.is_signed_by(&new.secret));
}

#[test]
fn the_command_line_refuses_hosts_that_are_not_listed_and_unknown_events() {
    let installation = Installation::sqlite();
    installation.json(&["import", "partners", "partners.csv"], &[0]);
    let call = ["--json", "webhook", "add", "--by", "系统管理员", "--url", "https://bank.example/x", "--events"];
    let with = |events: &str, more: &[&str]| {
        let mut all = call.to_vec();
        all.push(events);
        all.extend(more);
        installation.command(&all).env("PLEDGEFUND_WEBHOOKS__ALLOWED_HOSTS", "[\"bank.example\"]").output().unwrap()
    };
    let refused = installation.run(&[&call[..], &["*"]].concat());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("WEBHOOK_HOST"), "{refused:?}");
    assert_eq!(with("claim.*", &[]).status.code(), Some(0));
    for (events, more) in [("claims.*", &[][..]), ("", &[]), ("*", &["--bank", "NONE"])] {
        assert_eq!(with(events, more).status.code(), Some(2), "{events} {more:?}");
    }
    let listed = installation.json(&["webhook", "list"], &[0]);
    assert_eq!((listed["endpoints"].as_array().unwrap().len(), listed.to_string().contains("whsec_")), (1, false));
}
