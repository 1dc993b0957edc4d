//! Everything a period's tables are made of, read from the books as known now.
//!
//! **Invariant:** a bank without a report in force for the month is missing, and nothing of an earlier month
//! stands in for it; a loan whose row was refused stands as last reported, and the summary says so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::UseCaseError;
use super::measures;
use super::punctuality::Deadlines;
use super::reserve::{fund_money, most_by_contract};
use super::servicing::tier_of;
use crate::app::App;
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{ContractNo, FundRowKind, IpKind, PartnerCode, PartnerKind, Tier};
use crate::reports::facts::{
    ActivePolicy, BankFacts, LoanFact, LoanKey, Office, Offices, PeriodFacts, PlanLists, Position, ReportState,
    RulebookLabel, Servicing,
};
use crate::reports::money_facts::{
    ClaimFact, ClaimStanding, ComputedClaim, FundMoney, RecoveryFact, RestatedFigures, Restatement,
};
use crate::storage::find::{Reach, claims, loans, money, parties, servicing};
use crate::storage::rows::loans::{LoanInsuranceRow, LoanRegistrationRow, LoanRightRow, LoanRow};
use crate::storage::rows::parties::PartnerRow;
use crate::storage::rows::servicing::{LoanMonthRow, ServicingReportRow};
use crate::storage::{Db, StoreError};

/// Which issue of which period is wanted.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The month.
    pub period: Month,
    /// 1 for the first issue.
    pub version: u32,
    /// Corrections of earlier periods to be told.
    pub restatements: Vec<Restatement>,
    /// Day of issue.
    pub on: NaiveDate,
    /// Facts recorded later are not in it, UTC.
    pub cut_off: NaiveDateTime,
}

/// The books, read once.
struct Books {
    loans: BTreeMap<String, LoanRow>,
    registrations: Vec<LoanRegistrationRow>,
    rights: BTreeMap<String, Vec<LoanRightRow>>,
    policies: BTreeMap<String, LoanInsuranceRow>,
    reports: Vec<ServicingReportRow>,
}

/// Reads the facts of a period.
///
/// # Errors
/// Storage; `Corrupt` for a stored code that is none.
pub fn load(app: &App, db: &mut Db, issue: Issue) -> Result<PeriodFacts, UseCaseError> {
    let fund_id = app.fund_id();
    let books = read_books(db, fund_id)?;
    let governing = measures::governing_fund(db, fund_id)?;
    let head = &governing.rulebook.head;
    let by_loan = months(db, fund_id, issue.period)?;
    let facts = PeriodFacts {
        period: issue.period,
        version: issue.version,
        cut_off: issue.cut_off.and_utc(),
        issued_on: issue.on,
        offices: offices(app, issue.on),
        fund_name: app.config.fund.name_zh.clone(),
        rulebook: RulebookLabel { label: format!("{}（{}）", head.title.zh, head.version), proposal: head.proposal },
        banks: banks(app, db, &books, &issue)?,
        lists: PlanLists::shuozhou(),
        sources: sources_in(&books.reports, issue.period),
        loans: loan_facts(&books, &by_loan, issue.period)?,
        previous_month: position(db, fund_id, &books, issue.period.prev())?,
        last_year_end: position(db, fund_id, &books, december_before(issue.period))?,
        year_before: position(db, fund_id, &books, year_before(issue.period))?,
        claims: claim_facts(db, fund_id, &books, issue.cut_off)?,
        payments: Vec::new(),
        recoveries: recoveries(db, fund_id, &books, issue.cut_off)?,
        money: Some(fund_state(db, fund_id, issue.on)?),
        restatements: issue.restatements,
    };
    Ok(facts)
}

fn december_before(period: Month) -> Month {
    let january = (1..period.month()).fold(period, |month, _| month.prev());
    january.prev()
}

fn year_before(period: Month) -> Month {
    (0..12).fold(period, |month, _| month.prev())
}

fn read_books(db: &mut Db, fund_id: &str) -> Result<Books, UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let mut rights: BTreeMap<String, Vec<LoanRightRow>> = BTreeMap::new();
    for right in loans::all_rights(db, fund_id)? {
        rights.entry(right.loan_id.clone()).or_default().push(right);
    }
    Ok(Books {
        loans: loans::all(db, &reach)?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect(),
        registrations: loans::registrations(db, fund_id)?,
        rights,
        policies: loans::insurances(db, fund_id)?.into_iter().map(|row| (row.loan_id.clone(), row)).collect(),
        reports: servicing::reports(db, fund_id)?,
    })
}

fn months(db: &mut Db, fund_id: &str, month: Month) -> Result<BTreeMap<String, LoanMonthRow>, UseCaseError> {
    let rows = servicing::rows_of_month(db, &Reach::of_fund(fund_id), &month.to_string())?;
    Ok(rows.into_iter().map(|row| (row.loan_id.clone(), row)).collect())
}

