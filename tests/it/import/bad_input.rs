//! Files that are refused as a whole, each with its code and a sentence in both languages.

use pledgefund::domain::names::PartnerCode;
use pledgefund::i18n::Lang;
use pledgefund::import::ReadRequest;
use pledgefund::import::field::FileKind;
use pledgefund::import::file_error::FileError;
use pledgefund::import::mapping::Unit;

use super::rebuild::{gb18030, grid_of_csv, grid_of_xlsx, text, xlsx_of};
use super::{read, read_as, sample, shipped};

const HEADER: &str = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\n";
const SGH: &str = "registration/SGH_registration.xlsx";

#[track_caller]
fn check_refused(name: &str, bytes: &[u8], kind: FileKind, code: &str) -> FileError {
    refused(read(name, bytes, kind).err(), code)
}

#[track_caller]
fn refused(error: Option<FileError>, code: &str) -> FileError {
    let error = error.expect("the file is refused");
    assert_eq!(error.code(), code, "{error}");
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    for message in [&zh, &en] {
        assert!(!message.contains("import.") && !message.contains('{'), "{message}");
    }
    assert!(!zh.is_ascii() && zh != en, "{zh} {en}");
    error
}

fn rows(count: usize) -> String {
    let mut text = HEADER.to_owned();
    for number in 0..count {
        text.push_str(&format!("A{number},2025-07-31,1.00,0,0,,正常\n"));
    }
    text
}

#[test]
fn an_empty_file_is_refused() {
    for bytes in [&b""[..], b"\xEF\xBB\xBF", b"\r\n \r\n", ",,,\n,,\n".as_bytes()] {
        check_refused("SGH_202507.csv", bytes, FileKind::Servicing, "EMPTY_FILE");
    }
    let empty = xlsx_of(&[("Sheet1", &vec![])], &[]);
    check_refused("SGH_registration.xlsx", &empty, FileKind::Registrations, "EMPTY_FILE");
}

#[test]
fn a_header_without_rows_asks_whether_there_was_no_business() {
    let error = check_refused("SGH_202507.csv", HEADER.as_bytes(), FileKind::Servicing, "HEADER_ONLY");
    assert!(error.message(Lang::Zh).contains("本月无业务"));
}

#[test]
fn one_row_saying_no_business_is_a_nil_return_of_the_month_in_the_name() {
    let text = format!("{HEADER}本月无业务,,,,,,\n");
    let reading = read("SGH_202507.csv", text.as_bytes(), FileKind::Servicing).unwrap();
    assert!(reading.nil_return);
    assert_eq!((reading.records_total, reading.month.unwrap().to_string().as_str()), (0, "2025-07"));
    let text = format!("{HEADER}本月无业务,2025-08-31,,,,,\n");
    let reading = read("SGH_202507.csv", text.as_bytes(), FileKind::Servicing).unwrap();
    assert_eq!(reading.month.unwrap().to_string(), "2025-08");
    let text = format!("{HEADER}本月无业务,,,,,,\nA1,2025-07-31,1.00,0,0,,正常\n");
    assert!(!read("SGH_202507.csv", text.as_bytes(), FileKind::Servicing).unwrap().nil_return);
}

#[test]
fn the_two_hundred_thousand_and_first_row_is_refused() {
    let reading = read("SGH_202507.csv", rows(200_000).as_bytes(), FileKind::Servicing).unwrap();
    assert_eq!(reading.records_total, 200_000);
    check_refused("SGH_202507.csv", rows(200_001).as_bytes(), FileKind::Servicing, "TOO_MANY_ROWS");
}

#[test]
fn too_many_bytes_packed_or_unpacked_are_refused() {
    let big = vec![b' '; 20 * 1024 * 1024 + 1];
    check_refused("SGH_202507.csv", &big, FileKind::Servicing, "TOO_LARGE");
    let mut request = ReadRequest::new(FileKind::Registrations);
    request.limits.inflated = 100_000;
    refused(read_as(SGH, &sample(SGH), &request, &shipped()).err(), "TOO_LARGE");
}

#[test]
fn too_many_columns_are_refused() {
    let text = format!("{HEADER}{}x\n", ",".repeat(100));
    check_refused("SGH_202507.csv", text.as_bytes(), FileKind::Servicing, "TOO_MANY_COLUMNS");
    let wide = vec![vec![text_cell(); 101]];
    let bytes = xlsx_of(&[("Sheet1", &wide)], &[]);
    check_refused("SGH_registration.xlsx", &bytes, FileKind::Registrations, "TOO_MANY_COLUMNS");
}

