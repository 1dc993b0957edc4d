//! What is counted for each bank on a day.
//!
//! **Invariant:** whatever is counted is read once for all banks, in a number of questions that does not grow with the
//! books.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::calendar::Month;
use crate::domain::claim::clocks::taken;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::PartnerKind;
use crate::domain::scorecard::Tally;
use crate::reference;
use crate::storage::Db;
use crate::storage::find::tallies::{self as find, Graded};
use crate::storage::find::{acts, claims, parties, servicing};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::parties::PartnerRow;
use crate::storage::rows::servicing::ServicingReportRow;
use crate::usecase::UseCaseError;
use crate::usecase::coverage::ip_amount;
use crate::usecase::lives::claim;
use crate::usecase::punctuality::{Deadlines, before_day};
use crate::usecase::servicing::tier_of;
use crate::usecase::succession::Houses;

/// What the loans of these banks count for on a day, each bank by itself.
///
/// # Errors
/// Storage; `Corrupt`; `Overflow`.
pub fn of_loans(
    db: &mut Db,
    fund_id: &str,
    banks: &[&str],
    on: NaiveDate,
) -> Result<BTreeMap<String, Tally>, UseCaseError> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let covered = find::enrolled(db, fund_id, banks)?;
    for loan in covered.iter().filter(|loan| loan.registered_on <= on) {
        let part = ip_amount(Fen::try_new(loan.principal_fen)?, Ppm::try_new(loan.ip_share_ppm)?)?;
        let tally = tallies.entry(loan.bank.clone()).or_default();
        tally.registered_ip = tally.registered_ip.checked_add(part)?;
    }
    for (bank, timing, count) in find::registered(db, fund_id, banks, on)? {
        // The first version alone says when a loan came; what came with an existing book was never late.
        if timing != "migrated" {
            let (count, tally) = (u64::try_from(count).unwrap_or(0), tallies.entry(bank).or_default());
            tally.registered = tally.registered.saturating_add(count);
            tally.registered_late = tally.registered_late.saturating_add(if timing == "late" { count } else { 0 });
        }
    }
    let covered: HashSet<String> = covered.into_iter().map(|loan| loan.loan_id).collect();
    // Of the changes of a loan, the last one stays.
    let tiers: HashMap<String, String> = find::tiers_until(db, fund_id, banks, on)?.into_iter().collect();
    for row in last_months(db, fund_id, banks, on)? {
        let tally = tallies.entry(row.bank.clone()).or_default();
        count_month(tally, &row, covered.contains(&row.loan_id), tiers.get(&row.loan_id))?;
    }
    Ok(tallies)
}

/// The last month of each bank that was over: a loan that it leaves out is no longer in the bank's book.
fn last_months(db: &mut Db, fund_id: &str, banks: &[&str], on: NaiveDate) -> Result<Vec<Graded>, UseCaseError> {
    let is_over = |month: &str| Month::parse(month).is_ok_and(|month| month.last_day() <= on);
    let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for report in servicing::reports(db, fund_id)?.into_iter().filter(|report| is_over(&report.month)) {
        if banks.contains(&report.bank.as_str()) {
            open.entry(report.bank).or_default().insert(report.month);
        }
    }
    let mut found = Vec::new();
    // Nearly always every bank has reported the same last month, and one question answers for all.
    while let Some(month) = open.values().filter_map(|months| months.last()).max().cloned() {
        let asked: BTreeSet<String> =
            open.iter_mut().filter_map(|(bank, months)| months.remove(&month).then(|| bank.clone())).collect();
        let named: Vec<&str> = asked.iter().map(String::as_str).collect();
        for row in find::graded(db, fund_id, &named, &month)? {
            open.remove(&row.bank);
            found.push(row);
        }
        open.retain(|_, months| !months.is_empty());
    }
    Ok(found)
}

fn count_month(
    tally: &mut Tally,
    row: &Graded,
    is_covered: bool,
    changed: Option<&String>,
) -> Result<(), UseCaseError> {
    let balance = Fen::try_new(row.balance_fen)?;
    let read = |code: &str| tier_of(code, "loan_months", &row.loan_id);
    let is_late = read(&row.bank_tier)? < read(&row.floor_tier)?;
    let is_npl = read(changed.filter(|tier| !tier.is_empty()).unwrap_or(&row.tier))?.is_npl();
    tally.graded = tally.graded.saturating_add(1);
    if is_late {
        tally.late_marked = tally.late_marked.saturating_add(1);
        tally.late_marked_balance = tally.late_marked_balance.checked_add(balance)?;
    }
    if is_covered {
        tally.balance = tally.balance.checked_add(balance)?;
        if is_npl {
            tally.npl_balance = tally.npl_balance.checked_add(balance)?;
        }
    }
    Ok(())
}

