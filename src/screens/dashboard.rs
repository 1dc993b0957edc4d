//! The first page.
//!
//! **Invariant:** the balance is of one month; banks without a report for it are named, not filled in.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::{Desk, ratio, unsigned};
use super::{claims, drawn, figures, fund, jobs, mails, todo, words};
use crate::domain::access::Permission;
use crate::domain::calendar::Month;
use crate::http::error::PageError;
use crate::storage::find::board::{self, TierSum};
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder};
use crate::views::charts::ageing::Ageing;
use crate::views::dashboard::{DashboardView, MonthPoint, Portfolio, Todo};
use crate::views::fund::FundStates;

/// Month-ends in the series.
const MONTHS: usize = 12;
/// Rows of the short lists.
const LATEST: i64 = 5;
/// First tier that counts as non-performing, by place.
const FIRST_NPL: usize = 2;

/// Things to do that have a place on the first page.
const TODOS: usize = 10;

/// What banks said about the months of the series.
struct Months {
    months: Vec<Month>,
    tiers: BTreeMap<String, [i64; 5]>,
    reported: BTreeSet<(String, String)>,
}

pub(super) fn load(desk: &mut Desk<'_>) -> Result<DashboardView, PageError> {
    let todos = todo::todos(desk)?;
    let said = read_months(desk)?;
    let shows_fund = desk.may_for_fund(Permission::ReadFund);
    let reads_loans = desk.asker.may(Permission::ReadPortfolio);
    let compares = desk.may_for_fund(Permission::ReadPartners);
    let ageing = drawn::ageing(desk)?;
    let (shows_jobs, shows_mails) = (desk.may_for_fund(Permission::ReadJobs), desk.may_for_fund(Permission::ReadMails));
    Ok(DashboardView {
        shows_fund,
        shows_jobs,
        shows_mails,
        shell: desk.shell_with(todos.len())?,
        fund: if shows_fund { fund::states(desk)? } else { FundStates::default() },
        portfolio: portfolio(desk, &said, &ageing)?,
        borrowers: if reads_loans { Some(drawn::borrowers(desk)?) } else { None },
        banks: if compares { Some(drawn::banks(desk)?.0) } else { None },
        ageing,
        months: series(desk, &said)?,
        missing: todo::missing(desk)?,
        incomplete: todo::incomplete(desk)?,
        rulebook_end: if compares { todo::rulebook_end(desk) } else { None },
        shown_todos: Todo::shared_out(&todos, TODOS),
        todos,
        claims: latest_claims(desk)?,
        next_jobs: if shows_jobs { jobs::next_of_each(desk) } else { Vec::new() },
        mails: if shows_mails { mails::latest(desk, LATEST)? } else { Vec::new() },
        ..DashboardView::default()
    })
}

fn read_months(desk: &mut Desk<'_>) -> Result<Months, PageError> {
    let mut months = Vec::with_capacity(MONTHS);
    let mut month = Month::of(desk.today);
    if month.last_day() > desk.today {
        month = month.prev();
    }
    for _ in 0..MONTHS {
        months.push(month);
        month = month.prev();
    }
    months.reverse();
    let names: Vec<String> = months.iter().map(ToString::to_string).collect();
    let mut tiers: BTreeMap<String, [i64; 5]> = BTreeMap::new();
    for TierSum { month, tier, balance } in figures::tier_sums(desk, &names)? {
        let place = words::tier(&tier);
        let place = crate::views::TierShown::ALL.iter().position(|known| *known == place).unwrap_or(0);
        if let Some(sum) = tiers.entry(month).or_default().get_mut(place) {
            *sum = sum.saturating_add(balance);
        }
    }
    let reported = board::reported(&mut desk.db, &desk.reach)?.into_iter().collect();
    Ok(Months { months, tiers, reported })
}

