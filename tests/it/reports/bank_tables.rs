//! Tables 1-1 to 1-3.

use pledgefund::domain::money::{Fen, FenDelta, Ppm};
use pledgefund::i18n::Lang;
use pledgefund::reports::ReportError;
use pledgefund::reports::cell::{Cell, Unit};
use pledgefund::reports::dataset::{Dataset, RowKind, Topic};
use pledgefund::reports::facts::{PeriodFacts, ReportState, Servicing};
use pledgefund::reports::money_facts::{ClaimStanding, RestatedFigures, Restatement};
use pledgefund::reports::scope::BankType;
use pledgefund::reports::{notes, quality_by_bank, regulator};

use super::sample::{Sample, code, day, expected, key, month, yuan};

fn built(facts: &PeriodFacts) -> Dataset {
    regulator::build(facts, Lang::Zh).unwrap()
}

#[track_caller]
fn cell(dataset: &Dataset, table: &str, row: &str, column: &str) -> Cell {
    dataset.table(table).unwrap().cell(row, column).unwrap_or_else(|| panic!("{table} {row} {column}")).clone()
}

fn notes_of(dataset: &Dataset, topic: Topic) -> Vec<String> {
    dataset.notes.iter().filter(|note| note.topic == topic).map(|note| note.text.clone()).collect()
}

#[test]
fn the_total_row_holds_the_expected_balance_and_npl_ratio() {
    let dataset = built(&Sample::read().facts("2025-11"));
    let wanted = &expected()["months"]["2025-11"];
    assert_eq!(cell(&dataset, "1-1", "total", "B2"), Cell::Money(yuan(wanted["outstanding_total"].as_str().unwrap())));
    assert_eq!(cell(&dataset, "1-1", "total", "B7"), Cell::Count(wanted["loans_outstanding"].as_u64().unwrap()));
    let ratio = Ppm::from_fraction(wanted["npl_ratio"].as_str().unwrap()).unwrap();
    assert_eq!(cell(&dataset, "1-2", "total", "E7"), Cell::Percent(ratio));
}

#[test]
fn a_month_with_a_missing_bank_does_not_print_a_fall_of_41_percent() {
    let dataset = built(&Sample::read().facts("2025-10"));
    let months = &expected()["months"];
    let of = |month: &str, bank: &str| yuan(months[month]["outstanding_by_bank"][bank].as_str().unwrap()).get();
    let change = of("2025-10", "SGH") + of("2025-10", "YMK") - of("2025-09", "SGH") - of("2025-09", "YMK");
    assert_eq!(cell(&dataset, "1-1", "total", "B3"), Cell::Delta(FenDelta::new(change)));
    let body = dataset.summary.join("");
    assert!(!body.contains("41."), "{body}");
    assert!(body.contains("（-4.10%）") && body.contains("两期均报的2家机构"), "{body}");
    assert!(body.contains("右玉城市商业银行未报，未计入各项合计"), "{body}");
}

#[test]
fn last_month_on_the_same_basis_leaves_out_the_bank_missing_now() {
    let dataset = built(&Sample::read().facts("2025-10"));
    let before = &expected()["months"]["2025-09"]["outstanding_by_bank"];
    let same = yuan(before["SGH"].as_str().unwrap()).checked_add(yuan(before["YMK"].as_str().unwrap())).unwrap();
    assert_eq!(cell(&dataset, "1-1", "previous", "B2"), Cell::Money(same));
    assert_eq!(cell(&dataset, "1-1", "previous", "B3"), Cell::NotApplicable);
}

#[test]
fn the_month_after_a_missing_one_compares_only_banks_that_reported_both() {
    let dataset = built(&Sample::read().facts("2025-11"));
    assert_eq!(cell(&dataset, "1-1", "YYC", "B3"), Cell::NotCollected);
    assert!(matches!(cell(&dataset, "1-1", "SGH", "B3"), Cell::Delta(_)));
    assert!(dataset.summary[0].contains("两期均报的2家机构"), "{}", dataset.summary[0]);
    let basis = notes_of(&dataset, Topic::Basis).join("");
    assert!(basis.contains("本期与上月末比较未含：右玉城市商业银行"), "{basis}");
}