/// Tallies by the bank that stands.
pub(super) struct Count<'a> {
    pub fund_id: &'a str,
    pub on: NaiveDate,
    pub houses: &'a Houses,
    pub tallies: BTreeMap<String, Tally>,
}

impl Count<'_> {
    /// Adds what the loans of a bank count for to the tally of its house.
    pub(super) fn loans(&mut self, bank: &str, loans: &Tally) -> Result<(), UseCaseError> {
        Ok(self.of(bank).add_loans(loans)?)
    }

    /// The tally of the house of a bank.
    fn of(&mut self, bank: &str) -> &mut Tally {
        self.tallies.entry(self.houses.standing(bank).to_owned()).or_default()
    }

    /// Claims with what was promised, paid and recovered.
    pub(super) fn claims(&mut self, db: &mut Db) -> Result<(), UseCaseError> {
        let promised = promised(db, self.fund_id, self.on)?;
        let mut acts_of: HashMap<String, Vec<ActRow>> = HashMap::new();
        for row in acts::of_life(db, self.fund_id, claim::LIFE)? {
            acts_of.entry(row.subject.clone()).or_default().push(row);
        }
        let mut nets: BTreeMap<String, i64> = BTreeMap::new();
        let (on, none) = (self.on, Vec::new());
        for filing in claims::filings(db, self.fund_id)?.into_iter().filter(|filing| filing.filed_on <= on) {
            let told = claim::told_until(&filing, acts_of.get(&filing.claim_id).unwrap_or(&none), on)?;
            let days = taken(&told, reference::work_calendar(), on);
            let open = promised.get(&filing.claim_id).copied().unwrap_or(0);
            let net = told.paid_net().get().saturating_add(open).saturating_sub(told.collected.get());
            let sum = nets.entry(self.houses.standing(&filing.bank).to_owned()).or_default();
            *sum = sum.saturating_add(net);
            let tally = self.of(&filing.bank);
            tally.filed = tally.filed.saturating_add(1);
            tally.returned = tally.returned.saturating_add(u64::from(told.returned > 0));
            tally.paid = tally.paid.checked_add(told.paid_net())?;
            tally.recovered = tally.recovered.checked_add(told.collected)?;
            tally.bank_days.push(days.bank);
            tally.fund_days.push(days.fund);
        }
        for (bank, net) in nets {
            self.of(&bank).claims_net = Fen::try_new(net.max(0))?;
        }
        Ok(())
    }

    /// Months reported or due, and which came in time.
    pub(super) fn reports(&mut self, db: &mut Db, deadlines: Deadlines<'_>) -> Result<(), UseCaseError> {
        let on = self.on;
        let mut first: BTreeMap<(String, String), ServicingReportRow> = BTreeMap::new();
        // In the order of bank, month and version: the first that stands decides whether the month came in time.
        for report in servicing::reports(db, self.fund_id)?.into_iter().filter(|report| report.business_date <= on) {
            first.entry((report.bank.clone(), report.month.clone())).or_insert(report);
        }
        for ((bank, _), report) in &first {
            let tally = self.of(bank);
            tally.returns_due = tally.returns_due.saturating_add(1);
            tally.reported = tally.reported.saturating_add(1);
            tally.reported_in_time = tally.reported_in_time.saturating_add(u64::from(report.on_time));
        }
        let partners = parties::partners(db, self.fund_id)?;
        // The return of a bank that was taken over is its successor's, under the old code only where it is sent.
        let owes = |bank: &&PartnerRow| bank.kind == PartnerKind::Bank.code() && !self.houses.is_succeeded(&bank.code);
        for bank in partners.iter().filter(owes).cloned().collect::<Vec<_>>() {
            for month in deadlines.due(Some(&bank), before_day(on)) {
                if !first.contains_key(&(bank.code.clone(), month.to_string())) {
                    let tally = self.of(&bank.code);
                    tally.returns_due = tally.returns_due.saturating_add(1);
                }
            }
        }
        Ok(())
    }
}

/// What was promised for each claim on a day.
pub(super) fn promised(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<BTreeMap<String, i64>, UseCaseError> {
    let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (kind, subject, amount) in find::promises_until(db, fund_id, on)? {
        last.insert((kind, subject), amount);
    }
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for ((_, subject), amount) in last {
        let sum = sums.entry(subject).or_default();
        *sum = sum.saturating_add(amount);
    }
    Ok(sums)
}
