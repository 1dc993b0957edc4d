//! Text files that swell, lie about their encoding, or are none.

use super::super::rebuild::gb18030;
use super::super::row_checks::{GOOD, HEADER};
use super::{Hostile, Read, Refused, csv};

pub const FILES: &[Hostile] = &[
    csv("a good text, to compare", || text(&[]), Read(1, &[])),
    csv("a cell of ten megabytes", || text(&[(1, &"甲".repeat(10_000_000 / 3))]), Refused("TEXT_TOO_LONG")),
    csv("a cell longer than a spreadsheet holds", || text(&[(1, &"x".repeat(32_768))]), Refused("TEXT_TOO_LONG")),
    csv("a cell as long as a spreadsheet holds", || text(&[(1, &"x".repeat(32_767))]), Read(1, &[])),
    csv("zero bytes", || text(&[(1, "甲\0公司")]), Refused("ENCODING_MIXED")),
    csv("nothing but zero bytes", || vec![0; 100_000], Refused("ENCODING_MIXED")),
    csv("nothing but quotation marks", || vec![b'"'; 5_000_001], Refused("TEXT_TOO_LONG")),
    csv("nothing but line ends", || vec![b'\n'; 5_000_000], Refused("EMPTY_FILE")),
    csv("nothing but separators", || vec![b','; 5_000_000], Refused("TOO_MANY_COLUMNS")),
    csv(
        "separators behind a quotation mark in a cell",
        || [b"a\"".to_vec(), vec![b','; 5_000_000]].concat(),
        Refused("TOO_MANY_COLUMNS"),
    ),
    csv("quoted line ends between separators", || b"\"\n\",".repeat(1_000_000), Refused("TOO_MANY_COLUMNS")),
    csv("seventeen thousand columns in a text", || "x,".repeat(17_000).into_bytes(), Refused("TOO_MANY_COLUMNS")),
    csv("a hundred and one filled columns", || "x,".repeat(101).into_bytes(), Refused("TOO_MANY_COLUMNS")),
    csv("lines that end like those of old computers", || replaced("\n", "\r"), Read(1, &[])),
    csv(
        "lines that end in every way",
        || [text(&[]), row("A-2"), b"\r".to_vec(), row("A-3"), b"\r\n".to_vec()].concat(),
        Read(3, &[]),
    ),
    csv("a text in UTF-16", || utf16("\u{feff}"), Refused("ENCODING_MIXED")),
    csv("a text in UTF-16 without mark", || utf16(""), Refused("ENCODING_MIXED")),
    csv(
        "a header in one encoding and a row in another",
        || [HEADER.join(",").into_bytes(), b"\n".to_vec(), gb18030(&GOOD.join(","))].concat(),
        Refused("ENCODING_MIXED"),
    ),
    csv("half a character at the end", || [text(&[]), b"A-2,\xE7\x94".to_vec()].concat(), Refused("ENCODING_MIXED")),
    csv("a quotation mark never closed", || text(&[(1, "\"甲公司")]), Refused("CSV_BROKEN")),
    csv("a program called a table", || [b"MZ\x90\0".as_slice(), &[7; 4000]].concat(), Refused("ENCODING_MIXED")),
    csv(
        "a page of the web called a table",
        || b"<html><table><tr><td>1</td></tr></table></html>".to_vec(),
        Refused("HEADER_UNKNOWN"),
    ),
    csv(
        "a document to print called a table",
        || b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec(),
        Refused("HEADER_UNKNOWN"),
    ),
    csv("a picture called a table", || b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Refused("ENCODING_MIXED")),
    csv("a formula in a text", || text(&[(1, "=1+1")]), Read(0, &["TEXT_FORMULA"])),
    csv("a formula behind a tab", || text(&[(1, "\t=1+1")]), Read(0, &["TEXT_FORMULA"])),
    csv("a contract that a spreadsheet spoilt", || text(&[(0, "1.23E+17")]), Read(0, &["DIGITS_LOST"])),
    csv("a bell in a name", || text(&[(1, "甲\u{7}公司")]), Read(0, &["TEXT_INVISIBLE"])),
    csv("direction marks in a name", || text(&[(1, "甲\u{202D}公司\u{202C}")]), Read(0, &["TEXT_INVISIBLE"])),
    csv("a joiner in a header", || replaced("借款人名称", "借款人\u{200B}名称\u{FEFF}"), Read(1, &[])),
];

/// Header and the good loan with some cells changed.
fn text(changes: &[(usize, &str)]) -> Vec<u8> {
    let mut cells = GOOD.map(str::to_owned);
    for (column, value) in changes {
        cells[*column] = (*value).to_owned();
    }
    format!("{}\n{}\n", HEADER.join(","), cells.join(",")).into_bytes()
}

fn row(contract: &str) -> Vec<u8> {
    let mut cells = GOOD.to_vec();
    cells[0] = contract;
    cells.join(",").into_bytes()
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(text(&[])).unwrap().replace(from, to).into_bytes()
}

fn utf16(mark: &str) -> Vec<u8> {
    let whole = format!("{mark}{}", String::from_utf8(text(&[])).unwrap());
    whole.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
