//! Views with the sort of data a city fund has. Every firm and bank is invented.

use chrono::NaiveDate;
use pledgefund::views::claims::*;
use pledgefund::views::dashboard::*;
use pledgefund::views::fund::*;
use pledgefund::views::imports::*;
use pledgefund::views::jobs::*;
use pledgefund::views::loans::*;
use pledgefund::views::mails::*;
use pledgefund::views::{Choice, HealthView, HistoryLine, Reason, Shell, TierShown};

pub const LOAN: &str = "shuozhou:YMK:YMK2023借字第0046号";
pub const CLAIM: &str = "shuozhou:YMK:YMK2023借字第0046号/2025-09-15";
pub const MAIL: &str = "<regulator_summary.2026-06.v1.jg@shuozhou.pledgefund>";

const BANKS: [(&str, &str); 3] =
    [("SGH", "桑干河农村商业银行"), ("YMK", "雁门科技村镇银行"), ("YYC", "右玉城市商业银行")];
const FIRMS: [&str; 6] = [
    "朔州晟源精密机械有限公司",
    "应县沃川矿山机械有限公司",
    "右玉禾禧生物科技有限责任公司",
    "怀仁市澜芯微电子材料股份有限公司",
    "山阴青禾农业装备有限公司",
    "平鲁区峻远新材料有限公司",
];

pub fn on(text: &str) -> Option<NaiveDate> {
    Some(text.parse().expect("a date"))
}

fn text(words: &str) -> String {
    words.to_owned()
}

pub fn shell(proposal: bool) -> Shell {
    Shell {
        fund_name_zh: text("朔州市知识产权质押融资风险补偿资金"),
        fund_name_en: text("Shuozhou IP-pledge risk-compensation fund"),
        business_date: on("2026-07-31"),
        data_as_of: on("2026-07-30"),
        demo: true,
        proposal,
        todo_count: 6,
        claim_count: 4,
        ..Shell::default()
    }
}

fn states() -> FundStates {
    FundStates {
        cash: 5_812_345_678,
        floor: 0,
        earmarked: 94_100_000,
        ordered: 25_600_000,
        free: 5_692_645_678,
        reserved: 17_482_300_050,
        capacity: 56_926_456_780,
        used_ratio: Some(307_103),
    }
}

fn month(number: i64) -> MonthPoint {
    let ends = [
        "2025-07-31",
        "2025-08-31",
        "2025-09-30",
        "2025-10-31",
        "2025-11-30",
        "2025-12-31",
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
    ];
    let whole = 38_000_000_000 - number * 610_000_000;
    let bad = 400_000_000 + number * 96_000_000;
    MonthPoint {
        month_end: on(ends[usize::try_from(number).expect("a small number")]),
        cash: 5_500_000_000 + number * 28_000_000 - if number > 7 { 120_000_000 } else { 0 },
        policy_minimum: 1_650_000_000 + number * 31_000_000,
        contractual_maximum: 4_900_000_000 + number * 88_000_000,
        tiers: Some([whole - 2 * bad, bad, bad / 2, bad / 4, bad - bad / 2 - bad / 4]),
        outstanding: Some(whole),
        npl_ratio: Some(bad * 1_000_000 / whole),
        missing_banks: u64::from(number == 3),
    }
}

fn claim_row(number: usize) -> ClaimRow {
    let (decision, payout, state) = match number % 4 {
        0 => (Some(DecisionShown::Pay), Some(25_600_000), ClaimState::Submitted),
        1 => (Some(DecisionShown::Reject), Some(0), ClaimState::Submitted),
        2 => (Some(DecisionShown::Pay), Some(300_000_000), ClaimState::Paid),
        _ => (None, None, ClaimState::Returned),
    };
    ClaimRow {
        id: text(CLAIM),
        case_no: format!("BC-2025-{:04}", 37 - number),
        loan_id: text(LOAN),
        contract: format!("YMK2023借字第{:04}号", 46 + number),
        bank: text(BANKS[number % 3].1),
        borrower: text(FIRMS[number % 6]),
        filed_on: on("2025-09-15"),
        outstanding: 320_000_000,
        fund_share: decision.map(|_| 400_000),
        payout,
        decision,
        state,
    }
}

