//! A small town with two banks, a fund and the people who work there.

use chrono::NaiveDate;
use pledgefund::app::App;
use pledgefund::domain::calendar::utc_of_beijing;
use pledgefund::domain::filing::PartnerRow;
use pledgefund::domain::names::{PartnerCode, PartnerKind};
use pledgefund::rulebook;
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::{Change, unstamped};
use pledgefund::storage::find::{Reach, claims, loans, money};
use pledgefund::storage::rows::claims::ClaimStatusRow;
use pledgefund::storage::rows::loans::LoanRow;
use pledgefund::storage::rows::parties::{FundRow, RulebookRow};
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::lives::{Life, Request, perform, rehearse};
use pledgefund::usecase::verify::verify;
use pledgefund::usecase::{UseCaseError, compensate, partners, queue};
use serde_json::{Value, json};

use crate::support::product::{Installation, on_both};

pub const FUND: &str = "shuozhou";

/// The measure that governs the town, as a file.
pub fn measure(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks").join(format!("{name}.toml"));
    std::fs::read_to_string(path).unwrap()
}

/// The second version as if it had been in force since 2025, in years whose holidays are published.
pub fn second_version() -> String {
    let text = measure("shuozhou-2");
    assert!(text.contains("effective_from = 2026-08-01"));
    text.replace("effective_from = 2026-08-01", "effective_from = 2025-01-01")
}

/// The first version with another article on payment.
pub fn measure_with_timing(timing: &str) -> String {
    let text = measure("shuozhou-1");
    let old = "mode = \"final\"\nshort = \"queue\"\nqueue = \"filing\"\nyear_end = \"carry\"\n";
    assert!(text.contains(old));
    text.replace(old, timing)
}

/// The town on one database.
pub struct Town {
    pub app: App,
    pub day: NaiveDate,
}

/// Runs a story on both databases under a measure; the books are proved at the end.
pub fn story(day: &str, measure: &str, told: impl Fn(&mut Town)) {
    on_both(|installation| {
        let mut town = Town::found(installation, day, measure);
        told(&mut town);
        town.prove();
    });
}

impl Town {
    /// Opens the fund, lets people take up work, agrees accounts with the banks.
    pub fn found(installation: &Installation, day: &str, measure: &str) -> Town {
        let town = Town { app: installation.app(day), day: day.parse().unwrap() };
        town.open_fund(measure);
        for (code, name) in [("AAA", "甲银行"), ("BBB", "乙银行")] {
            town.agree(code, name);
        }
        let appoint = |name: &str, institution: &str, roles: &str, level: &str| {
            let mut details = json!({ "institution": institution, "roles": roles.split(',').collect::<Vec<_>>() });
            if !level.is_empty() {
                details["level"] = json!(level);
            }
            town.act(Life::Person, name, "appointed", "系统员", details);
        };
        appoint("系统员", "fund", "system_administrator", "");
        appoint("甲经办", "bank:AAA", "bank_officer", "");
        appoint("甲复核", "bank:AAA", "bank_reviewer", "");
        appoint("乙经办", "bank:BBB", "bank_officer", "");
        appoint("乙复核", "bank:BBB", "bank_reviewer", "");
        appoint("登记员", "fund", "fund_administrator", "");
        appoint("审核员", "fund", "fund_administrator", "");
        appoint("分管", "fund", "fund_approver", "deputy");
        appoint("主任", "fund", "fund_approver", "head");
        appoint("联席", "fund", "fund_approver", "joint_meeting");
        appoint("出纳", "fund", "finance_officer", "");
        appoint("财政", "市财政局", "treasury_officer", "");
        for (code, number) in [("AAA", "6222000011112222"), ("BBB", "6222000033334444")] {
            let account =
                json!({ "holder": "银行补偿专户", "number": number, "bank_name": code, "bank_no": "102168000017" });
            let details = json!({ "account": account, "agreement_no": "协议1号" });
            town.act(Life::Partner, code, "account_agreed", "登记员", details);
        }
        town
    }

