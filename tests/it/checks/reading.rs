//! What a file alone tells: suggestions on refusals, slips of the unit, kinds and dates that disagree.

use pledgefund::i18n::Lang;
use pledgefund::import::few::{Few, KEPT};
use pledgefund::import::field::FileKind;
use pledgefund::import::finding::{Finding, FindingCode};

use super::{HEADER, codes, file, loan, read, said};

fn reading(rows: &[String]) -> pledgefund::import::FileReading {
    read("SGH_loans.csv", &file(HEADER, rows), FileKind::Registrations)
}

#[track_caller]
fn refused(changes: &[(&str, &str)], zh: &str, en: &str) {
    let reading = reading(&[loan("A-1", changes)]);
    let finding = &reading.rejected[0];
    assert_eq!((finding.reason(Lang::Zh).as_str(), finding.reason(Lang::En).as_str()), (zh, en));
    assert!(finding.reason(Lang::Zh).starts_with(&finding.verdict(Lang::Zh)));
}

#[test]
fn a_refused_code_or_number_names_what_was_most_likely_meant() {
    refused(
        &[("统一社会信用代码", "9114O602MA0HT3K731")],
        "统一社会信用代码含不允许的字母O（疑为数字0）：9114O602MA0HT3K731。疑应为91140602MA0HT3K731，请对照营业执照核实后改正",
        "credit code holds the letter O, which is not allowed (zero meant?): 9114O602MA0HT3K731. Probably 91140602MA0HT3K731; check the business licence and correct it",
    );
    refused(
        &[("统一社会信用代码", "91140602MA0HT3K73A")],
        "统一社会信用代码校验位不符：91140602MA0HT3K73A。前17位若无误，末位应为1；请对照营业执照逐位核对",
        "check character of the credit code is wrong: 91140602MA0HT3K73A. If the first 17 characters are right, the last is 1; compare each with the business licence",
    );
    refused(
        &[("统一社会信用代码", "12345")],
        "统一社会信用代码应为18位，现为5位：12345。请对照营业执照重新填写18位代码",
        "credit code must have 18 characters, has 5: 12345. Enter the 18 characters again from the business licence",
    );
    refused(
        &[("知识产权类型", "发明专利"), ("知识产权编号", "ZL202011156730")],
        "专利号格式不符：ZL202011156730。疑应为ZL202011156730.2，请对照专利证书核实后改正",
        "patent number is of no known form: ZL202011156730. Probably ZL202011156730.2; check the patent certificate and correct it",
    );
    refused(
        &[("知识产权类型", "发明专利"), ("知识产权编号", "CN112272063B")],
        "专利号格式不符：CN112272063B。所填似为公布（公告）号，请改填专利号（ZL开头，见专利证书）",
        "patent number is of no known form: CN112272063B. This looks like a publication number; enter the patent number (it begins with ZL on the certificate)",
    );
}

#[track_caller]
fn noted(changes: &[(&str, &str)], code: &str, at: &str, zh: &str) {
    let reading = reading(&[loan("A-1", changes)]);
    assert_eq!((reading.rejected.len(), reading.warnings.len(), reading.notes.len()), (0, 0, 1), "{:?}", reading.notes);
    let note = &reading.notes[0];
    let got = (note.row, note.code.code(), note.column.as_str(), note.contract.as_deref());
    assert_eq!(got, (2, code, at, Some("A-1")));
    assert_eq!(note.reason(Lang::Zh), zh);
    assert!(!note.reason(Lang::En).contains('{'), "{}", note.reason(Lang::En));
}

#[test]
fn an_accepted_code_whose_inner_check_fails_is_noted() {
    noted(
        &[("统一社会信用代码", "91140602MA0HT3K744")],
        "USCC_INNER",
        "统一社会信用代码",
        "统一社会信用代码91140602MA0HT3K744的末位校验相符，但第9至17位的内部校验不符；请对照营业执照核对，确认无误可不处理",
    );
}

#[test]
fn a_patent_whose_digit_contradicts_its_kind_is_noted() {
    noted(
        &[("知识产权类型", "实用新型"), ("知识产权编号", "ZL202011156730.2")],
        "PATENT_KIND",
        "知识产权编号",
        "专利ZL202011156730.2类型位为1，与申报的实用新型（类型位通常为2）不一致；请核对专利类型或编号",
    );
}

#[test]
fn a_firm_founded_after_its_loan_is_noted_and_one_founded_that_day_is_not() {
    noted(
        &[("成立日期", "2025-01-03")],
        "FOUNDED_AFTER_LOAN",
        "成立日期",
        "成立日期2025-01-03晚于放款日2025-01-02；请对照营业执照核对两个日期",
    );
    assert!(reading(&[loan("A-1", &[("成立日期", "2025-01-02")])]).notes.is_empty());
}

