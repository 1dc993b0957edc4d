//! What a form sends, read within limits.
//!
//! **Invariant:** no more than the limit of its address is ever held of a request, and a file's name is only ever a
//! label.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header;

use super::error::PageError;

/// Bytes of all files of one form.
pub const FILE_BYTES: usize = 20 * 1024 * 1024;
/// Bytes of one field that is no file.
const FIELD_BYTES: usize = 64 * 1024;
/// Parts of one form.
const PARTS: usize = 200;
/// How much of a form that is too large is still taken off the line, so that its sender gets to read why.
const DRAINED_BYTES: usize = 256 * 1024 * 1024;
/// Characters of a file's name that are kept.
const NAME_CHARS: usize = 120;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// A file of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Its name without folders and control characters.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a form sends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Submission {
    fields: Vec<(String, String)>,
    /// Files; a file field left empty is none.
    pub files: Vec<SentFile>,
}

impl Submission {
    /// A form without files.
    #[must_use]
    pub const fn of_fields(fields: Vec<(String, String)>) -> Submission {
        Submission { fields, files: Vec::new() }
    }

    /// Every field with its value, as sent.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The field `name` as it was sent; empty where it is not there.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Everything sent under `name`, as it was sent, without what is empty.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        let of_name = self.fields.iter().filter(|(key, value)| key == name && !value.is_empty());
        of_name.map(|(_, value)| value.as_str()).collect()
    }

    /// The field `name` without surrounding blanks; empty where it is not there.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }
}

/// Reads a form with files.
///
/// # Errors
/// `TooLarge`, `TooSlow`, `BadForm`.
pub async fn with_files(request: Request) -> Result<Submission, PageError> {
    let promised = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let promised: usize = promised.and_then(|length| length.parse().ok()).unwrap_or(0);
    if promised > DRAINED_BYTES {
        return Err(PageError::TooLarge);
    }
    match tokio::time::timeout(PATIENCE, read_parts(request)).await {
        Ok(read) => read,
        Err(_late) => Err(PageError::TooSlow),
    }
}

/// Reads a form of plain fields.
///
/// # Errors
/// `TooSlow`, `BadForm`.
pub async fn plain(request: Request) -> Result<Submission, PageError> {
    let read = axum::Form::<Vec<(String, String)>>::from_request(request, &());
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(axum::Form(fields))) => Ok(Submission::of_fields(fields)),
        Ok(Err(_unreadable)) => Err(PageError::BadForm),
        Err(_late) => Err(PageError::TooSlow),
    }
}

/// The layer for addresses of plain forms.
pub fn plain_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FIELD_BYTES)
}

async fn read_parts(request: Request) -> Result<Submission, PageError> {
    let bad = |_unreadable| PageError::BadForm;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_no_form| PageError::BadForm)?;
    let mut form = Submission::default();
    let (mut seen, mut held, mut drained) = (0_usize, 0_usize, 0_usize);
    let mut too_large = false;
    while let Some(mut part) = parts.next_field().await.map_err(bad)? {
        seen += 1;
        if seen > PARTS {
            return Err(PageError::BadForm);
        }
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(label);
        let room = if file.is_some() { FILE_BYTES.saturating_sub(held) } else { FIELD_BYTES };
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(bad)? {
            drained = drained.saturating_add(piece.len());
            if drained > DRAINED_BYTES {
                return Err(PageError::TooLarge);
            }
            if too_large || bytes.len().saturating_add(piece.len()) > room {
                too_large = true;
                bytes = Vec::new();
                continue;
            }
            bytes.extend_from_slice(&piece);
        }
        match file {
            Some(file) => {
                held = held.saturating_add(bytes.len());
                // A browser sends a file field nobody has filled as a file without name and content.
                if !(file.is_empty() && bytes.is_empty()) {
                    form.files.push(SentFile { name: file, bytes });
                }
            }
            None => form.fields.push((name, String::from_utf8(bytes).map_err(|_not_text| PageError::BadForm)?)),
        }
    }
    if too_large { Err(PageError::TooLarge) } else { Ok(form) }
}

/// The last part of a name as a browser sends it, without control characters, cut before its ending if too long.
fn label(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    if clean.chars().count() <= NAME_CHARS {
        return clean.to_owned();
    }
    let ending = clean.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending: String = ending.chars().take(8).collect();
    let start: String = clean.chars().take(NAME_CHARS.saturating_sub(ending.chars().count() + 1)).collect();
    format!("{start}.{ending}")
}

/// Characters that would let a name show as another one than it is.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
