//! Delivering queued mails until they arrive.
//!
//! **Invariant:** a mail is marked delivered after it has been handed over, so that a crash in between repeats
//! it with the same bytes.

use chrono::{NaiveDateTime, TimeDelta};

use super::send::{Parcel, Refused, Taken, hand_over};
use crate::jobs::runner::{Occurrence, Tally};
use crate::storage::Scope;
use crate::storage::find::mail;
use crate::storage::rows::mail::MailDeliveryRow;
use crate::usecase::UseCaseError;

/// Minutes until the next try, by number of tries; the last repeats until a day has passed.
const RETRY_MINUTES: [i64; 5] = [1, 5, 15, 60, 240];
/// Tries after which a mail is given up and shown.
const MOST_TRIES: i64 = 10;

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
        let parcel = Parcel { content_key: &letter.content_key, recipient: &letter.recipient, raw: &letter.raw };
        let handed = hand_over(&app.config, parcel);
        let row = after_try(&delivery, handed.clone(), now);
        app.store.write(&Scope::system(), &occurrence.act(), |tx| mail::record(tx, &row))?;
        match handed {
            Ok(_taken) => tally.add("delivered", 1),
            Err(refused) => {
                tracing::warn!(message_id = %letter.message_id, "mail not delivered: {}", refused.reason);
                tally.add("refused", 1);
            }
        }
    }
    Ok(tally)
}

fn after_try(before: &MailDeliveryRow, handed: Result<Taken, Refused>, now: NaiveDateTime) -> MailDeliveryRow {
    let attempts = before.attempts.saturating_add(1);
    match handed {
        Ok(taken) => MailDeliveryRow {
            state: "delivered".to_owned(),
            attempts,
            delivered_at: Some(now),
            place: Some(taken.place),
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
