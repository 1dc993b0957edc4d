//! The book in figures, as `pledgefund portfolio --json` and `claim list --json` print it.
//!
//! **Invariant:** every figure is computed from what is stored; nothing is remembered from an import.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::UseCaseError;
use super::period_facts::{self, Issue};
use crate::app::App;
use crate::domain::calendar::Month;
use crate::domain::ip_right::{IpNumber, term_end};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::names::{FundRowKind, FundSource, IpKind, PartnerKind};
use crate::domain::tier::{npl_date, overdue_days};
use crate::i18n::Lang;
use crate::import::field::Field;
use crate::import::finding::{FindingCode, arguments, reason};
use crate::reports::ReportError;
use crate::reports::month_figures::month_figures;
use crate::storage::Db;
use crate::storage::find::{Reach, claims, imports, loans, money, parties, servicing};
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::rows::loans::{LoanRegistrationRow, LoanRow};

/// Half of a whole, in parts per million: below it a loan is not carried by its rights.
const HALF: i64 = PPM_ONE / 2;

/// The whole answer of `portfolio --json`.
///
/// # Errors
/// Storage; `Report` for figures that contradict each other.
pub fn portfolio(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    Ok(json!({
        "portfolio": book(app, db)?,
        "months": months(app, db)?,
        "claims": claim_sums(app, db)?,
        "fund": fund(app, db)?,
        "partners": partner_sums(app, db)?,
    }))
}

fn yuan(fen: i64) -> Value {
    Value::String(crate::domain::money::FenDelta::new(fen).yuan())
}

fn counted<K: Ord + Into<String> + Clone>(keys: impl Iterator<Item = K>) -> Value {
    let mut counts: BTreeMap<K, u64> = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    let object: Map<String, Value> = counts.into_iter().map(|(key, count)| (key.into(), json!(count))).collect();
    Value::Object(object)
}

fn book(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    let fund_id = app.fund_id();
    let all = loans::all(db, &Reach::of_fund(fund_id))?;
    let rights = loans::all_rights(db, fund_id)?;
    let insured: BTreeSet<String> = loans::insurances(db, fund_id)?.into_iter().map(|row| row.loan_id).collect();
    let guaranteed: BTreeSet<String> = loans::guarantees(db, fund_id)?.into_iter().map(|row| row.loan_id).collect();
    let registrations = loans::registrations(db, fund_id)?;
    let mut principal: BTreeMap<&str, i64> = BTreeMap::new();
    for loan in &all {
        *principal.entry(&loan.bank).or_default() += loan.principal_fen;
    }
    let start_ups: Vec<&LoanRow> = all.iter().filter(|loan| loan.start_up == Some(true)).collect();
    let kind_zh = |code: &str| IpKind::from_code(code).map_or(code.to_owned(), |kind| kind.zh().to_owned());
    let loans_by_kind: BTreeSet<(String, &str)> =
        rights.iter().map(|right| (kind_zh(&right.kind), right.loan_id.as_str())).collect();
    let by_bank: Map<String, Value> = principal.iter().map(|(bank, fen)| ((*bank).to_owned(), yuan(*fen))).collect();
    Ok(json!({
        "loans": all.len(),
        "loans_by_bank": counted(all.iter().map(|loan| loan.bank.as_str())),
        "principal_total": yuan(principal.values().sum()),
        "principal_by_bank": by_bank,
        "borrowers": all.iter().map(|loan| &loan.credit_code).collect::<BTreeSet<_>>().len(),
        "first_loans_declared": registrations.iter().filter(|row| row.first_loan_declared).count(),
        "first_loans": all.iter().filter(|loan| loan.first_loan).count(),
        "startup_loans": start_ups.len(),
        "startup_borrowers": start_ups.iter().map(|loan| &loan.credit_code).collect::<BTreeSet<_>>().len(),
        "ip_rights": rights.len(),
        "ip_rights_by_kind": counted(rights.iter().map(|right| kind_zh(&right.kind))),
        "loans_by_ip_kind": counted(loans_by_kind.into_iter().map(|(kind, _)| kind)),
        "pure_pledge_loans": all.iter().filter(|loan| loan.ip_share_ppm == PPM_ONE).count(),
        "loans_ip_share_below_50": all.iter().filter(|loan| loan.ip_share_ppm < HALF).count(),
        "insured_loans": insured.len(),
        "guaranteed_loans": guaranteed.len(),
        "loans_by_county": counted(all.iter().map(|loan| loan.county.as_str())),
    }))
}

