//! XML cut into tags exactly where the reader of sheets cuts it.
//!
//! **Invariant:** whatever two readers could cut differently (`<!-->`, quotes outside of values, names that do not
//! begin like names) is an error here, so that nothing is hidden from the guard that the reader sees.

use memchr::{memchr, memmem};

use crate::import::workbook_fault::WorkbookFault;

/// One piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub enum Token<'x> {
    /// `<name …>` or `<name …/>`.
    Start {
        /// Name with prefix.
        name: &'x [u8],
        /// What stands behind the name.
        rest: &'x [u8],
        /// Whether it closes itself.
        closed: bool,
    },
    /// `</name>`.
    End {
        /// Name with prefix.
        name: &'x [u8],
    },
    /// `<?…?>`, without the marks.
    Instruction(&'x [u8]),
    /// A comment or a section of plain text.
    Plain,
}

/// Cuts the piece that begins behind a `<`; also says how long it is. Nothing while its end is not there.
pub fn cut(markup: &[u8]) -> Result<Option<(Token<'_>, usize)>, WorkbookFault> {
    match markup.first() {
        None => Ok(None),
        Some(b'/') => Ok(memchr(b'>', markup).map(|end| {
            let name = markup.get(1..end).unwrap_or_default().trim_ascii_end();
            (Token::End { name }, end.saturating_add(1))
        })),
        Some(b'?') => instruction(markup),
        Some(b'!') => declaration(markup),
        Some(first) if begins_a_name(*first) => start(markup),
        Some(_) => Err(WorkbookFault::XmlBroken),
    }
}

const fn begins_a_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn start(markup: &[u8]) -> Result<Option<(Token<'_>, usize)>, WorkbookFault> {
    let mut quote = 0_u8;
    let mut name_end = None;
    for (at, byte) in markup.iter().enumerate() {
        match (quote, *byte) {
            (0, b'>') => {
                let inner = markup.get(..at).unwrap_or_default();
                let (inner, closed) = match inner.strip_suffix(b"/") {
                    Some(inner) => (inner, true),
                    None => (inner, false),
                };
                let (name, rest) = inner.split_at(name_end.unwrap_or(inner.len()).min(inner.len()));
                return Ok(Some((Token::Start { name, rest, closed }, at.saturating_add(1))));
            }
            (0, b'"' | b'\'') if name_end.is_none() => return Err(WorkbookFault::XmlBroken),
            (0, b'"' | b'\'') => quote = *byte,
            (0, space) if name_end.is_none() && is_space(space) => name_end = Some(at),
            (0, b'<') => return Err(WorkbookFault::XmlBroken),
            (open, same) if open == same => quote = 0,
            _ => {}
        }
    }
    Ok(None)
}

fn instruction(markup: &[u8]) -> Result<Option<(Token<'_>, usize)>, WorkbookFault> {
    match markup.get(1) {
        None => Ok(None),
        Some(first) if begins_a_name(*first) => Ok(memmem::find(markup, b"?>").map(|end| {
            let inner = markup.get(1..end).unwrap_or_default();
            (Token::Instruction(inner), end.saturating_add(2))
        })),
        Some(_) => Err(WorkbookFault::XmlBroken),
    }
}

/// A comment or plain section; a document type is refused whatever it holds.
fn declaration(markup: &[u8]) -> Result<Option<(Token<'_>, usize)>, WorkbookFault> {
    let until = |mark: &[u8], from: usize| {
        let body = markup.get(from..)?;
        memmem::find(body, mark).map(|at| at.saturating_add(from))
    };
    if let Some(body) = markup.strip_prefix(b"!--") {
        let Some(dashes) = until(b"--", 3) else { return Ok(None) };
        return match body.get(dashes.saturating_sub(1)) {
            None => Ok(None),
            Some(b'>') => Ok(Some((Token::Plain, dashes.saturating_add(3)))),
            Some(_) => Err(WorkbookFault::XmlBroken),
        };
    }
    if markup.starts_with(b"![CDATA[") {
        return Ok(until(b"]]>", 8).map(|end| (Token::Plain, end.saturating_add(3))));
    }
    let may_become = [&b"!--"[..], b"![CDATA["].iter().any(|whole| whole.starts_with(markup));
    if may_become {
        return Ok(None);
    }
    match markup.get(1) {
        Some(b'-' | b'[') => Err(WorkbookFault::XmlBroken),
        _ => Err(WorkbookFault::Dtd),
    }
}

/// The attributes of a tag, as raw keys and values in the order written.
pub struct Attributes<'x> {
    rest: &'x [u8],
}

impl<'x> Attributes<'x> {
    /// Of what stands behind the name of a tag.
    pub const fn of(rest: &'x [u8]) -> Attributes<'x> {
        Attributes { rest }
    }
}

impl<'x> Iterator for Attributes<'x> {
    type Item = Result<(&'x [u8], &'x [u8]), WorkbookFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let parsed = attribute(rest);
        self.rest = parsed.map_or(&[], |(_, _, behind)| behind);
        Some(parsed.map(|(key, value, _)| (key, value)).ok_or(WorkbookFault::XmlBroken))
    }
}

fn attribute(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = memchr(b'=', text)?;
    let key = text.get(..equals)?.trim_ascii_end();
    let behind = text.get(equals.checked_add(1)?..)?.trim_ascii_start();
    let (quote, body) = behind.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = memchr(*quote, body)?;
    Some((key, body.get(..end)?, body.get(end.checked_add(1)?..)?))
}
