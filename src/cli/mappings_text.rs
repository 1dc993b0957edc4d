//! Proposals and mappings as lines and as JSON.
//!
//! **Invariant:** what a person reads and what a program reads say the same.

use serde_json::{Map, Value, json};

use crate::i18n::{self, Lang};
use crate::import::mapping::RowPer;
use crate::import::propose::view::{ColumnProposal, Confidence, Proposal, field_name};
use crate::usecase::mappings::Listed;

/// Characters of a cell that are shown.
const CELL_SHOWN: usize = 40;

/// A proposal as `mapping propose --json` prints it.
pub(super) fn proposal_json(file: &str, proposal: &Proposal, saved: Option<Value>) -> Value {
    let mut object = Map::new();
    object.insert("file".to_owned(), json!(file));
    if let Value::Object(fields) = json!(proposal) {
        object.extend(fields);
    }
    let texts = |lang: Lang| proposal.doubts.iter().map(|doubt| doubt.text(lang)).collect::<Vec<_>>();
    object.insert("doubts_zh".to_owned(), json!(texts(Lang::Zh)));
    object.insert("doubts_en".to_owned(), json!(texts(Lang::En)));
    object.insert("mapping".to_owned(), json!(proposal.mapping("proposed").to_toml()));
    object.insert("saved".to_owned(), saved.unwrap_or(Value::Null));
    Value::Object(object)
}

/// A proposal as lines: the columns with what they read, then what is open.
pub(super) fn proposal_lines(file: &str, proposal: &Proposal, lang: Lang, is_saved: bool) -> Vec<String> {
    let text = |key: &str, places: &[(&str, &str)]| i18n::text(lang, key, places);
    let place = match &proposal.sheet {
        Some(sheet) => text("cli.mapping_sheet", &[("sheet", sheet)]),
        None => text("cli.mapping_text", &[]),
    };
    let row_per = match proposal.row_per {
        RowPer::Record => text("mapping.row_per_record", &[]),
        RowPer::Right => text("mapping.row_per_right", &[]),
    };
    let first = proposal.header_row.saturating_add(1).saturating_sub(proposal.header_rows);
    let numbers = [first.to_string(), proposal.header_row.to_string(), proposal.rows.to_string()];
    let [first, last, rows] = &numbers;
    let key = if proposal.whole { "cli.mapping_head" } else { "cli.mapping_head_part" };
    let places =
        [("file", file), ("place", &*place), ("first", first), ("last", last), ("row_per", &*row_per), ("rows", rows)];
    let mut lines = vec![text(key, &places)];
    for column in &proposal.columns {
        lines.extend(column_lines(column, lang));
    }
    if proposal.doubts.is_empty() && !is_saved {
        lines.push(text("cli.mapping_complete", &[]));
    }
    lines.extend(proposal.doubts.iter().map(|doubt| text("cli.mapping_open", &[("doubt", &doubt.text(lang))])));
    lines
}

fn column_lines(column: &ColumnProposal, lang: Lang) -> Vec<String> {
    let text = |key: &str, places: &[(&str, &str)]| i18n::text(lang, key, places);
    let join = |parts: Vec<String>| parts.join(&text("import.separator", &[]));
    let field = match column.field {
        Some(field) => format!("{} ({})", field_name(field, lang), field.code()),
        None => text("cli.mapping_nothing", &[]),
    };
    let confidence = text(&format!("mapping.confidence.{}", confidence_code(column.confidence)), &[]);
    let why = join(column.why.iter().map(|why| why.text(lang)).collect());
    let places = [
        ("letter", &*column.letter),
        ("header", &*column.header),
        ("field", &*field),
        ("confidence", &*confidence),
        ("why", &*why),
    ];
    let mut lines = vec![text("cli.mapping_column", &places)];
    if let Some(basis) = column.unit_basis {
        let unit = column.unit.map_or("?", |unit| unit.zh());
        lines.push(text("cli.mapping_unit", &[("unit", unit), ("basis", &basis.text(lang, ""))]));
    }
    if !column.split.is_empty() {
        let signs: Vec<String> = column.split.iter().map(|sign| sign.escape_debug().to_string()).collect();
        lines.push(text("cli.mapping_split", &[("signs", &signs.join(" "))]));
    }
    if !column.date_forms.is_empty() {
        let forms = join(column.date_forms.iter().map(|form| form.text(lang, "")).collect());
        lines.push(text("cli.mapping_dates", &[("forms", &forms)]));
    }
    for word in &column.words {
        let (count, basis) = (word.count.to_string(), word.basis.text(lang, ""));
        let meaning = word.meaning.as_deref().unwrap_or("?");
        let places = [("word", &*word.word), ("count", &*count), ("meaning", meaning), ("basis", &*basis)];
        lines.push(text("cli.mapping_word", &places));
    }
    if column.faults > 0 {
        let (filled, faults) = (column.filled.to_string(), column.faults.to_string());
        lines.push(text("cli.mapping_faults", &[("filled", &filled), ("faults", &faults)]));
    }
    for sample in &column.samples {
        let (row, cell) = (sample.row.to_string(), short(&sample.text));
        let reading = match (&sample.reading, &sample.fault) {
            (_, Some(fault)) => Some(format!("{} {}", fault.code, fault.reason(lang))),
            (Some(reading), None) => Some(short(reading)),
            (None, None) => None,
        };
        lines.push(match reading {
            Some(reading) => text("cli.mapping_sample", &[("row", &row), ("text", &cell), ("reading", &reading)]),
            None => text("cli.mapping_sample_left", &[("row", &row), ("text", &cell)]),
        });
    }
    lines
}

const fn confidence_code(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::None => "none",
        Confidence::Guess => "guess",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
    }
}

/// A cell on one line, cut where it is long.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= CELL_SHOWN {
        return line;
    }
    let cut: String = line.chars().take(CELL_SHOWN).collect();
    format!("{cut}…")
}

/// One line of `mapping list`.
pub(super) fn listed_line(one: &Listed, lang: Lang) -> String {
    let text = |key: &str, places: &[(&str, &str)]| i18n::text(lang, key, places);
    let mapping = &one.mapping;
    let bank = mapping.bank.clone().unwrap_or_else(|| text("cli.mapping_all_banks", &[]));
    let kind = text(&format!("mapping.kind.{}", mapping.kind.code()), &[]);
    let state = match (mapping.version, one.retired) {
        (None, _) => "cli.mapping_shipped",
        (Some(_), true) => "cli.mapping_state_retired",
        (Some(_), false) => "cli.mapping_in_force",
    };
    let state = text(state, &[]);
    let places = [("name", &*mapping.name), ("bank", &*bank), ("kind", &*kind), ("state", &*state)];
    match mapping.version {
        Some(version) => {
            let version = version.to_string();
            let mut all = places.to_vec();
            all.push(("version", &version));
            text("cli.mapping_line", &all)
        }
        None => text("cli.mapping_line_file", &places),
    }
}

/// One mapping as JSON.
pub(super) fn listed_json(one: &Listed) -> Value {
    json!({
        "name": one.mapping.name,
        "version": one.mapping.version,
        "bank": one.mapping.bank,
        "kind": one.mapping.kind.code(),
        "retired": one.retired,
        "mapping": one.mapping.to_toml(),
    })
}
