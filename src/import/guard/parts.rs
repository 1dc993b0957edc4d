//! What a part of a workbook may be, told from its name, its first bytes and what other parts call it.
//!
//! **Invariant:** whatever the reader of sheets may open has the ending of XML and is scanned; nothing here depends on
//! letter case.

use std::collections::HashSet;

use crate::import::file_error::FileError;
use crate::import::workbook_fault::{ArchiveFault, WorkbookFault};

/// How a part is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// As XML.
    Xml,
    /// As XML that says how parts hang together.
    Relations,
    /// As the XML that says what each part is.
    ContentTypes,
    /// Counted only.
    Media,
}

/// Endings of documents within a document.
const DOCUMENTS: [&str; 14] =
    [".zip", ".7z", ".rar", ".gz", ".xls", ".xlsx", ".xlsm", ".xlsb", ".doc", ".docx", ".ppt", ".pptx", ".pdf", ".exe"];
/// First bytes of archives, compound files, programs and PDF.
const DOCUMENT_MARKS: [&[u8]; 7] =
    [b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"Rar!", b"7z\xBC\xAF\x27\x1C", b"\x1F\x8B", b"MZ", b"%PDF"];

/// Tells from its name how a part is to be looked at.
///
/// # Errors
/// `Unsafe` for names that are no paths and for parts that do not belong into a table.
pub fn kind_of(name: &str) -> Result<PartKind, FileError> {
    let path = name.replace('\\', "/").to_lowercase();
    let folder = path.strip_suffix('/').unwrap_or(&path);
    let is_odd = |step: &str| step.is_empty() || step == "." || step == "..";
    if folder.split('/').any(is_odd) || path.contains(|c: char| c.is_control() || c == ':') {
        return Err(WorkbookFault::Archive(ArchiveFault::Path).into());
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    if path.contains("vbaproject") || path.ends_with("vbadata.xml") || path.contains("xl/macrosheets/") {
        return Err(WorkbookFault::Macros.into());
    }
    if path.ends_with(".bin") && (path == "xl/workbook.bin" || path.starts_with("xl/worksheets/")) {
        return Err(WorkbookFault::Binary.into());
    }
    if path.contains("externallinks/") {
        return Err(WorkbookFault::Links.into());
    }
    if path.contains("embeddings/") || path.contains("activex/") || ends(&DOCUMENTS) {
        return Err(WorkbookFault::Objects.into());
    }
    Ok(match () {
        () if path == "[content_types].xml" => PartKind::ContentTypes,
        () if path.ends_with(".rels") => PartKind::Relations,
        () if path.ends_with(".xml") => PartKind::Xml,
        // Pictures, printer settings and drawings of comments, which are no well-formed XML; nobody opens them,
        // because a relationship may call only an `.xml` a sheet.
        () => PartKind::Media,
    })
}

/// Whether no two names are the same to a reader that ignores letter case and the direction of slashes.
///
/// # Errors
/// `Unsafe`.
pub fn are_distinct<'a>(names: impl Iterator<Item = &'a [u8]>) -> Result<(), FileError> {
    let mut seen = HashSet::new();
    let fold = |byte: &u8| if *byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() };
    for name in names {
        if !seen.insert(name.iter().map(fold).collect::<Vec<u8>>()) {
            return Err(WorkbookFault::Archive(ArchiveFault::Headers).into());
        }
    }
    Ok(())
}

/// Whether a part that is not read begins like a picture and not like a document or program.
///
/// # Errors
/// `Unsafe`.
pub fn is_plain_media(first: &[u8]) -> Result<(), FileError> {
    if DOCUMENT_MARKS.iter().any(|mark| first.starts_with(mark)) {
        return Err(WorkbookFault::Objects.into());
    }
    Ok(())
}

/// Judges one content type; says whether it is that of a workbook.
///
/// # Errors
/// `Unsafe`.
pub fn is_workbook_type(content_type: &[u8]) -> Result<bool, FileError> {
    let word = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    if word.contains('&') {
        return Err(WorkbookFault::XmlBroken.into());
    }
    if word.contains("sheet.binary") {
        return Err(WorkbookFault::Binary.into());
    }
    if word.contains("macroenabled") || word.contains("vbaproject") || word.contains("macrosheet") {
        return Err(WorkbookFault::Macros.into());
    }
    Ok(word.contains("spreadsheetml.sheet.main+xml") || word.contains("spreadsheetml.template.main+xml"))
}

/// One relationship between parts, as written.
#[derive(Debug, Default)]
pub struct Relation<'x> {
    /// What the target is.
    pub kind: &'x [u8],
    /// Where it is.
    pub target: &'x [u8],
    /// Inside or outside of the file.
    pub mode: &'x [u8],
}

impl Relation<'_> {
    /// Judges it.
    ///
    /// # Errors
    /// `Unsafe`.
    pub fn check(&self) -> Result<(), FileError> {
        if self.kind.contains(&b'&') || self.mode.contains(&b'&') {
            return Err(WorkbookFault::XmlBroken.into());
        }
        let kind = String::from_utf8_lossy(self.kind).to_ascii_lowercase();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        if self.mode.eq_ignore_ascii_case(b"external") && kind != "hyperlink" {
            return Err(WorkbookFault::Links.into());
        }
        match kind {
            "vbaproject" | "xlmacrosheet" | "xlintlmacrosheet" => Err(WorkbookFault::Macros.into()),
            "externallink" | "externallinkpath" => Err(WorkbookFault::Links.into()),
            "oleobject" | "package" | "control" | "activexcontrolbinary" => Err(WorkbookFault::Objects.into()),
            // Whatever is read as XML must have been looked at as XML.
            "worksheet" | "officedocument" if !self.target.to_ascii_lowercase().ends_with(b".xml") => {
                Err(WorkbookFault::XmlBroken.into())
            }
            _ => Ok(()),
        }
    }
}
