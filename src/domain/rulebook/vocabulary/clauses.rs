//! The words of the clauses a payout is computed from.
//!
//! **Invariant:** every word is listed once, with what it means.

closed_list! {
    /// What a party is.
    PartyKind {
        /// The lending bank.
        Bank = "bank";
        /// The compensation fund.
        Fund = "fund";
        /// Another public level.
        Level = "level";
        /// Guarantor.
        Guarantor = "guarantor";
        /// Re-guarantor.
        ReGuarantor = "re_guarantor";
        /// Insurer.
        Insurer = "insurer";
        /// Appraiser.
        Appraiser = "appraiser";
        /// Disposer of collateral.
        Disposer = "disposer";
        /// Manager of the fund.
        Manager = "manager";
        /// Anyone else.
        Outside = "outside";
        /// Several parties that share as one.
        Group = "group";
    }
}

closed_list! {
    /// Who paid money into the fund.
    SourceLevel {
        /// Central government.
        Central = "central";
        /// Province.
        Province = "province";
        /// City.
        City = "city";
        /// County.
        County = "county";
        /// Manager.
        Manager = "manager";
        /// Guarantor.
        Guarantor = "guarantor";
        /// Others.
        Outside = "outside";
    }
}

closed_list! {
    /// What limits the fund's liability as a whole.
    Liability {
        /// The balance.
        Balance = "balance";
        /// Everything paid in.
        Total = "total";
        /// The budget of the year.
        AnnualBudget = "annual_budget";
        /// Nothing.
        None = "none";
    }
}

closed_list! {
    /// What the fund may pay besides claims.
    PaysAlso {
        /// The manager.
        ManagerFee = "manager_fee";
        /// Audits.
        Audit = "audit";
        /// Legal costs.
        Legal = "legal";
        /// Subsidies.
        Subsidy = "subsidy";
    }
}

closed_list! {
    /// Where the interest on the fund goes.
    InterestUse {
        /// Into the fund.
        Stays = "stays";
        /// To the treasury.
        ToTreasury = "to_treasury";
    }
}

closed_list! {
    /// What the multiple is taken of.
    MultipleBase {
        /// Cover: fund share × IP part of the outstanding loans.
        Cover = "cover";
        /// IP part of the principal registered.
        Loans = "loans";
    }
}

closed_list! {
    /// Which part of a loan counts.
    LoanPart {
        /// All of it.
        Whole = "whole";
        /// The part the pledged rights carry.
        Ip = "ip";
    }
}

closed_list! {
    /// What a loss is made of.
    Component {
        /// Unpaid principal.
        Principal = "principal";
        /// Overdue interest.
        Interest = "interest";
        /// Costs of recovery.
        Costs = "costs";
    }
}

closed_list! {
    /// Kinds of interest.
    InterestKind {
        /// By contract.
        Contract = "contract";
        /// Penalty.
        Penalty = "penalty";
        /// On interest.
        Compound = "compound";
    }
}

closed_list! {
    /// What is taken off the loss before it is shared.
    Deduction {
        /// Payments of the insurer.
        Insurer = "insurer";
        /// Payments of the guarantor.
        Guarantor = "guarantor";
        /// Proceeds of the collateral, net of cost.
        Collateral = "collateral";
        /// Net proceeds of the pledged rights.
        IpDisposal = "ip_disposal";
    }
}

closed_list! {
    /// Limits on what counts as the loss.
    LossLimitKind {
        /// On one loan.
        PerLoan = "per_loan";
        /// On one borrower, over all losses counted so far.
        PerBorrowerLife = "per_borrower_life";
        /// On one borrower, over the counted ceilings of its other live loans.
        PerBorrowerLive = "per_borrower_live";
    }
}

closed_list! {
    /// Where a limit on the loss stands.
    LossLimitPlace {
        /// Before the deductions.
        Eligible = "eligible";
        /// After them.
        Loss = "loss";
    }
}

closed_list! {
    /// Limits on a payout.
    CapKind {
        /// On one loan.
        PerLoan = "per_loan";
        /// On one borrower, for life.
        PerBorrowerLife = "per_borrower_life";
        /// On one borrower in a calendar year.
        PerBorrowerYear = "per_borrower_year";
        /// On one bank in a calendar year.
        PerBankYear = "per_bank_year";
        /// On the scheme in a calendar year.
        PerSchemeYear = "per_scheme_year";
        /// On one route in a calendar year.
        PerModeYear = "per_mode_year";
        /// On the share of the loss.
        Rate = "rate";
        /// On all public payments together.
        AllLevels = "all_levels";
        /// A share of another figure.
        Room = "room";
        /// A cut for lateness or fault.
        Reduction = "reduction";
        /// What the fund holds above its floor.
        FundBalance = "fund_balance";
        /// Everything paid in less everything paid out.
        FundTotal = "fund_total";
    }
}

closed_list! {
    /// What a ceiling over all levels is a share of.
    LevelsBase {
        /// The loss.
        LossBase = "loss_base";
        /// What the bearer carries before any public payment.
        BearerLiability = "bearer_liability";
    }
}

