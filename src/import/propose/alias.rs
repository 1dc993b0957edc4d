//! How well a header names a field, by the words of `data/header_aliases.toml`.
//!
//! **Invariant:** the words speak of the trade and of no bank; the same header scores the same everywhere.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::view::WhyCode;
use crate::domain::names::fold_code;
use crate::embedded::{self, Reference};
use crate::import::field::Field;

const FILE: &str = "header_aliases.toml";
/// Points of a header that is a word for the field.
pub(super) const EXACT: i32 = 100;
/// Points of a weak word under a group of the field's own family.
const IN_GROUP: i32 = 95;
/// Points of a weak word by itself.
const WEAK: i32 = 60;
/// What a group of another family takes off.
const FOREIGN_GROUP: i32 = 25;
/// How alike, in percent, a near miss must be.
const ALIKE: usize = 70;
/// Characters of the longest header that is compared word by word.
const LONGEST: usize = 40;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    total_words: Vec<String>,
    nil_words: Vec<String>,
    blank_words: Vec<String>,
    ignored: Vec<String>,
    groups: BTreeMap<String, Vec<String>>,
    fields: BTreeMap<Field, FieldFile>,
    words: BTreeMap<Field, BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    names: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

struct FieldWords {
    names: Vec<Spelling>,
    weak: Vec<String>,
    not: Vec<String>,
    groups: Vec<String>,
}

/// A word as it is compared and as it is shown.
struct Spelling {
    squeezed: String,
    letters: Vec<char>,
    shown: String,
}

/// The words of the trade.
pub(super) struct Aliases {
    /// First words of rows that only add up.
    pub total_words: Vec<String>,
    /// Words of a nil return.
    pub nil_words: Vec<String>,
    /// Cells that say there is nothing.
    pub blank_words: Vec<String>,
    /// What a bank's words stand for, by the field that keeps to a closed list.
    pub words: BTreeMap<Field, BTreeMap<String, String>>,
    ignored: Vec<String>,
    groups: BTreeMap<String, Vec<String>>,
    fields: BTreeMap<Field, FieldWords>,
}

/// A header taken apart once, to be held against every field.
pub(super) struct HeaderName {
    /// The lowest row, spelt in the ways it may be meant.
    variants: Vec<Vec<char>>,
    texts: Vec<String>,
    group: String,
    joined: String,
}

/// How well a header names a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameScore {
    /// 0 to 100.
    pub points: i32,
    /// Why.
    pub why: WhyCode,
    /// The word it was held against.
    pub word: String,
}

/// The words, read once.
pub(super) fn aliases() -> &'static Aliases {
    static ALIASES: OnceLock<Aliases> = OnceLock::new();
    ALIASES.get_or_init(|| {
        let body = embedded::text::<Reference>(FILE).expect("compiled in");
        let file: AliasFile = toml::from_str(&body).expect("a test reads this file as it is compiled in");
        Aliases::of(file)
    })
}

impl Aliases {
    fn of(file: AliasFile) -> Aliases {
        let squeezed = |words: Vec<String>| -> Vec<String> { words.iter().map(|word| squeeze(word)).collect() };
        let spelt = |shown: String| {
            let squeezed = squeeze(&shown);
            Spelling { letters: squeezed.chars().collect(), squeezed, shown }
        };
        let fields = file.fields.into_iter().map(|(field, words)| {
            let FieldFile { names, weak, not, groups } = words;
            let names = names.into_iter().map(spelt).collect();
            (field, FieldWords { names, weak: squeezed(weak), not: squeezed(not), groups })
        });
        Aliases {
            total_words: file.total_words,
            nil_words: file.nil_words,
            blank_words: file.blank_words,
            words: file.words,
            ignored: squeezed(file.ignored),
            fields: fields.collect(),
            groups: file.groups.into_iter().map(|(family, words)| (family, squeezed(words))).collect(),
        }
    }

    /// Whether a header names a column of a bank's own business.
    pub fn is_own_business(&self, header: &HeaderName) -> bool {
        header.texts.iter().any(|text| self.ignored.contains(text))
    }

    /// Whether a header holds a word that rules a field out.
    pub fn rules_out(&self, header: &HeaderName, field: Field) -> bool {
        self.fields.get(&field).is_some_and(|words| words.not.iter().any(|word| header.holds(word)))
    }

