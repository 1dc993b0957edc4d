//! One fault a row: its code, its place and its precedence.

use pledgefund::import::field::FileKind;

use super::rebuild::{Grid, TestCell, text, xlsx_of};
use super::{read, refusals};

pub(super) const HEADER: [&str; 32] = [
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
pub(super) const GOOD: [&str; 32] = [
    "A-1",
    "甲公司",
    "91140602MA0HT3K731",
    "2020-01-01",
    "朔城区",
    "陶瓷",
    "小型",
    "44",
    "100",
    "否",
    "1000",
    "4.35",
    "2024-01-02",
    "2025-01-02",
    "按月等额本金",
    "发明专利、商标",
    "202011156730.2、123",
    "甲、乙",
    "5",
    "Y1",
    "2024-01-01",
    "某评估",
    "100",
    "某保险",
    "险",
    "P1",
    "10",
    "1",
    "2024-01-02",
    "2025-01-02",
    "某担保",
    "20",
];

fn good() -> Vec<TestCell> {
    GOOD.map(text).to_vec()
}

fn column(header: &str) -> usize {
    HEADER.iter().position(|known| *known == header).unwrap()
}

fn with(changes: &[(&str, &str)]) -> Vec<TestCell> {
    let mut row = good();
    for (header, value) in changes {
        row[column(header)] = text(value);
    }
    row
}

fn read_rows(rows: &[Vec<TestCell>]) -> pledgefund::import::FileReading {
    let mut grid: Grid = vec![HEADER.map(text).to_vec()];
    grid.extend_from_slice(rows);
    read("loans.xlsx", &xlsx_of(&[("Sheet1", &grid)], &[]), FileKind::Registrations).unwrap()
}

#[track_caller]
fn check(changes: &[(&str, &str)], code: &str, at: &str) {
    let reading = read_rows(&[with(changes)]);
    let got: Vec<_> = reading.rejected.iter().map(|f| (f.code.code(), f.column.as_str(), f.row)).collect();
    assert_eq!(got, [(code, at, 2)], "{changes:?}");
    assert_eq!(reading.records_total, 1);
}

#[test]
fn a_good_row_has_no_finding() {
    let reading = read_rows(&[good()]);
    assert_eq!((refusals(&reading), reading.warnings.len(), reading.records_total), (vec![], 0, 1));
}

#[test]
fn a_required_cell_that_is_empty_is_named() {
    for header in ["合同编号", "借款人名称", "统一社会信用代码", "成立日期", "所在县区", "行业", "企业规模", "是否首贷"]
    {
        check(&[(header, "")], "FIELD_MISSING", header);
    }
    for header in ["年利率(%)", "放款日", "到期日", "还款方式", "知识产权类型", "知识产权编号", "知识产权承担比例(%)"]
    {
        check(&[(header, " - ")], "FIELD_MISSING", header);
    }
    check(&[("贷款本金(元)", "")], "PRINCIPAL_MISSING", "贷款本金(元)");
    check(&[("担保责任比例(%)", "")], "FIELD_MISSING", "担保责任比例(%)");
    check(&[("担保机构", "")], "FIELD_MISSING", "担保机构");
    check(&[("保险机构", "无")], "FIELD_MISSING", "保险机构");
}

#[test]
fn a_cell_that_cannot_be_read_is_named() {
    check(&[("从业人数", "四十")], "NUMBER_INVALID", "从业人数");
    check(&[("从业人数", "4.5")], "NUMBER_INVALID", "从业人数");
    check(&[("上年营业收入(元)", "-1")], "AMOUNT_NEGATIVE", "上年营业收入(元)");
    check(&[("贷款本金(元)", "0.001")], "NUMBER_TOO_FINE", "贷款本金(元)");
    check(&[("贷款本金(元)", "0")], "PRINCIPAL_NOT_POSITIVE", "贷款本金(元)");
    check(&[("年利率(%)", "0")], "RATE_RANGE", "年利率(%)");
    check(&[("年利率(%)", "24.0001")], "RATE_RANGE", "年利率(%)");
    check(&[("知识产权承担比例(%)", "-5")], "IP_SHARE_RANGE", "知识产权承担比例(%)");
    check(&[("担保责任比例(%)", "101")], "SHARE_RANGE", "担保责任比例(%)");
    check(&[("放款日", "2024-13-01")], "DATE_INVALID", "放款日");
    check(&[("成立日期", "去年")], "DATE_UNREADABLE", "成立日期");
    check(&[("到期日", "2024-01-01")], "DATE_ORDER", "到期日");
    check(&[("保险止期", "2023-01-01")], "PERIOD_ORDER", "保险止期");
    check(&[("企业规模", "特大")], "VALUE_UNKNOWN", "企业规模");
    check(&[("还款方式", "随意")], "VALUE_UNKNOWN", "还款方式");
    check(&[("是否首贷", "也许")], "VALUE_UNKNOWN", "是否首贷");
}

#[test]
fn a_text_that_begins_like_a_formula_is_refused_wherever_it_stands() {
    for header in ["合同编号", "借款人名称", "行业", "知识产权名称", "质押登记号", "评估机构", "保险产品", "担保机构"]
    {
        for sign in ["=", "+", "-", "@", "＝"] {
            check(&[(header, &format!("{sign}A1"))], "TEXT_FORMULA", header);
        }
    }
}

#[test]
fn codes_and_numbers_of_rights_are_checked() {
    check(&[("统一社会信用代码", "91140602MA0HT3K732")], "USCC_CHECK", "统一社会信用代码");
    check(&[("统一社会信用代码", "9114O602MA0HT3K731")], "USCC_CHARSET", "统一社会信用代码");
    check(&[("统一社会信用代码", "9114V602MA0HT3K731")], "USCC_CHARSET", "统一社会信用代码");
    check(&[("统一社会信用代码", "9114")], "USCC_LENGTH", "统一社会信用代码");
    check(&[("知识产权编号", "ZL202011156730.3、123")], "PATENT_CHECK", "知识产权编号");
    check(&[("知识产权编号", "ZL2020、123")], "PATENT_FORM", "知识产权编号");
    check(&[("知识产权编号", "202011156730.2")], "IP_COUNT", "知识产权编号");
    check(&[("知识产权名称", "甲")], "IP_COUNT", "知识产权编号");
    check(&[("知识产权类型", "发明专利、荣誉")], "IP_KIND_UNKNOWN", "知识产权类型");
    let long_ago = [("知识产权类型", "发明专利"), ("知识产权编号", "95115608.X"), ("知识产权名称", "甲、乙")];
    check(&long_ago, "IP_TERM_OVER", "知识产权编号");
}

#[test]
fn of_several_faults_the_first_in_the_documented_order_is_told() {
    let reading = read_rows(&[with(&[
        ("担保责任比例(%)", "101"),
        ("到期日", "2023-01-01"),
        ("统一社会信用代码", "9114"),
        ("年利率(%)", "99"),
    ])]);
    assert_eq!(faults_of(&reading), [(2, "USCC_LENGTH")]);
    let reading = read_rows(&[with(&[("担保责任比例(%)", "101"), ("到期日", "2023-01-01")])]);
    assert_eq!(faults_of(&reading), [(2, "DATE_ORDER")]);
}

fn faults_of(reading: &pledgefund::import::FileReading) -> Vec<(u32, &'static str)> {
    reading.rejected.iter().map(|finding| (finding.row, finding.code.code())).collect()
}

#[test]
fn the_first_accepted_row_of_a_contract_stands() {
    let rows = [
        with(&[("年利率(%)", "99")]),
        good(),
        with(&[("合同编号", " ａ-1 "), ("放款日", "2024年1月2日")]),
        with(&[("贷款本金(元)", "2000")]),
        with(&[("行业", "煤化工")]),
    ];
    let reading = read_rows(&rows);
    let got = refusals(&reading);
    assert_eq!((got[0].0, got[0].1), (2, "RATE_RANGE"));
    assert_eq!(got[1], (4, "CONTRACT_DUPLICATE", "合同编号重复：A-1，已在第3行出现".to_owned()));
    assert_eq!(got[2], (5, "CONTRACT_CONFLICT", "合同A-1重复报送且本金不同，首次在第3行".to_owned()));
    assert_eq!(got[3], (6, "CONTRACT_CONFLICT", "合同A-1重复报送且内容不同，首次在第3行".to_owned()));
}

#[test]
fn an_identifier_that_lost_digits_in_a_number_cell_is_refused() {
    let mut row = good();
    row[0] = TestCell::Number(1_234_567_890_123_456_789.0);
    assert_eq!(faults_of(&read_rows(&[row])), [(2, "DIGITS_LOST")]);
    let mut row = good();
    row[0] = TestCell::Number(123_456_789_012_345.0);
    assert_eq!(faults_of(&read_rows(&[row])), []);
}

#[test]
fn numbers_of_a_workbook_are_what_was_typed_to_the_fen() {
    let amounts = [0.01, 0.1, 1.1, 2.675, 4.35, 115_384.61, 90_071_992_547.41];
    let rows: Vec<_> = amounts
        .iter()
        .enumerate()
        .map(|(at, amount)| {
            let mut row = with(&[("合同编号", &format!("A-{at}"))]);
            row[column("贷款本金(元)")] = TestCell::Number(*amount);
            row
        })
        .collect();
    let reading = read_rows(&rows);
    assert_eq!(faults_of(&reading), [(5, "NUMBER_TOO_FINE")]);
    let got: Vec<String> = super::loans(&reading).iter().map(|loan| loan.value.principal.yuan()).collect();
    assert_eq!(got, ["0.01", "0.10", "1.10", "4.35", "115384.61", "90071992547.41"]);
}

#[test]
fn rows_of_reports_claims_funds_and_partners_are_checked() {
    let check = |name: &str, kind, text: &str, want: &[(u32, &'static str)]| {
        assert_eq!(faults_of(&read(name, text.as_bytes(), kind).unwrap()), want, "{text}");
    };
    let header = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类";
    let rows = "A,2025-07-31,1,0,0,,正常\nA,2025-07-31,2,0,0,,正常\nB,2025-07-31,1,1,0,,关注\n\
                C,2025-07-31,1,0,0,2025-08-01,关注\nD,2025-07-31,1,0,0,,优良\nE,,1,0,0,,正常\nF,2025-07-31,-1,0,0,,正常";
    let want = [
        (3, "ROW_DUPLICATE"),
        (4, "FIELD_MISSING"),
        (5, "OVERDUE_ORDER"),
        (6, "GRADE_UNKNOWN"),
        (7, "FIELD_MISSING"),
        (8, "AMOUNT_NEGATIVE"),
    ];
    check("SGH_202507.csv", FileKind::Servicing, &format!("{header}\n{rows}"), &want);
    let header =
        "合同编号,申请日,未偿本金,逾期利息,逾期起始日,质押登记日,保险已赔,担保已代偿,处置回款,实现债权费用,材料清单";
    let rows = "A,2025-09-08,1,1,2025-01-04,,,,,,借款合同；放款凭证\nA,2025-09-08,1,1,2025-01-04,,,,,,\n\
                B,2025-09-08,1,1,2025-01-04,,,,,,借条\nC,2025-09-08,1,1,2025-10-04,,,,,,";
    let want = [(3, "ROW_DUPLICATE"), (4, "VALUE_UNKNOWN"), (5, "OVERDUE_ORDER")];
    check("claims.csv", FileKind::Claims, &format!("{header}\n{rows}"), &want);
    let rows = "2025-01-01,追回,合作银行,,1,\n2025-01-01,出资,省级财政,,0,\n2025-01-01,捐款,省级财政,,1,\n\
                2025-01-01,出资,省级财政,,1,\n2025-01-01,出资,省级财政,,1,";
    let want = [(2, "FIELD_MISSING"), (3, "AMOUNT_NOT_POSITIVE"), (4, "VALUE_UNKNOWN")];
    check("fund.csv", FileKind::Fund, &format!("日期,类别,来源,合同编号,金额(元),备注\n{rows}"), &want);
    let header = "机构类别,机构名称,机构代码,协议签订日,协议到期日,合作额度(元)";
    let rows = "合作银行,甲,AAA,2025-01-01,2026-01-01,\n合作银行,乙,aaa,2025-01-01,2026-01-01,\n\
                合作银行,丙,BBB,2025-01-01,2024-01-01,";
    check(
        "partners.csv",
        FileKind::Partners,
        &format!("{header}\n{rows}"),
        &[(3, "ROW_DUPLICATE"), (4, "PERIOD_ORDER")],
    );
}
