//! Who bears which part: the first rule that applies, additions, ceiling, bands, and the split itself.
//!
//! **Invariant:** where something is left open or missing, every possible answer is computed; only when they differ
//! does the case wait.

use super::observe::money;
use super::outcome::{ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Evidence, Missing, Truth, Value};
use super::weights::{Added, Raised, Weights, above, named, possible, rate_of, slices};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::vocabulary::{AboveBands, BandReading, NoMatch, Spread};
use crate::domain::rulebook::{BandMeasure, Bands, Bonus, Open, PartyIx, Sharing, SharingRule, Split};
use crate::domain::split::{Rounding, split};

/// How a sum was divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Division {
    /// The fund's part of the weights, rounded down; for show.
    pub rate: Ppm,
    /// Each party's part, in the order of the rulebook.
    pub shares: Vec<(PartyIx, Fen)>,
    /// Who carries what limits cut.
    pub bearer: Option<PartyIx>,
    /// Who got a fen of those that did not divide.
    pub odd: Vec<PartyIx>,
}

impl Division {
    /// One party's part.
    pub fn part(&self, party: Option<PartyIx>) -> Fen {
        self.shares.iter().find(|(known, _)| Some(*known) == party).map_or(Fen::ZERO, |(_, fen)| *fen)
    }
}

/// What could be said of the sharing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shared {
    /// Nothing.
    Unknown,
    /// One answer.
    Known(Division),
    /// Several answers, depending on what is not known; this is the most the fund may have to bear.
    Ambiguous(Fen),
}

/// An addition that may or may not count.
struct Doubtful<'a> {
    bonus: &'a Bonus,
    /// Whether it may count and may not, and with which points.
    ways: Vec<Option<Ppm>>,
    missing: Vec<Missing>,
}

/// Divides `sum` under the rule that applies.
pub(super) fn share(run: &mut Run<'_>, sum: Fen) -> Shared {
    let book = run.book;
    let Some(sharing) = book.sharing.as_ref() else {
        return Shared::Unknown;
    };
    let Some(rule) = applicable(run, sharing) else {
        return Shared::Unknown;
    };
    let cited = Cited::clause(&rule.id, &rule.origin);
    let bearer = run.stated(cited, &rule.bearer);
    let Some(measure) = measured(run, rule, sum) else {
        return Shared::Unknown;
    };
    let (certain, doubtful) = additions(run, sharing, rule);
    if let Some(ceiling) = sharing.ceiling.as_ref().filter(|ceiling| named(&ceiling.rules, &rule.id))
        && !(certain.is_empty() && doubtful.is_empty())
    {
        run.stated(Cited::section("ceiling", &ceiling.origin), &ceiling.rate);
    }
    let mut divisions: Vec<Division> = Vec::new();
    for set in sets(&certain, &doubtful) {
        let raised = Raised { book, rule, bearer, added: &set };
        for weights in ways(&raised, measure, sum) {
            for rounding in possible(&sharing.rounding, Rounding::ALL) {
                let Some(division) = divide(run, cited, &weights, bearer, sum, rounding) else {
                    return Shared::Unknown;
                };
                if divisions.iter().all(|known| known.shares != division.shares) {
                    divisions.push(division);
                }
            }
        }
    }
    match divisions.pop() {
        None => Shared::Unknown,
        Some(only) if divisions.is_empty() => {
            written(run, sharing, rule, &only);
            Shared::Known(only)
        }
        Some(last) => {
            divisions.push(last);
            ambiguous(run, sharing, rule, &divisions, &doubtful)
        }
    }
}

/// The first rule that applies; an unknown before it stops the search.
fn applicable<'a>(run: &mut Run<'a>, sharing: &'a Sharing) -> Option<&'a SharingRule> {
    let mut evidence = Evidence::default();
    for rule in &sharing.rules {
        match run.judge(&rule.when, &mut evidence) {
            Truth::True => return Some(rule),
            Truth::False => (),
            Truth::Unknown => {
                run.hold_for_missing(Cited::clause(&rule.id, &rule.origin), &evidence.missing);
                return None;
            }
        }
    }
    let cited = Cited::section("sharing", &sharing.origin);
    match run.stated(cited, &sharing.no_match)? {
        NoMatch::Reject => run.reject(ReasonCode::NoRule, cited, &[]),
        NoMatch::Hold => run.hold(ReasonCode::NoRule, cited, &[]),
    }
    None
}

