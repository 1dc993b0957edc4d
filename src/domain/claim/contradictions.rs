//! Figures of a claim that cannot all be true.
//!
//! **Invariant:** a contradiction is found when the figure is entered, not months later on somebody's desk.

use chrono::NaiveDate;

use super::act::Figures;
use crate::domain::money::Fen;
use crate::domain::tier::npl_date;

/// What is known of the loan when a claim is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoanSide {
    /// Principal.
    pub principal: Fen,
    /// Day of disbursement.
    pub disbursed_on: NaiveDate,
    /// Last reported balance.
    pub balance: Option<Fen>,
    /// First overdue day as last reported.
    pub overdue_since: Option<NaiveDate>,
    /// An insurance policy is linked.
    pub insured: bool,
    /// A guarantor takes part.
    pub guaranteed: bool,
    /// Day the pledge was registered, as registered.
    pub pledge_registered_on: Option<NaiveDate>,
}

/// A contradiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Nothing is unpaid.
    NothingUnpaid,
    /// More is unpaid than was lent.
    AbovePrincipal,
    /// Overdue before the loan was paid out.
    OverdueBeforeLoan,
    /// Overdue from a day that has not come.
    OverdueAhead,
    /// Overdue from another day than the monthly reports say.
    OverdueDiffers,
    /// More is unpaid than the monthly reports say.
    AboveReported,
    /// An insurer paid, and no policy is linked.
    InsurerUnknown,
    /// A guarantor paid, and none takes part.
    GuarantorUnknown,
    /// Proceeds cost something, but there are none.
    CostWithoutProceeds,
    /// More came in than was unpaid.
    CoveredAlready,
    /// The pledge was registered after the loan was non-performing.
    PledgeAfterNpl,
    /// More is asked for than is unpaid.
    AppliedAboveUnpaid,
}

impl Contradiction {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Contradiction::NothingUnpaid => "FIGURES_NOTHING_UNPAID",
            Contradiction::AbovePrincipal => "FIGURES_ABOVE_PRINCIPAL",
            Contradiction::OverdueBeforeLoan => "FIGURES_OVERDUE_BEFORE_LOAN",
            Contradiction::OverdueAhead => "FIGURES_OVERDUE_AHEAD",
            Contradiction::OverdueDiffers => "FIGURES_OVERDUE_DIFFERS",
            Contradiction::AboveReported => "FIGURES_ABOVE_REPORTED",
            Contradiction::InsurerUnknown => "FIGURES_INSURER_UNKNOWN",
            Contradiction::GuarantorUnknown => "FIGURES_GUARANTOR_UNKNOWN",
            Contradiction::CostWithoutProceeds => "FIGURES_COST_WITHOUT_PROCEEDS",
            Contradiction::CoveredAlready => "FIGURES_COVERED_ALREADY",
            Contradiction::PledgeAfterNpl => "FIGURES_PLEDGE_AFTER_NPL",
            Contradiction::AppliedAboveUnpaid => "FIGURES_APPLIED_ABOVE_UNPAID",
        }
    }
}

/// The first contradiction between the figures, the loan and the day; in the order of the form.
#[must_use]
pub fn first(figures: &Figures, loan: &LoanSide, on: NaiveDate) -> Option<Contradiction> {
    all(figures, loan, on).next()
}

/// Every contradiction, in the order of the form.
pub fn all<'a>(
    figures: &'a Figures,
    loan: &'a LoanSide,
    on: NaiveDate,
) -> impl Iterator<Item = Contradiction> + use<'a> {
    let amount = |fen: Option<Fen>| fen.unwrap_or(Fen::ZERO);
    let came_in = [figures.insurer_paid, figures.guarantor_paid, figures.collateral_gross, figures.ip_disposal_net];
    let came_in = came_in.into_iter().map(amount).fold(0_i64, |sum, fen| sum.saturating_add(fen.get()));
    let pledged_on = figures.pledge_registered_on.or(loan.pledge_registered_on);
    let found = [
        (figures.outstanding == Fen::ZERO, Contradiction::NothingUnpaid),
        (figures.outstanding > loan.principal, Contradiction::AbovePrincipal),
        (figures.overdue_since < loan.disbursed_on, Contradiction::OverdueBeforeLoan),
        (figures.overdue_since > on, Contradiction::OverdueAhead),
        (loan.overdue_since.is_some_and(|since| since != figures.overdue_since), Contradiction::OverdueDiffers),
        (loan.balance.is_some_and(|balance| figures.outstanding > balance), Contradiction::AboveReported),
        (amount(figures.insurer_paid) > Fen::ZERO && !loan.insured, Contradiction::InsurerUnknown),
        (amount(figures.guarantor_paid) > Fen::ZERO && !loan.guaranteed, Contradiction::GuarantorUnknown),
        (
            amount(figures.collateral_cost) > Fen::ZERO && amount(figures.collateral_gross) == Fen::ZERO,
            Contradiction::CostWithoutProceeds,
        ),
        (came_in > figures.outstanding.get(), Contradiction::CoveredAlready),
        (pledged_on.is_some_and(|day| day >= npl_date(figures.overdue_since)), Contradiction::PledgeAfterNpl),
        (amount(figures.applied) > figures.outstanding, Contradiction::AppliedAboveUnpaid),
    ];
    found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, contradiction)| contradiction)
}
