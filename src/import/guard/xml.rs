//! One pass over the XML of all parts: nesting, places, counts and everything that is refused.
//!
//! **Invariant:** after a pass without refusal no tag, text or cell is longer than a buffer, every place lies on a
//! sheet, and no list is longer than its limit, so that the reader of sheets can take each part as it comes.

use std::io::Read;

use memchr::memchr;

use super::parts::{PartKind, Relation, is_workbook_type};
use super::tokens::{Attributes, Token, cut};
use super::{CHUNK, Meter};
use crate::import::file_error::FileError;
use crate::import::limits::CELL_CHARACTERS;
use crate::import::workbook_fault::{Counted, WorkbookFault};

/// Longest tag, text or cell in bytes. A cell holds at most 32,767 characters; the rest is markup.
const LONGEST: usize = 1024 * 1024;
/// Last row and column of any spreadsheet (XFD1048576).
const LAST_ROW: u32 = 1_048_576;
const LAST_COLUMN: u32 = 16_384;
/// Cells one merged area may cover.
const MERGED_CELLS: u64 = 1_000_000;
/// Elements within elements.
const DEEPEST: usize = 64;
/// Different texts: twelve of each of 200,000 rows.
const STRINGS: u32 = 2_500_000;
/// Merged areas.
const AREAS: u32 = 1_000_000;
/// Sheets.
const SHEETS: u32 = 200;
/// Fonts, fills, borders and formats together; Excel itself stops at 65,490 cell formats.
const STYLES: u32 = 150_000;
/// Defined names.
const NAMES: u32 = 65_536;
/// Relationships; Excel stops at 65,530 hyperlinks a sheet.
const RELATIONS: u32 = 70_000;
/// Longest code of a number format; Excel stops at 255 characters.
const FORMAT_CODE: usize = 2_048;
/// Brackets in one.
const FORMAT_BRACKETS: usize = 100;

/// Scans parts and remembers what must be counted over all of them.
pub struct Scanner {
    buffer: Vec<u8>,
    kind: PartKind,
    /// Names of the open elements, one behind the other, and where each begins.
    names: Vec<u8>,
    open: Vec<usize>,
    /// Depth and place of the cell or text that is open.
    inside: Option<(usize, u64)>,
    /// Bytes of the part that have been scanned.
    passed: u64,
    begun: bool,
    strings: u32,
    areas: u32,
    sheets: u32,
    styles: u32,
    defined: u32,
    relations: u32,
    is_workbook: bool,
}

impl Scanner {
    /// A scanner that has seen nothing.
    pub fn new() -> Scanner {
        Scanner {
            buffer: Vec::new(),
            kind: PartKind::Xml,
            names: Vec::new(),
            open: Vec::new(),
            inside: None,
            passed: 0,
            begun: false,
            strings: 0,
            areas: 0,
            sheets: 0,
            styles: 0,
            defined: 0,
            relations: 0,
            is_workbook: false,
        }
    }

    /// Merged areas so far.
    pub const fn merged(&self) -> u32 {
        self.areas
    }

    /// Whether a content type said that there is a workbook.
    pub const fn is_workbook(&self) -> bool {
        self.is_workbook
    }

    /// Scans one part to its end.
    pub fn scan(&mut self, part: &mut dyn Read, kind: PartKind, meter: &mut Meter) -> Result<(), FileError> {
        self.kind = kind;
        self.names.clear();
        self.open.clear();
        self.inside = None;
        self.passed = 0;
        self.begun = false;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(LONGEST.saturating_add(CHUNK), 0);
        let outcome = self.scan_through(part, &mut buffer, meter);
        self.buffer = buffer;
        outcome
    }

    fn scan_through(&mut self, part: &mut dyn Read, buffer: &mut [u8], meter: &mut Meter) -> Result<(), FileError> {
        let mut held = 0_usize;
        loop {
            let end = held.saturating_add(CHUNK);
            let read = meter.read(part, buffer.get_mut(held..end).unwrap_or_default())?;
            let filled = held.saturating_add(read);
            let mut used = self.tokens(buffer.get(..filled).unwrap_or_default(), held)?;
            if read == 0 {
                return if used == filled && self.open.is_empty() { Ok(()) } else { Err(broken()) };
            }
            held = filled.saturating_sub(used);
            if held > LONGEST {
                return Err(WorkbookFault::TextTooLong { row: None, limit: CELL_CHARACTERS }.into());
            }
            self.passed = self.passed.saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
            used = used.min(filled);
            buffer.copy_within(used..filled, 0);
        }
    }

