//! Makes workbooks part by part, and turns honest archives into lying ones.

use zip::CompressionMethod;

use super::super::row_checks::{GOOD, HEADER};
use super::wrap::{self, PARTS};

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Named parts of a workbook.
pub type Parts = Vec<(String, Vec<u8>)>;

/// A workbook with this sheet and no other surprises.
pub fn with_sheet(sheet: impl AsRef<[u8]>) -> Parts {
    let mut parts: Parts =
        PARTS.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect();
    replace(&mut parts, SHEET, sheet);
    parts
}

/// The parts of a workbook with one good loan.
pub fn good() -> Parts {
    with_sheet(sheet_of(&good_rows()))
}

/// Puts other content into a part, or adds the part.
pub fn replace(parts: &mut Parts, name: &str, content: impl AsRef<[u8]>) {
    let content = content.as_ref().to_vec();
    match parts.iter_mut().find(|(known, _)| known == name) {
        Some(part) => part.1 = content,
        None => parts.push((name.to_owned(), content)),
    }
}

/// A good workbook in which one part is another.
pub fn good_but(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    pack(&good_with(name, content))
}

/// The same without compression, so that it does not unpack to a hundred times its size.
pub fn good_but_plain(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    pack_plain(&good_with(name, content))
}

fn good_with(name: &str, content: impl AsRef<[u8]>) -> Parts {
    let mut parts = good();
    replace(&mut parts, name, content);
    parts
}

/// A good workbook with a piece of text replaced in one part.
pub fn good_edited(name: &str, from: &str, to: &str) -> Vec<u8> {
    pack(&edited(name, from, to))
}

fn edited(name: &str, from: &str, to: &str) -> Parts {
    let mut parts = good();
    let part = parts.iter_mut().find(|(known, _)| known == name).unwrap();
    let text = String::from_utf8(part.1.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    part.1 = text.replacen(from, to, 1).into_bytes();
    parts
}

/// The same in the sheet.
pub fn sheet_edited(from: &str, to: &str) -> Vec<u8> {
    good_edited(SHEET, from, to)
}

/// The same in the sheet, without compression.
pub fn sheet_edited_plain(from: &str, to: &str) -> Vec<u8> {
    pack_plain(&edited(SHEET, from, to))
}

pub fn pack(parts: &Parts) -> Vec<u8> {
    let borrowed = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
    wrap::packed(borrowed, CompressionMethod::Deflated)
}

/// Packed without compression, so that parts can be found in the bytes.
pub fn pack_plain(parts: &Parts) -> Vec<u8> {
    let borrowed = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
    wrap::packed(borrowed, CompressionMethod::Stored)
}

/// The XML of cells, with their rows and columns.
pub type Row = Vec<String>;

pub fn column_name(column: usize) -> String {
    let letter = |number: usize| char::from(b'A' + u8::try_from(number).unwrap());
    match column.checked_sub(26) {
        None => letter(column).to_string(),
        Some(rest) => format!("{}{}", letter(rest / 26), letter(rest % 26)),
    }
}

pub fn text_cell(place: &str, text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>"#)
}

fn row_of(number: usize, texts: &[&str]) -> Row {
    texts.iter().enumerate().map(|(at, text)| text_cell(&format!("{}{number}", column_name(at)), text)).collect()
}

/// Header and one good loan.
pub fn good_rows() -> Vec<Row> {
    vec![row_of(1, &HEADER), row_of(2, &GOOD)]
}

/// Column of a header, from 0.
pub fn column_of(header: &str) -> usize {
    HEADER.iter().position(|known| *known == header).unwrap()
}

/// Header and one loan in which the cells under some headers are other XML; `@` stands for the place.
pub fn rows_with(changes: &[(&str, &str)]) -> Vec<Row> {
    let mut rows = good_rows();
    for (header, xml) in changes {
        let column = column_of(header);
        rows[1][column] = xml.replace('@', &format!("{}2", column_name(column)));
    }
    rows
}

/// A workbook of such rows.
pub fn loan_with(changes: &[(&str, &str)]) -> Vec<u8> {
    pack(&with_sheet(sheet_of(&rows_with(changes))))
}

/// A workbook with one loan in which some texts are others.
pub fn loan_saying(changes: &[(&str, &str)]) -> Vec<u8> {
    let cells: Vec<(&str, String)> = changes.iter().map(|(header, text)| (*header, text_cell("@", text))).collect();
    loan_with(&cells.iter().map(|(header, xml)| (*header, xml.as_str())).collect::<Vec<_>>())
}

pub fn sheet_of(rows: &[Row]) -> String {
    sheet_around(&sheet_data(rows), "")
}

pub fn sheet_data(rows: &[Row]) -> String {
    let rows = rows.iter().enumerate();
    rows.map(|(at, cells)| format!(r#"<row r="{}">{}</row>"#, at + 1, cells.concat())).collect()
}

/// A sheet of rows as XML, with what stands behind them.
pub fn sheet_around(rows: &str, behind: &str) -> String {
    let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    format!("{head}\n<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>")
}

/// An entry of an archive: its name, where its directory entry and its own header stand.
pub struct Entry {
    pub name: String,
    pub central: usize,
    pub local: usize,
}

pub fn number(bytes: &[u8], at: usize, length: usize) -> usize {
    bytes[at..at + length].iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

pub fn put(bytes: &mut [u8], at: usize, length: usize, value: u64) {
    bytes[at..at + length].copy_from_slice(&value.to_le_bytes()[..length]);
}

/// Where the end of the directory begins.
pub fn end_of(bytes: &[u8]) -> usize {
    bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap()
}

pub fn entries(bytes: &[u8]) -> Vec<Entry> {
    let end = end_of(bytes);
    let mut central = number(bytes, end + 16, 4);
    let mut entries = Vec::new();
    while bytes[central..].starts_with(b"PK\x01\x02") {
        let length = number(bytes, central + 28, 2);
        let name = String::from_utf8(bytes[central + 46..central + 46 + length].to_vec()).unwrap();
        entries.push(Entry { name, central, local: number(bytes, central + 42, 4) });
        central += 46 + length + number(bytes, central + 30, 2) + number(bytes, central + 32, 2);
    }
    entries
}

/// Where the directory entry and the header of the sheet stand.
pub fn sheet_entry(bytes: &[u8]) -> Entry {
    entries(bytes).into_iter().find(|entry| entry.name == SHEET).unwrap()
}

/// Adds a directory entry like that of `like`, under another name and pointing elsewhere.
pub fn list_again(bytes: &[u8], like: &Entry, name: &str, local: usize) -> Vec<u8> {
    let end = end_of(bytes);
    let mut entry = bytes[like.central..like.central + 46].to_vec();
    put(&mut entry, 28, 2, wide(name.len()));
    put(&mut entry, 30, 4, 0);
    put(&mut entry, 42, 4, wide(local));
    entry.extend_from_slice(name.as_bytes());
    let mut made = bytes[..end].to_vec();
    made.extend_from_slice(&entry);
    let mut tail = bytes[end..].to_vec();
    for at in [8, 10] {
        let count = wide(number(&tail, at, 2));
        put(&mut tail, at, 2, count + 1);
    }
    let size = number(&tail, 12, 4) + entry.len();
    put(&mut tail, 12, 4, wide(size));
    made.extend_from_slice(&tail);
    made
}

/// A size as a field of a header.
pub fn wide(size: usize) -> u64 {
    u64::try_from(size).unwrap()
}
