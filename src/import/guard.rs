//! Looks through a workbook before any reader of sheets sees it: its packing, its parts and their XML.
//!
//! Every part is unpacked once, through a buffer of fixed size, and thrown away. **Invariant:** what passes can be
//! read within the limits; nothing a header says of sizes or counts is believed, and nothing is kept but counts.

use std::io::{Cursor, ErrorKind, Read};

use memchr::memmem;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::file_error::FileError;
use super::limits::Limits;
use super::workbook_fault::{ArchiveFault, WorkbookFault};
use parts::PartKind;
use xml::Scanner;

mod parts;
mod tokens;
mod xml;

/// One entry of the zip directory (APPNOTE 4.3.12).
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
/// Below this size no ratio is judged: a short part of equal rows packs well.
const RATIO_FLOOR: u64 = 1024 * 1024;
/// Bytes unpacked at a time.
const CHUNK: usize = 256 * 1024;

/// What the look found that helps reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// Merged areas in all sheets.
    pub merged: u32,
    /// Bytes of all parts, unpacked.
    pub inflated: u64,
}

/// Looks through a workbook.
///
/// # Errors
/// `Unsafe`, `TooLarge`, `PasswordProtected`, `NotAWorkbook`.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Survey, FileError> {
    let mut archive = open(bytes, limits)?;
    let packed = packed_size(&archive)?;
    let mut meter = Meter { inflated: 0, limit: limits.inflated, packed, times: limits.ratio };
    let mut scanner = Scanner::new();
    let mut has_types = false;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| refuse(&error))?;
        let name = part.name().map_err(|error| refuse(&error))?.into_owned();
        let kind = parts::kind_of(&name)?;
        has_types |= kind == PartKind::ContentTypes;
        let declared = part.size();
        let before = meter.inflated;
        match kind {
            PartKind::Media => skim(&mut part, &mut meter)?,
            PartKind::Xml | PartKind::Relations | PartKind::ContentTypes => {
                scanner.scan(&mut part, kind, &mut meter)?;
            }
        }
        if meter.inflated.saturating_sub(before) != declared {
            return Err(WorkbookFault::Archive(ArchiveFault::Size).into());
        }
    }
    if !has_types || !scanner.is_workbook() {
        return Err(FileError::NotAWorkbook { detail: "no workbook among the content types".to_owned() });
    }
    Ok(Survey { merged: scanner.merged(), inflated: meter.inflated })
}

/// Opens the archive and holds its headers against each other.
fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<ZipArchive<Cursor<&'a [u8]>>, FileError> {
    let too_many = || FileError::from(WorkbookFault::Parts { limit: limits.parts });
    // Chance may write the mark of an entry into packed data, but not many times; reading a directory of half a
    // million entries would take more memory than the file.
    let marks = memmem::find_iter(bytes, DIRECTORY_ENTRY).take(limits.parts.saturating_mul(2).saturating_add(1));
    if marks.count() > limits.parts.saturating_mul(2) {
        return Err(too_many());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
    if archive.len() > limits.parts {
        return Err(too_many());
    }
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| refuse(&error))?;
        if entry.encrypted() {
            return Err(FileError::PasswordProtected);
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(WorkbookFault::Archive(ArchiveFault::Method).into());
        }
    }
    let headers_differ = |_difference: ZipError| WorkbookFault::Archive(ArchiveFault::Headers);
    archive.validate_header_consistency().map_err(headers_differ)?;
    parts::are_distinct(archive.file_names_raw())?;
    Ok(archive)
}

/// Bytes that the parts take in the archive; they do not overlap, so that this is at most its size.
fn packed_size(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<u64, FileError> {
    (0..archive.len()).try_fold(0_u64, |sum, index| {
        let entry = archive.by_index_data(index).map_err(|error| refuse(&error))?;
        Ok(sum.saturating_add(entry.compressed_size()))
    })
}

/// Counts what comes out while it comes out.
pub(super) struct Meter {
    inflated: u64,
    limit: u64,
    packed: u64,
    times: u64,
}

impl Meter {
    /// Fills the buffer as far as there is something, and counts.
    fn read(&mut self, part: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, FileError> {
        let mut filled = 0;
        while let Some(space) = buffer.get_mut(filled..).filter(|space| !space.is_empty()) {
            match part.read(space) {
                Ok(0) => break,
                Ok(read) => filled = filled.saturating_add(read),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(FileError::NotAWorkbook { detail: error.to_string() }),
            }
        }
        self.inflated = self.inflated.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        if self.inflated > RATIO_FLOOR.max(self.packed.saturating_mul(self.times)) {
            return Err(WorkbookFault::Inflation { times: self.times }.into());
        }
        if self.inflated > self.limit {
            return Err(FileError::TooLarge { bytes: self.inflated, limit: self.limit });
        }
        Ok(filled)
    }
}

/// Unpacks a part nobody reads, to count it and to see that it is no document of its own.
fn skim(part: &mut dyn Read, meter: &mut Meter) -> Result<(), FileError> {
    let mut buffer = vec![0; CHUNK];
    let mut read = meter.read(part, &mut buffer)?;
    parts::is_plain_media(buffer.get(..read).unwrap_or_default())?;
    while read > 0 {
        read = meter.read(part, &mut buffer)?;
    }
    Ok(())
}

fn refuse(error: &ZipError) -> FileError {
    FileError::NotAWorkbook { detail: error.to_string() }
}
