//! The columns of the standard layouts, in the order in which templates and exports write them.
//!
//! **Invariant:** the headings are those of the shipped standard mappings, so what is written here can be imported.

use super::error::ExportError;
use super::table::{Column, ColumnKind};
use crate::domain::names::{DocumentKind, FundRowKind, FundSource, IpKind, PartnerKind, Repayment, SizeClass, Tier};
use crate::import::field::{Field, FileKind};
use crate::import::mapping::{Mapping, MappingSet};

/// The shipped standard mapping of a kind.
///
/// # Errors
/// `Mapping` for a shipped mapping that does not read, which a test keeps from happening.
pub fn standard_mapping(kind: FileKind) -> Result<Mapping, ExportError> {
    let name = format!("standard_{}", kind.code());
    let shipped = MappingSet::load(None)?;
    let found = shipped.of_kind(kind).find(|mapping| mapping.name == name).cloned();
    Ok(found.expect("a test holds that every kind has a standard mapping"))
}

/// The fields of a kind in their order.
#[must_use]
pub const fn fields(kind: FileKind) -> &'static [Field] {
    use Field as F;
    match kind {
        FileKind::Registrations => &[
            F::Contract,
            F::Drawdown,
            F::Borrower,
            F::CreditCode,
            F::FoundedOn,
            F::County,
            F::Industry,
            F::Size,
            F::Employees,
            F::Revenue,
            F::FirstLoan,
            F::Principal,
            F::AnnualRate,
            F::DisbursedOn,
            F::MaturesOn,
            F::Repayment,
            F::IpKind,
            F::IpNumber,
            F::IpTitle,
            F::Appraised,
            F::PledgeNo,
            F::PledgeRegisteredOn,
            F::Appraiser,
            F::IpShare,
            F::Insurer,
            F::InsuranceProduct,
            F::PolicyNo,
            F::InsuredSum,
            F::Premium,
            F::InsuredFrom,
            F::InsuredTo,
            F::Guarantor,
            F::GuaranteeShare,
        ],
        FileKind::Servicing => &[
            F::Contract,
            F::Drawdown,
            F::ReportedOn,
            F::Balance,
            F::OverduePrincipal,
            F::OverdueInterest,
            F::OverdueSince,
            F::Grade,
        ],
        FileKind::Claims => &[
            F::Contract,
            F::Drawdown,
            F::FiledOn,
            F::OutstandingPrincipal,
            F::OverdueInterest,
            F::OverdueSince,
            F::PledgeRegisteredOn,
            F::InsurerPaid,
            F::GuarantorPaid,
            F::CollateralGross,
            F::CollateralCost,
            F::Documents,
        ],
        FileKind::Fund => &[F::BookedOn, F::FundKind, F::Source, F::Contract, F::Amount, F::Note],
        FileKind::Partners => &[F::PartnerKind, F::Name, F::Code, F::AgreedFrom, F::AgreedTo, F::Limit],
    }
}

/// The columns of a kind.
///
/// # Errors
/// As `standard_mapping`.
pub fn columns(kind: FileKind) -> Result<Vec<Column>, ExportError> {
    let mapping = standard_mapping(kind)?;
    let column =
        |field: &Field| Column { key: field.code(), title: title(&mapping, *field), kind: column_kind(*field) };
    Ok(fields(kind).iter().map(column).collect())
}

/// The heading of a field, the one that names the unit where there is one.
#[must_use]
pub fn title(mapping: &Mapping, field: Field) -> String {
    let headers = mapping.columns.get(&field).map(|column| column.headers.as_slice()).unwrap_or_default();
    let with_unit = headers.iter().find(|header| header.ends_with("元)"));
    with_unit.or_else(|| headers.first()).cloned().unwrap_or_default()
}

/// What the column of a field holds.
#[must_use]
pub const fn column_kind(field: Field) -> ColumnKind {
    use Field as F;
    match field {
        _ if field.is_money() => ColumnKind::Money,
        _ if field.is_date() => ColumnKind::Date,
        F::AnnualRate | F::IpShare | F::GuaranteeShare => ColumnKind::Percent,
        F::Employees => ColumnKind::Count,
        F::Contract | F::Drawdown | F::CreditCode | F::IpNumber | F::PledgeNo | F::PolicyNo | F::Code => {
            ColumnKind::Code
        }
        _ => ColumnKind::Text,
    }
}

/// The words that a field of a closed list may hold.
#[must_use]
pub fn words(field: Field) -> Vec<&'static str> {
    match field {
        Field::Size => SizeClass::ALL.iter().map(|word| word.zh()).collect(),
        Field::FirstLoan => vec!["是", "否"],
        Field::Repayment => Repayment::ALL.iter().map(|word| word.zh()).collect(),
        Field::IpKind => IpKind::ALL.iter().map(|word| word.zh()).collect(),
        Field::Grade => Tier::ALL.iter().map(|word| word.zh()).collect(),
        Field::Documents => DocumentKind::ALL.iter().map(|word| word.zh()).collect(),
        Field::FundKind => FundRowKind::ALL.iter().map(|word| word.zh()).collect(),
        Field::Source => FundSource::ALL.iter().map(|word| word.zh()).collect(),
        Field::PartnerKind => PartnerKind::ALL.iter().map(|word| word.zh()).collect(),
        _ => Vec::new(),
    }
}

/// Whether a cell may hold several words of its list.
#[must_use]
pub const fn holds_several(field: Field) -> bool {
    matches!(field, Field::IpKind | Field::IpNumber | Field::IpTitle | Field::Documents)
}

/// Values of one cell joined so that the standard mapping splits them again: by 、, or on lines of their own where one
/// of them holds a 、 itself; a missing one among others is 无.
#[must_use]
pub fn joined(parts: &[&str]) -> String {
    let Some((only, [])) = parts.split_first() else {
        if parts.iter().all(|part| part.is_empty()) {
            return String::new();
        }
        let plain = |part: &&str| !part.is_empty() && !part.contains(['、', '\n', '\r']);
        let separator = if parts.iter().all(plain) { "、" } else { "\n" };
        let shown = parts.iter().map(|part| if part.is_empty() { "无".to_owned() } else { on_one_line(part) });
        return shown.collect::<Vec<_>>().join(separator);
    };
    (*only).to_owned()
}

fn on_one_line(text: &str) -> String {
    text.split(['\r', '\n']).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
