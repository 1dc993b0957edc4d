//! Loans asking for cover.
//!
//! A refused loan is refused whole with one finding, the first in this order: contract, borrower (name, credit code,
//! founding date, county, industry, size, employees, revenue, first loan), loan (principal, rate, disbursement,
//! maturity, order of the two, repayment, share of the rights), rights one by one (kind, number, term, value),
//! appraisal, pledge, insurance, guarantee, and last whether the contract was accepted in an earlier row.
//! **Invariant:** a contract with its drawdown number is accepted at most once a file.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::block::Blocks;
use super::field::Field;
use super::file_error::FileError;
use super::finding::{Fault, FindingCode, WORDING};
use super::header::Layout;
use super::mapping::RowPer;
use super::row::RowView;
use super::rows::{DataRows, Gathered, Placed, Record};
use super::sheet::RawRow;
use super::{advice, loan_notes, rights};
use crate::domain::credit_code::{CreditCode, CreditCodeError};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{ContractNo, Repayment, SizeClass, fold_code};
use crate::domain::registration::{BorrowerFacts, Guarantee, Insurance, PledgedRight, Registration};
use crate::domain::unit_slip::median;

/// Highest yearly rate taken for a rate and not for a slip of the pen: 24 %.
pub(super) const HIGHEST_RATE_PPM: i64 = 240_000;

/// Takes one accepted loan.
pub type TakeLoan<'t> = dyn FnMut(Record<Registration>) -> Result<(), FileError> + 't;

/// Reads the loans of a file and hands each accepted one on as it comes; what is given back holds no records.
///
/// # Errors
/// What refuses the whole file, and what `take` refuses.
pub fn read(rows: &mut DataRows<'_, '_, '_>, take: &mut TakeLoan<'_>) -> Result<Gathered<Registration>, FileError> {
    let mut reader = Reader { gathered: Gathered::default(), accepted: HashMap::new(), names: HashMap::new() };
    let layout = rows.layout();
    let mut blocks = Blocks::default();
    while let Some(block) = blocks.next_block(rows)? {
        reader.take(rows, &block);
        reader.hand_on(take)?;
    }
    reader.note_units(layout);
    Ok(reader.gathered)
}

/// What has been accepted so far.
struct Reader {
    gathered: Gathered<Registration>,
    /// What is left of each accepted loan, by contract and drawdown.
    accepted: HashMap<(ContractNo, String), Taken>,
    /// First accepted name by credit code.
    names: HashMap<CreditCode, String>,
}

/// What is kept of an accepted loan to judge the same contract in a later row.
#[derive(Clone, Copy)]
struct Taken {
    row: u32,
    principal: Fen,
    content: u64,
}

fn content_of(loan: &Registration) -> u64 {
    let mut hasher = DefaultHasher::new();
    loan.hash(&mut hasher);
    hasher.finish()
}

impl Reader {
    fn hand_on(&mut self, take: &mut TakeLoan<'_>) -> Result<(), FileError> {
        self.gathered.records.drain(..).try_for_each(take)
    }

    fn take(&mut self, rows: &mut DataRows<'_, '_, '_>, block: &[RawRow]) {
        let layout = rows.layout();
        let views: Vec<RowView<'_>> = block.iter().map(|row| RowView::new(row, layout)).collect();
        let Some(head) = views.first() else { return };
        if layout.mapping.row_per == RowPer::Right {
            rows.count_block(&views);
        }
        let contract = head.contract_shown();
        let mut outcome = read_loan(&views).and_then(|loan| self.first_of_its_contract(loan));
        if let Err(placed) = &mut outcome {
            advice::on_credit_code(&mut placed.fault, head);
            advice::on_firm_of_patent(&mut placed.fault, head);
        }
        if let Ok(loan) = &outcome {
            let key = (loan.contract.clone(), loan.drawdown.clone());
            let taken = Taken { row: head.number(), principal: loan.principal, content: content_of(loan) };
            self.accepted.insert(key, taken);
            let code = loan.borrower.credit_code.clone();
            let name = self.names.entry(code).or_insert_with(|| loan.borrower.name.clone());
            if *name != loan.borrower.name {
                let fault = Fault::new(Field::Borrower, FindingCode::NameDiffers, &[("value", &loan.borrower.name)]);
                self.gathered.warn(layout, head.number(), contract.as_deref(), fault);
            }
            self.gathered.warn_of_serials(head, contract.as_deref());
            for (row, fault) in loan_notes::of_loan(loan, &views) {
                self.gathered.note(layout, row, contract.as_deref(), fault);
            }
        }
        self.gathered.take(layout, head.number(), contract.as_deref(), outcome);
    }