#[test]
fn a_missing_bank_has_a_dash_wherever_its_report_would_stand() {
    let dataset = built(&Sample::read().facts("2025-10"));
    for table in ["1-1", "1-2"] {
        let table = dataset.table(table).unwrap();
        let row = table.row("YYC").unwrap();
        for (column, cell) in table.columns.iter().zip(&row.cells).filter(|(column, _)| !column.code.starts_with('A')) {
            assert_eq!(*cell, Cell::NotReported, "{} {}", table.code, column.code);
        }
        assert!(table.row("missing").unwrap().label.contains("右玉城市商业银行"));
    }
    assert_eq!(cell(&dataset, "1-1", "YYC", "A4"), Cell::Text("未报".to_owned()));
    assert_eq!(cell(&dataset, "1-3", "YYC", "F3"), Cell::NotReported);
}

#[test]
fn what_the_fund_paid_to_a_missing_bank_stays_in_the_total() {
    let dataset = built(&Sample::read().facts("2025-10"));
    assert_eq!(cell(&dataset, "1-3", "YYC", "G7"), Cell::Money(yuan("225000.00")));
    assert_eq!(cell(&dataset, "1-3", "total", "G7"), Cell::Money(yuan("225000.00")));
}

#[test]
fn what_was_not_collected_is_never_zero() {
    let dataset = built(&Sample::read().facts("2025-07"));
    for (table, column) in [
        ("1-1", "B1"),
        ("1-1", "B3"),
        ("1-1", "B4"),
        ("1-1", "B5"),
        ("1-1", "D4"),
        ("1-1", "D5"),
        ("1-2", "E8"),
        ("1-2", "E9"),
        ("1-2", "E10"),
        ("1-2", "E14"),
        ("1-2", "E15"),
        ("1-2", "E17"),
        ("1-3", "F5"),
        ("1-3", "G9"),
        ("1-3", "G12"),
    ] {
        for row in ["SGH", "YMK", "YYC", "total"] {
            let found = cell(&dataset, table, row, column);
            assert_eq!(found, Cell::NotCollected, "{table} {row} {column}");
            assert_eq!(found.shown(Lang::Zh, Unit::Wan), "未采集");
            assert_eq!(found.exact(Unit::Wan), None);
        }
    }
    let previous = dataset.table("1-1").unwrap().row("previous").unwrap();
    assert!(previous.cells.iter().all(|cell| *cell == Cell::NotCollected));
    assert!(dataset.summary[0].contains("上月末数据未采集"), "{}", dataset.summary[0]);
}

#[test]
fn a_month_nobody_reported_has_no_total() {
    let mut facts = Sample::read().facts("2025-11");
    facts.banks.iter_mut().for_each(|bank| bank.state = ReportState::Missing);
    facts.loans.iter_mut().for_each(|loan| loan.servicing = None);
    let dataset = built(&facts);
    assert_eq!(cell(&dataset, "1-1", "total", "B2"), Cell::NotReported);
    assert!(dataset.summary[0].contains("没有机构报送"), "{}", dataset.summary[0]);
}

#[test]
fn a_nil_return_prints_zero_and_is_not_a_missing_one() {
    let mut facts = Sample::read().facts("2025-11");
    facts.banks[0].state = ReportState::Nil { version: 1 };
    for loan in facts.loans.iter_mut().filter(|loan| loan.key.bank == code("SGH")) {
        loan.servicing = None;
    }
    let dataset = built(&facts);
    let nil = cell(&dataset, "1-1", "SGH", "B2");
    assert_eq!(nil, Cell::Nil);
    assert_eq!(nil.shown(Lang::Zh, Unit::Wan), "0.00");
    assert_eq!(cell(&dataset, "1-1", "SGH", "A4"), Cell::Text("零报送".to_owned()));
    let returns = notes_of(&dataset, Topic::Returns).join("");
    assert!(returns.contains("零报送机构：桑干河农村商业银行") && returns.contains("均已报送"), "{returns}");
}

