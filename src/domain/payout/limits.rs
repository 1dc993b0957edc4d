//! The limits on a payout, in the order of the rulebook.
//!
//! **Invariant:** the amount never rises on its way through the limits.

use super::loss::stated_amount;
use super::observe::money;
use super::outcome::{CapStep, ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::sharing::Division;
use super::truth::{Evidence, Observation, Truth, Value};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::fact::{Fact, MoneyFact};
use crate::domain::rulebook::vocabulary::{LevelsBase, LevelsCounted, LevelsCut, PartyKind};
use crate::domain::rulebook::{Cap, CapLimit, CapRule, Floor, Money, Open};
use crate::domain::split::SplitError;

/// An amount after its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limited {
    /// The limits as applied.
    pub caps: Vec<CapStep>,
    /// What they leave.
    pub amount: Fen,
    /// The most that may become payable: without the limits that are not known, and without the balance of a
    /// fund that has run dry, because such a claim waits with its whole amount.
    pub most: Fen,
}

/// What one limit does to an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Nothing above this.
    Most(Fen),
    /// With what others paid, nothing above this: the same part of everyone is cut.
    ProRata { room: Fen, others: Fen },
    /// This part is cut, rounded up.
    Less(Ppm),
}

/// What is limited: the share, with what the limits may ask about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claimed<'a> {
    /// The fund's share.
    pub share: Fen,
    /// The loss it is a share of.
    pub loss: Fen,
    /// How the loss was divided, where there is one answer.
    pub division: Option<&'a Division>,
}

/// Applies every limit.
pub(super) fn limited(run: &mut Run<'_>, claimed: Claimed<'_>) -> Limited {
    let mut result = Limited { caps: Vec::new(), amount: claimed.share, most: claimed.share };
    let book = run.book;
    let mut evidence = Evidence::default();
    for cap in &book.caps {
        let cited = Cited::clause(&cap.id, &cap.origin);
        match run.judge(&cap.when, &mut evidence) {
            Truth::False => continue,
            Truth::Unknown => {
                run.hold_for_missing(cited, &evidence.missing);
                run.step(StepKind::CapUnknown, cited, &kind_of(cap), &evidence.seen, None);
                continue;
            }
            Truth::True => (),
        }
        let mut seen = Vec::new();
        match effect(run, cap, claimed, &mut seen) {
            Ok(Some(effect)) => apply(run, cap, effect, &seen, &mut result),
            Ok(None) => (),
            Err(Stopped) => run.step(StepKind::CapUnknown, cited, &kind_of(cap), &seen, None),
        }
    }
    result
}

/// A limit could not be computed; why is among the reasons.
struct Stopped;

/// What a limit does, or nothing where none of its steps applies.
fn effect(
    run: &mut Run<'_>,
    cap: &Cap,
    claimed: Claimed<'_>,
    seen: &mut Vec<Observation>,
) -> Result<Option<Effect>, Stopped> {
    let cited = Cited::clause(&cap.id, &cap.origin);
    let limit = match &cap.rule {
        CapRule::PerLoan(limit) => return amount_less(run, cap, limit, None, seen),
        CapRule::PerBorrowerLife(limit) => {
            return amount_less(run, cap, limit, Some(MoneyFact::BorrowerPaidToDate), seen);
        }
        CapRule::PerBorrowerYear(limit) => {
            return amount_less(run, cap, limit, Some(MoneyFact::BorrowerPaidThisYear), seen);
        }
        CapRule::PerBankYear(limit) => return amount_less(run, cap, limit, Some(MoneyFact::BankPaidThisYear), seen),
        CapRule::PerSchemeYear(limit) => return amount_less(run, cap, limit, Some(MoneyFact::FundPaidThisYear), seen),
        CapRule::Room { limit, used } => return amount_less(run, cap, limit, *used, seen),
        CapRule::PerModeYear { mode, limit } => return mode_year(run, cap, *mode, limit, seen),
        CapRule::FundBalance => fund_balance(run, cited, seen)?,
        CapRule::FundTotal => {
            let total = read(run, cited, MoneyFact::FundTotal, seen)?;
            total.saturating_sub(read(run, cited, MoneyFact::FundPaidToDate, seen)?)
        }
        CapRule::Rate(limit) => match stepped(run, cap, limit)? {
            Some(rate) => part_of(run, cited, claimed.loss, rate)?,
            None => return Ok(None),
        },
        CapRule::Reduction(limit) => return Ok(stepped(run, cap, limit)?.map(Effect::Less)),
        CapRule::AllLevels { limit, of, counts, cut } => {
            let Some(rate) = stepped(run, cap, limit)? else {
                return Ok(None);
            };
            let base = levels_base(run, cited, *of, claimed)?;
            let room = part_of(run, cited, base, rate)?;
            let others = paid_by_others(run, cited, counts, seen)?;
            return Ok(Some(match cut {
                LevelsCut::Own => Effect::Most(room.saturating_sub(others)),
                LevelsCut::ProRata => Effect::ProRata { room, others },
            }));
        }
    };
    Ok(Some(Effect::Most(limit)))
}

