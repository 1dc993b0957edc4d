//! Records on their way out of the reading process.
//!
//! **Invariant:** reading back what was sent gives an equal record.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::wire::{Garbled, garbled};
use crate::domain::credit_code::CreditCode;
use crate::domain::filing::{ClaimFiling, FundRow, PartnerRow, ServicingRow};
use crate::domain::ip_right::IpNumber;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{
    ContractNo, DocumentKind, FundRowKind, FundSource, IpKind, PartnerCode, PartnerKind, Repayment, SizeClass, Tier,
};
use crate::domain::registration::{BorrowerFacts, Guarantee, Insurance, PledgedRight, Registration};
use crate::import::Body;
use crate::import::rows::Record;

fn fen(amount: i64) -> Result<Fen, Garbled> {
    Fen::try_new(amount).map_err(|_negative| garbled("amount"))
}

fn ppm(ratio: i64) -> Result<Ppm, Garbled> {
    Ppm::try_new(ratio).map_err(|_negative| garbled("ratio"))
}

fn fen_or_none(amount: Option<i64>) -> Result<Option<Fen>, Garbled> {
    amount.map(fen).transpose()
}

fn known<T>(found: Option<T>, what: &str) -> Result<T, Garbled> {
    found.ok_or_else(|| garbled(what))
}

/// A registered loan.
#[derive(Debug, Serialize, Deserialize)]
pub struct Loan {
    row: u32,
    contract: String,
    drawdown: String,
    borrower: String,
    credit_code: String,
    founded_on: NaiveDate,
    county: String,
    industry: String,
    size: String,
    employees: Option<u32>,
    revenue: Option<i64>,
    first_loan: bool,
    principal: i64,
    rate: i64,
    disbursed_on: NaiveDate,
    matures_on: NaiveDate,
    repayment: String,
    ip_share: i64,
    rights: Vec<(String, String, String, Option<i64>)>,
    appraised: Option<i64>,
    appraiser: Option<String>,
    pledge_no: Option<String>,
    pledged_on: Option<NaiveDate>,
    insurance: Option<Policy>,
    guarantee: Option<(String, i64)>,
}

/// An insurance policy.
#[derive(Debug, Serialize, Deserialize)]
struct Policy {
    insurer: String,
    product: String,
    number: String,
    sum: Option<i64>,
    premium: Option<i64>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
}

impl Loan {
    /// To be sent.
    #[must_use]
    pub fn of(record: Record<Registration>) -> Loan {
        let loan = record.value;
        Loan {
            row: record.row,
            contract: loan.contract.as_str().to_owned(),
            drawdown: loan.drawdown,
            borrower: loan.borrower.name,
            credit_code: loan.borrower.credit_code.as_str().to_owned(),
            founded_on: loan.borrower.founded_on,
            county: loan.borrower.county,
            industry: loan.borrower.industry,
            size: loan.borrower.size_declared.code().to_owned(),
            employees: loan.borrower.employees,
            revenue: loan.borrower.revenue.map(Fen::get),
            first_loan: loan.first_loan_declared,
            principal: loan.principal.get(),
            rate: loan.annual_rate.get(),
            disbursed_on: loan.disbursed_on,
            matures_on: loan.matures_on,
            repayment: loan.repayment.code().to_owned(),
            ip_share: loan.ip_share.get(),
            rights: loan.rights.into_iter().map(right_sent).collect(),
            appraised: loan.appraised_total.map(Fen::get),
            appraiser: loan.appraiser,
            pledge_no: loan.pledge_no,
            pledged_on: loan.pledge_registered_on,
            insurance: loan.insurance.map(policy_sent),
            guarantee: loan.guarantee.map(|part| (part.guarantor, part.share.get())),
        }
    }

    /// As received.
    ///
    /// # Errors
    /// `Garbled`.
    pub fn read(self) -> Result<Record<Registration>, Garbled> {
        let borrower = BorrowerFacts {
            name: self.borrower,
            credit_code: CreditCode::parse(&self.credit_code).map_err(|_wrong| garbled("credit code"))?,
            founded_on: self.founded_on,
            county: self.county,
            industry: self.industry,
            size_declared: known(SizeClass::from_code(&self.size), "size")?,
            employees: self.employees,
            revenue: fen_or_none(self.revenue)?,
        };
        let guarantee = match self.guarantee {
            Some((guarantor, share)) => Some(Guarantee { guarantor, share: ppm(share)? }),
            None => None,
        };
        let value = Registration {
            contract: ContractNo::new(&self.contract),
            drawdown: self.drawdown,
            borrower,
            first_loan_declared: self.first_loan,
            principal: fen(self.principal)?,
            annual_rate: ppm(self.rate)?,
            disbursed_on: self.disbursed_on,
            matures_on: self.matures_on,
            repayment: known(Repayment::from_code(&self.repayment), "repayment")?,
            ip_share: ppm(self.ip_share)?,
            rights: self.rights.into_iter().map(right_read).collect::<Result<Vec<_>, _>>()?,
            appraised_total: fen_or_none(self.appraised)?,
            appraiser: self.appraiser,
            pledge_no: self.pledge_no,
            pledge_registered_on: self.pledged_on,
            insurance: self.insurance.map(policy_read).transpose()?,
            guarantee,
        };
        Ok(Record { row: self.row, value })
    }
}