fn text_cell() -> super::rebuild::TestCell {
    text("x")
}

#[test]
fn two_encodings_in_one_file_are_refused_at_the_line_that_differs() {
    let row = "甲乙丙,2025-07-31,1.00,0,0,,正常\n";
    let mixed = [HEADER.as_bytes(), &gb18030(row)].concat();
    let error = check_refused("SGH_202507.csv", &mixed, FileKind::Servicing, "ENCODING_MIXED");
    assert_eq!(error, FileError::EncodingMixed { line: 1 });
    let mixed = [gb18030(HEADER), row.as_bytes().to_vec()].concat();
    let error = check_refused("SGH_202507.csv", &mixed, FileKind::Servicing, "ENCODING_MIXED");
    assert_eq!(error, FileError::EncodingMixed { line: 2 });
    let marked = [b"\xEF\xBB\xBF".to_vec(), HEADER.as_bytes().to_vec(), gb18030(row)].concat();
    let error = check_refused("SGH_202507.csv", &marked, FileKind::Servicing, "ENCODING_MIXED");
    assert_eq!(error, FileError::EncodingMixed { line: 2 });
    let appended = [sample("registration/YMK_registration.csv"), "应县沃川矿山机械有限公司,".into()].concat();
    check_refused("YMK_registration.csv", &appended, FileKind::Registrations, "ENCODING_MIXED");
}