    /// Notes principals that differ from the middle of the file by the factor of a unit.
    fn note_units(&mut self, layout: &Layout<'_>) {
        let Some(usual) = median(self.accepted.values().map(|taken| taken.principal).collect()) else { return };
        let slipped = self.accepted.iter().filter_map(|((contract, _), taken)| {
            let fault = loan_notes::beside_the_file(taken.principal, usual)?;
            Some((taken.row, contract.as_str(), fault))
        });
        let mut slipped: Vec<(u32, &str, Fault)> = slipped.collect();
        slipped.sort_by_key(|(row, _, _)| *row);
        for (row, contract, fault) in slipped {
            self.gathered.note(layout, row, Some(contract), fault);
        }
    }

    fn first_of_its_contract(&self, loan: Registration) -> Result<Registration, Placed> {
        let key = (loan.contract.clone(), loan.drawdown.clone());
        let Some(earlier) = self.accepted.get(&key) else { return Ok(loan) };
        let first = earlier.row.to_string();
        let mut args = vec![("contract", loan.contract.as_str()), ("first", first.as_str())];
        let code = if earlier.content == content_of(&loan) {
            FindingCode::ContractDuplicate
        } else {
            if earlier.principal == loan.principal {
                args.push((WORDING, "content"));
            }
            FindingCode::ContractConflict
        };
        Err(Fault::new(Field::Contract, code, &args).into())
    }
}