fn months(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    let reported: BTreeSet<String> =
        servicing::reports(db, app.fund_id())?.into_iter().map(|report| report.month).collect();
    let mut object = Map::new();
    let (Some(first), Some(last)) = (reported.first(), reported.last()) else {
        return Ok(Value::Object(object));
    };
    let wrong = |reason: String| UseCaseError::Report { name: "portfolio".to_owned(), reason };
    let mut month = Month::parse(first).map_err(|e| wrong(e.to_string()))?;
    let last = Month::parse(last).map_err(|e| wrong(e.to_string()))?;
    while month <= last {
        let clock = app.store.clock();
        let issue =
            Issue { period: month, version: 1, restatements: Vec::new(), on: clock.today(), cut_off: clock.now() };
        let facts = period_facts::load(app, db, issue)?;
        let figures = month_figures(&facts).map_err(|e: ReportError| wrong(e.to_string()))?;
        object.insert(month.to_string(), figures.to_json());
        month = month.next();
    }
    Ok(Value::Object(object))
}

fn sums<'a>(filings: impl Iterator<Item = &'a ClaimRow> + Clone) -> Value {
    let sum = |of: fn(&ClaimRow) -> i64| yuan(filings.clone().map(of).sum());
    json!({
        "count": filings.clone().count(),
        "outstanding_principal": sum(|row| row.outstanding_fen),
        "overdue_interest": sum(|row| row.overdue_interest_fen),
        "insurer_paid": sum(|row| row.insurer_paid_fen),
        "guarantor_paid": sum(|row| row.guarantor_paid_fen),
        "collateral_proceeds": sum(|row| row.collateral_gross_fen),
        "enforcement_costs": sum(|row| row.collateral_cost_fen),
    })
}

/// A claim with what was computed for it and the loan it is on.
struct Judged {
    filing: ClaimRow,
    calculation: Option<CalculationRow>,
    loan: Option<LoanRegistrationRow>,
}

impl Judged {
    fn reasons(&self) -> Vec<String> {
        self.calculation.as_ref().and_then(|row| serde_json::from_str(&row.reasons).ok()).unwrap_or_default()
    }

    fn rejected(&self) -> bool {
        self.calculation.as_ref().is_some_and(|row| row.decision == "reject")
    }

    fn contract(&self) -> String {
        self.loan.as_ref().map(|loan| loan.contract.clone()).unwrap_or_default()
    }
}

fn judged(app: &App, db: &mut Db) -> Result<Vec<Judged>, UseCaseError> {
    let mut filings = claims::filings(db, app.fund_id())?;
    filings.sort_by_key(|filing| (filing.filed_on, filing.arrival));
    let mut all = Vec::with_capacity(filings.len());
    for filing in filings {
        let calculation = claims::last_calculation(db, &filing.claim_id)?;
        let loan = loans::registration(db, &filing.loan_id)?;
        all.push(Judged { filing, calculation, loan });
    }
    Ok(all)
}

fn claim_sums(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    let all = judged(app, db)?;
    let mut ineligible = Vec::new();
    for claim in all.iter().filter(|claim| claim.rejected()) {
        for code in claim.reasons() {
            ineligible.extend(ineligible_entry(db, claim, &code)?);
        }
    }
    let eligible = all.iter().filter(|claim| !claim.rejected());
    let days: Map<String, Value> = all
        .iter()
        .map(|claim| {
            let days = overdue_days(claim.filing.overdue_since, claim.filing.filed_on);
            (claim.contract(), json!(days))
        })
        .collect();
    Ok(json!({
        "all": sums(all.iter().map(|claim| &claim.filing)),
        "eligible": sums(eligible.clone().map(|claim| &claim.filing)),
        "ineligible": ineligible,
        "eligible_contracts": eligible.map(Judged::contract).collect::<Vec<_>>(),
        "overdue_days": days,
    }))
}

/// Why a claim is not eligible, at its place in the file; nothing for a reason that is no fault of a row.
fn ineligible_entry(db: &mut Db, claim: &Judged, code: &str) -> Result<Option<Value>, UseCaseError> {
    let Some(code) = FindingCode::from_code(code) else {
        return Ok(None);
    };
    let filing = &claim.filing;
    let (field, args) = match code {
        FindingCode::ClaimPledgeAfterNpl => {
            let registered = filing.pledge_registered_on.map(|day| day.to_string()).unwrap_or_default();
            let npl = npl_date(filing.overdue_since).to_string();
            (Field::PledgeRegisteredOn, arguments(&[("registered", &registered), ("npl", &npl)]))
        }
        FindingCode::ClaimIpTermOver => {
            let number = over_right(db, filing)?;
            (Field::FiledOn, arguments(&[("date", &filing.filed_on.to_string()), ("number", &number)]))
        }
        FindingCode::ClaimOverdueTooShort => {
            let days = overdue_days(filing.overdue_since, filing.filed_on).to_string();
            (Field::OverdueSince, arguments(&[("days", &days)]))
        }
        _ => return Ok(None),
    };
    let Some(import) = imports::one(db, &filing.import_id)? else {
        return Ok(None);
    };
    let names: BTreeMap<String, String> = serde_json::from_str(&import.column_names).unwrap_or_default();
    Ok(Some(json!({
        "file": import.file_name,
        "sheet": import.sheet,
        "row": filing.row_no,
        "column": names.get(field.code()),
        "code": code.code(),
        "contract": claim.contract(),
        "reason_zh": reason(code, &args, Lang::Zh),
        "reason_en": reason(code, &args, Lang::En),
    })))
}

