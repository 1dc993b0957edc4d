//! What a proposed column reads from the cells of the file.
//!
//! **Invariant:** a cell is read here as the import of the file will read it, by the same getters.

use serde::Serialize;

use crate::domain::credit_code::CreditCode;
use crate::domain::ip_right::{IpNumber, IpNumberError};
use crate::domain::money::Ppm;
use crate::domain::names::{
    DocumentKind, FundRowKind, FundSource, IpKind, PartnerCode, PartnerKind, Repayment, SizeClass, Tier,
};
use crate::i18n::Lang;
use crate::import::field::Field;
use crate::import::finding::{Fault, FindingCode, reason};
use crate::import::registration::{HIGHEST_RATE_PPM, credit_code_fault};
use crate::import::row::RowView;

/// One cell and what a field reads in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Row, from 1.
    pub row: u32,
    /// The cell as it is.
    pub text: String,
    /// What is read; nothing where it cannot be read, or where the column is left out.
    pub reading: Option<String>,
    /// Why it cannot be read.
    pub fault: Option<SampleFault>,
}

/// Why a cell cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleFault {
    /// Stable code, that of the finding an import would give.
    pub code: &'static str,
    /// The reason in Chinese.
    pub reason_zh: String,
    /// The reason in English.
    pub reason_en: String,
}

impl SampleFault {
    /// The reason in a language.
    #[must_use]
    pub fn reason(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.reason_zh,
            Lang::En => &self.reason_en,
        }
    }

    fn of(fault: &Fault) -> SampleFault {
        let text = |lang: Lang| reason(fault.code, &fault.args, lang);
        SampleFault { code: fault.code.code(), reason_zh: text(Lang::Zh), reason_en: text(Lang::En) }
    }
}

/// A cell of a row, read as a field.
pub(super) fn sample(view: &RowView<'_>, field: Field, text: String) -> Sample {
    match read(view, field) {
        Ok(reading) => Sample { row: view.number(), text, reading: Some(reading), fault: None },
        Err(fault) => Sample { row: view.number(), text, reading: None, fault: Some(SampleFault::of(&fault)) },
    }
}

/// What a field reads in a row, as a person writes it.
fn read(view: &RowView<'_>, field: Field) -> Result<String, Fault> {
    use Field as F;
    let unknown = FindingCode::ValueUnknown;
    match field {
        _ if field.is_date() => Ok(view.date(field)?.map(|day| day.to_string()).unwrap_or_default()),
        F::Principal => Ok(view.signed_money(field)?.map(|amount| amount.yuan()).unwrap_or_default()),
        _ if field.is_money() => Ok(view.money(field)?.map(|amount| amount.yuan()).unwrap_or_default()),
        F::AnnualRate => percent(view, field, HIGHEST_RATE_PPM, FindingCode::RateRange),
        F::IpShare => percent(view, field, Ppm::ONE.get(), FindingCode::IpShareRange),
        F::GuaranteeShare => percent(view, field, Ppm::ONE.get(), FindingCode::ShareRange),
        F::Employees => Ok(view.count(field)?.map(|count| count.to_string()).unwrap_or_default()),
        F::FirstLoan => view.yes_no(field).map(|yes| if yes { "是" } else { "否" }.to_owned()),
        F::Size => view.word(field, SizeClass::from_zh, unknown).map(|word| word.zh().to_owned()),
        F::Repayment => view.word(field, Repayment::from_zh, unknown).map(|word| word.zh().to_owned()),
        F::Grade => view.word(field, Tier::from_zh, FindingCode::GradeUnknown).map(|word| word.zh().to_owned()),
        F::PartnerKind => view.word(field, PartnerKind::from_zh, unknown).map(|word| word.zh().to_owned()),
        F::FundKind => view.word(field, FundRowKind::from_zh, unknown).map(|word| word.zh().to_owned()),
        F::Source => view.word(field, FundSource::from_zh, unknown).map(|word| word.zh().to_owned()),
        F::Contract => view.contract().map(|contract| contract.as_str().to_owned()),
        F::Drawdown => view.drawdown(),
        F::Code => view.needed_text(field).map(|text| PartnerCode::new(&text).as_str().to_owned()),
        F::CreditCode => {
            let text = view.needed_text(field)?;
            let code = CreditCode::parse(&text).map_err(|error| credit_code_fault(&text, error))?;
            Ok(code.as_str().to_owned())
        }
        F::IpKind => each(view, field, |part| {
            let kind = view.word_of(field, part, IpKind::from_zh);
            let fault = || Fault::new(field, FindingCode::IpKindUnknown, &[("value", part)]);
            kind.map(|kind| kind.zh().to_owned()).ok_or_else(fault)
        }),
        F::Documents => each(view, field, |part| {
            let document = view.word_of(field, part, DocumentKind::from_zh);
            document
                .map(|document| document.zh().to_owned())
                .ok_or_else(|| Fault::new(field, unknown, &[("value", part)]))
        }),
        F::IpNumber => ip_numbers(view),
        _ => view.text(field),
    }
}

fn percent(view: &RowView<'_>, field: Field, most_ppm: i64, code: FindingCode) -> Result<String, Fault> {
    let most = Ppm::try_new(most_ppm).unwrap_or(Ppm::ONE);
    let ratio = view.percent(field, most, code)?;
    Ok(ratio.map(|ratio| format!("{}%", ratio.percent())).unwrap_or_default())
}

fn each(view: &RowView<'_>, field: Field, of: impl Fn(&str) -> Result<String, Fault>) -> Result<String, Fault> {
    let parts = view.parts(field, &view.text(field)?);
    let read: Vec<String> = parts.iter().map(|part| of(part)).collect::<Result<_, _>>()?;
    Ok(read.join(" | "))
}

/// The numbers of a cell, each checked as a number of the kind at the same place.
fn ip_numbers(view: &RowView<'_>) -> Result<String, Fault> {
    let kinds = view.parts(Field::IpKind, &view.text(Field::IpKind)?);
    let numbers = view.parts(Field::IpNumber, &view.needed_text(Field::IpNumber)?);
    let mut read = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let kind = kinds.get(at).and_then(|kind| view.word_of(Field::IpKind, kind, IpKind::from_zh));
        // Without a kind beside it a number is only looked at as one that has no check digit.
        let checked = IpNumber::read(kind.unwrap_or(IpKind::Trademark), number).map_err(|error| {
            let code = match error {
                IpNumberError::Form => FindingCode::PatentForm,
                IpNumberError::Check { .. } => FindingCode::PatentCheck,
            };
            Fault::new(Field::IpNumber, code, &[("value", number)])
        })?;
        read.push(checked.as_str().to_owned());
    }
    Ok(read.join(" | "))
}
