//! The loans of banks summed up: by borrower, by industry, and by month and tier.
//!
//! Owns what pages show of a book as a whole. A bank's loans are read once for all of these sums, and the sums of banks
//! are put together to those of the fund.
//! **Invariant:** the sums of the fund are those of its banks; a borrower of two banks is counted once.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::UseCaseError;
use super::coverage::ip_amount;
use crate::domain::money::{Fen, MoneyError, Ppm};
use crate::storage::Db;
use crate::storage::find::loan_list::LoanSums;
use crate::storage::find::spread::{self, Line};

/// What lies with one borrower or in one industry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lot {
    /// Credit code, or the industry as it is told.
    pub key: String,
    /// Name, where it has one.
    pub name: Option<String>,
    /// Loans that count: with a balance, or with cover before the first report.
    pub loans: i64,
    /// Balance last reported, fen.
    pub balance: i64,
    /// Cover held, fen.
    pub cover: i64,
}

/// What lies with one bank in one tier of one month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BankTier {
    /// Bank.
    pub bank: String,
    /// Month last reported; none before the first report.
    pub month: Option<String>,
    /// Tier; none before the first report.
    pub tier: Option<String>,
    /// They are covered.
    pub covered: bool,
    /// Loans.
    pub loans: i64,
    /// Balance last reported, fen.
    pub balance: i64,
    /// Cover held, fen.
    pub cover: i64,
    /// IP part of the principal, each loan's rounded up to a fen (`coverage::ip_amount`).
    pub ip_principal: i64,
}

/// The book of one bank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Sums over all loans.
    pub sums: LoanSums,
    /// By borrower; one whose loans no longer count has none.
    borrowers: Vec<Borrower>,
    /// By industry.
    industries: BTreeMap<String, Lot>,
    /// By month, tier and cover.
    tiers: Vec<BankTier>,
}

/// What lies with a borrower, and a mark by which borrowers are told apart without looking at their codes: two of the
/// same mark may still differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Borrower {
    mark: u64,
    lot: Lot,
}

/// A borrower at one bank among a hundred thousand, with what is looked at of each.
#[derive(Debug, Clone, Copy)]
struct Seen<'b> {
    mark: u64,
    balance: i64,
    counts: bool,
    lot: &'b Lot,
}

/// The books of banks together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whole {
    /// Sums over all loans.
    pub sums: LoanSums,
    /// Loans that count, their balance and cover.
    pub counting: Lot,
    /// Borrowers of loans that count.
    pub borrowers: i64,
    /// Those with the largest balances, largest first.
    pub largest: Vec<Lot>,
    /// Industries with loans that count, the largest first.
    pub industries: Vec<Lot>,
    /// By bank, month, tier and cover.
    pub tiers: Vec<BankTier>,
}

/// The books of these banks of a fund; `all` says that these are most of its banks, and nearly every loan is read anyway.
///
/// # Errors
/// Storage; `Overflow`.
pub fn books(
    db: &mut Db,
    fund_id: &str,
    banks: &[&str],
    all: bool,
) -> Result<BTreeMap<String, Arc<Book>>, UseCaseError> {
    let mut of_banks: BTreeMap<String, Vec<Line>> = banks.iter().map(|bank| ((*bank).to_owned(), Vec::new())).collect();
    for line in spread::lines(db, fund_id, (!all).then_some(banks))? {
        if let Some(lines) = of_banks.get_mut(&line.bank) {
            lines.push(line);
        }
    }
    let mut books = BTreeMap::new();
    for (bank, lines) in of_banks {
        books.insert(bank, Arc::new(Book::of(lines)?));
    }
    Ok(books)
}

impl Book {
    fn of(mut lines: Vec<Line>) -> Result<Book, MoneyError> {
        lines.sort_by(|a, b| a.credit_code.cmp(&b.credit_code));
        let mut book = Book::default();
        let mut tiers: BTreeMap<(Option<String>, Option<String>, bool), BankTier> = BTreeMap::new();
        for line in lines {
            book.count(&line)?;
            let tier = tiers.entry((line.month.clone(), line.tier.clone(), line.covered)).or_insert_with(|| BankTier {
                bank: line.bank.clone(),
                month: line.month.clone(),
                tier: line.tier.clone(),
                covered: line.covered,
                ..BankTier::default()
            });
            let part = ip_amount(Fen::try_new(line.principal)?, Ppm::try_new(line.ip_share)?)?;
            grow(&mut tier.loans, 1)?;
            grow(&mut tier.balance, line.balance.unwrap_or(0))?;
            grow(&mut tier.cover, line.cover)?;
            grow(&mut tier.ip_principal, part.get())?;
        }
        book.tiers = tiers.into_values().collect();
        Ok(book)
    }

