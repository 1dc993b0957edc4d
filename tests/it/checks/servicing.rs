//! A report beside the one before and beside the register.

use pledgefund::app::App;
use pledgefund::usecase::import::{Unwatched, import};

use super::{call, codes, loan, loans, month, said, take};
use crate::support::product::on_both;

const DAY: &str = "2025-07-01";

fn book(app: &App, contracts: &[&str]) {
    let rows: Vec<String> = contracts.iter().map(|contract| loan(contract, &[])).collect();
    take(app, &[loans("SGH", &rows)]);
}

fn notes(app: &App, rows: &[&str]) -> Vec<(u32, &'static str, String)> {
    let outcomes = take(app, &[month(rows)]);
    assert_eq!(codes(&outcomes[0].rejected), []);
    said(&outcomes[0].notes)
}

#[test]
fn balances_that_jump_are_noted_with_both_figures() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2", "A-3", "A-4"]);
        let first = [
            "A-1,20250731,2000000.00,0,0,,正常",
            "A-2,20250731,2000000.00,0,0,,正常",
            "A-3,20250731,2000000.00,0,0,,正常",
            "A-4,20250731,2000000.00,0,0,,正常",
        ];
        assert_eq!(notes(&app, &first), []);
        let found = notes(
            &app,
            &[
                "A-1,20250831,200.00,0,0,,正常",
                "A-2,20250831,199999.99,0,0,,正常",
                "A-3,20250831,2000000.01,0,0,,正常",
                "A-4,20250831,0.00,0,0,,正常",
            ],
        );
        let reasons = [
            (2, "UNIT_SUSPECT", "余额200.00元，仅为上期2000000.00元的10000分之一，疑似将万元按元填报；请核对单位"),
            (3, "BALANCE_FELL", "余额由上月2000000.00元降至199999.99元，降幅超过90%而未结清；请核对余额"),
            (4, "BALANCE_ABOVE_PRINCIPAL", "余额2000000.01元高于备案本金2000000.00元；请核对余额，续放或展期的请说明"),
        ];
        assert_eq!(found, reasons.map(|(row, code, reason)| (row, code, reason.to_owned())));
        let back = notes(
            &app,
            &["A-1,20250930,2000000.00,0,0,,正常", "A-2,20250930,1.00,0,0,,正常", "A-3,20250930,2000000.00,0,0,,正常"],
        );
        let reason = "余额2000000.00元，为上期200.00元的10000倍，疑似将元按万元填报；请核对单位";
        assert_eq!(back[0], (2, "UNIT_SUSPECT", reason.to_owned()));
        assert_eq!((back.len(), back[1].1), (2, "UNIT_SUSPECT"));
    });
}

#[test]
fn a_first_balance_is_compared_with_the_principal() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2"]);
        let found = notes(&app, &["A-1,20250731,200.00,0,0,,正常", "A-2,20250731,1900000.00,0,0,,正常"]);
        let reason = "金额200.00元，仅为贷款本金2000000.00元的10000分之一，疑似单位错误；请核对单位（元/万元）";
        assert_eq!(found, [(2, "UNIT_SUSPECT", reason.to_owned())]);
    });
}

#[test]
fn a_non_performing_loan_that_comes_back_at_once_is_noted() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2", "A-3"]);
        notes(
            &app,
            &[
                "A-1,20250731,2000000.00,1,0,20250401,次级",
                "A-2,20250731,2000000.00,1,0,20250401,次级",
                "A-3,20250731,2000000.00,1,0,20250401,次级",
            ],
        );
        let found = notes(
            &app,
            &[
                "A-1,20250831,2000000.00,0,0,,正常",
                "A-2,20250831,2000000.00,1,0,20250401,可疑",
                "A-3,20250831,0.00,0,0,,正常",
            ],
        );
        let reason = "上月为次级，本月为正常；上调为正常或关注须还清全部逾期款项，并连续两期或满6个月（以较长者为准）按时足额还款，请核对并留存依据";
        assert_eq!(found, [(2, "GRADE_IMPROVED", reason.to_owned())]);
    });
}

#[test]
fn loans_of_last_month_that_are_missing_are_noted_one_by_one_at_the_header() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2", "A-3"]);
        notes(
            &app,
            &["A-1,20250731,2000000.00,0,0,,正常", "A-2,20250731,1500000.00,0,0,,正常", "A-3,20250731,0.00,0,0,,正常"],
        );
        let august = [month(&["A-1,20250831,2000000.00,0,0,,正常"])];
        let partial = import(&app, &call(true, true), &august, &Unwatched).unwrap();
        assert_eq!(codes(&partial[0].notes), [], "a partial report leaves loans out on purpose");
        let full = take(&app, &august);
        let reason = "上月2025-07余额1500000.00元的合同A-2本月未报送；已结清的请补报余额0.00一行，漏报的请补报";
        assert_eq!(said(&full[0].notes), [(1, "LOAN_MISSING", reason.to_owned())]);
    });
}

#[test]
fn a_loan_whose_row_is_refused_is_not_missing_too() {
    on_both(|installation| {
        let app = installation.app(DAY);
        book(&app, &["A-1", "A-2"]);
        notes(&app, &["A-1,20250731,2000000.00,0,0,,正常", "A-2,20250731,1500000.00,0,0,,正常"]);
        let rows = ["A-1,20250831,2000000.00,0,0,,正常", "A-2,20250831,一百万,0,0,,正常"];
        let outcomes = take(&app, &[month(&rows)]);
        assert_eq!(codes(&outcomes[0].rejected), [(3, "NUMBER_INVALID")]);
        assert_eq!(codes(&outcomes[0].notes), []);
    });
}

#[test]
fn a_loan_never_reported_is_noted_in_the_third_month_after_its_disbursement() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let late = loan("A-2", &[("放款日", "2025-05-31"), ("到期日", "2026-05-31")]);
        let over = loan("A-4", &[("放款日", "2024-01-02"), ("到期日", "2025-01-02")]);
        take(&app, &[loans("SGH", &[loan("A-1", &[]), late, loan("A-3", &[]), over])]);
        // The bank's first report: A-3 has run for half a year; A-2 for two months; A-4 is over.
        let first = notes(&app, &["A-1,20250731,2000000.00,0,0,,正常"]);
        let reason = "合同A-3于2025-01-02放款，已满3个月，从未报送过月度数据；请补报";
        assert_eq!(first, [(1, "LOAN_NEVER_REPORTED", reason.to_owned())]);
        let second = notes(&app, &["A-1,20250831,2000000.00,0,0,,正常"]);
        let reason = "合同A-2于2025-05-31放款，已满3个月，从未报送过月度数据；请补报";
        assert_eq!(second, [(1, "LOAN_NEVER_REPORTED", reason.to_owned())]);
        assert_eq!(notes(&app, &["A-1,20250930,2000000.00,0,0,,正常"]), []);
    });
}