    fn open_fund(&self, measure: &str) {
        let parsed = rulebook::parse("measure", measure).unwrap_or_else(|faults| panic!("{faults:?}"));
        let head = &parsed.rulebook.head;
        let (business_date, recorded_at, event_id) = unstamped();
        let book = RulebookRow {
            fund_id: FUND.to_owned(),
            rulebook_id: head.id.to_string(),
            version: head.version.to_string(),
            hash: parsed.hash_hex.clone(),
            body: measure.to_owned(),
            business_date,
            recorded_at,
            event_id: event_id.clone(),
        };
        let fund = FundRow {
            fund_id: FUND.to_owned(),
            version: 1,
            name_zh: "资金".to_owned(),
            name_en: "fund".to_owned(),
            first_period: "2025-07".to_owned(),
            rulebook_id: head.id.to_string(),
            rulebook_version: head.version.to_string(),
            business_date,
            recorded_at,
            event_id,
        };
        let chain = Chain::Fund { fund_id: FUND.to_owned() };
        let act = Act::new("系统员", self.day);
        let done: Result<String, UseCaseError> = self.app.store.write(&Scope::fund(FUND), &act, |tx| {
            Ok(tx.record(Change::new(chain.clone(), "fund.opened", FUND).with(fund.clone()).with(book.clone()))?)
        });
        done.unwrap();
    }

    fn agree(&self, code: &str, name: &str) {
        let row = PartnerRow {
            kind: PartnerKind::Bank,
            name: name.to_owned(),
            code: PartnerCode::new(code),
            agreed_from: "2023-01-01".parse().unwrap(),
            agreed_to: "2030-12-31".parse().unwrap(),
            limit: None,
        };
        let act = Act::new("系统员", self.day);
        let done: Result<bool, UseCaseError> =
            self.app.store.write(&Scope::fund(FUND), &act, |tx| partners::agree(tx, FUND, "test", &row));
        done.unwrap();
    }

    /// Lets the days go by.
    pub fn on(&mut self, day: &str) {
        self.day = day.parse().unwrap();
        self.app.move_clock_to(utc_of_beijing(self.day.and_hms_opt(12, 0, 0).unwrap())).unwrap();
    }

    fn request(&self, life: Life, subject: &str, act: &str, by: &str, details: Value) -> Request {
        Request {
            life,
            subject: subject.to_owned(),
            act: act.to_owned(),
            details,
            by: by.to_owned(),
            on: self.day,
            expected: None,
            key: None,
        }
    }

    /// Somebody does something.
    #[track_caller]
    pub fn act(&self, life: Life, subject: &str, act: &str, by: &str, details: Value) -> Value {
        let request = self.request(life, subject, act, by, details);
        perform(&self.app, &request).unwrap_or_else(|error| panic!("{by} {act} {subject}: {error:?}"))
    }