impl Months {
    /// Banks that should have reported a month and have not; none at all where nobody has.
    fn missing(&self, desk: &Desk<'_>, month: Month) -> u64 {
        let name = month.to_string();
        let (first, last) = (month.first_day(), month.last_day());
        let due = desk.banks().filter(|bank| bank.agreed_from <= last && first <= bank.agreed_to);
        let count = due.filter(|bank| !self.reported.contains(&(bank.code.clone(), name.clone()))).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    fn is_reported(&self, month: Month) -> bool {
        let name = month.to_string();
        self.reported.iter().any(|(_, reported)| *reported == name)
    }

    /// Balance and non-performing balance of a month.
    fn sums(&self, month: Month) -> (i64, i64) {
        let tiers = self.tiers.get(&month.to_string()).copied().unwrap_or_default();
        let npl = tiers.iter().skip(FIRST_NPL).sum();
        (tiers.iter().sum(), npl)
    }

    /// The newest month every bank has reported, or else the newest whose last day for reports has passed.
    fn newest(&self, desk: &Desk<'_>) -> Option<Month> {
        let rules = desk.app.schedule_rules();
        let is_due = |month: Month| crate::jobs::schedule::banks_due_on(rules, month.next()).0 < desk.today;
        let settled = |month: &Month| self.missing(desk, *month) == 0 || is_due(*month);
        let reported = || self.months.iter().rev().copied().filter(|month| self.is_reported(*month));
        reported().find(settled).or_else(|| reported().next())
    }
}

/// The months of the fund and of the book.
pub(super) fn months(desk: &mut Desk<'_>) -> Result<Vec<MonthPoint>, PageError> {
    let said = read_months(desk)?;
    series(desk, &said)
}

fn portfolio(desk: &mut Desk<'_>, said: &Months, waiting: &Ageing) -> Result<Portfolio, PageError> {
    let sums = waiting.iter().fold(Portfolio::default(), |sum, band| Portfolio {
        claims_open: sum.claims_open.saturating_add(band.claims),
        claims_sum: sum.claims_sum.saturating_add(band.amount),
        ..sum
    });
    let Some(month) = said.newest(desk) else {
        return Ok(sums);
    };
    let (balance, npl_balance) = said.sums(month);
    let (loans, borrowers) = figures::borrowers(desk, &month.to_string())?;
    Ok(Portfolio {
        balance,
        borrowers: unsigned(borrowers),
        loans: unsigned(loans),
        reported_on: Some(month.last_day()),
        npl_balance,
        npl_ratio: ratio(npl_balance, balance),
        ..sums
    })
}

fn series(desk: &mut Desk<'_>, said: &Months) -> Result<Vec<MonthPoint>, PageError> {
    let days: Vec<_> = said.months.iter().map(|month| month.last_day()).collect();
    let levels = board::levels(&mut desk.db, desk.app.fund_id(), &days)?;
    let shows_fund = desk.may_for_fund(Permission::ReadFund);
    let point = |row: crate::storage::rows::money::ReserveSnapshotRow| {
        let month = Month::of(row.business_date);
        let reported = said.is_reported(month);
        let (balance, npl) = said.sums(month);
        MonthPoint {
            month_end: Some(row.business_date),
            cash: if shows_fund { row.cash_fen } else { 0 },
            policy_minimum: if shows_fund { row.policy_minimum_fen } else { 0 },
            contractual_maximum: if shows_fund { row.contractual_maximum_fen } else { 0 },
            tiers: reported.then(|| said.tiers.get(&month.to_string()).copied().unwrap_or_default()),
            outstanding: reported.then_some(balance),
            npl_ratio: if reported { ratio(npl, balance) } else { None },
            missing_banks: if month < desk.app.first_period() { 0 } else { said.missing(desk, month) },
        }
    };
    Ok(levels.into_iter().map(point).collect())
}

fn latest_claims(desk: &mut Desk<'_>) -> Result<Vec<crate::views::claims::ClaimRow>, PageError> {
    let order = (ClaimOrder::Filed, true);
    let found = claim_list::rows(&mut desk.db, &desk.reach, &ClaimFilter::default(), order, (0, LATEST))?;
    claims::shown(desk, found)
}
