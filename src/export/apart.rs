//! The marked workbook written in a process of its own: its second pass looks at the same file that the first one
//! distrusts.
//!
//! **Invariant:** a file that takes the process down costs a marked workbook and nothing else.

use std::io::{BufRead, Read, Write};

use serde::{Deserialize, Serialize};

use super::error::ExportError;
use super::marked::{self, MarkedFindings};
use crate::i18n::Lang;
use crate::import::ReadRequest;
use crate::import::apart::wire::Order;
use crate::import::apart::{Apart, child};
use crate::import::file_error::FileError;
use crate::import::finding::{Arguments, Finding, FindingCode};
use crate::import::mapping::MappingSet;

/// The word under which the program marks one file for its parent.
pub const COMMAND: &str = "mark-apart";
/// Bytes that the process may write to a temporary file, and hand back.
const BYTES: u64 = 64 * 1024 * 1024;
/// First byte of an answer that is a workbook.
const WORKBOOK: u8 = b'w';
/// First byte of an answer that is a refusal.
const REFUSAL: u8 = b'r';

/// What to mark: one line before the bytes of the file.
#[derive(Debug, Serialize, Deserialize)]
struct MarkOrder {
    read: Order,
    rejected: Vec<Mark>,
    warnings: Vec<Mark>,
    notes: Vec<Mark>,
    lang: String,
}

/// One finding on its way to the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    row: u32,
    column: String,
    code: String,
    contract: Option<String>,
    args: Arguments,
}

impl Mark {
    fn all(findings: &[Finding]) -> Vec<Mark> {
        let of = |finding: &Finding| Mark {
            row: finding.row,
            column: finding.column.clone(),
            code: finding.code.code().to_owned(),
            contract: finding.contract.clone(),
            args: finding.args.clone(),
        };
        findings.iter().map(of).collect()
    }

    fn finding(self) -> Option<Finding> {
        let code = FindingCode::from_code(&self.code)?;
        Some(Finding { row: self.row, column: self.column, code, contract: self.contract, args: self.args })
    }
}

/// The marked workbook of a file that has been read with the same request and mappings.
///
/// # Errors
/// `File`, where the file is refused now or takes the process down.
pub fn marked(
    name: &str,
    bytes: &[u8],
    request: &ReadRequest,
    mappings: &MappingSet,
    findings: &MarkedFindings<'_>,
    lang: Lang,
) -> Result<Vec<u8>, ExportError> {
    let failed = |detail: String| FileError::ReaderFailed { detail };
    let order = MarkOrder {
        read: Order::new(name, request, mappings),
        rejected: Mark::all(findings.rejected),
        warnings: Mark::all(findings.warnings),
        notes: Mark::all(findings.notes),
        lang: lang.code().to_owned(),
    };
    let order = serde_json::to_string(&order).map_err(|error| failed(error.to_string()))?;
    let mut answer = Apart::of_this_program()?.whole_answer(COMMAND, &order, bytes, BYTES)?;
    if answer.is_empty() {
        return Err(failed("no answer".to_owned()).into());
    }
    let rest = answer.split_off(1);
    match answer.first() {
        Some(&WORKBOOK) => Ok(rest),
        _ => Err(serde_json::from_slice(&rest).unwrap_or_else(|error| failed(error.to_string())).into()),
    }
}

/// Marks the file that `input` brings and answers on `output`. Gives whether the answer reached the parent.
pub fn serve(input: impl Read, mut output: impl Write) -> bool {
    child::confine(BYTES);
    let answer = match mark(input) {
        Ok(workbook) => [&[WORKBOOK], workbook.as_slice()].concat(),
        Err(ExportError::File(error)) => refusal(&error),
        Err(other) => refusal(&FileError::ReaderFailed { detail: other.to_string() }),
    };
    output.write_all(&answer).is_ok() && output.flush().is_ok()
}

fn refusal(error: &FileError) -> Vec<u8> {
    let words = serde_json::to_vec(error).unwrap_or_default();
    [&[REFUSAL], words.as_slice()].concat()
}

fn mark(input: impl Read) -> Result<Vec<u8>, ExportError> {
    let mut input = std::io::BufReader::new(input);
    let mut line = String::new();
    input.read_line(&mut line)?;
    let order: MarkOrder =
        serde_json::from_str(&line).map_err(|error| FileError::ReaderFailed { detail: error.to_string() })?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let lang = Lang::from_code(&order.lang).unwrap_or(Lang::Zh);
    let list = |marks: Vec<Mark>| marks.into_iter().filter_map(Mark::finding).collect::<Vec<_>>();
    let (rejected, warnings, notes) = (list(order.rejected), list(order.warnings), list(order.notes));
    let findings = MarkedFindings { rejected: &rejected, warnings: &warnings, notes: &notes };
    let (name, request, mappings) = order.read.take();
    let mut workbook = Vec::new();
    marked::write(&name, &bytes, &request, &mappings, &findings, lang, &mut workbook)?;
    Ok(workbook)
}
