#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/it/import/hostile/wrap.rs"]
mod wrap;

fuzz_target!(|bytes: &[u8]| pledgefund::import::probe::xlsx(&wrap::archive(bytes)));