    /// How well a header names a field; nothing where it does not.
    pub fn score(&self, header: &HeaderName, field: Field) -> Option<NameScore> {
        let words = self.fields.get(&field)?;
        let (own, foreign) = self.family(&header.group, words);
        let exact = words.names.iter().find(|name| header.spells(&name.squeezed));
        if let Some(name) = exact {
            let points = if foreign { EXACT - FOREIGN_GROUP } else { EXACT };
            return Some(NameScore { points, why: WhyCode::Name, word: name.shown.clone() });
        }
        if let Some(word) = words.weak.iter().find(|word| header.texts.contains(word)) {
            let (points, why) = match (own, foreign) {
                (true, _) => (IN_GROUP, WhyCode::NameInGroup),
                (false, true) => return None,
                (false, false) => (WEAK, WhyCode::NameWeak),
            };
            return Some(NameScore { points, why, word: word.clone() });
        }
        if self.rules_out(header, field) {
            return None;
        }
        let near = words.names.iter().filter_map(|name| header.near(name)).max_by_key(|near| near.points)?;
        let points = if foreign { near.points - FOREIGN_GROUP } else { near.points };
        (points > 0).then_some(NameScore { points, ..near })
    }

    /// Whether a group is of the field's families, and whether it is of others only.
    fn family(&self, group: &str, words: &FieldWords) -> (bool, bool) {
        if group.is_empty() || words.groups.is_empty() {
            return (false, false);
        }
        let is_of = |family: &String| {
            self.groups.get(family).is_some_and(|known| known.iter().any(|word| group.contains(word.as_str())))
        };
        let own = words.groups.iter().any(is_of);
        (own, !own && self.groups.keys().any(is_of))
    }
}

impl HeaderName {
    /// Takes a header apart: `group / column`.
    pub fn of(full: &str) -> HeaderName {
        let (group, leaf) = full.rsplit_once(" / ").unwrap_or(("", full));
        let whole = squeeze(leaf);
        let mut texts = vec![whole.clone(), squeeze(&without_brackets(leaf))];
        let unnumbered = whole.trim_start_matches(|c: char| c.is_ascii_digit());
        texts.push(unnumbered.to_owned());
        for unit in ["万元", "元"] {
            if let Some(bare) = whole.strip_suffix(unit) {
                texts.push(bare.strip_suffix("单位").unwrap_or(bare).to_owned());
                break;
            }
        }
        texts.retain(|text| !text.is_empty());
        texts.dedup();
        let group = squeeze(group);
        let joined = format!("{group}{}", texts.get(1).unwrap_or(&whole));
        let variants = texts.iter().map(|text| text.chars().collect()).collect();
        HeaderName { variants, texts, group, joined }
    }

    fn spells(&self, word: &str) -> bool {
        self.texts.iter().any(|text| text == word) || self.joined == word
    }

    fn holds(&self, word: &str) -> bool {
        self.texts.iter().any(|text| text.contains(word)) || self.group.contains(word)
    }

    /// A word that is part of the header, or the other way round, or nearly the same.
    fn near(&self, name: &Spelling) -> Option<NameScore> {
        let alike = |letters: &Vec<char>| -> Option<(i32, WhyCode)> {
            let (longer, shorter) = (letters.len().max(name.letters.len()), letters.len().min(name.letters.len()));
            if shorter < 2 || longer > LONGEST {
                return None;
            }
            let part = i32::try_from(shorter.saturating_mul(20) / longer).unwrap_or(0);
            let is_wide = name.letters.iter().any(|c| !c.is_ascii());
            if letters.ends_with(&name.letters) && (is_wide || shorter > 5) {
                return Some((70 + part, WhyCode::NamePart));
            }
            if shorter >= if is_wide { 3 } else { 6 } {
                if contains(letters, &name.letters) {
                    return Some((60 + part, WhyCode::NamePart));
                }
                if contains(&name.letters, letters) {
                    return Some((62 + part, WhyCode::NamePart));
                }
            }
            if shorter < 3 || shorter.saturating_mul(2) < longer {
                return None;
            }
            let common = common_letters(letters, &name.letters);
            let alike = common.saturating_mul(200) / longer.saturating_add(shorter);
            (alike >= ALIKE).then(|| (i32::try_from(alike.saturating_mul(85) / 100).unwrap_or(0), WhyCode::NameSimilar))
        };
        let (points, why) = self.variants.iter().filter_map(alike).max_by_key(|(points, _)| *points)?;
        Some(NameScore { points, why, word: name.shown.clone() })
    }
}

/// A header as it is compared: width folded, upper case, letters and digits only.
pub(super) fn squeeze(text: &str) -> String {
    fold_code(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '(' | '（' | '[' | '【' | '［' => depth = depth.saturating_add(1),
            ')' | '）' | ']' | '】' | '］' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

fn contains(text: &[char], part: &[char]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Letters of the longest common subsequence.
fn common_letters(a: &[char], b: &[char]) -> usize {
    let mut above = vec![0_usize; b.len().saturating_add(1)];
    for x in a {
        let mut left_above = 0;
        let mut left = 0;
        for (y, cell) in b.iter().zip(above.iter_mut().skip(1)) {
            let here = if x == y { left_above + 1 } else { left.max(*cell) };
            left_above = *cell;
            *cell = here;
            left = here;
        }
    }
    above.last().copied().unwrap_or(0)
}