#[test]
fn a_corrected_return_shows_its_version() {
    let dataset = built(&Sample::read().facts("2026-01"));
    assert_eq!(cell(&dataset, "1-1", "YMK", "A4"), Cell::Text("更正v2".to_owned()));
}

#[test]
fn a_firm_at_two_banks_counts_once_in_the_total_and_the_note_says_so() {
    let dataset = built(&Sample::read().facts("2025-11"));
    let firms = |row: &str| match cell(&dataset, "1-1", row, "B6") {
        Cell::Count(firms) => firms,
        other => panic!("{other:?}"),
    };
    let separate = firms("SGH") + firms("YMK") + firms("YYC");
    assert!(firms("total") < separate);
    let overlap = separate - firms("total");
    let basis = notes_of(&dataset, Topic::Basis).join("");
    assert!(basis.contains("同时在两家及以上机构有余额"), "{basis}");
    let shown: u64 = basis.split("按企业去重，").nth(1).unwrap().split('户').next().unwrap().parse().unwrap();
    assert!(shown <= overlap && overlap <= 2 * shown, "{shown} firms, {overlap} counted again");
}

#[test]
fn banks_of_one_type_get_a_subtotal_in_the_order_of_the_regulator() {
    let mut facts = Sample::read().facts("2025-11");
    facts.banks[1].name = "雁门农村商业银行".to_owned();
    let dataset = built(&facts);
    let keys: Vec<&str> = dataset.table("1-1").unwrap().rows.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["YYC", "SGH", "YMK", "subtotal_rural", "total", "missing", "previous"]);
    let sum = |row: &str| cell(&dataset, "1-1", row, "B2").fen().unwrap();
    assert_eq!(sum("subtotal_rural"), sum("SGH") + sum("YMK"));
}

#[test]
fn the_type_of_a_bank_is_read_from_its_name() {
    for (name, kind) in [
        ("桑干河农村商业银行", BankType::Rural),
        ("雁门科技村镇银行", BankType::Village),
        ("右玉城市商业银行", BankType::City),
        ("中国农业银行朔州分行", BankType::Large),
        ("朔州中国银行富登村镇银行", BankType::Village),
        ("浦发银行", BankType::JointStock),
        ("某某银行", BankType::Other),
    ] {
        assert_eq!(BankType::of(name), kind, "{name}");
    }
}

#[test]
fn a_tampered_table_fails_the_checks() {
    let facts = Sample::read().facts("2025-11");
    let mut dataset = built(&facts);
    let (loans, quality) = dataset.tables.split_at_mut(1);
    quality_by_bank::check(&loans[0], &quality[0]).unwrap();
    let row = quality[0].rows.iter_mut().find(|row| row.key == "SGH").unwrap();
    row.cells[1] = Cell::Money(Fen::ZERO);
    let failed = quality_by_bank::check(&loans[0], &quality[0]).unwrap_err();
    assert!(matches!(failed, ReportError::CheckFailed { check: "E1+E2+E3+E4+E5=B2", ref row, .. } if row == "SGH"));
    let mut quality = built(&facts).tables.remove(1);
    let row = quality.rows.iter_mut().find(|row| row.kind == RowKind::Total).unwrap();
    row.cells[10] = Cell::Money(Fen::ZERO);
    let failed = quality_by_bank::check(&loans[0], &quality).unwrap_err();
    assert!(matches!(failed, ReportError::CheckFailed { check: "E6=E3+E4+E5", .. }), "{failed:?}");
}