#[test]
fn what_is_no_text_is_refused() {
    let utf16: Vec<u8> = "\u{feff}合同编号,报告日".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_refused("SGH_202507.csv", &utf16, FileKind::Servicing, "ENCODING_MIXED");
    check_refused("SGH_202507.csv", b"%PDF-1.4\0\0", FileKind::Servicing, "ENCODING_MIXED");
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_refused() {
    let text = format!("{}\"B,2025-07-31,1.00,0,0,,正常\nC,2025-07-31,1.00,0,0,,正常\n", rows(1));
    let error = check_refused("SGH_202507.csv", text.as_bytes(), FileKind::Servicing, "CSV_BROKEN");
    assert_eq!(error, FileError::CsvBroken { line: 3 });
}

#[test]
fn a_legacy_workbook_and_one_with_a_password_are_told_apart() {
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    let legacy = [ole.clone(), vec![0; 600]].concat();
    check_refused("SGH_registration.xls", &legacy, FileKind::Registrations, "LEGACY_XLS");
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [ole, vec![0; 600], name, vec![0; 64]].concat();
    check_refused("SGH_registration.xlsx", &locked, FileKind::Registrations, "PASSWORD_PROTECTED");
}

#[test]
fn a_damaged_workbook_is_refused() {
    let bytes = sample(SGH);
    for cut in [4, 100, bytes.len() / 2, bytes.len() - 30] {
        check_refused("SGH.xlsx", &bytes[..cut], FileKind::Registrations, "NOT_A_WORKBOOK");
    }
    check_refused("SGH.xlsx", b"<html></html>", FileKind::Registrations, "NOT_A_WORKBOOK");
}

#[test]
fn a_workbook_without_the_sheet_is_refused_and_names_its_sheets() {
    let notes = vec![vec![text("填报说明")], vec![text("1. 本表一行一项知识产权。")]];
    let mut request = ReadRequest::new(FileKind::Registrations);
    request.mapping = Some("yyc_registrations".to_owned());
    let bytes = xlsx_of(&[("填报说明", &notes)], &[]);
    let error = refused(read_as("YYC_registration.xlsx", &bytes, &request, &shipped()).err(), "SHEET_NOT_FOUND");
    assert!(error.message(Lang::Zh).contains("备案明细") && error.message(Lang::Zh).contains("填报说明"));
}

#[test]
fn two_sheets_that_both_fit_are_not_chosen_between() {
    let grid = grid_of_xlsx(&sample(SGH), "质押贷款备案");
    let bytes = xlsx_of(&[("一月", &grid), ("二月", &grid)], &[]);
    check_refused("SGH_registration.xlsx", &bytes, FileKind::Registrations, "SHEET_NOT_FOUND");
    let bytes = xlsx_of(&[("旧表", &grid), ("质押贷款备案", &grid)], &[]);
    assert_eq!(read(SGH, &bytes, FileKind::Registrations).unwrap().sheet.unwrap(), "质押贷款备案");
}

#[test]
fn an_unknown_header_is_refused_by_its_name() {
    let renamed = rows(1).replace("贷款余额", "剩余本金");
    let error = check_refused("SGH_202507.csv", renamed.as_bytes(), FileKind::Servicing, "HEADER_UNKNOWN");
    let want =
        FileError::HeaderUnknown { headers: vec!["剩余本金".to_owned()], missing: vec!["贷款余额".to_owned()] };
    assert_eq!(error, want);
    let more = rows(1).replace("五级分类", "五级分类,客户经理");
    check_refused("SGH_202507.csv", more.as_bytes(), FileKind::Servicing, "HEADER_UNKNOWN");
    check_refused("SGH_202507.csv", "姓名,电话\n甲,1\n".as_bytes(), FileKind::Servicing, "HEADER_UNKNOWN");
    check_refused("fund.csv", &sample("fund.csv"), FileKind::Servicing, "HEADER_UNKNOWN");
}

#[test]
fn a_missing_or_repeated_column_is_refused() {
    let bytes = rows(1).replace(",五级分类", "").replace(",正常", "");
    let error = check_refused("SGH_202507.csv", bytes.as_bytes(), FileKind::Servicing, "HEADER_MISSING");
    assert_eq!(error, FileError::HeaderMissing { fields: vec!["五级分类".to_owned()] });
    let bytes = rows(1).replace("五级分类", "五级分类,五级分类");
    check_refused("SGH_202507.csv", bytes.as_bytes(), FileKind::Servicing, "HEADER_DUPLICATE");
}

#[test]
fn an_unknown_mapping_is_refused() {
    let mut request = ReadRequest::new(FileKind::Servicing);
    request.mapping = Some("sgh_registrations".to_owned());
    let bytes = rows(1);
    refused(read_as("SGH_202507.csv", bytes.as_bytes(), &request, &shipped()).err(), "MAPPING_NOT_FOUND");
}

#[test]
fn a_bank_that_contradicts_the_layout_or_the_name_is_refused() {
    let mut request = ReadRequest::new(FileKind::Registrations);
    request.bank = Some(PartnerCode::new("SGH"));
    let ymk = sample("registration/YMK_registration.csv");
    refused(read_as("loans.csv", &ymk, &request, &shipped()).err(), "BANK_CONTRADICTION");
    check_refused("SGH_registration.csv", &ymk, FileKind::Registrations, "BANK_CONTRADICTION");
    let mut request = ReadRequest::new(FileKind::Servicing);
    request.bank = Some(PartnerCode::new("SGH"));
    let monthly = rows(1);
    refused(read_as("YMK_202507.csv", monthly.as_bytes(), &request, &shipped()).err(), "BANK_CONTRADICTION");
    assert!(read_as("ZZB_202507.csv", monthly.as_bytes(), &request, &shipped()).is_ok());
    request.known_banks = vec![PartnerCode::new("ZZB")];
    refused(read_as("ZZB_202507.csv", monthly.as_bytes(), &request, &shipped()).err(), "BANK_CONTRADICTION");
}

#[test]
fn a_unit_that_contradicts_the_mapping_is_refused() {
    let bytes = rows(1).replace("贷款余额", "贷款余额（万元）");
    let error = check_refused("SGH_202507.csv", bytes.as_bytes(), FileKind::Servicing, "UNIT_CONTRADICTION");
    assert_eq!(error, FileError::UnitContradiction { header: "贷款余额（万元）".to_owned(), unit: Unit::Yuan });
    let bytes = format!("单位：万元\n{}", rows(1));
    check_refused("SGH_202507.csv", bytes.as_bytes(), FileKind::Servicing, "UNIT_CONTRADICTION");
    let bytes = format!("单位：元\n{}", rows(1));
    assert!(read("SGH_202507.csv", bytes.as_bytes(), FileKind::Servicing).is_ok());
}

#[test]
fn rows_of_two_months_are_refused() {
    let bytes = format!("{}B,2025-08-31,1.00,0,0,,正常\n", rows(1));
    let error = check_refused("SGH_202507.csv", bytes.as_bytes(), FileKind::Servicing, "MONTH_MIXED");
    let want = FileError::MonthMixed { first: "2025-07".to_owned(), other: "2025-08".to_owned(), row: 3 };
    assert_eq!(error, want);
}

#[test]
fn the_header_is_found_below_a_title_and_not_beyond_the_twelfth_row() {
    let titled = format!("{}{}", "标题,\n".repeat(11), rows(1));
    assert_eq!(read("SGH_202507.csv", titled.as_bytes(), FileKind::Servicing).unwrap().records_total, 1);
    let deep = format!("{}{}", "标题,\n".repeat(12), rows(1));
    check_refused("SGH_202507.csv", deep.as_bytes(), FileKind::Servicing, "HEADER_UNKNOWN");
    assert_eq!(grid_of_csv(&titled).len(), 13);
}
