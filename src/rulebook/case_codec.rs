//! The fields of a case, listed once and walked twice: to read JSON and to write it.
//!
//! **Invariant:** a field is read and written under the same name and form, because both use the same line.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use serde_json_borrow::Value;

use crate::domain::ip_right::TermEnd;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{IpKind, Tier};
use crate::domain::payout::case::{
    BankFacts, BorrowerFacts, ClaimFacts, FundFacts, GuarantorFacts, LevelFacts, LoanFacts, RightFacts, When,
};
use crate::domain::payout::recover::{ReceiptFacts, RecoveryCase};
use crate::domain::payout::subsidy::SubsidyCase;
use crate::domain::rulebook::vocabulary::{BorrowerSize, Claimant, PledgeMode, Route};

use super::case_reader::Reader;

/// How one value is written and read back, and what a reader is told it should be.
struct Form<T> {
    write: fn(&T) -> Json,
    read: for<'v> fn(&Value<'v>) -> Option<T>,
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
        reading: fn(&mut Reader<'_, '_>, &mut T),
        writing: fn(&mut Writer, &mut T),
    );
}

/// How one value is written and read back.
pub(super) trait ValueForm<T> {
    /// As JSON.
    fn write(&self, value: &T) -> Json;
    /// From JSON, if it has the form.
    fn read(&self, value: &Value<'_>) -> Option<T>;
    /// What should stand there.
    fn expected(&self) -> &'static str;
}

impl<T> ValueForm<T> for Form<T> {
    fn write(&self, value: &T) -> Json {
        (self.write)(value)
    }
    fn read(&self, value: &Value<'_>) -> Option<T> {
        (self.read)(value)
    }
    fn expected(&self) -> &'static str {
        self.expected
    }
}

const TEXT: Form<String> = Form {
    write: |text| Json::String(text.clone()),
    read: |value| value.as_str().map(str::to_owned),
    expected: "text",
};
const TEXTS: Form<Vec<String>> = Form {
    write: |texts| json!(texts),
    read: |value| value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
    expected: "a list of texts",
};
const MONEY: Form<Fen> = Form {
    write: |fen| Json::String(fen.yuan()),
    read: |value| Fen::from_yuan(value.as_str()?).ok(),
    expected: "yuan as text with two places",
};
const RATE: Form<Ppm> = Form {
    write: |rate| Json::String(rate.fraction()),
    read: |value| Ppm::from_fraction(value.as_str()?).ok(),
    expected: "a fraction as text",
};
const FLAG: Form<bool> =
    Form { write: |flag| Json::Bool(*flag), read: |value| value.as_bool(), expected: "true or false" };
