//! How much a page asks of the database: no list asks once more for every row.

use std::sync::Arc;

use pledgefund::app::App;
use pledgefund::domain::people::Role;
use pledgefund::http::blocking::Statements;
use pledgefund::http::registry::{self, Audience, Verb};
use pledgefund::screens::door::AppDoor;
use pledgefund::storage::find::{Reach, claims, imports};
use pledgefund::storage::rows::parties::ImportRow;
use pledgefund::usecase::lives::claim::bearings::payable;
use pledgefund::usecase::lives::{self, Life};
use pledgefund::usecase::undo;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::api::world::served;
use crate::stories::town::review;
use crate::support::desk;
use crate::support::product::Installation;

/// Most statements of a list, whoever looks at it.
const MOST: u64 = 30;
/// Who looks.
const READERS: [(&str, &str, Role); 5] = [
    ("登记员", "fund", Role::FundAdministrator),
    ("主任", "fund", Role::FundApprover),
    ("银行经办", "bank:SGH", Role::BankOfficer),
    ("审计员", "市审计局", Role::Auditor),
    ("监管员", "金融监管分局", Role::Regulator),
];
/// Tabs and searches, besides each list as it opens.
const ASKED: [&str; 6] = [
    "/todo?tab=done",
    "/todo?tab=begun",
    "/registrations?tab=registered",
    "/search?q=SGH",
    "/loans?q=SGH",
    "/loans?page=3",
];
/// Most statements of whoever is the first after a change: figures over the whole book are made anew then.
const MOST_AFTER_A_CHANGE: u64 = 40;
/// Pages that are no list: they put several figures and pictures of the whole fund side by side.
const OVERVIEWS: [&str; 4] = ["/", "/fund", "/portal", "/reserve"];
/// Most statements of an overview.
const MOST_OF_AN_OVERVIEW: u64 = 60;
/// Everything is proved there: it asks for the whole of the books on purpose.
const WHOLE: &str = "/audit/verification";

/// Takes an act on a claim; false where it is refused.
fn take(app: &App, claim_id: &str, act: &str, by: &str, details: Value) -> bool {
    let request = lives::Request {
        life: Life::Claim,
        subject: claim_id.to_owned(),
        act: act.to_owned(),
        details,
        by: by.to_owned(),
        on: app.store.clock().today(),
        expected: None,
        key: None,
    };
    lives::perform(app, &request).is_ok()
}

/// The fund takes on what the samples ask for, grants what can be granted, and files wait to be
/// taken back, so that every list and every kind of work has rows.
fn work_through(app: &App) {
    let fund = app.fund_id();
    let filed = claims::statuses(&mut app.store.read().unwrap(), &Reach::of_fund(fund)).unwrap();
    assert!(filed.len() > 10, "{}", filed.len());
    let files = imports::all(&mut app.store.read().unwrap(), fund).unwrap();
    let ask = |file: &ImportRow| undo::request_undo(app, &file.import_id, "主任", "错版", file.business_date).map(drop);
    let (asked, refused): (Vec<_>, Vec<_>) = files.iter().map(ask).partition(Result::is_ok);
    assert!(asked.len() > 1, "{refused:?}");
    let mut granted = Vec::new();
    for claim in filed {
        assert!(take(app, &claim.claim_id, "accepted", "登记员", json!({})));
        let last = claims::last_calculation(&mut app.store.read().unwrap(), &claim.claim_id).unwrap().unwrap();
        let grant = json!({ "amount": payable(&last).yuan(), "calculation": last.version, "no_conflict": true });
        let is_granted = take(app, &claim.claim_id, "reviewed", "登记员", review())
            && take(app, &claim.claim_id, "approved", "主任", grant);
        granted.extend(is_granted.then_some(claim.claim_id));
    }
    println!("{} granted", granted.len());
    assert!(granted.len() > 3, "{granted:?}");
}

#[test]
fn a_list_asks_the_database_at_most_thirty_times() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let app = Arc::new(installation.app("2026-07-31"));
    let tickets: Vec<_> =
        READERS.iter().map(|(name, institution, role)| desk::person(&app, name, institution, *role)).collect();
    work_through(&app);
    let router = served(&app, Arc::new(AppDoor(Arc::clone(&app))));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let lists = registry::routes().into_iter().filter(|route| {
        let is_page = route.verb == Verb::Get && route.audience == Audience::Known;
        is_page && !route.path.starts_with("/api/") && !route.path.contains('{') && route.path != WHOLE
    });
    let paths: Vec<String> = lists.map(|route| route.path).chain(ASKED).map(str::to_owned).collect();
    assert!(paths.len() > 30, "{}", paths.len());
    let (mut over, mut seen) = (Vec::new(), 0);
    for ((who, ..), ticket) in READERS.iter().zip(&tickets) {
        for path in &paths {
            let is_overview = OVERVIEWS.contains(&path.as_str());
            // Asked for twice: the first time figures that are kept until the books move may have to be made.
            for most in [MOST_AFTER_A_CHANGE, MOST] {
                let answer = runtime.block_on(router.clone().oneshot(ticket.asks(path))).unwrap();
                let Statements(count) = *answer.extensions().get::<Statements>().unwrap();
                assert!(answer.status().as_u16() < 500, "{path}");
                if answer.status() == 200 {
                    seen += 1;
                    assert!(count > 2, "{who} {path}: {count} counted, so nothing is");
                    let most = if is_overview { MOST_OF_AN_OVERVIEW } else { most };
                    over.extend((count > most).then(|| format!("{who} {path}: {count}")));
                }
            }
        }
    }
    println!("{seen} lists");
    assert!(seen > 160, "{seen}");
    assert!(over.is_empty(), "{over:#?}");
}
