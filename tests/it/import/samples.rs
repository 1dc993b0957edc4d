//! The sample files give exactly what `expected.json` says, as far as one file alone can tell.

use std::collections::{BTreeMap, BTreeSet};

use pledgefund::domain::calendar::full_months;
use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::names::{FundRowKind, PartnerKind};
use pledgefund::domain::registration::Registration;
use pledgefund::i18n::Lang;
use pledgefund::import::Body;
use pledgefund::import::field::FileKind;
use pledgefund::import::finding::{Finding, FindingCode};
use serde_json::{Value, json};

use super::{loans, read, sample};

/// Codes that need other files than the one at hand.
const ACROSS_FILES: [&str; 4] =
    ["CONTRACT_UNKNOWN", "GRADE_BELOW_FLOOR", "BALANCE_INCREASED", "FIRST_LOAN_CONTRADICTED"];
const BANKS: [(&str, &str); 3] = [
    ("SGH", "registration/SGH_registration.xlsx"),
    ("YMK", "registration/YMK_registration.csv"),
    ("YYC", "registration/YYC_registration.xlsx"),
];

fn expected() -> Value {
    serde_json::from_str(include_str!("../../data/expected.json")).unwrap()
}

fn kind_of(word: &str) -> FileKind {
    FileKind::ALL.into_iter().find(|kind| kind.answer_word() == word).unwrap()
}

/// Splits expected findings into those of the file alone and the number of the others.
fn of_the_file(findings: &Value) -> (Vec<Value>, usize) {
    let all = findings.as_array().unwrap();
    let own: Vec<Value> =
        all.iter().filter(|f| !ACROSS_FILES.contains(&f["code"].as_str().unwrap())).cloned().collect();
    let others = all.len() - own.len();
    (own, others)
}

fn as_json(file: &str, sheet: Option<&str>, finding: &Finding) -> Value {
    json!({
        "file": file, "sheet": sheet, "row": finding.row, "column": finding.column, "code": finding.code.code(),
        "contract": finding.contract, "reason_zh": finding.verdict(Lang::Zh), "reason_en": finding.verdict(Lang::En),
    })
}

fn accepted(body: &Body) -> usize {
    match body {
        Body::Registrations(records) => records.len(),
        Body::Servicing(records) => records.len(),
        Body::Claims(records) => records.len(),
        Body::Fund(records) => records.len(),
        Body::Partners(records) => records.len(),
    }
}

#[test]
fn every_sample_file_gives_the_expected_records_and_findings() {
    let expected = expected();
    let files = expected["files"].as_array().unwrap();
    assert_eq!(files.len(), 42);
    for want in files {
        let path = want["file"].as_str().unwrap();
        let reading = read(path, &sample(path), kind_of(want["kind"].as_str().unwrap())).unwrap();
        let sheet = reading.sheet.as_deref();
        let (rejected, elsewhere) = of_the_file(&want["rejected"]);
        let (warnings, _) = of_the_file(&want["warnings"]);
        let got: Vec<Value> = reading.rejected.iter().map(|f| as_json(path, sheet, f)).collect();
        assert_eq!(got, rejected, "{path}: rejected");
        let got: Vec<Value> = reading.warnings.iter().map(|f| as_json(path, sheet, f)).collect();
        assert_eq!(got, warnings, "{path}: warnings");
        assert_eq!(json!(reading.records_total), want["records_total"], "{path}");
        assert_eq!(json!(accepted(&reading.body) - elsewhere), want["records_accepted"], "{path}");
        assert_eq!(json!(reading.bank.as_ref().map(ToString::to_string)), want["bank"], "{path}");
        assert_eq!(json!(reading.month.map(|month| month.to_string())), want["month"], "{path}");
        assert_eq!(json!(reading.sheet_rows_with_rights), want["sheet_rows_with_rights"], "{path}");
        if let Some(sheet) = want.get("sheet") {
            assert_eq!(json!(reading.sheet), *sheet, "{path}");
        }
    }
}

