//! A full rulebook over many cases, on one core: the evaluation alone, and as lines of JSON.
//!
//! `cargo bench --bench quote` prints microseconds a case without and with the steps, and lines a second of the same
//! code that `pledgefund quote` runs, without and with the steps. `--cases N` takes another number.
//! **Invariant:** every way answers the same cases, and all of them pay what the first way paid.

#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::float_arithmetic, reason = "a bench may stop and round")]

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::case::Case;
use pledgefund::domain::payout::evaluate::evaluate;
use pledgefund::domain::rulebook::Rulebook;
use pledgefund::embedded::{self, Rulebooks};
use pledgefund::reference::work_calendar;
use pledgefund::rulebook::outcome_json::write_outcome;
use pledgefund::rulebook::parse;
use pledgefund::rulebook::quote_json::{AnyCase, any_case};

/// Rounds of each way; the fastest counts, so that a disturbed one does not.
const ROUNDS: usize = 5;
/// Most an evaluation may take without JSON, in microseconds.
const MOST_US: f64 = 5.0;
/// Fewest lines a second with the steps.
const LEAST_TRACED: f64 = 50_000.0;
/// Fewest lines a second without them.
const LEAST_BARE: f64 = 100_000.0;
/// A case with every field known; places are filled with numbers that differ.
const CASE: &str = include_str!("data/case.json");

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let count = words.iter().position(|word| word == "--cases").map_or(100_000, |at| words[at + 1].parse().unwrap());
    let lines: Vec<String> = (0..count).map(line).collect();
    let book: Rulebook =
        parse("shuozhou-1", &embedded::text::<Rulebooks>("shuozhou-1.toml").unwrap()).unwrap().rulebook;
    let traced = Rules::of(&book, work_calendar());
    let bare = traced.untraced();
    let cases: Vec<Case> = lines.iter().map(|line| claim(line)).collect();
    println!("{count} cases under shuozhou@1, {} bytes a line, one core, best of {ROUNDS} rounds", lines[0].len());
    let (bare_s, paid) = best(|| cases.iter().map(|case| evaluate(&bare, black_box(case)).payout.get()).sum());
    let (traced_s, same) = best(|| cases.iter().map(|case| evaluate(&traced, black_box(case)).payout.get()).sum());
    assert_eq!(paid, same, "steps change nothing");
    let micros = |seconds: f64| seconds * 1e6 / count as f64;
    println!("  evaluation            {:8.2} µs a case      at most {MOST_US}", micros(bare_s));
    println!("  with its steps        {:8.2} µs a case", micros(traced_s));
    let (bare_lines, size) = best(|| answered(&bare, &lines));
    println!(
        "  lines without steps   {:8.0} a second       at least {LEAST_BARE}, {} bytes a line",
        count as f64 / bare_lines,
        size / count as i64
    );
    let (traced_lines, size) = best(|| answered(&traced, &lines));
    println!(
        "  lines with steps      {:8.0} a second       at least {LEAST_TRACED}, {} bytes a line",
        count as f64 / traced_lines,
        size / count as i64
    );
    let (read, _) = best(|| lines.iter().map(|line| claim(black_box(line)).loan.principal.get() & 1).sum());
    println!("  reading a line        {:8.2} µs", micros(read));
}

fn line(number: usize) -> String {
    let amount = format!("{}.{:02}", 500_000 + number % 7_919_000, number % 100);
    CASE.trim().replace("A1", &format!("A{number}")).replace("8000000.00", &amount)
}

fn claim(line: &str) -> Case {
    match any_case(line).unwrap() {
        AnyCase::Claim(case) => *case,
        _ => unreachable!("the case is a claim"),
    }
}

/// Reads, evaluates and writes every line; the number of bytes written.
fn answered(rules: &Rules<'_>, lines: &[String]) -> i64 {
    let mut out = Counted(0);
    let mut buffer = Vec::with_capacity(1 << 16);
    for line in lines {
        let outcome = evaluate(rules, &claim(black_box(line)));
        write_outcome(&outcome, rules.trace, &mut buffer);
        if buffer.len() > 1 << 15 {
            out.write_all(&buffer).unwrap();
            buffer.clear();
        }
    }
    out.write_all(&buffer).unwrap();
    out.0
}

/// Counts what is written.
struct Counted(i64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as i64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The fastest round in seconds, and what every round came to.
fn best(run: impl Fn() -> i64) -> (f64, i64) {
    let expected = run();
    let mut least = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        assert_eq!(run(), expected, "a round came to something else");
        least = least.min(start.elapsed().as_secs_f64());
    }
    (least, expected)
}
