//! The books beside the bank: statements, matching, reconciliation, closed months, the journal.

mod forms;
mod journal;
mod periods;
mod rules;
mod statements;

use chrono::NaiveDate;
use pledgefund::domain::money::{Fen, FenDelta};
use serde_json::Value;

use crate::support::product::Installation;

/// The bank account of these tests.
pub const NUMBER: &str = "6222 0210 0000 1234";
/// A day after everything.
pub const LATER: &str = "2025-09-01";

/// Money of July and August: three contributions, one payment of interest.
pub const FUND: &str = "日期,类别,来源,合同编号,金额(元),备注
2025-07-01,出资,省级财政,,1000.00,首期 REF20250701
2025-07-10,出资,市级财政,,500.00,首期
2025-07-31,出资,县级财政,,200.00,平鲁区
2025-08-21,利息,存款利息,,3.21,结息
";

/// What the bank says of July: the last contribution is still on its way, and the bank paid interest nobody booked.
pub const JULY: &str = "记账日期,起息日,收入金额,支出金额,余额,对方户名,对方账号,流水号,摘要,备注
2025-07-02,2025-07-02,1000.00,,1000.00,省财政厅,111,REF20250701,拨款,
2025-07-09,2025-07-09,500.00,,1500.00,市财政局,222,REF20250709,拨款,
2025-07-31,2025-07-31,1.00,,1501.00,本行,,REF20250731,结息,
";

/// The days for which `JULY` speaks.
pub const DAYS: [&str; 4] = ["--from", "2025-07-01", "--to", "2025-07-31"];

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn fen(amount: i64) -> Fen {
    Fen::try_new(amount).unwrap()
}

pub fn yuan(text: &str) -> FenDelta {
    FenDelta::from_yuan(text).unwrap()
}

impl Installation {
    /// Books the money of these tests.
    pub fn booked(&self) {
        let file = self.own_file("fund.csv", FUND);
        self.json(&["import", "fund", &file, "--on", LATER], &[0]);
    }

    /// Takes a statement in. Gives the answer.
    pub fn statement(&self, name: &str, text: &str, more: &[&str], codes: &[i32]) -> Value {
        let file = self.own_file(name, text);
        let mut call = vec!["statement", "import", &file, "--account", NUMBER, "--by", "甲", "--on", LATER];
        call.extend(more);
        self.json(&call, codes)
    }

    /// July, booked and told to its last day.
    pub fn july(&self) {
        self.booked();
        self.statement("july.csv", JULY, &DAYS, &[0]);
    }

    /// Matches by rule. Gives the matches.
    pub fn matched(&self) -> Value {
        self.json(&["statement", "match", "--auto", "--by", "甲", "--on", LATER], &[0])["matches"].clone()
    }

    /// The one reconciliation of a day.
    pub fn reconciled(&self, on: &str) -> Value {
        self.json(&["statement", "reconcile", "--on", on], &[0, 1])["accounts"][0].clone()
    }

    /// The identifier of the booking of a day.
    pub fn booking_on(&self, on: &str) -> String {
        let pool = self.app(LATER);
        let all = pledgefund::storage::find::money::transactions(&mut pool.store.read().unwrap(), pool.fund_id());
        all.unwrap().into_iter().find(|tx| tx.booked_on == day(on)).unwrap().tx_id
    }

    /// The lines of all statements.
    pub fn lines(&self) -> Vec<Value> {
        self.json(&["statement", "lines"], &[0])["lines"].as_array().unwrap().clone()
    }
}
