//! Acts on loans, and what they do to the list of loans, to tiers, to cover and to claims.
//!
//! Owns how a loan's acts are read (`load`), and the moves they make in the list of loans (`moves`), which the replay of
//! reports and closes goes through in the same order.
//! **Invariant:** acts on a loan stand in the chain of its bank, as its reports do, so that their order is one; acts
//! from before a registration say nothing of a loan that was registered again.

use crate::storage::find::book_rows;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::json::{object, read, stored};
use super::offices::{in_some_office, offices};
use super::{ActRefusal, Step, Taken, claim, corrupt, office_of};
use crate::domain::detail::Act as _;
use crate::domain::loan_life::{Around, LoanAct, LoanLife, LoanRefusal, ZeroReason};
use crate::domain::names::Tier;
use crate::domain::tier::overdue_days;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, acts, claims, loans, servicing as reports};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::loans::LoanRow;
use crate::storage::{Db, StoreError, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::compensate::{calculate_on, compute_on, filing_of, store};
use crate::usecase::standing::place_of;
use crate::usecase::{measures, queue, servicing};

/// Life of loans.
pub const LIFE: &str = "loan";

/// The bank of a loan.
///
/// # Errors
/// `Act` for a loan that is not on the register; storage.
pub fn bank_of(db: &mut Db, fund_id: &str, loan_id: &str) -> Result<Option<String>, UseCaseError> {
    let loan = loans::one(db, &Reach::of_fund(fund_id), loan_id)?;
    Ok(Some(loan.ok_or_else(|| unknown(loan_id))?.bank))
}

fn unknown(loan_id: &str) -> ActRefusal {
    ActRefusal::new("LOAN_UNKNOWN", vec![("loan", loan_id.to_owned())])
}

/// A loan as its acts leave it, with the last day of its newest registration where no later act says otherwise.
///
/// # Errors
/// `Corrupt` for a loan that is not registered, or acts that do not fold; storage.
pub fn load(db: &mut Db, fund_id: &str, loan_id: &str) -> Result<LoanLife, UseCaseError> {
    let mut versions = loans::versions_of(db, loan_id)?.into_iter();
    let corrupt = || StoreError::Corrupt { table: "loans", key: loan_id.to_owned(), what: "gone".to_owned() };
    let first = versions.next().ok_or_else(corrupt)?;
    let mut life = LoanLife::registered(&first.bank, first.matures_on);
    let since = place_of(&first.event_id);
    let mut amended = versions.map(|row| (place_of(&row.event_id), row.matures_on)).peekable();
    for row in acts::of(db, fund_id, LIFE, loan_id)? {
        let place = place_of(&row.event_id);
        while let Some((_, matures_on)) = amended.next_if(|(version, _)| *version < place) {
            life.matures_on = matures_on;
        }
        if place > since {
            life = fold(&life, &row)?;
        }
    }
    life.matures_on = amended.last().map_or(life.matures_on, |(_, matures_on)| matures_on);
    Ok(life)
}

/// One more stored act.
///
/// # Errors
/// `Corrupt`.
pub fn fold(life: &LoanLife, row: &ActRow) -> Result<LoanLife, UseCaseError> {
    let act: LoanAct = stored(row)?;
    let office = office_of(row)?;
    life.after(&act, &office, row.business_date).map_err(|refusal| corrupt(row, refusal.code()))
}

/// What an act moves in the list of loans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// The last day is another: by an extension, or by an amended registration.
    Matures(NaiveDate),
    /// A balance of zero has a reason.
    Explained(ZeroReason),
    /// The loan is performing again.
    Unmarked {
        /// As what.
        tier: Tier,
        /// First day of what is still overdue.
        overdue_since: Option<NaiveDate>,
        /// Days of that on the day of the decision.
        overdue_days: u32,
    },
}

impl Move {
    /// Moves a loan of the list.
    pub fn apply(&self, loan: &mut LoanRow) {
        match self {
            Move::Matures(day) => loan.matures_on = *day,
            Move::Explained(reason) => {
                if loan.balance_fen == Some(0) {
                    loan.servicing = reason.code().to_owned();
                }
            }
            Move::Unmarked { tier, overdue_since, overdue_days } => {
                loan.tier = Some(tier.code().to_owned());
                loan.overdue_since = *overdue_since;
                loan.overdue_days = i64::from(*overdue_days);
                if loan.balance_fen != Some(0) {
                    loan.servicing = if overdue_since.is_some() { "overdue" } else { "performing" }.to_owned();
                }
            }
        }
    }