#[test]
fn a_correction_of_an_earlier_month_is_told_with_both_figures() {
    let mut facts = Sample::read().facts("2026-02");
    let figures =
        |balance: &str| RestatedFigures { loans: 97, balance: yuan(balance), npl_balance: yuan("13459459.45") };
    facts.restatements = vec![
        Restatement {
            period: month("2026-01"),
            bank: code("YMK"),
            version: 2,
            before: Some(figures("266477136.89")),
            after: figures("266477036.89"),
        },
        Restatement { period: month("2025-10"), bank: code("YYC"), version: 1, before: None, after: figures("1.00") },
    ];
    let lines = notes_of(&built(&facts), Topic::Correction);
    assert!(lines[0].contains("更正2026年1月雁门科技村镇银行数（第2版）"), "{lines:?}");
    assert!(lines[0].contains("26,647.71万元") && lines[0].contains("余额差-0.01万元"), "{lines:?}");
    assert!(lines[1].contains("补报2025年10月右玉城市商业银行数"), "{lines:?}");
}

#[test]
fn printed_parts_that_do_not_add_up_get_a_rounding_note() {
    let mut facts = Sample::read().facts("2025-11");
    let mut left = vec![code("SGH"), code("YMK"), code("YYC")];
    for loan in &mut facts.loans {
        let first = left.iter().position(|bank| *bank == loan.key.bank);
        loan.servicing = first.map(|place| {
            left.remove(place);
            Servicing { balance: yuan("100000050.00"), ..loan.servicing.unwrap_or_else(|| normal("1.00")) }
        });
    }
    let dataset = built(&facts);
    let line = notes::rounding(dataset.table("1-1").unwrap(), Lang::Zh).unwrap();
    assert!(line.contains("表1-1") && line.contains("B2 -0.01"), "{line}");
    assert!(notes_of(&dataset, Topic::Rounding).contains(&line));
}

fn normal(balance: &str) -> Servicing {
    use pledgefund::domain::names::Tier;
    Servicing {
        balance: yuan(balance),
        overdue_principal: Fen::ZERO,
        overdue_interest: Fen::ZERO,
        overdue_days: 0,
        bank_tier: Tier::Normal,
        floor_tier: Tier::Normal,
        tier: Tier::Normal,
    }
}

#[test]
fn a_claim_that_only_the_calculation_refuses_stays_in_review() {
    let mut facts = Sample::read().facts("2025-10");
    let dataset = built(&facts);
    assert_eq!(cell(&dataset, "1-3", "total", "G2n"), Cell::Count(2));
    assert_eq!(cell(&dataset, "1-3", "total", "G4n"), Cell::Count(0));
    assert!(notes_of(&dataset, Topic::Basis).join("").contains("有1笔经系统测算不符合条件"));
    facts.claims[2].standing = ClaimStanding::Refused;
    assert_eq!(cell(&built(&facts), "1-3", "total", "G4n"), Cell::Count(1));
}

#[test]
fn cover_follows_the_unpaid_ip_part_and_the_frozen_share() {
    let mut facts = Sample::read().facts("2025-11");
    facts.loans.retain(|loan| loan.key == key("SGH", "SGH-2023-0006"));
    facts.claims.clear();
    facts.payments.clear();
    facts.recoveries.clear();
    facts.previous_month = None;
    facts.last_year_end = None;
    let loan = &mut facts.loans[0];
    loan.covered = true;
    loan.queued = false;
    loan.ip_share = Ppm::from_percent("60").unwrap();
    loan.fund_rate = Ppm::from_percent("45").unwrap();
    loan.servicing = Some(normal("333333.37"));
    loan.registered_on = day("2025-11-03");
    let dataset = built(&facts);
    assert_eq!(cell(&dataset, "1-3", "SGH", "F2"), Cell::Money(yuan("200000.02")));
    assert_eq!(cell(&dataset, "1-3", "SGH", "F3"), Cell::Money(yuan("90000.00")));
    assert_eq!(cell(&dataset, "1-3", "SGH", "F4n"), Cell::Count(1));
}
