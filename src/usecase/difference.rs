//! What moved the fund between two states of the books: two instants of knowledge, two business dates, or both.
//!
//! Owns the split of a difference over the events that made it. Cash is moved by an event's ledger lines; what is
//! reserved, earmarked and ordered by its promises, each against the one that was in force before it.
//! **Invariant:** the moves and the remainder add up to the difference of the figures; a remainder is shown, not spread.

use std::collections::{BTreeMap, BTreeSet};

use super::UseCaseError;
use super::as_known::AsKnown;
use super::servicing::is_npl;
use super::standing::place_of;
use crate::app::App;
use crate::storage::facts::Fact;
use crate::storage::find::events::{self, Told};
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::every::{FactVisitor, visit_facts};
use crate::storage::rows::money::{CommitmentRow, ReserveSnapshotRow};
use crate::storage::{Db, StoreError};

/// Money that an event moved, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Cash.
    pub cash: i64,
    /// Set aside for claims.
    pub earmarked: i64,
    /// Approved and not yet paid.
    pub ordered: i64,
    /// Cover of registered loans.
    pub reserved: i64,
}

impl Moved {
    fn between(from: &ReserveSnapshotRow, to: &ReserveSnapshotRow) -> Moved {
        Moved {
            cash: to.cash_fen.saturating_sub(from.cash_fen),
            earmarked: to.earmarked_fen.saturating_sub(from.earmarked_fen),
            ordered: to.ordered_fen.saturating_sub(from.ordered_fen),
            reserved: to.reserved_fen.saturating_sub(from.reserved_fen),
        }
    }

    fn less(self, other: Moved) -> Moved {
        Moved {
            cash: self.cash.saturating_sub(other.cash),
            earmarked: self.earmarked.saturating_sub(other.earmarked),
            ordered: self.ordered.saturating_sub(other.ordered),
            reserved: self.reserved.saturating_sub(other.reserved),
        }
    }

    /// Nothing moved.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Moved::default()
    }

    fn add(&mut self, kind: &str, fen: i64) {
        let place = match kind {
            "cash" => &mut self.cash,
            "earmarked" => &mut self.earmarked,
            "ordered" => &mut self.ordered,
            _ => &mut self.reserved,
        };
        *place = place.saturating_add(fen);
    }
}

/// The figures of one state of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Level of the fund, with its business date and instant of knowledge.
    pub level: ReserveSnapshotRow,
    /// Loans on the register.
    pub loans: usize,
    /// Claims that stand.
    pub claims: usize,
    /// Latest reported balances, principal before the first report; in fen.
    pub outstanding_fen: i64,
    /// Of these, non-performing.
    pub npl_fen: i64,
}

/// Whether an event counts on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Only afterwards.
    Entered,
    /// Only before.
    Left,
    /// On both sides, with other bookings.
    Changed,
}

/// An event that counts otherwise on the two sides, with what it moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The event.
    pub event: Told,
    /// How it counts.
    pub counts: Counts,
    /// What it moved.
    pub moved: Moved,
}

/// Two states of the books and what lies between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Before.
    pub from: Figures,
    /// Afterwards.
    pub to: Figures,
    /// Events in the order in which they were recorded.
    pub steps: Vec<Step>,
    /// What the events do not explain.
    pub remainder: Moved,
}

/// What lies between two states of the books of `app`.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn difference(app: &App, from: &AsKnown, to: &AsKnown) -> Result<Difference, UseCaseError> {
    let fund_id = app.fund_id();
    let (mut before, mut after) = (from.app().store.read()?, to.app().store.read()?);
    let mut moves: BTreeMap<String, Moved> = BTreeMap::new();
    cash_moves(&mut before, &mut after, fund_id, &mut moves)?;
    promise_moves(&mut before, &mut after, fund_id, &mut moves)?;
    moves.retain(|_, moved| !moved.is_nothing());
    let (old, new) = (event_ids(&mut before)?, event_ids(&mut after)?);
    let mut ids: BTreeSet<&str> = old.symmetric_difference(&new).map(String::as_str).collect();
    ids.extend(moves.keys().map(String::as_str));
    let told = events::told(&mut *app.store.read()?, &ids.iter().copied().collect::<Vec<_>>())?;
    let mut steps: Vec<Step> = Vec::with_capacity(told.len());
    let mut explained = Moved::default();
    for (event_id, event) in told {
        let counts = match (old.contains(&event_id), new.contains(&event_id)) {
            (false, _) => Counts::Entered,
            (true, false) => Counts::Left,
            (true, true) => Counts::Changed,
        };
        let moved = moves.get(&event_id).copied().unwrap_or_default();
        for (kind, fen) in [
            ("cash", moved.cash),
            ("earmarked", moved.earmarked),
            ("ordered", moved.ordered),
            ("reserved", moved.reserved),
        ] {
            explained.add(kind, fen);
        }
        steps.push(Step { event, counts, moved });
    }
    steps.sort_by_cached_key(|step| {
        let chain = step.event.event_id.rsplit_once('#').map(|(chain, _)| chain.to_owned());
        (step.event.recorded_at, chain, place_of(&step.event.event_id))
    });
    let from = figures(&mut before, fund_id, from.level()?)?;
    let to = figures(&mut after, fund_id, to.level()?)?;
    let remainder = Moved::between(&from.level, &to.level).less(explained);
    Ok(Difference { from, to, steps, remainder })
}

