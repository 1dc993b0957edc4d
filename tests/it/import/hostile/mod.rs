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

use std::sync::OnceLock;

use pledgefund::i18n::Lang;
use pledgefund::import::field::FileKind;

use pledgefund::import::file_error::FileError;
use pledgefund::import::mapping::MappingSet;
use pledgefund::import::{FileReading, ReadRequest};

use super::{read_as, shipped};

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

/// Reads a registration file, with the mappings loaded once.
fn read(name: &str, bytes: &[u8]) -> Result<FileReading, FileError> {
    static MAPPINGS: OnceLock<MappingSet> = OnceLock::new();
    read_as(name, bytes, &ReadRequest::new(FileKind::Registrations), MAPPINGS.get_or_init(shipped))
}

/// What is wrong with what came of a file.
fn fault(file: &Hostile) -> Option<String> {
    let bytes = (file.make)();
    let reading = read(file.name, &bytes);
    let what = file.what;
    match (reading, file.outcome) {
        (Err(error), Refused(code)) if error.code() == code => {
            let messages = [error.message(Lang::Zh), error.message(Lang::En)];
            let raw = messages.iter().find(|message| message.contains("import.") || message.contains('{'));
            raw.map(|message| format!("{what}: {message}"))
        }
        (Err(error), outcome) => Some(format!("{what}: refused with {error} instead of {outcome:?}")),
        (Ok(reading), outcome) => {
            let codes: Vec<&str> = reading.rejected.iter().map(|finding| finding.code.code()).collect();
            let accepted = reading.records_total - u32::try_from(codes.len()).unwrap();
            let is_expected = matches!(outcome, Read(good, bad) if good == accepted && bad == codes);
            (!is_expected).then(|| format!("{what}: read, {accepted} accepted, {codes:?} instead of {outcome:?}"))
        }
    }
}

#[track_caller]
fn check(files: &[Hostile]) {
    let faults: Vec<String> = files.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{faults:#?}");
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
    check(archives::FILES);
}

#[test]
fn hostile_sheets_are_refused_or_read_for_what_they_hold() {
    check(sheets::FILES);
}

#[test]
fn hostile_rows_are_refused_one_by_one() {
    check(rows::FILES);
}

#[test]
fn hostile_texts_are_refused_or_read_for_what_they_hold() {
    check(csvs::FILES);
}