/// A stated amount less what is used of it.
fn amount_less(
    run: &mut Run<'_>,
    cap: &Cap,
    limit: &CapLimit<Money>,
    used: Option<MoneyFact>,
    seen: &mut Vec<Observation>,
) -> Result<Option<Effect>, Stopped> {
    let cited = Cited::clause(&cap.id, &cap.origin);
    let Some(stated) = stepped(run, cap, limit)? else {
        return Ok(None);
    };
    let most = stated_amount(run, cited, stated).ok_or(Stopped)?;
    let used = match used {
        Some(fact) => read(run, cited, fact, seen)?,
        None => Fen::ZERO,
    };
    Ok(Some(Effect::Most(most.saturating_sub(used))))
}

/// A limit on one route, less what was paid on it this year; nothing for loans of other routes.
fn mode_year(
    run: &mut Run<'_>,
    cap: &Cap,
    mode: crate::domain::rulebook::vocabulary::Route,
    limit: &CapLimit<Money>,
    seen: &mut Vec<Observation>,
) -> Result<Option<Effect>, Stopped> {
    let cited = Cited::clause(&cap.id, &cap.origin);
    let route = run.need(cited, Fact::LoanRoute, run.case.loan.route).ok_or(Stopped)?;
    if route != mode {
        return Ok(None);
    }
    let Some(stated) = stepped(run, cap, limit)? else {
        return Ok(None);
    };
    let most = stated_amount(run, cited, stated).ok_or(Stopped)?;
    let by_mode = run.need(cited, Fact::FundPaidThisYearByMode, run.case.fund.paid_this_year_by_mode.as_ref());
    let used = by_mode.ok_or(Stopped)?.get(mode.code()).copied().unwrap_or(Fen::ZERO);
    seen.push(Observation { fact: Fact::FundPaidThisYearByMode, value: Value::Money(used) });
    Ok(Some(Effect::Most(most.saturating_sub(used))))
}

/// The limit of the first step that applies.
fn stepped<T: Clone>(run: &mut Run<'_>, cap: &Cap, limit: &CapLimit<T>) -> Result<Option<T>, Stopped> {
    let cited = Cited::clause(&cap.id, &cap.origin);
    let steps = match limit {
        CapLimit::Fixed(stated) => return run.stated(cited, stated).map(Some).ok_or(Stopped),
        CapLimit::Steps(steps) => steps,
    };
    let mut evidence = Evidence::default();
    for step in steps {
        match run.judge(&step.when, &mut evidence) {
            Truth::True => return run.stated(cited, &step.limit).map(Some).ok_or(Stopped),
            Truth::False => (),
            Truth::Unknown => {
                run.hold_for_missing(cited, &evidence.missing);
                return Err(Stopped);
            }
        }
    }
    Ok(None)
}

/// What the fund holds above its floor.
fn fund_balance(run: &mut Run<'_>, cited: Cited<'_>, seen: &mut Vec<Observation>) -> Result<Fen, Stopped> {
    let balance = read(run, cited, MoneyFact::FundBalance, seen)?;
    let stated = run.book.sources.as_ref().and_then(|sources| sources.floor);
    let floor = match (run.case.fund.floor, stated) {
        (Some(floor), _) => floor,
        (None, None) => Fen::ZERO,
        (None, Some(Open::Known(Floor::Amount(floor)))) => floor,
        (None, Some(Open::Known(Floor::OfTotal(rate)))) => {
            let total = read(run, cited, MoneyFact::FundTotal, seen)?;
            part_of(run, cited, total, rate)?
        }
        (None, Some(Open::Unknown)) => {
            run.hold(ReasonCode::ClauseUnknown, cited, &[]);
            return Err(Stopped);
        }
    };
    Ok(balance.saturating_sub(floor))
}

/// What a ceiling over all levels is a share of.
fn levels_base(run: &mut Run<'_>, cited: Cited<'_>, of: LevelsBase, claimed: Claimed<'_>) -> Result<Fen, Stopped> {
    match of {
        LevelsBase::LossBase => Ok(claimed.loss),
        LevelsBase::BearerLiability => {
            let Some(division) = claimed.division else {
                return Err(Stopped);
            };
            let public = |place: usize| {
                let kind = run.book.parties.get(place).map(|party| party.kind);
                matches!(kind, Some(PartyKind::Fund | PartyKind::Level))
            };
            let counted =
                division.shares.iter().filter(|(party, _)| Some(*party) == division.bearer || public(party.0));
            let sum = Fen::total(counted.map(|(_, fen)| *fen)).map_err(SplitError::from);
            run.fits(cited, sum).ok_or(Stopped)
        }
    }
}

