//! A TOML table with positions, and readers that note a fault instead of failing.
//!
//! Owns `Table` and what is read of a table as a whole; `item` holds `Item`, one value of it.
//! **Invariant:** a reader that answers nothing has noted why, so a file without faults is complete.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::FaultCode;
use super::faults::Faults;
use super::item::Item;
use crate::domain::rulebook::vocabulary::Basis;
use crate::domain::rulebook::{Name, Open, Origin, Titled};

/// Keys every clause may have.
const COMMON: &[&str] = &["name_zh", "name_en", "article", "basis", "note_zh", "note_en"];

/// Ids of a list that are taken, with the offset of each.
pub(super) type Taken = BTreeMap<Name, usize>;

/// A table and where it stands.
#[derive(Clone)]
pub(super) struct Table<'t, 'i> {
    /// Dotted path.
    pub path: String,
    /// Byte offset of its header or its key.
    pub offset: usize,
    entries: &'t DeTable<'i>,
}

impl<'t, 'i> Table<'t, 'i> {
    /// The whole file.
    pub fn root(entries: &'t DeTable<'i>) -> Table<'t, 'i> {
        Table { path: String::new(), offset: 0, entries }
    }

    /// A table under `path`.
    pub fn at(path: String, offset: usize, entries: &'t DeTable<'i>) -> Table<'t, 'i> {
        Table { path, offset, entries }
    }

