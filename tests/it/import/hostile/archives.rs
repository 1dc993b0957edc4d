//! Archives that lie, swell, hide other documents, or are none.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::forge::{
    Entry, end_of, entries, good, good_but, good_edited, list_again, number, pack, pack_plain, put, replace,
    sheet_entry, wide,
};
use super::{Hostile, Outcome, Read, Refused, xlsx};

const fn named(what: &'static str, name: &'static str, make: fn() -> Vec<u8>, outcome: Outcome) -> Hostile {
    Hostile { what, name, make, outcome }
}

pub const FILES: &[Hostile] = &[
    xlsx("a good workbook, to compare", || pack(&good()), Read(1, &[])),
    xlsx("300 MiB of one character in 300 KB", || bomb(&[]), Refused("INFLATES_TOO_MUCH")),
    xlsx("the same beside much honest filling", || bomb(&noise(4 * 1024 * 1024)), Refused("TOO_LARGE")),
    xlsx("a hundred thousand parts", || many_parts(100_000), Refused("TOO_MANY_PARTS")),
    xlsx("two hundred and eight parts", || many_parts(200), Refused("TOO_MANY_PARTS")),
    xlsx(
        "a workbook within a workbook",
        || good_but("xl/embeddings/book.xlsx", pack(&good())),
        Refused("HAS_EMBEDDED_OBJECTS"),
    ),
    xlsx("an archive called a picture", || good_but("xl/media/image1.png", bomb(&[])), Refused("HAS_EMBEDDED_OBJECTS")),
    xlsx(
        "a program called a picture",
        || good_but("xl/media/image1.png", b"MZ\x90\0"),
        Refused("HAS_EMBEDDED_OBJECTS"),
    ),
    xlsx("an embedded OLE object", || good_but("xl/embeddings/oleObject1.bin", CFB), Refused("HAS_EMBEDDED_OBJECTS")),
    xlsx("an ActiveX control", || good_but("xl/activeX/activeX1.xml", "<ax/>"), Refused("HAS_EMBEDDED_OBJECTS")),
    xlsx("an OLE relationship alone", || related("oleObject", "../x.xml", ""), Refused("HAS_EMBEDDED_OBJECTS")),
    xlsx("macros", || good_but("xl/vbaProject.bin", CFB), Refused("HAS_MACROS")),
    named(
        "macros announced by the content type only",
        "loans.xlsm",
        || typed("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        Refused("HAS_MACROS"),
    ),
    xlsx("macros of Excel 4", || good_but("xl/macrosheets/sheet1.xml", "<x/>"), Refused("HAS_MACROS")),
    named(
        "an add-in",
        "loans.xlam",
        || typed("application/vnd.ms-excel.addin.macroEnabled.main+xml"),
        Refused("HAS_MACROS"),
    ),
    xlsx("a binary workbook", || good_but("xl/workbook.bin", [0x83, 1]), Refused("BINARY_WORKBOOK")),
    xlsx(
        "a binary workbook by its content type",
        || typed("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        Refused("BINARY_WORKBOOK"),
    ),
    xlsx(
        "a link to another workbook",
        || good_but("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
        Refused("HAS_EXTERNAL_LINKS"),
    ),
    xlsx(
        "a picture from the network",
        || related("image", "http://198.51.100.1/a.png", "External"),
        Refused("HAS_EXTERNAL_LINKS"),
    ),
    xlsx(
        "a template on a file share",
        || related("attachedTemplate", "file://198.51.100.1/t", "external"),
        Refused("HAS_EXTERNAL_LINKS"),
    ),
    xlsx(
        "an external link in disguise",
        || related("image", "http://198.51.100.1/a.png", "Ex&#116;ernal"),
        Refused("XML_BROKEN"),
    ),
    xlsx("a plain hyperlink", || related("hyperlink", "https://example.org/", "External"), Read(1, &[])),
    xlsx("the same name twice", same_name, Refused("ARCHIVE_FAULTY")),
    xlsx("names that differ in case only", || good_but("XL/Worksheets/SHEET1.xml", "<x/>"), Refused("ARCHIVE_FAULTY")),
    xlsx(
        "names that differ in slashes only",
        || good_but("xl\\worksheets\\sheet1.xml", "<x/>"),
        Refused("ARCHIVE_FAULTY"),
    ),
    xlsx("a name that climbs out", || good_but("../../etc/passwd.xml", "<x/>"), Refused("ARCHIVE_FAULTY")),
    xlsx("an absolute name", || good_but("/xl/evil.xml", "<x/>"), Refused("ARCHIVE_FAULTY")),
    xlsx("a name with a drive", || good_but("c:/evil.xml", "<x/>"), Refused("ARCHIVE_FAULTY")),
    xlsx("a name with a zero byte", || good_but("xl/a\0.xml", "<x/>"), Refused("ARCHIVE_FAULTY")),
    xlsx("two entries over one part", shared_part, Refused("ARCHIVE_FAULTY")),
    xlsx("a part inside of another", part_within, Refused("ARCHIVE_FAULTY")),
    xlsx("a part the directory does not list", unlisted_part, Refused("ARCHIVE_FAULTY")),
    xlsx("a header that names another part", other_local_name, Refused("ARCHIVE_FAULTY")),
    xlsx("a size that is too small in both headers", || resized(&[24], &[22], 10), Refused("NOT_A_WORKBOOK")),
    xlsx("a size that is too large in both headers", || resized(&[24], &[22], 100_000), Refused("ARCHIVE_FAULTY")),
    xlsx("a size that lies in the directory", || resized(&[24], &[], 10), Refused("ARCHIVE_FAULTY")),
    xlsx("a packed size beyond the file", || resized(&[20], &[18], 0x7FFF_FFFF), Refused("ARCHIVE_FAULTY")),
    xlsx("sizes said to stand elsewhere", || resized(&[20, 24], &[18, 22], 0xFFFF_FFFF), Refused("ARCHIVE_FAULTY")),
    xlsx("a wrong checksum", || resized(&[16], &[14], 1), Refused("NOT_A_WORKBOOK")),
    xlsx("an encrypted part", || flagged(1), Refused("PASSWORD_PROTECTED")),
    xlsx("a packing method nobody uses", || resized_method(12), Refused("ARCHIVE_FAULTY")),
    xlsx("sizes behind the data, as programs that stream write", streamed, Read(1, &[])),
    xlsx("sizes said to stand behind the data, where nothing stands", || flagged(8), Read(1, &[])),
    xlsx("a directory of more entries than there are", || directory(10, 2, 60_000), Refused("NOT_A_WORKBOOK")),
    xlsx("a directory beyond the file", || directory(16, 4, 0x7FFF_FFFF), Refused("NOT_A_WORKBOOK")),
    xlsx("a directory on another disk", || directory(4, 2, 7), Refused("NOT_A_WORKBOOK")),
    xlsx(
        "an archive that is no workbook",
        || pack(&vec![("mimetype".to_owned(), b"text".to_vec())]),
        Refused("NOT_A_WORKBOOK"),
    ),
    xlsx(
        "a document of another kind",
        || typed("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
        Refused("NOT_A_WORKBOOK"),
    ),
    xlsx("no content types", || without("[Content_Types].xml"), Refused("NOT_A_WORKBOOK")),
    xlsx("no relationships", || without("_rels/.rels"), Refused("NOT_A_WORKBOOK")),
    xlsx("no list of sheets", || without("xl/workbook.xml"), Refused("EMPTY_FILE")),
    xlsx("no sheet where the list says", || without("xl/worksheets/sheet1.xml"), Refused("NOT_A_WORKBOOK")),
    xlsx("a sheet that climbs out of the archive", || sheet_at("../../../etc/passwd"), Refused("XML_BROKEN")),
    xlsx("a sheet that climbs out to XML", || sheet_at("../../../etc/fonts/fonts.xml"), Refused("NOT_A_WORKBOOK")),
    xlsx("a sheet that is a picture", || sheet_at("media/image1.png"), Refused("XML_BROKEN")),
    xlsx(
        "a workbook with a password",
        || [CFB, &utf16("EncryptedPackage"), &[0; 900]].concat(),
        Refused("PASSWORD_PROTECTED"),
    ),
    named("a workbook of 1997", "loans.xls", || [CFB, &[0; 900]].concat(), Refused("LEGACY_XLS")),
    xlsx("a program", || [b"MZ\x90\0".as_slice(), &[7; 4000]].concat(), Refused("NOT_A_WORKBOOK")),
    xlsx(
        "a page of the web",
        || b"<html><table><tr><td>1</td></tr></table></html>".to_vec(),
        Refused("NOT_A_WORKBOOK"),
    ),
    xlsx("a document to print", || b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj".to_vec(), Refused("NOT_A_WORKBOOK")),
    xlsx("a picture", || b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Refused("NOT_A_WORKBOOK")),
    xlsx(
        "a program in front of a workbook",
        || [b"MZ\x90\0".to_vec(), pack(&good())].concat(),
        Refused("NOT_A_WORKBOOK"),
    ),
];

const CFB: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0";

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Bytes that do not pack, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    };
    (0..length).map(|_| next()).collect()
}

fn bomb(filling: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in good() {
        writer.start_file(name, options).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.start_file("xl/media/image1.png", options).unwrap();
    writer.write_all(filling).unwrap();
    writer.start_file("xl/worksheets/sheet2.xml", options).unwrap();
    writer.write_all(b"<worksheet>").unwrap();
    // A tag in each kibibyte, because one long text would be refused for its length.
    let chunk = [b"<a></a>".to_vec(), vec![b' '; 1017]].concat().repeat(1024);
    for _ in 0..300 {
        writer.write_all(&chunk).unwrap();
    }
    writer.write_all(b"</worksheet>").unwrap();
    writer.finish().unwrap().into_inner()
}

fn many_parts(count: usize) -> Vec<u8> {
    let mut parts = good();
    parts.extend((0..count).map(|number| (format!("xl/p{number}.xml"), b"<p/>".to_vec())));
    pack_plain(&parts)
}

fn typed(content_type: &str) -> Vec<u8> {
    let standard = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    good_edited("[Content_Types].xml", standard, content_type)
}

fn related(kind: &str, target: &str, mode: &str) -> Vec<u8> {
    let kind = format!("http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}");
    let relation = format!(r#"<Relationship Id="r1" Type="{kind}" Target="{target}" TargetMode="{mode}"/>"#);
    good_but("xl/worksheets/_rels/sheet1.xml.rels", format!("<Relationships>{relation}</Relationships>"))
}

fn sheet_at(target: &str) -> Vec<u8> {
    good_edited("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", target)
}

fn without(name: &str) -> Vec<u8> {
    let mut parts = good();
    parts.retain(|(known, _)| known != name);
    pack(&parts)
}

/// Sets four bytes of the sheet's headers: at these places of the directory entry and of its own header.
fn resized(central: &[usize], local: &[usize], value: u64) -> Vec<u8> {
    let mut bytes = pack(&good());
    let entry = sheet_entry(&bytes);
    central.iter().for_each(|at| put(&mut bytes, entry.central + at, 4, value));
    local.iter().for_each(|at| put(&mut bytes, entry.local + at, 4, value));
    bytes
}

fn resized_method(method: u64) -> Vec<u8> {
    let mut bytes = pack(&good());
    let entry = sheet_entry(&bytes);
    put(&mut bytes, entry.central + 10, 2, method);
    put(&mut bytes, entry.local + 8, 2, method);
    bytes
}

fn flagged(flag: u64) -> Vec<u8> {
    let mut bytes = pack(&good());
    let entry = sheet_entry(&bytes);
    put(&mut bytes, entry.central + 8, 2, flag);
    put(&mut bytes, entry.local + 6, 2, flag);
    if flag == 8 {
        [14, 18, 22].iter().for_each(|at| put(&mut bytes, entry.local + at, 4, 0));
    }
    bytes
}

fn directory(at: usize, length: usize, value: u64) -> Vec<u8> {
    let mut bytes = pack(&good());
    let end = end_of(&bytes);
    put(&mut bytes, end + at, length, value);
    bytes
}

fn renamed(bytes: &mut [u8], entry: &Entry, name: &str, local_too: bool) {
    assert_eq!(entry.name.len(), name.len());
    bytes[entry.central + 46..entry.central + 46 + name.len()].copy_from_slice(name.as_bytes());
    if local_too {
        bytes[entry.local + 30..entry.local + 30 + name.len()].copy_from_slice(name.as_bytes());
    }
}

fn same_name() -> Vec<u8> {
    let mut parts = good();
    replace(&mut parts, "xl/worksheets/sheet2.xml", "<worksheet/>");
    let mut bytes = pack(&parts);
    let entry = entries(&bytes).pop().unwrap();
    renamed(&mut bytes, &entry, "xl/worksheets/sheet1.xml", true);
    bytes
}

fn other_local_name() -> Vec<u8> {
    let mut bytes = pack(&good());
    let entry = sheet_entry(&bytes);
    bytes[entry.local + 30..entry.local + 34].copy_from_slice(b"doc/");
    bytes
}

fn shared_part() -> Vec<u8> {
    let bytes = pack(&good());
    let entry = sheet_entry(&bytes);
    list_again(&bytes, &entry, "xl/worksheets/sheet2.xml", entry.local)
}

/// The stored bytes of one part are header and content of another.
fn part_within() -> Vec<u8> {
    let inner = pack_plain(&vec![("xl/inner.xml".to_owned(), b"<inner/>".to_vec())]);
    let inner_entry = entries(&inner).pop().unwrap();
    let mut parts = good();
    replace(&mut parts, "xl/media/image1.png", [b"\x89PNG".as_slice(), &inner[..inner_entry.central]].concat());
    let bytes = pack_plain(&parts);
    let outer = entries(&bytes).pop().unwrap();
    let start = outer.local + 30 + number(&bytes, outer.local + 26, 2) + number(&bytes, outer.local + 28, 2) + 4;
    assert!(bytes[start..].starts_with(b"PK\x03\x04"));
    let mut made = list_again(&bytes, &outer, "xl/inner.xml", start);
    let listed = entries(&made).pop().unwrap();
    // Checksum and sizes as the inner header says them.
    for (central, local) in [(16, 14), (20, 18), (24, 22)] {
        let value = wide(number(&made, start + local, 4));
        put(&mut made, listed.central + central, 4, value);
    }
    made
}

fn unlisted_part() -> Vec<u8> {
    let bytes = pack(&good());
    let end = end_of(&bytes);
    let last = entries(&bytes).pop().unwrap();
    let mut made = bytes[..last.central].to_vec();
    made.extend_from_slice(&bytes[end..]);
    let end = end_of(&made);
    for at in [8, 10] {
        let count = wide(number(&made, end + at, 2));
        put(&mut made, end + at, 2, count - 1);
    }
    put(&mut made, end + 12, 4, wide(last.central - number(&bytes, end_of(&bytes) + 16, 4)));
    made
}

fn streamed() -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = ZipWriter::new_stream(&mut out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in good() {
        writer.start_file(name, options).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap();
    assert!(out.windows(4).any(|window| window == b"PK\x07\x08"));
    out
}
