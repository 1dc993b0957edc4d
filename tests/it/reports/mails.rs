//! The mail bodies.

use pledgefund::i18n::Lang;
use pledgefund::render::Renderer;
use pledgefund::reports::mail::{SummaryMail, compose};
use pledgefund::reports::{market_supervision, regulator};

use super::sample::Sample;

fn mails(month: &str) -> [SummaryMail; 2] {
    let facts = Sample::read().facts(month);
    let renderer = Renderer::new().unwrap();
    [regulator::build(&facts, Lang::Zh).unwrap(), market_supervision::build(&facts, Lang::Zh).unwrap()].map(|dataset| {
        compose(&renderer, &facts, &dataset, Some("https://fund.example/reports/2025-10"), &[], None, &[]).unwrap()
    })
}

#[track_caller]
fn check_order(body: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let found = body[from..].find(part).unwrap_or_else(|| panic!("{part} is missing or too early"));
        from += found;
    }
}

#[test]
fn the_body_of_both_mails_follows_the_agreed_order() {
    for mail in mails("2025-10") {
        let parts = ["一、结论", "二、合计", "三、未报和零报送", "四、更正上期", "五、附件和查阅", "六、口径和声明"];
        check_order(&mail.text, &parts);
        check_order(&mail.html, &parts);
        assert!(mail.html.contains("lang=\"zh-CN\"") && mail.html.contains("width=\"640\""));
    }
}

#[test]
fn the_regulators_mail_opens_with_three_sentences_and_ends_with_the_status_of_the_rules() {
    let [mail, _] = mails("2025-10");
    check_order(
        &mail.text,
        &[
            "数据截至：2025-10-31",
            "(1) 2025年10月末，2家机构已报",
            "(2) 已备案贷款不良余额1,485.56万元，不良率2.46%",
            "(3) 本月收到补偿申请1笔",
        ],
    );
    assert!(mail.text.contains("建议值，未经批准"));
    assert!(mail.text.contains("备案占用25,029.00万元，为可用资金的3.75倍（上限10.00倍），未超上限"), "{}", mail.text);
    assert!(mail.text.contains("未报：右玉城市商业银行") && mail.text.contains("零报送：无"));
}

#[test]
fn the_body_and_the_workbook_speak_of_the_same_total() {
    let [mail, bureau] = mails("2025-10");
    assert!(mail.text.contains("B2 其中：已备案余额：60,343.30 万元"), "{}", mail.text);
    assert!(mail.html.contains("60,343.30"));
    assert!(bureau.text.contains("Q5 备案贷款余额：60,343.30 万元"), "{}", bureau.text);
}

#[test]
fn the_subject_names_month_issue_and_missing_banks() {
    let [first, second] = mails("2025-10");
    assert_eq!(first.subject, "【知识产权质押贷款监管月报】2025年10月 初报 v1（1家未报）");
    assert_eq!(second.subject, "【知识产权质押融资月报】2025年10月 初报 v1（1家未报）");
    assert_eq!(mails("2025-11")[0].subject, "【知识产权质押贷款监管月报】2025年11月 初报 v1");
}

#[test]
fn attachments_have_a_chinese_name_and_an_ascii_one() {
    for mail in mails("2025-10") {
        assert!(mail.attachment.name.ends_with("月报_2025-10_v1.xlsx"), "{}", mail.attachment.name);
        assert!(mail.attachment.ascii.is_ascii() && mail.attachment.ascii.ends_with("_summary_2025-10_v1.xlsx"));
        assert!(mail.text.contains(&mail.attachment.name));
    }
}

#[test]
fn no_borrower_and_no_number_of_a_right_or_policy_is_in_a_mail() {
    let facts = Sample::read().facts("2025-10");
    for mail in mails("2025-10") {
        for body in [&mail.text, &mail.html] {
            assert!(!body.contains("firm-") && !body.contains("ZL"), "{body}");
            for loan in &facts.loans {
                assert!(!body.contains(loan.key.contract.as_str()));
            }
        }
    }
}

#[test]
fn a_bank_name_with_markup_is_escaped_in_html() {
    let mut facts = Sample::read().facts("2025-10");
    facts.banks[2].name = "<b>右玉</b>城市商业银行".to_owned();
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let mail =
        compose(&Renderer::new().unwrap(), &facts, &dataset, None, &["更正_2025-09_v2.xlsx".to_owned()], None, &[])
            .unwrap();
    assert!(mail.text.contains("更正_2025-09_v2.xlsx") && mail.html.contains("更正_2025-09_v2.xlsx"));
    assert!(!mail.html.contains("<b>右玉") && mail.html.contains("&lt;b&gt;右玉"));
}
