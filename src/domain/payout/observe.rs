//! Looking facts up in a case by their name in the rulebook, and deriving those that follow from others.
//!
//! **Invariant:** a derived fact is unknown when anything it follows from is.

use chrono::{Days, Months, NaiveDate};

use super::case::{Case, LevelFacts, RightFacts, When};
use super::truth::{Missing, Value};
use crate::domain::calendar::{WorkCalendar, full_months};
use crate::domain::ip_right::TermEnd;
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::Rulebook;
use crate::domain::rulebook::condition::Span;
use crate::domain::rulebook::fact::{
    CountFact, DateFact, DateRef, Fact, FlagFact, LevelIx, MoneyFact, RateFact, RightDateFact, SetFact, WordFact,
};
use crate::domain::tier::overdue_days;

/// An amount.
pub(super) fn money(case: &Case, fact: MoneyFact) -> Option<Fen> {
    let (claim, borrower, bank, fund) = (case.claim.as_ref(), &case.borrower, &case.bank, &case.fund);
    match fact {
        MoneyFact::LoanPrincipal => Some(case.loan.principal),
        MoneyFact::LoanIpAmount => case.loan.ip_amount,
        MoneyFact::BorrowerRevenue => borrower.revenue,
        MoneyFact::BorrowerAssets => borrower.assets,
        MoneyFact::BorrowerSchemeBalance => borrower.scheme_balance,
        MoneyFact::BorrowerCountedElsewhere => borrower.counted_elsewhere,
        MoneyFact::BorrowerBaseToDate => borrower.base_to_date,
        MoneyFact::BorrowerPaidToDate => borrower.paid_to_date,
        MoneyFact::BorrowerPaidThisYear => borrower.paid_this_year,
        MoneyFact::ClaimPrincipalOutstanding => claim?.principal_outstanding,
        MoneyFact::ClaimInterestOverdue => claim?.interest_overdue,
        MoneyFact::ClaimCosts => claim?.costs,
        MoneyFact::ClaimInsurerPaid => claim?.insurer_paid,
        MoneyFact::ClaimGuarantorPaid => claim?.guarantor_paid,
        MoneyFact::ClaimCollateralGross => claim?.collateral_gross,
        MoneyFact::ClaimCollateralCost => claim?.collateral_cost,
        MoneyFact::ClaimIpDisposalNet => claim?.ip_disposal_net,
        MoneyFact::ClaimOtherPolicyPaid => claim?.other_policy_paid,
        MoneyFact::ClaimAdvancePaid => claim?.advance_paid,
        MoneyFact::BankNplLossThisYear => bank.npl_loss_this_year,
        MoneyFact::BankRegisteredPrincipalThisYear => bank.registered_principal_this_year,
        MoneyFact::BankClaimsNetToDate => bank.claims_net_to_date,
        MoneyFact::BankRegisteredIpToDate => bank.registered_ip_to_date,
        MoneyFact::BankPaidThisYear => bank.paid_this_year,
        MoneyFact::BankPortfolioBalance => bank.portfolio_balance,
        MoneyFact::BankPortfolioNpl => bank.portfolio_npl,
        MoneyFact::BankPortfolioNplLoss => bank.portfolio_npl_loss,
        MoneyFact::BankDeposit => bank.deposit,
        MoneyFact::FundBalance => fund.balance,
        MoneyFact::FundTotal => fund.total,
        MoneyFact::FundFloor => fund.floor,
        MoneyFact::FundBalanceAtYearStart => fund.balance_at_year_start,
        MoneyFact::FundPaidThisYear => fund.paid_this_year,
        MoneyFact::FundPaidToDate => fund.paid_to_date,
        MoneyFact::GuarantorPaidInCapital => case.guarantor.paid_in_capital,
    }
}

/// A ratio; the IP share rounded down to a millionth, for show only.
pub(super) fn rate(case: &Case, fact: RateFact) -> Option<Ppm> {
    match fact {
        RateFact::LoanIpShare => case.loan.ip_amount.map(|part| share_shown(part, case.loan.principal)),
        RateFact::LoanAnnualRate => case.loan.annual_rate,
        RateFact::LoanLpr1y => case.loan.lpr_1y,
        RateFact::LoanGuaranteeRate => case.loan.guarantee_rate,
        RateFact::BorrowerDebtRatio => case.borrower.debt_ratio,
        RateFact::BankNplRatio => case.bank.npl_ratio,
        RateFact::GuarantorPaymentRatio => case.guarantor.payment_ratio,
    }
}

