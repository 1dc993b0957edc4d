//! The monthly summary to the market supervision bureau: tables 2-1, 2-2 and 2-3.
//!
//! **Invariant:** registered pledges and loan balances are two series and are never added.

use super::dataset::{Dataset, Note, Topic};
use super::facts::PeriodFacts;
use super::positions::Books;
use super::words::say;
use super::{ReportError, conclusion, notes, pledges_by_kind, regions, regulator};
use crate::i18n::Lang;

/// Name of the summary and of its job.
pub const NAME: &str = "market_supervision_summary";

/// Builds the summary.
///
/// # Errors
/// Facts that contradict each other, or a sum that does not fit.
pub fn build(facts: &PeriodFacts, lang: Lang) -> Result<Dataset, ReportError> {
    facts.check()?;
    let books = Books::open(facts)?;
    let tables = vec![
        pledges_by_kind::table(facts, lang)?,
        regions::by_county(facts, &books, lang)?,
        regions::by_industry(facts, &books, lang)?,
    ];
    let mut all_notes: Vec<Note> = ["note.basis_pledges", "note.two_series", "note.kinds_overlap"]
        .iter()
        .map(|key| Note::new(Topic::Basis, say(lang, key, &[])))
        .collect();
    all_notes.extend(notes::shared(facts, lang));
    let mut dataset = Dataset {
        name: NAME,
        period: facts.period,
        version: facts.version,
        lang,
        head: regulator::head(facts, &facts.offices.bureau, lang),
        tables,
        notes: all_notes,
        summary: conclusion::market_supervision(facts, &books, lang)?,
    };
    notes::add_rounding(&mut dataset);
    Ok(dataset)
}
