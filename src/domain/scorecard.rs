//! How a bank does: figures that can be held against each other and against the limits of a measure.
//!
//! Owns the arithmetic of a scorecard. Counts and sums are exact; a ratio is rounded half up to a millionth for showing
//! and never compared in that form.
//! **Invariant:** where there is nothing to divide by, a ratio is none, not zero.

use super::money::{Fen, MoneyError, PPM_ONE, Ppm};

/// What is counted and summed for one bank, with every bank it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Balance of enrolled loans, as last reported.
    pub balance: Fen,
    /// Of that, of loans in the non-performing tiers.
    pub npl_balance: Fen,
    /// Compensation less what came back, with what is under review.
    pub claims_net: Fen,
    /// IP part of the principal of enrolled loans.
    pub registered_ip: Fen,
    /// Loans in the last month reported.
    pub graded: u64,
    /// Of them, those whose bank's tier is milder than the days overdue allow.
    pub late_marked: u64,
    /// Balance of those.
    pub late_marked_balance: Fen,
    /// Loans registered in the ordinary way, not with an existing book.
    pub registered: u64,
    /// Of them, those registered late.
    pub registered_late: u64,
    /// Claims filed.
    pub filed: u64,
    /// Of them, those returned at least once.
    pub returned: u64,
    /// Payments made that stand.
    pub paid: Fen,
    /// The fund's part of what was collected since.
    pub recovered: Fen,
    /// Working days that the bank took, by claim.
    pub bank_days: Vec<u32>,
    /// Working days that the fund took, by claim.
    pub fund_days: Vec<u32>,
    /// Months reported.
    pub reported: u64,
    /// Of them, those whose first report came in time.
    pub reported_in_time: u64,
    /// Months reported, with those that are due and were not sent.
    pub returns_due: u64,
}

impl Tally {
    /// Adds what the loans of another bank of the house count for.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn add_loans(&mut self, other: &Tally) -> Result<(), MoneyError> {
        self.balance = self.balance.checked_add(other.balance)?;
        self.npl_balance = self.npl_balance.checked_add(other.npl_balance)?;
        self.registered_ip = self.registered_ip.checked_add(other.registered_ip)?;
        self.late_marked_balance = self.late_marked_balance.checked_add(other.late_marked_balance)?;
        self.graded = self.graded.saturating_add(other.graded);
        self.late_marked = self.late_marked.saturating_add(other.late_marked);
        self.registered = self.registered.saturating_add(other.registered);
        self.registered_late = self.registered_late.saturating_add(other.registered_late);
        Ok(())
    }
}

/// The figures of one bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scorecard {
    /// Non-performing part of the balance.
    pub npl_ratio: Option<Ppm>,
    /// Claims ÷ enrolled IP principal (article 24).
    pub claim_ratio: Option<Ppm>,
    /// Loans marked too mildly ÷ loans graded.
    pub late_marking: Option<Ppm>,
    /// Loans registered late ÷ loans registered.
    pub late_registration: Option<Ppm>,
    /// Claims returned ÷ claims filed.
    pub deficiency: Option<Ppm>,
    /// Recovered ÷ paid.
    pub recovery: Option<Ppm>,
    /// Working days of the bank on a claim: the middle one, of two the lower.
    pub bank_days: Option<u32>,
    /// Working days of the fund on a claim: the middle one, of two the lower.
    pub fund_days: Option<u32>,
    /// Months reported in time ÷ months reported or due.
    pub in_time: Option<Ppm>,
}

impl Scorecard {
    /// The figures of a tally.
    ///
    /// # Errors
    /// `Overflow` for a ratio that no millionth can hold.
    pub fn of(tally: &Tally) -> Result<Scorecard, MoneyError> {
        let counts = |part: u64, whole: u64| ratio(i128::from(part), i128::from(whole));
        let sums = |part: Fen, whole: Fen| ratio(i128::from(part.get()), i128::from(whole.get()));
        Ok(Scorecard {
            npl_ratio: sums(tally.npl_balance, tally.balance)?,
            claim_ratio: sums(tally.claims_net, tally.registered_ip)?,
            late_marking: counts(tally.late_marked, tally.graded)?,
            late_registration: counts(tally.registered_late, tally.registered)?,
            deficiency: counts(tally.returned, tally.filed)?,
            recovery: sums(tally.recovered, tally.paid)?,
            bank_days: lower_middle(&tally.bank_days),
            fund_days: lower_middle(&tally.fund_days),
            in_time: counts(tally.reported_in_time, tally.returns_due)?,
        })
    }
}

/// `part ÷ whole`, rounded half up to a millionth; none where there is nothing to divide by.
///
/// # Errors
/// `Overflow`.
pub fn ratio(part: i128, whole: i128) -> Result<Option<Ppm>, MoneyError> {
    if whole <= 0 {
        return Ok(None);
    }
    let doubled = part.checked_mul(i128::from(PPM_ONE)).and_then(|scaled| scaled.checked_mul(2));
    let rounded = doubled
        .and_then(|doubled| doubled.checked_add(whole))
        .zip(whole.checked_mul(2))
        .and_then(|(sum, twice)| sum.checked_div(twice));
    let ppm = rounded.and_then(|ppm| i64::try_from(ppm).ok()).ok_or(MoneyError::Overflow)?;
    Ppm::try_new(ppm).map(Some)
}

/// The middle of some numbers, of two the lower; none of none.
#[must_use]
pub fn lower_middle(numbers: &[u32]) -> Option<u32> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len().checked_sub(1)? / 2;
    sorted.get(middle).copied()
}
