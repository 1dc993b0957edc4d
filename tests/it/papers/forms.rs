//! Forms say what the books hold, completely, in both languages.

use std::path::Path;

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::journey::{CLAIM, CONTRACT, LOAN, act, begun, day, granted, on_claim, paid, pursued, returned, reviewed};
use crate::support::product::Installation;

/// Both languages of a form, as they were written.
#[track_caller]
fn written(installation: &Installation, arguments: &[&str]) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    let mut all = arguments.to_vec();
    all.extend(["--out", folder.path().to_str().unwrap()]);
    let answer = installation.json(&all, &[0]);
    let pages = ["zh", "en"].map(|lang| {
        let file = answer["files"]
            .as_array()
            .unwrap()
            .iter()
            .find(|file| file.as_str().unwrap().ends_with(&format!(".{lang}.html")));
        let path = Path::new(file.unwrap().as_str().unwrap());
        assert!(path.file_name().unwrap().to_str().unwrap().is_ascii());
        std::fs::read_to_string(path).unwrap()
    });
    for page in &pages {
        for left in ["{{", "}}", "forms.", "payout.", "explain.", "undefined"] {
            assert!(!page.contains(left), "{arguments:?}: {left}");
        }
    }
    assert!(pages[0].contains("lang=\"zh-CN\"") && pages[1].contains("lang=\"en\""));
    pages
}

fn of_claim(installation: &Installation, form: &str) -> [String; 2] {
    written(installation, &["claim", "form", CONTRACT, "--form", form])
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word}");
    }
}

/// Rows of all tables have as many cells as their heads.
#[track_caller]
fn is_square(page: &str) {
    for table in page.split("<table>").skip(1) {
        let table = table.split("</table>").next().unwrap();
        let width = table.matches("<th").count() - table.matches("<thead").count();
        for row in table.split("<tbody>").nth(1).unwrap().split("</tr>").filter(|row| row.contains("<td")) {
            assert_eq!(row.matches("<td").count(), width, "{row}");
        }
    }
}

