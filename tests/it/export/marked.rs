//! Marked workbooks through the built program: marked, corrected, taken in; never doubled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pledgefund::domain::credit_code::CreditCode;
use pledgefund::domain::ip_right::IpNumber;
use pledgefund::domain::names::IpKind;
use serde_json::Value;

use super::workbook::{Opened, cell_name, grid};
use super::{codes, rows, written};
use crate::support::product::{Installation, on_both};

const REGISTRATIONS: [&str; 3] =
    ["registration/SGH_registration.xlsx", "registration/YMK_registration.csv", "registration/YYC_registration.xlsx"];

/// Imports files and writes marked workbooks beside. Gives the answer's files.
fn import(installation: &Installation, kind: &str, files: &[&str]) -> Vec<Value> {
    let folder = marked_folder(installation);
    let mut call = vec!["import", kind];
    call.extend(files);
    let shown = folder.to_string_lossy().into_owned();
    call.extend(["--errors-to", &shown]);
    installation.json(&call, &[0, 1])["files"].as_array().unwrap().clone()
}

fn marked_folder(installation: &Installation) -> PathBuf {
    installation.folder.path().join("marked")
}

fn marked_path(installation: &Installation, file: &str) -> PathBuf {
    let name = Path::new(file).file_name().unwrap().to_string_lossy();
    marked_folder(installation).join(format!("{name}.marked.xlsx"))
}

/// Where a finding of the original stands in its marked workbook: the cell, and that of the explanation.
fn place(grid: &[Vec<String>], finding: &Value) -> (String, String) {
    let header = grid.iter().position(|row| row.iter().any(|cell| cell == "原行号")).unwrap();
    let column = |name: &str| grid[header].iter().position(|cell| cell == name).unwrap();
    let number = column("原行号");
    let wanted = finding["row"].to_string();
    let row = grid.iter().skip(header).position(|row| row.get(number) == Some(&wanted)).unwrap() + header + 1;
    let at = column(finding["column"].as_str().unwrap());
    (cell_name(row, at), cell_name(row, column("错误说明")))
}

fn text_at(grid: &[Vec<String>], cell: &str) -> String {
    let digits = cell.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = cell[..digits].bytes().fold(0_usize, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1) - 1;
    let row: usize = cell[digits..].parse().unwrap();
    grid[row - 1].get(column).cloned().unwrap_or_default()
}

fn check_marks(bytes: &[u8], answer: &Value) {
    let (opened, grid) = (Opened::new(bytes), grid(bytes));
    let notes = opened.notes();
    for (list, colour) in [("rejected", "FFFFC7CE"), ("warnings", "FFFFEB9C")] {
        for finding in answer[list].as_array().unwrap() {
            let (cell, explained) = place(&grid, finding);
            let reason = finding["reason_zh"].as_str().unwrap();
            assert_eq!(opened.background(&cell).as_deref(), Some(colour), "{cell} {finding}");
            // A person reads the advice behind the verdict that programs get.
            assert!(unescaped(&notes[&cell]).starts_with(reason), "{cell} {}", notes[&cell]);
            assert!(text_at(&grid, &explained).contains(reason), "{explained} {finding}");
        }
    }
}

fn unescaped(xml: &str) -> String {
    xml.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The workbook with every refused cell corrected as a person would.
fn corrected(bytes: &[u8], answer: &Value) -> Vec<u8> {
    let mut opened = Opened::new(bytes);
    let grid = grid(bytes);
    for finding in answer["rejected"].as_array().unwrap() {
        let (cell, _) = place(&grid, finding);
        let now = text_at(&grid, &cell);
        opened.set(&cell, &correction(finding["code"].as_str().unwrap(), &now));
    }
    opened.bytes()
}

fn correction(code: &str, now: &str) -> String {
    match code {
        "TEXT_FORMULA" => "朔州更正农业有限公司".to_owned(),
        "IP_SHARE_RANGE" => "100".to_owned(),
        "USCC_CHARSET" => now.replace('O', "0"),
        "USCC_CHECK" => last_character(now, |text| CreditCode::parse(text).is_ok()),
        "PATENT_CHECK" => {
            each_part(now, |part| last_character(part, |text| IpNumber::read(IpKind::Invention, text).is_ok()))
        }
        // The same kind of number of a later year.
        "IP_TERM_OVER" => each_part(now, |part| {
            let later = part.replace("ZL2012", "ZL2020");
            last_character(&later, |text| IpNumber::read(IpKind::Invention, text).is_ok())
        }),
        "IP_KIND_UNKNOWN" => "其他著作权".to_owned(),
        "CONTRACT_CONFLICT" | "CONTRACT_DUPLICATE" | "ROW_DUPLICATE" => format!("{now}-2"),
        "DATE_ORDER" | "PERIOD_ORDER" => "2029-12-31".to_owned(),
        "DATE_INVALID" | "DATE_UNREADABLE" => "2024-02-28".to_owned(),
        "PRINCIPAL_MISSING" => "100".to_owned(),
        "RATE_RANGE" => "5.5".to_owned(),
        "PRINCIPAL_NOT_POSITIVE" | "AMOUNT_NEGATIVE" => now.trim_start_matches('-').to_owned(),
        "VALUE_UNKNOWN" => "省级财政".to_owned(),
        other => panic!("no correction for {other}"),
    }
}

fn last_character(text: &str, is_right: impl Fn(&str) -> bool) -> String {
    if is_right(text) {
        return text.to_owned();
    }
    let stem: String = text.chars().take(text.chars().count() - 1).collect();
    let mut tries = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|last| format!("{stem}{last}"));
    tries.find(|text| is_right(text)).unwrap_or_else(|| panic!("{text}"))
}

