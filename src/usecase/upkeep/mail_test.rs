//! A mail sent to see whether mail gets out.
//!
//! Two events: one before the mail is handed over, which counts against the limit and holds the key, one after it with
//! what came of it. A crash between them leaves a try without an outcome, and nothing that would repeat it.
//! **Invariant:** what the mail says is fixed; nobody sends words of one's own this way.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Step, Word, refused};
use crate::app::App;
use crate::config::MailTransport;
use crate::i18n::{self, Lang};
use crate::mail::compose::{Letter, compose};
use crate::mail::send::{Parcel, Refused, Taken, hand_over, is_address};
use crate::storage::Scope;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::upkeep as find;
use crate::usecase::UseCaseError;

/// Kind of a try that was begun.
pub const BEGUN: &str = "mail_test_begun";
/// Kind of a try with its outcome.
pub const TRIED: &str = "mail_tested";
/// Tries within `WITHIN_MINUTES`, by everybody together.
pub const MOST: i64 = 5;
/// Minutes over which tries are counted.
pub const WITHIN_MINUTES: i64 = 10;

/// Name of the step that holds the outcome of a try.
#[must_use]
pub fn step_id(key: &str) -> String {
    format!("mail_test:{key}:tried")
}

/// Sends a test mail and records what came of it. Sent twice under one key it goes out once.
///
/// # Errors
/// `Upkeep`: no address, too many tries; storage.
pub fn send(app: &App, to: &str, lang: Lang, word: &Word<'_>) -> Result<(), UseCaseError> {
    let by = word.person()?;
    let to = to.trim();
    if !is_address(to) {
        return Err(refused("UPKEEP_ADDRESS", vec![to.to_owned()]));
    }
    if begin(app, to, word, by.as_str())? {
        return Ok(());
    }
    let content_key = format!("mail_test_{}", word.key);
    let letter = letter(app, &content_key, to, lang);
    let handed =
        compose(&letter).map_err(|reason| UseCaseError::Mail { recipient: to.to_owned(), reason }).map(|composed| {
            hand_over(&app.config, Parcel { content_key: &content_key, recipient: to, raw: &composed.raw })
        })?;
    if let Err(refused) = &handed {
        tracing::warn!("test mail not delivered: {}", refused.reason);
    }
    let id = step_id(word.key);
    let step = Step { id: &id, kind: TRIED, subject: "mail", by: by.as_str() };
    app.store.write(&Scope::system(), &word.act(app), |tx| {
        let row = step.row(app.fund_id(), &outcome(app, to, &handed));
        tx.record(Change::new(Chain::System, "mail.tested", "mail").with(row))?;
        Ok(())
    })
}

/// Takes the key and a place among the tries. Gives whether the key was taken before.
fn begin(app: &App, to: &str, word: &Word<'_>, by: &str) -> Result<bool, UseCaseError> {
    let (fund_id, asked) = (app.fund_id(), json!(["mail_test", to, by]));
    let id = format!("mail_test:{}:begun", word.key);
    app.store.write(&Scope::system(), &word.act(app), |tx| {
        if word.answered(tx, fund_id, &asked)?.is_some() {
            return Ok(true);
        }
        let since = tx.now().checked_sub_signed(TimeDelta::minutes(WITHIN_MINUTES)).unwrap_or(tx.now());
        if find::count_since(tx, fund_id, BEGUN, since)? >= MOST {
            return Err(refused("UPKEEP_TOO_MANY", Vec::new()));
        }
        let row = Step { id: &id, kind: BEGUN, subject: "mail", by }.row(fund_id, &json!({ "to": to }));
        let change = Change::new(Chain::System, "mail.test_begun", "mail").with(row);
        tx.record(change.with(word.kept(fund_id, &asked, &json!({ "begun": true }))))?;
        Ok(false)
    })
}

fn letter(app: &App, content_key: &str, to: &str, lang: Lang) -> Letter {
    let config = &app.config;
    let fund = if lang == Lang::Zh { &config.fund.name_zh } else { &config.fund.name_en };
    let text = i18n::text(lang, "upkeep.mail.text", &[("fund", fund)]);
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Letter {
        content_key: content_key.to_owned(),
        fund_id: app.fund_id().to_owned(),
        from: (config.mail.from.clone(), config.mail.from_name.clone()),
        to: (to.to_owned(), String::new()),
        subject: i18n::text(lang, "upkeep.mail.subject", &[("fund", fund)]),
        text,
        html: format!(
            "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><body><p>{safe}</p></body></html>",
            lang.code()
        ),
        attachments: Vec::new(),
        composed_at: app.store.clock().now(),
    }
}

/// What came of a try, as particulars of its step.
fn outcome(app: &App, to: &str, handed: &Result<Taken, Refused>) -> Value {
    let is_file = app.config.mail.transport == MailTransport::Folder;
    let (outcome, said) = match handed {
        Ok(taken) if is_file => ("written", &taken.place),
        Ok(taken) => ("accepted", &taken.said),
        Err(refused) if is_file => ("unwritten", &refused.reason),
        Err(refused) if refused.answered => ("refused", &refused.reason),
        Err(refused) => ("unreachable", &refused.reason),
    };
    json!({ "to": to, "outcome": outcome, "said": said })
}