fn figures(db: &mut Db, fund_id: &str, level: ReserveSnapshotRow) -> Result<Figures, UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let book = loans::all(db, &reach)?;
    let sum = |bad_only: bool| {
        let counted = book.iter().filter(|loan| !bad_only || is_npl(loan.tier.as_deref()));
        counted.map(|loan| loan.balance_fen.unwrap_or(loan.principal_fen)).fold(0, i64::saturating_add)
    };
    Ok(Figures {
        level,
        loans: book.len(),
        claims: claims::statuses(db, &reach)?.len(),
        outstanding_fen: sum(false),
        npl_fen: sum(true),
    })
}

/// Cash that each event's lines bring, by the lines that count on either side.
fn cash_moves(
    before: &mut Db,
    after: &mut Db,
    fund_id: &str,
    moves: &mut BTreeMap<String, Moved>,
) -> Result<(), UseCaseError> {
    for (db, sign) in [(before, -1), (after, 1)] {
        for line in money::lines(db, fund_id)?.into_iter().filter(|line| line.account == "cash") {
            let fen = if line.side == "debit" { line.amount_fen } else { line.amount_fen.saturating_neg() };
            moves.entry(line.event_id).or_default().add("cash", fen.saturating_mul(sign));
        }
    }
    Ok(())
}

/// What each event's promises change, taken one by one: those that count no more in reverse order, then those that
/// count now in the order in which they were recorded. A promise behind a later one that counts already moves nothing.
fn promise_moves(
    before: &mut Db,
    after: &mut Db,
    fund_id: &str,
    moves: &mut BTreeMap<String, Moved>,
) -> Result<(), UseCaseError> {
    let load = |db: &mut Db| -> Result<BTreeMap<(String, String, i64), CommitmentRow>, StoreError> {
        let rows = CommitmentRow::load_all(db)?.into_iter().filter(|row| row.fund_id == fund_id);
        Ok(rows.map(|row| ((row.kind.clone(), row.subject.clone(), row.version), row)).collect())
    };
    let (old, new) = (load(before)?, load(after)?);
    let mut in_force: BTreeMap<(&str, &str), BTreeMap<i64, i64>> = BTreeMap::new();
    for row in old.values() {
        in_force.entry((&row.kind, &row.subject)).or_default().insert(row.version, row.amount_fen);
    }
    let only = |these: &BTreeMap<(String, String, i64), CommitmentRow>,
                those: &BTreeMap<(String, String, i64), CommitmentRow>| {
        let mut rows: Vec<CommitmentRow> =
            these.iter().filter(|(key, _)| !those.contains_key(*key)).map(|(_, row)| row.clone()).collect();
        rows.sort_by_key(|row| (row.recorded_at, place_of(&row.event_id), row.version));
        rows
    };
    let (gone, come) = (only(&old, &new), only(&new, &old));
    let steps = gone.iter().rev().map(|row| (row, false)).chain(come.iter().map(|row| (row, true)));
    for (row, comes) in steps {
        let versions = in_force.entry((&row.kind, &row.subject)).or_default();
        let amount = |versions: &BTreeMap<i64, i64>| versions.last_key_value().map_or(0, |(_, fen)| *fen);
        let was = amount(versions);
        if comes {
            versions.insert(row.version, row.amount_fen);
        } else {
            versions.remove(&row.version);
        }
        let moved = amount(versions).saturating_sub(was);
        moves.entry(row.event_id.clone()).or_default().add(&row.kind, moved);
    }
    Ok(())
}

/// Every event with a fact in these books.
fn event_ids(db: &mut Db) -> Result<BTreeSet<String>, UseCaseError> {
    struct Ids<'a>(&'a mut Db, BTreeSet<String>);
    impl FactVisitor for Ids<'_> {
        type Error = StoreError;
        fn visit<F: Fact>(&mut self, _check: &'static str) -> Result<(), StoreError> {
            self.1.extend(F::event_ids(self.0)?);
            Ok(())
        }
    }
    let mut ids = Ids(db, BTreeSet::new());
    visit_facts(&mut ids)?;
    Ok(ids.1)
}