fn offices(app: &App, on: NaiveDate) -> Offices {
    let named = |id: &str| {
        let name = app.reference.office_on(id, on);
        Office {
            zh: name.map(|name| name.zh.clone()).unwrap_or_default(),
            en: name.map(|name| name.en.clone()).unwrap_or_default(),
            short_zh: name.map(|name| name.short_zh.clone()).unwrap_or_default(),
            predecessor_zh: app.reference.office_before(id, on).map(|name| name.short_zh.clone()),
        }
    };
    let fund = &app.config.fund;
    Offices {
        regulator: named("regulator"),
        bureau: named("bureau"),
        reporter: Office {
            zh: fund.manager_zh.clone(),
            en: fund.manager_en.clone(),
            short_zh: fund.manager_zh.clone(),
            predecessor_zh: None,
        },
    }
}

/// Reports in force for a month: all versions since the last that was not partial.
fn in_force(reports: &[ServicingReportRow], bank: &str, month: Month) -> Vec<String> {
    let month = month.to_string();
    let mut of_month: Vec<&ServicingReportRow> =
        reports.iter().filter(|report| report.bank == bank && report.month == month).collect();
    of_month.sort_by_key(|report| report.version);
    let start = of_month.iter().rposition(|report| !report.is_partial).unwrap_or(0);
    of_month.into_iter().skip(start).map(|report| report.report_id.clone()).collect()
}

fn sources_in(reports: &[ServicingReportRow], month: Month) -> Vec<String> {
    let banks: BTreeSet<&str> = reports.iter().map(|report| report.bank.as_str()).collect();
    banks.into_iter().flat_map(|bank| in_force(reports, bank, month)).collect()
}

/// Identifiers of the bank reports in force for a month.
///
/// # Errors
/// Storage.
pub fn sources(db: &mut Db, fund_id: &str, month: Month) -> Result<Vec<String>, UseCaseError> {
    Ok(sources_in(&servicing::reports(db, fund_id)?, month))
}

fn banks(app: &App, db: &mut Db, books: &Books, issue: &Issue) -> Result<Vec<BankFacts>, UseCaseError> {
    let agreed: BTreeMap<String, PartnerRow> = parties::partners(db, app.fund_id())?
        .into_iter()
        .filter(|partner| partner.kind == PartnerKind::Bank.code())
        .map(|partner| (partner.code.clone(), partner))
        .collect();
    let mut named: BTreeMap<String, String> =
        agreed.values().map(|partner| (partner.code.clone(), partner.name.clone())).collect();
    for loan in books.loans.values() {
        named.entry(loan.bank.clone()).or_insert_with(|| loan.bank.clone());
    }
    let month = issue.period.to_string();
    let mut carried: BTreeMap<String, u64> = BTreeMap::new();
    for loan in servicing::carried(db, &Reach::of_fund(app.fund_id()), Some(issue.period))? {
        *carried.entry(loan.bank).or_default() += 1;
    }
    Ok(named
        .into_iter()
        .map(|(code, name)| {
            let last = books.reports.iter().rfind(|report| report.bank == code && report.month == month);
            let version = last.and_then(|report| u32::try_from(report.version).ok()).unwrap_or(0);
            let state = match last {
                Some(report) if report.nil_return => ReportState::Nil { version },
                Some(_) => ReportState::Reported { version },
                None => ReportState::Missing,
            };
            BankFacts {
                late_returns: Some(late_returns(app, books, &code, issue, agreed.get(&code))),
                carried: carried.get(&code).copied().unwrap_or(0),
                code: PartnerCode::new(&code),
                name,
                predecessor: None,
                state,
                standing: None,
            }
        })
        .collect())
}

/// Months of the year whose first report came late or not at all, up to the period.
fn late_returns(app: &App, books: &Books, bank: &str, issue: &Issue, agreed: Option<&PartnerRow>) -> u64 {
    let deadlines = Deadlines::of(app);
    let mut first: BTreeMap<Month, &ServicingReportRow> = BTreeMap::new();
    for report in books.reports.iter().filter(|report| report.bank == bank) {
        if let Ok(month) = Month::parse(&report.month) {
            first.entry(month).or_insert(report);
        }
    }
    let mut months: BTreeSet<Month> = deadlines.due(agreed, issue.cut_off).into_iter().collect();
    months.extend(first.keys());
    let from = deadlines.first.max(january_of(issue.period));
    let is_asked = |month: &&Month| from <= **month && **month <= issue.period;
    let is_late = |month: &&Month| deadlines.in_time(**month, first.get(month).copied(), issue.cut_off) == Some(false);
    u64::try_from(months.iter().filter(is_asked).filter(is_late).count()).unwrap_or(u64::MAX)
}

