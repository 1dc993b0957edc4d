//! Whatever breaks inside, the answer is generic, has its number, and the server goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use axum::Router;
use pledgefund::domain::people::Role;
use pledgefund::embedded::{self, Templates};
use pledgefund::http::api::Api;
use pledgefund::http::api::problem::Problem;
use pledgefund::http::door::{Caller, Door, DoorPage, From, Granted, Sender, Wish};
use pledgefund::http::error::PageError;
use pledgefund::http::forms::Submission;
use pledgefund::http::pages::Pages;
use pledgefund::http::registry::{Audience, routes};
use pledgefund::http::router::{layered, router};
use pledgefund::http::transport::Perimeter;
use pledgefund::i18n::Lang;
use pledgefund::render::Renderer;
use pledgefund::screens::door::AppDoor;
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::{Change, unstamped};
use pledgefund::storage::find::{events, settings};
use pledgefund::storage::rows::accounts::AccountActRow;
use pledgefund::storage::{Act, Scope, StoreError};
use pledgefund::usecase::verify::verify;
use pledgefund::views::sign_in::SignInView;

use crate::api::world::served;
use crate::pages::server::{Data, pages, start, start_router};
use crate::support::desk;
use crate::support::product::on_both;
use crate::support::wire::{self, Reply};

/// An answer of the server that failed: its number, a text for people, and nothing of the inside.
#[track_caller]
fn check_generic(what: &str, reply: &Reply) {
    let (id, text) = (reply.header("x-request-id"), reply.text());
    assert!(reply.status >= 500, "{what}: {} {text}", reply.status);
    // A program reads the number from the header.
    let is_page = !reply.header("content-type").starts_with("application/problem+json");
    assert!(id.len() == 32 && (!is_page || text.contains(&id)), "{what}: {text}");
    assert!(text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{what}: {text}");
    for inside in ["canary", "panick", ".rs", "src/", "thread", "stack", ".html\"", "undefined", "timed out", "pool"] {
        assert!(!text.contains(inside), "{what}: {inside} in {text}");
    }
    assert_eq!(reply.header("cache-control"), "no-store", "{what}");
    assert!(!reply.head.iter().any(|line| line.starts_with("set-cookie: __Host-session")), "{what}");
}

/// Every hundredth handler panics, half of them in the middle of an answer that waits.
#[test]
fn one_handler_in_a_hundred_panics_and_the_server_lives() {
    let count = Arc::new(AtomicUsize::new(0));
    let handler = move || {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        async move {
            if nth % 200 == 99 {
                tokio::task::yield_now().await;
            }
            assert!(nth % 100 != 99, "canary-in-a-panic {nth}");
            "fine"
        }
    };
    let server = start_router(layered(Router::new().fallback(handler), Perimeter::default()));
    let (mut fine, mut broken) = (0, 0);
    for nth in 0..1_000 {
        let accept: &[&str] = if nth % 300 == 99 { &["Accept: application/json"] } else { &[] };
        let reply = wire::send(server.address, "GET", "/", accept, "");
        let (id, text) = (reply.header("x-request-id"), reply.text());
        assert_eq!(id.len(), 32);
        if reply.status == 200 {
            fine += 1;
            continue;
        }
        broken += 1;
        assert_eq!(reply.status, 500);
        assert!(text.contains(&id), "{text}");
        assert!(text.contains("页面没能显示") && text.contains("could not be shown"), "{text}");
        for inside in ["canary", "panick", ".rs", "src/", "thread", "stack"] {
            assert!(!text.contains(inside), "{text}");
        }
        let kind = reply.header("content-type");
        assert_eq!(kind == "application/problem+json", !accept.is_empty(), "{kind}");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!((fine, broken), (990, 10));
}

#[test]
fn a_database_that_is_down_or_a_loader_that_breaks_tells_nothing() {
    for (data, status) in [(Data::Down, 503), (Data::Broken, 500)] {
        let server = start(data);
        for path in ["/", "/loans", "/claims", "/fund", "/jobs", "/mails", "/imports", "/health"] {
            let reply = wire::get(server.address, path);
            assert_eq!(reply.status, status, "{path}");
            let text = reply.text();
            for inside in ["secret", "panick", ".rs:", "refused"] {
                assert!(!text.contains(inside), "{path}: {text}");
            }
        }
    }
}

/// The renderer with some templates left out, or with another text in their place.
fn renderer(changed: &[&str], text: Option<&str>) -> Arc<Renderer> {
    let mut all = embedded::texts::<Templates>();
    let before = all.len();
    all.retain(|(path, _)| text.is_some() || !changed.contains(&path.as_str()));
    assert_eq!(all.len(), if text.is_some() { before } else { before - changed.len() }, "{changed:?}");
    for (path, body) in &mut all {
        if let Some(text) = text.filter(|_| changed.contains(&path.as_str())) {
            text.clone_into(body);
        }
    }
    Arc::new(Renderer::of(all).unwrap())
}

#[test]
fn a_template_that_is_missing_or_broken_tells_nothing() {
    let page = &["pages/loans.html"][..];
    for (changed, text) in [
        (page, None),
        (page, Some("{{ view.canary_inside }}")),
        (page, Some("{% include 'pages/canary.html' %}")),
        (page, Some("{{ t('canary.no_such_text') }}")),
        (&["pages/loans.html", "pages/error.html"], None),
        (&["pages/loans.html", "pages/error.html"], Some("{{ view.canary_inside }}")),
    ] {
        let renderer = renderer(changed, text);
        let server = start_router(router(Pages { renderer, ..pages(Data::Full) }));
        let reply = wire::get(server.address, "/loans");
        assert_eq!(reply.status, 500, "{changed:?} {text:?}");
        check_generic(&format!("{changed:?} {text:?}"), &reply);
        assert_eq!(wire::get(server.address, "/claims").status, 200, "{changed:?} {text:?}");
    }
}

#[test]
fn a_panic_within_a_write_saves_nothing_and_the_next_write_works() {
    on_both(|installation| {
        let app = installation.app("2026-07-01");
        let heads = || events::heads(&mut app.store.read().unwrap()).unwrap();
        let (before, act) = (heads(), Act::new("系统员", app.store.clock().today()));
        let write = |breaks: bool| {
            app.store.write(&Scope::system(), &act, |tx| {
                let (business_date, recorded_at, event_id) = unstamped();
                let row = AccountActRow {
                    fund_id: app.fund_id().to_owned(),
                    person: "某人".to_owned(),
                    version: 1,
                    act: "opened".to_owned(),
                    by_whom: "console".to_owned(),
                    details: "{}".to_owned(),
                    business_date,
                    recorded_at,
                    event_id,
                };
                settings::set(tx, "half", "done")?;
                tx.record(Change::new(Chain::System, "account.changed", "某人").with(row))?;
                assert!(!breaks, "canary in a transaction");
                Ok::<(), StoreError>(())
            })
        };
        // More often than there are connections: none is lost with what broke.
        for _ in 0..12 {
            assert!(catch_unwind(AssertUnwindSafe(|| write(true))).is_err());
        }
        assert_eq!(heads(), before);
        assert_eq!(settings::get(&mut app.store.read().unwrap(), "half").unwrap(), None);
        write(false).unwrap();
        assert_ne!(heads(), before);
        assert_eq!(settings::get(&mut app.store.read().unwrap(), "half").unwrap().as_deref(), Some("done"));
        assert!(verify(&mut app.store.read().unwrap(), app.fund_id()).unwrap().ok);
    });
}

#[test]
fn connections_that_are_all_lent_are_a_503_and_nobody_comes_in() {
    on_both(|installation| {
        let mut app = desk::app_of(installation);
        let ticket = desk::person(&app, desk::CLERK, "fund", Role::FundAdministrator);
        app.store = app.store.waiting(Duration::from_millis(20));
        let app = Arc::new(app);
        let server = start_router(served(&app, Arc::new(AppDoor(Arc::clone(&app)))));
        let (cookie, origin) = (ticket.cookie(), format!("Origin: http://{}", server.address));
        let get = |path: &str| wire::send(server.address, "GET", path, &[&cookie], "");
        let bearer = format!("Authorization: Bearer pfk_{}_{}", "0".repeat(16), "0".repeat(64));
        let machine = || wire::send(server.address, "GET", "/api/v1/loans", &["Cookie: a=b", &bearer], "");
        assert_eq!((get("/loans").status, machine().status), (200, 401));
        // A connection that is still being opened when the wait ends comes with a later try.
        let (mut lent, mut refused) = (Vec::new(), 0);
        while refused < 25 && lent.len() < 100 {
            match app.store.read() {
                Ok(connection) => (refused, _) = (0, lent.push(connection)),
                Err(_none_free) => refused += 1,
            }
        }
        assert!((1..100).contains(&lent.len()));
        for path in ["/", "/loans", "/claims", "/fund", "/jobs", "/mails", "/imports", "/account", "/api/v1/loans"] {
            let reply = get(path);
            assert_eq!(reply.status, 503, "{path}");
            check_generic(path, &reply);
        }
        assert_eq!(get("/health").status, 503);
        assert_eq!(machine().status, 503);
        check_generic("a machine", &machine());
        let secret = "c".repeat(32);
        let guard = format!("Cookie: __Host-guard={secret}");
        let form = "Content-Type: application/x-www-form-urlencoded";
        let body =
            format!("guard={secret}&name={}&password={}", pledgefund::link::segment(desk::CLERK), desk::PASSWORD);
        let entered = wire::send(server.address, "POST", "/sign-in", &[&guard, &origin, form], &body);
        assert_eq!(entered.status, 503, "{}", entered.text());
        check_generic("signing in", &entered);
        drop(lent);
        assert_eq!((get("/loans").status, machine().status), (200, 401));
    });
}

/// How a door breaks.
#[derive(Debug, Clone, Copy)]
enum Break {
    Fault,
    Down,
    Panic,
}

struct BrokenDoor(Break);

impl BrokenDoor {
    fn fail<T>(&self) -> Result<T, PageError> {
        match self.0 {
            Break::Fault => Err(PageError::Internal { detail: "canary".to_owned() }),
            Break::Down => Err(PageError::Unavailable { detail: "canary".to_owned() }),
            Break::Panic => panic!("canary"),
        }
    }
}

impl Door for BrokenDoor {
    fn known(&self, _token: &str) -> Result<Option<Caller>, PageError> {
        self.fail()
    }

    fn show(&self, _page: DoorPage, _from: &From, _lang: Lang) -> Result<SignInView, PageError> {
        self.fail()
    }

    fn grant(&self, _wish: Wish, _from: &From) -> Result<Granted, PageError> {
        self.fail()
    }

    fn remember(&self, _sender: Sender<'_>, _address: &str, _form: &Submission) -> Result<bool, PageError> {
        self.fail()
    }
}

/// Whoever cannot be recognised because something broke is refused everywhere, with a session as with a token.
#[test]
fn a_door_that_breaks_lets_nobody_through() {
    let mut refused = 0;
    for how in [Break::Fault, Break::Down, Break::Panic] {
        let recognise = move |_token: &str| match how {
            Break::Panic => panic!("canary"),
            _ => Err(Problem::internal("canary".to_owned())),
        };
        let api = Api { recognise: Arc::new(recognise), ..Api::closed() };
        let server = start_router(router(Pages { door: Arc::new(BrokenDoor(how)), api, ..pages(Data::Full) }));
        let cookie = format!("Cookie: __Host-session={}", "a".repeat(64));
        let bearer = format!("Authorization: Bearer pfk_{}_{}", "0".repeat(16), "0".repeat(64));
        let origin = format!("Origin: http://{}", server.address);
        let form = "Content-Type: application/x-www-form-urlencoded";
        for route in routes().iter().filter(|route| route.audience != Audience::Everyone) {
            let path = route.path.replace("{file}", "loans.csv").replace(['{', '}', '*'], "");
            let identity =
                if route.audience == Audience::Holder { vec!["Cookie: a=b", &bearer] } else { vec![&*cookie] };
            let mut headers = vec![origin.as_str(), form];
            headers.extend(identity);
            let reply = wire::send(server.address, route.verb.code(), &path, &headers, "guard=x");
            let what = format!("{how:?} {} {path}", route.verb.code());
            assert!(reply.status >= 400, "{what}: {}", reply.status);
            assert!(!reply.text().contains("canary"), "{what}: {}", reply.text());
            refused += 1;
        }
    }
    println!("{refused} requests refused");
    assert!(refused > 250, "{refused}");
}
