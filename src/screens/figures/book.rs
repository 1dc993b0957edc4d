//! Figures that loans and their months make.
//!
//! **Invariant:** a figure of the fund is that of its banks put together, and what a bank's book makes is made anew only
//! when that book has changed.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::{asked, banks_of, houses, marks};
use crate::http::error::PageError;
use crate::screens::desk::Desk;
use crate::screens::lending::reminders;
use crate::storage::error::StoreError;
use crate::storage::find::board;
use crate::storage::find::loan_list::{self, Few, LoanFilter, LoanSums, Standing};
use crate::storage::find::marks::Marks;
use crate::storage::find::rights_list::{self, Found};
use crate::storage::find::rulebook_list;
use crate::usecase::UseCaseError;
use crate::usecase::bank_sums::{self, BankSum};
use crate::usecase::book::{self, Book, Whole};
use crate::usecase::kept::OfRulebook;
use crate::usecase::reminders::Reminders;

/// Borrowers that are shown one by one.
pub(in crate::screens) const LARGEST: usize = 10;

/// Where the books of the banks within reach stand.
fn marks_within(desk: &mut Desk<'_>) -> Result<Marks, PageError> {
    let mut marks = marks(desk)?;
    marks.retain(|bank, _| desk.reach.holds(Some(bank)));
    Ok(marks)
}

/// Whether these are most of the fund's banks, so that reading every loan costs less than looking for theirs.
fn are_most(banks: &[&str], total: usize) -> bool {
    banks.len() > total / 2
}

fn books(desk: &mut Desk<'_>, marks: &Marks) -> Result<BTreeMap<String, Arc<Book>>, PageError> {
    let total = super::marks(desk)?.len();
    let (app, db) = (desk.app, &mut desk.db);
    let make = |banks: &[&str]| book::books(db, app.fund_id(), banks, are_most(banks, total));
    Ok(app.figures.books.figures(app.fund_id(), marks, make)?)
}

/// The books within reach summed up.
pub(in crate::screens) fn whole(desk: &mut Desk<'_>) -> Result<Arc<Whole>, PageError> {
    let marks = marks_within(desk)?;
    whole_of(desk, &marks)
}

/// The books of the banks of these marks summed up.
fn whole_of(desk: &mut Desk<'_>, marks: &Marks) -> Result<Arc<Whole>, PageError> {
    let asked = format!("{}/{:?}", desk.app.fund_id(), marks.keys());
    let books = books(desk, marks)?;
    let make = || Ok::<_, UseCaseError>(Arc::new(Whole::of(books.values().map(Arc::as_ref), LARGEST)?));
    Ok(desk.app.figures.whole.figure(&asked, &format!("{marks:?}"), make)?)
}

/// Banks beside one another today, whoever looks.
pub(in crate::screens) fn banks(desk: &mut Desk<'_>) -> Result<Arc<BTreeMap<String, BankSum>>, PageError> {
    let (mark, marks, houses) = (desk.mark.clone(), marks(desk)?, houses(desk)?);
    let whole = whole_of(desk, &marks)?;
    let (app, db, today, banks) = (desk.app, &mut desk.db, desk.today, banks_of(&desk.partners));
    let make = || bank_sums::bank_sums(db, app.fund_id(), (&houses, &banks), &whole.tiers).map(Arc::new);
    Ok(app.figures.banks.figure(&format!("{}/{today}", app.fund_id()), &mark, make)?)
}

/// Sums over every matching loan within reach.
pub(in crate::screens) fn loan_sums(desk: &mut Desk<'_>, filter: &LoanFilter<'_>) -> Result<LoanSums, PageError> {
    if filter.search.is_empty() && filter.standing.is_none() {
        let mut marks = marks_within(desk)?;
        marks.retain(|bank, _| filter.bank.is_empty() || bank == filter.bank);
        return Ok(whole_of(desk, &marks)?.sums);
    }
    let (mark, asked) = (mark_of(desk, filter)?, asked_of(desk, filter));
    let (app, db, reach) = (desk.app, &mut desk.db, &desk.reach);
    Ok(app.figures.loans.figure(&asked, &mark, || loan_list::sums(db, reach, filter))?)
}

/// The loans that a search finds, where they are few.
pub(in crate::screens) fn few_loans(desk: &mut Desk<'_>, filter: &LoanFilter<'_>) -> Result<Option<Few>, PageError> {
    let (mark, asked) = (mark_of(desk, filter)?, asked_of(desk, filter));
    let (app, db, reach) = (desk.app, &mut desk.db, &desk.reach);
    Ok(app.figures.few_loans.figure(&asked, &mark, || Few::find(db, reach, filter))?)
}

fn asked_of(desk: &Desk<'_>, filter: &LoanFilter<'_>) -> String {
    asked(desk, &format!("{:?}/{:?}/{:?}", filter.standing, filter.bank, filter.search))
}

