//! A case tried under a version: what it would be paid, article by article.
//!
//! **Invariant:** it is computed by the code that pays, and saves nothing; what is left empty is unknown, not zero.

use chrono::NaiveDate;

use super::rulebook::named_version;
use super::rulebooks::row;
use crate::domain::access::Permission;
use crate::domain::ip_right::TermEnd;
use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::case::{
    BankFacts, BorrowerFacts, Case, ClaimFacts, FundFacts, GuarantorFacts, LoanFacts, RightFacts, When,
};
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::Outcome;
use crate::domain::tier::npl_date;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::screens::acts::Faults;
use crate::screens::desk::Desk;
use crate::screens::{calculation, fund, named};
use crate::usecase::compensate::calculation_row;
use crate::usecase::measures::Measure;
use crate::views::claims::Calculation;
use crate::views::measures::rulebooks::{CaseField, TryView};

/// Fields of the form, in order: name, form, and what stands there before anybody types.
const FIELDS: [(&str, &str, &str); 20] = [
    ("principal", "money", ""),
    ("ippart", "money", ""),
    ("disbursed", "day", ""),
    ("matures", "day", ""),
    ("rate", "rate", ""),
    ("lpr", "rate", ""),
    ("established", "day", ""),
    ("first", "flag", ""),
    ("pledged", "day", ""),
    ("expires", "day", ""),
    ("filed", "day", ""),
    ("overdue", "day", ""),
    ("outstanding", "money", ""),
    ("insurer", "money", "0"),
    ("guarantor", "money", "0"),
    ("collateral", "money", "0"),
    ("cost", "money", "0"),
    ("borrower", "money", "0"),
    ("bank", "money", "0"),
    ("fund", "money", ""),
];

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let measure = named_version(desk, asked)?;
    let is_fresh = asked.pairs.is_empty();
    let free = if is_fresh && desk.may_for_fund(Permission::ReadFund) {
        Fen::try_new(fund::states(desk)?.free).map(Fen::yuan).unwrap_or_default()
    } else {
        String::new()
    };
    let field = |(name, kind, before): &(&str, &str, &str)| CaseField {
        name: (*name).to_owned(),
        kind: (*kind).to_owned(),
        value: match (is_fresh, *name) {
            (false, name) => asked.parameter(name).to_owned(),
            (true, "fund") => free.clone(),
            (true, _) => (*before).to_owned(),
        },
    };
    let mut view = TryView {
        row: row(desk, &measure),
        fields: FIELDS.iter().map(field).collect(),
        calculation: None,
        errors: Vec::new(),
    };
    if !is_fresh {
        let mut typed = Typed { asked, faults: Faults::new(desk.lang) };
        let case = typed.case(desk.today);
        view.errors = typed.faults.found;
        if view.errors.is_empty() {
            let outcome = evaluate(&desk.measures.rules_for(&measure, &case), &case);
            view.calculation = Some(shown(desk, &measure, &case, &outcome));
        }
    }
    named::page(desk, "measures_try", "rulebooks", &view)
}

/// An outcome as claims show theirs.
fn shown(desk: &Desk<'_>, measure: &Measure, case: &Case, outcome: &Outcome) -> Calculation {
    let row = calculation_row((desk.app.fund_id(), ""), measure, case, outcome, 0);
    calculation::shown(desk, &row, String::new())
}

/// What was typed, with what is wrong with it.
struct Typed<'a> {
    asked: &'a Named,
    faults: Faults,
}

impl Typed<'_> {
    fn case(&mut self, today: NaiveDate) -> Case {
        let filed_on = self.day("filed");
        let overdue_since = self.day("overdue");
        let outstanding = self.money("outstanding");
        let principal = self.money("principal");
        if self.asked.parameter("principal").is_empty() {
            self.faults.add("principal", "page.rulebook.fault.principal", &[]);
        }
        let disbursed_on = self.day("disbursed");
        if self.asked.parameter("disbursed").is_empty() {
            self.faults.add("disbursed", "page.rulebook.fault.disbursed", &[]);
        }
        let claim = outstanding.map(|outstanding| ClaimFacts {
            filed_on: Some(When::On(filed_on.unwrap_or(today))),
            overdue_since: overdue_since.map(When::On),
            npl_since: overdue_since.map(|since| When::On(npl_date(since))),
            principal_outstanding: Some(outstanding),
            insurer_paid: self.money("insurer"),
            guarantor_paid: self.money("guarantor"),
            collateral_gross: self.money("collateral"),
            collateral_cost: self.money("cost"),
            ..ClaimFacts::default()
        });
        Case {
            case: String::new(),
            on: filed_on.unwrap_or(today),
            loan: LoanFacts {
                principal: principal.unwrap_or(Fen::ZERO),
                ip_amount: self.money("ippart").or(principal),
                disbursed_on: disbursed_on.map(When::On),
                matures_on: self.day("matures").map(When::On),
                annual_rate: self.rate("rate"),
                lpr_1y: self.rate("lpr"),
                ..LoanFacts::default()
            },
            borrower: BorrowerFacts {
                established_on: self.day("established").map(When::On),
                first_loan: match self.asked.parameter("first") {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                },
                paid_to_date: self.money("borrower"),
                ..BorrowerFacts::default()
            },
            ip_rights: Some(vec![RightFacts {
                pledge_registered_on: self.day("pledged").map(When::On),
                term_end: self.day("expires").map(TermEnd::Known),
                lapsed_on: Some(When::NotYet),
                ..RightFacts::default()
            }]),
            claim,
            bank: BankFacts { paid_this_year: self.money("bank"), ..BankFacts::default() },
            guarantor: GuarantorFacts::default(),
            fund: FundFacts { balance: self.money("fund"), ..FundFacts::default() },
        }
    }

    fn money(&mut self, field: &str) -> Option<Fen> {
        let typed = self.asked.parameter(field).replace([',', '，', ' '], "");
        if typed.is_empty() {
            return None;
        }
        let read = Fen::from_yuan(&typed).ok();
        if read.is_none() {
            self.faults.add(field, "page.rulebook.fault.money", &[("found", &typed)]);
        }
        read
    }

    fn rate(&mut self, field: &str) -> Option<Ppm> {
        let typed = self.asked.parameter(field).trim_end_matches(['%', '％']);
        if typed.is_empty() {
            return None;
        }
        let read = Ppm::from_percent(typed.trim()).ok();
        if read.is_none() {
            self.faults.add(field, "page.rulebook.fault.rate", &[("found", typed)]);
        }
        read
    }

    fn day(&mut self, field: &str) -> Option<NaiveDate> {
        let typed = self.asked.parameter(field);
        match read_date(&CellValue::from_text(typed)) {
            DateReading::Day(day) => Some(day),
            _ if typed.is_empty() => None,
            _ => {
                self.faults.add(field, "page.rulebook.fault.day", &[("found", typed)]);
                None
            }
        }
    }
}