fn right_sent(right: PledgedRight) -> (String, String, String, Option<i64>) {
    (right.kind.code().to_owned(), right.number.as_str().to_owned(), right.title, right.appraised.map(Fen::get))
}

fn right_read(sent: (String, String, String, Option<i64>)) -> Result<PledgedRight, Garbled> {
    let (kind, number, title, appraised) = sent;
    let kind = known(IpKind::from_code(&kind), "kind of right")?;
    let number = IpNumber::read(kind, &number).map_err(|_wrong| garbled("number of a right"))?;
    Ok(PledgedRight { kind, number, title, appraised: fen_or_none(appraised)? })
}

fn policy_sent(policy: Insurance) -> Policy {
    Policy {
        insurer: policy.insurer,
        product: policy.product,
        number: policy.policy_no,
        sum: policy.insured_sum.map(Fen::get),
        premium: policy.premium.map(Fen::get),
        starts_on: policy.starts_on,
        ends_on: policy.ends_on,
    }
}

fn policy_read(sent: Policy) -> Result<Insurance, Garbled> {
    Ok(Insurance {
        insurer: sent.insurer,
        product: sent.product,
        policy_no: sent.number,
        insured_sum: fen_or_none(sent.sum)?,
        premium: fen_or_none(sent.premium)?,
        starts_on: sent.starts_on,
        ends_on: sent.ends_on,
    })
}

/// Accepted records of a file that has no loans to stream.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// Loans, which come in lines of their own.
    Loans,
    /// Rows of a report.
    Servicing(Vec<(u32, Reported)>),
    /// Claims.
    Claims(Vec<(u32, Filed)>),
    /// Movements of the fund.
    Fund(Vec<(u32, Moved)>),
    /// Partners.
    Partners(Vec<(u32, Partner)>),
}

/// A row of a report.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reported {
    contract: String,
    drawdown: String,
    reported_on: NaiveDate,
    balance: i64,
    overdue_principal: i64,
    overdue_interest: i64,
    overdue_since: Option<NaiveDate>,
    bank_tier: String,
}

/// A claim.
#[derive(Debug, Serialize, Deserialize)]
pub struct Filed {
    contract: String,
    drawdown: String,
    filed_on: NaiveDate,
    outstanding: i64,
    overdue_interest: i64,
    overdue_since: NaiveDate,
    pledged_on: Option<NaiveDate>,
    insurer_paid: i64,
    guarantor_paid: i64,
    gross: i64,
    cost: i64,
    documents: Vec<String>,
}

/// A movement of the fund.
#[derive(Debug, Serialize, Deserialize)]
pub struct Moved {
    on: NaiveDate,
    kind: String,
    source: String,
    contract: Option<String>,
    amount: i64,
    note: String,
}

/// A partner.
#[derive(Debug, Serialize, Deserialize)]
pub struct Partner {
    kind: String,
    name: String,
    code: String,
    agreed_from: NaiveDate,
    agreed_to: NaiveDate,
    limit: Option<i64>,
}

fn sent<T, S>(records: &[Record<T>], send: impl Fn(&T) -> S) -> Vec<(u32, S)> {
    records.iter().map(|record| (record.row, send(&record.value))).collect()
}

fn received<S, T>(rows: Vec<(u32, S)>, read: impl Fn(S) -> Result<T, Garbled>) -> Result<Vec<Record<T>>, Garbled> {
    rows.into_iter().map(|(row, sent)| read(sent).map(|value| Record { row, value })).collect()
}

impl Rows {
    /// To be sent.
    #[must_use]
    pub fn of(body: &Body) -> Rows {
        match body {
            Body::Registrations(_) => Rows::Loans,
            Body::Servicing(rows) => Rows::Servicing(sent(rows, reported)),
            Body::Claims(rows) => Rows::Claims(sent(rows, filed)),
            Body::Fund(rows) => Rows::Fund(sent(rows, moved)),
            Body::Partners(rows) => Rows::Partners(sent(rows, partner)),
        }
    }