/// What the bands of a rule look at; the sum itself where there are none. `None` stops the arithmetic.
fn measured(run: &mut Run<'_>, rule: &SharingRule, sum: Fen) -> Option<Fen> {
    let cited = Cited::clause(&rule.id, &rule.origin);
    let bands = match &rule.split {
        Split::Fixed(ratio) => {
            let ratio = run.stated(cited, ratio)?;
            let base = run.book.fund.map_or(Ppm::ZERO, |fund| rate_of(&ratio, fund));
            run.step(StepKind::BaseRate, cited, &[("rate", Value::Rate(base))], &[], None);
            return Some(sum);
        }
        Split::Bands(bands) => bands,
    };
    let measure = match bands.measure {
        BandMeasure::LossBase => sum,
        BandMeasure::Fact(fact) => {
            run.used(fact.fact());
            run.need(cited, fact.fact(), money(run.case, fact))?
        }
    };
    if !above(bands, measure) {
        return Some(measure);
    }
    match bands.above {
        Some(Open::Known(AboveBands::Zero)) | None => Some(measure),
        Some(Open::Known(AboveBands::Reject)) => {
            run.reject(ReasonCode::AboveBands, cited, &[]);
            None
        }
        Some(Open::Unknown) => {
            run.hold(ReasonCode::ClauseUnknown, cited, &[]);
            None
        }
    }
}

/// The additions that hold, and those that cannot be answered.
fn additions<'a>(run: &mut Run<'a>, sharing: &'a Sharing, rule: &SharingRule) -> (Vec<Added<'a>>, Vec<Doubtful<'a>>) {
    let (mut certain, mut doubtful) = (Vec::new(), Vec::new());
    let mut evidence = Evidence::default();
    for bonus in sharing.bonuses.iter().filter(|bonus| named(&bonus.rules, &rule.id)) {
        let truth = run.judge(&bonus.when, &mut evidence);
        let kind = match truth {
            Truth::True => StepKind::Bonus,
            Truth::False => StepKind::BonusOff,
            Truth::Unknown => StepKind::BonusUnknown,
        };
        let points = bonus.points.known().copied();
        let shown = [("points", Value::Points(points.unwrap_or(Ppm::ZERO)))];
        run.step(kind, Cited::clause(&bonus.id, &bonus.origin), &shown, &evidence.seen, None);
        // Points that are left open lie between nothing and everything the bearer has.
        match (truth, points) {
            (Truth::False, _) => (),
            (Truth::True, Some(points)) => certain.push(Added { bonus, points }),
            (Truth::True, None) => {
                let ways = vec![Some(Ppm::ZERO), Some(Ppm::ONE)];
                doubtful.push(Doubtful { bonus, ways, missing: vec![Missing::Clause] });
            }
            (Truth::Unknown, points) => {
                let ways = vec![None, Some(points.unwrap_or(Ppm::ONE))];
                doubtful.push(Doubtful { bonus, ways, missing: evidence.missing.clone() });
            }
        }
    }
    (certain, doubtful)
}

