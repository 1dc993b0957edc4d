//! The workbook, read back.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use pledgefund::i18n::Lang;
use pledgefund::reports::cell::Cell;
use pledgefund::reports::dataset::Dataset;
use pledgefund::reports::facts::PeriodFacts;
use pledgefund::reports::month_figures::month_figures;
use pledgefund::reports::xlsx::{CHECK_COLUMNS, DATA_COLUMNS, workbook};
use pledgefund::reports::{market_supervision, regulator};
use serde_json::{Map, Value};

use super::sample::{Sample, code, expected, months};

fn bytes(facts: &PeriodFacts, dataset: &Dataset) -> Vec<u8> {
    workbook(dataset, &month_figures(facts).unwrap(), facts.cut_off).unwrap()
}

fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// Puts the rows of the check sheet together again.
fn json_of(rows: &[Vec<String>]) -> Value {
    assert_eq!(rows[0], CHECK_COLUMNS);
    let mut root = Value::Object(Map::new());
    for row in &rows[1..] {
        let value = match row[1].as_str() {
            "text" => Value::String(row[2].clone()),
            "number" => row[2].parse().unwrap(),
            "null" => Value::Null,
            "list" => Value::Array(vec![Value::Null; row[2].parse().unwrap()]),
            other => panic!("type {other}"),
        };
        let mut place = &mut root;
        for part in row[0].split('/').skip(1) {
            place = match place {
                Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
                Value::Object(map) => map.entry(part).or_insert_with(|| Value::Object(Map::new())),
                other => panic!("{other}"),
            };
        }
        *place = value;
    }
    root
}

/// The figures of one month as the check sheet of a workbook holds them.
pub fn month_figures_of_workbook(bytes: &[u8]) -> Value {
    json_of(&sheet(bytes, "月度核对"))
}

#[test]
fn the_check_sheet_of_every_month_reads_back_as_the_expected_figures() {
    let sample = Sample::read();
    for month in months() {
        let facts = sample.facts(&month);
        for dataset in
            [regulator::build(&facts, Lang::Zh).unwrap(), market_supervision::build(&facts, Lang::Zh).unwrap()]
        {
            let read = json_of(&sheet(&bytes(&facts, &dataset), "月度核对"));
            assert_eq!(read, expected()["months"][&month], "{} {month}", dataset.name);
        }
    }
}

#[test]
fn the_data_sheet_holds_every_cell_with_its_exact_value() {
    let facts = Sample::read().facts("2025-10");
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let rows = sheet(&bytes(&facts, &dataset), "数据");
    assert_eq!(rows[0], DATA_COLUMNS);
    let mut line = 1;
    for table in &dataset.tables {
        for row in &table.rows {
            for (column, cell) in table.columns.iter().zip(&row.cells) {
                let read = &rows[line];
                assert_eq!((&*read[0], &read[1], &*read[4]), (table.code, &row.key, column.code));
                assert_eq!(read[8], cell.status());
                match cell.exact(column.unit) {
                    Some(value) => {
                        assert!(same(&read[6], &value), "{} {} {}: {value}", table.code, row.key, column.code)
                    }
                    None => assert_eq!(read[6], cell.shown(Lang::Zh, column.unit)),
                }
                line += 1;
            }
        }
    }
    assert_eq!(rows.len(), line);
}

/// Equal as written, or equal after a number has lost its trailing zeros.
fn same(read: &str, value: &str) -> bool {
    let bare = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    bare(read) == bare(value)
}

#[test]
fn the_printed_sheet_shows_the_same_figures_in_ten_thousand_yuan() {
    let facts = Sample::read().facts("2025-11");
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let rows = sheet(&bytes(&facts, &dataset), "表1-1");
    let codes = rows.iter().find(|row| row.iter().any(|cell| cell == "B2")).unwrap();
    let place = codes.iter().position(|cell| cell == "B2").unwrap();
    let total = rows.iter().find(|row| row[0] == "合计（已报机构）").unwrap();
    assert_eq!(total[place], "97301.87");
    let head: String = rows.iter().take(4).flatten().cloned().collect();
    for wanted in
        ["表号：1-1", "2025年11月", "数据截至：2025-11-30", "2025-12-10 09:00", "朔州银保监分局", "万元", "初报 v1"]
    {
        assert!(head.contains(wanted), "{wanted} in {head}");
    }
    let foot: String = rows.iter().flatten().cloned().collect();
    for wanted in ["单位负责人", "签章处", &dataset.hash(), "未报机构", "建议值，未经批准"] {
        assert!(foot.contains(wanted), "{wanted}");
    }
}