/// A number.
pub(super) fn count(case: &Case, fact: CountFact) -> Option<u32> {
    match fact {
        CountFact::BorrowerEmployees => case.borrower.employees,
        CountFact::IpCount => case.ip_rights.as_ref().and_then(|rights| u32::try_from(rights.len()).ok()),
        CountFact::BankBusinessYear => match case.bank.first_business_on? {
            When::On(first) => full_months(first, case.on).checked_div(12).map(|years| years.saturating_add(1)),
            When::NotYet => Some(1),
        },
    }
}

/// A day. `None` is unknown.
pub(super) fn day(book: &Rulebook, case: &Case, day: DateRef) -> Option<When> {
    match day {
        DateRef::Fact(fact) => date(case, fact),
        DateRef::Recognised(level) => match level_facts(book, case, level)? {
            Some(facts) => facts.recognised_on,
            None => Some(When::NotYet),
        },
    }
}

/// A day that is a fact of the case.
pub(super) fn date(case: &Case, fact: DateFact) -> Option<When> {
    let claim = case.claim.as_ref();
    match fact {
        DateFact::LoanDisbursedOn => case.loan.disbursed_on,
        DateFact::LoanMaturesOn => case.loan.matures_on,
        DateFact::LoanRegisteredOn => case.loan.registered_on,
        DateFact::BorrowerEstablishedOn => case.borrower.established_on,
        DateFact::ClaimFiledOn => claim?.filed_on,
        DateFact::ClaimOverdueSince => claim?.overdue_since,
        DateFact::ClaimNplSince => claim?.npl_since,
        DateFact::ClaimCourtAcceptedOn => claim?.court_accepted_on,
        DateFact::ClaimWrittenOffOn => claim?.written_off_on,
        DateFact::BankFirstBusinessOn => case.bank.first_business_on,
    }
}

/// What another level did: nothing where the list is there without it; `None` where there is no list.
#[allow(clippy::option_option, reason = "no list and no entry are different answers")]
pub(super) fn level_facts<'a>(book: &Rulebook, case: &'a Case, level: LevelIx) -> Option<Option<&'a LevelFacts>> {
    let id = &book.levels.get(level.0)?.id;
    let list = case.claim.as_ref()?.other_levels.as_ref()?;
    Some(list.iter().find(|facts| facts.level.as_deref().is_some_and(|name| *id == name)))
}

/// A day of one pledged right.
pub(super) fn right_day(right: &RightFacts, fact: RightDateFact) -> Option<When> {
    match fact {
        RightDateFact::IpPledgeRegisteredOn => right.pledge_registered_on,
        RightDateFact::IpLapsedOn => right.lapsed_on,
        RightDateFact::IpAppraisedOn => right.appraised_on,
        RightDateFact::IpExpiresOn => match right.term_end? {
            TermEnd::Known(end) => Some(When::On(end)),
            TermEnd::Open => Some(When::NotYet),
            TermEnd::WithinYear { .. } => None,
        },
    }
}

/// A word.
pub(super) fn word(case: &Case, fact: WordFact) -> Option<&str> {
    match fact {
        WordFact::LoanRoute => case.loan.route.map(|route| route.code()),
        WordFact::LoanPledgeMode => case.loan.pledge_mode.map(|mode| mode.code()),
        WordFact::LoanPurpose => case.loan.purpose.as_deref(),
        WordFact::LoanClaimant => case.loan.claimant.map(|who| who.code()),
        WordFact::BorrowerSize => case.borrower.size.map(|size| size.code()),
        WordFact::BorrowerRegion => case.borrower.region.as_deref(),
        WordFact::BorrowerIndustry => case.borrower.industry.as_deref(),
        WordFact::ClaimTier => case.claim.as_ref()?.tier.map(|tier| tier.code()),
        WordFact::BankPerformanceGrade => case.bank.performance_grade.as_deref(),
    }
}

