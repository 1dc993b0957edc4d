//! Table 1-3 风险补偿表（按机构）.
//!
//! **Invariant:** F1 to F3 rest on reported balances; F4 to G12 are the fund's own books and do not vanish because
//! a bank did not report, so that G7 always agrees with the ledger.

use chrono::NaiveDate;

use super::ReportError;
use super::book::{Entry, count, this_month, this_year};
use super::cell::{Cell, Unit};
use super::dataset::{Basis, Table};
use super::facts::{BankStanding, LoanFact, PeriodFacts};
use super::money_facts::{ClaimFact, ClaimStanding};
use super::positions::{Books, ratio_cell};
use super::scope::{View, bank_table, column};
use super::words::say;
use crate::domain::money::{Fen, MoneyError};
use crate::i18n::Lang;

const COLUMNS: &[(&str, Unit, Basis)] = &[
    ("F1", Unit::Loans, Basis::Bank),
    ("F2", Unit::Wan, Basis::Bank),
    ("F3", Unit::Wan, Basis::Bank),
    ("F4n", Unit::Loans, Basis::Fund),
    ("F4", Unit::Wan, Basis::Fund),
    ("F5", Unit::Loans, Basis::Fund),
    ("F6n", Unit::Loans, Basis::Fund),
    ("F6", Unit::Wan, Basis::Fund),
    ("G1n", Unit::Loans, Basis::Fund),
    ("G1", Unit::Wan, Basis::Fund),
    ("G2n", Unit::Loans, Basis::Fund),
    ("G2", Unit::Wan, Basis::Fund),
    ("G3n", Unit::Loans, Basis::Fund),
    ("G3", Unit::Wan, Basis::Fund),
    ("G4n", Unit::Loans, Basis::Fund),
    ("G4", Unit::Wan, Basis::Fund),
    ("G5n", Unit::Loans, Basis::Fund),
    ("G5", Unit::Wan, Basis::Fund),
    ("G6n", Unit::Loans, Basis::Fund),
    ("G6", Unit::Wan, Basis::Fund),
    ("G7n", Unit::Loans, Basis::Fund),
    ("G7", Unit::Wan, Basis::Fund),
    ("G8m", Unit::Wan, Basis::Fund),
    ("G8y", Unit::Wan, Basis::Fund),
    ("G8", Unit::Wan, Basis::Fund),
    ("G9", Unit::Days, Basis::Fund),
    ("G10", Unit::Percent, Basis::Fund),
    ("G11", Unit::Text, Basis::Fund),
    ("G12", Unit::Times, Basis::Fund),
];

/// Builds table 1-3.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn table<'a>(facts: &'a PeriodFacts, books: &Books<'a>, lang: Lang) -> Result<Table, ReportError> {
    let columns = COLUMNS.iter().map(|(code, unit, basis)| column(lang, code, *unit, *basis)).collect();
    bank_table("1-3", columns, facts, books, lang, cells)
}

fn cells(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let mut cells = cover(view)?;
    cells.extend(enrolment(view)?);
    if view.compare.is_some() {
        for of in [filed_this_month, in_review, returned, refused] {
            cells.extend(claims(view, of)?);
        }
    } else {
        cells.extend(claims(view, filed_this_month)?);
        cells.extend(std::iter::repeat_n(Cell::NotCollected, 6));
    }
    cells.extend(payments(view)?);
    cells.extend(recoveries(view)?);
    cells.extend(standing(view)?);
    Ok(cells)
}

/// Cover of loans with a balance: IP part of the unpaid principal, and the fund's frozen share of it before caps.
fn cover(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let covered = || view.book.of(&view.banks).filter(|entry| entry.loan.covered && !entry.loan.queued);
    let ip_part = |entry: &Entry<'_>| entry.at.balance.part_floor(entry.loan.ip_share);
    let mut principal = Fen::ZERO;
    let mut liability = Fen::ZERO;
    for entry in covered() {
        let part = ip_part(entry)?;
        principal = principal.checked_add(part)?;
        liability = liability.checked_add(part.part_floor(entry.loan.fund_rate)?)?;
    }
    Ok(vec![Cell::Count(count(covered())), Cell::Money(principal), Cell::Money(liability)])
}

fn enrolment(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let month = view.book.month;
    let of_banks = || view.facts.loans.iter().filter(|loan| view.everyone.contains(&loan.key.bank));
    let fresh = || of_banks().filter(move |loan| this_month(month, loan.registered_on));
    let mut cells = Cell::pair((count(fresh()), principal(fresh())?)).to_vec();
    cells.push(Cell::NotCollected);
    match view.compare {
        // Who was waiting a month ago is not kept as a fact of the period.
        None => cells.extend([Cell::NotCollected, Cell::NotCollected]),
        Some(_) => {
            let waiting = || of_banks().filter(|loan| loan.queued);
            cells.extend(Cell::pair((count(waiting()), principal(waiting())?)));
        }
    }
    Ok(cells)
}

fn principal<'b>(loans: impl Iterator<Item = &'b LoanFact>) -> Result<Fen, MoneyError> {
    Fen::total(loans.map(|loan| loan.principal))
}

fn filed_this_month(view: &View<'_, '_>, claim: &ClaimFact) -> bool {
    this_month(view.book.month, claim.filed_on)
}

fn in_review(_: &View<'_, '_>, claim: &ClaimFact) -> bool {
    claim.standing == ClaimStanding::InReview
}