fn each_part(text: &str, change: impl Fn(&str) -> String) -> String {
    let separator = if text.contains('、') { "、" } else { ";" };
    text.split(separator).map(change).collect::<Vec<_>>().join(separator)
}

#[test]
fn refused_registrations_and_reports_come_back_marked_and_are_taken_in_once_corrected() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        installation.json(&["import", "fund", "fund.csv", "--until", "2025-01-01"], &[0]);
        let answers = import(installation, "registrations", &REGISTRATIONS);
        let loans = rows(installation, "loan-status", &[]).len();
        let reports = ["monthly/SGH_202507.csv", "monthly/YMK_202507.csv", "monthly/YYC_202507.csv"];
        let reported = import(installation, "servicing", &reports);
        for (file, answer) in REGISTRATIONS.iter().zip(&answers).chain(reports.iter().zip(&reported)) {
            check_marks(&std::fs::read(marked_path(installation, file)).unwrap(), answer);
        }
        let mut refused = 0;
        for (file, answer) in REGISTRATIONS.iter().zip(&answers) {
            let path = marked_path(installation, file);
            check_uncorrected(installation, "registrations", &path, answer);
            let bytes = corrected(&std::fs::read(&path).unwrap(), answer);
            let bank = &Path::new(file).file_name().unwrap().to_string_lossy()[..3];
            let again = written(installation, &format!("{bank}_corrected.xlsx"), &bytes);
            let taken = &import(installation, "registrations", &[&again])[0];
            assert_eq!(codes(&taken["rejected"]), Vec::<String>::new(), "{file} {taken}");
            refused += answer["rejected"].as_array().unwrap().len();
        }
        assert_eq!(rows(installation, "loan-status", &[]).len(), loans + refused);
        check_pledge(installation);
        check_reports(installation, &reports, &reported);
        let proof = installation.json(&["verify"], &[0, 1]);
        assert_eq!(proof["ok"], true, "{proof}");
    });
}

fn check_uncorrected(installation: &Installation, kind: &str, path: &Path, answer: &Value) {
    let again = &installation.json(&["import", kind, &path.to_string_lossy()], &[0, 1])["files"][0];
    assert_eq!(codes(&again["rejected"]), codes(&answer["rejected"]), "{}", path.display());
    assert_eq!(again["records_accepted"], again["records_unchanged"], "{}", path.display());
}

/// The loan of six rows, of which the last had a wrong number, is one loan with six rights.
fn check_pledge(installation: &Installation) {
    let loans = rows(installation, "loans", &["--bank", "YYC", "--search", "YYC(2023)0084"]);
    assert_eq!(loans.len(), 1);
    assert_eq!(loans[0]["ip_number"].as_str().unwrap().split('、').count(), 6, "{}", loans[0]);
}

/// Rows of loans that were not registered then: the marked workbook as it is, now that they are.
fn check_reports(installation: &Installation, files: &[&str], answers: &[Value]) {
    let before = rows(installation, "servicing", &["--month", "2025-07"]).len();
    let mut added = 0;
    for (file, answer) in files.iter().zip(answers) {
        let path = marked_path(installation, file).to_string_lossy().into_owned();
        let taken = &installation.json(&["import", "servicing", &path], &[0, 1])["files"][0];
        assert_eq!(codes(&taken["rejected"]), Vec::<String>::new(), "{file}");
        assert_eq!(taken["month"], "2025-07");
        assert_eq!(taken["version"], 2);
        added += answer["rejected"].as_array().unwrap().len();
    }
    assert_eq!(rows(installation, "servicing", &["--month", "2025-07"]).len(), before + added);
}

