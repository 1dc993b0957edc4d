//! What happens to loans, banks and findings besides files: acts, and what follows from them in the books.

mod balances;
mod cards;
mod exemptions;
mod marks;
mod rights;
mod succession;

use chrono::NaiveDate;
use pledgefund::app::App;
use pledgefund::storage::find::{Reach, loans};
use pledgefund::storage::rows::loans::LoanRow;
use pledgefund::usecase::lives::{Life, Request, perform};
use serde_json::{Value, json};

use crate::support::product::Installation;

/// The fund of the samples.
pub const FUND: &str = "shuozhou";
/// A loan of YMK that is in arrears since 2025-02-22.
pub const LATE: &str = "YMK2023借字第0046号";
/// A loan of YMK in order.
pub const SOUND: &str = "YMK2023借字第0001号";

/// A day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Identifier of a loan of YMK.
pub fn ymk(contract: &str) -> String {
    format!("{FUND}:YMK:{contract}")
}

/// An act asked for.
pub fn request(life: Life, subject: &str, act: &str, details: Value, by: &str, on: &str) -> Request {
    Request {
        life,
        subject: subject.to_owned(),
        act: act.to_owned(),
        details,
        by: by.to_owned(),
        on: day(on),
        expected: None,
        key: None,
    }
}

/// Takes an act.
#[track_caller]
pub fn take(app: &App, life: Life, subject: &str, act: &str, details: Value, by: &str, on: &str) -> Value {
    let asked = request(life, subject, act, details, by, on);
    perform(app, &asked).unwrap_or_else(|refusal| panic!("{act} by {by}: {refusal:?}"))
}

/// The code with which an act is refused; a text stands behind each code of this area.
#[track_caller]
pub fn refused(app: &App, life: Life, subject: &str, act: &str, details: Value, by: &str, on: &str) -> &'static str {
    let refusal = perform(app, &request(life, subject, act, details, by, on)).unwrap_err();
    let code = refusal.code();
    if code.starts_with("LOAN_") || code.starts_with("EXEMPTION_") || code.starts_with("SUCCESSION_") {
        for lang in [pledgefund::i18n::Lang::Zh, pledgefund::i18n::Lang::En] {
            let text = refusal.text(lang);
            assert!(!text.contains("act.") && !text.contains('{'), "{code}: {text}");
        }
    }
    code
}

/// People of fund and banks on the register.
pub fn staff(app: &App) {
    let appoint = |name: &str, institution: &str, roles: &[&str]| {
        let details = json!({ "institution": institution, "roles": roles, "level": "meeting" });
        take(app, Life::Person, name, "appointed", details, "系统员", "2025-07-01");
    };
    appoint("系统员", "fund", &["system_administrator"]);
    for (name, institution, roles) in [
        ("管理员", "fund", &["fund_administrator"][..]),
        ("第二人", "fund", &["fund_administrator", "fund_approver"][..]),
        ("审批人", "fund", &["fund_approver"][..]),
        ("财务员", "fund", &["finance_officer"][..]),
        ("雁门信贷", "bank:YMK", &["bank_officer"][..]),
        ("雁门复核", "bank:YMK", &["bank_reviewer"][..]),
        ("雁门两职", "bank:YMK", &["bank_officer", "bank_reviewer"][..]),
        ("桑干信贷", "bank:SGH", &["bank_officer"][..]),
        ("桑干复核", "bank:SGH", &["bank_reviewer"][..]),
    ] {
        appoint(name, institution, roles);
    }
}

/// A loan of the list.
pub fn loan(app: &App, loan_id: &str) -> LoanRow {
    loans::one(&mut app.store.read().unwrap(), &Reach::of_fund(FUND), loan_id).unwrap().unwrap()
}

impl Installation {
    /// Takes in a month of YMK: contract, balance, first overdue day, grade.
    pub fn month_of_ymk(&self, last_day: &str, rows: &[(&str, &str, &str, &str)]) -> Value {
        let mut text = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\n".to_owned();
        for (contract, balance, since, grade) in rows {
            let overdue = if since.is_empty() { "0.00" } else { balance };
            text.push_str(&format!("{contract},{last_day},{balance},{overdue},0.00,{since},{grade}\n"));
        }
        let file = self.own_file(&format!("YMK_{}.csv", last_day.replace('-', "")), &text);
        self.take_in("servicing", &file, &["--bank", "YMK"])
    }
}
