//! Tables as comma-separated text: UTF-8 with mark, RFC 4180, so that a spreadsheet opens them as they are.
//!
//! **Invariant:** a cell that was guarded stands in quotation marks; a number never does.

use std::io::Write;

use super::error::ExportError;
use super::table::{Table, TableWriter, Value};
use crate::import::apostrophe::guarded;

pub(super) struct CsvTable<'w> {
    out: &'w mut (dyn Write + Send),
    columns: usize,
}

impl<'w> CsvTable<'w> {
    pub(super) fn begin(table: &Table, out: &'w mut (dyn Write + Send)) -> Result<CsvTable<'w>, ExportError> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = CsvTable { out, columns: table.columns.len() };
        let titles: Vec<Value> = table.columns.iter().map(|column| Value::text(&column.title)).collect();
        writer.row(&titles)?;
        Ok(writer)
    }
}

impl TableWriter for CsvTable<'_> {
    fn row(&mut self, values: &[Value]) -> Result<(), ExportError> {
        let mut line = String::new();
        for (place, value) in values.iter().take(self.columns).enumerate() {
            if place > 0 {
                line.push(',');
            }
            line.push_str(&cell(value));
        }
        line.push_str("\r\n");
        self.out.write_all(line.as_bytes())?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        self.out.flush()?;
        Ok(())
    }
}

fn cell(value: &Value) -> String {
    let shown = value.shown();
    let (Value::Text(_) | Value::Word { .. }) = value else { return shown };
    let safe = guarded(&shown);
    let outer_space = safe.trim() != safe;
    if safe != shown || outer_space || safe.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        shown
    }
}
