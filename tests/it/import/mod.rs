//! Reading bank files: the samples, their variations, and what is refused.

mod bad_input;
mod cells;
mod hostile;
mod layouts;
mod proposed;
mod proposed_layouts;
mod rebuild;
mod row_checks;
mod samples;
mod variations;

use std::path::{Path, PathBuf};

use pledgefund::domain::registration::Registration;
use pledgefund::i18n::Lang;
use pledgefund::import::field::FileKind;
use pledgefund::import::file_error::FileError;
use pledgefund::import::finding::Finding;
use pledgefund::import::mapping::MappingSet;
use pledgefund::import::rows::Record;
use pledgefund::import::{Body, FileReading, ReadRequest, read_file};

/// Folder of the sample files.
fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/bank-files")
}

fn shipped() -> MappingSet {
    MappingSet::load(None).unwrap()
}

fn sample(path: &str) -> Vec<u8> {
    std::fs::read(samples().join(path)).unwrap()
}

fn read_as(name: &str, bytes: &[u8], request: &ReadRequest, mappings: &MappingSet) -> Result<FileReading, FileError> {
    read_file(name, bytes, request, mappings, &mut |_rows| ())
}

fn read(name: &str, bytes: &[u8], kind: FileKind) -> Result<FileReading, FileError> {
    read_as(name, bytes, &ReadRequest::new(kind), &shipped())
}

fn loans(reading: &FileReading) -> &[Record<Registration>] {
    match &reading.body {
        Body::Registrations(loans) => loans,
        other => panic!("not loans: {other:?}"),
    }
}

/// Loans without their places, by contract.
fn loans_by_contract(reading: &FileReading) -> Vec<Registration> {
    let mut loans: Vec<Registration> = loans(reading).iter().map(|record| record.value.clone()).collect();
    loans.sort_by(|a, b| a.contract.cmp(&b.contract));
    loans
}

/// Findings without their rows: code, contract, column.
fn faults(findings: &[Finding]) -> Vec<(&'static str, Option<String>, String)> {
    let mut faults: Vec<_> = findings.iter().map(|f| (f.code.code(), f.contract.clone(), f.column.clone())).collect();
    faults.sort();
    faults
}

/// Row, code and Chinese reason of every refused record.
fn refusals(reading: &FileReading) -> Vec<(u32, &'static str, String)> {
    reading.rejected.iter().map(|f| (f.row, f.code.code(), f.reason(Lang::Zh))).collect()
}
