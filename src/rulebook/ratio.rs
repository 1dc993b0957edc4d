//! Ratios: shares that close to 100 %.
//!
//! **Invariant:** a stated ratio sums to 100 % exactly; with one share left open the whole ratio is.

use super::context::Context;
use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use super::units;
use super::values::rate;
use crate::domain::money::{PPM_ONE, Ppm};
use crate::domain::rulebook::{Open, PartyIx, Ratio};
use crate::domain::split::tie_order;

/// The word for "what is left of 100 %".
const REST: &str = "rest";

/// One share of a ratio as it is written.
#[derive(Clone, Copy, PartialEq)]
enum Share {
    Stated(Ppm),
    Rest,
    Unknown,
}

/// A ratio of the parties in tie order: bearer first, fund and levels last. Parties it leaves out bear nothing.
pub(super) fn ratio(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    context: &Context<'_>,
    bearer: Option<PartyIx>,
) -> Option<Open<Ratio>> {
    let written = vector(item, faults, |id| context.party_named(id), &context.party_ids().join(", "))?;
    Some(written.map(|mut written| {
        written.sort_by_key(|(party, _)| *party);
        let last: Vec<PartyIx> = context.last().into_iter().filter(|party| Some(*party) != bearer).collect();
        match bearer {
            Some(bearer) => tie_order(&written, &bearer, &last),
            None => {
                written.sort_by_key(|(party, _)| last.contains(party));
                written
            }
        }
    }))
}

/// Shares by name, in the order of the file, that close to 100 %. A share or the whole may be left open.
pub(super) fn vector<K>(
    item: &Item<'_, '_>,
    faults: &mut Faults,
    named: impl Fn(&str) -> Option<K>,
    known: &str,
) -> Option<Open<Vec<(K, Ppm)>>> {
    if item.is_unknown() {
        return Some(Open::Unknown);
    }
    let table = item.table(faults)?;
    if table.items().is_empty() {
        faults.add(item.offset(), FaultCode::Empty, &item.path, "{}", known);
        return None;
    }
    let mut shares = Vec::new();
    let mut faulty = false;
    for (name, share) in table.items() {
        let Some(who) = named(&name) else {
            faults.add(share.key_offset, FaultCode::SharesParty, &share.path, &name, known);
            faulty = true;
            continue;
        };
        let read = if share.as_str() == Some(REST) {
            Some(Share::Rest)
        } else if share.is_unknown() {
            Some(Share::Unknown)
        } else {
            rate(&share, faults).map(Share::Stated)
        };
        match read {
            Some(share) => shares.push((who, share)),
            None => faulty = true,
        }
    }
    if faulty { None } else { closed(item, faults, shares) }
}

/// Fills in the rest and checks that the shares sum to 100 %.
fn closed<K>(item: &Item<'_, '_>, faults: &mut Faults, shares: Vec<(K, Share)>) -> Option<Open<Vec<(K, Ppm)>>> {
    let sum = shares.iter().fold(0_i64, |sum, (_, share)| match share {
        Share::Stated(rate) => sum.saturating_add(rate.get()),
        Share::Rest | Share::Unknown => sum,
    });
    let unknown = shares.iter().any(|(_, share)| *share == Share::Unknown);
    let rests = shares.iter().filter(|(_, share)| *share == Share::Rest).count();
    let rest = Ppm::try_new(PPM_ONE.saturating_sub(sum)).ok();
    let fits = rests <= 1 && (unknown || rests == 1 || sum == PPM_ONE);
    let Some(rest) = rest.filter(|_| fits) else {
        let shown =
            Ppm::try_new(sum).map_or_else(|_negative| sum.to_string(), |sum| format!("{} %", units::percent(sum)));
        faults.add(item.offset(), FaultCode::SharesSum, &item.path, &shown, "100 %");
        return None;
    };
    if unknown {
        return Some(Open::Unknown);
    }
    let filled = shares.into_iter().map(|(who, share)| match share {
        Share::Stated(rate) => (who, rate),
        Share::Rest | Share::Unknown => (who, rest),
    });
    Some(Open::Known(filled.collect()))
}
