//! Sizes and ages in words.
//!
//! **Invariant:** an age is never below zero, whatever the clocks say.

use chrono::NaiveDateTime;

use crate::i18n::{self, Lang};

/// Units of size, each 1,024 of the one before.
const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// Bytes in the largest unit of which there is at least one, to a tenth.
pub(super) fn size(bytes: u64) -> String {
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, 0);
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths = (tenths + 512) / 1_024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 { format!("{bytes} {name}") } else { format!("{}.{} {name}", tenths / 10, tenths % 10) }
}

/// How long ago something was.
pub(super) fn age(lang: Lang, since: NaiveDateTime, now: NaiveDateTime) -> String {
    let minutes = now.signed_duration_since(since).num_minutes().max(0);
    let (key, count) = match minutes {
        0..60 => ("minutes", minutes),
        60..2_880 => ("hours", minutes / 60),
        _ => ("days", minutes / 1_440),
    };
    i18n::text(lang, &format!("page.system.age.{key}"), &[("count", &count.to_string())])
}
