//! XML of sheets, texts and formats that swells, hides, lies about places, or is none.

use std::fmt::Write as _;

use super::forge::{
    Row, good, good_but, good_but_plain, good_edited, good_rows, pack, replace, sheet_around, sheet_data, sheet_edited,
    sheet_edited_plain, text_cell, with_sheet,
};
use super::{Hostile, Read, Refused, xlsx};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
const STYLES: &str = "xl/styles.xml";
const BOOK: &str = "xl/workbook.xml";

pub const FILES: &[Hostile] = &[
    xlsx(
        "an outside entity",
        || with_head("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"),
        Refused("XML_DTD"),
    ),
    xlsx("a billion laughs", || with_head(&laughs()), Refused("XML_DTD")),
    xlsx("a document type in small letters", || with_head("<!doctype x>"), Refused("XML_DTD")),
    xlsx(
        "a document type behind a long comment",
        || with_head(&format!("<!-- {} --><!DOCTYPE x>", "x ".repeat(200_000))),
        Refused("XML_DTD"),
    ),
    xlsx(
        "an entity in the texts",
        || good_but(STRINGS, "<!DOCTYPE sst [<!ENTITY a \"b\">]><sst/>"),
        Refused("XML_DTD"),
    ),
    xlsx(
        "a document type in a part nobody reads",
        || good_but("customXml/item1.xml", "<!DOCTYPE x><x/>"),
        Refused("XML_DTD"),
    ),
    xlsx(
        "a document type among relationships",
        || good_but("xl/_rels/workbook.xml.rels", "<!DOCTYPE x><Relationships/>"),
        Refused("XML_DTD"),
    ),
    xlsx("an unknown entity", || sheet_edited("甲公司", "&lol;"), Refused("NOT_A_WORKBOOK")),
    xlsx("a sheet in UTF-16", || good_but(SHEET, utf16(true)), Refused("XML_ENCODING")),
    xlsx("a sheet in UTF-16 without mark", || good_but(SHEET, utf16(false)), Refused("XML_ENCODING")),
    xlsx("a sheet that says it is GBK", || sheet_edited("UTF-8", "GBK"), Refused("XML_ENCODING")),
    xlsx("a sheet that says it is UTF-7", || sheet_edited("UTF-8", "utf-7"), Refused("XML_ENCODING")),
    xlsx("bytes that are no UTF-8", || good_but(SHEET, invalid_utf8()), Refused("NOT_A_WORKBOOK")),
    xlsx("a comment that begins like its end", || with_head("<!--><!DOCTYPE x>-->"), Read(1, &[])),
    xlsx(
        "a comment with dashes two readers take differently",
        || with_head("<!-- -- --><!DOCTYPE x>"),
        Refused("XML_BROKEN"),
    ),
    xlsx("tags that do not match", || sheet_edited("</t></is></c>", "</t></c></is>"), Refused("XML_BROKEN")),
    xlsx("a text that never ends", || sheet_edited("</t></is></c>", ""), Refused("XML_BROKEN")),
    xlsx(
        "a quotation mark that never ends",
        || sheet_edited("t=\"inlineStr\"", "t=\"inlineStr"),
        Refused("XML_BROKEN"),
    ),
    xlsx("four thousand million texts announced", || texts_announced("4294967295"), Refused("TOO_MANY_ELEMENTS")),
    xlsx(
        "more texts announced than numbers reach",
        || texts_announced("99999999999999999999"),
        Refused("TOO_MANY_ELEMENTS"),
    ),
    xlsx("fewer texts announced than there are", || texts_announced("0"), Read(1, &[])),
    xlsx("three million empty texts", many_texts, Refused("TOO_MANY_ELEMENTS")),
    xlsx(
        "a dimension of the whole sheet",
        || sheet_edited("<sheetData>", "<dimension ref=\"A1:XFD1048576\"/><sheetData>"),
        Read(1, &[]),
    ),
    xlsx(
        "a dimension that is too small",
        || sheet_edited("<sheetData>", "<dimension ref=\"A1\"/><sheetData>"),
        Read(1, &[]),
    ),
    xlsx(
        "a dimension upside down",
        || sheet_edited("<sheetData>", "<dimension ref=\"B2:A1\"/><sheetData>"),
        Refused("CELL_OUTSIDE_SHEET"),
    ),
    xlsx("the corner cell", || with_cell("XFD1048576"), Refused("TOO_MANY_COLUMNS")),
    xlsx("the last row", || with_cell("A1048576"), Read(1, &["FIELD_MISSING"])),
    xlsx("a row behind the last", || with_cell("A1048577"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a column behind the last", || with_cell("XFE3"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a row beyond all numbers", || with_cell("A99999999999999999999"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a column beyond all numbers", || with_cell("ABCDEFGHIJKLMNOP1"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a row below zero", || with_cell("A-5"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a row zero", || with_cell("A0"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a row number below zero", || sheet_edited("<row r=\"2\">", "<row r=\"-2\">"), Refused("CELL_OUTSIDE_SHEET")),
    xlsx(
        "a huge row number",
        || sheet_edited("<row r=\"2\">", "<row r=\"4294967296\">"),
        Refused("CELL_OUTSIDE_SHEET"),
    ),
    xlsx("a place in single quotes with spaces", || sheet_edited("r=\"A2\"", "r = 'A2'"), Read(1, &[])),
    xlsx("a place without quotes", || sheet_edited("r=\"A2\"", "r=A2"), Refused("XML_BROKEN")),
    xlsx(
        "two places for one cell",
        || sheet_edited("r=\"A2\"", "r=\"A2\" r=\"A9999999999\""),
        Refused("CELL_OUTSIDE_SHEET"),
    ),
    xlsx("cells without places", || pack(&with_sheet(placeless())), Read(1, &[])),
    xlsx("rows upside down", || reordered(&[1, 0]), Refused("ROWS_DISORDERED")),
    xlsx("a row twice", || reordered(&[0, 1, 1]), Refused("ROWS_DISORDERED")),
    xlsx("a cell twice", || sheet_edited("<c r=\"B2\"", "<c r=\"A2\""), Refused("ROWS_DISORDERED")),
    xlsx("seventeen thousand columns", wide_row, Refused("CELL_OUTSIDE_SHEET")),
    xlsx("a hundred and one columns", || with_cell("CW3"), Refused("TOO_MANY_COLUMNS")),
    xlsx(
        "a text out of the list",
        || sheet_edited("</row></sheetData>", "</row><row r=\"3\"><c r=\"A3\" t=\"s\"><v>7</v></c></row></sheetData>"),
        Refused("NOT_A_WORKBOOK"),
    ),
    xlsx(
        "a text at a negative place of the list",
        || sheet_edited("</row></sheetData>", "</row><row r=\"3\"><c r=\"A3\" t=\"s\"><v>-1</v></c></row></sheetData>"),
        Read(1, &["FIELD_MISSING"]),
    ),
    xlsx("a cell type nobody knows, around a text", || sheet_edited("t=\"inlineStr\"", "t=\"evil\""), Read(1, &[])),
    xlsx(
        "a style that is not there",
        || sheet_edited("<c r=\"A2\"", "<c s=\"99999999999999999999\" r=\"A2\""),
        Read(1, &[]),
    ),
    xlsx("rich text a hundred thousand levels deep", deep_text, Refused("TOO_MANY_ELEMENTS")),
    xlsx("a text of a hundred thousand runs", many_runs, Refused("TEXT_TOO_LONG")),
    xlsx(
        "a text of two mebibytes",
        || good_but_plain(STRINGS, format!("<sst><si><t>{}</t></si></sst>", "x".repeat(2 << 20))),
        Refused("TEXT_TOO_LONG"),
    ),
    xlsx("a text longer than a cell", || sheet_edited("甲公司", &"甲".repeat(32_768)), Refused("TEXT_TOO_LONG")),
    xlsx(
        "a tag of two mebibytes",
        || sheet_edited_plain("<sheetData>", &format!("<x a=\"{}\"/><sheetData>", "x".repeat(2 << 20))),
        Refused("TEXT_TOO_LONG"),
    ),
    xlsx("one long text in forty thousand cells", echo, Refused("TOO_LARGE")),
    xlsx(
        "two hundred thousand formats",
        || good_but(STYLES, format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(200_000))),
        Refused("TOO_MANY_ELEMENTS"),
    ),
    xlsx(
        "two hundred thousand fonts",
        || good_but_plain(STYLES, format!("<styleSheet><fonts>{}</fonts></styleSheet>", "<font/>".repeat(200_000))),
        Refused("TOO_MANY_ELEMENTS"),
    ),
    xlsx(
        "a number format of brackets",
        || good_edited(STYLES, "yyyy-mm-dd", &"[".repeat(300)),
        Refused("TOO_MANY_ELEMENTS"),
    ),
    xlsx("a hundred thousand names", || good_but(BOOK, names()), Refused("TOO_MANY_ELEMENTS")),
    xlsx("a hundred thousand relationships", relations, Refused("TOO_MANY_ELEMENTS")),
    xlsx("a thousand sheets that are one", || sheets(1_000, "s"), Refused("TOO_MANY_ELEMENTS")),
    xlsx("two sheets of one name", || sheets(2, ""), Refused("SHEET_TWICE")),
    xlsx("a merged area of a thousand million cells", || merged(&["A1:XFD65536"]), Refused("MERGED_TOO_LARGE")),
    xlsx("a merged area upside down", || merged(&["B9:A1"]), Refused("CELL_OUTSIDE_SHEET")),
    xlsx("merged areas over each other", || merged(&["A1:B2"; 200]), Refused("MERGED_TOO_LARGE")),
    xlsx("a million merged areas and one", || merged(&["AZ9:BA9"; 1_000_001]), Refused("INFLATES_TOO_MUCH")),
    xlsx("one long text in a large merged area", merged_echo, Refused("MERGED_TOO_LARGE")),
    xlsx("an empty part", || good_but(SHEET, ""), Refused("NOT_A_WORKBOOK")),
    xlsx("a sheet that is no sheet", || good_but(SHEET, "<chartsheet/>"), Refused("NOT_A_WORKBOOK")),
    xlsx("a picture called a sheet", || good_but(SHEET, b"\x89PNG\r\n\x1a\n<"), Refused("XML_BROKEN")),
];

fn with_head(head: &str) -> Vec<u8> {
    sheet_edited("<worksheet>", &format!("{head}<worksheet>"))
}

fn laughs() -> String {
    let mut text = "<!DOCTYPE l [<!ENTITY l0 \"lol\">".to_owned();
    for level in 1..10 {
        write!(text, "<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)).unwrap();
    }
    text + "]>"
}

fn sheet_text() -> String {
    let sheet = good().into_iter().find(|(name, _)| name == SHEET).unwrap().1;
    String::from_utf8(sheet).unwrap()
}

fn utf16(marked: bool) -> Vec<u8> {
    let mark = if marked { "\u{feff}" } else { "" };
    format!("{mark}{}", sheet_text()).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn invalid_utf8() -> Vec<u8> {
    let text = sheet_text();
    let (before, after) = text.split_once("甲公司").unwrap();
    [before.as_bytes(), b"\xB9\xAB\xCB\xBE", after.as_bytes()].concat()
}

fn texts_announced(count: &str) -> Vec<u8> {
    good_but(STRINGS, format!("<sst count=\"1\" uniqueCount=\"{count}\"><si><t>x</t></si></sst>"))
}

fn many_texts() -> Vec<u8> {
    // Between them something that does not pack, so that they are counted and not taken for a bomb.
    let mut text = "<sst>".to_owned();
    for number in 0_u64..3_000_000 {
        text.push_str("<si/>");
        if number % 40 == 0 {
            write!(text, "<!--{:x}-->", number.wrapping_mul(0x9E37_79B9_7F4A_7C15)).unwrap();
        }
    }
    good_but(STRINGS, text + "</sst>")
}

fn with_cell(place: &str) -> Vec<u8> {
    sheet_edited("</row></sheetData>", &format!("{}</row></sheetData>", text_cell(place, "x")))
}

fn placeless() -> String {
    let sheet = sheet_text();
    let mut text = String::new();
    for (at, piece) in sheet.split(" r=\"").enumerate() {
        text.push_str(if at == 0 { piece } else { piece.split_once('"').unwrap().1 });
    }
    assert!(!text.contains(" r="));
    text
}

fn reordered(places: &[usize]) -> Vec<u8> {
    let rows = good_rows();
    let xml: String = places.iter().map(|at| format!("<row r=\"{}\">{}</row>", at + 1, rows[*at].concat())).collect();
    pack(&with_sheet(sheet_around(&xml, "")))
}

fn wide_row() -> Vec<u8> {
    let mut cells = String::new();
    for _ in 0..17_000 {
        cells.push_str("<c><v>1</v></c>");
    }
    // The reader counts on where no place is given; the place behind is written.
    cells.push_str(&text_cell("YDW3", "x"));
    sheet_edited("</row></sheetData>", &format!("</row><row r=\"3\">{cells}</row></sheetData>"))
}

fn deep_text() -> Vec<u8> {
    good_but(STRINGS, format!("<sst><si>{}x{}</si></sst>", "<r>".repeat(100_000), "</r>".repeat(100_000)))
}

fn many_runs() -> Vec<u8> {
    let mut runs = String::new();
    for number in 0..100_000 {
        write!(runs, "<r><t>{number}</t></r>").unwrap();
    }
    good_but(STRINGS, format!("<sst><si>{runs}</si></sst>"))
}

fn echo() -> Vec<u8> {
    let mut rows: Vec<Row> = good_rows();
    let cell =
        |row: usize, column: usize| format!("<c r=\"{}{row}\" t=\"s\"><v>0</v></c>", super::forge::column_name(column));
    rows.extend((3..450).map(|row| (0..100).map(|column| cell(row, column)).collect()));
    let mut parts = with_sheet(sheet_around(&sheet_data(&rows), ""));
    replace(&mut parts, STRINGS, format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000)));
    pack(&parts)
}

fn names() -> String {
    let mut text = String::new();
    for number in 0..100_000 {
        write!(text, "<definedName name=\"n{number}\">1</definedName>").unwrap();
    }
    format!("<workbook><sheets><sheet name=\"a\" r:id=\"s\"/></sheets><definedNames>{text}</definedNames></workbook>")
}

fn relations() -> Vec<u8> {
    let mut text = String::new();
    for number in 0..100_000 {
        write!(text, "<Relationship Id=\"r{number}\" Type=\"x/hyperlink\" Target=\"t{number}\"/>").unwrap();
    }
    good_but("xl/worksheets/_rels/sheet1.xml.rels", format!("<Relationships>{text}</Relationships>"))
}

/// So many entries in the list of sheets, all of the same part, named apart where there is a `stem`.
fn sheets(count: usize, stem: &str) -> Vec<u8> {
    let mut text = String::new();
    for number in 0..count {
        let name = if stem.is_empty() { "备案".to_owned() } else { format!("{stem}{number}") };
        write!(text, "<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"s\"/>", number + 1).unwrap();
    }
    good_but(BOOK, format!("<workbook><sheets>{text}</sheets></workbook>"))
}

fn merged(areas: &[&str]) -> Vec<u8> {
    let list: String = areas.iter().map(|area| format!("<mergeCell ref=\"{area}\"/>")).collect();
    sheet_edited("</sheetData>", &format!("</sheetData><mergeCells>{list}</mergeCells>"))
}

fn merged_echo() -> Vec<u8> {
    let mut rows: Vec<Row> = good_rows();
    rows.push(vec![text_cell("A3", &"长".repeat(30_000))]);
    rows.extend((4..400).map(|row| vec![text_cell(&format!("CV{row}"), "x")]));
    let behind = "<mergeCells><mergeCell ref=\"A3:CU400\"/></mergeCells>";
    pack(&with_sheet(sheet_around(&sheet_data(&rows), behind)))
}