/// A word as a reader is shown it: by its name where it belongs to a closed list.
pub(super) fn word_shown(case: &Case, fact: WordFact) -> Option<Value> {
    match fact {
        WordFact::LoanRoute => case.loan.route.map(|route| Value::Word(route.code())),
        WordFact::LoanPledgeMode => case.loan.pledge_mode.map(|mode| Value::Word(mode.code())),
        WordFact::LoanClaimant => case.loan.claimant.map(|who| Value::Word(who.code())),
        WordFact::BorrowerSize => case.borrower.size.map(|size| Value::Word(size.code())),
        WordFact::ClaimTier => case.claim.as_ref()?.tier.map(|tier| Value::Word(tier.code())),
        WordFact::LoanPurpose
        | WordFact::BorrowerRegion
        | WordFact::BorrowerIndustry
        | WordFact::BankPerformanceGrade => word(case, fact).map(|text| Value::Name(text.into())),
    }
}

/// Yes or no.
pub(super) fn flag(case: &Case, fact: FlagFact) -> Option<bool> {
    match fact {
        FlagFact::BorrowerFirstLoan => case.borrower.first_loan,
        FlagFact::BorrowerCreditClean => case.borrower.credit_clean,
        FlagFact::BankSuspended => case.bank.suspended,
    }
}

/// A set of words.
pub(super) fn set(case: &Case, fact: SetFact) -> Option<&[String]> {
    match fact {
        SetFact::LoanTags => case.loan.tags.as_deref(),
        SetFact::BorrowerTags => case.borrower.tags.as_deref(),
        SetFact::ClaimDocuments => case.claim.as_ref()?.documents.as_deref(),
    }
}

/// Full months from founding to disbursement. `Err` names what is missing.
pub(super) fn age(case: &Case) -> Result<u32, Fact> {
    months_between(
        (case.borrower.established_on, Fact::BorrowerEstablishedOn),
        (case.loan.disbursed_on, Fact::LoanDisbursedOn),
    )
}

/// Full months from the day a loan turned bad to the day of the claim. `Err` names what is missing.
pub(super) fn npl_age(case: &Case) -> Result<u32, Fact> {
    let claim = case.claim.as_ref();
    months_between(
        (claim.and_then(|claim| claim.npl_since), Fact::ClaimNplSince),
        (claim.and_then(|claim| claim.filed_on), Fact::ClaimFiledOn),
    )
}

fn months_between(from: (Option<When>, Fact), to: (Option<When>, Fact)) -> Result<u32, Fact> {
    match (from.0, to.0) {
        (Some(When::On(first)), Some(When::On(last))) => Ok(full_months(first, last)),
        (Some(When::NotYet), Some(_)) => Ok(0),
        (None, _) => Err(from.1),
        (_, _) => Err(to.1),
    }
}

/// Days overdue on the day of the claim, so that a claim filed too early stays too early however late it is
/// computed. A loan that is not overdue has none. `Err` names what is missing.
pub(super) fn overdue(case: &Case) -> Result<u32, Fact> {
    let claim = case.claim.as_ref();
    let since = match claim.and_then(|claim| claim.overdue_since) {
        Some(When::On(since)) => since,
        Some(When::NotYet) => return Ok(0),
        None => return Err(Fact::ClaimOverdueSince),
    };
    match claim.and_then(|claim| claim.filed_on) {
        Some(When::On(filed)) => Ok(overdue_days(since, filed)),
        _ => Err(Fact::ClaimFiledOn),
    }
}

/// The last day of a span that begins after `from`.
///
/// # Errors
/// `Missing::Holidays` when it runs through a year whose holidays are not published.
pub(super) fn span_end(calendar: &WorkCalendar, from: NaiveDate, span: Span) -> Result<NaiveDate, Missing> {
    match span {
        Span::Days(days) => Ok(from.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)),
        Span::Months(months) => Ok(from.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)),
        Span::WorkingDays(days) => calendar.add_working_days(from, days).map_err(|error| match error {
            crate::domain::calendar::CalendarError::NotPublished { year } => Missing::Holidays(year),
            crate::domain::calendar::CalendarError::NotAMonth { .. } => Missing::Clause,
        }),
    }
}

/// `part ÷ whole` rounded down to a millionth, for show only: a share just below a limit never looks as if it
/// reached it.
pub(super) fn share_shown(part: Fen, whole: Fen) -> Ppm {
    let scaled = i128::from(part.get()).saturating_mul(i128::from(PPM_ONE));
    let ppm = scaled.checked_div(i128::from(whole.get())).unwrap_or(0);
    i64::try_from(ppm).ok().and_then(|ppm| Ppm::try_new(ppm).ok()).unwrap_or(Ppm::ZERO)
}
