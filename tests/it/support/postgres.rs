//! One throw-away PostgreSQL cluster for the whole test run; each test gets its own database.
//!
//! The cluster ends with the test process, even when that is killed: it waits on our end of a pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Starts the server as user postgres where we are root, says `ready`, and stops it when its input closes.
const SCRIPT: &str = r#"
d=$1; bin=$2; as=""
if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres "$d"; chmod 711 "$d"
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
cd "$d" || exit 1
$as "$bin/initdb" -D "$d/data" -U test -A trust -N -E UTF8 --locale=C.UTF-8 >"$d/log" 2>&1 || { cat "$d/log" >&2; exit 1; }
$as "$bin/postgres" -D "$d/data" -k "$d" -c listen_addresses= -c fsync=${TEST_PG_FSYNC:-off} -c full_page_writes=${TEST_PG_FSYNC:-off} -c max_connections=300 >>"$d/log" 2>&1 &
pid=$!
n=0
until "$bin/pg_isready" -q -h "$d"; do
  n=$((n+1)); [ $n -gt 600 ] && { cat "$d/log" >&2; exit 1; }
  read -t 0.1 _ignored
done
echo ready
read -r _closed
kill -INT $pid; wait $pid
rm -rf "$d"
"#;

struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    _child: std::sync::Mutex<Child>,
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// The URL of a new, empty database marked as one for tests; nothing where PostgreSQL is not installed, which is
/// a failure where it is required.
pub fn new_database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).as_ref()?;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let sql = format!("CREATE DATABASE {name}");
    let made = Command::new(cluster.bin.join("psql"))
        .args(["-q", "-h"])
        .arg(&cluster.folder)
        .args(["-U", "test", "-d", "postgres", "-c", &sql])
        .status()
        .expect("psql stands beside initdb");
    assert!(made.success(), "{sql}");
    Some(format!("postgres://test@{}/{name}", cluster.folder.to_string_lossy().replace('/', "%2F")))
}

/// Whether PostgreSQL is there; a failure where it is required and is not.
pub fn is_there() -> bool {
    CLUSTER.get_or_init(start).is_some()
}

/// Runs a statement in a database as its owner.
pub fn psql(url: &str, sql: &str) {
    let cluster = CLUSTER.get().and_then(Option::as_ref).expect("a database was made");
    let ran = Command::new(cluster.bin.join("psql"))
        .env("PGOPTIONS", "-c client_min_messages=warning")
        .args(["-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url])
        .status();
    assert!(ran.expect("psql runs").success(), "{sql}");
}

/// Everything a database holds, as text.
pub fn dump(url: &str) -> Vec<u8> {
    let cluster = CLUSTER.get().and_then(Option::as_ref).expect("a database was made");
    let ran = Command::new(cluster.bin.join("pg_dump")).args(["--data-only", "--inserts", url]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

fn binaries() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

#[expect(clippy::disallowed_methods, reason = "the test command says through the environment what is required")]
fn required() -> bool {
    ["CI", "REQUIRE_POSTGRES"].iter().any(|name| std::env::var(name).is_ok_and(|value| !value.is_empty()))
}

fn start() -> Option<Cluster> {
    let Some(bin) = binaries() else {
        assert!(!required(), "PostgreSQL is required here and not installed");
        // Straight to the error stream: the test runner keeps what print macros write to itself.
        let mut out = std::io::stderr();
        let _said =
            writeln!(out, "\n!!! PostgreSQL is not installed: THE POSTGRESQL HALF OF THE TESTS IS SKIPPED !!!\n");
        return None;
    };
    let folder = PathBuf::from(format!("/tmp/pledgefund-pg-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let mut child = launch(&folder, &bin);
    let mut line = String::new();
    let output = child.stdout.take().expect("its output is piped");
    BufReader::new(output).read_line(&mut line).expect("its output can be read");
    assert_eq!(line.trim(), "ready", "the cluster did not start");
    Some(Cluster { folder, bin, _child: std::sync::Mutex::new(child) })
}

fn launch(folder: &Path, bin: &Path) -> Child {
    let mut child = Command::new("bash")
        .args(["-c", SCRIPT, "cluster"])
        .arg(folder)
        .arg(bin)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash is there");
    child.stdin.as_mut().expect("its input is piped").flush().expect("nothing is written yet");
    child
}
