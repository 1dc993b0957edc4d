//! A city's books: twelve banks, three years of loans, three months of reports, arrears, claims on their way, people.
//!
//! Everything comes in as it does in an installation: files through the program, acts through the use cases, so that the
//! books are whole. **Invariant:** books that were made before in the same folder are taken as they are.

use pledgefund::storage::find::book_rows;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use chrono::NaiveDate;
use pledgefund::app::{App, Opening};
use pledgefund::clock::Clock;
use pledgefund::config::Config;
use pledgefund::domain::calendar::utc_of_beijing;
use pledgefund::domain::sign_in::totp;
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::Change;
use pledgefund::storage::find::Reach;
use pledgefund::storage::find::loan_list::{self, LoanFilter, LoanOrder};
use pledgefund::storage::{Act, Scope, StoreError};
use pledgefund::usecase::lives::{Life, Request, perform};
use pledgefund::usecase::sign_in::{self, Visitor, accounts};
use serde_json::{Value, json};

use crate::book::{self, Cell};

/// Banks among which the loans are shared out.
pub const BANKS: u64 = 12;
/// The day on which the pages are asked for.
const TODAY: (i32, u32, u32) = (2026, 7, 13);
/// First month with reports.
const FIRST_PERIOD: &str = "2026-04";
/// Last days of the months that were reported.
const MONTH_ENDS: [(i32, u32, u32); 3] = [(2026, 4, 30), (2026, 5, 31), (2026, 6, 30)];
/// Of so many loans one is in arrears.
const ARREARS: u64 = 25;
/// Of so many loans in arrears one has a claim.
const CLAIMED: u64 = 4;
/// Password of everybody here.
const PASSWORD: &str = "Lantern-8-Harbor-quiet";
/// Name, institution, role, level.
const PEOPLE: [(&str, &str, &str, Option<&str>); 10] = [
    ("系统员", "fund", "system_administrator", None),
    ("登记员", "fund", "fund_administrator", None),
    ("审核员", "fund", "fund_administrator", None),
    ("主任", "fund", "fund_approver", Some("head")),
    ("分管", "fund", "fund_approver", Some("deputy")),
    ("出纳", "fund", "finance_officer", None),
    ("安全员", "fund", "security_administrator", None),
    ("审计员", "市审计局", "auditor", None),
    ("银行经办", "bank:B01", "bank_officer", None),
    ("银行复核", "bank:B01", "bank_reviewer", None),
];
/// Who looks at the pages.
pub const READERS: [&str; 5] = ["登记员", "银行经办", "审计员", "系统员", "安全员"];
/// How many claims get how far: each act is taken on so many of the first ones.
const WAYS: [(&str, &str, usize); 6] = [
    ("accepted", "审核员", 60),
    ("reviewed", "审核员", 50),
    ("approved", "主任", 40),
    ("ordered", "登记员", 30),
    ("paid", "出纳", 20),
    ("received", "银行经办", 5),
];

/// The application over the books, and a token for each of the readers.
pub struct City {
    pub app: Arc<App>,
    pub tokens: Vec<String>,
}

fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// The books in a folder, made with so many loans where there are none.
pub fn open(folder: &Path, loans: u64) -> City {
    let kept = folder.join("tokens");
    if let Ok(tokens) = std::fs::read_to_string(&kept) {
        return City { app: Arc::new(app(folder)), tokens: tokens.lines().map(str::to_owned).collect() };
    }
    std::fs::create_dir_all(folder).unwrap();
    drop(app(folder));
    bring_in(folder, loans);
    let mut app = app(folder);
    app.count_jobs_from(day(TODAY));
    for person in PEOPLE {
        appoint(&app, person);
    }
    carry_claims(&app);
    begin_registrations(&app);
    for month_end in MONTH_ENDS {
        app.run_job_on("reserve_level", day(month_end)).unwrap();
    }
    for job in ["daily_close", "reserve_level"] {
        app.run_job_on(job, day(TODAY).pred_opt().unwrap()).unwrap();
    }
    app.run_job_on("regulator_summary", day(TODAY)).unwrap();
    app.run_job_on("market_supervision_summary", day(TODAY)).unwrap();
    let tokens: Vec<String> = READERS.iter().map(|name| session(&app, name)).collect();
    std::fs::write(kept, tokens.join("\n")).unwrap();
    City { app: Arc::new(app), tokens }
}

