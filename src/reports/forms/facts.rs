//! What the printed forms are filled in with.
//!
//! **Invariant:** plain values only, none of them taken from the clock: equal facts give equal forms.

use chrono::NaiveDate;

use crate::domain::claim::ClaimAct;
use crate::domain::claim::act::Figures;
use crate::domain::claim::completeness::Completeness;
use crate::domain::fund_life::Channel;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::FundSource;
use crate::domain::people::Office;
use crate::i18n::Lang;

/// Something that has a name in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Names {
    /// The name in a language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

/// A sentence that follows from an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Code of what it says.
    pub code: String,
    /// Article of the measure.
    pub article: String,
    /// The sentence.
    pub text: Names,
    /// Amount it comes to, in yuan; empty where there is none.
    pub amount: String,
}

/// The version of the measure that governs a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureFacts {
    /// `id@version`.
    pub name: String,
    /// Its title.
    pub title: Names,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// Its figures are proposed, not approved.
    pub proposal: bool,
}

/// A loan and who stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanFacts {
    /// The fund.
    pub fund: Names,
    /// Identifier.
    pub loan_id: String,
    /// Code of the bank.
    pub bank: String,
    /// Name of the bank.
    pub bank_name: String,
    /// Borrower.
    pub borrower: String,
    /// Its credit code.
    pub credit_code: String,
    /// Contract number.
    pub contract: String,
    /// Number of the drawdown.
    pub drawdown: String,
    /// Principal.
    pub principal: Fen,
    /// Part of it that the rights carry.
    pub ip_share: Ppm,
    /// Annual rate.
    pub annual_rate: Ppm,
    /// Disbursed.
    pub disbursed_on: NaiveDate,
    /// Matures.
    pub matures_on: NaiveDate,
    /// Put on the register.
    pub registered_on: NaiveDate,
    /// The version that governs it.
    pub measure: MeasureFacts,
}

/// What the enrolment test of a loan gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverFacts {
    /// The loan.
    pub loan: LoanFacts,
    /// Number of the test.
    pub version: i64,
    /// It is covered.
    pub covered: bool,
    /// It waits for room.
    pub queued: bool,
    /// Day of the test.
    pub decided_on: NaiveDate,
    /// Share of the fund.
    pub rate: Option<Ppm>,
    /// Most the fund may owe.
    pub ceiling: Fen,
    /// Counted as a first loan.
    pub first_loan: bool,
    /// Counted as a start-up.
    pub start_up: Option<bool>,
    /// How the share came about, step by step.
    pub steps: Vec<Told>,
    /// Why it is not covered.
    pub reasons: Vec<Told>,
    /// What voids cover.
    pub voids: Vec<Told>,
    /// Check code of the coverage.
    pub check_code: String,
}

/// One act on a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActFacts {
    /// Its number.
    pub version: i64,
    /// What happened.
    pub act: ClaimAct,
    /// Who.
    pub person: String,
    /// In which office.
    pub office: Office,
    /// When.
    pub on: NaiveDate,
    /// Hash of its event.
    pub event: String,
}

/// The calculation that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalculationFacts {
    /// Its number.
    pub version: i64,
    /// What it says, as a word.
    pub decision: String,
    /// What is paid now.
    pub payable: Fen,
    /// Loss base.
    pub loss_base: Option<Fen>,
    /// Share of the fund.
    pub rate: Option<Ppm>,
    /// Day it was made.
    pub on: NaiveDate,
    /// Its steps.
    pub steps: Vec<Told>,
    /// Why not, or not yet.
    pub reasons: Vec<Told>,
}

/// Sums of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Paid less what is to be given back.
    pub paid: Fen,
    /// The fund's part of what was collected.
    pub collected: Fen,
    /// What of it has arrived.
    pub banked: Fen,
}

/// A scan that an act names, as the papers hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperFacts {
    /// Identifier.
    pub id: String,
    /// Document.
    pub document: String,
    /// File name.
    pub name: String,
    /// SHA-256.
    pub hash: String,
}

/// A claim with everything that its forms ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFacts {
    /// Identifier.
    pub claim_id: String,
    /// Case number, as pages name it.
    pub case_no: String,
    /// The loan.
    pub loan: LoanFacts,
    /// Day of filing.
    pub filed_on: NaiveDate,
    /// Where it is.
    pub stage: &'static str,
    /// Its figures.
    pub figures: Figures,
    /// The calculation that holds.
    pub calculation: Option<CalculationFacts>,
    /// Papers asked for, and which are there.
    pub completeness: Option<Completeness>,
    /// What happened, in order.
    pub acts: Vec<ActFacts>,
    /// Papers handed in.
    pub papers: Vec<PaperFacts>,
    /// Documents of which files came with the registration of the loan, as rulebooks name them.
    pub loan_papers: Vec<String>,
    /// Names of the parties that share, by their names in the measure.
    pub parties: Vec<(String, Names)>,
    /// Names of the levels of approval, by their names in the measure.
    pub levels: Vec<(String, Names)>,
    /// Sums.
    pub sums: Sums,
}

impl ClaimFacts {
    /// The last act that `pick` finds something in, with what it finds.
    pub fn last<'a, T>(&'a self, pick: impl Fn(&'a ClaimAct) -> Option<T>) -> Option<(&'a ActFacts, T)> {
        self.acts.iter().rev().find_map(|act| pick(&act.act).map(|found| (act, found)))
    }

    /// Every act that `pick` finds something in.
    pub fn each<'a, T>(
        &'a self,
        pick: impl Fn(&'a ClaimAct) -> Option<T> + 'a,
    ) -> impl Iterator<Item = (&'a ActFacts, T)> + 'a {
        self.acts.iter().filter_map(move |act| pick(&act.act).map(|found| (act, found)))
    }

    /// The acts whose movement was not taken back later.
    pub fn standing(&self) -> impl Iterator<Item = &ActFacts> {
        let reversed = |act: &ActFacts| {
            let reverses = |later: &ActFacts| matches!(&later.act, ClaimAct::MovementReversed { act_no, .. } if i64::from(*act_no) == act.version);
            self.acts.iter().any(reverses)
        };
        self.acts.iter().filter(move |act| !reversed(act))
    }

    /// A party's name.
    #[must_use]
    pub fn party(&self, id: &str, lang: Lang) -> String {
        named(&self.parties, id, lang)
    }

    /// A level's name.
    #[must_use]
    pub fn level(&self, id: &str, lang: Lang) -> String {
        named(&self.levels, id, lang)
    }
}

fn named(list: &[(String, Names)], id: &str, lang: Lang) -> String {
    let found = list.iter().find(|(known, _)| known == id).map(|(_, names)| names.of(lang));
    found.filter(|name| !name.is_empty()).unwrap_or(id).to_owned()
}

/// A call for money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFacts {
    /// The fund.
    pub fund: Names,
    /// Number of the letter.
    pub call_no: String,
    /// Who is asked.
    pub source: FundSource,
    /// How much.
    pub amount: Fen,
    /// What came already.
    pub received: Fen,
    /// By when.
    pub due_on: NaiveDate,
    /// Why.
    pub ground: String,
    /// How the fund pays.
    pub channel: Channel,
    /// What is in hand.
    pub in_hand: Fen,
    /// Who called, when.
    pub person: String,
    /// In which office.
    pub office: Office,
    /// Day of the letter.
    pub on: NaiveDate,
    /// Hash of the event.
    pub event: String,
}
