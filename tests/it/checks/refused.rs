//! Rows of a report that are refused: their loans are unknown that month, never settled.

use pledgefund::app::App;
use pledgefund::domain::calendar::Month;
use pledgefund::storage::find::servicing::{self, CarriedLoan};
use pledgefund::storage::find::{Reach, loans as stored_loans};
use pledgefund::storage::rows::loans::LoanRow;
use pledgefund::storage::rows::servicing::LoanMonthRow;
use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::exports::outstanding::expected_loans;
use pledgefund::usecase::import::{FileOutcome, Unwatched, import};
use pledgefund::usecase::verify::verify;

use super::{call, codes, loan, loans, month, said, take};
use crate::support::product::on_both;

const DAY: &str = "2025-07-01";
const FUND: &str = "shuozhou";

fn book(app: &App, contracts: &[&str]) {
    let rows: Vec<String> = contracts.iter().map(|contract| loan(contract, &[])).collect();
    take(app, &[loans("SGH", &rows)]);
}

fn of(app: &App, contract: &str) -> LoanRow {
    let id = format!("{FUND}:SGH:{contract}");
    stored_loans::one(&mut app.store.read().unwrap(), &Reach::of_fund(FUND), &id).unwrap().unwrap()
}

/// Contract, balance in fen and tier of a month in force.
fn in_force(app: &App, month: &str) -> Vec<(String, i64, String)> {
    let rows = servicing::rows_of_month(&mut app.store.read().unwrap(), &Reach::of_fund(FUND), month).unwrap();
    let told = |row: LoanMonthRow| (row.loan_id.rsplit(':').next().unwrap().to_owned(), row.balance_fen, row.tier);
    rows.into_iter().map(told).collect()
}

fn open(app: &App, month: &str) -> Vec<(String, i64)> {
    let month = Month::parse(month).unwrap();
    let found = servicing::carried(&mut app.store.read().unwrap(), &Reach::of_bank(FUND, "SGH"), Some(month)).unwrap();
    let told = |loan: CarriedLoan| (loan.loan_id.rsplit(':').next().unwrap().to_owned(), loan.row_no);
    found.into_iter().map(told).collect()
}

fn correct(app: &App, rows: &[&str]) -> FileOutcome {
    import(app, &call(true, false), &[month(rows)], &Unwatched).unwrap().remove(0)
}

#[track_caller]
fn proves(app: &App) {
    let proof = verify(&mut app.store.read().unwrap(), FUND).unwrap();
    let failed: Vec<_> = proof.checks.iter().filter(|check| !check.ok).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn a_loan_whose_row_is_refused_keeps_what_was_reported_last_until_a_correction_brings_it() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2", "A-3"]);
        take(
            &app,
            &[month(&[
                "A-1,20250731,2000000.00,0,0,,正常",
                "A-2,20250731,1500000.00,1500000.00,0,20250402,损失",
                "A-3,20250731,900000.00,0,0,,正常",
            ])],
        );
        let before = of(&app, "A-2");
        // A-3 is paid off and left out; A-2 stands there and does not read.
        let august = ["A-1,20250831,1900000.00,0,0,,正常", "A-2,20250831,一百万,0,0,20250402,损失"];
        let outcome = take(&app, &[month(&august)]).remove(0);
        assert_eq!(codes(&outcome.rejected), [(3, "NUMBER_INVALID")]);
        let reason = "合同A-2本月没有合格的行，不视为结清，沿用2025-07的余额1500000.00元；更正补报前，本月报送不完整";
        assert_eq!(said(&outcome.warnings), [(3, "LOAN_CARRIED", reason.to_owned())]);
        assert_eq!(outcome.records_accepted, 1);
        let now = of(&app, "A-2");
        assert_eq!((now.balance_fen, now.servicing.as_str()), (Some(150_000_000), "non_performing"));
        assert_eq!((now.tier.as_deref(), now.reserved_fen), (Some("loss"), before.reserved_fen));
        assert_eq!(now.overdue_days, 152, "the arrears go on to the end of the month");
        assert_eq!(of(&app, "A-3").servicing, "settled", "who left a loan out of a file that reads has let it go");
        let told: Vec<_> =
            in_force(&app, "2025-08").into_iter().map(|(contract, balance, _)| (contract, balance)).collect();
        assert_eq!(told, [("A-1".to_owned(), 190_000_000), ("A-2".to_owned(), 150_000_000)]);
        assert_eq!(open(&app, "2025-08"), [("A-2".to_owned(), -3)]);
        let september = Month::parse("2025-09").unwrap();
        let expected = expected_loans(&mut app.store.read().unwrap(), &Reach::of_bank(FUND, "SGH"), september).unwrap();
        let contracts: Vec<&str> = expected.iter().map(|loan| loan.contract.as_str()).collect();
        assert_eq!(contracts, ["A-1", "A-2"]);
        proves(&app);
        // The same figures, said by the bank, are news: the month is complete then.
        let brought = correct(&app, &["A-2,20250831,1500000.00,1500000.00,0,20250402,损失"]);
        assert_eq!((brought.version, brought.records_unchanged), (Some(2), 0));
        assert_eq!(open(&app, "2025-08"), []);
        proves(&app);
    });
}