fn app(folder: &Path) -> App {
    let mut config = Config::load(None).unwrap();
    config.data.dir = folder.to_owned();
    config.fund.first_period = FIRST_PERIOD.to_owned();
    let noon = utc_of_beijing(day(TODAY).and_hms_opt(12, 0, 0).unwrap());
    let start = noon - chrono::TimeDelta::hours(1);
    let app = App::open(config, Clock::simulated(start), Opening::Migrate).unwrap();
    // The program that brings the files in goes by the clock that stands in the books.
    app.move_clock_to(noon).unwrap();
    app
}

/// Every file of every bank, through the program.
fn bring_in(folder: &Path, loans: u64) {
    let file = |name: &str, rows: String| {
        let path = folder.join(name);
        std::fs::write(&path, format!("\u{feff}{rows}")).unwrap();
        path
    };
    import(folder, "partners", &[file("partners.csv", partners())]);
    import(folder, "fund", &[file("fund.csv", fund())]);
    let of = |bank: u64| (1..=loans).filter(move |number| number % BANKS + 1 == bank);
    for bank in 1..=BANKS {
        let rows: String = of(bank).map(|number| line(&loan(number))).collect();
        let head = format!("{}\n", book::HEADERS.join(","));
        import(folder, "registrations", &[file(&format!("B{bank:02}_registration.csv"), head + &rows)]);
    }
    for month_end in MONTH_ENDS.map(day) {
        for bank in 1..=BANKS {
            let rows: String = of(bank).filter_map(|number| reported(number, month_end)).collect();
            let head = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\n";
            let name = format!("B{bank:02}_{}.csv", month_end.format("%Y%m"));
            import(folder, "servicing", &[file(&name, format!("{head}{rows}"))]);
        }
    }
    let claims: String = (1..=loans)
        .filter(|number| is_late(*number) && (number / ARREARS).is_multiple_of(CLAIMED))
        .map(claim)
        .collect();
    let head =
        "合同编号,申请日,未偿本金,逾期利息,逾期起始日,质押登记日,保险已赔,担保已代偿,处置回款,实现债权费用,材料清单\n";
    import(folder, "claims", &[file("claims.csv", format!("{head}{claims}"))]);
}

fn import(folder: &Path, kind: &str, files: &[std::path::PathBuf]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pledgefund"));
    command.env("PLEDGEFUND_FUND__FIRST_PERIOD", FIRST_PERIOD).arg("--data-dir").arg(folder);
    let bank = files[0].file_name().unwrap().to_string_lossy().get(..3).unwrap_or_default().to_owned();
    command.args(["import", kind]).args(files).stdout(Stdio::null()).stderr(Stdio::null());
    if bank.starts_with('B') {
        command.args(["--bank", &bank]);
    }
    let code = command.status().unwrap().code();
    assert!(matches!(code, Some(0 | 1)), "{kind} {files:?}: {code:?}");
}

fn partners() -> String {
    let head = "机构类别,机构名称,机构代码,协议签订日,协议到期日,合作额度(元)\n".to_owned();
    (1..=BANKS).fold(head, |rows, bank| {
        rows + &format!("合作银行,城市第{bank}商业银行,B{bank:02},2022-12-05,2028-12-31,60000000000.00\n")
    })
}

fn fund() -> String {
    let mut rows =
        "日期,类别,来源,合同编号,金额(元),备注\n2022-12-20,出资,省级财政,,40000000000.00,首期出资\n".to_owned();
    for nth in 0..120 {
        let (year, month) = (2023 + nth / 40, 1 + nth % 12);
        rows += &format!("{year}-{month:02}-21,利息,存款利息,,{}.33,结息{nth}\n", 4000 + nth);
    }
    rows
}

/// A loan of the book, in one of three years.
fn loan(number: u64) -> Vec<Cell> {
    let mut cells = book::loan(number);
    let year = year_of(number);
    for cell in cells.iter_mut().skip(4) {
        if let Cell::Day(was, ..) = cell {
            *was = *was - 2024 + year;
        }
    }
    cells
}

fn year_of(number: u64) -> u16 {
    2023 + u16::try_from(number / BANKS % 3).unwrap()
}