fn january_of(period: Month) -> Month {
    december_before(period).next()
}

fn key_of(bank: &str, contract: &str, drawdown: &str) -> LoanKey {
    LoanKey { bank: PartnerCode::new(bank), contract: ContractNo::new(contract), drawdown: drawdown.to_owned() }
}

fn servicing_of(row: &LoanMonthRow) -> Result<Servicing, UseCaseError> {
    let tier = |code: &str| tier_of(code, "loan_months", &row.loan_id);
    Ok(Servicing {
        balance: Fen::try_new(row.balance_fen)?,
        overdue_principal: Fen::try_new(row.overdue_principal_fen)?,
        overdue_interest: Fen::try_new(row.overdue_interest_fen)?,
        overdue_days: u32::try_from(row.overdue_days).unwrap_or(0),
        bank_tier: tier(&row.bank_tier)?,
        floor_tier: tier(&row.floor_tier)?,
        tier: tier(&row.tier)?,
    })
}

fn loan_facts(
    books: &Books,
    by_loan: &BTreeMap<String, LoanMonthRow>,
    period: Month,
) -> Result<Vec<LoanFact>, UseCaseError> {
    let mut facts = Vec::with_capacity(books.registrations.len());
    for row in &books.registrations {
        let Some(loan) = books.loans.get(&row.loan_id) else { continue };
        facts.push(loan_fact(books, row, loan, by_loan.get(&row.loan_id), period)?);
    }
    Ok(facts)
}

fn loan_fact(
    books: &Books,
    row: &LoanRegistrationRow,
    loan: &LoanRow,
    month: Option<&LoanMonthRow>,
    period: Month,
) -> Result<LoanFact, UseCaseError> {
    let rights = books.rights.get(&row.loan_id).map_or(&[][..], Vec::as_slice);
    let mut named = Vec::with_capacity(rights.len());
    for right in rights.iter().filter(|right| right.version == row.version) {
        let kind = IpKind::from_code(&right.kind).ok_or_else(|| StoreError::Corrupt {
            table: "loan_rights",
            key: row.loan_id.clone(),
            what: right.kind.clone(),
        })?;
        named.push((kind, right.number.clone()));
    }
    Ok(LoanFact {
        key: key_of(&row.bank, &row.contract, &row.drawdown),
        borrower: row.credit_code.clone(),
        county: row.county.clone(),
        industry: row.industry.clone(),
        registered_on: loan.registered_on,
        disbursed_on: row.disbursed_on,
        principal: Fen::try_new(row.principal_fen)?,
        rate: Ppm::try_new(row.rate_ppm)?,
        ip_share: Ppm::try_new(row.ip_share_ppm)?,
        first_loan: loan.first_loan,
        first_loan_declared: row.first_loan_declared,
        start_up: loan.start_up.unwrap_or(false),
        covered: loan.covered,
        queued: loan.state == "queued",
        fund_rate: Ppm::try_new(loan.fund_rate_ppm.unwrap_or(0))?,
        policy: active_policy(books.policies.get(&row.loan_id), period.last_day())?,
        pledged_on: row.pledge_registered_on,
        pledge_no: row.pledge_no.clone(),
        rights: named,
        servicing: month.map(servicing_of).transpose()?,
    })
}

fn active_policy(row: Option<&LoanInsuranceRow>, on: NaiveDate) -> Result<Option<ActivePolicy>, UseCaseError> {
    let Some(row) = row else {
        return Ok(None);
    };
    let started = row.starts_on.is_none_or(|from| from <= on);
    let runs = row.ends_on.is_none_or(|to| on <= to);
    if !started || !runs {
        return Ok(None);
    }
    let insured_sum = row.insured_fen.map(Fen::try_new).transpose()?;
    Ok(Some(ActivePolicy { policy_no: row.policy_no.clone(), insured_sum }))
}

