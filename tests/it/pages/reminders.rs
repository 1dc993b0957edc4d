//! What ends soon, held against the books read row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::to_bytes;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use pledgefund::app::App;
use pledgefund::domain::people::Role;
use pledgefund::screens::door::AppDoor;
use pledgefund::storage::find::{Reach, loans};
use pledgefund::storage::rows::loans::{LoanInsuranceRow, LoanRow};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::api::world::served;
use crate::support::desk::{self, Ticket};
use crate::support::product::on_both;

/// A policy ends in the weeks that follow, and others have ended of loans that were claimed for.
const DAY: &str = "2026-09-10";

fn shown(app: &Arc<App>, ticket: &Ticket, path: &str) -> String {
    let answer = answered(app, ticket, path);
    assert_eq!(answer.status(), 200, "{path}");
    let bytes = runtime().block_on(to_bytes(answer.into_body(), usize::MAX)).unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn answered(app: &Arc<App>, ticket: &Ticket, path: &str) -> Response {
    runtime().block_on(served(app, Arc::new(AppDoor(Arc::clone(app)))).oneshot(ticket.asks(path))).unwrap()
}

/// Loans of a bank that count, by identifier.
fn living(app: &App, bank: &str) -> BTreeMap<String, LoanRow> {
    let all = loans::all(&mut app.store.read().unwrap(), &Reach::of_bank(app.fund_id(), bank)).unwrap();
    let counts = |loan: &LoanRow| {
        loan.ended.is_none() && (loan.balance_fen.is_some_and(|fen| fen != 0) || loan.reserved_fen != 0)
    };
    all.into_iter().filter(counts).map(|loan| (loan.loan_id.clone(), loan)).collect()
}

/// Policies of these loans that end within sixty days or have ended, where none of the loan goes on.
fn policies(app: &App, living: &BTreeMap<String, LoanRow>, today: NaiveDate) -> BTreeSet<String> {
    let until = today.checked_add_days(Days::new(60)).unwrap();
    let mut of_loans: BTreeMap<String, Vec<(i64, String, NaiveDate)>> = BTreeMap::new();
    for row in loans::insurances(&mut app.store.read().unwrap(), app.fund_id()).unwrap() {
        if let Some(ends_on) = row.ends_on {
            of_loans.entry(row.loan_id).or_default().push((row.version, row.policy_no, ends_on));
        }
    }
    let ends = |all: &Vec<(i64, String, NaiveDate)>| all.iter().all(|(.., ends_on)| *ends_on <= until);
    of_loans
        .into_iter()
        .filter(|(loan, all)| living.get(loan).is_some_and(|loan| !loan.claimed) && ends(all))
        .flat_map(|(_, all)| all.into_iter().map(|(_, number, _)| number))
        .collect()
}

/// Patents pledged for these loans whose term may end within a year or is over, by the years of the law.
fn rights(app: &App, living: &BTreeMap<String, LoanRow>, today: NaiveDate) -> BTreeSet<String> {
    let until = today.checked_add_days(Days::new(365)).unwrap();
    let rows = loans::all_rights(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
    let ends = |kind: &str, number: &str| {
        if !["invention", "utility_model", "design"].contains(&kind) {
            return false;
        }
        let filed: i32 = number[2..6].parse().unwrap();
        assert!(filed >= 2003, "{number}: the samples hold no number of the old form");
        let term = match kind {
            "invention" => 20,
            // Filed in 2021 itself, a design may end after ten years.
            "design" if filed > 2021 => 15,
            _ => 10,
        };
        NaiveDate::from_ymd_opt(filed + term, 1, 1).unwrap() <= until
    };
    rows.into_iter()
        .filter(|row| living.contains_key(&row.loan_id) && ends(&row.kind, &row.number))
        .map(|row| row.number)
        .collect()
}

#[test]
fn a_bank_is_told_of_its_policies_and_patents_that_end_and_of_nobody_elses() {
    on_both(|installation| {
        installation.import_samples();
        let app = Arc::new(installation.app(DAY));
        let clerk = desk::person(&app, "银行经办", "bank:YMK", Role::BankOfficer);
        let (today, mine) = (DAY.parse::<NaiveDate>().unwrap(), living(&app, "YMK"));
        let (ending, over) = (policies(&app, &mine, today), rights(&app, &mine, today));
        // The samples hold both, and others that go on.
        assert!(!ending.is_empty() && over.len() > 2, "{ending:?} {over:?}");
        let claimed = |row: &LoanInsuranceRow| mine.get(&row.loan_id).is_some_and(|loan| loan.claimed);
        let ended = |row: &LoanInsuranceRow| row.ends_on.is_some_and(|day| day < today);
        let all = loans::insurances(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
        assert!(all.iter().any(|row| claimed(row) && ended(row)));
        let page = shown(&app, &clerk, "/reminders");
        for row in loans::insurances(&mut app.store.read().unwrap(), app.fund_id()).unwrap() {
            assert_eq!(page.contains(&row.policy_no), ending.contains(&row.policy_no), "{}", row.policy_no);
        }
        let all = loans::all_rights(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
        assert!(all.iter().any(|row| row.kind == "invention" && !over.contains(&row.number)));
        for row in all {
            assert_eq!(page.contains(&row.number), over.contains(&row.number), "{} {}", row.kind, row.number);
        }
        let told = format!("保单 {} 份，专利 ", ending.len());
        assert!(shown(&app, &clerk, "/todo").contains(&told), "{told}");
        // What is to be corrected is told to whom it is for, not to those who only read.
        let reader = desk::person(&app, "会签人", "财政局", Role::TreasuryOfficer);
        let (clerks, readers) = (shown(&app, &clerk, "/todo"), shown(&app, &reader, "/todo"));
        assert!(clerks.contains("YMK_registration.csv") && !readers.contains("_registration."), "{readers}");
        // The fund reads how much each bank has, and a bank's as its clerk does.
        let fund = desk::person(&app, "登记员", "fund", Role::FundAdministrator);
        let whole = shown(&app, &fund, "/reminders");
        let row = whole.split("?bank=YMK\"").nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap();
        let cells: Vec<&str> =
            row.split('>').filter_map(|part| part.split('<').next()).filter(|t| !t.is_empty()).collect();
        assert_eq!(cells[1..], [ending.len().to_string(), over.len().to_string()], "{row}");
        let of_bank = shown(&app, &fund, "/reminders?bank=YMK");
        for number in ending.iter().chain(&over) {
            assert!(of_bank.contains(number) && whole.contains(number), "{number}");
        }
        // Another bank's clerk reads neither.
        let other = desk::person(&app, "他行经办", "bank:SGH", Role::BankOfficer);
        let theirs = shown(&app, &other, "/reminders");
        assert!(ending.iter().chain(&over).all(|number| !theirs.contains(number)));
        assert_eq!(answered(&app, &other, "/reminders?bank=YMK").status(), 404);
    });
}