#[test]
fn equal_facts_give_equal_bytes_and_another_cut_off_only_another_head() {
    let sample = Sample::read();
    let facts = sample.facts("2025-10");
    let first = regulator::build(&facts, Lang::Zh).unwrap();
    let again = regulator::build(&Sample::read().facts("2025-10"), Lang::Zh).unwrap();
    assert_eq!(bytes(&facts, &first), bytes(&facts, &again));
    let mut later = facts.clone();
    later.version = 2;
    later.cut_off += chrono::TimeDelta::days(10);
    let second = regulator::build(&later, Lang::Zh).unwrap();
    assert_eq!(first.hash(), second.hash());
    assert_ne!(bytes(&facts, &first), bytes(&later, &second));
}

#[test]
fn the_time_inside_the_file_is_the_cut_off_not_the_clock() {
    let facts = Sample::read().facts("2025-10");
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let figures = month_figures(&facts).unwrap();
    let later = facts.cut_off + chrono::TimeDelta::seconds(1);
    let written = workbook(&dataset, &figures, facts.cut_off).unwrap();
    assert_ne!(written, workbook(&dataset, &figures, later).unwrap());
}

#[test]
fn the_hash_moves_with_one_fen() {
    let mut facts = Sample::read().facts("2025-11");
    let first = market_supervision::build(&facts, Lang::Zh).unwrap();
    let loan = facts.loans.iter_mut().find(|loan| loan.servicing.is_some_and(|at| at.balance.get() > 0)).unwrap();
    let at = loan.servicing.as_mut().unwrap();
    at.balance = at.balance.saturating_sub(pledgefund::domain::money::Fen::try_new(1).unwrap());
    assert_ne!(first.hash(), market_supervision::build(&facts, Lang::Zh).unwrap().hash());
}

#[test]
fn a_name_that_begins_like_a_formula_stays_a_name() {
    let mut facts = Sample::read().facts("2025-11");
    for (bank, sign) in facts.banks.iter_mut().zip(["=1+1", "+cmd", "@sum"]) {
        bank.name = format!("{sign}农村商业银行");
    }
    facts.fund_name = "-2+3".to_owned();
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let bytes = bytes(&facts, &dataset);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    for name in ["表1-1", "表1-2", "表1-3", "数据", "月度核对"] {
        let formulas = book.worksheet_formula(name).unwrap();
        assert!(formulas.rows().flatten().all(String::is_empty), "{name}");
    }
    assert!(sheet(&bytes, "表1-1").iter().any(|row| row[0] == "=1+1农村商业银行"));
}

#[test]
fn an_amount_with_more_digits_than_a_number_keeps_is_written_as_text() {
    let mut facts = Sample::read().facts("2025-11");
    let loan = facts.loans.iter_mut().find(|loan| loan.key.bank == code("SGH")).unwrap();
    loan.servicing.as_mut().unwrap().balance =
        pledgefund::domain::money::Fen::try_new(900_000_000_000_000_001).unwrap();
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let Cell::Money(total) = dataset.table("1-1").unwrap().cell("SGH", "B2").unwrap() else { panic!() };
    let rows = sheet(&bytes(&facts, &dataset), "数据");
    let found = rows.iter().find(|row| row[0] == "1-1" && row[1] == "SGH" && row[4] == "B2").unwrap();
    assert_eq!(found[6], total.yuan());
}

#[test]
fn the_english_workbook_has_no_chinese_heading() {
    let facts = Sample::read().facts("2025-11");
    let dataset = regulator::build(&facts, Lang::En).unwrap();
    for table in &dataset.tables {
        for column in &table.columns {
            assert!(column.name.is_ascii() || column.name.contains('÷'), "{}", column.name);
        }
    }
    assert!(!sheet(&bytes(&facts, &dataset), "Table 1-1").is_empty());
}
