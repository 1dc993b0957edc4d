//! What is refused: a clear word in Chinese and English, exit code 2, nothing saved.

use std::path::Path;

use crate::support::product::{Installation, on_both, samples};

#[track_caller]
fn check_refused(installation: &Installation, arguments: &[&str], code: &str) {
    let output = installation.run(arguments);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {words}");
    assert!(words.contains(code), "{arguments:?}: {words}");
    let chinese = words.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let english = words.split_whitespace().filter(|word| word.chars().all(|c| c.is_ascii_alphabetic())).count();
    assert!(chinese && english >= 3, "both languages: {words}");
    if !code.starts_with("STORE") {
        let portfolio = installation.json(&["portfolio"], &[0, 3]);
        assert_eq!(portfolio["portfolio"]["loans"], 0, "something was saved");
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_string_lossy().into_owned()
}

fn on_both_opened(test: impl Fn(&Installation)) {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        test(installation);
    });
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused_whole() {
    on_both_opened(|installation| {
        let folder = tempfile::tempdir().unwrap();
        let ymk = std::fs::read(samples().join("registration/YMK_registration.csv")).unwrap();
        let mut mixed = ymk.clone();
        mixed.extend("中文".as_bytes());
        mixed.push(0xff);
        let head: Vec<u8> = ymk.split_inclusive(|byte| *byte == b'\n').next().unwrap().to_vec();
        let mut many = head.clone();
        let row = ymk.split_inclusive(|byte| *byte == b'\n').nth(2).unwrap().to_vec();
        let short: Vec<u8> = row.iter().map(|byte| if byte.is_ascii_digit() { b'1' } else { *byte }).collect();
        while many.len() < 21 * 1024 * 1024 {
            many.extend(&short);
        }
        let ole = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
        let encrypted: Vec<u8> =
            ole.iter().copied().chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let cases = [
            ("empty.csv", Vec::new(), "EMPTY_FILE"),
            ("header.csv", head, "HEADER_ONLY"),
            ("mixed.csv", mixed, "ENCODING_MIXED"),
            ("unknown.csv", "甲,乙,丙\n1,2,3\n".as_bytes().to_vec(), "HEADER_UNKNOWN"),
            ("old.xls", ole, "LEGACY_XLS"),
            ("locked.xlsx", encrypted, "PASSWORD_PROTECTED"),
            ("large.csv", many, "TOO_LARGE"),
        ];
        for (name, bytes, code) in cases {
            let path = write(folder.path(), name, &bytes);
            check_refused(installation, &["import", "registrations", &path], code);
        }
        check_refused(installation, &["import", "registrations", "nowhere.csv"], "FILE_UNREADABLE");
    });
}

#[test]
fn two_hundred_thousand_and_one_rows_are_refused() {
    on_both_opened(|installation| {
        let folder = tempfile::tempdir().unwrap();
        let mut text = String::from("日期,类别,来源,合同编号,金额(元),备注\n");
        for _ in 0..200_001 {
            text.push_str("2025-01-01,利息,存款利息,,1.00,结息\n");
        }
        let path = write(folder.path(), "fund.csv", text.as_bytes());
        check_refused(installation, &["import", "fund", &path], "TOO_MANY_ROWS");
    });
}

#[test]
fn the_wrong_bank_the_wrong_sheet_and_the_wrong_kind_are_refused() {
    on_both_opened(|installation| {
        let sgh = "registration/SGH_registration.xlsx";
        check_refused(installation, &["import", "registrations", sgh, "--bank", "YMK"], "BANK_CONTRADICTION");
        check_refused(installation, &["import", "servicing", sgh], "HEADER_UNKNOWN");
        check_refused(installation, &["import", "registrations", sgh, "--mapping", "nothing"], "MAPPING_NOT_FOUND");
        let folder = tempfile::tempdir().unwrap();
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("随便").unwrap();
        sheet.write_string(0, 0, "说明").unwrap();
        let path = folder.path().join("SGH_other.xlsx");
        book.save(&path).unwrap();
        let output = installation.run(&["import", "registrations", &path.to_string_lossy()]);
        assert_eq!(output.status.code(), Some(2));
    });
}

#[test]
fn a_refused_file_keeps_the_other_files_of_its_call_out() {
    on_both_opened(|installation| {
        let folder = tempfile::tempdir().unwrap();
        let empty = write(folder.path(), "empty.csv", b"");
        check_refused(
            installation,
            &["import", "registrations", "registration/SGH_registration.xlsx", &empty],
            "EMPTY_FILE",
        );
    });
}

#[test]
fn a_database_that_is_down_or_of_an_unknown_kind_is_said_and_never_made_a_file() {
    let down = Installation {
        folder: tempfile::tempdir().unwrap(),
        url: Some("postgres://test@127.0.0.1:1/nowhere".to_owned()),
    };
    check_refused(&down, &["import", "partners", "partners.csv"], "STORE_UNREACHABLE");
    assert_eq!(std::fs::read_dir(down.folder.path()).unwrap().count(), 0);
    let unknown = Installation { url: Some("mysql://somewhere/db".to_owned()), ..down };
    check_refused(&unknown, &["import", "partners", "partners.csv"], "STORE_URL_REFUSED");
    assert_eq!(std::fs::read_dir(unknown.folder.path()).unwrap().count(), 0);
}
