//! Files made to hurt whoever reads them: refused with their code, or read with findings on their rows.

mod archives;
mod csvs;
mod damage;
mod forge;
mod genuine;
mod memory;
mod probes;
mod rows;
mod sheets;
mod strings;
pub mod wrap;

use std::time::{Duration, Instant};

use pledgefund::i18n::Lang;
use pledgefund::import::field::FileKind;

use super::read;

/// What must come of a file.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// Refused as a whole with this code.
    Refused(&'static str),
    /// Read: so many loans accepted, these codes on refused rows.
    Read(u32, &'static [&'static str]),
}
use Outcome::{Read, Refused};

/// A hostile file: what it is, its name, how it is made, what must come of it.
struct Hostile {
    what: &'static str,
    name: &'static str,
    make: fn() -> Vec<u8>,
    outcome: Outcome,
}

const fn xlsx(what: &'static str, make: fn() -> Vec<u8>, outcome: Outcome) -> Hostile {
    Hostile { what, name: "loans.xlsx", make, outcome }
}

const fn csv(what: &'static str, make: fn() -> Vec<u8>, outcome: Outcome) -> Hostile {
    Hostile { what, name: "loans.csv", make, outcome }
}

/// Every hostile file.
fn all() -> impl Iterator<Item = &'static Hostile> {
    archives::FILES.iter().chain(sheets::FILES).chain(rows::FILES).chain(csvs::FILES)
}

/// Longest time for one file.
const PATIENCE: Duration = Duration::from_secs(20);

#[track_caller]
fn check(file: &Hostile) {
    let bytes = (file.make)();
    let began = Instant::now();
    let reading = read(file.name, &bytes, FileKind::Registrations);
    let took = began.elapsed();
    assert!(took < PATIENCE, "{}: {took:?}", file.what);
    match (reading, file.outcome) {
        (Err(error), Refused(code)) => {
            assert_eq!(error.code(), code, "{}: {error}", file.what);
            for message in [error.message(Lang::Zh), error.message(Lang::En)] {
                assert!(!message.contains("import.") && !message.contains('{'), "{}: {message}", file.what);
            }
        }
        (Ok(reading), Read(accepted, codes)) => {
            let got: Vec<&str> = reading.rejected.iter().map(|finding| finding.code.code()).collect();
            assert_eq!(got, codes, "{}", file.what);
            let rejected = u32::try_from(reading.rejected.len()).unwrap();
            assert_eq!(reading.records_total - rejected, accepted, "{}", file.what);
        }
        (Ok(reading), Refused(code)) => {
            panic!("{}: read with {:?} instead of refused with {code}", file.what, reading.rejected)
        }
        (Err(error), Read(..)) => panic!("{}: refused: {error}", file.what),
    }
}

#[test]
fn there_are_sixty_hostile_files_and_each_is_described_once() {
    let mut words: Vec<&str> = all().map(|file| file.what).collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    assert!(count >= 60 && words.len() == count, "{count}");
}

#[test]
fn hostile_archives_are_refused() {
    archives::FILES.iter().for_each(check);
}

#[test]
fn hostile_sheets_are_refused_or_read_for_what_they_hold() {
    sheets::FILES.iter().for_each(check);
}

#[test]
fn hostile_rows_are_refused_one_by_one() {
    rows::FILES.iter().for_each(check);
}

#[test]
fn hostile_texts_are_refused_or_read_for_what_they_hold() {
    csvs::FILES.iter().for_each(check);
}
