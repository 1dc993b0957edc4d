//! How an application is handled: the time each step may take, and who decides over which amount.
//!
//! **Invariant:** levels rise, and only the last has no upper limit, so that every amount has one level.

use super::condition::Span;
use super::name::{Name, Open, Origin, Titled};
use crate::domain::money::Fen;

/// How registrations, changes and claims are handled. What is absent the measure does not speak of; nothing here
/// is part of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// From the filing of a registration to its confirmation.
    pub confirm_registration_within: Option<Open<Span>>,
    /// From a change of a loan or its pledge to the bank's report.
    pub report_changes_within: Option<Open<Span>>,
    /// From the filing of a claim to its acceptance.
    pub accept_within: Option<Open<Span>>,
    /// From acceptance to the end of the review.
    pub review_within: Option<Open<Span>>,
    /// From the return of a claim to the bank's corrected filing.
    pub amend_within: Option<Open<Span>>,
    /// How long the decision is published before it is carried out.
    pub publicity: Option<Open<Span>>,
    /// From the end of the publicity to the payment.
    pub pay_within: Option<Open<Span>>,
    /// From the payment to the bank's confirmation that it has come in.
    pub confirm_receipt_within: Option<Open<Span>>,
    /// From the decision to an appeal against it.
    pub appeal_within: Option<Open<Span>>,
    /// A claim over this amount is reviewed with a site visit or by experts.
    pub inspection_over: Option<Open<Fen>>,
    /// A loan overdue within this time after disbursement needs an extra review.
    pub early_default_within: Option<Open<Span>>,
    /// Whether the finance bureau countersigns before the order of payment.
    pub countersign: Option<Open<bool>>,
    /// Who decides, from the lowest amount to the highest; empty where the measure does not say.
    pub levels: Vec<ApprovalLevel>,
    /// Articles of single keys that are not in the article of the table.
    pub articles: Vec<(Name, Name)>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Handling {
    /// Where one key comes from: as the table, but by its own article where it has one.
    #[must_use]
    pub fn origin_of(&self, key: &str) -> Origin {
        let own = self.articles.iter().find(|(named, _)| *named == key).map(|(_, article)| article.clone());
        Origin { article: own.or_else(|| self.origin.article.clone()), ..self.origin.clone() }
    }
}

/// Who decides over a claim up to an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalLevel {
    /// Its id.
    pub id: Name,
    /// Who decides.
    pub name: Titled,
    /// Up to and with this amount; absent at the last level alone.
    pub up_to: Option<Open<Fen>>,
    /// Whether a meeting decides, whose minutes are on file.
    pub meeting: bool,
    /// Where it comes from.
    pub origin: Origin,
}
