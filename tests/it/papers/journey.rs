//! People and a claim taken through its life, for the tests of papers.

use std::sync::OnceLock;

use chrono::NaiveDate;
use pledgefund::app::App;
use pledgefund::storage::find::claims;
use pledgefund::usecase::attachments::{Attached, Paper, attach};
use pledgefund::usecase::lives::{Life, Request, perform};
use serde_json::{Value, json};

use crate::support::product::Installation;

/// A claim of the samples that is computed to 43,200.00.
pub const CONTRACT: &str = "SGH-2024-0008";
/// Its identifier.
pub const CLAIM: &str = "shuozhou:SGH:SGH-2024-0008@2025-09-29";
/// Its loan.
pub const LOAN: &str = "shuozhou:SGH:SGH-2024-0008";
/// Day on which everybody acts.
pub const DAY: &str = "2027-03-08";

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An act that must be taken.
#[track_caller]
pub fn act(app: &App, life: Life, subject: &str, word: &str, details: Value, by: &str) -> Value {
    let request = Request {
        life,
        subject: subject.to_owned(),
        act: word.to_owned(),
        details,
        by: by.to_owned(),
        on: day(DAY),
        expected: None,
        key: None,
    };
    perform(app, &request).unwrap_or_else(|error| panic!("{word} by {by}: {error:?}"))
}

/// An act on the claim that must be taken.
#[track_caller]
pub fn on_claim(app: &App, word: &str, details: Value, by: &str) -> Value {
    act(app, Life::Claim, CLAIM, word, details, by)
}

/// The people of the tests.
pub fn appoint(app: &App) {
    let person = |name: &str, institution: &str, role: &str| {
        let details = json!({ "institution": institution, "roles": [role] });
        act(app, Life::Person, name, "appointed", details, "系统甲");
    };
    person("系统甲", "fund", "system_administrator");
    person("受理乙", "fund", "fund_administrator");
    person("核对丙", "fund", "fund_administrator");
    person("审批丁", "fund", "fund_approver");
    person("再审子", "fund", "fund_approver");
    person("代审戊", "fund", "treasury_officer");
    person("财务己", "fund", "finance_officer");
    person("会签庚", "朔州市财政局", "treasury_officer");
    person("信贷辛", "bank:SGH", "bank_officer");
    person("复核壬", "bank:SGH", "bank_reviewer");
    person("他行癸", "bank:YMK", "bank_officer");
    let stands_in = json!({ "deputy": "代审戊", "role": "fund_approver", "from": "2027-03-01", "until": "2027-03-31",
        "reason": "出差" });
    act(app, Life::Person, "审批丁", "delegated", stands_in, "审批丁");
}

