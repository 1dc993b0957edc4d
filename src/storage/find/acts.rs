//! Acts of people, answers kept under keys, and papers.
//!
//! **Invariant:** the acts of a thing come in the order in which they were taken.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;

use super::Reach;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::acts::{ActRow, AttachmentRow, IdempotencyRow, PaperCheckRow};
use crate::storage::schema::{acts, attachments, claim_status, idempotency_keys, paper_checks};

/// The acts on one thing.
///
/// # Errors
/// What the database says.
pub fn of(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> Result<Vec<ActRow>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::subject.eq(subject))
        .order(acts::version)
        .select(ActRow::as_select())
        .load(db)?)
}

/// What each of these events did, where it took an act on one of these things: life and word of the act, by event.
///
/// # Errors
/// What the database says.
pub fn of_events(
    db: &mut Db,
    fund_id: &str,
    (lives, subjects): (&[&str], &[&str]),
) -> Result<BTreeMap<String, (String, String)>, StoreError> {
    let told: Vec<(String, String, String)> = acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq_any(lives.to_vec()))
        .filter(acts::subject.eq_any(subjects.to_vec()))
        .select((acts::event_id, acts::life, acts::act))
        .load(db)?;
    Ok(told.into_iter().map(|(event_id, life, act)| (event_id, (life, act))).collect())
}

/// Every act of one kind of thing, by thing and number.
///
/// # Errors
/// What the database says.
pub fn of_life(db: &mut Db, fund_id: &str, life: &str) -> Result<Vec<ActRow>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .order((acts::subject, acts::version))
        .select(ActRow::as_select())
        .load(db)?)
}

/// Every act of some words on things of a kind, by thing and number.
///
/// # Errors
/// What the database says.
pub fn of_words(db: &mut Db, fund_id: &str, life: &str, words: &[&str]) -> Result<Vec<ActRow>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::act.eq_any(words.to_vec()))
        .order((acts::subject, acts::version))
        .select(ActRow::as_select())
        .load(db)?)
}

/// Every act on some things of a kind, by thing and number.
///
/// # Errors
/// What the database says.
pub fn of_each(db: &mut Db, fund_id: &str, life: &str, subjects: &[&str]) -> Result<Vec<ActRow>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::subject.eq_any(subjects.to_vec()))
        .order((acts::subject, acts::version))
        .select(ActRow::as_select())
        .load(db)?)
}

/// The acts of some words on some things of a kind, by thing and number.
///
/// # Errors
/// What the database says.
pub fn of_some(
    db: &mut Db,
    (fund_id, life): (&str, &str),
    subjects: &[&str],
    words: &[&str],
) -> Result<Vec<ActRow>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::subject.eq_any(subjects.to_vec()))
        .filter(acts::act.eq_any(words.to_vec()))
        .order((acts::subject, acts::version))
        .select(ActRow::as_select())
        .load(db)?)
}

/// Things of a kind on which this act was ever taken.
///
/// # Errors
/// What the database says.
pub fn subjects_with(db: &mut Db, fund_id: &str, life: &str, act: &str) -> Result<Vec<String>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::act.eq(act))
        .select(acts::subject)
        .distinct()
        .order(acts::subject)
        .load(db)?)
}

/// Particulars of acts of these words on things of a kind in which a text stands, with the thing, by thing and number. The
/// text holds neither `%` nor `_`.
///
/// # Errors
/// What the database says.
pub fn telling(
    db: &mut Db,
    fund_id: &str,
    life: &str,
    words: &[&str],
    text: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::act.eq_any(words.to_vec()))
        .filter(acts::details.like(format!("%{text}%")))
        .order((acts::subject, acts::version))
        .select((acts::subject, acts::details))
        .load(db)?)
}

/// Number of the last act on a thing, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_version(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = acts::table
        .filter(acts::fund_id.eq(fund_id))
        .filter(acts::life.eq(life))
        .filter(acts::subject.eq(subject))
        .select(max(acts::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// The answer kept under a key.
///
/// # Errors
/// What the database says.
pub fn answer(db: &mut Db, fund_id: &str, key: &str) -> Result<Option<IdempotencyRow>, StoreError> {
    Ok(idempotency_keys::table.find((fund_id, key)).select(IdempotencyRow::as_select()).first(db).optional()?)
}

/// The answers kept under keys that begin so, by key. The beginning holds neither `%` nor `_`.
///
/// # Errors
/// What the database says.
pub fn answers_below(db: &mut Db, fund_id: &str, start: &str) -> Result<Vec<IdempotencyRow>, StoreError> {
    Ok(idempotency_keys::table
        .filter(idempotency_keys::fund_id.eq(fund_id))
        .filter(idempotency_keys::idempotency_key.like(format!("{start}%")))
        .order(idempotency_keys::idempotency_key)
        .select(IdempotencyRow::as_select())
        .load(db)?)
}

/// An act that was taken with others of one form.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct TakenTogether {
    /// Its key.
    pub key: String,
    /// Act.
    pub act: String,
    /// Who took it.
    pub person: String,
    /// Its day.
    pub on: NaiveDate,
}

/// Acts within reach on claims whose keys look like `pattern`, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn taken_together(db: &mut Db, reach: &Reach, pattern: &str, limit: i64) -> Result<Vec<TakenTogether>, StoreError> {
    let mut found = idempotency_keys::table
        .inner_join(acts::table.on(acts::event_id.eq(idempotency_keys::event_id)))
        .inner_join(claim_status::table.on(claim_status::claim_id.eq(acts::subject)))
        .filter(idempotency_keys::fund_id.eq(reach.fund_id().to_owned()))
        .filter(idempotency_keys::idempotency_key.like(pattern.to_owned()))
        .select((idempotency_keys::idempotency_key, acts::act, acts::person, acts::business_date))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(claim_status::bank.eq(bank.to_owned()));
    }
    Ok(found.order((acts::recorded_at.desc(), acts::event_id.desc())).limit(limit).load(db)?)
}

