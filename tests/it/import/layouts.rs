//! What differs between banks is a mapping file and nothing else.

use pledgefund::i18n::Lang;
use pledgefund::import::ReadRequest;
use pledgefund::import::field::FileKind;
use pledgefund::import::mapping::{Mapping, MappingError, MappingSet};

use super::rebuild::{csv_of, grid_of_csv, text};
use super::{loans, loans_by_contract, read, read_as, sample};

const SGH_TEXT: &str = include_str!("../../../mappings/sgh_registrations.toml");
const SGH: &str = "registration/SGH_registration.xlsx";

/// A bank nobody has seen: other words, another order, amounts in 万元, yes and no as Y and N, one row a right.
const FOURTH: &str = r#"
name = "fourth"
kind = "registrations"
bank = "HTB"
forms = ["csv"]
header_rows = 2
row_per = "right"
total_words = ["本页合计"]
ignore = ["内部 / 客户经理"]
[columns.contract]
headers = ["合约 / 协议编码"]
[columns.principal]
headers = ["合约 / 放款额(万元)"]
unit = "万元"
[columns.annual_rate]
headers = ["合约 / 利率"]
[columns.disbursed_on]
headers = ["合约 / 起"]
[columns.matures_on]
headers = ["合约 / 止"]
[columns.repayment]
headers = ["合约 / 方式"]
words = { "到期一次还本" = "按月付息到期还本" }
[columns.first_loan]
headers = ["合约 / 首贷户"]
[columns.ip_share]
headers = ["合约 / 知产比"]
[columns.borrower]
headers = ["客户 / 户名"]
[columns.credit_code]
headers = ["客户 / 证照号"]
[columns.founded_on]
headers = ["客户 / 设立"]
[columns.county]
headers = ["客户 / 属地"]
[columns.industry]
headers = ["客户 / 产业"]
[columns.size]
headers = ["客户 / 规模"]
words = { "S" = "小型" }
[columns.ip_kind]
headers = ["权利 / 类"]
words = { "发明" = "发明专利" }
[columns.ip_number]
headers = ["权利 / 号"]
[columns.appraised]
headers = ["权利 / 估值(元)"]
unit = "元"
"#;

fn folder_with(name: &str, body: &str) -> (tempfile::TempDir, MappingSet) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), body).unwrap();
    let mappings = MappingSet::load(Some(folder.path())).unwrap();
    (folder, mappings)
}

#[test]
fn a_fourth_bank_with_an_unseen_layout_needs_one_mapping_file_only() {
    let grid = [
        "海天银行备案表,,,,,,,,,,,,,,,,,",
        "客户,,,,,,合约,,,,,,,,权利,,,内部",
        "户名,证照号,设立,属地,产业,规模,协议编码,放款额(万元),利率,起,止,方式,首贷户,知产比,类,号,估值(元),客户经理",
        "甲公司,91140602MA0HT3K731,20200101,朔城区,陶瓷,s,HT-1,\"1,234.56789\",４.3５%,2024.1.2,2025年1月2日,到期一次还本,Y,60,发明,202011156730.2,\"1,000\",张三",
        ",,,,,,,,,,,,,,商标,123,500.5,",
        "乙公司,91140600757263187U,2020-01-01,平鲁区,陶瓷,小型,HT-2,5,5,45294,2025/1/2,按月等额本金,n,100,商标,9,,李四",
        "本页合计,,,,,,,1239.56789,,,,,,,,,,",
    ]
    .join("\n");
    let (_folder, mappings) = folder_with("fourth.toml", FOURTH);
    let request = ReadRequest::new(FileKind::Registrations);
    let reading = read_as("HTB_2024.csv", grid.as_bytes(), &request, &mappings).unwrap();
    assert_eq!(reading.rejected, []);
    assert_eq!((reading.bank.as_ref().unwrap().as_str(), reading.mapping.as_str()), ("HTB", "fourth"));
    assert_eq!((reading.records_total, reading.sheet_rows_with_rights), (2, Some(3)));
    let loans = loans(&reading);
    let first = &loans[0].value;
    assert_eq!((first.principal.yuan().as_str(), first.annual_rate.get()), ("12345678.90", 43_500));
    assert_eq!(first.appraised_total.unwrap().yuan(), "1500.50");
    assert_eq!(first.rights[0].number.as_str(), "ZL202011156730.2");
    assert_eq!((first.rights.len(), loans[1].row), (2, 6));
    assert_eq!(loans[1].value.disbursed_on.to_string(), "2024-01-03");
    assert_eq!(loans[1].value.appraised_total, None);
    let serial = &reading.warnings[0];
    assert_eq!((serial.code.code(), serial.column.as_str(), reading.warnings.len()), ("DATE_SERIAL", "起", 1));
}

