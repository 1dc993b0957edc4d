//! The fields of a case, listed once and walked twice: to read JSON and to write it.
//!
//! **Invariant:** a field is read and written under the same name and form, because both use the same line.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::quote_json::CaseError;
use crate::domain::ip_right::TermEnd;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{IpKind, SizeClass, Tier};
use crate::domain::payout::case::{
    BankFacts, BorrowerFacts, ClaimFacts, FundFacts, LevelFacts, LoanFacts, RightFacts, When,
};
use crate::domain::rulebook::vocabulary::{PledgeMode, Route};

/// How one value is written and read back, and what a reader is told it should be.
struct Form<T> {
    write: fn(&T) -> Value,
    read: fn(&Value) -> Option<T>,
    expected: &'static str,
}

/// Walks the fields of a part, in reading or in writing.
pub(super) trait Codec {
    /// One field; absent is unknown.
    fn field<T>(&mut self, key: &'static str, slot: &mut Option<T>, form: &dyn ValueForm<T>);
    /// A list of parts; absent is unknown.
    fn list<T: Default + Clone>(
        &mut self,
        key: &'static str,
        slot: &mut Option<Vec<T>>,
        reading: fn(&mut Reader, &mut T),
        writing: fn(&mut Writer, &mut T),
    );
}

/// How one value is written and read back.
pub(super) trait ValueForm<T> {
    /// As JSON.
    fn write(&self, value: &T) -> Value;
    /// From JSON, if it has the form.
    fn read(&self, value: &Value) -> Option<T>;
    /// What should stand there.
    fn expected(&self) -> &'static str;
}

impl<T> ValueForm<T> for Form<T> {
    fn write(&self, value: &T) -> Value {
        (self.write)(value)
    }
    fn read(&self, value: &Value) -> Option<T> {
        (self.read)(value)
    }
    fn expected(&self) -> &'static str {
        self.expected
    }
}

const TEXT: Form<String> = Form {
    write: |text| Value::String(text.clone()),
    read: |value| value.as_str().map(str::to_owned),
    expected: "text",
};
const TEXTS: Form<Vec<String>> = Form {
    write: |texts| json!(texts),
    read: |value| value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
    expected: "a list of texts",
};
const MONEY: Form<Fen> = Form {
    write: |fen| Value::String(fen.yuan()),
    read: |value| Fen::from_yuan(value.as_str()?).ok(),
    expected: "yuan as text with two places",
};
const RATE: Form<Ppm> = Form {
    write: |rate| Value::String(rate.fraction()),
    read: |value| Ppm::from_fraction(value.as_str()?).ok(),
    expected: "a fraction as text",
};
const FLAG: Form<bool> = Form { write: |flag| Value::Bool(*flag), read: Value::as_bool, expected: "true or false" };
const COUNT: Form<u32> = Form {
    write: |count| json!(count),
    read: |value| value.as_u64().and_then(|count| u32::try_from(count).ok()),
    expected: "a whole number",
};
const DAY: Form<When> = Form {
    write: |when| match when {
        When::On(day) => Value::String(day.to_string()),
        When::NotYet => Value::Null,
    },
    read: |value| if value.is_null() { Some(When::NotYet) } else { iso_day(value).map(When::On) },
    expected: "a day or null",
};
const ROUTE: Form<Route> = Form {
    write: |word| json!(word.code()),
    read: |value| Route::from_code(value.as_str()?),
    expected: "direct, guaranteed or insured",
};
const PLEDGE_MODE: Form<PledgeMode> = Form {
    write: |word| json!(word.code()),
    read: |value| PledgeMode::from_code(value.as_str()?),
    expected: "pure, mixed, quasi_credit or indirect",
};
const SIZE: Form<SizeClass> = Form {
    write: |word| json!(word.code()),
    read: |value| SizeClass::from_code(value.as_str()?),
    expected: "micro, small, medium or large",
};
const TIER: Form<Tier> = Form {
    write: |word| json!(word.code()),
    read: |value| Tier::from_code(value.as_str()?),
    expected: "normal, special_mention, substandard, doubtful or loss",
};
const KIND: Form<IpKind> = Form {
    write: |word| json!(word.code()),
    read: |value| IpKind::from_code(value.as_str()?),
    expected: "a kind of right",
};
const BY_MODE: Form<BTreeMap<String, Fen>> = Form {
    write: |amounts| json!(amounts.iter().map(|(mode, fen)| (mode.clone(), fen.yuan())).collect::<BTreeMap<_, _>>()),
    read: |value| {
        let entries = value.as_object()?.iter();
        entries.map(|(mode, fen)| Some((mode.clone(), Fen::from_yuan(fen.as_str()?).ok()?))).collect()
    },
    expected: "amounts by route",
};
/// The end of a term that is known, or `null` for one without an end.
const TERM_END: Form<TermEnd> = Form {
    write: |end| match end {
        TermEnd::Known(day) => Value::String(day.to_string()),
        TermEnd::Open | TermEnd::WithinYear { .. } => Value::Null,
    },
    read: |value| if value.is_null() { Some(TermEnd::Open) } else { iso_day(value).map(TermEnd::Known) },
    expected: "a day or null",
};
/// The end of a term that lies between two days, both included.
const TERM_SPAN: Form<TermEnd> = Form {
    write: |end| match end {
        TermEnd::WithinYear { first, last } => json!([first.to_string(), last.to_string()]),
        TermEnd::Open | TermEnd::Known(_) => Value::Null,
    },
    read: |value| match value.as_array()?.as_slice() {
        [first, last] => {
            let (first, last) = (iso_day(first)?, iso_day(last)?);
            (first <= last).then_some(TermEnd::WithinYear { first, last })
        }
        _ => None,
    },
    expected: "a list of the first and the last possible day",
};

