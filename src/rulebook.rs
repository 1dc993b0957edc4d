//! Rulebooks as files: one TOML file is one version of one scheme's management measure.
//!
//! Reading order: `fault` (what may be wrong, with its line), `units` (typed values), `reader` (a table with
//! positions), `conditions`, `head`, `clauses`, `money`, `sharing`; then `case_codec`, `outcome_json`, `quote_json` (cases
//! and outcomes as JSON).
//! **Invariant:** a file is either understood completely or refused; nothing in it is ever ignored.

mod case_codec;
mod clauses;
mod conditions;
mod fault;
mod head;
mod money;
mod outcome_json;
pub mod payout_math;
pub mod quote_json;
mod reader;
mod sharing;
mod units;

use toml::de::DeTable;

use self::clauses::Context;
use self::reader::{Faults, Table};
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

/// Sections the grammar knows and this engine evaluates.
const SECTIONS: &[&str] = &[
    "format", "rulebook", "groups", "define", "reading", "sources", "source", "party", "test", "loss", "sharing",
    "cap", "timing",
];
/// Sections the grammar knows and this engine does not evaluate.
const LATER_SECTIONS: &[&str] = &[
    "tags",
    "level",
    "document",
    "breaker",
    "portfolio",
    "duty",
    "recovery",
    "void",
    "report",
    "closeout",
    "subsidy",
    "subsidy_ceiling",
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
    root.allow(faults, SECTIONS, LATER_SECTIONS);
    head::format(root, faults);
    let head = head::head(root, faults);
    let groups = head::groups(root, faults);
    let parties = money::parties(root, faults);
    let definitions = clauses::definitions(root, faults);
    let context = Context { parties: &parties, definitions: &definitions };
    let tests = clauses::tests(root, faults, &context);
    let losses = clauses::losses(root, faults, &context);
    let sharing = sharing::sharing(root, faults, &context, &losses);
    let caps = money::caps(root, faults, &context);
    let sources = money::sources(root, faults);
    let timing = money::timing(root, faults);
    let fund = money::fund(root, faults, &parties);
    let readings = head::readings(root, faults);
    head::groups_match(root, faults, &groups);
    if faults.is_empty() {
        // A clause that could not be read may use what would look unused, so these wait for a clean file.
        let used = clauses::Used::new(&tests, &losses, sharing.as_ref(), &caps);
        clauses::unused_definitions(root, faults, &definitions, &used);
        head::readings_complete(faults, &readings, &definitions, &used);
    }
    Some(Rulebook {
        head: head?,
        groups: groups.into_iter().map(|placed| placed.answer).collect(),
        definitions,
        readings,
        sources: sources?,
        parties,
        fund: fund?,
        tests,
        losses,
        sharing: sharing?,
        caps,
        timing: timing?,
    })
}