const COUNT: Form<u32> = Form {
    write: |count| json!(count),
    read: |value| value.as_i64().and_then(|count| u32::try_from(count).ok()),
    expected: "a whole number",
};
const DAY: Form<When> = Form {
    write: |when| match when {
        When::On(day) => Json::String(day.to_string()),
        When::NotYet => Json::Null,
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
const CLAIMANT: Form<Claimant> = Form {
    write: |word| json!(word.code()),
    read: |value| Claimant::from_code(value.as_str()?),
    expected: "bank, guarantor, insurer or appraiser",
};
const SIZE: Form<BorrowerSize> = Form {
    write: |word| json!(word.code()),
    read: |value| BorrowerSize::from_code(value.as_str()?),
    expected: "micro, small, medium, large, owner, sole_trader or cooperative",
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
        entries
            .map(|(mode, fen)| Some((Route::from_code(mode)?.code().to_owned(), Fen::from_yuan(fen.as_str()?).ok()?)))
            .collect()
    },
    expected: "amounts by route",
};
const BY_NAME: Form<BTreeMap<String, Fen>> = Form {
    write: |amounts| json!(amounts.iter().map(|(name, fen)| (name.clone(), fen.yuan())).collect::<BTreeMap<_, _>>()),
    read: |value| {
        let entries = value.as_object()?.iter();
        entries.map(|(name, fen)| Some((name.to_owned(), Fen::from_yuan(fen.as_str()?).ok()?))).collect()
    },
    expected: "amounts by the id of the subsidy",
};
const BORNE: Form<BTreeMap<String, Fen>> = Form {
    write: |amounts| json!(amounts.iter().map(|(name, fen)| (name.clone(), fen.yuan())).collect::<BTreeMap<_, _>>()),
    read: |value| {
        let entries = value.as_object()?.iter();
        entries.map(|(name, fen)| Some((name.to_owned(), Fen::from_yuan(fen.as_str()?).ok()?))).collect()
    },
    expected: "amounts by the id of the party",
};
/// The end of a term that is known, or `null` for one without an end.
const TERM_END: Form<TermEnd> = Form {
    write: |end| match end {
        TermEnd::Known(day) => Json::String(day.to_string()),
        TermEnd::Open | TermEnd::WithinYear { .. } => Json::Null,
    },
    read: |value| if value.is_null() { Some(TermEnd::Open) } else { iso_day(value).map(TermEnd::Known) },
    expected: "a day or null",
};
/// The end of a term that lies between two days, both included.
const TERM_SPAN: Form<TermEnd> = Form {
    write: |end| match end {
        TermEnd::WithinYear { first, last } => json!([first.to_string(), last.to_string()]),
        TermEnd::Open | TermEnd::Known(_) => Json::Null,
    },
    read: |value| match value.as_array()? {
        [first, last] => {
            let (first, last) = (iso_day(first)?, iso_day(last)?);
            (first <= last).then_some(TermEnd::WithinYear { first, last })
        }
        _ => None,
    },
    expected: "a list of the first and the last possible day",
};

/// A day as `YYYY-MM-DD` and in no other form.
fn iso_day(value: &Value<'_>) -> Option<NaiveDate> {
    let text = value.as_str()?;
    let bytes = text.as_bytes();
    let [_, _, _, _, b'-', _, _, b'-', _, _] = bytes else {
        return None;
    };
    let number =
        |part: Option<&str>| part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<u32>().ok();
    let (year, month, day) = (number(text.get(..4))?, number(text.get(5..7))?, number(text.get(8..))?);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
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
    codec.field("guarantee_rate", &mut loan.guarantee_rate, &RATE);
    codec.field("route", &mut loan.route, &ROUTE);
    codec.field("pledge_mode", &mut loan.pledge_mode, &PLEDGE_MODE);
    codec.field("purpose", &mut loan.purpose, &TEXT);
    codec.field("claimant", &mut loan.claimant, &CLAIMANT);
    codec.field("tags", &mut loan.tags, &TEXTS);
    loan.principal = principal.unwrap_or(Fen::ZERO);
}

/// The firm.
pub(super) fn borrower(codec: &mut impl Codec, borrower: &mut BorrowerFacts) {
    codec.field("uscc", &mut borrower.uscc, &TEXT);
    codec.field("size", &mut borrower.size, &SIZE);
    codec.field("region", &mut borrower.region, &TEXT);
    codec.field("industry", &mut borrower.industry, &TEXT);
    codec.field("established_on", &mut borrower.established_on, &DAY);
    codec.field("first_loan", &mut borrower.first_loan, &FLAG);
    codec.field("revenue", &mut borrower.revenue, &MONEY);
    codec.field("assets", &mut borrower.assets, &MONEY);
    codec.field("employees", &mut borrower.employees, &COUNT);
    codec.field("debt_ratio", &mut borrower.debt_ratio, &RATE);
    codec.field("credit_clean", &mut borrower.credit_clean, &FLAG);
    codec.field("tags", &mut borrower.tags, &TEXTS);
    codec.field("scheme_balance", &mut borrower.scheme_balance, &MONEY);
    codec.field("counted_elsewhere", &mut borrower.counted_elsewhere, &MONEY);
    codec.field("base_to_date", &mut borrower.base_to_date, &MONEY);
    codec.field("paid_to_date", &mut borrower.paid_to_date, &MONEY);
    codec.field("paid_this_year", &mut borrower.paid_this_year, &MONEY);
}

/// The pledged rights.
pub(super) fn rights(codec: &mut impl Codec, rights: &mut Option<Vec<RightFacts>>) {
    codec.list("ip_rights", rights, |reader, facts| right(reader, facts), right);
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
    codec.field("appraised_on", &mut right.appraised_on, &DAY);
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
    codec.field("ip_disposal_net", &mut claim.ip_disposal_net, &MONEY);
    codec.field("advance_paid", &mut claim.advance_paid, &MONEY);
    codec.field("court_accepted_on", &mut claim.court_accepted_on, &DAY);
    codec.field("written_off_on", &mut claim.written_off_on, &DAY);
    codec.field("documents", &mut claim.documents, &TEXTS);
    codec.list("other_levels", &mut claim.other_levels, |reader, facts| level(reader, facts), level);
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
    codec.field("claims_net_to_date", &mut bank.claims_net_to_date, &MONEY);
    codec.field("registered_ip_to_date", &mut bank.registered_ip_to_date, &MONEY);
    codec.field("deposit", &mut bank.deposit, &MONEY);
    codec.field("paid_this_year", &mut bank.paid_this_year, &MONEY);
    codec.field("suspended", &mut bank.suspended, &FLAG);
    codec.field("portfolio_balance", &mut bank.portfolio_balance, &MONEY);
    codec.field("portfolio_npl", &mut bank.portfolio_npl, &MONEY);
    codec.field("portfolio_npl_loss", &mut bank.portfolio_npl_loss, &MONEY);
}

/// The guarantor.
pub(super) fn guarantor(codec: &mut impl Codec, guarantor: &mut GuarantorFacts) {
    codec.field("payment_ratio", &mut guarantor.payment_ratio, &RATE);
    codec.field("paid_in_capital", &mut guarantor.paid_in_capital, &MONEY);
}

/// What a firm paid and for how long, for a subsidy.
pub(super) fn subsidy(codec: &mut impl Codec, asked: &mut SubsidyCase) {
    codec.field("interest_paid", &mut asked.interest_paid, &MONEY);
    codec.field("premium_paid", &mut asked.premium_paid, &MONEY);
    codec.field("guarantee_fee_paid", &mut asked.guarantee_fee_paid, &MONEY);
    codec.field("appraisal_fee_paid", &mut asked.appraisal_fee_paid, &MONEY);
    codec.field("days", &mut asked.days, &COUNT);
    codec.field("year", &mut asked.year, &COUNT);
    let (mut year, mut life) = (Some(asked.granted_this_year.clone()), Some(asked.granted_to_date.clone()));
    codec.field("granted_this_year", &mut year, &BY_NAME);
    codec.field("granted_to_date", &mut life, &BY_NAME);
    asked.granted_this_year = year.unwrap_or_default();
    asked.granted_to_date = life.unwrap_or_default();
}

/// What came back on a claim.
pub(super) fn recovery(codec: &mut impl Codec, came: &mut RecoveryCase) {
    let mut borne = Some(came.borne.iter().cloned().collect());
    codec.field("borne", &mut borne, &BORNE);
    came.borne = borne.unwrap_or_default().into_iter().collect();
    let mut receipts = Some(came.receipts.clone());
    codec.list("receipts", &mut receipts, |reader, facts| receipt(reader, facts), receipt);
    came.receipts = receipts.unwrap_or_default();
}

fn receipt(codec: &mut impl Codec, receipt: &mut ReceiptFacts) {
    codec.field("on", &mut receipt.on, &DAY);
    codec.field("gross", &mut receipt.gross, &MONEY);
    codec.field("cost", &mut receipt.cost, &MONEY);
    codec.field("after_write_off", &mut receipt.after_write_off, &FLAG);
}

/// The fund.
pub(super) fn fund(codec: &mut impl Codec, fund: &mut FundFacts) {
    codec.field("balance", &mut fund.balance, &MONEY);
    codec.field("total", &mut fund.total, &MONEY);
    codec.field("floor", &mut fund.floor, &MONEY);
    codec.field("balance_at_year_start", &mut fund.balance_at_year_start, &MONEY);
    codec.field("paid_to_date", &mut fund.paid_to_date, &MONEY);
    codec.field("paid_this_year", &mut fund.paid_this_year, &MONEY);
    codec.field("paid_this_year_by_mode", &mut fund.paid_this_year_by_mode, &BY_MODE);
}

/// Writes the fields of one object.
#[derive(Default)]
pub(super) struct Writer {
    map: Map<String, Json>,
}

impl Writer {
    /// What `walk` writes.
    pub fn written(walk: impl FnOnce(&mut Writer)) -> Map<String, Json> {
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
        _reading: fn(&mut Reader<'_, '_>, &mut T),
        writing: fn(&mut Writer, &mut T),
    ) {
        if let Some(parts) = slot {
            let written = parts.iter_mut().map(|part| Json::Object(Writer::written(|writer| writing(writer, part))));
            self.map.insert(key.to_owned(), Json::Array(written.collect()));
        }
    }
}
