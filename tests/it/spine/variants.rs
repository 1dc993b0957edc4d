//! The same figures from files that look different: rows shuffled, columns reordered, a header renamed in the
//! mapping only, and a fourth bank that brings its own layout.

use std::path::Path;

use serde_json::Value;

use crate::support::product::{Installation, on_both, samples, test_data};

fn ymk_rows() -> (Vec<String>, Vec<Vec<String>>) {
    let bytes = std::fs::read(samples().join("registration/YMK_registration.csv")).unwrap();
    let (text, _, broken) = encoding_rs::GB18030.decode(&bytes);
    assert!(!broken);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let head = rows.next().unwrap();
    (head, rows.collect())
}

fn write(path: &Path, head: &[String], rows: &[Vec<String>]) {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    let (bytes, _, broken) = encoding_rs::GB18030.encode(&text);
    assert!(!broken);
    std::fs::write(path, &bytes).unwrap();
}

fn check_rest(installation: &Installation, ymk: &str, mapping: &[&str]) {
    installation.json(&["import", "partners", "partners.csv"], &[0]);
    installation.json(&["import", "fund", "fund.csv"], &[0, 1]);
    let mut call = vec!["import", "registrations", ymk];
    call.extend(mapping);
    installation.json(&call, &[1]);
    let others = ["registration/SGH_registration.xlsx", "registration/YYC_registration.xlsx"];
    installation.json(&["import", "registrations", others[0], others[1]], &[1]);
    let portfolio = installation.json(&["portfolio"], &[0]);
    assert_eq!(portfolio["portfolio"], test_data("expected.json")["portfolio"]);
}

#[test]
fn shuffled_rows_and_reordered_columns_give_the_same_portfolio() {
    on_both(|installation| {
        let (head, mut rows) = ymk_rows();
        // The first of two equal contracts stands, so those two keep their order.
        let last = rows.len() - 1;
        rows.swap(3, 40);
        rows.swap(10, 90);
        rows.swap(0, last);
        let turned = |row: &Vec<String>| row.iter().rev().cloned().collect::<Vec<_>>();
        let path = installation.folder.path().join("YMK_turned.csv");
        write(&path, &turned(&head), &rows.iter().map(turned).collect::<Vec<_>>());
        check_rest(installation, &path.to_string_lossy(), &[]);
    });
}

#[test]
fn a_header_renamed_in_the_mapping_only_gives_the_same_portfolio() {
    on_both(|installation| {
        let (mut head, rows) = ymk_rows();
        for name in &mut head {
            if name == "信用代码" {
                "统一代码".clone_into(name);
            }
        }
        let path = installation.folder.path().join("YMK_renamed.csv");
        write(&path, &head, &rows);
        let mapping =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/ymk_registrations.toml"))
                .unwrap();
        let renamed = mapping.replace("\"信用代码\"", "\"统一代码\"");
        assert_ne!(mapping, renamed);
        let folder = installation.folder.path().join("mappings");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("ymk_registrations.toml"), renamed).unwrap();
        check_rest(installation, &path.to_string_lossy(), &[]);
    });
}

#[test]
fn a_fourth_bank_with_its_own_layout_needs_one_mapping_file() {
    on_both(|installation| {
        let mapping =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/ymk_registrations.toml"))
                .unwrap();
        let (head, rows) = ymk_rows();
        let mut own = mapping.replace("\"ymk_registrations\"", "\"dtb_registrations\"").replace("\"YMK\"", "\"DTB\"");
        let mut own_head = Vec::new();
        for name in &head {
            let other = format!("本行{name}");
            own = own.replace(&format!("\"{name}\""), &format!("\"{other}\""));
            own_head.push(other);
        }
        let own_rows: Vec<Vec<String>> = rows[..20]
            .iter()
            .map(|row| row.iter().map(|cell| cell.replace("YMK", "DTB").replace("ＹＭＫ", "DTB")).collect())
            .collect();
        let folder = installation.folder.path().join("mappings");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("dtb_registrations.toml"), own).unwrap();
        let path = installation.folder.path().join("DTB_book.csv");
        write(&path, &own_head, &own_rows);
        let answer: Value = installation.json(&["import", "registrations", &path.to_string_lossy()], &[0, 1]);
        let file = &answer["files"][0];
        assert_eq!(file["bank"], "DTB");
        assert_eq!(file["records_total"], 20);
        assert_eq!(file["records_accepted"], 19, "{file}");
    });
}