fn mail_row(number: usize) -> MailRow {
    let states = [MailState::Delivered, MailState::Failed, MailState::Queued, MailState::GivenUp];
    MailRow {
        id: text(MAIL),
        recipient: text("tongji@shuozhou-jianguan.example"),
        recipient_name: text("朔州监管分局 统计科"),
        subject: format!("知识产权质押贷款监管月报（2026年{}月）", 6 - number),
        period: format!("2026-0{}", 6 - number),
        state: states[number % 4],
        attempts: 1,
        composed: text("2026-07-10 09:00"),
        delivered: if number == 0 { text("2026-07-10 09:02") } else { String::new() },
    }
}

fn dues(first: &str) -> Vec<NextJob> {
    let due = |number: u32| NextJob {
        job: text("regulator_summary"),
        due: format!("2026-{number:02}-10 09:00"),
        provisional: number > 11,
    };
    let mut all: Vec<NextJob> = (8..=12).map(due).collect();
    all.insert(0, NextJob { job: text("daily_close"), due: text(first), provisional: false });
    all
}

pub fn dashboard() -> DashboardView {
    let late = MissingReturn {
        bank: text("右玉城市商业银行"),
        month: text("2025-10"),
        due_on: on("2025-11-06"),
        days_late: 267,
    };
    DashboardView {
        shell: shell(true),
        fund: states(),
        portfolio: Portfolio {
            balance: 31_290_000_000,
            borrowers: 214,
            loans: 263,
            reported_on: on("2026-06-30"),
            npl_balance: 1_456_000_000,
            npl_ratio: Some(46_532),
            claims_open: 4,
            claims_sum: 94_100_000,
        },
        months: (0..12).map(month).collect(),
        missing: vec![late.clone()],
        todos: vec![
            Todo::FailedJob { job: text("deliver_mail"), due: text("2026-07-31 09:05") },
            Todo::MissingReturn(late),
            Todo::OpenClaim {
                id: text(CLAIM),
                case_no: text("BC-2025-0037"),
                borrower: text(FIRMS[0]),
                payout: 25_600_000,
                days: 12,
            },
            Todo::OpenClaim {
                id: text(CLAIM),
                case_no: text("BC-2025-0036"),
                borrower: text("怀仁市澜芯微电子材料股份有限公司"),
                payout: 68_500_000,
                days: 3,
            },
            Todo::FailedMail { id: text(MAIL), subject: text("知识产权质押贷款监管月报（2026年5月）") },
            Todo::RefusedRows {
                file_id: text("SGH_registration.xlsx:1"),
                file: text("SGH_registration.xlsx"),
                refused: 12,
            },
        ],
        claims: (0..5).map(claim_row).collect(),
        next_jobs: dues("2026-08-01 01:10"),
        mails: (0..5).map(mail_row).collect(),
        ..DashboardView::default()
    }
}

fn banks() -> Vec<Choice> {
    BANKS.iter().map(|(code, name)| Choice { code: text(code), name: text(name) }).collect()
}

fn loan_row(number: usize) -> LoanRow {
    let days = [0, 12, 98, 301, 420, 0];
    LoanRow {
        id: text(LOAN),
        contract: ["SGH-2024-0008", "YMK2023借字第0046号", "YYC(2023)0001"][number % 3].to_owned(),
        drawdown: if number % 5 == 4 { text("JJ-02") } else { String::new() },
        bank: text(BANKS[number % 3].1),
        borrower: text(FIRMS[number % 6]),
        disbursed_on: on("2023-08-16"),
        principal: 320_000_000 + i64::try_from(number).expect("small") * 1_234_567,
        ip_share: 600_000 + 100_000 * i64::try_from(number % 5).expect("small"),
        annual_rate: 43_500,
        fund_share: if number % 8 == 5 { None } else { Some(450_000) },
        balance: if number % 7 == 6 { None } else { Some(300_000_000) },
        tier: if number % 7 == 6 { None } else { Some(TierShown::ALL[number % 5]) },
        overdue_days: days[number % 6],
        reserve: 128_000_000,
        state: LoanState::ALL[number % LoanState::ALL.len()],
    }
}