fn portfolio() -> BTreeMap<&'static str, Vec<Registration>> {
    BANKS
        .into_iter()
        .map(|(bank, path)| {
            let reading = read(path, &sample(path), FileKind::Registrations).unwrap();
            (bank, loans(&reading).iter().map(|record| record.value.clone()).collect())
        })
        .collect()
}

fn yuan<'a>(amounts: impl Iterator<Item = &'a Fen>) -> String {
    Fen::total(amounts.copied()).unwrap().yuan()
}

fn tally<K: Ord + ToString>(items: impl Iterator<Item = K>) -> Value {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for item in items {
        *counts.entry(item.to_string()).or_default() += 1;
    }
    json!(counts)
}

#[test]
fn the_loans_add_up_to_the_expected_portfolio() {
    let want = &expected()["portfolio"];
    let banks = portfolio();
    let all: Vec<&Registration> = banks.values().flatten().collect();
    assert_eq!(json!(all.len()), want["loans"]);
    assert_eq!(yuan(all.iter().map(|loan| &loan.principal)), want["principal_total"]);
    for (bank, loans) in &banks {
        assert_eq!(json!(loans.len()), want["loans_by_bank"][bank]);
        assert_eq!(yuan(loans.iter().map(|loan| &loan.principal)), want["principal_by_bank"][bank]);
    }
    let borrowers: BTreeSet<_> = all.iter().map(|loan| &loan.borrower.credit_code).collect();
    assert_eq!(json!(borrowers.len()), want["borrowers"]);
    let counting = |test: &dyn Fn(&Registration) -> bool| json!(all.iter().filter(|loan| test(loan)).count());
    assert_eq!(counting(&|loan| loan.first_loan_declared), want["first_loans_declared"]);
    let is_startup = |loan: &Registration| full_months(loan.borrower.founded_on, loan.disbursed_on) < 60;
    assert_eq!(counting(&is_startup), want["startup_loans"]);
    assert_eq!(counting(&|loan| loan.ip_share == Ppm::ONE), want["pure_pledge_loans"]);
    assert_eq!(counting(&|loan| loan.ip_share.get() < 500_000), want["loans_ip_share_below_50"]);
    assert_eq!(counting(&|loan| loan.insurance.is_some()), want["insured_loans"]);
    assert_eq!(counting(&|loan| loan.guarantee.is_some()), want["guaranteed_loans"]);
    assert_eq!(tally(all.iter().map(|loan| loan.borrower.county.clone())), want["loans_by_county"]);
}

#[test]
fn the_rights_add_up_to_the_expected_portfolio() {
    let want = &expected()["portfolio"];
    let banks = portfolio();
    let all: Vec<&Registration> = banks.values().flatten().collect();
    assert_eq!(json!(all.iter().map(|loan| loan.rights.len()).sum::<usize>()), want["ip_rights"]);
    let kinds = all.iter().flat_map(|loan| loan.rights.iter().map(|right| right.kind.zh()));
    assert_eq!(tally(kinds), want["ip_rights_by_kind"]);
    let once = all.iter().flat_map(|loan| loan.rights.iter().map(|right| right.kind.zh()).collect::<BTreeSet<_>>());
    assert_eq!(tally(once), want["loans_by_ip_kind"]);
    for loan in all {
        assert!(loan.appraised_total.is_some(), "{}", loan.contract);
        assert!(loan.rights.iter().all(|right| !right.title.is_empty()), "{}", loan.contract);
    }
}

