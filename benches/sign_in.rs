//! Twenty people sign in at once, with the cost a real installation has, while others read pages.
//!
//! `cargo bench --bench sign_in` serves an application on a fresh SQLite file, opens twenty-one accounts, lets twenty sign
//! in at the same moment (password and code, one request after the other) for a few rounds, and fetches the first page
//! with the twenty-first's session meanwhile. Prints the 99th percentile of both: signing in should stay below 3 s, pages
//! below 100 ms. Then it tries names that are known and names that are not with wrong passwords, in turn, and prints how
//! far the medians of both lie apart: nobody should learn from the time who has an account.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that meets the unexpected should stop")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pledgefund::app::{App, Opening};
use pledgefund::clock::Clock;
use pledgefund::config::Config;
use pledgefund::domain::sign_in::totp;
use pledgefund::http::pages::Pages;
use pledgefund::http::router::router;
use pledgefund::http::serve;
use pledgefund::screens;
use pledgefund::screens::door::{AppDoor, within};
use pledgefund::usecase::lives::{Life, Request, perform};
use pledgefund::usecase::sign_in::{self, Visitor, accounts};
use serde_json::json;

/// People who sign in at once.
const PEOPLE: usize = 20;
/// How often they do.
const ROUNDS: usize = 3;
/// Tries with a known name, each beside one with an unknown name.
const PAIRS: usize = 200;
/// Password of everybody here.
const PASSWORD: &str = "Lantern-8-Harbor-quiet";

struct Person {
    name: String,
    secret: Vec<u8>,
    token: String,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::load(None).unwrap();
    config.data.dir = folder.path().to_owned();
    let app = Arc::new(App::open(config, Clock::System, Opening::Migrate).unwrap());
    act(&app, "系统员", "系统员", "system_administrator");
    let people: Vec<Person> = (0..=PEOPLE).map(|number| settle(&app, &format!("经办{number}"))).collect();
    let address = served(&app);
    let reader = people.last().unwrap().token.clone();
    let stop = Arc::new(AtomicBool::new(false));
    let reading = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let reply = send(address, "GET", "/", &format!("Cookie: __Host-session={reader}\r\n"), "");
                assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
                times.push(begun.elapsed());
                std::thread::park_timeout(Duration::from_millis(20));
            }
            times
        })
    };
    let mut entering = Vec::new();
    for _ in 0..ROUNDS {
        // A step of an authenticator is good once.
        wait_for_next_step();
        entering.extend(std::thread::scope(|threads| {
            let all: Vec<_> =
                people.iter().take(PEOPLE).map(|person| threads.spawn(move || signed_in(address, person))).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        }));
    }
    stop.store(true, Ordering::Relaxed);
    let pages = reading.join().unwrap();
    println!("{} sign-ins, {PEOPLE} at once: p99 {:?} (below 3 s)", entering.len(), p99(entering));
    println!("{} pages meanwhile: p99 {:?} (below 100 ms)", pages.len(), p99(pages));
    known_beside_unknown(&app);
}

/// Refusals of known and unknown names, one after the other, so that whatever else the machine does meets both alike.
/// Each pair has names and addresses of its own: throttling would answer in the place of the hash.
fn known_beside_unknown(app: &App) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for nth in 0..PAIRS {
        let name = format!("在册{nth}");
        act(app, &name, "系统员", "fund_administrator");
        settle_password(app, &name);
        let mut order = [(name, &mut known), (format!("无名{nth}"), &mut unknown)];
        // Whoever comes second may find things warm.
        if nth % 2 == 1 {
            order.reverse();
        }
        for (side, (name, times)) in order.into_iter().enumerate() {
            let address = format!("10.{side}.{}.{}", nth / 250, nth % 250);
            let visitor = Visitor { address, agent: "bench".to_owned() };
            let begun = Instant::now();
            assert!(sign_in::enter(app, &name, "Wrong-7-Password-here", &visitor).is_err());
            times.push(begun.elapsed());
        }
    }
    let (known, unknown) = (median(known), median(unknown));
    let apart = known.abs_diff(unknown);
    println!("{PAIRS} pairs of refusals: median {known:?} for known names, {unknown:?} for unknown, {apart:?} apart");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// An account with a password, for refusals alone.
