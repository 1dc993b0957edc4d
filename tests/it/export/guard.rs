//! Formula texts in every list, form and place: never a formula outside, the original text when read back.

use std::io::Write;

use pledgefund::export::table::{Column, ColumnKind, Format, Table, Value, begin};
use pledgefund::i18n::Lang;
use pledgefund::import::apostrophe::{guarded, unguarded};
use pledgefund::import::limits::Limits;
use pledgefund::import::sheet::Book;
use pledgefund::usecase::exports::{List, columns};

use super::workbook::Opened;

const BEGINNINGS: [&str; 14] = ["=", "+", "-", "\u{2212}", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'="];
const REST: &str = "SUM(A1),\"甲\"|x";

/// First, middle and last column that holds words.
fn places(columns: &[Column]) -> [usize; 3] {
    let words: Vec<usize> = (0..columns.len()).filter(|at| holds_words(&columns[*at])).collect();
    [words[0], words[words.len() / 2], words[words.len() - 1]]
}

fn holds_words(column: &Column) -> bool {
    matches!(column.kind, ColumnKind::Text | ColumnKind::Code)
}

/// A row of true values, with a hostile text in one place.
fn row(columns: &[Column], at: usize, text: &str) -> Vec<Value> {
    let plain = |column: &Column| match column.kind {
        ColumnKind::Money => Value::Fen(-500),
        ColumnKind::Percent => Value::Ppm(43_500),
        ColumnKind::Count => Value::Count(-7),
        ColumnKind::Date => Value::Date("2026-11-23".parse().unwrap()),
        ColumnKind::Text | ColumnKind::Code => Value::text("甲"),
    };
    let mut values: Vec<Value> = columns.iter().map(plain).collect();
    values[at] = Value::text(text);
    values
}

fn file(format: Format, table: &Table, rows: &[Vec<Value>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = begin(format, table, &mut bytes).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap();
    bytes.flush().unwrap();
    bytes
}

/// Each list's table with every beginning in each place; told the list, the place and text of each row.
fn each_list(check: impl Fn(List, &Table, &[(usize, String)], &[Vec<Value>])) {
    let mut checked = 0;
    for list in List::ALL {
        let columns = columns(list, true, Lang::Zh).unwrap();
        if !columns.iter().any(holds_words) {
            continue;
        }
        let mut hostile = Vec::new();
        for at in places(&columns) {
            hostile.extend(BEGINNINGS.map(|beginning| (at, format!("{beginning}{REST}"))));
        }
        let rows: Vec<Vec<Value>> = hostile.iter().map(|(at, text)| row(&columns, *at, text)).collect();
        let table = Table { sheet: "表".to_owned(), lines: Vec::new(), columns };
        check(list, &table, &hostile, &rows);
        checked += rows.len();
    }
    assert_eq!(checked, 14 * 13 * 3);
}

#[test]
fn in_text_files_every_formula_text_is_guarded_and_quoted_and_numbers_are_not() {
    each_list(|list, table, hostile, rows| {
        let bytes = file(Format::Csv, table, rows);
        let text = String::from_utf8(bytes).unwrap();
        let body = text.strip_prefix('\u{feff}').unwrap();
        assert!(body.ends_with("\r\n"));
        let mut reader = csv::ReaderBuilder::new().from_reader(body.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), hostile.len(), "{}", list.code());
        for ((at, text), record) in hostile.iter().zip(&records) {
            assert!(record[*at].starts_with('\''), "{} {text:?}", list.code());
            assert_eq!(unguarded(&record[*at]), Some(text.as_str()));
            let quoted = format!("\"'{}\"", text.replace('"', "\"\""));
            assert!(body.contains(&quoted), "{} {quoted:?}", list.code());
            for (place, column) in table.columns.iter().enumerate() {
                let want = match column.kind {
                    ColumnKind::Money => "-5.00",
                    ColumnKind::Count => "-7",
                    _ => continue,
                };
                assert_eq!(&record[place], want);
            }
        }
        assert!(!body.contains("'-5.00") && !body.contains("\"-5.00"));
    });
}

#[test]
fn in_workbooks_every_formula_text_is_a_string_and_numbers_and_dates_are_typed() {
    each_list(|list, table, hostile, rows| {
        let bytes = file(Format::Xlsx, table, rows);
        let sheet = Opened::new(&bytes).sheet();
        assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{}", list.code());
        assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<autoFilter"));
        let limits = Limits::default();
        let mut book = Book::open("x.xlsx", &bytes, &limits).unwrap();
        let mut source = book.rows(Some("表"), &limits).unwrap();
        source.next_row().unwrap();
        for (at, text) in hostile {
            let read = source.next_row().unwrap().unwrap();
            assert_eq!(unguarded(&read.value(*at).text()), Some(text.as_str()), "{}", list.code());
            for (place, column) in table.columns.iter().enumerate() {
                use pledgefund::import::cell::CellValue;
                let value = read.value(place);
                match column.kind {
                    ColumnKind::Money | ColumnKind::Percent | ColumnKind::Count => {
                        assert!(matches!(value, CellValue::Number { .. }), "{value:?}");
                    }
                    ColumnKind::Date => assert!(matches!(value, CellValue::Date(_)), "{value:?}"),
                    ColumnKind::Text | ColumnKind::Code => assert!(matches!(value, CellValue::Text(_)), "{value:?}"),
                }
            }
        }
    });
}

#[test]
fn in_json_every_text_is_itself_and_money_is_a_decimal_string() {
    each_list(|list, table, hostile, rows| {
        let bytes = file(Format::Json, table, rows);
        let read: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
        for ((at, text), object) in hostile.iter().zip(&read) {
            assert_eq!(object[table.columns[*at].key], *text, "{}", list.code());
            for column in &table.columns {
                match column.kind {
                    ColumnKind::Money => assert_eq!(object[column.key], "-5.00"),
                    ColumnKind::Percent => assert_eq!(object[column.key], "4.35"),
                    ColumnKind::Count => assert_eq!(object[column.key], -7),
                    _ => {}
                }
            }
        }
    });
}

#[test]
fn a_table_without_rows_is_a_file_in_every_form() {
    let columns = columns(List::Fund, true, Lang::Zh).unwrap();
    let table = Table { sheet: "表".to_owned(), lines: vec!["筛选".to_owned()], columns };
    assert_eq!(file(Format::Json, &table, &[]), b"[\n]\n");
    assert_eq!(
        String::from_utf8(file(Format::Csv, &table, &[])).unwrap(),
        "\u{feff}日期,类别,来源,合同编号,金额(元),备注\r\n"
    );
    assert_eq!(super::workbook::grid(&file(Format::Xlsx, &table, &[])).len(), 2);
}

#[test]
fn the_apostrophe_comes_off_exactly_where_it_was_set() {
    for text in ["甲", "'甲", "''", "'", "", "5", "a=b", "’=b"] {
        assert_eq!(guarded(text), text);
        assert_eq!(unguarded(text), None);
    }
    for text in ["=1", "'=1", "''＝1", "'\t"] {
        assert_eq!(guarded(text), format!("'{text}"));
        assert_eq!(unguarded(&guarded(text)), Some(text));
    }
}
