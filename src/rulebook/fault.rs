//! What may be wrong with a rulebook file, and how it is told.
//!
//! **Invariant:** a fault names its file, line and column, and is told in Chinese and English.

use std::fmt;

use crate::domain::rulebook::vocabulary::closed_list;
use crate::i18n::{self, Lang};

closed_list! {
    /// Kinds of fault.
    FaultCode {
        /// Not TOML.
        Syntax = "SYNTAX";
        /// A key nobody knows.
        UnknownKey = "UNKNOWN_KEY";
        /// A fact nobody knows.
        UnknownFact = "UNKNOWN_FACT";
        /// A word outside its list.
        UnknownWord = "UNKNOWN_WORD";
        /// A tag nobody has declared.
        UnknownTag = "UNKNOWN_TAG";
        /// Left open where a value is needed.
        ValueNeeded = "VALUE_NEEDED";
        /// A required key is missing.
        KeyMissing = "KEY_MISSING";
        /// A key that does not fit the others of its table.
        KeyUnfit = "KEY_UNFIT";
        /// Not exactly one of several keys.
        OneOf = "ONE_OF";
        /// The value has another type.
        WrongType = "WRONG_TYPE";
        /// A number with a decimal point outside quotes.
        FloatRefused = "FLOAT_REFUSED";
        /// The version of the grammar is not known.
        FormatVersion = "FORMAT_VERSION";
        /// An amount without its unit.
        MoneyUnit = "MONEY_UNIT";
        /// A rate without its unit.
        RateUnit = "RATE_UNIT";
        /// Points without their unit.
        PointsUnit = "POINTS_UNIT";
        /// A multiple without its unit.
        MultipleUnit = "MULTIPLE_UNIT";
        /// A span without its unit, or with one that does not fit.
        SpanUnit = "SPAN_UNIT";
        /// A group of the cover sheet is not answered.
        GroupMissing = "GROUP_MISSING";
        /// The cover sheet and the sections disagree.
        GroupContradicts = "GROUP_CONTRADICTS";
        /// An id with characters that are not allowed.
        IdForm = "ID_FORM";
        /// An id twice in one list.
        IdTwice = "ID_TWICE";
        /// An id that nothing has.
        IdUnknown = "ID_UNKNOWN";
        /// Shares do not sum to 100 %.
        SharesSum = "SHARES_SUM";
        /// A party that cannot be there.
        SharesParty = "SHARES_PARTY";
        /// Bands do not rise.
        BandOrder = "BAND_ORDER";
        /// The last level of approval has an upper limit, so that nobody decides above it.
        LevelTop = "LEVEL_TOP";
        /// Instalments do not sum to the amount.
        Instalments = "INSTALMENTS";
        /// There must be one fund where a fund pays, and never two.
        OneFund = "ONE_FUND";
        /// The end is before the beginning.
        DateOrder = "DATE_ORDER";
        /// A condition or a list without content.
        Empty = "EMPTY";
        /// A rule or clause that is never reached.
        Unreached = "UNREACHED";
        /// A definition or tag that nothing uses.
        Unused = "UNUSED";
        /// The same money twice: taken off and shared.
        Twice = "TWICE";
        /// The liability names a limit that is not in the list.
        LiabilityCap = "LIABILITY_CAP";
        /// The day on which a changing fact is read is missing.
        ReadingMissing = "READING_MISSING";
        /// More entries than can be evaluated.
        TooMany = "TOO_MANY";
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File name.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Kind.
    pub code: FaultCode,
    /// The key it is about, as a dotted path.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = format!("rulebook.fault_bare.{}", self.code.code());
        let suggests_nothing = self.expected.is_empty() && i18n::texts(Lang::Zh).contains_key(&bare);
        let key = if suggests_nothing { bare } else { format!("rulebook.fault.{}", self.code.code()) };
        let places = [("key", self.key.as_str()), ("found", &self.found), ("expected", &self.expected)];
        let text = i18n::both(&key, &places);
        write!(f, "{}:{}:{} {:<17} {text}", self.file, self.line, self.column, self.code.code())
    }
}