    /// What an act moves; `life` is the loan before it.
    fn of(life: &LoanLife, act: &LoanAct, on: NaiveDate) -> Option<Move> {
        match act {
            LoanAct::Extended { new_matures_on, .. } => Some(Move::Matures(*new_matures_on)),
            LoanAct::BalanceExplained { reason, .. } => Some(Move::Explained(*reason)),
            LoanAct::UnmarkDecided { accepted: true, .. } => life.waiting.as_ref().map(|waiting| Move::Unmarked {
                tier: waiting.tier,
                overdue_since: waiting.overdue_since,
                overdue_days: waiting.overdue_since.map_or(0, |since| overdue_days(since, on)),
            }),
            _ => None,
        }
    }
}

/// What acts moved in the list of loans: loan → place in the chain of the bank, move. Amended registrations are among
/// them, after the one that put the loan on the register.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn moves(db: &mut Db, fund_id: &str) -> Result<BTreeMap<String, Vec<(i64, Move)>>, UseCaseError> {
    let mut all: BTreeMap<String, Vec<(i64, Move)>> = BTreeMap::new();
    let rows = acts::of_life(db, fund_id, LIFE)?;
    for of_one in rows.chunk_by(|a, b| a.subject == b.subject) {
        // What is registered is not asked for: a move needs the acts alone, and the replay leaves out what came before.
        let mut proposed = None;
        for row in of_one {
            let act: LoanAct = stored(row)?;
            if let LoanAct::UnmarkProposed { tier, overdue_since, .. } = act {
                proposed = Some((tier, overdue_since));
                continue;
            }
            let mut before = LoanLife::registered("", NaiveDate::MIN);
            before.waiting = proposed.map(|(tier, overdue_since)| unmark(tier, overdue_since));
            if let Some(told) = Move::of(&before, &act, row.business_date) {
                all.entry(row.subject.clone()).or_default().push((place_of(&row.event_id), told));
            }
        }
    }
    let versions = loans::versions_by_form(db, fund_id)?;
    for of_one in versions.chunk_by(|a, b| a.0 == b.0) {
        for (loan_id, event_id, matures_on) in of_one.iter().skip(1) {
            all.entry(loan_id.clone()).or_default().push((place_of(event_id), Move::Matures(*matures_on)));
        }
    }
    Ok(all)
}

fn unmark(tier: Tier, overdue_since: Option<NaiveDate>) -> crate::domain::loan_life::Unmark {
    crate::domain::loan_life::Unmark { tier, overdue_since, by: Vec::new() }
}

/// Takes an act on a loan.
///
/// # Errors
/// `Act`; storage; `Rulebook`; `Overflow`.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let act: LoanAct = read(&step.request.act, &step.request.details)?;
    let (loan_id, on) = (&step.request.subject, step.request.on);
    let loan = loans::one(tx, &Reach::of_fund(step.fund_id), loan_id)?.ok_or_else(|| unknown(loan_id))?;
    let registration = loans::registration(tx, loan_id)?.ok_or_else(|| unknown(loan_id))?;
    let life = load(tx, step.fund_id, loan_id)?;
    let rights = loans::rights(tx, loan_id, registration.version)?;
    let rights: Vec<String> = rights.into_iter().map(|right| right.number).collect();
    let around = Around {
        on,
        tier: loan.tier.as_deref().and_then(Tier::from_code),
        is_zero: is_zero(tx, &loan, &act)?,
        rights: &rights,
    };
    let all = offices(tx, step.fund_id, &step.person, on)?;
    let (office, next) = in_some_office(
        &all,
        |office| {
            let next = life.after(&act, office, on)?;
            life.check(&act, &around)?;
            Ok(next)
        },
        |refusal: &LoanRefusal| matches!(refusal, LoanRefusal::Role | LoanRefusal::OtherBank),
        || LoanRefusal::Role,
    )
    .map_err(|refusal| refused(refusal, loan_id))?;
    let chain = Chain::Bank { fund_id: step.fund_id.to_owned(), bank: loan.bank.clone() };
    let change = Change::new(chain, "loan.acted", loan_id.clone());
    let (change, after) = moved(tx, change, &loan, Move::of(&life, &act, on), on)?;
    let mut answer = json!({
        "state": after.servicing,
        "tier": after.tier,
        "matures_on": next.matures_on.to_string(),
        "waiting": next.waiting.as_ref().map(|_| "unmark_proposed"),
    });
    if matches!(act, LoanAct::RightEvent { .. }) {
        follow_right(tx, &loan, &next, &mut answer)?;
    }
    Ok(Taken { office: office.code(), details: object(&act.details()), change, answer })
}

