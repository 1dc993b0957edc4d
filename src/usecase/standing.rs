//! How a loan stands by the reports that stand: the bank's reports, the day closes between them and the acts on the
//! loan, gone through again in the order in which they came.
//!
//! An import of a report that was taken back leaves out its rows, and the moves of a day close that rested on
//! them: those between the report and its undo, for loans the report spoke of. A move that was due anyway comes
//! again with the next close.
//!
//! **Invariant:** what a report, a close or an undo writes into the list of loans is what this gives afterwards,
//! so that the list can be proved and put right from the facts alone.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::lives::loan::{Move, moves};
use super::servicing::carried::{RefusedRow, Unknown};
use super::servicing::{absent, is_npl, take_over};
use crate::domain::calendar::Month;
use crate::import::field::{Field, FileKind};
use crate::storage::find::undos::{self, APPROVED};
use crate::storage::find::{Reach, imports, loans, servicing};
use crate::storage::rows::loans::{LoanRegistrationRow, LoanRow};
use crate::storage::rows::servicing::{LoanTierRow, ServicingReportRow, ServicingRow};
use crate::storage::{Db, StoreError};

/// One report as it came.
#[derive(Debug)]
struct Sent {
    seq: i64,
    month: String,
    last_day: NaiveDate,
    full: bool,
    /// Place of the event that took it back.
    undone: Option<i64>,
    /// Whether the list of loans follows it: no later month was known when it came.
    followed: bool,
    rows: BTreeMap<String, ServicingRow>,
    /// What its refused rows may speak of.
    unknown: Unknown,
}

/// Reports and closes of the banks within reach.
#[derive(Debug, Default)]
pub struct Standing {
    sent: BTreeMap<String, Vec<Sent>>,
    closes: BTreeMap<String, Vec<LoanTierRow>>,
    moves: BTreeMap<String, Vec<(i64, Move)>>,
    /// Loans that have more than one registration: place and last day of the first.
    first: BTreeMap<String, (i64, NaiveDate)>,
}

/// Something between two reports.
enum Between<'s> {
    Close(&'s LoanTierRow),
    Act(&'s Move),
}

impl Between<'_> {
    fn tell(&self, loan: &mut LoanRow) {
        match self {
            Between::Close(close) => move_by_close(loan, close),
            Between::Act(told) => told.apply(loan),
        }
    }
}

/// Place of an event in its chain.
#[must_use]
pub fn place_of(event_id: &str) -> i64 {
    event_id.rsplit_once('#').and_then(|(_, seq)| seq.parse().ok()).unwrap_or(i64::MAX)
}

impl Standing {
    /// Reads what the banks within reach have sent. `also_undone` is an import whose undo is about to be recorded.
    ///
    /// # Errors
    /// Storage; `Corrupt` for a stored month that is none.
    pub fn load(db: &mut Db, reach: &Reach, also_undone: Option<&str>) -> Result<Standing, UseCaseError> {
        let fund_id = reach.fund_id();
        let mut undone: BTreeMap<String, i64> = undos::all(db, fund_id)?
            .into_iter()
            .filter(|step| step.state == APPROVED)
            .map(|step| (step.import_id, place_of(&step.event_id)))
            .collect();
        undone.extend(also_undone.map(|import| (import.to_owned(), i64::MAX)));
        let mut rows: BTreeMap<String, BTreeMap<String, ServicingRow>> = BTreeMap::new();
        for row in servicing::rows_sent(db, reach)? {
            rows.entry(row.report_id.clone()).or_default().insert(row.loan_id.clone(), row);
        }
        let mut refused = unknown_by_import(db, reach)?;
        let mut standing = Standing::default();
        let sent = servicing::all_sent(db, fund_id)?;
        for report in sent.into_iter().filter(|report| reach.bank().is_none_or(|bank| bank == report.bank)) {
            let of_report = rows.remove(&report.report_id).unwrap_or_default();
            let taken_back = undone.get(&report.import_id).copied();
            let refused = refused.remove(&report.import_id).unwrap_or_default();
            let sent = sent_of(&report, of_report, taken_back, refused)?;
            standing.sent.entry(report.bank.clone()).or_default().push(sent);
        }
        standing.sent.values_mut().for_each(|sent| follow(sent));
        for close in servicing::all_tiers(db, fund_id)?.into_iter().filter(|row| row.source == "day_floor") {
            standing.closes.entry(close.loan_id.clone()).or_default().push(close);
        }
        standing.moves = moves(db, fund_id)?;
        for (loan_id, event_id, matures_on) in loans::versions_by_form(db, fund_id)? {
            standing.first.entry(loan_id).or_insert((place_of(&event_id), matures_on));
        }
        Ok(standing)
    }

