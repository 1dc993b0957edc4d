//! Partners with their agreements, figures and breakers.
//!
//! **Invariant:** a figure that nothing can be divided for is none, never zero.

use chrono::NaiveDate;
use serde::Serialize;

use crate::views::acting::Offer;
use crate::views::charts::Picture;
use crate::views::{Choice, HistoryLine};

/// What a breaker shows for one bank, or for everyone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BreakerShown {
    /// Name of the breaker.
    pub title: String,
    /// Article of the measure.
    pub article: String,
    /// The figure, ppm; none where a fact is missing.
    pub figure: Option<i64>,
    /// From where on it trips, ppm.
    pub trips: Option<i64>,
    /// How that is meant: `≥`, `>`.
    pub trips_sign: String,
    /// From where on it is told, ppm.
    pub warns: Option<i64>,
    /// `unknown`, `calm`, `warned` or `tripped`.
    pub state: String,
    /// What is proposed: a word of `scorecard`; empty for nothing.
    pub proposal: String,
    /// Address of the form that takes the proposal up; empty for none.
    pub href: String,
}

/// One partner in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartnerRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind, in words.
    pub kind: String,
    /// First day of the agreement.
    pub agreed_from: Option<NaiveDate>,
    /// Last day of the agreement.
    pub agreed_to: Option<NaiveDate>,
    /// `running`, `coming` or `ended`.
    pub agreement: String,
    /// Quota, fen.
    pub limit: Option<i64>,
    /// Balance of its enrolled loans, fen; none where it is no bank.
    pub balance: Option<i64>,
    /// Balance ÷ quota, ppm.
    pub used_ratio: Option<i64>,
    /// Non-performing part, ppm.
    pub npl_ratio: Option<i64>,
    /// Claims ÷ enrolled IP principal, ppm.
    pub claim_ratio: Option<i64>,
    /// What is suspended: a code of `page.partner.suspended`; empty for nothing.
    pub suspended: String,
    /// Since when.
    pub suspended_since: Option<NaiveDate>,
    /// The bank that stands for it; empty where it stands for itself.
    pub stands_for_it: String,
    /// Breakers of this bank.
    pub breakers: Vec<BreakerShown>,
    /// One of them trips or should be told.
    pub alarm: bool,
}

/// The list of partners.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartnersView {
    /// Partners within reach that match.
    pub rows: Vec<PartnerRow>,
    /// Kinds to choose from.
    pub kinds: Vec<Choice>,
    /// Kind asked for.
    pub kind: String,
    /// Text looked for.
    pub search: String,
    /// Sum of the quotas shown, fen.
    pub limit: i64,
    /// Sum of the balances shown, fen.
    pub balance: i64,
    /// Breakers that concern everyone; the fund's own people see them.
    pub everyone: Vec<BreakerShown>,
    /// Banks beside one another; none where who asks sees one bank only.
    pub pictures: Vec<Picture>,
    /// Day of the figures.
    pub on: Option<NaiveDate>,
    /// The list is to be had as a file: all of it, so not while it is narrowed.
    pub exports: bool,
}

/// A figure of the scorecard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Word of `scorecard`.
    pub code: String,
    /// Ratio, ppm.
    pub ratio: Option<i64>,
    /// Working days.
    pub days: Option<u32>,
    /// It is counted in days.
    pub in_days: bool,
}

/// Where a partner is paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Name of the holder.
    pub holder: String,
    /// Number; the last characters where it is sealed.
    pub number: String,
    /// Name of the bank.
    pub bank_name: String,
    /// Number of the bank.
    pub bank_no: String,
}

/// A sealed return.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Return {
    /// Number of the bank.
    pub number: String,
    /// Day it was taken.
    pub on: Option<NaiveDate>,
    /// Last day on which it may be entered.
    pub until: Option<NaiveDate>,
    /// That day has passed.
    pub is_over: bool,
    /// How many things it is about.
    pub subjects: usize,
}

/// One partner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartnerView {
    /// Its line of the list.
    pub row: PartnerRow,
    /// It is a bank.
    pub is_bank: bool,
    /// Versions of its agreement, newest first.
    pub versions: Vec<PartnerRow>,
    /// Figures of the scorecard.
    pub figures: Vec<Figure>,
    /// IP principal it enrolled, fen.
    pub registered_ip: i64,
    /// Claims net, fen.
    pub claims_net: i64,
    /// Compensation paid, fen.
    pub paid: i64,
    /// Recovered, fen.
    pub recovered: i64,
    /// Where it is paid.
    pub account: Option<Account>,
    /// Day of the last change of the account.
    pub account_changed_on: Option<NaiveDate>,
    /// An act that waits for a second person: its name; empty for none.
    pub waiting: String,
    /// The account that is asked for.
    pub waiting_account: Option<Account>,
    /// Who proposed it.
    pub waiting_by: String,
    /// Who took over.
    pub succeeded_by: String,
    /// From which day.
    pub succeeded_from: Option<NaiveDate>,
    /// Banks for which it stands.
    pub stands_for: Vec<String>,
    /// Who answers for sealed returns.
    pub confirmers: Vec<String>,
    /// Sealed returns.
    pub returns: Vec<Return>,
    /// What happened, newest first.
    pub history: Vec<HistoryLine>,
    /// What can be done.
    pub offers: Vec<Offer>,
}
