//! Hints kept few: what concerns a whole column is not said of each of its rows.
//!
//! **Invariant:** of one code in one column at most `KEPT` hints are kept; the others are counted and told in one.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingCode, WORDING};

/// Hints of one code in one column that are told one by one.
pub const KEPT: u32 = 50;

/// Hints while they are gathered.
#[derive(Debug, Clone, Default)]
pub struct Few {
    kept: Vec<Finding>,
    seen: BTreeMap<(FindingCode, String), Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u32,
    /// Row of the first hint that was left out.
    left_out_from: u32,
}

impl Few {
    /// Takes a hint in, or counts it.
    pub fn push(&mut self, finding: Finding) {
        let key = (finding.code, finding.column.clone());
        let seen = self.seen.entry(key).or_insert(Seen { count: 0, left_out_from: 0 });
        seen.count = seen.count.saturating_add(1);
        if seen.count <= KEPT {
            self.kept.push(finding);
        } else if seen.left_out_from == 0 {
            seen.left_out_from = finding.row;
        }
    }

    /// The hints, and one for each code and column that has more of them.
    #[must_use]
    pub fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.kept;
        for ((code, column), seen) in self.seen {
            let more = seen.count.saturating_sub(KEPT);
            if more == 0 {
                continue;
            }
            let more = more.to_string();
            let mut args = vec![("code", code.code()), ("count", &*more)];
            // So many of these are no slips of single rows: the unit of the column is wrong.
            if code == FindingCode::UnitSuspect {
                args.push((WORDING, "unit"));
            }
            findings.push(Finding::new(seen.left_out_from, &column, FindingCode::NotesMore, None, &args));
        }
        findings
    }
}

impl Extend<Finding> for Few {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}
