//! A bank's loan book of any size in the standard layout, for measuring.
//!
//! **Invariant:** every code and number is valid and every contract, borrower and right stands once, so that each
//! row becomes a stored loan; the same size gives the same bytes of content.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

/// Headers of the standard layout.
pub const HEADERS: [&str; 32] = [
    "合同编号",
    "借款人名称",
    "统一社会信用代码",
    "成立日期",
    "所在县区",
    "行业",
    "企业规模",
    "从业人数",
    "上年营业收入(元)",
    "是否首贷",
    "贷款本金(元)",
    "年利率(%)",
    "放款日",
    "到期日",
    "还款方式",
    "知识产权类型",
    "知识产权编号",
    "知识产权名称",
    "评估价值(元)",
    "质押登记号",
    "质押登记日",
    "评估机构",
    "知识产权承担比例(%)",
    "保险机构",
    "保险产品",
    "保单号",
    "保险金额(元)",
    "保费(元)",
    "保险起期",
    "保险止期",
    "担保机构",
    "担保责任比例(%)",
];

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const CODE_WEIGHTS: [u64; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const INNER_WEIGHTS: [u64; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
const PATENT_WEIGHTS: [u64; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
const COUNTIES: [&str; 6] = ["朔城区", "平鲁区", "山阴县", "应县", "右玉县", "怀仁市"];
const INDUSTRIES: [&str; 5] = ["陶瓷", "新能源", "农产品加工", "装备制造", "新材料"];

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Text.
    Text(String),
    /// Number.
    Number(f64),
    /// Day: year, month, day.
    Day(u16, u8, u8),
}

fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

/// A valid credit code, different for each number.
pub fn credit_code(number: u64) -> String {
    let organisation: String = format!("{:08}", (number * 7_919 + 10_000_019) % 100_000_000);
    let sum: u64 =
        organisation.bytes().zip(INNER_WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    let inner = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + u8::try_from(digit).unwrap()),
    };
    let code = format!("91140600{organisation}{inner}");
    let value = |byte: u8| u64::try_from(ALPHABET.iter().position(|known| *known == byte).unwrap()).unwrap();
    let sum: u64 = code.bytes().zip(CODE_WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    let check = ALPHABET[usize::try_from((31 - sum % 31) % 31).unwrap()];
    format!("{code}{}", char::from(check))
}

/// A valid number of an invention filed between 2018 and 2022, different for each number.
pub fn patent_number(number: u64) -> String {
    let digits = format!("{}1{:07}", 2018 + number % 5, number / 5);
    let sum: u64 = digits.bytes().zip(PATENT_WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    let check = if sum % 11 == 10 { "X".to_owned() } else { (sum % 11).to_string() };
    format!("ZL{digits}.{check}")
}

/// The cells of one loan.
pub fn loan(number: u64) -> Vec<Cell> {
    let pick = |list: &[&'static str]| text(list[usize::try_from(number).unwrap() % list.len()]);
    let rights = 1 + number % 3;
    let patents: Vec<String> = (0..rights).map(|nth| patent_number(number * 3 + nth)).collect();
    let repeat = |word: &str| vec![word; patents.len()].join("、");
    let titles: Vec<String> =
        (1..=rights).map(|nth| format!("一种节能窑炉余热回收装置及方法{number}之{nth}")).collect();
    let principal = 1_000_000.0 + f64::from(u32::try_from(number % 400).unwrap()) * 10_000.0;
    let month = u8::try_from(1 + number % 12).unwrap();
    let mut cells = vec![
        text(format!("BIG-2024-{number:07}")),
        text(format!("朔州市恒源科技第{number}有限公司")),
        text(credit_code(number)),
        Cell::Day(2012 + u16::try_from(number % 10).unwrap(), month, 15),
        pick(&COUNTIES),
        pick(&INDUSTRIES),
        text("小型"),
        Cell::Number(f64::from(u32::try_from(20 + number % 200).unwrap())),
        Cell::Number(3_000_000.0 + principal),
        text(if number.is_multiple_of(4) { "是" } else { "否" }),
        Cell::Number(principal),
        Cell::Number(3.85),
        Cell::Day(2024, month, 10),
        Cell::Day(2026, month, 10),
        text("按月付息到期还本"),
        text(repeat("发明专利")),
        text(patents.join("、")),
        text(titles.join("、")),
        Cell::Number(principal * 1.6),
        text(format!("Y2024980{number:07}")),
        Cell::Day(2024, month, 5),
        text("金沙滩知识产权评估有限公司"),
        Cell::Number(100.0),
    ];
    if number.is_multiple_of(5) {
        cells.extend([
            text("桑干财产保险股份有限公司朔州中心支公司"),
            text("专利质押融资保证保险"),
            text(format!("PZBX2024{number:08}")),
            Cell::Number(principal / 2.0),
            Cell::Number(9_800.0),
            Cell::Day(2024, month, 10),
            Cell::Day(2026, month, 10),
            Cell::Blank,
            Cell::Blank,
        ]);
    } else {
        cells.resize(HEADERS.len(), Cell::Blank);
    }
    cells
}

/// A workbook with the loans 1 to `count`; `damage` may spoil the cells of a loan.
///
/// # Errors
/// What the writer says.
pub fn workbook(count: u64, damage: impl Fn(u64, &mut Vec<Cell>)) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(0, column, header)?;
    }
    for number in 1..=count {
        let mut cells = loan(number);
        damage(number, &mut cells);
        let row = u32::try_from(number).unwrap();
        for (column, cell) in (0..).zip(&cells) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => drop(sheet.write_string(row, column, text)?),
                Cell::Number(number) => drop(sheet.write_number(row, column, *number)?),
                Cell::Day(year, month, day) => {
                    let day = ExcelDateTime::from_ymd(*year, *month, *day)?;
                    sheet.write_datetime_with_format(row, column, &day, &date)?;
                }
            }
        }
    }
    book.save_to_buffer()
}