#[test]
fn claims_fund_and_partners_add_up_as_expected() {
    let expected = expected();
    let Body::Claims(claims) = read("claims.csv", &sample("claims.csv"), FileKind::Claims).unwrap().body else {
        panic!()
    };
    let want = &expected["claims"]["all"];
    assert_eq!(json!(claims.len()), want["count"]);
    assert_eq!(yuan(claims.iter().map(|c| &c.value.outstanding_principal)), want["outstanding_principal"]);
    assert_eq!(yuan(claims.iter().map(|c| &c.value.overdue_interest)), want["overdue_interest"]);
    assert_eq!(yuan(claims.iter().map(|c| &c.value.insurer_paid)), want["insurer_paid"]);
    assert_eq!(yuan(claims.iter().map(|c| &c.value.guarantor_paid)), want["guarantor_paid"]);
    assert_eq!(yuan(claims.iter().map(|c| &c.value.collateral_gross)), want["collateral_proceeds"]);
    assert_eq!(yuan(claims.iter().map(|c| &c.value.collateral_cost)), want["enforcement_costs"]);
    assert!(claims.iter().all(|c| c.value.documents.len() > 5));
    let Body::Fund(fund) = read("fund.csv", &sample("fund.csv"), FileKind::Fund).unwrap().body else { panic!() };
    for (kind, key) in [
        (FundRowKind::Contribution, "contributions"),
        (FundRowKind::Interest, "interest"),
        (FundRowKind::Recovery, "recoveries"),
    ] {
        let rows = fund.iter().filter(|row| row.value.kind == kind);
        assert_eq!(yuan(rows.map(|row| &row.value.amount)), expected["fund"][key], "{key}");
    }
    let Body::Partners(partners) = read("partners.csv", &sample("partners.csv"), FileKind::Partners).unwrap().body
    else {
        panic!()
    };
    for bank in partners.iter().filter(|partner| partner.value.kind == PartnerKind::Bank) {
        let limit = bank.value.limit.unwrap().yuan();
        assert_eq!(limit, expected["partners"]["bank_quota"][bank.value.code.as_str()]);
    }
    assert_eq!(tally(partners.iter().map(|partner| partner.value.kind.zh())), expected["partners"]["by_kind"]);
}

#[track_caller]
fn check_reason(code: FindingCode, args: &[(&str, &str)], row: u32, file: &str) {
    let expected = expected();
    let files = expected["files"].as_array().unwrap().iter();
    let findings = files.flat_map(|f| [&f["rejected"], &f["warnings"]]).chain([&expected["claims"]["ineligible"]]);
    let want = findings
        .flat_map(|list| list.as_array().unwrap())
        .find(|f| f["code"] == code.code() && f["row"] == row && f["file"] == file)
        .unwrap();
    let got = Finding::new(row, "", code, None, args);
    assert_eq!(json!([got.reason(Lang::Zh), got.reason(Lang::En)]), json!([want["reason_zh"], want["reason_en"]]));
}

#[test]
fn reasons_that_others_raise_read_like_the_samples() {
    use FindingCode as C;
    let sgh = "registration/SGH_registration.xlsx";
    let args = [("contract", "YMK2023借字第0071号"), ("date", "2023-11-30")];
    check_reason(C::FirstLoanContradicted, &args, 129, sgh);
    check_reason(C::ContractUnknown, &[("contract", "SGH-2023-0053")], 23, "monthly/SGH_202507.csv");
    let args = [("grade", "次级"), ("floor", "可疑"), ("days", "284")];
    check_reason(C::GradeBelowFloor, &args, 5, "monthly/SGH_202510.csv");
    check_reason(C::BalanceIncreased, &[("amount", "1500000.00")], 25, "monthly/SGH_202512.csv");
    let args = [("registered", "2025-10-09"), ("npl", "2025-10-03")];
    check_reason(C::ClaimPledgeAfterNpl, &args, 10, "claims.csv");
    let args = [("date", "2026-01-12"), ("number", "ZL201521027197.4")];
    check_reason(C::ClaimIpTermOver, &args, 13, "claims.csv");
    check_reason(C::ClaimOverdueTooShort, &[("days", "60")], 14, "claims.csv");
}

#[test]
fn progress_is_told_up_to_the_last_row() {
    let mut told = Vec::new();
    let mappings = super::shipped();
    let request = pledgefund::import::ReadRequest::new(FileKind::Registrations);
    let bytes = sample("registration/YMK_registration.csv");
    pledgefund::import::read_file("x.csv", &bytes, &request, &mappings, &mut |rows| told.push(rows)).unwrap();
    assert_eq!(told, [201]);
}
