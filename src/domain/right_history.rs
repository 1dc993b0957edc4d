//! What becomes of a pledged right while the loan runs, and whether it was in force on a day, as known on another.
//!
//! Owns the history of one right. A day decides by when something took effect, never by when somebody heard of it.
//! **Invariant:** the history is read whole for every question; hearing of a lapse late gives the same answer as
//! hearing of it in time.

use chrono::NaiveDate;

use super::names::coded;

coded! {
    /// What became of a right.
    RightEventKind {
        /// It lapsed: a fee was not paid, it was given up, its term was cut.
        Lapsed = "lapsed", "失效";
        /// A lapse ended.
        Restored = "restored", "恢复";
        /// It was declared invalid.
        Invalidated = "invalidated", "宣告无效";
        /// It has another owner.
        Transferred = "transferred", "转让";
        /// A court seized it.
        Seized = "seized", "查封";
        /// It was licensed.
        Licensed = "licensed", "许可";
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightEvent {
    /// Number of the right, as told.
    pub right: String,
    /// What.
    pub kind: RightEventKind,
    /// Day on which it took effect.
    pub effective_on: NaiveDate,
    /// Day on which it was recorded.
    pub known_on: NaiveDate,
}

impl RightEvent {
    /// Whether this restores something: the right is out of force just before it.
    #[must_use]
    pub fn restores(&self, history: &[RightEvent]) -> bool {
        let known = known_by(history, self.known_on);
        out_of_force_since(&known, &self.right, self.effective_on).is_some()
    }
}

/// The day since which a right is out of force on `day`; none where it is in force then. A restoration counts from its
/// own day on, and what was declared invalid is not restored by one.
#[must_use]
pub fn out_of_force_since(history: &[&RightEvent], right: &str, day: NaiveDate) -> Option<NaiveDate> {
    let mut of_right: Vec<&&RightEvent> =
        history.iter().filter(|event| same_number(&event.right, right) && event.effective_on <= day).collect();
    of_right.sort_by_key(|event| event.effective_on);
    let (mut lapsed, mut invalid) = (None::<NaiveDate>, None::<NaiveDate>);
    for event in of_right {
        match event.kind {
            RightEventKind::Lapsed => lapsed = lapsed.or(Some(event.effective_on)),
            RightEventKind::Restored => lapsed = None,
            RightEventKind::Invalidated => invalid = invalid.or(Some(event.effective_on)),
            RightEventKind::Transferred | RightEventKind::Seized | RightEventKind::Licensed => {}
        }
    }
    match (lapsed, invalid) {
        (Some(lapsed), Some(invalid)) => Some(lapsed.min(invalid)),
        (lapsed, invalid) => lapsed.or(invalid),
    }
}

/// What was known on a day.
#[must_use]
pub fn known_by(history: &[RightEvent], known_on: NaiveDate) -> Vec<&RightEvent> {
    history.iter().filter(|event| event.known_on <= known_on).collect()
}

/// Whether a right was in force on `day`, by what was known on `known_on`.
#[must_use]
pub fn in_force(history: &[RightEvent], right: &str, day: NaiveDate, known_on: NaiveDate) -> bool {
    out_of_force_since(&known_by(history, known_on), right, day).is_none()
}

/// Whether two numbers are the same right: spaces, points, letter case and the leading `ZL` are a matter of writing.
#[must_use]
pub fn same_number(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let bare: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        bare.strip_prefix("ZL").map_or_else(|| bare.clone(), str::to_owned)
    };
    plain(a) == plain(b)
}
