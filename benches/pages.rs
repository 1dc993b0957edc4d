//! Every page of the registry on the books of a city, as those see it who work there.
//!
//! `cargo bench --bench pages` makes books of 100,000 loans on SQLite, signs people in, and fetches every page forty
//! times, one after the other, warm, over a socket. Prints for each page the median and the 95th percentile, the bytes
//! of the answer and the statements sent to the database, and what the first page takes with its style and script. A
//! page should stay below 100 ms and 200 KiB, and a list within 30 statements; what does not is marked. At the end stands
//! what pages with sums take for whoever is the first after a change.
//! `PAGES_LOANS=5000` takes a smaller book, `PAGES_BOOK=folder` keeps the books there for the next time, `PAGES_ONLY=/loans`
//! only pages that begin so, `PAGES_TIMES=5` fewer rounds. `--profile demo` builds more quickly and runs a little slower.

#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::float_arithmetic, reason = "a bench may stop and round")]
#![allow(clippy::disallowed_methods, reason = "the environment says how large the book is")]
#![allow(clippy::explicit_counter_loop, reason = "only some of the claims are counted")]

#[allow(dead_code, reason = "another bench uses the rest of it")]
mod book;
mod city;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use pledgefund::app::App;
use pledgefund::http::blocking::Statements;
use pledgefund::http::pages::Pages;
use pledgefund::http::registry::{self, Audience, Verb};
use pledgefund::http::router::router;
use pledgefund::http::serve;
use pledgefund::link::segment;
use pledgefund::screens;
use pledgefund::screens::door::{AppDoor, within};
use pledgefund::storage::find::claim_list::{self, ClaimFilter, ClaimOrder};
use pledgefund::storage::find::loan_list::{self, LoanFilter, LoanOrder};
use pledgefund::storage::find::report_list::{self, ReportFilter};
use pledgefund::storage::find::{Reach, mail};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// What a page may take.
const MOST_MS: f64 = 100.0;
/// What its first load may weigh.
const MOST_BYTES: usize = 200 * 1024;
/// What a list may ask the database.
const MOST_STATEMENTS: u64 = 30;
/// Pages that put sums over whole books side by side.
const SUMMED: [&str; 10] =
    ["/", "/fund", "/reserve", "/portal", "/partners", "/loans", "/rights", "/rulebooks", "/scorecards", "/reminders"];
/// Pages with a query, besides each page without one.
const ASKED: [&str; 22] = [
    "/loans?q=恒源科技第500",
    "/loans?q=BIG-2024-00005",
    "/loans?bank=B03&state=registered",
    "/loans?state=not_covered",
    "/loans?sort=borrower&dir=asc",
    "/loans?sort=balance",
    "/loans?sort=overdue",
    "/loans?page=1500",
    "/claims?q=BC-0042",
    "/claims?q=恒源科技第1",
    "/claims?sort=payout",
    "/claims?state=paid",
    "/rights?q=窑炉",
    "/rights?q=ZL2018100",
    "/rights?page=3000",
    "/registrations?tab=registered",
    "/todo?tab=done",
    "/todo?tab=begun",
    "/search?q=恒源科技第777",
    "/search?q=BIG-2024-0000777",
    "/fund?q=利息",
    "/audit?page=40",
];
/// Answers that are files made for the occasion, not pages.
const FILES: [&str; 9] =
    ["/lists/", "/templates/", "/marked", "/file", "/pack", "/eml", "/sheet.json", "/paper/", "/static/"];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn main() {
    let loans = number("PAGES_LOANS", 100_000);
    let kept = std::env::var_os("PAGES_BOOK").map(PathBuf::from);
    let scratch = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let folder = kept.unwrap_or_else(|| scratch.path().to_owned());
    let city = city::open(&folder, loans);
    println!("{loans} loans, made in {:.0} s", begun.elapsed().as_secs_f64());
    let bench = Bench::over(&city.app);
    let only = std::env::var("PAGES_ONLY").unwrap_or_default();
    let paths: Vec<String> = paths(&city.app).into_iter().filter(|path| path.starts_with(&only)).collect();
    let mut over = Vec::new();
    for (who, token) in city::READERS.iter().zip(&city.tokens) {
        println!("{who}\n      p50      p95       bytes  queries");
        for path in &paths {
            if let Some(line) = bench.line(path, token) {
                println!("{line}");
                over.extend(line.ends_with('!').then(|| format!("{who} {line}")));
            }
        }
    }
    bench.first_load(&city.tokens[0]);
    bench.after_changes(&city);
    println!("{} over\n{}", over.len(), over.join("\n"));
}

