//! Which column holds which field: headers first, values to confirm or to choose.
//!
//! **Invariant:** a field has one column and a column one field; what could as well be otherwise is a guess.

use std::collections::{BTreeMap, BTreeSet};

use super::alias::{HeaderName, NameScore, aliases};
use super::values::{Fit, Values, number, whole_part};
use super::view::{Confidence, Why, WhyCode};
use crate::import::field::{Field, FileKind};

/// Points below which a column is left out.
const LEAST: i32 = 45;
/// Points between two that could change places.
const MARGIN: i32 = 10;
/// Points of values that can hardly be another field's.
const BY_VALUES: i32 = 72;
/// Points of values that other columns may have as well.
const BY_COMMON_VALUES: i32 = 50;

/// A column to be told.
pub(super) struct Subject<'s> {
    /// Place, from 0.
    pub column: usize,
    /// Header.
    pub header: String,
    /// Its own cells.
    pub values: Values<'s>,
    /// What a person said of it: a field, or that it is none.
    pub pinned: Option<Option<Field>>,
}

/// What a column was taken for.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Field.
    pub field: Option<Field>,
    /// Other fields, the best first.
    pub alternatives: Vec<Field>,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub why: Vec<Why>,
}

/// A column held against a field.
struct Bid {
    subject: usize,
    field: Field,
    points: i32,
    name: Option<NameScore>,
    fit: Fit,
}

/// Takes every column for a field or for none; the answer has an entry a subject.
pub(super) fn assign(kind: FileKind, subjects: &[Subject<'_>]) -> Vec<Choice> {
    let mut bids = bids(kind, subjects);
    bids.sort_by_key(|bid| (std::cmp::Reverse(bid.points), bid.field, bid.subject));
    let mut taken: BTreeMap<Field, usize> = BTreeMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        if let Some(Some(field)) = subject.pinned {
            taken.insert(field, at);
        }
    }
    let mut held: BTreeSet<usize> = (0..subjects.len()).filter(|at| is_pinned(subjects, *at)).collect();
    for bid in &bids {
        if bid.points >= LEAST && !taken.contains_key(&bid.field) && !held.contains(&bid.subject) {
            taken.insert(bid.field, bid.subject);
            held.insert(bid.subject);
        }
    }
    let mut choices: Vec<Choice> =
        (0..subjects.len()).map(|at| choice_of(at, subjects, &bids, &taken, &held)).collect();
    guess_by_date_order(kind, subjects, &mut choices);
    doubt_reversed_dates(subjects, &mut choices);
    choices
}

