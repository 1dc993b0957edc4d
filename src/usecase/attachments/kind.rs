//! What a paper is, by what it holds and not by what it is called.
//!
//! **Invariant:** a paper whose name and content do not say the same is none; what cannot be told is not taken.

use std::io::Cursor;

use zip::ZipArchive;

/// Entries an archive may have; counted before anything is read of them.
const ENTRIES: usize = 2_000;

/// A kind of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperKind {
    /// PDF.
    Pdf,
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// OFD, the national format of fixed layout (GB/T 33190).
    Ofd,
    /// Excel workbook without macros.
    Xlsx,
}

impl PaperKind {
    /// Every kind.
    pub const ALL: [PaperKind; 5] = [PaperKind::Pdf, PaperKind::Jpeg, PaperKind::Png, PaperKind::Ofd, PaperKind::Xlsx];

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            PaperKind::Pdf => "application/pdf",
            PaperKind::Jpeg => "image/jpeg",
            PaperKind::Png => "image/png",
            PaperKind::Ofd => "application/ofd",
            PaperKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The kind of this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<PaperKind> {
        PaperKind::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }

    const fn endings(self) -> &'static [&'static str] {
        match self {
            PaperKind::Pdf => &["pdf"],
            PaperKind::Jpeg => &["jpg", "jpeg"],
            PaperKind::Png => &["png"],
            PaperKind::Ofd => &["ofd"],
            PaperKind::Xlsx => &["xlsx"],
        }
    }

    /// The kind of a paper whose name and content agree.
    #[must_use]
    pub fn of(name: &str, content: &[u8]) -> Option<PaperKind> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        let named = PaperKind::ALL.into_iter().find(|kind| kind.endings().contains(&ending.as_str()))?;
        named.is_in(content).then_some(named)
    }

    fn is_in(self, content: &[u8]) -> bool {
        match self {
            PaperKind::Pdf => content.starts_with(b"%PDF-"),
            PaperKind::Jpeg => content.starts_with(&[0xff, 0xd8, 0xff]),
            PaperKind::Png => content.starts_with(&[0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n']),
            PaperKind::Ofd => has_parts(content, &["OFD.xml"], &[]),
            PaperKind::Xlsx => has_parts(content, &["[Content_Types].xml", "xl/workbook.xml"], &["xl/vbaProject.bin"]),
        }
    }
}

fn has_parts(content: &[u8], wanted: &[&str], unwanted: &[&str]) -> bool {
    if !content.starts_with(b"PK\x03\x04") {
        return false;
    }
    let Ok(archive) = ZipArchive::new(Cursor::new(content)) else { return false };
    let has = |part: &&str| archive.index_for_name(part).is_some();
    archive.len() <= ENTRIES && wanted.iter().all(has) && !unwanted.iter().any(has)
}
