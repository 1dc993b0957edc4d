//! Papers that belong to a thing: handed in, listed, read back.
//!
//! Owns who may hand in a paper and what counts as one. A paper is content with a name and a document code; what it
//! proves is for the people who read it.
//! **Invariant:** the same content for the same thing and document is one paper, however often it is handed in; a name
//! never holds a path; a name and a content that do not say the same are no paper; content lies sealed.

pub mod kind;
pub mod scan;

use chrono::NaiveDate;

use kind::PaperKind;

use super::UseCaseError;
use super::lives::claim::{bank_of, document_word};
use super::lives::offices::offices;
use super::lives::{ActRefusal, partner};
use crate::app::App;
use crate::domain::people::{Office, Role};
use crate::domain::person::{PersonName, key_of};
use crate::hash::{hex, sha256_hex};
use crate::sealing::Sealer;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, acts, loans, parties};
use crate::storage::rows::acts::{AttachmentRow, PaperCheckRow};
use crate::storage::{Act, Db, Scope, Tx};

/// Largest content, in bytes.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// Longest name, in characters.
const LONGEST_NAME: usize = 200;
/// Longest document code, in characters.
const LONGEST_CODE: usize = 64;
/// Lives to which papers belong.
pub const LIVES: [&str; 6] = ["claim", "registration", "loan", "partner", "person", "fund"];

/// What somebody hands in.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Whose life.
    pub life: String,
    /// The thing.
    pub subject: String,
    /// Which document, by the word of a rulebook or the code of a form.
    pub document: String,
    /// File name.
    pub file_name: String,
    /// Content.
    pub content: Vec<u8>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its identifier.
    pub attachment_id: String,
    /// SHA-256 of its content.
    pub content_hash: String,
    /// The document, as rulebooks name it.
    pub document: String,
    /// Nothing was written, because it was there.
    pub was_there: bool,
}

/// Hands in a paper.
///
/// # Errors
/// `Act`, with nothing saved; storage.
pub fn attach(app: &App, paper: &Paper, by: &str, on: NaiveDate) -> Result<Attached, UseCaseError> {
    let person = PersonName::read(by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let document = well_formed(paper)?;
    let wrong_kind = || ActRefusal::new("ATTACHMENT_KIND", vec![("name", paper.file_name.clone())]);
    let kind = PaperKind::of(&paper.file_name, &paper.content).ok_or_else(wrong_kind)?;
    let verdict = scan::scan(&app.config.attachments, &paper.content)?;
    let fund_id = app.fund_id();
    let checked = Checked { document: &document, media_type: kind.media_type(), verdict: verdict.code() };
    let act = Act::new(person.as_str(), on);
    app.store.write(&Scope::fund(fund_id), &act, |tx| take(tx, app, paper, &checked, &person))
}

/// Papers of a thing, in the order in which they came.
///
/// # Errors
/// `Act` for a thing that is not known; storage.
pub fn list(app: &App, db: &mut Db, life: &str, subject: &str) -> Result<Vec<AttachmentRow>, UseCaseError> {
    let subject = stored_subject(life, subject);
    bank_of_thing(db, app.fund_id(), life, &subject)?;
    Ok(acts::papers(db, app.fund_id(), life, &subject)?)
}

/// What the scanner said of listed papers, in their order.
///
/// # Errors
/// Storage.
pub fn verdicts(db: &mut Db, papers: &[AttachmentRow]) -> Result<Vec<String>, UseCaseError> {
    let told = acts::verdicts(db, papers)?;
    let of = |paper: &AttachmentRow| told.get(&paper.attachment_id).map_or(scan::Verdict::NotScanned.code(), |v| v);
    Ok(papers.iter().map(|paper| of(paper).to_owned()).collect())
}

/// What a paper turned out to be.
struct Checked<'p> {
    document: &'p str,
    media_type: &'static str,
    verdict: &'static str,
}

/// A paper as it was handed in, unsealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPaper {
    /// File name.
    pub file_name: String,
    /// Media type; one that browsers do not open for what was taken before kinds were told apart.
    pub media_type: &'static str,
    /// Whether it was scanned.
    pub verdict: String,
    /// Content.
    pub content: Vec<u8>,
}

