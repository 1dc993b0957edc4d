//! The default rulebook as a file, and that one number changes only what it governs.

use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::rulebook::fact::DateFact;
use pledgefund::domain::rulebook::vocabulary::{Basis, CapKind, Group, GroupState, MultipleBase};
use pledgefund::domain::rulebook::{CapLimit, CapRule, Floor, Money, Open, Rulebook};
use pledgefund::hash::sha256_hex;
use pledgefund::rulebook::parse;

use super::cases::{book_of, claimed, day, default_book, default_text, fen, on, pure, run_by};

#[test]
fn the_default_rulebook_says_what_was_settled() {
    let text = default_text();
    let parsed = parse("shuozhou-1.toml", &text).unwrap();
    assert_eq!(parsed.hash_hex, sha256_hex(text.as_bytes()));
    let book = parsed.rulebook;
    assert_eq!(book.name(), "shuozhou@1");
    let term = (book.head.effective_from, book.head.effective_to);
    assert_eq!(term, (Open::Known(day("2022-12-01")), Open::Known(day("2026-07-31"))));
    assert_eq!(book.head.governs, Open::Known(DateFact::LoanDisbursedOn));
    assert!(book.head.proposal);
    assert_eq!(book.head.issued_on, Open::Unknown);
    assert_eq!(book.groups.len(), Group::ALL.len());
    assert_eq!(book.party(book.fund.unwrap()).id, "fund");
    let sources = book.sources.unwrap();
    assert_eq!(sources.floor, Some(Open::Known(Floor::Amount(Fen::ZERO))));
    let multiple = *sources.multiple.unwrap().known().unwrap();
    assert_eq!((multiple.limit, multiple.alarm), (Ppm::try_new(10_000_000).unwrap(), None));
    assert_eq!(multiple.of, MultipleBase::Cover);
    let kinds: Vec<CapKind> = book.caps.iter().map(|cap| cap.rule.kind()).collect();
    assert_eq!(kinds, [CapKind::PerLoan, CapKind::PerBorrowerLife, CapKind::PerBankYear, CapKind::FundBalance]);
    let limit = CapLimit::Fixed(Open::Known(Money::Amount(fen("3000000.00"))));
    assert_eq!(book.caps.first().unwrap().rule, CapRule::PerLoan(limit));
}

#[test]
fn every_clause_of_the_default_rulebook_that_holds_a_value_is_marked_as_proposed() {
    let book = default_book();
    let (sources, sharing) = (book.sources.as_ref().unwrap(), book.sharing.as_ref().unwrap());
    let mut origins = vec![&book.head.origin, &sources.origin, &sharing.origin, &book.timing.as_ref().unwrap().origin];
    origins.extend(book.definitions.iter().map(|clause| &clause.origin));
    origins.extend(book.contributors.iter().map(|clause| &clause.origin));
    origins.extend(book.tests.iter().map(|clause| &clause.origin));
    origins.extend(book.losses.iter().map(|clause| &clause.origin));
    origins.extend(sharing.rules.iter().map(|clause| &clause.origin));
    origins.extend(sharing.bonuses.iter().map(|clause| &clause.origin));
    origins.extend(sharing.ceiling.iter().map(|clause| &clause.origin));
    origins.extend(book.caps.iter().map(|clause| &clause.origin));
    let stated = book.groups.iter().filter(|answer| answer.state == GroupState::Stated);
    origins.extend(stated.map(|answer| &answer.origin));
    assert!(origins.iter().all(|origin| origin.basis == Basis::Proposal));
    assert!(origins.iter().skip(1).all(|origin| origin.article.is_some()));
}

/// What the file pays with one text replaced: fund share, payout, of a loan that meets every clause.
fn pays(book: &Rulebook) -> (String, String) {
    let mut case = claimed("10000000.00", "9000000.00", "10000000.00");
    case.borrower.first_loan = Some(true);
    case.borrower.established_on = on("2021-02-01");
    let outcome = run_by(book, &case);
    let fund = outcome.shares.unwrap().into_iter().find(|(party, _)| party == "fund").unwrap().1;
    (fund.yuan(), outcome.payout.yuan())
}

#[track_caller]
fn check_change(from: &str, to: &str, wanted: (&str, &str)) -> Rulebook {
    let text = default_text();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    let book = book_of(&text.replace(from, to));
    assert_eq!(pays(&book), (wanted.0.to_owned(), wanted.1.to_owned()));
    book
}

#[test]
fn changing_one_number_changes_only_what_it_governs() {
    let original = default_book();
    assert_eq!(pays(&original), ("4500000.00".to_owned(), "3000000.00".to_owned()));
    let mut changed = check_change("limit = \"300 万元\"", "limit = \"310 万元\"", ("4500000.00", "3100000.00"));
    let small = pure("4000000.00");
    assert_eq!(run_by(&changed, &small).payout, run_by(&original, &small).payout, "below the limit");
    changed.caps.clone_from(&original.caps);
    assert_eq!(changed, original, "nothing else of the file changed");
    let mut changed = check_change("rate = \"50 %\"", "rate = \"48 %\"", ("4320000.00", "3000000.00"));
    let (of_changed, of_original) = (changed.sharing.as_mut().unwrap(), original.sharing.as_ref().unwrap());
    of_changed.ceiling.clone_from(&of_original.ceiling);
    assert_eq!(changed, original);
    let mut changed = check_change("fund = \"40 %\"", "fund = \"35 %\"", ("4050000.00", "3000000.00"));
    let (of_changed, of_original) = (changed.sharing.as_mut().unwrap(), original.sharing.as_ref().unwrap());
    of_changed.rules.clone_from(&of_original.rules);
    assert_eq!(changed, original);
    let mut changed = check_change("at_least = \"50 %\"", "at_least = \"91 %\"", ("4500000.00", "0.00"));
    changed.tests.clone_from(&original.tests);
    assert_eq!(changed, original);
}

#[test]
fn comments_and_line_ends_change_the_hash_and_nothing_else() {
    let text = default_text();
    let parsed = parse("a", &text).unwrap();
    let commented = parse("a", &format!("{text}\n# 注\n")).unwrap();
    assert_eq!(commented.rulebook, parsed.rulebook);
    assert_ne!(commented.hash_hex, parsed.hash_hex);
}

#[test]
fn units_are_read_exactly() {
    let limit = |text: &str| {
        let book = book_of(&default_text().replace("limit = \"300 万元\"", &format!("limit = \"{text}\"")));
        match &book.caps.first().unwrap().rule {
            CapRule::PerLoan(limit) => limit.fixed_amount().unwrap().yuan(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(limit("5,000,000.00 元"), "5000000.00");
    assert_eq!(limit("15 亿元"), "1500000000.00");
    assert_eq!(limit("0.000001 万元"), "0.01");
    assert_eq!(limit("12.345678万"), "123456.78");
    assert_eq!(limit("7 yuan"), "7.00");
    let points = |text: &str| {
        let from = "when = { is = \"start_up\" }\npoints = \"5 pp\"";
        let to = format!("when = {{ is = \"start_up\" }}\npoints = \"{text}\"");
        let sharing = book_of(&default_text().replace(from, &to)).sharing.unwrap();
        sharing.bonuses.get(1).unwrap().points.known().unwrap().get()
    };
    assert_eq!((points("5 个百分点"), points("150 bp"), points("0.5 pp"), points("5bp")), (50_000, 15_000, 5_000, 500));
}
