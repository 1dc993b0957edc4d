//! Workbooks that are large and honest must pass where hostile ones are stopped.

use pledgefund::import::guard;
use pledgefund::import::limits::Limits;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::super::row_checks::{GOOD, HEADER};
use super::read;

/// A registration workbook as a bank's system writes it: texts of their own in every row, numbers as numbers and
/// dates as dates.
pub fn registrations(rows: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip(HEADER) {
        sheet.write_string(0, column, header).unwrap();
    }
    for number in 1..=rows {
        for (column, (header, value)) in (0_u16..).zip(HEADER.iter().zip(GOOD)) {
            match *header {
                "合同编号" => sheet.write_string(number, column, format!("SGH-JK-2024-{number:08}")).unwrap(),
                "借款人名称" => {
                    sheet.write_string(number, column, format!("朔州市第{number}号精密机械制造有限公司")).unwrap()
                }
                "知识产权名称" => {
                    sheet.write_string(number, column, format!("一种第{number}号陶瓷烧结装置、商标{number}")).unwrap()
                }
                "质押登记号" | "保单号" => {
                    sheet.write_string(number, column, format!("Y{number:012}")).unwrap()
                }
                header if header.contains('日') || header.ends_with('期') => {
                    let day = ExcelDateTime::parse_from_str(value).unwrap();
                    sheet.write_datetime_with_format(number, column, &day, &date).unwrap()
                }
                header if header.contains("(元)") => sheet.write_number(number, column, f64::from(number)).unwrap(),
                "年利率(%)" | "从业人数" | "知识产权承担比例(%)" | "担保责任比例(%)" => {
                    sheet.write_number(number, column, value.parse::<f64>().unwrap()).unwrap()
                }
                _ => sheet.write_string(number, column, value).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_large_honest_workbook_passes_far_from_every_limit() {
    let bytes = registrations(3_000);
    let limits = Limits::default();
    let survey = guard::inspect(&bytes, &limits).unwrap();
    let packed = u64::try_from(bytes.len()).unwrap();
    assert!(survey.inflated < packed * limits.ratio / 5, "{} to {packed}", survey.inflated);
    // What 200,000 rows or 20 MiB of the same would unpack to, whichever is less.
    let by_rows = survey.inflated * 200_000 / 3_000;
    let by_bytes = survey.inflated * u64::try_from(limits.bytes).unwrap() / packed;
    assert!(by_rows.min(by_bytes) < limits.inflated, "{by_rows} {by_bytes}");
    assert_eq!(read("loans.xlsx", &bytes).unwrap().records_total, 3_000);
}