    /// The loan as reports, closes and acts after its registration leave it; what they do not touch is as given.
    #[must_use]
    pub fn replay(&self, loan: &LoanRow, registration: &LoanRegistrationRow) -> LoanRow {
        // An amended loan has been on the register, and reported, since its first registration.
        let only = || (place_of(&registration.event_id), registration.matures_on);
        let (registered, matures_on) = self.first.get(&loan.loan_id).copied().unwrap_or_else(only);
        let sent = self.sent.get(&loan.bank).map_or(&[][..], Vec::as_slice);
        let mut between = self.between(loan, sent, registered).into_iter().peekable();
        let mut after = unreported(loan);
        after.matures_on = matures_on;
        for report in sent.iter().filter(|sent| sent.seq > registered && sent.undone.is_none() && sent.followed) {
            while let Some((_, told)) = between.next_if(|(place, _)| *place < report.seq) {
                told.tell(&mut after);
            }
            report.tell(&mut after);
        }
        between.for_each(|(_, told)| told.tell(&mut after));
        after
    }

    /// Closes that count and acts, by place.
    fn between(&self, loan: &LoanRow, sent: &[Sent], registered: i64) -> Vec<(i64, Between<'_>)> {
        let closes = self.closes.get(&loan.loan_id).map_or(&[][..], Vec::as_slice).iter();
        let closes = closes
            .map(|close| (place_of(&close.event_id), Between::Close(close)))
            .filter(|(place, _)| !sent.iter().any(|sent| sent.voids(*place, loan, registered)));
        let acts = self.moves.get(&loan.loan_id).map_or(&[][..], Vec::as_slice).iter();
        let acts = acts.map(|(place, told)| (*place, Between::Act(told)));
        let mut all: Vec<_> = closes.chain(acts).filter(|(place, _)| *place > registered).collect();
        all.sort_by_key(|(place, _)| *place);
        all
    }
}

/// What the refused rows of each report may speak of, as its import recorded them.
fn unknown_by_import(db: &mut Db, reach: &Reach) -> Result<BTreeMap<String, Unknown>, StoreError> {
    let mut unknown: BTreeMap<String, Unknown> = BTreeMap::new();
    for refused in imports::refused_of_kind(db, reach, FileKind::Servicing.code())? {
        let names: BTreeMap<String, String> = serde_json::from_str(&refused.column_names).unwrap_or_default();
        let column = names.get(Field::Contract.code()).map_or("", String::as_str);
        let contract = refused.contract.as_deref();
        let row = RefusedRow { row: refused.row_no, code: &refused.code, column: &refused.column, contract };
        unknown.entry(refused.import_id.clone()).or_default().tell(row, column);
    }
    Ok(unknown)
}

fn sent_of(
    report: &ServicingReportRow,
    rows: BTreeMap<String, ServicingRow>,
    undone: Option<i64>,
    unknown: Unknown,
) -> Result<Sent, UseCaseError> {
    let month = Month::parse(&report.month).map_err(|error| StoreError::Corrupt {
        table: "servicing_reports",
        key: report.report_id.clone(),
        what: error.to_string(),
    })?;
    Ok(Sent {
        seq: place_of(&report.event_id),
        month: report.month.clone(),
        last_day: month.last_day(),
        full: !report.is_partial,
        undone,
        followed: false,
        rows,
        unknown,
    })
}

/// Sorts reports by arrival and marks those that were no older than what had come before them.
fn follow(sent: &mut [Sent]) {
    sent.sort_by_key(|sent| sent.seq);
    let mut latest = String::new();
    for report in sent.iter_mut().filter(|report| report.undone.is_none()) {
        report.followed = report.month >= latest;
        latest = latest.max(report.month.clone());
    }
}

impl Sent {
    fn tell(&self, loan: &mut LoanRow) {
        match self.rows.get(&loan.loan_id) {
            Some(row) => {
                take_over(loan, row);
            }
            None if self.leaves_out(loan) => absent(loan, &self.month),
            None => {}
        }
    }

    fn leaves_out(&self, loan: &LoanRow) -> bool {
        self.full && loan.disbursed_on <= self.last_day && !self.unknown.holds(&loan.contract)
    }

    /// Whether a close at this place rested on a report that was taken back.
    fn voids(&self, place: i64, loan: &LoanRow, registered: i64) -> bool {
        let between = self.undone.is_some_and(|undone| self.seq < place && place < undone);
        between && self.seq > registered && (self.rows.contains_key(&loan.loan_id) || self.leaves_out(loan))
    }
}

fn unreported(loan: &LoanRow) -> LoanRow {
    LoanRow {
        last_month: None,
        balance_fen: None,
        servicing: "unreported".to_owned(),
        tier: None,
        overdue_since: None,
        overdue_days: 0,
        ..loan.clone()
    }
}

fn move_by_close(loan: &mut LoanRow, close: &LoanTierRow) {
    loan.tier = Some(close.tier.clone());
    loan.overdue_days = close.overdue_days;
    if is_npl(loan.tier.as_deref()) {
        loan.servicing = "non_performing".to_owned();
    }
}