fn refused(refusal: LoanRefusal, loan_id: &str) -> ActRefusal {
    let mut places = vec![("loan", loan_id.to_owned())];
    if let LoanRefusal::Maturity(day) = refusal {
        places.push(("matures_on", day.to_string()));
    }
    ActRefusal::new(refusal.code(), places)
}

/// Whether the balance of the month that an act explains is 0.00: as reported, or left out of a full report.
fn is_zero(db: &mut Db, loan: &LoanRow, act: &LoanAct) -> Result<Option<bool>, StoreError> {
    let LoanAct::BalanceExplained { month, .. } = act else { return Ok(None) };
    let rows = reports::rows_of_loan(db, &Reach::of_fund(&loan.fund_id), &loan.loan_id)?;
    let reported = rows.into_iter().find(|row| row.month == *month).map(|row| row.balance_fen == 0);
    let is_last = loan.last_month.as_deref() == Some(month.as_str());
    Ok(reported.or_else(|| loan.balance_fen.filter(|_| is_last).map(|balance| balance == 0)))
}

/// Writes what an act moves: the list, the history of tiers, the cover.
fn moved(
    tx: &mut Tx<'_>,
    mut change: Change,
    loan: &LoanRow,
    told: Option<Move>,
    on: NaiveDate,
) -> Result<(Change, LoanRow), UseCaseError> {
    let mut after = loan.clone();
    let Some(told) = told else { return Ok((change, after)) };
    told.apply(&mut after);
    if matches!(told, Move::Unmarked { .. }) {
        change = change.with(servicing::next_tier(tx, &after, "unmarked", on)?);
    }
    let measure = measures::kept_by(tx, &loan.fund_id, &loan.loan_id)?;
    change = queue::with_moved_end(change, &mut after, &measure, on)?;
    book_rows::project(tx, std::slice::from_ref(&after))?;
    Ok((change, after))
}

/// Computes the open claims of a loan again; names those that are granted or paid by what no longer holds.
fn follow_right(tx: &mut Tx<'_>, loan: &LoanRow, life: &LoanLife, answer: &mut Value) -> Result<(), UseCaseError> {
    let (mut recomputed, mut granted, mut resettle) = (Vec::new(), Vec::new(), Vec::new());
    for status in claims::of_loan(tx, &Reach::of_fund(&loan.fund_id), &loan.loan_id)? {
        let filing = filing_of(tx, &status.claim_id)?;
        let told = claim::load(tx, &filing)?;
        if told.stage.is_open() {
            if let Some(computed) = compute_on(tx, &filing, &told, life)? {
                recomputed.push(json!({ "claim": status.claim_id, "decision": computed.calculation.decision }));
                store(tx, &status, computed)?;
            }
            continue;
        }
        let is_granted = matches!(status.state.as_str(), "awaiting_confirmation" | "approved" | "ordered");
        if !is_granted && told.payments.is_empty() {
            continue;
        }
        if let Some(row) = calculate_on(tx, &filing, &told, life)? {
            let due = claim::bearings::payable(&row).yuan();
            let named = json!({ "claim": status.claim_id, "due": due, "paid": told.paid_net().yuan() });
            if told.payments.is_empty() { granted.push(named) } else { resettle.push(named) }
        }
    }
    if let Some(told) = answer.as_object_mut() {
        told.insert("recomputed".to_owned(), Value::Array(recomputed));
        told.insert("granted".to_owned(), Value::Array(granted));
        told.insert("resettle".to_owned(), Value::Array(resettle));
    }
    Ok(())
}