#[test]
fn a_loan_sent_twice_in_a_row_is_a_duplicate_and_not_a_loan_with_the_same_right_twice() {
    let header = "户名,证照号,设立,属地,产业,规模,协议编码,放款额(万元),利率,起,止,方式,首贷户,知产比,类,号,估值(元)";
    let loan = "乙公司,91140600757263187U,2020-01-01,平鲁区,陶瓷,小型,HT-2,5,5,2024-1-2,2025/1/2,按月等额本金,n,100";
    let grid = format!("客户\n{header}\n{loan},商标,9,\n{loan},商标,10,\n{loan},商标,9,\n");
    let (_folder, mappings) = folder_with("fourth.toml", FOURTH);
    let request = ReadRequest::new(FileKind::Registrations);
    let reading = read_as("HTB_2024.csv", grid.as_bytes(), &request, &mappings).unwrap();
    assert_eq!(loans(&reading)[0].value.rights.len(), 2);
    assert_eq!(
        super::refusals(&reading).iter().map(|(row, code, _)| (*row, *code)).collect::<Vec<_>>(),
        [(5, "CONTRACT_CONFLICT")]
    );
}

#[test]
fn a_renamed_header_needs_a_changed_mapping_only() {
    let (_folder, mappings) = folder_with("mine.toml", &SGH_TEXT.replace("\"合同编号\"", "\"业务合同号\""));
    let mut grid = super::rebuild::grid_of_xlsx(&sample(SGH), "质押贷款备案");
    grid[0][0] = text("业务合同号");
    let bytes = super::rebuild::xlsx_of(&[("质押贷款备案", &grid)], &[]);
    let request = ReadRequest::new(FileKind::Registrations);
    let got = read_as(SGH, &bytes, &request, &mappings).unwrap();
    let want = read(SGH, &sample(SGH), FileKind::Registrations).unwrap();
    assert_eq!(loans_by_contract(&got), loans_by_contract(&want));
    assert_eq!(got.rejected[4].column, "业务合同号");
    assert_eq!(read(SGH, &bytes, FileKind::Registrations).unwrap_err().code(), "HEADER_UNKNOWN");
}

#[test]
fn a_layout_two_banks_share_belongs_to_the_bank_that_is_named() {
    let other = SGH_TEXT.replace("\"sgh_registrations\"", "\"htb\"").replace("\"SGH\"", "\"HTB\"");
    let (_folder, mappings) = folder_with("htb.toml", &other);
    let request = ReadRequest::new(FileKind::Registrations);
    for (name, bank) in [("SGH_1.xlsx", "SGH"), ("HTB_1.xlsx", "HTB"), ("loans.xlsx", "HTB")] {
        let reading = read_as(name, &sample(SGH), &request, &mappings).unwrap();
        assert_eq!(reading.bank.unwrap().as_str(), bank, "{name}");
    }
}

#[test]
fn the_standard_report_reads_grades_with_suffix_and_every_form_of_date() {
    let rows = [
        "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类",
        "A1,20250731,1.00,0,0,,正常类",
        "A2,2025/7/31,\"1,000.00\",0.00,3,2025年7月1日,关注",
        "合计,,1001,0,3,,",
    ];
    let reading = read("ZZB_202507.csv", rows.join("\n").as_bytes(), FileKind::Servicing).unwrap();
    assert_eq!((reading.records_total, reading.rejected.len()), (2, 0));
    assert_eq!(reading.bank.unwrap().as_str(), "ZZB");
    assert_eq!(csv_of(&grid_of_csv("a,b\n")), "a,b\n");
}

#[track_caller]
fn check_bad_mapping(body: &str, code: &str) {
    let error: MappingError = Mapping::parse("x.toml", body).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    for lang in Lang::ALL {
        let message = error.message(lang);
        assert!(message.contains("x.toml") && !message.contains("import.") && !message.contains('{'), "{message}");
    }
}

#[test]
fn a_mapping_that_contradicts_itself_is_refused() {
    check_bad_mapping(&format!("{SGH_TEXT}\ncolour = \"red\"\n"), "MAPPING_UNREADABLE");
    check_bad_mapping(&SGH_TEXT.replacen("total_words", "total_word", 1), "MAPPING_UNREADABLE");
    check_bad_mapping(&SGH_TEXT.replacen("[columns", "version = 3\n[columns", 1), "MAPPING_UNREADABLE");
    check_bad_mapping(&SGH_TEXT.replacen("unit = \"元\"\n", "", 1), "MAPPING_UNIT");
    check_bad_mapping(&SGH_TEXT.replacen("unit = \"元\"", "unit = \"万元\"", 1), "MAPPING_UNIT");
    check_bad_mapping(&SGH_TEXT.replacen("[\"行业\"]", "[\"企业规模\"]", 1), "MAPPING_HEADER");
    check_bad_mapping(&SGH_TEXT.replacen("[columns.industry]", "[columns.balance]", 1), "MAPPING_FIELD");
    let error = MappingSet::load(Some(std::path::Path::new("no/such/folder"))).unwrap_err();
    assert_eq!(error.code(), "MAPPING_UNREADABLE");
}
