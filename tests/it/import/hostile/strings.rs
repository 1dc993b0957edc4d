//! Ten thousand random Chinese texts through every form of file, read back as they were.

use pledgefund::import::field::FileKind;

use super::super::rebuild::{Grid, TestCell, csv_of, gb18030, text, xlsx_of};
use super::super::row_checks::{GOOD, HEADER};
use super::super::{loans, read};
use super::forge::column_of;

const COUNT: usize = 10_000;

/// Names of Chinese characters common and rare, with what stands among them; the same each time.
fn names() -> Vec<String> {
    let mut state = 2_463_534_242_u64;
    let mut next = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state % u64::from(below)).unwrap()
    };
    let mut one = || {
        let length = 2 + next(40);
        let mut name = String::from("朔");
        for _ in 0..length {
            let c = match next(20) {
                0 => char::from_u32(0x3400 + next(0x19B5)),
                1 => char::from_u32(0x2_0000 + next(0xA6DF)),
                2 => Some(['（', '）', '·', '、', '—', '“', '”', ',', '"', '\''][usize::try_from(next(10)).unwrap()]),
                3 => char::from_u32(u32::from('A') + next(26)),
                _ => char::from_u32(0x4E00 + next(0x51A5)),
            };
            name.push(c.unwrap());
        }
        name.push('司');
        name
    };
    (0..COUNT).map(|_| one()).collect()
}

fn grid(names: &[String]) -> Grid {
    let mut grid: Grid = vec![HEADER.map(text).to_vec()];
    let (contract, borrower) = (column_of("合同编号"), column_of("借款人名称"));
    for (number, name) in names.iter().enumerate() {
        let mut row = GOOD.map(text).to_vec();
        row[contract] = text(&format!("A-{number}"));
        row[borrower] = TestCell::Text(name.clone());
        grid.push(row);
    }
    grid
}

#[track_caller]
fn check(file: &str, bytes: &[u8], names: &[String]) {
    let reading = read(file, bytes, FileKind::Registrations).unwrap();
    assert_eq!(reading.rejected.first(), None, "{file}");
    let read: Vec<&str> = loans(&reading).iter().map(|loan| loan.value.borrower.name.as_str()).collect();
    assert_eq!(read.len(), COUNT);
    for (read, written) in read.iter().zip(names) {
        assert_eq!(read, written, "{file}");
        assert!(!read.contains('\u{FFFD}'));
    }
}

#[test]
fn ten_thousand_chinese_texts_come_back_from_every_form_of_file() {
    let names = names();
    let grid = grid(&names);
    let plain = csv_of(&grid);
    check("utf8.csv", plain.as_bytes(), &names);
    check("marked.csv", format!("\u{feff}{plain}").as_bytes(), &names);
    check("gb18030.csv", &gb18030(&plain), &names);
    check("book.xlsx", &xlsx_of(&[("备案", &grid)], &[]), &names);
}
