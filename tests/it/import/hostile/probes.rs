//! The seed corpus of the fuzz targets, and what fuzzing has found, read as ordinary tests.

use std::path::Path;

use pledgefund::import::probe;

use super::wrap;

#[track_caller]
fn feed(target: &str, probe: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        probe(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "{target}: no corpus");
}

#[test]
fn the_corpus_of_money_is_read() {
    feed("money", probe::money);
}

#[test]
fn the_corpus_of_dates_is_read() {
    feed("date", probe::date);
}

#[test]
fn the_corpus_of_encodings_is_read() {
    feed("encoding", probe::encoding);
}

#[test]
fn the_corpus_of_texts_is_read() {
    feed("csv", probe::csv);
}

#[test]
fn the_corpus_of_workbooks_is_read() {
    feed("xlsx", |bytes| probe::xlsx(&wrap::archive(bytes)));
}