pub fn loans() -> LoanListView {
    LoanListView {
        shell: shell(false),
        banks: banks(),
        rows: (0..24).map(loan_row).collect(),
        totals: LoanTotals {
            loans: 263,
            borrowers: 214,
            principal: 48_213_450_000,
            balance: 31_290_000_000,
            reserve: 17_482_300_050,
        },
        ..LoanListView::default()
    }
}

fn history() -> Vec<HistoryLine> {
    let line = |at: &str, what: &str, who: &str, note: &str| HistoryLine {
        at: text(at),
        what: text(what),
        who: text(who),
        note: text(note),
    };
    vec![
        line("2025-09-15 09:12", "测算补偿 25.60 万元", "任务 compute_compensation", ""),
        line("2025-09-15 09:10", "提交补偿申请", "claims.csv 第 3 行", "材料 9 项，必备材料齐全"),
        line("2025-07-01 09:00", "备案", "YMK_registration.csv 第 47 行", ""),
    ]
}

pub fn loan() -> LoanView {
    let right = |kind: &str, number: &str, title: &str, in_term: Option<bool>| RightRow {
        kind: text(kind),
        number: text(number),
        title: text(title),
        appraised: in_term.map(|_| 486_950_000),
        valid_until: on("2037-03-27"),
        in_term,
    };
    let reported = |end: &str, days: u32, tier: TierShown, version: u32| LoanMonth {
        month_end: on(end),
        version,
        balance: 320_000_000,
        overdue_principal: 320_000_000,
        overdue_interest: 8_240_000,
        overdue_days: days,
        bank_tier: TierShown::Substandard,
        tier,
        received: text("2026-02-06 09:00"),
    };
    LoanView {
        shell: shell(true),
        row: LoanRow { state: LoanState::Claimed, tier: Some(TierShown::Doubtful), overdue_days: 301, ..loan_row(1) },
        bank_code: text("YMK"),
        credit_code: text("91140622MA0H10L28Q"),
        county: text("应县"),
        industry: text("装备制造"),
        size: text("中型"),
        founded_on: on("2021-04-20"),
        matures_on: on("2025-02-21"),
        registered_on: on("2025-07-01"),
        repayment: text("按月付息到期还本"),
        first_loan: true,
        start_up: true,
        pledge_no: text("Y2022980012857"),
        pledge_registered_on: on("2023-08-09"),
        appraiser: text("恢河资产评估有限公司"),
        appraised_total: Some(973_900_000),
        guarantor: text("朔州市融资担保有限责任公司"),
        guarantor_share: Some(200_000),
        rights: vec![
            right("发明专利", "ZL201710179998.X", "一种矿用液压支架及检测方法", Some(true)),
            right("实用新型", "ZL201320046123.6", "一种高稳定性矿用液压支架", Some(false)),
            right("商标", "23811745", "沃川", None),
        ],
        policies: vec![PolicyRow {
            insurer: text("紫塞财产保险股份有限公司"),
            product: text("专利质押贷款保证保险"),
            number: text("P202314068098789"),
            insured: Some(192_000_000),
            premium: Some(4_080_000),
            starts_on: on("2023-08-16"),
            ends_on: on("2025-05-21"),
        }],
        coverage: Coverage {
            covered: true,
            rulebook: text("shuozhou 第 1 版"),
            fund_share: 450_000,
            bank_share: 550_000,
            ip_principal: 224_000_000,
            reserve: 0,
            frozen_on: on("2025-07-01"),
            reasons: vec![
                Reason { code: text("BASE"), article: text("第八条"), text: text("基本补偿比例 40%") },
                Reason {
                    code: text("FIRST_LOAN"), article: text("第九条"), text: text("首贷客户加 5 个百分点")
                },
            ],
        },
        months: vec![
            reported("2026-01-31", 344, TierShown::Doubtful, 2),
            reported("2025-12-31", 313, TierShown::Doubtful, 1),
            reported("2025-09-30", 221, TierShown::Substandard, 1),
        ],
        claims: vec![ClaimLink {
            id: text(CLAIM),
            case_no: text("BC-2025-0037"),
            state: ClaimState::Submitted,
            payout: Some(25_600_000),
        }],
        history: history(),
    }
}

