//! A small reader of the sample month files, independent of the product's import, and facts made from it.
//!
//! Balances, arrears and grades come from the files; registrations are made up from the contract number, so that
//! counties, first loans and insurance are known here without the registration files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::{DateTime, NaiveDate};
use pledgefund::domain::calendar::Month;
use pledgefund::domain::money::{Fen, FenDelta, Ppm};
use pledgefund::domain::names::{ContractNo, IpKind, PartnerCode, Tier};
use pledgefund::reports::facts::{
    ActivePolicy, BankFacts, LoanFact, LoanKey, Office, Offices, PeriodFacts, PlanLists, Position, ReportState,
    RulebookLabel, Servicing,
};
use pledgefund::reports::money_facts::{ClaimFact, ClaimStanding, ComputedClaim, FundMoney, PaymentFact, RecoveryFact};
use serde_json::Value;

pub const BANKS: [(&str, &str); 3] =
    [("SGH", "桑干河农村商业银行"), ("YMK", "雁门科技村镇银行"), ("YYC", "右玉城市商业银行")];
const COUNTIES: [&str; 6] = ["朔城区", "平鲁区", "山阴县", "应县", "右玉县", "怀仁市"];
const INDUSTRIES: [&str; 5] = ["装备制造", "新型综合能源", "陶瓷", "文化旅游", "煤化工"];

pub fn day(text: &str) -> NaiveDate {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    NaiveDate::parse_from_str(&digits, "%Y%m%d").unwrap()
}

pub fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

pub fn yuan(text: &str) -> Fen {
    Fen::from_yuan(text).unwrap()
}

pub fn code(text: &str) -> PartnerCode {
    PartnerCode::new(text)
}

pub fn key(bank: &str, contract: &str) -> LoanKey {
    LoanKey { bank: code(bank), contract: ContractNo::new(contract), drawdown: String::new() }
}

pub fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string("tests/data/expected.json").unwrap()).unwrap()
}

/// Every month of `expected.json`, in order.
pub fn months() -> Vec<String> {
    expected()["months"].as_object().unwrap().keys().cloned().collect()
}