    /// Somebody tries something and is refused with a code; nothing is saved.
    #[track_caller]
    pub fn refused(&self, life: Life, subject: &str, act: &str, by: &str, details: Value) -> &'static str {
        let before = self.heads();
        let request = self.request(life, subject, act, by, details);
        let code = match perform(&self.app, &request) {
            Ok(answer) => panic!("{by} {act} {subject} was taken: {answer}"),
            Err(error) => error.code(),
        };
        assert_eq!(self.heads(), before, "{act}: a refused act left something");
        code
    }

    /// What an act would answer, with nothing saved.
    pub fn rehearse(&self, life: Life, subject: &str, act: &str, by: &str, details: Value) -> Value {
        let before = self.heads();
        let answer = rehearse(&self.app, &self.request(life, subject, act, by, details)).unwrap();
        assert_eq!(self.heads(), before);
        answer
    }

    fn heads(&self) -> Vec<(String, i64, String)> {
        pledgefund::storage::find::events::heads(&mut self.app.store.read().unwrap()).unwrap()
    }

    /// Does something to a claim.
    #[track_caller]
    pub fn claim(&self, claim: &str, act: &str, by: &str, details: Value) -> Value {
        self.act(Life::Claim, claim, act, by, details)
    }

    /// Money comes in from the city.
    pub fn pay_in(&self, number: &str, yuan: &str) {
        let details = json!({
            "move_no": number, "kind": "contribution", "amount": yuan, "source": "city", "on": self.day.to_string(),
            "ground": "年度预算", "document_no": format!("指标{number}"),
        });
        self.act(Life::Fund, FUND, "move_proposed", "出纳", details);
        self.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": number, "accepted": true }));
    }

    /// The form of a loan of a bank, pure pledge, no first loan, no start-up.
    pub fn form(&self, contract: &str, principal: &str, disbursed_on: &str, matures_on: &str) -> Value {
        json!({
            "contract": contract, "credit_code": "91140602MA0GQCGM8W", "borrower_name": "朔州市安泰农产品加工有限公司",
            "founded_on": "2015-03-01", "county": "朔城区", "industry": "绿色农产品加工", "region": "140602", "size_declared": "small",
            "employees": 136, "revenue": "58719000.00", "first_loan_declared": false, "principal": principal,
            "annual_rate": "0.0425", "lpr_1y": "0.031", "disbursed_on": disbursed_on, "matures_on": matures_on,
            "repayment": "bullet", "ip_share": "1",
            "rights": [{ "kind": "trademark", "number": number_of(contract), "title": "商标" }],
            "pledge_no": format!("Y{contract}"), "pledge_registered_on": disbursed_on, "purpose": "生产经营",
            "consent": { "signed_on": disbursed_on, "document_hash": "ab12" }, "credit_clean": true,
        })
    }

    /// A loan gets on the register by three people.
    pub fn lend(&self, bank: &str, form: Value) -> String {
        let contract = form["contract"].as_str().unwrap();
        let loan = format!("{FUND}:{bank}:{contract}");
        let (officer, reviewer) = people_of(bank);
        self.act(Life::Registration, &loan, "drafted", officer, json!({ "form": form }));
        self.act(Life::Registration, &loan, "submitted", reviewer, json!({}));
        self.act(Life::Registration, &loan, "registered", "登记员", json!({}));
        loan
    }

    /// The bank asks for compensation: an officer writes, a reviewer hands in. Gives the claim.
    pub fn ask(&self, loan: &str, figures: Value) -> String {
        let bank = loan.split(':').nth(1).unwrap();
        let (officer, reviewer) = people_of(bank);
        let claim = format!("{loan}@{}", self.day);
        self.claim(&claim, "drafted", officer, json!({ "figures": figures }));
        self.claim(&claim, "submitted", reviewer, json!({}));
        claim
    }

    /// The fund takes a claim on, reviews it and grants what is computed; the deputy head decides.
    pub fn grant(&self, claim: &str, by: &str) -> String {
        self.claim(claim, "accepted", "审核员", json!({}));
        self.claim(claim, "reviewed", "审核员", review());
        self.approve(claim, by)
    }

    /// Somebody grants what is computed.
    #[track_caller]
    pub fn approve(&self, claim: &str, by: &str) -> String {
        let (amount, calculation) = self.computed(claim);
        let details = json!({ "amount": amount, "calculation": calculation, "no_conflict": true });
        self.claim(claim, "approved", by, details);
        amount
    }

    /// What is computed for a claim: amount in yuan, number of the calculation.
    pub fn computed(&self, claim: &str) -> (String, i64) {
        let mut db = self.app.store.read().unwrap();
        let row = claims::last_calculation(&mut db, claim).unwrap().unwrap();
        if row.payout_fen == 0 && row.decision == "hold" {
            // What a person would see on the claim's page.
            let outcome: Value = serde_json::from_str(&row.outcome).unwrap();
            eprintln!("{claim} waits: {}", outcome["reasons"]);
        }
        (pledgefund::usecase::lives::claim::bearings::payable(&row).yuan(), row.version)
    }

    /// The payment is ordered, made and confirmed.
    #[track_caller]
    pub fn pay(&self, claim: &str, amount: &str) {
        self.claim(claim, "ordered", "登记员", json!({ "amount": amount }));
        self.claim(claim, "paid", "出纳", json!({ "paid_on": self.day.to_string(), "voucher_no": "凭1" }));
        let (officer, _) = people_of(claim.split(':').nth(1).unwrap());
        let received = json!({ "received_on": self.day.to_string(), "bank_receipt_no": "回单1" });
        self.claim(claim, "received", officer, received);
    }

    /// The evening job computes open claims again.
    pub fn evening(&self) {
        let banks = ["AAA", "BBB"].iter().fold(Scope::fund(FUND), |scope, bank| scope.and(Scope::bank(FUND, bank)));
        let act = Act::new("job", self.day);
        let done: Result<(usize, usize), UseCaseError> =
            self.app.store.write(&banks, &act, |tx| compensate::compute_open(tx, FUND));
        done.unwrap();
    }

    /// The daily job ends cover that is over and lets those move up who wait. Gives how many of each.
    pub fn night(&self) -> (usize, usize) {
        let banks = ["AAA", "BBB"].iter().fold(Scope::fund(FUND), |scope, bank| scope.and(Scope::bank(FUND, bank)));
        let act = Act::new("job", self.day);
        let done: Result<(usize, usize), UseCaseError> =
            self.app.store.write(&banks, &act, |tx| Ok((queue::expire(tx, FUND)?, queue::release(tx, FUND)?)));
        done.unwrap()
    }

    /// How a claim stands in the list.
    pub fn status(&self, claim: &str) -> ClaimStatusRow {
        claims::status(&mut self.app.store.read().unwrap(), &Reach::of_fund(FUND), claim).unwrap().unwrap()
    }

    /// A loan in the list.
    pub fn loan(&self, loan: &str) -> LoanRow {
        loans::one(&mut self.app.store.read().unwrap(), &Reach::of_fund(FUND), loan).unwrap().unwrap()
    }

    /// A balance, debits less credits, in fen.
    pub fn balance(&self, account: &str) -> i64 {
        money::account_balance(&mut self.app.store.read().unwrap(), FUND, account).unwrap()
    }

    /// Everything is proved.
    #[track_caller]
    pub fn prove(&self) {
        let proof = verify(&mut self.app.store.read().unwrap(), FUND).unwrap();
        let failed: Vec<_> = proof.checks.iter().filter(|check| !check.ok).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}

/// A trademark number of its own for each contract.
fn number_of(contract: &str) -> String {
    let sum = contract.bytes().fold(0_u64, |sum, byte| sum * 31 + u64::from(byte));
    format!("{:08}", 10_000_000 + sum % 80_000_000)
}

/// Officer and reviewer of a bank.
pub fn people_of(bank: &str) -> (&'static str, &'static str) {
    if bank == "AAA" { ("甲经办", "甲复核") } else { ("乙经办", "乙复核") }
}

/// A review that supports.
pub fn review() -> Value {
    json!({ "opinion": "support", "no_conflict": true, "checks": [{ "item": "用途", "holds": true }] })
}

/// Figures of a claim with every paper the first version asks for.
pub fn figures(outstanding: &str, overdue_since: &str) -> Value {
    json!({
        "outstanding": outstanding, "overdue_since": overdue_since, "other_levels_paid": "0", "other_policy_paid": "0",
        "documents": ["loan_contract", "drawdown", "pledge_certificate", "dunning", "overdue_proof", "recovery_start"],
    })
}