fn iso_day(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

/// The loan.
pub(super) fn loan(codec: &mut impl Codec, loan: &mut LoanFacts) {
    let mut principal = Some(loan.principal);
    codec.field("contract_no", &mut loan.contract_no, &TEXT);
    codec.field("bank", &mut loan.bank, &TEXT);
    codec.field("principal", &mut principal, &MONEY);
    codec.field("ip_amount", &mut loan.ip_amount, &MONEY);
    codec.field("disbursed_on", &mut loan.disbursed_on, &DAY);
    codec.field("matures_on", &mut loan.matures_on, &DAY);
    codec.field("registered_on", &mut loan.registered_on, &DAY);
    codec.field("annual_rate", &mut loan.annual_rate, &RATE);
    codec.field("lpr_1y", &mut loan.lpr_1y, &RATE);
    codec.field("route", &mut loan.route, &ROUTE);
    codec.field("pledge_mode", &mut loan.pledge_mode, &PLEDGE_MODE);
    codec.field("purpose", &mut loan.purpose, &TEXT);
    codec.field("tags", &mut loan.tags, &TEXTS);
    loan.principal = principal.unwrap_or(Fen::ZERO);
}

/// The firm.
pub(super) fn borrower(codec: &mut impl Codec, borrower: &mut BorrowerFacts) {
    codec.field("uscc", &mut borrower.uscc, &TEXT);
    codec.field("size", &mut borrower.size, &SIZE);
    codec.field("region", &mut borrower.region, &TEXT);
    codec.field("established_on", &mut borrower.established_on, &DAY);
    codec.field("first_loan", &mut borrower.first_loan, &FLAG);
    codec.field("revenue", &mut borrower.revenue, &MONEY);
    codec.field("assets", &mut borrower.assets, &MONEY);
    codec.field("employees", &mut borrower.employees, &COUNT);
    codec.field("debt_ratio", &mut borrower.debt_ratio, &RATE);
    codec.field("credit_clean", &mut borrower.credit_clean, &FLAG);
    codec.field("tags", &mut borrower.tags, &TEXTS);
    codec.field("scheme_balance", &mut borrower.scheme_balance, &MONEY);
    codec.field("paid_to_date", &mut borrower.paid_to_date, &MONEY);
    codec.field("paid_this_year", &mut borrower.paid_this_year, &MONEY);
}

/// The pledged rights.
pub(super) fn rights(codec: &mut impl Codec, rights: &mut Option<Vec<RightFacts>>) {
    codec.list("ip_rights", rights, right, right);
}

fn right(codec: &mut impl Codec, right: &mut RightFacts) {
    let spans = matches!(right.term_end, Some(TermEnd::WithinYear { .. }));
    let (mut end, mut span) = if spans { (None, right.term_end) } else { (right.term_end, None) };
    codec.field("kind", &mut right.kind, &KIND);
    codec.field("number", &mut right.number, &TEXT);
    codec.field("pledge_registered_on", &mut right.pledge_registered_on, &DAY);
    codec.field("expires_on", &mut end, &TERM_END);
    codec.field("expires_within", &mut span, &TERM_SPAN);
    codec.field("lapsed_on", &mut right.lapsed_on, &DAY);
    right.term_end = end.or(span);
}

/// The claim.
pub(super) fn claim(codec: &mut impl Codec, claim: &mut ClaimFacts) {
    codec.field("filed_on", &mut claim.filed_on, &DAY);
    codec.field("overdue_since", &mut claim.overdue_since, &DAY);
    codec.field("tier", &mut claim.tier, &TIER);
    codec.field("npl_since", &mut claim.npl_since, &DAY);
    codec.field("principal_outstanding", &mut claim.principal_outstanding, &MONEY);
    codec.field("interest_overdue", &mut claim.interest_overdue, &MONEY);
    codec.field("costs", &mut claim.costs, &MONEY);
    codec.field("insurer_paid", &mut claim.insurer_paid, &MONEY);
    codec.field("guarantor_paid", &mut claim.guarantor_paid, &MONEY);
    codec.field("collateral_gross", &mut claim.collateral_gross, &MONEY);
    codec.field("collateral_cost", &mut claim.collateral_cost, &MONEY);
    codec.field("court_accepted_on", &mut claim.court_accepted_on, &DAY);
    codec.field("written_off_on", &mut claim.written_off_on, &DAY);
    codec.field("documents", &mut claim.documents, &TEXTS);
    codec.list("other_levels", &mut claim.other_levels, level, level);
    codec.field("other_policy_paid", &mut claim.other_policy_paid, &MONEY);
}

fn level(codec: &mut impl Codec, level: &mut LevelFacts) {
    codec.field("level", &mut level.level, &TEXT);
    codec.field("recognised_on", &mut level.recognised_on, &DAY);
    codec.field("paid", &mut level.paid, &MONEY);
}

/// The bank.
pub(super) fn bank(codec: &mut impl Codec, bank: &mut BankFacts) {
    codec.field("first_business_on", &mut bank.first_business_on, &DAY);
    codec.field("performance_grade", &mut bank.performance_grade, &TEXT);
    codec.field("npl_ratio", &mut bank.npl_ratio, &RATE);
    codec.field("npl_loss_this_year", &mut bank.npl_loss_this_year, &MONEY);
    codec.field("registered_principal_this_year", &mut bank.registered_principal_this_year, &MONEY);
    codec.field("paid_this_year", &mut bank.paid_this_year, &MONEY);
    codec.field("suspended", &mut bank.suspended, &FLAG);
    codec.field("portfolio_balance", &mut bank.portfolio_balance, &MONEY);
    codec.field("portfolio_npl", &mut bank.portfolio_npl, &MONEY);
    codec.field("portfolio_npl_loss", &mut bank.portfolio_npl_loss, &MONEY);
}

/// The fund.
pub(super) fn fund(codec: &mut impl Codec, fund: &mut FundFacts) {
    codec.field("balance", &mut fund.balance, &MONEY);
    codec.field("total", &mut fund.total, &MONEY);
    codec.field("floor", &mut fund.floor, &MONEY);
    codec.field("paid_this_year", &mut fund.paid_this_year, &MONEY);
    codec.field("paid_this_year_by_mode", &mut fund.paid_this_year_by_mode, &BY_MODE);
}

/// Writes the fields of one object.
#[derive(Default)]
pub(super) struct Writer {
    map: Map<String, Value>,
}

impl Writer {
    /// What `walk` writes.
    pub fn written(walk: impl FnOnce(&mut Writer)) -> Map<String, Value> {
        let mut writer = Writer::default();
        walk(&mut writer);
        writer.map
    }
}

impl Codec for Writer {
    fn field<T>(&mut self, key: &'static str, slot: &mut Option<T>, form: &dyn ValueForm<T>) {
        if let Some(value) = slot {
            self.map.insert(key.to_owned(), form.write(value));
        }
    }

    fn list<T: Default + Clone>(
        &mut self,
        key: &'static str,
        slot: &mut Option<Vec<T>>,
        _reading: fn(&mut Reader, &mut T),
        writing: fn(&mut Writer, &mut T),
    ) {
        if let Some(parts) = slot {
            let written = parts.iter_mut().map(|part| Value::Object(Writer::written(|writer| writing(writer, part))));
            self.map.insert(key.to_owned(), Value::Array(written.collect()));
        }
    }
}

/// Reads the fields of one object and remembers which it has taken.
pub(super) struct Reader {
    path: String,
    left: Map<String, Value>,
    error: Option<CaseError>,
}

impl Reader {
    /// Opens an object at `path`.
    pub fn open(path: &str, value: &Value) -> Result<Reader, CaseError> {
        match value.as_object() {
            Some(map) => Ok(Reader { path: path.to_owned(), left: map.clone(), error: None }),
            None => Err(CaseError::Form { path: path.to_owned(), expected: "an object" }),
        }
    }

    /// The first error, or the first key that nobody took.
    pub fn close(self) -> Result<(), CaseError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.left.keys().next() {
            Some(key) => Err(CaseError::Unknown { path: joined(&self.path, key) }),
            None => Ok(()),
        }
    }

    /// A text that must be there.
    pub fn required_text(&mut self, key: &str) -> Result<String, CaseError> {
        let path = joined(&self.path, key);
        match self.left.shift_remove(key) {
            None => Err(CaseError::Missing { path }),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(CaseError::Form { path, expected: "text" }),
        }
    }

    /// A part that must be there, and in it a principal.
    pub fn required_part(&mut self, key: &str, walk: impl FnOnce(&mut Reader)) -> Result<(), CaseError> {
        let path = joined(&self.path, key);
        match self.left.get(key).and_then(Value::as_object) {
            None => Err(CaseError::Missing { path }),
            Some(map) if !map.contains_key("principal") => Err(CaseError::Missing { path: joined(&path, "principal") }),
            Some(_) => self.part(key, walk).map(|_present| ()),
        }
    }

    /// A part, if it is there; says whether it was.
    pub fn part(&mut self, key: &str, walk: impl FnOnce(&mut Reader)) -> Result<bool, CaseError> {
        let Some(value) = self.left.shift_remove(key) else {
            return Ok(false);
        };
        let mut reader = Reader::open(&joined(&self.path, key), &value)?;
        walk(&mut reader);
        reader.close().map(|()| true)
    }

    fn fail(&mut self, error: CaseError) {
        self.error.get_or_insert(error);
    }
}

impl Codec for Reader {
    fn field<T>(&mut self, key: &'static str, slot: &mut Option<T>, form: &dyn ValueForm<T>) {
        let Some(value) = self.left.shift_remove(key) else {
            return;
        };
        match form.read(&value) {
            Some(read) => *slot = Some(read),
            None => self.fail(CaseError::Form { path: joined(&self.path, key), expected: form.expected() }),
        }
    }

    fn list<T: Default + Clone>(
        &mut self,
        key: &'static str,
        slot: &mut Option<Vec<T>>,
        reading: fn(&mut Reader, &mut T),
        _writing: fn(&mut Writer, &mut T),
    ) {
        let Some(value) = self.left.shift_remove(key) else {
            return;
        };
        let path = joined(&self.path, key);
        let Some(items) = value.as_array() else {
            self.fail(CaseError::Form { path, expected: "a list" });
            return;
        };
        let mut parts = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let mut part = T::default();
            let read = Reader::open(&format!("{path}[{place}]"), item).and_then(|mut reader| {
                reading(&mut reader, &mut part);
                reader.close()
            });
            match read {
                Ok(()) => parts.push(part),
                Err(error) => self.fail(error),
            }
        }
        *slot = Some(parts);
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
