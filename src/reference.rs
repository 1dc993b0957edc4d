//! Dated reference data shipped with the product: working days, loan prime rates, names of offices, size classes.
//!
//! **Invariant:** a file that does not read, or holds a key nobody knows, stops the start; nothing is guessed
//! beyond the last day a file speaks of.

mod size_classes;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;
use toml::value::Datetime;

use crate::domain::calendar::{WorkCalendar, YearDays};
use crate::domain::dated::Dated;
use crate::domain::money::Ppm;
use crate::domain::size_class::SizeTable;
use crate::embedded::{self, Reference as Files};
use size_classes::SIZE_CLASSES;

const HOLIDAYS: &str = "holidays.toml";
const LPR: &str = "lpr.toml";
const OFFICES: &str = "offices.toml";

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

/// The official working days.
#[must_use]
pub fn work_calendar() -> &'static WorkCalendar {
    static CALENDAR: OnceLock<WorkCalendar> = OnceLock::new();
    CALENDAR.get_or_init(|| {
        let days = parsed(HOLIDAYS, embedded::text::<Files>(HOLIDAYS)).and_then(calendar);
        days.expect("a test reads every reference file, so a released binary holds only readable ones")
    })
}

/// All reference data.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Working days.
    pub calendar: WorkCalendar,
    /// Loan prime rates.
    pub lpr: Dated<Lpr>,
    /// Size classes of firms.
    pub sizes: Dated<SizeTable>,
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
    #[serde(deserialize_with = "date")]
    known_until: NaiveDate,
    rate: Vec<LprEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LprEntry {
    #[serde(deserialize_with = "date")]
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
    #[serde(deserialize_with = "date")]
    from: NaiveDate,
    name: OfficeName,
}

impl Reference {
    /// Reads the files compiled in.
    ///
    /// # Errors
    /// The first file that does not read.
    pub fn embedded() -> Result<Reference, ReferenceError> {
        Reference::read(embedded::text::<Files>)
    }

    /// Reads `holidays.toml`, `lpr.toml`, `offices.toml` and `size_classes.toml` as `text_of` gives them.
    ///
    /// # Errors
    /// The first file that does not read or contradicts itself.
    pub fn read(text_of: impl Fn(&str) -> Option<String>) -> Result<Reference, ReferenceError> {
        let holidays = parsed(HOLIDAYS, text_of(HOLIDAYS))?;
        let rates = parsed(LPR, text_of(LPR))?;
        let names = parsed(OFFICES, text_of(OFFICES))?;
        let sizes = parsed(SIZE_CLASSES, text_of(SIZE_CLASSES))?;
        Ok(Reference {
            calendar: calendar(holidays)?,
            lpr: lpr(rates)?,
            sizes: size_classes::tables(sizes)?,
            offices: offices(names)?,
        })
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

fn parsed<T: for<'de> Deserialize<'de>>(file: &'static str, body: Option<String>) -> Result<T, ReferenceError> {
    let body = body.ok_or_else(|| unusable(file, "missing"))?;
    toml::from_str(&body).map_err(|e| unusable(file, e))
}

fn unusable(file: &'static str, reason: impl ToString) -> ReferenceError {
    ReferenceError { file, reason: reason.to_string() }
}

/// TOML writes a date without quotes, which is a type of its own and no text.
fn date<'de, D: Deserializer<'de>>(value: D) -> Result<NaiveDate, D::Error> {
    let written = Datetime::deserialize(value)?.to_string();
    written.parse().map_err(|_unreadable| D::Error::custom(format!("{written} is no date")))
}

fn calendar(file: HolidayFile) -> Result<WorkCalendar, ReferenceError> {
    let mut years = BTreeMap::new();
    for entry in file.year {
        let wrong = |day: &str, why: &str| unusable(HOLIDAYS, format!("{} {day}: {why}", entry.year));
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
                if !into.insert(day) {
                    return Err(wrong(text, "given twice"));
                }
            }
        }
        if years.insert(entry.year, days).is_some() {
            return Err(unusable(HOLIDAYS, format!("{}: given twice", entry.year)));
        }
    }
    Ok(WorkCalendar::new(years))
}

fn lpr(file: LprFile) -> Result<Dated<Lpr>, ReferenceError> {
    let mut rates = BTreeMap::new();
    for entry in file.rate {
        let rate = |key: &str, text: &str| {
            Ppm::from_percent(text).map_err(|e| unusable(LPR, format!("{} {key}: {e}", entry.from)))
        };
        let rates_of_day =
            Lpr { one_year: rate("one_year", &entry.one_year)?, five_years: rate("five_years", &entry.five_years)? };
        if entry.from > file.known_until {
            return Err(unusable(LPR, format!("{}: later than known_until", entry.from)));
        }
        if rates.insert(entry.from, rates_of_day).is_some() {
            return Err(unusable(LPR, format!("{}: given twice", entry.from)));
        }
    }
    Ok(Dated::new(rates.into_iter().collect(), Some(file.known_until)))
}

fn offices(file: OfficeFile) -> Result<BTreeMap<String, Dated<OfficeName>>, ReferenceError> {
    let mut by_id: BTreeMap<String, BTreeMap<NaiveDate, OfficeName>> = BTreeMap::new();
    for OfficeEntry { id, from, name } in file.office {
        if by_id.entry(id.clone()).or_default().insert(from, name).is_some() {
            return Err(unusable(OFFICES, format!("{id} {from}: given twice")));
        }
    }
    Ok(by_id.into_iter().map(|(id, names)| (id, Dated::new(names.into_iter().collect(), None))).collect())
}
