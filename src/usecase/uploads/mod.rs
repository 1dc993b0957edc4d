//! Files sent through the pages: received, checked, decided, imported.
//!
//! Owns what people do with an upload; what workers do stands in `work`, what they find in `preview`, how far
//! they are in `running`.
//! **Invariant:** nothing of a file is saved before a person has decided on what its check found.

pub mod layout;
pub mod marking;
pub mod preview;
pub mod running;
pub mod work;

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use super::{UseCaseError, mappings};
use crate::app::App;
use crate::domain::names::PartnerCode;
use crate::hash::sha256_hex;
use crate::i18n::{self, Lang};
use crate::import::field::FileKind;
use crate::storage::find::upload_work::Taking;
use crate::storage::find::uploads::{self, Decision, Ending};
use crate::storage::rows::uploads::{NewUploadRow, UploadRow, state};
use crate::storage::{Act, Scope, StoreError};
use preview::Preview;
use running::Stop;

/// Characters of an identifier: 128 bits, hexadecimal.
const ID_CHARS: usize = 32;

/// A file as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Name, for people and for what the reader can tell from it.
    pub name: String,
    /// Bytes.
    pub bytes: Vec<u8>,
    /// What it holds.
    pub kind: FileKind,
    /// Bank, where the sender names it.
    pub bank: Option<PartnerCode>,
    /// Mapping, where the sender names it.
    pub mapping: Option<String>,
    /// Business date.
    pub on: NaiveDate,
    /// One refused record sends the whole file back.
    pub all_or_nothing: bool,
    /// Who sends it.
    pub actor: String,
    /// Random text of the form it was sent with: the same file with the same form is the same upload.
    pub token: String,
}

/// What a person says to what the check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Import everything; a refused record sends the whole file back.
    All,
    /// Import the acceptable records.
    Acceptable,
    /// Import nothing.
    Nothing,
}

/// Takes a file in for its check. Gives the identifier of the upload; sending the same form twice gives the same.
///
/// # Errors
/// Storage.
pub fn receive(app: &App, sent: Sent) -> Result<String, UseCaseError> {
    let content_hash = sha256_hex(&sent.bytes);
    let seed = format!("{}\n{}\n{content_hash}", sent.token, sent.kind.code());
    let upload_id: String = sha256_hex(seed.as_bytes()).chars().take(ID_CHARS).collect();
    let act = Act::new(&sent.actor, sent.on);
    let row = NewUploadRow {
        upload_id: upload_id.clone(),
        place: 0,
        fund_id: app.fund_id().to_owned(),
        queue: queue_of(app, &sent)?,
        bank: sent.bank.map(|bank| bank.as_str().to_owned()),
        kind: sent.kind.code().to_owned(),
        file_name: sent.name,
        content_hash,
        size: i64::try_from(sent.bytes.len()).unwrap_or(i64::MAX),
        mapping: sent.mapping,
        all_or_nothing: sent.all_or_nothing,
        business_date: sent.on,
        actor: sent.actor,
        received_at: app.store.clock().now(),
        state: state::RECEIVED.to_owned(),
        rows_done: 0,
        is_partial: false,
        fence: 0,
        attempts: 0,
        cancel_requested: false,
        content: Some(sent.bytes),
    };
    app.store.write(&Scope::system(), &act, |tx| uploads::enter(tx, &row))?;
    app.running.ring();
    Ok(upload_id)
}

/// The bank's queue, as far as the sender or the name tells it; files of the fund share one.
fn queue_of(app: &App, sent: &Sent) -> Result<String, UseCaseError> {
    if !sent.kind.is_of_one_bank() {
        return Ok(String::new());
    }
    if let Some(bank) = &sent.bank {
        return Ok(bank.as_str().to_owned());
    }
    let prefix = sent.name.split_once('_').map_or("", |(prefix, _)| prefix);
    let known = mappings::known_banks(app)?;
    Ok(known.iter().find(|bank| bank.as_str() == prefix).map_or_else(String::new, |bank| bank.as_str().to_owned()))
}

