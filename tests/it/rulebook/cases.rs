//! Cases and amounts for the tests of this folder.

use chrono::NaiveDate;
use pledgefund::domain::ip_right::TermEnd;
use pledgefund::domain::money::Fen;
use pledgefund::domain::names::IpKind;
use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::case::{
    BankFacts, BorrowerFacts, Case, ClaimFacts, FundFacts, GuarantorFacts, LoanFacts, RightFacts, When,
};
use pledgefund::domain::payout::evaluate::evaluate;
use pledgefund::domain::payout::outcome::Outcome;
use pledgefund::domain::rulebook::{Name, Rulebook};
use pledgefund::domain::tier::npl_date;
use pledgefund::embedded::{self, Rulebooks};
use pledgefund::reference::work_calendar;
use pledgefund::rulebook::parse;

pub fn default_text() -> String {
    embedded::text::<Rulebooks>("shuozhou-1.toml").unwrap()
}

pub fn book_of(text: &str) -> Rulebook {
    parse("test.toml", text)
        .unwrap_or_else(|faults| panic!("{}", faults.iter().map(|f| format!("{f}\n")).collect::<String>()))
        .rulebook
}

pub fn default_book() -> Rulebook {
    book_of(&default_text())
}

pub fn fen(yuan: &str) -> Fen {
    Fen::from_yuan(yuan).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn on(text: &str) -> Option<When> {
    Some(When::On(day(text)))
}

/// A loan of `principal` with a part of it carried by rights, neither first loan nor start-up, not yet claimed.
pub fn enrolled(principal: &str, ip_amount: &str) -> Case {
    Case {
        case: "T1".to_owned(),
        on: day("2025-09-29"),
        loan: LoanFacts {
            bank: Some("SGH".to_owned()),
            principal: fen(principal),
            ip_amount: Some(fen(ip_amount)),
            disbursed_on: on("2024-01-22"),
            matures_on: on("2025-01-22"),
            ..LoanFacts::default()
        },
        borrower: BorrowerFacts {
            established_on: on("2015-03-01"),
            first_loan: Some(false),
            paid_to_date: Some(Fen::ZERO),
            ..BorrowerFacts::default()
        },
        ip_rights: Some(vec![RightFacts {
            kind: Some(IpKind::Invention),
            pledge_registered_on: on("2024-01-10"),
            term_end: Some(TermEnd::Known(day("2040-10-26"))),
            lapsed_on: Some(When::NotYet),
            ..RightFacts::default()
        }]),
        claim: None,
        guarantor: GuarantorFacts::default(),
        bank: BankFacts { paid_this_year: Some(Fen::ZERO), ..BankFacts::default() },
        fund: FundFacts { balance: Some(fen("100000000.00")), ..FundFacts::default() },
    }
}

/// The same with a claim of `unpaid` principal, long overdue, nothing recovered.
pub fn claimed(principal: &str, ip_amount: &str, unpaid: &str) -> Case {
    let overdue_since = day("2025-01-23");
    let claim = ClaimFacts {
        filed_on: on("2025-09-29"),
        overdue_since: Some(When::On(overdue_since)),
        npl_since: Some(When::On(npl_date(overdue_since))),
        principal_outstanding: Some(fen(unpaid)),
        insurer_paid: Some(Fen::ZERO),
        guarantor_paid: Some(Fen::ZERO),
        collateral_gross: Some(Fen::ZERO),
        collateral_cost: Some(Fen::ZERO),
        ..ClaimFacts::default()
    };
    Case { claim: Some(claim), ..enrolled(principal, ip_amount) }
}

/// A pure pledge of `unpaid`, claimed.
pub fn pure(unpaid: &str) -> Case {
    claimed(unpaid, unpaid, unpaid)
}

pub fn with_claim(mut case: Case, change: impl FnOnce(&mut ClaimFacts)) -> Case {
    change(case.claim.as_mut().unwrap());
    case
}

pub fn with_right(mut case: Case, change: impl FnOnce(&mut RightFacts)) -> Case {
    change(case.ip_rights.as_mut().unwrap().first_mut().unwrap());
    case
}

pub fn run(case: &Case) -> Outcome {
    run_by(&default_book(), case)
}

/// What a rulebook makes of a case, with its steps.
pub fn run_by(book: &Rulebook, case: &Case) -> Outcome {
    evaluate(&Rules::of(book, work_calendar()), case)
}

pub fn codes(outcome: &Outcome) -> Vec<&'static str> {
    outcome.reasons.iter().map(|reason| reason.code.code()).collect()
}

pub fn part(parts: Option<&[(Name, Fen)]>, party: &str) -> String {
    parts.unwrap().iter().find(|(id, _)| *id == party).unwrap().1.yuan()
}
