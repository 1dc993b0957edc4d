//! What a marked workbook takes from the bank's file, and how it reads.

use pledgefund::export::marked::{self, Marked, MarkedFindings, file_name};
use pledgefund::i18n::Lang;
use pledgefund::import::field::FileKind;
use pledgefund::import::mapping::{Mapping, MappingSet};
use pledgefund::import::{FileReading, ReadRequest, read_file};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::workbook::{Opened, grid};

fn shipped() -> MappingSet {
    MappingSet::load(None).unwrap()
}

fn read(name: &str, bytes: &[u8], request: &ReadRequest, mappings: &MappingSet) -> FileReading {
    read_file(name, bytes, request, mappings, &mut |_| ()).unwrap()
}

fn mark(name: &str, bytes: &[u8], request: &ReadRequest, mappings: &MappingSet, lang: Lang) -> (Vec<u8>, Marked) {
    let reading = read(name, bytes, request, mappings);
    let findings = MarkedFindings { rejected: &reading.rejected, warnings: &reading.warnings, notes: &reading.notes };
    let mut out = Vec::new();
    let told = marked::write(name, bytes, request, mappings, &findings, lang, &mut out).unwrap();
    (out, told)
}

/// Reads a file, marks it, reads what was marked: the same codes in the same columns.
#[track_caller]
fn check_reads_again(name: &str, bytes: &[u8], kind: FileKind) -> (Vec<u8>, FileReading) {
    let (request, mappings) = (ReadRequest::new(kind), shipped());
    let first = read(name, bytes, &request, &mappings);
    let (out, _) = mark(name, bytes, &request, &mappings, Lang::Zh);
    let again = read(&file_name(name), &out, &request, &mappings);
    let faults = |reading: &FileReading| -> Vec<(&'static str, String, Option<String>)> {
        reading.rejected.iter().map(|f| (f.code.code(), f.column.clone(), f.contract.clone())).collect()
    };
    assert_eq!(faults(&again), faults(&first));
    assert!(again.marked && !first.marked);
    assert_eq!((again.bank.clone(), again.month), (first.bank, first.month));
    (out, again)
}

const SERVICING: &str = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类";

#[test]
fn the_earlier_row_of_a_doubled_one_comes_along_so_that_the_doubled_one_stays_doubled() {
    let text =
        format!("{SERVICING}\nA1,2025-07-31,1,0,0,,正常\nA2,2025-07-31,2,0,0,,正常\nA1,2025-07-31,9,0,0,,正常\n");
    let (out, again) = check_reads_again("SGH_202507.csv", text.as_bytes(), FileKind::Servicing);
    assert_eq!(again.rejected.len(), 1);
    assert_eq!(again.records_total, 2);
    assert!(grid(&out)[1].last().unwrap().contains("原第4行与本行重复"), "{:?}", grid(&out));
}

#[test]
fn a_row_of_the_same_number_that_is_another_record_does_not_come_along() {
    let (request, mappings) = (ReadRequest::new(FileKind::Servicing), shipped());
    let text = format!("{SERVICING}\nA1,2025-07-31,1,0,0,,正常\nA2,2025-07-31,x,0,0,,正常\n");
    let reading = read("SGH_202507.csv", text.as_bytes(), &request, &mappings);
    let mut rejected = reading.rejected;
    rejected[0].args.insert("first".to_owned(), "2".to_owned());
    let findings = MarkedFindings { rejected: &rejected, warnings: &[], notes: &[] };
    let mut out = Vec::new();
    let told =
        marked::write("SGH_202507.csv", text.as_bytes(), &request, &mappings, &findings, Lang::Zh, &mut out).unwrap();
    assert_eq!(told, Marked { records: 1, rows: 1 });
}