fn is_pinned(subjects: &[Subject<'_>], at: usize) -> bool {
    subjects.get(at).is_some_and(|subject| subject.pinned.is_some())
}

fn bids(kind: FileKind, subjects: &[Subject<'_>]) -> Vec<Bid> {
    let fields: Vec<Field> = kind.needed().iter().chain(kind.allowed()).copied().collect();
    let mut bids = Vec::new();
    for (at, subject) in subjects.iter().enumerate().filter(|(_, subject)| !subject.header.is_empty()) {
        let header = HeaderName::of(&subject.header);
        let own_business = aliases().is_own_business(&header);
        for field in &fields {
            let name = aliases().score(&header, *field);
            let by_values = name.is_none() && !own_business && !aliases().rules_out(&header, *field);
            if name.is_none() && !by_values {
                continue;
            }
            let fit = if name.is_some() || is_telling(*field) { subject.values.fit(*field) } else { Fit::Open };
            let points = match (&name, fit) {
                (Some(name), Fit::Proves) => name.points.saturating_add(15),
                (Some(name), Fit::Agrees) => name.points.saturating_add(5),
                (Some(name), Fit::Open) => name.points,
                (Some(name), Fit::Against) => name.points.saturating_sub(50),
                (None, Fit::Proves) if matches!(field, Field::Size | Field::FirstLoan) => BY_COMMON_VALUES,
                (None, Fit::Proves) => BY_VALUES,
                (None, _) => continue,
            };
            bids.push(Bid { subject: at, field: *field, points, name, fit });
        }
    }
    bids
}

/// Fields whose values tell them from all others.
const fn is_telling(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::CreditCode
            | F::IpKind
            | F::IpNumber
            | F::Grade
            | F::Size
            | F::FirstLoan
            | F::Repayment
            | F::Documents
            | F::PartnerKind
            | F::FundKind
            | F::Source
    )
}

fn choice_of(
    at: usize,
    subjects: &[Subject<'_>],
    bids: &[Bid],
    taken: &BTreeMap<Field, usize>,
    held: &BTreeSet<usize>,
) -> Choice {
    let own: Vec<&Bid> = bids.iter().filter(|bid| bid.subject == at && bid.points >= LEAST).collect();
    let field = taken.iter().find(|(_, subject)| **subject == at).map(|(field, _)| *field);
    let others = own.iter().map(|bid| bid.field).filter(|other| Some(*other) != field);
    let alternatives: Vec<Field> = others.collect();
    let subject = subjects.get(at);
    if subject.is_some_and(|subject| subject.pinned.is_some()) {
        return Choice { field, alternatives, confidence: Confidence::Certain, why: vec![why(WhyCode::Corrected, "")] };
    }
    let Some(bid) = own.iter().find(|bid| Some(bid.field) == field) else {
        return Choice { field: None, alternatives, confidence: Confidence::None, why: vec![why_left_out(subject)] };
    };
    let (mut confidence, mut reasons) = judge(bid);
    let rival_column = bids.iter().find(|other| {
        other.field == bid.field
            && !held.contains(&other.subject)
            && other.points.saturating_add(MARGIN) >= bid.points.min(100)
    });
    if let Some(header) = rival_column.and_then(|other| subjects.get(other.subject)).map(|other| &other.header) {
        confidence = Confidence::Guess;
        reasons.push(why(WhyCode::RivalColumn, header));
    }
    let names_another = |other: &&&Bid| bid.name.is_none() && other.name.as_ref().is_some_and(|name| name.points >= 80);
    let comes_near =
        |other: &&&Bid| !taken.contains_key(&other.field) && other.points.saturating_add(MARGIN) >= bid.points;
    let rival_field = own.iter().find(|other| other.field != bid.field && (names_another(other) || comes_near(other)));
    if let Some(other) = rival_field {
        confidence = Confidence::Guess;
        reasons.push(why(WhyCode::RivalField, other.field.code()));
    }
    if subject.is_some_and(|subject| are_fractions(bid.field, &subject.values)) {
        confidence = Confidence::Guess;
        reasons.push(why(WhyCode::Fraction, ""));
    }
    Choice { field, alternatives, confidence, why: reasons }
}

fn why(code: WhyCode, about: &str) -> Why {
    Why { code, about: about.to_owned() }
}

fn why_left_out(subject: Option<&Subject<'_>>) -> Why {
    let header = subject.map(|subject| subject.header.as_str()).unwrap_or_default();
    if header.is_empty() {
        return why(WhyCode::Nameless, "");
    }
    let own = aliases().is_own_business(&HeaderName::of(header));
    why(if own { WhyCode::OwnBusiness } else { WhyCode::Unknown }, "")
}

fn judge(bid: &Bid) -> (Confidence, Vec<Why>) {
    let Some(name) = &bid.name else {
        let sure = bid.points >= BY_VALUES;
        let confidence = if sure { Confidence::Likely } else { Confidence::Guess };
        return (confidence, vec![why(WhyCode::Values, "")]);
    };
    let mut reasons = vec![why(name.why, &name.word)];
    let confidence = match (name.points, bid.fit) {
        (_, Fit::Against) => Confidence::Guess,
        (95.., _) => Confidence::Certain,
        (80.., _) | (70.., Fit::Agrees | Fit::Proves) | (_, Fit::Proves) => Confidence::Likely,
        _ => Confidence::Guess,
    };
    match bid.fit {
        Fit::Against => reasons.push(why(WhyCode::ValuesAgainst, "")),
        Fit::Proves | Fit::Agrees => reasons.push(why(WhyCode::Values, "")),
        Fit::Open => {}
    }
    (confidence, reasons)
}

/// Whether a percentage is written as a fraction of one.
fn are_fractions(field: Field, values: &Values<'_>) -> bool {
    let is_percent = matches!(field, Field::AnnualRate | Field::IpShare | Field::GuaranteeShare);
    let below_one = |cell: &crate::import::cell::CellValue| {
        !cell.text().contains(['%', '％'])
            && number(cell)
                .is_some_and(|text| whole_part(&text) == Some(0) && text.bytes().any(|b| (b'1'..=b'9').contains(&b)))
    };
    is_percent && !values.cells.is_empty() && values.share(below_one) >= 80
}

/// Date fields of a kind in the order in which their days come.
const fn in_order(kind: FileKind) -> &'static [Field] {
    match kind {
        FileKind::Registrations => &[Field::FoundedOn, Field::DisbursedOn, Field::MaturesOn],
        FileKind::Servicing => &[Field::OverdueSince, Field::ReportedOn],
        FileKind::Claims => &[Field::OverdueSince, Field::FiledOn],
        FileKind::Partners => &[Field::AgreedFrom, Field::AgreedTo],
        FileKind::Fund => &[Field::BookedOn],
    }
}

/// Where as many columns of days are left over as date fields are missing, the earlier days go to the earlier field.
fn guess_by_date_order(kind: FileKind, subjects: &[Subject<'_>], choices: &mut [Choice]) {
    let missing: Vec<Field> = in_order(kind)
        .iter()
        .filter(|field| choices.iter().all(|choice| choice.field != Some(**field)))
        .copied()
        .collect();
    let mut open: Vec<(chrono::NaiveDate, usize)> = Vec::new();
    for (at, (subject, choice)) in subjects.iter().zip(choices.iter()).enumerate() {
        let free = choice.field.is_none() && subject.pinned.is_none() && !subject.header.is_empty();
        let own = aliases().is_own_business(&HeaderName::of(&subject.header));
        if free && !own && subject.values.are_days() {
            open.extend(subject.values.middle_day().map(|day| (day, at)));
        }
    }
    if missing.is_empty() || open.len() != missing.len() {
        return;
    }
    open.sort();
    for (field, (_, at)) in missing.iter().zip(open) {
        if let Some(choice) = choices.get_mut(at) {
            choice.field = Some(*field);
            choice.confidence = Confidence::Guess;
            choice.why = vec![why(WhyCode::DateOrder, "")];
        }
    }
}

/// Dates that come in the wrong order make both their columns a guess.
fn doubt_reversed_dates(subjects: &[Subject<'_>], choices: &mut [Choice]) {
    use Field as F;
    let pairs = [
        (F::FoundedOn, F::DisbursedOn),
        (F::DisbursedOn, F::MaturesOn),
        (F::InsuredFrom, F::InsuredTo),
        (F::AgreedFrom, F::AgreedTo),
        (F::OverdueSince, F::FiledOn),
        (F::OverdueSince, F::ReportedOn),
    ];
    for (early, late) in pairs {
        let place = |field: Field| choices.iter().position(|choice| choice.field == Some(field));
        let (Some(first), Some(second)) = (place(early), place(late)) else { continue };
        let middle = |at: usize| subjects.get(at).and_then(|subject| subject.values.middle_day());
        let (Some(start), Some(end)) = (middle(first), middle(second)) else { continue };
        if start <= end {
            continue;
        }
        for at in [first, second] {
            if let Some(choice) = choices.get_mut(at).filter(|_| !is_pinned(subjects, at)) {
                choice.confidence = Confidence::Guess;
                choice.why.push(why(WhyCode::DatesReversed, ""));
            }
        }
    }
}
