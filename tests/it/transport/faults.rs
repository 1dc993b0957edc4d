//! Whatever breaks inside, the answer is generic, has its number, and the server goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use pledgefund::http::router::layered;
use pledgefund::http::transport::Perimeter;

use crate::pages::server::{Data, start, start_router};
use crate::support::wire;

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