/// An installation with the samples and the people. On SQLite it is a copy of one that was filled once for all tests.
pub fn begun(installation: &Installation) -> App {
    static FILLED: OnceLock<Installation> = OnceLock::new();
    if installation.url.is_some() {
        return filled(installation);
    }
    let first = FILLED.get_or_init(|| {
        let first = Installation::sqlite();
        drop(filled(&first));
        first
    });
    for entry in std::fs::read_dir(first.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, installation.folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    installation.app(DAY)
}

fn filled(installation: &Installation) -> App {
    installation.import_samples();
    let app = installation.app(DAY);
    appoint(&app);
    app
}

/// Hands in a paper of the claim.
pub fn hand_in(app: &App, document: &str, file_name: &str, content: &[u8]) -> Attached {
    let paper = Paper {
        life: "claim".to_owned(),
        subject: CLAIM.to_owned(),
        document: document.to_owned(),
        file_name: file_name.to_owned(),
        content: content.to_vec(),
    };
    attach(app, &paper, "信贷辛", day(DAY)).unwrap()
}

/// Returned for two faults and handed in again.
pub fn returned(app: &App) {
    let deficiencies = json!([
        { "code": "document_missing", "document": "recovery_plan", "note": "追偿方案未附" },
        { "code": "figure_disagrees", "note": "利息与流水不符" }
    ]);
    on_claim(app, "returned", json!({ "deficiencies": deficiencies }), "受理乙");
}

/// Reviewed after a site visit.
pub fn reviewed(app: &App) {
    on_claim(app, "relodged", json!({ "documents": ["RECOVERY_PLAN"], "note": "已补" }), "信贷辛");
    on_claim(app, "accepted", json!({ "note": "材料齐全，予以受理" }), "受理乙");
    let review = json!({ "opinion": "support", "no_conflict": true, "note": "事实清楚",
        "checks": [{ "item": "已启动追偿", "holds": true }, { "item": "用途合规", "holds": true, "note": "流水核对" }],
        "inspection": { "kind": "site_visit", "held_on": "2027-03-05", "members": ["受理乙", "专家一"],
            "no_conflict": true, "findings": "设备在用", "report_no": "核查2027-7" } });
    on_claim(app, "reviewed", review, "受理乙");
}

/// Granted by a meeting, on behalf of the approver, confirmed, countersigned and made public.
pub fn granted(app: &App) {
    let scan = hand_in(app, "MINUTES", "纪要.pdf", b"%PDF-1.7 minutes of the meeting");
    let calculation = claims::last_calculation(&mut app.store.read().unwrap(), CLAIM).unwrap().unwrap().version;
    let grant = json!({ "amount": "43200.00", "calculation": calculation, "no_conflict": true,
        "meeting": { "name": "补偿审批联席会议", "held_on": "2027-03-08", "present": 5, "required": 4, "votes_for": 4,
            "votes_against": 1, "minutes_no": "朔知补纪〔2027〕3号", "scan": scan.attachment_id } });
    on_claim(app, "approved", grant, "代审戊");
    on_claim(app, "approval_confirmed", json!({}), "核对丙");
    let signed = json!({ "funded_from": "专户", "document_no": "朔财指〔2027〕9号", "no_conflict": true });
    on_claim(app, "countersigned", signed, "会签庚");
    on_claim(app, "publicised", json!({ "medium": "局网站", "from": "2027-03-08", "until": "2027-03-08" }), "受理乙");
    on_claim(app, "objected", json!({ "by": "某企业", "text": "金额偏高" }), "受理乙");
    on_claim(app, "objection_settled", json!({ "upheld": false, "note": "计算无误" }), "受理乙");
}

/// Ordered, paid and received.
pub fn paid(app: &App) {
    let account = json!({ "holder": "桑干河农村商业银行", "number": "6222000011112222", "bank_name": "营业部",
        "bank_no": "402168000011" });
    act(
        app,
        Life::Partner,
        "SGH",
        "account_agreed",
        json!({ "account": account, "agreement_no": "协2022-1" }),
        "受理乙",
    );
    on_claim(app, "ordered", json!({ "amount": "43200.00", "external_no": "支2027-18" }), "受理乙");
    on_claim(app, "paid", json!({ "paid_on": "2027-03-08", "voucher_no": "付2027-0042" }), "财务己");
    let receipt = json!({ "received_on": "2027-03-08", "bank_receipt_no": "回单778" });
    on_claim(app, "received", receipt, "复核壬");
}

/// Pursued: reported, got back, handed over; a write-off proposed and decided.
pub fn pursued(app: &App) {
    let report = json!({ "quarter": "2027Q1", "progress": "执行中", "court": "朔城区法院", "case_no": "（2027）执12号",
        "gross": "30000.00", "cost": "3000.00", "next_step": "拍卖设备" });
    on_claim(app, "recovery_reported", report, "信贷辛");
    let receipt =
        json!({ "kind": "enforcement", "gross": "30000.00", "cost": "3000.00", "on": "2027-03-08", "parts": [] });
    on_claim(app, "recovery_collected", receipt, "信贷辛");
    let banked =
        json!({ "amount": "10800.00", "on": "2027-03-08", "destination": "fund_account", "voucher_no": "收5" });
    on_claim(app, "recovery_banked", banked, "财务己");
    let proposed = json!({ "proposal": "write_off", "basis": "enforcement_ended", "basis_since": "2025-03-08",
        "ground": "终结执行满两年", "evidence": ["RECOVERY_PLAN"] });
    on_claim(app, "proposed", proposed, "受理乙");
    let decided = json!({ "accepted": true, "note": "同意", "minutes_no": "纪要4" });
    on_claim(app, "proposal_decided", decided, "审批丁");
}