    /// The dotted path of a key of this table.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Every entry with its key, in the order of the file.
    pub fn items(&self) -> Vec<(String, Item<'t, 'i>)> {
        let item = |key: &Spanned<_>, name: &str, value| Item::new(self.path_of(name), key.span().start, value);
        self.entries
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().to_string();
                let item = item(key, &name, value);
                (name, item)
            })
            .collect()
    }

    /// The entry with this key, if there is one.
    pub fn get(&self, key: &str) -> Option<Item<'t, 'i>> {
        self.items().into_iter().find(|(name, _)| name == key).map(|(_, item)| item)
    }

    /// Whether there is an entry with this key.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The entry with this key; a fault if there is none.
    pub fn need(&self, faults: &mut Faults, key: &str) -> Option<Item<'t, 'i>> {
        let item = self.get(key);
        if item.is_none() {
            faults.add(self.offset, FaultCode::KeyMissing, &self.path_of(key), "", "");
        }
        item
    }

    /// The needed value under `key`.
    pub fn value<T>(
        &self,
        faults: &mut Faults,
        key: &str,
        read: impl FnOnce(&Item<'t, 'i>, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        let item = self.need(faults, key)?;
        read(&item, faults)
    }

    /// The needed value under `key`, which may be left open.
    pub fn open<T>(
        &self,
        faults: &mut Faults,
        key: &str,
        read: impl FnOnce(&Item<'t, 'i>, &mut Faults) -> Option<T>,
    ) -> Option<Open<T>> {
        self.need(faults, key)?.open(faults, read)
    }

    /// The value under `key`, if there is one: `Some(None)` when it is absent, `None` when it is faulty.
    pub fn maybe<T>(
        &self,
        faults: &mut Faults,
        key: &str,
        read: impl FnOnce(&Item<'t, 'i>, &mut Faults) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.get(key) {
            Some(item) => read(&item, faults).map(Some),
            None => Some(None),
        }
    }

    /// As `maybe`, for a value that may be left open.
    pub fn maybe_open<T>(
        &self,
        faults: &mut Faults,
        key: &str,
        read: impl FnOnce(&Item<'t, 'i>, &mut Faults) -> Option<T>,
    ) -> Option<Option<Open<T>>> {
        self.maybe(faults, key, |item, faults| item.open(faults, read))
    }

    /// Notes every key that is not in `known`.
    pub fn allow(&self, faults: &mut Faults, known: &[&str]) {
        for (key, item) in self.items() {
            if !known.contains(&key.as_str()) {
                let near = nearest(&key, known.iter().copied());
                faults.add(item.key_offset, FaultCode::UnknownKey, &item.path, &key, &near);
            }
        }
    }

    /// Notes every key of `keys` that is there, as only fitting `with`.
    pub fn unfit(&self, faults: &mut Faults, keys: &[&str], with: &str) {
        for key in keys {
            if let Some(item) = self.get(key) {
                faults.add(item.key_offset, FaultCode::KeyUnfit, &item.path, &item.shown(), with);
            }
        }
    }

    /// The one key of `keys` that is there; a fault if there is none or more than one.
    pub fn one_of(&self, faults: &mut Faults, keys: &[&'static str]) -> Option<(&'static str, Item<'t, 'i>)> {
        let mut there = keys.iter().filter_map(|key| Some((*key, self.get(key)?)));
        match (there.next(), there.next()) {
            (Some(only), None) => Some(only),
            (None, _) => {
                faults.add(self.offset, FaultCode::OneOf, &self.path, "—", &keys.join(", "));
                None
            }
            (Some(_), Some((key, second))) => {
                faults.add(second.key_offset, FaultCode::OneOf, &second.path, key, &keys.join(", "));
                None
            }
        }
    }

    /// As `allow`, for a clause: article, basis and notes are always known. Reads where the clause comes from.
    pub fn clause(&self, faults: &mut Faults, known: &[&str]) -> Origin {
        let all: Vec<&str> = known.iter().chain(COMMON).copied().collect();
        self.allow(faults, &all);
        let text = |faults: &mut Faults, key: &str| self.get(key).and_then(|item| item.text(faults));
        let (basis, key_basis) = self.basis(faults, known);
        // Where a clause must have a name it reads it itself.
        let named = known.contains(&"name_zh");
        let own_name = if named { None } else { self.maybe_titled(faults, "name_zh", "name_en") };
        Origin {
            name: own_name.flatten(),
            article: text(faults, "article"),
            basis,
            key_basis,
            note_zh: text(faults, "note_zh"),
            note_en: text(faults, "note_en"),
        }
    }

    /// The basis of a clause: one word, or one a key; then the clause as a whole is as weak as its weakest key.
    fn basis(&self, faults: &mut Faults, known: &[&str]) -> (Basis, Vec<(Name, Basis)>) {
        let Some(item) = self.get("basis") else {
            return (Basis::Text, Vec::new());
        };
        if !item.is_table() {
            return (item.word(faults).unwrap_or(Basis::Text), Vec::new());
        }
        let Some(table) = item.table(faults) else {
            return (Basis::Text, Vec::new());
        };
        table.allow(faults, known);
        let mut keys = Vec::new();
        for (key, item) in table.items() {
            if let Some(basis) = item.word(faults) {
                keys.push((Name::from(key), basis));
            }
        }
        let weakest = keys.iter().map(|(_, basis)| *basis).max().unwrap_or(Basis::Text);
        (weakest, keys)
    }

    /// The tables of a `[[list]]`, in the order of the file; none when the key is absent.
    pub fn list(&self, faults: &mut Faults, key: &str) -> Vec<Table<'t, 'i>> {
        self.get(key).map_or_else(Vec::new, |item| item.tables(faults))
    }

    /// The texts under `key` in the tables of a list, whatever else is wrong with them: so that one fault does
    /// not make others out of what refers to the same clause.
    pub fn words_of_list(&self, list: &str, key: &str) -> Vec<&'t str> {
        let Some(value) = self.entries.get(list) else {
            return Vec::new();
        };
        let DeValue::Array(values) = value.get_ref() else {
            return Vec::new();
        };
        values.iter().filter_map(|value| value.get_ref().get(key)?.get_ref().as_str()).collect()
    }

    /// The id of a clause; a fault when it is taken in `taken`, which it joins.
    pub fn id(&self, faults: &mut Faults, taken: &mut Taken) -> Option<Name> {
        let item = self.need(faults, "id")?;
        let id = item.name(faults)?;
        if taken.insert(id.clone(), item.key_offset).is_some() {
            faults.add(item.key_offset, FaultCode::IdTwice, &item.path, &id, "");
        }
        Some(id)
    }

    /// A name in both languages under `zh` and `en`.
    pub fn titled(&self, faults: &mut Faults, zh: &str, en: &str) -> Option<Titled> {
        let in_zh = self.value(faults, zh, Item::stated_text);
        let in_en = self.value(faults, en, Item::stated_text);
        Some(Titled { zh: in_zh?, en: in_en? })
    }

    /// As `titled`, both or none.
    pub fn maybe_titled(&self, faults: &mut Faults, zh: &str, en: &str) -> Option<Option<Titled>> {
        if self.has(zh) || self.has(en) { self.titled(faults, zh, en).map(Some) } else { Some(None) }
    }
}

/// The word of `known` that is at most two letters away from `word`, for a hint; empty when there is none.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> String {
    let near = known.map(|candidate| (distance(word, candidate), candidate)).min();
    near.filter(|(distance, _)| *distance <= 2).map_or_else(String::new, |(_, candidate)| candidate.to_owned())
}

/// Number of letters to insert, drop or change.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((b, diagonal), above) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or(usize::MAX);
            let changed = diagonal + usize::from(a != *b);
            next.push(changed.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
