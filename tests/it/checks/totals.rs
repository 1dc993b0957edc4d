//! The file's own total rows beside what was read.

use pledgefund::domain::money::FenDelta;
use pledgefund::i18n::Lang;
use pledgefund::import::FileReading;
use pledgefund::import::field::{Field, FileKind};

use super::{MONTH_HEADER, codes, read};
use crate::support::product::{Installation, samples};

fn fund(rows: &str) -> FileReading {
    let text = format!("日期,类别,来源,合同编号,金额(元),备注\n{rows}");
    read("fund.csv", text.as_bytes(), FileKind::Fund)
}

fn totals(reading: &FileReading) -> Vec<(Field, u32, String, String, bool)> {
    let shown = |check: &pledgefund::import::totals::TotalCheck| {
        (check.field, check.row, check.file_says.yuan(), check.computed.yuan(), check.agrees())
    };
    reading.totals.iter().map(shown).collect()
}

#[test]
fn the_total_row_of_the_sample_covers_every_loan_once_refused_ones_included() {
    let path = "registration/YYC_registration.xlsx";
    let reading = read(path, &std::fs::read(samples().join(path)).unwrap(), FileKind::Registrations);
    // 200 loans, six of them refused, one of those with a principal of minus 5,000,000.
    let total = "821600000.00".to_owned();
    assert_eq!(totals(&reading), [(Field::Principal, 392, total.clone(), total, true)]);
    assert!(!reading.notes.iter().any(|note| note.code.code().starts_with("TOTAL")));
    for path in ["registration/SGH_registration.xlsx", "registration/YMK_registration.csv"] {
        let reading = read(path, &std::fs::read(samples().join(path)).unwrap(), FileKind::Registrations);
        assert_eq!(reading.totals, [], "{path}");
    }
}

#[test]
fn a_total_that_is_not_the_sum_is_noted_with_both_figures() {
    let rows = "2025-07-01,出资,市级财政,,100.10,\n2025-07-02,出资,市级财政,,200.20,\n合计,,,,300.31,\n";
    let reading = fund(rows);
    assert_eq!(totals(&reading), [(Field::Amount, 4, "300.31".into(), "300.30".into(), false)]);
    let note = &reading.notes[0];
    assert_eq!((note.row, note.column.as_str(), note.contract.as_deref()), (4, "金额(元)", None));
    let zh = "文件合计300.31元，各行相加为300.30元，相差0.01元（含拒收行）；请核对有无漏行或改动";
    assert_eq!(note.reason(Lang::Zh), zh);
    let en = "the file's total is 300.31, its rows add up to 300.30, a difference of 0.01 (refused rows included); look for missing or changed rows";
    assert_eq!(note.reason(Lang::En), en);
}

#[test]
fn rows_whose_amount_does_not_read_are_counted_beside_the_sum() {
    let reading = fund("2025-07-01,出资,市级财政,,100,\n2025-07-02,出资,市级财政,,两百,\n合计,,,,300,\n");
    assert_eq!(codes(&reading.rejected), [(3, "NUMBER_INVALID")]);
    let reason = reading.notes[0].reason(Lang::Zh);
    assert!(reason.contains("相差200.00元") && reason.contains("另有1行金额无法识别"), "{reason}");
}

#[test]
fn part_sums_are_left_out_and_totals_of_pages_may_add_up() {
    let rows =
        "2025-07-01,出资,市级财政,,100,\n小计,,,,100,\n2025-07-02,出资,市级财政,,200,\n小计,,,,200,\n总计,,,,300,\n";
    assert_eq!(totals(&fund(rows)), [(Field::Amount, 6, "300.00".into(), "300.00".into(), true)]);
    let pages = rows.replace("小计", "合计").replace("总计,,,,300,\n", "");
    let reading = fund(&pages);
    assert_eq!(totals(&reading), [(Field::Amount, 5, "300.00".into(), "300.00".into(), true)]);
    assert!(reading.notes.is_empty());
}

#[test]
fn a_total_that_does_not_read_is_said_and_an_empty_one_says_nothing() {
    let reading = fund("2025-07-01,出资,市级财政,,100,\n合计,,,,见附件,\n");
    assert_eq!(codes(&reading.notes), [(3, "TOTAL_UNREADABLE")]);
    assert_eq!(reading.notes[0].reason(Lang::Zh), "合计行的金额无法识别：见附件；未能核对合计");
    let empty = fund("2025-07-01,出资,市级财政,,100,\n合计,,,,,共1笔\n");
    assert_eq!((totals(&empty), codes(&empty.notes)), (vec![], vec![]));
}

#[test]
fn every_money_column_of_a_report_is_compared() {
    let rows =
        "A-1,20250731,100.00,10.00,1.00,20250701,关注\nA-1,20250731,50.00,0.00,0.00,,正常\n合计,,150.00,10.00,2.00,,\n";
    let reading = read("SGH_202507.csv", format!("{MONTH_HEADER}\n{rows}").as_bytes(), FileKind::Servicing);
    // The second row repeats the contract and is refused; its balance stands in the file and so in its total.
    assert_eq!(codes(&reading.rejected), [(3, "ROW_DUPLICATE")]);
    let found: Vec<_> = totals(&reading).into_iter().map(|(field, _, _, _, agrees)| (field, agrees)).collect();
    assert_eq!(found, [(Field::Balance, true), (Field::OverduePrincipal, true), (Field::OverdueInterest, false)]);
    assert_eq!(reading.totals[2].computed, FenDelta::new(100));
}

#[test]
fn a_total_that_differs_is_told_on_the_command_line() {
    let installation = Installation::sqlite();
    let path = installation.folder.path().join("fund.csv");
    let text = "日期,类别,来源,合同编号,金额(元),备注\n2025-07-01,出资,市级财政,,100,\n合计,,,,90,\n";
    std::fs::write(&path, text).unwrap();
    let output = installation.run(&["import", "fund", &path.to_string_lossy(), "--dry-run"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("TOTAL_DIFFERS") && told.contains("文件合计90.00元，各行相加为100.00元"), "{told}");
}
