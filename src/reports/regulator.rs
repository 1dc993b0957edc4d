//! The monthly summary to the banking regulator branch: tables 1-1, 1-2 and 1-3.
//!
//! **Invariant:** the checks between the tables hold, or there is an error and no summary.

use super::dataset::Dataset;
use super::facts::{Office, PeriodFacts};
use super::positions::Books;
use super::words::{self, say};
use super::{ReportError, compensation_by_bank, conclusion, loans_by_bank, notes, quality_by_bank};
use crate::i18n::Lang;

/// Name of the summary and of its job.
pub const NAME: &str = "regulator_summary";

/// Builds the summary.
///
/// # Errors
/// Facts that contradict each other, a failed check, a sum that does not fit.
pub fn build(facts: &PeriodFacts, lang: Lang) -> Result<Dataset, ReportError> {
    facts.check()?;
    let books = Books::open(facts)?;
    let loans = loans_by_bank::table(facts, &books, lang)?;
    let quality = quality_by_bank::table(facts, &books, lang)?;
    quality_by_bank::check(&loans, &quality)?;
    let compensation = compensation_by_bank::table(facts, &books, lang)?;
    let mut all_notes = notes::regulator(facts, &books, lang)?;
    all_notes.extend(notes::shared(facts, lang));
    let mut dataset = Dataset {
        name: NAME,
        period: facts.period,
        version: facts.version,
        lang,
        head: head(facts, &facts.offices.regulator, lang),
        tables: vec![loans, quality, compensation],
        notes: all_notes,
        summary: conclusion::regulator(facts, &books, lang)?,
    };
    notes::add_rounding(&mut dataset);
    Ok(dataset)
}

/// Head block: 报告期, 数据截至, 生成时间, 填报单位, 报送单位, 金额单位, 版本号.
#[must_use]
pub fn head(facts: &PeriodFacts, receiver: &Office, lang: Lang) -> Vec<(String, String)> {
    let issued = say(lang, "head.issued_value", &[("day", &facts.issued_on.to_string())]);
    [
        ("head.period", words::month(lang, facts.period)),
        ("head.as_of", as_of(facts, lang)),
        ("head.issued", issued),
        ("head.fund", facts.fund_name.clone()),
        ("head.reporter", words::office(lang, &facts.offices.reporter)),
        ("head.receiver", words::office(lang, receiver)),
        ("head.unit", say(lang, "head.unit_value", &[])),
        ("head.version", version(facts.version, lang)),
    ]
    .into_iter()
    .map(|(key, value)| (say(lang, key, &[]), value))
    .collect()
}

/// The last day of the period, and until when reports were taken in, in Beijing time and UTC.
#[must_use]
pub fn as_of(facts: &PeriodFacts, lang: Lang) -> String {
    let beijing = words::beijing(facts.cut_off);
    let utc = facts.cut_off.format("%Y-%m-%dT%H:%MZ").to_string();
    let last_day = facts.period.last_day().to_string();
    say(lang, "head.as_of_value", &[("day", &last_day), ("beijing", &beijing), ("utc", &utc)])
}

/// 初报 v1, 更正 v2 …
#[must_use]
pub fn version(version: u32, lang: Lang) -> String {
    let key = if version <= 1 { "version.first" } else { "version.corrected" };
    say(lang, key, &[("version", &version.to_string())])
}