    /// Takes every whole token of `text`; the bytes from `fresh` on have not been seen before. Says how far it came.
    fn tokens(&mut self, text: &[u8], fresh: usize) -> Result<usize, FileError> {
        if memchr(0, text.get(fresh..).unwrap_or_default()).is_some() {
            return Err(WorkbookFault::XmlEncoding.into());
        }
        let mut at = if self.begun { 0 } else { beginning(text)? };
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let Some(before) = memchr(b'<', rest) else {
                // White space behind the last tag is the end of a part; other text goes on in the next chunk.
                let is_space = rest.iter().all(u8::is_ascii_whitespace);
                return Ok(if is_space { text.len() } else { at });
            };
            let first = before.saturating_add(1);
            let Some((token, length)) = cut(rest.get(first..).unwrap_or_default())? else { return Ok(at) };
            if !self.begun && !rest.get(..before).unwrap_or_default().iter().all(u8::is_ascii_whitespace) {
                return Err(broken());
            }
            self.begun = true;
            at = at.saturating_add(first).saturating_add(length);
            self.take(&token, at)?;
        }
    }

    fn take(&mut self, token: &Token<'_>, at: usize) -> Result<(), FileError> {
        let place = self.passed.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
        match token {
            Token::Start { name, rest, closed } => {
                let local = memchr(b':', name).and_then(|colon| name.get(colon.saturating_add(1)..)).unwrap_or(name);
                self.element(local, rest)?;
                if !closed {
                    if local == b"c" || local == b"si" {
                        self.enter(place)?;
                    }
                    self.open.push(self.names.len());
                    self.names.extend_from_slice(name);
                    if self.open.len() > DEEPEST {
                        return Err(too_many(Counted::Depth, u32::try_from(DEEPEST).unwrap_or(u32::MAX)));
                    }
                }
            }
            Token::End { name } => {
                let begins = self.open.pop().ok_or_else(broken)?;
                if self.names.get(begins..) != Some(name) {
                    return Err(broken());
                }
                self.names.truncate(begins);
                self.inside = self.inside.filter(|(depth, _)| *depth != self.open.len());
            }
            Token::Instruction(text) => is_utf8(text)?,
            Token::Plain => {}
        }
        match self.inside {
            Some((_, began)) if place.saturating_sub(began) > u64::try_from(LONGEST).unwrap_or(u64::MAX) => {
                Err(WorkbookFault::TextTooLong { row: None, limit: CELL_CHARACTERS }.into())
            }
            _ => Ok(()),
        }
    }

    /// A cell or a shared text begins; neither stands within another.
    fn enter(&mut self, place: u64) -> Result<(), FileError> {
        match self.inside.replace((self.open.len(), place)) {
            None => Ok(()),
            Some(_) => Err(broken()),
        }
    }

    fn element(&mut self, local: &[u8], rest: &[u8]) -> Result<(), FileError> {
        match local {
            b"c" | b"row" => each(rest, b"r", |place| on_sheet(place).map(|_| ())),
            b"f" | b"dimension" => each(rest, b"ref", |area| area_of(area).map(|_| ())),
            b"mergeCell" => {
                count(&mut self.areas, Counted::Merged, AREAS)?;
                each(rest, b"ref", |area| {
                    let cells = area_of(area)?;
                    if cells > MERGED_CELLS { Err(WorkbookFault::MergedTooLarge.into()) } else { Ok(()) }
                })
            }
            b"si" => count(&mut self.strings, Counted::Strings, STRINGS),
            b"sst" => each(rest, b"uniqueCount", believable_count),
            b"sheet" => count(&mut self.sheets, Counted::Sheets, SHEETS),
            b"definedName" => count(&mut self.defined, Counted::Names, NAMES),
            b"font" | b"fill" | b"border" | b"xf" => count(&mut self.styles, Counted::Styles, STYLES),
            b"numFmt" => {
                count(&mut self.styles, Counted::Styles, STYLES)?;
                each(rest, b"formatCode", short_format)
            }
            b"Relationship" => {
                count(&mut self.relations, Counted::Links, RELATIONS)?;
                relation(rest)
            }
            b"Override" | b"Default" if self.kind == PartKind::ContentTypes => {
                let mut found = false;
                each(rest, b"ContentType", |word| {
                    found |= is_workbook_type(word)?;
                    Ok(())
                })?;
                self.is_workbook |= found;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn broken() -> FileError {
    WorkbookFault::XmlBroken.into()
}

fn too_many(what: Counted, limit: u32) -> FileError {
    WorkbookFault::TooMany { what, limit }.into()
}

fn count(counter: &mut u32, what: Counted, limit: u32) -> Result<(), FileError> {
    *counter = counter.saturating_add(1);
    if *counter > limit { Err(too_many(what, limit)) } else { Ok(()) }
}

/// Where the text of a part begins; a mark of another encoding than UTF-8 is refused.
fn beginning(text: &[u8]) -> Result<usize, FileError> {
    if text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF") {
        return Err(WorkbookFault::XmlEncoding.into());
    }
    Ok(if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 })
}

/// Whether an XML declaration names no encoding, or UTF-8.
fn is_utf8(instruction: &[u8]) -> Result<(), FileError> {
    let Some(rest) = instruction.strip_prefix(b"xml").filter(|rest| rest.first().is_none_or(|b| !b.is_ascii_graphic()))
    else {
        return Ok(());
    };
    each(rest, b"encoding", |name| {
        if name.eq_ignore_ascii_case(b"utf-8") { Ok(()) } else { Err(WorkbookFault::XmlEncoding.into()) }
    })
}

/// Judges every attribute of this key.
fn each(rest: &[u8], key: &[u8], mut judge: impl FnMut(&[u8]) -> Result<(), FileError>) -> Result<(), FileError> {
    for attribute in Attributes::of(rest) {
        let (name, value) = attribute?;
        if name == key {
            judge(value)?;
        }
    }
    Ok(())
}

fn relation(rest: &[u8]) -> Result<(), FileError> {
    let mut relation = Relation::default();
    for attribute in Attributes::of(rest) {
        match attribute? {
            (b"Type", value) => relation.kind = value,
            (b"Target", value) => relation.target = value,
            (b"TargetMode", value) => relation.mode = value,
            _ => {}
        }
    }
    relation.check()
}

/// Row and column, from 1, of a place such as `B7`; the column is 0 in `7`.
fn on_sheet(place: &[u8]) -> Result<(u32, u32), FileError> {
    let letters = place.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (column, row) = place.split_at(letters);
    let is_place = letters <= 3 && (1..=7).contains(&row.len()) && row.iter().all(u8::is_ascii_digit);
    let number = |digits: &[u8], base: u32, zero: u8| {
        digits
            .iter()
            .fold(0_u32, |sum, digit| sum.saturating_mul(base).saturating_add(u32::from(digit.saturating_sub(zero))))
    };
    let upper = column.to_ascii_uppercase();
    let (row, column) = (number(row, 10, b'0'), number(&upper, 26, b'@'));
    if !is_place || !(1..=LAST_ROW).contains(&row) || column > LAST_COLUMN {
        let shown: String = String::from_utf8_lossy(place).chars().take(20).collect();
        return Err(WorkbookFault::OutsideSheet { place: shown }.into());
    }
    Ok((row, column))
}

/// How many cells an area such as `B7:C9` covers.
fn area_of(area: &[u8]) -> Result<u64, FileError> {
    let mut corners = area.split(|byte| *byte == b':');
    let first = on_sheet(corners.next().unwrap_or_default())?;
    let last = corners.next().map_or(Ok(first), on_sheet)?;
    if corners.next().is_some() || last.0 < first.0 || last.1 < first.1 {
        let shown: String = String::from_utf8_lossy(area).chars().take(40).collect();
        return Err(WorkbookFault::OutsideSheet { place: shown }.into());
    }
    let span = |from: u32, to: u32| u64::from(to.saturating_sub(from).saturating_add(1));
    Ok(span(first.0, last.0).saturating_mul(span(first.1, last.1)))
}

/// A count for which the reader of sheets makes room in advance.
fn believable_count(digits: &[u8]) -> Result<(), FileError> {
    let text = String::from_utf8_lossy(digits);
    match text.parse::<u64>() {
        Ok(count) if count <= u64::from(STRINGS) => Ok(()),
        _ => Err(too_many(Counted::Strings, STRINGS)),
    }
}

fn short_format(code: &[u8]) -> Result<(), FileError> {
    let brackets = code.iter().filter(|byte| matches!(byte, b'[' | b'&')).count();
    if code.len() > FORMAT_CODE || brackets > FORMAT_BRACKETS {
        return Err(too_many(Counted::Styles, u32::try_from(FORMAT_BRACKETS).unwrap_or(u32::MAX)));
    }
    Ok(())
}