/// Every page with things of the books in the places of its path, and those with a query.
fn paths(app: &App) -> Vec<String> {
    let mut db = app.store.read().unwrap();
    let (fund, reach) = (app.fund_id(), Reach::of_bank(app.fund_id(), "B01"));
    let all = LoanFilter { search: "", bank: "", standing: None };
    let loan = loan_list::rows(&mut db, &reach, &all, (LoanOrder::Overdue, true), (0, 1)).unwrap()[0].loan_id.clone();
    let claim = claim_list::rows(&mut db, &reach, &ClaimFilter::default(), (ClaimOrder::Arrival, false), (0, 1));
    let claim = claim.unwrap()[0].0.claim_id.clone();
    let report = report_list::page(&mut db, fund, ReportFilter::default(), (0, 1)).unwrap();
    let letter = mail::lines(&mut db, fund, 1).unwrap();
    let written = format!("{fund}:B01:NEW-2");
    let known = |path: &str| -> Option<String> {
        Some(match path.split('/').nth(1)? {
            "loans" => loan.clone(),
            "claims" => claim.clone(),
            "registrations" => written.clone(),
            "partners" => "B01".to_owned(),
            "rulebooks" => "shuozhou".to_owned(),
            "jobs" => "daily_close".to_owned(),
            "reports" => report.first()?.report_id.clone(),
            "mails" => letter.first()?.message_id.clone(),
            _ => return None,
        })
    };
    let subject = |path: &str| match path.split('/').nth(2) {
        Some("claim" | "{life}") => claim.clone(),
        Some("registration") => format!("{fund}:B01:NEW-0"),
        Some("loan") => loan.clone(),
        Some("partner") => "B01".to_owned(),
        Some("fund") => fund.to_owned(),
        _ => "银行经办".to_owned(),
    };
    let act = |path: &str| match path.split('/').nth(2) {
        Some("claim") => "returned",
        Some("registration") => "drafted",
        Some("loan") => "demanded",
        Some("partner") => "suspension_proposed",
        Some("fund") => "move_proposed",
        Some("person") => "departed",
        _ => "drafted",
    };
    let reads = registry::routes().into_iter().filter(|route| route.verb == Verb::Get);
    let pages = reads.filter(|route| route.audience == Audience::Known && !route.path.starts_with("/api/"));
    let mut found: Vec<String> = pages
        .map(|route| route.path)
        .filter(|path| !FILES.iter().any(|file| path.contains(file)))
        .filter(|path| !path.contains("{id}") || known(path).is_some())
        .map(|path| {
            let path = path.replace("{subject}", &segment(&subject(path))).replace("{act}", act(path));
            let path = path.replace("{id}", &segment(&known(&path).unwrap_or_default())).replace("{version}", "1");
            let form = if path.starts_with("/claims") { "approval" } else { "confirmation" };
            path.replace("{life}", "claim").replace("{key}", &segment("银行经办")).replace("{form}", form)
        })
        .filter(|path| !path.contains('{'))
        .collect();
    found.extend(ASKED.iter().map(|asked| {
        let (path, query) = asked.split_once('?').unwrap();
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", segment(value))).collect();
        format!("{path}?{}", pairs.join("&"))
    }));
    found.sort();
    found
}

struct Bench {
    address: SocketAddr,
    router: Router,
    runtime: Runtime,
    times: usize,
}

/// An answer as it came.
struct Reply {
    status: u16,
    bytes: Vec<u8>,
}

