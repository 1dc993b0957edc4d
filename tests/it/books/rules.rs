//! Matching, continuity, reconciliation and trial balance as pure rules.

use chrono::{Days, NaiveDate};
use pledgefund::domain::ledger::Side;
use pledgefund::domain::matching::{BankItem, BookItem, Pair, Rule, pairs};
use pledgefund::domain::money::FenDelta;
use pledgefund::domain::reconciliation::{Movement, reconcile, sum};
use pledgefund::domain::statement::{Direction, Joint, Span, balance_on, joints};
use pledgefund::domain::trial_balance::{Posting, trial_balance};
use pledgefund::reference::work_calendar;
use proptest::prelude::*;

use super::{day, fen, yuan};

fn bank(id: &str, on: &str, amount: i64, reference: &str) -> BankItem {
    let references = vec![reference.to_owned()];
    BankItem { id: id.to_owned(), on: day(on), direction: Direction::Credit, amount: fen(amount), references }
}

fn book(id: &str, on: &str, amount: i64, memo: &str) -> BookItem {
    let texts = vec![memo.to_owned()];
    BookItem { id: id.to_owned(), on: day(on), direction: Direction::Credit, amount: fen(amount), texts }
}

#[track_caller]
fn check_pairs(bank: &[BankItem], book: &[BookItem], expected: &[(&str, &str, Rule)]) {
    let found = pairs(bank, book, work_calendar(), 3);
    let found: Vec<(&str, &str, Rule)> =
        found.iter().map(|pair| (pair.line.as_str(), pair.booking.as_str(), pair.rule)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_reference_decides_between_equal_amounts_however_far_apart() {
    check_pairs(
        &[bank("b1", "2025-07-01", 100, "REF000001"), bank("b2", "2025-07-01", 100, "REF000002")],
        &[book("k2", "2025-05-01", 100, "拨款REF000002"), book("k1", "2025-07-01", 100, "REF000001，首期")],
        &[("b1", "k1", Rule::Reference), ("b2", "k2", Rule::Reference)],
    );
}

#[test]
fn a_reference_inside_a_longer_number_or_too_short_to_mean_anything_says_nothing() {
    check_pairs(&[bank("b", "2025-07-01", 100, "REF00001")], &[book("k", "2025-05-01", 100, "REF000012")], &[]);
    check_pairs(&[bank("b", "2025-07-01", 100, "12345")], &[book("k", "2025-05-01", 100, "单号 12345")], &[]);
}

#[test]
fn a_reference_never_bridges_different_amounts() {
    check_pairs(&[bank("b", "2025-07-01", 100, "REF00001")], &[book("k", "2025-07-01", 99, "REF00001")], &[]);
}

#[test]
fn amounts_meet_within_working_days_only() {
    // Thursday to the Tuesday after: Friday, Monday, Tuesday are three working days.
    let near = [book("k", "2025-07-08", 100, "")];
    check_pairs(&[bank("b", "2025-07-03", 100, "")], &near, &[("b", "k", Rule::Amount)]);
    check_pairs(&[bank("b", "2025-07-02", 100, "")], &near, &[]);
    // Over the National Day holidays 2025 (1 to 8 October) the days off do not count.
    check_pairs(&[bank("b", "2025-09-30", 100, "")], &[book("k", "2025-10-11", 100, "")], &[("b", "k", Rule::Amount)]);
}

#[test]
fn equal_amounts_stay_open_while_there_are_two_ways() {
    let lines = [bank("b1", "2025-07-01", 100, ""), bank("b2", "2025-07-02", 100, "")];
    check_pairs(&lines, &[book("k1", "2025-07-01", 100, ""), book("k2", "2025-07-02", 100, "")], &[]);
    check_pairs(&lines, &[book("k1", "2025-07-01", 100, "")], &[]);
}

#[test]
fn equal_amounts_are_paired_where_the_days_leave_one_way() {
    let lines = [bank("b1", "2025-07-01", 100, ""), bank("b2", "2025-07-08", 100, "")];
    let bookings = [book("k1", "2025-07-04", 100, ""), book("k2", "2025-07-11", 100, "")];
    check_pairs(&lines, &bookings, &[("b1", "k1", Rule::Amount), ("b2", "k2", Rule::Amount)]);
}

#[test]
fn money_in_and_money_out_never_meet() {
    let out = BookItem { direction: Direction::Debit, ..book("k", "2025-07-01", 100, "REF00001") };
    check_pairs(&[bank("b", "2025-07-01", 100, "REF00001")], &[out], &[]);
}

prop_compose! {
    fn item()(on in 0_u64..12, amount in 1_i64..4, is_in in any::<bool>(), number in 0_u32..6) -> (NaiveDate, i64, Direction, u32) {
        let direction = if is_in { Direction::Credit } else { Direction::Debit };
        (day("2025-06-27") + Days::new(on), amount, direction, number)
    }
}

proptest! {
    #[test]
    fn a_pair_is_equal_unique_and_independent_of_order(
        lines in proptest::collection::vec(item(), 0..12),
        bookings in proptest::collection::vec(item(), 0..12),
        turn in 0_usize..12,
    ) {
        let bank: Vec<BankItem> = lines.iter().enumerate().map(|(at, (on, amount, direction, number))| BankItem {
            id: format!("b{at:02}"), on: *on, direction: *direction, amount: fen(*amount),
            references: vec![format!("REF00{number}")],
        }).collect();
        let book: Vec<BookItem> = bookings.iter().enumerate().map(|(at, (on, amount, direction, number))| BookItem {
            id: format!("k{at:02}"), on: *on, direction: *direction, amount: fen(*amount),
            texts: if *number < 3 { vec![format!("REF00{number}")] } else { Vec::new() },
        }).collect();
        let found = pairs(&bank, &book, work_calendar(), 3);
        let (mut lines, mut keys) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        for Pair { line, booking, .. } in &found {
            let one = bank.iter().find(|item| item.id == *line).unwrap();
            let other = book.iter().find(|item| item.id == *booking).unwrap();
            prop_assert_eq!((one.direction, one.amount), (other.direction, other.amount));
            prop_assert!(lines.insert(line) && keys.insert(booking));
        }
        let (mut turned_bank, mut turned_book) = (bank.clone(), book.clone());
        turned_bank.rotate_left(turn.min(bank.len()));
        turned_bank.reverse();
        turned_book.rotate_right(turn.min(book.len()));
        prop_assert_eq!(&found, &pairs(&turned_bank, &turned_book, work_calendar(), 3));
    }

    #[test]
    fn both_sides_adjust_to_the_same_balance(
        opening in -1000_i64..1000,
        both in proptest::collection::vec((item(), 0_u64..5), 0..8),
        bank_only in proptest::collection::vec(item(), 0..5),
        book_only in proptest::collection::vec(item(), 0..5),
        on in 0_u64..20,
    ) {
        let on = day("2025-06-27") + Days::new(on);
        let movement = |on, direction, amount, partner_on| Movement {
            id: String::new(), on, direction, amount: fen(amount), text: String::new(), partner_on,
        };
        let (mut lines, mut bookings) = (Vec::new(), Vec::new());
        for ((at, amount, direction, _), later) in both {
            let other = at + Days::new(later);
            lines.push(movement(at, direction, amount, Some(other)));
            bookings.push(movement(other, direction, amount, Some(at)));
        }
        lines.extend(bank_only.into_iter().map(|(at, amount, direction, _)| movement(at, direction, amount, None)));
        bookings.extend(book_only.into_iter().map(|(at, amount, direction, _)| movement(at, direction, amount, None)));
        let stand = |side: &[Movement]| {
            let moved = sum(side.iter().filter(|one| one.on <= on).map(Movement::signed)).unwrap();
            FenDelta::new(opening).checked_add(moved).unwrap()
        };
        let told = reconcile(on, stand(&bookings), Some(stand(&lines)), &lines, &bookings).unwrap();
        prop_assert!(told.agrees(), "{:?}", told);
    }

    #[test]
    fn a_trial_balance_of_balanced_bookings_balances(
        bookings in proptest::collection::vec((0_u64..60, 0_usize..4, 0_usize..4, 1_i64..1000), 0..20),
        from in 0_u64..60, span in 0_u64..60,
    ) {
        const ACCOUNTS: [&str; 4] = ["cash", "contribution:city", "bank_deposit:SGH", "cost:audit"];
        let at = |days: u64| day("2025-01-01") + Days::new(days);
        let postings: Vec<Posting<'_>> = bookings.iter().flat_map(|(on, debit, credit, amount)| [
            Posting { account: ACCOUNTS[*debit], side: Side::Debit, amount: fen(*amount), on: at(*on) },
            Posting { account: ACCOUNTS[*credit], side: Side::Credit, amount: fen(*amount), on: at(*on) },
        ]).collect();
        let told = trial_balance(postings, at(from), at(from + span)).unwrap();
        prop_assert!(told.is_balanced(), "{:?}", told);
        for line in told.accounts.values() {
            let moved = line.debit.get() - line.credit.get();
            prop_assert_eq!(line.closing.get(), line.opening.get() + moved);
        }
    }
}

