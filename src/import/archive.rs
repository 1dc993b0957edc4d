//! What a file is by its first bytes, and how large a workbook becomes once unpacked.
//!
//! **Invariant:** nothing is unpacked here; the answer comes from signatures and the zip directory alone.

use super::file_error::FileError;
use super::limits::Limits;
use super::mapping::Form;

/// Compound file: legacy Excel, or a workbook encrypted with a password (MS-CFB 2.2).
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Local file header of a zip archive.
const ZIP: &[u8] = b"PK\x03\x04";
/// End of the zip directory, its length and the longest comment behind it (APPNOTE 4.3.16).
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
const DIRECTORY_END_LENGTH: usize = 22;
const LONGEST_COMMENT: usize = 65_535;
/// One entry of the zip directory (APPNOTE 4.3.12).
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// Stands for a size that is written elsewhere, because the part has 4 GiB or more.
const SIZE_ELSEWHERE: u64 = 0xFFFF_FFFF;

/// Tells the form of a file, refusing what cannot be read at all.
///
/// # Errors
/// `Empty`, `TooLarge`, `LegacyXls`, `PasswordProtected`, `NotAWorkbook`.
pub fn form_of(name: &str, bytes: &[u8], limits: &Limits) -> Result<Form, FileError> {
    if bytes.len() > limits.bytes {
        return Err(FileError::TooLarge { bytes: wide(bytes.len()), limit: wide(limits.bytes) });
    }
    if bytes.starts_with(COMPOUND_FILE) {
        let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let holds = bytes.windows(encrypted.len()).any(|window| window == encrypted);
        return Err(if holds { FileError::PasswordProtected } else { FileError::LegacyXls });
    }
    if bytes.starts_with(ZIP) {
        let inflated = inflated_size(bytes)?;
        if inflated > limits.inflated {
            return Err(FileError::TooLarge { bytes: inflated, limit: limits.inflated });
        }
        return Ok(Form::Xlsx);
    }
    let lower = name.to_ascii_lowercase();
    let without_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if without_mark.iter().all(u8::is_ascii_whitespace) {
        return Err(FileError::Empty);
    }
    if [".xlsx", ".xlsm", ".xls", ".et"].iter().any(|ending| lower.ends_with(ending)) {
        return Err(FileError::NotAWorkbook { detail: "no zip archive".to_owned() });
    }
    Ok(Form::Csv)
}

/// The sum of the unpacked sizes that the zip directory declares.
fn inflated_size(bytes: &[u8]) -> Result<u64, FileError> {
    let broken = || FileError::NotAWorkbook { detail: "no zip directory".to_owned() };
    let tail_start = bytes.len().saturating_sub(DIRECTORY_END_LENGTH + LONGEST_COMMENT);
    let tail = bytes.get(tail_start..).unwrap_or_default();
    let end = tail.windows(DIRECTORY_END.len()).rposition(|window| window == DIRECTORY_END).ok_or_else(broken)?;
    let end = tail_start.saturating_add(end);
    let mut entry = usize::try_from(number(bytes, end.saturating_add(16), 4).ok_or_else(broken)?).unwrap_or(usize::MAX);
    let mut total = 0_u64;
    while bytes.get(entry..entry.saturating_add(ENTRY.len())) == Some(ENTRY) {
        let at = |offset: usize, length: usize| number(bytes, entry.saturating_add(offset), length).ok_or_else(broken);
        let size = at(24, 4)?;
        if size == SIZE_ELSEWHERE {
            return Ok(u64::MAX);
        }
        total = total.saturating_add(size);
        let behind = at(28, 2)?.saturating_add(at(30, 2)?).saturating_add(at(32, 2)?);
        let length = ENTRY_LENGTH.saturating_add(usize::try_from(behind).unwrap_or(usize::MAX));
        entry = entry.saturating_add(length);
    }
    Ok(total)
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn wide(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
