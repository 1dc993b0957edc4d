//! ZIP archives without compression, of which every byte follows from names and contents.
//!
//! Owns writing (`write`) and reading back (`read`) such an archive. Reading takes nothing else: an archive is read by
//! walking its entries and is then written again, so that hidden bytes, doubled entries, names that differ between the
//! two tables of an archive and changed dates are all found. Nothing is unpacked, so nothing can blow up.
//! **Invariant:** the same entries give the same bytes, in any version of any library; a name never leaves the folder it
//! is unpacked into.

use std::collections::BTreeMap;

use thiserror::Error;

/// Signature of an entry (APPNOTE 4.3.7).
const ENTRY: u32 = 0x0403_4b50;
/// Signature of an entry of the table at the end (APPNOTE 4.3.12).
const CENTRAL: u32 = 0x0201_4b50;
/// Signature of the end (APPNOTE 4.3.16).
const END: u32 = 0x0605_4b50;
/// Version needed: 1.0, plain entries.
const VERSION: u16 = 10;
/// Day of every entry: 1 January 1980, the first there is.
const DAY: u16 = 0x0021;
/// Bytes of an entry before its name.
const ENTRY_HEAD: usize = 30;
/// Longest name, in bytes.
const LONGEST_NAME: usize = 120;

/// Why an archive is not written or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoredZipError {
    /// A name that could lead elsewhere, or that not every system can write.
    #[error("name {name}")]
    Name {
        /// Which.
        name: String,
    },
    /// More than such an archive can hold.
    #[error("too large")]
    TooLarge,
    /// Not an archive of this form, byte by byte.
    #[error("not an archive of this form at byte {at}")]
    Form {
        /// Where.
        at: usize,
    },
}

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Whether a name is one that this archive takes: parts of small letters, figures, dashes, dots and underscores, none
/// of them beginning with a dot.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let of_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let is_part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && part.chars().all(of_part);
    name.len() <= LONGEST_NAME && name.split('/').all(is_part)
}

/// The archive of files, in the order of their names.
///
/// # Errors
/// `Name`, `TooLarge`.
pub fn write(files: &Files) -> Result<Vec<u8>, StoredZipError> {
    let too_large = |_wide| StoredZipError::TooLarge;
    let count = u16::try_from(files.len()).map_err(too_large)?;
    let (mut out, mut table) = (Vec::new(), Vec::new());
    for (name, content) in files {
        if !is_name(name) {
            return Err(StoredZipError::Name { name: name.clone() });
        }
        let offset = u32::try_from(out.len()).map_err(too_large)?;
        let described = describe(name, content)?;
        out.extend(ENTRY.to_le_bytes());
        out.extend(&described);
        out.extend(name.as_bytes());
        out.extend(content);
        table.extend(CENTRAL.to_le_bytes());
        table.extend(VERSION.to_le_bytes());
        table.extend(&described);
        // No comment, first disk, no attributes.
        table.extend([0; 10]);
        table.extend(offset.to_le_bytes());
        table.extend(name.as_bytes());
    }
    let start = u32::try_from(out.len()).map_err(too_large)?;
    let size = u32::try_from(table.len()).map_err(too_large)?;
    out.append(&mut table);
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    Ok(out)
}

/// What both tables say of an entry: version, flags, method, time, day, checksum, sizes, lengths.
fn describe(name: &str, content: &[u8]) -> Result<Vec<u8>, StoredZipError> {
    let too_large = |_wide| StoredZipError::TooLarge;
    let size = u32::try_from(content.len()).map_err(too_large)?;
    let length = u16::try_from(name.len()).map_err(too_large)?;
    let mut out = Vec::with_capacity(ENTRY_HEAD);
    out.extend(VERSION.to_le_bytes());
    out.extend([0; 6]);
    out.extend(DAY.to_le_bytes());
    out.extend(crc32(content).to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend([0; 2]);
    Ok(out)
}

/// The files of an archive that `write` made, and where the bytes begin to differ from what `write` makes of them: none
/// for an archive that nobody touched.
///
/// # Errors
/// `Form` for bytes of which no files can be told; `Name` for a name that `write` would not take.
pub fn read(bytes: &[u8]) -> Result<(Files, Option<usize>), StoredZipError> {
    let mut files = Files::new();
    let mut at = 0_usize;
    while number(bytes, at) == Some(ENTRY) {
        let wrong = || StoredZipError::Form { at };
        let size =
            number(bytes, at.saturating_add(18)).and_then(|size| usize::try_from(size).ok()).ok_or_else(wrong)?;
        let length = bytes.get(at.saturating_add(26)..at.saturating_add(28)).ok_or_else(wrong)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        let name_at = at.saturating_add(ENTRY_HEAD);
        let content_at = name_at.saturating_add(length);
        let end = content_at.saturating_add(size);
        let name = bytes.get(name_at..content_at).and_then(|name| std::str::from_utf8(name).ok()).ok_or_else(wrong)?;
        let content = bytes.get(content_at..end).ok_or_else(wrong)?;
        if files.insert(name.to_owned(), content.to_vec()).is_some() {
            return Err(wrong());
        }
        at = end;
    }
    if files.is_empty() {
        return Err(StoredZipError::Form { at });
    }
    let again = write(&files)?;
    if again == bytes {
        return Ok((files, None));
    }
    let first = again.iter().zip(bytes).position(|(a, b)| a != b);
    Ok((files, Some(first.unwrap_or_else(|| again.len().min(bytes.len())))))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_le_bytes)
}

/// CRC-32 as archives use it (ISO 3309, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    static TABLE: std::sync::OnceLock<[u32; 256]> = std::sync::OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = [0_u32; 256];
        for (slot, start) in table.iter_mut().zip(0_u32..) {
            *slot = (0..8).fold(start, |sum, _bit| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 });
        }
        table
    });
    let step = |sum: u32, byte: &u8| {
        let place = (sum ^ u32::from(*byte)) & 0xff;
        let turned = usize::try_from(place).ok().and_then(|place| table.get(place)).copied().unwrap_or(0);
        (sum >> 8) ^ turned
    };
    !bytes.iter().fold(!0, step)
}
