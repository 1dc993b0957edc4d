//! `payout-math`: the bare arithmetic of payouts, a case a line in, a result a line out.
//!
//! Results are JSON lines with and without `--json`. No database is opened.
//! **Invariant:** results stand in the order of the cases; nothing is printed after a line that is no case.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;

use clap::Args;

use super::answer::{Exit, Failure};
use crate::rulebook::payout_math::{MathFault, answer};

/// Longest line that is taken; more than a batch of 200,000 claims needs.
const LONGEST_LINE: u64 = 64 << 20;
/// Characters of a key that a message shows.
const MOST_OF_KEY: usize = 200;
/// What some programs put before the first line of a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What to compute.
#[derive(Debug, Args)]
pub struct PayoutMathArgs {
    /// File with one JSON case a line; `-` reads standard input.
    #[arg(long)]
    cases: PathBuf,
}

/// Computes every case of the file.
///
/// # Errors
/// A file that cannot be read; the first line that is not a well-formed case.
pub fn run(args: &PayoutMathArgs) -> Result<Exit, Failure> {
    let shown = args.cases.to_string_lossy().into_owned();
    let mut out = BufWriter::new(io::stdout().lock());
    let computed = if shown == "-" {
        compute(&shown, io::stdin().lock(), &mut out)
    } else {
        let file = File::open(&args.cases).map_err(|error| unreadable(&shown, &error))?;
        compute(&shown, BufReader::with_capacity(1 << 16, file), &mut out)
    };
    match computed.and_then(|()| out.flush().map_err(|error| unwritable(&error))) {
        Err(Stopped::Refused(failure)) => {
            // What stands before the line at fault is computed and leaves first.
            let _flushed = out.flush();
            Err(failure)
        }
        Ok(()) | Err(Stopped::NobodyReads) => Ok(Exit::Done),
    }
}

/// Why the computing stopped before the end.
enum Stopped {
    Refused(Failure),
    /// The reader of the answers has gone.
    NobodyReads,
}

fn compute(shown: &str, mut cases: impl BufRead, out: &mut impl Write) -> Result<(), Stopped> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        let mut rest = cases.by_ref().take(LONGEST_LINE);
        if rest.read_until(b'\n', &mut line).map_err(|error| Stopped::Refused(unreadable(shown, &error)))? == 0 {
            return Ok(());
        }
        number = number.saturating_add(1);
        if !line.ends_with(b"\n") && rest.limit() == 0 {
            return Err(Stopped::Refused(too_long(number)));
        }
        let case = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| number == 1).unwrap_or(&line);
        let result = answer(case).map_err(|fault| Stopped::Refused(malformed(number, &fault)))?;
        writeln!(out, "{result}").map_err(|error| unwritable(&error))?;
    }
}

fn malformed(line: u64, fault: &MathFault) -> Failure {
    // A key is foreign text: nothing in it may reach the terminal as a command.
    let key: String = fault.key.chars().take(MOST_OF_KEY).filter(|c| !c.is_control()).collect();
    let places = [("line", &*line.to_string()), ("key", &*key), ("detail", &*fault.detail)];
    Failure::refused("CASE_MALFORMED", &format!("cli.payout_math_{}", fault.problem.code()), &places)
        .with_hint(&format!("cli.payout_math_want_{}", fault.wanted.code()), &places)
}

fn too_long(line: u64) -> Failure {
    let places = [("line", &*line.to_string()), ("bytes", &*LONGEST_LINE.to_string())];
    Failure::refused("CASE_MALFORMED", "cli.payout_math_too_long", &places)
}

fn unreadable(shown: &str, error: &io::Error) -> Failure {
    let places = [("file", shown), ("detail", &*error.to_string())];
    Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &places)
}

fn unwritable(error: &io::Error) -> Stopped {
    if error.kind() == ErrorKind::BrokenPipe {
        return Stopped::NobodyReads;
    }
    let places = [("file", "-"), ("detail", &*error.to_string())];
    Stopped::Refused(Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places))
}