    /// Counts a loan; those of one borrower come one after another.
    fn count(&mut self, line: &Line) -> Result<(), MoneyError> {
        grow(&mut self.sums.loans, 1)?;
        grow(&mut self.sums.principal, line.principal)?;
        grow(&mut self.sums.balance, line.balance.unwrap_or(0))?;
        grow(&mut self.sums.reserved, line.cover)?;
        let loan = Lot {
            key: line.credit_code.clone(),
            name: Some(line.borrower.clone()),
            loans: 1,
            balance: line.balance.unwrap_or(0),
            cover: line.cover,
        };
        let counts = loan.balance != 0 || loan.cover != 0;
        if self.borrowers.last().is_none_or(|last| last.lot.key != line.credit_code) {
            let lot = Lot { key: line.credit_code.clone(), ..Lot::default() };
            self.borrowers.push(Borrower { mark: mark_of(&line.credit_code), lot });
            grow(&mut self.sums.borrowers, 1)?;
        }
        if !counts {
            return Ok(());
        }
        if let Some(borrower) = self.borrowers.last_mut() {
            borrower.lot.join(&loan)?;
        }
        if !self.industries.contains_key(&line.industry) {
            let (key, name) = (line.industry.clone(), Some(line.industry.clone()));
            self.industries.insert(line.industry.clone(), Lot { key, name, ..Lot::default() });
        }
        match self.industries.get_mut(&line.industry) {
            Some(industry) => industry.join(&Lot { name: None, ..loan }),
            None => Ok(()),
        }
    }
}

impl Lot {
    /// Adds another lot of the same. Of two names the later in order stays.
    fn join(&mut self, other: &Lot) -> Result<(), MoneyError> {
        if self.name < other.name {
            self.name.clone_from(&other.name);
        }
        grow(&mut self.loans, other.loans)?;
        grow(&mut self.balance, other.balance)?;
        grow(&mut self.cover, other.cover)
    }
}

impl Whole {
    /// Books put together, with at most `most` of the largest borrowers.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn of<'b>(books: impl Iterator<Item = &'b Book> + Clone, most: usize) -> Result<Whole, MoneyError> {
        let mut whole = Whole::default();
        let mut industries: BTreeMap<&str, Lot> = BTreeMap::new();
        for book in books.clone() {
            grow(&mut whole.sums.loans, book.sums.loans)?;
            grow(&mut whole.sums.principal, book.sums.principal)?;
            grow(&mut whole.sums.balance, book.sums.balance)?;
            grow(&mut whole.sums.reserved, book.sums.reserved)?;
            for lot in book.industries.values() {
                let fresh = || Lot { key: lot.key.clone(), ..Lot::default() };
                industries.entry(&lot.key).or_insert_with(fresh).join(lot)?;
                whole.counting.join(&Lot { name: None, ..lot.clone() })?;
            }
            whole.tiers.extend(book.tiers.iter().cloned());
        }
        whole.industries = industries.into_values().collect();
        whole.industries.sort_by(by_balance);
        let seen = |borrower: &'b Borrower| Seen {
            mark: borrower.mark,
            balance: borrower.lot.balance,
            counts: borrower.lot.loans > 0,
            lot: &borrower.lot,
        };
        whole.count_borrowers(books.flat_map(|book| &book.borrowers).map(seen).collect(), most)?;
        Ok(whole)
    }

    /// Counts every borrower once, whichever banks lend to it, and names those with the largest balances.
    fn count_borrowers(&mut self, mut seen: Vec<Seen<'_>>, most: usize) -> Result<(), MoneyError> {
        seen.sort_unstable_by(|a, b| a.mark.cmp(&b.mark).then_with(|| a.lot.key.cmp(&b.lot.key)));
        let mut largest: Vec<(i64, &[Seen<'_>])> = Vec::new();
        for same in seen.chunk_by(|a, b| a.mark == b.mark && a.lot.key == b.lot.key) {
            grow(&mut self.sums.borrowers, 1)?;
            if !same.iter().any(|one| one.counts) {
                continue;
            }
            grow(&mut self.borrowers, 1)?;
            let mut balance = 0;
            same.iter().try_for_each(|one| grow(&mut balance, one.balance))?;
            let is_before = |other: &(i64, &[Seen<'_>])| {
                other.0.cmp(&balance).reverse().then_with(|| key_of(other.1).cmp(key_of(same))).is_lt()
            };
            let place = largest.partition_point(is_before);
            if place < most {
                largest.insert(place, (balance, same));
                largest.truncate(most);
            }
        }
        for (_, same) in largest {
            let mut borrower = Lot { key: key_of(same).to_owned(), ..Lot::default() };
            same.iter().try_for_each(|one| borrower.join(one.lot))?;
            self.largest.push(borrower);
        }
        Ok(())
    }
}

fn key_of<'b>(same: &[Seen<'b>]) -> &'b str {
    same.first().map_or("", |one| &one.lot.key)
}

