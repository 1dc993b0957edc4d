//! Templates: filled by hand, imported; filled in for a bank, nothing confirmed unread.

use pledgefund::export::{layout, template};
use pledgefund::i18n::Lang;
use pledgefund::import::field::{Field, FileKind};
use pledgefund::import::mapping::MappingSet;
use pledgefund::import::{ReadRequest, read_file};
use serde_json::Value;

use super::workbook::{Opened, cell_name, grid};
use super::{codes, rows, written};
use crate::support::product::{Installation, on_both};

fn made(installation: &Installation, kind: &str, more: &[&str]) -> Vec<u8> {
    let path = installation.folder.path().join(format!("template_{kind}.xlsx"));
    let shown = path.to_string_lossy().into_owned();
    let mut call = vec!["template", kind, "--out", &shown];
    call.extend(more);
    installation.json(&call, &[0]);
    std::fs::read(path).unwrap()
}

/// An answer a person would give for a column.
fn answer(kind: FileKind, field: Field) -> &'static str {
    match field {
        Field::Contract if kind == FileKind::Fund => "",
        Field::Contract if kind == FileKind::Registrations => "XYZ-2025-0001",
        Field::Contract => "SGH-2023-0005",
        Field::Borrower => "右玉县玉林农产品有限公司",
        Field::CreditCode => "91140602MA0GQCGM8W",
        Field::FoundedOn => "2021/9/21",
        Field::County => "右玉县",
        Field::Industry => "特色农产品加工",
        Field::Size => "小型",
        Field::FirstLoan => "否",
        Field::Principal | Field::Amount => "3,200,000.00",
        Field::AnnualRate => "4.25",
        Field::DisbursedOn | Field::BookedOn => "2025-01-09",
        Field::MaturesOn => "2027-01-09",
        Field::Repayment => "按月付息到期还本",
        Field::IpShare => "60",
        Field::IpKind => "商标、商标",
        Field::IpNumber => "123456789012345678901、G0002",
        Field::ReportedOn => "2025-07-31",
        Field::Balance => "115384.61",
        Field::OverduePrincipal | Field::OverdueInterest => "0",
        Field::Grade => "正常",
        Field::FiledOn => "2025-09-08",
        Field::OutstandingPrincipal => "500000.00",
        Field::OverdueSince if kind == FileKind::Claims => "2025-01-04",
        Field::Documents => "借款合同、放款凭证",
        Field::FundKind => "出资",
        Field::Source => "市级财政",
        Field::Note => "首期",
        Field::PartnerKind => "合作银行",
        Field::Name => "某某银行",
        Field::Code => "ABC",
        Field::AgreedFrom => "2022-12-05",
        Field::AgreedTo => "2027-12-31",
        _ => "",
    }
}

fn filled(kind: FileKind, template: &[u8]) -> Vec<u8> {
    let mut opened = Opened::new(template);
    for (column, field) in layout::fields(kind).iter().enumerate() {
        let text = answer(kind, *field);
        if !text.is_empty() {
            opened.set(&cell_name(2, column), text);
        }
    }
    opened.bytes()
}

#[test]
fn every_template_that_is_filled_in_can_be_imported() {
    on_both(|installation| {
        installation.json(&["import", "registrations", "registration/SGH_registration.xlsx"], &[1]);
        for kind in FileKind::ALL {
            let blank = made(installation, kind.code(), &[]);
            let path = written(installation, &format!("SGH_{}.xlsx", kind.code()), &filled(kind, &blank));
            let bank: &[&str] = if kind == FileKind::Registrations { &["--bank", "SGH"] } else { &[] };
            let mut call = vec!["import", kind.code(), &path];
            call.extend(bank);
            if kind == FileKind::Registrations {
                let nobody = written(installation, "nobody.xlsx", &filled(kind, &blank));
                let refused = installation.run(&["import", "registrations", &nobody]);
                assert_eq!(refused.status.code(), Some(2));
                assert!(String::from_utf8_lossy(&refused.stderr).contains("BANK_UNKNOWN"));
                // Another bank than the one whose own layout has the same headings.
                let other = written(installation, "other.xlsx", &filled(kind, &blank));
                let answer =
                    &installation.json(&["import", "registrations", &other, "--bank", "XYZ"], &[0])["files"][0];
                assert_eq!((&answer["bank"], &answer["records_accepted"]), (&Value::from("XYZ"), &Value::from(1)));
                continue;
            }
            let answer = &installation.json(&call, &[0])["files"][0];
            assert_eq!(answer["records_accepted"], 1, "{answer}");
        }
        let loan = &rows(installation, "loans", &["--bank", "XYZ"])[0];
        assert_eq!(loan["ip_number"], "123456789012345678901、G0002");
    });
}