    /// As received.
    ///
    /// # Errors
    /// `Garbled`.
    pub fn read(self) -> Result<Body, Garbled> {
        Ok(match self {
            Rows::Loans => Body::Registrations(Vec::new()),
            Rows::Servicing(rows) => Body::Servicing(received(rows, read_reported)?),
            Rows::Claims(rows) => Body::Claims(received(rows, read_filed)?),
            Rows::Fund(rows) => Body::Fund(received(rows, read_moved)?),
            Rows::Partners(rows) => Body::Partners(received(rows, read_partner)?),
        })
    }
}

fn reported(row: &ServicingRow) -> Reported {
    Reported {
        contract: row.contract.as_str().to_owned(),
        drawdown: row.drawdown.clone(),
        reported_on: row.reported_on,
        balance: row.balance.get(),
        overdue_principal: row.overdue_principal.get(),
        overdue_interest: row.overdue_interest.get(),
        overdue_since: row.overdue_since,
        bank_tier: row.bank_tier.code().to_owned(),
    }
}

fn read_reported(sent: Reported) -> Result<ServicingRow, Garbled> {
    Ok(ServicingRow {
        contract: ContractNo::new(&sent.contract),
        drawdown: sent.drawdown,
        reported_on: sent.reported_on,
        balance: fen(sent.balance)?,
        overdue_principal: fen(sent.overdue_principal)?,
        overdue_interest: fen(sent.overdue_interest)?,
        overdue_since: sent.overdue_since,
        bank_tier: known(Tier::from_code(&sent.bank_tier), "tier")?,
    })
}

fn filed(claim: &ClaimFiling) -> Filed {
    Filed {
        contract: claim.contract.as_str().to_owned(),
        drawdown: claim.drawdown.clone(),
        filed_on: claim.filed_on,
        outstanding: claim.outstanding_principal.get(),
        overdue_interest: claim.overdue_interest.get(),
        overdue_since: claim.overdue_since,
        pledged_on: claim.pledge_registered_on,
        insurer_paid: claim.insurer_paid.get(),
        guarantor_paid: claim.guarantor_paid.get(),
        gross: claim.collateral_gross.get(),
        cost: claim.collateral_cost.get(),
        documents: claim.documents.iter().map(|kind| kind.code().to_owned()).collect(),
    }
}

fn read_filed(sent: Filed) -> Result<ClaimFiling, Garbled> {
    let documents = sent.documents.iter().map(|code| known(DocumentKind::from_code(code), "document"));
    Ok(ClaimFiling {
        contract: ContractNo::new(&sent.contract),
        drawdown: sent.drawdown,
        filed_on: sent.filed_on,
        outstanding_principal: fen(sent.outstanding)?,
        overdue_interest: fen(sent.overdue_interest)?,
        overdue_since: sent.overdue_since,
        pledge_registered_on: sent.pledged_on,
        insurer_paid: fen(sent.insurer_paid)?,
        guarantor_paid: fen(sent.guarantor_paid)?,
        collateral_gross: fen(sent.gross)?,
        collateral_cost: fen(sent.cost)?,
        documents: documents.collect::<Result<Vec<_>, _>>()?,
    })
}

fn moved(row: &FundRow) -> Moved {
    Moved {
        on: row.on,
        kind: row.kind.code().to_owned(),
        source: row.source.code().to_owned(),
        contract: row.contract.as_ref().map(|contract| contract.as_str().to_owned()),
        amount: row.amount.get(),
        note: row.note.clone(),
    }
}

fn read_moved(sent: Moved) -> Result<FundRow, Garbled> {
    Ok(FundRow {
        on: sent.on,
        kind: known(FundRowKind::from_code(&sent.kind), "kind of movement")?,
        source: known(FundSource::from_code(&sent.source), "source")?,
        contract: sent.contract.as_deref().map(ContractNo::new),
        amount: fen(sent.amount)?,
        note: sent.note,
    })
}

fn partner(row: &PartnerRow) -> Partner {
    Partner {
        kind: row.kind.code().to_owned(),
        name: row.name.clone(),
        code: row.code.as_str().to_owned(),
        agreed_from: row.agreed_from,
        agreed_to: row.agreed_to,
        limit: row.limit.map(Fen::get),
    }
}

fn read_partner(sent: Partner) -> Result<PartnerRow, Garbled> {
    Ok(PartnerRow {
        kind: known(PartnerKind::from_code(&sent.kind), "kind of partner")?,
        name: sent.name,
        code: PartnerCode::new(&sent.code),
        agreed_from: sent.agreed_from,
        agreed_to: sent.agreed_to,
        limit: fen_or_none(sent.limit)?,
    })
}