/// One paper with its content; none for an identifier that is not known.
///
/// # Errors
/// Storage; `Sealed` for content that does not unseal or is not what was handed in.
pub fn read(app: &App, db: &mut Db, attachment_id: &str) -> Result<Option<ReadPaper>, UseCaseError> {
    let Some(row) = acts::paper(db, attachment_id)?.filter(|row| row.fund_id == app.fund_id()) else {
        return Ok(None);
    };
    let check = acts::paper_check(db, attachment_id)?;
    let kind = check.as_ref().and_then(|check| PaperKind::of_media_type(&check.media_type));
    Ok(Some(ReadPaper {
        content: content(&app.sealer, &row)?,
        media_type: kind.map_or("application/octet-stream", PaperKind::media_type),
        verdict: check.map_or_else(|| scan::Verdict::NotScanned.code().to_owned(), |check| check.verdict),
        file_name: row.file_name,
    }))
}

/// The content of a paper as it was handed in. What was stored before contents were sealed lies there as it is.
///
/// # Errors
/// `Sealed` for content that does not unseal or is not what was handed in.
pub fn content(sealer: &Sealer, row: &AttachmentRow) -> Result<Vec<u8>, UseCaseError> {
    if sha256_hex(&row.content) == row.content_hash {
        return Ok(row.content.clone());
    }
    let plain = sealer.unseal(&purpose(&row.attachment_id), &row.content)?;
    if sha256_hex(&plain) == row.content_hash { Ok(plain) } else { Err(crate::sealing::SealingError::Broken.into()) }
}

/// What the content of a paper is sealed for: a content laid under another paper does not unseal.
fn purpose(attachment_id: &str) -> String {
    format!("attachment:{attachment_id}")
}

fn take(
    tx: &mut Tx<'_>,
    app: &App,
    paper: &Paper,
    checked: &Checked<'_>,
    person: &PersonName,
) -> Result<Attached, UseCaseError> {
    let (fund_id, document) = (app.fund_id(), checked.document);
    let subject = stored_subject(&paper.life, &paper.subject);
    let bank = bank_of_thing(tx, fund_id, &paper.life, &subject)?;
    let on = tx.on();
    let held = offices(tx, fund_id, person, on)?;
    if !held.iter().any(|office| may(office, bank.as_deref())) {
        let places = vec![("person", person.as_str().to_owned())];
        return Err(ActRefusal::new("ATTACHMENT_OFFICE", places).into());
    }
    let content_hash = sha256_hex(&paper.content);
    let of_thing = acts::paper_marks(tx, fund_id, &paper.life, &subject)?;
    if let Some((id, ..)) = of_thing.into_iter().find(|(_, known, hash)| known == document && *hash == content_hash) {
        return Ok(Attached { attachment_id: id, content_hash, document: document.to_owned(), was_there: true });
    }
    within_quota(tx, app, paper, &subject, bank.as_deref())?;
    let attachment_id = hex(&rand::random::<[u8; 16]>());
    let (business_date, recorded_at, event_id) = unstamped();
    let row = AttachmentRow {
        fund_id: fund_id.to_owned(),
        attachment_id: attachment_id.clone(),
        life: paper.life.clone(),
        subject: subject.clone(),
        document: document.to_owned(),
        file_name: paper.file_name.clone(),
        content_hash: content_hash.clone(),
        size: i64::try_from(paper.content.len()).unwrap_or(i64::MAX),
        person: person.as_str().to_owned(),
        content: app.sealer.seal(&purpose(&attachment_id), &paper.content),
        business_date,
        recorded_at,
        event_id: event_id.clone(),
    };
    let check = PaperCheckRow {
        fund_id: fund_id.to_owned(),
        attachment_id: attachment_id.clone(),
        bank: bank.unwrap_or_default(),
        media_type: checked.media_type.to_owned(),
        verdict: checked.verdict.to_owned(),
        business_date,
        recorded_at,
        event_id,
    };

    tx.record(
        Change::new(Chain::Fund { fund_id: fund_id.to_owned() }, "attachment.added", subject).with(row).with(check),
    )?;
    Ok(Attached { attachment_id, content_hash, document: document.to_owned(), was_there: false })
}

