//! Rulebooks as files: one TOML file is one version of one scheme's management measure.
//!
//! Reading order: `fault` and `faults` (what may be wrong, with its line), `units` and `values` (typed values),
//! `words`, `reader` and `item` (tables and values with positions), `context`, `conditions`; then the sections:
//! `head`, `meaning`, `funding`, `rules`, `loss`, `ratio` and `sharing`, `limits`, `stops`, `handling`, `after`,
//! `subsidies`; `check` with `used` and `disjoint` (what must agree); `case_codec`, `case_reader` and `quote_json`
//! (cases as JSON), `phrases` and `outcome_json` (outcomes as JSON).
//! **Invariant:** a file is either understood completely or refused; nothing in it is ever ignored.

mod after;
mod case_codec;
mod case_reader;
mod check;
mod conditions;
mod context;
pub mod diff;
mod disjoint;
pub mod explain;
mod fault;
mod faults;
mod funding;
mod handling;
mod head;
mod item;
mod json_out;
mod limits;
mod loss;
mod meaning;
pub mod outcome_json;
pub mod payout_math;
mod phrases;
pub mod quote_json;
mod ratio;
mod reader;
mod rules;
mod sharing;
mod stops;
mod subsidies;
pub mod units;
mod used;
mod values;
mod words;

use toml::de::DeTable;

use self::context::Context;
use self::faults::Faults;
use self::reader::Table;
use self::used::Used;
use crate::domain::rulebook::Rulebook;
use crate::hash::sha256_hex;

pub use self::fault::{Fault, FaultCode};

/// A rulebook with the hash of the file it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRulebook {
    /// The rulebook.
    pub rulebook: Rulebook,
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub hash_hex: String,
}

/// The sections of a file.
const SECTIONS: &[&str] = &[
    "format",
    "rulebook",
    "groups",
    "tags",
    "define",
    "reading",
    "sources",
    "source",
    "party",
    "level",
    "test",
    "document",
    "void",
    "loss",
    "sharing",
    "cap",
    "breaker",
    "timing",
    "handling",
    "portfolio",
    "duty",
    "recovery",
    "report",
    "closeout",
    "subsidy",
    "subsidy_ceiling",
    "passage",
];

/// Reads the rulebook `text`; `file` is its name in messages.
///
/// # Errors
/// Every fault of the file, in the order of its lines.
pub fn parse(file: &str, text: &str) -> Result<ParsedRulebook, Vec<Fault>> {
    let mut faults = Faults::new(file, text);
    let rulebook = match DeTable::parse(text) {
        Ok(root) => {
            faults.refuse_floats(root.get_ref());
            read(&Table::root(root.get_ref()), &mut faults)
        }
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            faults.add(offset, FaultCode::Syntax, "", error.message(), "");
            None
        }
    };
    let faults = faults.sorted();
    match rulebook {
        Some(rulebook) if faults.is_empty() => Ok(ParsedRulebook { rulebook, hash_hex: sha256_hex(text.as_bytes()) }),
        _ => Err(faults),
    }
}

fn read(root: &Table<'_, '_>, faults: &mut Faults) -> Option<Rulebook> {
    root.allow(faults, SECTIONS);
    head::format(root, faults);
    let head = head::head(root, faults);
    let groups = head::groups(root, faults);
    let parties = funding::parties(root, faults);
    let levels = funding::levels(root, faults);
    let context = Context { parties: &parties, levels: &levels, tags: &[], definitions: &[] };
    let tags = meaning::tags(root, faults, &context);
    let context = Context { tags: &tags, ..context };
    let definitions = meaning::definitions(root, faults, &context);
    let context = Context { definitions: &definitions, ..context };
    let readings = meaning::readings(root, faults, &context);
    let sources = funding::sources(root, faults);
    let contributors = funding::contributors(root, faults);
    let tests = rules::tests(root, faults, &context);
    let documents = rules::documents(root, faults, &context);
    let voids = after::voids(root, faults, &context);
    let losses = loss::losses(root, faults, &context);
    let sharing = sharing::sharing(root, faults, &context, &losses);
    let caps = limits::caps(root, faults, &context);
    let breakers = stops::breakers(root, faults, &context);
    let timing = stops::timing(root, faults, &context);
    let handling = handling::handling(root, faults);
    let portfolio = stops::portfolio(root, faults, &context);
    let duties = after::duties(root, faults);
    let recovery = after::recovery(root, faults, &context);
    let reports = after::reports(root, faults);
    let closeout = after::closeout(root, faults);
    let subsidies = subsidies::subsidies(root, faults, &context);
    let subsidy_ceilings = subsidies::ceilings(root, faults);
    let passages = after::passages(root, faults);
    let fund = check::fund(root, faults, &groups, &parties);
    let liability = sources.as_ref().and_then(|sources| Some(&sources.as_ref()?.liability));
    check::cover_sheet(root, faults, &groups, fund, liability);
    let book = Rulebook {
        head: head?,
        groups: groups.into_iter().map(|placed| placed.answer).collect(),
        tags,
        definitions,
        readings,
        sources: sources?,
        contributors,
        parties,
        fund,
        levels,
        tests,
        documents,
        voids,
        losses,
        sharing: sharing?,
        caps,
        breakers,
        timing: timing?,
        handling: handling?,
        portfolio: portfolio?,
        duties,
        recovery: recovery?,
        reports,
        closeout: closeout?,
        subsidies,
        subsidy_ceilings,
        passages,
    };
    if faults.is_empty() {
        let used = Used::new(&book);
        check::unused(root, faults, &book, &used);
        check::readings_complete(root, faults, &book, &used);
    }
    Some(book)
}