pub fn claims() -> ClaimListView {
    ClaimListView {
        shell: shell(true),
        banks: banks(),
        rows: (0..20).map(claim_row).collect(),
        totals: ClaimTotals { claims: 120, outstanding: 4_210_000_000, payout: 458_901_981 },
        ..ClaimListView::default()
    }
}

fn calculation() -> Calculation {
    let step =
        |article: &str, what: &str, how: &str, amount: Option<i64>, ratio: Option<i64>, outcome: &str| CalcStep {
            article: text(article),
            what: text(what),
            how: text(how),
            amount,
            ratio,
            outcome: text(outcome),
            tone: if outcome.is_empty() { String::new() } else { text("ok") },
        };
    let cap = |what: &str, article: &str, limit: Option<i64>, before: i64, binding: bool| CapRow {
        what: text(what),
        article: text(article),
        limit,
        used: limit.map_or(0, |limit| limit - before),
        before,
        after: before - 25_600_000,
        binding,
    };
    Calculation {
        rulebook: text("shuozhou 第 1 版"),
        computed: text("2025-09-15 09:12"),
        decision: DecisionShown::Pay,
        reasons: Vec::new(),
        steps: vec![
            step("第十二条", "逾期天数", "2025-02-22 至 2025-09-15，须超过 90 天", None, None, "206 天，符合"),
            step("第十二条", "质押权利", "申请日至少一项在保护期内", None, None, "符合"),
            step("第十二条", "质押登记", "2023-08-09 早于不良日 2025-05-23", None, None, "符合"),
            step("第十四条", "知识产权部分本金", "未偿本金 3,200,000.00 × 100%", Some(320_000_000), None, ""),
            step(
                "第十四条",
                "扣除保险、担保、处置净额",
                "1,920,000.00 + 640,000.00 + 0.00",
                Some(-256_000_000),
                None,
                "",
            ),
            step("第十四条", "分担基数", "3,200,000.00 − 2,560,000.00", Some(64_000_000), None, ""),
            step("第八条", "补偿比例", "基本 40%，无加成", None, Some(400_000), ""),
            step("第十五条", "基金分担", "640,000.00 × 40%，向下取整到分", Some(25_600_000), None, ""),
        ],
        caps: vec![
            cap("单笔限额", "第十六条", Some(300_000_000), 300_000_000, false),
            cap("单户累计限额", "第十六条", Some(500_000_000), 500_000_000, false),
            cap("单家银行年度限额", "第十七条", Some(1_000_000_000), 977_500_000, false),
            cap("可用资金", "第十八条", None, 5_718_245_678, false),
        ],
        shares: vec![
            ShareRow { party: text("银行"), ratio: 600_000, amount: 38_400_000 },
            ShareRow { party: text("风险补偿资金"), ratio: 400_000, amount: 25_600_000 },
        ],
        loss_base: Some(64_000_000),
        payout: 25_600_000,
        payout_words: String::new(),
        cut: 0,
        digest: text("5f2b7c0e9d41a8863b1e"),
    }
}