#[test]
fn a_blank_template_offers_lists_keeps_digits_and_explains_every_column() {
    for kind in FileKind::ALL {
        for lang in Lang::ALL {
            let mut bytes = Vec::new();
            template::write(kind, None, lang, &mut bytes).unwrap();
            let opened = Opened::new(&bytes);
            let (sheet, styles) = (opened.sheet(), opened.part("xl/styles.xml"));
            let wants_list = layout::fields(kind)
                .iter()
                .any(|field| !layout::words(*field).is_empty() && !layout::holds_several(*field));
            assert_eq!(sheet.contains("type=\"list\""), wants_list, "{}", kind.code());
            assert!(sheet.contains("<cols>") && styles.contains("formatCode=\"@\""), "{}", kind.code());
            let guide = opened.part("xl/worksheets/sheet2.xml") + &shared(&opened);
            for column in layout::columns(kind).unwrap() {
                assert!(guide.contains(&column.title), "{} {}", kind.code(), column.title);
            }
            assert!(!guide.contains("template."), "a text is missing for {} in {}", kind.code(), lang.code());
            let read = read_file("SGH_202507.xlsx", &bytes, &ReadRequest::new(kind), &mappings(), &mut |_| ());
            assert_eq!(read.unwrap_err().code(), "HEADER_ONLY");
        }
    }
}

fn shared(opened: &Opened) -> String {
    if opened.has("xl/sharedStrings.xml") { opened.part("xl/sharedStrings.xml") } else { String::new() }
}

fn mappings() -> MappingSet {
    MappingSet::load(None).unwrap()
}

#[test]
fn of_layouts_with_the_same_headings_the_banks_own_wins_and_no_bank_is_guessed() {
    let heads: Vec<String> = layout::columns(FileKind::Registrations).unwrap().into_iter().map(|c| c.title).collect();
    let cells: Vec<String> = layout::fields(FileKind::Registrations)
        .iter()
        .map(|field| format!("\"{}\"", answer(FileKind::Registrations, *field)))
        .collect();
    let text = format!("{}\n{}\n", heads.join(","), cells.join(","));
    let read = |name: &str, bank: Option<&str>| {
        let mut request = ReadRequest::new(FileKind::Registrations);
        request.bank = bank.map(pledgefund::domain::names::PartnerCode::new);
        let reading = read_file(name, text.as_bytes(), &request, &mappings(), &mut |_| ()).unwrap();
        (reading.mapping, reading.bank.map(|bank| bank.to_string()))
    };
    let some = |bank: &str| Some(bank.to_owned());
    assert_eq!(read("SGH_x.csv", None), ("sgh_registrations".to_owned(), some("SGH")));
    assert_eq!(read("x.csv", Some("SGH")), ("sgh_registrations".to_owned(), some("SGH")));
    assert_eq!(read("YMK_x.csv", None), ("standard_registrations".to_owned(), some("YMK")));
    assert_eq!(read("x.csv", Some("XYZ")), ("standard_registrations".to_owned(), some("XYZ")));
    assert_eq!(read("x.csv", None), ("standard_registrations".to_owned(), None));
}

#[test]
fn a_report_is_filled_in_with_the_loans_outstanding_and_waits_for_the_figures() {
    on_both(|installation| {
        installation.json(&["import", "registrations", "registration/SGH_registration.xlsx"], &[1]);
        installation.json(&["import", "servicing", "monthly/SGH_202507.csv"], &[1]);
        let outstanding: Vec<Value> = rows(installation, "loan-status", &["--bank", "SGH"])
            .into_iter()
            .filter(|row| row["balance"] != "0.00" && row["disbursed_on"].as_str().unwrap() <= "2025-08-31")
            .collect();
        let bytes = made(installation, "servicing", &["--bank", "SGH"]);
        let cells = grid(&bytes);
        assert_eq!(cells.len() - 1, outstanding.len());
        assert_eq!(cells[0][8..], ["借款人名称", "上月余额(元)", "上月五级分类"]);
        for (row, loan) in cells[1..].iter().zip(&outstanding) {
            assert_eq!((row[0].as_str(), row[2].as_str()), (loan["contract"].as_str().unwrap(), "2025-08-31"));
            assert_eq!(row[3..8].concat(), "", "what is to be confirmed must be typed");
            assert_eq!(row[8].as_str(), loan["borrower"].as_str().unwrap());
        }
        let path = written(installation, "SGH_202508.xlsx", &bytes);
        let unread = &installation.json(&["import", "servicing", &path, "--dry-run"], &[1])["files"][0];
        assert_eq!(unread["records_accepted"], 0);
        assert!(codes(&unread["rejected"]).iter().all(|code| code == "FIELD_MISSING"));
        let mut opened = Opened::new(&bytes);
        for row in 2..=cells.len() {
            for (column, text) in [(3, "1.00"), (4, "0"), (5, "0"), (7, "正常")] {
                opened.set(&cell_name(row, column), text);
            }
        }
        let path = written(installation, "SGH_202508_typed.xlsx", &opened.bytes());
        let taken = &installation.json(&["import", "servicing", &path], &[0])["files"][0];
        assert_eq!(
            (&taken["records_accepted"], &taken["month"]),
            (&Value::from(outstanding.len()), &Value::from("2025-08"))
        );
        assert_eq!(
            installation.run(&["template", "claims", "--month", "2025-08", "--out", &path]).status.code(),
            Some(2)
        );
        assert_eq!(
            installation.run(&["template", "servicing", "--month", "2025-08", "--out", &path]).status.code(),
            Some(2)
        );
    });
}
