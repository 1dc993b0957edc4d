//! Tables as a JSON array of objects.
//!
//! **Invariant:** money and ratios are decimal strings, so that no reader turns them into floats; a word of a closed
//! list is its code.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::error::ExportError;
use super::table::{Table, TableWriter, Value};

pub(super) struct JsonTable<'w> {
    out: &'w mut (dyn Write + Send),
    keys: Vec<&'static str>,
    empty: bool,
}

impl<'w> JsonTable<'w> {
    pub(super) fn begin(table: &Table, out: &'w mut (dyn Write + Send)) -> Result<JsonTable<'w>, ExportError> {
        out.write_all(b"[")?;
        Ok(JsonTable { out, keys: table.columns.iter().map(|column| column.key).collect(), empty: true })
    }
}

impl TableWriter for JsonTable<'_> {
    fn row(&mut self, values: &[Value]) -> Result<(), ExportError> {
        let object: Map<String, Json> =
            self.keys.iter().zip(values).map(|(key, value)| ((*key).to_owned(), json_of(value))).collect();
        let lead = if self.empty { "\n" } else { ",\n" };
        self.empty = false;
        write!(self.out, "{lead}{}", Json::Object(object))?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        self.out.write_all(b"\n]\n")?;
        self.out.flush()?;
        Ok(())
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Word { code, .. } => json!(code),
        Value::Count(count) => json!(count),
        other => json!(other.shown()),
    }
}
