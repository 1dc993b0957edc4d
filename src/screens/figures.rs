//! Figures over whole books, for pages: kept while the books stand as they were.
//!
//! **Invariant:** a page shows what the books say now; where they stand is asked before anything that such a figure is
//! made of.

mod book;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

pub(super) use self::book::*;
use super::act_forms::todo::waiting as waiting_for;
use super::desk::Desk;
use crate::app::App;
use crate::domain::names::PartnerKind;
use crate::domain::reserve::FundMoney;
use crate::http::error::PageError;
use crate::storage::Db;
use crate::storage::find::board::{self, TierSum};
use crate::storage::find::marks::{self, Marks};
use crate::storage::find::{money, servicing, spread};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::parties::PartnerRow;
use crate::usecase::UseCaseError;
use crate::usecase::kept::{self, Booking, Waiting};
use crate::usecase::lives::partner::Suspensions;
use crate::usecase::scorecards::{self, Card, Reading};
use crate::usecase::succession::Houses;
use crate::usecase::{queue, reserve};
use crate::views::acting::WorkItem;

/// Where the book of every bank stands, asked once a page.
fn marks(desk: &mut Desk<'_>) -> Result<Marks, PageError> {
    if desk.marks.is_none() {
        desk.marks = Some(marks::of(&mut desk.db, desk.app.fund_id())?);
    }
    Ok(desk.marks.clone().unwrap_or_default())
}

/// Who stands for whom today, asked once a page.
pub(super) fn houses(desk: &mut Desk<'_>) -> Result<Arc<Houses>, PageError> {
    match &desk.houses {
        Some(known) => Ok(Arc::clone(known)),
        None => {
            let houses = Arc::new(Houses::on(&mut desk.db, desk.app.fund_id(), desk.today)?);
            desk.houses = Some(Arc::clone(&houses));
            Ok(houses)
        }
    }
}

/// What is suspended today, asked once a page.
pub(super) fn suspensions(desk: &mut Desk<'_>) -> Result<Arc<Suspensions>, PageError> {
    let houses = houses(desk)?;
    match &desk.suspensions {
        Some(known) => Ok(Arc::clone(known)),
        None => {
            let (fund_id, today) = (desk.app.fund_id(), desk.today);
            let held = Arc::new(Suspensions::among(&mut desk.db, fund_id, today, Houses::clone(&houses))?);
            desk.suspensions = Some(Arc::clone(&held));
            Ok(held)
        }
    }
}

/// Codes of all banks, whoever looks.
fn banks_of(partners: &BTreeMap<String, PartnerRow>) -> Vec<&str> {
    let is_bank = |partner: &&PartnerRow| partner.kind == PartnerKind::Bank.code();
    partners.values().filter(is_bank).map(|bank| bank.code.as_str()).collect()
}

/// What a figure is asked of: the fund, or one bank.
fn asked(desk: &Desk<'_>, what: &str) -> String {
    format!("{}/{}/{what}", desk.app.fund_id(), desk.reach.bank().unwrap_or("*"))
}

/// The cards of every bank today, whoever looks.
pub(super) fn cards(desk: &mut Desk<'_>) -> Result<Arc<Vec<Card>>, PageError> {
    let (mark, marks, houses) = (desk.mark.clone(), marks(desk)?, houses(desk)?);
    let banks = banks_of(&desk.partners);
    Ok(cards_on(desk.app, &mut desk.db, (&mark, &marks), (&houses, &banks), desk.today)?)
}

fn cards_on(
    app: &App,
    db: &mut Db,
    (mark, marks): (&str, &Marks),
    of: (&Houses, &[&str]),
    on: NaiveDate,
) -> Result<Arc<Vec<Card>>, UseCaseError> {
    let (figures, fund_id) = (&app.figures, app.fund_id());
    let asked = format!("{fund_id}/{on}");
    figures.cards.figure(&asked, mark, || {
        let tallies = figures.tallies.figures(&asked, marks, |banks| scorecards::of_loans(db, fund_id, banks, on))?;
        scorecards::cards_with(app, db, on, of, &tallies).map(Arc::new)
    })
}

/// What the breakers show and propose today; nothing before the fund has a measure.
pub(super) fn readings(desk: &mut Desk<'_>) -> Result<Arc<Vec<Reading>>, PageError> {
    if desk.measures.iter().next().is_none() {
        return Ok(Arc::default());
    }
    let (cards, suspensions) = (cards(desk)?, suspensions(desk)?);
    let (mark, marks) = (desk.mark.clone(), marks(desk)?);
    let (app, today) = (desk.app, desk.today);
    let asked = format!("{}/{today}", app.fund_id());
    let (db, measures, banks) = (&mut desk.db, &desk.measures, banks_of(&desk.partners));
    let earlier = |db: &mut Db, on: NaiveDate| {
        let houses = Houses::on(db, app.fund_id(), on)?;
        Ok(cards_on(app, db, (&mark, &marks), (&houses, &banks), on)?.to_vec())
    };
    let make =
        || scorecards::readings(db, app.fund_id(), today, (measures, &suspensions, &cards), earlier).map(Arc::new);
    Ok(app.figures.readings.figure(&asked, &mark, make)?)
}

