//! Dated reference data shipped with the product: working days, loan prime rates, names of offices.
//!
//! **Invariant:** a file that does not read, or holds a key nobody knows, stops the start; nothing is guessed
//! beyond the last day a file speaks of.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use thiserror::Error;

use crate::domain::calendar::{WorkCalendar, YearDays};
use crate::domain::dated::Dated;
use crate::domain::money::Ppm;
use crate::embedded::{self, Reference as Files};

/// A reference file that cannot be used.
#[derive(Debug, Error)]
#[error("reference file {file}: {reason}")]
pub struct ReferenceError {
    /// File.
    pub file: &'static str,
    /// What is wrong.
    pub reason: String,
}

/// Loan prime rates of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lpr {
    /// One year.
    pub one_year: Ppm,
    /// Five years and more.
    pub five_years: Ppm,
}

/// The name of an office.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeName {
    /// Full Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Short Chinese name.
    pub short_zh: String,
}

/// All reference data.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Working days.
    pub calendar: WorkCalendar,
    /// Loan prime rates.
    pub lpr: Dated<Lpr>,
    offices: BTreeMap<String, Dated<OfficeName>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayFile {
    year: Vec<HolidayYear>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayYear {
    year: i32,
    holidays: Vec<String>,
    workdays: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LprFile {
    known_until: NaiveDate,
    rate: Vec<LprEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LprEntry {
    from: NaiveDate,
    one_year: String,
    five_years: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeFile {
    office: Vec<OfficeEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeEntry {
    id: String,
    from: NaiveDate,
    name: OfficeName,
}

impl Reference {
    /// Reads the files compiled in.
    ///
    /// # Errors
    /// The first file that does not read.
    pub fn embedded() -> Result<Reference, ReferenceError> {
        Ok(Reference { calendar: calendar()?, lpr: lpr()?, offices: offices()? })
    }

    /// The name of an office on a day.
    #[must_use]
    pub fn office_on(&self, id: &str, day: NaiveDate) -> Option<&OfficeName> {
        self.offices.get(id).and_then(|names| names.on(day))
    }

    /// The name an office had before the one in force on a day.
    #[must_use]
    pub fn office_before(&self, id: &str, day: NaiveDate) -> Option<&OfficeName> {
        self.offices.get(id).and_then(|names| names.before(day))
    }
}

fn read<T: for<'de> Deserialize<'de>>(file: &'static str) -> Result<T, ReferenceError> {
    let body = embedded::text::<Files>(file).ok_or_else(|| ReferenceError { file, reason: "missing".to_owned() })?;
    toml::from_str(&body).map_err(|e| ReferenceError { file, reason: e.to_string() })
}

fn calendar() -> Result<WorkCalendar, ReferenceError> {
    const FILE: &str = "holidays.toml";
    let mut years = BTreeMap::new();
    for entry in read::<HolidayFile>(FILE)?.year {
        let wrong =
            |day: &str, why: &str| ReferenceError { file: FILE, reason: format!("{} {day}: {why}", entry.year) };
        let mut days = YearDays::default();
        for (texts, weekend, into) in
            [(&entry.holidays, false, &mut days.holidays), (&entry.workdays, true, &mut days.workdays)]
        {
            for text in texts {
                let full = format!("{}-{text}", entry.year);
                let day: NaiveDate = full.parse().map_err(|_unreadable| wrong(text, "no date"))?;
                if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) != weekend {
                    return Err(wrong(text, "on the wrong side of the weekend"));
                }
                into.insert(day);
            }
        }
        years.insert(entry.year, days);
    }
    Ok(WorkCalendar::new(years))
}

fn lpr() -> Result<Dated<Lpr>, ReferenceError> {
    const FILE: &str = "lpr.toml";
    let file: LprFile = read(FILE)?;
    let mut entries = Vec::new();
    for entry in file.rate {
        let rate = |text: &str| {
            Ppm::from_percent(text).map_err(|e| ReferenceError { file: FILE, reason: format!("{}: {e}", entry.from) })
        };
        entries.push((entry.from, Lpr { one_year: rate(&entry.one_year)?, five_years: rate(&entry.five_years)? }));
    }
    Ok(Dated::new(entries, Some(file.known_until)))
}

fn offices() -> Result<BTreeMap<String, Dated<OfficeName>>, ReferenceError> {
    let mut by_id: BTreeMap<String, Vec<(NaiveDate, OfficeName)>> = BTreeMap::new();
    for entry in read::<OfficeFile>("offices.toml")?.office {
        by_id.entry(entry.id).or_default().push((entry.from, entry.name));
    }
    Ok(by_id.into_iter().map(|(id, names)| (id, Dated::new(names, None))).collect())
}
