//! What things look like in the interface.
//!
//! **Invariant:** amounts are yuan with two decimals as a text, shares are texts, days are days and moments are UTC.

use super::shape::Shape;
use super::shape::Shape::{Count, Day, Flag, Free, Moment, Money, Share, Text};
use super::shape::kinds::{list, may, must, null};

/// A whole number that is never below zero.
#[must_use]
pub const fn count() -> Shape {
    Count(0, i64::MAX)
}

/// A loan.
#[must_use]
pub fn loan() -> Shape {
    Shape::Group(of_loan())
}

/// A loan by itself, with the group of its firm for who sees every bank.
#[must_use]
pub fn loan_with_group() -> Shape {
    let over = Shape::Group(vec![must("limit_kind", Text), must("limit", Money), must("figure", Money)]);
    let group = Shape::Group(vec![
        must("group", Text),
        must("firms", count()),
        must("banks", count()),
        must("loans", count()),
        must("outstanding", Money),
        must("ip_outstanding", Money),
        must("promised", Money),
        must("paid", Money),
        must("over", list(over)),
    ]);
    let mut members = of_loan();
    members.push(null("group_exposure", group));
    Shape::Group(members)
}

fn of_loan() -> Vec<(&'static str, Shape, bool)> {
    vec![
        must("id", Text),
        must("bank", Text),
        must("contract", Text),
        must("drawdown", Text),
        must("credit_code", Text),
        must("borrower", Text),
        must("county", Text),
        must("industry", Text),
        must("principal", Money),
        must("annual_rate", Share),
        must("disbursed_on", Day),
        must("matures_on", Day),
        must("ip_share", Share),
        must("registered_on", Day),
        must("state", Text),
        must("covered", Flag),
        null("fund_share", Share),
        must("first_loan", Flag),
        null("start_up", Flag),
        null("last_month", Text),
        null("balance", Money),
        must("servicing", Text),
        null("tier", Text),
        null("overdue_since", Day),
        must("overdue_days", count()),
        must("reserved", Money),
        must("claimed", Flag),
        null("ended", Text),
    ]
}

/// A loan in a month.
#[must_use]
pub fn month() -> Shape {
    Shape::Group(vec![
        must("month", Text),
        must("balance", Money),
        must("overdue_principal", Money),
        must("overdue_interest", Money),
        null("overdue_since", Day),
        must("overdue_days", count()),
        must("bank_tier", Text),
        must("tier", Text),
    ])
}

/// A claim.
#[must_use]
pub fn claim() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("bank", Text),
        must("loan", Text),
        must("contract", Text),
        must("borrower", Text),
        must("filed_on", Day),
        must("arrival", count()),
        must("state", Text),
        null("decision", Text),
        must("outstanding", Money),
        must("overdue_interest", Money),
        null("payout", Money),
        must("earmarked", Money),
        must("approved", Money),
        must("paid", Money),
        must("recovered", Money),
        null("due_on", Day),
        must("calculation_version", count()),
        must("version", count()),
    ])
}

/// A calculation.
#[must_use]
pub fn calculation() -> Shape {
    Shape::Group(vec![
        must("claim", Text),
        must("version", count()),
        must("decision", Text),
        must("reasons", list(Text)),
        must("rulebook", Text),
        must("rulebook_hash", Text),
        null("loss_base", Money),
        null("fund_rate", Share),
        must("payout", Money),
        must("input", Free),
        must("outcome", Free),
        must("recorded_at", Moment),
    ])
}

/// An act that was taken.
#[must_use]
pub fn act() -> Shape {
    Shape::Group(vec![
        must("version", count()),
        must("act", Text),
        must("by", Text),
        must("office", Text),
        must("on", Day),
        must("recorded_at", Moment),
        must("details", Free),
    ])
}

/// A booking of the ledger.
#[must_use]
pub fn booking() -> Shape {
    let line = Shape::Group(vec![must("account", Text), must("side", Text), must("amount", Money)]);
    Shape::Group(vec![
        must("id", Text),
        must("kind", Text),
        must("booked_on", Day),
        must("memo", Text),
        null("reverses", Text),
        must("lines", list(line)),
    ])
}

/// A promise of the fund.
#[must_use]
pub fn commitment() -> Shape {
    Shape::Group(vec![
        must("kind", Text),
        must("subject", Text),
        must("version", count()),
        must("amount", Money),
        must("basis", Text),
    ])
}

/// The level of the fund.
#[must_use]
pub fn level() -> Shape {
    let amounts = ["balance", "floor", "reserved", "earmarked", "ordered", "free", "capacity", "policy_minimum"];
    let mut members = vec![must("on", Day), must("version", count()), must("rulebook", Text)];
    members.extend(amounts.map(|name| must(name, Money)));
    members.push(must("contractual_maximum", Money));
    Shape::Group(members)
}

/// A partner.
#[must_use]
pub fn partner() -> Shape {
    Shape::Group(vec![
        must("code", Text),
        must("kind", Text),
        must("name", Text),
        must("agreed_from", Day),
        must("agreed_to", Day),
        null("limit", Money),
    ])
}

/// A stored rulebook.
#[must_use]
pub fn rulebook() -> Shape {
    Shape::Group(vec![must("id", Text), must("version", Text), must("hash", Text), must("recorded_at", Moment)])
}

/// A file that came in.
#[must_use]
pub fn import() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("kind", Text),
        null("bank", Text),
        null("month", Text),
        null("version", count()),
        must("file", Text),
        must("content_hash", Text),
        must("records_total", count()),
        must("records_accepted", count()),
        must("records_unchanged", count()),
        must("nil_return", Flag),
        must("partial", Flag),
        must("on", Day),
        must("recorded_at", Moment),
    ])
}

