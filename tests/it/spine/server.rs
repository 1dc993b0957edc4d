//! The server as it runs: a job fires by itself, the pages open in a real browser, only this machine may ask.

use std::path::Path;

use chrono::Timelike;
use pledgefund::clock::Clock;
use pledgefund::domain::calendar::beijing_time;
use pledgefund::storage::find::jobs;
use pledgefund::storage::{Act, Scope};

use crate::support::browser::{Stop, visit};
use crate::support::product::on_both;
use crate::support::serving::Serving;
use crate::support::wire;

#[test]
fn a_server_started_three_seconds_before_a_due_time_fires_the_job_by_itself() {
    on_both(|installation| {
        assert!(installation.run(&["migrate"]).status.success());
        let due_at = (Clock::System.now() + chrono::TimeDelta::seconds(4)).with_nanosecond(0).unwrap();
        let local = beijing_time(due_at);
        let cron = format!("{} {} {} * * *", local.second(), local.minute(), local.hour());
        let shipped =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/reserve_level.toml")).unwrap();
        let folder = installation.folder.path().join("jobs");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("reserve_level.toml"), shipped.replace("0 40 22 * * *", &cron)).unwrap();
        let app = installation.app("2025-07-01");
        // The job counts from now on, so that a slow start of the server cannot lose the occurrence.
        let act = Act::new("test", Clock::System.today());
        let now = Clock::System.now();
        app.store.write(&Scope::system(), &act, |tx| jobs::due_after(tx, "reserve_level", now)).unwrap();
        let _server = Serving::start(installation);
        let give_up = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let run = jobs::run(&mut app.store.read().unwrap(), "reserve_level", due_at).unwrap();
            if let Some(run) = run.filter(|run| run.state == "done") {
                let started = run.started_at.unwrap();
                assert!(started >= due_at, "{started} is before {due_at}");
                return;
            }
            let runs = || jobs::runs(&mut app.store.read().unwrap(), None, 20).unwrap();
            assert!(std::time::Instant::now() < give_up, "the job did not fire at {due_at}: {:?}", runs());
            std::thread::park_timeout(std::time::Duration::from_millis(100));
        }
    });
}

#[test]
fn the_pages_of_a_replayed_year_open_in_a_browser_in_both_languages() {
    on_both(|installation| {
        assert!(installation.run(&["demo", "--no-serve", "--to", "2025-10-12"]).status.success());
        let server = Serving::start(installation);
        let socket = server.address;
        assert_eq!(wire::get(socket, "/health").status, 200);
        let claim = "shuozhou%3ASGH%3ASGH-2024-0008%402025-09-29";
        let loan = "shuozhou%3ASGH%3ASGH-2024-0008";
        let paths = [
            ("dashboard", "/".to_owned()),
            ("loans", "/loans".to_owned()),
            ("loan", format!("/loans/{loan}")),
            ("claims", "/claims".to_owned()),
            ("claim", format!("/claims/{claim}")),
            ("fund", "/fund".to_owned()),
            ("jobs", "/jobs".to_owned()),
            ("mails", "/mails".to_owned()),
            ("imports", "/imports".to_owned()),
        ];
        let mut stops = Vec::new();
        for lang in ["zh", "en"] {
            for (name, path) in &paths {
                assert_eq!(wire::get(socket, path).status, 200, "{path}");
                stops.push(Stop::desktop(
                    &format!("demo-{name}-{lang}"),
                    &format!("http://{}{path}?lang={lang}", server.address),
                ));
            }
        }
        let Some(checks) = visit(&stops) else { return };
        for check in checks {
            assert!(check.console.is_empty(), "{check:?}");
        }
    });
}

#[test]
fn an_address_that_others_could_reach_is_refused() {
    on_both(|installation| {
        let refused = installation.run(&["serve", "--listen", "0.0.0.0:0"]);
        assert_eq!(refused.status.code(), Some(2));
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(words.contains("LISTEN"), "{words}");
    });
}
