//! What the clauses of a rulebook use: facts, definitions, tags.
//!
//! **Invariant:** whatever a payout, a limit or a stop may look at is here, also through definitions.

use crate::domain::rulebook::condition::{Condition, Leaf};
use crate::domain::rulebook::fact::{Fact, MoneyFact, SetFact};
use crate::domain::rulebook::{
    BandMeasure, BreakerFigure, CapLimit, CapRule, Money, Name, Open, Rulebook, Split, VoidGround,
};

/// What the clauses of a rulebook use.
#[derive(Default)]
pub(super) struct Used {
    /// Facts.
    pub facts: Vec<Fact>,
    /// Ids of definitions.
    pub definitions: Vec<Name>,
    /// Tags of loans.
    pub loan_tags: Vec<Name>,
    /// Tags of borrowers.
    pub borrower_tags: Vec<Name>,
}

impl Used {
    /// Collects from every clause.
    pub fn new(book: &Rulebook) -> Used {
        let mut used = Used::default();
        for condition in conditions(book) {
            used.condition(condition);
        }
        for definition in &book.definitions {
            used.leaves(&definition.when);
        }
        used.facts.extend(figures(book));
        used
    }

    fn condition(&mut self, condition: &Condition) {
        self.definitions.extend(condition.definitions().into_iter().cloned());
        self.leaves(condition);
    }

    fn leaves(&mut self, condition: &Condition) {
        self.facts.extend(condition.facts());
        for leaf in condition.leaves() {
            let Leaf::Set(fact, test) = leaf else {
                continue;
            };
            let names = test.any.iter().chain(&test.all).chain(&test.none).cloned();
            match fact {
                SetFact::LoanTags => self.loan_tags.extend(names),
                SetFact::BorrowerTags => self.borrower_tags.extend(names),
                SetFact::ClaimDocuments => (),
            }
        }
    }
}

fn conditions(book: &Rulebook) -> Vec<&Condition> {
    let mut all: Vec<&Condition> = Vec::new();
    all.extend(book.tests.iter().flat_map(|test| [&test.when, &test.require]));
    all.extend(book.documents.iter().map(|document| &document.when));
    all.extend(book.voids.iter().filter_map(|void| match &void.ground {
        VoidGround::When(when) => Some(when),
        VoidGround::Text(_) => None,
    }));
    all.extend(book.losses.iter().map(|loss| &loss.when));
    if let Some(sharing) = &book.sharing {
        all.extend(sharing.rules.iter().map(|rule| &rule.when));
        all.extend(sharing.bonuses.iter().map(|bonus| &bonus.when));
    }
    for cap in &book.caps {
        all.push(&cap.when);
        match &cap.rule {
            CapRule::PerLoan(limit)
            | CapRule::PerBorrowerLife(limit)
            | CapRule::PerBorrowerYear(limit)
            | CapRule::PerBankYear(limit)
            | CapRule::PerSchemeYear(limit)
            | CapRule::PerModeYear { limit, .. }
            | CapRule::Room { limit, .. } => all.extend(steps(limit)),
            CapRule::Rate(limit) | CapRule::AllLevels { limit, .. } | CapRule::Reduction(limit) => {
                all.extend(steps(limit));
            }
            CapRule::FundBalance | CapRule::FundTotal => (),
        }
    }
    all.extend(book.breakers.iter().map(|breaker| &breaker.when));
    all.extend(book.subsidies.iter().map(|subsidy| &subsidy.when));
    all
}

fn steps<T>(limit: &CapLimit<T>) -> Vec<&Condition> {
    match limit {
        CapLimit::Fixed(_) => Vec::new(),
        CapLimit::Steps(steps) => steps.iter().map(|step| &step.when).collect(),
    }
}

/// The facts that limits, bands, breakers and the settlement of a book look at.
fn figures(book: &Rulebook) -> Vec<Fact> {
    let mut money: Vec<MoneyFact> = Vec::new();
    let mut facts: Vec<Fact> = Vec::new();
    for cap in &book.caps {
        match &cap.rule {
            CapRule::PerLoan(limit)
            | CapRule::PerBorrowerLife(limit)
            | CapRule::PerBorrowerYear(limit)
            | CapRule::PerBankYear(limit)
            | CapRule::PerSchemeYear(limit)
            | CapRule::PerModeYear { limit, .. } => money.extend(limit_facts(limit)),
            CapRule::Room { limit, used } => money.extend(limit_facts(limit).into_iter().chain(*used)),
            CapRule::Rate(_)
            | CapRule::AllLevels { .. }
            | CapRule::Reduction(_)
            | CapRule::FundBalance
            | CapRule::FundTotal => (),
        }
    }
    money.extend(book.losses.iter().flat_map(|loss| &loss.limits).filter_map(|limit| of(&limit.limit)));
    for rule in book.sharing.iter().flat_map(|sharing| &sharing.rules) {
        if let Split::Bands(bands) = &rule.split
            && let BandMeasure::Fact(fact) = bands.measure
        {
            money.push(fact);
        }
    }
    for breaker in &book.breakers {
        match breaker.figure {
            BreakerFigure::Ratio(part, whole) => money.extend([part, whole]),
            BreakerFigure::Value(rate) => facts.push(rate.fact()),
            BreakerFigure::Unknown => (),
        }
    }
    if let Some(portfolio) = &book.portfolio {
        money.extend(portfolio.ratio.known().into_iter().flat_map(|(part, whole)| [*part, *whole]));
        money.extend(portfolio.loss.known());
    }
    facts.extend(money.into_iter().map(MoneyFact::fact));
    facts
}

fn limit_facts(limit: &CapLimit<Money>) -> Vec<MoneyFact> {
    match limit {
        CapLimit::Fixed(limit) => of(limit).into_iter().collect(),
        CapLimit::Steps(steps) => steps.iter().filter_map(|step| of(&step.limit)).collect(),
    }
}

fn of(limit: &Open<Money>) -> Option<MoneyFact> {
    match limit {
        Open::Known(Money::Linear { of, .. }) => Some(*of),
        Open::Known(Money::Amount(_)) | Open::Unknown => None,
    }
}
