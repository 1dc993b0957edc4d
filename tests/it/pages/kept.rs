//! Sums that are kept: a page that keeps them says, after every change, what one says that never kept any.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use pledgefund::app::App;
use pledgefund::domain::people::Role;
use pledgefund::screens::door::AppDoor;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::api::world::served;
use crate::support::desk::{self, Ticket};
use crate::support::product::{Installation, on_both};
use crate::undo::{SGH, YMK};

/// Pages with sums over books.
const PAGES: [&str; 16] = [
    "/",
    "/fund",
    "/reserve",
    "/portal",
    "/partners",
    "/scorecards",
    "/rulebooks",
    "/rights",
    "/rights?q=%E8%A3%85%E7%BD%AE",
    "/loans",
    "/loans?bank=SGH",
    "/loans?state=claimed",
    "/loans?state=registered",
    "/loans?q=YMK2024",
    "/todo",
    "/reminders",
];
const DAY: &str = "2026-07-31";

/// Every page as each of these people sees it.
fn shown(runtime: &Runtime, app: &Arc<App>, tickets: &[Ticket]) -> BTreeMap<(usize, &'static str), String> {
    let router = served(app, Arc::new(AppDoor(Arc::clone(app))));
    let mut shown = BTreeMap::new();
    for (who, ticket) in tickets.iter().enumerate() {
        for path in PAGES {
            let answer = runtime.block_on(router.clone().oneshot(ticket.asks(path))).unwrap();
            let status = answer.status();
            assert!(status.as_u16() < 500, "{path}");
            let bytes = runtime.block_on(to_bytes(answer.into_body(), usize::MAX)).unwrap();
            // The page of a refusal names its request.
            if status == 200 {
                shown.insert((who, path), String::from_utf8(bytes.to_vec()).unwrap());
            }
        }
    }
    shown
}

/// Holds the pages of an installation that goes on against those of one that begins anew. Gives how many pages differ
/// from what they were before.
fn check_same(
    runtime: &Runtime,
    installation: &Installation,
    (lasting, tickets): (&Arc<App>, &[Ticket]),
    before: &mut BTreeMap<(usize, &'static str), String>,
    step: &str,
) -> usize {
    let fresh = shown(runtime, &Arc::new(installation.app(DAY)), tickets);
    // Twice: the second time everything is kept.
    for _ in 0..2 {
        let kept = shown(runtime, lasting, tickets);
        for (place, page) in &kept {
            assert!(fresh[place] == *page, "{step}: {place:?}\n{}\n{page}", fresh[place]);
        }
    }
    let changed = fresh.iter().filter(|(place, page)| before.get(*place) != Some(*page)).count();
    *before = fresh;
    changed
}

#[test]
fn a_page_that_keeps_sums_says_what_one_says_that_never_kept_any() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        let lasting = Arc::new(installation.app(DAY));
        let people = [
            ("登记员", "fund", Role::FundAdministrator),
            ("主任", "fund", Role::FundApprover),
            ("银行经办", "bank:YMK", Role::BankOfficer),
            ("监管员", "金融监管分局", Role::Regulator),
        ];
        let tickets: Vec<Ticket> =
            people.iter().map(|(name, institution, role)| desk::person(&lasting, name, institution, *role)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let here = (&lasting, &*tickets);
        let mut before = BTreeMap::new();
        let mut step = |what: &str, least: usize| {
            let changed = check_same(&runtime, installation, here, &mut before, what);
            assert!(changed >= least, "{what}: {changed} pages changed");
        };
        step("partners", 1);
        for (kind, file, least) in [
            ("registrations", YMK, 20),
            ("registrations", SGH, 10),
            ("fund", "fund.csv", 3),
            ("servicing", "monthly/YMK_202512.csv", 8),
            ("servicing", "monthly/SGH_202512.csv", 6),
            ("servicing", "monthly/YMK_202601.csv", 8),
            ("claims", "claims.csv", 5),
        ] {
            installation.take_in(kind, file, &[]);
            step(file, least);
        }
        // Taken back, newest first: claims, then a month, then a bank's loans with theirs.
        for file in ["claims.csv", "YMK_202601.csv", "SGH_202512.csv"] {
            installation.take_back(&installation.import_of(file));
            step(file, 4);
        }
    });
}