fn line(cells: &[Cell]) -> String {
    let cells = cells.iter().map(|cell| match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => format!("{number:.2}"),
        Cell::Day(year, month, day) => format!("{year}-{month:02}-{day:02}"),
    });
    cells.collect::<Vec<_>>().join(",") + "\n"
}

fn is_late(number: u64) -> bool {
    number.is_multiple_of(ARREARS) && year_of(number) > 2023
}

fn principal(number: u64) -> u64 {
    1_000_000 + number % 400 * 10_000
}

/// Since when a loan is in arrears: some lately, some long ago.
fn since(number: u64) -> NaiveDate {
    let days = [100, 150, 200, 290, 370][usize::try_from(number / ARREARS % 5).unwrap()];
    day(TODAY) - chrono::TimeDelta::days(days)
}

fn contract(number: u64) -> String {
    format!("BIG-2024-{number:07}")
}

/// The row of a loan in the report of a month; nothing after it was paid back.
fn reported(number: u64, month_end: NaiveDate) -> Option<String> {
    let matures = NaiveDate::from_ymd_opt(i32::from(year_of(number)) + 2, u32::try_from(1 + number % 12).unwrap(), 10);
    let (contract, principal) = (contract(number), principal(number));
    if is_late(number) && since(number) < month_end {
        let days = (month_end - since(number)).num_days();
        let grade = if days > 360 {
            "损失"
        } else if days > 270 {
            "可疑"
        } else if days > 90 {
            "次级"
        } else {
            "关注"
        };
        let since = since(number);
        return Some(format!("{contract},{month_end},{principal}.00,{principal}.00,12000.00,{since},{grade}\n"));
    }
    let is_over = matures.is_some_and(|matures| matures <= month_end);
    let is_first = month_end == day(MONTH_ENDS[0]);
    match (is_over, is_first) {
        (false, _) => Some(format!("{contract},{month_end},{principal}.00,0.00,0.00,,正常\n")),
        (true, true) => Some(format!("{contract},{month_end},0.00,0.00,0.00,,正常\n")),
        (true, false) => Some(format!("{contract},{month_end},0.00,0.00,0.00,,正常\n")),
    }
}

fn claim(number: u64) -> String {
    let (principal, since, year) = (principal(number), since(number), year_of(number));
    let month = 1 + number % 12;
    let papers = "借款合同；放款凭证；质押登记证书；催收记录；逾期证明；资产评估报告；法院受理通知书；征信报告";
    let contract = contract(number);
    format!(
        "{contract},2026-07-10,{principal}.00,12000.00,{since},{year}-{month:02}-05,0.00,0.00,0.00,1500.00,{papers}\n"
    )
}

fn act(app: &App, life: Life, subject: &str, act: &str, by: &str, details: Value) -> bool {
    let on = app.store.clock().today();
    let (subject, act, by) = (subject.to_owned(), act.to_owned(), by.to_owned());
    let request = Request { life, subject, act, details, by, on, expected: None, key: None };
    match perform(app, &request) {
        Ok(_) => true,
        Err(error) => {
            println!("{} {} by {}: {error:?}", request.subject, request.act, request.by);
            false
        }
    }
}

fn appoint(app: &App, (name, institution, role, level): (&str, &str, &str, Option<&str>)) {
    let details = json!({ "institution": institution, "roles": [role], "level": level });
    assert!(act(app, Life::Person, name, "appointed", "系统员", details));
}

/// Changes one loan of the first bank, and so its book, and moves a head as every act does.
pub fn change_book(app: &App) {
    let reach = Reach::of_bank(app.fund_id(), "B01");
    let all = LoanFilter { search: "", bank: "", standing: None };
    let first = loan_list::rows(&mut app.store.read().unwrap(), &reach, &all, (LoanOrder::Contract, false), (0, 1));
    let mut row = first.unwrap().remove(0);
    row.principal_fen += 1;
    let act = Act::new("bench", app.store.clock().today());
    let done: Result<(), StoreError> =
        app.store.write(&Scope::bank(app.fund_id(), "B01"), &act, |tx| book_rows::project(tx, &[row.clone()]));
    done.unwrap();
    change(app);
}

/// Moves the head of the fund's chain, as every act does, and nothing that is shown.
pub fn change(app: &App) {
    let act = Act::new("bench", app.store.clock().today());
    let chain = Chain::Fund { fund_id: app.fund_id().to_owned() };
    let moved: Result<String, StoreError> = app
        .store
        .write(&Scope::fund(app.fund_id()), &act, |tx| tx.record(Change::new(chain.clone(), "bench.moved", "bench")));
    moved.unwrap();
}