/// What others paid on the same loss.
fn paid_by_others(
    run: &mut Run<'_>,
    cited: Cited<'_>,
    counts: &[LevelsCounted],
    seen: &mut Vec<Observation>,
) -> Result<Fen, Stopped> {
    let mut amounts = Vec::new();
    for counted in counts {
        match counted {
            LevelsCounted::OtherPolicy => amounts.push(read(run, cited, MoneyFact::ClaimOtherPolicyPaid, seen)?),
            LevelsCounted::Levels => {
                let claim = run.case.claim.as_ref();
                let levels =
                    run.need(cited, Fact::ClaimOtherLevels, claim.and_then(|claim| claim.other_levels.as_ref()));
                for level in levels.ok_or(Stopped)? {
                    let paid = run.need(cited, Fact::LevelPaid, level.paid).ok_or(Stopped)?;
                    seen.push(Observation { fact: Fact::LevelPaid, value: Value::Money(paid) });
                    amounts.push(paid);
                }
            }
        }
    }
    run.fits(cited, Fen::total(amounts).map_err(SplitError::from)).ok_or(Stopped)
}

/// An amount that a limit asks for.
fn read(run: &mut Run<'_>, cited: Cited<'_>, fact: MoneyFact, seen: &mut Vec<Observation>) -> Result<Fen, Stopped> {
    run.used(fact.fact());
    let amount = run.need(cited, fact.fact(), money(run.case, fact)).ok_or(Stopped)?;
    seen.push(Observation { fact: fact.fact(), value: Value::Money(amount) });
    Ok(amount)
}

/// Floor of `rate × amount`.
fn part_of(run: &mut Run<'_>, cited: Cited<'_>, amount: Fen, rate: Ppm) -> Result<Fen, Stopped> {
    run.fits(cited, amount.part_floor(rate).map_err(SplitError::from)).ok_or(Stopped)
}

impl Effect {
    /// What it leaves of an amount.
    fn on(self, amount: Fen) -> Fen {
        match self {
            Effect::Most(most) => amount.min(most),
            Effect::ProRata { room, others } => {
                let together = i128::from(amount.get()).saturating_add(i128::from(others.get()));
                if together <= i128::from(room.get()) {
                    return amount;
                }
                let product = i128::from(amount.get()).saturating_mul(i128::from(room.get()));
                whole_fen(product.checked_div(together))
            }
            Effect::Less(rate) => {
                let product = i128::from(amount.get()).saturating_mul(i128::from(rate.get()));
                let up = product.saturating_add(i128::from(PPM_ONE.saturating_sub(1)));
                amount.saturating_sub(whole_fen(up.checked_div(i128::from(PPM_ONE))))
            }
        }
    }

    /// The amount it leaves at most, as the result shows it.
    fn shown(self, before: Fen) -> Fen {
        match self {
            Effect::Most(most) => most,
            Effect::ProRata { .. } | Effect::Less(_) => self.on(before),
        }
    }
}

fn whole_fen(fen: Option<i128>) -> Fen {
    fen.and_then(|fen| i64::try_from(fen).ok()).and_then(|fen| Fen::try_new(fen).ok()).unwrap_or(Fen::ZERO)
}

/// Applies what one limit does.
fn apply(run: &mut Run<'_>, cap: &Cap, effect: Effect, seen: &[Observation], result: &mut Limited) {
    let cited = Cited::clause(&cap.id, &cap.origin);
    let before = result.amount;
    let after = effect.on(before);
    let limit = effect.shown(before);
    result.amount = after;
    result.caps.push(CapStep {
        id: cap.id.clone(),
        name: cap.origin.name.clone(),
        article: cap.origin.article.clone(),
        cap: cap.rule.kind(),
        limit,
        before,
        after,
    });
    let [kind] = kind_of(cap);
    let inputs = [kind, ("limit", Value::Money(limit)), ("before", Value::Money(before))];
    run.step(StepKind::Cap, cited, &inputs, seen, Some(after));
    if cap.rule != CapRule::FundBalance {
        result.most = effect.on(result.most);
        return;
    }
    let Some(timing) = run.book.timing.as_ref() else {
        result.most = effect.on(result.most);
        return;
    };
    let queue = Cited::section("timing", &timing.origin);
    if after == Fen::ZERO && before > Fen::ZERO {
        run.stated(queue, &timing.short);
        run.hold(ReasonCode::FundShort, queue, seen);
        return;
    }
    result.most = effect.on(result.most);
    if after < before {
        run.stated(queue, &timing.short);
        let inputs = [("paid", Value::Money(after))];
        run.step(StepKind::Deferred, queue, &inputs, &[], Some(before.saturating_sub(after)));
    }
}

fn kind_of(cap: &Cap) -> [(&'static str, Value); 1] {
    [("cap", Value::Word(cap.rule.kind().code()))]
}
