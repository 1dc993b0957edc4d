//! Papers that belong to a thing: handed in, listed, read back.
//!
//! Owns who may hand in a paper and what counts as one. A paper is content with a name and a document code; what it
//! proves is for the people who read it.
//! **Invariant:** the same content for the same thing and document is one paper, however often it is handed in; a name
//! never holds a path.

use chrono::NaiveDate;

use super::UseCaseError;
use super::lives::claim::{bank_of, document_word};
use super::lives::offices::offices;
use super::lives::{ActRefusal, partner};
use crate::app::App;
use crate::domain::people::{Office, Role};
use crate::domain::person::{PersonName, key_of};
use crate::hash::sha256_hex;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, acts, loans, parties};
use crate::storage::rows::acts::AttachmentRow;
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
    let fund_id = app.fund_id();
    let act = Act::new(person.as_str(), on);
    app.store.write(&Scope::fund(fund_id), &act, |tx| take(tx, fund_id, paper, &document, &person))
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

fn take(
    tx: &mut Tx<'_>,
    fund_id: &str,
    paper: &Paper,
    document: &str,
    person: &PersonName,
) -> Result<Attached, UseCaseError> {
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
    let nth = acts::papers_with(tx, &content_hash)?.saturating_add(1);
    let attachment_id = format!("{}-{nth}", content_hash.get(..16).unwrap_or(&content_hash));
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
        content: paper.content.clone(),
        business_date,
        recorded_at,
        event_id,
    };
    tx.record(Change::new(Chain::Fund { fund_id: fund_id.to_owned() }, "attachment.added", subject).with(row))?;
    Ok(Attached { attachment_id, content_hash, document: document.to_owned(), was_there: false })
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
        "registration" | "loan" => {
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