#[test]
fn a_row_without_a_readable_contract_may_be_that_of_any_loan_the_file_leaves_out() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2", "A-3"]);
        let july = |contract: &str| format!("{contract},20250731,1000000.00,0,0,,正常");
        let july: Vec<String> = ["A-1", "A-2", "A-3"].iter().map(|contract| july(contract)).collect();
        take(&app, &[month(&july.iter().map(String::as_str).collect::<Vec<_>>())]);
        let august = ["A-1,20250831,1000000.00,0,0,,正常", ",20250831,500000.00,0,0,,正常"];
        let outcome = take(&app, &[month(&august)]).remove(0);
        assert_eq!(codes(&outcome.rejected), [(3, "FIELD_MISSING")]);
        assert_eq!(codes(&outcome.warnings), [(1, "LOAN_CARRIED"), (1, "LOAN_CARRIED")]);
        assert!(said(&outcome.warnings)[0].2.contains("看不出合同编号"));
        assert_eq!(codes(&outcome.notes), [], "what is carried on is not called missing too");
        assert_eq!(open(&app, "2025-08"), [("A-2".to_owned(), 0), ("A-3".to_owned(), 0)]);
        assert_eq!((of(&app, "A-2").balance_fen, of(&app, "A-3").balance_fen), (Some(100_000_000), Some(100_000_000)));
        proves(&app);
        // The whole month again, with every row good: what it leaves out now is gone.
        let whole = ["A-1,20250831,1000000.00,0,0,,正常", "A-2,20250831,500000.00,0,0,,正常"];
        let outcome = take(&app, &[month(&whole)]).remove(0);
        assert_eq!((outcome.version, codes(&outcome.rejected)), (Some(2), Vec::new()));
        assert_eq!(open(&app, "2025-08"), []);
        assert_eq!((of(&app, "A-2").balance_fen, of(&app, "A-3").balance_fen), (Some(50_000_000), Some(0)));
        assert_eq!(in_force(&app, "2025-08").len(), 2);
        proves(&app);
    });
}

#[test]
fn what_a_refused_row_has_named_cannot_be_left_out_of_the_next_version() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2"]);
        take(&app, &[month(&["A-1,20250731,1000000.00,0,0,,正常", "A-2,20250731,1000000.00,0,0,,正常"])]);
        take(&app, &[month(&["A-1,20250831,1000000.00,0,0,,正常", "A-2,20250831,x,0,0,,正常"])]);
        let without = [month(&["A-1,20250831,990000.00,0,0,,正常"])];
        match import(&app, &call(false, false), &without, &Unwatched) {
            Err(UseCaseError::File { code: "MONTH_INCOMPLETE", .. }) => {}
            other => panic!("{other:?}"),
        }
        // Refused once more it stays open, and the rest of the month is replaced.
        take(&app, &[month(&["A-1,20250831,990000.00,0,0,,正常", "A-2,20250831,y,0,0,,正常"])]);
        assert_eq!(open(&app, "2025-08"), [("A-2".to_owned(), -3)]);
        assert_eq!(in_force(&app, "2025-08").iter().map(|row| row.1).sum::<i64>(), 199_000_000);
        proves(&app);
    });
}

#[test]
fn a_loan_that_was_never_reported_stays_unreported_when_its_row_is_refused() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2"]);
        let outcome =
            take(&app, &[month(&["A-1,20250731,1000000.00,0,0,,正常", "A-2,20250731,-5,0,0,,正常"])]).remove(0);
        assert_eq!(codes(&outcome.warnings), [], "there is nothing to carry on");
        let now = of(&app, "A-2");
        assert_eq!((now.balance_fen, now.servicing.as_str(), now.last_month), (None, "unreported", None));
        proves(&app);
    });
}

#[test]
fn a_skipped_month_asks_for_the_loans_that_stood_on_either_side_of_it() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2", "A-3"]);
        take(
            &app,
            &[month(&[
                "A-1,20250731,1000000.00,0,0,,正常",
                "A-2,20250731,0.00,0,0,,正常",
                "A-3,20250731,700000.00,0,0,,正常",
            ])],
        );
        take(&app, &[month(&["A-1,20250930,800000.00,0,0,,正常"])]);
        let august = Month::parse("2025-08").unwrap();
        let found = expected_loans(&mut app.store.read().unwrap(), &Reach::of_bank(FUND, "SGH"), august).unwrap();
        let told: Vec<_> = found.iter().map(|loan| (loan.contract.as_str(), loan.balance_fen)).collect();
        assert_eq!(told, [("A-1", Some(100_000_000)), ("A-3", Some(70_000_000))], "as of July, not of today");
    });
}
