//! Workbooks that read, with cells that must not pass for what they seem.

use super::forge::{good_rows, loan_saying, loan_with, pack, replace, sheet_of, with_sheet};
use super::read;
use super::{Hostile, Read, xlsx};
use pledgefund::domain::money::Fen;

use super::super::loans;

const NAME: &str = "借款人名称";
const CONTRACT: &str = "合同编号";
const CODE: &str = "统一社会信用代码";
const AMOUNT: &str = "贷款本金(元)";
const LENT: &str = "放款日";

pub const FILES: &[Hostile] = &[
    xlsx(
        "a name that is a formula",
        || loan_with(&[(NAME, r#"<c r="@" t="str"><f>CONCATENATE("甲","公司")</f><v>甲公司</v></c>"#)]),
        Read(0, &["FORMULA_TEXT"]),
    ),
    xlsx("a name that calls a program", || loan_saying(&[(NAME, "=cmd|'/c calc'!A0")]), Read(0, &["TEXT_FORMULA"])),
    xlsx(
        "a name that calls a program in full width",
        || loan_saying(&[(NAME, "＝HYPERLINK(1)")]),
        Read(0, &["TEXT_FORMULA"]),
    ),
    xlsx(
        "a name that hides its formula behind a joiner",
        || loan_saying(&[(NAME, "\u{200B}=SUM(1)")]),
        Read(0, &["TEXT_FORMULA"]),
    ),
    xlsx(
        "an amount that is a formula",
        || loan_with(&[(AMOUNT, r#"<c r="@"><f>100*10</f><v>1000</v></c>"#)]),
        Read(1, &[]),
    ),
    xlsx(
        "an amount that nobody computed",
        || loan_with(&[(AMOUNT, r#"<c r="@"><f>100*10</f></c>"#)]),
        Read(0, &["CELL_ERROR"]),
    ),
    xlsx(
        "a shared formula without its master",
        || loan_with(&[(AMOUNT, r#"<c r="@"><f t="shared" si="4294967295"/></c>"#)]),
        Read(0, &["CELL_ERROR"]),
    ),
    xlsx(
        "an error in an amount",
        || loan_with(&[(AMOUNT, r##"<c r="@" t="e"><v>#DIV/0!</v></c>"##)]),
        Read(0, &["CELL_ERROR"]),
    ),
    xlsx(
        "an error in a name",
        || loan_with(&[(NAME, r##"<c r="@" t="e"><v>#N/A</v></c>"##)]),
        Read(0, &["CELL_ERROR"]),
    ),
    xlsx(
        "an amount that is no number",
        || loan_with(&[(AMOUNT, r#"<c r="@"><v>NaN</v></c>"#)]),
        Read(0, &["NUMBER_INVALID"]),
    ),
    xlsx(
        "an amount without end",
        || loan_with(&[(AMOUNT, r#"<c r="@"><v>1e999</v></c>"#)]),
        Read(0, &["NUMBER_INVALID"]),
    ),
    xlsx(
        "an amount of three hundred digits",
        || loan_with(&[(AMOUNT, r#"<c r="@"><v>1e300</v></c>"#)]),
        Read(0, &["NUMBER_INVALID"]),
    ),
    xlsx("a date as a number", || loan_with(&[(LENT, r#"<c r="@"><v>45293</v></c>"#)]), Read(1, &[])),
    xlsx("a date as a formatted number", || loan_with(&[(LENT, r#"<c r="@" s="1"><v>45293</v></c>"#)]), Read(1, &[])),
    xlsx(
        "the day that never was",
        || loan_with(&[(LENT, r#"<c r="@" s="1"><v>60</v></c>"#)]),
        Read(0, &["DATE_UNREADABLE"]),
    ),
    xlsx(
        "a day before the day that never was",
        || loan_with(&[(LENT, r#"<c r="@" s="1"><v>1</v></c>"#)]),
        Read(0, &["DATE_UNREADABLE"]),
    ),
    xlsx(
        "a date without beginning",
        || loan_with(&[(LENT, r#"<c r="@" s="1"><v>-1e300</v></c>"#)]),
        Read(0, &["DATE_UNREADABLE"]),
    ),
    xlsx(
        "a date without end",
        || loan_with(&[(LENT, r#"<c r="@" s="1"><v>1e300</v></c>"#)]),
        Read(0, &["DATE_UNREADABLE"]),
    ),
    xlsx(
        "a contract of fifteen digits as a number",
        || loan_with(&[(CONTRACT, r#"<c r="@"><v>123456789012345</v></c>"#)]),
        Read(1, &[]),
    ),
    xlsx(
        "a contract of eighteen digits as a number",
        || loan_with(&[(CONTRACT, r#"<c r="@"><v>123456789012345678</v></c>"#)]),
        Read(0, &["DIGITS_LOST"]),
    ),
    xlsx("a contract in scientific notation", || loan_saying(&[(CONTRACT, "1.23E+17")]), Read(0, &["DIGITS_LOST"])),
    xlsx("a credit code in scientific notation", || loan_saying(&[(CODE, "９.１１E+17")]), Read(0, &["DIGITS_LOST"])),
    xlsx("a contract with an E that is no power", || loan_saying(&[(CONTRACT, "2024E17")]), Read(1, &[])),
    xlsx(
        "full-width digits",
        || {
            loan_saying(&[
                (AMOUNT, "１，０００．００"),
                (CONTRACT, "Ａ－１"),
                (CODE, "９１１４０６０２ＭＡ０ＨＴ３Ｋ７３１"),
            ])
        },
        Read(1, &[]),
    ),
    xlsx(
        "joiners and marks inside of codes",
        || loan_saying(&[(CODE, "\u{FEFF}91140602\u{200B}MA0HT3K\u{200E}731\u{00A0}"), (CONTRACT, "A\u{2060}-1")]),
        Read(1, &[]),
    ),
    xlsx("a name that turns its direction", || loan_saying(&[(NAME, "甲\u{202E}司公")]), Read(0, &["TEXT_INVISIBLE"])),
    xlsx(
        "a contract that turns its direction",
        || loan_saying(&[(CONTRACT, "A\u{2066}1")]),
        Read(0, &["TEXT_INVISIBLE"]),
    ),
    xlsx("a name with a bell", || loan_saying(&[(NAME, "甲_x0007_公司")]), Read(0, &["TEXT_INVISIBLE"])),
    xlsx("a name with replaced characters", || loan_saying(&[(NAME, "甲\u{FFFD}司")]), Read(0, &["TEXT_DAMAGED"])),
    xlsx("a name read wrongly twice", || loan_saying(&[(NAME, "锟斤拷公司")]), Read(0, &["TEXT_DAMAGED"])),
    xlsx(
        "a truth for an amount",
        || loan_with(&[(AMOUNT, r#"<c r="@" t="b"><v>1</v></c>"#)]),
        Read(0, &["NUMBER_INVALID"]),
    ),
    xlsx(
        "a date in words of the standard",
        || loan_with(&[(LENT, r#"<c r="@" t="d"><v>2024-01-02T00:00:00</v></c>"#)]),
        Read(1, &[]),
    ),
    xlsx(
        "a date that standard does not know",
        || loan_with(&[(LENT, r#"<c r="@" t="d"><v>2024-13-45T99:00:00</v></c>"#)]),
        Read(0, &["DATE_INVALID"]),
    ),
];

fn only_loan(bytes: &[u8]) -> pledgefund::domain::registration::Registration {
    let reading = read("loans.xlsx", bytes).unwrap();
    assert_eq!(reading.rejected, vec![]);
    loans(&reading)[0].value.clone()
}

#[test]
fn the_result_of_a_formula_is_read_and_noted() {
    let bytes = loan_with(&[(AMOUNT, r#"<c r="@"><f>100*10</f><v>1000</v></c>"#)]);
    let reading = read("loans.xlsx", &bytes).unwrap();
    let of_formulas = reading.notes.iter().filter(|note| note.code.code() == "FORMULA_VALUE");
    let notes: Vec<_> = of_formulas.map(|note| (note.column.as_str(), note.row)).collect();
    assert_eq!(notes, [(AMOUNT, 2)]);
    assert_eq!(only_loan(&bytes).principal, Fen::try_new(100_000).unwrap());
}

#[test]
fn nothing_invisible_is_kept_in_names_and_codes() {
    let name = "\u{FEFF}甲\u{200B}公\u{00AD}司\u{00A0}\u{3000}";
    let loan =
        only_loan(&loan_saying(&[(NAME, name), (CONTRACT, "A\u{200D}-\u{FE0F}1"), ("评估机构", "某\u{2003}评估")]));
    assert_eq!(loan.borrower.name, "甲公司");
    assert_eq!(loan.contract.as_str(), "A-1");
    assert_eq!(loan.appraiser.as_deref(), Some("某 评估"));
}

#[test]
fn days_are_counted_from_1904_where_the_workbook_says_so() {
    let mut parts = with_sheet(sheet_of(&super::forge::rows_with(&[(LENT, r#"<c r="@" s="1"><v>43831</v></c>"#)])));
    let book = r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="备案" r:id="s"/></sheets></workbook>"#;
    replace(&mut parts, "xl/workbook.xml", book);
    assert_eq!(only_loan(&pack(&parts)).disbursed_on.to_string(), "2024-01-02");
}

#[test]
fn the_loan_of_these_files_is_good() {
    assert_eq!(good_rows().len(), 2);
    assert_eq!(only_loan(&loan_saying(&[])).contract.as_str(), "A-1");
}