/// How many loans within reach each month of each bank only carries on.
pub(super) fn incomplete(desk: &mut Desk<'_>) -> Result<BTreeMap<(String, String), u64>, PageError> {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for loan in servicing::carried(&mut desk.db, &desk.reach, None)? {
        let count = counts.entry((loan.bank, loan.month)).or_default();
        *count = count.saturating_add(1);
    }
    Ok(counts)
}

/// Balances of months by tier. A month is summed anew when another report of it has come or was taken back.
pub(super) fn tier_sums(desk: &mut Desk<'_>, months: &[String]) -> Result<Vec<TierSum>, PageError> {
    let marks: BTreeMap<String, String> = board::reports_of_months(&mut desk.db, &desk.reach)?
        .into_iter()
        .map(|(month, count, last)| (month, format!("{count}/{last:?}")))
        .collect();
    let mut sums = Vec::new();
    for (month, mark) in months.iter().filter_map(|month| marks.get_key_value(month)) {
        let asked = asked(desk, month);
        let (db, reach) = (&mut desk.db, &desk.reach);
        let make = || board::tier_sums(db, reach, month);
        let of_month = desk.app.figures.tiers.figure(&asked, mark, make)?;
        sums.extend(of_month.into_iter().map(|(tier, balance)| TierSum { month: month.clone(), tier, balance }));
    }
    Ok(sums)
}

/// Claims in progress within reach by the day they were handed in, oldest first: day, claims, computed compensation.
pub(super) fn waiting(desk: &mut Desk<'_>) -> Result<Arc<Vec<Waiting>>, PageError> {
    let (mark, asked) = (desk.mark.clone(), asked(desk, "waiting"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.waiting.figure(&asked, &mark, || spread::waiting(db, reach).map(Arc::new))?)
}

/// The fund's money by state; nothing before the fund has a measure.
pub(super) fn fund_money(desk: &mut Desk<'_>) -> Result<Option<FundMoney>, PageError> {
    let mark = desk.mark.clone();
    let Some(measure) = &desk.governing else { return Ok(None) };
    let (db, fund_id) = (&mut desk.db, desk.app.fund_id());
    let make = || reserve::fund_money(db, fund_id, &measure.limits);
    Ok(Some(desk.app.figures.money.figure(fund_id, &mark, make)?))
}

/// What waits for who asks: made anew once anything has happened in the books, and for each day and language.
pub(super) fn work(desk: &mut Desk<'_>) -> Result<Vec<WorkItem>, PageError> {
    let (app, mark) = (desk.app, desk.mark.clone());
    let asked = format!("{}/{}/{}/{}", app.fund_id(), desk.today, desk.lang.code(), desk.asker.name);
    let broken = |error: serde_json::Error| PageError::Internal { detail: format!("the list of work: {error}") };
    let make = || Ok::<_, PageError>(serde_json::to_string(&waiting_for(desk)?).map_err(broken)?.into());
    let kept: Arc<str> = app.figures.work.figure(&asked, &mark, make)?;
    serde_json::from_str(&kept).map_err(broken)
}

/// Loans that hold cover though nobody has told of them for long, those that matured first first.
pub(super) fn silent(desk: &mut Desk<'_>) -> Result<Arc<Vec<LoanRow>>, PageError> {
    let (mark, fund_id, today) = (desk.mark.clone(), desk.app.fund_id(), desk.today);
    let db = &mut desk.db;
    let make = || queue::silent(db, fund_id, today).map(Arc::new);
    Ok(desk.app.figures.silent.figure(&format!("{fund_id}/{today}"), &mark, make)?)
}

/// Day of the last promise of a kind.
pub(super) fn promised_on(desk: &mut Desk<'_>, kind: &str) -> Result<Option<NaiveDate>, PageError> {
    let (mark, fund_id) = (desk.mark.clone(), desk.app.fund_id());
    let db = &mut desk.db;
    let make = || money::last_promise_on(db, fund_id, kind);
    Ok(desk.app.figures.promised_on.figure(&format!("{fund_id}/{kind}"), &mark, make)?)
}

/// The fund's bookings, oldest first.
pub(super) fn bookings(desk: &mut Desk<'_>) -> Result<Arc<Vec<Booking>>, PageError> {
    let (mark, fund_id) = (desk.mark.clone(), desk.app.fund_id());
    let db = &mut desk.db;
    Ok(desk.app.figures.bookings.figure(fund_id, &mark, || kept::bookings(db, fund_id).map(Arc::new))?)
}