/// Carries out a person's answer. An upload that no longer waits for one stays as it is.
///
/// # Errors
/// Storage.
pub fn decide(app: &App, upload_id: &str, answer: Answer, partial: bool, by: &str) -> Result<(), StoreError> {
    let Some(row) = uploads::one(&mut *app.store.read()?, upload_id)? else { return Ok(()) };
    let preview = Preview::of(row.preview.as_deref());
    let act = Act::new(by, row.business_date);
    let nothing_is_acceptable = preview.accepted == 0 && preview.rejected > 0;
    let wants_more_than_there_is = nothing_is_acceptable || (answer == Answer::All && preview.rejected > 0);
    let turned_down = match answer {
        Answer::Nothing => Some((state::CANCELLED, "UPLOAD_DECLINED")),
        Answer::All | Answer::Acceptable if wants_more_than_there_is => Some((state::REFUSED, "UPLOAD_NOT_CLEAN")),
        Answer::All | Answer::Acceptable => None,
    };
    app.store.write(&Scope::system(), &act, |tx| {
        if let Some((state, code)) = turned_down {
            let text = stored_words(code, &[], |lang| own_words(lang, code, &[]));
            return uploads::turn_down(tx, upload_id, by, &Ending { state, code, text: &text }).map(|_changed| ());
        }
        // A file that leaves contracts of the month out can only correct what it holds.
        if preview.is_incomplete() && !partial {
            return Ok(());
        }
        let how = if answer == Answer::All { "all" } else { "acceptable" };
        uploads::decide(tx, upload_id, &Decision { how, partial, by }).map(|_changed| ())
    })?;
    app.running.ring();
    Ok(())
}

/// Stops an upload that has not come in yet. One that is worked on here is told directly: the database may be
/// busy with it.
///
/// # Errors
/// Storage.
pub fn cancel(app: &App, upload_id: &str, by: &str) -> Result<(), StoreError> {
    if app.running.stop(upload_id, Stop::Cancelled) {
        return Ok(());
    }
    let act = Act::new(by, app.store.clock().today());
    let text = stored_words("CANCELLED", &[], |lang| UseCaseError::Cancelled.text(lang));
    let ending = Ending { state: state::CANCELLED, code: "CANCELLED", text: &text };
    app.store.write(&Scope::system(), &act, |tx| uploads::cancel(tx, upload_id, by, &ending))?;
    // A worker that began in between has read the row before or after the wish was written; now it hears it anyway.
    app.running.stop(upload_id, Stop::Cancelled);
    Ok(())
}

/// Forgets the bytes of uploads that ended long ago, and ends those nobody has decided on for as long.
///
/// # Errors
/// Storage.
pub fn clear(app: &App) -> Result<usize, StoreError> {
    let now = app.store.clock().now();
    let Some(limit) = now.checked_sub_signed(TimeDelta::days(app.config.imports.keep_days)) else { return Ok(0) };
    let act = Act::new("import", app.store.clock().today());
    let days = app.config.imports.keep_days.to_string();
    let places = [("days", days.as_str())];
    let text = stored_words("UPLOAD_EXPIRED", &places, |lang| own_words(lang, "UPLOAD_EXPIRED", &places));
    let ending = Ending { state: state::CANCELLED, code: "UPLOAD_EXPIRED", text: &text };
    app.store.write(&Scope::system(), &act, |tx| uploads::clear(tx, limit, &ending))
}

/// Takes the next upload for this process, if there is one.
///
/// # Errors
/// Storage.
pub fn take(app: &App) -> Result<Option<(UploadRow, crate::storage::UploadLease)>, StoreError> {
    let settings = &app.config.imports;
    let act = Act::new("import", app.store.clock().today());
    let tries = settings.attempts.to_string();
    let places = [("tries", tries.as_str())];
    let text = stored_words("UPLOAD_GAVE_UP", &places, |lang| own_words(lang, "UPLOAD_GAVE_UP", &places));
    let taking = Taking {
        owner: &app.owner,
        lease: TimeDelta::seconds(settings.lease_seconds),
        attempts: settings.attempts,
        given_up: Ending { state: state::FAILED, code: "UPLOAD_GAVE_UP", text: &text },
    };
    app.store.write(&Scope::system(), &act, |tx| crate::storage::find::upload_work::take(tx, &taking))
}

/// Words in both languages as they are stored with an upload: the pages' own words for a code where there are
/// some, else those given.
fn stored_words(code: &str, places: &[(&str, &str)], fallback: impl Fn(Lang) -> String) -> String {
    let words = |lang: Lang| {
        let own = i18n::texts(lang).contains_key(&format!("upload.{code}"));
        if own { own_words(lang, code, places) } else { fallback(lang) }
    };
    json!({ "zh": words(Lang::Zh), "en": words(Lang::En) }).to_string()
}

fn own_words(lang: Lang, code: &str, places: &[(&str, &str)]) -> String {
    i18n::text(lang, &format!("upload.{code}"), places)
}

/// Stored words in a language.
#[must_use]
pub fn words_in(stored: &str, lang: Lang) -> String {
    let words: serde_json::Value = serde_json::from_str(stored).unwrap_or_default();
    words[lang.code()].as_str().unwrap_or(stored).to_owned()
}