fn read_loan(rows: &[RowView<'_>]) -> Result<Registration, Placed> {
    let head = rows.first().ok_or_else(|| Fault::new(Field::Contract, FindingCode::FieldMissing, &[]))?;
    let contract = head.contract()?;
    let drawdown = head.drawdown()?;
    let borrower = read_borrower(head)?;
    let first_loan_declared = head.yes_no(Field::FirstLoan)?;
    let principal = read_principal(head, &contract)?;
    let annual_rate = needed_percent(head, Field::AnnualRate, HIGHEST_RATE_PPM, FindingCode::RateRange)?;
    let disbursed_on = head.needed_date(Field::DisbursedOn)?;
    let matures_on = head.needed_date(Field::MaturesOn)?;
    in_order(head, (Field::DisbursedOn, Field::MaturesOn), FindingCode::DateOrder)?;
    let repayment = head.word(Field::Repayment, Repayment::from_zh, FindingCode::ValueUnknown)?;
    let ip_share = needed_percent(head, Field::IpShare, Ppm::ONE.get(), FindingCode::IpShareRange)?;
    let per_right = head.layout().mapping.row_per == RowPer::Right;
    let rights =
        if per_right { rights::from_rows(rows, disbursed_on)? } else { rights::from_one_row(head, disbursed_on)? };
    let appraised_total = if per_right { total_of(&rights) } else { head.money(Field::Appraised)? };
    Ok(Registration {
        contract,
        drawdown,
        borrower,
        first_loan_declared,
        principal,
        annual_rate,
        disbursed_on,
        matures_on,
        repayment,
        ip_share,
        rights,
        appraised_total,
        appraiser: head.optional_text(Field::Appraiser)?,
        pledge_no: head.optional_text(Field::PledgeNo)?,
        pledge_registered_on: head.date(Field::PledgeRegisteredOn)?,
        insurance: read_insurance(head)?,
        guarantee: read_guarantee(head)?,
    })
}

fn read_borrower(head: &RowView<'_>) -> Result<BorrowerFacts, Fault> {
    let name = head.needed_text(Field::Borrower)?;
    let code_text = head.needed_text(Field::CreditCode)?;
    let credit_code = CreditCode::parse(&code_text).map_err(|error| credit_code_fault(&code_text, error))?;
    Ok(BorrowerFacts {
        name,
        credit_code,
        founded_on: head.needed_date(Field::FoundedOn)?,
        county: head.needed_text(Field::County)?,
        industry: head.needed_text(Field::Industry)?,
        size_declared: head.word(Field::Size, SizeClass::from_zh, FindingCode::ValueUnknown)?,
        employees: head.count(Field::Employees)?,
        revenue: head.money(Field::Revenue)?,
    })
}

pub(super) fn credit_code_fault(text: &str, error: CreditCodeError) -> Fault {
    let shown = fold_code(text);
    let fault = |code, args: &[(&str, &str)]| {
        let mut args = args.to_vec();
        args.push(("value", &shown));
        Fault::new(Field::CreditCode, code, &args)
    };
    match error {
        CreditCodeError::Length { found } => fault(FindingCode::UsccLength, &[("found", &found.to_string())]),
        CreditCodeError::Check { .. } => fault(FindingCode::UsccCheck, &[]),
        CreditCodeError::Charset { found, meant: Some(digit) } => {
            fault(FindingCode::UsccCharset, &[("found", &found.to_string()), ("digit", &digit.to_string())])
        }
        CreditCodeError::Charset { found, meant: None } => {
            fault(FindingCode::UsccCharset, &[("found", &found.to_string()), (WORDING, "plain")])
        }
    }
}

fn read_principal(head: &RowView<'_>, contract: &ContractNo) -> Result<Fen, Fault> {
    let field = Field::Principal;
    let Some(amount) = head.signed_money(field)? else {
        return Err(Fault::new(field, FindingCode::PrincipalMissing, &[("contract", contract.as_str())]));
    };
    match Fen::try_new(amount.get()) {
        Ok(principal) if principal > Fen::ZERO => Ok(principal),
        _ => Err(Fault::new(field, FindingCode::PrincipalNotPositive, &[("value", &amount.yuan())])),
    }
}

fn needed_percent(head: &RowView<'_>, field: Field, most_ppm: i64, code: FindingCode) -> Result<Ppm, Fault> {
    let most = Ppm::try_new(most_ppm).unwrap_or(Ppm::ONE);
    head.percent(field, most, code)?.ok_or_else(|| head.missing(field))
}

/// Refuses an end before its start; points at the end.
pub(super) fn in_order(row: &RowView<'_>, fields: (Field, Field), code: FindingCode) -> Result<(), Fault> {
    match (row.date(fields.0)?, row.date(fields.1)?) {
        (Some(start), Some(end)) if end < start => {
            Err(Fault::new(fields.1, code, &[("start", &start.to_string()), ("end", &end.to_string())]))
        }
        _ => Ok(()),
    }
}

/// The sum of the values of all rights, where every right has one.
fn total_of(rights: &[PledgedRight]) -> Option<Fen> {
    let values: Option<Vec<Fen>> = rights.iter().map(|right| right.appraised).collect();
    values.and_then(|values| values.into_iter().sum())
}

/// The insurance; a policy without insurer is refused, because leaving it out would make the fund pay more.
fn read_insurance(head: &RowView<'_>) -> Result<Option<Insurance>, Fault> {
    let Some(insurer) = head.optional_text(Field::Insurer)? else {
        let names_policy = [Field::InsuranceProduct, Field::PolicyNo].iter().any(|field| !head.cell(*field).is_blank());
        return if names_policy { Err(head.missing(Field::Insurer)) } else { Ok(None) };
    };
    let insurance = Insurance {
        insurer,
        product: head.text(Field::InsuranceProduct)?,
        policy_no: head.text(Field::PolicyNo)?,
        insured_sum: head.money(Field::InsuredSum)?,
        premium: head.money(Field::Premium)?,
        starts_on: head.date(Field::InsuredFrom)?,
        ends_on: head.date(Field::InsuredTo)?,
    };
    in_order(head, (Field::InsuredFrom, Field::InsuredTo), FindingCode::PeriodOrder)?;
    Ok(Some(insurance))
}

/// The guarantor's part; a share without guarantor is refused for the same reason, unless it is zero.
fn read_guarantee(head: &RowView<'_>) -> Result<Option<Guarantee>, Fault> {
    let field = Field::GuaranteeShare;
    let Some(guarantor) = head.optional_text(Field::Guarantor)? else {
        let is_zero = head.count(field) == Ok(Some(0));
        return if head.cell(field).is_blank() || is_zero { Ok(None) } else { Err(head.missing(Field::Guarantor)) };
    };
    let share = needed_percent(head, field, Ppm::ONE.get(), FindingCode::ShareRange)?;
    Ok(Some(Guarantee { guarantor, share }))
}