fn position(db: &mut Db, fund_id: &str, books: &Books, month: Month) -> Result<Option<Position>, UseCaseError> {
    let text = month.to_string();
    let reported: BTreeSet<PartnerCode> = books
        .reports
        .iter()
        .filter(|report| report.month == text)
        .map(|report| PartnerCode::new(&report.bank))
        .collect();
    if reported.is_empty() {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for (loan_id, row) in months(db, fund_id, month)? {
        if let Some(loan) = books.loans.get(&loan_id) {
            rows.push((key_of(&loan.bank, &loan.contract, &loan.drawdown), servicing_of(&row)?));
        }
    }
    Ok(Some(Position { month, reported, rows }))
}

fn claim_facts(
    db: &mut Db,
    fund_id: &str,
    books: &Books,
    cut_off: NaiveDateTime,
) -> Result<Vec<ClaimFact>, UseCaseError> {
    let statuses: BTreeMap<String, _> = claims::statuses(db, &Reach::of_fund(fund_id))?
        .into_iter()
        .map(|status| (status.claim_id.clone(), status))
        .collect();
    let mut facts = Vec::new();
    for filing in claims::filings(db, fund_id)? {
        let (Some(loan), Some(status)) = (books.loans.get(&filing.loan_id), statuses.get(&filing.claim_id)) else {
            continue;
        };
        if filing.recorded_at > cut_off {
            continue;
        }
        let computed = match (&status.decision, status.payout_fen) {
            (Some(decision), Some(payout)) => {
                Some(ComputedClaim { eligible: decision != "reject", payout: Fen::try_new(payout)? })
            }
            _ => None,
        };
        facts.push(ClaimFact {
            loan: key_of(&loan.bank, &loan.contract, &loan.drawdown),
            filed_on: filing.filed_on,
            claimed: Fen::try_new(filing.outstanding_fen)?,
            standing: ClaimStanding::InReview,
            computed,
            handled_in: None,
        });
    }
    Ok(facts)
}

fn recoveries(
    db: &mut Db,
    fund_id: &str,
    books: &Books,
    cut_off: NaiveDateTime,
) -> Result<Vec<RecoveryFact>, UseCaseError> {
    let mut facts = Vec::new();
    for row in money::fund_rows(db, fund_id)? {
        let loan = row.loan_id.as_ref().and_then(|id| books.loans.get(id));
        let Some(loan) = loan.filter(|_| row.kind == FundRowKind::Recovery.code() && row.recorded_at <= cut_off) else {
            continue;
        };
        facts.push(RecoveryFact {
            loan: key_of(&loan.bank, &loan.contract, &loan.drawdown),
            on: row.row_date,
            amount: Fen::try_new(row.amount_fen)?,
        });
    }
    Ok(facts)
}

fn fund_state(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<FundMoney, UseCaseError> {
    let governing = measures::governing_fund(db, fund_id)?;
    let limits = &governing.limits;
    let state = fund_money(db, fund_id, limits)?;
    Ok(FundMoney {
        cash: state.cash,
        floor: state.floor,
        earmarked: state.earmarked,
        ordered: state.ordered,
        free: state.free()?,
        reserved: state.reserved,
        capacity: state.capacity(limits.multiple)?,
        policy_minimum: Some(state.policy_minimum(limits.multiple)?),
        contractual_maximum: Some(most_by_contract(db, fund_id, limits, on)?),
    })
}

/// What changed in an earlier period, bank by bank, between two sets of reports in force.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn restatements(
    db: &mut Db,
    fund_id: &str,
    period: Month,
    old: &[String],
    now: &[String],
) -> Result<Vec<Restatement>, UseCaseError> {
    let reports = servicing::reports(db, fund_id)?;
    let of_bank = |ids: &[String], bank: &str| -> Vec<String> {
        let known = |id: &&String| reports.iter().any(|report| report.report_id == **id && report.bank == bank);
        ids.iter().filter(known).cloned().collect()
    };
    let banks: BTreeSet<&str> = reports.iter().map(|report| report.bank.as_str()).collect();
    let mut changed = Vec::new();
    for bank in banks {
        let (before, after) = (of_bank(old, bank), of_bank(now, bank));
        if before == after {
            continue;
        }
        let last = after.last().and_then(|id| reports.iter().find(|report| report.report_id == *id));
        changed.push(Restatement {
            period,
            bank: PartnerCode::new(bank),
            version: last.and_then(|report| u32::try_from(report.version).ok()).unwrap_or(1),
            before: if before.is_empty() { None } else { Some(figures(db, &before)?) },
            after: figures(db, &after)?,
        });
    }
    Ok(changed)
}

fn figures(db: &mut Db, report_ids: &[String]) -> Result<RestatedFigures, UseCaseError> {
    let mut latest: BTreeMap<String, (i64, Tier)> = BTreeMap::new();
    for id in report_ids {
        for row in servicing::rows_of_report(db, id)? {
            let tier = tier_of(&row.tier, "servicing_rows", &row.loan_id)?;
            latest.insert(row.loan_id, (row.balance_fen, tier));
        }
    }
    let mut sum = RestatedFigures { loans: 0, balance: Fen::ZERO, npl_balance: Fen::ZERO };
    for (fen, tier) in latest.into_values().filter(|(fen, _)| *fen > 0) {
        let balance = Fen::try_new(fen)?;
        sum.loans += 1;
        sum.balance = sum.balance.checked_add(balance)?;
        if tier.is_npl() {
            sum.npl_balance = sum.npl_balance.checked_add(balance)?;
        }
    }
    Ok(sum)
}
