//! Which monthly returns of a bank came in time.
//!
//! Owns the one definition that scorecards and the regulator's summary share: the first report of a month that stands
//! decides, and a month that is due and was never sent is not in time.
//! **Invariant:** a month counts against a bank only after its last moment has passed, and only where its agreement
//! touches the month.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::app::App;
use crate::domain::calendar::{Month, utc_of_beijing};
use crate::jobs::schedule::{Rules, banks_due_on};
use crate::storage::rows::parties::PartnerRow;
use crate::storage::rows::servicing::ServicingReportRow;

/// When banks have to report.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines<'a> {
    rules: Rules<'a>,
    time: NaiveTime,
    /// First month with reports.
    pub first: Month,
}

impl Deadlines<'_> {
    /// The deadlines of the fund.
    #[must_use]
    pub fn of(app: &App) -> Deadlines<'_> {
        Deadlines { rules: app.schedule_rules(), time: app.config.banks_due_time(), first: app.first_period() }
    }

    /// Last moment (UTC) for the return of a month.
    #[must_use]
    pub fn due_at(&self, month: Month) -> NaiveDateTime {
        let (due_on, _) = banks_due_on(self.rules, month.next());
        utc_of_beijing(due_on.and_time(self.time))
    }

    /// The months of a bank whose last moment came before an instant, oldest first. What is not known to be a bank by
    /// agreement owes every month.
    #[must_use]
    pub fn due(&self, bank: Option<&PartnerRow>, before: NaiveDateTime) -> Vec<Month> {
        let mut due = Vec::new();
        let mut month = self.first;
        while self.due_at(month) < before {
            if bank.is_none_or(|bank| touches(bank, month)) {
                due.push(month);
            }
            month = month.next();
        }
        due
    }

    /// Whether the return of a month came in time by its first report; none where it has not come and is not due.
    #[must_use]
    pub fn in_time(&self, month: Month, first: Option<&ServicingReportRow>, before: NaiveDateTime) -> Option<bool> {
        match first {
            Some(report) => Some(report.on_time),
            None => (self.due_at(month) < before).then_some(false),
        }
    }
}

fn touches(bank: &PartnerRow, month: Month) -> bool {
    bank.agreed_from <= month.last_day() && month.first_day() <= bank.agreed_to
}

/// The moment before which a return must have been due to count on a day: the beginning of that day in Beijing.
#[must_use]
pub fn before_day(on: NaiveDate) -> NaiveDateTime {
    utc_of_beijing(on.and_time(NaiveTime::MIN))
}
