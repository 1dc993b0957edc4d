//! What each page shows, as plain data: filled by whoever reads the database, read by the templates.
//!
//! Owns the view models and the addresses between pages. Amounts are fen (`i64`, may be negative), ratios parts
//! per million, days `NaiveDate`, moments texts made by `beijing`. Texts that are not from a closed list of this
//! module are already in the language of the request.
//! **Invariant:** nothing here reads a clock or a database, and no figure is computed from a rounded one.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use serde::Serialize;

/// Declares a closed list that pages name by code; its words are in the catalogue under `page.<list>.<code>`.
macro_rules! shown {
    ($(#[$doc:meta])* $name:ident { $($(#[$mdoc:meta])* $member:ident = $code:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub enum $name { #[default] $($(#[$mdoc])* $member,)+ }
        impl $name {
            /// Every member, in declaration order; the first is the default.
            pub const ALL: &'static [$name] = &[$($name::$member,)+];
            /// The code, as in addresses and catalogue keys.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $($name::$member => $code,)+ } }
            /// The member with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<$name> { $name::ALL.iter().copied().find(|m| m.code() == code) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }
    };
}

pub mod acting;
pub mod api;
pub mod capital;
pub mod casework;
pub mod charts;
pub mod claims;
pub mod dashboard;
pub mod fund;
pub mod imports;
pub mod jobs;
pub mod layouts;
pub mod loans;
pub mod mails;
pub mod measures;
pub mod parts;
pub mod payments;
pub mod query;
pub mod return_grid;
pub mod rights;
pub mod sign_in;
pub mod uploads;

/// What every page carries around its content.
///
/// The loader fills the fund's name, the two dates, `demo`, `proposal` and the two counts; the server fills the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Shell {
    /// Chinese name of the fund; empty for the product's own name.
    pub fund_name_zh: String,
    /// English name of the fund; empty for the product's own name.
    pub fund_name_en: String,
    /// Business date of the clock in use.
    pub business_date: Option<NaiveDate>,
    /// Last day whose books are closed: every figure of the page is as of its end.
    pub data_as_of: Option<NaiveDate>,
    /// The clock is simulated and the data are samples.
    pub demo: bool,
    /// The page prints figures of a rulebook nobody has approved yet.
    pub proposal: bool,
    /// Number of things to do, for the menu.
    pub todo_count: u64,
    /// Number of open claims, for the menu.
    pub claim_count: u64,
    /// Code of the language shown.
    pub lang: String,
    /// Menu entry of the page: `dashboard`, `loans`, `claims`, `fund`, `jobs`, `mails`, `imports` or empty.
    pub active: String,
    /// This page's own address, ready to be followed by `lang=zh` or `lang=en`.
    pub path_for_language_switch: String,
    /// What the search box holds.
    pub search: String,
    /// Secret of this browser that every form sends back.
    pub guard: String,
    /// Name of who is signed in; empty for nobody.
    pub person: String,
    /// Who is signed in may send files and decide on them.
    pub may_enter: bool,
    /// Groups of the menu with the entries that may be opened.
    pub menu: Vec<MenuGroup>,
    /// Unit in which amounts are shown.
    pub unit: AmountUnit,
    /// Loans may be searched for.
    pub searches: bool,
    /// There is a list of things to do.
    pub works: bool,
    /// What the form before this page has done; a word of `page.done`, or empty.
    pub done: String,
}

impl Shell {
    /// Whether an entry of the menu may be opened.
    #[must_use]
    pub fn opens(&self, code: &str) -> bool {
        self.menu.iter().flat_map(|group| &group.entries).any(|entry| entry.code == code)
    }
}

/// Entries of the menu that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MenuGroup {
    /// Word of its heading under `page.menu`; empty for none.
    pub code: String,
    /// What can be opened.
    pub entries: Vec<MenuEntry>,
}

/// An entry of the menu.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MenuEntry {
    /// Word under `page.menu`, and its sign.
    pub code: String,
    /// Address.
    pub path: String,
}

/// A bank or other choice of a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Code, as in the address.
    pub code: String,
    /// Name shown.
    pub name: String,
}

/// One line of a history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// When, made by `beijing`.
    pub at: String,
    /// What happened.
    pub what: String,
    /// Who did it: a person, a file or a job.
    pub who: String,
    /// Further words, may be empty.
    pub note: String,
}

/// A reason with the article it rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// Article of the rulebook, may be empty.
    pub article: String,
    /// The reason in words.
    pub text: String,
}

shown! {
    /// Five tiers as pages name them.
    TierShown {
        /// Pass.
        Normal = "normal";
        /// Special mention.
        SpecialMention = "special_mention";
        /// Substandard.
        Substandard = "substandard";
        /// Doubtful.
        Doubtful = "doubtful";
        /// Loss.
        Loss = "loss";
    }
}

shown! {
    /// Unit in which pages show amounts.
    AmountUnit {
        /// Ten thousand yuan; millions on English pages.
        Wan = "wan";
        /// Yuan, to the fen.
        Yuan = "yuan";
    }
}

/// What the health address answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HealthView {
    /// `ok` or `failing`; anything but `ok` is answered with 503.
    pub status: String,
    /// Kind of the database: `sqlite` or `postgresql`.
    pub database: String,
    /// Newest migration applied.
    pub schema_version: String,
    /// The clock's now, RFC 3339 with offset, and whether it is simulated.
    pub clock: String,
    /// The clock is simulated.
    pub simulated: bool,
    /// Business date of the last daily close that succeeded.
    pub last_daily_close: Option<NaiveDate>,
    /// Version of the program.
    pub version: String,
    /// What the operator should see to, by code; `sealing_key_beside_data`: a copy of the folder takes the key along.
    pub warnings: Vec<String>,
}

/// A UTC moment as Beijing wall time to the minute: `2026-07-31 09:00`.
#[must_use]
pub fn beijing(utc: NaiveDateTime) -> String {
    let eight_hours = 8 * 3_600;
    match FixedOffset::east_opt(eight_hours) {
        Some(offset) => offset.from_utc_datetime(&utc).format("%Y-%m-%d %H:%M").to_string(),
        None => utc.format("%Y-%m-%d %H:%MZ").to_string(),
    }
}