fn mark_of(code: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    code.hash(&mut hasher);
    hasher.finish()
}

fn by_balance(a: &Lot, b: &Lot) -> std::cmp::Ordering {
    b.balance.cmp(&a.balance).then_with(|| a.key.cmp(&b.key))
}

fn grow(sum: &mut i64, by: i64) -> Result<(), MoneyError> {
    *sum = sum.checked_add(by).ok_or(MoneyError::Overflow)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Book, Line, Whole};

    fn line(code: &str, industry: &str, balance: Option<i64>, cover: i64) -> Line {
        Line {
            bank: "A".to_owned(),
            credit_code: code.to_owned(),
            borrower: format!("{code} 公司"),
            industry: industry.to_owned(),
            month: balance.map(|_| "2026-06".to_owned()),
            tier: balance.map(|_| "normal".to_owned()),
            covered: true,
            principal: 300,
            ip_share: 333_333,
            balance,
            cover,
        }
    }

    fn whole(books: &[Vec<Line>], most: usize) -> Whole {
        let books: Vec<Book> = books.iter().map(|lines| Book::of(lines.clone()).unwrap()).collect();
        Whole::of(books.iter(), most).unwrap()
    }

    #[test]
    fn a_borrower_of_two_banks_is_counted_once_and_named_with_all_that_lies_with_it() {
        let one = vec![line("X", "I65", Some(70), 0), line("Y", "C39", Some(100), 0), line("X", "I65", Some(20), 5)];
        let two = vec![line("X", "C39", Some(30), 0)];
        let whole = whole(&[one, two], 1);
        assert_eq!((whole.sums.loans, whole.sums.borrowers, whole.sums.balance), (4, 2, 220));
        assert_eq!((whole.borrowers, whole.counting.loans, whole.counting.cover), (2, 4, 5));
        let [largest] = &whole.largest[..] else { panic!("{:?}", whole.largest) };
        assert_eq!((largest.key.as_str(), largest.loans, largest.balance, largest.cover), ("X", 3, 120, 5));
        assert_eq!(largest.name.as_deref(), Some("X 公司"));
        let industries: Vec<(&str, i64)> = whole.industries.iter().map(|lot| (lot.key.as_str(), lot.balance)).collect();
        assert_eq!(industries, [("C39", 130), ("I65", 90)]);
    }

    #[test]
    fn a_loan_paid_back_is_on_record_and_counts_no_more() {
        let whole = whole(&[vec![line("X", "I65", Some(0), 0), line("Y", "I65", None, 40)]], 10);
        assert_eq!((whole.sums.loans, whole.sums.borrowers, whole.sums.principal), (2, 2, 600));
        assert_eq!((whole.borrowers, whole.counting.loans, whole.counting.cover), (1, 1, 40));
        assert_eq!(whole.largest.iter().map(|lot| lot.key.as_str()).collect::<Vec<_>>(), ["Y"]);
        // One never reported, one reported as paid back; 99.9999 fen of each are rounded up.
        assert_eq!(
            whole.tiers.iter().map(|tier| (tier.loans, tier.ip_principal)).collect::<Vec<_>>(),
            [(1, 100), (1, 100)]
        );
    }

    #[test]
    fn borrowers_with_the_same_balance_stand_by_code_and_sums_do_not_wrap() {
        let lines = vec![line("Z", "I65", Some(7), 0), line("A", "I65", Some(7), 0), line("M", "I65", Some(9), 0)];
        let keys: Vec<String> = whole(&[lines], 10).largest.into_iter().map(|lot| lot.key).collect();
        assert_eq!(keys, ["M", "A", "Z"]);
        assert!(Book::of(vec![line("X", "I65", Some(i64::MAX), 0), line("Y", "I65", Some(1), 0)]).is_err());
    }
}
