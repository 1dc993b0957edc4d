//! Due times, working days, missed runs, leases.

use chrono::{NaiveDate, NaiveDateTime};
use pledgefund::domain::calendar::{beijing_time, utc_of_beijing};
use pledgefund::jobs::schedule;
use pledgefund::storage::find::jobs as find;
use pledgefund::storage::{Act, Scope, StoreError};

use crate::support::product::on_both;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> NaiveDateTime {
    utc_of_beijing(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap())
}

#[test]
fn summaries_are_due_on_the_tenth_at_nine_moved_to_working_days_after_the_banks_day() {
    on_both(|installation| {
        let app = installation.app("2025-07-01");
        let job = app.job("regulator_summary").unwrap();
        let due = schedule::due_between(
            job,
            app.schedule_rules(),
            instant("2025-07-01 00:00:00"),
            instant("2026-07-31 23:59:59"),
        );
        let shown: Vec<String> =
            due.iter().map(|due| beijing_time(due.at).format("%Y-%m-%d %H:%M").to_string()).collect();
        // The 10th of July is for June, before the first period; 10 August 2025 is a Sunday; October's banks' date is
        // the 9th after the holiday; 10 January 2026 is a Saturday, 10 May a Sunday.
        assert_eq!(
            shown,
            [
                "2025-08-11 09:00",
                "2025-09-10 09:00",
                "2025-10-10 09:00",
                "2025-11-10 09:00",
                "2025-12-10 09:00",
                "2026-01-12 09:00",
                "2026-02-10 09:00",
                "2026-03-10 09:00",
                "2026-04-10 09:00",
                "2026-05-11 09:00",
                "2026-06-10 09:00",
                "2026-07-10 09:00",
            ]
        );
        assert!(due.iter().all(|due| !due.provisional));
        let beyond = schedule::next(job, app.schedule_rules(), instant("2027-01-01 00:00:00"), 3);
        assert!(beyond.len() == 3 && beyond.iter().all(|due| due.provisional), "2027 is not published");
    });
}

#[test]
fn missed_days_are_each_closed_in_order_with_their_own_date_and_once_jobs_run_once() {
    on_both(|installation| {
        let mut app = installation.app("2025-07-01");
        app.count_jobs_from(day("2025-07-01"));
        app.advance_to(instant("2025-08-15 23:59:59")).unwrap();
        let mut closes = find::runs(&mut app.store.read().unwrap(), Some("daily_close"), 1_000).unwrap();
        closes.reverse();
        let dates: Vec<NaiveDate> = closes.iter().map(|run| run.business_date).collect();
        let expected: Vec<NaiveDate> = day("2025-07-01").iter_days().take(46).collect();
        assert_eq!(dates, expected);
        assert!(closes.windows(2).all(|pair| pair[0].finished_at <= pair[1].started_at));
        let delivered = find::runs(&mut app.store.read().unwrap(), Some("deliver_mail"), 1_000).unwrap();
        assert_eq!(delivered.len(), 1, "a reminder-like job that was missed runs once");
        let before = find::runs(&mut app.store.read().unwrap(), None, 1_000).unwrap();
        app.advance_to(instant("2025-08-15 23:59:59")).unwrap();
        assert_eq!(find::runs(&mut app.store.read().unwrap(), None, 1_000).unwrap(), before);
    });
}

#[test]
fn an_occurrence_is_taken_by_one_of_eight_and_a_lost_lease_writes_nothing() {
    on_both(|installation| {
        let app = installation.app("2025-07-01");
        let act = Act::new("test", day("2025-07-01"));
        let due_at = instant("2025-07-01 11:00:00");
        app.store
            .write(&Scope::system(), &act, |tx| find::enter(tx, "daily_close", due_at, day("2025-07-01"), "due"))
            .unwrap();
        let run = find::run(&mut app.store.read().unwrap(), "daily_close", due_at).unwrap().unwrap();
        let won = std::thread::scope(|threads| {
            let takers: Vec<_> = (0..8)
                .map(|taker| {
                    let (app, act, run) = (&app, &act, &run);
                    threads.spawn(move || {
                        let owner = format!("worker {taker}");
                        app.store.write(&Scope::system(), act, |tx| find::take(tx, run, &owner)).unwrap()
                    })
                })
                .collect();
            takers.into_iter().filter_map(|taker| taker.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(won.len(), 1);
        let lost = pledgefund::storage::JobLease { fence: won[0].fence - 1, ..won[0].clone() };
        let late = Act { lease: Some(pledgefund::storage::Lease::Job(lost)), ..act.clone() };
        let refused: Result<(), StoreError> =
            app.store.write(&Scope::fund("shuozhou"), &late, |_tx| panic!("a lost lease must not get here"));
        assert!(matches!(refused, Err(StoreError::LeaseLost)));
    });
}

#[test]
fn the_command_line_lists_runs_and_does_not_repeat() {
    on_both(|installation| {
        installation.import_samples();
        let list = installation.json(&["job", "list"], &[0]);
        assert_eq!(list["jobs"].as_array().unwrap().len(), 8);
        let next = installation.json(&["job", "next", "regulator_summary", "-n", "12"], &[0]);
        assert_eq!(next["next"].as_array().unwrap().len(), 12);
        let first = installation.json(&["job", "run", "compute_compensation", "--on", "2026-07-31"], &[0]);
        assert_eq!(first["runs"][0]["state"], "done");
        let again = installation.json(&["job", "run", "compute_compensation", "--on", "2026-07-31"], &[0]);
        assert_eq!(again, first);
        let unknown = installation.run(&["job", "next", "nothing"]);
        assert_eq!(unknown.status.code(), Some(2));
    });
}

#[test]
fn due_times_are_whole_seconds_whatever_fraction_the_clock_shows() {
    on_both(|installation| {
        let app = installation.app("2025-07-01");
        let job = app.job("reserve_level").unwrap();
        let after = instant("2025-07-01 10:00:00") + chrono::TimeDelta::microseconds(589_036);
        let due = schedule::due_between(job, app.schedule_rules(), after, instant("2025-07-01 23:59:59"));
        assert_eq!(due.iter().map(|due| due.at).collect::<Vec<_>>(), [instant("2025-07-01 22:40:00")]);
    });
}
