//! The process dies, or is told to stop, at any moment of an import.

use std::time::{Duration, Instant};

use super::books::{book, clerk_at, loans_of};
use crate::support::product::{Installation, on_both};
use crate::support::serving::{Clerk, Serving, wait_for};

const LOANS: u32 = 3_000;
/// A lease that other processes do not wait long for.
const SETTINGS: [(&str, &str); 2] =
    [("PLEDGEFUND_IMPORTS__LEASE_SECONDS", "2"), ("PLEDGEFUND_IMPORTS__ATTEMPTS", "50")];

/// Waits for a while that grows with `turn`, or until the upload has settled.
fn some_time(clerk: &Clerk, id: &str, turn: u32, whole: Duration) {
    let until = Instant::now() + whole * turn / 8;
    while Instant::now() < until && clerk.page(id).contains("data-poll") {
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn restart(installation: &Installation, clerk: &mut Clerk) -> Serving {
    let server = Serving::with(installation, &SETTINGS);
    *clerk = Clerk::at(server.address);
    server
}

#[test]
fn a_server_killed_at_any_point_of_an_import_leaves_it_whole_or_absent_and_finishes_it_after_the_restart() {
    on_both(|installation| {
        let mut server = Serving::with(installation, &SETTINGS);
        let mut clerk = clerk_at(&server);
        let bytes = book(LOANS);
        let begun = Instant::now();
        let id = clerk.upload("registrations", "YMK_registration.csv", &bytes);
        clerk.settled(&id);
        let whole = begun.elapsed();
        clerk.post(&id, "decision", &[("answer", "nothing")]);

        // Killed during the check: it begins anew.
        let id = clerk.upload("registrations", "YMK_registration.csv", &bytes);
        for turn in [1, 4] {
            some_time(&clerk, &id, turn, whole);
            server.kill();
            server = restart(installation, &mut clerk);
        }
        assert!(clerk.settled(&id).contains("全部合格"), "{}", clerk.page(&id));
        assert_eq!(loans_of(&clerk, "YMK"), 0);

        // Killed during the import, later each time.
        clerk.decide(&id, "all");
        for turn in 0..8 {
            some_time(&clerk, &id, turn, whole);
            server.kill();
            server = restart(installation, &mut clerk);
            let saved = loans_of(&clerk, "YMK");
            assert!(saved == 0 || saved == u64::from(LOANS), "{saved} of {LOANS} after turn {turn}");
        }
        let page = clerk.settled(&id);
        assert!(page.contains("新增 3000 条，已在库中未变 0 条"), "{page}");
        assert_eq!(loans_of(&clerk, "YMK"), u64::from(LOANS));
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
        let again = clerk.upload("registrations", "YMK_registration.csv", &bytes);
        assert!(clerk.settled(&again).contains("该文件已导入过"));
    });
}

#[cfg(unix)]
#[test]
fn a_server_told_to_stop_gives_its_import_back_within_ten_seconds() {
    on_both(|installation| {
        let mut server = Serving::with(installation, &SETTINGS);
        let mut clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "YMK_registration.csv", &book(LOANS));
        clerk.settled(&id);
        clerk.decide(&id, "all");
        let pid = server.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let told = Instant::now();
        let status = wait_for("the end of the server", || server.child.try_wait().unwrap());
        assert!(status.success(), "{status}");
        assert!(told.elapsed() < Duration::from_secs(15), "{:?}", told.elapsed());
        server = restart(installation, &mut clerk);
        assert!(clerk.settled(&id).contains("新增 3000 条"), "{}", clerk.page(&id));
        assert_eq!(loans_of(&clerk, "YMK"), u64::from(LOANS));
        drop(server);
    });
}