/// Every set of additions that is possible.
fn sets<'a>(certain: &[Added<'a>], doubtful: &[Doubtful<'a>]) -> Vec<Vec<Added<'a>>> {
    let mut sets: Vec<Vec<Added<'a>>> = vec![certain.to_vec()];
    for open in doubtful {
        let mut wider = Vec::with_capacity(sets.len().saturating_mul(open.ways.len()));
        for set in &sets {
            for way in &open.ways {
                let more = way.map(|points| Added { bonus: open.bonus, points });
                wider.push(set.iter().copied().chain(more).collect());
            }
        }
        sets = wider;
    }
    sets
}

/// The weights under every reading of the bands that is possible.
fn ways(raised: &Raised<'_>, measure: Fen, sum: Fen) -> Vec<Weights> {
    let bands = match &raised.rule.split {
        Split::Fixed(Open::Known(ratio)) => return vec![raised.weights(ratio)],
        Split::Fixed(Open::Unknown) => return Vec::new(),
        Split::Bands(bands) => bands,
    };
    let mut all = Vec::new();
    for reading in possible(&bands.reading, BandReading::ALL) {
        let spreads = match (reading, bands.spread) {
            (BandReading::Marginal, Some(spread)) => possible(&spread, Spread::ALL),
            (BandReading::Marginal, None) => Spread::ALL.to_vec(),
            (BandReading::Slab, _) => vec![Spread::BottomUp],
        };
        for spread in spreads {
            let slices = slices(bands, reading, spread, measure, sum);
            let Some(weights) = raised.weights_of(bands, &slices) else {
                return Vec::new();
            };
            if !all.contains(&weights) {
                all.push(weights);
            }
        }
    }
    all
}

/// Divides `sum` by weights.
fn divide(
    run: &mut Run<'_>,
    cited: Cited<'_>,
    weights: &Weights,
    bearer: Option<PartyIx>,
    sum: Fen,
    rounding: Rounding,
) -> Option<Division> {
    let mut shares = run.fits(cited, split(sum, &weights.parts, rounding))?;
    shares.sort_by_key(|(party, _)| *party);
    let fund = weights.parts.iter().find(|(party, _)| Some(*party) == run.book.fund).map_or(0, |(_, weight)| *weight);
    let rate = fund.saturating_mul(i128::from(PPM_ONE)).checked_div(weights.whole).unwrap_or(0);
    let rate = i64::try_from(rate).ok().and_then(|ppm| Ppm::try_new(ppm).ok()).unwrap_or(Ppm::ZERO);
    let odd = if run.traces() { odd(weights, sum, &shares) } else { Vec::new() };
    Some(Division { rate, shares, bearer, odd })
}

/// Who got more than the whole fen of its part.
fn odd(weights: &Weights, sum: Fen, shares: &[(PartyIx, Fen)]) -> Vec<PartyIx> {
    let above = |(party, weight): &&(PartyIx, i128)| {
        let floor = i128::from(sum.get()).saturating_mul(*weight).checked_div(weights.whole).unwrap_or(0);
        shares.iter().any(|(known, part)| known == party && i128::from(part.get()) > floor)
    };
    weights.parts.iter().filter(above).map(|(party, _)| *party).collect()
}

/// Writes the one answer into the trace.
fn written(run: &mut Run<'_>, sharing: &Sharing, rule: &SharingRule, division: &Division) {
    if !run.traces() {
        return;
    }
    let book = run.book;
    let cited = Cited::clause(&rule.id, &rule.origin);
    if let Split::Bands(bands) = &rule.split {
        band_steps(run, cited, bands, division.shares.iter().map(|(_, fen)| *fen));
    }
    let ceiling = sharing.ceiling.as_ref();
    let ceiling = ceiling.filter(|ceiling| Some(ceiling.party) == book.fund && named(&ceiling.rules, &rule.id));
    let rate_cited = ceiling.map_or(cited, |ceiling| Cited::clause(&rule.id, &ceiling.origin));
    run.step(StepKind::Rate, rate_cited, &[("rate", Value::Rate(division.rate))], &[], None);
    for (party, part) in &division.shares {
        let known = book.party(*party);
        let inputs = [("party", Value::Name(known.id.clone())), ("kind", Value::Word(known.kind.code()))];
        let cited = Cited { name: known.origin.name.as_ref(), ..cited };
        run.step(StepKind::Sharing, cited, &inputs, &[], Some(*part));
    }
    for party in &division.odd {
        let known = book.party(*party);
        let inputs = [("party", Value::Name(known.id.clone())), ("kind", Value::Word(known.kind.code()))];
        let cited = Cited { name: known.origin.name.as_ref(), ..cited };
        run.step(StepKind::Residue, cited, &inputs, &[], None);
    }
}

/// Writes which part of the loss lies in which band, where the reading is known.
fn band_steps(run: &mut Run<'_>, cited: Cited<'_>, bands: &Bands, parts: impl Iterator<Item = Fen>) {
    let (Some(reading), Ok(sum)) = (bands.reading.known().copied(), Fen::total(parts)) else {
        return;
    };
    let spread = bands.spread.and_then(|spread| spread.known().copied()).unwrap_or(Spread::BottomUp);
    let measure = match bands.measure {
        BandMeasure::LossBase => Some(sum),
        BandMeasure::Fact(fact) => money(run.case, fact),
    };
    let Some(measure) = measure else {
        return;
    };
    for slice in slices(bands, reading, spread, measure, sum) {
        let ratio = slice.band.and_then(|place| bands.steps.get(place)?.shares.known());
        let base = ratio.zip(run.book.fund).map_or(Ppm::ZERO, |(ratio, fund)| rate_of(ratio, fund));
        let place = slice.band.and_then(|place| u32::try_from(place.saturating_add(1)).ok()).unwrap_or(0);
        let inputs = [("band", Value::Count(place)), ("rate", Value::Rate(base)), ("measure", Value::Money(measure))];
        run.step(StepKind::Slice, cited, &inputs, &[], Some(slice.amount));
    }
}

/// Waits for what would settle the answer and lists what it may be.
fn ambiguous(
    run: &mut Run<'_>,
    sharing: &Sharing,
    rule: &SharingRule,
    divisions: &[Division],
    doubtful: &[Doubtful<'_>],
) -> Shared {
    let fund = run.book.fund;
    let cited = Cited::section("sharing", &sharing.origin);
    let mut most = Fen::ZERO;
    for division in divisions {
        let part = division.part(fund);
        run.step(StepKind::Alternative, cited, &[("rate", Value::Rate(division.rate))], &[], Some(part));
        most = most.max(part);
    }
    let open_bands = match &rule.split {
        Split::Bands(bands) => bands.reading == Open::Unknown || bands.spread == Some(Open::Unknown),
        Split::Fixed(_) => false,
    };
    if open_bands {
        run.hold(ReasonCode::ClauseUnknown, Cited::clause(&rule.id, &rule.origin), &[]);
    }
    if sharing.rounding == Open::Unknown && doubtful.is_empty() && !open_bands {
        run.hold(ReasonCode::ClauseUnknown, cited, &[]);
    }
    for open in doubtful {
        run.hold_for_missing(Cited::clause(&open.bonus.id, &open.bonus.origin), &open.missing);
    }
    Shared::Ambiguous(most)
}
