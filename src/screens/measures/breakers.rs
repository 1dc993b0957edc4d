//! Breakers as a page shows them.
//!
//! **Invariant:** figures and proposals are the use case's; nothing is judged here.

use crate::domain::access::Permission;
use crate::domain::money::Ppm;
use crate::domain::rulebook::condition::Comparison;
use crate::screens::act_forms::offers::address;
use crate::screens::desk::Desk;
use crate::usecase::lives::Life;
use crate::usecase::scorecards::{Proposal, Reading};
use crate::views::measures::partners::BreakerShown;

/// Readings of one bank, or of everyone, in the order of the measure in force.
pub(super) fn shown(desk: &Desk<'_>, readings: &[Reading], bank: Option<&str>) -> Vec<BreakerShown> {
    readings.iter().filter(|one| one.bank.as_deref() == bank).map(|one| row(desk, one)).collect()
}

fn row(desk: &Desk<'_>, one: &Reading) -> BreakerShown {
    let measure = desk.measures.for_loan(desk.today).ok();
    let breaker =
        measure.and_then(|measure| measure.rulebook.breakers.iter().find(|known| *known.id == *one.breaker.as_str()));
    let title = breaker.and_then(|breaker| breaker.origin.name.as_ref()).map(|name| desk.titled(name));
    let trips = breaker.and_then(|breaker| breaker.trips.known().copied());
    let state = match one.gauge {
        None => "unknown",
        Some(gauge) if gauge.tripped => "tripped",
        Some(gauge) if gauge.warned => "warned",
        Some(_) => "calm",
    };
    let (proposal, act) = match one.proposal {
        None => ("", ""),
        Some(Proposal::Release) => ("release", "release_proposed"),
        Some(Proposal::Suspend(scope)) => {
            (if scope.code() == "payments" { "suspend_payments" } else { "suspend_new_loans" }, "suspension_proposed")
        }
    };
    let bank = one.bank.as_deref().filter(|_| !act.is_empty() && desk.may_for_fund(Permission::ActOnPartners));
    BreakerShown {
        title: title.unwrap_or_else(|| one.breaker.clone()),
        article: breaker
            .and_then(|breaker| breaker.origin.article.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        figure: one.gauge.map(|gauge| gauge.shown.get()),
        trips: trips.map(|bound| bound.limit.get()),
        trips_sign: trips.map(|bound| sign(bound.comparison)).unwrap_or_default().to_owned(),
        warns: breaker.and_then(|breaker| breaker.warns).map(|bound| Ppm::get(bound.limit)),
        state: state.to_owned(),
        proposal: proposal.to_owned(),
        href: bank.map(|bank| address(Life::Partner, bank, act)).unwrap_or_default(),
    }
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::AtLeast => "≥",
        Comparison::Over => ">",
        Comparison::UpTo => "≤",
        Comparison::Below => "<",
    }
}