/// The accepted rows of the last version of a bank's month, with that version; `None` if the bank sent nothing.
fn bank_month(bank: &str, month: &str) -> Option<(u32, Vec<(LoanKey, Servicing)>)> {
    let stem = format!("{bank}_{}", month.replace('-', ""));
    let folder = "demo/bank-files/monthly";
    let second = format!("{stem}_v2.csv");
    let (version, name) =
        if fs::exists(format!("{folder}/{second}")).unwrap() { (2, second) } else { (1, format!("{stem}.csv")) };
    let text = fs::read_to_string(format!("{folder}/{name}")).ok()?;
    let refused = refused_rows(&name);
    let mut rows = Vec::new();
    for (place, line) in text.trim_start_matches('\u{feff}').lines().enumerate().skip(1) {
        if refused.contains(&u64::try_from(place + 1).unwrap()) {
            continue;
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        rows.push((key(bank, cells[0]), servicing(&cells)));
    }
    Some((version, rows))
}

fn refused_rows(name: &str) -> BTreeSet<u64> {
    let files = expected()["files"].clone();
    let file = files.as_array().unwrap().iter().find(|file| file["file"].as_str().unwrap().ends_with(name)).cloned();
    let rejected = file.unwrap()["rejected"].as_array().unwrap().clone();
    rejected.iter().map(|row| row["row"].as_u64().unwrap()).collect()
}

fn servicing(cells: &[&str]) -> Servicing {
    let reported = day(cells[1]);
    let days = if cells[5].is_empty() { 0 } else { (reported - day(cells[5])).num_days() + 1 };
    let floor_tier = match days {
        0 => Tier::Normal,
        1..=90 => Tier::SpecialMention,
        91..=270 => Tier::Substandard,
        271..=360 => Tier::Doubtful,
        _ => Tier::Loss,
    };
    let bank_tier = Tier::from_zh(cells[6].trim_end_matches('类')).unwrap();
    Servicing {
        balance: yuan(cells[2]),
        overdue_principal: yuan(cells[3]),
        overdue_interest: yuan(cells[4]),
        overdue_days: u32::try_from(days).unwrap(),
        bank_tier,
        floor_tier,
        tier: bank_tier.max(floor_tier),
    }
}

/// Version and rows of one report.
type Sent = (u32, Vec<(LoanKey, Servicing)>);

/// All months of all banks, read once.
pub struct Sample {
    reports: BTreeMap<(String, &'static str), Sent>,
    keys: BTreeSet<LoanKey>,
}

impl Sample {
    pub fn read() -> Sample {
        let mut reports = BTreeMap::new();
        for month in months() {
            for (bank, _) in BANKS {
                if let Some(report) = bank_month(bank, &month) {
                    reports.insert((month.clone(), bank), report);
                }
            }
        }
        let keys = reports.values().flat_map(|(_, rows)| rows.iter().map(|(key, _)| key.clone())).collect();
        Sample { reports, keys }
    }

    /// The facts of one month, with the months it is compared with where the sample has them.
    pub fn facts(&self, text: &str) -> PeriodFacts {
        let period = month(text);
        let next = period.last_day().succ_opt().unwrap();
        let issued_on = next.with_day_of_issue();
        PeriodFacts {
            period,
            version: 1,
            cut_off: DateTime::parse_from_rfc3339(&format!("{issued_on}T01:00:00Z")).unwrap().to_utc(),
            issued_on,
            offices: offices(),
            fund_name: "朔州市知识产权质押融资风险补偿资金".to_owned(),
            rulebook: RulebookLabel {
                label: "朔州市知识产权质押融资风险补偿资金管理办法（建议稿）第1版".to_owned(),
                proposal: true,
            },
            banks: BANKS.map(|(code, name)| self.bank(text, code, name)).to_vec(),
            lists: PlanLists::shuozhou(),
            sources: BANKS.iter().filter_map(|(bank, _)| self.source(text, bank)).collect(),
            loans: self.keys.iter().enumerate().map(|(n, key)| self.loan(text, n, key)).collect(),
            previous_month: self.position(&before(text)),
            last_year_end: self.position(&format!("{}-12", period.year() - 1)),
            year_before: None,
            claims: claims(),
            payments: vec![PaymentFact {
                loan: key("YYC", "YYC(2023)0001"),
                paid_on: day("2025-10-20"),
                amount: yuan("225000.00"),
            }],
            recoveries: vec![RecoveryFact {
                loan: key("YYC", "YYC(2023)0001"),
                on: day("2026-02-10"),
                amount: yuan("80000.00"),
            }],
            money: Some(money()),
            restatements: Vec::new(),
        }
    }

    fn bank(&self, month: &str, code: &'static str, name: &str) -> BankFacts {
        let state = match self.reports.get(&(month.to_owned(), code)) {
            Some((version, _)) => ReportState::Reported { version: *version },
            None => ReportState::Missing,
        };
        BankFacts {
            code: PartnerCode::new(code),
            name: name.to_owned(),
            predecessor: None,
            state,
            standing: None,
            late_returns: None,
            carried: 0,
        }
    }

    fn source(&self, month: &str, bank: &'static str) -> Option<String> {
        let (version, _) = self.reports.get(&(month.to_owned(), bank))?;
        Some(format!("{bank}-{month}-v{version}"))
    }

    fn position(&self, text: &str) -> Option<Position> {
        let banks: Vec<&'static str> = BANKS
            .map(|(bank, _)| bank)
            .into_iter()
            .filter(|b| self.reports.contains_key(&(text.to_owned(), *b)))
            .collect();
        if banks.is_empty() {
            return None;
        }
        let rows = banks.iter().flat_map(|bank| self.reports[&(text.to_owned(), *bank)].1.clone()).collect();
        Some(Position { month: month(text), reported: banks.into_iter().map(PartnerCode::new).collect(), rows })
    }

    fn loan(&self, month: &str, n: usize, key: &LoanKey) -> LoanFact {
        let bank = BANKS.iter().find(|(bank, _)| *bank == key.bank.as_str()).unwrap().0;
        let rows = self.reports.get(&(month.to_owned(), bank)).map(|(_, rows)| rows);
        let servicing = rows.and_then(|rows| rows.iter().find(|(known, _)| known == key)).map(|(_, at)| *at);
        let year = if n.is_multiple_of(4) { 2025 } else { 2024 };
        let disbursed_on = NaiveDate::from_ymd_opt(year, u32::try_from(n % 6).unwrap() + 1, 15).unwrap();
        LoanFact {
            key: key.clone(),
            borrower: format!("firm-{}", n % 150),
            county: COUNTIES[n % 6].to_owned(),
            industry: INDUSTRIES[n % 5].to_owned(),
            registered_on: day("2025-07-01"),
            disbursed_on,
            principal: yuan("3000000.00"),
            rate: Ppm::try_new(40_000 + i64::try_from(n % 7).unwrap() * 1_000).unwrap(),
            ip_share: if n.is_multiple_of(3) { Ppm::ONE } else { Ppm::try_new(600_000).unwrap() },
            first_loan: n.is_multiple_of(8),
            first_loan_declared: n.is_multiple_of(4),
            start_up: n.is_multiple_of(6),
            covered: !n.is_multiple_of(10),
            queued: n.is_multiple_of(50),
            fund_rate: Ppm::try_new(400_000).unwrap(),
            policy: n
                .is_multiple_of(4)
                .then(|| ActivePolicy { policy_no: format!("P{n}"), insured_sum: Some(yuan("2000000.00")) }),
            pledged_on: disbursed_on.pred_opt(),
            pledge_no: Some(format!("Y{n}")),
            rights: vec![(IpKind::Invention, format!("ZL{n}")), (IpKind::Trademark, format!("{n}"))],
            servicing,
        }
    }
}

/// The tenth of the month, when summaries go out.
trait DayOfIssue {
    fn with_day_of_issue(self) -> NaiveDate;
}

impl DayOfIssue for NaiveDate {
    fn with_day_of_issue(self) -> NaiveDate {
        self + chrono::Days::new(9)
    }
}

fn before(text: &str) -> String {
    month(text).first_day().pred_opt().unwrap().format("%Y-%m").to_string()
}

fn office(zh: &str, en: &str, short: &str, before: Option<&str>) -> Office {
    Office {
        zh: zh.to_owned(),
        en: en.to_owned(),
        short_zh: short.to_owned(),
        predecessor_zh: before.map(str::to_owned),
    }
}

fn offices() -> Offices {
    Offices {
        regulator: office(
            "国家金融监督管理总局朔州监管分局",
            "Shuozhou branch of the financial regulator",
            "朔州监管分局",
            Some("朔州银保监分局"),
        ),
        bureau: office("朔州市市场监督管理局", "Shuozhou market supervision bureau", "市市场监管局", None),
        reporter: office("知识产权质押融资风险补偿资金管理办公室", "Fund office", "资金办", None),
    }
}

fn claims() -> Vec<ClaimFact> {
    let claim = |bank: &str, contract: &str, on: &str, claimed: &str, standing, payout: &str| ClaimFact {
        loan: key(bank, contract),
        filed_on: day(on),
        claimed: yuan(claimed),
        standing,
        computed: Some(ComputedClaim { eligible: payout != "0.00", payout: yuan(payout) }),
        handled_in: None,
    };
    vec![
        claim("YYC", "YYC(2023)0001", "2025-09-08", "500000.00", ClaimStanding::Paid, "225000.00"),
        claim("YMK", "YMK2023借字第0046号", "2025-09-15", "3200000.00", ClaimStanding::InReview, "256000.00"),
        claim("SGH", "SGH-2025-0005", "2025-10-08", "1200000.00", ClaimStanding::InReview, "0.00"),
    ]
}

fn money() -> FundMoney {
    FundMoney {
        cash: yuan("67000000.00"),
        floor: Fen::ZERO,
        earmarked: yuan("256000.00"),
        ordered: Fen::ZERO,
        free: FenDelta::from_yuan("66744000.00").unwrap(),
        reserved: yuan("250290000.00"),
        capacity: yuan("667440000.00"),
        policy_minimum: Some(yuan("25029000.00")),
        contractual_maximum: Some(yuan("30000000.00")),
    }
}
