//! A case that meets every test of every scheme, and scheme files whose gaps are closed for a test.

use chrono::NaiveDate;
use pledgefund::domain::ip_right::TermEnd;
use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::names::{IpKind, Tier};
use pledgefund::domain::payout::Rules;
use pledgefund::domain::payout::case::{
    BankFacts, BorrowerFacts, Case, ClaimFacts, FundFacts, GuarantorFacts, LoanFacts, RightFacts, When,
};
use pledgefund::domain::payout::evaluate::evaluate;
use pledgefund::domain::payout::outcome::Outcome;
use pledgefund::domain::rulebook::Rulebook;
use pledgefund::domain::rulebook::vocabulary::{BorrowerSize, Claimant, Group, PledgeMode, Route};
use pledgefund::embedded::{self, Rulebooks};
use pledgefund::reference::work_calendar;
use pledgefund::rulebook::parse;

pub fn text(file: &str) -> String {
    embedded::text::<Rulebooks>(&format!("{file}.toml")).unwrap_or_else(|| panic!("no rulebook {file}"))
}

#[track_caller]
pub fn book(text: &str) -> Rulebook {
    let read = parse("test.toml", text);
    read.unwrap_or_else(|faults| panic!("{}", faults.iter().map(|f| format!("{f}\n")).collect::<String>())).rulebook
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

pub fn run(book: &Rulebook, case: &Case) -> Outcome {
    evaluate(&Rules::of(book, work_calendar()), case)
}

/// Codes with the clauses they cite.
pub fn cited(outcome: &Outcome) -> Vec<(&'static str, String)> {
    outcome.reasons.iter().map(|reason| (reason.code.code(), reason.clause.to_string())).collect()
}

pub fn amount(outcome: &Outcome, party: &str) -> String {
    let shares = outcome.shares.as_ref().unwrap_or_else(|| panic!("no shares: {:?}", cited(outcome)));
    shares.iter().find(|(id, _)| *id == party).map_or_else(|| "-".to_owned(), |(_, fen)| fen.yuan())
}

/// Replaces what must stand there exactly once.
#[track_caller]
pub fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// What a measure leaves open beside its sharing, closed by assumption for a test: nothing of it is in the files.
pub fn closed(file: &str) -> String {
    let mut text = text(file);
    for (open, assumed) in [
        ("effective_from = \"unknown\"", "effective_from = 2000-01-01"),
        ("effective_to = \"unknown\"", "effective_to = 2099-12-31"),
        ("governs = \"unknown\"", "governs = \"loan.disbursed_on\""),
        ("read_on = \"unknown\"", "read_on = \"loan.disbursed_on\""),
        ("= { on = \"unknown\"", "= { on = \"loan.disbursed_on\""),
        ("\non = \"unknown\"", "\non = \"loan.disbursed_on\""),
        ("means_any = \"unknown\"", "means_any = [\"registered\"]"),
        ("part = \"unknown\"", "part = \"whole\""),
        ("deduct = \"unknown\"", "deduct = []"),
        ("kinds = \"unknown\"", "kinds = [\"contract\"]"),
        ("until = \"unknown\"", "until = \"claim.filed_on\""),
    ] {
        text = text.replace(open, assumed);
    }
    // The day of a loss is a day of the claim.
    let (before, after) = text.split_once("[[loss]]").map_or((text.clone(), String::new()), |(a, b)| {
        (
            a.to_owned(),
            format!("[[loss]]{}", b.replace("read_on = \"loan.disbursed_on\"", "read_on = \"claim.filed_on\"")),
        )
    });
    text = before + &after;
    let written = |text: &str, group: Group| match group {
        Group::Levels => text.contains("[[level]]"),
        Group::Loss => text.contains("[[loss]]"),
        Group::Timing => text.contains("[timing]"),
        Group::Caps => text.contains("[[cap]]"),
        Group::Breakers => text.contains("[[breaker]]"),
        other => text.contains(&format!("group = \"{}\"", other.code())),
    };
    if !written(&text, Group::Loss) {
        text.push_str(
            "\n[[loss]]\nid = \"assumed\"\nbasis = \"assumed\"\ncomponents = [\"principal\"]\npart = \"whole\"\n\
             deduct = []\nread_on = \"claim.filed_on\"\n",
        );
    }
    if !written(&text, Group::Timing) {
        text.push_str(
            "\n[timing]\nbasis = \"assumed\"\nmode = \"final\"\nshort = \"queue\"\nqueue = \"filing\"\n\
             year_end = \"carry\"\n",
        );
    }
    let gates = Group::ALL.iter().filter(|group| group.gates_payout() && **group != Group::Sharing);
    for group in gates {
        let state = if written(&text, *group) { "stated" } else { "none" };
        let assumed = format!("{} = {{ state = \"{state}\", basis = \"assumed\" }}", group.code());
        let line = text.lines().find(|line| line.starts_with(&format!("{} = ", group.code()))).unwrap().to_owned();
        if line.contains("unknown") || line.contains("partly") || line.contains("none") {
            text = text.replacen(&line, &assumed, 1);
        }
    }
    if !written(&text, Group::Caps) {
        // A yearly budget is a limit of its own, which is not seen either.
        text = text.replace("liability = \"annual_budget\"", "liability = \"unknown\"");
    }
    let sharing = text.lines().find(|line| line.starts_with("sharing = ")).unwrap().to_owned();
    if sharing.contains("partly") {
        text = text.replacen(&sharing, "sharing = { state = \"stated\", basis = \"assumed\" }", 1);
    }
    text
}

/// Tags that tests ask for; none that they forbid.
const TAGS: &[&str] =
    &["tech_firm", "tech_sme", "tech", "high_tech", "industrial", "key_list", "innovative", "own_tech", "high_end"];

/// A loan of 10,000,000.00 with half of it unpaid, of a firm of `region`, claimed on 2026-03-20.
pub fn case(region: &str) -> Case {
    Case {
        case: "S".to_owned(),
        on: day("2026-03-31"),
        loan: LoanFacts {
            principal: fen("10000000.00"),
            ip_amount: Some(fen("10000000.00")),
            disbursed_on: on("2024-05-06"),
            matures_on: on("2025-05-06"),
            registered_on: on("2024-05-06"),
            annual_rate: Some(Ppm::from_percent("4").unwrap()),
            lpr_1y: Some(Ppm::from_percent("3.45").unwrap()),
            guarantee_rate: Some(Ppm::from_percent("1").unwrap()),
            route: Some(Route::Direct),
            pledge_mode: Some(PledgeMode::Pure),
            purpose: Some("working_capital".to_owned()),
            claimant: Some(Claimant::Bank),
            tags: Some(vec!["recommended".to_owned()]),
            ..LoanFacts::default()
        },
        borrower: BorrowerFacts {
            size: Some(BorrowerSize::Small),
            region: Some(region.to_owned()),
            established_on: on("2020-02-01"),
            first_loan: Some(false),
            revenue: Some(fen("12000000.00")),
            assets: Some(fen("9000000.00")),
            employees: Some(36),
            debt_ratio: Some(Ppm::from_percent("41").unwrap()),
            credit_clean: Some(true),
            tags: Some(TAGS.iter().map(|tag| (*tag).to_owned()).collect()),
            scheme_balance: Some(fen("10000000.00")),
            counted_elsewhere: Some(Fen::ZERO),
            base_to_date: Some(Fen::ZERO),
            paid_to_date: Some(Fen::ZERO),
            paid_this_year: Some(Fen::ZERO),
            ..BorrowerFacts::default()
        },
        ip_rights: Some(vec![RightFacts {
            kind: Some(IpKind::Invention),
            pledge_registered_on: on("2024-05-05"),
            term_end: Some(TermEnd::Known(day("2040-10-26"))),
            lapsed_on: Some(When::NotYet),
            appraised_on: on("2024-03-01"),
            ..RightFacts::default()
        }]),
        claim: Some(claim()),
        bank: BankFacts {
            first_business_on: on("2022-03-01"),
            npl_ratio: Some(Ppm::from_percent("2").unwrap()),
            npl_loss_this_year: Some(fen("1200000.00")),
            registered_principal_this_year: Some(fen("90000000.00")),
            paid_this_year: Some(Fen::ZERO),
            ..BankFacts::default()
        },
        guarantor: GuarantorFacts { payment_ratio: Some(Ppm::from_percent("1").unwrap()), ..GuarantorFacts::default() },
        fund: FundFacts {
            balance: Some(fen("1000000000.00")),
            total: Some(fen("1000000000.00")),
            paid_to_date: Some(Fen::ZERO),
            paid_this_year: Some(Fen::ZERO),
            paid_this_year_by_mode: Some([("guaranteed".to_owned(), Fen::ZERO)].into_iter().collect()),
            ..FundFacts::default()
        },
    }
}

fn claim() -> ClaimFacts {
    ClaimFacts {
        filed_on: on("2026-03-20"),
        overdue_since: on("2025-05-07"),
        tier: Some(Tier::Doubtful),
        npl_since: on("2025-08-05"),
        principal_outstanding: Some(fen("5000000.00")),
        interest_overdue: Some(fen("100000.00")),
        costs: Some(fen("20000.00")),
        insurer_paid: Some(Fen::ZERO),
        guarantor_paid: Some(Fen::ZERO),
        collateral_gross: Some(Fen::ZERO),
        collateral_cost: Some(Fen::ZERO),
        other_levels: Some(Vec::new()),
        other_policy_paid: Some(Fen::ZERO),
        documents: Some(Vec::new()),
        ..ClaimFacts::default()
    }
}

pub fn unpaid(mut case: Case, yuan: &str) -> Case {
    case.claim.as_mut().unwrap().principal_outstanding = Some(fen(yuan));
    case
}

/// The regions of the schemes that test one.
pub fn region_of(file: &str) -> &'static str {
    match file.split('-').next().unwrap() {
        "wh" => "420106",
        "hk" => "460105",
        "gz" => "440106",
        _ => "140602",
    }
}