impl Bench {
    fn over(app: &Arc<App>) -> Bench {
        let (source, changed) = (Arc::clone(app), Arc::clone(app));
        let router = router(Pages {
            act: Arc::new(move |act, lang, asker, from| screens::act(&within(&changed, from), act, lang, asker)),
            load: Arc::new(move |request, lang, asker| screens::load(&source, request, lang, asker)),
            door: Arc::new(AppDoor(Arc::clone(app))),
            renderer: Arc::clone(&app.renderer),
            api: pledgefund::resources::api(app),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let served = router.clone();
        let listener = runtime.block_on(serve::listen("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { serve::serve(listener, served, std::future::pending()).await.unwrap() });
        Bench { address, router, runtime, times: number("PAGES_TIMES", 40) as usize }
    }

    /// Measures a page; nothing for one that this reader does not have.
    fn line(&self, path: &str, token: &str) -> Option<String> {
        // Twice: for the first, figures that are kept may have to be made.
        self.statements(path, token);
        let (status, statements) = self.statements(path, token);
        if status != 200 {
            assert!(status < 500, "{path}: {status}");
            return None;
        }
        let mut taken = Vec::new();
        let mut bytes = 0;
        for _ in 0..self.times {
            let begun = Instant::now();
            let reply = self.get(path, token);
            taken.push(begun.elapsed());
            assert_eq!(reply.status, 200, "{path}");
            bytes = reply.bytes.len();
        }
        let (median, p95) = (place(&mut taken, 50), place(&mut taken, 95));
        // A list asks for its rows; what stands for one thing or puts whole books side by side asks for each of its parts.
        let head = path.split('?').next().unwrap();
        let is_one = head.contains('%') || head.matches('/').count() > 1;
        let is_list = !is_one && !["/", "/fund", "/reserve", "/portal"].contains(&head);
        let is_over = p95 > MOST_MS || bytes > MOST_BYTES || is_list && statements > MOST_STATEMENTS;
        let mark = if is_over { " !" } else { "" };
        Some(format!("{median:6.1} ms {p95:6.1} ms {bytes:9} B {statements:6}  {path}{mark}"))
    }

    /// Status and statements of one request inside this process.
    fn statements(&self, path: &str, token: &str) -> (u16, u64) {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, format!("__Host-session={token}"))
            .body(Body::empty())
            .unwrap();
        let answer = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        (answer.status().as_u16(), answer.extensions().get::<Statements>().unwrap().0)
    }

    fn get(&self, path: &str, token: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!("Host: {}\r\nCookie: __Host-session={token}\r\nAccept-Encoding: gzip", self.address);
        write!(stream, "GET {path} HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let status = String::from_utf8_lossy(&bytes[9..12]).parse().unwrap();
        Reply { status, bytes }
    }

    /// The pages that keep figures until the books move, each asked for the first time after they have.
    fn after_changes(&self, city: &city::City) {
        for of_loans in [false, true] {
            let (what, change) = match of_loans {
                false => ("a change that concerns no loan", city::change as fn(&App)),
                true => ("a change of one bank's loans", city::change_book as fn(&App)),
            };
            println!("first after {what}");
            for path in SUMMED {
                let mut taken = Vec::new();
                for _ in 0..self.times.min(10) {
                    change(&city.app);
                    let begun = Instant::now();
                    assert_eq!(self.get(path, &city.tokens[0]).status, 200, "{path}");
                    taken.push(begun.elapsed());
                }
                println!("{:6.1} ms {:6.1} ms  {path}", place(&mut taken, 50), place(&mut taken, 95));
            }
        }
    }

    /// The first page with everything it loads.
    fn first_load(&self, token: &str) {
        let page = self.get("/", token);
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        let mut all = page.bytes.len();
        for part in text.split('"').filter(|part| part.starts_with("/static/")) {
            all += self.get(part, token).bytes.len();
        }
        let mark = if all > MOST_BYTES { " !" } else { "" };
        println!("first load of the first page: {:.0} KiB{mark}", all as f64 / 1024.0);
    }
}

/// The time below which so many of a hundred stay, in milliseconds.
fn place(taken: &mut [Duration], percent: usize) -> f64 {
    taken.sort();
    taken[(taken.len() * percent).div_ceil(100).saturating_sub(1)].as_secs_f64() * 1000.0
}
