//! Bytes from anywhere put through each reader, with what must hold of every input.
//!
//! The fuzz targets and the tests over their corpus call these. **Invariant:** a probe returns whatever it is given;
//! it panics only where a reader is wrong.

use std::sync::OnceLock;

use encoding_rs::GB18030;

use super::cell::{CellValue, DateReading, read_date, read_number};
use super::encoding::{TextEncoding, decode};
use super::field::FileKind;
use super::limits::Limits;
use super::mapping::{MappingSet, Unit};
use super::sheet::Book;
use super::{ReadRequest, invisible, read_file};
use crate::domain::money::FenDelta;

/// A number out of text: what is read reads the same again, and an amount is exact to the fen.
pub fn money(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(number) = read_number(text) else { return };
    assert_eq!(read_number(&number.text).map(|again| again.text).as_ref(), Some(&number.text));
    for unit in [Unit::Yuan, Unit::TenThousand] {
        if let Ok(amount) = FenDelta::from_yuan(&number.yuan(unit)) {
            assert_eq!(FenDelta::from_yuan(&amount.yuan()), Ok(amount));
        }
    }
}

/// A date out of text: a day is the same day when written plainly.
pub fn date(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for cell in [CellValue::from_text(text), CellValue::Number { text: text.to_owned(), epoch_1904: true }] {
        if let DateReading::Day(day) = read_date(&cell) {
            assert_eq!(read_date(&CellValue::from_text(&day.to_string())), DateReading::Day(day));
        }
    }
}

/// Text out of bytes: nothing is replaced, and what is visible is stable.
pub fn encoding(bytes: &[u8]) {
    let Ok((text, encoding)) = decode(bytes) else { return };
    match encoding {
        TextEncoding::Utf8 => assert_eq!(text.as_bytes(), bytes),
        TextEncoding::Utf8Marked => assert_eq!(Some(text.as_bytes()), bytes.strip_prefix(b"\xEF\xBB\xBF")),
        TextEncoding::Gb18030 => {
            let (again, _, lossy) = GB18030.encode(&text);
            let read = GB18030.decode_without_bom_handling_and_without_replacement(&again);
            assert!(lossy || read.as_deref() == Some(&*text));
        }
    }
    let visible = invisible::visible(&text);
    assert_eq!(invisible::visible(&visible), visible);
}

/// Rows out of text: numbers go up, and no row is wider than allowed.
pub fn csv(bytes: &[u8]) {
    let limits = Limits::default();
    let Ok(mut book) = Book::open("probe.csv", bytes, &limits) else { return };
    rows_go_down(&mut book, &limits);
    let mut request = ReadRequest::new(FileKind::Servicing);
    request.limits = limits;
    if let Some(mappings) = shipped() {
        let _outcome = read_file("probe.csv", bytes, &request, mappings, &mut |_rows| ());
    }
}

/// Rows out of a workbook: the same.
pub fn xlsx(bytes: &[u8]) {
    let limits = Limits::default();
    let Ok(mut book) = Book::open("probe.xlsx", bytes, &limits) else { return };
    rows_go_down(&mut book, &limits);
    let request = ReadRequest::new(FileKind::Registrations);
    if let Some(mappings) = shipped() {
        let _outcome = read_file("probe.xlsx", bytes, &request, mappings, &mut |_rows| ());
    }
}

fn rows_go_down(book: &mut Book<'_>, limits: &Limits) {
    for sheet in book.sheets() {
        let Ok(mut rows) = book.rows(sheet.as_deref(), limits) else { continue };
        let mut last = 0;
        while let Ok(Some(row)) = rows.next_row() {
            assert!(row.number > last && row.cells.len() <= limits.columns, "row {} after {last}", row.number);
            last = row.number;
        }
    }
}

/// The mappings compiled in.
fn shipped() -> Option<&'static MappingSet> {
    static SHIPPED: OnceLock<Option<MappingSet>> = OnceLock::new();
    SHIPPED.get_or_init(|| MappingSet::load(None).ok()).as_ref()
}