#[test]
fn spreadsheet_errors_damaged_numbers_and_formula_texts_are_refused_again() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0_u16..).zip(SERVICING.split(',')) {
        sheet.write_string(0, column, name).unwrap();
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let day = ExcelDateTime::from_ymd(2025, 7, 31).unwrap();
    let contracts = ["#N/A", "=1+1", "－甲", "", "A5"];
    for (row, contract) in (1_u32..).zip(contracts) {
        sheet.write_string(row, 0, contract).unwrap();
        sheet.write_datetime_with_format(row, 1, &day, &date).unwrap();
        for column in 2..5 {
            sheet.write_number(row, column, 1234.5).unwrap();
        }
        sheet.write_string(row, 6, "正常").unwrap();
    }
    sheet.write_number(4, 0, 123_456_789_012_345_680_f64).unwrap();
    sheet.write_string(5, 2, "1，200.50 元").unwrap();
    sheet.write_string(5, 6, "很好").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let (out, again) = check_reads_again("SGH_202507.xlsx", &bytes, FileKind::Servicing);
    let codes: Vec<&str> = again.rejected.iter().map(|finding| finding.code.code()).collect();
    assert_eq!(codes, ["CELL_ERROR", "TEXT_FORMULA", "TEXT_FORMULA", "DIGITS_LOST", "GRADE_UNKNOWN"]);
    assert_eq!(grid(&out)[5][1], "2025-07-31");
    assert!(!Opened::new(&out).sheet().contains("<f>"));
}

#[test]
fn a_mapping_for_text_files_takes_its_marked_workbook_but_no_other_workbook() {
    let (request, shipped) = (ReadRequest::new(FileKind::Partners), shipped());
    let body = include_str!("../../../mappings/standard_partners.toml");
    let body = body.replace("forms = [\"csv\", \"xlsx\"]", "forms = [\"csv\"]").replace("机构名称", "本行机构名称");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), body.replace("standard_partners", "own")).unwrap();
    let mappings = MappingSet::load(Some(folder.path())).unwrap();
    assert_eq!(Mapping::parse("own", &body).unwrap().forms.len(), 1);
    let text =
        "机构类别,本行机构名称,机构代码,协议签订日,协议到期日,合作额度(元)\n银行,甲,JYH,2022-12-05,2027-12-31,\n";
    let (out, _) = mark("own.csv", text.as_bytes(), &request, &mappings, Lang::Zh);
    assert_eq!(read("own.csv.marked.xlsx", &out, &request, &mappings).mapping, "own");
    assert!(read_file("own.csv.marked.xlsx", &out, &request, &shipped, &mut |_| ()).is_err());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0_u16..).zip(text.lines().next().unwrap().split(',')) {
        sheet.write_string(0, column, name).unwrap();
    }
    let plain = book.save_to_buffer().unwrap();
    assert!(read_file("own.xlsx", &plain, &request, &mappings, &mut |_| ()).is_err());
}

#[test]
fn a_marked_workbook_can_be_marked_again_and_keeps_its_name() {
    let text = format!("{SERVICING}\nA1,2025-07-31,x,0,0,,正常\n");
    let (first, _) = check_reads_again("SGH_202507.csv", text.as_bytes(), FileKind::Servicing);
    let name = file_name("somewhere/SGH_202507.csv");
    assert_eq!(name, "SGH_202507.csv.marked.xlsx");
    assert_eq!(file_name(&name), name);
    let (request, mappings) = (ReadRequest::new(FileKind::Servicing), shipped());
    let (second, told) = mark(&name, &first, &request, &mappings, Lang::Zh);
    assert_eq!(told, Marked { records: 1, rows: 1 });
    let heads = |bytes: &[u8]| grid(bytes)[0].clone();
    assert_eq!(heads(&second), heads(&first));
    assert_eq!(heads(&second).iter().filter(|head| *head == "错误说明").count(), 1);
}

#[test]
fn findings_are_told_in_the_language_asked_for_and_cells_without_heading_are_kept() {
    let text = format!("{SERVICING}\nA1,2025-07-31,x,0,0,,正常,,柜员备注\n");
    let (request, mappings) = (ReadRequest::new(FileKind::Servicing), shipped());
    let (out, _) = mark("SGH_202507.csv", text.as_bytes(), &request, &mappings, Lang::En);
    let row = grid(&out)[1].clone();
    assert!(row[8].starts_with("[Refused]"), "{row:?}");
    assert_eq!(row[10], "柜员备注");
}

#[test]
fn memory_and_rows_do_not_grow_with_the_rows_that_are_right() {
    let mut text = SERVICING.to_owned();
    for row in 0..3_000 {
        let balance = if row % 1_000 == 7 { "x" } else { "1" };
        text.push_str(&format!("\nA{row},2025-07-31,{balance},0,0,,正常"));
    }
    let (request, mappings) = (ReadRequest::new(FileKind::Servicing), shipped());
    let (out, told) = mark("SGH_202507.csv", text.as_bytes(), &request, &mappings, Lang::Zh);
    assert_eq!(told, Marked { records: 3, rows: 3 });
    assert!(out.len() < 20_000, "{}", out.len());
}
