//! Sample files taken apart into cells and put together again in another order or form.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use chrono::NaiveDate;
use encoding_rs::GB18030;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// A cell as a test writes it.
#[derive(Debug, Clone, PartialEq)]
pub enum TestCell {
    Text(String),
    Number(f64),
    Date(NaiveDate),
}

pub type Grid = Vec<Vec<TestCell>>;

impl TestCell {
    pub fn text(&self) -> String {
        match self {
            TestCell::Text(text) => text.clone(),
            TestCell::Number(number) => number.to_string(),
            TestCell::Date(day) => day.format("%Y/%-m/%-d").to_string(),
        }
    }
}

pub fn text(text: &str) -> TestCell {
    TestCell::Text(text.to_owned())
}

/// The cells of a CSV text.
pub fn grid_of_csv(text: &str) -> Grid {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(self::text).collect()).collect()
}

/// The cells of a sheet.
pub fn grid_of_xlsx(bytes: &[u8], sheet: &str) -> Grid {
    let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let cell = |data: &Data| match data {
        Data::DateTime(_) => TestCell::Date(data.as_date().unwrap()),
        Data::Float(number) => TestCell::Number(*number),
        other => TestCell::Text(other.to_string()),
    };
    range.rows().map(|row| row.iter().map(cell).collect()).collect()
}

pub fn csv_of(grid: &Grid) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in grid {
        writer.write_record(row.iter().map(TestCell::text)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

pub fn gb18030(text: &str) -> Vec<u8> {
    let (bytes, _, replaced) = GB18030.encode(text);
    assert!(!replaced);
    bytes.into_owned()
}

/// A merged area: first row, first column, last row, last column, from 0.
pub type Area = (u32, u16, u32, u16);

pub fn xlsx_of(sheets: &[(&str, &Grid)], areas: &[Area]) -> Vec<u8> {
    let mut book = Workbook::new();
    let date_format = Format::new().set_num_format("yyyy-mm-dd");
    let plain = Format::new();
    for (name, grid) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        if *name == sheets[0].0 {
            for (top, left, bottom, right) in areas {
                sheet.merge_range(*top, *left, *bottom, *right, "", &plain).unwrap();
            }
        }
        for (row, cells) in grid.iter().enumerate() {
            let row = u32::try_from(row).unwrap();
            for (column, cell) in cells.iter().enumerate() {
                let column = u16::try_from(column).unwrap();
                match cell {
                    TestCell::Text(text) if text.is_empty() => continue,
                    TestCell::Text(text) => sheet.write_string(row, column, text).unwrap(),
                    TestCell::Number(number) => sheet.write_number(row, column, *number).unwrap(),
                    TestCell::Date(day) => {
                        let day = ExcelDateTime::parse_from_str(&day.to_string()).unwrap();
                        sheet.write_datetime_with_format(row, column, &day, &date_format).unwrap()
                    }
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A fixed shuffle of 0..n: the same for the same seed.
pub fn order(n: usize, seed: u64) -> Vec<usize> {
    let mut state = seed;
    let mut places: Vec<usize> = (0..n).collect();
    for at in (1..n).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).unwrap() % (at + 1);
        places.swap(at, other);
    }
    places
}

/// Shuffles blocks of rows, but keeps those of the same borrower in their order, because which of two equal
/// contracts stands, and which name is the first, is a matter of order.
pub fn shuffled(blocks: &[Grid], borrower: usize, seed: u64) -> Vec<Grid> {
    let places = order(blocks.len(), seed);
    let mut mixed: Vec<usize> = places.clone();
    let key = |block: usize| super::rebuild::folded(&blocks[block][0][borrower].text());
    let mut keys: Vec<String> = (0..blocks.len()).map(key).collect();
    keys.sort();
    keys.dedup();
    for wanted in keys {
        let slots: Vec<usize> = (0..mixed.len()).filter(|slot| key(places[*slot]) == wanted).collect();
        let mut members: Vec<usize> = slots.iter().map(|slot| places[*slot]).collect();
        members.sort_unstable();
        for (slot, member) in slots.iter().zip(members) {
            mixed[*slot] = member;
        }
    }
    assert_ne!(mixed, (0..blocks.len()).collect::<Vec<_>>());
    mixed.into_iter().map(|block| blocks[block].clone()).collect()
}

pub fn folded(text: &str) -> String {
    pledgefund::domain::names::fold_code(text)
}

/// Columns in another order.
pub fn reordered(grid: &Grid, columns: &[usize]) -> Grid {
    let empty = || text("");
    grid.iter()
        .map(|row| columns.iter().map(|column| row.get(*column).cloned().unwrap_or_else(empty)).collect())
        .collect()
}