closed_list! {
    /// Whose payments a ceiling over all levels counts.
    LevelsCounted {
        /// Other levels.
        Levels = "levels";
        /// Other policies.
        OtherPolicy = "other_policy";
    }
}

closed_list! {
    /// Whose payment a ceiling over all levels cuts.
    LevelsCut {
        /// Only this fund.
        Own = "own";
        /// Everyone in proportion.
        ProRata = "pro_rata";
    }
}

closed_list! {
    /// What a failed test leads to.
    Otherwise {
        /// Refused for good.
        Reject = "reject";
        /// Waits.
        Hold = "hold";
        /// Only noted.
        Note = "note";
    }
}

closed_list! {
    /// What happens when no sharing rule matches.
    NoMatch {
        /// Refused for good.
        Reject = "reject";
        /// Waits.
        Hold = "hold";
    }
}

closed_list! {
    /// How amount bands are read.
    BandReading {
        /// The band that holds the amount decides for all of it.
        Slab = "slab";
        /// Each slice has the ratio of its band.
        Marginal = "marginal";
    }
}

closed_list! {
    /// How a loss fills marginal slices.
    Spread {
        /// From the lowest.
        BottomUp = "bottom_up";
        /// Over all slices of the measure.
        ProRata = "pro_rata";
    }
}

closed_list! {
    /// What happens above the last band.
    AboveBands {
        /// Refused for good.
        Reject = "reject";
        /// The fund bears nothing there.
        Zero = "zero";
    }
}

closed_list! {
    /// In which order claims wait when the money is short.
    QueueOrder {
        /// By approval.
        Approval = "approval";
        /// By filing.
        Filing = "filing";
    }
}

closed_list! {
    /// What becomes of an unpaid claim at the end of the year.
    YearEnd {
        /// It stays in the queue.
        Carry = "carry";
        /// It is lost.
        Lose = "lose";
    }
}

closed_list! {
    /// What happens when the money is short.
    Short {
        /// Claims wait.
        Queue = "queue";
        /// All are cut alike.
        ProRata = "pro_rata";
    }
}

closed_list! {
    /// What a provisional payment is a share of.
    AdvanceOf {
        /// The computed payout.
        Payout = "payout";
        /// The loss.
        LossBase = "loss_base";
    }
}

closed_list! {
    /// Where a provisional payment lies.
    HeldIn {
        /// With the bank.
        Bank = "bank";
        /// In escrow.
        Escrow = "escrow";
    }
}

closed_list! {
    /// How a loan came to the bank.
    Route {
        /// Bank and firm alone.
        Direct = "direct";
        /// With a guarantor.
        Guaranteed = "guaranteed";
        /// With an insurer.
        Insured = "insured";
    }
}

closed_list! {
    /// How the rights are pledged.
    PledgeMode {
        /// Rights alone.
        Pure = "pure";
        /// Rights and other security.
        Mixed = "mixed";
        /// Rights as a supplement to credit.
        QuasiCredit = "quasi_credit";
        /// Through a guarantor.
        Indirect = "indirect";
    }
}

closed_list! {
    /// Who claims.
    Claimant {
        /// The bank.
        Bank = "bank";
        /// The guarantor.
        Guarantor = "guarantor";
        /// The insurer.
        Insurer = "insurer";
        /// The appraiser.
        Appraiser = "appraiser";
    }
}

closed_list! {
    /// What kind of borrower.
    BorrowerSize {
        /// Micro enterprise.
        Micro = "micro";
        /// Small enterprise.
        Small = "small";
        /// Medium enterprise.
        Medium = "medium";
        /// Large enterprise.
        Large = "large";
        /// Owner of a small firm.
        Owner = "owner";
        /// Sole trader.
        SoleTrader = "sole_trader";
        /// Farmers' cooperative.
        Cooperative = "cooperative";
    }
}

impl From<crate::domain::names::SizeClass> for BorrowerSize {
    fn from(size: crate::domain::names::SizeClass) -> BorrowerSize {
        use crate::domain::names::SizeClass;
        match size {
            SizeClass::Micro => BorrowerSize::Micro,
            SizeClass::Small => BorrowerSize::Small,
            SizeClass::Medium => BorrowerSize::Medium,
            SizeClass::Large => BorrowerSize::Large,
        }
    }
}

impl BorrowerSize {
    /// The sizes that have an order, smallest first.
    pub const RANKED: &'static [BorrowerSize] =
        &[BorrowerSize::Micro, BorrowerSize::Small, BorrowerSize::Medium, BorrowerSize::Large];
}

closed_list! {
    /// What belonging to a region means.
    RegionMeaning {
        /// Registered there.
        Registered = "registered";
        /// Taxed there.
        Taxed = "taxed";
        /// Working there.
        Operating = "operating";
    }
}

closed_list! {
    /// What a tag is on.
    TagHolder {
        /// The loan.
        Loan = "loan";
        /// The borrower.
        Borrower = "borrower";
    }
}
