//! What a file is by its first bytes.
//!
//! **Invariant:** nothing is unpacked here; `guard` looks into what calls itself a workbook.

use super::file_error::FileError;
use super::limits::Limits;
use super::mapping::Form;

/// Compound file: legacy Excel, or a workbook encrypted with a password (MS-CFB 2.2).
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Local file header of a zip archive.
const ZIP: &[u8] = b"PK\x03\x04";

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

fn wide(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
