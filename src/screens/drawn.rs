//! The figures behind the pictures, for whichever page shows them.
//!
//! **Invariant:** everything is summed by the database within the reach of who asks.

use chrono::NaiveDate;

use super::desk::{Desk, unsigned};
use super::figures::{self, LARGEST};
use crate::domain::calendar::WorkCalendar;
use crate::http::error::PageError;
use crate::reference;
use crate::usecase::bank_sums::{BankSum, Watched, breakers_on, reading, watching};
use crate::usecase::book::{Lot, Whole};
use crate::views::charts::ageing::{Ageing, Band, EDGES};
use crate::views::charts::banks::{BankComparison, BankFigures, Bounds};
use crate::views::charts::holdings::{Held, Holdings};

/// Claims in progress by how long they have waited.
pub(super) fn ageing(desk: &mut Desk<'_>) -> Result<Ageing, PageError> {
    let mut bands = Ageing::default();
    for (filed_on, claims, amount) in figures::waiting(desk)?.iter().copied() {
        let place = band(reference::work_calendar(), filed_on, desk.today);
        if let Some(Band { claims: sum, amount: fen }) = bands.get_mut(place) {
            *sum = sum.saturating_add(unsigned(claims));
            *fen = fen.saturating_add(amount);
        }
    }
    Ok(bands)
}

/// The band of a claim by the working days after the day it was handed in.
pub(super) fn band(calendar: &WorkCalendar, filed_on: NaiveDate, today: NaiveDate) -> usize {
    let passed = |edge: &&u32| {
        // The first working day that lies beyond the band.
        let beyond = calendar.add_working_days_provisional(filed_on, edge.saturating_add(1)).0;
        beyond <= today
    };
    EDGES.iter().take_while(passed).count()
}

fn held(lot: &Lot) -> Held {
    Held {
        name: lot.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| lot.key.clone()),
        loans: unsigned(lot.loans),
        balance: lot.balance,
        cover: lot.cover,
    }
}

/// What counts of all that is within reach.
fn counting(whole: &Whole) -> Held {
    Held { name: String::new(), ..held(&whole.counting) }
}

/// The largest borrowers within reach, with the most the fund ever pays for one.
pub(super) fn borrowers(desk: &mut Desk<'_>) -> Result<Holdings, PageError> {
    let whole = figures::whole(desk)?;
    let limit = desk.governing.as_ref().and_then(|measure| measure.limits.per_borrower_life);
    Ok(Holdings {
        rows: whole.largest.iter().map(held).collect(),
        whole: counting(&whole),
        of: unsigned(whole.borrowers),
        limit: limit.map(|fen| fen.get()),
    })
}

/// The largest industries within reach.
pub(super) fn industries(desk: &mut Desk<'_>) -> Result<Holdings, PageError> {
    let whole = figures::whole(desk)?;
    let of = u64::try_from(whole.industries.len()).unwrap_or(u64::MAX);
    let rows = whole.industries.iter().take(LARGEST).map(held).collect();
    Ok(Holdings { rows, whole: counting(&whole), of, limit: None })
}

/// Banks beside one another, and what lies with each, with the most the fund pays to one in a year.
pub(super) fn banks(desk: &mut Desk<'_>) -> Result<(BankComparison, Holdings), PageError> {
    let sums = figures::banks(desk)?;
    let breakers = breakers_on(&desk.measures, desk.today);
    let (npl, claims) = (watching(breakers, Watched::Npl), watching(breakers, Watched::Claims));
    let mut compared = BankComparison::default();
    for (code, sum) in sums.iter() {
        let state = |breaker| -> Result<&'static str, PageError> {
            Ok(match reading(breaker, sum, desk.today)? {
                None => "",
                Some(gauge) if gauge.tripped => "trips",
                Some(gauge) if gauge.warned => "warns",
                Some(_) => "calm",
            })
        };
        compared.rows.push(BankFigures {
            name: desk.name(code),
            balance: sum.balance,
            npl_ratio: sum.npl_ratio()?.map(|ratio| ratio.get()),
            npl_state: state(npl)?,
            claim_ratio: sum.claim_ratio()?.map(|ratio| ratio.get()),
            claim_state: state(claims)?,
        });
    }
    let bounds = |breaker: Option<&crate::domain::rulebook::Breaker>| Bounds {
        warns: breaker.and_then(|breaker| breaker.warns).map(|bound| bound.limit.get()),
        trips: breaker.and_then(|breaker| breaker.trips.known().copied()).map(|bound| bound.limit.get()),
    };
    compared.npl = bounds(npl);
    compared.claims = bounds(claims);
    let limit = desk.governing.as_ref().and_then(|measure| measure.limits.per_bank_year).map(|fen| fen.get());
    Ok((compared, by_bank(desk, sums.iter(), limit)))
}

fn by_bank<'s>(desk: &Desk<'_>, sums: impl Iterator<Item = (&'s String, &'s BankSum)>, limit: Option<i64>) -> Holdings {
    let one = |(code, sum): (&String, &BankSum)| Held {
        name: desk.name(code),
        loans: unsigned(sum.loans),
        balance: sum.on_record,
        cover: sum.cover,
    };
    let mut rows: Vec<Held> = sums.map(one).collect();
    rows.sort_by(|a, b| b.balance.cmp(&a.balance).then_with(|| a.name.cmp(&b.name)));
    let whole = rows.iter().fold(Held::default(), |sum, row| Held {
        name: String::new(),
        loans: sum.loans.saturating_add(row.loans),
        balance: sum.balance.saturating_add(row.balance),
        cover: sum.cover.saturating_add(row.cover),
    });
    Holdings { of: u64::try_from(rows.len()).unwrap_or(u64::MAX), rows, whole, limit }
}