#[test]
fn a_confirmation_tells_ratio_ceiling_and_what_voids_it_and_its_code_is_known_again() {
    let installation = Installation::sqlite();
    drop(begun(&installation));
    let [zh, en] = written(&installation, &["loan", "form", CONTRACT, "--form", "confirmation"]);
    let told = [
        "贷款备案确认书",
        LOAN,
        "shuozhou@1",
        "40.00 %",
        "240,000.00",
        "人民币贰拾肆万元整",
        "基础分担比例 40 %",
        "失效条件",
        "建议值，未经批准",
        "公章",
        "签字",
        "日期",
        "第十八条",
    ];
    holds(&zh, &told);
    holds(&en, &["Confirmation of registration", "240,000.00", "What voids it", "proposed, not approved", "seal"]);
    is_square(&zh);
    let code = zh.split("校验码 ").last().unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(code.len(), 12);
    assert!(en.contains(&code));
    assert_eq!(installation.json(&["loan", "check-code", LOAN, &code], &[0])["matches"], true);
    assert_eq!(installation.json(&["loan", "check-code", CONTRACT, &code.to_uppercase()], &[0])["matches"], true);
    assert_eq!(installation.json(&["loan", "check-code", LOAN, "000000000000"], &[1])["matches"], false);
    // The code is that of this loan and of what was decided on it.
    installation.tamper(&format!("UPDATE coverages SET fund_rate_ppm = 450000 WHERE loan_id = '{LOAN}'"));
    assert_eq!(installation.json(&["loan", "check-code", LOAN, &code], &[1])["matches"], false);
    let refused = installation.run(&["loan", "form", CONTRACT, "--form", "refusal", "--out", "x"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(installation.run(&["loan", "check-code", "none", &code]).status.code(), Some(2));
}

#[test]
fn a_loan_that_is_not_covered_gets_its_reasons() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    let all = pledgefund::storage::find::loans::all(
        &mut app.store.read().unwrap(),
        &pledgefund::storage::find::Reach::of_fund("shuozhou"),
    );
    let loan =
        all.unwrap().into_iter().find(|loan| !loan.covered).expect("the samples hold a loan that is not covered");
    let [zh, en] = written(&installation, &["loan", "form", &loan.loan_id, "--form", "refusal"]);
    holds(&zh, &["不予备案通知书", &loan.contract, "理由和条款", "第十一条", "复核"]);
    holds(&en, &["not registered", "Reasons and articles"]);
    is_square(&zh);
}

#[test]
fn the_application_lists_figures_papers_and_the_computation() {
    let installation = Installation::sqlite();
    drop(begun(&installation));
    let [zh, en] = of_claim(&installation, "application");
    let told = [
        "补偿申请书",
        CLAIM,
        "1,000,000.00",
        "人民币壹佰万元整",
        "600,000.00",
        "38,194.44",
        "43,200.00",
        "人民币肆万叁仟贰佰元整",
        "108,000.00",
        "材料清单",
        "DUNNING",
        "催收记录",
        "承诺",
    ];
    holds(&zh, &told);
    holds(&en, &["Application for compensation", "43,200.00", "dunning record", "Declaration"]);
    is_square(&zh);
    for form in ["returned", "rejected", "recovery", "write-off"] {
        let refused = installation.run(&["claim", "form", CONTRACT, "--form", form, "--out", "x"]);
        assert_eq!(refused.status.code(), Some(2), "{form}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("FORM_NO_OCCASION"));
    }
}

#[test]
fn every_step_of_a_paid_claim_is_on_its_approval_sheet() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    returned(&app);
    let [zh, en] = of_claim(&installation, "returned");
    holds(
        &zh,
        &["退回补正通知书", "document_missing", "缺少材料", "追偿方案", "利息与流水不符", "补正并重报", "银行签收"],
    );
    holds(&en, &["Notice of return", "paper missing", "recovery plan", "figures disagree"]);
    is_square(&zh);
    reviewed(&app);
    granted(&app);
    paid(&app);
    let [zh, en] = of_claim(&installation, "approval");
    let told = [
        "补偿审批表",
        "材料齐全，予以受理",
        "受理乙（资金管理岗）",
        "同意补偿",
        "用途合规",
        "现场核查",
        "设备在用",
        "核查2027-7",
        "与申请银行、企业无利害关系",
        "会议决定",
        "补偿审批联席会议",
        "朔知补纪〔2027〕3号",
        "应到 4 人，实到 5 人",
        "纪要.pdf",
        "代审戊（审批人），代 审批丁",
        "核对丙",
        "局网站，2027-03-08 至 2027-03-08",
        "金额偏高",
        "异议不成立：计算无误",
        "朔财指〔2027〕9号",
        "会签庚（财政会签人）",
        "支2027-18",
        "****2222",
        "402168000011",
        "付2027-0042",
        "财务己（财务人员）",
        "回单778",
        "复核壬（bank:SGH 银行复核员）",
        "人民币肆万叁仟贰佰元整",
        "退回补正",
        "补正后重报",
        "归档号",
    ];
    holds(&zh, &told);
    holds(
        &en,
        &["Approval sheet", "on behalf of 审批丁", "Minutes no.", "no interest in bank or borrower", "43,200.00 yuan"],
    );
    assert!(!zh.contains("待办理"), "every step was taken");
    assert!(!zh.contains("6222000011112222") && !zh.contains("sealed:"), "account numbers are masked");
    is_square(&zh);
    is_square(&en);
    pursued(&app);
    let [zh, en] = of_claim(&installation, "recovery");
    let told = [
        "追偿情况表",
        "2027Q1",
        "朔城区法院",
        "（2027）执12号",
        "拍卖设备",
        "30,000.00",
        "3,000.00",
        "10,800.00",
        "收5",
        "入专户",
        "追偿收回",
        "32,400.00",
    ];
    holds(&zh, &told);
    holds(&en, &["Report on the recovery", "enforcement", "fund account", "10,800.00"]);
    is_square(&zh);
    let [zh, en] = of_claim(&installation, "write-off");
    holds(
        &zh,
        &[
            "补偿损失核销审核表",
            "终结执行满两年",
            "追偿方案",
            "同意核销",
            "纪要4",
            "账销案存",
            "32,400.00",
            "人民币叁万贰仟肆佰元整",
        ],
    );
    holds(&en, &["write-off agreed", "32,400.00"]);
}

#[test]
fn a_refusal_tells_whether_it_was_taken_on_and_how_to_appeal() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    let refused = json!({ "reasons": ["OTHER_GROUND"], "note": "依据第十六条，追偿尚未启动" });
    on_claim(&app, "rejected", refused.clone(), "审批丁");
    let [zh, en] = of_claim(&installation, "rejected");
    holds(&zh, &["不予受理通知书", "OTHER_GROUND", "依据第十六条", "复核", "原决定人以外", "审批丁（审批人）"]);
    holds(&en, &["not accepted", "in writing"]);
    on_claim(&app, "appealed", json!({ "grounds": "已启动" }), "信贷辛");
    on_claim(&app, "appeal_decided", json!({ "upheld": true, "note": "成立" }), "再审子");
    let [zh, en] = of_claim(&installation, "approval");
    holds(&zh, &["不予补偿", "申请复核", "已启动", "复核决定", "成立", "再审子"]);
    holds(&en, &["appeal decided"]);
}

#[test]
fn a_refusal_that_the_calculation_gave_cites_its_article() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    let claim = "shuozhou:YMK:YMK2024借字第0040号@2025-12-01";
    let take = |word: &str, details, by: &str| act(&app, Life::Claim, claim, word, details, by);
    take("accepted", json!({}), "受理乙");
    take("reviewed", json!({ "opinion": "oppose", "no_conflict": true, "checks": [] }), "受理乙");
    take("rejected", json!({ "reasons": ["CLAIM_PLEDGE_AFTER_NPL"], "note": "质押登记过晚" }), "审批丁");
    let [zh, en] = written(&installation, &["claim", "form", claim, "--form", "rejected"]);
    holds(&zh, &["不予补偿通知书", "质押登记晚于贷款转为不良之日", "第十一条", "质押登记过晚", "雁门科技村镇银行："]);
    holds(&en, &["not paid", "第十一条"]);
    is_square(&zh);
    let [zh, _] = written(&installation, &["claim", "form", claim, "--form", "approval"]);
    holds(&zh, &["不同意补偿", "不予补偿"]);
}

#[test]
fn a_call_for_funds_is_a_letter() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    let call = json!({ "call_no": "朔知请〔2027〕1号", "source": "city", "amount": "5000000.00", "due_on": "2027-06-30",
        "ground": "补足应备资金" });
    act(&app, Life::Fund, "shuozhou", "contribution_called", call, "受理乙");
    let [zh, en] = written(&installation, &["fund", "form", "朔知请〔2027〕1号"]);
    holds(
        &zh,
        &["请款函", "市级财政：", "5,000,000.00", "人民币伍佰万元整", "2027-06-30", "补足应备资金", "专户", "公章"],
    );
    holds(&en, &["Call for funds", "City treasury", "5,000,000.00"]);
    assert_eq!(installation.run(&["fund", "form", "none", "--out", "x"]).status.code(), Some(2));
    assert!(day("2027-06-30") > day("2027-03-08"));
}