pub fn claim() -> ClaimView {
    let papers = ["借款合同", "放款凭证", "质押登记证书", "催收记录", "法院受理通知书", "资产评估报告"];
    let paper =
        |(number, name): (usize, &&str)| DocumentRow { name: text(name), present: number != 4, required: number < 5 };
    ClaimView {
        shell: shell(true),
        row: claim_row(0),
        credit_code: text("91140622MA0H10L28Q"),
        disbursed_on: on("2023-08-16"),
        matures_on: on("2025-02-21"),
        overdue_interest: 8_240_000,
        overdue_since: on("2025-02-22"),
        overdue_days: 206,
        pledge_registered_on: on("2023-08-09"),
        rights: text("发明专利 2 件：ZL201710179998.X、ZL201610514855.5；商标 1 件：23811745"),
        insurer_paid: 192_000_000,
        guarantor_paid: 64_000_000,
        collateral_gross: 0,
        collateral_cost: 4_160_000,
        calculation: Some(calculation()),
        free_before: Some(5_718_245_678),
        free_after: Some(5_692_645_678),
        documents: papers.iter().enumerate().map(paper).collect(),
        history: history(),
    }
}

/// A claim that is refused: nothing but reasons.
pub fn refused_claim() -> ClaimView {
    let calculation = Calculation {
        decision: DecisionShown::Reject,
        reasons: vec![Reason {
            code: text("OVERDUE_TOO_SHORT"),
            article: text("第十二条"),
            text: text("申请日逾期 61 天，未超过 90 天"),
        }],
        caps: Vec::new(),
        shares: Vec::new(),
        payout: 0,
        loss_base: None,
        ..calculation()
    };
    let row = ClaimRow { decision: Some(DecisionShown::Reject), state: ClaimState::Rejected, ..claim_row(1) };
    ClaimView { row, calculation: Some(calculation), free_before: None, free_after: None, ..claim() }
}

pub fn fund() -> FundView {
    let movement = |number: i64| FundMovement {
        number: format!("{:06}", 60 - number),
        on: on("2026-06-21"),
        kind: text(["出资", "利息", "追回", "补偿拨付"][usize::try_from(number % 4).expect("small")]),
        source: text(
            ["市级财政", "存款利息", "合作银行", "右玉城市商业银行"][usize::try_from(number % 4).expect("small")],
        ),
        contract: if number % 4 > 1 { text("YMK2023借字第0046号") } else { String::new() },
        note: if number % 4 == 0 { text("首期出资") } else { String::new() },
        change: if number % 4 == 3 { -25_600_000 } else { 3_000_000_000 },
        balance: 5_812_345_678 - number * 1_000_000,
        lines: vec![
            LedgerLine { account: text("银行存款"), debit: 3_000_000_000, credit: 0 },
            LedgerLine { account: text("出资－市级财政"), debit: 0, credit: 3_000_000_000 },
        ],
        recorded: text("2026-06-21 09:00"),
    };
    let source = |name: &str, amount| SourceSum { source: text(name), amount };
    FundView {
        shell: shell(false),
        states: states(),
        sources: vec![
            source("省级财政", 2_000_000_000),
            source("市级财政", 3_000_000_000),
            source("县级财政", 750_000_000),
            source("存款利息", 61_234_567),
            source("合作银行（追偿缴回）", 12_000_000),
        ],
        movements: (0..12).map(movement).collect(),
        total: 57,
        sum_in: 5_900_000_000,
        sum_out: 87_654_322,
        ..FundView::default()
    }
}

pub fn jobs() -> JobsView {
    let run = |number: usize| RunRow {
        job: text(
            ["daily_close", "compute_compensation", "regulator_summary", "deliver_mail", "reserve_level"][number % 5],
        ),
        due: text("2026-07-31 01:10"),
        business_date: on("2026-07-30"),
        started: text("2026-07-31 01:10"),
        took: text("0.4 秒"),
        attempts: 1,
        outcome: RunOutcome::ALL[number % 5],
        counts: text("处理 263，失败 0"),
        error: if number % 5 == 3 {
            text("连不上邮件服务器 smtp.example:25：拒绝连接")
        } else {
            String::new()
        },
    };
    let job = |name: &str, why: &str, cron: &str, missed: &str, number: usize| JobCard {
        name: text(name),
        why: text(why),
        cron: text(cron),
        timezone: text("Asia/Shanghai"),
        working_day: text(["none", "next", "previous"][number % 3]),
        missed: text(missed),
        enabled: number != 3,
        next: if number == 3 { Vec::new() } else { dues("2026-08-01 01:10") },
        last: if number == 4 { None } else { Some(run(number)) },
    };
    JobsView {
        shell: shell(false),
        jobs: vec![
            job("daily_close", "每个业务日结账，得出各项余额和可用资金。", "0 10 1 * * *", "each", 0),
            job("regulator_summary", "监管分局每月 10 日前要看到上月情况。", "0 0 9 10 * *", "each", 1),
            job("deliver_mail", "写好的邮件要送到收件人手里。", "0 */5 * * * *", "once", 2),
            job("reserve_level", "每日测算储备水平，资金不足时提前知道。", "0 20 1 * * *", "skip", 3),
            job("compute_compensation", "银行提交申请后，当天知道应补偿多少。", "0 15 1 * * *", "each", 4),
        ],
        runs: (0..14).map(run).collect(),
        total: 1_140,
        failed: 3,
        ..JobsView::default()
    }
}