#[test]
fn a_trial_balance_tells_opening_movements_and_closing() {
    let post = |account, side, amount, on| Posting { account, side, amount: fen(amount), on: day(on) };
    let postings = vec![
        post("cash", Side::Debit, 1000, "2025-06-30"),
        post("contribution:city", Side::Credit, 1000, "2025-06-30"),
        post("cash", Side::Credit, 300, "2025-07-01"),
        post("compensation:city", Side::Debit, 300, "2025-07-01"),
        post("cash", Side::Debit, 7, "2025-08-01"),
    ];
    let told = trial_balance(postings, day("2025-07-01"), day("2025-07-31")).unwrap();
    let cash = &told.accounts["cash"];
    assert_eq!((cash.opening, cash.debit, cash.credit, cash.closing), (yuan("10"), fen(0), fen(300), yuan("7")));
    assert_eq!(told.accounts["compensation:city"].closing, yuan("3"));
    assert!(told.is_balanced() && told.accounts.len() == 3);
}

fn span(from: &str, to: &str, opening: &str, closing: &str) -> Span {
    Span { from: day(from), to: day(to), opening: yuan(opening), closing: yuan(closing) }
}

#[test]
fn balances_that_meet_join_and_others_are_named() {
    let june = span("2025-06-01", "2025-06-30", "0", "10");
    let july = |opening: &str| span("2025-07-01", "2025-07-31", opening, "20");
    assert_eq!(joints(july("10"), &[june], &[]).unwrap(), []);
    let broken = Joint::NotContinued { on: day("2025-07-01"), before: yuan("10"), after: yuan("11") };
    assert_eq!(joints(july("11"), &[june], &[]).unwrap(), [broken]);
    let august = span("2025-08-01", "2025-08-31", "11", "30");
    let gap = Joint::Gap { from: day("2025-07-01"), to: day("2025-07-31"), before: yuan("10"), after: yuan("11") };
    assert_eq!(joints(august, &[june], &[]).unwrap(), std::slice::from_ref(&gap));
    // Days without a statement are no finding while the balance went on.
    assert_eq!(joints(span("2025-08-01", "2025-08-31", "10", "30"), &[june], &[]).unwrap(), []);
    // The earlier statement may come later.
    assert_eq!(joints(june, &[august], &[]).unwrap(), [gap]);
    assert_eq!(joints(july("10"), &[june, span("2025-08-01", "2025-08-31", "20", "30")], &[]).unwrap(), []);
}

#[test]
fn a_balance_within_a_statement_counts_its_lines_up_to_the_day() {
    let spans = [span("2025-07-01", "2025-07-31", "10", "30")];
    let lines = [(day("2025-07-10"), yuan("15")), (day("2025-07-20"), yuan("5"))];
    assert_eq!(balance_on(&spans, &lines, day("2025-06-30")).unwrap(), None);
    assert_eq!(balance_on(&spans, &lines, day("2025-07-09")).unwrap(), Some(yuan("10")));
    assert_eq!(balance_on(&spans, &lines, day("2025-07-10")).unwrap(), Some(yuan("25")));
    assert_eq!(balance_on(&spans, &lines, day("2025-07-31")).unwrap(), Some(yuan("30")));
    assert_eq!(balance_on(&spans, &lines, day("2025-09-01")).unwrap(), Some(yuan("30")));
}
