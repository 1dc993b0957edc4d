//! Accounts nobody uses are disabled after 90 days, with the reason in the chain; one system administrator stays.

use chrono::{NaiveDate, TimeDelta};
use pledgefund::app::App;
use pledgefund::domain::people::Role;
use pledgefund::domain::sign_in::idle::{Use, to_disable};
use pledgefund::jobs::runner::Occurrence;
use pledgefund::storage::find::{accounts as rows, jobs};
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::sign_in::{self, Refusal, SignInError, accounts, idle};

use super::{guest, pass, quick};
use crate::support::desk::{PASSWORD, person, visitor};
use crate::support::product::on_both;

const DAY: i64 = 86_400;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_ninetieth_day_counts_and_the_administrator_seen_last_stays() {
    let one = |person: &str, seen: &str, is_administrator| Use {
        person: person.to_owned(),
        seen: day(seen),
        is_administrator,
    };
    let all = [
        one("a", "2026-01-01", true),
        one("b", "2026-01-02", true),
        one("c", "2026-01-02", false),
        one("d", "2026-01-03", false),
    ];
    let names =
        |on: &str, days| to_disable(&all, day(on), days).iter().map(|one| one.person.clone()).collect::<String>();
    assert_eq!(names("2026-03-31", 90), "", "89 days");
    assert_eq!(names("2026-04-01", 90), "a");
    assert_eq!(names("2026-04-02", 90), "ac");
    assert_eq!(names("2026-04-03", 90), "acd");
    assert_eq!(names("2030-01-01", 90), "acd", "the administrator seen last stays");
    assert_eq!(names("2030-01-01", 0), "", "nought is never");
    assert_eq!(names("2030-01-01", i64::MAX), "");
}

/// Runs the job as the ticker would, for a business date. Gives how many accounts it disabled.
fn run(app: &App, on: NaiveDate) -> i64 {
    let now = app.store.clock().now();
    let act = Act::new("scheduler", on);
    let store = &app.store;
    store.write(&Scope::system(), &act, |tx| jobs::enter(tx, "idle_accounts", now, on, "due")).unwrap();
    let due = jobs::run(&mut store.read().unwrap(), "idle_accounts", now).unwrap().unwrap();
    let lease = store.write(&Scope::system(), &act, |tx| jobs::take(tx, &due, "test")).unwrap().unwrap();
    let tally = idle::disable_idle(&Occurrence { app, on, lease }).unwrap();
    serde_json::from_str::<serde_json::Value>(&tally.json()).unwrap()["disabled"].as_i64().unwrap()
}

fn is_open(app: &App, name: &str) -> bool {
    !rows::one(&mut app.store.read().unwrap(), name).unwrap().unwrap().is_disabled
}

#[test]
fn who_stays_away_for_ninety_days_is_let_in_by_somebody_else_only() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, "王丽", "fund", Role::FundAdministrator);
        accounts::open(&app, "系统员", accounts::CONSOLE).unwrap();
        pass(&app, 89 * DAY);
        let today = |app: &App| app.wall.today();
        assert_eq!(run(&app, today(&app)), 0, "the last day");
        assert_eq!(run(&app, today(&app) + TimeDelta::days(400)), 0, "a day to come is not believed");
        pass(&app, DAY);
        assert_eq!(run(&app, today(&app)), 1);
        assert!(!is_open(&app, "王丽") && is_open(&app, "系统员"));
        assert!(guest(&app, &ticket.token).is_none());
        let refused = sign_in::enter(&app, "王丽", PASSWORD, &visitor());
        assert!(matches!(refused, Err(SignInError::Refused(Refusal::Wrong))), "{refused:?}");
        let told = rows::acts(&mut app.store.read().unwrap(), app.fund_id(), "王丽").unwrap().pop().unwrap();
        assert_eq!((told.act.as_str(), told.by_whom.as_str()), ("disabled", "job:idle_accounts"));
        assert_eq!(told.details, r#"{"reason":"idle","seen":"2026-07-01","days":90}"#);
        pass(&app, 60);
        assert_eq!(run(&app, today(&app)), 0, "once only");
        // Somebody enables it: the days are counted from there.
        accounts::enable(&app, "王丽", accounts::CONSOLE).unwrap();
        assert!(sign_in::enter(&app, "王丽", PASSWORD, &visitor()).is_ok());
        pass(&app, 60);
        assert_eq!(run(&app, today(&app)), 0, "not again the next night");
        pass(&app, 90 * DAY);
        assert_eq!(run(&app, today(&app)), 1);
    });
}
