//! The same facts in another order, form or encoding give the same records.

use pledgefund::import::FileReading;
use pledgefund::import::field::FileKind;

use super::rebuild::{self, Area, Grid, TestCell, csv_of, gb18030, grid_of_csv, grid_of_xlsx, text, xlsx_of};
use super::{faults, loans_by_contract, read, sample};

const SGH: &str = "registration/SGH_registration.xlsx";
const YMK: &str = "registration/YMK_registration.csv";
const YYC: &str = "registration/YYC_registration.xlsx";

#[track_caller]
fn check_same(original: &str, name: &str, rebuilt: &[u8]) -> FileReading {
    let want = read(original, &sample(original), FileKind::Registrations).unwrap();
    let got = read(name, rebuilt, FileKind::Registrations).unwrap();
    assert_eq!(loans_by_contract(&got), loans_by_contract(&want));
    assert_eq!(faults(&got.rejected), faults(&want.rejected));
    assert_eq!(faults(&got.warnings), faults(&want.warnings));
    assert_eq!(got.records_total, want.records_total);
    assert!(got.rejected.is_sorted_by_key(|finding| finding.row));
    got
}

fn single_rows(body: &[Vec<TestCell>]) -> Vec<Grid> {
    body.iter().map(|row| vec![row.clone()]).collect()
}

#[test]
fn a_workbook_with_rows_shuffled_and_columns_reordered_gives_the_same_loans() {
    let grid = grid_of_xlsx(&sample(SGH), "质押贷款备案");
    let columns = rebuild::order(grid[0].len(), 7);
    let mut mixed = vec![grid[0].clone()];
    mixed.extend(rebuild::shuffled(&single_rows(&grid[1..]), 2, 11).concat());
    let bytes = xlsx_of(&[("质押贷款备案", &rebuild::reordered(&mixed, &columns))], &[]);
    check_same(SGH, "SGH_mixed.xlsx", &bytes);
}

#[test]
fn a_text_with_rows_shuffled_and_columns_reordered_gives_the_same_loans_in_either_encoding() {
    let bytes = sample(YMK);
    let (original, _, _) = encoding_rs::GB18030.decode(&bytes);
    let grid = grid_of_csv(&original);
    let columns = rebuild::order(grid[0].len(), 3);
    let mut mixed = vec![grid[0].clone()];
    mixed.extend(rebuild::shuffled(&single_rows(&grid[1..]), 1, 5).concat());
    let text = csv_of(&rebuild::reordered(&mixed, &columns));
    check_same(YMK, "YMK_mixed.csv", &gb18030(&text));
    check_same(YMK, "YMK_mixed.csv", text.as_bytes());
    check_same(YMK, "mixed.csv", format!("\u{feff}{text}").as_bytes());
}

/// Header rows (two) and the blocks of the sample that has one row a right.
fn yyc_blocks() -> (Grid, Vec<Grid>) {
    let grid = grid_of_xlsx(&sample(YYC), "备案明细");
    let mut blocks: Vec<Grid> = Vec::new();
    for row in grid[4..].iter().filter(|row| row.iter().any(|cell| !cell.text().is_empty())) {
        if row[0].text() == "合计" {
            continue;
        }
        if row[9].text().is_empty() {
            blocks.last_mut().unwrap().push(row.clone());
        } else {
            blocks.push(vec![row.clone()]);
        }
    }
    let mut header = grid[2..4].to_vec();
    let mut group = String::new();
    for cell in &mut header[0] {
        if cell.text().is_empty() {
            *cell = text(&group);
        } else {
            group = cell.text();
        }
    }
    (header, blocks)
}

#[test]
fn merged_loans_shuffled_with_columns_reordered_give_the_same_loans() {
    let (header, blocks) = yyc_blocks();
    let columns = rebuild::order(header[0].len(), 13);
    let mut grid = header;
    let mut areas: Vec<Area> = Vec::new();
    for block in rebuild::shuffled(&blocks, 1, 17) {
        let top = u32::try_from(grid.len()).unwrap();
        let bottom = top + u32::try_from(block.len()).unwrap() - 1;
        for (place, column) in columns.iter().enumerate() {
            if bottom > top && !(16..=19).contains(column) {
                let place = u16::try_from(place).unwrap();
                areas.push((top, place, bottom, place));
            }
        }
        grid.extend(block);
    }
    let grid = rebuild::reordered(&grid, &columns);
    let notes = vec![vec![text("填报说明")]];
    check_same(YYC, "YYC_mixed.xlsx", &xlsx_of(&[("备案明细", &grid), ("填报说明", &notes)], &areas));
    check_same(YYC, "YYC_unmerged.xlsx", &xlsx_of(&[("Sheet1", &grid)], &[]));
}

#[test]
fn loan_cells_repeated_in_every_row_give_the_same_loans_as_merged_ones() {
    let (header, blocks) = yyc_blocks();
    let mut grid = header;
    for block in blocks {
        let head = block[0].clone();
        for mut row in block {
            for column in (0..row.len()).filter(|column| !(16..=19).contains(column)) {
                row[column] = head[column].clone();
            }
            grid.push(row);
        }
    }
    check_same(YYC, "YYC_filled.csv", csv_of(&grid).as_bytes());
}

#[test]
fn columns_are_found_without_the_row_of_groups() {
    let (mut header, blocks) = yyc_blocks();
    header[0] = vec![text("右玉城市商业银行")];
    let mut grid = header;
    grid.extend(blocks.concat());
    check_same(YYC, "YYC_plain.csv", csv_of(&grid).as_bytes());
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_does_after_empty_lines_and_breaks_inside_cells() {
    let header = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类";
    let text = format!(
        "{header}\r\n\r\n\"A\r\n1\",2025-07-31,1,0,0,,正常\r\n,,,,,,\r\nA2,2025-07-31,x,0,0,,正常\n\n\nA3,2025-07-31,y,0,0,,正常"
    );
    let reading = read("SGH_202507.csv", text.as_bytes(), FileKind::Servicing).unwrap();
    let rows: Vec<u32> = reading.rejected.iter().map(|finding| finding.row).collect();
    assert_eq!(rows, [5, 8]);
    assert_eq!(reading.records_total, 3);
}
