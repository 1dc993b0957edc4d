//! Delivering queued mails: as files, or by SMTP.
//!
//! **Invariant:** a mail is marked delivered after it has been handed over, so that a crash in between repeats
//! it with the same bytes; a file of the same content is overwritten with itself.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};

use crate::config::{Config, MailTransport, SmtpConfig, SmtpSecurity};
use crate::jobs::runner::{Occurrence, Tally};
use crate::storage::Scope;
use crate::storage::find::mail;
use crate::storage::rows::mail::{MailDeliveryRow, OutboxMailRow};
use crate::usecase::UseCaseError;

/// Minutes until the next try, by number of tries; the last repeats until a day has passed.
const RETRY_MINUTES: [i64; 5] = [1, 5, 15, 60, 240];
/// Tries after which a mail is given up and shown.
const MOST_TRIES: i64 = 10;

/// Why a mail was not handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    reason: String,
    permanent: bool,
}

/// Delivers what is due.
///
/// # Errors
/// Storage. A mail that fails is counted and tried again later.
pub fn deliver_due(occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let mut tally = Tally::default();
    let now = app.store.clock().now();
    let waiting = mail::deliverable(&mut *app.store.read()?, now)?;
    for (letter, delivery) in waiting {
        let handed = hand_over(&app.config, &letter);
        let row = after_try(&delivery, handed.clone(), now);
        app.store.write(&Scope::system(), &occurrence.act(), |tx| mail::record(tx, &row))?;
        match handed {
            Ok(_place) => tally.add("delivered", 1),
            Err(refused) => {
                tracing::warn!(message_id = %letter.message_id, "mail not delivered: {}", refused.reason);
                tally.add("refused", 1);
            }
        }
    }
    Ok(tally)
}

fn hand_over(config: &Config, letter: &OutboxMailRow) -> Result<String, Refused> {
    match config.mail.transport {
        MailTransport::Folder => write_file(&config.mail_folder(), letter)
            .map_err(|error| Refused { reason: error.to_string(), permanent: false }),
        MailTransport::Smtp => send(&config.mail.smtp, &config.mail.from, letter),
    }
}

/// Writes a mail under a name made from its content key, first beside it and then in one step to its place.
fn write_file(folder: &Path, letter: &OutboxMailRow) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') { c } else { '_' };
    let name: String = letter.content_key.chars().map(safe).collect::<String>() + ".eml";
    let waiting = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&waiting)?;
    file.write_all(&letter.raw)?;
    file.sync_all()?;
    std::fs::rename(&waiting, folder.join(&name))?;
    Ok(name)
}

fn send(smtp: &SmtpConfig, from: &str, letter: &OutboxMailRow) -> Result<String, Refused> {
    let failed = |reason: String| Refused { reason, permanent: false };
    let address = |text: &str| text.parse::<Address>().map_err(|e| Refused { reason: e.to_string(), permanent: true });
    let envelope = Envelope::new(Some(address(from)?), vec![address(&letter.recipient)?])
        .map_err(|e| Refused { reason: e.to_string(), permanent: true })?;
    let transport = transport(smtp).map_err(failed)?;
    match transport.send_raw(&envelope, &letter.raw) {
        Ok(_answer) => Ok(format!("smtp:{}:{}", smtp.host, smtp.port)),
        Err(error) => Err(Refused { permanent: error.is_permanent(), reason: error.to_string() }),
    }
}

fn transport(smtp: &SmtpConfig) -> Result<SmtpTransport, String> {
    let parameters = || TlsParameters::new(smtp.host.clone()).map_err(|e| e.to_string());
    let tls = match smtp.security {
        SmtpSecurity::None => Tls::None,
        SmtpSecurity::Starttls => Tls::Required(parameters()?),
        SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = SmtpTransport::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(smtp.timeout_s)));
    if !smtp.user.is_empty() {
        let password = std::fs::read_to_string(&smtp.password_file).map_err(|e| e.to_string())?;
        builder = builder.credentials(Credentials::new(smtp.user.clone(), password.trim_end().to_owned()));
    }
    Ok(builder.build())
}

fn after_try(before: &MailDeliveryRow, handed: Result<String, Refused>, now: NaiveDateTime) -> MailDeliveryRow {
    let attempts = before.attempts.saturating_add(1);
    match handed {
        Ok(place) => MailDeliveryRow {
            state: "delivered".to_owned(),
            attempts,
            delivered_at: Some(now),
            place: Some(place),
            last_error: None,
            ..before.clone()
        },
        Err(refused) => {
            let given_up = refused.permanent || attempts >= MOST_TRIES;
            let step = usize::try_from(before.attempts).unwrap_or(usize::MAX).min(RETRY_MINUTES.len() - 1);
            let wait = TimeDelta::minutes(RETRY_MINUTES.get(step).copied().unwrap_or(240));
            MailDeliveryRow {
                state: if given_up { "failed" } else { "queued" }.to_owned(),
                attempts,
                next_try_at: now.checked_add_signed(wait).unwrap_or(now),
                last_error: Some(refused.reason),
                ..before.clone()
            }
        }
    }
}
