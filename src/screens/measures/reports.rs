//! The reports centre.
//!
//! **Invariant:** who got a report is told to those only who may see the state of mails.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::access::Permission;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::desk::{Desk, small, span, unsigned};
use crate::screens::mails::state;
use crate::screens::named;
use crate::screens::words::word;
use crate::storage::find::report_list::{self, ReportFilter, ReportLine, Sent};
use crate::views::mails::MailState;
use crate::views::measures::reports::{Delivery, ReportRow, ReportsView};
use crate::views::query::page_links;
use crate::views::{Choice, beijing};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let fund_id = desk.app.fund_id();
    let (kind, period) = (kind_of(desk, asked.parameter("kind")), asked.parameter("period").to_owned());
    let filter = ReportFilter { name: &kind, period: &period };
    let total = unsigned(report_list::count(&mut desk.db, fund_id, filter)?);
    let page = asked.parameter("page").parse().unwrap_or(1);
    let lines = report_list::page(&mut desk.db, fund_id, filter, span(page, total))?;
    let rows = rows(desk, lines)?;
    let mut known = report_list::kinds(&mut desk.db, fund_id)?;
    known.retain(|(name, _)| desk.asker.reads_report(name));
    let kinds: BTreeSet<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let kinds = kinds.into_iter().map(|name| Choice { code: name.to_owned(), name: kind_word(desk, name) }).collect();
    let mut periods: Vec<String> = known.into_iter().map(|(_, period)| period).collect();
    periods.dedup();
    let pager = page_links(total, page, |page| {
        let number = if page > 1 { page.to_string() } else { String::new() };
        link::with_query("/reports", &[("kind", kind.clone()), ("period", period.clone()), ("page", number)])
    });
    let shows_deliveries = desk.may_for_fund(Permission::ReadMails);
    let view =
        ReportsView { rows, kinds, periods, kind: kind.clone(), period: period.clone(), shows_deliveries, pager };
    named::page(desk, "measures_reports", "reports", &view)
}

/// The kind that is shown: the one asked for, or the only one that may be read.
pub(super) fn kind_of(desk: &Desk<'_>, asked: &str) -> String {
    desk.asker.only_report().unwrap_or(asked).to_owned()
}

fn kind_word(desk: &Desk<'_>, name: &str) -> String {
    word(desk.lang, "page.report.kinds", name)
}

/// Lines with their deliveries, where who asks may see them.
pub(super) fn rows(desk: &mut Desk<'_>, lines: Vec<ReportLine>) -> Result<Vec<ReportRow>, PageError> {
    let ids: Vec<String> = lines.iter().map(|line| line.report_id.clone()).collect();
    let mut sent: BTreeMap<String, Vec<Sent>> = BTreeMap::new();
    if desk.may_for_fund(Permission::ReadMails) {
        for one in report_list::sent(&mut desk.db, desk.app.fund_id(), &ids)? {
            sent.entry(one.report_id.clone().unwrap_or_default()).or_default().push(one);
        }
    }
    let replaced: BTreeSet<String> = lines.iter().filter_map(|line| line.supersedes.clone()).collect();
    let row = |line: ReportLine| {
        let deliveries: Vec<Delivery> =
            sent.remove(&line.report_id).unwrap_or_default().into_iter().map(delivery).collect();
        let count = |state: MailState| deliveries.iter().filter(|one| one.state == state).count();
        ReportRow {
            kind: kind_word(desk, &line.name),
            code: line.name,
            is_replaced: replaced.contains(&line.report_id),
            id: line.report_id,
            period: line.period,
            version: line.version,
            subject: line.subject,
            file: line.xlsx_name,
            hash: line.dataset_hash.chars().take(12).collect(),
            made: beijing(line.recorded_at),
            delivered: count(MailState::Delivered),
            given_up: count(MailState::GivenUp),
            deliveries,
        }
    };
    Ok(lines.into_iter().map(row).collect())
}

fn delivery(one: Sent) -> Delivery {
    Delivery {
        state: state(&one.state, one.attempts),
        attempts: small(one.attempts),
        delivered: one.delivered_at.map(beijing).unwrap_or_default(),
        id: one.message_id,
        recipient: one.recipient,
        recipient_name: one.recipient_name,
    }
}
