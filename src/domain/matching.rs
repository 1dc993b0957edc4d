//! Which bank line is which booking.
//!
//! Owns the pairing of bank lines and bookings of one account: by the bank's number, else by amount, way and day.
//! **Invariant:** a line and a booking are paired at most once; the amounts and ways of a pair are equal; the result
//! does not depend on the order in which lines and bookings are given. What is not certain stays open.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::calendar::WorkCalendar;
use super::money::Fen;
use super::statement::Direction;

/// Shortest number of a bank that is looked for: shorter ones stand in any text by chance.
const SHORTEST_REFERENCE: usize = 6;

/// A bank line that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankItem {
    /// Identity.
    pub id: String,
    /// Day of the bank.
    pub on: NaiveDate,
    /// Way.
    pub direction: Direction,
    /// Amount.
    pub amount: Fen,
    /// Numbers by which a booking may name it.
    pub references: Vec<String>,
}

/// A booking that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookItem {
    /// Identity.
    pub id: String,
    /// Day of the booking.
    pub on: NaiveDate,
    /// Way, as the bank sees it: into the account is a credit.
    pub direction: Direction,
    /// Amount.
    pub amount: Fen,
    /// Texts in which a number of the bank may stand.
    pub texts: Vec<String>,
}

/// Why two are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The booking names the bank's number.
    Reference,
    /// Amount, way and day leave one way only.
    Amount,
}

impl Rule {
    /// Stable text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Rule::Reference => "reference",
            Rule::Amount => "amount",
        }
    }
}

/// A bank line and its booking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Bank line.
    pub line: String,
    /// Booking.
    pub booking: String,
    /// Why.
    pub rule: Rule,
}

/// Lines and bookings of one way and amount.
type Group<'i> = (Vec<&'i BankItem>, Vec<&'i BookItem>);
/// Who may be whom: for each line the bookings, by position.
type Edges = Vec<BTreeSet<usize>>;

/// Pairs what is certain, sorted by line. Lines and bookings are named by distinct identities.
#[must_use]
pub fn pairs(bank: &[BankItem], book: &[BookItem], calendar: &WorkCalendar, days: u32) -> Vec<Pair> {
    let mut groups: BTreeMap<(Direction, Fen), Group<'_>> = BTreeMap::new();
    for item in bank {
        groups.entry((item.direction, item.amount)).or_default().0.push(item);
    }
    for item in book {
        groups.entry((item.direction, item.amount)).or_default().1.push(item);
    }
    let mut found = Vec::new();
    for (lines, bookings) in groups.into_values() {
        let named = pass(&lines, &bookings, Rule::Reference, names);
        let taken_lines: BTreeSet<&str> = named.iter().map(|pair| pair.line.as_str()).collect();
        let taken_bookings: BTreeSet<&str> = named.iter().map(|pair| pair.booking.as_str()).collect();
        let lines: Vec<&BankItem> = lines.into_iter().filter(|line| !taken_lines.contains(line.id.as_str())).collect();
        let bookings: Vec<&BookItem> =
            bookings.into_iter().filter(|booking| !taken_bookings.contains(booking.id.as_str())).collect();
        let near = |line: &BankItem, booking: &BookItem| is_near(calendar, line.on, booking.on, days);
        found.extend(pass(&lines, &bookings, Rule::Amount, near));
        found.extend(named);
    }
    found.sort();
    found
}

fn pass(
    lines: &[&BankItem],
    bookings: &[&BookItem],
    rule: Rule,
    fits: impl Fn(&BankItem, &BookItem) -> bool,
) -> Vec<Pair> {
    let edges: Edges = lines
        .iter()
        .map(|line| (0..).zip(bookings).filter(|(_, booking)| fits(line, booking)).map(|(at, _)| at).collect())
        .collect();
    let pair = |(line, booking): (usize, usize)| {
        let (line, booking) = (lines.get(line)?, bookings.get(booking)?);
        Some(Pair { line: line.id.clone(), booking: booking.id.clone(), rule })
    };
    certain(&edges, bookings.len()).into_iter().filter_map(pair).collect()
}

/// The pairs of every cluster that can be paired completely in exactly one way.
///
/// A pairing is the only complete one just when taking ends with a single partner, again and again, pairs everything:
/// where all ends have two partners, going round a ring gives a second pairing.
fn certain(edges: &Edges, bookings: usize) -> Vec<(usize, usize)> {
    let mut of_booking: Vec<Vec<usize>> = vec![Vec::new(); bookings];
    for (line, partners) in edges.iter().enumerate() {
        for partner in partners {
            if let Some(lines) = of_booking.get_mut(*partner) {
                lines.push(line);
            }
        }
    }
    let mut sure = Vec::new();
    let mut seen = BTreeSet::new();
    for start in 0..edges.len() {
        if seen.contains(&start) || edges.get(start).is_none_or(BTreeSet::is_empty) {
            continue;
        }
        let cluster = cluster_of(edges, &of_booking, start);
        seen.extend(cluster.iter().copied());
        let mut open: BTreeMap<usize, BTreeSet<usize>> =
            cluster.iter().filter_map(|line| Some((*line, edges.get(*line)?.clone()))).collect();
        let partners: BTreeSet<usize> = open.values().flatten().copied().collect();
        if partners.len() != open.len() {
            continue;
        }
        let mut found = Vec::new();
        while let Some((line, booking)) = single(&open) {
            found.push((line, booking));
            open.remove(&line);
            for others in open.values_mut() {
                others.remove(&booking);
            }
        }
        if open.is_empty() {
            sure.extend(found);
        }
    }
    sure
}

/// Lines that hang together with `start` through shared bookings.
fn cluster_of(edges: &Edges, of_booking: &[Vec<usize>], start: usize) -> BTreeSet<usize> {
    let mut cluster = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(line) = open.pop() {
        let reached = edges.get(line).into_iter().flatten().filter_map(|booking| of_booking.get(*booking)).flatten();
        for next in reached {
            if cluster.insert(*next) {
                open.push(*next);
            }
        }
    }
    cluster
}

/// A line and a booking of which one has no other partner.
fn single(open: &BTreeMap<usize, BTreeSet<usize>>) -> Option<(usize, usize)> {
    let of_line = open.iter().find(|(_, partners)| partners.len() == 1);
    if let Some((line, booking)) = of_line.and_then(|(line, partners)| Some((*line, *partners.first()?))) {
        return Some((line, booking));
    }
    let mut lines_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (line, partners) in open {
        for booking in partners {
            lines_of.entry(*booking).or_default().push(*line);
        }
    }
    let (booking, lines) = lines_of.iter().find(|(_, lines)| lines.len() == 1)?;
    Some((*lines.first()?, *booking))
}

/// Whether a booking names a number of the line as a word of its own.
fn names(line: &BankItem, booking: &BookItem) -> bool {
    let long = line.references.iter().filter(|number| number.chars().count() >= SHORTEST_REFERENCE);
    long.into_iter().any(|number| booking.texts.iter().any(|text| holds(text, number)))
}

fn holds(text: &str, number: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(number).any(|(at, found)| {
        let (before, rest) = text.split_at(at);
        let after = rest.get(found.len()..).and_then(|after| after.chars().next());
        !inside(before.chars().next_back()) && !inside(after)
    })
}

/// Whether two days are at most so many working days apart.
fn is_near(calendar: &WorkCalendar, one: NaiveDate, other: NaiveDate, days: u32) -> bool {
    let (first, last) = if one <= other { (one, other) } else { (other, one) };
    calendar.add_working_days_provisional(first, days).0 >= last
}
