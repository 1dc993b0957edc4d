//! The sheet of a template that explains it: every column with meaning, unit, example and the words it allows.
//!
//! **Invariant:** it speaks of exactly the columns of the sheet beside it.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::layout;
use super::look;
use super::template::{is_needed, meaning};
use crate::i18n::{self, Lang};
use crate::import::field::{Field, FileKind};
use crate::import::mapping::Mapping;

/// Headings of the guide and the widths of its columns.
const COLUMNS: [(&str, u32); 6] =
    [("column", 24), ("needed", 8), ("unit", 8), ("meaning", 60), ("example", 34), ("words", 56)];

pub(super) fn write(
    sheet: &mut Worksheet,
    kind: FileKind,
    mapping: &Mapping,
    prefilled: bool,
    lang: Lang,
) -> Result<(), XlsxError> {
    let say = |key: &str| i18n::text(lang, &format!("template.{key}"), &[]);
    sheet.set_name(say("guide_sheet"))?;
    let title = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, say(&format!("title.{}", kind.code())), &title)?;
    let mut line = 1_u32;
    let mut notes = vec!["note_headings", "note_text", "note_import"];
    if matches!(kind, FileKind::Registrations | FileKind::Servicing) {
        notes.push("note_bank");
    }
    if kind == FileKind::Servicing {
        notes.push("note_nil");
    }
    if prefilled {
        notes.push("note_prefilled");
    }
    for note in notes {
        sheet.write_string(line, 0, say(note))?;
        line = line.saturating_add(1);
    }
    line = line.saturating_add(1);
    let heading = look::heading(look::BLUE);
    for (place, (key, width)) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(line, place, say(&format!("guide.{key}")), &heading)?;
    }
    let cell = Format::new()
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_border_color(look::LINE)
        .set_align(FormatAlign::VerticalCenter);
    let centred = cell.clone().set_align(FormatAlign::Center);
    for field in layout::fields(kind) {
        line = line.saturating_add(1);
        let texts = row(kind, mapping, *field, lang);
        let heights = texts.iter().zip(COLUMNS).map(|(text, (_, width))| look::height(text, usize_of(width)));
        sheet.set_row_height(line, heights.max().unwrap_or(0))?;
        for (place, text) in (0_u16..).zip(texts) {
            let format = if matches!(place, 1 | 2) { &centred } else { &cell };
            sheet.write_string_with_format(line, place, text, format)?;
        }
    }
    look::set_up_print(sheet, 0)
}

fn usize_of(width: u32) -> usize {
    usize::try_from(width).unwrap_or(usize::MAX)
}

fn row(kind: FileKind, mapping: &Mapping, field: Field, lang: Lang) -> [String; 6] {
    let say = |key: &str| i18n::text(lang, &format!("template.{key}"), &[]);
    let needed = is_needed(kind, field);
    let unit = match layout::column_kind(field) {
        super::table::ColumnKind::Money => say("unit_yuan"),
        super::table::ColumnKind::Percent => "%".to_owned(),
        _ => String::new(),
    };
    let words = layout::words(field);
    let several = if layout::holds_several(field) && !words.is_empty() { say("several") } else { String::new() };
    [
        layout::title(mapping, field),
        say(if needed { "yes" } else { "no" }),
        unit,
        meaning(kind, field, lang),
        say(&format!("example.{}", field.code())),
        format!("{}{several}", words.join(&i18n::text(Lang::Zh, "import.separator", &[]))),
    ]
}
