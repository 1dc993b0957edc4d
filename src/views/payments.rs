//! Payments: those that wait at one stage, several of them taken together, and the list of what was done together.
//!
//! **Invariant:** a sum stands over everything that matches, not over the rows shown.

use chrono::NaiveDate;
use serde::Serialize;

use super::Choice;
use super::acting::FieldView;
use super::parts::Tab;
use super::query::Pager;
use super::uploads::FormError;

/// The payments that wait at one stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PaymentsView {
    /// Stages.
    pub tabs: Vec<Tab>,
    /// Word of the stage that is shown.
    pub state: String,
    /// Bank it is narrowed to; empty for all.
    pub bank: String,
    /// Banks to choose from.
    pub banks: Vec<Choice>,
    /// Rows of this page.
    pub rows: Vec<PaymentRow>,
    /// Payments that match.
    pub count: i64,
    /// Their sum in fen.
    pub sum: i64,
    /// The sum in capital numerals; empty in English.
    pub capital: String,
    /// Way through the pages.
    pub pager: Pager,
    /// Word of the act that is due.
    pub act: String,
    /// Its name.
    pub label: String,
    /// Who asks may take it, so that rows can be ticked.
    pub ticks: bool,
    /// Lists of what was done together lately, newest first.
    pub lists: Vec<DoneTogether>,
}

/// A list of what was done together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DoneTogether {
    /// Short form of the key, which names the list.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Name of the act.
    pub label: String,
    /// Day of the acts.
    pub on: Option<NaiveDate>,
    /// Who took them.
    pub by: String,
    /// How many.
    pub count: usize,
}

/// One payment that waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PaymentRow {
    /// Number of arrival.
    pub number: i64,
    /// Case number.
    pub case_no: String,
    /// Page of the claim.
    pub href: String,
    /// Borrower.
    pub borrower: String,
    /// Name of the bank.
    pub bank: String,
    /// Whose account is paid.
    pub payee: String,
    /// It is the first payment since the account was changed.
    pub changed: bool,
    /// Amount in fen.
    pub amount: i64,
    /// Since when it waits.
    pub since: Option<NaiveDate>,
    /// Working days it has waited.
    pub waited: u32,
    /// Last day.
    pub due_on: Option<NaiveDate>,
    /// Days it is late.
    pub late: i64,
    /// `bad` where it is late, `warn` where it soon will be, else empty.
    pub tone: &'static str,
    /// Why the money came back; empty where it did not.
    pub reason: String,
    /// Why it cannot be taken yet; empty where nothing is known against it.
    pub blocked: String,
    /// Page on which what is missing is put right; empty where there is none.
    pub mend: String,
}

/// Several payments that are taken together: filled in, checked, or done in part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchView {
    /// `form`, `check` or `result`.
    pub stage: &'static str,
    /// Word of the act.
    pub act: String,
    /// Its name.
    pub label: String,
    /// Address of the form.
    pub here: String,
    /// Page it came from.
    pub back: String,
    /// Fields that hold for all.
    pub fields: Vec<FieldView>,
    /// Words for the number each row has of its own.
    pub reference: String,
    /// Rows.
    pub rows: Vec<BatchRow>,
    /// How many of them will be done, or were.
    pub good: i64,
    /// How many are refused.
    pub bad: i64,
    /// Sum of those that will be done, or were, in fen.
    pub sum: i64,
    /// The sum in capital numerals; empty in English.
    pub capital: String,
    /// Key of the form.
    pub key: String,
    /// What was typed for all, to be sent again.
    pub typed: Vec<(String, String)>,
    /// Address of the list of what was done; empty before anything was.
    pub list: String,
    /// What is wrong.
    pub errors: Vec<FormError>,
}

/// One payment among several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchRow {
    /// Number of arrival.
    pub number: i64,
    /// Case number.
    pub case_no: String,
    /// Page of the claim.
    pub href: String,
    /// Borrower.
    pub borrower: String,
    /// Name of the bank.
    pub bank: String,
    /// Whose account is paid.
    pub payee: String,
    /// It is the first payment since the account was changed.
    pub changed: bool,
    /// Amount in fen.
    pub amount: i64,
    /// Number of the order, the voucher or the receipt.
    pub reference: String,
    /// Number of the last act that was looked at.
    pub expected: i64,
    /// Why it is refused; empty where it is not.
    pub refused: String,
    /// Page on which what is missing is put right; empty where there is none.
    pub mend: String,
}

/// What was done together, to be printed and signed (拨付清单).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchListView {
    /// Name of the act.
    pub label: String,
    /// Words for the number each row has of its own.
    pub reference: String,
    /// Page it came from.
    pub back: String,
    /// Short form of the key, which names the list.
    pub number: String,
    /// Day of the acts.
    pub on: Option<NaiveDate>,
    /// Who took them.
    pub by: String,
    /// Rows.
    pub rows: Vec<BatchRow>,
    /// Their sum in fen.
    pub sum: i64,
    /// The sum in capital numerals; empty in English.
    pub capital: String,
}

/// The vouchers of a month, with the numbers that the accounting software gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VouchersView {
    /// Month.
    pub month: String,
    /// Page of the month.
    pub back: String,
    /// Address of the form.
    pub here: String,
    /// Rows of this page.
    pub rows: Vec<VoucherLine>,
    /// The month is not sealed, so that its numbers may still change.
    pub is_draft: bool,
    /// Vouchers without a number.
    pub missing: usize,
    /// Who asks may type numbers back.
    pub keeps: bool,
    /// Way through the pages.
    pub pager: Pager,
    /// What is wrong.
    pub errors: Vec<FormError>,
}

/// One voucher.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VoucherLine {
    /// Number within the month.
    pub number: usize,
    /// The same, as it is written.
    pub name: String,
    /// Day.
    pub on: NaiveDate,
    /// What it is.
    pub summary: String,
    /// Sum of its debits in fen.
    pub amount: i64,
    /// Its booking.
    pub booking: String,
    /// Number in the accounting software, as kept; empty where there is none.
    pub known: String,
    /// The same, as typed.
    pub typed: String,
    /// What was typed is refused.
    pub is_wrong: bool,
}