#[test]
fn amounts_far_from_their_principal_and_revenues_far_from_their_heads_are_noted() {
    noted(
        &[("保险机构", "某保险"), ("保险金额(元)", "160"), ("保费(元)", "")],
        "UNIT_SUSPECT",
        "保险金额(元)",
        "金额160.00元，仅为贷款本金2000000.00元的12500分之一，疑似单位错误；请核对单位（元/万元）",
    );
    noted(
        &[("保险机构", "某保险"), ("保险金额(元)", "20000000000"), ("保费(元)", "")],
        "UNIT_SUSPECT",
        "保险金额(元)",
        "金额20000000000.00元，为贷款本金2000000.00元的10000倍，疑似单位错误；请核对单位（元/万元）",
    );
    noted(
        &[("保险机构", "某保险"), ("保险金额(元)", "1600000"), ("保费(元)", "1600000.01")],
        "UNIT_SUSPECT",
        "保费(元)",
        "保费1600000.01元高于保险金额1600000.00元，疑似单位错误；请核对两列单位（元/万元）",
    );
    noted(
        &[("上年营业收入(元)", "912.94")],
        "UNIT_SUSPECT",
        "上年营业收入(元)",
        "营业收入912.94元、从业44人，人均20元，不足100元，疑似将万元按元填报；请核对单位",
    );
    noted(
        &[("评估价值(元)", "300")],
        "UNIT_SUSPECT",
        "评估价值(元)",
        "金额300.00元，仅为贷款本金2000000.00元的6666分之一，疑似单位错误；请核对单位（元/万元）",
    );
}

#[test]
fn one_principal_in_another_unit_stands_out_among_the_loans_of_its_file() {
    let mut rows: Vec<String> = (1..8).map(|nth| loan(&format!("A-{nth}"), &[])).collect();
    rows.push(loan("A-8", &[("贷款本金(元)", "200")]));
    let notes = reading(&rows).notes;
    let reason = "金额200.00元，仅为本文件贷款中位数2000000.00元的10000分之一，疑似将万元按元填报；请核对单位";
    assert_eq!(said(&notes), [(9, "UNIT_SUSPECT", reason.to_owned())]);
    // Seven loans are too few to know what is usual.
    assert!(reading(&rows[1..]).notes.is_empty());
}

#[test]
fn arrears_that_do_not_go_with_their_row_are_noted() {
    let notes = super::month(&[
        "A-1,20250731,100.00,0.00,0.00,20250701,关注",
        "A-2,20250731,100.00,100.01,0.00,20250701,关注",
        "A-3,20250731,100.00,100.00,0.00,20250701,关注",
        "A-4,20250731,0.00,0.00,0.00,20250701,关注",
    ])
    .reading
    .notes;
    let reasons = [
        (
            2,
            "OVERDUE_WITHOUT_AMOUNT",
            "填有逾期起始日2025-07-01，但逾期本金和逾期利息均为0；请补填逾期金额，未逾期的请清空起始日",
        ),
        (3, "OVERDUE_ABOVE_BALANCE", "逾期本金100.01元高于贷款余额100.00元；请核对两列金额"),
    ];
    assert_eq!(said(&notes), reasons.map(|(row, code, reason)| (row, code, reason.to_owned())));
}

#[test]
fn what_concerns_a_whole_column_is_told_of_fifty_rows_and_then_in_one() {
    let many = |count: u32, code: FindingCode| {
        let mut few = Few::default();
        few.extend((2..count + 2).map(|row| Finding::new(row, "本金", code, None, &[])));
        few.into_findings()
    };
    let kept = usize::try_from(KEPT).unwrap();
    assert_eq!(many(KEPT, FindingCode::SizeDiffers).len(), kept);
    let notes = many(KEPT + 7, FindingCode::SizeDiffers);
    assert_eq!(notes.len(), kept + 1);
    let last = &notes[kept];
    assert_eq!(
        (last.row, last.reason(Lang::En)),
        (
            KEPT + 2,
            "7 more notes of this kind (SIZE_DIFFERS) are not listed; check the whole column as shown above".to_owned()
        )
    );
    let units = many(KEPT + 1, FindingCode::UnitSuspect);
    assert!(units[kept].reason(Lang::Zh).contains("整列单位有误"));
    assert_eq!(codes(&units[kept..]), [(KEPT + 2, "NOTES_MORE")]);
}
