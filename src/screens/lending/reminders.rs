//! Policies and rights that end while a loan stands on them.
//!
//! **Invariant:** what is pointed out, and how early, is told by `domain::reminders`.

use crate::domain::ip_right::{IpNumber, TermEnd, term_end};
use crate::domain::names::IpKind;
use crate::domain::reminders::{Notice, POLICY_NOTICE_DAYS, RIGHT_NOTICE_DAYS, of_policy, of_right, until};
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::words;
use crate::storage::find::reminders::{self, EndingPolicy};
use crate::storage::find::rights_list::{self, EndingRight};
use crate::views::parts::{Cell, PartsView, Table};

/// Most of each kind shown, those that end first.
const MOST: i64 = 200;

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.reminders" };
    let most = desk.most(MOST);
    let policies = policies(desk, most)?;
    let rights = rights(desk, most)?;
    let tables = vec![of_policies(desk, say, &policies), of_rights(desk, say, &rights)];
    show(desk, "reminders", &PartsView { tables, ..say.page() })
}

/// How many policies and rights within reach are pointed out today; counted to the most that are shown.
pub(in crate::screens) fn count(desk: &mut Desk<'_>) -> Result<(usize, usize), PageError> {
    Ok((policies(desk, MOST)?.len(), rights(desk, MOST)?.len()))
}

fn policies(desk: &mut Desk<'_>, most: i64) -> Result<Vec<(Notice, EndingPolicy)>, PageError> {
    let today = desk.today;
    let found = reminders::policies(&mut desk.db, &desk.reach, until(today, POLICY_NOTICE_DAYS), most)?;
    let noticed = |policy: EndingPolicy| {
        let notice = of_policy(policy.ends_on?, policy.matures_on, today)?;
        Some((notice, policy))
    };
    Ok(found.into_iter().filter_map(noticed).collect())
}

fn rights(desk: &mut Desk<'_>, most: i64) -> Result<Vec<(Notice, TermEnd, EndingRight)>, PageError> {
    let today = desk.today;
    let found = rights_list::ending(&mut desk.db, &desk.reach, until(today, RIGHT_NOTICE_DAYS), most)?;
    let noticed = |right: EndingRight| {
        let kind = IpKind::from_code(&right.kind)?;
        let term = term_end(kind, &IpNumber::read(kind, &right.number).ok()?);
        let notice = of_right(term, right.matures_on, today)?;
        Some((notice, term, right))
    };
    let mut all: Vec<_> = found.into_iter().filter_map(noticed).collect();
    all.sort_by(|a, b| (a.0, &a.2.number).cmp(&(b.0, &b.2.number)));
    Ok(all)
}

fn tag(say: Words, notice: Notice) -> Cell {
    let tone = match notice {
        Notice::Over => "bad",
        Notice::BeforeMaturity => "warn",
        Notice::Soon => "info",
    };
    Cell::tag(tone, say.word("notice", notice.code()))
}

fn of_policies(desk: &Desk<'_>, say: Words, policies: &[(Notice, EndingPolicy)]) -> Table {
    let row = |(notice, policy): &(Notice, EndingPolicy)| {
        vec![
            Cell::link(policy.contract.clone(), format!("/loans/{}", link::segment(&policy.loan_id))),
            Cell::text(policy.borrower.clone()),
            Cell::text(desk.name(&policy.bank)),
            Cell::text(policy.insurer.clone()),
            Cell::text(policy.policy_no.clone()),
            Cell::Day { on: policy.ends_on },
            Cell::Day { on: Some(policy.matures_on) },
            tag(say, *notice),
        ]
    };
    let columns = ["contract", "borrower", "bank", "insurer", "policy_no", "ends_on", "matures_on", "notice"];
    say.table("policies", &columns, policies.iter().map(row).collect())
}

fn of_rights(desk: &Desk<'_>, say: Words, rights: &[(Notice, TermEnd, EndingRight)]) -> Table {
    let row = |(notice, term, right): &(Notice, TermEnd, EndingRight)| {
        let end = match term {
            TermEnd::Known(last) | TermEnd::WithinYear { last, .. } => Some(*last),
            TermEnd::Open => None,
        };
        vec![
            Cell::link(right.contract.clone(), format!("/loans/{}", link::segment(&right.loan_id))),
            Cell::text(right.borrower.clone()),
            Cell::text(desk.name(&right.bank)),
            Cell::text(words::ip_kind(desk.lang, &right.kind)),
            Cell::text(right.number.clone()),
            Cell::text(right.title.clone()),
            Cell::Day { on: end },
            Cell::Day { on: Some(right.matures_on) },
            tag(say, *notice),
        ]
    };
    let columns = ["contract", "borrower", "bank", "kind", "number", "title", "latest_end", "matures_on", "notice"];
    say.table("rights", &columns, rights.iter().map(row).collect())
}