const CLAIMS: &str = "合同编号,申请日,未偿本金,逾期利息,逾期起始日,质押登记日,保险已赔,担保已代偿,处置回款,实现债权费用,材料清单\n\
    SGH-2023-0006,2025-09-23,22222.22,582.10,2025-02-06,2023-01-16,0.00,0.00,0.00,0.00,借款合同\n\
    SGH-2023-0005,2025-13-41,\"15,384.61\",582.10,2024-01-06,2023-01-16,0.00,0.00,0.00,0.00,借款合同；放款凭证\n\
    SGH-2023-0007,2025-09-23,-5,582.10,2025-02-06,2023-01-16,0.00,0.00,0.00,0.00,借款合同\n";
const FUND: &str = "日期,类别,来源,合同编号,金额(元),备注\n\
    2022-12-20,出资,省级财政,,20000000.00,首期出资\n\
    2023-02-30,出资,市级财政,,\"30,000,000.00\",=SUM(A1)\n\
    2022-12-21,出资,财政,,10.00,'=甲\n";
const PARTNERS: &str = "机构类别,机构名称,机构代码,协议签订日,协议到期日,合作额度(元)\n\
    合作银行,甲银行,JYH,2022-12-05,2027-12-31,800000000.00\n\
    合作银行,乙银行,YYH,2028-12-05,2027-12-31,\n\
    评估机构,丙评估公司,JYH,2022-12-05,2027-12-31,\n";

/// One kind of file: the first import, the marked workbook as it is, and corrected.
fn check_kind(installation: &Installation, kind: &str, text: &str, refused: &[&str], all: usize) {
    let path = written(installation, &format!("{kind}_rows.csv"), text.as_bytes());
    let before = rows(installation, kind, &[]).len();
    let answer = import(installation, kind, &[&path])[0].clone();
    assert_eq!(codes(&answer["rejected"]), refused, "{kind}");
    let marked = marked_path(installation, &path);
    let bytes = std::fs::read(&marked).unwrap();
    check_marks(&bytes, &answer);
    check_uncorrected(installation, kind, &marked, &answer);
    let corrected = written(installation, &format!("{kind}_corrected.xlsx"), &fix(&bytes, &answer));
    let taken = import(installation, kind, &[&corrected])[0].clone();
    assert_eq!(codes(&taken["rejected"]), Vec::<String>::new(), "{kind} {taken}");
    assert_eq!(rows(installation, kind, &[]).len(), before + all, "{kind}");
    let again = written(installation, &format!("{kind}_again.xlsx"), &fix(&bytes, &answer));
    let again = import(installation, kind, &[&again])[0].clone();
    assert_eq!(again["records_accepted"], again["records_unchanged"], "{kind}");
    assert_eq!(rows(installation, kind, &[]).len(), before + all, "{kind}");
}

/// Corrects, and where a row had a second fault that shows only then, that one too.
fn fix(bytes: &[u8], answer: &Value) -> Vec<u8> {
    let grid = grid(bytes);
    let mut opened = Opened::new(&corrected(bytes, answer));
    let second: BTreeMap<&str, &str> = BTreeMap::from([("=SUM(A1)", "首期出资")]);
    for (row, cells) in grid.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            if let Some(right) = second.get(cell.as_str()) {
                opened.set(&cell_name(row + 1, column), right);
            }
        }
    }
    opened.bytes()
}

#[test]
fn refused_claims_money_and_partners_come_back_marked_and_are_taken_in_once_corrected() {
    on_both(|installation| {
        installation.json(&["import", "registrations", REGISTRATIONS[0]], &[1]);
        check_kind(installation, "partners", PARTNERS, &["PERIOD_ORDER", "ROW_DUPLICATE"], 3);
        check_kind(installation, "fund", FUND, &["DATE_INVALID", "VALUE_UNKNOWN"], 3);
        check_kind(installation, "claims", CLAIMS, &["DATE_INVALID", "AMOUNT_NEGATIVE"], 3);
        let notes: Vec<Value> = rows(installation, "fund", &[]).into_iter().map(|row| row["note"].clone()).collect();
        assert!(notes.contains(&Value::String("=甲".to_owned())), "{notes:?}");
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}