/// Papers of one thing, in the order in which they came.
///
/// # Errors
/// What the database says.
pub fn papers(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    Ok(attachments::table
        .filter(attachments::fund_id.eq(fund_id))
        .filter(attachments::life.eq(life))
        .filter(attachments::subject.eq(subject))
        .order((attachments::recorded_at, attachments::attachment_id))
        .select(AttachmentRow::as_select())
        .load(db)?)
}

/// Which documents are there for one thing, by code.
///
/// # Errors
/// What the database says.
pub fn documents(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> Result<Vec<String>, StoreError> {
    Ok(attachments::table
        .filter(attachments::fund_id.eq(fund_id))
        .filter(attachments::life.eq(life))
        .filter(attachments::subject.eq(subject))
        .select(attachments::document)
        .distinct()
        .load(db)?)
}

/// One paper.
///
/// # Errors
/// What the database says.
pub fn paper(db: &mut Db, attachment_id: &str) -> Result<Option<AttachmentRow>, StoreError> {
    Ok(attachments::table.find(attachment_id).select(AttachmentRow::as_select()).first(db).optional()?)
}

/// Papers of one thing without their content: identifier, document, SHA-256.
///
/// # Errors
/// What the database says.
pub fn paper_marks(
    db: &mut Db,
    fund_id: &str,
    life: &str,
    subject: &str,
) -> Result<Vec<(String, String, String)>, StoreError> {
    Ok(attachments::table
        .filter(attachments::fund_id.eq(fund_id))
        .filter(attachments::life.eq(life))
        .filter(attachments::subject.eq(subject))
        .order(attachments::attachment_id)
        .select((attachments::attachment_id, attachments::document, attachments::content_hash))
        .load(db)?)
}

/// What was found out about a paper when it came.
///
/// # Errors
/// What the database says.
pub fn paper_check(db: &mut Db, attachment_id: &str) -> Result<Option<PaperCheckRow>, StoreError> {
    Ok(paper_checks::table.find(attachment_id).select(PaperCheckRow::as_select()).first(db).optional()?)
}

/// What the scanner said of papers, by their identifiers; papers from before there was a scanner are left out.
///
/// # Errors
/// What the database says.
pub fn verdicts(db: &mut Db, papers: &[AttachmentRow]) -> Result<BTreeMap<String, String>, StoreError> {
    let ids: Vec<&str> = papers.iter().map(|paper| paper.attachment_id.as_str()).collect();
    let told: Vec<(String, String)> = paper_checks::table
        .filter(paper_checks::attachment_id.eq_any(ids))
        .select((paper_checks::attachment_id, paper_checks::verdict))
        .load(db)?;
    Ok(told.into_iter().collect())
}

/// Bytes of the papers of one thing.
///
/// # Errors
/// What the database says.
pub fn papers_size(db: &mut Db, fund_id: &str, life: &str, subject: &str) -> Result<i64, StoreError> {
    let sizes: Vec<i64> = attachments::table
        .filter(attachments::fund_id.eq(fund_id))
        .filter(attachments::life.eq(life))
        .filter(attachments::subject.eq(subject))
        .select(attachments::size)
        .load(db)?;
    Ok(sizes.into_iter().fold(0, i64::saturating_add))
}

/// Bytes of the papers about the business of one bank.
///
/// # Errors
/// What the database says.
pub fn papers_size_of_bank(db: &mut Db, fund_id: &str, bank: &str) -> Result<i64, StoreError> {
    let of_bank = paper_checks::table
        .filter(paper_checks::fund_id.eq(fund_id))
        .filter(paper_checks::bank.eq(bank))
        .select(paper_checks::attachment_id);
    let sizes: Vec<i64> =
        attachments::table.filter(attachments::attachment_id.eq_any(of_bank)).select(attachments::size).load(db)?;
    Ok(sizes.into_iter().fold(0, i64::saturating_add))
}