fn settle_password(app: &App, name: &str) {
    let visitor = Visitor { address: "127.0.0.1".to_owned(), agent: "bench".to_owned() };
    let code = accounts::open(app, name, accounts::CONSOLE).unwrap();
    let entered = sign_in::enter(app, name, &code, &visitor).unwrap();
    let guest = sign_in::known(app, &entered.token).unwrap().unwrap();
    sign_in::set_password(app, &guest, "", PASSWORD, &visitor).unwrap();
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[(times.len() * 99).div_ceil(100).saturating_sub(1)]
}

fn wait_for_next_step() {
    let seconds = Clock::System.now().and_utc().timestamp();
    let left = totp::STEP_SECONDS - seconds.rem_euclid(totp::STEP_SECONDS);
    std::thread::sleep(Duration::from_secs(u64::try_from(left).unwrap()));
}

fn act(app: &App, name: &str, by: &str, role: &str) {
    let request = Request {
        life: Life::Person,
        subject: name.to_owned(),
        act: "appointed".to_owned(),
        details: json!({ "institution": "fund", "roles": [role] }),
        by: by.to_owned(),
        on: app.store.clock().today(),
        expected: None,
        key: None,
    };
    perform(app, &request).unwrap();
}

fn settle(app: &App, name: &str) -> Person {
    act(app, name, "系统员", "fund_administrator");
    let visitor = Visitor { address: "127.0.0.1".to_owned(), agent: "bench".to_owned() };
    let known = |token: &str| sign_in::known(app, token).unwrap().unwrap();
    let code = accounts::open(app, name, accounts::CONSOLE).unwrap();
    let entered = sign_in::enter(app, name, &code, &visitor).unwrap();
    let entered = sign_in::set_password(app, &known(&entered.token), "", PASSWORD, &visitor).unwrap();
    let guest = known(&entered.token);
    let secret = accounts::pending(app, &guest).unwrap().unwrap();
    let (entered, _codes) = sign_in::enrol(app, &guest, &now_code(&secret), &visitor).unwrap();
    Person { name: name.to_owned(), secret, token: entered.token }
}

fn now_code(secret: &[u8]) -> String {
    totp::code(secret, totp::step_of(Clock::System.now().and_utc().timestamp()))
}

fn served(app: &Arc<App>) -> SocketAddr {
    let (source, changed) = (Arc::clone(app), Arc::clone(app));
    let pages = Pages {
        act: Arc::new(move |act, lang, asker, from| screens::act(&within(&changed, from), act, lang, asker)),
        load: Arc::new(move |request, lang, asker| screens::load(&source, request, lang, asker)),
        door: Arc::new(AppDoor(Arc::clone(app))),
        renderer: Arc::clone(&app.renderer),
        api: pledgefund::resources::api(app),
    };
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = serve::listen("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            serve::serve(listener, router(pages), std::future::pending()).await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// Name and password, then the code; the time from the first byte to the last answer.
fn signed_in(address: SocketAddr, person: &Person) -> Duration {
    let begun = Instant::now();
    let page = send(address, "GET", "/sign-in", "", "");
    let guard = cookie(&page, "__Host-guard");
    let name = pledgefund::link::segment(&person.name);
    let body = format!("guard={guard}&name={name}&password={PASSWORD}");
    let half = post(address, "/sign-in", &format!("__Host-guard={guard}"), &body);
    let token = cookie(&half, "__Host-session");
    let page = send(address, "GET", "/sign-in/code", &format!("Cookie: __Host-session={token}\r\n"), "");
    let guard = page.split("name=\"guard\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let body = format!("guard={guard}&code={}", now_code(&person.secret));
    let full = post(address, "/sign-in/code", &format!("__Host-session={token}"), &body);
    assert!(full.starts_with("HTTP/1.1 303"), "{full}");
    begun.elapsed()
}

fn cookie(reply: &str, name: &str) -> String {
    let value = reply.split(&format!("{name}=")).nth(1).and_then(|rest| rest.split(';').next());
    value.unwrap_or_else(|| panic!("{reply}")).to_owned()
}

fn post(address: SocketAddr, path: &str, cookies: &str, body: &str) -> String {
    let head =
        format!("Cookie: {cookies}\r\nOrigin: http://{address}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    send(address, "POST", path, &head, body)
}

fn send(address: SocketAddr, method: &str, path: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}
