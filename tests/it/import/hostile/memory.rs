//! The program itself on every hostile file: no signal, no panic, and no more memory than a good file takes. Its time
//! is what the reader's own limit of processor time allows.

use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::super::super::support::product::Installation;
use super::all;
use super::forge::{good, pack};

/// Memory a hostile file may take beyond what a good one takes, in KiB.
const GROWTH: u64 = 64 * 1024;

/// Peak memory of a process that still runs, in KiB.
fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Imports one file on trial; gives exit code and peak memory.
fn import(installation: &Installation, file: &std::path::Path) -> (Option<i32>, u64) {
    let arguments = ["import", "registrations", file.to_str().unwrap(), "--dry-run", "--json"];
    let mut command = installation.command(&arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut highest = 0;
    loop {
        highest = highest.max(peak(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code(), highest);
        }
        // The peak only grows while a process lives, so that what is missed is the last moment.
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn no_hostile_file_ends_the_program_or_swells_it() {
    let installation = Installation::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let plain = put("good.xlsx", &pack(&good()));
    import(&installation, &plain);
    let (_, usual) = import(&installation, &plain);
    assert!(usual > 0);
    for file in all() {
        let path = put(file.name, &(file.make)());
        let (code, highest) = import(&installation, &path);
        assert!(matches!(code, Some(0..=2)), "{}: {code:?}", file.what);
        assert!(highest < usual + GROWTH, "{}: {highest} KiB, usually {usual}", file.what);
    }
}
