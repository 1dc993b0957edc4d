//! A bank's whole book from one workbook to stored rows, beside the least that could be done with the same file.
//!
//! `cargo bench --bench import` prints, for SQLite and PostgreSQL in the same run: bare calamine with bare inserts,
//! the product, their ratio, the memory of all processes at once, and what 200 marked rows cost on top.
//! `--rows N` takes another size, `--make FILE N` only writes the workbook.
//! **Invariant:** the program that is measured is the one that was just built, as a process of its own.

#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::float_arithmetic, reason = "a bench may stop and round")]

mod book;
#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/it/support/postgres.rs"]
mod postgres;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

/// Rows spoiled for the marked workbook.
const SPOILED: u64 = 200;
/// Rows in one bare statement.
const BARE_ROWS: usize = 500;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == "--make") {
        let count = words[at + 2].parse().unwrap();
        std::fs::write(&words[at + 1], book::workbook(count, |_, _| ()).unwrap()).unwrap();
        return;
    }
    let rows = words.iter().position(|word| word == "--rows").map_or(100_000, |at| words[at + 1].parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("SGH_registration.xlsx");
    let spoiled = folder.path().join("SGH_spoiled.xlsx");
    std::fs::write(&good, book::workbook(rows, |_, _| ()).unwrap()).unwrap();
    std::fs::write(&spoiled, book::workbook(rows, |number, cells| spoil(rows, number, cells)).unwrap()).unwrap();
    println!("{rows} loans, {:.1} MB", std::fs::metadata(&good).unwrap().len() as f64 / 1e6);
    for on_postgres in [false, true] {
        let place = |name: &str| {
            if on_postgres { marked_database() } else { Some(folder.path().join(name).to_string_lossy().into_owned()) }
        };
        let (Some(bare), Some(whole), Some(marked)) = (place("bare.db"), place("whole.db"), place("marked.db")) else {
            println!("PostgreSQL is not installed");
            continue;
        };
        println!("{}", if on_postgres { "PostgreSQL (no fsync)" } else { "SQLite" });
        measure(&folder.path().join(on_postgres.to_string()), &good, &spoiled, [&bare, &whole, &marked]);
    }
}

fn measure(data: &Path, good: &Path, spoiled: &Path, [bare, whole, marked]: [&str; 3]) {
    let least = bare_import(good, bare);
    println!("  bare calamine and inserts  {:6.2} s", least.as_secs_f64());
    let (took, memory) = product(data, whole, good, None);
    println!("  pledgefund                 {:6.2} s   ratio {:.2}", took.as_secs_f64(), ratio(took, least));
    println!("  memory, all processes      {:6.0} MiB", memory as f64 / 1024.0);
    let errors = data.join("errors");
    let (took, memory) = product(data, marked, spoiled, Some(&errors));
    println!("  with {SPOILED} rows marked      {:6.2} s   {:.0} MiB", took.as_secs_f64(), memory as f64 / 1024.0);
    let written = std::fs::read_dir(&errors).unwrap().count();
    assert_eq!(written, 1, "one marked workbook is written");
}

fn ratio(took: Duration, least: Duration) -> f64 {
    took.as_secs_f64() / least.as_secs_f64()
}

/// Spoils 200 loans spread over the file: a wrong check character.
fn spoil(rows: u64, number: u64, cells: &mut [book::Cell]) {
    if number.is_multiple_of((rows / SPOILED).max(1)) {
        cells[2] = book::Cell::Text("911406001000793850".to_owned());
    }
}

/// A database of the throw-away cluster, marked as one for tests before its first use.
fn marked_database() -> Option<String> {
    let url = postgres::new_database()?;
    let sql = "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)";
    postgres::psql(&url, &format!("{sql}; INSERT INTO settings VALUES ('test_database', '1')"));
    Some(url)
}

/// Imports a file with the program. Gives the time and the largest sum of resident memory of it and its readers, in KiB.
fn product(data: &Path, database: &str, file: &Path, errors: Option<&Path>) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pledgefund"));
    command.arg("--data-dir").arg(data).args(["--database-url", database, "--json", "import", "registrations"]);
    command.arg(file).stdout(Stdio::null());
    if let Some(errors) = errors {
        command.arg("--errors-to").arg(errors);
    }
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(memory_of(child.id()));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let wanted = if errors.is_some() { 1 } else { 0 };
    assert_eq!(status.code(), Some(wanted), "the import ends as expected");
    (start.elapsed(), most)
}

/// Resident memory of a process and its children, in KiB.
fn memory_of(pid: u32) -> u64 {
    let own = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let resident =
        own.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|rest| rest.split_whitespace().next());
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let below: u64 = children.split_whitespace().filter_map(|child| child.parse().ok()).map(memory_of).sum();
    resident.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) + below
}

/// Every cell of the file as text into one table, in one transaction.
fn bare_import(file: &Path, database: &str) -> Duration {
    let start = Instant::now();
    let mut db: Box<dyn FnMut(&str)> = if database.starts_with("postgres") {
        let mut connection = PgConnection::establish(database).unwrap();
        Box::new(move |sql| connection.batch_execute(sql).unwrap())
    } else {
        let mut connection = SqliteConnection::establish(database).unwrap();
        connection.batch_execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL").unwrap();
        Box::new(move |sql| connection.batch_execute(sql).unwrap())
    };
    let columns: Vec<String> = (0..book::HEADERS.len()).map(|column| format!("c{column} TEXT")).collect();
    db(&format!("CREATE TABLE bare ({})", columns.join(", ")));
    db("BEGIN");
    let bytes = std::fs::read(file).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&bytes[..])).unwrap();
    let sheet = workbook.sheet_names()[0].clone();
    let mut cells = workbook.worksheet_cells_reader(&sheet).unwrap();
    let mut rows: Vec<String> = Vec::new();
    let mut row: Vec<String> = vec!["NULL".to_owned(); book::HEADERS.len()];
    let mut number = 0;
    while let Some(cell) = cells.next_cell().unwrap() {
        let (at, column) = cell.get_position();
        if at != number {
            rows.push(format!("({})", row.join(",")));
            row.fill("NULL".to_owned());
            number = at;
        }
        row[column as usize] =
            format!("'{}'", calamine::Data::from(cell.get_value().clone()).to_string().replace('\'', "''"));
        if rows.len() == BARE_ROWS {
            db(&format!("INSERT INTO bare VALUES {}", rows.join(",")));
            rows.clear();
        }
    }
    rows.push(format!("({})", row.join(",")));
    db(&format!("INSERT INTO bare VALUES {}", rows.join(",")));
    db("COMMIT");
    start.elapsed()
}