/// Where the books stand that a filter reads. Whether a claim was paid is told by no loan.
fn mark_of(desk: &mut Desk<'_>, filter: &LoanFilter<'_>) -> Result<String, PageError> {
    match filter.standing {
        Some(Standing::Claimed | Standing::Compensated) => Ok(desk.mark.clone()),
        _ => Ok(format!("{:?}", marks_within(desk)?)),
    }
}

/// The rights within reach that have a number, title or owner that holds a text; all of them for an empty one.
pub(in crate::screens) fn rights(desk: &mut Desk<'_>, search: &str) -> Result<Found, PageError> {
    let marks = marks_within(desk)?;
    let asked = asked(desk, search);
    let (app, db, reach) = (desk.app, &mut desk.db, &desk.reach);
    if search.is_empty() {
        let make = |banks: &[&str]| {
            Ok::<_, StoreError>(rights_list::of_banks(db, app.fund_id(), banks)?.into_iter().collect())
        };
        let pledged = app.figures.pledged.figures(app.fund_id(), &marks, make)?;
        return Ok(Found::Many(pledged.values().copied().fold(0, i64::saturating_add)));
    }
    Ok(app.figures.rights.figure(&asked, &format!("{marks:?}"), || Found::find(db, reach, search))?)
}

/// Policies and patents of each bank within reach that are pointed out today, at most `most` of a kind; a page's are kept.
pub(in crate::screens) fn reminders(
    desk: &mut Desk<'_>,
    most: usize,
) -> Result<BTreeMap<String, Arc<Reminders>>, PageError> {
    let (marks, total) = (marks_within(desk)?, super::marks(desk)?.len());
    let (app, db, today) = (desk.app, &mut desk.db, desk.today);
    let mut make =
        |banks: &[&str]| Reminders::of_banks(db, app.fund_id(), (banks, are_most(banks, total)), today, most);
    if most > reminders::MOST {
        let banks: Vec<&str> = marks.keys().map(String::as_str).collect();
        return Ok(make(&banks)?);
    }
    Ok(app.figures.reminders.figures(&format!("{}/{today}", app.fund_id()), &marks, make)?)
}

/// Loans and borrowers within reach with a balance in a month.
pub(in crate::screens) fn borrowers(desk: &mut Desk<'_>, month: &str) -> Result<(i64, i64), PageError> {
    let (marks, asked) = (marks_within(desk)?, asked(desk, month));
    let (app, db) = (desk.app, &mut desk.db);
    let make = |banks: &[&str]| {
        let mut found: BTreeMap<String, (i64, HashSet<String>)> = BTreeMap::new();
        for (bank, borrower) in board::with_balance(db, app.fund_id(), banks, month)? {
            let (loans, borrowers) = found.entry(bank).or_default();
            *loans = loans.saturating_add(1);
            borrowers.insert(borrower);
        }
        let shared = found.into_iter().map(|(bank, (loans, borrowers))| (bank, (loans, Arc::new(borrowers))));
        Ok::<_, StoreError>(shared.collect())
    };
    let of_banks = app.figures.borrowers.figures(&format!("{}/{month}", app.fund_id()), &marks, make)?;
    app.figures.with_balance.figure(&asked, &format!("{marks:?}"), || {
        let loans = of_banks.values().map(|(loans, _)| *loans).fold(0, i64::saturating_add);
        let borrowers: HashSet<&str> =
            of_banks.values().flat_map(|(_, some)| some.iter().map(String::as_str)).collect();
        Ok((loans, i64::try_from(borrowers.len()).unwrap_or(i64::MAX)))
    })
}

/// Loans within reach by the rulebook they keep.
pub(in crate::screens) fn loans_of_rulebooks(desk: &mut Desk<'_>) -> Result<Vec<OfRulebook>, PageError> {
    let marks = marks_within(desk)?;
    let (app, db) = (desk.app, &mut desk.db);
    let make = |banks: &[&str]| {
        let mut found: BTreeMap<String, Vec<OfRulebook>> = BTreeMap::new();
        for (bank, rulebook, version, loans) in rulebook_list::kept(db, app.fund_id(), banks)? {
            found.entry(bank).or_default().push((rulebook, version, loans));
        }
        Ok::<_, StoreError>(found.into_iter().map(|(bank, kept)| (bank, Arc::new(kept))).collect())
    };
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for kept in app.figures.rulebooks.figures(app.fund_id(), &marks, make)?.values() {
        for (rulebook, version, loans) in kept.iter() {
            let sum = sums.entry((rulebook.clone(), version.clone())).or_default();
            *sum = sum.saturating_add(*loans);
        }
    }
    Ok(sums.into_iter().map(|((rulebook, version), loans)| (rulebook, version, loans)).collect())
}
