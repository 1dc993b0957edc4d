//! The reconciliation of an account on a day: book balance and bank balance, each adjusted by what only the other has.
//!
//! **Invariant:** an item is open if its partner does not stand on the day; both sides are adjusted by the open items
//! of the other and nothing else.

use chrono::NaiveDate;

use super::money::{Fen, FenDelta, MoneyError};
use super::statement::Direction;

/// One movement of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Identity.
    pub id: String,
    /// Day of this side.
    pub on: NaiveDate,
    /// Way, as the bank sees it.
    pub direction: Direction,
    /// Amount.
    pub amount: Fen,
    /// What a person knows it by.
    pub text: String,
    /// Day of its partner on the other side, where it has one.
    pub partner_on: Option<NaiveDate>,
}

impl Movement {
    /// Amount with its sign.
    #[must_use]
    pub const fn signed(&self) -> FenDelta {
        self.direction.signed(self.amount)
    }

    fn is_open(&self, on: NaiveDate) -> bool {
        self.on <= on && self.partner_on.is_none_or(|partner| partner > on)
    }
}

/// The statement that a person signs (银行存款余额调节表).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// Day.
    pub on: NaiveDate,
    /// Balance of the books.
    pub book: FenDelta,
    /// Balance the bank told; nothing where no statement reaches the day.
    pub bank: Option<FenDelta>,
    /// Received by the bank, not in the books (银收企未收).
    pub bank_received: Vec<Movement>,
    /// Paid by the bank, not in the books (银付企未付).
    pub bank_paid: Vec<Movement>,
    /// Received in the books, not at the bank (企收银未收).
    pub book_received: Vec<Movement>,
    /// Paid in the books, not at the bank (企付银未付).
    pub book_paid: Vec<Movement>,
    /// Book balance with what only the bank has.
    pub adjusted_book: FenDelta,
    /// Bank balance with what only the books have.
    pub adjusted_bank: Option<FenDelta>,
    /// Adjusted bank balance less adjusted book balance.
    pub difference: Option<FenDelta>,
}

impl Reconciliation {
    /// Number of open items.
    #[must_use]
    pub fn open_items(&self) -> usize {
        [&self.bank_received, &self.bank_paid, &self.book_received, &self.book_paid].iter().map(|list| list.len()).sum()
    }

    /// Whether the bank told its balance and nothing is left unexplained.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.difference == Some(FenDelta::ZERO)
    }
}

/// Reconciles an account. The book balance may hold bookings that are no items, as those the first opening balance
/// of the bank already contains.
///
/// # Errors
/// `Overflow`.
pub fn reconcile(
    on: NaiveDate,
    book: FenDelta,
    bank: Option<FenDelta>,
    lines: &[Movement],
    bookings: &[Movement],
) -> Result<Reconciliation, MoneyError> {
    let open = |side: &[Movement], direction: Direction| -> Vec<Movement> {
        let mut open: Vec<Movement> =
            side.iter().filter(|one| one.direction == direction && one.is_open(on)).cloned().collect();
        open.sort_by(|a, b| (a.on, &a.id).cmp(&(b.on, &b.id)));
        open
    };
    let (bank_received, bank_paid) = (open(lines, Direction::Credit), open(lines, Direction::Debit));
    let (book_received, book_paid) = (open(bookings, Direction::Credit), open(bookings, Direction::Debit));
    let adjust = |balance: FenDelta, received: &[Movement], paid: &[Movement]| {
        balance.checked_add(sum(received.iter().chain(paid).map(Movement::signed))?)
    };
    let adjusted_book = adjust(book, &bank_received, &bank_paid)?;
    let adjusted_bank = bank.map(|balance| adjust(balance, &book_received, &book_paid)).transpose()?;
    let against = FenDelta::new(adjusted_book.get().checked_neg().ok_or(MoneyError::Overflow)?);
    let difference = adjusted_bank.map(|balance| balance.checked_add(against)).transpose()?;
    Ok(Reconciliation {
        on,
        book,
        bank,
        bank_received,
        bank_paid,
        book_received,
        book_paid,
        adjusted_book,
        adjusted_bank,
        difference,
    })
}

/// Sum of signed amounts.
///
/// # Errors
/// `Overflow`.
pub fn sum(amounts: impl IntoIterator<Item = FenDelta>) -> Result<FenDelta, MoneyError> {
    amounts.into_iter().try_fold(FenDelta::ZERO, FenDelta::checked_add)
}