/// The first right whose term was over on the day of the claim.
fn over_right(db: &mut Db, filing: &ClaimRow) -> Result<String, UseCaseError> {
    let version = loans::registration(db, &filing.loan_id)?.map_or(1, |row| row.version);
    let rights = loans::rights(db, &filing.loan_id, version)?;
    let over = rights.into_iter().find(|right| {
        let kind = IpKind::from_code(&right.kind);
        let number = kind.and_then(|kind| IpNumber::read(kind, &right.number).ok().map(|number| (kind, number)));
        number.is_some_and(|(kind, number)| term_end(kind, &number).certainly_over_before(filing.filed_on))
    });
    Ok(over.map(|right| right.number).unwrap_or_default())
}

fn fund(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    let rows = money::fund_rows(db, app.fund_id())?;
    let of = |kind: FundRowKind| rows.iter().filter(move |row| row.kind == kind.code());
    let sum = |kind: FundRowKind| of(kind).map(|row| row.amount_fen).sum::<i64>();
    let mut by_source: BTreeMap<String, i64> = BTreeMap::new();
    for row in of(FundRowKind::Contribution) {
        let source = FundSource::from_code(&row.source).map_or(row.source.clone(), |source| source.zh().to_owned());
        *by_source.entry(source).or_default() += row.amount_fen;
    }
    let mut by_contract: BTreeMap<String, i64> = BTreeMap::new();
    for row in of(FundRowKind::Recovery) {
        *by_contract.entry(row.contract.clone().unwrap_or_default()).or_default() += row.amount_fen;
    }
    let object = |sums: BTreeMap<String, i64>| -> Map<String, Value> {
        sums.into_iter().map(|(key, fen)| (key, yuan(fen))).collect()
    };
    Ok(json!({
        "contributions": yuan(sum(FundRowKind::Contribution)),
        "contributions_by_source": object(by_source),
        "interest": yuan(sum(FundRowKind::Interest)),
        "recoveries": yuan(sum(FundRowKind::Recovery)),
        "recoveries_by_contract": object(by_contract),
    }))
}

fn partner_sums(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    let partners = parties::partners(db, app.fund_id())?;
    let kind_zh = |code: &str| PartnerKind::from_code(code).map_or(code.to_owned(), |kind| kind.zh().to_owned());
    let quota: Map<String, Value> = partners
        .iter()
        .filter(|partner| partner.kind == PartnerKind::Bank.code())
        .map(|partner| (partner.code.clone(), partner.limit_fen.map_or(Value::Null, yuan)))
        .collect();
    Ok(json!({
        "by_kind": counted(partners.iter().map(|partner| kind_zh(&partner.kind))),
        "bank_quota": quota,
    }))
}

/// The answer of `claim list --json`.
///
/// # Errors
/// Storage; `Overflow` for a stored amount that is none.
pub fn claim_list(app: &App, db: &mut Db) -> Result<Value, UseCaseError> {
    let statuses: BTreeMap<String, String> = claims::statuses(db, &Reach::of_fund(app.fund_id()))?
        .into_iter()
        .map(|status| (status.claim_id, status.state))
        .collect();
    let mut list = Vec::new();
    for claim in judged(app, db)? {
        list.push(claim_entry(&claim, statuses.get(&claim.filing.claim_id))?);
    }
    Ok(json!({ "claims": list }))
}

fn claim_entry(claim: &Judged, state: Option<&String>) -> Result<Value, UseCaseError> {
    let calculation = claim.calculation.as_ref();
    let rate = calculation.and_then(|row| row.fund_rate_ppm).map(Ppm::try_new).transpose()?;
    let base = calculation.and_then(|row| row.loss_base_fen).map(Fen::try_new).transpose()?;
    Ok(json!({
        "contract": claim.contract(),
        "bank": claim.filing.bank,
        "claim_date": claim.filing.filed_on.to_string(),
        "decision": calculation.map(|row| row.decision.clone()),
        "reasons": claim.reasons(),
        "loss_base": base.map(Fen::yuan),
        "fund_rate": rate.map(Ppm::fraction),
        "shares": calculation.map(shares_of),
        "payout": calculation.map(|row| yuan(row.payout_fen)),
        "state": state,
    }))
}

fn shares_of(row: &CalculationRow) -> Value {
    let stored: Vec<Value> = serde_json::from_str(&row.shares).unwrap_or_default();
    let mut shares: BTreeMap<String, Value> = BTreeMap::new();
    for share in stored {
        if let (Some(party), Some(fen)) = (share["party"].as_str(), share["fen"].as_i64()) {
            shares.insert(party.to_owned(), yuan(fen));
        }
    }
    json!(shares)
}