/// Takes the first claims of the first bank further, each as far as its place says.
fn carry_claims(app: &App) {
    use pledgefund::storage::find::claims;
    let fund = app.fund_id();
    let (code, number) = ("B01", "6222000011112222");
    let account = json!({ "holder": "银行补偿专户", "number": number, "bank_name": code, "bank_no": "102168000017" });
    let details = json!({ "account": account, "agreement_no": "协议1号" });
    act(app, Life::Partner, code, "account_agreed", "登记员", details);
    let mine = claims::statuses(&mut app.store.read().unwrap(), &Reach::of_bank(fund, "B01")).unwrap();
    let today = app.store.clock().today().to_string();
    for (word, by, most) in WAYS {
        let mut done = 0;
        for status in mine.iter().filter(|status| status.decision.as_deref() == Some("pay")) {
            if done == most {
                break;
            }
            let claim = &status.claim_id;
            let last = claims::last_calculation(&mut app.store.read().unwrap(), claim).unwrap().unwrap();
            let amount = pledgefund::usecase::lives::claim::bearings::payable(&last).yuan();
            let details = match word {
                "reviewed" => {
                    json!({ "opinion": "support", "no_conflict": true, "checks": [{ "item": "用途", "holds": true }] })
                }
                "approved" => json!({ "amount": amount, "calculation": last.version, "no_conflict": true }),
                "ordered" => json!({ "amount": amount }),
                "paid" => json!({ "paid_on": today, "voucher_no": format!("凭{done}") }),
                "received" => json!({ "received_on": today, "bank_receipt_no": format!("回单{done}") }),
                _ => json!({}),
            };
            if !act(app, Life::Claim, claim, word, by, details) {
                break;
            }
            done += 1;
        }
    }
}

/// Loans that are being written, handed in and registered one by one.
fn begin_registrations(app: &App) {
    for nth in 0..40 {
        let loan = format!("{}:B01:NEW-{nth}", app.fund_id());
        let form = json!({
            "contract": format!("NEW-{nth}"), "credit_code": book::credit_code(9_000_000 + nth),
            "borrower_name": format!("朔州市新办第{nth}有限公司"), "founded_on": "2015-03-01", "county": "朔城区",
            "industry": "绿色农产品加工", "region": "140602", "size_declared": "small", "employees": 136,
            "revenue": "58719000.00", "first_loan_declared": false, "principal": "1000000.00", "annual_rate": "0.0425",
            "lpr_1y": "0.031", "disbursed_on": "2026-07-06", "matures_on": "2027-07-06", "repayment": "bullet",
            "ip_share": "1", "rights": [{ "kind": "trademark", "number": format!("{:08}", 20_000_000 + nth), "title": "商标" }],
            "pledge_no": format!("YN{nth}"), "pledge_registered_on": "2026-07-06", "purpose": "生产经营",
            "consent": { "signed_on": "2026-07-06", "document_hash": "ab12" }, "credit_clean": true,
        });
        let steps = [
            ("drafted", "银行经办", json!({ "form": form })),
            ("submitted", "银行复核", json!({})),
            ("registered", "登记员", json!({})),
        ];
        for (word, by, details) in steps.into_iter().take(usize::try_from(1 + nth % 3).unwrap()) {
            if !act(app, Life::Registration, &loan, word, by, details) {
                return;
            }
        }
    }
}

/// From the one-time code to a session that is good for pages.
fn session(app: &App, name: &str) -> String {
    let visitor = Visitor { address: "127.0.0.1".to_owned(), agent: "bench".to_owned() };
    let known = |token: &str| sign_in::known(app, token).unwrap().unwrap();
    let code = accounts::open(app, name, accounts::CONSOLE).unwrap();
    let entered = sign_in::enter(app, name, &code, &visitor).unwrap();
    let entered = sign_in::set_password(app, &known(&entered.token), "", PASSWORD, &visitor).unwrap();
    let guest = known(&entered.token);
    let secret = accounts::pending(app, &guest).unwrap().unwrap();
    let code = totp::code(&secret, totp::step_of(app.wall.now().and_utc().timestamp()));
    sign_in::enrol(app, &guest, &code, &visitor).unwrap().0.token
}
