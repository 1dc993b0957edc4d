//! Mails that were composed, and one mail.
//!
//! **Invariant:** what is shown is what was stored when the mail was composed.

use serde::Serialize;

use super::query::{Pager, PlainQuery, SortLinks};
use super::uploads::FormError;
use super::{Choice, Shell};

shown! {
    /// Where a mail stands.
    MailState {
        /// Waiting to be sent.
        Queued = "queued";
        /// Handed over.
        Delivered = "delivered";
        /// Failed; it is tried again.
        Failed = "failed";
        /// Given up after the last attempt.
        GivenUp = "given_up";
    }
}

/// One row of the mail list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MailRow {
    /// Message id, as in the address.
    pub id: String,
    /// Recipient's address.
    pub recipient: String,
    /// Recipient's name; may be empty.
    pub recipient_name: String,
    /// Subject.
    pub subject: String,
    /// Period of the report: `2026-06`; empty for other mails.
    pub period: String,
    /// Where it stands.
    pub state: MailState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was composed, made by `beijing`.
    pub composed: String,
    /// When it was handed over, made by `beijing`; empty before.
    pub delivered: String,
}

/// The page of mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MailsView {
    /// Frame.
    pub shell: Shell,
    /// What was asked for; filled by the server.
    pub query: PlainQuery,
    /// Links of the columns that sort; filled by the server.
    pub sort: SortLinks,
    /// Mails of the page, newest first.
    pub rows: Vec<MailRow>,
    /// Mails that match.
    pub total: u64,
    /// Mails that match and are not delivered.
    pub undelivered: u64,
    /// Way through the pages; filled by the server.
    pub pager: Pager,
}

impl MailsView {
    /// Columns that sort, as addresses say them.
    pub const SORTED: [&str; 3] = ["subject", "recipient", "composed"];
}

/// A file inside a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Name.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// The form that sends something: why, and to whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SendForm {
    /// Sent twice under one key it goes out once.
    pub key: String,
    /// Whom to choose from; nobody where there is no choice.
    pub to: Vec<Choice>,
    /// Who is chosen.
    pub chosen: String,
    /// Reason as typed.
    pub reason: String,
    /// What is wrong.
    pub errors: Vec<FormError>,
}

/// A mail that repeats another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// The new mail.
    pub id: String,
    /// The mail that is repeated.
    pub repeats: String,
    /// When, made by `beijing`.
    pub at: String,
    /// Who sent it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The page of one mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MailView {
    /// Frame.
    pub shell: Shell,
    /// What the list shows of it.
    pub row: MailRow,
    /// Sender's address.
    pub sender: String,
    /// Plain text part.
    pub text: String,
    /// There is an HTML part at `/mails/{id}/body`.
    pub has_html: bool,
    /// Attachments.
    pub attachments: Vec<Attachment>,
    /// Size of the stored message in bytes.
    pub bytes: u64,
    /// SHA-256 of the stored message.
    pub digest: String,
    /// Error of the last attempt; empty for none.
    pub error: String,
    /// Where it went to: a file, or `smtp:host:port`; empty before.
    pub place: String,
    /// The form that sends it again, for those who may.
    pub send: Option<SendForm>,
    /// Why it was sent, where somebody sent it by hand.
    pub sent: Option<Repeated>,
    /// Mails that repeat it, newest first.
    pub repeated: Vec<Repeated>,
}
