//! Cases as lines: one JSON case a line in, one result a line out.
//!
//! Results are JSON lines with and without `--json`.
//! **Invariant:** results stand in the order of the cases; nothing is printed after a line that is no case.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use super::answer::{Exit, Failure};

/// Longest line that is taken; more than a batch of 200,000 claims needs.
const LONGEST_LINE: u64 = 64 << 20;
/// Bytes written or read at once.
const BUFFER: usize = 1 << 16;
/// What some programs put before the first line of a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Why the computing stopped before the end.
pub enum Stopped {
    /// A line or a file that is refused.
    Refused(Failure),
    /// The reader of the answers has gone.
    NobodyReads,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Stopped {
        if error.kind() == ErrorKind::BrokenPipe {
            return Stopped::NobodyReads;
        }
        let places = [("file", "-"), ("detail", &*error.to_string())];
        Stopped::Refused(Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places))
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Stopped {
        Stopped::Refused(failure)
    }
}

/// Answers every line of the file, `-` being standard input. `answer` gets the number of the line, from 1, and its
/// bytes, and writes the result without its line end.
///
/// # Errors
/// A file that cannot be read; the first line that `answer` refuses.
pub fn each(
    cases: &Path,
    answer: impl FnMut(u64, &[u8], &mut dyn Write) -> Result<(), Stopped>,
) -> Result<Exit, Failure> {
    let shown = cases.to_string_lossy().into_owned();
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let computed = if shown == "-" {
        compute(&shown, io::stdin().lock(), &mut out, answer)
    } else {
        let file = File::open(cases).map_err(|error| unreadable(&shown, &error))?;
        compute(&shown, BufReader::with_capacity(BUFFER, file), &mut out, answer)
    };
    match computed.and_then(|()| Ok(out.flush()?)) {
        Err(Stopped::Refused(failure)) => {
            // What stands before the line at fault is computed and leaves first.
            let _flushed = out.flush();
            Err(failure)
        }
        Ok(()) | Err(Stopped::NobodyReads) => Ok(Exit::Done),
    }
}

fn compute(
    shown: &str,
    mut cases: impl BufRead,
    out: &mut impl Write,
    mut answer: impl FnMut(u64, &[u8], &mut dyn Write) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
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
        answer(number, case, out)?;
        out.write_all(b"\n")?;
    }
}

fn too_long(line: u64) -> Failure {
    let places = [("line", &*line.to_string()), ("bytes", &*LONGEST_LINE.to_string())];
    Failure::refused("CASE_MALFORMED", "cli.payout_math_too_long", &places)
}

/// A file that cannot be read.
#[must_use]
pub fn unreadable(shown: &str, error: &io::Error) -> Failure {
    let places = [("file", shown), ("detail", &*error.to_string())];
    Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &places)
}
