//! A workbook as it lies in the file: cells set by hand as a person would, colours and notes read from the XML.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// A workbook taken apart.
pub struct Opened {
    parts: BTreeMap<String, Vec<u8>>,
}

impl Opened {
    pub fn new(bytes: &[u8]) -> Opened {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = BTreeMap::new();
        for place in 0..archive.len() {
            let mut part = archive.by_index(place).unwrap();
            let mut body = Vec::new();
            part.read_to_end(&mut body).unwrap();
            let name = part.name().unwrap().into_owned();
            parts.insert(name, body);
        }
        Opened { parts }
    }

    pub fn part(&self, name: &str) -> String {
        String::from_utf8(self.parts[name].clone()).unwrap()
    }

    pub fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    pub fn sheet(&self) -> String {
        self.part(SHEET)
    }

    /// Writes a text into a cell of the first sheet, keeping its style.
    pub fn set(&mut self, cell: &str, text: &str) {
        let sheet = self.sheet();
        let row: String = cell.chars().filter(char::is_ascii_digit).collect();
        let safe = text.replace('&', "&amp;").replace('<', "&lt;");
        let body = |style: &str| {
            format!("<c r=\"{cell}\"{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{safe}</t></is></c>")
        };
        let start = format!("<c r=\"{cell}\"");
        let changed = if let Some(at) = sheet.find(&start) {
            let (head, rest) = sheet.split_at(at);
            let tag_end = rest.find('>').unwrap();
            let tag = &rest[..tag_end];
            let style = attribute(tag, "s").map(|s| format!(" s=\"{s}\"")).unwrap_or_default();
            let end = if tag.ends_with('/') { tag_end + 1 } else { rest.find("</c>").unwrap() + 4 };
            format!("{head}{}{}", body(&style), &rest[end..])
        } else if let Some(at) = sheet.find(&format!("<row r=\"{row}\"")) {
            let end = at + sheet[at..].find("</row>").unwrap();
            format!("{}{}{}", &sheet[..end], body(""), &sheet[end..])
        } else {
            sheet.replacen("</sheetData>", &format!("<row r=\"{row}\">{}</row></sheetData>", body("")), 1)
        };
        self.parts.insert(SHEET.to_owned(), changed.into_bytes());
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, body) in &self.parts {
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(body).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Background colour of a cell of the first sheet.
    pub fn background(&self, cell: &str) -> Option<String> {
        let sheet = self.sheet();
        let at = sheet.find(&format!("<c r=\"{cell}\""))?;
        let tag = sheet[at..].split('>').next()?;
        let style: usize = attribute(tag, "s")?.parse().ok()?;
        let styles = self.part("xl/styles.xml");
        let formats = styles.split("<cellXfs").nth(1)?.split("</cellXfs>").next()?;
        let format = formats.split("<xf ").nth(style + 1)?;
        let fill: usize = attribute(format, "fillId")?.parse().ok()?;
        let fills = styles.split("<fills").nth(1)?;
        let fill = fills.split("<fill>").nth(fill + 1)?.split("</fill>").next()?;
        attribute(fill.split("<fgColor").nth(1)?, "rgb").map(str::to_owned)
    }

    /// Notes of the first sheet by cell.
    pub fn notes(&self) -> BTreeMap<String, String> {
        let comments = self.part("xl/comments1.xml");
        let note = |part: &str| {
            let cell = attribute(part, "ref").unwrap().to_owned();
            let part = part.replace("<t xml:space=\"preserve\">", "<t>");
            let words: Vec<&str> = part.split("<t>").skip(1).filter_map(|t| t.split("</t>").next()).collect();
            (cell, words.concat())
        };
        comments.split("<comment ").skip(1).map(note).collect()
    }
}

fn attribute<'x>(tag: &'x str, name: &str) -> Option<&'x str> {
    let tag = tag.split('>').next()?;
    let start = tag.find(&format!(" {name}=\"")).or_else(|| tag.starts_with(&format!("{name}=\"")).then_some(0))?;
    tag[start..].split('"').nth(1)
}

/// Name of a cell by row (from 1) and column (from 0).
pub fn cell_name(row: usize, column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap()));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{row}")
}

/// The first sheet as texts, from its first row and column on.
pub fn grid(bytes: &[u8]) -> Vec<Vec<String>> {
    use pledgefund::import::limits::Limits;
    use pledgefund::import::sheet::Book;
    let limits = Limits::default();
    let mut book = Book::open("x.xlsx", bytes, &limits).unwrap();
    let first = book.sheets()[0].clone();
    let mut source = book.rows(first.as_deref(), &limits).unwrap();
    let mut grid: Vec<Vec<String>> = Vec::new();
    while let Some(row) = source.next_row().unwrap() {
        grid.resize(usize::try_from(row.number).unwrap() - 1, Vec::new());
        grid.push(row.cells.iter().map(|cell| cell.value.text()).collect());
    }
    grid
}
