//! Rows that a core system sends as they are, made into the file that a bank would have sent.
//!
//! Owns the way from named values to the standard layout, so that rows of a program pass every check that rows of a
//! workbook pass, and are answered for in the same words.
//! **Invariant:** row `n` of what was sent is line `n + 1` of the file, under one line of headings; a name the layout
//! does not have is refused, never dropped.

use serde_json::{Map, Value};

use super::UseCaseError;
use crate::export::layout;
use crate::import::field::{Field, FileKind};

/// What is wrong with a row before it is a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Place of the row, from 0.
    pub row: usize,
    /// Name of the value.
    pub name: String,
    /// `FIELD_UNKNOWN` or `FIELD_WRONG_KIND`.
    pub code: &'static str,
}

/// The file of some rows, in CSV with the headings of the standard layout; or everything that is wrong with them.
///
/// # Errors
/// `Export` for a shipped layout that does not read.
pub fn csv_of(kind: FileKind, rows: &[Value]) -> Result<Result<Vec<u8>, Vec<RowFault>>, UseCaseError> {
    let columns = layout::columns(kind)?;
    let fields = layout::fields(kind);
    let mut faults = Vec::new();
    let mut lines = Vec::with_capacity(rows.len());
    for (row, value) in rows.iter().enumerate() {
        let Some(members) = value.as_object() else {
            faults.push(RowFault { row, name: String::new(), code: "FIELD_WRONG_KIND" });
            continue;
        };
        let known = |name: &str| fields.iter().any(|field| field.code() == name);
        let strange = members.keys().filter(|name| !known(name));
        faults.extend(strange.map(|name| RowFault { row, name: name.clone(), code: "FIELD_UNKNOWN" }));
        lines.push(line_of(row, fields, members, &mut faults));
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer
        .write_record(columns.iter().map(|column| column.title.as_str()))
        .and_then(|()| lines.iter().try_for_each(|line| writer.write_record(line)));
    let broken = |error: String| crate::export::error::ExportError::Write(std::io::Error::other(error));
    written.map_err(|error| broken(error.to_string()))?;
    Ok(Ok(writer.into_inner().map_err(|error| broken(error.to_string()))?))
}

fn line_of(row: usize, fields: &[Field], members: &Map<String, Value>, faults: &mut Vec<RowFault>) -> Vec<String> {
    let cell = |field: &Field| match members.get(field.code()) {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Bool(flag)) => Some(if *flag { "是" } else { "否" }.to_owned()),
        Some(Value::Array(several)) if layout::holds_several(*field) => {
            let parts: Option<Vec<&str>> = several.iter().map(Value::as_str).collect();
            parts.map(|parts| layout::joined(&parts))
        }
        Some(_) => None,
    };
    let mut line = Vec::with_capacity(fields.len());
    for field in fields {
        match cell(field) {
            Some(text) => line.push(text),
            None => faults.push(RowFault { row, name: field.code().to_owned(), code: "FIELD_WRONG_KIND" }),
        }
    }
    line
}