/// A finding on a row of a file.
#[must_use]
pub fn finding() -> Shape {
    Shape::Group(vec![
        must("severity", Text),
        must("row", count()),
        must("column", Text),
        must("code", Text),
        null("contract", Text),
    ])
}

/// A request to take an import back.
#[must_use]
pub fn undo() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("import", Text),
        must("state", Text),
        must("reason", Text),
        must("requested_by", Text),
        must("requested_on", Day),
        null("answered_by", Text),
        null("answered_on", Day),
        null("answer", Text),
    ])
}

/// An uploaded file on its way.
#[must_use]
pub fn upload() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("state", Text),
        must("kind", Text),
        null("bank", Text),
        must("file", Text),
        must("content_hash", Text),
        must("size", count()),
        must("received_at", Moment),
        null("preview", Free),
        null("import", Text),
        null("error", Text),
    ])
}

/// A paper that belongs to a thing.
#[must_use]
pub fn attachment() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("document", Text),
        must("file", Text),
        must("content_hash", Text),
        must("size", count()),
        must("scan", Shape::Word(vec!["clean", "not_scanned"])),
        must("by", Text),
        must("recorded_at", Moment),
    ])
}

/// A report.
#[must_use]
pub fn report() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("name", Text),
        must("period", Text),
        must("version", count()),
        must("dataset_hash", Text),
        must("file", Text),
        null("supersedes", Text),
        must("recorded_at", Moment),
    ])
}

/// How a mail stands.
#[must_use]
pub fn mail() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        null("report", Text),
        must("recipient", Text),
        must("subject", Text),
        must("state", Text),
        must("attempts", count()),
        must("composed_at", Moment),
        null("delivered_at", Moment),
    ])
}

/// A declared job.
#[must_use]
pub fn job() -> Shape {
    Shape::Group(vec![must("name", Text), null("last_done_at", Moment)])
}

/// A run of a job.
#[must_use]
pub fn run() -> Shape {
    Shape::Group(vec![
        must("job", Text),
        must("due_at", Moment),
        must("on", Day),
        must("state", Text),
        must("attempts", count()),
        null("started_at", Moment),
        null("finished_at", Moment),
        null("error", Text),
    ])
}

/// A bank statement.
#[must_use]
pub fn statement() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("account", Text),
        must("from", Day),
        must("to", Day),
        must("opening", Money),
        must("closing", Money),
        must("lines_total", count()),
        must("lines_new", count()),
        must("file", Text),
    ])
}

/// A step in the closing of a month.
#[must_use]
pub fn period() -> Shape {
    Shape::Group(vec![must("period", Text), must("version", count()), must("state", Text), must("by", Text)])
}

/// An event of the audit chain.
#[must_use]
pub fn event() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("chain", Text),
        must("seq", count()),
        must("kind", Text),
        must("subject", Text),
        must("by", Text),
        must("on", Day),
        must("recorded_at", Moment),
        must("algorithm", Text),
        must("previous_hash", Text),
        must("hash", Text),
    ])
}

/// Who asks.
#[must_use]
pub fn asker() -> Shape {
    Shape::Group(vec![
        must("name", Text),
        must("token_id", Text),
        must("offices", list(Text)),
        must("permissions", list(Text)),
        must("banks", Shape::Maybe(Box::new(list(Text)))),
        may("fund", Text),
    ])
}

/// What an act became.
#[must_use]
pub fn acted() -> Shape {
    Free
}

/// What became of one item of several.
#[must_use]
pub fn item() -> Shape {
    Shape::Group(vec![
        must("index", count()),
        must("status", Count(200, 599)),
        may("answer", Free),
        may("code", Text),
        may("detail", Text),
    ])
}

/// A person of the register.
#[must_use]
pub fn person() -> Shape {
    Shape::Group(vec![
        must("key", Text),
        must("institution", Text),
        must("roles", list(Text)),
        must("departed", Flag),
        must("deputies", list(Text)),
    ])
}

/// A pledged right.
#[must_use]
pub fn right() -> Shape {
    Shape::Group(vec![
        must("kind", Text),
        must("number", Text),
        must("title", Text),
        must("owner", Text),
        null("pledge_no", Text),
        null("pledge_registered_on", Day),
    ])
}

/// How a bank does: shares of what was counted, null where nothing was.
#[must_use]
pub fn scorecard() -> Shape {
    let shares = ["npl_ratio", "claim_ratio", "late_marking", "late_registration", "deficiency", "recovery", "in_time"];
    let mut members = vec![must("bank", Text), must("stands_for", list(Text))];
    members.extend(shares.map(|name| null(name, Share)));
    Shape::Group(members)
}

/// A line of a bank statement.
#[must_use]
pub fn statement_line() -> Shape {
    Shape::Group(vec![
        must("id", Text),
        must("account", Text),
        must("booked_on", Day),
        null("value_on", Day),
        must("direction", Text),
        must("amount", Money),
        must("reversal", Flag),
        must("reference", Text),
        must("text", Text),
        null("match", statement_match()),
    ])
}

/// What a line of a statement is matched with.
#[must_use]
pub fn statement_match() -> Shape {
    Shape::Group(vec![
        must("line", Text),
        must("version", count()),
        null("booking", Text),
        must("rule", Text),
        must("by", Text),
        must("note", Text),
    ])
}
