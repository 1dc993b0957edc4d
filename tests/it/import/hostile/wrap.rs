//! A workbook around a few bytes, so that a fuzzer spends its time on XML and not on checksums.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Parts of a small workbook: name and content. The sheet is part 5.
pub const PARTS: [(&str, &str); 7] = [
    (
        "[Content_Types].xml",
        r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    ("xl/workbook.xml", r#"<workbook><sheets><sheet name="备案" sheetId="1" r:id="s"/></sheets></workbook>"#),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#,
    ),
    (
        "xl/worksheets/sheet1.xml",
        r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>"#,
    ),
    ("xl/sharedStrings.xml", r#"<sst><si><t>合同编号</t></si></sst>"#),
];

/// Puts the bytes behind the first where the first says: in place of one of the parts, or as the whole file.
pub fn archive(bytes: &[u8]) -> Vec<u8> {
    let Some((chosen, content)) = bytes.split_first() else { return Vec::new() };
    let chosen = usize::from(*chosen) % (PARTS.len() + 1);
    if chosen == PARTS.len() {
        return content.to_vec();
    }
    let parts = PARTS
        .iter()
        .enumerate()
        .map(|(at, (name, standard))| (*name, if at == chosen { content } else { standard.as_bytes() }));
    packed(parts, CompressionMethod::Stored)
}

/// An archive of parts.
pub fn packed<'p>(parts: impl Iterator<Item = (&'p str, &'p [u8])>, method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in parts {
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
