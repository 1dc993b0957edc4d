//! Rows of the area `uploads`. Files sent through the pages, on their way into the books.
//!
//! **Invariant:** an upload is work, not a fact: it is updated, and nothing that the books rest on stands only here.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::storage::schema;

/// States of an upload. `received`, `checking` and `committing` are a worker's; `checked` waits for a person.
pub mod state {
    /// Waits for its check.
    pub const RECEIVED: &str = "received";
    /// Being checked; nothing is saved.
    pub const CHECKING: &str = "checking";
    /// Waits for a person's decision.
    pub const CHECKED: &str = "checked";
    /// Decided; waits for its import, or is being imported.
    pub const COMMITTING: &str = "committing";
    /// Imported, or known from before.
    pub const DONE: &str = "done";
    /// Refused as a whole; nothing is saved.
    pub const REFUSED: &str = "refused";
    /// Not wanted any more; nothing is saved.
    pub const CANCELLED: &str = "cancelled";
    /// Tried as often as allowed; nothing is saved.
    pub const FAILED: &str = "failed";
}

/// One uploaded file, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = schema::uploads)]
pub struct UploadRow {
    /// Identifier; nobody can guess it.
    pub upload_id: String,
    /// Place in the order of arrival.
    pub place: i64,
    /// Fund.
    pub fund_id: String,
    /// The queue it waits in: its bank, or empty for files of the fund. One of a queue is worked on at a time.
    pub queue: String,
    /// Bank, where the sender named it.
    pub bank: Option<String>,
    /// Kind of file.
    pub kind: String,
    /// Name as sent, for people and for what the reader can tell from it; never a path.
    pub file_name: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash: String,
    /// Number of bytes.
    pub size: i64,
    /// Mapping, where the sender named it.
    pub mapping: Option<String>,
    /// One refused record sends the whole file back.
    pub all_or_nothing: bool,
    /// Business date.
    pub business_date: NaiveDate,
    /// Who sent it.
    pub actor: String,
    /// When, UTC.
    pub received_at: NaiveDateTime,
    /// State.
    pub state: String,
    /// Rows worked on, as last told by the worker.
    pub rows_done: i64,
    /// What the check found, as JSON.
    pub preview: Option<String>,
    /// `all` or `acceptable`, once decided.
    pub decision: Option<String>,
    /// A month's report supersedes only the contracts it holds.
    pub is_partial: bool,
    /// Who decided.
    pub decided_by: Option<String>,
    /// What was imported, as JSON.
    pub result: Option<String>,
    /// The import it became, or is a repeat of.
    pub import_id: Option<String>,
    /// Why it did not come in: stable code.
    pub error_code: Option<String>,
    /// The same in words, as JSON by language.
    pub error_text: Option<String>,
    /// Process that works on it.
    pub owner: Option<String>,
    /// Until when that process has it without a sign of life.
    pub lease_until: Option<NaiveDateTime>,
    /// Fencing token.
    pub fence: i64,
    /// How often its present step was begun.
    pub attempts: i64,
    /// A person does not want it any more.
    pub cancel_requested: bool,
    /// When it ended, UTC.
    pub finished_at: Option<NaiveDateTime>,
}

/// A file as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = schema::uploads, treat_none_as_default_value = false)]
pub struct NewUploadRow {
    /// Identifier.
    pub upload_id: String,
    /// Place in the order of arrival.
    pub place: i64,
    /// Fund.
    pub fund_id: String,
    /// Queue.
    pub queue: String,
    /// Bank, where the sender named it.
    pub bank: Option<String>,
    /// Kind of file.
    pub kind: String,
    /// Name as sent.
    pub file_name: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash: String,
    /// Number of bytes.
    pub size: i64,
    /// Mapping, where the sender named it.
    pub mapping: Option<String>,
    /// One refused record sends the whole file back.
    pub all_or_nothing: bool,
    /// Business date.
    pub business_date: NaiveDate,
    /// Who sent it.
    pub actor: String,
    /// When, UTC.
    pub received_at: NaiveDateTime,
    /// State.
    pub state: String,
    /// Rows worked on.
    pub rows_done: i64,
    /// A month's report supersedes only the contracts it holds.
    pub is_partial: bool,
    /// Fencing token.
    pub fence: i64,
    /// How often its present step was begun.
    pub attempts: i64,
    /// A person does not want it any more.
    pub cancel_requested: bool,
    /// The bytes.
    pub content: Option<Vec<u8>>,
}