fn returned(_: &View<'_, '_>, claim: &ClaimFact) -> bool {
    claim.standing == ClaimStanding::Returned
}

fn refused(_: &View<'_, '_>, claim: &ClaimFact) -> bool {
    claim.standing == ClaimStanding::Refused
}

fn claims(view: &View<'_, '_>, of: fn(&View<'_, '_>, &ClaimFact) -> bool) -> Result<[Cell; 2], ReportError> {
    let chosen = || {
        view.facts.claims.iter().filter(|claim| {
            view.everyone.contains(&claim.loan.bank) && claim.filed_on <= view.book.month.last_day() && of(view, claim)
        })
    };
    Ok(Cell::pair((count(chosen()), Fen::total(chosen().map(|claim| claim.claimed))?)))
}

fn payments(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let mut cells = Vec::with_capacity(6);
    for within in spans(view) {
        let paid = || {
            let of_banks = view.facts.payments.iter().filter(|payment| view.everyone.contains(&payment.loan.bank));
            of_banks.filter(|payment| within(payment.paid_on))
        };
        cells.extend(Cell::pair((count(paid()), Fen::total(paid().map(|payment| payment.amount))?)));
    }
    Ok(cells)
}

fn recoveries(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    let mut cells = Vec::with_capacity(3);
    for within in spans(view) {
        let of_banks = view.facts.recoveries.iter().filter(|recovery| view.everyone.contains(&recovery.loan.bank));
        let amounts = of_banks.filter(|recovery| within(recovery.on)).map(|recovery| recovery.amount);
        cells.push(Cell::Money(Fen::total(amounts)?));
    }
    Ok(cells)
}

/// 本月, 当年, 历年: each ends on the last day of the row's month.
fn spans(view: &View<'_, '_>) -> [Box<dyn Fn(NaiveDate) -> bool>; 3] {
    let month = view.book.month;
    [
        Box::new(move |day| this_month(month, day)),
        Box::new(move |day| this_year(month, day)),
        Box::new(move |day| day <= month.last_day()),
    ]
}

fn standing(view: &View<'_, '_>) -> Result<Vec<Cell>, ReportError> {
    if view.compare.is_none() {
        return Ok(vec![Cell::NotCollected, Cell::NotCollected, Cell::NotApplicable, Cell::NotCollected]);
    }
    let state = match view.bank.map(|bank| bank.standing) {
        None | Some(None) => Cell::NotApplicable,
        Some(Some(BankStanding::Normal)) => Cell::Text(say(view.lang, "standing.normal", &[])),
        Some(Some(BankStanding::Warned)) => Cell::Text(say(view.lang, "standing.warned", &[])),
        Some(Some(BankStanding::Suspended)) => Cell::Text(say(view.lang, "standing.suspended", &[])),
    };
    Ok(vec![average_days(view), breaker(view)?, state, late_returns(view)])
}

/// Average working days of decided claims, rounded half up; 未采集 while no claim has been decided.
fn average_days(view: &View<'_, '_>) -> Cell {
    let days: Vec<u64> = view
        .facts
        .claims
        .iter()
        .filter(|claim| view.everyone.contains(&claim.loan.bank))
        .filter_map(|claim| claim.handled_in)
        .collect();
    let decided = count(days.iter());
    let sum = days.iter().fold(0_u64, |sum, more| sum.saturating_add(*more));
    match sum.saturating_add(decided / 2).checked_div(decided) {
        None => Cell::NotCollected,
        Some(average) => Cell::Count(average),
    }
}

/// Article 24: (paid − recovered + in review) ÷ IP part of everything ever enrolled.
fn breaker(view: &View<'_, '_>) -> Result<Cell, ReportError> {
    let ours = |bank| view.everyone.contains(bank);
    let facts = view.facts;
    let until = view.book.month.last_day();
    let paid = facts.payments.iter().filter(|payment| ours(&payment.loan.bank) && payment.paid_on <= until);
    let back = facts.recoveries.iter().filter(|recovery| ours(&recovery.loan.bank) && recovery.on <= until);
    let open = facts.claims.iter().filter(|claim| {
        let pending = matches!(claim.standing, ClaimStanding::InReview | ClaimStanding::Approved);
        ours(&claim.loan.bank) && pending && claim.filed_on <= until
    });
    let net = Fen::total(paid.map(|payment| payment.amount))?
        .saturating_sub(Fen::total(back.map(|recovery| recovery.amount))?)
        .checked_add(Fen::total(open.filter_map(|claim| claim.computed).map(|computed| computed.payout))?)?;
    let mut enrolled = Fen::ZERO;
    for loan in facts.loans.iter().filter(|loan| ours(&loan.key.bank) && loan.covered && !loan.queued) {
        enrolled = enrolled.checked_add(loan.principal.part_floor(loan.ip_share)?)?;
    }
    Ok(ratio_cell(net, enrolled)?)
}

fn late_returns(view: &View<'_, '_>) -> Cell {
    let banks = view.facts.banks.iter().filter(|bank| view.everyone.contains(&bank.code));
    let counts: Option<Vec<u64>> = banks.map(|bank| bank.late_returns).collect();
    counts.map_or(Cell::NotCollected, |counts| Cell::Count(counts.iter().fold(0, |sum, n| sum.saturating_add(*n))))
}
