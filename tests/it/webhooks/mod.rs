//! Systems of banks and of the fund are told what happens: signed, again until it arrives, and only to whom it concerns.

pub mod receiver;
mod targets;

use pledgefund::domain::calendar::utc_of_beijing;
use pledgefund::jobs::runner::{Occurrence, Tally};
use pledgefund::storage::find::{jobs, webhooks as find};
use pledgefund::storage::rows::webhooks::WebhookDeliveryRow;
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::webhooks::endpoints::{self, NewEndpoint, Opened};
use pledgefund::usecase::webhooks::{queue, send};
use serde_json::json;

use crate::stories::town::{FUND, Town, figures, measure, story};
use receiver::Receiver;

fn act(town: &Town) -> Act {
    Act::new("系统员", town.day)
}

/// Lets the town's product speak to a receiver of this machine.
fn allow(town: &mut Town, receiver: &Receiver) {
    let settings = &mut town.app.config.webhooks;
    settings.allowed_hosts.push(receiver.host());
    (settings.plain_http, settings.private_addresses) = (true, true);
}

fn add(town: &Town, receiver: &Receiver, bank: Option<&str>, kinds: &[&str]) -> Opened {
    let new = NewEndpoint {
        name: "核心系统".to_owned(),
        url: format!("http://{}/hooks", receiver.host()),
        bank: bank.map(str::to_owned),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    endpoints::add(&town.app, &new, &act(town)).unwrap()
}

/// Runs the job as the ticker would at a time of the town's day.
fn deliver(town: &Town, at: &str) -> Tally {
    let time = at.parse::<chrono::NaiveTime>().unwrap();
    town.app.move_clock_to(utc_of_beijing(town.day.and_time(time))).unwrap();
    let now = town.app.store.clock().now();
    let act = act(town);
    let store = &town.app.store;
    store.write(&Scope::system(), &act, |tx| jobs::enter(tx, "deliver_webhooks", now, tx.on(), "due")).unwrap();
    let run = jobs::run(&mut store.read().unwrap(), "deliver_webhooks", now).unwrap().unwrap();
    let lease = store.write(&Scope::system(), &act, |tx| jobs::take(tx, &run, "test")).unwrap().unwrap();
    send::deliver_due(&Occurrence { app: &town.app, on: act.on, lease }).unwrap()
}

fn told(town: &Town, endpoint: &str) -> Vec<WebhookDeliveryRow> {
    let mut rows = find::of_endpoint(&mut town.app.store.read().unwrap(), endpoint, None, 1_000).unwrap();
    rows.sort_by(|a, b| (a.created_at, &a.delivery_id).cmp(&(b.created_at, &b.delivery_id)));
    rows
}

fn kinds(rows: &[WebhookDeliveryRow]) -> Vec<&str> {
    let mut kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds
}

#[test]
fn a_notice_is_signed_arrives_once_and_is_tried_again_until_it_does() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let receiver = Receiver::start();
        allow(town, &receiver);
        let opened = add(town, &receiver, None, &["registration.*"]);
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        // The other side is not ready for the first, and for the second time it does not know what it is asked.
        receiver.answer(&[503, 404, 500]);
        deliver(town, "12:01:00");
        assert_eq!(receiver.take().len(), 3, "drafted, submitted, registered");
        deliver(town, "12:01:40");
        assert_eq!(receiver.take().len(), 0, "nothing before its time");
        deliver(town, "12:02:20");
        let got = receiver.take();
        assert_eq!(got.len(), 3);
        for request in &got {
            assert_eq!(request.header("content-type"), "application/json");
            assert!(request.is_signed_with(&opened.secret), "{request:?}");
            assert!(!request.is_signed_with("whsec_other"));
            let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
            assert_eq!(body["subject"], loan.as_str());
            assert_eq!((body["fund"].as_str(), body["bank"].as_str()), (Some(FUND), Some("AAA")));
            assert_eq!(body["id"], request.header("pledgefund-delivery"));
            assert_eq!(body["type"], request.header("pledgefund-event"));
        }
        let rows = told(town, &opened.endpoint_id);
        assert_eq!(kinds(&rows), ["registration.drafted", "registration.registered", "registration.submitted"]);
        assert!(rows.iter().all(|row| row.state == "delivered" && row.attempts == 2), "{rows:?}");
        let tries = find::attempts(&mut town.app.store.read().unwrap(), &rows[0].delivery_id).unwrap();
        assert_eq!(tries.len(), 2);
        assert!(tries[0].status.is_some_and(|status| status >= 400) && tries[1].status == Some(200), "{tries:?}");
        deliver(town, "13:00:00");
        assert_eq!(receiver.take().len(), 0, "told once");
        // Told again on demand: the same bytes under the same identifier.
        queue::replay(&town.app, &rows[0].delivery_id, &act(town)).unwrap();
        deliver(town, "13:01:00");
        let again = receiver.take();
        let first = got.iter().find(|one| one.header("pledgefund-delivery") == rows[0].delivery_id).unwrap();
        assert_eq!((again.len(), &again[0].body), (1, &first.body));
    });
}