/// Whether one more paper still has room with its thing and its bank.
fn within_quota(
    tx: &mut Tx<'_>,
    app: &App,
    paper: &Paper,
    subject: &str,
    bank: Option<&str>,
) -> Result<(), UseCaseError> {
    let settings = &app.config.attachments;
    let size = i64::try_from(paper.content.len()).unwrap_or(i64::MAX);
    let of_thing = acts::papers_size(tx, app.fund_id(), &paper.life, subject)?;
    let of_bank = match bank {
        Some(bank) => acts::papers_size_of_bank(tx, app.fund_id(), bank)?,
        None => 0,
    };
    for (used, limit) in [(of_thing, settings.thing_mib), (of_bank, settings.bank_mib)] {
        let limit = i64::from(limit).saturating_mul(1024 * 1024);
        if used.saturating_add(size) > limit {
            let places = vec![("used", used.to_string()), ("limit", limit.to_string())];
            return Err(ActRefusal::new("ATTACHMENT_QUOTA", places).into());
        }
    }
    Ok(())
}

/// Whoever reads only hands nothing in; people of a bank hand in papers of their own bank only.
fn may(office: &Office, bank: Option<&str>) -> bool {
    if matches!(office.role, Role::Auditor | Role::Regulator) {
        return false;
    }
    office.bank().is_none_or(|own| bank == Some(own.as_str()))
}

/// The thing, as it is stored.
fn stored_subject(life: &str, subject: &str) -> String {
    if life == "person" { key_of(subject) } else { subject.to_owned() }
}

/// The bank a thing belongs to; none for what is the fund's.
fn bank_of_thing(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> Result<Option<String>, UseCaseError> {
    let unknown = || ActRefusal::new("ATTACHMENT_SUBJECT", vec![("subject", subject.to_owned())]);
    match life {
        "claim" => bank_of(db, fund_id, subject),
        // The papers of a loan are collected before its form is written: its name says whose it is.
        "registration" => {
            let bank = super::lives::registration::bank_in(fund_id, subject).ok_or_else(unknown)?;
            let known = parties::partners(db, fund_id)?.into_iter().any(|partner| partner.code == bank);
            if known { Ok(Some(bank)) } else { Err(unknown().into()) }
        }
        "loan" => {
            let loan = loans::one(db, &Reach::of_fund(fund_id), subject)?.ok_or_else(unknown)?;
            Ok(Some(loan.bank))
        }
        partner::LIFE => {
            let known = parties::partners(db, fund_id)?.into_iter().any(|partner| partner.code == subject);
            if known { Ok(Some(subject.to_owned())) } else { Err(unknown().into()) }
        }
        "person" => match super::lives::offices::person(db, fund_id, subject)? {
            Some(_) => Ok(None),
            None => Err(unknown().into()),
        },
        "fund" if subject == fund_id => Ok(None),
        _ => Err(unknown().into()),
    }
}

/// The document code as rulebooks write it, of a paper whose life, code, name and size are within bounds.
fn well_formed(paper: &Paper) -> Result<String, ActRefusal> {
    if !LIVES.contains(&paper.life.as_str()) {
        return Err(ActRefusal::new("ATTACHMENT_LIFE", vec![("life", paper.life.clone())]));
    }
    let code = paper.document.trim();
    let is_code = !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_code || code.len() > LONGEST_CODE {
        return Err(ActRefusal::new("ATTACHMENT_DOCUMENT", Vec::new()));
    }
    if !is_name(&paper.file_name) {
        return Err(ActRefusal::new("ATTACHMENT_NAME", Vec::new()));
    }
    if paper.content.is_empty() || paper.content.len() > LARGEST {
        let places = vec![("size", paper.content.len().to_string()), ("limit", LARGEST.to_string())];
        return Err(ActRefusal::new("ATTACHMENT_SIZE", places));
    }
    Ok(document_word(code))
}

/// A file name that names a file and nothing else: no path, no control or direction character, no reserved end.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let unsafe_char = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    !name.trim().is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.chars().any(unsafe_char)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name.trim() == name
}