pub fn mails() -> MailsView {
    MailsView {
        shell: shell(false),
        rows: (0..6).map(mail_row).collect(),
        total: 72,
        undelivered: 2,
        ..MailsView::default()
    }
}

pub fn mail() -> MailView {
    MailView {
        shell: shell(true),
        row: MailRow { attempts: 2, ..mail_row(0) },
        sender: text("fund@shuozhou.example"),
        text: text("各位：\n\n6 月末备案贷款余额 31,290.00 万元，同口径比上月减少 610.00 万元。\n不良率 4.65%。\n"),
        has_html: true,
        attachments: vec![Attachment { name: text("监管月报_2026-06_v1.xlsx"), bytes: 18_432 }],
        bytes: 41_230,
        digest: text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        error: text("第 1 次投递失败：连接超时"),
    }
}

pub const MAIL_BODY: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><body style=\"font-family:sans-serif\">\
    <h2 style=\"color:#1f4e9e\">知识产权质押贷款监管月报（2026年6月）</h2><p>6 月末备案贷款余额 31,290.00 万元。</p></body></html>";

pub fn imports() -> ImportsView {
    let file = |number: usize, name: &str, kind: &str, bank: &str| ImportFile {
        id: format!("{name}:1"),
        name: text(name),
        kind: text(kind),
        bank: text(bank),
        on: on("2025-07-01"),
        received: text("2025-07-01 09:00"),
        state: ImportState::ALL[number % 3],
        total: 120,
        accepted: if number % 3 == 2 { 0 } else { 108 },
        refused: if number % 3 == 2 { 120 } else { 12 },
        warned: 7,
        encoding: text(["UTF-8", "GB18030", "XLSX"][number % 3]),
    };
    let finding = |number: usize| FindingRow {
        file: text("SGH_registration.xlsx"),
        sheet: text("Sheet1"),
        row: 14,
        column: text("统一社会信用代码"),
        contract: text("SGH-2024-0008"),
        code: text(["USCC_CHECK", "PATENT_CHECK", "FIRST_LOAN_DOUBT"][number % 3]),
        severity: Severity::ALL[number % 2],
        text: text("统一社会信用代码 91140622MA0H10L28Q 校验位不符，应为 8；请核对营业执照后更正"),
    };
    ImportsView {
        shell: shell(false),
        files: vec![
            file(0, "SGH_registration.xlsx", "备案", "桑干河农村商业银行"),
            file(1, "YMK_registration.csv", "备案", "雁门科技村镇银行"),
            file(2, "YYC_202607.csv", "月末报送", "右玉城市商业银行"),
            file(3, "fund.csv", "资金流水", ""),
        ],
        findings: (0..9).map(finding).collect(),
        total: 61,
        ..ImportsView::default()
    }
}

pub fn health() -> HealthView {
    HealthView {
        status: text("ok"),
        database: text("sqlite"),
        schema_version: text("2026-07-01-090000"),
        clock: text("2026-07-31T18:00:00+08:00"),
        simulated: true,
        last_daily_close: on("2026-07-30"),
        version: text("0.1.0"),
    }
}