#[test]
fn a_bank_is_told_of_itself_and_of_nothing_else() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let receiver = Receiver::start();
        allow(town, &receiver);
        let own = add(town, &receiver, Some("AAA"), &[]);
        let fund = add(town, &receiver, None, &[]);
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        let foreign = town.lend("BBB", town.form("B1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let details = json!({ "scope": "new_loans", "ground": "违约率" });
        town.act(Life::Partner, "BBB", "suspension_proposed", "登记员", details);
        deliver(town, "12:01:00");
        let rows = told(town, &own.endpoint_id);
        assert!(rows.iter().any(|row| row.kind == "claim.submitted" && row.subject == claim));
        for row in &rows {
            let names_other =
                ["BBB", foreign.as_str(), "乙", "违约率", "1000000"].into_iter().find(|word| row.body.contains(*word));
            assert_eq!(names_other, None, "{}", row.body);
        }
        let all = told(town, &fund.endpoint_id);
        assert!(
            all.iter().any(|row| row.subject == foreign)
                && all.iter().any(|row| row.kind == "partner.suspension_proposed")
        );
        assert!(all.len() > rows.len());
        assert!(all.iter().all(|row| !row.kind.starts_with("person.")), "{:?}", kinds(&all));
        assert_eq!(receiver.take().len(), all.len() + rows.len());
    });
}

#[test]
fn both_secrets_sign_while_one_is_changed_and_an_endpoint_switched_off_catches_up() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let receiver = Receiver::start();
        allow(town, &receiver);
        let opened = add(town, &receiver, None, &["partner.*"]);
        let newer = endpoints::rotate(&town.app, &opened.endpoint_id, 24, &act(town)).unwrap();
        assert_ne!(opened.secret, newer.secret);
        let trial = |at: &str| {
            queue::trial(&town.app, &opened.endpoint_id, &act(town)).unwrap();
            deliver(town, at);
            let got = receiver.take();
            assert_eq!(got.len(), 1);
            (got[0].is_signed_with(&opened.secret), got[0].is_signed_with(&newer.secret))
        };
        assert_eq!(trial("12:05:00"), (true, true));
        // Off and on again changes nothing of the overlap.
        endpoints::switch(&town.app, &opened.endpoint_id, false, "检修", &act(town)).unwrap();
        let details = json!({ "scope": "new_loans", "ground": "违约率" });
        town.act(Life::Partner, "BBB", "suspension_proposed", "登记员", details);
        deliver(town, "12:06:00");
        assert_eq!(receiver.take().len(), 0);
        endpoints::switch(&town.app, &opened.endpoint_id, true, "", &act(town)).unwrap();
        deliver(town, "12:07:00");
        let got = receiver.take();
        assert_eq!(got.len(), 1, "what happened meanwhile is told");
        assert!(got[0].is_signed_with(&opened.secret) && got[0].is_signed_with(&newer.secret));
        town.on("2025-01-12");
        queue::trial(&town.app, &opened.endpoint_id, &act(town)).unwrap();
        deliver(town, "12:01:00");
        let got = receiver.take();
        assert!(!got[0].is_signed_with(&opened.secret) && got[0].is_signed_with(&newer.secret));
    });
}

#[test]
fn what_never_arrives_is_given_up_after_a_day_and_a_half_and_shown() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let receiver = Receiver::start();
        allow(town, &receiver);
        let opened = add(town, &receiver, None, &["claim.*"]);
        receiver.answer(&[500; 40]);
        queue::trial(&town.app, &opened.endpoint_id, &act(town)).unwrap();
        let days = ["2025-01-10", "2025-01-11", "2025-01-12", "2025-01-13"];
        for day in days {
            town.on(day);
            for minute in 0..(12 * 60 - 1) {
                let row = &told(town, &opened.endpoint_id)[0];
                if row.state == "failed" {
                    break;
                }
                let at = format!("{:02}:{:02}:00", 12 + minute / 60, minute % 60);
                let due = utc_of_beijing(town.day.and_time(at.parse().unwrap())) >= row.next_try_at;
                if due {
                    deliver(town, &at);
                }
            }
        }
        let row = &told(town, &opened.endpoint_id)[0];
        assert_eq!((row.state.as_str(), row.attempts), ("failed", 12));
        assert_eq!(receiver.take().len(), 12);
        // Nobody listens there any more: given up at once.
        receiver.answer(&[410]);
        let gone = queue::trial(&town.app, &opened.endpoint_id, &act(town)).unwrap();
        town.on("2025-01-14");
        deliver(town, "12:01:00");
        let row = find::delivery(&mut town.app.store.read().unwrap(), &gone.delivery_id).unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.attempts), ("failed", 1));
    });
}
